// A hand-off on its way out: who may open it, what is hidden in it and what is left readable, and then the file.
import { onDestroy } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type {
	HandoffReview,
	OwnCard,
	PackedHandoff,
	PackRefusal,
	ReviewRefusal
} from '#lib/worker/handoff-protocol.ts';
import type { TravelProgress } from '#lib/worker/travel-protocol.ts';
import { Live } from '../ui/live.svelte.ts';
import type { Session } from '../ui/session.svelte.ts';
import { deskFileWords } from '../words/desk-file-words.ts';
import type { Acting } from './acting.svelte.ts';
import type { Sent } from './handoff-deeds.svelte.ts';

export type HiddenThing = HandoffReview['hidden'][number];

/** What a thing is known by from one look to the next: its placeholder may be another then. */
const keyOf = ({ kind, value }: Pick<HiddenThing, 'kind' | 'value'>): string => `${kind} ${value}`;

type SendStep = 'to' | 'review' | 'working' | 'ready';

export class Sending {
	readonly session: Session;
	readonly sent: Sent;
	readonly #acting: Acting;
	readonly #contacts: Live<'contact_list'>;
	step = $state<SendStep>('to');
	/** This device's card; undefined until that is known. */
	own = $state.raw<OwnCard | undefined>(undefined);
	name = $state('');
	how = $state<'contacts' | 'passphrase'>('contacts');
	/** Keys of the contacts it is sealed for. */
	readonly chosen = new SvelteSet<string>();
	/** Null until it was looked through. */
	review = $state.raw<HandoffReview | null>(null);
	/** Why each thing that is left readable may be read. */
	readonly #reasons = new SvelteMap<string, string>();
	/** Things whose reason is missing. */
	readonly #unreasoned = new SvelteSet<string>();
	packed = $state.raw<PackedHandoff | null>(null);
	progress = $state.raw<TravelProgress | null>(null);
	problem = $state<string | null>(null);
	#run = '';
	#stopping = new AbortController();

	/** Looks through it at once. Call during component set-up. */
	constructor(session: Session, acting: Acting, sent: Sent) {
		this.session = session;
		this.#acting = acting;
		this.sent = sent;
		this.name = acting.member?.name ?? '';
		this.#contacts = new Live(session.client, 'contact_list', () => ({}));
		onDestroy(() => {
			this.#forget();
		});
		void session.attempt(async () => {
			this.own = await session.client.ownCard();
		});
		void this.look();
	}

	get contacts() {
		return this.#contacts.value;
	}

	/**
	 * All that is chosen from is known. Until then there is nothing to choose: what came in later would move what stands
	 * there from under a pointer on its way down.
	 */
	get known(): boolean {
		return this.own !== undefined && this.contacts !== undefined;
	}

	/** The names of those it is sealed for. */
	get names(): readonly string[] {
		return (this.contacts ?? []).filter(({ key }) => this.chosen.has(key)).map(({ name }) => name);
	}

	#forget(): void {
		this.#stopping.abort();
		const done = this.#run;
		this.#run = '';
		// a worker that is gone has forgotten it already
		if (done !== '') this.session.client.forget(done).catch(() => undefined);
	}

	/** Runs one piece of work; null when it was stopped, refused or failed, which is said by then. */
	async #work<T>(
		start: (
			tell: (progress: TravelProgress) => void,
			signal: AbortSignal
		) => Promise<
			| { readonly ok: true; readonly value: T }
			| { readonly ok: false; readonly error: ReviewRefusal | PackRefusal }
			| null
		>
	): Promise<T | null> {
		const mine = new AbortController();
		this.#stopping = mine;
		this.progress = null;
		this.problem = null;
		try {
			const result = await start((now) => {
				if (!mine.signal.aborted) this.progress = now;
			}, mine.signal);
			if (result === null || mine.signal.aborted) return null;
			if (result.ok) return result.value;
			this.problem = deskFileWords.sendRefusal(result.error);
		} catch (error) {
			if (!mine.signal.aborted)
				this.problem = deskFileWords.send.failed(error instanceof Error ? error.message : String(error));
		}
		return null;
	}

	/** Looks through it, anew where that was done before: what is left readable stays so if it is there still. */
	async look(): Promise<void> {
		this.#forget();
		const run = crypto.randomUUID();
		this.#run = run;
		const { handoffId } = this.sent.of;
		const review = await this.#work((tell, signal) =>
			this.session.client.reviewHandoff(run, { handoffId, as: this.sent.as }, tell, signal)
		);
		if (review !== null) this.review = review;
	}

	isRevealed(thing: HiddenThing): boolean {
		return this.#reasons.has(keyOf(thing));
	}

	reveal(thing: HiddenThing, revealed: boolean): void {
		this.#unreasoned.delete(keyOf(thing));
		if (revealed) this.#reasons.set(keyOf(thing), '');
		else this.#reasons.delete(keyOf(thing));
	}

	reasonOf(thing: HiddenThing): string {
		return this.#reasons.get(keyOf(thing)) ?? '';
	}

	setReason(thing: HiddenThing, why: string): void {
		this.#reasons.set(keyOf(thing), why);
		this.#unreasoned.delete(keyOf(thing));
	}

	lacksReason(thing: HiddenThing): boolean {
		return this.#unreasoned.has(keyOf(thing));
	}

	/** Hides one more word, here and from now on; answers how often it was found. Null when that failed, which is said. */
	async hide(word: string): Promise<number | null> {
		const kept = await this.session.attempt(async () => {
			const before = await this.session.client.ownWords();
			await this.session.client.setOwnWords([...before, word]);
			return true;
		});
		if (kept === null) return null;
		await this.look();
		if (this.problem !== null) return null;
		const found = this.review?.hidden.filter(
			({ kind, value }) => kind === 'WORD' && value.toLowerCase() === word.toLowerCase()
		);
		return found?.reduce((sum, { times }) => sum + times, 0) ?? 0;
	}

	/** Goes on to what is in it; says what is missing for that. */
	toReview(): void {
		this.problem = null;
		if (this.own?.shown == null && this.name.trim() === '') this.problem = deskFileWords.send.nameEmpty;
		else if (this.how === 'contacts' && this.chosen.size === 0)
			this.problem = deskFileWords.sendRefusal({ type: 'nobody_chosen' });
		else this.step = 'review';
	}

	/** Makes the file. Null when it was not made, which is said. */
	async make(): Promise<PackedHandoff | null> {
		const revealed = (this.review?.hidden ?? []).filter((thing) => this.isRevealed(thing));
		const lacking = revealed.filter((thing) => thing.weight === 'high' && this.reasonOf(thing).trim() === '');
		for (const thing of lacking) this.#unreasoned.add(keyOf(thing));
		if (lacking.length > 0) return null;
		const actor = await this.#acting.need();
		if (actor === null) return null;
		this.step = 'working';
		const packed = await this.#work(async (tell, signal) => {
			if (this.own?.shown == null) this.own = await this.session.client.nameCard(this.name);
			return this.session.client.packHandoff(
				this.#run,
				{
					actor,
					reveals: revealed.map((thing) => ({
						placeholder: thing.placeholder,
						why: this.reasonOf(thing).trim()
					})),
					to: this.how === 'passphrase' ? 'passphrase' : [...this.chosen]
				},
				tell,
				signal
			);
		});
		this.packed = packed;
		this.step = packed === null ? 'review' : 'ready';
		return packed;
	}

	stop(): void {
		this.#stopping.abort();
	}
}
