// What code makes of an assessment: what is traced, what is flagged, what is moved, lowered, dropped and cut.
import { describe, expect, test } from 'vitest';
import type { AssessmentAnswer } from './assessment-answer.ts';
import { ASSESSMENT_MAX_WORDS, readSections } from './assessment-answer.ts';
import { cutToLength, wordsOf } from './assessment-limits.ts';
import { verify } from './assessment.ts';
import { byAlias, numberOf, stands, traceEdit, type Cited } from './trace-assessment.ts';

const TURNS: readonly Cited[] = [
	{ turnId: 'a', number: 1, by: 'person', text: 'It drops every 20 minutes.\nI restarted it, “no change”.' },
	{ turnId: 'b', number: 2, by: 'ai', text: 'Try another network.' },
	{ turnId: 'c', number: 3, by: 'tool', text: 'exit 1: ERROR 809' }
];
const look = byAlias(TURNS);

const cite = (turn: string, quote: string | null = null) => ({ turn, quote });
const trying = (...refs: readonly ReturnType<typeof cite>[]): AssessmentAnswer => ({
	tried: [{ action: 'Restarted', outcome: 'no_effect', refs: [...refs] }]
});
const guessing = (...refs: readonly ReturnType<typeof cite>[]): AssessmentAnswer => ({
	assessment: [{ hypothesis: 'The router', confidence: 'high', for: [...refs], against: [] }]
});

describe('a quote', () => {
	test.each([
		['letter by letter', 'It drops every 20 minutes.', true],
		['with other white space', 'minutes. I  restarted\tit', true],
		['with other quotation marks', 'restarted it, "no change"', true],
		['in compatible forms', 'every ２０ minutes', true],
		['within marks of its own', '"It drops every 20 minutes."', true],
		['that nobody said', 'It drops every hour.', false],
		['in another case', 'IT DROPS', false],
		['of two places put together', 'It drops. I restarted it', false],
		['of another turn', 'Try another network.', false]
	])('%s', (_, quote, found) => {
		const { body, verification } = verify(trying(cite('T1', quote)), look);
		const [ref] = [...body.tried, ...body.suggested].flatMap(({ refs }) => refs);
		expect(ref).toMatchObject({ turn: 'a', number: 1, found });
		expect(verification).toMatchObject({ quotes: 1, quotesFound: found ? 1 : 0, traced: found ? 1 : 0 });
	});

	test('that is empty is none, and one that is long is looked up as far as it is kept', () => {
		expect(verify(trying(cite('T1', ' ')), look).body.tried[0]?.refs).toEqual([{ turn: 'a', number: 1 }]);
		const text = 'word '.repeat(60).trim();
		const turn: Cited = { turnId: 'x', number: 9, by: 'person', text };
		const { body } = verify(trying(cite('T9', `${text} and more`)), byAlias([turn]));
		expect(body.tried[0]?.refs[0]).toMatchObject({ found: true });
		expect(body.tried[0]?.refs[0]?.quote?.length).toBeLessThanOrEqual(160);
	});

	test('is no quote of a text that has its letters elsewhere', () => {
		expect(stands('abc', 'a b c')).toBe(false);
	});
});

describe('a reference', () => {
	test.each([
		['T17', 17],
		['t17', 17],
		['[T17]', 17],
		['turn 17', 17],
		['17', 17],
		['T', null],
		['T1-T4', null],
		['constructor', null],
		['', null]
	])('written %j is of turn %s', (alias, number) => {
		expect(numberOf(alias)).toBe(number);
	});

	test('to a turn that does not exist is dropped, and what rested on it alone is not traced', () => {
		const { body, verification } = verify(guessing(cite('T99'), cite('T0'), cite('nonsense')), look);
		expect(body.assessment[0]?.for).toEqual([]);
		expect(verification).toMatchObject({ refsDropped: 3, statements: 1, traced: 0 });
	});
});

describe('what was tried', () => {
	test.each([
		['a person says so', [cite('T1')], true],
		['a tool shows it', [cite('T3', 'ERROR 809')], true],
		['only the AI proposed it', [cite('T2')], false],
		['a person is cited for words nobody said', [cite('T1', 'I replaced the router')], false],
		['nothing is cited', [], false],
		['the turn does not exist', [cite('T40')], false],
		['a person is cited beside the AI', [cite('T2'), cite('T1')], true]
	])('when %s', (_, refs, stays) => {
		const { body, verification } = verify(trying(...refs), look);
		expect(body.tried).toHaveLength(stays ? 1 : 0);
		expect(body.suggested).toHaveLength(stays ? 0 : 1);
		expect(verification.moved).toBe(stays ? 0 : 1);
	});
});

describe('high confidence', () => {
	test.each([
		['two turns', [cite('T1'), cite('T3')], 'high'],
		['one turn twice', [cite('T1'), cite('T1', 'It drops')], 'medium'],
		['one turn and words nobody said', [cite('T1'), cite('T3', 'ERROR 810')], 'medium'],
		['nothing', [], 'medium']
	])('that rests on %s', (_, refs, confidence) => {
		expect(verify(guessing(...refs), look).body.assessment[0]?.confidence).toBe(confidence);
	});
});

