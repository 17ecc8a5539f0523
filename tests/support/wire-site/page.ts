// The page of the providers: hands what is to be heard to a worker, all of it at once.
import * as Comlink from 'comlink';
import { trustedScriptUrl } from '#lib/worker/script-url.ts';
import type { Listener, ListenToAll } from './listening.ts';
import workerUrl from './model.worker.ts?worker&url';

declare global {
	interface Window {
		stetListen?: ListenToAll;
	}
}

const worker = new Worker(trustedScriptUrl(workerUrl), { type: 'module' });
const { listen } = Comlink.wrap<Listener>(worker);

window.stetListen = (questions) => Promise.all(questions.map((question) => listen(question)));
