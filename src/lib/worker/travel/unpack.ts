// A file that was handed to us: what it is, by its bytes and never by its name, and what is in it once unpacked.
import { APPLICATION_ID } from '../../domain/formats/snapshot-file.ts';
import type { FileRefusal } from '../travel-protocol.ts';
import { damaged, FileRefused, placeAt, type Errand } from './errand.ts';

export const LIMITS = {
	/** Largest file that is read at all, in bytes as stored. */
	maxFileBytes: 200 * 1024 * 1024,
	/** Beyond this many bytes unpacked, the person is asked first. */
	askBytes: 64 * 1024 * 1024,
	/** Nothing is unpacked further. */
	maxUnpackedBytes: 2 * 1024 * 1024 * 1024
} as const;
type Limits = { readonly [K in keyof typeof LIMITS]: number };

/** Work a passphrase may cost, as the logarithm of scrypt's N: 18 takes a second or two and 256 MiB. */
export const MAX_SCRYPT_LOG_N = 18;

/** Text armour is decoded in one piece, so there is less room for it. */
const MAX_ARMORED_BYTES = 48 * 1024 * 1024;
/** Deflate packs at most 1032 to one, so a piece unpacks to 16 MiB at most. */
const PIECE_BYTES = 16 * 1024;
const HEAD_BYTES = 512;
const AGE_HEADER_MAX_BYTES = 16 * 1024;
/** Where a SQLite file says whose it is. */
const APPLICATION_ID_AT = 68;

