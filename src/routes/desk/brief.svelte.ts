// The brief of a hand-off as a screen shows it: facts at once, and each part of the assessment with a state of its own.
import { untrack } from 'svelte';
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
/** A section of an assessment: in one block there may be several. */
export type Section = Assessed['written'][number]['section'];
export type Ref = NonNullable<Body['problem']>['refs'][number];

/** The sections without which a block says what code knows and nothing else. */
const SECTION_OF = {
	problem: 'problem',
	tried: 'tried',
	assessment: 'assessment',
	start_here: 'start_here'
} as const satisfies Readonly<Record<Part, Section>>;

/** Why the newest attempt came to nothing. What only the device knows that asked is null elsewhere. */
interface Failed {
	readonly type: string;
	/** What the model layer calls it. */
	readonly cause: string | null;
	/** What the provider said. */
	readonly said: string | null;
	readonly retryAfterSeconds: number | null;
}

export class Brief {
	readonly #spelled: string;
	readonly clock: Clock = new Clock();
	readonly #found: Live<'handoff'>;
	readonly #assessed: Live<'handoff_assessment'>;
	readonly #job: Live<'assessment_job'>;
	readonly #forWhom: Live<'handoff_for_whom'>;
	/** What is being written; null while nothing is. */
	#growing = $state.raw<Growing | null>(null);
	/** The version somebody chose to read; null: what stands. */
	number = $state<number | null>(null);
	/** The version that stood when the brief was opened, 0 for none; undefined until that is known. */
	#first = $state.raw<number | undefined>(undefined);
	/** Words of a model came while it was read. */
	#came = $state(false);

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
				if (news.kind === 'assessing' && news.handoffId === this.handoffId) {
					this.#growing = news;
					this.#came = true;
				}
				if (news.kind === 'assessed' && news.handoffId === this.handoffId) this.#growing = null;
			})
		);
		$effect(() => {
			const { value } = this.#assessed;
			if (untrack(() => this.#first) === undefined && value !== undefined) this.#first = value?.number ?? 0;
		});
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

	/** Facts and assessment are here, as far as there are any: what is shown now stays where it is. */
	get isWhole(): boolean {
		return this.found != null && (this.#assessed.value !== undefined || this.#assessed.failed !== null);
	}

	/** What comes now comes while somebody reads, who should not lose the line. A version that is chosen, somebody waits for. */
	get comesLive(): boolean {
		const known = this.#first !== undefined && this.assessed !== null && this.assessed.number !== this.#first;
		return this.number === null && (this.#came || known);
	}

	/**
	 * The words of the version that is read. While another is written, each part stands until its new words come; a version
	 * that was chosen, and what a person wrote, stand whole.
	 */
	get body(): Body | null {
		const kept = this.assessed?.body ?? null;
		const growing = this.#growing;
		if (growing === null || this.number !== null) return kept;
		if (kept === null) return growing.body;
		const came = [...growing.closed, ...(growing.writing === null ? [] : [growing.writing])].filter(
			(section) => this.writtenBy(section) === null
		);
		return {
			...kept,
			...Object.fromEntries(came.map((section) => [section, growing.body[section]])),
			...(came.includes('tried') ? { suggested: growing.body.suggested } : {})
		};
	}

	/** Whose own words a section is; null while it is a model's. */
	writtenBy(section: Section): Assessed['written'][number] | null {
		return this.assessed?.written.find((each) => each.section === section) ?? null;
	}

	/** A model was to say something in this block, and did not, or all of it was too much. */
	isMissing(part: Part): boolean {
		if (this.openJob !== null) return false;
		const section = SECTION_OF[part];
		const { assessed } = this;
		if (assessed === null) return this.failure !== null;
		const { missing, cut } = assessed.verification;
		const said = assessed.body[section];
		const isCutAway =
			Array.isArray(said) &&
			said.length === 0 &&
			cut.some((each) => each.section === section && each.entries > 0);
		return missing.includes(section) || isCutAway;
	}

	/** What did not come of a block: what is to be asked for again. */
	missingIn(part: Part): readonly Section[] {
		const missing = this.assessed?.verification.missing ?? [];
		const besides = part === 'assessment' ? (['do_not_repeat', 'open_questions'] as const) : [];
		return [SECTION_OF[part], ...besides.filter((section) => missing.includes(section))];
	}

	/** The job that is to write an assessment, or writes one; null while there is none. */
	get openJob(): string | null {
		const job = this.#job.value;
		return job?.state === 'open' ? job.jobId : null;
	}

	/** Why the newest attempt came to nothing; null while none did. */
	get failure(): Failed | null {
		if (this.openJob !== null) return null;
		const job = this.#job.value;
		if (job?.state === 'failed') return failedWith(job.failure ?? {});
		const type = this.found?.assessmentFailed ?? null;
		return type === null ? null : failedWith({ type });
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

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const failedWith = ({ type, cause, said, retryAfterSeconds }: Readonly<Record<string, unknown>>): Failed => ({
	type: textOr(type) ?? 'model',
	cause: textOr(cause),
	said: textOr(said),
	retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null
});
