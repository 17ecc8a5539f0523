// A worker for tests: one tab's storage, on a library of its own.
import * as Comlink from 'comlink';
import { createApp } from '#lib/domain/kernel/app.ts';
import { sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { createLogTab, type LogTab } from '#lib/worker/storage/log-tab.ts';
import { bytesOf } from '#lib/worker/storage/shelf.ts';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import type { TabWorkerApi } from './storage-workers.ts';

let made: LogTab | null = null;

const tab = (): LogTab => {
	if (made === null) throw new Error('call use first');
	return made;
};

Comlink.expose({
	use: (scope, protocol) => {
		made = createLogTab({
			vocabulary,
			world: { now: () => Date.now(), newId: () => crypto.randomUUID() },
			scope,
			protocol
		});
	},
	start: (visible, id) => {
		tab().api.start(visible, id);
	},
	dispatch: (command) => tab().api.dispatch(command),
	ask: (name, input) => tab().api.ask(name, input),
	watch: (id, name, input, tell) => {
		tab().api.watch(id, name, input, tell);
	},
	unwatch: (id) => {
		tab().api.unwatch(id);
	},
	putAsset: (bytes, mediaType) => tab().api.putAsset(bytes, mediaType),
	names: () => tab().api.names(),
	verify: (run, tell) => tab().api.verify(run, tell),
	stopVerify: (run) => tab().api.stopVerify(run),
	onRepaired: (listener) => {
		tab().api.onRepaired(listener);
	},
	onStatus: (listener) => {
		tab().api.onStatus(listener);
	},
	onNews: (listener) => {
		tab().api.onNews(listener);
	},
	signal: (signal) => {
		tab().api.signal(signal);
	},
	setVisible: (visible) => {
		tab().api.setVisible(visible);
	},
	startInMemory: () => tab().api.startInMemory(),
	stop: () => tab().api.stop(),
	connectTravel: (port) => {
		Comlink.expose(tab().travel, port);
	},
	connectModel: (port) => {
		Comlink.expose(tab().port, port);
	},
	libraryFile: async (bot, first, library) => {
		const db = await openMemory();
		const app = createApp({
			sql: db,
			vocabulary,
			world: { now: () => Date.now(), newId: () => crypto.randomUUID() }
		});
		db.run(sql`insert or replace into kernel_meta (k, v) values ('next_seq', ${first})`);
		db.run(sql`insert into kernel_meta (k, v) values ('for_library', ${library})`);
		const done = (name: string, input: unknown) => {
			const result = app.dispatch({ id: crypto.randomUUID(), name, input });
			if (!result.ok) throw new Error(`${name} was refused: ${result.error.type}`);
			return result.value as Record<string, string>;
		};
		const { botId } = done('author_bot', { name: bot });
		const { chatId } = done('create_chat', { botId });
		for (let turn = 0; turn < 40; turn++) {
			const { jobId } = done('take_turn', { chatId, text: `Turn ${String(turn)}`, connectionId: 'demo' });
			done('finish_reply', { jobId, text: 'Yes.', ended: 'whole', model: null, usage: null });
			done('stop_stage', { jobId });
		}
		const pieces: Uint8Array<ArrayBuffer>[] = [];
		for (let offset = 0; ;) {
			const piece = bytesOf(db, offset, 131_072);
			if (piece.byteLength === 0) break;
			pieces.push(piece);
			offset += piece.byteLength;
		}
		db.close();
		return pieces;
	},
	block: (ms) => {
		const until = performance.now() + ms;
		while (performance.now() < until);
	}
} satisfies TabWorkerApi);
