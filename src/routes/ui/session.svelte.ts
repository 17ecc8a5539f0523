// What every screen shares: the client, the state of storage, what is being saved, and the note at the foot of the page.
import { createContext, untrack } from 'svelte';
import type { Commands } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { ConnectionSummary, StorageStatus } from '#lib/worker/protocol.ts';
import { words } from '../words/words.ts';

const NOTE_SHOWN_MS = 7000;

/** A sentence at the foot of the page. */
export interface Note {
	readonly text: string;
	readonly tone: 'said' | 'wrong';
}

export class Session {
	status = $state.raw<StorageStatus>({ state: 'opening' });
	connections = $state.raw<readonly ConnectionSummary[]>([]);
	/** Commands on their way to the disk. */
	saving = $state(0);
	/** Why the last command did not reach the disk, until one does. */
	unsaved = $state<string | null>(null);
	note = $state.raw<Note | null>(null);
	/** Forms and edits with something not saved yet: a new version waits for them. */
	held = $state(0);
	#noteTimer: ReturnType<typeof setTimeout> | undefined;

	readonly client: Client;

	constructor(client: Client) {
		this.client = client;
	}

	/** The connection new replies are asked from. */
	get preferred(): ConnectionSummary | undefined {
		return this.connections.find((connection) => connection.preferred);
	}

	/**
	 * The same, waiting for the model worker where it has not answered yet; the demo is always there. Null, and said,
	 * when that worker did not load.
	 */
	async connection(): Promise<ConnectionSummary | null> {
		try {
			if (this.connections.length === 0) this.connections = await this.client.connections();
		} catch {
			this.say(words.app.noModelWorker, 'wrong');
			return null;
		}
		const found = this.preferred ?? this.connections[0];
		if (found === undefined) throw new Error('the model worker knows no connection, not even the demo');
		return found;
	}

	/** Follows storage and connections; returns how to stop. */
	follow(): () => void {
		const reload = () => {
			this.client.connections().then(
				(list) => (this.connections = list),
				() => this.say(words.app.noModelWorker, 'wrong')
			);
		};
		const stops = [
			this.client.onStatus((status) => (this.status = status)),
			this.client.onConnections(reload)
		];
		reload();
		return () => {
			for (const stop of stops) stop();
		};
	}

	/** Sends a command, shows it as being saved, and says a refusal in words. Returns the value, or null when refused. */
	async send<N extends keyof Commands>(
		name: N,
		input: Commands[N]['input']
	): Promise<Extract<Commands[N]['result'], { ok: true }>['value'] | null> {
		const result = await this.trySend(name, input);
		if (result === null) return null;
		if (!result.ok) {
			this.say(words.refusal(result.error), 'wrong');
			return null;
		}
		return result.value;
	}

	/** Like `send`, but hands the refusal over. Null when storage itself failed; the page says so already. */
	async trySend<N extends keyof Commands>(
		name: N,
		input: Commands[N]['input']
	): Promise<Commands[N]['result'] | null> {
		this.saving += 1;
		try {
			const result = await this.client.dispatch(name, input);
			// that the composer is kept says nothing of what failed before it
			if (name !== 'save_composer') this.unsaved = null;
			return result;
		} catch (error) {
			this.unsaved = error instanceof Error ? error.message : String(error);
			return null;
		} finally {
			this.saving -= 1;
		}
	}

	/** Does something that may fail, and says so if it does. Null then. */
	async attempt<T>(work: () => Promise<T>): Promise<T | null> {
		try {
			return await work();
		} catch (error) {
			this.say(words.app.didNotWork(error instanceof Error ? error.message : String(error)), 'wrong');
			return null;
		}
	}

	say(text: string, tone: Note['tone'] = 'said'): void {
		clearTimeout(this.#noteTimer);
		this.note = { text, tone };
		// what went wrong stays until it was read
		if (tone === 'said') this.#noteTimer = setTimeout(() => (this.note = null), NOTE_SHOWN_MS);
	}

	/** Says that something on the page is not saved yet; returns how to say that it is. */
	hold(): () => void {
		// called from effects, which must not follow the number they change
		untrack(() => (this.held += 1));
		return () => untrack(() => (this.held -= 1));
	}

	hush(): void {
		clearTimeout(this.#noteTimer);
		this.note = null;
	}
}

export const [getSession, setSession] = createContext<Session>();
