// What a disk, a browser and a power cut do to files, done on purpose: in a worker, at its n-th call from a given moment.
import type { AccessHandle } from '#lib/worker/storage/write-combining.ts';

/**
 * `once` and `on`: only call n, or it and all later ones. `part`: half of the bytes are written, and the number says so.
 * `gone`: the process ends before call n; `torn:percent`: when that much of it was written. `power`: everything not flushed is undone in every
 * file, sizes included; `power:seed` leaves some of it, sector by sector.
 */
export type Fault =
	| 'throw once'
	| 'throw on'
	| 'full on'
	| 'part once'
	| 'part on'
	| 'nothing on'
	| 'gone'
	| `torn:${number}`
	| 'power'
	| `power:${number}`;

export interface Faults {
	/** Counts from here; with a fault, it strikes at call `at`, from 1. */
	arm(fault: Fault | null, at: number): void;
	/** Writes, flushes and truncations since armed. */
	readonly calls: { readonly writes: number; readonly flushes: number; readonly truncations: number };
	/** The process has ended, as far as the files know: nothing after that reached them. */
	readonly gone: boolean;
	/** Cuts the power now. */
	cut(fault: 'power' | `power:${number}`): void;
}

interface Undoable {
	readonly at: number;
	readonly before: Uint8Array<ArrayBuffer>;
	/** What was written; null for a truncation to `at`. */
	readonly after: Uint8Array<ArrayBuffer> | null;
	readonly size: number;
}

const sectorBytes = 512;

/** Numbers from 0 up to 1, the same for a seed each time (mulberry32). */
const chance = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
};

/** Puts itself below everything in this worker that holds files. To be called once, before any is opened. */
export const installFaults = (): Faults => {
	const { prototype } = (
		globalThis as unknown as { readonly FileSystemSyncAccessHandle: { readonly prototype: AccessHandle } }
	).FileSystemSyncAccessHandle;
	const real = { write: prototype.write, flush: prototype.flush, truncate: prototype.truncate };
	const unflushed = new Map<AccessHandle, Undoable[]>();
	let armed: { readonly fault: Fault | null; readonly at: number } = { fault: null, at: 0 };
	let calls = { writes: 0, flushes: 0, truncations: 0 };
	let gone = false;
	const ended = (): boolean => gone;

	const copyOf = (view: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
		new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();

	const contents = (file: AccessHandle, at: number, length: number): Uint8Array<ArrayBuffer> => {
		const bytes = new Uint8Array(Math.max(0, Math.min(length, file.getSize() - at)));
		file.read(bytes, { at });
		return bytes;
	};

	const note = (file: AccessHandle, undoable: Undoable): void => {
		const list = unflushed.get(file);
		if (list === undefined) unflushed.set(file, [undoable]);
		else list.push(undoable);
	};

	const cut = (fault: 'power' | `power:${number}`): void => {
		const seed = fault === 'power' ? null : Number(fault.slice('power:'.length));
		const luck = seed === null ? null : chance(seed);
		for (const [file, list] of unflushed) {
			for (const { at, before, size } of list.toReversed()) {
				if (before.byteLength > 0) real.write.call(file, before, { at });
				real.truncate.call(file, size);
			}
			if (luck === null) continue;
			for (const { at, after } of list) {
				if (luck() < 0.5) continue;
				if (after === null) {
					real.truncate.call(file, at);
					continue;
				}
				const whole = luck() < 0.5;
				for (let sector = 0; sector < after.byteLength; sector += sectorBytes)
					if (whole || luck() < 0.5)
						real.write.call(file, after.subarray(sector, sector + sectorBytes), { at: at + sector });
			}
		}
		gone = true;
	};

	/** Counts a call and says what strikes it. */
	const strike = (kind: keyof typeof calls): Fault | null => {
		calls = { ...calls, [kind]: calls[kind] + 1 };
		const { fault, at } = armed;
		const n = calls.writes + calls.flushes + calls.truncations;
		if (fault === null || n < at || (n > at && !fault.endsWith(' on'))) return null;
		if (fault === 'throw once' || fault === 'throw on')
			throw new DOMException('planted', 'InvalidStateError');
		if (fault === 'full on' && kind === 'writes') throw new DOMException('planted', 'QuotaExceededError');
		if (fault === 'gone' || (fault.startsWith('torn:') && kind !== 'writes')) gone = true;
		if (fault === 'power' || fault.startsWith('power:')) cut(fault as 'power');
		return fault;
	};

	const written = (file: AccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): number => {
		note(file, { at, before: contents(file, at, bytes.byteLength), after: bytes, size: file.getSize() });
		return real.write.call(file, bytes, { at });
	};

	prototype.write = function (this: AccessHandle, view, { at }) {
		if (ended()) return view.byteLength;
		const fault = strike('writes');
		if (ended()) return view.byteLength;
		const bytes = copyOf(view);
		const part = (percent: number) => bytes.subarray(0, Math.floor((bytes.byteLength * percent) / 100));
		if (fault?.startsWith('torn:') === true) {
			written(this, part(Number(fault.slice('torn:'.length))), at);
			gone = true;
			return bytes.byteLength;
		}
		switch (fault) {
			case 'part once':
			case 'part on':
				return written(this, part(50), at);
			case 'nothing on':
				return 0;
			default:
				return written(this, bytes, at);
		}
	};
	prototype.flush = function (this: AccessHandle) {
		if (ended()) return;
		strike('flushes');
		if (ended()) return;
		real.flush.call(this);
		unflushed.delete(this);
	};
	prototype.truncate = function (this: AccessHandle, size) {
		if (ended()) return;
		strike('truncations');
		if (ended()) return;
		note(this, {
			at: size,
			before: contents(this, size, this.getSize()),
			after: null,
			size: this.getSize()
		});
		real.truncate.call(this, size);
	};

	return {
		arm: (fault, at) => {
			armed = { fault, at };
			calls = { writes: 0, flushes: 0, truncations: 0 };
		},
		get calls() {
			return calls;
		},
		get gone() {
			return gone;
		},
		cut
	};
};
