// What a model is asked for one reply: the request every provider, and the demo storyteller, gets.
import {
	inMessages,
	linesFor,
	FLOOR_TURNS,
	toldScenes,
	trimmed,
	weighNewest,
	woven,
	type Line,
	type NewestTurns,
	type ProseMessage,
	type ToldScene
} from './prompt-history.ts';
import { beyond, nameOf, sharesOf, type LeftOut, type PartTaken, type PromptShare } from './prompt-parts.ts';
import { capital, hasCompany, instructionsFor, NAMELESS_PLAYER, type Cast } from './prompt-rules.ts';
import { caseTail } from './prompt-case.ts';
import { tailFor, type Standing } from './prompt-tail.ts';
import type { ToldLine } from './teller.ts';
import { estimateTokens } from './tokens.ts';

export type { ProseMessage };

/** Everything a model needs for one reply. Provider-free: adapters turn it into their wire form. */
export interface ProseRequest {
	readonly jobId: string;
	readonly chatId: string;
	/** The turn that is answered; with an interjection, the reply it is about. */
	readonly turnId: string;
	/** 0 for the first reply to the turn, 1 for its first alternative, and so on. */
	readonly alternative: number;
	/** Rules and cast: the stable prefix. */
	readonly instructions: string;
	/** History, oldest first, beginning with the player's side and ending with the words that are answered. */
	readonly messages: readonly ProseMessage[];
	/**
	 * How far the messages stay as they are in what the speaker is asked next: so many of them whole, and so many characters
	 * of the next, where one of its turns begins. What comes after it changes from turn to turn.
	 */
	readonly steady: { readonly messages: number; readonly chars: number };
	/** Facts in the clear, for the demo storyteller, which reads no prompt. */
	readonly story: {
		/** In a case, a copilot answers, and nothing is played. */
		readonly kind: 'story' | 'case';
		/** Who is to speak. */
		readonly bot: string;
		readonly you: string;
		/** A place the story has named, if any: where the speaker is. */
		readonly place: string | null;
		/** The answered turn's number among those that begin a group, from 1. */
		readonly turn: number;
		/** How many turns were said before it, so that no two of a scene without the player look alike. */
		readonly said: number;
		/** No model has said a word in this chat before what is answered. */
		readonly first: boolean;
		/** The words that are answered: the player's last, or a narrator's. */
		readonly words: string;
		/** `you`: what the player may say next is drafted for them. */
		readonly speaker: 'host' | 'guest' | 'you';
		readonly host: string;
		readonly guest: string | null;
		/** Who is where the speaker is, the speaker included. */
		readonly present: { readonly you: boolean; readonly host: boolean; readonly guest: boolean };
		/** It puts in a word after another's reply. */
		readonly interjection: boolean;
		/** It is part of a scene without the player. */
		readonly meanwhile: boolean;
		/** What was said last by anybody but the speaker; with an interjection, the reply it is about. */
		readonly heard: string;
		/** Story time, in minutes since the midnight that began day 1. */
		readonly minutes: number;
		readonly weather: string;
	};
}

/** Longest history sent where nobody says how much fits, in estimated tokens. */
const HISTORY_MAX_TOKENS = 16_000;
/** However little room the rules and the cast leave, some of what was said last is told. */
const HISTORY_LEAST_TOKENS = 256;

/** Shares of the room, and what is enough in the largest one. They do not depend on what is told, so that nothing moves. */
const CAST_SHARE = 0.4;
const TAIL_SHARE = 0.15;
const TAIL_ENOUGH_TOKENS = 1500;
const MEMORY_SHARE = 0.1;
const MEMORY_ENOUGH_TOKENS = 1000;
const SCENES_SHARE = 0.1;
const SCENES_ENOUGH_TOKENS = 1000;
/** Below this, a prompt is not worth dividing. */
const LEAST_TOKENS = 512;

/** Said for the player where the history begins with the bot: many chat templates insist that the player is first. */
const BEGINS = { story: '(The story begins.)', case: '(The conversation begins.)' } as const;
const GOES_ON = { story: '(The story goes on.)', case: '(The conversation goes on.)' } as const;
const forThisReply = (note: string): string => `((For this reply: ${note}))`;
const putIn = (name: string): string =>
	`((${name} was not spoken to, and puts in a word all the same: only what ${name} says or does now, in three short sentences at most. The scene stays with the others.))`;
const draftFor = (name: string): string =>
	`((Write the next turn of ${name}, as the player of ${name} would: what ${name} says and does now, in a few sentences, and nothing of what comes of it.))`;
const jotted = (typed: string): string => `((The player has begun it, or noted what it is to say: ${typed}))`;
/** So that the place is found where the two belong together (`seam.ts`). */
const goOn = (text: string): string =>
	`((Your last message broke off. Begin with its last words, exactly as they stand: ${lastWords(text)} – and go straight on from there. Say nothing else again, and nothing about going on.))`;
const LAST_WORDS_CHARS = 40;

