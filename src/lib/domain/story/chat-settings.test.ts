// What settings of a chat promise: what is not said stays, and a chat that says nothing is played as every other.
import { expect, test } from 'vitest';
import { aChat, given, NOBODY } from '#tests/support/given.ts';

test('what is not said stays', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const settings = () => at.ask('now', { chatId })?.settings;
	expect(settings()).toEqual({ classifiers: 'auto', interjections: true });
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	at.done('change_chat_settings', { chatId, interjections: false });
	expect(settings()).toEqual({ classifiers: 'off', interjections: false });
	const events = at.events();
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	expect(at.events()).toBe(events);
	at.done('undo_last', { tab: 'tab-1' });
	expect(settings()).toEqual({ classifiers: 'off', interjections: true });
});

test('an unknown chat, or a way there is not, is refused', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	expect(at.refused('change_chat_settings', { chatId: NOBODY })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('change_chat_settings', { chatId, classifiers: 'some' })).toMatchObject({
		field: 'classifiers'
	});
});
