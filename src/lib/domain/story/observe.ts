// Clamps what an observer says to what can be: never trusted, always sane. Garbage in, a little or nothing out.
import type { World } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { activities, activitiesOf, activityChanged, whereabouts } from './activity.ts';
import {
	cut,
	droppings,
	entityOf,
	whoIs,
	within,
	type Around,
	type Dropped,
	type Droppings,
	type Known
} from './around.ts';
import type { Observation, Who } from './classifiers.ts';
import { ADVANCE_MAX_MINUTES, timeAdvanced, timeSkipElision, weatherChanged } from './clock.ts';
import { edgeHistory, edgeUpdate, EDGE_DELTA_MAX } from './edges.ts';
import { memories, memoryEdited, memoryForgotten, memoryWritten, MEMORY_MAX_CHARS } from './memories.ts';
import { containerCreated, containers, placeNamed, PLACE_NAME_MAX_CHARS } from './places.ts';
import { openScene, sceneClosed, sceneOpened, scenes } from './scenes.ts';
import { clockOf, storyNow } from './story-now.ts';
import { findThread, newestThreads, threadClosed, threadOpened, threads } from './threads.ts';

/** How much of one answer is taken. */
export const OBSERVED = {
	memories: 12,
	revisions: 12,
	places: 3,
	threads: 5,
	facts: 3,
	/** A turn that passes over no time takes no longer than a day. */
	minutes: 1440,
	/** Looked at of any list; the rest is not even read, but counted. */
	entries: 500
} as const;

/** The tables clamping reads. */
export const OBSERVES: readonly Table[] = [
	memories,
	edgeHistory,
	activities,
	containers,
	scenes,
	storyNow,
	threads
];

/** What was made of an answer. */
export interface Clamped {
	readonly events: readonly EventDraft[];
	readonly dropped: Droppings['list'];
}

interface Clamping extends Droppings {
	readonly read: Read;
	readonly world: Pick<World, 'newId'>;
	readonly around: Around;
	readonly known: Known;
	/** Anchor and cause of all that comes of it. */
	readonly of: { readonly stream: string; readonly anchor: string; readonly cause: string };
	/** Places named in this answer, by their name in small letters. */
	readonly named: Map<string, string>;
	readonly events: EventDraft[];
}

/** What the observer says of a turn, as events caused by it. Reads {@link OBSERVES}. */
export const observed = (
	read: Read,
	world: Pick<World, 'newId'>,
	around: Around,
	answer: Observation,
	known: Known
): Clamped => {
	const { stream, turnId } = around;
	const at: Clamping = {
		...droppings(),
		read,
		world,
		around,
		known,
		of: { stream, anchor: turnId, cause: turnId },
		named: new Map(),
		events: []
	};
	// where everybody is comes first, and time after what was done in it
	clampPlace(at, answer);
	clampActivities(at, answer);
	clampMemories(at, answer);
	clampRevisions(at, answer);
	clampEdges(at, answer);
	clampThreads(at, answer);
	clampTime(at, answer);
	return { events: at.events, dropped: at.list };
};

/** As much of a list as is read; how much more there was is noted. */
export const some = <T>({ drop }: Droppings, what: Dropped['what'], list: readonly T[]): readonly T[] => {
	drop(what, 'too-many', '', list.length - OBSERVED.entries);
	return list.slice(0, OBSERVED.entries);
};

/** Somebody who was really there; null, and a note, otherwise. */
const presentOne = (
	{ around, drop }: Clamping,
	what: 'memory' | 'edge' | 'activity',
	said: string
): Who | null => {
	const who = whoIs(said);
	if (who !== null && around.present[who]) return who;
	drop(what, who === null ? 'unknown' : 'not-there', said);
	return null;
};

/** The id of a place by its name: known, or new. Null when too many are new. */
const placeOf = (at: Clamping, said: string): string | null => {
	const name = cut(said.replace(/\s+/gu, ' '), PLACE_NAME_MAX_CHARS);
	if (name === '') return null;
	const known = placeNamed(at.read, at.around.stream, name)?.containerId ?? at.named.get(name.toLowerCase());
	if (known !== undefined) return known;
	if (at.named.size >= OBSERVED.places) {
		at.drop('place', 'too-many', name);
		return null;
	}
	const containerId = at.world.newId();
	at.named.set(name.toLowerCase(), containerId);
	at.events.push(
		containerCreated({ ...at.of, payload: { containerId, name, description: '', parentId: null } })
	);
	return containerId;
};

