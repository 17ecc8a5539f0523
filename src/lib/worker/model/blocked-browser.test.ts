// A browser that blocks the site's data still lets a session in memory write replies and hold keys.
import { expect, test } from 'vitest';
import { jobLocks, vaultChannel } from './blocked-browser.ts';

const refusing = (error: Error) => ({ request: () => Promise.reject(error) });
const runsWith = async (locks: Parameters<typeof jobLocks>[0]) => {
	const seen: unknown[] = [];
	await jobLocks(locks).request('job:1', { ifAvailable: true }, async (lock) => {
		seen.push(lock);
	});
	return seen;
};

test('a lock that is there is used, free or taken', async () => {
	const lock = { name: 'job:1' };
	expect(await runsWith({ request: (_name, _options, run) => run(lock) })).toEqual([lock]);
	expect(await runsWith({ request: (_name, _options, run) => run(null) })).toEqual([null]);
});

test('without locks the work is done all the same, once', async () => {
	expect(await runsWith(undefined)).toEqual([{}]);
	expect(await runsWith(refusing(new DOMException('denied', 'SecurityError')))).toEqual([{}]);
});

test('other trouble, and that of the work itself, is thrown on', async () => {
	await expect(runsWith(refusing(new DOMException('gone', 'InvalidStateError')))).rejects.toThrow('gone');
	let runs = 0;
	const work = jobLocks({ request: (_name, _options, run) => run({}) }).request(
		'job:1',
		{ ifAvailable: true },
		() => {
			runs += 1;
			return Promise.reject(new DOMException('in the work', 'SecurityError'));
		}
	);
	await expect(work).rejects.toThrow('in the work');
	expect(runs).toBe(1);
});

test('a refused channel is one that nobody hears', () => {
	const channel = vaultChannel(() => {
		throw new DOMException('denied', 'SecurityError');
	});
	expect(() => {
		channel.addEventListener('message', () => undefined);
		channel.postMessage('changed');
	}).not.toThrow();
});
