// What the clock promises: it goes forward, says what the weather is, and is exactly as before when that is taken back.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';

test('time passes, the weather changes, and turns are dated by the story', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	anExchange(at, chatId, 'a', 'b');
	at.done('advance_time', { chatId, minutes: 90 });
	at.done('set_weather', { chatId, weather: ' Fog ' });
	const events = at.events();
	at.done('set_weather', { chatId, weather: 'Fog' });
	expect(at.events()).toBe(events);
	const { turnId } = anExchange(at, chatId, 'c', 'd');
	expect(at.ask('transcript', { chatId }).turns.map(({ minutes }) => minutes)).toEqual([540, 540, 630, 630]);
	at.done('advance_time', { chatId, minutes: 5 });
	at.done('set_weather', { chatId, weather: '' });
	expect(at.ask('now', { chatId })).toMatchObject({ minutes: 635, weather: '' });
	expect(at.ask('plan', { chatId, turnId, what: 'rewind' })?.changes).toEqual([
		{
			table: 'story_now',
			key: {},
			name: '',
			before: { minutes: 635, weather: '' },
			after: { minutes: 630, weather: 'Fog' }
		}
	]);
	at.done('rewind', { chatId, turnId });
	expect(at.ask('now', { chatId })).toMatchObject({ minutes: 630, weather: 'Fog' });
});

test('the clock stops at the end of story time', async () => {
	const at = await given();
	const { botId } = aChat(at);
	const { chatId } = at.done('create_chat', { botId, minutes: 99_999_990 });
	at.done('advance_time', { chatId, minutes: 20 });
	expect(at.ask('now', { chatId })?.minutes).toBe(100_000_000);
	at.done('skip_time', { chatId, kind: 'elision', minutes: 60, label: 'Later' });
	expect(at.ask('now', { chatId })?.skips).toMatchObject([
		{ fromMinutes: 100_000_000, toMinutes: 100_000_000 }
	]);
});

test('a jump that was forward stays none backward when more time comes back before it', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	at.done('advance_time', { chatId, minutes: 100 });
	at.done('undo_last', { tab: 'tab-1' });
	at.done('skip_time', { chatId, kind: 'jump', to: 600, label: 'Soon' });
	expect(at.ask('now', { chatId })?.minutes).toBe(600);
	at.sql.exec('drop trigger event_log_is_append_only');
	at.sql.exec(`update event_log set superseded_by = null where kind = 'time_advanced'`);
	at.app.rebuild();
	expect(at.ask('now', { chatId })).toMatchObject({
		minutes: 640,
		skips: [{ kind: 'jump', fromMinutes: 640, toMinutes: 640, label: 'Soon' }]
	});
});

test('an unknown chat, no time at all, and more than a month, are refused', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	expect(at.refused('advance_time', { chatId: NOBODY, minutes: 1 })).toMatchObject({ type: 'chat_unknown' });
	for (const minutes of [0, -5, 1.5, 31 * 24 * 60 + 1])
		expect(at.refused('advance_time', { chatId, minutes })).toMatchObject({ field: 'minutes' });
	expect(at.refused('set_weather', { chatId: NOBODY, weather: '' })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('set_weather', { chatId, weather: 'x'.repeat(121) })).toMatchObject({ field: 'weather' });
});
