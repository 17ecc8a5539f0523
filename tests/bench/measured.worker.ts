// What is measured: the product's own storage and kernel, on real files, in a worker as in the product.
import * as Comlink from 'comlink';
import { v7 as newId } from 'uuid';
import { createApp, type App, type Vocabulary } from '#lib/domain/kernel/app.ts';
import type { Result } from '#lib/domain/kernel/result.ts';
import { z } from '#lib/domain/kernel/schema.ts';
import { createPool } from '#lib/worker/storage/pool.ts';
import { openMemory, type Connection } from '#lib/worker/storage/sqlite.ts';
import { openStore, type Store } from '#lib/worker/storage/store.ts';
import { fillingVocabulary, prose } from '../support/effects.ts';
import type { MeasuredApi } from './workers.ts';

const FILL_AT_ONCE = 100;
/** As many turns as a screen asks the effects of. */
const SHOWN_TURNS = 60;

interface Library {
	readonly store: Store;
	readonly app: App;
	readonly connection: Connection;
	readonly words: Vocabulary;
}

const libraries = new Map<string, Library>();

const library = (folder: string): Library => {
	const found = libraries.get(folder);
	if (found === undefined) throw new Error(`${folder} is not open`);
	return found;
};

const nothing = (): undefined => undefined;

const dispatch = async (folder: string, name: string, input: unknown): Promise<unknown> => {
	const result = (await library(folder).store.perform({
		method: 'dispatch',
		command: { id: crypto.randomUUID(), name, input }
	})) as Result<unknown>;
	if (!result.ok) throw new Error(`${name} was refused: ${JSON.stringify(result.error)}`);
	return result.value;
};

const ask = (folder: string, name: string, input: unknown): Promise<unknown> =>
	library(folder).store.perform({ method: 'ask', name, input });

const checkpoint = ({ connection }: Library): void => {
	connection.all({ text: 'pragma wal_checkpoint(truncate)', values: [] });
};

const timed = async (work: () => unknown): Promise<number> => {
	const start = performance.now();
	await work();
	return performance.now() - start;
};

const number = z.object({ n: z.number() });
const turnsAnswer = z.object({ turns: z.array(z.object({ turnId: z.string(), role: z.string() })) });

/** The ids of the newest turns, oldest first. */
const newest = async (folder: string, chatId: string, limit: number): Promise<readonly string[]> =>
	turnsAnswer.parse(await ask(folder, 'transcript', { chatId, limit })).turns.map(({ turnId }) => turnId);

/** Refuses to measure anything but the way that is meant. */
const mustBeUndone = (value: unknown): void => {
	const { rung } = z.object({ rung: z.string() }).parse(value);
	if (rung !== 'undo') throw new Error(`taken back by ${rung}, not by changesets`);
};

const jobAnswer = z.object({ jobId: z.string() });

/** Asks so many times for what a model is asked at the stage a job is at; what it takes, and which stage that is. */
const stage = async (folder: string, jobId: string, times: number, merged = false) => {
	const taken: number[] = [];
	let answer: unknown;
	for (let n = 0; n < times; n++)
		taken.push(
			await timed(async () => {
				answer = await ask(folder, 'stage_request', { jobId, merged });
			})
		);
	const asked = z.object({ stage: z.string(), classifier: z.string().default('prose') }).parse(answer);
	return { name: asked.classifier, at: asked.stage, taken };
};

