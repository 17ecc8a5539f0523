// The reply a chat is waiting for, as this tab sees it: streaming here or in another tab, cut off, failed, or none.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { StreamNews } from '#lib/worker/protocol.ts';
import { repliesRunning } from '../../ui/replies-running.ts';

type Job = NonNullable<NonNullable<Queries['chat']['answer']>['reply']>;

const LOOK_AGAIN_MS = 1000;

export class Reply {
	/** What has arrived so far. */
	text = $state('');
	stage = $state<'asking' | 'writing'>('asking');
	/** Seconds until the next try, while the provider asked to wait. */
	waitingSeconds = $state<number | null>(null);
	/** The job this page's words belong to. */
	#jobId = $state<string | null>(null);
	/** Jobs this tab started and has not ended. */
	#playing = $state<string | null>(null);
	/** Some tab holds the job's lock; null until looked. */
	#held = $state<boolean | null>(null);
	readonly #client: Client;
	readonly #job: () => Job | null;

	/** `job` is the job row of the chat shown, or null. Call during component set-up. */
	constructor(client: Client, job: () => Job | null) {
		this.#client = client;
		this.#job = job;
		$effect(() =>
			client.onNews((news) => {
				if (news.jobId === this.#job()?.jobId || news.jobId === this.#playing) this.#hear(news);
			})
		);
		$effect(() => {
			const open = this.#job();
			if (open?.state !== 'open' || open.jobId === this.#playing) return undefined;
			const { jobId } = open;
			if (this.#jobId !== jobId) this.#begin(jobId, open.text);
			client.signal({ kind: 'resync', jobId });
			const look = async () => {
				const running = await repliesRunning();
				if (this.#jobId === jobId) this.#held = running.has(jobId);
			};
			void look();
			const timer = setInterval(() => void look(), LOOK_AGAIN_MS);
			return () => clearInterval(timer);
		});
	}

	/** running: some tab writes it. cut: its tab is gone. failed: it ended with a reason. none: nothing is asked. */
	get state(): 'none' | 'looking' | 'running' | 'cut' | 'failed' {
		if (this.#playing !== null) return 'running';
		const job = this.#job();
		if (job === null) return 'none';
		if (job.state === 'failed') return 'failed';
		if (this.#held === null) return 'looking';
		return this.#held ? 'running' : 'cut';
	}

	/** Plays a job in this tab until it ends. */
	async play(jobId: string): Promise<void> {
		this.#playing = jobId;
		this.#begin(jobId, '');
		try {
			await this.#client.play(jobId);
		} finally {
			this.#playing = null;
			this.#held = null;
		}
	}

	/** Stops the running reply, whichever tab writes it. */
	stop(): void {
		const jobId = this.#playing ?? this.#job()?.jobId;
		if (jobId !== undefined) this.#client.stop(jobId);
	}

	#begin(jobId: string, text: string): void {
		this.#jobId = jobId;
		this.#held = null;
		this.text = text;
		this.stage = text === '' ? 'asking' : 'writing';
		this.waitingSeconds = null;
	}

	#hear(news: StreamNews): void {
		if (this.#jobId !== news.jobId) this.#begin(news.jobId, '');
		switch (news.kind) {
			case 'whole':
				this.text = news.text;
				this.stage = news.stage;
				this.waitingSeconds = null;
				break;
			case 'delta':
				this.waitingSeconds = null;
				if (news.offset > this.text.length) {
					this.#client.signal({ kind: 'resync', jobId: news.jobId });
					return;
				}
				this.text = this.text.slice(0, news.offset) + news.delta;
				this.stage = 'writing';
				break;
			case 'waiting':
				this.waitingSeconds = news.seconds;
				break;
			case 'ended':
				this.waitingSeconds = null;
		}
	}
}
