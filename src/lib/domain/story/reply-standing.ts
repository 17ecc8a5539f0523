// Gathers how things stand for whoever is to speak: where they are and with whom, what they feel, know and have heard of.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement, type Table } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import { activitiesOf, whereabouts } from './activity.ts';
import type { Asked } from './asked-reply.ts';
import { authorNoteOf } from './author-note.ts';
import type { Chat } from './chats.ts';
import { edgeHistory, edges } from './edges.ts';
import { knownTo } from './knowing.ts';
import { heardOf, keptFromPlayer } from './meanwhile-scenes.ts';
import { people, type Entity } from './people.ts';
import { findPlace } from './places.ts';
import { capital, NAMELESS_PLAYER } from './prompt-rules.ts';
import type { Standing } from './prompt-tail.ts';
import { storyEvents } from './story-events.ts';
import { clockOf } from './story-now.ts';
import { threads } from './threads.ts';
import type { Present } from './turns.ts';

/** The most of each that is told; how much more there is, whoever inspects the prompt is told. */
const FACTS_TOLD = 4;
const PLANS_TOLD = 40;
const ELSEWHERE_TOLD = 3;
/** That something is kept from the player is told of every place; so many are called by name. */
const SECRETS_NAMED = 4;
/** How many of the places a place lies in are named. */
const PLACES_ABOVE = 2;

const planRow = z.object({
	title: z.string(),
	status: z.enum(['planned', 'active']),
	plannedFor: z.number().nullable(),
	all: z.number()
});
const endRow = z.object({ text: z.string(), all: z.number() });
const countRow = z.object({ n: z.number() });

/** Nothing of it is anybody else's; the narrator knows of all that is planned. */
export const standingOf = (
	read: Read,
	{ chat, speakerId, as }: Asked,
	there: Present,
	speaker: string
): Standing => {
	const stream = chatStream(chat.chatId);
	const { you, host, guest } = people(read, chat);
	const everybody = [
		{ ...you, name: you.name === '' ? 'the player' : you.name, here: there.you },
		{ ...host, here: there.host },
		...(guest === null ? [] : [{ ...guest, here: there.guest }])
	];
	const doing = activitiesOf(read, stream);
	// the speaker first: they are who it is about
	const here = everybody
		.filter((each) => each.here)
		.sort((a, b) => Number(b.entity === speakerId) - Number(a.entity === speakerId));
	const events = read.all(
		planRow,
		sql`select title, status, planned_for as plannedFor, count(*) over () as "all" from ${storyEvents}
			where stream = ${stream} and status in ('planned', 'active') and ${knownTo(speakerId)}
			order by status = 'planned', position limit ${PLANS_TOLD}`
	);
	const ends = read.all(
		endRow,
		sql`select text, count(*) over () as "all" from ${threads}
			where stream = ${stream} and status = 'open' and ${knownTo(speakerId)}
			order by position desc, thread_id limit ${PLANS_TOLD}`
	);
	const missed = (from: Table, open: Statement): number =>
		read.one(
			countRow,
			sql`select count(*) as n from ${from} where stream = ${stream} and ${open} and not ${knownTo(speakerId)}`
		)?.n ?? 0;
	const elsewhere = heardOf(read, stream, as.kind === 'draft' ? null : speakerId, ELSEWHERE_TOLD);
	return {
		speaker,
		place: placeFor(read, chat, speakerId, as),
		clock: clockOf(read, stream),
		here: here.map(({ entity, name }) => {
			const { posture = '', action = '', attention = '', mood = '' } = doing.get(entity) ?? {};
			return { name, posture, action, attention, mood };
		}),
		away: everybody.filter((each) => !each.here).map(({ name }) => name),
		feelings: here
			.filter(({ entity }) => entity !== speakerId)
			.flatMap(({ entity, name }) =>
				speakerId === null ? [] : feelingFor(read, stream, speakerId, entity, name)
			),
		events: events.map(({ title, status, plannedFor }) => ({ title, status, plannedFor })),
		threads: ends.map(({ text }) => text),
		elsewhere: elsewhere.heard,
		secret:
			as.kind === 'draft' || speakerId === null
				? { places: [], beyond: 0 }
				: keptFromPlayer(read, stream, speakerId, SECRETS_NAMED),
		beyond: {
			events: (events[0]?.all ?? 0) - events.length,
			threads: (ends[0]?.all ?? 0) - ends.length,
			elsewhere: elsewhere.beyond
		},
		missed: {
			events: missed(storyEvents, sql`status in ('planned', 'active')`),
			threads: missed(threads, sql`status = 'open'`)
		},
		player: capital(you.name === '' ? NAMELESS_PLAYER : you.name),
		note: authorNoteOf(read, stream)
	};
};

const placeFor = (read: Read, chat: Chat, speakerId: string | null, as: Asked['as']): Standing['place'] => {
	const stream = chatStream(chat.chatId);
	const at = whereabouts(read, chat);
	const containerId =
		as.kind === 'meanwhile'
			? as.containerId
			: as.kind === 'draft'
				? at.you
				: speakerId === chat.guestId
					? at.guest
					: at.host;
	const found = containerId === null ? null : findPlace(read, stream, containerId);
	const named = as.kind === 'meanwhile' ? as.place : chat.place;
	if (found === null)
		return named === null || named === '' ? null : { name: named, description: '', within: [] };
	const within: string[] = [];
	let above = found.parentId;
	while (above !== null && within.length < PLACES_ABOVE) {
		const next = findPlace(read, stream, above);
		if (next === null) break;
		within.push(next.name);
		above = next.parentId;
	}
	return { name: found.name, description: found.description, within };
};

const feelingRow = z.object({ affinity: z.number(), trust: z.number(), known: z.number() });
const reasonRow = z.object({ reason: z.string() });
const factsRow = z.object({
	facts: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json)))
});

const feelingFor = (
	read: Read,
	stream: string,
	source: Entity,
	target: Entity,
	name: string
): Standing['feelings'] => {
	const edge = read.one(
		feelingRow,
		sql`select affinity, trust, facts as known from ${edges}
			where stream = ${stream} and source = ${source} and target = ${target}`
	);
	if (edge === null) return [];
	const { affinity, trust, known } = edge;
	const changes = sql`from ${edgeHistory} where stream = ${stream} and source = ${source} and target = ${target}`;
	const facts =
		known === 0
			? []
			: read
					.all(
						factsRow,
						sql`select facts ${changes} and facts <> '[]' order by position desc limit ${FACTS_TOLD}`
					)
					.flatMap((change) => change.facts)
					.slice(0, FACTS_TOLD);
	return [
		{
			name,
			affinity,
			trust,
			reason:
				read.one(reasonRow, sql`select reason ${changes} and reason <> '' order by position desc limit 1`)
					?.reason ?? '',
			facts,
			factsBeyond: known - facts.length
		}
	];
};
