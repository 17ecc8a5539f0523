// A worker for tests: one tab's storage, on a library of its own.
import * as Comlink from 'comlink';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { createLogTab, type LogTab } from '#lib/worker/storage/log-tab.ts';
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
	start: (visible) => {
		tab().api.start(visible);
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
	connectModel: (port) => {
		Comlink.expose(tab().port, port);
	},
	block: (ms) => {
		const until = performance.now() + ms;
		while (performance.now() < until);
	}
} satisfies TabWorkerApi);
