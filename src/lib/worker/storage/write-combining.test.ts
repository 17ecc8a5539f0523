// A file that combines writes holds the same bytes as one that does not, with fewer writes, and hides no failure.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineWrites, type AccessHandle } from './write-combining.ts';

interface Fake extends AccessHandle {
	readonly calls: string[];
	readonly bytes: () => number[];
	/** The most a write takes from now on; negative: it throws. */
	room: number;
}

/** A file in memory that notes what is done to it. */
const fakeFile = (): Fake => {
	let content = new Uint8Array(0);
	const calls: string[] = [];
	const resize = (size: number): void => {
		const next = new Uint8Array(size);
		next.set(content.subarray(0, size));
		content = next;
	};
	const file: Fake = {
		calls,
		room: Infinity,
		bytes: () => [...content],
		read: (into, { at }) => {
			const target = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
			const found = content.subarray(at, at + target.byteLength);
			target.set(found);
			return found.byteLength;
		},
		write: (bytes, { at }) => {
			const source = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			calls.push(`write ${String(source.byteLength)} at ${String(at)}`);
			if (file.room < 0) throw new Error('disk gone');
			const taken = source.subarray(0, file.room);
			if (taken.byteLength > 0 && at + taken.byteLength > content.byteLength) resize(at + taken.byteLength);
			if (taken.byteLength > 0) content.set(taken, at);
			return taken.byteLength;
		},
		flush: () => {
			calls.push('flush');
		},
		truncate: (size) => {
			calls.push(`truncate ${String(size)}`);
			resize(size);
		},
		getSize: () => content.byteLength,
		close: () => {
			calls.push('close');
		}
	};
	return file;
};

const step = fc.oneof(
	fc.record({
		do: fc.constant('write' as const),
		at: fc.nat(40),
		length: fc.nat(12),
		value: fc.integer({ min: 1, max: 255 })
	}),
	fc.record({
		do: fc.constant('append' as const),
		length: fc.nat(12),
		value: fc.integer({ min: 1, max: 255 })
	}),
	fc.record({ do: fc.constant('read' as const), at: fc.nat(60), length: fc.nat(20) }),
	fc.record({ do: fc.constant('truncate' as const), size: fc.nat(50) }),
	fc.record({ do: fc.constant('flush' as const) })
);

/** Does the steps to a file; everything it answered. */
const play = (
	file: AccessHandle,
	steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]
): unknown[] => {
	let end = 0;
	return steps.map((one) => {
		const answer = (() => {
			switch (one.do) {
				case 'write':
				case 'append': {
					const at = one.do === 'write' ? one.at : end;
					end = at + one.length;
					return file.write(new Uint8Array(one.length).fill(one.value), { at });
				}
				case 'read': {
					const into = new Uint8Array(one.length);
					return [file.read(into, { at: one.at }), ...into];
				}
				case 'truncate':
					file.truncate(one.size);
					return null;
				case 'flush':
					file.flush();
					return null;
			}
		})();
		return [answer, file.getSize()];
	});
};

const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

describe('a file that combines writes', () => {
	test('answers and holds what a plain file does, whatever is done to it', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
				const [plain, under] = [fakeFile(), fakeFile()];
				const combined = combineWrites(under);
				expect(play(combined, steps)).toEqual(play(plain, steps));
				combined.flush();
				expect(under.bytes()).toEqual(plain.bytes());
			}),
			{ numRuns: 1000 }
		);
	});

	test('writes once what follows on, before it flushes', () => {
		const under = fakeFile();
		const file = combineWrites(under);
		for (let n = 0; n < 20; n++) {
			file.write(filled(24, n), { at: n * 8216 });
			file.write(filled(8192, n), { at: n * 8216 + 24 });
		}
		expect(under.calls).toEqual([]);
		file.flush();
		expect(under.calls).toEqual(['write 164320 at 0', 'flush']);
	});

	test('keeps what it was given, not the memory it was given in', () => {
		const under = fakeFile();
		const file = combineWrites(under);
		const memory = new Uint8Array([1, 2, 3, 4]);
		file.write(memory.subarray(1, 3), { at: 0 });
		file.write(new Uint32Array([5]), { at: 2 });
		memory.fill(9);
		file.close();
		expect(under.bytes()).toEqual([2, 3, 5, 0, 0, 0]);
	});

	test('holds no more than a megabyte', () => {
		const under = fakeFile();
		const file = combineWrites(under);
		const page = filled(300_000, 1);
		for (let n = 0; n < 4; n++) file.write(page, { at: n * 300_000 });
		file.write(filled(2_000_000, 2), { at: 1_200_000 });
		expect(under.calls).toEqual(['write 900000 at 0', 'write 300000 at 900000', 'write 2000000 at 1200000']);
	});

	test.each([
		[
			'a flush',
			(file: AccessHandle) => {
				file.flush();
			}
		],
		[
			'a write elsewhere',
			(file: AccessHandle) => {
				file.write(filled(1, 1), { at: 500 });
			}
		],
		[
			'a read of it',
			(file: AccessHandle) => {
				file.read(filled(1, 0), { at: 4 });
			}
		],
		[
			'a truncation',
			(file: AccessHandle) => {
				file.truncate(5);
			}
		]
	])('says at %s that the disk took only a part, or nothing, and forgets it', (_, next) => {
		for (const room of [3, 0, -1]) {
			const under = fakeFile();
			const file = combineWrites(under);
			under.room = room;
			expect(file.write(filled(6, 1), { at: 0 })).toBe(6);
			expect(() => {
				next(file);
			}).toThrow(room < 0 ? 'disk gone' : `${String(room)} of 6 bytes were written`);
			under.room = Infinity;
			const before = under.calls.length;
			file.flush();
			expect(under.calls.slice(before)).toEqual(['flush']);
		}
	});

	test('reads elsewhere without writing first, and tells its size without an exception', () => {
		const under = fakeFile();
		const file = combineWrites(under);
		file.write(filled(10, 1), { at: 0 });
		file.flush();
		under.room = -1;
		file.write(filled(10, 2), { at: 10 });
		const into = filled(10, 0);
		expect([file.read(into, { at: 0 }), into[9], file.getSize()]).toEqual([10, 1, 20]);
		expect(() => {
			file.close();
		}).not.toThrow();
		expect(under.calls.at(-1)).toBe('close');
	});
});
