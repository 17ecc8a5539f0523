// What a model is asked for the stage a job is at: words, or a decision. One query, so that whoever plays it need not know.
import { defineQuery, type Read } from '../kernel/query.ts';
import { eventLog } from '../kernel/log.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement, type Table } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { activities, activitiesOf } from './activity.ts';
import { AROUND, entityOf, lookAround, type Around, type Known } from './around.ts';
import { chosenModel, type ChatModel } from './chat-models.ts';
import { chatSettings, settingsOf } from './chat-settings.ts';
import { caseMaterialFor, instructionsFor, materialFor } from './classifier-prompts.ts';
import { WHO, type ClassifierName, type StoryFacts, type Who } from './classifiers.ts';
import { knownTo } from './knowing.ts';
import { findMeanwhile, playedIn } from './meanwhile-scenes.ts';
import { memories, recallable } from './memories.ts';
import { containers, findPlace } from './places.ts';
import { askedForProse, PROSE_READS, type AskedForProse } from './prose-request.ts';
import { findJob, judged, type ReplyJob } from './reply-jobs.ts';
import { openScene, scenes } from './scenes.ts';
import { clockOf, storyNow } from './story-now.ts';
import { classifierOf, isProse } from './stages.ts';
import { storyEvents } from './story-events.ts';
import { toldBy, type Teller } from './teller.ts';
import { newestThreads, threads } from './threads.ts';
import { openEvents } from './transit.ts';
import { turns, wordsRow } from './turns.ts';
import { silentWitness } from './witness.ts';
import { before, wordingOf } from './wording.ts';

/** How many memories, threads and story events a classifier is told of. */
const TOLD_MAX = 20;
/** Where hardly any memory may be told, as when a guest has just come, a long story's are not read to its beginning. */
const LOOKED_THROUGH = 500;
/** Enough for twelve memories and what goes with them. */
const OUTPUT_TOKENS: Readonly<Record<ClassifierName, number>> = {
	observer: 1500,
	transitions: 500,
	interjection: 200,
	digest: 1000,
	steps: 500,
	merged: 2000
};
/** Characters of words and reply each, for every token of room there is. */
const CHARS_PER_TOKEN = 1;

export interface AskedToDecide {
	readonly kind: 'decide';
	readonly stage: ReplyJob['stage'];
	/** What is asked, by the name its shape has in `classifiers.ts`. */
	readonly classifier: ClassifierName;
	/** Observer, transitions and interjection may be asked at once, where the model is small. */
	readonly mayMerge: boolean;
	readonly chatId: string;
	/** The turn that is looked at. */
	readonly turnId: string;
	readonly connectionId: string;
	readonly choice: ChatModel | null;
	readonly instructions: string;
	readonly data: string;
	readonly maxOutputTokens: number;
	/** Goes back with the answer. */
	readonly known: Known;
	/** As `known`: the words that are judged. */
	readonly wording: string;
	readonly story: StoryFacts;
}

/**
 * The query for what a model is asked for a job, or null when it has ended or what it is about is gone. `room`: as a prompt
 * for words may be. `merged`: everything a reply brought about is asked at once; left out, as the chat is set. `tellers`: who
 * else knows something of the chat.
 */
export const stageRequestWith = (tellers: readonly Teller[]) =>
	defineQuery({
		name: 'stage_request',
		input: z.object({
			jobId: id,
			room: z
				.object({ tokens: z.number().int().positive(), ratio: z.number().positive().max(10) })
				.nullable()
				.default(null),
			merged: z.boolean().nullable().default(null)
		}),
		reads: [
			...new Set([
				...PROSE_READS,
				...AROUND,
				activities,
				scenes,
				containers,
				storyNow,
				chatSettings,
				memories,
				storyEvents,
				threads,
				...tellers.flatMap((teller) => teller.reads)
			])
		],
		answer: (read, { jobId, room, merged }): AskedForProse | AskedToDecide | null => {
			const job = findJob(read, jobId);
			if (job?.state !== 'open') return null;
			return isProse(job.stage)
				? askedForProse(read, job, room, tellers)
				: askedToDecide(read, job, room, merged, tellers);
		}
	});

