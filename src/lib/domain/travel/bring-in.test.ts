// What arrives becomes part of the library in one step, and can be taken out again.
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { actsElsewhere, arrive, arriveAgain } from '#tests/support/arrival.ts';
import { aDesk, aHandoff } from '#tests/support/desk.ts';
import { aChat, anExchange, anotherReply, given, NOBODY, type Given } from '#tests/support/given.ts';
import { dump, foldedTables, replayed } from '#tests/support/state.ts';
import type { Rung } from '../kernel/log-change.ts';
import { streamHead } from '../kernel/log.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import { vocabulary } from '../vocabulary.ts';

const folded = [...foldedTables(vocabulary).map(({ name }) => name), streamHead.name];

/** [I1] Every table is what a replay would make of the log. */
const expectReplayed = (at: Given): void => {
	expect(dump(at.sql, folded)).toEqual(replayed(at.sql, vocabulary));
};

const aStory = (at: Given) => {
	const { botId, chatId } = aChat(at, { name: 'Odo', greeting: 'Well met.' });
	const { turnId } = anExchange(at, chatId, 'A lamp.', 'Two lamps.');
	anotherReply(at, chatId, turnId, 'Three lamps.');
	const more = anExchange(at, chatId, 'And?', 'Four.');
	const { copyId } = at.done('rewind', { chatId, turnId: more.turnId });
	return { botId, chatId, turnId, copyId };
};

const here = async (deps: { ladder?: readonly Rung[] } = {}) => {
	const at = await given(deps);
	const mine = aChat(at, { name: 'Mara' });
	anExchange(at, mine.chatId, 'Hello', 'Good evening.');
	return { at, mine };
};

