// A file on its way in: at which step it is, what was read of it, and the piece of work that goes on with it now.
import { onDestroy, tick } from 'svelte';
import type { Result } from '#lib/domain/kernel/result.ts';
import type { BringIn, BroughtIn, FileRefusal, TravelProgress } from '#lib/worker/travel-protocol.ts';
import type { Session } from '../ui/session.svelte.ts';
import { fileWords } from '../words/file-words.ts';

export type Step =
	| { readonly name: 'reading' | 'report' | 'replacing' | 'bringing' }
	| { readonly name: 'passphrase'; readonly wrong: boolean }
	| { readonly name: 'large' | 'refused'; readonly refusal: FileRefusal }
	| { readonly name: 'failed'; readonly why: string };

type Tell = (progress: TravelProgress) => void;

/** Reads the file under a run; null when it was stopped. */
export type Look<R> = (
	run: string,
	tell: Tell,
	signal: AbortSignal
) => Promise<Result<R, FileRefusal> | null>;

/** `R`: what is told of a file that was read. */
export class Arrival<R> {
	readonly session: Session;
	readonly #look: Look<R>;
	step = $state.raw<Step>({ name: 'reading' });
	report = $state.raw<R | null>(null);
	progress = $state.raw<TravelProgress | null>(null);
	passphrase = $state('');
	/** What changed the report under the reader's eyes, or why they see it again. */
	notice = $state('');
	/** Where the steps are shown. */
	body = $state<HTMLElement | null>(null);
	/** What was read is kept under it. */
	run = '';
	#stopping = new AbortController();

	/** Begins to read at once. Call during component set-up. */
	constructor(session: Session, look: Look<R>) {
		this.session = session;
		this.#look = look;
		onDestroy(() => {
			this.forget();
		});
		void this.read();
	}

	forget(): void {
		this.stop();
		const done = this.run;
		this.run = '';
		// a worker that is gone has forgotten it already
		if (done !== '') this.session.client.forget(done).catch(() => undefined);
	}

	/** Ends what is being done now. */
	stop(): void {
		this.#stopping.abort();
	}

	/** Shows the next step, and brings the keyboard there: what had the focus is gone with the step before. */
	async show(next: Step): Promise<void> {
		this.step = next;
		await tick();
		const field = this.body?.querySelector<HTMLElement>('[data-first]');
		(field ?? this.body)?.focus({ preventScroll: field == null });
		// what was typed is typed over
		if (field instanceof HTMLInputElement) field.select();
	}

	/** Runs one piece of work; undefined when it was stopped or failed, which is shown by then. */
	async work<T>(
		start: (tell: Tell, signal: AbortSignal) => Promise<T | null>
	): Promise<T | null | undefined> {
		const mine = new AbortController();
		this.#stopping = mine;
		this.progress = null;
		const tell: Tell = (now) => {
			if (!mine.signal.aborted) this.progress = now;
		};
		try {
			const result = await start(tell, mine.signal);
			return this.#stopping === mine ? result : undefined;
		} catch (error) {
			if (this.#stopping === mine && !mine.signal.aborted)
				await this.show({ name: 'failed', why: error instanceof Error ? error.message : String(error) });
			return undefined;
		}
	}

	/** Reads it, anew where it was read before, and shows what it is. */
	async read(): Promise<void> {
		this.forget();
		const reading = crypto.randomUUID();
		this.run = reading;
		await this.show({ name: 'reading' });
		const result = await this.work((tell, signal) => this.#look(reading, tell, signal));
		// stopped: whoever did has closed this
		if (result == null) return;
		if (result.ok) {
			this.report = result.value;
			await this.show({ name: 'report' });
			return;
		}
		const { error } = result;
		if (error.type === 'passphrase_needed' || error.type === 'passphrase_wrong')
			await this.show({ name: 'passphrase', wrong: error.type === 'passphrase_wrong' });
		else await this.show({ name: error.type === 'file_is_large' ? 'large' : 'refused', refusal: error });
	}

	/** Does what the report says; null when that did not come about, and what is shown says why. */
	async bring(request: BringIn): Promise<BroughtIn | null> {
		await this.show({ name: 'bringing' });
		this.notice = '';
		const result = await this.work((tell, signal) =>
			this.session.client.bringIn(this.run, request, tell, signal)
		);
		if (result === undefined) return null;
		if (result === null) {
			this.notice = fileWords.bringIn.stopped;
			await this.show({ name: 'report' });
			return null;
		}
		if (result.ok) return result.value;
		const { error } = result;
		if (error.type === 'moved_on' || error.type === 'run_gone') {
			this.notice = error.type === 'moved_on' ? fileWords.bringIn.movedOn : '';
			await this.read();
		} else await this.show({ name: 'refused', refusal: error });
		return null;
	}
}
