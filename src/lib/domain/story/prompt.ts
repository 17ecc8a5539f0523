// What a model is asked for one reply: the request every provider, and the demo storyteller, gets.
import { z } from '../kernel/schema.ts';
import { estimateMessage, estimateTokens } from './tokens.ts';

export interface ProseMessage {
	readonly role: 'user' | 'assistant';
	readonly text: string;
}

/** Everything a model needs for one reply. Provider-free: adapters turn it into their wire form. */
export interface ProseRequest {
	readonly jobId: string;
	readonly chatId: string;
	/** The user turn that is answered. */
	readonly turnId: string;
	/** 0 for the first reply to the turn, 1 for its first alternative, and so on. */
	readonly alternative: number;
	/** Rules and cast: the stable prefix. */
	readonly instructions: string;
	/** History, oldest first, beginning with the player's side and ending with the words that are answered. */
	readonly messages: readonly ProseMessage[];
	/** Facts in the clear, for the demo storyteller, which reads no prompt. */
	readonly story: {
		readonly bot: string;
		readonly you: string;
		/** A place the story has named, if any. */
		readonly place: string | null;
		/** The user turn's number in the chat, from 1. */
		readonly turn: number;
		/** The player's last words. */
		readonly words: string;
	};
}

/** Longest history sent where nobody says how much fits, in estimated tokens. */
const HISTORY_MAX_TOKENS = 16_000;
/** However little room the rules and the cast leave, some of what was said last is told. */
const HISTORY_LEAST_TOKENS = 256;
/** History is trimmed in blocks of this many turns, so that the prefix stays the same, and cached, for many turns. */
const TRIM_BLOCK_TURNS = 16;

/** Said for the player where the history begins with the bot: many chat templates insist that the player is first. */
const STORY_BEGINS = '(The story begins.)';
/** So that the place is found where the two belong together (`seam.ts`). */
const goOn = (text: string): string =>
	`((Your last message broke off. Begin with its last words, exactly as they stand: ${lastWords(text)} – and go straight on from there. Say nothing else again, and nothing about going on.))`;
const LAST_WORDS_CHARS = 40;
const STORY_GOES_ON = '(The story goes on.)';

export const HISTORY_ROW = z.object({ role: z.enum(['user', 'assistant']), text: z.string() });

/**
 * Builds the request for one reply. Order is by volatility: rules and cast first (no clock, no changing numbers),
 * then history oldest to newest, ending with the words that are answered.
 */
export const buildProseRequest = (given: {
	readonly jobId: string;
	readonly chatId: string;
	readonly turnId: string;
	readonly alternative: number;
	readonly host: {
		readonly name: string;
		readonly description: string;
		readonly scenario: string;
		readonly examples: string;
	};
	readonly you: { readonly name: string; readonly description: string } | null;
	readonly place: string | null;
	/** The answered user turn's number among user turns, from 1. */
	readonly turn: number;
	/** Turns of the chat up to and including the answered one. */
	readonly total: number;
	/** The newest `count` turns up to and including the answered one, oldest first. */
	readonly newest: (count: number) => readonly z.output<typeof HISTORY_ROW>[];
	/** What the player asks of this one reply, or null. */
	readonly note?: string | null;
	/** The words the answered turn gets with this reply, or null: as it is. */
	readonly edited?: string | null;
	/** The words of this reply so far, or null: it is to go on after them. */
	readonly goesOn?: string | null;
	/** How many of the model's tokens the prompt may have, and how many of those one estimated token is. */
	readonly room?: { readonly tokens: number; readonly ratio: number } | null;
}): ProseRequest => {
	const { host, you } = given;
	const youName = you?.name ?? 'the player';
	const part = (heading: string, text: string | null) =>
		text === null || text.trim() === '' ? [] : [`## ${heading}\n${text.trim()}`];
	const instructions = [
		[
			`You are ${host.name}, a character in a story told together with ${youName}.`,
			`Write only what ${host.name} says, does and notices, and how the world answers. Never speak, decide or feel for ${youName}.`,
			'Speech stands in "quotation marks", actions in *asterisks*. Words in ((double brackets)) are asides out of the story; answer them plainly.',
			'Stay with what has been told. Leave room for the other to act.'
		].join('\n'),
		...part(`Who ${host.name} is`, host.description),
		...part(`Who ${youName} is`, you?.description ?? null),
		...part('How it begins', host.scenario),
		...part('Where', given.place),
		...part(`How ${host.name} talks`, host.examples)
	].join('\n\n');

	const { note = null, edited = null, goesOn = null, room = null } = given;
	const fixed = [instructions, note ?? '', edited ?? '', goesOn ?? ''].reduce(
		(sum, text) => sum + estimateTokens(text),
		0
	);
	const left =
		room === null
			? HISTORY_MAX_TOKENS
			: Math.max(HISTORY_LEAST_TOKENS, Math.floor(room.tokens / room.ratio) - fixed);
	const history = withEdit(trimmed(given.total, left, given.newest), edited);
	return {
		jobId: given.jobId,
		chatId: given.chatId,
		turnId: given.turnId,
		alternative: given.alternative,
		instructions,
		messages: goingOn(
			withNote(
				playerFirst(inTurns(history), history.length < given.total ? STORY_GOES_ON : STORY_BEGINS),
				note
			),
			goesOn
		),
		story: {
			bot: host.name,
			you: you?.name ?? '',
			place: given.place,
			turn: given.turn,
			words: history.findLast((turn) => turn.role === 'user')?.text ?? ''
		}
	};
};

