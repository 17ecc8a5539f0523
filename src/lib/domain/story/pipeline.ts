// What classifiers found, written down: each answer is clamped, its effects are caused by the turn, and the job goes on.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { groupOf, liveTurn, newestTurn } from '../kernel/turns-of-log.ts';
import { chatStream, id } from '../streams.ts';
import { AROUND, known, lookAround, type Around } from './around.ts';
import { activities } from './activity.ts';
import { chatSettings } from './chat-settings.ts';
import { chats, findChat } from './chats.ts';
import { clampedNote } from './clamped.ts';
import {
	classifier,
	classifierFailed,
	classifierFailures,
	classifierRetried,
	failureReason,
	RAW_MAX_CHARS,
	type Classifier
} from './classifier-failures.ts';
import { interjection, observation, transitions } from './classifiers.ts';
import { interjectionsTo } from './interjections.ts';
import { observed, OBSERVES } from './observe.ts';
import { onward, ONWARD } from './onward.ts';
import {
	connectionId,
	endJob,
	findJob,
	judged,
	newJob,
	replyInTheWay,
	replyJobs,
	type ReplyJob
} from './reply-jobs.ts';
import { scenes } from './scenes.ts';
import { ACCOUNTS, spent } from './spending.ts';
import { classifierOf, isProse, stage, type Stage } from './stages.ts';
import { storyEvents } from './story-events.ts';
import { storyNow } from './story-now.ts';
import { transited, TRANSITS } from './transit.ts';
import { toldUsage, turns } from './turns.ts';
import { silentWitness } from './witness.ts';
import { isOutdated, wording } from './wording.ts';

/** What the asking of a classifier took; null where nobody charges for it. */
export const cost = z
	.object({ connectionId, model: z.string().max(200), usage: toldUsage })
	.nullable()
	.default(null);

/** What the asking took, noted in the account of the turn that was looked at. */
export const paid = (job: ReplyJob, taken: z.output<typeof cost>): readonly Statement[] =>
	taken === null
		? []
		: spent({ stream: job.stream, ...taken }, { turnId: judged(job) ?? job.turnId, task: 'classify' });

/** What an answer says of where it belongs; every command that takes one has these. */
export const answerTo = {
	jobId: id,
	/** The turn it is about, as it was asked: a job that plays a scene comes to the same stage with every turn of it. */
	turnId: id.nullable().default(null),
	wording,
	cost
};
type AnswerTo = { readonly [K in keyof typeof answerTo]: z.output<(typeof answerTo)[K]> };

/**
 * The job while it is at a stage, and the turn it looks at; or why there is nothing to be done. An answer about words that
 * were changed since brings its price and nothing else, and the stage is asked again.
 */
export const atStage = (
	read: Read,
	{ jobId, turnId: about, wording: words, cost: taken }: AnswerTo,
	expected: readonly Stage[]
) => {
	const job = findJob(read, jobId);
	if (job?.state !== 'open') return { over: refuse({ type: 'job_unknown', jobId }) };
	// told twice, or by a tab that has not seen that it went on
	if (!expected.includes(job.stage)) return { over: refuse({ type: 'stage_over', jobId, stage: job.stage }) };
	const turnId = judged(job);
	if (about !== null && about !== turnId)
		return { over: refuse({ type: 'stage_over', jobId, stage: job.stage }) };
	const around = turnId === null ? null : lookAround(read, job.stream, turnId);
	if (around === null) return { over: refuse({ type: 'turn_gone', turnId: turnId ?? '' }) };
	if (isOutdated(read, job, words))
		return {
			over: decided({
				background: true,
				notes: paid(job, taken),
				value: { turnId: around.turnId, effects: 0, next: job.stage }
			})
		};
	return { over: null, job, around };
};

/** The failures of a turn that an answer makes good. */
export const madeGood = (
	read: Read,
	{ stream, turnId }: Around,
	names: readonly Classifier[]
): readonly EventDraft[] =>
	names
		.filter(
			(name) =>
				read.one(
					z.object({ n: z.number() }),
					sql`select 1 as n from ${classifierFailures}
						where stream = ${stream} and turn_id = ${turnId} and classifier = ${name}`
				) !== null
		)
		.map((name) =>
			classifierRetried({ stream, anchor: turnId, cause: turnId, payload: { classifier: name } })
		);

/** The tables any classifier of the story you are in reads; one of a scene elsewhere reads {@link ONWARD} too. */
const PLAYS = [replyJobs, ...AROUND, chatSettings, eventLog, activities, scenes];
const unique = <T>(list: readonly T[]): T[] => [...new Set(list)];