const textOf = (read: Read, stream: string, turnId: string | null): string =>
	turnId === null
		? ''
		: (read.one(
				z.object({ text: wordsRow }),
				sql`select (select e.payload ->> '$.text' from ${eventLog} e
						where e.stream = t.stream and e.stream_seq = t.text_at) as text
					from ${turns} t where t.stream = ${stream} and t.turn_id = ${turnId}`
			)?.text ?? '');

/**
 * What those who were there remember, the newest first, and only what every bot among them may: one answer says what each of
 * them will remember, and what one keeps to itself must not get into the head of another by it.
 */
const remembered = (read: Read, around: Around) => {
	const owners = (['you', 'host', 'guest'] as const).flatMap((who) => {
		const one = entityOf(around, who);
		return one !== null && around.present[who] ? [{ who, one }] : [];
	});
	const shared = owners.reduce(
		(so, { who, one }) => (who === 'you' ? so : sql`${so} and ${recallable(one)}`),
		sql`true`
	);
	return read
		.all(
			z.object({ memoryId: z.string(), owner: z.string(), text: z.string() }),
			sql`select m.memory_id as memoryId, m.owner, m.text
				from (select * from ${memories} where stream = ${around.stream} and forgotten = 0
					order by position desc limit ${LOOKED_THROUGH}) m
				where m.owner in (select value from json_each(${JSON.stringify(owners.map(({ one }) => one))}))
					and ${shared}
				order by m.position desc limit ${TOLD_MAX}`
		)
		.map((row) => ({ ...row, owner: owners.find(({ one }) => one === row.owner)?.who ?? 'host' }));
};

/**
 * Who of those there does not know of loose ends and story events, by their handles. Whoever keeps the world is told of all,
 * for any of them may come about; but what one does not know must not get into their head by that either.
 */
const unknownTo = (
	read: Read,
	around: Around,
	told: { readonly threads: readonly string[]; readonly events: readonly string[] }
): ReadonlyMap<string, readonly Who[]> => {
	const there = WHO.filter((who) => around.present[who] && entityOf(around, who) !== null);
	const missed = (key: Statement, table: Table, ids: readonly string[], letter: string) =>
		there.flatMap((who) => {
			const rows = read.all(
				z.object({ id: z.string() }),
				sql`select ${key} as id from ${table} where stream = ${around.stream}
					and ${key} in (select value from json_each(${JSON.stringify(ids)})) and not ${knownTo(entityOf(around, who))}`
			);
			return rows.map(({ id: of }) => ({ handle: `${letter}${String(ids.indexOf(of) + 1)}`, who }));
		});
	const unknown = new Map<string, Who[]>();
	for (const { handle, who } of [
		...missed(sql`thread_id`, threads, told.threads, 't'),
		...missed(sql`event_id`, storyEvents, told.events, 'e')
	])
		unknown.set(handle, [...(unknown.get(handle) ?? []), who]);
	return unknown;
};

const sceneTold = (read: Read, around: Around): StoryFacts['scene'] => {
	const scene = around.meanwhileId === null ? null : findMeanwhile(read, around.stream, around.meanwhileId);
	if (scene === null) return [];
	const { people } = around;
	const nameOf = (who: string | null): string =>
		[people.host, people.guest].find((one) => one?.entity === who)?.name ?? 'narrator';
	return [
		{ speaker: 'narrator', text: scene.premise },
		...playedIn(read, around.stream, scene).map(({ turnId, speakerId }) => ({
			speaker: nameOf(speakerId),
			text: textOf(read, around.stream, turnId)
		}))
	];
};

