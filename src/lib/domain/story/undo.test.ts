// What undoing promises: the last thing this tab did, and only that, and never what others have built upon.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, anotherReply, given, type Given } from '#tests/support/given.ts';

const wordsOf = (at: Given, chatId: string) =>
	at.ask('transcript', { chatId }).turns.map((turn) => turn.text);
const undo = (at: Given, tab = 'tab-1') => at.done('undo_last', { tab }, tab).command;

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	return { at, chatId, botId, ...anExchange(at, chatId, 'a', 'b') };
};

describe('undoing', () => {
	test('goes back step by step to the beginning, and then there is nothing', async () => {
		const { at, chatId, turnId } = await told();
		at.done('rename_chat', { chatId, title: 'Night' });
		at.done('edit_turn', { chatId, turnId, text: 'A' });
		at.done('delete_turn', { chatId, turnId });
		expect(at.ask('undoable', { tab: 'tab-1' })).toMatchObject({ command: 'delete_turn', chatId });
		const steps = ['delete_turn', 'edit_turn', 'rename_chat', 'finish_reply', 'take_turn'];
		for (const step of steps) expect(undo(at)).toBe(step);
		expect(at.ask('chat', { chatId })).toMatchObject({ title: 'Mara', composer: 'a' });
		expect(wordsOf(at, chatId)).toEqual([]);
		expect(undo(at)).toBe('create_chat');
		expect(at.ask('recovery', {})).toMatchObject([{ kind: 'deleted', chatId }]);
		expect(undo(at)).toBe('author_bot');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({ type: 'nothing_to_undo' });
		expect(at.ask('undoable', { tab: 'tab-1' })).toBeNull();
		at.app.rebuild();
		expect(at.ask('bots', {})).toEqual([]);
	});

	test('takes the late effects of an undone reply along, and brings those of the old one back', async () => {
		const { at, chatId, turnId, replyId } = await told();
		const on = effectsOn(at);
		const edge = { effect: 'edge', source: 'you', target: 'host', trust: 0, reason: '' } as const;
		const late = (id: string, turn: string, affinity: number) =>
			at.app.dispatch({
				id,
				name: 'apply_effects',
				input: { chatId, turnId: turn, effects: [{ ...edge, affinity }] }
			});
		late('one', replyId, 3);
		const before = on.state(chatId);
		late('two', anotherReply(at, chatId, turnId, 'B').turnId, -9);
		expect(undo(at)).toBe('finish_reply');
		expect(on.state(chatId)).toEqual(before);
		expect(wordsOf(at, chatId)).toEqual(['a', 'b']);
	});

	test('is each tab’s own', async () => {
		const { at, chatId, turnId } = await told();
		at.done('rename_chat', { chatId, title: 'x' }, 'tab-2');
		at.done('edit_turn', { chatId, turnId, text: 'A' });
		expect(undo(at, 'tab-2')).toBe('rename_chat');
		expect(wordsOf(at, chatId)).toEqual(['A', 'b']);
		expect(at.ask('chat', { chatId })?.title).toBe('Mara');
		expect(at.refused('undo_last', { tab: 'tab-3' })).toEqual({ type: 'nothing_to_undo' });
	});

	test('is refused when the story went on, or a part of it was taken back since', async () => {
		const { at, chatId, turnId } = await told();
		const later = at.done('take_turn', { chatId, text: 'c', connectionId: 'demo' }, 'tab-2');
		at.done('drop_reply', { jobId: later.jobId }, 'tab-2');
		const why = { type: 'story_went_on', chatId };
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual(why);
		undo(at, 'tab-2');
		const { jobId } = at.done('regenerate', { chatId, turnId, connectionId: 'demo', text: 'A' }, 'tab-2');
		const input = { jobId, text: 'B', ended: 'whole', model: null, usage: null } as const;
		at.done('finish_reply', input, 'tab-2');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual(why);
		// of what the other tab wrote, only the edit stays
		at.done('rewind', { chatId, turnId });
		expect(at.refused('undo_last', { tab: 'tab-2' })).toEqual(why);
		expect(wordsOf(at, chatId)).toEqual(['A']);
		undo(at);
		expect(undo(at, 'tab-2')).toBe('finish_reply');
		expect(wordsOf(at, chatId)).toEqual(['a', 'b']);
	});

	test('a rewind that was brought back from its copy goes on to what was done before', async () => {
		const { at, chatId, turnId } = await told();
		at.done('rename_chat', { chatId, title: 'Night' });
		const { copyId } = at.done('rewind', { chatId, turnId });
		at.done('restore_copy', { copyId });
		expect(at.ask('undoable', { tab: 'tab-1' })).toMatchObject({ command: 'rename_chat' });
		expect(undo(at)).toBe('rename_chat');
	});

	test('a rewind whose copy was deleted for good is not offered', async () => {
		const { at, chatId, turnId } = await told();
		at.done('rewind', { chatId, turnId });
		at.done('empty_recovery', {});
		expect(at.ask('undoable', { tab: 'tab-1' })).toBeNull();
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({ type: 'nothing_to_undo' });
	});

	test('what was done in a chat that is deleted is not offered until it comes back', async () => {
		const { at, chatId } = await told();
		at.done('rename_chat', { chatId, title: 'Night' }, 'tab-2');
		const { copyId } = at.done('delete_chat', { chatId });
		expect(at.ask('undoable', { tab: 'tab-2' })).toBeNull();
		expect(at.refused('undo_last', { tab: 'tab-2' })).toEqual({ type: 'nothing_to_undo' });
		at.done('restore_copy', { copyId });
		expect(undo(at, 'tab-2')).toBe('rename_chat');
	});
});

