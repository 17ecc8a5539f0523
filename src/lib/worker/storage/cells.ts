// Values in and out of SQLite's own memory: exact, copied, and nothing that SQLite would silently change.
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { SqlValue } from '../../domain/kernel/sql.ts';
import { errorFor } from './storage-error.ts';

/** The C functions used here, as WebAssembly exports them: pointers are numbers, 64-bit integers are bigints. */
export interface Raw {
	sqlite3_malloc(bytes: number): number;
	sqlite3_free(pointer: number): void;
	sqlite3_exec(db: number, script: number, callback: 0, argument: 0, message: 0): number;
	sqlite3_prepare_v3(
		db: number,
		text: number,
		bytes: number,
		flags: number,
		out: number,
		tail: number
	): number;
	sqlite3_finalize(statement: number): number;
	sqlite3_step(statement: number): number;
	sqlite3_reset(statement: number): number;
	sqlite3_clear_bindings(statement: number): number;
	sqlite3_stmt_readonly(statement: number): number;
	sqlite3_bind_parameter_count(statement: number): number;
	sqlite3_bind_null(statement: number, at: number): number;
	sqlite3_bind_int(statement: number, at: number, value: number): number;
	sqlite3_bind_int64(statement: number, at: number, value: bigint): number;
	sqlite3_bind_double(statement: number, at: number, value: number): number;
	sqlite3_bind_text(statement: number, at: number, text: number, bytes: number, free: number): number;
	sqlite3_bind_blob(statement: number, at: number, bytes: number, length: number, free: number): number;
	sqlite3_bind_zeroblob(statement: number, at: number, length: number): number;
	sqlite3_column_count(statement: number): number;
	sqlite3_column_name(statement: number, at: number): number;
	sqlite3_column_type(statement: number, at: number): number;
	sqlite3_column_double(statement: number, at: number): number;
	sqlite3_column_int64(statement: number, at: number): bigint;
	sqlite3_column_text(statement: number, at: number): number;
	sqlite3_column_blob(statement: number, at: number): number;
	sqlite3_column_bytes(statement: number, at: number): number;
	sqlite3_changes(db: number): number;
	sqlite3_get_autocommit(db: number): number;
	sqlite3_set_authorizer(db: number, callback: number, argument: 0): number;
	sqlite3_close_v2(db: number): number;
}

const NOMEM = 7;
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;

const SHORT_CHARS = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface Cells {
	/** Copies text to SQLite's memory, with a zero behind it; the caller owns the pointer. */
	readonly place: (text: string) => { pointer: number; bytes: number };
	readonly readText: (pointer: number, bytes: number) => string;
	/** Text that ends with a zero. */
	readonly readName: (pointer: number) => string;
	/** Binds a value (places count from 1); SQLite's result code. Throws on what it could not give back as it is. */
	readonly bind: (statement: number, at: number, value: unknown) => number;
	/** A column of the current row (columns count from 0). Integers beyond 2^53 are bigints. */
	readonly cell: (statement: number, at: number) => SqlValue;
}

/** The reader and writer of values for one loaded SQLite. */
export const createCells = ({ capi, wasm }: Sqlite3Static): Cells => {
	const raw = wasm.exports as Raw;
	const freeing = capi.SQLITE_WASM_DEALLOC as unknown as number;

	const place = (text: string): { pointer: number; bytes: number } => {
		// three bytes per UTF-16 unit always suffice; long texts are measured instead of over-allocated
		const measured = text.length > 65_536 ? encoder.encode(text) : null;
		const room = measured === null ? text.length * 3 : measured.byteLength;
		const pointer = raw.sqlite3_malloc(room + 1);
		if (pointer === 0) throw errorFor(NOMEM, 'out of memory');
		const heap = wasm.heap8u();
		// ids and names, most of what is bound: a call of the encoder takes longer than they do
		if (text.length <= SHORT_CHARS) {
			let at = 0;
			for (; at < text.length; at++) {
				const unit = text.charCodeAt(at);
				if (unit > 0x7f) break;
				heap[pointer + at] = unit;
			}
			if (at === text.length) {
				heap[pointer + at] = 0;
				return { pointer, bytes: at };
			}
		}
		let bytes = room;
		if (measured === null) bytes = encoder.encodeInto(text, heap.subarray(pointer, pointer + room)).written;
		else heap.set(measured, pointer);
		heap[pointer + bytes] = 0;
		return { pointer, bytes };
	};

	const readText = (pointer: number, bytes: number): string =>
		bytes === 0 ? '' : decoder.decode(wasm.heap8u().subarray(pointer, pointer + bytes));

	const readName = (pointer: number): string => wasm.cstrToJs(pointer) ?? '';

	const bind = (handle: number, at: number, value: unknown): number => {
		switch (typeof value) {
			case 'string': {
				const { pointer, bytes } = place(value);
				return raw.sqlite3_bind_text(handle, at, pointer, bytes, freeing);
			}
			case 'number':
				// SQLite would store NULL for it
				if (Number.isNaN(value)) throw new TypeError(`value ${String(at)} is NaN`);
				if ((value | 0) === value && !Object.is(value, -0)) return raw.sqlite3_bind_int(handle, at, value);
				if (Number.isSafeInteger(value) && value !== 0)
					return raw.sqlite3_bind_int64(handle, at, BigInt(value));
				return raw.sqlite3_bind_double(handle, at, value);
			case 'bigint':
				if (BigInt.asIntN(64, value) !== value) throw new RangeError(`value ${String(at)} exceeds 64 bits`);
				return raw.sqlite3_bind_int64(handle, at, value);
			case 'object':
				if (value === null) return raw.sqlite3_bind_null(handle, at);
				if (value instanceof Uint8Array) {
					if (value.byteLength === 0) return raw.sqlite3_bind_zeroblob(handle, at, 0);
					const pointer = raw.sqlite3_malloc(value.byteLength);
					if (pointer === 0) throw errorFor(NOMEM, 'out of memory');
					wasm.heap8u().set(value, pointer);
					return raw.sqlite3_bind_blob(handle, at, pointer, value.byteLength, freeing);
				}
		}
		throw new TypeError(
			`value ${String(at)} is ${typeof value}: SQLite stores text, numbers, bytes and null`
		);
	};

	const cell = (handle: number, at: number): SqlValue => {
		switch (raw.sqlite3_column_type(handle, at)) {
			case INTEGER: {
				// exact up to 2^53, and no bigint is made for the common case
				const near = raw.sqlite3_column_double(handle, at);
				return Number.isSafeInteger(near) ? near : raw.sqlite3_column_int64(handle, at);
			}
			case FLOAT:
				return raw.sqlite3_column_double(handle, at);
			case TEXT: {
				const pointer = raw.sqlite3_column_text(handle, at);
				return readText(pointer, raw.sqlite3_column_bytes(handle, at));
			}
			case BLOB: {
				const pointer = raw.sqlite3_column_blob(handle, at);
				return wasm.heap8u().slice(pointer, pointer + raw.sqlite3_column_bytes(handle, at));
			}
			default:
				return null;
		}
	};

	return { place, readText, readName, bind, cell };
};
