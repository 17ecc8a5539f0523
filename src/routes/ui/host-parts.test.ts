import { expect, test } from 'vitest';
import { hostParts, isForeign } from './host-parts.ts';

test.each([
	['evil.example', '', 'evil.example'],
	['login.bank.example.evil.example:8443', 'login.bank.example.', 'evil.example:8443'],
	['a.b.shop.co.uk', 'a.b.', 'shop.co.uk'],
	['co.uk', '', 'co.uk'],
	['127.0.0.1:8080', '', '127.0.0.1:8080'],
	['[::1]:8080', '', '[::1]:8080'],
	['localhost:11434', '', 'localhost:11434']
])('%s: %j and %j', (host, before, owner) => {
	expect(hostParts(host)).toEqual({ before, owner });
});

test('letters of another script are told apart from plain ones', () => {
	expect(isForeign('xn--80ak6aa92e.example')).toBe(true);
	expect(isForeign('www.xn--80ak6aa92e.example')).toBe(true);
	expect(isForeign('notxn--x.example')).toBe(false);
});
