// Where the model worker finds the browser's own model: at the page of this tab, which alone can reach it.
import * as Comlink from 'comlink';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { OnDeviceHost } from '../on-device-protocol.ts';
import type { ModelFailure, OnDeviceAvailability } from '../protocol.ts';
import type { ModelPort } from './port.ts';

/** How long a page may take to say how its model stands, before the connections are listed without it. */
const ANSWER_LIMIT_MS = 3000;

const WINDOW_LIMIT_MS = 10_000;

/** The browser's own model, as the model worker knows it. */
export interface OnDevice {
	/** Where the page answers, as an {@link OnDeviceHost} exposed by Comlink. Never called where there is no such model. */
	connect(port: MessagePort): void;
	/** Whether there is one, or could be after a download. */
	offered(): Promise<boolean>;
	/** Called when that, or what there is of it, changes. */
	onChange(listener: () => void): void;
	/** Refusals: not-downloaded, no-connection; unreachable, where our own code did not load. */
	open(): Promise<Result<ModelPort, ModelFailure>>;
}

/** The model worker's side. Nothing is known until the page is connected. */
export const openOnDevice = (): OnDevice => {
	let host: Comlink.Remote<OnDeviceHost> | null = null;
	let known: OnDeviceAvailability | null = null;
	let told: () => void = () => undefined;
	const first = new Promise<void>((resolve) => {
		told = resolve;
	});
	const listeners = new Set<() => void>();

	const stands = async (): Promise<OnDeviceAvailability> => {
		if (host === null) return 'unavailable';
		if (known === null)
			await Promise.race([first, new Promise((resolve) => setTimeout(resolve, ANSWER_LIMIT_MS))]);
		// a page that never answers is waited for once; when it speaks after all, it is heard
		known ??= 'unavailable';
		return known;
	};

	return {
		connect: (port) => {
			const remote = Comlink.wrap<OnDeviceHost>(port);
			host = remote;
			void remote
				.follow(
					Comlink.proxy((availability) => {
						if (availability === known) return;
						known = availability;
						told();
						for (const listener of listeners) listener();
					})
				)
				.catch(() => undefined);
		},
		offered: async () => (await stands()) !== 'unavailable',
		onChange: (listener) => void listeners.add(listener),
		open: async () => {
			const now = await stands();
			if (host === null || now === 'unavailable') return refuse({ type: 'no-connection' });
			if (now !== 'available') return refuse({ type: 'not-downloaded' });
			try {
				const { onDevicePort } = await import('./on-device-port.ts');
				// the size of its window is a help; a browser that is slow to make a session is not waited for here
				const contextTokens = await Promise.race([
					host.contextTokens(),
					new Promise<null>((resolve) => setTimeout(resolve, WINDOW_LIMIT_MS, null))
				]);
				return ok(onDevicePort(host, contextTokens));
			} catch {
				return refuse({ type: 'unreachable' });
			}
		}
	};
};