const api: MeasuredApi = {
	open: async (folder) => {
		const words = fillingVocabulary;
		const pool = createPool({ folder });
		const parts: { app: App | null; connection: Connection | null } = { app: null, connection: null };
		const store = await openStore({
			openFile: async () => {
				const file = await pool.openFile();
				parts.connection = file.connection;
				return file;
			},
			createApp: (deps) => {
				parts.app = createApp({
					...deps,
					vocabulary: words,
					// ids as log.worker.ts makes them
					world: { now: () => Date.now(), newId: () => newId() }
				});
				return parts.app;
			},
			shelf: pool.shelf,
			now: () => Date.now(),
			hasRoom: () => pool.hasRoom(),
			onRepaired: nothing,
			openScratch: openMemory,
			onChange: nothing,
			onFailing: nothing,
			onBusy: nothing,
			onDeposed: nothing
		});
		const { app, connection } = parts;
		if (app === null || connection === null) throw new Error('not opened');
		libraries.set(folder, { store, app, connection, words });
	},
	newChat: async (folder) => {
		const { botId } = z
			.object({ botId: z.string() })
			.parse(await dispatch(folder, 'author_bot', { name: 'Mara' }));
		return z.object({ chatId: z.string() }).parse(await dispatch(folder, 'create_chat', { botId })).chatId;
	},
	fill: async (folder, chatId, turns) => {
		for (let from = 0; from < turns; from += FILL_AT_ONCE) {
			await dispatch(folder, 'play_turns', { chatId, from, count: Math.min(FILL_AT_ONCE, turns - from) });
			checkpoint(library(folder));
		}
	},
	invite: async (folder, chatId) => {
		const { botId } = z
			.object({ botId: z.string() })
			.parse(await dispatch(folder, 'author_bot', { name: 'Ben' }));
		await dispatch(folder, 'invite_guest', { chatId, botId });
	},
	asks: async (folder, chatId, times) => {
		const turnIds = await newest(folder, chatId, SHOWN_TURNS);
		const asked = {
			now: { chatId },
			transcript: { chatId },
			effects: { chatId, turnIds },
			memories: { chatId },
			story_events: { chatId }
		};
		const taken: Record<string, number[]> = {};
		for (const [name, input] of Object.entries(asked)) {
			const of: number[] = [];
			for (let n = 0; n < times; n++) of.push(await timed(() => ask(folder, name, input)));
			taken[name] = of;
		}
		return taken;
	},
	stages: async (folder, chatId, times) => {
		const { jobId } = jobAnswer.parse(
			await dispatch(folder, 'take_turn', { chatId, text: prose(1, 240), connectionId: 'bench' })
		);
		const played = [await stage(folder, jobId, times)];
		await dispatch(folder, 'finish_reply', {
			jobId,
			text: prose(2, 700),
			ended: 'whole',
			model: 'bench',
			usage: null
		});
		played.push(await stage(folder, jobId, times, true));
		// each fails, which leads to the next
		for (const next of ['observe', 'transitions', 'ask']) {
			const at = await stage(folder, jobId, times);
			if (at.at !== next) throw new Error(`at ${at.at}, not at ${next}`);
			played.push(at);
			if (next !== 'ask')
				await dispatch(folder, 'fail_stage', { jobId, stage: next, reason: { type: 'bench' } });
		}
		await dispatch(folder, 'stop_stage', { jobId });
		return Object.fromEntries(played.map(({ name, taken }) => [name, taken]));
	},
	commits: async (folder, chatId, from, count) => {
		const times: number[] = [];
		for (let n = from; n < from + count; n++)
			times.push(await timed(() => dispatch(folder, 'play_turns', { chatId, from: n })));
		return times;
	},
	rewind: async (folder, chatId, turns) => {
		const [turnId] = await newest(folder, chatId, 2 * turns + 1);
		let value: unknown;
		const ms = await timed(async () => {
			value = await dispatch(folder, 'rewind', { chatId, turnId });
		});
		mustBeUndone(value);
		if ((await newest(folder, chatId, 1))[0] !== turnId) throw new Error('not rewound to that turn');
		return ms;
	},
	replay: async (folder) => {
		const open = library(folder);
		checkpoint(open);
		let events = 0;
		const ms = await timed(() => {
			({ events } = open.app.rebuild());
		});
		checkpoint(open);
		return { events, ms };
	},
	weigh: async (folder) => {
		const open = library(folder);
		checkpoint(open);
		const all = <S extends z.ZodType>(shape: S, text: string): z.output<S>[] =>
			open.connection.all({ text, values: [] }).map((row) => shape.parse(row));
		const one = (text: string): number => all(number, text)[0]?.n ?? 0;
		const columns = all(z.object({ name: z.string() }), "select name from pragma_table_info('event_log')");
		const bytesOf = (column: string): string => `coalesce(length(cast("${column}" as blob)), 0)`;
		return {
			fileBytes: one('select page_count * page_size as n from pragma_page_count, pragma_page_size'),
			events: one('select count(*) as n from event_log'),
			eventBytes: one(
				`select sum(${columns.map(({ name }) => bytesOf(name)).join(' + ')}) as n from event_log`
			),
			payloadBytes: one(`select sum(${bytesOf('payload')}) as n from event_log`),
			parts: all(
				z.object({
					name: z.string(),
					bytes: z.number(),
					used: z.number(),
					pages: z.number(),
					overflowPages: z.number()
				}),
				`select name, sum(pgsize) as bytes, sum(pgsize - unused) as used, count(*) as pages,
					sum(pagetype = 'overflow') as overflowPages
				from dbstat group by name order by 2 desc`
			),
			projections: open.words.tables.filter(({ role }) => role === 'projection').map(({ name }) => name)
		};
	},
	close: async (folder) => {
		await library(folder).store.close();
		libraries.delete(folder);
	}
};

Comlink.expose(api);
