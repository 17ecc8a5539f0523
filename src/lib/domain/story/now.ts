// What stands in a story now: the time, the scene, who is where doing what, the places, and the loose ends.
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { activities, activitiesOf, whereabouts } from './activity.ts';
import { authorNoteOf, authorNotes } from './author-note.ts';
import { chatSettings, settingsOf } from './chat-settings.ts';
import { chats, findChat } from './chats.ts';
import { newestSkips, timeSkips } from './clock.ts';
import { people, type Person } from './people.ts';
import { containers, places } from './places.ts';
import { openScene, scenes } from './scenes.ts';
import { clockOf, storyNow } from './story-now.ts';
import { countThreads, newestThreads, threads } from './threads.ts';

/** How many of each are listed, the newest: what is asked at every turn costs the same in a long chat. */
const THREADS_LISTED = 100;
const SKIPS_LISTED = 100;

/**
 * Null for a chat that is not there. Places that were taken back have no name. `threads`: open ones first, each in the order
 * they were opened; `threadCounts` are of all, listed or not.
 */
export const now = defineQuery({
	name: 'now',
	input: z.object({ chatId: id }),
	reads: [
		chats,
		bots,
		yous,
		storyNow,
		scenes,
		activities,
		containers,
		threads,
		timeSkips,
		authorNotes,
		chatSettings
	],
	answer: (read, { chatId }) => {
		const chat = findChat(read, chatId);
		if (chat === null) return null;
		const stream = chatStream(chatId);
		const all = places(read, stream);
		const nameOf = (containerId: string | null): string | null =>
			all.find((place) => place.containerId === containerId)?.name ?? null;
		const scene = openScene(read, stream);
		const { you, host, guest } = people(read, chat);
		const at = whereabouts(read, chat);
		const doing = activitiesOf(read, stream);
		const told = (role: 'you' | 'host' | 'guest', { entity, name, avatar }: Person) => {
			const { posture = '', action = '', attention = '', mood = '' } = doing.get(entity) ?? {};
			const containerId = at[role];
			const place = nameOf(containerId);
			return { entity, role, name, avatar, containerId, place, posture, action, attention, mood };
		};
		return {
			...clockOf(read, stream),
			scene:
				scene === null
					? null
					: {
							sceneId: scene.sceneId,
							containerId: scene.containerId,
							place: nameOf(scene.containerId),
							since: scene.since
						},
			people: [told('you', you), told('host', host), ...(guest === null ? [] : [told('guest', guest)])],
			places: all,
			threads: (['open', 'closed'] as const).flatMap((status) =>
				newestThreads(read, stream, status, THREADS_LISTED)
			),
			threadCounts: countThreads(read, stream),
			skips: newestSkips(read, stream, SKIPS_LISTED),
			authorNote: authorNoteOf(read, stream),
			settings: settingsOf(read, stream)
		};
	}
});
