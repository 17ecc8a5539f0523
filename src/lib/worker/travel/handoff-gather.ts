// What may leave with a hand-off, as it stands here: its events, its chat as it is told, who plays in it, and bare pictures.
import { PLACEHOLDER } from '../../domain/desk/placeholders.ts';
import { barePicture } from '../../domain/formats/bare-picture.ts';
import { HANDOFF_LIMITS } from '../../domain/formats/handoff-file.ts';
import type { EventKind } from '../../domain/kernel/event.ts';
import type { LogRow } from '../../domain/kernel/log.ts';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import { z } from '../../domain/kernel/schema.ts';
import { chatStream, handoffStream, LIBRARY } from '../../domain/streams.ts';
import type { ReviewHandoff, ReviewRefusal } from '../handoff-protocol.ts';
import { sha256 } from './identity.ts';
import type { Work } from './image.ts';
import {
	askingOne,
	readPictures,
	readStreamOf,
	type Asking,
	type Reading,
	type Reception
} from './read-log.ts';
import type { TakeOutDeps } from './take-out.ts';

export interface GatherDeps extends Pick<TakeOutDeps, 'vocabulary' | 'now'> {
	readonly port: Asking;
}

/** What goes back: what was done. The facts and the assessments are where they came from. */
const NOT_IN_RECEIPTS = new Set(['handoff_raised', 'handoff_assessed', 'handoff_assessment_failed']);

interface Picture {
	readonly hash: string;
	readonly mediaType: string;
	readonly bytes: Uint8Array;
}

/** All that may leave, as it stands here. */
export interface Gathered {
	readonly request: ReviewHandoff;
	readonly chatId: string | null;
	readonly title: string;
	readonly rows: readonly { readonly row: LogRow; readonly kind: EventKind; readonly payload: unknown }[];
	/** Bare: nothing in them but the picture, under the hashes they have so. */
	readonly pictures: readonly Picture[];
	readonly turns: number;
	/** Placeholders that stand anywhere in the hand-off and its chat, also in what does not leave. */
	readonly taken: ReadonlySet<string>;
}

const handoffHere = z
	.object({ handoffId: z.string(), chatId: z.string(), chatIsHere: z.boolean(), title: z.string() })
	.nullable();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Every string of a payload that is exactly such a name. */
const namesIn = (value: unknown, name: RegExp, found: Set<string>): void => {
	if (typeof value === 'string') {
		if (name.test(value)) found.add(value);
	} else if (typeof value === 'object' && value !== null)
		for (const inner of Object.values(value)) namesIn(inner, name, found);
};

/** The payload with other hashes in the place of these; null for a picture that does not come along. */
const rehashed = (value: unknown, hashes: ReadonlyMap<string, string | null>): unknown => {
	if (typeof value === 'string') return hashes.has(value) ? hashes.get(value) : value;
	if (Array.isArray(value)) return value.map((one) => rehashed(one, hashes));
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rehashed(one, hashes)]));
	return value;
};

const item = z.object({ botId: z.string().optional(), youId: z.string().optional() }).catch({});

/** Reads what may leave: the hand-off; unless it is a receipt, its chat as it is told, who plays in it, and their pictures. */
export const gather = async (
	deps: GatherDeps,
	request: ReviewHandoff,
	{ tell, signal }: Work
): Promise<Result<Gathered, ReviewRefusal>> => {
	const asking = askingOne(deps.port);
	const found = handoffHere.parse(
		await asking.ask('handoff', { handoffId: request.handoffId, now: deps.now() })
	);
	if (found === null) return refuse({ type: 'handoff_unknown', handoffId: request.handoffId });
	const whole = request.as === 'handoff';
	if (whole && !found.chatIsHere) return refuse({ type: 'chat_unknown', chatId: found.chatId });

	const kinds = new Map(deps.vocabulary.events.map((kind) => [kind.kind, kind]));
	const rows: Gathered['rows'][number][] = [];
	const taken = new Set<string>();
	let events = 0;
	const reading: Reading = {
		asking,
		signal,
		tell: () => {
			tell({ stage: 'reading', done: events, total: events });
		}
	};
	const into = (wanted: (row: LogRow) => boolean): Pick<Reception, 'put' | 'drop'> => ({
		put: (page) => {
			for (const row of page) {
				for (const placeholder of row.payload.match(PLACEHOLDER) ?? []) taken.add(placeholder);
				const kind = kinds.get(row.kind);
				// of what this version does not know nobody can say whether it is secret
				if (kind === undefined || row.v > kind.version || row.supersededBy !== null || !wanted(row)) continue;
				events += 1;
				if (events <= HANDOFF_LIMITS.maxEvents)
					rows.push({ row, kind, payload: kind.revive(JSON.parse(row.payload), row.v) });
			}
		},
		drop: (stream) => {
			for (let at = rows.length - 1; at >= 0; at--) if (rows[at]?.row.stream === stream) rows.splice(at, 1);
			events = rows.length;
		}
	});
	const stream = chatStream(found.chatId);
	const names = new Set<string>();
	if (found.chatIsHere)
		await readStreamOf(
			reading,
			stream,
			into(() => whole)
		);
	if (whole) {
		for (const { payload } of rows) namesIn(payload, UUID, names);
		const isNamed = ({ payload }: LogRow): boolean => {
			const { botId, youId } = item.parse(JSON.parse(payload));
			return names.has(botId ?? '') || names.has(youId ?? '');
		};
		await readStreamOf(reading, LIBRARY, into(isNamed));
	}
	await readStreamOf(
		reading,
		handoffStream(found.handoffId),
		into(({ kind }) => whole || !NOT_IN_RECEIPTS.has(kind))
	);
	if (events > HANDOFF_LIMITS.maxEvents)
		return refuse({ type: 'handoff_too_long', events, maxEvents: HANDOFF_LIMITS.maxEvents });

	const hashes = new Set<string>();
	for (const { payload } of rows) namesIn(payload, HASH, hashes);
	const stored: Picture[] = [];
	await readPictures(reading, [...hashes], { putPicture: (picture) => void stored.push(picture) });
	const pictures: Picture[] = [];
	const renamed = new Map<string, string | null>();
	for (const { hash, mediaType, bytes } of stored) {
		const bare = barePicture(mediaType, bytes);
		const called = bare === null ? null : await sha256(bare);
		renamed.set(hash, called);
		if (bare !== null && called !== null) pictures.push({ hash: called, mediaType, bytes: bare });
	}
	return ok({
		request,
		chatId: whole ? found.chatId : null,
		title: found.title,
		rows: rows.map((one) => ({ ...one, payload: rehashed(one.payload, renamed) })),
		pictures,
		turns: rows.filter(({ kind }) => kind.opensTurn).length,
		taken
	});
};