describe('bring_in', () => {
	test.each([undefined, ['undo'], ['replay_stream'], ['replay_all']] as const)(
		'puts chats, bots and recovery copies beside what is here, as a replay would (%s)',
		async (ladder) => {
			const { at, mine } = await here(ladder === undefined ? {} : { ladder });
			const before = dump(at.sql, folded, chatStream(mine.chatId));
			const other = await openMemory();
			let story: ReturnType<typeof aStory> | undefined;
			arrive(at, other, (there) => (story = aStory(there)));
			if (story === undefined) throw new Error('nothing was played');
			expect(at.done('bring_in', {})).toEqual({ chats: [story.chatId] });
			expectReplayed(at);
			expect(dump(at.sql, folded, chatStream(mine.chatId))).toEqual(before);
			expect(at.ask('bots', {}).map(({ name }) => name)).toEqual(['Mara', 'Odo']);
			expect(at.ask('transcript', { chatId: story.chatId, limit: 10 }).turns.map(({ text }) => text)).toEqual(
				['Well met.', 'A lamp.', 'Three lamps.', 'And?']
			);
			expect(at.ask('recovery', {}).map(({ restore }) => restore)).toEqual(['restore']);
			other.close();
		}
	);

	test('what came can be played on, taken back and brought back at once', async () => {
		const { at } = await here();
		const other = await openMemory();
		let story: ReturnType<typeof aStory> | undefined;
		arrive(at, other, (there) => (story = aStory(there)));
		if (story === undefined) throw new Error('nothing was played');
		at.done('bring_in', {});
		const { chatId, copyId, turnId } = story;
		expect(at.done('restore_copy', { copyId })).toMatchObject({ how: 'restored' });
		// by the inverses that came with it, not by a replay
		expect(at.done('rewind', { chatId, turnId })).toMatchObject({ rung: 'undo' });
		anExchange(at, chatId, 'Go on.', 'Five.');
		expectReplayed(at);
		other.close();
	});

	test('is undone: chats go to Recovery, what it said of bots is set aside, its copies are gone', async () => {
		const { at } = await here();
		const before = dump(at.sql, folded);
		const other = await openMemory();
		arrive(at, other, aStory);
		at.done('bring_in', {});
		expect(at.ask('undoable', { tab: 'tab-1' })).toMatchObject({ command: 'bring_in', chatId: null });
		expect(at.done('undo_last', { tab: 'tab-1' })).toMatchObject({ command: 'bring_in', chatId: null });
		expectReplayed(at);
		const after = dump(at.sql, folded);
		// but for the head of the library, which now holds a note of the undo
		expect({ ...after, stream_head: [] }).toEqual({ ...before, stream_head: [] });
		expect(at.ask('recovery', {}).map(({ kind }) => kind)).toEqual(['deleted']);
		expect(at.ask('undoable', { tab: 'tab-1' })).toMatchObject({ command: 'finish_reply' });
		other.close();
	});

	test('into an empty library, is undone whole; brought in again, the first copy still opens', async () => {
		const at = await given();
		const before = dump(at.sql, folded);
		const fill = (there: Given): void => {
			aChat(there, { name: 'Odo' });
			there.done('author_you', { name: 'Tilde' });
		};
		arriveAgain(at, 1, fill);
		const { chats: came } = at.done('bring_in', {});
		expect(at.ask('bots', {}).map(({ name }) => name)).toEqual(['Odo']);
		at.done('undo_last', { tab: 'tab-1' });
		expectReplayed(at);
		expect({ ...dump(at.sql, folded), stream_head: [] }).toEqual({ ...before, stream_head: [] });
		const copies = at.ask('recovery', {});
		expect(copies).toMatchObject([{ kind: 'deleted', title: 'Odo', chatId: came[0] }]);

		// the chat has no turn by which one could tell that it is here again
		arriveAgain(at, 1, fill);
		expect(at.done('bring_in', {}).chats).toEqual(came);
		const [copy] = copies;
		expect(at.done('restore_copy', { copyId: copy?.copyId ?? '' })).toMatchObject({ how: 'branched' });
		expectReplayed(at);
	});

	test('into an empty library, is not undone when a bot that came is played elsewhere since', async () => {
		const at = await given();
		arriveAgain(at, 1, (there) => void aChat(there, { name: 'Odo' }));
		at.done('bring_in', {});
		const [bot] = at.ask('bots', {});
		at.done('create_chat', { botId: bot?.botId ?? '' }, 'tab-2');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({ type: 'story_went_on', chatId: null });
	});

	test('is not undone when a chat that came was played on, or its bot is used elsewhere', async () => {
		const { at } = await here();
		const other = await openMemory();
		let story: ReturnType<typeof aStory> | undefined;
		arrive(at, other, (there) => (story = aStory(there)));
		if (story === undefined) throw new Error('nothing was played');
		at.done('bring_in', {});
		at.done('rename_chat', { chatId: story.chatId, title: 'Lamps' }, 'tab-2');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({
			type: 'story_went_on',
			chatId: story.chatId
		});
		at.done('undo_last', { tab: 'tab-2' });
		const { botId } = story;
		at.done('create_chat', { botId }, 'tab-2');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toMatchObject({ type: 'story_went_on' });
		other.close();
	});

	test('is refused, with nothing changed, when nothing has arrived or it is here by now', async () => {
		const { at } = await here();
		expect(at.refused('bring_in', {})).toEqual({ type: 'nothing_arrived' });
		const other = await openMemory();
		arrive(at, other, aStory);
		at.done('bring_in', {});
		const before = dump(at.sql, [...folded, 'event_log', 'recovery_copy']);
		expect(at.refused('bring_in', {})).toEqual({ type: 'here_by_now' });
		expect(dump(at.sql, [...folded, 'event_log', 'recovery_copy'])).toEqual(before);
		other.close();
	});

	test('is undone without what others did to hand-offs that are here: that stays, and is no undo of its own', async () => {
		const { at } = await here();
		const { handoffId } = aHandoff(at, aDesk(at));
		const eve = { memberId: NOBODY, name: 'Eve', role: 'engineer' };
		const by = { actor: eve, episode: 1 };
		const owner = () => at.ask('handoff', { handoffId, now: 0 })?.owner;
		arriveAgain(at, 1, (there) => {
			aStory(there);
			actsElsewhere(there, handoffId, [{ kind: 'handoff_claimed', payload: by, at: 1 }]);
		});
		at.done('bring_in', {});
		expect(at.done('undo_last', { tab: 'tab-1' })).toMatchObject({ command: 'bring_in' });
		expect(at.ask('bots', {}).map(({ name }) => name)).not.toContain('Odo');
		expect(owner()).toMatchObject({ name: 'Eve' });
		expectReplayed(at);

		const before = at.ask('undoable', { tab: 'tab-1' });
		arriveAgain(at, 2, (there) => {
			actsElsewhere(there, handoffId, [
				{ kind: 'handoff_resolved', payload: { ...by, code: 'solved', note: '' }, at: 2 }
			]);
		});
		at.done('bring_in', {});
		expect(at.ask('undoable', { tab: 'tab-1' })).toEqual(before);
		expectReplayed(at);
	});

	test('is refused for what was brought in and taken out again: its numbers are taken', async () => {
		const { at } = await here();
		arriveAgain(at, 1, aStory);
		at.done('bring_in', {});
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.refused('bring_in', {})).toEqual({ type: 'here_by_now' });
		arriveAgain(at, 1, aStory);
		at.done('bring_in', {});
		expectReplayed(at);
	});

	test('remembers what it was made of, for as long as it is here', async () => {
		const { at } = await here();
		const other = await openMemory();
		let story: ReturnType<typeof aStory> | undefined;
		arrive(at, other, (there) => (story = aStory(there)));
		if (story === undefined) throw new Error('nothing was played');
		const stream = chatStream(story.chatId);
		const [row] = other.all(sql`select digest from brought_in where stream = ${stream}`);
		const digests = [String(row?.['digest']), 'unknown'];
		expect(at.ask('brought_in', { digests })).toEqual([]);
		at.done('bring_in', {});
		expect(at.ask('brought_in', { digests })).toEqual([{ digest: digests[0], stream }]);
		at.done('delete_chat', { chatId: story.chatId });
		expect(at.ask('brought_in', { digests })).toEqual([]);
		other.close();
	});
});
