// Cases and what was tried in them: opened, changed, ended, taken back, listed.
import { describe, expect, test } from 'vitest';
import { aCase, aDesk, LATER } from '#tests/support/desk.ts';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import { COPILOT_ID } from '../library/bots.ts';

const atWork = async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	return { at, desk, chatId, of: { actor: desk.mem, chatId }, now: () => at.ask('case_of_chat', { chatId }) };
};

describe('a case', () => {
	test('is a chat with the Copilot, who is in the library from the first one on, once', async () => {
		const { at, desk, chatId, now } = await atWork();
		aCase(at, desk.ada, 'Another');
		expect(at.ask('chat', { chatId })).toMatchObject({ kind: 'case', hostName: 'Copilot' });
		expect(at.ask('bots', {}).filter(({ botId }) => botId === COPILOT_ID)).toHaveLength(1);
		expect(now()).toMatchObject({
			title: 'VPN drops every 20 minutes',
			requester: 'Dana Field',
			asset: 'LT-4471',
			tags: ['vpn'],
			priority: 3,
			state: 'open',
			openedBy: 'Mem'
		});
		expect(at.ask('home', {}).map(({ kind }) => kind)).toEqual(['case', 'case']);
	});

	test('keeps a Copilot that somebody edited, under the name it has now', async () => {
		const { at, desk } = await atWork();
		at.done('author_bot', { botId: COPILOT_ID, name: 'Pilot' });
		const chatId = aCase(at, desk.ada, 'Another');
		expect(at.ask('chat', { chatId })).toMatchObject({ hostName: 'Pilot' });
		expect(at.ask('bot', { botId: COPILOT_ID })?.name).toBe('Pilot');
	});

	test('has nothing of a story in it, and a story nothing of the Copilot', async () => {
		const { at, chatId } = await atWork();
		const { botId, chatId: story } = aChat(at);
		for (const refused of [
			at.refused('invite_guest', { chatId, botId }),
			at.refused('skip_time', { chatId, kind: 'elision', minutes: 5, label: 'Later' }),
			at.refused('start_meanwhile', { chatId, premise: 'x', with: 'narrator', connectionId: 'demo' })
		])
			expect(refused).toEqual({ type: 'not_in_a_case', chatId });
		expect(at.refused('create_chat', { botId: COPILOT_ID })).toMatchObject({ type: 'bot_unknown' });
		expect(at.refused('create_chat', { botId, guestId: COPILOT_ID })).toMatchObject({ type: 'bot_unknown' });
		expect(at.refused('invite_guest', { chatId: story, botId: COPILOT_ID })).toMatchObject({
			type: 'bot_unknown'
		});
		expect(at.ask('bots', {}).map(({ name, copilot }) => [name, copilot])).toEqual([
			['Copilot', true],
			['Mara', false]
		]);
	});

	test('is undone like any chat that was begun', async () => {
		const { at, chatId, now } = await atWork();
		at.done('undo_last', { tab: 'tab-1' });
		expect(now()).toBeNull();
		const [copy] = at.ask('recovery', {});
		at.done('restore_copy', { copyId: copy?.copyId ?? '' });
		expect(now()).toMatchObject({ chatId, requester: 'Dana Field' });
	});

	test('is what is said of it last, and what is not said stays', async () => {
		const { at, of, now } = await atWork();
		at.done('change_case', { ...of, impact: 1, urgency: 1, tags: ['vpn', 'vpn', ' dns '] });
		expect(now()).toMatchObject({ requester: 'Dana Field', priority: 1, tags: ['vpn', 'dns'] });
		const before = at.events();
		at.done('change_case', { ...of, impact: 1 });
		expect(at.events()).toBe(before);
	});

	test('ends with a code and a note, and is taken up again', async () => {
		const { at, of, now } = await atWork();
		expect(at.refused('reopen_case', of)).toMatchObject({ type: 'case_open' });
		at.done('resolve_case', { ...of, code: 'workaround', note: 'Other profile.' });
		expect(now()).toMatchObject({ state: 'resolved', code: 'workaround', resolvedBy: 'Mem' });
		expect(at.refused('resolve_case', of)).toMatchObject({ type: 'case_resolved' });
		at.done('reopen_case', { ...of, why: 'It is back.' });
		expect(now()).toMatchObject({ state: 'open', reopened: 1, code: '', resolvedAt: null });
	});

	test('is not what a story is, and nobody works on it who is no member', async () => {
		const { at, desk, of } = await atWork();
		const { chatId } = aChat(at);
		expect(at.ask('case_of_chat', { chatId })).toBeNull();
		expect(at.refused('resolve_case', { actor: desk.mem, chatId })).toMatchObject({ type: 'case_unknown' });
		expect(at.refused('resolve_case', { ...of, actor: NOBODY })).toMatchObject({ type: 'member_unknown' });
		expect(at.refused('create_case', { actor: NOBODY, title: 'x' })).toMatchObject({
			type: 'member_unknown'
		});
	});

	test('what was said of it after a turn goes with a rewind before that turn', async () => {
		const { at, of, chatId, now } = await atWork();
		const { replyId } = anExchange(at, chatId, 'It drops.', 'Restart it.');
		anExchange(at, chatId, 'No.', 'Hm.');
		at.done('resolve_case', of);
		at.done('rewind', { chatId, turnId: replyId });
		expect(now()?.state).toBe('open');
		at.done('undo_last', { tab: 'tab-1' });
		expect(now()?.state).toBe('resolved');
	});
});

