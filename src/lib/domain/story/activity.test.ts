// What activity promises: who is where, doing what, and so who hears what is said.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import { sql } from '../kernel/sql.ts';
import { together } from './activity.ts';

const three = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const { botId: guest } = at.done('author_bot', { name: 'Edda' });
	at.done('invite_guest', { chatId, botId: guest });
	const place = (name: string) => at.done('make_place', { chatId, name }).containerId;
	const where = () => at.ask('now', { chatId })?.people.map(({ containerId }) => containerId);
	/** Who is there at the newest turns, oldest first: 1 you, 2 the host, 4 the guest. */
	const present = (count: number) =>
		at.sql
			.all(sql`select present from turns order by number desc limit ${count}`)
			.map((row) => row['present'])
			.reverse();
	return { at, chatId, botId, guest, place, where, present };
};

test('what is not said of somebody stays as it was', async () => {
	const { at, chatId, botId, place } = await three();
	const quay = place('The quay');
	at.done('set_activity', { chatId, entity: botId, containerId: quay, action: 'mends a net', mood: 'calm' });
	at.done('set_activity', { chatId, entity: botId, posture: 'standing', mood: '' });
	const host = () => at.ask('now', { chatId })?.people[1];
	expect(host()).toMatchObject({
		containerId: quay,
		place: 'The quay',
		posture: 'standing',
		action: 'mends a net',
		attention: '',
		mood: ''
	});
	at.done('undo_last', { tab: 'tab-1' });
	expect(host()).toMatchObject({ posture: '', mood: 'calm' });
});

test('everybody is where the scene is, but for whom something later was said', async () => {
	const { at, chatId, botId, guest, place, where } = await three();
	expect(where()).toEqual([null, null, null]);
	const quay = place('The quay');
	const tower = place('The tower');
	at.done('open_scene', { chatId, containerId: quay });
	expect(where()).toEqual([quay, quay, quay]);
	at.done('set_activity', { chatId, entity: guest, containerId: tower });
	expect(where()).toEqual([quay, quay, tower]);
	at.done('set_activity', { chatId, entity: guest, containerId: null });
	expect(where()).toEqual([quay, quay, quay]);
	at.done('set_activity', { chatId, entity: botId, containerId: tower });
	at.done('open_scene', { chatId, containerId: quay });
	expect(where()).toEqual([quay, quay, quay]);
});

test('a turn keeps who was there to hear it', async () => {
	const { at, chatId, botId, guest, place, present } = await three();
	anExchange(at, chatId, 'a', 'b');
	expect(present(2)).toEqual([7, 7]);
	const quay = place('The quay');
	const tower = place('The tower');
	at.done('open_scene', { chatId, containerId: quay });
	at.done('set_activity', { chatId, entity: guest, containerId: tower });
	anExchange(at, chatId, 'c', 'd');
	expect(present(2)).toEqual([3, 3]);
	at.done('set_activity', { chatId, entity: botId, containerId: tower });
	anExchange(at, chatId, 'e', 'f');
	expect(present(2)).toEqual([1, 6]);
	at.done('dismiss_guest', { chatId });
	anExchange(at, chatId, 'g', 'h');
	expect(present(2)).toEqual([1, 2]);
	at.app.rebuild();
	expect(present(4)).toEqual([1, 6, 1, 2]);
});

test('places are the same or not; where nobody has said, nobody is apart', () => {
	expect(together('a', 'a')).toBe(true);
	expect(together('a', 'b')).toBe(false);
	expect(together(null, 'b')).toBe(true);
	expect(together(null, null)).toBe(true);
});

test('a plan tells what somebody would do again, by name', async () => {
	const { at, chatId, guest } = await three();
	at.done('set_activity', { chatId, entity: guest, mood: 'calm' });
	at.done('set_activity', { chatId, entity: 'you', mood: 'calm' });
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('set_activity', { chatId, entity: guest, mood: 'cross' });
	at.done('set_activity', { chatId, entity: 'you', action: 'waits' });
	const plan = at.ask('plan', { chatId, turnId, what: 'rewind' });
	expect(plan?.gone).toContainEqual(
		expect.objectContaining({ kind: 'activity_changed', live: 2, names: ['waits', 'cross'] })
	);
	expect(plan?.changes).toEqual(
		expect.arrayContaining([
			expect.objectContaining({
				name: 'Edda',
				before: expect.objectContaining({ mood: 'cross' }),
				after: expect.objectContaining({ mood: 'calm' })
			}),
			expect.objectContaining({ name: 'you', before: expect.objectContaining({ action: 'waits' }) })
		])
	);
});

test('who is not in the story, and where nothing is, is refused', async () => {
	const { at, chatId, guest } = await three();
	expect(at.refused('set_activity', { chatId: NOBODY, entity: 'you' })).toMatchObject({
		type: 'chat_unknown'
	});
	expect(at.refused('set_activity', { chatId, entity: NOBODY })).toEqual({
		type: 'entity_unknown',
		chatId,
		entity: NOBODY
	});
	expect(at.refused('set_activity', { chatId, entity: 'you', containerId: NOBODY })).toEqual({
		type: 'place_unknown',
		chatId,
		containerId: NOBODY
	});
	at.done('dismiss_guest', { chatId });
	expect(at.refused('set_activity', { chatId, entity: guest })).toMatchObject({ type: 'entity_unknown' });
});
