// A device's keys are made once and stay in; its card, fingerprint and passphrases are what others see of them.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { anIdentity } from '#tests/support/identities.ts';
import { parseCard, cardText } from '../../domain/library/cards.ts';
import { isSignedBy, sign, toBase64Url } from './identity.ts';
import { PLAIN_WORDS } from './plain-words.ts';
import { fingerprintOf, newPassphrase } from './spoken-words.ts';
import { openTravelStore } from './travel-store.ts';

test('there are 1024 words, each once', () => {
	expect(new Set(PLAIN_WORDS).size).toBe(1024);
	expect(PLAIN_WORDS.filter((word) => !/^[a-z]{3,8}$/.test(word))).toEqual([]);
});

test('keys are made once, are kept, and cannot be read out', async () => {
	const store = openTravelStore();
	const keys = await anIdentity(store).keys();
	if (keys === null) throw new Error('this Node knows both');
	for (const key of [keys.signing.privateKey, keys.opening.privateKey]) {
		expect(key.extractable).toBe(false);
		await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow();
	}
	const again = await anIdentity(store).keys();
	const rawOf = async (one: CryptoKey | undefined) =>
		one === undefined ? '' : toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', one)));
	expect(await rawOf(again?.signing.publicKey)).toBe(await rawOf(keys.signing.publicKey));
});

test('there is a card once there is a name, and it is read back', async () => {
	const identity = anIdentity();
	expect(await identity.card()).toBeNull();
	await identity.setName('  Ada ');
	const mine = await identity.card();
	if (mine === null) throw new Error('there is a name');
	expect(mine.name).toBe('Ada');
	expect(parseCard(cardText(mine))).toEqual({ ok: true, value: mine });
	await expect(async () => identity.setName(' ')).rejects.toThrow();
});

test('what a key signed is told from what it did not', async () => {
	const identity = anIdentity();
	await identity.setName('Ada');
	const [keys, mine] = [await identity.keys(), await identity.card()];
	if (keys === null || mine === null) throw new Error('there are keys');
	const bytes = new TextEncoder().encode('what was said');
	const signature = await sign(keys, bytes);
	expect(await isSignedBy(mine.key, signature, bytes)).toBe(true);
	expect(await isSignedBy(mine.key, signature, new TextEncoder().encode('what was sold'))).toBe(false);
	expect(await isSignedBy('A'.repeat(43), signature, bytes)).toBe(false);
	expect(await isSignedBy(mine.key, signature.slice(0, 20), bytes)).toBe(false);
});

test('a fingerprint is of both keys, and always the same', async () => {
	const one = { key: 'A'.repeat(43), age: 'age1x' };
	expect(await fingerprintOf(one)).toMatch(/^[a-z]+ [a-z]+ [a-z]+ [a-z]+$/);
	expect(await fingerprintOf(one)).toBe(await fingerprintOf({ ...one }));
	expect(await fingerprintOf(one)).not.toBe(await fingerprintOf({ ...one, age: 'age1y' }));
	expect(await fingerprintOf(one)).not.toBe(await fingerprintOf({ ...one, key: 'B'.repeat(43) }));
});

test('a passphrase has six words, and is another each time', () => {
	const made = new Set(Array.from({ length: 200 }, newPassphrase));
	expect(made.size).toBe(200);
	for (const words of made) expect(words).toMatch(/^[a-z]+(?:-[a-z]+){5}$/);
});
