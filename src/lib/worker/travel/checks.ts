// What every row of a file has to be before it is kept: in range, well-formed, and in the shape its kind of event has.
import { fileRow } from '../../domain/formats/snapshot-file.ts';
import type { EventKind } from '../../domain/kernel/event.ts';
import { keepable } from '../../domain/kernel/keepable.ts';
import type { LogRow } from '../../domain/kernel/log.ts';
import { z } from '../../domain/kernel/schema.ts';
import { pictureProblem } from '../../domain/library/assets.ts';
import { canonicalId } from '../../domain/desk/handoff-id.ts';
import { handoffRaised } from '../../domain/desk/handoff-events.ts';
import { chatCreated, creation } from '../../domain/story/chats.ts';
import { assetHash, chatStream, handoffStream, id, idOfStream, LIBRARY } from '../../domain/streams.ts';
import { damaged, FileRefused, placeAt } from './errand.ts';
import type { FoundPicture, FoundRow } from './source.ts';

/** Numbers of events stay far below what a number can hold, whatever is added to them here. */
const MAX_NUMBER = 1e15;
/** The last moment a Date can say. */
const MAX_MOMENT_MS = 8.64e15;
/** How deep lists and objects lie in each other; ours: three. */
const MAX_DEPTH = 64;
/** What a recovery copy knows of the log before its cut: some 50 000 events. */
const MAX_LIST_CHARS = 1024 * 1024;
const MAX_PAYLOAD_CHARS = 8 * 1024 * 1024;

/** What a stream of a later version may be called. */
const STREAM = /^[a-z][a-z0-9_-]{0,39}(?::[A-Za-z0-9_.~-]{1,150})?$/;

/** A row that may be kept. */
export interface CheckedRow {
	readonly row: LogRow;
	/** False: a kind, or a version of it, that this version does not know. It is kept and not folded. */
	readonly known: boolean;
}

export interface RowChecks {
	/** Checks the next event of the log. Throws `FileRefused` with its place. */
	event(found: FoundRow): CheckedRow;
	/** Checks the next event of a recovery copy. */
	copyEvent(found: FoundRow): CheckedRow & { readonly copyId: string };
	/** What the chat of a stream is called, as far as was read; empty for the library, null when nobody said. */
	titleOf(stream: string): string | null;
}

const raised = z.object({ handoffId: z.string() });
const titled = z.object({ title: z.string() });
const opened = z.object({ turnId: z.string() });

/** What is wrong with a value and where; null when nothing is. */
const flaw = (
	value: unknown,
	path: string,
	depth: number
): { readonly field: string; readonly detail: string } | null => {
	if (typeof value === 'string')
		return keepable(value) === value
			? null
			: { field: path, detail: 'holds half of a character, or an empty one' };
	if (typeof value !== 'object' || value === null) return null;
	if (depth === MAX_DEPTH) return { field: path, detail: 'is nested too deep' };
	for (const [key, inner] of Object.entries(value)) {
		const found =
			flaw(key, path, depth + 1) ?? flaw(inner, Array.isArray(value) ? path : `${path}.${key}`, depth + 1);
		if (found !== null) return { ...found, field: found.field.slice(0, 200) };
	}
	return null;
};

const issueOf = (error: unknown): { readonly field: string; readonly detail: string } => {
	const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
	if (issue === undefined)
		return { field: 'payload', detail: error instanceof Error ? error.message : String(error) };
	return { field: ['payload', ...issue.path.map(String)].join('.'), detail: issue.message };
};

