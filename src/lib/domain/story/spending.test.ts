// The account: every request that cost something is in it, whatever becomes of its words.
import { expect, test } from 'vitest';
import { aChat, given, NOBODY } from '#tests/support/given.ts';
import { NO_ANSWER } from './classifiers.ts';

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
		usage: { ...usage, estimated: false },
		spent: [expect.objectContaining({ task: 'prose', requests: 1, costUsd: 0.0025 })],
		group: [expect.objectContaining({ task: 'prose', requests: 1, costUsd: 0.0025 })]
	});
	const [greeting] = at.ask('transcript', { chatId }).turns;
	expect(at.ask('turn_source', { chatId, turnId: greeting?.turnId ?? '' })).toBeNull();
});

test('a turn’s account has all it caused: words, classifiers, failures, what was put in, and replies it replaced', async () => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId, guestId });
	const cost = {
		connectionId: 'two',
		model: 'small',
		usage: { inputTokens: 10, outputTokens: 1, costUsd: 0.001 }
	};
	const told = { ended: 'whole', model: 'm', usage } as const;
	const answer = NO_ANSWER.observer;
	const { jobId, turnId: group } = at.done('take_turn', { chatId, text: 'x', connectionId: 'one' });
	const { turnId: first } = at.done('finish_reply', { jobId, text: 'y', ...told });
	at.done('stop_stage', { jobId });
	const { jobId: failing } = at.done('regenerate', { chatId, turnId: group, connectionId: 'one' });
	at.done('fail_reply', { jobId: failing, text: '', failure: { type: 'stalled' }, model: 'm', usage });
	at.done('drop_reply', { jobId: failing });
	const { jobId: again } = at.done('regenerate', { chatId, turnId: group, connectionId: 'one' });
	const { turnId } = at.done('finish_reply', { jobId: again, text: 'z', ...told });
	at.done('apply_observation', { jobId: again, stage: 'observe', answer, cost });
	at.done('fail_stage', { jobId: again, stage: 'transitions', reason: { type: 'invalid-output' }, cost });
	at.done('decide_interjection', { jobId: again, answer: { speaks: true, why: '' }, cost });
	const { turnId: putIn } = at.done('finish_reply', { jobId: again, text: 'Never.', ...told });
	at.done('apply_observation', { jobId: again, stage: 'observe2', answer, cost });
	at.done('stop_stage', { jobId: again });

	const sums = (of: string) => {
		const found = at.ask('turn_source', { chatId, turnId: of });
		const short = (list: NonNullable<typeof found>['spent']) =>
			list.map(({ task, model, requests, costUsd }) => [task, model, requests, costUsd]);
		return found === null ? null : { spent: short(found.spent), group: short(found.group) };
	};
	const all = [
		['prose', 'm', 4, 0.01],
		['classify', 'small', 4, 0.004]
	];
	expect(sums(turnId)).toEqual({
		spent: [
			['prose', 'm', 1, 0.0025],
			['classify', 'small', 3, 0.003]
		],
		group: all
	});
	expect(sums(putIn)).toEqual({
		spent: [
			['prose', 'm', 1, 0.0025],
			['classify', 'small', 1, 0.001]
		],
		group: all
	});
	at.done('choose_alternative', { chatId, turnId: first });
	expect(sums(first)).toEqual({ spent: [['prose', 'm', 1, 0.0025]], group: all });
	expect(at.ask('account', { chatId }).map(({ requests }) => requests)).toEqual([4, 4]);
	at.done('delete_copy', { copyId: at.done('delete_chat', { chatId }).copyId });
	expect(at.sql.all({ text: 'select 1 from turn_spending', values: [] })).toEqual([]);
});