/**
 * Leaves out what is about now in a turn of long ago. A scene elsewhere has no say in your clock, your place and your weather:
 * that a model told of its own is no fault, and nothing to be told.
 */
const leaveOutOfNow = (at: Clamping, what: 'place' | 'activity' | 'time', said: string): void => {
	if (at.around.meanwhileId === null) at.drop(what, 'past', said);
};

/** What only the newest turn of the story you are in can say: it is about now. */
const isAboutNow = ({ around }: Clamping): boolean => around.newest && around.meanwhileId === null;

const clampPlace = (at: Clamping, { place }: Observation): void => {
	if (place === null) return;
	const { around, read, of } = at;
	if (!isAboutNow(at)) {
		leaveOutOfNow(at, 'place', place);
		return;
	}
	const open = openScene(read, around.stream);
	const containerId = placeOf(at, place);
	if (containerId === null || containerId === open?.containerId) return;
	const { minutes } = clockOf(read, around.stream);
	if (open !== null)
		at.events.push(sceneClosed({ ...of, payload: { sceneId: open.sceneId, minutes, summary: null } }));
	const there = (['you', 'host', 'guest'] as const).flatMap((who) => {
		const one = entityOf(around, who);
		return one !== null && around.present[who] ? [one] : [];
	});
	const sceneId = at.world.newId();
	at.events.push(sceneOpened({ ...of, payload: { sceneId, containerId, participants: there, minutes } }));
};

const clampActivities = (at: Clamping, { activities: said }: Observation): void => {
	const { around, read, of } = at;
	if (said.length === 0) return;
	if (!isAboutNow(at)) {
		leaveOutOfNow(at, 'activity', '');
		return;
	}
	const before = activitiesOf(read, around.stream);
	const places = whereabouts(read, around.chat);
	const moved = at.events.some(({ kind }) => kind === sceneOpened.kind);
	const latest = new Map<Who, Observation['activities'][number]>();
	for (const one of some(at, 'activity', said)) {
		const who = presentOne(at, 'activity', one.who);
		if (who !== null) latest.set(who, one);
	}
	for (const [who, one] of latest) {
		const entity = entityOf(around, who);
		if (entity === null) continue;
		// without a place of their own they are where the scene goes, or stay
		const stays = moved ? null : places[who];
		const containerId = one.place === null ? stays : (placeOf(at, one.place) ?? stays);
		const now = {
			entity,
			containerId,
			posture: cut(one.posture, 120),
			action: cut(one.action, 500),
			attention: cut(one.attention, 200),
			mood: cut(one.mood, 120)
		};
		const was = before.get(entity);
		const same =
			was !== undefined &&
			places[who] === now.containerId &&
			was.posture === now.posture &&
			was.action === now.action &&
			was.attention === now.attention &&
			was.mood === now.mood;
		if (!same || moved) at.events.push(activityChanged({ ...of, payload: now }));
	}
};

const clampMemories = (at: Clamping, answer: Observation): void => {
	const { around, read, of } = at;
	const { minutes } = clockOf(read, around.stream);
	const sceneId = around.meanwhileId ?? openScene(read, around.stream)?.sceneId ?? null;
	const texts = new Set<string>();
	let kept = 0;
	for (const memory of some(at, 'memory', answer.memories)) {
		const text = cut(memory.text, MEMORY_MAX_CHARS);
		if (text === '') {
			at.drop('memory', 'empty', memory.owner);
			continue;
		}
		const who = presentOne(at, 'memory', memory.owner);
		const owner = who === null ? null : entityOf(around, who);
		if (who === null || owner === null) continue;
		const twice = `${who} ${text}`;
		if (texts.has(twice)) continue;
		if (kept >= OBSERVED.memories) {
			at.drop('memory', 'too-many', text);
			continue;
		}
		texts.add(twice);
		kept += 1;
		const witness = {
			you: around.present.you && (memory.you || who === 'you'),
			host: around.present.host && (memory.host || who === 'host'),
			guest: around.present.guest && (memory.guest || who === 'guest')
		};
		at.events.push(
			memoryWritten({
				...of,
				payload: {
					memoryId: at.world.newId(),
					owner,
					text,
					significance: within(memory.significance, 0, 3),
					witness,
					guestId: witness.guest ? around.chat.guestId : null,
					sceneId,
					minutes,
					source: null
				}
			})
		);
	}
};

