// What the page of the providers and its worker say to each other.
import type { EnteredProvider } from '../../../src/lib/worker/protocol.ts';
import type { Heard } from '../heard.ts';

/** One stream to be listened to. */
export interface Question {
	readonly provider: EnteredProvider;
	readonly url: string;
	readonly model: string;
	readonly secret: string;
	/** Stop is pressed when so many characters were heard; null: never. */
	readonly stopAt: number | null;
}

export interface Listener {
	listen(question: Question): Promise<Heard>;
}

/** What a test calls. */
export type ListenToAll = (questions: readonly Question[]) => Promise<readonly Heard[]>;
