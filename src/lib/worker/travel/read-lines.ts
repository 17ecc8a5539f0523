// Reads the text form of a file: a manifest, events and pictures, one JSON object a line.
import {
	eventLine,
	manifestLine,
	pictureLine,
	rowOfLine,
	type EventLine,
	type Manifest
} from '../../domain/formats/snapshot-file.ts';
import { FILE_FORMAT } from '../../domain/kernel/app.ts';
import type { LogRow } from '../../domain/kernel/log.ts';
import { z } from '../../domain/kernel/schema.ts';
import { damaged, FileRefused, placeAt, type Errand } from './errand.ts';
import type { FoundPicture, FoundRow, Source } from './source.ts';

/** No line of ours is longer: a picture has 2 MB, a turn a million characters. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const PAGE_ROWS = 200;
const PAGE_CHARS = 8 * 1024 * 1024;
const NEWLINE = 10;

interface Line {
	readonly text: string;
	/** From 1. */
	readonly n: number;
	/** It ended with a line break. */
	readonly ended: boolean;
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let held: Uint8Array[] = [];
	let length = 0;
	let n = 0;
	const line = (ended: boolean): Line => {
		n += 1;
		const bytes = new Uint8Array(length);
		let at = 0;
		for (const part of held) {
			bytes.set(part, at);
			at += part.byteLength;
		}
		held = [];
		length = 0;
		try {
			return { text: decoder.decode(bytes), n, ended };
		} catch {
			if (!ended) throw new FileRefused({ type: 'file_cut', place: placeAt({ line: n }) });
			throw damaged({ line: n }, 'this is no text');
		}
	};
	for await (const piece of pieces) {
		let from = 0;
		while (from < piece.byteLength) {
			const end = piece.indexOf(NEWLINE, from);
			const part = piece.subarray(from, end === -1 ? undefined : end);
			length += part.byteLength;
			if (length > MAX_LINE_BYTES)
				throw damaged({ line: n + 1 }, `this line is longer than ${String(MAX_LINE_BYTES)} bytes`);
			held.push(part);
			if (end === -1) break;
			yield line(true);
			from = end + 1;
		}
	}
	if (length > 0) yield line(false);
}

const firstIssue = (error: z.ZodError): string => {
	const [issue] = error.issues;
	return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
};

const tag = z.object({ stet: z.string() });

/** Begins to read: the first line is read at once. Throws `FileRefused`. */
export const readLines = async (pieces: AsyncIterable<Uint8Array>, errand: Errand): Promise<Source> => {
	const lines = linesOf(pieces);
	let lastLine = 0;
	const next = async (): Promise<{ readonly value: unknown; readonly n: number } | null> => {
		for (;;) {
			await errand.pause();
			const step = await lines.next();
			if (step.done === true) return null;
			const { text, n, ended } = step.value;
			lastLine = n;
			if (text.trim() === '') continue;
			try {
				return { value: JSON.parse(text) as unknown, n };
			} catch (error) {
				if (!ended) throw new FileRefused({ type: 'file_cut', place: placeAt({ line: n }) });
				throw damaged({ line: n }, error instanceof Error ? error.message : String(error));
			}
		}
	};
	const parse = <S extends z.ZodType>(shape: S, value: unknown, n: number): z.output<S> => {
		const parsed = shape.safeParse(value);
		if (!parsed.success) throw damaged({ line: n }, firstIssue(parsed.error));
		return parsed.data;
	};
	const cut = (): FileRefused => new FileRefused({ type: 'file_cut', place: placeAt({ line: lastLine }) });

	const first = await next();
	if (first === null) throw cut();
	// a newer file may have another first line, and must say so before it is looked at
	const newer = z.object({ format: z.number() }).safeParse(first.value);
	if (newer.success && newer.data.format > FILE_FORMAT)
		throw new FileRefused({ type: 'file_newer', format: newer.data.format, known: FILE_FORMAT });
	const { stet: _, ...manifest } = parse(manifestLine, first.value, first.n) satisfies Manifest;

	/** The line after the last event. */
	let waiting: { readonly value: unknown; readonly n: number } | null = null;

	/** What is nested deep enough can be read, and not be written. */
	const rowOf = (event: EventLine, seq: number, line: number): LogRow => {
		try {
			return rowOfLine(event, seq, null);
		} catch (error) {
			throw damaged({ line }, `payload: ${error instanceof Error ? error.message : String(error)}`);
		}
	};

	return {
		manifest,
		events: async function* () {
			let seq = 0;
			let page: FoundRow[] = [];
			let chars = 0;
			for (;;) {
				const line = await next();
				if (line === null || parse(tag, line.value, line.n).stet !== 'event') {
					if (line !== null && seq < manifest.events) throw damaged({ line: line.n }, 'this is no event');
					waiting = line;
					break;
				}
				const event = parse(eventLine, line.value, line.n);
				seq += 1;
				const row = rowOf(event, seq, line.n);
				page.push({
					// as an image would have it
					row: { ...row, opensTurn: row.opensTurn ? 1 : 0 },
					supersededAt: event.supersededBy,
					line: line.n
				});
				chars += row.payload.length;
				if (page.length < PAGE_ROWS && chars < PAGE_CHARS) continue;
				yield page;
				page = [];
				chars = 0;
			}
			if (page.length > 0) yield page;
			if (seq < manifest.events) throw cut();
		},
		copies: async function* () {
			// a text has none
		},
		copyEvents: async function* () {
			// nor these
		},
		pictures: async function* (): AsyncGenerator<FoundPicture> {
			let found = 0;
			for (let line = waiting; line !== null; line = await next()) {
				const picture = parse(pictureLine, line.value, line.n);
				yield {
					hash: picture.hash,
					mediaType: picture.mediaType,
					bytes: fromBase64(picture.base64, line.n),
					line: line.n
				};
				found += 1;
			}
			if (found < manifest.pictures) throw cut();
		}
	};
};

const fromBase64 = (text: string, line: number): Uint8Array<ArrayBuffer> => {
	try {
		return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
	} catch {
		throw damaged({ line }, 'base64: is not valid');
	}
};