describe('a step', () => {
	test('is written down from a turn, told otherwise, and taken away', async () => {
		const { at, of, chatId, now } = await atWork();
		const { replyId } = anExchange(at, chatId, 'It drops.', 'Restart it.');
		const { stepId } = at.done('record_step', { ...of, turnId: replyId, text: 'Restarted' });
		expect(now()?.steps).toMatchObject([
			{ text: 'Restarted', outcome: 'unknown', turnId: replyId, by: 'Mem' }
		]);
		at.done('change_step', { ...of, stepId, outcome: 'made_worse' });
		expect(now()?.steps).toMatchObject([{ text: 'Restarted', outcome: 'made_worse' }]);
		at.done('remove_step', { ...of, stepId });
		expect(now()?.steps).toEqual([]);
		expect(at.refused('change_step', { ...of, stepId })).toMatchObject({ type: 'step_unknown' });
		at.done('undo_last', { tab: 'tab-1' });
		expect(now()?.steps).toHaveLength(1);
	});

	test('belongs to the turn it tells of: a rewind keeps it as long as that turn stays', async () => {
		const { at, of, chatId, now } = await atWork();
		const first = anExchange(at, chatId, 'It drops.', 'Restart it.');
		const second = anExchange(at, chatId, 'No.', 'Hm.');
		at.done('record_step', { ...of, turnId: first.replyId, text: 'Restarted' });
		at.done('record_step', { ...of, turnId: second.replyId, text: 'Waited' });
		at.done('rewind', { chatId, turnId: first.replyId });
		expect(now()?.steps.map(({ text }) => text)).toEqual(['Restarted']);
	});

	test('is not of a turn that is not there', async () => {
		const { at, of } = await atWork();
		expect(at.refused('record_step', { ...of, turnId: NOBODY, text: 'x' })).toMatchObject({
			type: 'turn_unknown'
		});
	});
});

describe('the list of cases', () => {
	test('shows the open ones by how pressing they are, and finds by words, tag, priority and requester', async () => {
		const { at, desk, chatId: first } = await atWork();
		const open = (title: string, more: object) =>
			at.done('create_case', { actor: desk.mem, title, ...more }).chatId;
		const printer = open('100% of the printer_queue', { requester: 'Odo', impact: 1, urgency: 1 });
		const done = open('Old one', { requester: 'odo', tags: ['VPN'] });
		at.done('resolve_case', { actor: desk.mem, chatId: done });
		const seen = (input: object) =>
			at.ask('case_list', { now: 0, ...input }).cases.map(({ chatId }) => chatId);
		expect(seen({})).toEqual([printer, first]);
		expect(seen({ filter: 'resolved' })).toEqual([done]);
		expect(seen({ filter: 'all' })).toEqual([printer, first, done]);
		expect(seen({ filter: 'all', tag: 'vpn' })).toEqual([first, done]);
		expect(seen({ filter: 'all', requester: 'ODO' })).toEqual([printer, done]);
		expect(seen({ priority: 1 })).toEqual([printer]);
		expect(seen({ text: 'lt-44' })).toEqual([first]);
		expect(seen({ filter: 'all', text: 'vp' })).toEqual([first, done]);
		expect(seen({ text: '100%' })).toEqual([printer]);
		expect(seen({ text: 'r_q' })).toEqual([printer]);
		expect(seen({ text: 'e_q' })).toEqual([]);
		expect(at.ask('case_list', { now: 0, limit: 1, offset: 1 })).toMatchObject({
			total: 2,
			cases: [{ chatId: first }]
		});
	});

	test('of more than two hundred shows each once, a page longer each time or one page after the other', async () => {
		const { at, desk, chatId: first } = await atWork();
		const all = [first, ...Array.from({ length: 229 }, (_, n) => aCase(at, desk.mem, `Case ${String(n)}`))];
		const ids = (of: { limit?: number; offset?: number }) => {
			const { cases, total } = at.ask('case_list', { now: 0, ...of });
			expect(total).toBe(all.length);
			return cases.map(({ chatId }) => chatId);
		};
		for (const limit of [50, 200, 250]) expect(ids({ limit })).toEqual(all.slice(0, limit));
		expect([0, 100, 200].flatMap((offset) => ids({ offset, limit: 100 }))).toEqual(all);
	});

	test('says what there is to choose by, each once however it is spelled', async () => {
		const { at, desk } = await atWork();
		const open = (title: string, more: object) =>
			at.done('create_case', { actor: desk.mem, title, ...more }).chatId;
		open('Two', { requester: 'dana field', tags: ['VPN', 'mail'] });
		open('Nobody asks', {});
		const done = open('Old one', { requester: 'Odo', tags: ['print'] });
		at.done('resolve_case', { actor: desk.mem, chatId: done });
		expect(at.ask('case_choices', {})).toEqual({ requesters: ['Dana Field'], tags: ['mail', 'VPN'] });
		expect(at.ask('case_choices', { filter: 'all' })).toEqual({
			requesters: ['Dana Field', 'Odo'],
			tags: ['mail', 'print', 'VPN']
		});
	});

	test('says of a hand-off that slept long enough that it waits', async () => {
		const { at, desk, chatId } = await atWork();
		const { handoffId } = at.done('raise_handoff', { actor: desk.mem, chatId });
		const until = LATER;
		at.done('snooze_handoff', { actor: desk.ada, handoffId, until });
		const said = (now: number) => at.ask('case_list', { now }).cases[0]?.handoff;
		expect([said(until - 1), said(until)]).toEqual(['snoozed', 'open']);
	});
});