/** Who may put in a word after a reply, and has not yet. */
const witnessOf = (read: Read, around: Around) =>
	interjectionsTo(read, around.stream, [around.turnId]).length > 0 ? null : silentWitness(read, around);

/** What the observer said of a turn; with `more`, what was asked along with it of a small model. */
export const applyObservation = defineCommand({
	name: 'apply_observation',
	input: z.object({
		...answerTo,
		stage: z.enum(['observe', 'observe2']),
		answer: observation,
		more: z.object({ transitions, interjection }).nullable().default(null),
		known: known.default({})
	}),
	reads: unique([...PLAYS, ...ONWARD, ...OBSERVES, ...TRANSITS, classifierFailures]),
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ stage: expected, answer, more, known: handles, ...told }, read, world) => {
		const found = atStage(read, told, [expected]);
		if (found.over !== null) return found.over;
		const { job, around } = found;
		const seen = observed(read, world, around, answer, handles);
		const went =
			more === null ? null : transited(read, world, around, more.transitions, handles, seen.events);
		// what was asked along is over with it
		const after: Stage | undefined =
			more === null ? undefined : expected === 'observe2' ? 'transitions2' : 'ask';
		const witness = more === null || expected === 'observe2' ? null : witnessOf(read, around);
		const follows = onward(read, job, {
			...(after === undefined ? {} : { stage: job.meanwhileId !== null ? 'transitions' : after }),
			witness,
			speaks: more?.interjection.speaks === true
		});
		const events = [...seen.events, ...(went?.events ?? [])];
		return decided({
			background: true,
			events: [
				...events,
				...clampedNote(around, 'observer', seen.dropped),
				...clampedNote(around, 'transitions', went?.dropped ?? []),
				...madeGood(read, around, more === null ? ['observer'] : ['observer', 'transitions', 'interjection']),
				...follows.events
			],
			notes: [...paid(job, told.cost), ...follows.notes],
			value: { turnId: around.turnId, effects: events.length, next: follows.next }
		});
	}
});

/** What became of story events in a turn. */
export const applyTransitions = defineCommand({
	name: 'apply_transitions',
	input: z.object({
		...answerTo,
		stage: z.enum(['transitions', 'transitions2']),
		answer: transitions,
		known: known.default({})
	}),
	reads: unique([...PLAYS, ...ONWARD, ...TRANSITS, classifierFailures]),
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ stage: expected, answer, known: handles, ...told }, read, world) => {
		const found = atStage(read, told, [expected]);
		if (found.over !== null) return found.over;
		const { job, around } = found;
		const went = transited(read, world, around, answer, handles);
		const follows = onward(read, job, { witness: witnessOf(read, around) });
		return decided({
			background: true,
			events: [
				...went.events,
				...clampedNote(around, 'transitions', went.dropped),
				...madeGood(read, around, ['transitions']),
				...follows.events
			],
			notes: [...paid(job, told.cost), ...follows.notes],
			value: { turnId: around.turnId, effects: went.events.length, next: follows.next }
		});
	}
});

/** Whether the silent witness puts in a word. One who has left meanwhile does not. */
export const decideInterjection = defineCommand({
	name: 'decide_interjection',
	input: z.object({ ...answerTo, answer: interjection }),
	reads: unique([...PLAYS, classifierFailures]),
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ answer, ...told }, read) => {
		const found = atStage(read, told, ['ask']);
		if (found.over !== null) return found.over;
		const { job, around } = found;
		const follows = onward(read, job, { witness: witnessOf(read, around), speaks: answer.speaks });
		return decided({
			background: true,
			events: madeGood(read, around, ['interjection']),
			notes: [...paid(job, told.cost), ...follows.notes],
			value: { turnId: around.turnId, next: follows.next }
		});
	}
});

/** The classifiers a stage and those after it would ask of one turn. */
const fromHere = (at: Stage, witness: boolean): readonly Classifier[] => {
	const own = classifierOf(at);
	if (own === null) return [];
	if (own !== 'observer' && own !== 'transitions') return [own];
	return [
		...(own === 'observer' ? (['observer'] as const) : []),
		'transitions',
		...(witness ? (['interjection'] as const) : [])
	];
};

/**
 * A classifier failed: the turn stands, and it can be asked again. `rest`: so would those after it have, which are not asked
 * (nobody answers, or all was asked in one). What the clock alone brings about happens all the same.
 */