/** Checks rows one after the other, each log in its own order. `kinds`: the kinds of event this version knows. */
export const createRowChecks = (kinds: readonly EventKind[]): RowChecks => {
	const kindByName = new Map(kinds.map((kind) => [kind.kind, kind]));
	const titles = new Map<string, string>([[LIBRARY, '']]);
	const placeInStream = new Map<string, number>();
	let lastSeq = 0;
	let lastCopySeq = 0;

	const invalid = ({ row, line }: FoundRow, field: string, detail: string): FileRefused => {
		const { stream, streamSeq, kind } = row;
		return new FileRefused({
			type: 'event_invalid',
			place: placeAt({
				title: typeof stream === 'string' ? (titles.get(stream) ?? null) : null,
				event: typeof streamSeq === 'number' ? streamSeq : null,
				kind: typeof kind === 'string' ? kind.slice(0, 200) : null,
				line
			}),
			field,
			detail: detail.slice(0, 300)
		});
	};

	const check = (found: FoundRow): CheckedRow => {
		const parsed = fileRow.safeParse(found.row);
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			throw invalid(found, issue?.path.map(String).join('.') ?? '', issue?.message ?? '');
		}
		const row = parsed.data;
		for (const field of ['seq', 'streamSeq', 'batch', 'supersededBy'] as const)
			if ((row[field] ?? 0) > MAX_NUMBER) throw invalid(found, field, 'is out of range');
		if (row.at > MAX_MOMENT_MS) throw invalid(found, 'at', 'is out of range');
		for (const field of ['eventId', 'anchor', 'cause', 'kind'] as const)
			if (keepable(row[field]) !== row[field])
				throw invalid(found, field, 'holds half of a character, or an empty one');
		const named = idOfStream(row.stream);
		// in another spelling a hand-off would be another one, and yet the same
		const spelledOtherwise = row.stream.startsWith(handoffStream('')) && canonicalId(named ?? '') !== named;
		if (!STREAM.test(row.stream) || (named !== null && !id.safeParse(named).success) || spelledOtherwise)
			throw invalid(found, 'stream', 'is no name of a stream');

		if (row.payload.length > MAX_PAYLOAD_CHARS) throw invalid(found, 'payload', 'is too long');
		const payload: unknown = JSON.parse(row.payload);
		const wrong = flaw(payload, 'payload', 0);
		if (wrong !== null) throw invalid(found, wrong.field, wrong.detail);
		// SQLite and JavaScript disagree about a key that is there twice
		if (JSON.stringify(payload) !== row.payload)
			throw invalid(found, 'payload', 'is not written as Stet writes it');

		const kind = kindByName.get(row.kind);
		const known = kind !== undefined && row.v <= kind.version;
		if (!known) return { row, known };
		let content: unknown;
		try {
			content = kind.revive(payload, row.v);
		} catch (error) {
			const { field, detail } = issueOf(error);
			throw invalid(found, field, detail);
		}
		if (row.opensTurn !== kind.opensTurn)
			throw invalid(found, 'opensTurn', 'is not what events of this kind do');
		for (const field of ['anchor', 'cause'] as const)
			if (row[field] !== null && !id.safeParse(row[field]).success) throw invalid(found, field, 'is no id');
		if (kind.opensTurn && row.anchor === null) throw invalid(found, 'anchor', 'is missing');
		if (kind.opensTurn && opened.parse(content).turnId !== row.anchor)
			throw invalid(found, 'anchor', 'is not the turn this event opens');
		if (row.kind === chatCreated.kind && chatStream(creation.parse(content).chatId) !== row.stream)
			throw invalid(found, 'payload.chatId', 'is not the chat this event is in');
		if (row.kind === handoffRaised.kind && handoffStream(raised.parse(content).handoffId) !== row.stream)
			throw invalid(found, 'payload.handoffId', 'is not the hand-off this event is in');
		const { data: called } = titled.safeParse(content);
		if (called !== undefined && row.supersededBy === null && row.stream !== LIBRARY)
			titles.set(row.stream, called.title);
		return { row, known };
	};

	return {
		titleOf: (stream) => titles.get(stream) ?? null,
		event: (found) => {
			const checked = check(found);
			const { seq, stream, streamSeq } = checked.row;
			if (seq <= lastSeq) throw invalid(found, 'seq', 'does not rise');
			if (streamSeq <= (placeInStream.get(stream) ?? 0))
				throw invalid(found, 'streamSeq', 'does not rise, or is there twice');
			lastSeq = seq;
			placeInStream.set(stream, streamSeq);
			return checked;
		},
		copyEvent: (found) => {
			const checked = check(found);
			if (checked.row.seq <= lastCopySeq) throw invalid(found, 'seq', 'does not rise');
			lastCopySeq = checked.row.seq;
			const copyId = id.safeParse(found.row['copyId']);
			if (!copyId.success) throw invalid(found, 'copyId', 'is no id');
			return { ...checked, copyId: copyId.data };
		}
	};
};

const count = z.number().int().min(0).max(MAX_NUMBER);
const list = (shape: z.ZodType) =>
	z
		.string()
		.max(MAX_LIST_CHARS, { abort: true })
		.refine((json) => {
			try {
				return z.array(shape).safeParse(JSON.parse(json)).success;
			} catch {
				return false;
			}
		}, 'is no such list');

const copyShape = z.object({
	copyId: id,
	stream: z.string().regex(STREAM),
	kind: z.enum(['rewind', 'deleted']),
	title: z.string().max(1000),
	at: count.max(MAX_MOMENT_MS),
	turns: count,
	events: count,
	bytes: count,
	digest: z.string().max(200),
	cutSeq: count,
	baseTurns: count,
	baseMarks: list(z.tuple([count, count.nullable()])),
	strangers: list(z.tuple([count, count]))
});

/** A recovery copy as stored; lists are JSON. */
export type CheckedCopy = z.output<typeof copyShape>;

/** Checks a recovery copy without its events. Throws `FileRefused`. */
export const checkCopy = (row: Readonly<Record<string, unknown>>): CheckedCopy => {
	const parsed = copyShape.safeParse(row);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const { title } = row;
	throw damaged(
		{ title: typeof title === 'string' ? title.slice(0, 200) : null },
		`recovery copy: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`
	);
};

export interface CheckedPicture {
	readonly hash: string;
	readonly mediaType: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Checks that a picture is one, and that it is the one it says. Rejects with `FileRefused`. */
export const checkPicture = async ({
	hash,
	mediaType,
	bytes,
	line
}: FoundPicture): Promise<CheckedPicture> => {
	const no = (detail: string): FileRefused => damaged({ line }, `picture: ${detail}`);
	const name = assetHash.safeParse(hash);
	if (!name.success || typeof mediaType !== 'string' || !(bytes instanceof Uint8Array))
		throw no('is not stored as Stet stores it');
	const problem = pictureProblem(mediaType, bytes.byteLength);
	if (problem !== null) throw no(problem.type);
	const own = new Uint8Array(bytes);
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', own));
	const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
	if (hex !== name.data) throw no('is not the one it says it is');
	return { hash: name.data, mediaType, bytes: own };
};