const memoryRow = z.object({
	owner: z.string(),
	significance: z.number(),
	you: z.number().transform(Boolean),
	host: z.number().transform(Boolean),
	guest: z.number().transform(Boolean),
	pinned: z.number().transform(Boolean)
});

/** What a handle stands for while it is still there, in this story, and belongs to somebody who was there. */
const memoryBy = (at: Clamping, handle: string) => {
	const { around, read, known } = at;
	const memoryId = Object.hasOwn(known, handle) ? known[handle] : undefined;
	const found =
		memoryId === undefined
			? null
			: read.one(
					memoryRow,
					sql`select owner, significance, witness_you as you, witness_host as host, witness_guest as guest, pinned
						from ${memories} where stream = ${around.stream} and memory_id = ${memoryId} and forgotten = 0`
				);
	const owned = (['you', 'host', 'guest'] as const).some(
		(who) => around.present[who] && entityOf(around, who) === found?.owner
	);
	if (memoryId !== undefined && found !== null && owned) return { memoryId, ...found };
	at.drop('memory', 'unknown', handle);
	return null;
};

const clampRevisions = (at: Clamping, answer: Observation): void => {
	const done = new Set<string>();
	const mayTouch = (memoryId: string, said: string): boolean => {
		if (done.has(memoryId)) return false;
		if (done.size >= OBSERVED.revisions) {
			at.drop('memory', 'too-many', said);
			return false;
		}
		done.add(memoryId);
		return true;
	};
	for (const { memory, text: said } of some(at, 'memory', answer.revise)) {
		const text = cut(said, MEMORY_MAX_CHARS);
		const found = text === '' ? null : memoryBy(at, memory);
		if (found === null || !mayTouch(found.memoryId, said)) continue;
		const { memoryId, significance, you, host, guest } = found;
		at.events.push(
			memoryEdited({ ...at.of, payload: { memoryId, text, significance, witness: { you, host, guest } } })
		);
	}
	for (const handle of some(at, 'memory', answer.forget)) {
		const found = memoryBy(at, handle);
		if (found === null) continue;
		// what the player holds on to, no model lets go
		if (found.pinned) at.drop('memory', 'pinned', handle);
		else if (mayTouch(found.memoryId, handle))
			at.events.push(memoryForgotten({ ...at.of, payload: { memoryId: found.memoryId } }));
	}
};

/** What one turn has already moved an edge by: it moves it by no more than one change may, in however many parts. */
const movedBefore = ({ read, around }: Clamping, source: string, target: string) =>
	read.one(
		z.object({ affinity: z.number(), trust: z.number() }),
		sql`select coalesce(sum(affinity), 0) as affinity, coalesce(sum(trust), 0) as trust from ${edgeHistory}
			where stream = ${around.stream} and source = ${source} and target = ${target} and turn_id = ${around.turnId}`
	) ?? { affinity: 0, trust: 0 };

/** What is far out of bounds is so in a sum too, and no sum is endless. */
const bounded = (delta: number): number =>
	Number.isFinite(delta) ? Math.min(1000, Math.max(-1000, delta)) : 0;

