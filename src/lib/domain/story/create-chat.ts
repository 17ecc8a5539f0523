// A chat begins: with its bot, a guest perhaps, a persona, and where and when it is played.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { bots, COPILOT_ID, findBot } from '../library/bots.ts';
import { findYou, yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { chatCreated, title } from './chats.ts';
import { containerCreated, PLACE_NAME_MAX_CHARS } from './places.ts';
import { sceneOpened } from './scenes.ts';
import { minutes, STORY_BEGINS_MINUTES, timeAnchor, weather } from './story-now.ts';
import { assistantTurn } from './turns.ts';

/**
 * Begins a story with a bot. With a greeting, the bot has the first word. `youId` null plays as "You". With a place, the
 * first scene is open there, for everybody.
 */
export const createChat = defineCommand({
	name: 'create_chat',
	input: z.object({
		botId: id,
		youId: id.nullable().default(null),
		guestId: id.nullable().default(null),
		title: title.optional(),
		place: z.string().trim().max(500).default(''),
		minutes: minutes.default(STORY_BEGINS_MINUTES),
		anchor: timeAnchor.default(''),
		weather: weather.default('')
	}),
	reads: [bots, yous],
	decide: (input, read, world) => {
		const { botId, youId, guestId, title: given, place } = input;
		const host = findBot(read, botId);
		if (host === null || host.retired || botId === COPILOT_ID) return refuse({ type: 'bot_unknown', botId });
		const you = youId === null ? null : findYou(read, youId);
		if (youId !== null && (you === null || you.retired)) return refuse({ type: 'you_unknown', youId });
		if (guestId === botId) return refuse({ type: 'bot_is_host', chatId: null, botId });
		const guest = guestId === null ? null : findBot(read, guestId);
		if (guestId !== null && (guest === null || guest.retired || guestId === COPILOT_ID))
			return refuse({ type: 'bot_unknown', botId: guestId });

		const chatId = world.newId();
		const stream = chatStream(chatId);
		const turnId = world.newId();
		const created = chatCreated({
			stream,
			payload: {
				chatId,
				kind: 'story',
				title: given ?? host.name,
				host: { botId, name: host.name },
				you: you === null ? null : { youId: you.youId, name: you.name },
				guest: guest === null ? null : { botId: guest.botId, name: guest.name },
				begins: { minutes: input.minutes, anchor: input.anchor, weather: input.weather },
				place: place === '' ? null : place,
				origin: { kind: 'new' }
			}
		});
		const firstScene = () => {
			const containerId = world.newId();
			const short = place.length <= PLACE_NAME_MAX_CHARS;
			return [
				containerCreated({
					stream,
					payload: {
						containerId,
						name: short ? place : placeInShort(place),
						description: short ? '' : place,
						parentId: null
					}
				}),
				sceneOpened({
					stream,
					payload: {
						sceneId: world.newId(),
						containerId,
						participants: ['you', botId, ...(guest === null ? [] : [guest.botId])],
						minutes: input.minutes
					}
				})
			];
		};
		const greeting = assistantTurn({
			stream,
			anchor: turnId,
			payload: {
				turnId,
				replyTo: null,
				speaker: { botId, name: host.name },
				text: host.greeting,
				truncated: false,
				model: null,
				usage: null,
				interjectionOf: null,
				meanwhileId: null,
				present: { you: true, host: true, guest: guest !== null }
			}
		});
		return decided({
			events: [
				created,
				...(place === '' ? [] : firstScene()),
				...(host.greeting.trim() === '' ? [] : [greeting])
			],
			value: { chatId }
		});
	}
});

/** Its first words, and no half of a character. */
const placeInShort = (place: string): string =>
	`${place
		.slice(0, PLACE_NAME_MAX_CHARS - 1)
		.replace(/[\uD800-\uDBFF]$/u, '')
		.trimEnd()}…`;
