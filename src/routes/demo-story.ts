// The story that is one click away on the first visit: two bots in a place at night, and the built-in storyteller.
import type { Commands } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { Session } from './ui/session.svelte.ts';
import { words } from './words/words.ts';

/** The demo bots' own ids, so that a second demo story is played with the same ones, edits and all. */
const HOST_ID = '5be7a1c0-5e1e-4d0e-9a3e-57e7de300001';
const GUEST_ID = '5be7a1c0-5e1e-4d0e-9a3e-57e7de300002';
/** Day 1, twenty to eleven at night. */
const BEGINS_MINUTES = 22 * 60 + 40;
/** Costs nothing, and is there when no other is. */
const DEMO_CONNECTION = 'demo';

/** What it takes to begin a story. */
export interface DemoSession extends Pick<Session, 'send'> {
	readonly client: Pick<Client, 'ask'>;
}

/**
 * Creates the bots that are not there (or retired), begins a story with them, and returns its id and that of the turn it is
 * read from: its end is not where a stranger to it begins. Null when refused.
 * The player's first persona plays, as in any new story: none is made up, for it would stay and play the next story too.
 */
export const beginDemoStory = async (
	session: DemoSession
): Promise<{ readonly chatId: string; readonly turnId: string | null } | null> => {
	const { botName, tagline, description, scenario, greeting, place, title, anchor, weather, guest } =
		words.demoStory;
	const cast = [
		{ botId: HOST_ID, name: botName, tagline, description, scenario, greeting },
		{ botId: GUEST_ID, ...guest }
	];
	for (const bot of cast) {
		const found = await session.client.ask('bot', { botId: bot.botId });
		if ((found === null || found.retired) && (await session.send('author_bot', bot)) === null) return null;
	}
	const [you] = await session.client.ask('yous', {});
	const created = await session.send('create_chat', {
		botId: HOST_ID,
		guestId: GUEST_ID,
		youId: you?.youId ?? null,
		title,
		place,
		minutes: BEGINS_MINUTES,
		anchor,
		weather
	});
	if (created === null) return null;
	const { chatId } = created;
	await playOpening(session, chatId);
	const { turns } = await session.client.ask('transcript', { chatId });
	return { chatId, turnId: turns[0]?.turnId ?? null };
};

type Stage = Extract<Commands['finish_reply']['result'], { readonly ok: true }>['value']['next'];

/**
 * The scene the story opens with happens while the player sits in the office. It is written, not asked for: every line goes
 * into the log as the words of a model would, by the same commands, and the composer is free at once. Where a command is
 * refused the story begins without the rest of it.
 */
const playOpening = async (session: DemoSession, chatId: string): Promise<void> => {
	const { premise, place, lines, digest, kept } = words.demoStory.meanwhile;
	const begun = await session.send('start_meanwhile', {
		chatId,
		premise,
		place,
		with: 'guest',
		limit: lines.length,
		connectionId: DEMO_CONNECTION
	});
	if (begun === null) return;
	const { jobId } = begun;
	const roles = ['host', 'guest'] as const;
	let said = 0;
	/** Plays one stage, and says which comes next. */
	const played = async (stage: Stage): Promise<Stage> => {
		const line = lines[stage === 'reply' ? said : said - 1];
		if (line === undefined) return null;
		const speaker = roles[(stage === 'reply' ? said : said - 1) % 2] ?? 'host';
		const listener = speaker === 'host' ? 'guest' : 'host';
		switch (stage) {
			case 'reply': {
				said += 1;
				const reply = { jobId, text: line.text, ended: 'whole', model: null, usage: null } as const;
				return (await session.send('finish_reply', reply))?.next ?? null;
			}
			case 'observe': {
				const memory = {
					owner: listener,
					text: line.memory,
					significance: 2,
					you: false,
					host: true,
					guest: true
				};
				const edge = { from: listener, to: speaker, affinity: 2, trust: 3, reason: line.reason, fact: null };
				const answer = { ...NOTHING_SEEN, memories: [memory], edges: [edge] };
				return (await session.send('apply_observation', { jobId, stage, answer }))?.next ?? null;
			}
			case 'transitions': {
				const answer = { planned: [], started: [], completed: [], cancelled: [] };
				return (await session.send('apply_transitions', { jobId, stage, answer }))?.next ?? null;
			}
			case 'digest': {
				const memories = roles.map((owner) => ({ owner, text: kept[owner], significance: 2 }));
				await session.send('apply_digest', { jobId, answer: { text: digest, memories } });
				return null;
			}
			default:
				return null;
		}
	};
	for (let stage: Stage = 'reply'; stage !== null;) stage = await played(stage);
};

const NOTHING_SEEN = {
	revise: [],
	forget: [],
	activities: [],
	place: null,
	weather: null,
	minutes: 0,
	skip: null,
	threads_opened: [],
	threads_closed: []
};
