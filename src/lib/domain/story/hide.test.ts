// What hiding promises: the turn stays in the story, no model is told of it, and showing it again is all there is to it.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY, wordsAsked } from '#tests/support/given.ts';

test('a hidden turn stays in the story and out of what a model is asked', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { turnId, replyId } = anExchange(at, chatId, 'a', 'b');
	at.done('hide_turn', { chatId, turnId });
	at.done('hide_turn', { chatId, turnId: replyId });
	const events = at.events();
	at.done('hide_turn', { chatId, turnId });
	expect(at.events()).toBe(events);
	expect(at.ask('transcript', { chatId }).turns.map(({ text, hidden }) => [text, hidden])).toEqual([
		['a', true],
		['b', true]
	]);
	const { jobId, turnId: asked } = at.done('take_turn', { chatId, text: 'c', connectionId: 'demo' });
	const told = () => wordsAsked(at, { jobId })?.request.messages.map(({ text }) => text);
	expect(told()?.at(-1)).toMatch(/\]\n\nc$/u);
	expect(told()?.join()).not.toMatch(/^[ab]$/mu);
	at.done('show_turn', { chatId, turnId });
	expect(told()?.join()).toMatch(/^a\n\n\[Now.*\]\n\nc$/su);
	at.done('show_turn', { chatId, turnId });
	expect(at.ask('title_request', { chatId })?.data).toBe('Player: a\n\nPlayer: c');
	// what is answered is told whatever becomes of it
	at.done('hide_turn', { chatId, turnId: asked });
	expect(told()?.join()).toContain('c');
});

test('it is hidden as long as the turn is there, and not otherwise', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('hide_turn', { chatId, turnId });
	at.done('delete_turn', { chatId, turnId }, 'tab-2');
	const [hiding] = at.ask('events', { chatId, kinds: ['turn_hidden'] }).events;
	expect(hiding?.state).toBe('orphaned');
	at.done('undo_last', { tab: 'tab-2' });
	expect(at.ask('turn', { chatId, turnId })?.hidden).toBe(true);
	at.done('undo_last', { tab: 'tab-1' });
	expect(at.ask('turn', { chatId, turnId })?.hidden).toBe(false);
});

test('a turn that is not there is refused', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	for (const command of ['hide_turn', 'show_turn'] as const)
		expect(at.refused(command, { chatId, turnId: NOBODY })).toEqual({
			type: 'turn_unknown',
			chatId,
			turnId: NOBODY
		});
});
