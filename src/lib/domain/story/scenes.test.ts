// What scenes promise: one is open at a time, in a known place or a new one, and what is taken back opens the one before.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import { sql } from '../kernel/sql.ts';

const begun = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const scene = () => at.ask('now', { chatId })?.scene;
	return { at, chatId, botId, scene };
};

test('a scene begins in a place of that name, or in a new one; the one before ends', async () => {
	const { at, chatId, botId, scene } = await begun();
	const { sceneId: first, containerId } = at.done('open_scene', { chatId, placeName: 'The Harbour' });
	expect(scene()).toEqual({ sceneId: first, containerId, place: 'The Harbour', since: 540 });
	at.done('advance_time', { chatId, minutes: 30 });
	const second = at.done('open_scene', { chatId, placeName: ' the harbour ' });
	expect(second.containerId).toBe(containerId);
	expect(scene()).toMatchObject({ sceneId: second.sceneId, since: 570 });
	expect(
		at.sql.all(
			sql`select scene_id, participants, opened_minutes, closed_minutes from scenes order by position`
		)
	).toEqual([
		{ scene_id: first, participants: `["you","${botId}"]`, opened_minutes: 540, closed_minutes: 570 },
		{
			scene_id: second.sceneId,
			participants: `["you","${botId}"]`,
			opened_minutes: 570,
			closed_minutes: null
		}
	]);
	at.done('undo_last', { tab: 'tab-1' });
	expect(scene()?.sceneId).toBe(first);
});

test('a scene may be nowhere in particular', async () => {
	const { at, chatId, scene } = await begun();
	at.done('open_scene', { chatId });
	expect(scene()).toMatchObject({ containerId: null, place: null });
});

test('a scene ends with what came of it; taking that back opens it again, and the plan says so', async () => {
	const { at, chatId, scene } = await begun();
	const { sceneId } = at.done('open_scene', { chatId, placeName: 'The quay' });
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('close_scene', { chatId, summary: ' They met. ' });
	expect(scene()).toBeNull();
	expect(at.ask('plan', { chatId, turnId, what: 'rewind' })).toMatchObject({
		gone: expect.arrayContaining([expect.objectContaining({ kind: 'scene_closed', names: ['They met.'] })]),
		changes: [{ table: 'scenes', before: { closed_minutes: 540 }, after: { closed_minutes: null } }]
	});
	at.done('rewind', { chatId, turnId });
	expect(scene()?.sceneId).toBe(sceneId);
});

test('the end of a scene that was taken back says nothing', async () => {
	const { at, chatId, scene } = await begun();
	at.done('open_scene', { chatId }, 'tab-2');
	at.done('close_scene', { chatId });
	at.done('undo_last', { tab: 'tab-2' });
	expect(scene()).toBeNull();
	expect(at.ask('events', { chatId }).events.find(({ kind }) => kind === 'scene_closed')?.state).toBe(
		'orphaned'
	);
});

test('a place that is not there, and the end of nothing, are refused', async () => {
	const { at, chatId } = await begun();
	expect(at.refused('open_scene', { chatId: NOBODY })).toEqual({ type: 'chat_unknown', chatId: NOBODY });
	expect(at.refused('open_scene', { chatId, containerId: NOBODY })).toEqual({
		type: 'place_unknown',
		chatId,
		containerId: NOBODY
	});
	expect(at.refused('close_scene', { chatId: NOBODY })).toEqual({ type: 'chat_unknown', chatId: NOBODY });
	expect(at.refused('close_scene', { chatId })).toEqual({ type: 'no_scene', chatId });
});
