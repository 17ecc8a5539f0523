// What the author's note promises: one per chat, and the one before when it is taken back.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';

test('a chat has one note, and the one before when it is taken back', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const note = () => at.ask('now', { chatId })?.authorNote;
	expect(note()).toBe('');
	at.done('set_author_note', { chatId, text: 'Short sentences.' });
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('set_author_note', { chatId, text: 'Long ones.' });
	const events = at.events();
	at.done('set_author_note', { chatId, text: 'Long ones.' });
	expect(at.events()).toBe(events);
	expect(at.ask('plan', { chatId, turnId, what: 'rewind' })?.changes).toMatchObject([
		{ before: { text: 'Long ones.' }, after: { text: 'Short sentences.' } }
	]);
	at.done('rewind', { chatId, turnId });
	expect(note()).toBe('Short sentences.');
	at.done('set_author_note', { chatId, text: '' });
	expect(note()).toBe('');
});

test('a note of an unknown chat, or one too long, is refused', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	expect(at.refused('set_author_note', { chatId: NOBODY, text: '' })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('set_author_note', { chatId, text: 'x'.repeat(4001) })).toMatchObject({ field: 'text' });
});
