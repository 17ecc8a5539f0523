// What of an address is a sign-in's, and what is left of it.
import { expect, it } from 'vitest';
import { readReturn } from './came-back.ts';

it.each([
	['/settings?code=abc', { kind: 'code', code: 'abc' }, '/settings'],
	['/settings/?code=abc&state=x#y', { kind: 'code', code: 'abc' }, '/settings/#y'],
	['/stet/settings?code=abc', { kind: 'code', code: 'abc' }, '/stet/settings'],
	['/settings?error=access_denied', { kind: 'denied' }, '/settings'],
	['/settings?code=', { kind: 'denied' }, '/settings'],
	[`/settings?code=${'x'.repeat(1001)}`, { kind: 'denied' }, '/settings']
])('%s', (path, brought, address) => {
	expect(readReturn(new URL(path, 'https://stet.example'))).toEqual({ brought, address });
});

it.each(['/settings', '/settings?theme=dark', '/?code=abc', '/chats/settings-not?code=abc'])(
	'%s is left alone',
	(path) => {
		expect(readReturn(new URL(path, 'https://stet.example'))).toBeNull();
	}
);
