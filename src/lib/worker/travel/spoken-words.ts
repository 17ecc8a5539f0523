// Words for people to say: fingerprints of cards, which two compare aloud, and passphrases nobody chose.
import type { Card } from '../../domain/library/cards.ts';
import { PLAIN_WORDS } from './plain-words.ts';

/** Makes it dear to look for keys whose words sound like somebody's: about a tenth of a second for each try. */
const FINGERPRINT_ROUNDS = 200_000;
const FINGERPRINT_WORDS = 4;
const PASSPHRASE_WORDS = 6;

const wordsOf = (bytes: Uint8Array, count: number): string => {
	// ten bits a word, from the left
	let held = 0;
	let bits = 0;
	const words: string[] = [];
	for (const byte of bytes) {
		held = (held << 8) | byte;
		bits += 8;
		if (bits < 10) continue;
		bits -= 10;
		words.push(PLAIN_WORDS[(held >>> bits) & 1023] ?? '');
		held &= (1 << bits) - 1;
		if (words.length === count) break;
	}
	return words.join(' ');
};

/** Four words made of both keys of a card, for two people to compare aloud. */
export const fingerprintOf = async ({ key, age }: Pick<Card, 'key' | 'age'>): Promise<string> => {
	const encoder = new TextEncoder();
	const material = await crypto.subtle.importKey('raw', encoder.encode(`${key} ${age}`), 'PBKDF2', false, [
		'deriveBits'
	]);
	const bits = await crypto.subtle.deriveBits(
		{
			name: 'PBKDF2',
			hash: 'SHA-256',
			salt: encoder.encode('stet card fingerprint'),
			iterations: FINGERPRINT_ROUNDS
		},
		material,
		64
	);
	return wordsOf(new Uint8Array(bits), FINGERPRINT_WORDS);
};

/** Six words nobody chose: sixty bits, which scrypt makes dear to try. */
export const newPassphrase = (): string =>
	wordsOf(crypto.getRandomValues(new Uint8Array(8)), PASSPHRASE_WORDS).replaceAll(' ', '-');