const askedToDecide = (
	read: Read,
	job: ReplyJob,
	room: { readonly tokens: number; readonly ratio: number } | null,
	merged: boolean | null,
	tellers: readonly Teller[]
): AskedToDecide | null => {
	const { stream, stage } = job;
	const turnId = judged(job);
	const around = turnId === null ? null : lookAround(read, stream, turnId);
	const own = classifierOf(stage);
	if (around === null || turnId === null || own === null) return null;
	const settings = settingsOf(read, stream);
	const observes = own === 'observer' && !job.lone;
	const classifier = observes && (merged ?? settings.classifiers === 'merged') ? 'merged' : own;
	const witness =
		classifier === 'interjection' || classifier === 'merged' ? silentWitness(read, around) : null;
	const { people, present, chat } = around;
	const clock = clockOf(read, stream);
	const elsewhere = around.meanwhileId === null ? null : findMeanwhile(read, stream, around.meanwhileId);
	const placeId = openScene(read, stream)?.containerId ?? null;
	const place =
		elsewhere !== null
			? elsewhere.place
			: ((placeId === null ? null : findPlace(read, stream, placeId)?.name) ?? chat.place);
	const told = {
		memories: remembered(read, around),
		threads: newestThreads(read, stream, 'open', TOLD_MAX),
		events: openEvents(read, stream, TOLD_MAX)
	};
	const bot = (around.speaker === null ? null : people[around.speaker]?.name) ?? around.speakerName;
	const story: StoryFacts = {
		chatId: chat.chatId,
		turnId,
		turn: around.round,
		bot,
		speaker: around.speaker ?? 'host',
		host: people.host.name,
		you: people.you.name,
		guest: people.guest?.name ?? null,
		present: { ...present },
		witness: witness === null ? null : { role: witness.role, name: witness.name },
		place: place === '' ? null : place,
		minutes: clock.minutes,
		weather: clock.weather,
		words: textOf(read, stream, before(job)),
		reply: textOf(read, stream, turnId),
		interjection: around.interjection,
		openEvents: told.events.map(({ title, status }, i) => ({
			handle: `e${String(i + 1)}`,
			title,
			status: status === 'active' ? 'active' : 'planned'
		})),
		memories: told.memories.map(({ owner, text }, i) => ({ handle: `m${String(i + 1)}`, owner, text })),
		threads: told.threads.map(({ text }, i) => ({ handle: `t${String(i + 1)}`, text })),
		scene: stage === 'digest' ? sceneTold(read, around) : []
	};
	const doing = [...activitiesOf(read, stream).values()].flatMap(({ entity, posture, action, mood }) => {
		const role =
			entity === 'you' ? 'you' : entity === chat.hostId ? 'host' : entity === chat.guestId ? 'guest' : null;
		const words = [posture, action, mood].filter((each) => each !== '').join(', ');
		// what somebody does elsewhere, nobody here has seen
		return role === null || !present[role] || words === '' ? [] : [`${role}: ${words}`];
	});
	const choice = chosenModel(read, stream, 'classify');
	const most = room === null ? Infinity : (room.tokens / room.ratio) * CHARS_PER_TOKEN;
	return {
		kind: 'decide',
		stage,
		classifier,
		mayMerge: observes && settings.classifiers === 'auto',
		chatId: chat.chatId,
		turnId,
		connectionId: choice?.connectionId ?? job.connectionId,
		choice,
		instructions: instructionsFor(classifier),
		data:
			classifier === 'steps'
				? caseMaterialFor(
						story,
						toldBy(tellers, read, chat.chatId).map(({ text }) => text),
						most
					)
				: materialFor(
						classifier,
						story,
						around,
						doing,
						most,
						unknownTo(read, around, {
							threads: told.threads.map(({ threadId }) => threadId),
							events: told.events.map(({ eventId }) => eventId)
						})
					),
		maxOutputTokens: OUTPUT_TOKENS[classifier],
		known: Object.fromEntries<string>([
			...told.memories.map(({ memoryId }, i) => [`m${String(i + 1)}`, memoryId] as const),
			...told.threads.map(({ threadId }, i) => [`t${String(i + 1)}`, threadId] as const),
			...told.events.map(({ eventId }, i) => [`e${String(i + 1)}`, eventId] as const)
		]),
		wording: wordingOf(read, job),
		story
	};
};
