// What people complain of at other desks, each as a test that it does not happen here. What a screen decides: desk-complaints
// among the end-to-end tests.
import { describe, expect, test } from 'vitest';
import { aCase, aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { anAssessment } from '#tests/support/elsewhere.ts';
import { anExchange, given, wordsAsked } from '#tests/support/given.ts';
import { dump } from '#tests/support/state.ts';
import type { Commands } from '../vocabulary.ts';
import { STATES } from './life-cycle.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A desk with a case that was worked and handed on; `come`: what arrives from elsewhere. */
const board = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	anExchange(at, chatId, 'It drops every 20 minutes.', 'Restart it.');
	const { handoffId } = aHandoff(at, desk, chatId);
	const as = (actor: string) => ({ actor, handoffId });
	const now = () => at.ask('handoff', { handoffId, now: LATER });
	const soon = now()?.raisedAt ?? 0;
	const due = (actor: string, when = soon) => at.ask('alerts', { actor, now: when });
	const waiting = (when = LATER) =>
		at.ask('queue', { actor: desk.bo, now: when }).cards.map((card) => card.handoffId);
	let n = 0;
	const come = (kind: string, payload: object) =>
		at.app.dispatch({
			id: `elsewhere-${String((n += 1))}`,
			name: 'come_from_elsewhere',
			input: { handoffId, events: [{ kind, payload: { episode: 1, ...payload } }] }
		});
	const ada = { memberId: desk.ada, name: 'Ada', role: 'engineer' } as const;
	const mem = { memberId: desk.mem, name: 'Mem', role: 'member' } as const;
	/** What a model is told with the next words of the case. */
	const tail = (): string => {
		const { jobId } = at.done('take_turn', { chatId, text: 'And now?', connectionId: 'demo' });
		const asked = wordsAsked(at, { jobId });
		at.done('drop_reply', { jobId });
		at.done('undo_last', { tab: 'tab-1' });
		return asked?.request.messages.at(-1)?.text ?? '';
	};
	return { at, desk, chatId, handoffId, as, now, soon, due, waiting, come, ada, mem, tail };
};

describe('what somebody wrote', () => {
	test('a note disappears when a colleague makes himself the owner', async () => {
		const { at, desk, as, now } = await board();
		at.done('note_handoff', { ...as(desk.bo), text: 'Ask for the router.' });
		const drafts = { bo: 'And for its fir', ada: 'Not the router' } as const;
		for (const [who, text] of [[desk.bo, drafts.bo] as const, [desk.ada, drafts.ada] as const])
			at.done('save_handoff_draft', { ...as(who), kind: 'note', text });
		at.done('claim_handoff', as(desk.ada));
		at.done('reassign_handoff', { ...as(desk.ada), to: desk.cleo });
		expect(now()?.notes).toMatchObject([{ text: 'Ask for the router.' }]);
		expect([desk.bo, desk.ada].map((who) => at.ask('handoff_drafts', as(who)))).toEqual([
			[{ kind: 'note', text: drafts.bo }],
			[{ kind: 'note', text: drafts.ada }]
		]);
	});

	test('a draft disappears when two histories of one matter are put together', async () => {
		const { at, desk, handoffId, as, come, ada } = await board();
		const draft = { actor: desk.bo, handoffId, kind: 'resolve', text: 'It was the rou' } as const;
		at.done('save_handoff_draft', draft);
		come('handoff_claimed', { actor: ada });
		come('handoff_resolved', { actor: ada, code: 'solved', note: '' });
		at.done('reopen_handoff', as(desk.bo));
		at.app.rebuild();
		expect(at.ask('handoff_drafts', { actor: desk.bo, handoffId })).toEqual([
			{ kind: 'resolve', text: 'It was the rou' }
		]);
	});
});

