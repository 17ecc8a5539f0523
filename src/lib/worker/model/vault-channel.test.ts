// A browser that blocks the site's data still lets a session in memory hold keys.
import { expect, test } from 'vitest';
import { vaultChannel } from './vault-channel.ts';

test('a refused channel is one that nobody hears', () => {
	const channel = vaultChannel(() => {
		throw new DOMException('denied', 'SecurityError');
	});
	expect(() => {
		channel.addEventListener('message', () => undefined);
		channel.postMessage('changed');
	}).not.toThrow();
});
