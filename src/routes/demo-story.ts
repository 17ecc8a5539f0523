// The story that is one click away on the first visit: a bot, a place, and the built-in storyteller.
import type { Session } from './ui/session.svelte.ts';
import { words } from './words/words.ts';

/** The demo bot's own id, so that a second demo story is played with the same bot, edits and all. */
const DEMO_BOT_ID = '5be7a1c0-5e1e-4d0e-9a3e-57e7de300001';

/** Creates the bot if it is not there (or retired), begins a story with it, and returns the story's id; null when refused. */
export const beginDemoStory = async (session: Session): Promise<string | null> => {
	const { botName, tagline, description, scenario, greeting, place, title } = words.demoStory;
	const bot = await session.client.ask('bot', { botId: DEMO_BOT_ID });
	if (bot === null || bot.retired) {
		const authored = await session.send('author_bot', {
			botId: DEMO_BOT_ID,
			name: botName,
			tagline,
			description,
			scenario,
			greeting
		});
		if (authored === null) return null;
	}
	const created = await session.send('create_chat', { botId: DEMO_BOT_ID, title, place });
	return created?.chatId ?? null;
};