describe('undoing is refused when another tab has built on it', () => {
	const replyTo = (at: Given, chatId: string, jobId: string, text: string, tab: string) =>
		at.done('finish_reply', { jobId, text, ended: 'whole', model: null, usage: null }, tab).turnId;
	const regenerated = (at: Given, chatId: string, turnId: string, text: string, tab: string) =>
		replyTo(
			at,
			chatId,
			at.done('regenerate', { chatId, turnId, connectionId: 'demo' }, tab).jobId,
			text,
			tab
		);
	const wentOn = (at: Given, chatId: string | null) => {
		const before = chatId === null ? [] : wordsOf(at, chatId);
		expect(at.refused('undo_last', { tab: 'A' })).toMatchObject({ type: 'story_went_on' });
		if (chatId !== null) expect(wordsOf(at, chatId)).toEqual(before);
	};

	test('by asking again after a choice', async () => {
		const { at, chatId, turnId, replyId } = await told();
		regenerated(at, chatId, turnId, 'c', 'C');
		at.done('choose_alternative', { chatId, turnId: replyId }, 'A');
		regenerated(at, chatId, turnId, 'd', 'B');
		wentOn(at, chatId);
	});

	test('by another reply where one was deleted', async () => {
		const { at, chatId, replyId } = await told();
		at.done('delete_turn', { chatId, turnId: replyId }, 'A');
		replyTo(at, chatId, at.done('ask_reply', { chatId, connectionId: 'demo' }, 'B').jobId, 'c', 'B');
		wentOn(at, chatId);
	});

	test('by a choice where a reply was deleted', async () => {
		const { at, chatId, turnId, replyId } = await told();
		const other = regenerated(at, chatId, turnId, 'c', 'C');
		at.done('delete_turn', { chatId, turnId: other }, 'A');
		at.done('choose_alternative', { chatId, turnId: replyId }, 'B');
		wentOn(at, chatId);
	});

	test('by deleting what was chosen', async () => {
		const { at, chatId, turnId, replyId } = await told();
		regenerated(at, chatId, turnId, 'c', 'C');
		at.done('choose_alternative', { chatId, turnId: replyId }, 'A');
		at.done('delete_turn', { chatId, turnId: replyId }, 'B');
		wentOn(at, chatId);
		expect(undo(at, 'B')).toBe('delete_turn');
		expect(undo(at, 'A')).toBe('choose_alternative');
		expect(wordsOf(at, chatId)).toEqual(['a', 'c']);
	});

	test('by playing with a bot that was made, or changing it', async () => {
		const { at } = await told();
		const { botId } = at.done('author_bot', { name: 'Edda' }, 'A');
		at.done('create_chat', { botId }, 'B');
		wentOn(at, null);
		expect(undo(at, 'B')).toBe('create_chat');
		at.done('author_bot', { botId, name: 'Edda the Second' }, 'B');
		wentOn(at, null);
		expect(undo(at, 'B')).toBe('author_bot');
		expect(undo(at, 'A')).toBe('author_bot');
		expect(at.ask('bots', {}).map(({ name }) => name)).toEqual(['Mara']);
	});

	test('and what was done before a copy that was deleted for good comes next', async () => {
		const { at, chatId, botId } = await told();
		const { chatId: other } = at.done('create_chat', { botId }, 'B');
		at.done('rename_chat', { chatId, title: 'Night' });
		const { copyId } = at.done('delete_chat', { chatId: other });
		at.done('delete_copy', { copyId });
		expect(undo(at)).toBe('rename_chat');
		expect(at.ask('chat', { chatId })?.title).toBe('Mara');
	});
});

test('a chat without its bot asks for nothing', async () => {
	const { at, chatId, replyId } = await told();
	at.sql.exec('delete from bots');
	const unknown = { type: 'bot_unknown' };
	expect(at.refused('take_turn', { chatId, text: 'x', connectionId: 'demo' })).toMatchObject(unknown);
	expect(at.refused('regenerate', { chatId, turnId: replyId, connectionId: 'demo' })).toMatchObject(unknown);
	at.done('delete_turn', { chatId, turnId: replyId });
	expect(at.refused('ask_reply', { chatId, connectionId: 'demo' })).toMatchObject(unknown);
});

test('a branch has its own title and is not put away with the chat it comes from', async () => {
	const { at, chatId, replyId } = await told();
	at.done('rename_chat', { chatId, title: 'Night' });
	at.done('archive_chat', { chatId, archived: true });
	const { turnId } = anExchange(at, chatId, 'c', 'd');
	const { chatId: branch } = at.done('branch', { chatId, turnId, title: 'Mine' });
	expect(at.ask('chat', { chatId: branch })).toMatchObject({ title: 'Mine', archived: false });
	const { copyId } = at.done('rewind', { chatId, turnId: replyId });
	anExchange(at, chatId, 'e', 'f');
	const { chatId: line } = at.done('restore_copy', { copyId, title: 'As it was' });
	expect(at.ask('chat', { chatId: line })).toMatchObject({ title: 'As it was', archived: false });
	expect(wordsOf(at, line)).toEqual(['a', 'b', 'c', 'd']);
	expect(at.ask('chat', { chatId })).toMatchObject({ title: 'Night', archived: true });
});
