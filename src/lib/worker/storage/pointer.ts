// Which database file is the library, and which are kept beside it: two slots, so that a torn write leaves the one before.
import { crc32 } from '../../domain/kernel/checksum.ts';
import { z } from '../../domain/kernel/schema.ts';
import type { AccessHandle } from './write-combining.ts';

/** The library's file when nothing was ever put in its place. */
export const FIRST_FILE = '/stet.db';

const kept = z.object({
	name: z.string().startsWith('/'),
	why: z.enum(['replaced', 'before-update']),
	at: z.number(),
	bytes: z.number()
});

const pointer = z.object({
	generation: z.number().int().min(0),
	current: z.string().startsWith('/'),
	kept: z.array(kept)
});

export type Pointer = z.output<typeof pointer>;

/** Nothing was ever replaced. */
export const FIRST: Pointer = { generation: 0, current: FIRST_FILE, kept: [] };

const SLOT_BYTES = 8192;
const SLOTS = 2;
const HEADER_BYTES = 8;

/** The text of a slot, or null when it was never written, or not whole. */
const readSlot = (file: AccessHandle, slot: number): Pointer | null => {
	const bytes = new Uint8Array(SLOT_BYTES);
	const found = file.read(bytes, { at: slot * SLOT_BYTES });
	const view = new DataView(bytes.buffer);
	const length = view.getUint32(0);
	if (found < HEADER_BYTES || length === 0 || length > found - HEADER_BYTES) return null;
	const text = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
	if (crc32(text) !== view.getUint32(4)) return null;
	const parsed = pointer.safeParse(JSON.parse(new TextDecoder().decode(text)));
	return parsed.success ? parsed.data : null;
};

/**
 * The newest whole slot. Null when the file holds something and no slot is whole: then nobody may guess which file is the
 * library.
 */
export const readPointer = (file: AccessHandle): Pointer | null => {
	// the second slot is begun when the first is whole
	if (file.getSize() <= SLOT_BYTES) return FIRST;
	const slots = Array.from({ length: SLOTS }, (_, slot) => readSlot(file, slot)).filter(
		(slot) => slot !== null
	);
	return slots.reduce<Pointer | null>(
		(newest, slot) => (newest === null || slot.generation > newest.generation ? slot : newest),
		null
	);
};

/** Writes what follows `before` into the other slot and flushes it. Throws when it was not all written. */
export const writePointer = (
	file: AccessHandle,
	before: Pointer,
	next: Omit<Pointer, 'generation'>
): Pointer => {
	const now = { ...next, generation: before.generation + 1 };
	if (file.getSize() <= SLOT_BYTES) writeSlot(file, FIRST);
	writeSlot(file, now);
	return now;
};

const writeSlot = (file: AccessHandle, now: Pointer): void => {
	const text = new TextEncoder().encode(JSON.stringify(now));
	if (text.byteLength > SLOT_BYTES - HEADER_BYTES) throw new Error('too many library files are kept');
	const bytes = new Uint8Array(SLOT_BYTES);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, text.byteLength);
	view.setUint32(4, crc32(text));
	bytes.set(text, HEADER_BYTES);
	const written = file.write(bytes, { at: (now.generation % SLOTS) * SLOT_BYTES });
	if (written !== SLOT_BYTES)
		throw new Error(`${String(written)} of ${String(SLOT_BYTES)} bytes were written`);
	file.flush();
};
