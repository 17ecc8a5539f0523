// What is measured: the product's own storage and kernel, on real files, in a worker as in the product.
import * as Comlink from 'comlink';
import { v7 as newId } from 'uuid';
import { createApp, type App, type Vocabulary } from '#lib/domain/kernel/app.ts';
import { decided, defineCommand } from '#lib/domain/kernel/command.ts';
import type { EventDraft } from '#lib/domain/kernel/event.ts';
import { refuse, type Result } from '#lib/domain/kernel/result.ts';
import { z } from '#lib/domain/kernel/schema.ts';
import { chats, findChat } from '#lib/domain/story/chats.ts';
import { turnEdited } from '#lib/domain/story/turns.ts';
import { id } from '#lib/domain/streams.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { createPool } from '#lib/worker/storage/pool.ts';
import { openMemory, type Connection } from '#lib/worker/storage/sqlite.ts';
import { openStore, type Store } from '#lib/worker/storage/store.ts';
import { fillingVocabulary, prose, turnOf12Events } from '../support/effects.ts';
import type { MeasuredApi } from './workers.ts';

const FILL_AT_ONCE = 100;
const EDIT_EVERY = 50;

/** Turns of the product's own vocabulary, many in one commit: what the built app is opened on. */
const playPlainTurns = defineCommand({
	name: 'play_plain_turns',
	input: z.object({ chatId: id, from: z.number().int(), count: z.number().int() }),
	reads: [chats],
	decide: ({ chatId, from, count }, read, world) => {
		const found = findChat(read, chatId);
		if (found === null) return refuse({ type: 'chat_unknown', chatId });
		const drafts: EventDraft[] = [];
		for (let n = from; n < from + count; n++) {
			const { events, replyId } = turnOf12Events(n, {
				chatId,
				hostId: found.hostId,
				newId: () => world.newId(),
				openEvent: null
			});
			drafts.push(...events.slice(0, 2));
			if (n % EDIT_EVERY === 0)
				drafts.push(
					turnEdited({
						stream: events[0]?.stream ?? '',
						anchor: replyId,
						payload: { turnId: replyId, text: prose(n + 2, 700) }
					})
				);
		}
		return decided({ events: drafts, value: { turns: count } });
	}
});

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

const fillBy =
	(command: string): MeasuredApi['fill'] =>
	async (folder, chatId, turns) => {
		for (let from = 0; from < turns; from += FILL_AT_ONCE) {
			await dispatch(folder, command, { chatId, from, count: Math.min(FILL_AT_ONCE, turns - from) });
			checkpoint(library(folder));
		}
	};

const api: MeasuredApi = {
	open: async (folder, effects) => {
		const words = effects
			? fillingVocabulary
			: { ...vocabulary, commands: [...vocabulary.commands, playPlainTurns] };
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
	fill: fillBy('play_turns'),
	fillPlain: fillBy('play_plain_turns'),
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