const clampEdges = (at: Clamping, answer: Observation): void => {
	const { around, of } = at;
	const sums = new Map<
		string,
		{ source: string; target: string; affinity: number; trust: number; reasons: string[]; facts: string[] }
	>();
	for (const one of some(at, 'edge', answer.edges)) {
		const from = presentOne(at, 'edge', one.from);
		const to = whoIs(one.to);
		const source = from === null ? null : entityOf(around, from);
		const target = to === null ? null : entityOf(around, to);
		if (source === null) continue;
		if (target === null || target === source) {
			at.drop('edge', 'unknown', `${one.from} → ${one.to}`);
			continue;
		}
		const key = `${source} ${target}`;
		const sum = sums.get(key) ?? { source, target, affinity: 0, trust: 0, reasons: [], facts: [] };
		sums.set(key, sum);
		sum.affinity += bounded(one.affinity);
		sum.trust += bounded(one.trust);
		const reason = cut(one.reason, 500);
		if (reason !== '' && !sum.reasons.includes(reason)) sum.reasons.push(reason);
		const fact = one.fact === null ? '' : cut(one.fact, 200);
		if (fact !== '' && !sum.facts.includes(fact)) sum.facts.push(fact);
	}
	for (const { source, target, affinity, trust, reasons, facts } of sums.values()) {
		const before = movedBefore(at, source, target);
		const left = (delta: number, moved: number): number => {
			const total = within(delta + moved, -EDGE_DELTA_MAX, EDGE_DELTA_MAX);
			if (Math.round(delta + moved) !== total) at.drop('edge', 'too-much', String(delta));
			return within(total - moved, -EDGE_DELTA_MAX, EDGE_DELTA_MAX);
		};
		for (const fact of facts.slice(OBSERVED.facts)) at.drop('edge', 'too-many', fact);
		const payload = {
			source,
			target,
			affinity: left(affinity, before.affinity),
			trust: left(trust, before.trust),
			reason: cut(reasons.join(' · '), 500),
			facts: facts.slice(0, OBSERVED.facts)
		};
		if (payload.affinity !== 0 || payload.trust !== 0 || payload.facts.length > 0)
			at.events.push(edgeUpdate({ ...of, payload }));
	}
};

/** With how many of the newest loose ends a new one is compared, lest it is noted twice. */
const OPEN_COMPARED = 200;

const clampThreads = (at: Clamping, answer: Observation): void => {
	const { around, read, of, known } = at;
	const closed = new Set<string>();
	for (const handle of some(at, 'thread', answer.threads_closed)) {
		const threadId = Object.hasOwn(known, handle) ? known[handle] : undefined;
		const thread = threadId === undefined ? null : findThread(read, around.stream, threadId);
		if (thread?.status !== 'open') at.drop('thread', 'unknown', handle);
		else if (!closed.has(thread.threadId)) {
			closed.add(thread.threadId);
			at.events.push(threadClosed({ ...of, payload: { threadId: thread.threadId, outcome: '' } }));
		}
	}
	const texts = new Set(
		newestThreads(read, around.stream, 'open', OPEN_COMPARED).map(({ text }) => text.toLowerCase())
	);
	let opened = 0;
	for (const said of some(at, 'thread', answer.threads_opened)) {
		const text = cut(said, 500);
		if (text === '' || texts.has(text.toLowerCase())) continue;
		if (opened >= OBSERVED.threads) {
			at.drop('thread', 'too-many', text);
			continue;
		}
		texts.add(text.toLowerCase());
		opened += 1;
		at.events.push(threadOpened({ ...of, payload: { threadId: at.world.newId(), text, witnesses: null } }));
	}
};

const clampTime = (at: Clamping, answer: Observation): void => {
	const { around, read, of } = at;
	const sky = answer.weather === null ? null : cut(answer.weather, 120);
	const skip = answer.skip === null ? '' : cut(answer.skip, 500);
	if (!isAboutNow(at)) {
		if (skip !== '' || answer.minutes !== 0) leaveOutOfNow(at, 'time', skip);
		return;
	}
	if (sky !== null && sky !== '' && sky !== clockOf(read, around.stream).weather)
		at.events.push(weatherChanged({ ...of, payload: { weather: sky } }));
	// the clock of a story never goes back by what a model says
	const minutes = within(answer.minutes, 0, skip === '' ? OBSERVED.minutes : ADVANCE_MAX_MINUTES);
	if (minutes !== Math.round(answer.minutes)) at.drop('time', 'too-much', String(answer.minutes));
	if (skip !== '' && minutes > 0)
		at.events.push(timeSkipElision({ ...of, payload: { minutes, label: skip } }));
	else if (minutes > 0) at.events.push(timeAdvanced({ ...of, payload: { minutes } }));
};

/** How far the clock of a story goes on by events that are about to be written. */
export const passing = (events: readonly EventDraft[]): number =>
	events.reduce((sum, { kind, payload }) => {
		if (kind !== timeAdvanced.kind && kind !== timeSkipElision.kind) return sum;
		return sum + z.object({ minutes: z.number() }).parse(payload).minutes;
	}, 0);
