// The page of the benchmarks: runs its two workers by turns, and makes figures of what they measured.
import * as Comlink from 'comlink';
import { figure, quantile, type Figure } from '../../scripts/figures.js';
import type { BaselineApi, MeasuredApi, Weight } from './workers.ts';

export interface Sizes {
	/** Turns of the long chat, and of each of the short ones. */
	readonly long: number;
	readonly short: number;
	/** How many short chats there are beside the long one. */
	readonly shortChats: number;
}

export interface EngineReport {
	readonly figures: readonly Figure[];
	/** What else was measured, a line each. */
	readonly notes: readonly string[];
	readonly weight: Weight;
}

/** What scripts/bench.js calls. */
export interface Bench {
	engine(sizes: Sizes): Promise<EngineReport>;
	/** Fills the product's own library for the built app. Answers the chats. */
	seedApp(sizes: Sizes): Promise<{ readonly long: string; readonly short: string }>;
	/**
	 * Fills the product's own library with so many events, in ten chats, and inserts all of its rows by hand into a file
	 * beside it: how long that takes.
	 */
	seedEvents(events: number): Promise<{ readonly rows: number; readonly ms: number }>;
}

declare global {
	interface Window {
		bench?: Bench;
	}
}

const LARGE = 'bench-large';
const SMALL = 'bench-small';
// the product's own: what the built app opens
const PRODUCT = 'stet';

const ROUNDS = 24;
const WARM_UP_ROUNDS = 4;
const A_ROUND = 8;
const REPLAYS = 3;
/** What is asked of a chat is asked so often, of the long one and the short one by turns. */
const ASK_ROUNDS = 6;
const A_ROUND_ASKS = 8;
const TAKEN_BACK = 20;
const REWOUND_TURNS = 100;
const CHATS_OF_A_FILE = 10;
const EVENTS_OF_A_TURN = 12;
/** Turns that are committed one by one before what is taken back or weighed: as many as keep their changesets. */
const ONE_BY_ONE = 200;

const median = (sample: readonly number[]): number => quantile(sample, 0.5);

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

const say = (line: string): void => {
	// scripts/bench.js shows it
	console.log(line);
};

const start = () => ({
	measured: Comlink.wrap<MeasuredApi>(
		new Worker(new URL('./measured.worker.ts', import.meta.url), { type: 'module' })
	),
	baseline: Comlink.wrap<BaselineApi>(
		new Worker(new URL('./baseline.worker.ts', import.meta.url), { type: 'module' })
	)
});

const { measured, baseline } = start();

const seed = async ({ long, short, shortChats }: Sizes) => {
	const began = performance.now();
	await measured.open(LARGE);
	await measured.open(SMALL);
	const chatId = await measured.newChat(LARGE);
	await measured.fill(LARGE, chatId, Math.max(1, long - ONE_BY_ONE));
	for (let n = 0; n < shortChats; n++) await measured.fill(LARGE, await measured.newChat(LARGE), short);
	await measured.commits(LARGE, chatId, long - ONE_BY_ONE, Math.min(ONE_BY_ONE, long));
	const smallId = await measured.newChat(SMALL);
	await measured.fill(SMALL, smallId, short);
	say(
		`${String(long)} + ${String(shortChats)} × ${String(short)} turns of 12 events in ${ms(performance.now() - began)}`
	);
	return { chatId, smallId };
};

/** Commits to both libraries and raw appends, by turns, so that what slows the machine slows all. */
const commits = async (chatId: string, smallId: string, sizes: Sizes, turnBytes: number) => {
	const large: number[] = [];
	const small: number[] = [];
	const floor: number[] = [];
	for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
		const from = (round + WARM_UP_ROUNDS) * A_ROUND;
		const raw = await baseline.appendAndFlush(turnBytes, A_ROUND);
		const inLarge = await measured.commits(LARGE, chatId, sizes.long + from, A_ROUND);
		const inSmall = await measured.commits(SMALL, smallId, sizes.short + from, A_ROUND);
		if (round < 0) continue;
		floor.push(...raw);
		large.push(...inLarge);
		small.push(...inSmall);
	}
	return { large: median(large), small: median(small), floor: median(floor) };
};