export const failStage = defineCommand({
	name: 'fail_stage',
	input: z.object({
		...answerTo,
		stage,
		reason: failureReason,
		raw: z.string().max(RAW_MAX_CHARS).default(''),
		rest: z.boolean().default(false)
	}),
	reads: unique([...PLAYS, ...ONWARD, storyEvents, storyNow]),
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ stage: expected, reason, raw, rest, ...told }, read, world) => {
		const own = classifierOf(expected);
		if (own === null) return refuse({ type: 'stage_over', jobId: told.jobId, stage: expected });
		const found = atStage(read, told, [expected]);
		if (found.over !== null) return found.over;
		const { job, around } = found;
		const { stream } = around;
		const of = { stream, anchor: around.turnId, cause: around.turnId };
		const witness = expected === 'observe' || expected === 'transitions' ? witnessOf(read, around) : null;
		const all = rest && !job.lone;
		const failed = all ? fromHere(expected, witness !== null) : [own];
		const after: Stage =
			expected === 'observe2' ? 'transitions2' : expected === 'observe' ? 'transitions' : expected;
		const follows = onward(read, job, all ? { stage: after } : { witness });
		const clock = failed.includes('transitions') ? transited(read, world, around, null, {}).events : [];
		return decided({
			background: true,
			events: [
				...clock,
				...failed.map((name) =>
					classifierFailed({
						...of,
						payload: { classifier: name, reason, raw: name === own ? raw : '' }
					})
				),
				...follows.events
			],
			notes: [...paid(job, told.cost), ...follows.notes],
			value: { turnId: around.turnId, next: follows.next }
		});
	}
});

/** The player stops what comes after a reply. What was found before stands; nothing more is asked. */
export const stopStage = defineCommand({
	name: 'stop_stage',
	input: z.object({ jobId: id }),
	reads: [replyJobs],
	notes: [replyJobs],
	decide: ({ jobId }, read) => {
		const job = findJob(read, jobId);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		if (isProse(job.stage)) return refuse({ type: 'stage_over', jobId, stage: job.stage });
		return decided({ notes: [endJob(jobId)], value: { jobId } });
	}
});

const RETRIES: Readonly<Record<Classifier, readonly [primary: Stage, interjection: Stage]>> = {
	observer: ['observe', 'observe2'],
	transitions: ['transitions', 'transitions2'],
	interjection: ['ask', 'ask'],
	digest: ['digest', 'digest'],
	steps: ['detect_steps', 'detect_steps']
};

/** Asks a classifier again that failed, by itself. A word is put in only after the newest reply. */
export const retryClassifier = defineCommand({
	name: 'retry_classifier',
	input: z.object({ chatId: id, turnId: id, classifier, connectionId }),
	reads: [chats, turns, replyJobs, classifierFailures, eventLog],
	notes: [replyJobs],
	decide: ({ chatId, turnId, classifier: name, connectionId: connection }, read, world) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const turn = liveTurn(read, stream, turnId);
		const row = read.one(
			z.object({
				interjection: z.number().transform(Boolean),
				/** The reply it was put in to. */
				putInTo: z.string().nullable(),
				meanwhileId: z.string().nullable()
			}),
			sql`select t.interjection_of is not null as interjection, t.meanwhile_id as meanwhileId,
					(select p.turn_id from ${turns} p where p.stream = t.stream and p.reply_to = t.reply_to
						and p.interjection_of is null order by p.position desc limit 1) as putInTo
				from ${classifierFailures} f join ${turns} t on t.stream = f.stream and t.turn_id = f.turn_id
				where f.stream = ${stream} and f.turn_id = ${turnId} and f.classifier = ${name}`
		);
		if (turn === null || row === null)
			return refuse({ type: 'nothing_to_retry', chatId, turnId, classifier: name });
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const newest = newestTurn(read, stream);
		if (name === 'interjection' && (newest === null || groupOf(newest) !== groupOf(turn)))
			return refuse({ type: 'not_newest', chatId, turnId });
		const jobId = world.newId();
		const [primary, second] = RETRIES[name];
		return decided({
			notes: [
				...clearing,
				newJob({
					jobId,
					stream,
					turnId: groupOf(turn),
					connectionId: connection,
					now: world.now,
					stage: row.interjection ? second : primary,
					...(row.interjection
						? { interjectionId: turnId, ...(row.putInTo === null ? {} : { primaryId: row.putInTo }) }
						: { primaryId: turnId }),
					// an interjection that comes of it has effects of its own
					lone: name !== 'interjection',
					meanwhileId: row.meanwhileId
				})
			],
			value: { jobId }
		});
	}
});
