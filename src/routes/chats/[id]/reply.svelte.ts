// The reply a chat is waiting for, as this tab sees it: streaming here or in another tab, cut off, failed, or none.
import { untrack } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { NewsStage, StreamNews } from '#lib/worker/protocol.ts';
import { repliesRunning } from '../../ui/replies-running.ts';

type Job = NonNullable<NonNullable<Queries['chat']['answer']>['reply']>;

const LOOK_AGAIN_MS = 1000;
/** A tab that took a job needs a moment to take its lock: only a lock found free twice says that the tab is gone. */
const FREE_LOOKS_UNTIL_CUT = 2;
/** The job's end and the turn it became arrive by two ways; until both are here the words stay on the page. */
const LINGER_MS = 1500;
const SECOND_MS = 1000;

/** Words are written in these; in the others a model is asked what came of them, and that any tab may take up. */
const isWords = (stage: Job['stage']): boolean => stage === 'reply' || stage === 'interject';
const WRITES: readonly NewsStage[] = ['asking', 'writing', 'interjecting', 'drafting'];

export class Reply {
	/** What has arrived so far. */
	text = $state('');
	/** What the model thought of it so far, as far as it is told; nothing of it is kept. */
	thoughts = $state('');
	stage = $state<NewsStage>('asking');
	/** Seconds until the next try, counting down, while the provider asked to wait. */
	waitingSeconds = $state<number | null>(null);
	/** The job this page's words belong to. */
	#jobId = $state<string | null>(null);
	/** The job another tab writes, until this tab has seen its end. */
	#watched = $state<string | null>(null);
	/** The job this tab started and has not ended. */
	#playing = $state<string | null>(null);
	/** How many turns the job has written before the one it writes. */
	#piece = $state(0);
	#freeLooks = $state(0);
	#lingering = $state(false);
	#waitUntil = $state<number | null>(null);
	readonly #client: Client;
	readonly #job: () => Job | null;
	readonly #openJob: string | null = $derived.by(() => {
		const job = this.#job();
		return job?.state === 'open' ? job.jobId : null;
	});

	/** `job` is the job row of the chat shown, or null. Call during component set-up. */
	constructor(client: Client, job: () => Job | null) {
		this.#client = client;
		this.#job = job;
		$effect(() =>
			client.onNews((news) => {
				if (news.jobId === this.#openJob || news.jobId === this.#playing) this.#hear(news);
			})
		);
		$effect(() => {
			const jobId = this.#openJob;
			if (jobId === null || jobId === this.#playing) return undefined;
			untrack(() => this.#watch(jobId));
			const timer = setInterval(() => void this.#look(jobId), LOOK_AGAIN_MS);
			return () => {
				clearInterval(timer);
				untrack(() => {
					this.#linger();
					this.#watched = null;
				});
			};
		});
		$effect(() => {
			if (!this.#lingering) return undefined;
			const timer = setTimeout(() => (this.#lingering = false), LINGER_MS);
			return () => clearTimeout(timer);
		});
		$effect(() => {
			const until = this.#waitUntil;
			if (until === null) {
				this.waitingSeconds = null;
				return undefined;
			}
			const count = () => (this.waitingSeconds = Math.max(1, Math.ceil((until - Date.now()) / SECOND_MS)));
			count();
			const timer = setInterval(count, SECOND_MS);
			return () => clearInterval(timer);
		});
	}

	/** running: some tab writes it. cut: its tab is gone. failed: it ended with a reason. none: nothing is asked. */
	get state(): 'none' | 'looking' | 'running' | 'cut' | 'failed' {
		if (this.#playing !== null) return 'running';
		const job = this.#job();
		if (job?.state === 'failed') return 'failed';
		if (this.#lingering) return 'running';
		// not yet told apart from the end of a reply that has become a turn: its words are not taken away in between
		if (job === null) return this.#watched !== null && this.#lingers ? 'running' : 'none';
		if (!isWords(job.stage)) return 'running';
		if (this.#freeLooks >= FREE_LOOKS_UNTIL_CUT) return 'cut';
		return this.#freeLooks === 0 && this.#jobId === job.jobId ? 'running' : 'looking';
	}

	/** Names the words on the page: those of another turn have another name, though one job may write several. */
	get key(): string {
		return `reply ${this.#jobId ?? ''} ${String(this.#piece)}`;
	}

	/** The player's own words while a model drafts them; null while none does. */
	get draft(): string | null {
		const job = this.#job();
		return job?.stage === 'draft' && job.state === 'open' && this.#jobId === job.jobId ? this.text : null;
	}

	/** Plays a job in this tab until it ends; one it plays already, once. */
	async play(jobId: string): Promise<void> {
		if (this.#playing === jobId) return;
		this.#playing = jobId;
		this.#begin(jobId, '');
		try {
			await this.#client.play(jobId);
		} finally {
			this.#playing = null;
			this.#linger();
		}
	}

	/** Stops the running reply, whichever tab writes it. */
	stop(): void {
		const jobId = this.#playing ?? this.#openJob;
		if (jobId !== null) this.#client.stop(jobId);
	}

	/** Gives the running reply up, whatever was written, whichever tab writes it. */
	async giveUp(): Promise<void> {
		const jobId = this.#playing ?? this.#openJob;
		if (jobId === null) return;
		this.text = '';
		await this.#client.dispatch('drop_reply', { jobId });
		this.#client.signal({ kind: 'given-up', jobId });
	}

	/** The turn the reply became is on the page: nothing has to stand in for it. */
	arrived(): void {
		this.#lingering = false;
	}

	/** Takes up a job another tab may be writing, or have left. */
	#watch(jobId: string): void {
		this.#watched = jobId;
		this.#begin(jobId, this.#job()?.text ?? '');
		this.#freeLooks = 1;
		this.#client.signal({ kind: 'resync', jobId });
		void repliesRunning().then((running) => {
			if (this.#jobId === jobId && running.has(jobId)) this.#freeLooks = 0;
		});
	}

	async #look(jobId: string): Promise<void> {
		const running = await repliesRunning();
		if (this.#jobId !== jobId) return;
		this.#freeLooks = running.has(jobId) ? 0 : this.#freeLooks + 1;
		const job = this.#job();
		// a draft whose tab is gone is put into the composer as far as it came
		if (job?.jobId === jobId && job.stage === 'draft' && this.#freeLooks >= FREE_LOOKS_UNTIL_CUT) {
			await this.#client.dispatch('finish_draft', { jobId }).catch(() => undefined);
			return;
		}
		// nothing of it is anybody's to say: it goes on by itself, in whichever tab takes its lock first
		if (job?.jobId === jobId && !isWords(job.stage) && this.#freeLooks >= FREE_LOOKS_UNTIL_CUT)
			await this.play(jobId).catch(() => undefined);
	}

	/** Without a word there is no turn to wait for, nor after a draft. */
	get #lingers(): boolean {
		return this.stage !== 'drafting' && this.#freeLooks < FREE_LOOKS_UNTIL_CUT && this.text.trim() !== '';
	}

	#linger(): void {
		if (this.#lingers) this.#lingering = true;
		this.#waitUntil = null;
	}

	#begin(jobId: string, text: string): void {
		this.#jobId = jobId;
		this.#freeLooks = 0;
		this.#lingering = false;
		this.#piece = 0;
		this.text = text;
		this.thoughts = '';
		this.stage = text === '' ? 'asking' : 'writing';
		this.#waitUntil = null;
	}

	#hear(news: StreamNews): void {
		if (this.#jobId !== news.jobId) this.#begin(news.jobId, '');
		// whoever speaks of it holds it
		if (news.kind !== 'ended') this.#freeLooks = 0;
		switch (news.kind) {
			case 'whole':
				// the words stay until the turn they became is on the page
				if (WRITES.includes(news.stage)) {
					if (!WRITES.includes(this.stage)) {
						this.#piece += 1;
						this.thoughts = '';
					}
					this.text = news.text;
				}
				this.stage = news.stage;
				this.#waitUntil = null;
				break;
			case 'delta':
				this.#waitUntil = null;
				if (news.offset > this.text.length) {
					this.#client.signal({ kind: 'resync', jobId: news.jobId });
					return;
				}
				this.text = this.text.slice(0, news.offset) + news.delta;
				if (this.stage !== 'interjecting' && this.stage !== 'drafting') this.stage = 'writing';
				break;
			case 'thinking':
				this.#waitUntil = null;
				// a piece that was missed is no loss worth asking for
				this.thoughts = this.thoughts.slice(0, news.offset) + news.delta;
				break;
			case 'waiting':
				this.#waitUntil = Date.now() + news.seconds * SECOND_MS;
				break;
			case 'ended':
				this.#waitUntil = null;
		}
	}
}
