// Another story with somebody: what they remember and feel goes along as copies; what may still be taken back does not.
import { describe, expect, test } from 'vitest';
import { given, NOBODY, type Given } from '#tests/support/given.ts';
import { NO_ANSWER, type Observation } from './classifiers.ts';

const cast = async () => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara', greeting: 'You again.' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
	const { youId } = at.done('author_you', { name: 'Tilde' });
	const { chatId } = at.done('create_chat', { botId, guestId, youId });
	return { at, botId, guestId, youId, chatId };
};
/** A turn, and what is noticed in its reply. */
const turn = (at: Given, chatId: string, seen: Partial<Observation>, known: Record<string, string> = {}) => {
	const { jobId } = at.done('take_turn', { chatId, text: 'Mara?', connectionId: 'demo' });
	at.done('finish_reply', { jobId, text: 'Yes.', ended: 'whole', model: null, usage: null });
	at.done('apply_observation', {
		jobId,
		stage: 'observe',
		answer: { ...NO_ANSWER.observer, ...seen },
		known
	});
	at.done('stop_stage', { jobId });
};
const memory = (
	owner: string,
	text: string,
	there: Partial<Record<'you' | 'host' | 'guest', boolean>> = {}
) => ({
	owner,
	text,
	significance: 2,
	you: true,
	host: true,
	guest: false,
	...there
});
const fonder = (affinity: number, reason: string) => ({
	from: 'host',
	to: 'you',
	affinity,
	trust: 1,
	reason,
	fact: null
});
const remembered = (at: Given, chatId: string) =>
	at
		.ask('memories', { chatId, limit: 99 })
		.memories.map(({ text }) => text)
		.sort();
const feels = (at: Given, chatId: string) =>
	at
		.ask('edges', { chatId })
		.edges.map(({ source, target, affinity, trust }) => [source, target, affinity, trust]);

describe('a story that continues another', () => {
	test('begins with what its host remembers and feels, and says where that is from', async () => {
		const { at, botId, youId, chatId } = await cast();
		turn(at, chatId, { memories: [memory('host', 'They met.')], edges: [fonder(3, 'kind')] });
		turn(at, chatId, { edges: [fonder(4, 'kinder')] });
		turn(at, chatId, {});
		const { chatId: next } = at.done('create_chat', { botId, youId, continues: chatId });
		expect(at.ask('memories', { chatId: next }).memories).toMatchObject([
			{ owner: botId, text: 'They met.', significance: 2, source: { kind: 'carried' }, turnId: null }
		]);
		expect(feels(at, next)).toEqual([[botId, 'you', 7, 2]]);
		expect(at.ask('edge_history', { chatId: next, source: botId, target: 'you' }).changes).toMatchObject([
			{ affinity: 4, reason: 'kinder' },
			{ affinity: 3, reason: 'kind' }
		]);
		expect(at.ask('transcript', { chatId: next }).turns.map(({ text }) => text)).toEqual(['You again.']);
	});

	test('takes nothing of what the newest reply brought about, made other or let go', async () => {
		const { at, botId, youId, chatId } = await cast();
		turn(at, chatId, {
			memories: [memory('host', 'One.'), memory('host', 'Two.'), memory('host', 'Three.')],
			edges: [fonder(3, 'kind')]
		});
		const known = Object.fromEntries(
			at.ask('memories', { chatId }).memories.map(({ text, memoryId }) => [text, memoryId])
		);
		at.done('forget_memory', { chatId, memoryId: known['Three.'] ?? '' });
		turn(
			at,
			chatId,
			{
				memories: [memory('host', 'Four.')],
				edges: [fonder(5, 'kinder')],
				revise: [{ memory: 'm1', text: 'One, or so it seemed.' }],
				forget: ['m2']
			},
			{ m1: known['One.'] ?? '', m2: known['Two.'] ?? '' }
		);
		expect(remembered(at, chatId)).toEqual(['Four.', 'One, or so it seemed.']);
		const { chatId: next } = at.done('create_chat', { botId, youId, continues: chatId });
		expect(remembered(at, next)).toEqual(['One.', 'Two.']);
		expect(feels(at, next)).toEqual([[botId, 'you', 3, 1]]);
		// once the story has gone on, it counts
		at.done('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
		const { chatId: later } = at.done('create_chat', { botId, youId, continues: chatId });
		expect(remembered(at, later)).toEqual(['Four.', 'One, or so it seemed.']);
		expect(feels(at, later)).toEqual([[botId, 'you', 8, 2]]);
	});

	test('takes nothing that is another’s, however private, nor what another feels', async () => {
		const { at, botId, guestId, youId, chatId } = await cast();
		turn(at, chatId, {
			memories: [
				memory('guest', 'I have the key.', { guest: true, you: false, host: false }),
				memory('you', 'I lied.', { host: false }),
				memory('host', 'She came.', { guest: true })
			],
			edges: [{ from: 'guest', to: 'host', affinity: -4, trust: 0, reason: 'old', fact: null }]
		});
		turn(at, chatId, {});
		const { chatId: next } = at.done('create_chat', { botId, guestId, youId, continues: chatId });
		expect(remembered(at, next)).toEqual(['She came.']);
		expect(feels(at, next)).toEqual([]);
		// whoever was there, and is there again, may recall it too
		expect(at.ask('memories', { chatId: next, of: guestId }).memories).toHaveLength(1);
	});

	test('with another persona is one with somebody its host does not know', async () => {
		const { at, botId, chatId } = await cast();
		turn(at, chatId, { memories: [memory('host', 'They met.')], edges: [fonder(3, 'kind')] });
		turn(at, chatId, {});
		const { chatId: next } = at.done('create_chat', { botId, continues: chatId });
		expect(remembered(at, next)).toEqual(['They met.']);
		expect(at.ask('memories', { chatId: next, of: 'you' }).memories).toEqual([]);
		expect(feels(at, next)).toEqual([]);
	});

	test('feels the same after more changes than are carried one by one', async () => {
		const { at, botId, youId, chatId } = await cast();
		for (let n = 0; n < 75; n += 1)
			at.done('change_edge', {
				chatId,
				source: botId,
				target: 'you',
				affinity: n % 3,
				trust: -1,
				reason: String(n)
			});
		const { chatId: next } = at.done('create_chat', { botId, youId, continues: chatId });
		expect(feels(at, next)).toEqual(feels(at, chatId));
	});

	test('keeps what is pinned, and is a story of its own: neither changes the other', async () => {
		const { at, botId, youId, chatId } = await cast();
		const witness = { you: true, host: true, guest: false };
		const mine = { chatId, owner: botId, text: 'The song.', significance: 1, witness };
		const { memoryId } = at.done('write_memory', mine);
		at.done('pin_memory', { chatId, memoryId });
		const { chatId: next } = at.done('create_chat', { botId, youId, continues: chatId });
		const [copy] = at.ask('memories', { chatId: next }).memories;
		expect(copy).toMatchObject({ text: 'The song.', pinned: true });
		at.done('forget_memory', { chatId: next, memoryId: copy?.memoryId ?? '' });
		expect(remembered(at, chatId)).toEqual(['The song.']);
		at.done('delete_chat', { chatId });
		expect(at.ask('chat', { chatId: next })).not.toBeNull();
	});

	test('is its host’s alone', async () => {
		const { at, guestId, botId, chatId } = await cast();
		expect(at.refused('create_chat', { botId: guestId, continues: chatId }).type).toBe('not_its_host');
		expect(at.refused('create_chat', { botId, continues: NOBODY }).type).toBe('chat_unknown');
	});
});