describe('what the AI does', () => {
	test('its result is dropped when somebody changes the matter meanwhile', async () => {
		const { at, desk, as, now, come, mem } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('change_handoff_priority', { ...as(desk.ada), priority: 1 });
		come('handoff_assessed', { actor: mem, ...anAssessment() });
		at.done('note_handoff', { ...as(desk.bo), text: 'Hm.' });
		come('handoff_assessed', { actor: mem, ...anAssessment() });
		expect(now()).toMatchObject({
			priority: 1,
			state: 'claimed',
			assessments: [{ number: 2 }, { number: 1 }]
		});
	});

	test('each of its runs makes the matter look changed', async () => {
		const { at, desk, as, soon, due, come, mem } = await board();
		at.done('tell_alerts', { eventIds: due(desk.ada).map(({ eventId }) => eventId) });
		const order = () => at.ask('queue', { actor: desk.ada, now: soon }).cards;
		const seen = order();
		const counts = at.ask('queue_counts', { actor: desk.ada, now: soon });
		come('handoff_assessed', { actor: mem, ...anAssessment() });
		come('handoff_assessment_failed', { actor: mem, failure: { type: 'offline' }, key: 'k' });
		expect(due(desk.ada)).toEqual([]);
		expect(at.ask('queue_counts', { actor: desk.ada, now: soon })).toEqual(counts);
		const told = { assessment: null, assessmentFailed: null };
		expect(order().map((card) => ({ ...card, ...told }))).toEqual(seen.map((card) => ({ ...card, ...told })));
		// nor does it show that its owner is at it
		at.done('claim_handoff', as(desk.ada));
		const stale = at.ask('handoff', { ...as(desk.ada), now: soon })?.staleAt;
		come('handoff_assessed', { actor: mem, ...anAssessment() });
		expect(at.ask('handoff', { ...as(desk.ada), now: soon })?.staleAt).toBe(stale);
	});

	test('nobody sees that it is at work', async () => {
		const { at, desk, as, handoffId } = await board();
		const told = () => at.ask('queue', { actor: desk.bo, now: LATER }).cards[0];
		expect(told()).toMatchObject({ assessing: false, assessment: null, assessmentFailed: null });
		const { jobId } = at.done('ask_assessment', as(desk.mem));
		expect(told()?.assessing).toBe(true);
		expect(at.ask('assessment_job', { handoffId })).toMatchObject({ state: 'open' });
		at.done('fail_assessment', { jobId, failure: { type: 'offline' } });
		expect(told()).toMatchObject({ assessing: false, assessmentFailed: 'offline' });
	});

	test('its summary is that of long ago when the matter comes back, and does not say so', async () => {
		const { at, desk, as, now, come, mem, chatId } = await board();
		const head = at.ask('handoff', { ...as(desk.mem), now: 0 });
		come('handoff_assessed', {
			actor: mem,
			...anAssessment(),
			head: { turnId: head?.headTurn, turns: head?.headTurns, digest: head?.headDigest }
		});
		expect(now()?.assessments[0]).toMatchObject({ stale: false, newerTurns: 0 });
		anExchange(at, chatId, 'It dropped again.', 'Hm.');
		expect(now()?.assessments[0]).toMatchObject({ stale: true, newerTurns: 2 });
	});

	test('what it changes sets nothing going that the same change by a person would', async () => {
		const [ai, person] = await Promise.all(
			(['ai', 'person'] as const).map(async (by) => {
				const { at, desk, as, come, mem, soon, due } = await board();
				// something for it to end, to wake and to leave alone
				come('handoff_assessment_failed', { actor: mem, failure: { type: 'offline' }, key: 'k' });
				at.done('snooze_handoff', { ...as(desk.ada), until: soon + DAY });
				at.changes.length = 0;
				come('handoff_assessed', { actor: mem, ...anAssessment(by), model: null, basis: null });
				const moments = [soon, soon + 2 * DAY];
				return {
					told: at.changes,
					stands: dump(at.sql, ['handoffs', 'handoff_notes']),
					queue: moments.map((now) => at.ask('queue', { actor: desk.bo, now })),
					counts: moments.map((now) => at.ask('queue_counts', { actor: desk.bo, now })),
					alerts: moments.map((now) => due(desk.bo, now)),
					assessed: at.ask('queue', { actor: desk.bo, now: LATER }).cards.map(({ assessment }) => assessment)
				};
			})
		);
		expect(ai).toEqual(person);
		expect(ai?.told).toHaveLength(1);
		expect(ai?.assessed).toMatchObject([{ traced: 2 }]);
	});

	test('it says that it hands on, and nothing is; or it should, and does not find the magic words', async () => {
		const { at, desk } = await board();
		const other = aCase(at, desk.mem, 'Printer');
		anExchange(
			at,
			other,
			'I want a person!',
			"I'll hand this off to a human now. HANDOFF. [escalate] transfer_to_human()"
		);
		expect(at.ask('handoffs_of_chat', { chatId: other, now: LATER })).toEqual([]);
		// a person does it, and needs no word for it
		at.done('raise_handoff', { actor: desk.mem, chatId: other });
		expect(at.ask('handoffs_of_chat', { chatId: other, now: LATER })).toMatchObject([{ state: 'open' }]);
	});

	test('it keeps silent after it got the matter back, for history says that a person has it', async () => {
		const { at, desk, as, tail } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('hand_back', as(desk.ada));
		expect(tail()).toContain('you answer now');
	});

	test('a matter that was taken up again is handed on once more by what was said the first time', async () => {
		const { at, desk, chatId, as, now, tail } = await board();
		anExchange(at, chatId, 'I want a person.', 'I hand you over to a colleague.');
		for (let episode = 1; episode < 4; episode += 1) {
			at.done('claim_handoff', as(desk.ada));
			at.done('resolve_handoff', as(desk.ada));
			at.done('reopen_handoff', as(desk.ada));
			expect(now()).toMatchObject({ state: 'open', episode: episode + 1, owner: null });
			expect(tail()).toContain('nothing said then about handing it on is still to be done');
		}
		expect(now()?.history.filter(({ kind }) => kind === 'handoff_raised')).toHaveLength(1);
		expect(at.ask('handoffs_of_chat', { chatId, now: LATER })).toHaveLength(1);
	});

	test('a provider refuses a brief because pieces of its own answers were torn apart in it', async () => {
		const { at, as, desk } = await board();
		const { jobId } = at.done('ask_assessment', as(desk.mem));
		const asked = at.ask('assessment_request', { jobId });
		// words of turns under our own numbers, and nothing a provider sent
		expect(asked?.turns.map((turn) => Object.keys(turn).toSorted())).toEqual([
			['by', 'number', 'text', 'turnId'],
			['by', 'number', 'text', 'turnId']
		]);
		expect([typeof asked?.instructions, typeof asked?.data]).toEqual(['string', 'string']);
	});

	test('it is to say that something is over, and says something else', async () => {
		const { at, desk, as, now, chatId } = await board();
		// what becomes of a hand-off is told by code: no act leaves anything that a model would have to write
		const asked = () => ({
			jobs: dump(at.sql, ['reply_jobs', 'assessment_jobs']),
			turns: at.ask('transcript', { chatId }).turns.map(({ turnId }) => turnId)
		});
		const before = asked();
		const acts: readonly (readonly [string, string, () => unknown])[] = [
			['claimed', '', () => at.done('claim_handoff', as(desk.ada))],
			['open', '', () => at.done('return_handoff', { ...as(desk.ada), reason: 'no_time', note: 'Late.' })],
			['claimed', '', () => at.done('claim_handoff', as(desk.ada))],
			['with_ai', 'Try the cable.', () => at.done('hand_back', { ...as(desk.ada), note: 'Try the cable.' })],
			['open', '', () => at.done('raise_handoff', { actor: desk.mem, chatId })],
			['claimed', '', () => at.done('claim_handoff', as(desk.ada))],
			['resolved', 'The cable.', () => at.done('resolve_handoff', { ...as(desk.ada), note: 'The cable.' })],
			['open', '', () => at.done('reopen_handoff', as(desk.ada))],
			['withdrawn', 'It works.', () => at.done('withdraw_handoff', { ...as(desk.mem), why: 'It works.' })]
		];
		for (const [state, endedNote, act] of acts) {
			act();
			expect(now()).toMatchObject({ state, endedNote });
			expect(asked()).toEqual(before);
		}
		// and what a model says of it changes nothing
		anExchange(at, chatId, 'Is it over?', 'No. It is open, and a colleague is at it.');
		expect(now()).toMatchObject({ state: 'withdrawn', endedNote: 'It works.' });
	});
});

