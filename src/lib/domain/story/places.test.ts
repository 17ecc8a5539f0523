// What places promise: named, told, put into one another, and never into themselves, whatever is taken back or brought back.
import { expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given, NOBODY } from '#tests/support/given.ts';

const withPlaces = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const make = (name: string, parentId: string | null = null) =>
		at.done('make_place', { chatId, name, parentId }).containerId;
	const told = () => at.ask('now', { chatId })?.places;
	return { at, chatId, make, told };
};

test('places stand in the order they were named, each in its place', async () => {
	const { at, chatId, make, told } = await withPlaces();
	const town = make(' The town ');
	const quay = make('The quay', town);
	at.done('change_place', { chatId, containerId: quay, name: 'The old quay', description: 'Wet stone.' });
	expect(told()).toEqual([
		{ containerId: town, name: 'The town', description: '', parentId: null },
		{ containerId: quay, name: 'The old quay', description: 'Wet stone.', parentId: town }
	]);
	at.done('change_place', { chatId, containerId: quay, parentId: null });
	expect(told()?.[1]).toMatchObject({ name: 'The old quay', description: 'Wet stone.', parentId: null });
	const events = at.events();
	at.done('change_place', { chatId, containerId: quay, name: 'The old quay' });
	expect(at.events()).toBe(events);
	at.done('undo_last', { tab: 'tab-1' });
	expect(told()?.[1]?.parentId).toBe(town);
});

test('no place lies in itself, or in one that lies in it', async () => {
	const { at, chatId, make } = await withPlaces();
	const town = make('The town');
	const quay = make('The quay', town);
	const shed = make('The shed', quay);
	for (const parentId of [town, quay, shed])
		expect(at.refused('change_place', { chatId, containerId: town, parentId })).toEqual({
			type: 'place_in_itself',
			chatId,
			containerId: town,
			parentId
		});
});

test('nor when what was set aside comes back beside what was decided since', async () => {
	const { at, chatId, make, told } = await withPlaces();
	const { turnId, replyId } = anExchange(at, chatId, 'a', 'b');
	const town = make('The town');
	const quay = make('The quay');
	// one tab puts the quay into the town, another takes that for nothing meanwhile
	at.done('change_place', { chatId, containerId: quay, parentId: town }, 'tab-2');
	at.done('undo_last', { tab: 'tab-2' });
	at.done('change_place', { chatId, containerId: town, parentId: quay });
	anotherReply(at, chatId, turnId, 'c');
	at.done('choose_alternative', { chatId, turnId: replyId });
	expect(told()?.map(({ parentId }) => parentId)).toEqual([quay, null]);
	at.sql.exec('drop trigger event_log_is_append_only');
	at.sql.exec(`update event_log set superseded_by = null where kind = 'container_changed'`);
	at.app.rebuild();
	expect(told()?.map(({ parentId }) => parentId)).toEqual([null, town]);
});

test('what changes a place that was taken back says nothing', async () => {
	const { at, chatId, told } = await withPlaces();
	const { containerId } = at.done('make_place', { chatId, name: 'The quay' }, 'tab-2');
	at.done('change_place', { chatId, containerId, name: 'The pier' });
	at.done('undo_last', { tab: 'tab-2' });
	expect(told()).toEqual([]);
	expect(at.ask('events', { chatId }).events.find(({ kind }) => kind === 'container_changed')?.state).toBe(
		'orphaned'
	);
});

test('what is not there, or not a name, is refused', async () => {
	const { at, chatId, make } = await withPlaces();
	const containerId = make('The quay');
	const nowhere = { type: 'place_unknown', chatId, containerId: NOBODY };
	expect(at.refused('make_place', { chatId: NOBODY, name: 'x' })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('make_place', { chatId, name: 'x', parentId: NOBODY })).toEqual(nowhere);
	expect(at.refused('make_place', { chatId, name: ' ' })).toMatchObject({ field: 'name' });
	expect(at.refused('make_place', { chatId, name: 'x'.repeat(121) })).toMatchObject({ problem: 'too_big' });
	expect(at.refused('change_place', { chatId: NOBODY, containerId })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('change_place', { chatId, containerId: NOBODY })).toEqual(nowhere);
	expect(at.refused('change_place', { chatId, containerId, parentId: NOBODY })).toEqual(nowhere);
});
