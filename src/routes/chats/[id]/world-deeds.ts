// What can be done with the world of a story from its screen: time skipped, scenes elsewhere, turns kept from the model,
// a classifier asked again.
import type { Commands, Queries } from '#lib/domain/vocabulary.ts';
import type { Session } from '../../ui/session.svelte.ts';
import { worldWords } from '../../words/world-words.ts';
import type { DrawerDeeds } from './drawer/drawer-deeds.ts';
import type { Turn } from './slice.ts';

export interface WorldDeeds extends DrawerDeeds {
	/** Keeps a turn from models, or lets them be told of it again. */
	hide(turn: Turn): Promise<void>;
	/** Asks once more what a turn brought about. */
	retry(
		turnId: string,
		classifier: Queries['effects']['answer'][number]['failures'][number]['classifier']
	): Promise<void>;
	/** Goes on with a scene elsewhere, or ends it. */
	elsewhere(what: 'play_meanwhile' | 'end_meanwhile'): Promise<void>;
}

/** `toEnd`: goes to where it will be told; `begun`: a scene was begun from the drawer. */
export const worldDeeds = (
	session: Session,
	story: {
		readonly chatId: string;
		readonly connectionId: () => Promise<string | null>;
		readonly play: (jobId: string) => Promise<void>;
		readonly toEnd: () => void;
		readonly begun: () => void;
	}
): WorldDeeds => {
	const { chatId, connectionId, play, toEnd, begun } = story;
	return {
		skip: async (skip, answer) => {
			const connection = answer ? await connectionId() : null;
			if (answer && connection === null) return false;
			toEnd();
			const skipped = await session.send('skip_time', { chatId, ...skip, connectionId: connection });
			if (skipped === null) return false;
			if (skipped.jobId !== null) void play(skipped.jobId);
			return true;
		},
		meanwhile: async ({ place, premise, withGuest, limit }) => {
			const connection = await connectionId();
			if (connection === null) return false;
			const input: Commands['start_meanwhile']['input'] = {
				chatId,
				place,
				premise,
				with: withGuest ? 'guest' : 'narrator',
				limit,
				connectionId: connection
			};
			const scene = await session.send('start_meanwhile', input);
			if (scene === null) return false;
			begun();
			toEnd();
			void play(scene.jobId);
			return true;
		},
		hide: async ({ turnId, hidden }) => {
			const done = await session.send(hidden ? 'show_turn' : 'hide_turn', { chatId, turnId });
			if (done !== null)
				session.say(hidden ? worldWords.transcript.shownNote : worldWords.transcript.hiddenNote);
		},
		retry: async (turnId, classifier) => {
			const connection = await connectionId();
			if (connection === null) return;
			const input = { chatId, turnId, classifier, connectionId: connection };
			const asked = await session.send('retry_classifier', input);
			if (asked !== null) await play(asked.jobId);
		},
		elsewhere: async (what) => {
			const connection = await connectionId();
			if (connection === null) return;
			toEnd();
			const done = await session.send(what, { chatId, connectionId: connection });
			if (done?.jobId != null) await play(done.jobId);
		}
	};
};
