// What a skip by hand promises: a narrator says it, it can be answered, and the clock goes with it, there and back.
import { expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given, NOBODY, wordsAsked } from '#tests/support/given.ts';
import { sql } from '../kernel/sql.ts';

const label = 'The next morning';

const played = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const first = anExchange(at, chatId, 'a', 'b');
	const now = () => at.ask('now', { chatId });
	const said = () => at.ask('transcript', { chatId }).turns.map(({ role, text }) => `${role}: ${text}`);
	return { at, chatId, botId, first, now, said };
};

test('a narrator says that time was skipped, and how much', async () => {
	const { at, chatId, now, said } = await played();
	const { turnId, jobId } = at.done('skip_time', { chatId, kind: 'elision', minutes: 600, label });
	expect(jobId).toBeNull();
	expect(said()).toEqual(['user: a', 'assistant: b', `narrator: ${label}`]);
	expect(now()).toMatchObject({
		minutes: 1140,
		skips: [{ turnId, kind: 'elision', fromMinutes: 540, toMinutes: 1140, label }]
	});
	expect(at.ask('transcript', { chatId }).turns[2]).toMatchObject({
		speakerName: '',
		replyTo: null,
		askable: false,
		minutes: 540
	});
	expect(at.ask('title_request', { chatId })?.data).toContain(`Narrator: ${label}`);
	at.done('undo_last', { tab: 'tab-1' });
	expect(said()).toHaveLength(2);
	expect(now()).toMatchObject({ minutes: 540, skips: [] });
});

test('it can be answered, at once or later, and asked again as the player’s own', async () => {
	const { at, chatId, said } = await played();
	const skip = { chatId, kind: 'jump', to: 2000, label } as const;
	const { turnId, jobId } = at.done('skip_time', { ...skip, connectionId: 'demo' });
	if (jobId === null) throw new Error('no reply was asked for');
	expect(wordsAsked(at, { jobId })?.request).toMatchObject({
		messages: [
			{ role: 'user', text: 'a' },
			{ role: 'assistant', text: 'b' },
			{ role: 'user', text: expect.stringMatching(/\]\n\n\(\(.*\)\)$/u) }
		],
		story: { turn: 2, words: label }
	});
	at.done('drop_reply', { jobId });
	const again = at.done('ask_reply', { chatId, connectionId: 'demo' });
	const usage = { jobId: again.jobId, text: 'c', ended: 'whole', model: null, usage: null } as const;
	const { turnId: replyId } = at.done('finish_reply', usage);
	anotherReply(at, chatId, turnId, 'd');
	expect(said()).toEqual(['user: a', 'assistant: b', `narrator: ${label}`, 'assistant: d']);
	expect(at.ask('transcript', { chatId }).turns.at(-1)).toMatchObject({ askable: true, replyTo: turnId });
	at.done('choose_alternative', { chatId, turnId: replyId });
	const edited = at.done('regenerate', { chatId, turnId, connectionId: 'demo', text: 'Dawn' });
	at.done('finish_reply', { ...usage, jobId: edited.jobId, text: 'e' });
	expect(said()).toEqual(['user: a', 'assistant: b', 'narrator: Dawn', 'assistant: e']);
	expect(at.ask('now', { chatId })?.minutes).toBe(2000);
});

test('a rewind to before it takes the time back, a deletion too, and a copy keeps who said it', async () => {
	const { at, chatId, first, now, said } = await played();
	const { turnId } = at.done('skip_time', { chatId, kind: 'elision', minutes: 60, label });
	expect(at.ask('plan', { chatId, turnId, what: 'delete' })).toMatchObject({
		gone: expect.arrayContaining([
			expect.objectContaining({ kind: 'narrator_turn', names: [label] }),
			expect.objectContaining({ kind: 'time_skip_elision', names: [label] })
		]),
		changes: [{ before: { minutes: 600 }, after: { minutes: 540 } }]
	});
	at.done('delete_turn', { chatId, turnId });
	expect(now()?.minutes).toBe(540);
	at.done('undo_last', { tab: 'tab-1' });
	expect(now()?.minutes).toBe(600);
	const { copyId } = at.done('rewind', { chatId, turnId: first.replyId });
	expect(now()).toMatchObject({ minutes: 540, skips: [] });
	expect(at.ask('copy', { copyId })?.turns).toMatchObject([
		{ role: 'narrator', speakerName: '', text: label }
	]);
	at.done('restore_copy', { copyId });
	expect(now()?.minutes).toBe(600);
	expect(said()).toHaveLength(3);
});

test('back in time goes only a flashback', async () => {
	const { at, chatId, now } = await played();
	const back = { chatId, kind: 'jump', to: 60, label } as const;
	expect(at.refused('skip_time', back)).toEqual({ type: 'clock_goes_back', chatId, minutes: 540, to: 60 });
	at.done('skip_time', { ...back, flashback: true });
	expect(now()).toMatchObject({ minutes: 60, skips: [{ kind: 'jump', fromMinutes: 540, toMinutes: 60 }] });
});

test('what a narrator says is edited and kept from models as any turn', async () => {
	const { at, chatId } = await played();
	const { turnId } = at.done('skip_time', { chatId, kind: 'elision', minutes: 1, label });
	at.done('edit_turn', { chatId, turnId, text: 'A moment' });
	at.done('hide_turn', { chatId, turnId });
	expect(at.ask('turn', { chatId, turnId })).toMatchObject({ text: 'A moment', hidden: true, edits: 1 });
});

test('an unknown chat, a reply that is not finished, a bot that is gone, and no words, are refused', async () => {
	const { at, chatId, botId } = await played();
	const skip = { chatId, kind: 'elision', minutes: 1, label } as const;
	expect(at.refused('skip_time', { ...skip, chatId: NOBODY })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('skip_time', { ...skip, label: ' ' })).toMatchObject({ field: 'label' });
	expect(at.refused('skip_time', { ...skip, minutes: -1 })).toMatchObject({ field: 'minutes' });
	const { jobId } = at.done('take_turn', { chatId, text: 'c', connectionId: 'demo' });
	expect(at.refused('skip_time', skip)).toEqual({ type: 'reply_unfinished', chatId, jobId });
	at.done('fail_reply', { jobId, text: '', failure: { type: 'offline' } });
	at.done('skip_time', skip);
	expect(at.ask('chat', { chatId })?.reply).toBeNull();
	at.sql.run(sql`delete from bots`);
	expect(at.refused('skip_time', { ...skip, connectionId: 'demo' })).toEqual({ type: 'bot_unknown', botId });
});
