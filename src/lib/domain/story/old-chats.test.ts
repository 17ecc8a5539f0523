// Chats that were written before there were guests, places and a clock go on as if there always had been.
import { expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given } from '#tests/support/given.ts';
import { eventLog } from '../kernel/log.ts';
import { sql } from '../kernel/sql.ts';

/** A chat in the log as it was written by the versions before: `v` of its replies, the first or the second. */
const oldChat = async (v: 1 | 2) => {
	const at = await given();
	const { chatId, botId } = aChat(at, { greeting: 'Hi.' });
	const first = anExchange(at, chatId, 'a', 'b');
	const second = anotherReply(at, chatId, first.turnId, 'c');
	at.sql.exec('drop trigger event_log_is_append_only');
	at.sql.run(sql`update ${eventLog} set v = 1,
		payload = json_set(json_remove(payload, '$.guest', '$.begins'), '$.place', 'the harbour') where kind = 'chat_created'`);
	at.sql.run(
		sql`update ${eventLog} set v = 1, payload = json_remove(payload, '$.present') where kind = 'user_turn'`
	);
	at.sql
		.run(sql`update ${eventLog} set v = ${v}, payload = json_remove(payload, '$.interjectionOf', '$.meanwhileId', '$.present')
			where kind = 'assistant_turn'`);
	at.app.rebuild();
	return { at, chatId, botId, turnId: first.turnId, first: first.replyId, second: second.turnId };
};

test.each([1, 2] as const)('what they say is all there, with replies of version %i', async (v) => {
	const { at, chatId, first, second } = await oldChat(v);
	expect(at.ask('chat', { chatId })).toMatchObject({
		place: 'the harbour',
		guestId: null,
		host: { name: 'Mara' }
	});
	const { turns } = at.ask('transcript', { chatId });
	expect(turns.map(({ text }) => text)).toEqual(['Hi.', 'a', 'c']);
	expect(turns[2]).toMatchObject({
		siblings: [first, second],
		interjectionOf: null,
		meanwhileId: null,
		hidden: false,
		minutes: 540
	});
	expect(at.sql.all(sql`select distinct present from turns`)).toEqual([{ present: 7 }]);
	expect(at.ask('now', { chatId })).toMatchObject({
		minutes: 540,
		weather: '',
		anchor: '',
		scene: null,
		places: [],
		people: [
			{ role: 'you', containerId: null },
			{ role: 'host', containerId: null }
		],
		settings: { classifiers: 'auto', interjections: true }
	});
});

test.each([1, 2] as const)(
	'they go on: replies, places, time and taking back, from version %i',
	async (v) => {
		const { at, chatId, botId, turnId, first } = await oldChat(v);
		at.done('choose_alternative', { chatId, turnId: first });
		const { botId: guest } = at.done('author_bot', { name: 'Edda' });
		at.done('invite_guest', { chatId, botId: guest });
		at.done('open_scene', { chatId, placeName: 'The harbour' });
		at.done('advance_time', { chatId, minutes: 30 });
		anExchange(at, chatId, 'd', 'e');
		expect(at.ask('now', { chatId })).toMatchObject({ minutes: 570, scene: { place: 'The harbour' } });
		const { chatId: branched } = at.done('branch', { chatId, turnId: first });
		expect(at.ask('transcript', { chatId: branched }).turns.map(({ text }) => text)).toEqual([
			'Hi.',
			'a',
			'b'
		]);
		expect(at.ask('now', { chatId: branched })).toMatchObject({
			minutes: 570,
			people: [{ role: 'you' }, { entity: botId }, { entity: guest, name: 'Edda' }]
		});
		const { copyId } = at.done('rewind', { chatId, turnId });
		expect(at.ask('now', { chatId })).toMatchObject({ minutes: 540, scene: null, people: [{}, {}] });
		at.done('restore_copy', { copyId });
		expect(at.ask('transcript', { chatId }).turns.map(({ text }) => text)).toEqual([
			'Hi.',
			'a',
			'b',
			'd',
			'e'
		]);
	}
);
