// A device's keys in a real browser: kept in IndexedDB without anybody being able to read them out, and working from there.
import { Decrypter, Encrypter } from 'age-encryption';
import { afterEach, expect, test } from 'vitest';
import { deleteDB } from 'idb';
import { createIdentity, isSignedBy, sign } from '#lib/worker/travel/identity.ts';
import { openTravelStore } from '#lib/worker/travel/travel-store.ts';

afterEach(() => deleteDB('stet-travel'));

const identityNow = () => createIdentity(openTravelStore(), (_, work) => work());

test('keys that were made before sign and open, and are not to be had', async () => {
	await identityNow().setName('Ada');
	const card = await identityNow().card();
	const keys = await identityNow().keys();
	if (card === null || keys === null) throw new Error('this browser cannot make the keys');
	const bytes = new TextEncoder().encode('what was said');
	expect(await isSignedBy(card.key, await sign(keys, bytes), bytes)).toBe(true);
	for (const key of [keys.signing.privateKey, keys.opening.privateKey])
		await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow();

	const encrypter = new Encrypter();
	encrypter.addRecipient(card.age);
	const decrypter = new Decrypter();
	decrypter.addIdentity(keys.opening.privateKey);
	expect(await decrypter.decrypt(await encrypter.encrypt('sealed'), 'text')).toBe('sealed');
});
