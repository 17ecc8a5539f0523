// Hand-offs from raise to end, by commands: who wins, who is told what, what survives whom.
import { describe, expect, test } from 'vitest';
import { aCase, aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { aChat, anExchange, CLOCK_STEP_MS, given, NOBODY, type Given } from '#tests/support/given.ts';
import { dump, tableNames } from '#tests/support/state.ts';

const board = async () => {
	const at = await given();
	const desk = aDesk(at);
	const { chatId, handoffId } = aHandoff(at, desk);
	const as = (actor: string) => ({ actor, handoffId });
	const now = () => at.ask('handoff', { handoffId, now: LATER });
	return { at, desk, chatId, handoffId, as, now };
};

describe('raising', () => {
	test('needs no text: a bare escalation of an empty case is legal, waits in the queue and alerts', async () => {
		const { at, desk, handoffId } = await board();
		expect(at.ask('queue', { actor: desk.ada, now: LATER }).cards).toMatchObject([
			{ handoffId, state: 'open', title: 'VPN drops every 20 minutes', note: '', priority: 3 }
		]);
		const soon = at.ask('handoff', { handoffId, now: LATER })?.raisedAt ?? 0;
		expect(at.ask('alerts', { actor: desk.ada, now: soon })).toMatchObject([{ handoffId }]);
	});

	test('writes nothing into the chat', async () => {
		const at = await given();
		const desk = aDesk(at);
		const chatId = aCase(at, desk.mem);
		anExchange(at, chatId, 'It drops.', 'Restart it.');
		const chatRows = () =>
			dump(
				at.sql,
				tableNames(at.sql).filter(
					(name) => name === 'event_log' || ['chats', 'turns', 'cases'].includes(name)
				),
				`chat:${chatId}`
			);
		const before = chatRows();
		aHandoff(at, desk, chatId);
		expect(chatRows()).toEqual(before);
		expect(before['event_log']).toHaveLength(4);
	});

	test('carries the facts: who asks, what was tried, which errors, what was said last', async () => {
		const at = await given();
		const desk = aDesk(at);
		const chatId = aCase(at, desk.mem);
		const first = anExchange(at, chatId, 'Log:\nERROR 809: timed out\nthat is all', 'Restart it.');
		const second = anExchange(at, chatId, 'Again `error 809: timed  out`', 'Try another network.');
		at.done('record_step', {
			actor: desk.mem,
			chatId,
			turnId: first.replyId,
			text: 'Restarted',
			outcome: 'no_effect'
		});
		const { handoffId } = aHandoff(at, desk, chatId);
		expect(at.ask('handoff', { handoffId, now: LATER })?.facts).toMatchObject({
			title: 'VPN drops every 20 minutes',
			requester: 'Dana Field',
			asset: 'LT-4471',
			tags: ['vpn'],
			turns: 4,
			steps: [{ text: 'Restarted', outcome: 'no_effect', turnId: first.replyId }],
			errors: [{ text: 'ERROR 809: timed out', first: first.turnId, last: first.turnId, times: 1 }, {}],
			lastUserTurn: { turnId: second.turnId, cut: false },
			lastProposal: { turnId: second.replyId, text: 'Try another network.', speaker: 'Copilot' }
		});
	});

	test('is refused while one is open, and goes on in the same hand-off as its next episode after', async () => {
		const { at, desk, chatId, handoffId, as, now } = await board();
		const again = { actor: desk.mem, chatId };
		expect(at.refused('raise_handoff', again)).toEqual({ type: 'already_raised', handoffId });
		at.done('claim_handoff', as(desk.ada));
		expect(at.refused('raise_handoff', again)).toEqual({ type: 'already_raised', handoffId });
		at.done('resolve_handoff', as(desk.ada));
		expect(at.done('raise_handoff', again)).toEqual({ handoffId, episode: 2 });
		expect(now()).toMatchObject({ state: 'open', episode: 2, owner: null, endedAt: null });
		at.done('claim_handoff', as(desk.ada));
		at.done('hand_back', as(desk.ada));
		expect(at.done('raise_handoff', again)).toEqual({ handoffId, episode: 3 });
	});

	test('again by somebody else leaves it with whoever raised it first as well', async () => {
		const { at, desk, chatId, handoffId, as } = await board();
		at.done('claim_handoff', as(desk.bo));
		at.done('resolve_handoff', as(desk.bo));
		at.done('raise_handoff', { actor: desk.ada, chatId });
		expect(at.ask('handoff_for_whom', { handoffId, actor: desk.mem })).toEqual({ yours: true });
		const own = at.ask('queue', { actor: desk.mem, filter: 'raised', now: LATER });
		expect(own.cards.map((card) => card.handoffId)).toEqual([handoffId]);
		const { memberId: other } = at.done('author_member', { name: 'Oda', role: 'member' });
		expect(at.ask('handoff_for_whom', { handoffId, actor: other })).toEqual({ yours: false });
		expect(at.ask('queue', { actor: other, filter: 'all', now: LATER }).total).toBe(0);
	});

	test('after a withdrawal is another hand-off', async () => {
		const { at, desk, chatId, handoffId, as } = await board();
		at.done('withdraw_handoff', as(desk.mem));
		const again = at.done('raise_handoff', { actor: desk.mem, chatId });
		expect(again.episode).toBe(1);
		expect(again.handoffId).not.toBe(handoffId);
		expect(at.ask('handoffs_of_chat', { chatId, now: LATER }).map(({ state }) => state)).toEqual([
			'open',
			'withdrawn'
		]);
	});

	test('passes a story on too, which is no case', async () => {
		const at = await given();
		const desk = aDesk(at);
		const { chatId } = aChat(at);
		const { handoffId } = at.done('raise_handoff', { actor: desk.mem, chatId, intent: 'pass' });
		expect(at.ask('handoff', { handoffId, now: LATER })).toMatchObject({ chatKind: 'story', intent: 'pass' });
	});

	test('is refused to nobody, to who is retired, and for a chat that is not there', async () => {
		const { at, desk, chatId } = await board();
		expect(at.refused('raise_handoff', { actor: NOBODY, chatId })).toMatchObject({ type: 'member_unknown' });
		at.done('retire_member', { memberId: desk.bo });
		expect(at.refused('raise_handoff', { actor: desk.bo, chatId })).toMatchObject({ type: 'member_unknown' });
		expect(at.refused('raise_handoff', { actor: desk.ada, chatId: NOBODY })).toMatchObject({
			type: 'chat_unknown'
		});
	});
});

describe('picking up', () => {
	test('has one winner, and the loser is told who won', async () => {
		const { at, desk, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		const { claimedAt } = now() ?? {};
		expect(at.refused('claim_handoff', as(desk.bo))).toEqual({
			type: 'already_claimed',
			by: 'Ada',
			at: claimedAt
		});
		expect(now()?.owner).toEqual({ memberId: desk.ada, name: 'Ada', gone: false });
	});

	test('works by any spelling of the id, and by nothing that is none', async () => {
		const { at, desk, handoffId } = await board();
		const spelled = `{${handoffId.toUpperCase()}}`;
		expect(at.done('claim_handoff', { actor: desk.ada, handoffId: spelled })).toEqual({ handoffId });
		expect(at.refused('claim_handoff', { actor: desk.ada, handoffId: 'x.y' })).toMatchObject({
			type: 'invalid_input',
			field: 'handoffId'
		});
	});

	test('is taken back by a return that is no return of the metrics, and keeps its place in the queue', async () => {
		const { at, desk, as, now } = await board();
		const waited = now()?.waitsSince;
		at.done('claim_handoff', as(desk.ada));
		at.done('return_handoff', { ...as(desk.ada), reason: 'undo' });
		expect(now()).toMatchObject({ state: 'open', owner: null, waitsSince: waited });
		const { returnRate, pickUp } = at.ask('desk_metrics', { from: 0, to: LATER });
		expect({ returnRate, picked: pickUp.n }).toEqual({ returnRate: 0, picked: 0 });
	});

	test('a claim is not taken over before it is stale; activity of its owner keeps it alive, that of others does not', async () => {
		const { at, desk, as } = await board();
		at.done('change_desk_settings', { actor: desk.cleo, staleMinutes: 5 });
		at.done('claim_handoff', as(desk.ada));
		expect(at.refused('take_over', as(desk.bo))).toEqual({ type: 'not_stale', by: 'Ada' });
		// a test's clock goes on by a second with each command
		for (let second = 0; second < 200; second += 1) at.done('note_handoff', { ...as(desk.bo), text: 'Hm.' });
		at.done('renew_claim', as(desk.ada));
		for (let second = 0; second < 200; second += 1) at.done('note_handoff', { ...as(desk.bo), text: 'Hm.' });
		expect(at.refused('take_over', as(desk.bo))).toMatchObject({ type: 'not_stale' });
		for (let second = 0; second < 100; second += 1) at.done('note_handoff', { ...as(desk.bo), text: 'Hm.' });
		at.done('take_over', as(desk.bo));
		expect(at.refused('resolve_handoff', as(desk.ada))).toEqual({ type: 'not_yours', by: 'Bo' });
	});

	test('a hand-off whose owner is at the desk no more does not fly below the radar', async () => {
		const { at, desk, handoffId, as } = await board();
		at.done('claim_handoff', as(desk.ada));
		expect(at.ask('queue', { actor: desk.bo, now: LATER }).total).toBe(0);
		at.done('retire_member', { memberId: desk.ada });
		expect(at.ask('queue', { actor: desk.bo, now: LATER }).cards).toMatchObject([
			{ handoffId, owner: { name: 'Ada', gone: true } }
		]);
		at.done('take_over', as(desk.bo));
		expect(at.ask('queue', { actor: desk.bo, filter: 'mine', now: LATER }).total).toBe(1);
	});

	test('is withdrawn under the hands of who has it, who is told so by whatever they do next', async () => {
		const { at, desk, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('withdraw_handoff', { ...as(desk.mem), why: 'It works again.' });
		expect(now()).toMatchObject({ state: 'withdrawn', owner: null, endedNote: 'It works again.' });
		expect(at.refused('resolve_handoff', as(desk.ada))).toEqual({ type: 'withdrawn' });
	});
});

describe('notes and drafts', () => {
	test('a note is not deleted when somebody sets himself as owner', async () => {
		const { at, desk, as, now } = await board();
		at.done('note_handoff', { ...as(desk.bo), text: 'Ask for the router.' });
		at.done('claim_handoff', as(desk.ada));
		at.done('reassign_handoff', { ...as(desk.ada), to: desk.bo });
		expect(now()?.notes).toMatchObject([{ author: { name: 'Bo' }, text: 'Ask for the router.' }]);
	});

	test('a draft survives every change of owner, undoing and a replay, and is its author’s alone', async () => {
		const { at, desk, handoffId, as } = await board();
		const draft = { actor: desk.bo, handoffId, kind: 'note', text: 'Half a th' } as const;
		at.done('save_handoff_draft', draft);
		at.done('claim_handoff', as(desk.ada));
		at.done('return_handoff', { ...as(desk.ada), reason: 'no_time' });
		at.done('reassign_handoff', { ...as(desk.cleo), to: desk.ada });
		at.done('resolve_handoff', as(desk.ada));
		at.done('reopen_handoff', as(desk.bo));
		at.done('undo_last', { tab: 'tab-1' });
		at.app.rebuild();
		expect(at.ask('handoff_drafts', { actor: desk.bo, handoffId })).toEqual([
			{ kind: 'note', text: 'Half a th' }
		]);
		expect(at.ask('handoff_drafts', { actor: desk.ada, handoffId })).toEqual([]);
	});

	test('a draft that was sent is gone, and only that one', async () => {
		const { at, desk, handoffId, as } = await board();
		for (const [actor, kind] of [
			[desk.bo, 'note'],
			[desk.bo, 'return'],
			[desk.ada, 'note']
		] as const)
			at.done('save_handoff_draft', { actor, handoffId, kind, text: 'x' });
		at.done('note_handoff', { ...as(desk.bo), text: 'x' });
		expect(at.ask('handoff_drafts', { actor: desk.bo, handoffId })).toEqual([{ kind: 'return', text: 'x' }]);
		expect(at.ask('handoff_drafts', { actor: desk.ada, handoffId })).toHaveLength(1);
	});

	test('what was written with an act is a draft until that act is done, a note to a raise too', async () => {
		const { at, desk, chatId, handoffId, as } = await board();
		const until = (at.ask('handoff', { handoffId, now: 0 })?.raisedAt ?? 0) + 3_600_000;
		const kinds = ['priority', 'snooze', 'resolve', 'reopen', 'withdraw'] as const;
		for (const kind of kinds) at.done('save_handoff_draft', { actor: desk.ada, handoffId, kind, text: kind });
		at.done('save_handoff_draft', { actor: desk.ada, handoffId: chatId, kind: 'raise', text: 'Please' });
		const left = (of: string) => at.ask('handoff_drafts', { actor: desk.ada, handoffId: of });
		expect(left(handoffId)).toHaveLength(kinds.length);
		// the one that is there already is a change of nothing, and sent all the same
		at.done('change_handoff_priority', { ...as(desk.ada), priority: 3, why: 'priority' });
		at.done('snooze_handoff', { ...as(desk.ada), until, why: 'snooze' });
		expect(left(handoffId).map(({ kind }) => kind)).toEqual(['reopen', 'resolve', 'withdraw']);
		at.done('claim_handoff', as(desk.ada));
		at.done('resolve_handoff', { ...as(desk.ada), note: 'resolve' });
		at.done('reopen_handoff', { ...as(desk.ada), why: 'reopen' });
		at.done('withdraw_handoff', { ...as(desk.ada), why: 'withdraw' });
		expect(left(handoffId)).toEqual([]);
		expect(left(chatId)).toEqual([{ kind: 'raise', text: 'Please' }]);
		at.done('raise_handoff', { actor: desk.ada, chatId, note: 'Please' });
		expect(left(chatId)).toEqual([]);
	});

	test('who speaks up first about one that waits is offered to pick it up', async () => {
		const { at, desk, as } = await board();
		expect(at.done('note_handoff', { ...as(desk.mem), text: 'Please.' }).mayClaim).toBe(false);
		expect(at.done('note_handoff', { ...as(desk.ada), text: 'Looking.' }).mayClaim).toBe(true);
		at.done('claim_handoff', as(desk.ada));
		expect(at.done('note_handoff', { ...as(desk.bo), text: 'Me too.' }).mayClaim).toBe(false);
	});

	test('a member notes on what is theirs and nothing else', async () => {
		const { at, desk, as } = await board();
		const { memberId } = at.done('author_member', { name: 'Max', role: 'member' });
		expect(at.refused('note_handoff', { ...as(memberId), text: 'Me too.' })).toEqual({
			type: 'member_may_not',
			act: 'note'
		});
		at.done('note_handoff', { ...as(desk.mem), text: 'More of it.' });
	});
});

describe('sleeping', () => {
	const until = (at: Given, handoffId: string) =>
		(at.ask('handoff', { handoffId, now: 0 })?.raisedAt ?? 0) + 3_600_000;

	test('it wakes by itself when its time has come', async () => {
		const { at, desk, handoffId, as } = await board();
		const wakes = until(at, handoffId);
		at.done('snooze_handoff', { ...as(desk.ada), until: wakes });
		const waiting = (now: number) => at.ask('queue', { actor: desk.ada, now });
		expect(waiting(wakes - 1)).toMatchObject({ cards: [], wakesAt: wakes });
		expect(waiting(wakes).cards).toMatchObject([{ handoffId, state: 'open', waitsSince: wakes }]);
	});

	test.each([
		['a note', 'note_handoff', { text: 'It is back.' }],
		['another priority', 'change_handoff_priority', { priority: 1 }],
		['waking it', 'wake_handoff', {}]
	] as const)('%s wakes it before', async (_, name, more) => {
		const { at, desk, handoffId, as, now } = await board();
		at.done('snooze_handoff', { ...as(desk.ada), until: until(at, handoffId) });
		expect(at.dispatch(name, { ...as(desk.ada), ...more })).toMatchObject({ ok: true });
		expect(at.ask('handoff', { handoffId, now: 0 })).toMatchObject({ state: 'open', snoozedUntil: null });
		expect(now()?.history.at(-1)?.void).toBe(false);
	});

	test('a note on one that woke by itself does not make it wait from anew', async () => {
		const { at, desk, handoffId, as, now } = await board();
		const wakes = (now()?.history.at(-1)?.at ?? 0) + 2 * CLOCK_STEP_MS;
		at.done('snooze_handoff', { ...as(desk.ada), until: wakes });
		for (const name of ['Odo', 'Edda']) at.done('author_bot', { name });
		at.done('note_handoff', { ...as(desk.ada), text: 'Still so.' });
		expect(now()?.history.at(-1)?.at).toBeGreaterThan(wakes);
		expect(at.ask('handoff', { handoffId, now: LATER })).toMatchObject({ state: 'open', waitsSince: wakes });
	});

	test('what a person says in its chat wakes it at once, for everybody; rewound, it was not said', async () => {
		const { at, desk, chatId, handoffId, as } = await board();
		anExchange(at, chatId, 'It drops.', 'Restart it.');
		at.done('snooze_handoff', { ...as(desk.ada), until: LATER });
		const seen = (now: number) => ({
			waiting: at.ask('queue', { actor: desk.ada, now }).cards.map(({ state }) => state),
			asleep: at.ask('queue', { actor: desk.ada, filter: 'snoozed', now }).total,
			counts: at.ask('queue_counts', { actor: desk.ada, now }).snoozed,
			alerts: at.ask('alerts', { actor: desk.bo, now }).length,
			own: at.ask('handoff', { handoffId, now })?.state,
			inChat: at.ask('handoffs_of_chat', { chatId, now })[0]?.state
		});
		const asleep = { waiting: [], asleep: 1, counts: 1, alerts: 0, own: 'snoozed', inChat: 'snoozed' };
		const awake = { waiting: ['open'], asleep: 0, counts: 0, alerts: 1, own: 'open', inChat: 'open' };
		expect(seen(LATER - 1)).toEqual(asleep);
		const before = at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? '';
		anExchange(at, chatId, 'It drops again.', 'Try another network.');
		const said = at.ask('transcript', { chatId }).turns.at(-2)?.at ?? 0;
		expect(seen(said)).toEqual(awake);
		expect(seen(said - 1)).toEqual(asleep);
		expect(at.ask('queue', { actor: desk.ada, now: said - 1 }).wakesAt).toBe(said);
		expect(at.ask('handoff', { handoffId, now: said })?.waitsSince).toBe(said);
		// asleep again, and the same words do not wake it twice
		at.done('snooze_handoff', { ...as(desk.ada), until: LATER });
		expect(seen(LATER - 1)).toEqual(asleep);
		anExchange(at, chatId, 'And again.', 'Then the router.');
		const again = at.ask('transcript', { chatId }).turns.at(-2)?.at ?? 0;
		expect(seen(again)).toEqual(awake);
		at.done('rewind', { chatId, turnId: before });
		expect(seen(again)).toEqual(asleep);
	});

	test('it is not put to sleep until a moment that is past, nor woken while awake', async () => {
		const { at, desk, as } = await board();
		expect(at.refused('snooze_handoff', { ...as(desk.ada), until: 1 })).toEqual({
			type: 'past_already',
			until: 1
		});
		expect(at.refused('wake_handoff', as(desk.ada))).toEqual({ type: 'not_snoozed' });
		at.done('snooze_handoff', { ...as(desk.ada), until: LATER });
		expect(at.refused('return_handoff', as(desk.ada))).toEqual({ type: 'not_claimed' });
	});
});

describe('the end, and after it', () => {
	test('a reopened one waits in the queue again with nobody, in its next episode', async () => {
		const { at, desk, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('resolve_handoff', { ...as(desk.ada), code: 'workaround', note: 'Other profile.' });
		expect(now()).toMatchObject({ state: 'resolved', endedCode: 'workaround', owner: null });
		at.done('reopen_handoff', { ...as(desk.bo), why: 'It is back.' });
		expect(now()).toMatchObject({ state: 'open', episode: 2, owner: null, endedCode: '' });
		at.done('claim_handoff', as(desk.bo));
	});

	test('every act of it is kept, with who did it, in order', async () => {
		const { at, desk, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		at.done('return_handoff', { ...as(desk.ada), reason: 'more_needed', note: 'Which router?' });
		at.done('author_member', { memberId: desk.ada, name: 'Ada L.', role: 'engineer' });
		expect(now()?.history).toMatchObject([
			{ version: 1, kind: 'handoff_raised', actor: 'Mem', role: 'member' },
			{ version: 2, kind: 'handoff_claimed', actor: 'Ada', role: 'engineer' },
			{ version: 3, kind: 'handoff_returned', said: { reason: 'more_needed', note: 'Which router?' } }
		]);
	});

	test('none of it is taken back by the key that takes back what one did oneself', async () => {
		const { at, desk, chatId, as, now } = await board();
		at.done('claim_handoff', as(desk.ada));
		expect(at.ask('undoable', { tab: 'tab-1' })).toMatchObject({ command: 'create_case', chatId });
		at.done('undo_last', { tab: 'tab-1' });
		expect(now()).toMatchObject({ state: 'claimed', chatIsHere: false });
	});

	test('a reference to a turn that was rewound since shows as gone, and newer turns are counted', async () => {
		const at = await given();
		const desk = aDesk(at);
		const chatId = aCase(at, desk.mem);
		const first = anExchange(at, chatId, 'It drops.', 'Restart it.');
		const second = anExchange(at, chatId, 'It did not help.', 'Try another network.');
		const { handoffId } = aHandoff(at, desk, chatId);
		const now = () => at.ask('handoff', { handoffId, now: LATER });
		expect(now()).toMatchObject({ gone: [], chatSince: { stale: false, newerTurns: 0 } });
		anExchange(at, chatId, 'Neither did that.', 'Hm.');
		expect(now()).toMatchObject({ gone: [], chatSince: { stale: true, newerTurns: 2 } });
		at.done('rewind', { chatId, turnId: first.replyId });
		expect(now()?.gone.toSorted()).toEqual([second.turnId, second.replyId].toSorted());
		expect(now()?.facts?.lastUserTurn?.text).toBe('It did not help.');
	});
});

describe('a sleeper that woke', () => {
	test('waits since then, also when it was picked up by a slip and given back', async () => {
		const { at, desk, handoffId, as, now } = await board();
		const until = (now()?.raisedAt ?? 0) + 20_000;
		at.done('snooze_handoff', { ...as(desk.ada), until, why: '' });
		// the clock of the tests goes on a second with each command
		for (let n = 0; n < 40; n++)
			at.done('save_handoff_draft', { ...as(desk.ada), kind: 'note', text: String(n) });
		at.done('claim_handoff', as(desk.ada));
		at.done('return_handoff', { ...as(desk.ada), reason: 'undo' });
		expect(at.ask('handoff', { handoffId, now: LATER })?.waitsSince).toBe(until);
	});
});

describe('alerts', () => {
	test('reach whoever put it to sleep once it wakes, and whoever raised it once nobody came', async () => {
		const { at, desk, handoffId, now } = await board();
		const soon = now()?.raisedAt ?? 0;
		const due = (actor: string, now: number) =>
			at.ask('alerts', { actor, now }).map(({ overdue }) => overdue);
		const until = soon + 3_600_000;
		at.done('snooze_handoff', { actor: desk.ada, handoffId, until, why: '' });
		expect(due(desk.ada, until - 1)).toEqual([]);
		expect(due(desk.ada, until + 1)).toEqual([false]);
		at.done('claim_handoff', { actor: desk.ada, handoffId });
		at.done('resolve_handoff', { actor: desk.ada, handoffId, code: 'solved', note: '' });
		at.done('reopen_handoff', { actor: desk.ada, handoffId, why: 'Again.' });
		const waiting = at.ask('handoff', { handoffId, now: until })?.waitsSince ?? 0;
		expect(due(desk.ada, waiting + 1)).toEqual([]);
		expect(due(desk.ada, waiting + 86_400_000)).toEqual([true]);
	});

	test('after a pick-up nothing fires any more, nor after a week, nor twice', async () => {
		const { at, desk, handoffId, as, now } = await board();
		const soon = now()?.raisedAt ?? 0;
		const [alert] = at.ask('alerts', { actor: desk.ada, now: soon });
		expect(at.ask('alerts', { actor: desk.ada, now: soon + 8 * 86_400_000 })).toEqual([]);
		expect(at.ask('alerts', { actor: desk.mem, now: soon })).toEqual([]);
		at.done('claim_handoff', as(desk.bo));
		expect(at.ask('alerts', { actor: desk.ada, now: soon })).toEqual([]);
		at.done('return_handoff', { ...as(desk.bo), reason: 'no_time' });
		expect(at.ask('alerts', { actor: desk.ada, now: soon })).toMatchObject([{ handoffId }]);
		at.done('tell_alerts', { eventIds: [alert?.eventId ?? ''] });
		expect(at.ask('alerts', { actor: desk.ada, now: soon })).toEqual([]);
		at.done('claim_handoff', as(desk.bo));
		at.done('resolve_handoff', as(desk.bo));
		at.done('reopen_handoff', as(desk.bo));
		expect(at.ask('alerts', { actor: desk.ada, now: soon })).toHaveLength(1);
		expect(at.ask('alerts', { actor: desk.bo, now: soon })).toEqual([]);
	});
});

describe('the queue', () => {
	test('shows the most pressing first, then the one that waits longest, a page at a time', async () => {
		const at = await given();
		const desk = aDesk(at);
		const raise = (priority: number) =>
			at.done('raise_handoff', { actor: desk.mem, chatId: aCase(at, desk.mem), priority }).handoffId;
		const [low, first, second, high] = [raise(4), raise(2), raise(2), raise(1)];
		const page = (offset: number, limit: number) => {
			const { cards, total } = at.ask('queue', { actor: desk.ada, now: LATER, offset, limit });
			return [...cards.map((card) => card.handoffId), total];
		};
		expect(page(0, 50)).toEqual([high, first, second, low, 4]);
		expect(page(1, 2)).toEqual([first, second, 4]);
	});

	test('a plain member sees their own and nothing else, and nobody sees nothing', async () => {
		const { at, desk, handoffId } = await board();
		const { memberId } = at.done('author_member', { name: 'Max', role: 'member' });
		const seen = (actor: string) =>
			at.ask('queue', { actor, now: LATER }).cards.map((card) => card.handoffId);
		expect(seen(desk.mem)).toEqual([handoffId]);
		expect(seen(memberId)).toEqual([]);
		expect(seen(NOBODY)).toEqual([]);
	});

	test('a brief is read by who raised it and by the desk, and by no other member', async () => {
		const { at, desk, handoffId } = await board();
		const { memberId: max } = at.done('author_member', { name: 'Max', role: 'member' });
		const reads = (actor: string) => [
			at.ask('handoff', { handoffId, actor, now: LATER })?.handoffId ?? null,
			at.ask('handoff_for_whom', { handoffId, actor })?.yours
		];
		for (const actor of [desk.mem, desk.ada, desk.cleo]) expect(reads(actor)).toEqual([handoffId, true]);
		expect(reads(max)).toEqual([null, false]);
		expect(at.ask('handoff_for_whom', { handoffId: NOBODY, actor: max })).toBeNull();
	});

	test('every hand-off is in exactly one of its places at any moment', async () => {
		const at = await given();
		const desk = aDesk(at);
		const ids = Array.from({ length: 8 }, () => aHandoff(at, desk).handoffId);
		const of = (n: number, actor = desk.ada) => ({ actor, handoffId: ids[n] ?? '' });
		for (const n of [1, 2, 3, 4]) at.done('claim_handoff', of(n));
		at.done('reassign_handoff', { ...of(1), to: desk.bo });
		at.done('resolve_handoff', of(2));
		at.done('hand_back', of(3));
		at.done('withdraw_handoff', of(5));
		at.done('snooze_handoff', { ...of(6), until: LATER + 1 });
		at.done('snooze_handoff', { ...of(7), until: LATER });
		at.done('retire_member', { memberId: desk.bo });
		const places = (['waiting', 'held', 'snoozed', 'with_ai', 'over'] as const).map((filter) =>
			at.ask('queue', { actor: desk.cleo, filter, now: LATER }).cards.map((card) => card.handoffId)
		);
		expect(places.flat().toSorted()).toEqual(ids.toSorted());
		expect(places.map((cards) => cards.length)).toEqual([3, 1, 1, 1, 2]);
		expect(at.ask('queue_counts', { actor: desk.ada, now: LATER })).toMatchObject({
			waiting: 3,
			mine: 1,
			held: 1,
			snoozed: 1,
			overdue: 1,
			stale: 1
		});
	});
});
