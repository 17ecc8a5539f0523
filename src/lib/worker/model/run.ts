// One job while it runs in this worker: what its stages share, and what the log is asked for each of them.
import { z } from 'zod';
import { CLASSIFIERS, storyFacts, type ClassifierName } from '../../domain/story/classifiers.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { promptShare } from '../../domain/story/prompt-parts.ts';
import type { Result } from '../../domain/kernel/result.ts';
import type { LogPort, ModelChoice, ModelFailure, StreamNews, Task } from '../protocol.ts';
import { pause, type Clock } from './clock.ts';
import type { Meter } from './packing.ts';
import type { TurnPort } from './port.ts';

const ASK_TIMES = 4;

/** A connection's model, ready to be asked. `meter` null: it takes prompts of any length and counts nothing. */
export interface OpenedModel {
	readonly port: TurnPort;
	readonly meter: Meter | null;
}

export interface RunnerWorld {
	readonly log: Pick<LogPort, 'ask' | 'dispatch' | 'tell'>;
	/** The model of a connection for a task, as the chat wants it, or why there is none. */
	readonly open: (
		connectionId: string,
		choice: Omit<ModelChoice, 'connectionId'> | null,
		task: Task
	) => Promise<Result<OpenedModel, ModelFailure>>;
	readonly clock: Clock;
	readonly random: () => number;
	/** A fresh UUID. */
	readonly newId: () => string;
}

/** One job while it runs here. */
export interface Run {
	readonly jobId: string;
	readonly stop: AbortController;
	/** Tells all tabs everything so far; set once the request is known. */
	retell: () => void;
	/** The log no longer knows the job: there is nothing left to end. */
	gone: boolean;
	/** When the log last knew the job, by the clock. */
	knownAt: number;
	/** How often a classifier was asked in this worker and nothing of it could be written down, by job, stage and turn. */
	readonly unkept: Map<string, number>;
}

/** The log no longer knows the job: whoever works on it hangs up, and keeps nothing. */
export const abandon = (run: Run): void => {
	run.gone = true;
	run.stop.abort();
};

const choice = z
	.object({
		model: z.string().nullable(),
		temperature: z.number().nullable(),
		topP: z.number().nullable(),
		maxOutputTokens: z.number().nullable()
	})
	.nullable()
	.default(null);

const stage = z.enum([
	'reply',
	'observe',
	'transitions',
	'ask',
	'interject',
	'observe2',
	'transitions2',
	'digest',
	'draft',
	'detect_steps'
]);

const askedForProse = z.object({
	kind: z.literal('prose'),
	stage,
	connectionId: z.string(),
	choice,
	draft: z.string(),
	goesOn: z.object({ text: z.string(), stands: z.boolean() }).nullable().default(null),
	estimate: z.number().default(0),
	parts: z.array(promptShare).default([]),
	request: z.object({
		jobId: z.string(),
		chatId: z.string(),
		turnId: z.string(),
		alternative: z.number(),
		instructions: z.string(),
		messages: z.array(
			z.object({
				role: z.enum(['user', 'assistant']),
				text: z.string(),
				joints: z.array(z.number()).readonly().exactOptional()
			})
		),
		steady: z.object({ messages: z.number(), chars: z.number() }),
		story: z.object({
			kind: z.enum(['story', 'case']),
			bot: z.string(),
			you: z.string(),
			place: z.string().nullable(),
			turn: z.number(),
			said: z.number(),
			first: z.boolean(),
			words: z.string(),
			speaker: z.enum(['host', 'guest', 'you']),
			host: z.string(),
			guest: z.string().nullable(),
			present: z.object({ you: z.boolean(), host: z.boolean(), guest: z.boolean() }),
			interjection: z.boolean(),
			meanwhile: z.boolean(),
			heard: z.string(),
			minutes: z.number(),
			weather: z.string()
		})
	}) satisfies z.ZodType<ProseRequest>
});
export type AskedForProse = z.output<typeof askedForProse>;

const isClassifier = (name: string): name is ClassifierName => Object.hasOwn(CLASSIFIERS, name);

const askedToDecide = z.object({
	kind: z.literal('decide'),
	stage,
	classifier: z.string().refine(isClassifier),
	mayMerge: z.boolean(),
	chatId: z.string(),
	connectionId: z.string(),
	choice,
	instructions: z.string(),
	data: z.string(),
	maxOutputTokens: z.number(),
	known: z.record(z.string(), z.string()),
	wording: z.string(),
	story: storyFacts
});
export type AskedToDecide = z.output<typeof askedToDecide>;

const asked = z.discriminatedUnion('kind', [askedForProse, askedToDecide]).nullable();
export type Asked = NonNullable<z.output<typeof asked>>;

/** What a request for a job may be asked with, besides its id. */
export interface Asking {
	readonly room?: { readonly tokens: number; readonly ratio: number };
	readonly merged?: boolean;
}

/** What the log wants of a model for a job now; null when it has ended. Asks again while the log does not answer. */
export const askLog = async (
	{ log, clock }: Pick<RunnerWorld, 'log' | 'clock'>,
	jobId: string,
	asking: Asking = {}
): Promise<Asked | null> => {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return asked.parse(await log.ask('stage_request', { jobId, ...asking }));
		} catch (error) {
			if (error instanceof z.ZodError || attempt >= ASK_TIMES) throw error;
			await pause(clock, 250 * 2 ** attempt, new AbortController().signal);
		}
	}
};

/** Tells every tab. */
export type Tell = (news: StreamNews) => void;