/**
 * The newest turns that fit into `most` estimated tokens, cut at a block border so that the prefix stays.
 * Reads back from the end in growing windows, so that the cost does not follow the length of the chat.
 */
const trimmed = (
	total: number,
	most: number,
	newest: (count: number) => readonly z.output<typeof HISTORY_ROW>[]
): readonly ProseMessage[] => {
	let blocks = 8;
	let rows: readonly z.output<typeof HISTORY_ROW>[];
	let weights: readonly number[];
	let weight: number;
	for (;;) {
		const count = Math.min(total, (total % TRIM_BLOCK_TURNS) + TRIM_BLOCK_TURNS * blocks);
		rows = newest(count);
		weights = rows.map(estimateMessage);
		weight = weights.reduce((sum, each) => sum + each, 0);
		if (count === total || weight > most) break;
		blocks *= 2;
	}
	let from = 0;
	while (weight > most && rows.length - from > 1) {
		const gone = rows.length - from > TRIM_BLOCK_TURNS ? TRIM_BLOCK_TURNS : 1;
		for (const each of weights.slice(from, from + gone)) weight -= each;
		from += gone;
	}
	return rows.slice(from);
};

/** Turns of one side in a row become one message: many providers insist that the sides alternate. */
const inTurns = (turns: readonly ProseMessage[]): readonly ProseMessage[] => {
	const messages: ProseMessage[] = [];
	for (const { role, text } of turns) {
		const last = messages.at(-1);
		if (last?.role === role) messages[messages.length - 1] = { role, text: `${last.text}\n\n${text}` };
		else messages.push({ role, text });
	}
	return messages;
};

const playerFirst = (messages: readonly ProseMessage[], line: string): readonly ProseMessage[] =>
	messages[0]?.role === 'assistant' ? [{ role: 'user', text: line }, ...messages] : messages;

const withEdit = (history: readonly ProseMessage[], edited: string | null): readonly ProseMessage[] =>
	edited === null
		? history
		: history.map((turn, i) => (i === history.length - 1 ? { role: turn.role, text: edited } : turn));

/** The note stands at the very end, so that all before it stays the same, and cached. */
const withNote = (messages: readonly ProseMessage[], note: string | null): readonly ProseMessage[] =>
	note === null || note.trim() === ''
		? messages
		: messages.map((message, i) =>
				i === messages.length - 1
					? { role: message.role, text: `${message.text}\n\n((For this reply: ${note.trim()}))` }
					: message
			);

/** As two messages more, since many models refuse to have their own begun for them. */
const goingOn = (messages: readonly ProseMessage[], text: string | null): readonly ProseMessage[] =>
	text === null
		? messages
		: [...messages, { role: 'assistant', text: text.trimEnd() }, { role: 'user', text: goOn(text) }];

const lastWords = (text: string): string => {
	const end = text.trimEnd().slice(-LAST_WORDS_CHARS);
	return end.length < LAST_WORDS_CHARS ? end : end.replace(/^\S*\s+(?=\S)/u, '');
};