/** Who may be told, which is the speaker's own affair, and how it stands. */
export interface Telling {
	readonly jobId: string;
	readonly chatId: string;
	readonly turnId: string;
	readonly alternative: number;
	/** What the words answer stands in; `turnId` is the turn they follow. */
	readonly answers: string;
	readonly kind: 'reply' | 'interjection' | 'meanwhile' | 'draft';
	/** Null: the narrator; `you` with a draft. */
	readonly speakerId: string | null;
	readonly cast: Cast;
	readonly standing: Standing;
	/** What other parts of the app tell of the chat: in a case it takes the place of a story's world. */
	readonly told: readonly ToldLine[];
	/** Numbers of the first and the last turn that may be told. */
	readonly span: { readonly begins: number; readonly ends: number };
	/** The newest turns of that span. */
	readonly newest: NewestTurns;
	/** The scenes in it that are over, and what stays of them, oldest first; `beyond`: how many more there are. */
	readonly scenes: { readonly stayed: readonly ToldScene[]; readonly beyond: number };
	/**
	 * What comes to the speaker's mind at these words: what is pinned, then the most pressing first. `beyond`: how much more
	 * there is.
	 */
	readonly recall: (cue: string) => { readonly recalled: readonly Reminder[]; readonly beyond: number };
	readonly story: Omit<ProseRequest['story'], 'words' | 'heard'>;
	/** What the player asks of this one reply, or null. */
	readonly note?: string | null;
	/** The words the answered turn gets with this reply, or null: as it is. */
	readonly edited?: string | null;
	/** The words of this reply so far, or null: it is to go on after them. */
	readonly goesOn?: string | null;
	/** How many of the model's tokens the prompt may have, and how many of those one estimated token is. */
	readonly room?: { readonly tokens: number; readonly ratio: number } | null;
}

/** A memory that comes to mind. */
export interface Reminder {
	readonly text: string;
	/** The player holds on to it: it is told before all others, and has its room before history has. */
	readonly pinned: boolean;
}

/** A request, and what each part of it took. */
export interface Prompt {
	readonly request: ProseRequest;
	readonly parts: readonly PromptShare[];
}

/**
 * Builds the request for one reply. Order is by volatility: rules and cast first (no clock, no changing numbers), then
 * history oldest to newest, with what stays of a scene where it ended, also when the turns before are not told any more, then how things stand, and the words that are answered. Rules, how things stand and the last
 * words have their room in any case, and so has what is pinned; then the last turns, other memories, and what is left goes
 * to older history.
 */
export const buildPrompt = (telling: Telling): Prompt => {
	const { cast, standing, span, kind, note = null, edited = null, goesOn = null, room = null } = telling;
	const all = room === null ? null : Math.max(LEAST_TOKENS, Math.floor(room.tokens / room.ratio));
	const part = (share: number, enough: number): number =>
		all === null ? enough : Math.min(enough, Math.floor(all * share));
	const instructions = instructionsFor(cast, all === null ? Infinity : Math.floor(all * CAST_SHARE));
	const tailMost = part(TAIL_SHARE, TAIL_ENOUGH_TOKENS);
	const memoryMost = part(MEMORY_SHARE, MEMORY_ENOUGH_TOKENS);
	const tail =
		cast.kind === 'case' ? caseTail(telling.told, standing.note, tailMost) : tailFor(standing, tailMost);

	const asked = [
		...(kind === 'interjection' ? [putIn(cast.speaker.name)] : []),
		...(kind === 'draft' ? [draftFor(cast.speaker.name)] : []),
		...(note === null || note.trim() === ''
			? []
			: [kind === 'draft' ? jotted(note.trim()) : forThisReply(note.trim())])
	];
	const own = [...asked, edited ?? '', goesOn ?? ''].reduce((sum, text) => sum + estimateTokens(text), 0);
	const left =
		all === null
			? HISTORY_MAX_TOKENS + tailMost + memoryMost
			: Math.max(HISTORY_LEAST_TOKENS, all - estimateTokens(instructions.text) - own);
	const scenes = toldScenes(telling.scenes.stayed, part(SCENES_SHARE, SCENES_ENOUGH_TOKENS));
	const free = left - tail.tokens - scenes.tokens;
	const memories = remembered(telling, {
		pinned: free - Math.max(HISTORY_LEAST_TOKENS, weighNewest(telling.newest, 1)),
		others: Math.min(memoryMost, free - weighNewest(telling.newest, FLOOR_TURNS))
	});
	const history = trimmed(
		span,
		// what is pinned stays from turn to turn, so that nothing moves by this either
		left - tailMost - scenes.tokens - Math.max(memoryMost, memories.pinned),
		free - memories.tokens,
		telling.newest
	);

	const turns = history.turns.map((turn) =>
		edited !== null && turn.turnId === telling.answers ? { ...turn, text: edited } : turn
	);
	const lines = linesFor(woven(turns, scenes.kept), {
		botId: telling.speakerId,
		hasCompany: hasCompany(cast),
		nameless: capital(NAMELESS_PLAYER)
	});
	const { before, words } = parted(lines, telling.answers);
	const now = tail.with(memories.kept);
	const said = (texts: readonly string[]) => texts.map((text) => ({ role: 'user' as const, text }));
	const opening =
		lines[0]?.role === 'assistant' ? said([history.cut ? GOES_ON[cast.kind] : BEGINS[cast.kind]]) : [];
	const stable = inMessages([...opening, ...before]);
	const messages = inMessages([
		...opening,
		...before,
		...said([now.text]),
		...words,
		...said(words.length === 0 ? [GOES_ON[cast.kind], ...asked] : asked)
	]);
	const request: ProseRequest = {
		jobId: telling.jobId,
		chatId: telling.chatId,
		turnId: telling.turnId,
		alternative: telling.alternative,
		instructions: instructions.text,
		messages:
			goesOn === null
				? messages
				: // as two messages more, since many models refuse to have their own begun for them
					[...messages, { role: 'assistant', text: goesOn.trimEnd() }, { role: 'user', text: goOn(goesOn) }],
		steady: steadyOf(stable, messages),
		story: {
			...telling.story,
			words: turns.find(({ turnId }) => turnId === telling.answers)?.text ?? '',
			heard: turns.findLast(({ speakerId }) => speakerId !== telling.speakerId)?.text ?? ''
		}
	};
	const sized = (each: readonly { readonly text: string }[]): number =>
		each.reduce((sum, { text }) => sum + estimateTokens(text), 0);
	const ended = new Set(scenes.kept.map(({ turnId }) => turnId));
	const isScene = ({ turnId }: Line): boolean => ended.has(turnId);
	const taken: readonly PartTaken[] = [
		...instructions.taken,
		{
			part: 'scenes',
			tokens: sized(before.filter(isScene)),
			dropped: [...scenes.dropped, ...beyond('scene', telling.scenes.beyond)]
		},
		{
			part: 'history',
			tokens: sized(before.filter((line) => !isScene(line))),
			dropped: history.dropped
		},
		...now.taken,
		{ part: 'memories', tokens: 0, dropped: memories.dropped },
		{ part: 'note', tokens: sized(said([...asked, ...(goesOn === null ? [] : [goOn(goesOn)])])) },
		{ part: 'words', tokens: sized(words) + estimateTokens(goesOn ?? '') }
	];
	return { request, parts: sharesOf(taken) };
};

