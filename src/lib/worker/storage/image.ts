// A database in memory made of the bytes of its file.
import { errorFor } from './storage-error.ts';
import type { Connection } from './sqlite.ts';

// where a file says that it is in WAL mode, which memory has no place for
const JOURNAL_BYTES = [18, 19] as const;

/** Fills schema `schema` of the connection, which must be empty, with the bytes. Throws `SqlError` when they are no database. */
export const putImage = (
	{ sqlite3: { capi, wasm }, pointer }: Connection,
	schema: string,
	bytes: Uint8Array
): void => {
	const image = bytes.slice();
	for (const at of JOURNAL_BYTES) image[at] = 1;
	const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
	const code = capi.sqlite3_deserialize(
		pointer,
		schema,
		wasm.allocFromTypedArray(image),
		image.byteLength,
		image.byteLength,
		flags
	);
	if (code !== 0) throw errorFor(code, 'the database could not be opened in memory');
};

/** The pieces of a file as one. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.byteLength;
	}
	return whole;
};