const engine = async (sizes: Sizes): Promise<EngineReport> => {
	const figures: Figure[] = [];
	const notes: string[] = [];
	const { chatId, smallId } = await seed(sizes);

	const weight = await measured.weigh(LARGE);
	const turns = sizes.long + sizes.shortChats * sizes.short;
	figures.push(
		figure({
			name: 'disk_bytes_vs_event_bytes',
			value: weight.fileBytes / turns,
			unit: 'bytes per turn',
			baseline: weight.eventBytes / turns,
			against: 'log rows as text',
			limits: [['ratio', '≤', 2.5]]
		})
	);
	notes.push(
		`payloads alone: ${String(Math.round(weight.payloadBytes / turns))} bytes per turn, ${(weight.fileBytes / weight.payloadBytes).toFixed(2)} × on disk`
	);

	say('committing turns …');
	const turnBytes = Math.round(weight.eventBytes / turns);
	const commit = await commits(chatId, smallId, sizes, turnBytes);
	figures.push(
		figure({
			name: 'commit_turn_vs_floor',
			value: commit.large,
			unit: 'ms',
			baseline: commit.floor,
			against: `raw append + flush of ${String(turnBytes)} bytes`,
			limits: [['ratio', '≤', 4]]
		}),
		figure({
			name: 'commit_turn_10k_vs_100',
			value: commit.large,
			unit: 'ms',
			baseline: commit.small,
			against: `a library of ${String(sizes.short)} turns`,
			limits: [['ratio', '≤', 1.2]]
		})
	);

	say('asking …');
	const chats = [
		[LARGE, chatId],
		[SMALL, smallId]
	] as const;
	for (const [folder, chat] of chats) await measured.invite(folder, chat);
	const taken: Record<string, { readonly large: number[]; readonly small: number[] }> = {};
	for (let round = -1; round < ASK_ROUNDS; round++)
		for (const [folder, chat] of chats) {
			const asked = {
				...(await measured.asks(folder, chat, A_ROUND_ASKS)),
				...(await measured.stages(folder, chat, A_ROUND_ASKS))
			};
			// the first round warms up
			if (round < 0) continue;
			for (const [name, times] of Object.entries(asked)) {
				const of = (taken[name] ??= { large: [], small: [] });
				of[folder === LARGE ? 'large' : 'small'].push(...times);
			}
		}
	for (const [name, { large, small }] of Object.entries(taken))
		figures.push(
			figure({
				name: `ask_${name}_10k_vs_100`,
				value: median(large),
				unit: 'ms',
				baseline: median(small),
				against: `a library of ${String(sizes.short)} turns`,
				limits: []
			})
		);

	say('rewinding …');
	const takenBack: number[] = [];
	for (let n = 0; n < TAKEN_BACK; n++) {
		takenBack.push(await measured.rewind(LARGE, chatId, 1));
		await measured.commits(LARGE, chatId, n, 1);
	}
	const rewound = await measured.rewind(LARGE, chatId, REWOUND_TURNS);

	say('replaying …');
	const replays: number[] = [];
	let events = 0;
	for (let n = 0; n < REPLAYS; n++) {
		const replay = await measured.replay(LARGE);
		events = replay.events;
		replays.push(replay.ms);
	}
	const replay = median(replays);
	figures.push(
		figure({
			name: 'undo_newest_vs_replay',
			value: median(takenBack),
			unit: 'ms',
			baseline: replay,
			against: 'full replay',
			limits: [['ratio', '≤', 1 / 100]]
		}),
		figure({
			name: 'rewind100_vs_replay',
			value: rewound,
			unit: 'ms',
			baseline: replay,
			against: 'full replay',
			limits: [['ratio', '≤', 1 / 20]]
		})
	);

	await measured.close(LARGE);
	await measured.close(SMALL);
	const raws: number[] = [];
	let rows = 0;
	for (let n = 0; n < REPLAYS; n++) {
		const raw = await baseline.insertRows(LARGE, weight.projections);
		rows = raw.rows;
		raws.push(raw.ms);
	}
	figures.push(
		figure({
			name: 'replay_vs_raw_insert',
			value: events / (replay / 1000),
			unit: 'events/s',
			baseline: events / (median(raws) / 1000),
			against: `its ${String(rows)} rows by prepared statements`,
			limits: [['ratio', '≥', 1 / 3]]
		})
	);
	notes.push(
		`full replay of ${String(events)} events: ${ms(replay)}; raw insert of its rows: ${ms(median(raws))}`
	);
	return { figures, notes, weight };
};

window.bench = {
	engine,
	seedApp: async ({ long, short }) => {
		await measured.open(PRODUCT);
		const chats = { long: await measured.newChat(PRODUCT), short: await measured.newChat(PRODUCT) };
		await measured.fill(PRODUCT, chats.long, long);
		await measured.fill(PRODUCT, chats.short, short);
		await measured.close(PRODUCT);
		return chats;
	},
	seedEvents: async (events) => {
		await measured.open(PRODUCT);
		for (let n = 0; n < CHATS_OF_A_FILE; n++)
			await measured.fill(
				PRODUCT,
				await measured.newChat(PRODUCT),
				Math.ceil(events / EVENTS_OF_A_TURN / CHATS_OF_A_FILE)
			);
		const { projections } = await measured.weigh(PRODUCT);
		await measured.close(PRODUCT);
		return baseline.insertRows(PRODUCT, ['event_log', ...projections]);
	}
};
