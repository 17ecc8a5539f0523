// The brief of a hand-off as a screen shows it: facts at once, and each part of the assessment with a state of its own.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import type { AssessmentNews } from '#lib/worker/protocol.ts';
import { Live } from '../ui/live.svelte.ts';
import { Clock } from './clock.svelte.ts';

export type Found = NonNullable<Queries['handoff']['answer']>;
export type Assessed = NonNullable<Queries['handoff_assessment']['answer']>;
type Growing = Extract<AssessmentNews, { readonly kind: 'assessing' }>;
/** A block of the brief. */
export type Part = 'problem' | 'tried' | 'assessment' | 'start_here';
export type Body = Assessed['body'];
export type Ref = NonNullable<Body['problem']>['refs'][number];

export class Brief {
	readonly #spelled: string;
	readonly clock: Clock = new Clock();
	readonly #found: Live<'handoff'>;
	readonly #assessed: Live<'handoff_assessment'>;
	readonly #job: Live<'assessment_job'>;
	readonly #forWhom: Live<'handoff_for_whom'>;
	/** What is being written; null while nothing is. */
	#growing = $state.raw<Growing | null>(null);
	/** The version somebody chose to read; null: the newest. */
	number = $state<number | null>(null);

	/** Call during component set-up. `handoffId`: in any spelling, as it stands in an address. `actor`: who wants to read it. */
	constructor(client: Client, handoffId: string, actor: () => string | null) {
		this.#spelled = handoffId;
		this.#found = new Live(client, 'handoff', () => ({ handoffId, actor: actor(), now: this.clock.now }));
		this.#forWhom = new Live(client, 'handoff_for_whom', () => {
			const who = actor();
			return who === null ? null : { handoffId, actor: who };
		});
		this.#assessed = new Live(client, 'handoff_assessment', () => ({ handoffId, number: this.number }));
		this.#job = new Live(client, 'assessment_job', () => ({ handoffId }));
		$effect(() =>
			client.onNews((news) => {
				if (news.kind === 'assessing' && news.handoffId === this.handoffId) this.#growing = news;
				if (news.kind === 'assessed' && news.handoffId === this.handoffId) this.#growing = null;
			})
		);
		// who comes late is told all of it once more
		$effect(() => {
			const jobId = this.openJob;
			if (jobId === null) this.#growing = null;
			else client.signal({ kind: 'resync', jobId });
		});
	}

	/** As the log spells it, once that is known. */
	get handoffId(): string {
		return this.found?.handoffId ?? this.#spelled;
	}

	/** Undefined until the first answer; null for a hand-off that is not here, or is not for whoever acts. */
	get found(): Found | null | undefined {
		return this.#found.value;
	}

	/** It is here, and not for whoever acts: they raised no such hand-off, and are not of the desk. */
	get isOthers(): boolean {
		return this.#forWhom.value?.yours === false;
	}

	/** What is handed over. */
	get kind(): 'story' | 'case' {
		return this.found?.chatKind ?? 'case';
	}

	get assessed(): Assessed | null {
		return this.#assessed.value ?? null;
	}

	/** What is known of the version that is read. */
	get version(): Found['assessments'][number] | undefined {
		return this.found?.assessments.find(({ number }) => number === this.assessed?.number);
	}

	/**
	 * The words of the version that is read. While another is written, each part stands until its new words come, and a version
	 * that was chosen stands whole.
	 */
	get body(): Body | null {
		const kept = this.assessed?.body ?? null;
		const growing = this.#growing;
		if (growing === null || this.number !== null) return kept;
		if (kept === null) return growing.body;
		const came = [...growing.closed, ...(growing.writing === null ? [] : [growing.writing])];
		return { ...kept, ...Object.fromEntries(came.map((part) => [part, growing.body[part]])) };
	}

	/** The job that is to write an assessment, or writes one; null while there is none. */
	get openJob(): string | null {
		const job = this.#job.value;
		return job?.state === 'open' ? job.jobId : null;
	}

	/** Why the newest attempt came to nothing; null while none did. */
	get failure(): string | null {
		if (this.openJob !== null) return null;
		const job = this.#job.value;
		return job?.state === 'failed' ? (job.failure?.type ?? 'model') : (this.found?.assessmentFailed ?? null);
	}

	/** A model is asked, and no word has come yet. */
	get isQueued(): boolean {
		return this.openJob !== null && this.#growing?.stage !== 'writing';
	}

	/** Whether a part of it is being written. */
	isWriting(part: Part): boolean {
		const writing = this.#growing?.writing;
		return (
			writing === part ||
			(part === 'assessment' && (writing === 'do_not_repeat' || writing === 'open_questions'))
		);
	}

	/** Whether a turn somebody refers to is still in the chat. */
	isGone(turnId: string): boolean {
		return (this.found?.gone.includes(turnId) ?? false) || (this.assessed?.gone.includes(turnId) ?? false);
	}
}