describe('who has it', () => {
	test('it belongs to somebody who cannot see it, and flies below the radar', async () => {
		const { at, desk, as, come, waiting, handoffId, mem } = await board();
		come('handoff_claimed', { actor: mem });
		expect(waiting()).toEqual([handoffId]);
		expect(at.refused('reassign_handoff', { ...as(desk.ada), to: desk.mem })).toEqual({
			type: 'may_not_own'
		});
		at.done('claim_handoff', as(desk.ada));
		expect(waiting()).toEqual([]);
		at.done('author_member', { memberId: desk.ada, name: 'Ada', role: 'member' });
		expect(waiting()).toEqual([handoffId]);
		at.done('take_over', as(desk.bo));
	});

	test('a rule gives it to somebody, and it stands in no list afterwards', async () => {
		const { at, desk, as, handoffId } = await board();
		const lists = () =>
			(['waiting', 'held', 'snoozed', 'with_ai', 'over'] as const).flatMap((filter) =>
				at.ask('queue', { actor: desk.cleo, filter, now: LATER }).cards.map((card) => card.handoffId)
			);
		const acts: (() => unknown)[] = [
			() => at.done('reassign_handoff', { ...as(desk.cleo), to: desk.bo }),
			() => at.done('return_handoff', as(desk.bo)),
			() => at.done('snooze_handoff', { ...as(desk.ada), until: LATER + 1 }),
			() => at.done('reassign_handoff', { ...as(desk.cleo), to: desk.ada }),
			() => at.done('retire_member', { memberId: desk.ada }),
			() => at.done('take_over', as(desk.bo)),
			() => at.done('hand_back', as(desk.bo))
		];
		for (const act of acts) {
			act();
			expect(lists()).toEqual([handoffId]);
		}
	});

	test('who answers first is not offered to take it', async () => {
		const { at, desk, as } = await board();
		const mayClaim = (who: string) => at.done('note_handoff', { ...as(who), text: 'Looking.' }).mayClaim;
		expect([desk.ada, desk.mem].map(mayClaim)).toEqual([true, false]);
		at.done('claim_handoff', as(desk.ada));
		expect([desk.ada, desk.bo].map(mayClaim)).toEqual([false, false]);
	});

	test('a person is briefed, and whoever asked is gone by then', async () => {
		const { at, desk, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('withdraw_handoff', { ...as(desk.mem), why: 'Solved.' });
		expect(now()).toMatchObject({ state: 'withdrawn', owner: null, endedNote: 'Solved.' });
		expect(now()?.history.at(-1)).toMatchObject({ kind: 'handoff_withdrawn', actor: 'Mem' });
		expect(at.refused('resolve_handoff', as(desk.ada))).toEqual({ type: 'withdrawn' });
	});

	test('whatever goes wrong is one and the same error', async () => {
		const { at, desk, as } = await board();
		at.done('claim_handoff', as(desk.ada));
		const types = [
			at.refused('claim_handoff', as(desk.bo)),
			at.refused('claim_handoff', as(desk.mem)),
			at.refused('take_over', as(desk.bo)),
			at.refused('resolve_handoff', as(desk.bo)),
			at.refused('claim_handoff', { actor: desk.bo, handoffId: 'x.y' }),
			at.refused('claim_handoff', { actor: desk.bo, handoffId: '00000000-0000-4000-8000-000000000000' })
		].map(({ type }) => type);
		at.done('withdraw_handoff', as(desk.mem));
		types.push(at.refused('claim_handoff', as(desk.bo)).type);
		expect(new Set(types).size).toBe(types.length);
	});
});

describe('clocks', () => {
	test('word from who asked does not start the clock again', async () => {
		const { at, desk, as, soon } = await board();
		at.done('snooze_handoff', { ...as(desk.ada), until: soon + DAY });
		at.done('note_handoff', { ...as(desk.mem), text: 'It is back.' });
		const found = at.ask('handoff', { ...as(desk.mem), now: soon });
		expect(found).toMatchObject({ state: 'open', snoozedUntil: null });
		expect(found?.waitsSince).toBeGreaterThan(soon);
		expect(found?.dueAt).toBe((found?.waitsSince ?? 0) + 4 * 60 * MINUTE);
	});

	test('nobody accepts it, and its time runs out without a word', async () => {
		const { at, desk, as, soon, due, now } = await board();
		// to whom, why, and the way back are said from the start
		expect(now()).toMatchObject({ reason: 'asked', raisedByName: 'Mem', dueAt: soon + 4 * 60 * MINUTE });
		const told = (when: number) => {
			const all = due(desk.ada, when);
			if (all.length > 0) at.done('tell_alerts', { eventIds: all.map(({ eventId }) => eventId), at: when });
			return all.map(({ overdue }) => overdue);
		};
		expect(told(soon)).toEqual([false]);
		expect(told(soon + 4 * 60 * MINUTE - 1)).toEqual([]);
		expect(told(soon + 4 * 60 * MINUTE)).toEqual([true]);
		expect(told(soon + 5 * 60 * MINUTE)).toEqual([]);
		expect(at.ask('queue_counts', { actor: desk.bo, now: soon + 5 * 60 * MINUTE }).overdue).toBe(1);
		at.done('claim_handoff', as(desk.ada));
		expect(now()?.claimedAt).toBeGreaterThan(soon);
	});
});

describe('alerts', () => {
	test('each reload tells of the same change of owner again', async () => {
		const { at, desk, due } = await board();
		const first = due(desk.ada);
		expect(first).toHaveLength(1);
		at.done('tell_alerts', { eventIds: first.map(({ eventId }) => eventId) });
		at.app.rebuild();
		expect(due(desk.ada)).toEqual([]);
		expect(due(desk.bo)).toEqual([]);
	});

	test('they go on after somebody said that they are at it', async () => {
		const { at, desk, as, due, soon } = await board();
		expect(due(desk.ada)).toHaveLength(1);
		at.done('claim_handoff', as(desk.bo));
		for (const when of [soon, soon + 60 * MINUTE, soon + DAY, soon + 6 * DAY])
			for (const actor of [desk.ada, desk.bo, desk.cleo]) expect(due(actor, when)).toEqual([]);
	});

	test('one from four months ago wakes somebody at half past five', async () => {
		const { at, desk, due, soon, as } = await board();
		expect(due(desk.ada, soon + 6 * DAY)).toHaveLength(1);
		expect(due(desk.ada, soon + 120 * DAY)).toEqual([]);
		at.done('claim_handoff', as(desk.bo));
		expect(due(desk.ada, soon + 120 * DAY)).toEqual([]);
	});

	test('a bare call for help, without a word before it, tells nobody', async () => {
		const { at, desk, soon } = await board();
		const chatId = aCase(at, desk.mem, 'Help');
		const { handoffId } = at.done('raise_handoff', { actor: desk.mem, chatId });
		expect(
			at.ask('alerts', { actor: desk.ada, now: soon + MINUTE }).map((alert) => alert.handoffId)
		).toContain(handoffId);
	});

	test('a change of state alone, without a message, tells nobody', async () => {
		const { at, desk, as, due, chatId } = await board();
		const turns = () => at.ask('transcript', { chatId }).turns.length;
		const before = turns();
		at.done('tell_alerts', { eventIds: due(desk.ada).map(({ eventId }) => eventId) });
		at.done('claim_handoff', as(desk.bo));
		at.done('resolve_handoff', as(desk.bo));
		at.done('reopen_handoff', as(desk.bo));
		expect(due(desk.ada)).toHaveLength(1);
		expect(turns()).toBe(before);
	});

	test('it happens silently: whoever asked is not told how it stands', async () => {
		const { at, desk, as, chatId } = await board();
		const told = new Set<string>();
		const look = () => {
			const [newest] = at.ask('handoffs_of_chat', { chatId, now: 0 });
			if (newest !== undefined) told.add(newest.state);
		};
		const acts: readonly (() => unknown)[] = [
			() => undefined,
			() => at.done('snooze_handoff', { ...as(desk.ada), until: LATER }),
			() => at.done('claim_handoff', as(desk.ada)),
			() => at.done('hand_back', as(desk.ada)),
			() =>
				at.done('raise_handoff', { actor: desk.mem, chatId } satisfies Commands['raise_handoff']['input']),
			() => at.done('claim_handoff', as(desk.ada)),
			() => at.done('resolve_handoff', as(desk.ada)),
			() => at.done('reopen_handoff', as(desk.ada)),
			() => at.done('withdraw_handoff', as(desk.mem))
		];
		for (const act of acts) {
			act();
			look();
		}
		expect([...told].toSorted()).toEqual([...STATES].toSorted());
	});
});
