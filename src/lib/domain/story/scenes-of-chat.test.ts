// The scenes of a story as a line tells them: in order, with what their places are called now.
import { expect, test } from 'vitest';
import { given } from '#tests/support/given.ts';

test('scenes come in the order they were played, by the present names of their places', async () => {
	const { done, ask } = await given();
	const { botId } = done('author_bot', { name: 'Mara' });
	const { chatId } = done('create_chat', { botId, place: 'the harbour office', minutes: 600 });
	done('advance_time', { chatId, minutes: 30 });
	const quay = done('open_scene', { chatId, placeName: 'the quay' });
	done('advance_time', { chatId, minutes: 15 });
	done('close_scene', { chatId, summary: 'The ferry left.' });
	if (quay.containerId === null) throw new Error('the place was not made');
	done('change_place', { chatId, containerId: quay.containerId, name: 'the old quay' });
	expect(ask('scenes', { chatId }).map(({ sceneId: _id, ...scene }) => scene)).toEqual([
		{ kind: 'main', place: 'the harbour office', openedMinutes: 600, closedMinutes: 630, summary: null },
		{
			kind: 'main',
			place: 'the old quay',
			openedMinutes: 630,
			closedMinutes: 645,
			summary: 'The ferry left.'
		}
	]);
});

test('a scene that nobody placed has no place, and another story none of these', async () => {
	const { done, ask } = await given();
	const { botId } = done('author_bot', { name: 'Mara' });
	const { chatId } = done('create_chat', { botId });
	const other = done('create_chat', { botId });
	done('open_scene', { chatId });
	expect(ask('scenes', { chatId })).toMatchObject([{ place: null, closedMinutes: null }]);
	expect(ask('scenes', { chatId: other.chatId })).toEqual([]);
});
