// Whose words stand in an assessment: a person's, until a person takes them back, whatever a model writes after.
import { describe, expect, test } from 'vitest';
import { aDesk, aHandoff } from '#tests/support/desk.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { anAssessment } from '#tests/support/elsewhere.ts';
import { given } from '#tests/support/given.ts';
import type { AssessmentBody } from './assessment-shape.ts';

const FIRST: AssessmentBody = anAssessment().body;
const SECOND: AssessmentBody = {
	...FIRST,
	problem: { text: 'It drops again.', refs: [] },
	start_here: { step: 'Look at the log.', why: '', expect: '', if_not: '', refs: [] }
};

const board = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const desk = aDesk(at);
	const { handoffId } = aHandoff(at, desk);
	const actor = { memberId: desk.mem, name: 'Mem', role: 'member' };
	let n = 0;
	const come = (kind: string, payload: object) =>
		at.app.dispatch({
			id: `elsewhere-${String(n++)}`,
			name: 'come_from_elsewhere',
			input: { handoffId, events: [{ kind, payload: { episode: 1, actor, ...payload } }] }
		});
	/** What a model says. */
	const says = (body: AssessmentBody, more: object = {}) =>
		come('handoff_assessed', { ...anAssessment(), body, ...more });
	const read = (number: number | null = null) => at.ask('handoff_assessment', { handoffId, number });
	/** What a person makes of what is read. */
	const edit = (who: string, changes: Partial<AssessmentBody>, number: number | null = null) => {
		const before = read(number);
		if (before === null) throw new Error('nothing to edit');
		at.done('edit_assessment', {
			actor: who,
			handoffId,
			basis: before.basis,
			body: { ...before.body, ...changes }
		});
	};
	return { at, desk, handoffId, come, says, read, edit };
};

const step = (text: string) => ({ start_here: { step: text, why: '', expect: '', if_not: '', refs: [] } });

describe('what a person wrote', () => {
	test('stands when a model is asked again, and its newer words are beside it', async () => {
		const { desk, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, step('Ask Lena.'));
		expect(read()).toMatchObject({
			number: 2,
			written: [{ section: 'start_here', author: 'Ada', number: 2 }],
			beneath: { number: 1, newer: false, body: FIRST }
		});
		says(SECOND);
		expect(read()).toMatchObject({
			number: 3,
			basis: 3,
			body: { problem: { text: 'It drops again.' }, start_here: { step: 'Ask Lena.' } },
			written: [{ section: 'start_here', author: 'Ada', number: 2 }],
			beneath: { number: 3, newer: true, model: 'm', body: SECOND }
		});
		// every version is read as it was written
		expect(read(3)).toMatchObject({ body: SECOND, written: [], beneath: null });
		expect(read(1)?.body).toEqual(FIRST);
	});

	test('gives way by one step, in that part alone', async () => {
		const { desk, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, { ...step('Ask Lena.'), open_questions: ['Which router?'] });
		says(SECOND);
		edit(desk.bo, { start_here: SECOND.start_here });
		const told = {
			body: { start_here: { step: 'Look at the log.' }, open_questions: ['Which router?'] },
			written: [{ section: 'open_questions', author: 'Ada', number: 2 }]
		};
		expect(read()).toMatchObject(told);
		says({ ...SECOND, ...step('Look again.') });
		expect(read()).toMatchObject({
			...told,
			body: { ...told.body, start_here: { step: 'Look again.' } }
		});
	});

	test('stays theirs when somebody else edits another part, or edits the edit', async () => {
		const { desk, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, step('Ask Lena.'));
		edit(desk.bo, { problem: { text: 'All of it drops.', refs: [] } });
		const both = [
			{ section: 'problem', author: 'Bo', number: 3 },
			{ section: 'start_here', author: 'Ada', number: 2 }
		];
		expect(read()?.written).toMatchObject(both);
		says(SECOND);
		edit(desk.ada, { do_not_repeat: ['Restarting'] });
		expect(read()?.written).toMatchObject([
			both[0],
			{ section: 'do_not_repeat', author: 'Ada', number: 5 },
			both[1]
		]);
		edit(desk.bo, step('Ask Lena tomorrow.'));
		expect(read()?.written.at(-1)).toMatchObject({ section: 'start_here', author: 'Bo', number: 6 });
	});

	test('is a person’s also where they took something out, and where it was edited from an edit', async () => {
		const { at, desk, handoffId, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, { tried: [] });
		const body = { ...FIRST, tried: [], ...step('Ask Lena.') };
		at.done('edit_assessment', { actor: desk.bo, handoffId, basis: 2, body });
		says(SECOND);
		expect(read()).toMatchObject({
			body: { tried: [], start_here: { step: 'Ask Lena.' } },
			written: [
				{ section: 'tried', author: 'Ada' },
				{ section: 'start_here', author: 'Bo' }
			]
		});
	});

	test('is nobody’s own once a model says the same', async () => {
		const { desk, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, { start_here: SECOND.start_here });
		says(SECOND);
		expect(read()).toMatchObject({ number: 3, body: SECOND, written: [], beneath: null });
	});

	test('is of its episode: what came after a reopening is read as a model wrote it', async () => {
		const { at, desk, handoffId, says, read, edit } = await board();
		says(FIRST);
		edit(desk.ada, step('Ask Lena.'));
		for (const name of ['claim_handoff', 'resolve_handoff', 'reopen_handoff'] as const)
			at.done(name, { actor: desk.ada, handoffId });
		says(SECOND, { episode: 2 });
		expect(read()).toMatchObject({ number: 3, body: SECOND, written: [] });
	});
});

