// How much memory a tab holds, in the page and in each of its workers, as Chromium counts it after it has cleaned up.
import type { CDPSession, Page } from '@playwright/test';

interface Usage {
	readonly usedSize: number;
	readonly embedderHeapUsedSize: number;
	readonly backingStorageSize: number;
}

/** Objects, what the browser holds for them, and buffers. */
const bytesOf = ({ usedSize, embedderHeapUsedSize, backingStorageSize }: Usage): number =>
	usedSize + embedderHeapUsedSize + backingStorageSize;

/** Speaks to the workers of a tab over the one session with its page. */
const openWorkers = async (session: CDPSession) => {
	const names = new Map<string, string>();
	const asked = new Map<number, (result: unknown) => void>();
	let next = 1;
	session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
		if (targetInfo.type === 'worker') names.set(sessionId, targetInfo.title);
	});
	session.on('Target.receivedMessageFromTarget', ({ message }) => {
		const { id, result } = JSON.parse(message) as { readonly id?: number; readonly result?: unknown };
		if (id !== undefined) asked.get(id)?.(result);
	});
	await session.send('Target.setAutoAttach', {
		autoAttach: true,
		waitForDebuggerOnStart: false,
		flatten: false
	});
	const ask = (sessionId: string, method: string): Promise<unknown> =>
		new Promise((resolve, reject) => {
			const id = next++;
			asked.set(id, resolve);
			const message = JSON.stringify({ id, method });
			session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
		});
	return { names, ask };
};

/**
 * Makes a tab's memory known; it must show the app already. Answers a way to ask for it, in bytes, by the name of the worker;
 * the page's own under `page`. Memory of WebAssembly is not in it.
 */
export const weighed = async (page: Page): Promise<() => Promise<Readonly<Record<string, number>>>> => {
	const session = await page.context().newCDPSession(page);
	const { names, ask } = await openWorkers(session);
	return async () => {
		await session.send('HeapProfiler.collectGarbage');
		const weights: Record<string, number> = {
			page: bytesOf(await session.send('Runtime.getHeapUsage'))
		};
		for (const [sessionId, name] of names) {
			await ask(sessionId, 'HeapProfiler.collectGarbage');
			weights[name] = bytesOf((await ask(sessionId, 'Runtime.getHeapUsage')) as Usage);
		}
		return weights;
	};
};
