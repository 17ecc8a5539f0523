// The history in a prompt: which turns a speaker is told, cut in blocks, and on whose side each stands.
import { nameOf, type LeftOut } from './prompt-parts.ts';
import { estimateMessage } from './tokens.ts';

export interface ProseMessage {
	readonly role: 'user' | 'assistant';
	readonly text: string;
	/** Where in the text each turn but the first begins, when it is made of several. */
	readonly joints?: readonly number[];
}

/** History is trimmed in blocks of this many turns, so that the prefix stays the same, and cached, for many turns. */
const TRIM_BLOCK_TURNS = 16;
/** As many turns are read at first, in blocks. */
const FIRST_BLOCKS = 8;
/** The newest turns, which stay before memories and older ones do. */
export const FLOOR_TURNS = 6;

/** A turn of the chat, as a prompt may tell it. */
export interface ToldTurn {
	readonly turnId: string;
	/** From 1, without a gap. */
	readonly number: number;
	readonly role: 'user' | 'assistant' | 'narrator';
	readonly speakerId: string | null;
	/** As that one is called today; empty: a player without a name. */
	readonly name: string;
	/** Why it is not told, its text then empty; null: it is. */
	readonly untold: 'hidden' | 'not_there' | 'elsewhere' | null;
	readonly text: string;
}

/** A scene that is over, and what stays of it. */
export interface ToldScene {
	readonly sceneId: string;
	readonly place: string | null;
	/** The number of the turn it ended after. */
	readonly after: number;
	readonly text: string;
}

/** The newest `count` turns that a prompt may know of, oldest first; fewer when there are no more. */
export type NewestTurns = (count: number) => readonly ToldTurn[];

export interface History {
	/** Oldest first; all told. */
	readonly turns: readonly ToldTurn[];
	/** Whether the story begins before them. */
	readonly cut: boolean;
	readonly dropped: readonly LeftOut[];
}

const weigh = (turn: ToldTurn): number => (turn.untold === null ? estimateMessage(turn) : 0);

const countUntold = (turns: readonly ToldTurn[]): readonly LeftOut[] =>
	(['hidden', 'not_there', 'elsewhere'] as const).flatMap((why) => {
		const count = turns.filter(({ untold }) => untold === why).length;
		return count === 0 ? [] : [{ what: { kind: 'turns', name: '', count }, why }];
	});

/** Tokens of the newest told turns, at most `count` of them. */
export const weighNewest = (newest: NewestTurns, count: number): number => {
	const told = newest(TRIM_BLOCK_TURNS).filter(({ untold }) => untold === null);
	return told.slice(-count).reduce((sum, turn) => sum + weigh(turn), 0);
};

/**
 * The newest turns that fit into `most` estimated tokens, cut at a block border so that the prefix stays; of the last few,
 * as many as fit into `mostOfLast`, and one in any case. `begins` and `ends` are the numbers of the first and the last turn
 * that may be told. Reads back from the end in growing windows, so that the cost does not follow the length of the chat.
 */
export const trimmed = (
	{ begins, ends }: { readonly begins: number; readonly ends: number },
	most: number,
	mostOfLast: number,
	newest: NewestTurns
): History => {
	const all = ends - begins + 1;
	let blocks = FIRST_BLOCKS;
	let rows: readonly ToldTurn[];
	let weight: number;
	for (;;) {
		const count = Math.min(all, (ends % TRIM_BLOCK_TURNS) + TRIM_BLOCK_TURNS * blocks);
		rows = newest(count);
		weight = rows.reduce((sum, turn) => sum + weigh(turn), 0);
		if (count === all || weight > most) break;
		blocks *= 2;
	}
	let kept = rows;
	const leave = (next: readonly ToldTurn[]): void => {
		for (const turn of kept.slice(0, kept.length - next.length)) weight -= weigh(turn);
		kept = next;
	};
	while (weight > most) {
		const next = fromNextBlock(kept);
		if (countTold(next) < FLOOR_TURNS) break;
		leave(next);
	}
	// no block is left to go: turn by turn, down to the last few, which have more room
	while (weight > most && countTold(kept) > FLOOR_TURNS) leave(kept.slice(1));
	while (weight > Math.max(most, mostOfLast) && countTold(kept) > 1) leave(kept.slice(1));
	const gone = (kept[0]?.number ?? begins) - begins;
	return {
		turns: kept.filter(({ untold }) => untold === null),
		cut: gone > 0,
		dropped: [
			...(gone > 0 ? [{ what: { kind: 'turns', name: '', count: gone }, why: 'no_room' } as const] : []),
			...countUntold(kept)
		]
	};
};

