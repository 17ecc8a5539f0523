// What every screen shares: the client, the state of storage, what is being saved, and the note at the foot of the page.
import { createContext, untrack } from 'svelte';
import type { Commands } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { ConnectionSummary, StorageStatus } from '#lib/worker/protocol.ts';
import type { Freight } from '#lib/worker/travel-protocol.ts';
import { words } from '../words/words.ts';
import { noteOnDevice } from './keep-on-device.ts';

const NOTE_SHOWN_MS = 7000;
// long enough to be read, thought about, and reached by keyboard
const ACTION_SHOWN_MS = 20_000;

/** What a note offers to do. */
export interface NoteAction {
	readonly label: string;
	readonly do: () => void;
}

/** A sentence at the foot of the page, and what can be done about it. */
export interface Note {
	readonly text: string;
	readonly tone: 'said' | 'wrong';
	readonly actions: readonly NoteAction[];
}

/** What somebody wants as a file. */
export interface Departure {
	readonly what: Freight;
	/** The story's, where it is one. */
	readonly title: string;
	/** What the file is called, before its day and ending. */
	readonly name: string;
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
	/** Files somebody wants to bring in, the one that is looked at first. */
	arriving = $state.raw<readonly File[]>([]);
	/** What somebody wants to download, while that is talked about. */
	departing = $state.raw<Departure | null>(null);
	#noteTimer: ReturnType<typeof setTimeout> | undefined;
	/** Somebody is at the note: it stays. */
	#noteHeld = false;

	readonly client: Client;
	/** Whose commands these are: what this tab did is what it undoes. */
	readonly tab: string;

	constructor(client: Client, tab: string) {
		this.client = client;
		this.tab = tab;
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
			this.client.onConnections(reload),
			this.client.takeUpAssessments(),
			this.client.onRepaired(({ differences }) => {
				const rows = differences.reduce((sum, each) => sum + each.rows, 0);
				noteOnDevice('verified', Date.now());
				if (rows > 0) this.say(words.log.selfRepaired(rows), 'wrong');
			})
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

	/** Shows a note at the foot of the page, in place of the one before. `actions`: buttons in it. */
	say(text: string, tone: Note['tone'] = 'said', ...actions: readonly (NoteAction | null)[]): void {
		this.note = { text, tone, actions: actions.filter((action) => action !== null) };
		this.#timeNote();
	}

	/** Keeps the note while somebody is at it, by pointer or by keyboard; afterwards its time begins anew. */
	holdNote(held: boolean): void {
		this.#noteHeld = held;
		this.#timeNote();
	}

	#timeNote(): void {
		clearTimeout(this.#noteTimer);
		// what went wrong stays until it was read
		if (this.note === null || this.note.tone === 'wrong' || this.#noteHeld) return;
		const shownMs = this.note.actions.length === 0 ? NOTE_SHOWN_MS : ACTION_SHOWN_MS;
		this.#noteTimer = setTimeout(() => (this.note = null), shownMs);
	}

	/** Says that something on the page is not saved yet; returns how to say that it is. */
	hold(): () => void {
		// called from effects, which must not follow the number they change
		untrack(() => (this.held += 1));
		return () => untrack(() => (this.held -= 1));
	}

	/** Opens the dialog that brings files in; one after the other. */
	bringIn(files: Iterable<File>): void {
		this.arriving = [...this.arriving, ...files];
	}

	/** Opens the dialog that takes something out into a file. */
	takeOut(departure: Departure): void {
		this.departing = departure;
	}

	hush(): void {
		clearTimeout(this.#noteTimer);
		this.#noteHeld = false;
		this.note = null;
	}
}

export const [getSession, setSession] = createContext<Session>();
