// What recovery promises: a copy goes back, or opens as a branch, exactly as it was; never into another line of the story.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { aChat, anExchange, anotherReply, given, NOBODY, type Given } from '#tests/support/given.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';

const told = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const first = anExchange(at, chatId, 'a', 'b');
	const second = anExchange(at, chatId, 'c', 'd');
	return { at, chatId, botId, first, second };
};
const wordsOf = (at: Given, chatId: string) =>
	at.ask('transcript', { chatId }).turns.map((turn) => turn.text);
const cut = (at: Given, chatId: string, turnId: string) => at.done('rewind', { chatId, turnId }).copyId;
const standing = (at: Given, copyId: string) =>
	at.ask('recovery', {}).find((copy) => copy.copyId === copyId)?.restore;

describe('a copy', () => {
	test('is listed with what is in it, and can be read', async () => {
		const { at, chatId, first, second } = await told();
		at.done('edit_turn', { chatId, turnId: second.turnId, text: 'C' });
		anotherReply(at, chatId, second.turnId, 'e');
		const copyId = cut(at, chatId, first.replyId);
		expect(at.ask('recovery', {})).toMatchObject([
			{ copyId, kind: 'rewind', chatId, title: 'Mara', turns: 2, events: 5, restore: 'restore' }
		]);
		expect(at.ask('copy', { copyId })?.turns).toMatchObject([
			{ role: 'user', text: 'C', live: true },
			{ role: 'assistant', text: 'd', live: false },
			{ role: 'assistant', text: 'e', live: true }
		]);
		expect(at.ask('copy', { copyId: NOBODY })).toBeNull();
	});

	test.each([
		[
			'renaming and back',
			(at: Given, chatId: string) => {
				at.done('rename_chat', { chatId, title: 'x' });
				at.done('undo_last', { tab: 'tab-1' });
			}
		],
		[
			'a turn that was undone',
			(at: Given, chatId: string) => {
				const { jobId } = at.done('take_turn', { chatId, text: 'x', connectionId: 'demo' });
				at.done('drop_reply', { jobId });
				at.done('undo_last', { tab: 'tab-1' });
			}
		]
	])('goes back after %s, and undoing step by step gets there too', async (_, act) => {
		for (const byUndo of [false, true]) {
			const { at, chatId, first } = await told();
			const copyId = cut(at, chatId, first.replyId);
			act(at, chatId);
			if (byUndo) at.done('undo_last', { tab: 'tab-1' });
			else at.done('restore_copy', { copyId, as: 'restore' });
			expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'd']);
			expect(at.ask('recovery', {})).toEqual([]);
		}
	});

	test('of a story that went on opens as a branch, as it was; the new line stays', async () => {
		const { at, chatId, first } = await told();
		const copyId = cut(at, chatId, first.replyId);
		anotherReply(at, chatId, first.turnId, 'B');
		expect(at.refused('restore_copy', { copyId, as: 'restore' })).toEqual({ type: 'story_went_on', chatId });
		expect(at.refused('undo_last', { tab: 'nobody' })).toEqual({ type: 'nothing_to_undo' });
		const result = at.done('restore_copy', { copyId });
		expect(result.how).toBe('branched');
		expect(wordsOf(at, result.chatId)).toEqual(['a', 'b', 'c', 'd']);
		expect(wordsOf(at, chatId)).toEqual(['a', 'B']);
	});

	test('shows turns deleted before it was cut as deleted, though that was undone since', async () => {
		const { at, chatId, first, second } = await told();
		anExchange(at, chatId, 'e', 'f');
		at.done('delete_turn', { chatId, turnId: first.replyId }, 'tab-2');
		const copyId = cut(at, chatId, second.replyId);
		at.done('undo_last', { tab: 'tab-2' });
		expect(standing(at, copyId)).toBe('branch');
		const { chatId: branched } = at.done('restore_copy', { copyId });
		expect(wordsOf(at, branched)).toEqual(['a', 'c', 'd', 'e', 'f']);
		expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('two without anything between: the deeper goes back first; the other opens as a branch until then', async () => {
		for (const deeperFirst of [true, false]) {
			const { at, chatId, first, second } = await told();
			const shallow = cut(at, chatId, second.turnId);
			const deep = cut(at, chatId, first.replyId);
			expect([standing(at, shallow), standing(at, deep)]).toEqual(['branch', 'restore']);
			if (deeperFirst) {
				at.done('restore_copy', { copyId: deep });
				expect(at.done('restore_copy', { copyId: shallow })).toMatchObject({ how: 'restored' });
				expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'd']);
			} else {
				const { chatId: branched } = at.done('restore_copy', { copyId: shallow });
				expect(wordsOf(at, branched)).toEqual(['a', 'b', 'c', 'd']);
				at.done('restore_copy', { copyId: deep });
				expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c']);
			}
		}
	});

	test('of one line never goes onto another line that came back, however alike they are', async () => {
		const { at, chatId, first } = await told();
		const lineA = cut(at, chatId, first.replyId);
		const onB = anExchange(at, chatId, 'C', 'D');
		anExchange(at, chatId, 'E', 'F');
		const endOfB = cut(at, chatId, onB.replyId);
		const lineB = cut(at, chatId, first.replyId);
		expect(at.done('restore_copy', { copyId: lineA })).toMatchObject({ how: 'restored' });
		expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'd']);
		expect([standing(at, endOfB), standing(at, lineB)]).toEqual(['branch', 'branch']);
		const { chatId: b } = at.done('restore_copy', { copyId: lineB });
		expect(wordsOf(at, b)).toEqual(['a', 'b', 'C', 'D']);
		const { chatId: wholeB } = at.done('restore_copy', { copyId: endOfB });
		expect(wordsOf(at, wholeB)).toEqual(['a', 'b', 'C', 'D', 'E', 'F']);
		cut(at, chatId, first.replyId);
		at.done('restore_copy', { copyId: lineB, as: 'restore' });
		at.done('restore_copy', { copyId: endOfB, as: 'restore' });
		expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'C', 'D', 'E', 'F']);
	});

	test('whose base was deleted for good, or that is damaged, is refused', async () => {
		const { at, chatId, first, second } = await told();
		const shallow = cut(at, chatId, second.turnId);
		const deep = cut(at, chatId, first.replyId);
		at.done('delete_copy', { copyId: deep });
		const refused = (copyId: string) =>
			expect(at.refused('restore_copy', { copyId })).toEqual({ type: 'copy_incomplete', copyId });
		expect(standing(at, shallow)).toBe('none');
		refused(shallow);
		const damaged = cut(at, chatId, first.turnId);
		at.sql.run(sql`update recovery_event set anchor = ${NOBODY} where copy_id = ${damaged}`);
		refused(damaged);
		expect(at.refused('undo_last', { tab: 'tab-1' })).toMatchObject({ type: 'copy_incomplete' });
		anExchange(at, chatId, 'x', 'y');
		refused(damaged);
		expect(at.refused('restore_copy', { copyId: NOBODY })).toEqual({ type: 'copy_unknown', copyId: NOBODY });
		expect(at.refused('delete_copy', { copyId: NOBODY })).toEqual({ type: 'copy_unknown', copyId: NOBODY });
		expect(at.done('empty_recovery', {})).toEqual({ copies: 2 });
		expect(at.ask('recovery', {})).toEqual([]);
	});

	test('is not brought back under a reply that is being written', async () => {
		const { at, chatId, first } = await told();
		const copyId = cut(at, chatId, first.replyId);
		const { jobId } = at.done('regenerate', { chatId, turnId: first.turnId, connectionId: 'demo' });
		const why = { type: 'reply_unfinished', chatId, jobId };
		expect(at.refused('restore_copy', { copyId })).toEqual(why);
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual(why);
	});

	test('of a deleted chat brings back all of it, its composer too; deleted for good, nothing is left of it', async () => {
		const { at, chatId } = await told();
		at.done('save_composer', { chatId, text: 'unsent' });
		const { copyId } = at.done('delete_chat', { chatId });
		expect(at.ask('chat', { chatId })).toBeNull();
		expect(at.refused('delete_chat', { chatId })).toEqual({ type: 'chat_unknown', chatId });
		at.done('restore_copy', { copyId });
		expect(at.ask('chat', { chatId })).toMatchObject({ composer: 'unsent' });
		at.done('delete_copy', at.done('delete_chat', { chatId }));
		for (const table of ['event_log', 'recovery_event', 'composers', 'turns', 'undo_log', 'stream_head'])
			expect(
				at.sql.all({ text: `select 1 from ${table} where stream = ?`, values: [chatStream(chatId)] }),
				table
			).toEqual([]);
	});
});