describe('what code found in a model’s words', () => {
	const found = {
		...anAssessment().verification,
		refsDropped: 2,
		cut: [{ section: 'problem', entries: 0 }],
		missing: ['open_questions', 'start_here']
	};

	test('is told of those that are read: a part that did not come is there when a person wrote it', async () => {
		const { desk, says, read, edit } = await board();
		says({ ...FIRST, start_here: null }, { verification: found });
		expect(read()?.verification).toMatchObject({ missing: ['open_questions', 'start_here'] });
		edit(desk.ada, step('Ask Lena.'));
		expect(read()?.verification).toMatchObject({ refsDropped: 2, missing: ['open_questions'] });
		edit(desk.ada, { problem: { text: 'All of it drops.', refs: [] } });
		expect(read()?.verification).toMatchObject({ cut: [], missing: ['open_questions'] });
	});

	test('is counted anew where words of both are read', async () => {
		const { desk, says, read, edit } = await board();
		const rests = { refs: [{ turn: 'gone', quote: 'x', found: true }] };
		says({ ...FIRST, tried: [], problem: { text: 'It drops.', ...rests } });
		edit(desk.ada, step('Ask Lena.'));
		says({ ...SECOND, tried: [], problem: { text: 'It drops now.', ...rests } });
		expect(read()?.verification).toMatchObject({ statements: 3, traced: 1, quotes: 1, quotesFound: 1 });
	});
});

test('what it took is told in tokens too; an assessment that was kept before they were is read all the same', async () => {
	const { says, read } = await board();
	says(FIRST);
	expect(read()).toMatchObject({ costUsd: 0.01, usage: null });
	says(SECOND, { usage: { inputTokens: 900, outputTokens: 120 } });
	expect(read()?.usage).toMatchObject({ inputTokens: 900, outputTokens: 120 });
});

describe('an edit that is not saved', () => {
	test('is kept for whoever writes it, given back with what it was made from, and forgotten once it is saved', async () => {
		const { at, desk, handoffId, says, read, edit } = await board();
		says(FIRST);
		const draft = (who: string) => at.ask('assessment_draft', { actor: who, handoffId });
		expect(draft(desk.ada)).toBeNull();
		const body = { ...FIRST, ...step('Ask Le') };
		at.done('save_assessment_draft', { actor: desk.ada, handoffId, edit: { number: 1, from: FIRST, body } });
		says(SECOND);
		expect(draft(desk.ada)).toEqual({ number: 1, from: FIRST, body });
		expect(draft(desk.bo)).toBeNull();
		expect(read()?.written).toEqual([]);
		edit(desk.ada, step('Ask Lena.'));
		expect(draft(desk.ada)).toBeNull();
	});

	test('is thrown away by whoever wrote it, and no undo brings it back', async () => {
		const { at, desk, handoffId, says } = await board();
		says(FIRST);
		const save = (made: { number: number; from: AssessmentBody; body: AssessmentBody } | null) =>
			at.done('save_assessment_draft', { actor: desk.ada, handoffId, edit: made });
		save({ number: 1, from: FIRST, body: SECOND });
		save(null);
		expect(at.ask('assessment_draft', { actor: desk.ada, handoffId })).toBeNull();
		expect(at.ask('handoff_drafts', { actor: desk.ada, handoffId })).toEqual([]);
	});
});