test('the badge counts statements, whatever section they stand in', () => {
	const { verification } = verify(
		{
			problem: { text: 'It drops.', impact: null, refs: [cite('T1', 'It drops')] },
			...trying(cite('T2')),
			...guessing(),
			start_here: { step: 'Look', why: '', expect: '', if_not: '', refs: [cite('T3', 'ERROR 809')] }
		},
		look
	);
	expect(verification).toMatchObject({
		statements: 4,
		traced: 3,
		missing: ['do_not_repeat', 'open_questions']
	});
});

describe('too much', () => {
	const line = (n: number) => `${'word '.repeat(29)}${String(n)}`;
	const many = (count: number) => Array.from({ length: count }, (_, n) => line(n));
	const wordy: AssessmentAnswer = {
		problem: { text: many(5).join(' '), impact: many(3).join(' '), refs: [] },
		tried: many(30).map((action) => ({ action, outcome: 'unknown' as const, refs: [cite('T1')] })),
		assessment: many(9).map((hypothesis) => ({
			hypothesis,
			confidence: 'low' as const,
			for: [],
			against: []
		})),
		do_not_repeat: many(9),
		open_questions: many(9),
		start_here: {
			step: many(4).join(' '),
			why: many(4).join(' '),
			expect: line(1),
			if_not: line(2),
			refs: []
		}
	};

	test('is cut to its limits, the problem and where to start last, and it is said what was', () => {
		const { said, cut } = cutToLength(wordy);
		expect(wordsOf(said)).toBeLessThanOrEqual(ASSESSMENT_MAX_WORDS);
		expect(said.problem?.text.split(/\s+/u).length).toBeLessThanOrEqual(60);
		expect(said.problem?.text.endsWith('…')).toBe(true);
		expect(said.tried?.length).toBeGreaterThan(0);
		expect(cut.map(({ section }) => section)).toEqual([
			'problem',
			'tried',
			'assessment',
			'do_not_repeat',
			'open_questions',
			'start_here'
		]);
	});

	test('is cut in scripts that write without spaces too', () => {
		const { said } = cutToLength({ problem: { text: '繋'.repeat(5000), impact: null, refs: [] } });
		expect(said.problem?.text.length).toBeLessThan(2000);
	});

	test('is not what fits: then nothing is touched', () => {
		const said = trying(cite('T1'));
		expect(cutToLength(said)).toEqual({ said, cut: [] });
	});

	test('keeps to twelve tried and three explanations, however short they are', () => {
		const short = Array.from({ length: 20 }, (_, n) => `a${String(n)}`);
		const { said, cut } = cutToLength({
			tried: short.map((action) => ({ action, outcome: 'worked' as const, refs: [] })),
			assessment: short.map((hypothesis) => ({
				hypothesis,
				confidence: 'low' as const,
				for: [],
				against: []
			}))
		});
		expect([said.tried?.length, said.assessment?.length]).toEqual([12, 3]);
		expect(cut).toEqual([
			{ section: 'tried', entries: 8 },
			{ section: 'assessment', entries: 17 }
		]);
	});
});

test('a section of another shape is left out and does not cost the others; one odd entry costs nothing', () => {
	const read = readSections({
		problem: 'It drops.',
		tried: [{ action: 'Restarted', outcome: 'No effect', refs: ['T1', 2, { turn: 'T3' }] }],
		assessment: 7,
		start_here: { step: 'Look', refs: null },
		more: true
	});
	expect(Object.keys(read)).toEqual(['tried', 'start_here']);
	expect(read.tried).toEqual([
		{ action: 'Restarted', outcome: 'no_effect', refs: [cite('T1'), cite('2'), cite('T3')] }
	]);
	expect(readSections('<b>no</b>')).toEqual({});
});

test('a section that says nothing did not come', () => {
	const { body, verification } = verify({ problem: { text: ' ', impact: null, refs: [] } }, look);
	expect(body.problem).toBeNull();
	expect(verification.missing).toContain('problem');
});

test('what a person writes is looked up, and neither moved nor cut; a turn that is gone is still named', () => {
	const { body: before } = verify(trying(cite('T1', 'It drops')), look);
	const written = {
		...before,
		tried: [
			{ action: 'Replaced it', outcome: 'worked' as const, refs: [] },
			...before.tried,
			{ action: 'Asked', outcome: 'unknown' as const, refs: [{ turn: 'nobody' }] }
		]
	};
	const refs = before.tried.flatMap((item) => item.refs);
	const here = (turn: string) => TURNS.find(({ turnId }) => turnId === turn) ?? null;
	expect(traceEdit(written, here, refs)).toMatchObject({
		body: { tried: [{ refs: [] }, { refs: [{ turn: 'a', found: true }] }, { refs: [] }], suggested: [] },
		verification: { statements: 3, traced: 1, refsDropped: 1, moved: 0 }
	});
	expect(traceEdit(written, () => null, refs).body.tried[1]?.refs).toEqual(refs);
});
