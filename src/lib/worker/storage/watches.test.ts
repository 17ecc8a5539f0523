// Live queries: in order, taken together, only what differs, nothing after the end.
import { describe, expect, it } from 'vitest';
import type { WatchAnswer } from '../protocol.ts';
import type { Looked } from './tab-messages.ts';
import { createInTurn } from './in-turn.ts';
import { createWatches } from './watches.ts';

interface Question {
	readonly name: string;
	readonly answer: (value: unknown) => Promise<void>;
	readonly refuse: (message: string) => Promise<void>;
}

/** Watches whose questions the test answers by hand. */
const byHand = (scope: Looked['scope'] = { tables: ['turns'], stream: 'chat-1' }) => {
	const asked: Question[] = [];
	const settle = async (): Promise<void> => {
		for (let n = 0; n < 5; n++) await Promise.resolve();
	};
	const watches = createWatches(
		(name) =>
			new Promise((resolve, reject) => {
				asked.push({
					name,
					answer: (value) => {
						resolve({ value, scope });
						return settle();
					},
					refuse: (message) => {
						reject(new Error(message));
						return settle();
					}
				});
			}),
		(run) => {
			run();
		}
	);
	const told: WatchAnswer[] = [];
	const stop = watches.watch('transcript', {}, (answer) => told.push(answer));
	const question = (n: number): Question => {
		const found = asked[n];
		if (found === undefined) throw new Error(`question ${String(n)} was not asked`);
		return found;
	};
	return { watches, asked, told, stop, question };
};

const values = (told: readonly WatchAnswer[]): unknown[] =>
	told.map((one) => (one.ok ? one.value : one.message));

describe('a watch', () => {
	it('asks at once and tells the answer', async () => {
		const { told, question } = byHand();
		await question(0).answer([1]);
		expect(told).toEqual([{ ok: true, value: [1] }]);
	});

	it('asks again when its tables change in its stream, and not otherwise', async () => {
		const { watches, asked, question } = byHand();
		await question(0).answer(1);
		watches.changed({ tables: ['bots'], streams: ['chat-1'] });
		watches.changed({ tables: ['turns'], streams: ['chat-2'] });
		expect(asked).toHaveLength(1);
		watches.changed({ tables: ['turns', 'bots'], streams: ['chat-2', 'chat-1'] });
		expect(asked).toHaveLength(2);
		await question(1).answer(2);
		// written without an event: it may concern any stream
		watches.changed({ tables: ['turns'], streams: [] });
		expect(asked).toHaveLength(3);
		await question(2).answer(3);
		watches.changed(null);
		expect(asked).toHaveLength(4);
	});

	it('without a stream wakes on every stream, and without a known scope on everything', async () => {
		const any = byHand({ tables: ['turns'], stream: null });
		await any.question(0).answer(1);
		any.watches.changed({ tables: ['turns'], streams: ['chat-9'] });
		expect(any.asked).toHaveLength(2);
		const unknown = byHand(null);
		await unknown.question(0).answer(1);
		unknown.watches.changed({ tables: ['other'], streams: ['chat-9'] });
		expect(unknown.asked).toHaveLength(2);
	});

	it('takes the changes that come while it asks together, and asks one question at a time', async () => {
		const { watches, asked, told, question } = byHand();
		for (let n = 0; n < 10; n++) watches.changed({ tables: ['turns'], streams: ['chat-1'] });
		expect(asked).toHaveLength(1);
		await question(0).answer('before the changes');
		expect(asked).toHaveLength(2);
		await question(1).answer('after them');
		expect(asked).toHaveLength(2);
		expect(values(told)).toEqual(['before the changes', 'after them']);
	});

	it('tells nothing when the answer is the same through and through', async () => {
		const { watches, told, question } = byHand();
		const state = () => ({ turns: [{ text: 'hi', at: 1 }], bytes: new Uint8Array([1, 2]) });
		await question(0).answer(state());
		watches.changed(null);
		await question(1).answer(state());
		expect(told).toHaveLength(1);
		watches.changed(null);
		await question(2).answer({ ...state(), bytes: new Uint8Array([1, 3]) });
		watches.changed(null);
		await question(3).answer({ ...state(), more: undefined });
		expect(told).toHaveLength(3);
	});

	it('tells why there is no answer, and goes on with the next change', async () => {
		const { watches, told, question } = byHand();
		await question(0).refuse('a defect');
		watches.changed(null);
		await question(1).answer('well again');
		expect(values(told)).toEqual(['a defect', 'well again']);
	});

	it('tells nothing after it was ended, not even what was already on its way', async () => {
		const { watches, asked, told, stop, question } = byHand();
		await question(0).answer(1);
		watches.changed(null);
		stop();
		await question(1).answer(2);
		watches.changed(null);
		expect(asked).toHaveLength(2);
		expect(values(told)).toEqual([1]);
	});
});

describe('what a screen shows anew', () => {
	it('is asked for in turn, and once for all that changed until then', async () => {
		const turns: (() => void)[] = [];
		const asked: string[] = [];
		const watches = createWatches(
			(name) => {
				asked.push(name);
				return Promise.resolve({ value: asked.length, scope: null });
			},
			(run) => turns.push(run)
		);
		const told: WatchAnswer[] = [];
		watches.watch('transcript', {}, (answer) => told.push(answer));
		const stop = watches.watch('effects', {}, () => undefined);
		expect(asked, 'a screen that begins does not wait').toEqual(['transcript', 'effects']);
		await Promise.resolve();
		watches.changed(null);
		watches.changed(null);
		expect(asked).toHaveLength(2);
		expect(turns).toHaveLength(2);
		stop();
		for (const turn of turns.splice(0)) turn();
		expect(asked).toEqual(['transcript', 'effects', 'transcript']);
		await new Promise((resolve) => setTimeout(resolve));
		expect(values(told)).toEqual([1, 3]);
		watches.changed(null);
		expect(turns).toHaveLength(1);
	});
});

describe('work in turn', () => {
	it('runs in order, each piece in a task of its own, after what came before it', async () => {
		const inTurn = createInTurn();
		const said: string[] = [];
		await new Promise<void>((resolve) => {
			inTurn(() => {
				said.push('one');
				queueMicrotask(() => said.push('after one'));
				inTurn(resolve);
			});
			inTurn(() => said.push('two'));
			said.push('nothing yet');
		});
		expect(said).toEqual(['nothing yet', 'one', 'after one', 'two']);
	});
});