/** What was in the file. */
export interface Unpacked {
	readonly format: 'stet' | 'jsonl';
	readonly encrypted: boolean;
	/** The SQLite image, or the lines. To be read once; throws what is found out on the way. */
	readonly bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

type Bytes = Uint8Array<ArrayBuffer>;
type LooksLike = Extract<FileRefusal, { type: 'file_not_ours' }>['looksLike'];

const AGE = 'age-encryption.org/v1\n';
const AGE_ANY = 'age-encryption.org/';
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const SQLITE = 'SQLite format 3\0';
const LINES = '{"stet":';

/** Bytes as characters of the same numbers. */
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const isText = (head: Uint8Array): boolean => {
	if (head.includes(0)) return false;
	try {
		// a character may be cut at the end of the head
		new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
		return true;
	} catch {
		return false;
	}
};

const isGzip = (head: string): boolean => head.startsWith('\x1f\x8b');

/** What a file that is none of ours seems to be. */
export const looksLike = (head: Uint8Array): LooksLike => {
	const start = latin(head);
	if (
		start.startsWith('\x89PNG\r\n\x1a\n') ||
		start.startsWith('\xff\xd8\xff') ||
		start.startsWith('GIF8') ||
		(start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') ||
		/^.{4}ftyp(?:avif|avis|heic|heix|mif1)/s.test(start)
	)
		return 'picture';
	if (/^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(start)) return 'zip';
	if (start.startsWith(SQLITE)) return 'sqlite';
	if (!isText(head)) return 'other';
	return /^\s*[[{]/.test(new TextDecoder().decode(head)) ? 'json' : 'text';
};

/** Our own kind of content, or null. */
const ours = (head: Uint8Array): Unpacked['format'] | null => {
	const start = latin(head);
	if (start.startsWith(LINES)) return 'jsonl';
	if (!start.startsWith(SQLITE) || head.byteLength < APPLICATION_ID_AT + 4) return null;
	const id = new DataView(head.buffer, head.byteOffset).getUint32(APPLICATION_ID_AT);
	return id === APPLICATION_ID ? 'stet' : null;
};

const notOurs = (what: LooksLike): FileRefused => new FileRefused({ type: 'file_not_ours', looksLike: what });

/** A stretch of the file, in pieces. */
async function* piecesOf(file: Blob, errand: Errand): AsyncGenerator<Bytes> {
	const step = 64 * PIECE_BYTES;
	for (let at = 0; at < file.size; at += step) {
		await errand.pause();
		const block = new Uint8Array(await file.slice(at, at + step).arrayBuffer());
		for (let from = 0; from < block.byteLength; from += PIECE_BYTES)
			yield block.subarray(from, from + PIECE_BYTES);
	}
}

/** Puts pieces of at least `bytes` bytes at the front, as far as there are any, and gives them. */
const peek = async (
	pieces: AsyncGenerator<Bytes>,
	bytes: number
): Promise<{ readonly head: Bytes; readonly all: AsyncGenerator<Bytes> }> => {
	const seen: Bytes[] = [];
	let length = 0;
	while (length < bytes) {
		const next = await pieces.next();
		if (next.done === true) break;
		seen.push(next.value);
		length += next.value.byteLength;
	}
	const head = new Uint8Array(length);
	let at = 0;
	for (const piece of seen) {
		head.set(piece, at);
		at += piece.byteLength;
	}
	const all = async function* (): AsyncGenerator<Bytes> {
		if (head.byteLength > 0) yield head;
		yield* pieces;
	};
	return { head: head.subarray(0, bytes), all: all() };
};

/** Ends what is read from when the reader is not interested any more. */
const letGo = async (pieces: AsyncGenerator<Bytes>): Promise<void> => {
	await pieces.return(undefined);
};

/** Says no to unpacking further, once more than was agreed on has come out. */
async function* counted(
	pieces: AsyncGenerator<Bytes>,
	large: boolean,
	packed: Blob | null,
	{ askBytes, maxUnpackedBytes }: Limits
): AsyncGenerator<Bytes> {
	let count = 0;
	for await (const piece of pieces) {
		count += piece.byteLength;
		if (count > maxUnpackedBytes)
			throw new FileRefused({ type: 'file_unpacks_too_far', maxBytes: maxUnpackedBytes });
		if (count > askBytes && !large)
			throw new FileRefused({
				type: 'file_is_large',
				bytes: Math.max(count, packed === null ? 0 : await claimedBytes(packed)),
				askBytes
			});
		yield piece;
	}
}

/** What the end of a gzip file says it unpacks to, modulo 2^32 (RFC 1952, ISIZE). */
const claimedBytes = async (file: Blob): Promise<number> => {
	const end = await file.slice(-4).arrayBuffer();
	return end.byteLength < 4 ? 0 : new DataView(end).getUint32(0, true);
};

/** Inflates. `whole`: the file as stored, when it is nothing but this. */
async function* gunzipped(
	pieces: AsyncGenerator<Bytes>,
	whole: Blob | null,
	errand: Errand
): AsyncGenerator<Bytes> {
	const inflating = new DecompressionStream('gzip');
	const writer = inflating.writable.getWriter();
	const reader = inflating.readable.getReader();
	let read = 0;
	let written = 0;
	let count = 0;
	let tail = new Uint8Array(0);
	let ended = false;
	/** What was wrong with the input; found out on the writing side, told on the reading one. */
	let wrong: unknown = null;

	const feed = async (): Promise<void> => {
		try {
			for await (const piece of pieces) {
				read += piece.byteLength;
				tail = new Uint8Array([...tail.subarray(-4), ...piece.subarray(-4)]).slice(-4);
				await writer.write(piece);
				written = read;
				if (whole !== null) errand.tell('reading', written, whole.size);
			}
			ended = true;
			await writer.close();
		} catch (error) {
			wrong ??= error;
			await writer.abort(error).catch(() => undefined);
		}
	};
	const feeding = feed();
	const faulty = (error: unknown): Error => {
		const cause = wrong ?? error;
		if (cause instanceof FileRefused || (cause instanceof Error && cause.name === 'Stopped')) return cause;
		const why = cause instanceof Error ? cause.message : String(cause);
		// Node tells at the end what browsers tell at once, on either side, and names it
		const isData = [wrong, error].some(
			(one) =>
				one instanceof Error &&
				'code' in one &&
				(one.code === 'Z_DATA_ERROR' || one.code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END')
		);
		const byte = whole === null ? null : written;
		if (ended && !isData)
			return new FileRefused({ type: 'file_cut', place: placeAt({ byte: whole?.size ?? null }) });
		return damaged({ byte }, why);
	};

	try {
		for (;;) {
			let step: Awaited<ReturnType<typeof reader.read>>;
			try {
				step = await reader.read();
			} catch (error) {
				await feeding;
				throw faulty(error);
			}
			if (step.done) break;
			count += step.value.byteLength;
			errand.check();
			yield step.value;
		}
		await feeding;
		if (wrong !== null) throw faulty(wrong);
		// not every engine minds what follows the end
		if (tail.byteLength < 4 || new DataView(tail.buffer).getUint32(0, true) !== count % 2 ** 32)
			throw damaged({ byte: whole?.size ?? null }, 'there is something after its end');
	} finally {
		await reader.cancel().catch(() => undefined);
		await feeding;
	}
}

/** Throws when it is not one that a passphrase opens, within reason. */
const checkAgeHeader = (head: Uint8Array): void => {
	// for somebody's key, which only files of hand-offs are
	if (ageHeaderOf(head).by === 'key') throw notOurs('other');
};

/** Whom an age file is sealed for, by its header alone. Throws when a passphrase would take more work than is reasonable. */
export const ageHeaderOf = (
	head: Uint8Array
): { readonly by: 'passphrase' | 'key'; readonly stanzas: number } => {
	const text = latin(head);
	const end = text.indexOf('\n--- ');
	if (!text.startsWith(AGE)) throw damaged({ byte: 0 }, 'an age format of another version');
	if (end === -1) {
		if (head.byteLength < AGE_HEADER_MAX_BYTES)
			throw new FileRefused({ type: 'file_cut', place: placeAt({ byte: head.byteLength }) });
		throw damaged({ byte: 0 }, 'its header has no end');
	}
	const stanzas = text
		.slice(0, end)
		.split('\n')
		.filter((line) => line.startsWith('-> '));
	const [only] = stanzas;
	if (only === undefined || stanzas.every((line) => !line.startsWith('-> scrypt ')))
		return { by: 'key', stanzas: stanzas.length };
	const factor = /^-> scrypt \S+ ([1-9]\d{0,2})$/.exec(only)?.[1];
	if (factor === undefined || stanzas.length > 1) throw damaged({ byte: 0 }, 'its header is not valid');
	if (Number(factor) > MAX_SCRYPT_LOG_N)
		throw damaged({ byte: 0 }, `it asks for a work factor of ${factor}; at most ${String(MAX_SCRYPT_LOG_N)}`);
	return { by: 'passphrase', stanzas: 1 };
};

const streamOf = (pieces: AsyncGenerator<Bytes>): ReadableStream<Uint8Array> =>
	new ReadableStream({
		pull: async (controller) => {
			const next = await pieces.next();
			if (next.done === true) controller.close();
			else controller.enqueue(next.value);
		},
		cancel: () => letGo(pieces)
	});

/** Decrypts. The header was checked. `whole`: the file as stored, when it is nothing but this. */
async function* decrypted(
	pieces: AsyncGenerator<Bytes>,
	passphrase: string,
	whole: Blob | null,
	errand: Errand
): AsyncGenerator<Bytes> {
	let read = 0;
	/** What stopped the reading of the file, which the library would wrap. */
	const halted: { error: Error | null } = { error: null };
	const noted = async function* (): AsyncGenerator<Bytes> {
		try {
			for await (const piece of pieces) {
				read += piece.byteLength;
				if (whole !== null) errand.tell('reading', read, whole.size);
				yield piece;
			}
		} catch (error) {
			halted.error = error instanceof Error ? error : new Error(String(error));
			throw error;
		}
	};
	// most files are not encrypted: they need none of this
	const { Decrypter } = await import('age-encryption');
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	let opened: ReadableStream<Uint8Array>;
	try {
		opened = await decrypter.decrypt(streamOf(noted()));
	} catch (error) {
		if (halted.error !== null) throw halted.error;
		const why = error instanceof Error ? error.message : String(error);
		// the library has no types for what went wrong
		if (why.startsWith('no identity matched')) throw new FileRefused({ type: 'passphrase_wrong' });
		throw damaged({ byte: 0 }, why);
	}
	const reader = opened.getReader();
	try {
		for (;;) {
			let step: Awaited<ReturnType<typeof reader.read>>;
			try {
				step = await reader.read();
			} catch (error) {
				if (halted.error !== null) throw halted.error;
				throw damaged(
					{ byte: whole === null ? null : read },
					error instanceof Error ? error.message : String(error)
				);
			}
			if (step.done) return;
			await errand.pause();
			yield new Uint8Array(step.value);
		}
	} finally {
		await reader.cancel().catch(() => undefined);
	}
}

/**
 * Finds out what a file is and unpacks it, no further than was agreed on: `large` when the person was asked and wants
 * more than `askBytes`. Throws {@link FileRefused}. Reads no byte of a file that is too large, and none beyond the
 * first few of one that is not ours.
 */
export const unpack = async (
	file: Blob,
	{ passphrase, large }: { readonly passphrase: string; readonly large: boolean },
	errand: Errand,
	limits: Limits = LIMITS
): Promise<Unpacked> => {
	if (file.size === 0) throw new FileRefused({ type: 'file_empty' });
	if (file.size > limits.maxFileBytes)
		throw new FileRefused({ type: 'file_too_large', bytes: file.size, maxBytes: limits.maxFileBytes });

	errand.tell('reading', 0, file.size);
	let pieces = piecesOf(file, errand);
	/** The file as stored, until something was unpacked from it: only in that do offsets mean something. */
	let stored: Blob | null = file;
	let encrypted = false;

	let { head, all } = await peek(pieces, HEAD_BYTES);
	let start = latin(head);
	if (start.trimStart().startsWith(ARMOR)) {
		if (file.size > MAX_ARMORED_BYTES)
			throw new FileRefused({ type: 'file_too_large', bytes: file.size, maxBytes: MAX_ARMORED_BYTES });
		const { armor } = await import('age-encryption');
		let bytes: Bytes;
		try {
			bytes = new Uint8Array(armor.decode(await file.text()));
		} catch (error) {
			throw damaged({}, error instanceof Error ? error.message : String(error));
		}
		stored = new Blob([bytes]);
		await letGo(all);
		pieces = piecesOf(stored, errand);
		({ head, all } = await peek(pieces, HEAD_BYTES));
		start = latin(head);
	}
	if (start.startsWith(AGE_ANY)) {
		const header = new Uint8Array(await stored.slice(0, AGE_HEADER_MAX_BYTES).arrayBuffer());
		checkAgeHeader(header);
		if (passphrase === '') throw new FileRefused({ type: 'passphrase_needed' });
		encrypted = true;
		pieces = decrypted(all, passphrase, stored, errand);
		stored = null;
		({ head, all } = await peek(pieces, HEAD_BYTES));
		start = latin(head);
	}
	const zipped = isGzip(start);
	if (zipped) {
		const source = stored;
		({ head, all } = await peek(counted(gunzipped(all, source, errand), large, source, limits), HEAD_BYTES));
	} else all = counted(all, large, null, limits);

	const format = ours(head);
	if (format === null) {
		await letGo(all);
		const seems = looksLike(head);
		throw notOurs(zipped && (seems === 'other' || seems === 'text') ? 'gzip' : seems);
	}
	return { format, encrypted, bytes: told(all, zipped ? null : stored, errand) };
};

/** All of some gzipped bytes, no further than `maxBytes`. Throws `FileRefused`. */
export const gunzipAll = async (bytes: Bytes, maxBytes: number, errand: Errand): Promise<Bytes> => {
	const pieces = async function* (): AsyncGenerator<Bytes> {
		for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
			await errand.pause();
			yield bytes.subarray(at, at + PIECE_BYTES);
		}
	};
	const limits = { ...LIMITS, maxUnpackedBytes: maxBytes };
	const parts: Bytes[] = [];
	for await (const part of counted(gunzipped(pieces(), null, errand), true, null, limits)) parts.push(part);
	return new Uint8Array(await new Blob(parts).arrayBuffer());
};

/** Tells how far reading is where nothing further in does. */
async function* told(
	pieces: AsyncGenerator<Bytes>,
	stored: Blob | null,
	errand: Errand
): AsyncGenerator<Bytes> {
	let read = 0;
	for await (const piece of pieces) {
		read += piece.byteLength;
		if (stored !== null) errand.tell('reading', read, stored.size);
		yield piece;
	}
}