const countTold = (turns: readonly ToldTurn[]): number =>
	turns.filter(({ untold }) => untold === null).length;

const fromNextBlock = (turns: readonly ToldTurn[]): readonly ToldTurn[] => {
	const blockOf = ({ number }: ToldTurn): number => Math.floor((number - 1) / TRIM_BLOCK_TURNS);
	const [first] = turns;
	return first === undefined ? [] : turns.filter((turn) => blockOf(turn) > blockOf(first));
};

const asNarrated = ({ sceneId, place, after, text }: ToldScene): ToldTurn => ({
	turnId: sceneId,
	number: after,
	role: 'narrator',
	speakerId: null,
	name: '',
	untold: null,
	text: `What stays of the scene ${place === null ? 'that is over' : `at ${place}`}: ${text}`
});

/**
 * What is told of scenes that are over, in at most so many estimated tokens: the newest, oldest first. It does not depend on
 * which turns are told, so that nothing moves by it.
 */
export const toldScenes = (
	scenes: readonly ToldScene[],
	most: number
): {
	readonly kept: readonly ToldTurn[];
	readonly tokens: number;
	readonly dropped: readonly LeftOut[];
} => {
	const all = scenes.map(asNarrated);
	let tokens = 0;
	let first = all.length;
	for (const [at, scene] of [...all.entries()].reverse()) {
		const cost = weigh(scene);
		if (tokens + cost > most) break;
		tokens += cost;
		first = at;
	}
	return {
		kept: all.slice(first),
		tokens,
		dropped: scenes
			.slice(0, first)
			.map(({ text }) => ({ what: { kind: 'scene', name: nameOf(text), count: 1 }, why: 'no_room' }))
	};
};

/** Scenes that are over where they ended; those that ended before the first turn that is told, before it. */
export const woven = (turns: readonly ToldTurn[], scenes: readonly ToldTurn[]): readonly ToldTurn[] =>
	// a sort that keeps what is equal in order: a turn, then what ended with it
	[...turns, ...scenes].toSorted((one, other) => one.number - other.number);

/** One of the sides a provider knows, and what stands there. */
export interface Line {
	readonly turnId: string;
	readonly role: ProseMessage['role'];
	readonly text: string;
}

/**
 * Turns as one speaker is told them: its own are the assistant's, all others are the user's, named where there is more than
 * one other voice; what a narrator says stands in double brackets.
 */
export const linesFor = (
	turns: readonly ToldTurn[],
	speaker: { readonly botId: string | null; readonly hasCompany: boolean; readonly nameless: string }
): readonly Line[] => {
	const isOwn = (who: string | null): boolean => who !== null && who === speaker.botId;
	// one who has left is named as long as what they said is told
	const voices = new Set(
		turns.flatMap(({ role, speakerId }) =>
			role === 'narrator' || isOwn(speakerId) ? [] : [role === 'user' ? null : speakerId]
		)
	);
	const named = speaker.hasCompany || voices.size > 1;
	return turns.map(({ turnId, role, speakerId, name, text }) => {
		if (role === 'narrator') return { turnId, role: 'user', text: `((${text}))` };
		if (isOwn(speakerId)) return { turnId, role: 'assistant', text };
		return {
			turnId,
			role: 'user',
			text: named ? `${name === '' ? speaker.nameless : name}: ${text}` : text
		};
	});
};

/** Lines of one side in a row become one message: many providers insist that the sides alternate. */
export const inMessages = (lines: readonly Pick<Line, 'role' | 'text'>[]): readonly ProseMessage[] => {
	const messages: ProseMessage[] = [];
	for (const { role, text } of lines) {
		const last = messages.at(-1);
		if (last?.role !== role) messages.push({ role, text });
		else
			messages[messages.length - 1] = {
				role,
				text: `${last.text}${BETWEEN}${text}`,
				joints: [...(last.joints ?? []), last.text.length + BETWEEN.length]
			};
	}
	return messages;
};

const BETWEEN = '\n\n';
