// Events of hand-offs that come from elsewhere: what is not legal in the state it meets is kept, and changes nothing.
import { describe, expect, test } from 'vitest';
import { aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { anAssessment } from '#tests/support/elsewhere.ts';
import { given, NOBODY } from '#tests/support/given.ts';
import { dump } from '#tests/support/state.ts';

const board = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const desk = aDesk(at);
	const { handoffId, chatId } = aHandoff(at, desk);
	const who = {
		mem: { memberId: desk.mem, name: 'Mem', role: 'member' },
		ada: { memberId: desk.ada, name: 'Ada', role: 'engineer' },
		bo: { memberId: desk.bo, name: 'Bo', role: 'engineer' }
	} as const;
	let n = 0;
	const come = (kind: string, payload: object) =>
		at.app.dispatch({
			id: `elsewhere-${String(n++)}`,
			name: 'come_from_elsewhere',
			input: { handoffId, events: [{ kind, payload: { episode: 1, ...payload } }] }
		});
	const now = () => at.ask('handoff', { handoffId, now: LATER });
	const row = () => dump(at.sql, ['handoffs', 'handoff_notes', 'handoff_assessments']);
	return { at, desk, handoffId, chatId, who, come, now, row };
};

describe('an event is void', () => {
	test('when it claims for somebody who is no engineer: the card is open all the same', async () => {
		const { come, who, now, row } = await board();
		const before = row();
		come('handoff_claimed', { actor: who.mem });
		expect(row()).toEqual(before);
		expect(now()?.history.at(-1)).toMatchObject({ kind: 'handoff_claimed', actor: 'Mem', void: true });
	});

	test('when it claims what somebody has: the first one keeps it', async () => {
		const { come, who, now, row } = await board();
		come('handoff_claimed', { actor: who.ada });
		const before = row();
		come('handoff_claimed', { actor: who.bo });
		expect(row()).toEqual(before);
		expect(now()?.history.map((event) => event.void)).toEqual([false, false, true]);
		expect(now()?.owner?.name).toBe('Ada');
	});

	test.each([
		['ends an episode that is over', 'handoff_resolved', { episode: 2, code: 'solved', note: '' }],
		['is done by who does not hold it', 'handoff_resolved', { code: 'solved', note: '' }],
		['takes over from who is at it', 'handoff_taken_over', { from: { name: 'Ada' }, idleMs: 1_800_000 }],
		['takes over from somebody else', 'handoff_taken_over', { from: { memberId: NOBODY }, idleMs: 0 }],
		['gives it to who may not own one', 'handoff_reassigned', { to: { role: 'member' } }],
		['reopens what is not over', 'handoff_reopened', { episode: 2, why: '' }],
		['puts to sleep what somebody holds', 'handoff_snoozed', { until: LATER, why: '' }]
	])('when it %s', async (_, kind, payload) => {
		const { come, who, now, row } = await board();
		come('handoff_claimed', { actor: who.ada });
		const before = row();
		const whole = {
			actor: who.bo,
			...payload,
			...('from' in payload ? { from: { ...who.ada, role: undefined, ...payload.from } } : {}),
			...('to' in payload ? { to: { ...who.bo, ...payload.to } } : {})
		};
		come(kind, whole);
		expect(row()).toEqual(before);
		expect(now()?.history.at(-1)).toMatchObject({ kind, void: true });
	});

	test('when it raises what is open, or in an episode that is not the next', async () => {
		const { at, come, who, handoffId, row, desk } = await board();
		const [raised] = at.sql.all({
			text: "select payload from event_log where kind = 'handoff_raised'",
			values: []
		});
		const payload = JSON.parse(String(raised?.['payload'])) as object;
		const before = row();
		come('handoff_raised', { ...payload, episode: 2, actor: who.bo });
		expect(row()).toEqual(before);
		at.done('claim_handoff', { actor: desk.ada, handoffId });
		at.done('resolve_handoff', { actor: desk.ada, handoffId });
		const resolved = row();
		come('handoff_raised', { ...payload, episode: 3, actor: who.bo });
		expect(row()).toEqual(resolved);
		come('handoff_raised', { ...payload, episode: 2, actor: who.bo });
		expect(at.ask('handoff', { handoffId, now: LATER })).toMatchObject({ state: 'open', episode: 2 });
	});

	test('when its stream begins with something else: there is no hand-off then', async () => {
		const { at, who } = await board();
		at.app.dispatch({
			id: 'headless',
			name: 'come_from_elsewhere',
			input: {
				handoffId: NOBODY,
				events: [{ kind: 'handoff_claimed', payload: { episode: 1, actor: who.ada } }]
			}
		});
		expect(at.ask('handoff', { handoffId: NOBODY, now: LATER })).toBeNull();
	});
});

describe('an assessment', () => {
	test('comes however the hand-off changed meanwhile, and takes the place of none', async () => {
		const { at, come, desk, who, handoffId, now } = await board();
		come('handoff_assessment_failed', { actor: who.mem, failure: { type: 'offline' }, key: 'k' });
		expect(now()).toMatchObject({ assessmentFailed: 'offline', assessments: [] });
		come('handoff_assessed', { actor: who.mem, ...anAssessment() });
		at.done('claim_handoff', { actor: desk.ada, handoffId });
		come('handoff_assessed', { actor: who.ada, ...anAssessment('person') });
		at.done('resolve_handoff', { actor: desk.ada, handoffId });
		come('handoff_assessed', { actor: who.mem, ...anAssessment() });
		expect(now()?.assessmentFailed).toBeNull();
		expect(now()?.assessments).toMatchObject([
			{ number: 3, by: 'ai' },
			{ number: 2, by: 'person', author: 'Ada', basis: 1 },
			{ number: 1, by: 'ai', statements: 3, traced: 2 }
		]);
		expect(at.ask('handoff_assessment', { handoffId, number: 2 })).toMatchObject({ number: 2 });
		expect(at.ask('handoff_assessment', { handoffId })?.number).toBe(3);
		expect(at.ask('queue', { actor: desk.ada, filter: 'over', now: LATER }).cards[0]?.assessment).toEqual({
			number: 3,
			statements: 3,
			traced: 2
		});
	});

	test('puts nothing into anybody’s queue and wakes nothing', async () => {
		const { at, come, desk, who, handoffId, now } = await board();
		at.done('snooze_handoff', { actor: desk.ada, handoffId, until: LATER + 1 });
		const before = at.ask('alerts', { actor: desk.bo, now: LATER });
		come('handoff_assessed', { actor: who.mem, ...anAssessment() });
		expect(now()?.state).toBe('snoozed');
		expect(at.ask('alerts', { actor: desk.bo, now: LATER })).toEqual(before);
	});
});
