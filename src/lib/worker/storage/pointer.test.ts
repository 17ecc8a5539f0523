// The pointer to the library's file survives a torn write, and says when it cannot be known.
import { expect, test } from 'vitest';
import { FIRST, readPointer, writePointer } from './pointer.ts';
import type { AccessHandle } from './write-combining.ts';

/** A file in memory; `tear`: how many bytes the next write takes. */
const memoryFile = () => {
	let bytes = new Uint8Array(0);
	const state = { tear: Infinity };
	const handle: AccessHandle = {
		read: (into, { at }) => {
			const part = bytes.subarray(at, at + into.byteLength);
			new Uint8Array(into.buffer, into.byteOffset).set(part);
			return part.byteLength;
		},
		write: (from, { at }) => {
			const given = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
			const part = given.subarray(0, Math.min(state.tear, given.byteLength));
			const larger = new Uint8Array(Math.max(bytes.byteLength, at + part.byteLength));
			larger.set(bytes);
			larger.set(part, at);
			bytes = larger;
			return part.byteLength;
		},
		flush: () => undefined,
		truncate: () => undefined,
		getSize: () => bytes.byteLength,
		close: () => undefined
	};
	return { handle, state, write: handle.write, bytes: () => bytes };
};

const to = (current: string) => ({ current, kept: [] });

test('before anything was replaced it names the first file', () => {
	expect(readPointer(memoryFile().handle)).toEqual(FIRST);
});

test('the newest whole slot counts, however often it was written', () => {
	const { handle } = memoryFile();
	let now = FIRST;
	for (const name of ['/a', '/b', '/c']) now = writePointer(handle, now, to(name));
	expect(readPointer(handle)).toEqual({ generation: 3, current: '/c', kept: [] });
});

test('a write torn at any byte leaves the one before', () => {
	for (let tear = 0; tear < 8192; tear += 37) {
		const { handle, state } = memoryFile();
		const before = writePointer(handle, writePointer(handle, FIRST, to('/a')), to('/b'));
		state.tear = tear;
		expect(() => writePointer(handle, before, to('/c'))).toThrow(/bytes were written/);
		// what was torn off may have been only the empty rest of the slot
		const possible = tear < 40 ? ['/b'] : ['/b', '/c'];
		expect(possible, String(tear)).toContain(readPointer(handle)?.current);
	}
});

test('the very first write, torn anywhere, leaves the first file', () => {
	for (let tear = 0; tear < 8192; tear += 37) {
		const { handle, state } = memoryFile();
		state.tear = tear;
		expect(() => writePointer(handle, FIRST, to('/a'))).toThrow(/bytes were written/);
		expect(readPointer(handle), String(tear)).toEqual(FIRST);
	}
	const { handle, state, write } = memoryFile();
	handle.write = (bytes, options) => {
		// the first slot is taken, the second torn
		if (options.at > 0) state.tear = 20;
		return write(bytes, options);
	};
	expect(() => writePointer(handle, FIRST, to('/a'))).toThrow(/bytes were written/);
	expect(readPointer(handle)).toEqual(FIRST);
});

test('when no slot is whole it does not guess', () => {
	const { handle, bytes } = memoryFile();
	writePointer(handle, FIRST, to('/a'));
	bytes()[20] = 0;
	bytes()[8192 + 20] = 0;
	expect(readPointer(handle)).toBeNull();
});
