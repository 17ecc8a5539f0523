// The brief of a hand-off as a screen shows it: facts at once, and each part of the assessment with a state of its own.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import { Live } from '../ui/live.svelte.ts';
import { Clock } from './clock.svelte.ts';

export type Found = NonNullable<Queries['handoff']['answer']>;
export type Assessed = NonNullable<Queries['handoff_assessment']['answer']>;
export type Body = Assessed['body'];
export type Ref = NonNullable<Body['problem']>['refs'][number];

export class Brief {
	readonly handoffId: string;
	readonly clock: Clock = new Clock();
	readonly #found: Live<'handoff'>;
	readonly #assessed: Live<'handoff_assessment'>;
	/** The version somebody chose to read; null: the newest. */
	number = $state<number | null>(null);

	/** Call during component set-up. */
	constructor(client: Client, handoffId: string) {
		this.handoffId = handoffId;
		this.#found = new Live(client, 'handoff', () => ({ handoffId, now: this.clock.now }));
		this.#assessed = new Live(client, 'handoff_assessment', () => ({ handoffId, number: this.number }));
	}

	/** Undefined until the first answer; null for a hand-off that is not here. */
	get found(): Found | null | undefined {
		return this.#found.value;
	}

	get assessed(): Assessed | null {
		return this.#assessed.value ?? null;
	}

	/** What is known of the version that is read. */
	get version(): Found['assessments'][number] | undefined {
		return this.found?.assessments.find(({ number }) => number === this.assessed?.number);
	}

	get body(): Body | null {
		return this.assessed?.body ?? null;
	}

	/** Whether a part of it is being written. */
	isWriting(_part: 'problem' | 'tried' | 'assessment' | 'start_here'): boolean {
		return false;
	}

	/** Whether a turn somebody refers to is still in the chat. */
	isGone(turnId: string): boolean {
		return (
			(this.found?.gone.includes(turnId) ?? false) ||
			(this.assessed !== null && 'gone' in this.assessed && isListed(this.assessed.gone, turnId))
		);
	}
}

const isListed = (list: unknown, turnId: string): boolean => Array.isArray(list) && list.includes(turnId);
