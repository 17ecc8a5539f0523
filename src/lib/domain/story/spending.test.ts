// The account: every request that cost something is in it, whatever becomes of its words.
import { expect, test } from 'vitest';
import { aChat, given, NOBODY } from '#tests/support/given.ts';

const usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, costUsd: 0.0025 };

test('adds up by chat, connection and model, and stays when the words are taken back', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const other = aChat(at, { name: 'Odo' }).chatId;
	const play = (
		chat: string,
		connectionId: string,
		used: typeof usage | null,
		model: string | null = 'm'
	) => {
		const { jobId, turnId } = at.done('take_turn', { chatId: chat, text: 'x', connectionId });
		at.done('finish_reply', { jobId, text: 'y', ended: 'whole', model, usage: used });
		at.done('stop_stage', { jobId });
		return turnId;
	};
	const turnId = play(chatId, 'one', usage);
	play(chatId, 'one', usage);
	play(chatId, 'demo', null);
	play(other, 'one', usage);
	play(other, 'two', { ...usage, costUsd: 0 }, null);
	const row = { connectionId: 'one', model: 'm', unpriced: 0, estimated: 0 };
	const two = { requests: 2, inputTokens: 200, outputTokens: 40, cacheReadTokens: 120, costUsd: 0.005 };
	expect(at.ask('account', { chatId })).toEqual([{ ...row, ...two }]);
	at.done('rewind', { chatId, turnId });
	expect(at.ask('account', { chatId })).toEqual([{ ...row, ...two }]);
	at.done('delete_copy', { copyId: at.done('delete_chat', { chatId }).copyId });
	expect(at.ask('account', { chatId })).toEqual([]);
	expect(at.ask('account', {})).toEqual([
		{ ...row, requests: 3, inputTokens: 300, outputTokens: 60, cacheReadTokens: 180, costUsd: 0.0075 },
		expect.objectContaining({ connectionId: 'two', model: '', costUsd: 0 })
	]);
	at.done('delete_copy', { copyId: at.done('delete_chat', { chatId: other }).copyId });
	expect(at.ask('account', {})[0]).toMatchObject({ requests: 3, costUsd: 0.0075 });
});

test('knows what was counted by us, and what has no known price', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const first = at.done('take_turn', { chatId, text: 'x', connectionId: 'one' });
	at.done('fail_reply', { jobId: first.jobId, text: '', failure: { type: 'stalled' }, model: 'm', usage });
	const { jobId } = at.done('ask_reply', { chatId, connectionId: 'one' });
	at.done('drop_reply', {
		jobId,
		model: 'm',
		usage: { inputTokens: 5, outputTokens: null, estimated: true }
	});
	expect(at.ask('account', { chatId })).toEqual([
		expect.objectContaining({ requests: 2, inputTokens: 105, unpriced: 1, estimated: 1, costUsd: 0.0025 })
	]);
});

test('takes in what was asked beside the replies', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	at.done('note_spending', { chatId, connectionId: 'one', model: 'small', usage });
	at.done('note_spending', { chatId, connectionId: 'one', model: 'small', usage: null });
	expect(at.ask('account', { chatId })).toEqual([
		expect.objectContaining({ model: 'small', requests: 1, inputTokens: 100, costUsd: 0.0025 })
	]);
	expect(
		at.refused('note_spending', { chatId: NOBODY, connectionId: 'one', model: 'small', usage }).type
	).toBe('chat_unknown');
});

test('a reply tells what it came from and what it took', async () => {
	const at = await given();
	const { chatId } = aChat(at, { greeting: 'Hi.' });
	const { jobId } = at.done('take_turn', { chatId, text: 'x', connectionId: 'one' });
	const { turnId } = at.done('finish_reply', { jobId, text: 'y', ended: 'whole', model: 'm', usage });
	at.done('edit_turn', { chatId, turnId, text: 'z' });
	expect(at.ask('turn_source', { chatId, turnId })).toEqual({
		model: 'm',
		at: expect.any(Number),
		usage: { ...usage, estimated: false }
	});
	const [greeting] = at.ask('transcript', { chatId }).turns;
	expect(at.ask('turn_source', { chatId, turnId: greeting?.turnId ?? '' })).toBeNull();
});
