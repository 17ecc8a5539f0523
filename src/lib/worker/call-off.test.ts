// A call that is called off: answered at once where nothing is changed, by the worker where something may be.
import { expect, test } from 'vitest';
import { stoppable } from './call-off.ts';

const aCall = (waits: boolean) => {
	const aborting = new AbortController();
	const stops: string[] = [];
	let answer: (value: string | null) => void = () => undefined;
	const made = stoppable<string>(
		aborting.signal,
		() =>
			new Promise((resolve) => {
				answer = resolve;
			}),
		async () => void stops.push('stop'),
		waits
	);
	return { aborting, stops, made, answer: (value: string | null) => answer(value) };
};

test('is null at once, and whoever does it is told', async () => {
	const { aborting, stops, made } = aCall(false);
	aborting.abort();
	expect(await made).toBeNull();
	expect(stops).toEqual(['stop']);
});

test.each(['done', null])('is what the worker says (%s) where it may have gone through', async (said) => {
	const { aborting, stops, made, answer } = aCall(true);
	let settled = false;
	void made.then(() => {
		settled = true;
	});
	aborting.abort();
	await new Promise((resolve) => setTimeout(resolve));
	expect([settled, stops]).toEqual([false, ['stop']]);
	answer(said);
	expect(await made).toBe(said);
});

test('is not made at all when it was called off before', async () => {
	const asked = stoppable(
		AbortSignal.abort(),
		() => Promise.reject(new Error('it was made')),
		() => Promise.reject(new Error('it was stopped'))
	);
	expect(await asked).toBeNull();
});