/** As many of the last turns, and so much of them, are what memories are looked up by. */
const CUE_TURNS = 2;

/** `pinned`, `others`: how many tokens all of them may take once those have come. */
const remembered = (
	{ newest, recall, edited = null, answers }: Telling,
	most: { readonly pinned: number; readonly others: number }
): {
	readonly kept: readonly string[];
	readonly tokens: number;
	/** Of them, those of what is pinned. */
	readonly pinned: number;
	readonly dropped: readonly LeftOut[];
} => {
	const told = newest(CUE_TURNS * 4).filter(({ untold }) => untold === null);
	const cue = told
		.slice(-CUE_TURNS)
		.map((turn) => (edited !== null && turn.turnId === answers ? edited : turn.text))
		.join('\n');
	const kept: string[] = [];
	const dropped: LeftOut[] = [];
	let tokens = 0;
	let held = 0;
	const mind = recall(cue);
	for (const { text, pinned } of mind.recalled) {
		const cost = estimateTokens(text) + LINE_TOKENS;
		if (tokens + cost > (pinned ? Math.max(most.pinned, most.others) : most.others)) {
			const kind = pinned ? 'pinned' : 'memory';
			dropped.push({ what: { kind, name: nameOf(text), count: 1 }, why: 'no_room' });
			continue;
		}
		tokens += cost;
		if (pinned) held += cost;
		kept.push(text);
	}
	return { kept, tokens, pinned: held, dropped: [...dropped, ...beyond('memory', mind.beyond)] };
};

/** What a line of its own costs besides its words. */
const LINE_TOKENS = 2;

/**
 * Lines before how things stand, and after: the words that are answered and what was said since, if it is all said to the
 * speaker. What the speaker said itself has passed by then.
 */
const parted = (
	lines: readonly Line[],
	turnId: string
): { readonly before: readonly Line[]; readonly words: readonly Line[] } => {
	const answered = lines.findIndex((line) => line.turnId === turnId);
	const own = lines.findLastIndex(({ role }) => role === 'assistant');
	const at = Math.max(own + 1, answered === -1 ? lines.length - 1 : answered);
	return { before: lines.slice(0, at), words: lines.slice(at) };
};

/** Where the stable messages end among all. */
const steadyOf = (
	stable: readonly ProseMessage[],
	messages: readonly ProseMessage[]
): ProseRequest['steady'] => {
	const last = stable.at(-1);
	const grown = messages[stable.length - 1];
	if (last === undefined || grown === undefined || grown.text === last.text)
		return { messages: stable.length, chars: 0 };
	return {
		messages: stable.length - 1,
		chars: grown.joints?.find((joint) => joint > last.text.length) ?? last.text.length
	};
};

const lastWords = (text: string): string => {
	const end = text.trimEnd().slice(-LAST_WORDS_CHARS);
	return end.length < LAST_WORDS_CHARS ? end : end.replace(/^\S*\s+(?=\S)/u, '');
};
