// Calls of one tab: done here when the files are here, else sent to the leader until it has answered.
import type { Progress } from '../protocol.ts';
import type { Store } from './store.ts';
import { StoreClosed } from './store-closed.ts';
import type { Answer, Request, TabMessage } from './tab-messages.ts';

/** Says something to the other tabs. */
export type TabPost = (message: DistributiveOmit<TabMessage, 'stet' | 'from'>) => void;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

interface Pending {
	readonly request: Request;
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
	readonly tell: (progress: Progress) => void;
	/** Ticks since it was last sent; sent again when the leader is there but does not answer. */
	age: number;
}

export interface Calls {
	/** Settles when the request is answered, by whichever leader. */
	readonly call: (request: Request, tell?: (progress: Progress) => void) => Promise<unknown>;
	/** Sends everything unanswered again: the leader is new, or may have missed it. */
	readonly sendAll: () => void;
	/** Called once a second, whoever leads. */
	readonly tick: () => void;
	/** Takes the answer to one of our calls; a second one to the same call is ignored. */
	readonly settle: (callId: string, answer: Answer) => void;
	/** Takes the progress of one of our calls. */
	readonly progress: (callId: string, progress: Progress) => void;
	/** Does another tab's request, if the files are here; a copy of one just answered gets the same answer. */
	readonly serve: (from: string, callId: string, request: Request) => void;
}

const ticksUntilResent = 2;
const ticksAnswerKept = 60;
const answersKept = 5000;

/**
 * Keeps the unanswered calls of a tab, and the answers given to commands of other tabs. Sending a call twice is safe:
 * a copy that was on its way when the first was answered is not done again, nor is one whose result is in the file.
 */
export const createCalls = (deps: {
	readonly tabId: string;
	readonly newId: () => string;
	/** The open files, or null while another tab has them. */
	readonly store: () => Store | null;
	/** A leader of our version is known. */
	readonly canForward: () => boolean;
	readonly post: TabPost;
}): Calls => {
	const pending = new Map<string, Pending>();
	// calls being worked on, so that a resent one is not worked on twice at once
	const atWork = new Set<string>();
	// what was answered to commands, oldest first: also a refusal, or what left no result in the file
	const answered = new Map<string, { readonly answer: Answer; age: number }>();

	/** Ages count our own ticks: a tab that slept finds copies that are as old as its sleep. */
	const forgetOld = (): void => {
		for (const [key, kept] of answered) if (++kept.age > ticksAnswerKept) answered.delete(key);
	};

	const keep = (key: string, answer: Answer): void => {
		answered.set(key, { answer, age: 0 });
		if (answered.size <= answersKept) return;
		for (const oldest of answered.keys()) {
			answered.delete(oldest);
			return;
		}
	};

	const settle = (callId: string, answer: Answer): void => {
		const call = pending.get(callId);
		if (call === undefined) return;
		pending.delete(callId);
		if (answer.ok) call.resolve(answer.value);
		else call.reject(Object.assign(new Error(answer.message), { name: answer.name }));
	};

	/** Null: not answered, because the files were given up meanwhile. Whoever asked sends it again. */
	const work = async (
		on: Store,
		request: Request,
		tell: (progress: Progress) => void
	): Promise<Answer | null> => {
		try {
			return { ok: true, value: await on.perform(request, tell) };
		} catch (error) {
			if (error instanceof StoreClosed) return null;
			const { name, message } = error instanceof Error ? error : new Error(String(error));
			return { ok: false, name, message };
		}
	};

	const send = (callId: string, call: Pending): void => {
		call.age = 0;
		const own = deps.store();
		if (own === null) {
			if (deps.canForward()) deps.post({ kind: 'call', callId, request: call.request });
			return;
		}
		if (atWork.has(callId)) return;
		atWork.add(callId);
		void work(own, call.request, call.tell).then((answer) => {
			atWork.delete(callId);
			if (answer !== null) settle(callId, answer);
			else if (pending.has(callId) && own !== deps.store()) send(callId, call);
		});
	};

	return {
		call: (request, tell = () => undefined) =>
			new Promise((resolve, reject) => {
				const callId = deps.newId();
				const call = { request, resolve, reject, tell, age: 0 };
				pending.set(callId, call);
				send(callId, call);
			}),
		sendAll: () => {
			for (const [callId, call] of pending) send(callId, call);
		},
		tick: () => {
			forgetOld();
			if (deps.store() !== null) return;
			for (const [callId, call] of pending) if (++call.age >= ticksUntilResent) send(callId, call);
		},
		settle,
		progress: (callId, progress) => {
			const call = pending.get(callId);
			if (call === undefined) return;
			call.age = 0;
			call.tell(progress);
		},
		serve: (from, callId, request) => {
			const own = deps.store();
			const key = `${from}/${callId}`;
			// not open yet, or no more: the caller sends it again to whoever leads then
			if (own === null || atWork.has(key)) return;
			const before = answered.get(key);
			if (before !== undefined) {
				deps.post({ kind: 'answer', to: from, callId, answer: before.answer });
				return;
			}
			atWork.add(key);
			const tell = (progress: Progress): void => {
				deps.post({ kind: 'progress', to: from, callId, progress });
			};
			void work(own, request, tell).then((answer) => {
				atWork.delete(key);
				if (answer === null) return;
				if (request.method === 'dispatch') keep(key, answer);
				deps.post({ kind: 'answer', to: from, callId, answer });
			});
		}
	};
};