describe('a branch', () => {
	test('has the story up to a turn, under its own title; both go on by themselves', async () => {
		const { at, chatId, first } = await told();
		const { chatId: other } = at.done('branch', { chatId, turnId: first.replyId, title: 'Otherwise' });
		expect(at.ask('chat', { chatId: other })).toMatchObject({ title: 'Otherwise' });
		anExchange(at, other, 'x', 'y');
		expect(wordsOf(at, other)).toEqual(['a', 'b', 'x', 'y']);
		expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'd']);
		expect(at.refused('branch', { chatId: NOBODY, turnId: first.turnId })).toMatchObject({
			type: 'chat_unknown'
		});
		expect(at.refused('branch', { chatId, turnId: NOBODY })).toMatchObject({ type: 'turn_unknown' });
	});

	test('keeps the alternatives of its turns', async () => {
		const { at, chatId, second } = await told();
		const { turnId } = anotherReply(at, chatId, second.turnId, 'D');
		const { chatId: other } = at.done('branch', { chatId, turnId });
		at.done('choose_alternative', { chatId: other, turnId: second.replyId });
		expect(wordsOf(at, other)).toEqual(['a', 'b', 'c', 'd']);
		expect(wordsOf(at, chatId)).toEqual(['a', 'b', 'c', 'D']);
	});
});

test('a copy comes back right below late events, also when the run before it is lost', async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId } = aChat(at, { greeting: 'Hi.' });
	const { replyId } = anExchange(at, chatId, 'a', 'b');
	anExchange(at, chatId, 'c', 'd');
	at.app.dispatch({
		id: 'late',
		name: 'apply_effects',
		input: {
			chatId,
			turnId: replyId,
			effects: [{ effect: 'edge', source: 'you', target: 'host', affinity: 2, trust: 0, reason: '' }]
		}
	});
	const rows = (): unknown[] =>
		['turns', 'story_now', 'stream_head'].map((name) =>
			at.sql.all({ text: `select * from ${name} order by 1, 2`, values: [] })
		);
	const before = rows();
	const { copyId } = at.done('rewind', { chatId, turnId: replyId });
	at.sql.exec(
		`delete from undo_log where stream = '${chatStream(chatId)}' and first_seq < (select max(first_seq) from undo_log where stream = '${chatStream(chatId)}')`
	);
	at.done('restore_copy', { copyId });
	expect(rows()).toEqual(before);
	at.app.rebuild();
	expect(rows()).toEqual(before);
});
