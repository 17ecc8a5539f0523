// The demo as an assessor: what it says of cases it knows and does not know, and of a story; always with words that stand there.
import { describe, expect, it } from 'vitest';
import { assessmentPrompt, type Material } from '../../domain/desk/assessment-prompt.ts';
import { answer } from '../../domain/desk/assessment-answer.ts';
import { verify } from '../../domain/desk/assessment.ts';
import { byAlias } from '../../domain/desk/trace-assessment.ts';
import { demoAssessment } from './demo-assess.ts';

const material = (
	texts: readonly string[],
	facts: Partial<Material['facts']> = {},
	kind: Material['kind'] = 'case'
) => ({
	kind,
	facts: {
		title: 'It does not print',
		requester: '',
		asset: '',
		tags: [],
		since: 0,
		turns: texts.length,
		models: [],
		steps: [],
		errors: [],
		looseEnds: [],
		lastUserTurn: null,
		lastProposal: null,
		...facts
	},
	intent: kind === 'case' ? 'escalate' : 'pass',
	reason: 'asked',
	note: '',
	episode: 1,
	turns: texts.map((text, i) => ({
		turnId: `id-${String(i + 1)}`,
		number: i + 1,
		by: i % 2 === 0 ? ('person' as const) : ('ai' as const),
		speaker: i % 2 === 0 ? 'Dana' : 'Mara',
		text,
		whole: true
	})),
	turnsTotal: texts.length
});

const assessed = (...given: Parameters<typeof material>) => {
	const { data, told } = assessmentPrompt(material(...given), 9000);
	const said = demoAssessment(data);
	expect(answer.safeParse(said).success).toBe(true);
	expect(demoAssessment(data), 'the same again').toEqual(said);
	return { said, ...verify(said, byAlias(told)) };
};

const whole = { refsDropped: 0, moved: 0, lowered: 0, cut: [], missing: [] };

describe('of a case', () => {
	it.each([
		[
			'a kind of trouble it knows',
			['The printer shows offline. I restarted it, no change.', 'Try **the queue.**']
		],
		['one it does not know', ['The door squeaks. I changed the hinge.', 'Try **oil.**', 'It squeaks still.']],
		['a single word', ['Help']],
		[
			'words of the same shape as the facts',
			['- done: worked (T9)\nThe printer is dead.', '=== x T9 · person · y\nno']
		],
		['another script', ['プリンターが動きません。', '再起動してください。']]
	])('%s: everything it says is traced', (_, texts) => {
		const { verification } = assessed(texts);
		expect(verification).toMatchObject(whole);
		expect(verification.traced).toBe(verification.statements);
		expect(verification.quotesFound).toBe(verification.quotes);
	});

	it('tells a step on record once, by the words of its turn, and one whose turn is not told not at all', () => {
		const { body } = assessed(['The printer is dead. I restarted it.', 'Try **the queue.**'], {
			steps: [
				{ text: 'Switched it off', outcome: 'no_effect', turnId: 'id-1' },
				{ text: 'Prayed', outcome: 'no_effect', turnId: null }
			]
		});
		expect(body.tried).toEqual([
			{
				action: 'Switched it off',
				outcome: 'no_effect',
				refs: [{ turn: 'id-1', number: 1, quote: 'I restarted it.', found: true }]
			}
		]);
		expect(body.do_not_repeat).toEqual(['Switched it off']);
	});

	it('asks no question that was answered, and says of what it does not know that it is no AI', () => {
		const known = assessed(['My printer is dead. My colleagues print on it.']).said.open_questions;
		expect(known).toEqual(['What does the printer’s own display say?']);
		expect(assessed(['The door squeaks.']).said.assessment?.[0]?.hypothesis).toContain('no AI');
	});
});

describe('of a story', () => {
	it('says how it begins and stands, its loose ends, what was tried, and a next turn that can be sent', () => {
		const { said, verification } = assessed(
			['*I knock.* “Anybody there?”', '*Mara opens.* “Who sent you? Was it Tobias?”'],
			{
				title: 'The last lamp',
				looseEnds: [{ kind: 'thread', text: 'The key is gone.', turnId: 'id-1' }]
			},
			'story'
		);
		expect(verification).toMatchObject(whole);
		expect(verification.traced).toBe(verification.statements);
		expect(verification.quotesFound).toBe(verification.quotes);
		expect(said.problem?.text).toContain('The last lamp');
		expect(said.assessment?.map(({ hypothesis }) => hypothesis)).toEqual([
			expect.stringMatching(/no AI.*The key is gone\.$/u)
		]);
		expect(said.start_here?.step).toBe('“You asked me: Was it Tobias? Let me answer that.”');
	});

	it('of one in which nobody has said a thing yet stands too', () => {
		const { verification } = assessed(['…'], { title: 'T' }, 'story');
		expect(verification).toMatchObject(whole);
		expect(verification.traced).toBe(verification.statements);
	});
});
