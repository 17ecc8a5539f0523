// Seals the vault's key under a passphrase: PBKDF2 makes a wrapping key, which wraps a random key that seals the secrets.
import { z } from 'zod';

const ALGORITHM = 'AES-GCM';
// NIST SP 800-38D, 8.2.2: a random 96-bit nonce per encryption
const NONCE_BYTES = 12;
const SALT_BYTES = 16;
/** More than OWASP asks for (600 000), and still a fraction of a second where people write stories. */
const ITERATIONS = 1_000_000;
const LEAST_ITERATIONS = 600_000;
/** What a changed row could make this device work at once. */
const MOST_ITERATIONS = 20_000_000;
/** Shorter ones are guessed in no time from a copied database. */
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 1000;

const lock = z.object({
	/** New with every passphrase: an unlocked key is good for as long as this stays. */
	id: z.uuid(),
	iterations: z.int().min(LEAST_ITERATIONS).max(MOST_ITERATIONS),
	salt: z.instanceof(Uint8Array<ArrayBuffer>).refine((salt) => salt.length >= SALT_BYTES),
	/** How many keys were sealed under it, counting those since replaced. */
	sealed: z.int().min(0),
	nonce: z.instanceof(Uint8Array<ArrayBuffer>),
	wrapped: z.instanceof(ArrayBuffer)
});

/** The vault's key as it is stored: wrapped under a passphrase. */
export type Lock = z.infer<typeof lock>;

/** The vault's key in use: it seals and opens, and cannot be read. */
export interface Unlocked {
	readonly id: string;
	readonly key: CryptoKey;
}

/** The stored lock, or null where there is none that could ever open. */
export const readLock = (stored: unknown): Lock | null => lock.safeParse(stored).data ?? null;

/** What is wrong with a new passphrase, as the kind of a field's problem; null when nothing is. */
export const passphraseProblem = (passphrase: unknown): string | null => {
	if (typeof passphrase !== 'string') return 'invalid_type';
	const { length } = Array.from(passphrase);
	return length < LEAST_CHARACTERS ? 'too_small' : length > MOST_CHARACTERS ? 'too_big' : null;
};

const wrappingKey = async (
	passphrase: string,
	salt: Uint8Array<ArrayBuffer>,
	iterations: number
): Promise<CryptoKey> => {
	// one passphrase, whichever way a keyboard composes its letters
	const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
	const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
	return crypto.subtle.deriveKey(
		{ name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
		material,
		{ name: ALGORITHM, length: 256 },
		false,
		['wrapKey', 'unwrapKey']
	);
};

const unwrap = (from: CryptoKey, { id, nonce, wrapped }: Pick<Lock, 'id' | 'nonce' | 'wrapped'>) =>
	crypto.subtle.unwrapKey(
		'raw',
		wrapped,
		from,
		{ name: ALGORITHM, iv: nonce, additionalData: new TextEncoder().encode(id) },
		ALGORITHM,
		false,
		['encrypt', 'decrypt']
	);

/** Makes a new vault key and its lock. */
export const makeLock = async (
	passphrase: string
): Promise<{ readonly lock: Lock; readonly unlocked: Unlocked }> => {
	const id = crypto.randomUUID();
	const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
	const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
	const from = await wrappingKey(passphrase, salt, ITERATIONS);
	// only what can be exported can be wrapped; nothing but its wrapped form outlives this call
	const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, true, [
		'encrypt',
		'decrypt'
	]);
	const wrapped = await crypto.subtle.wrapKey('raw', made, from, {
		name: ALGORITHM,
		iv: nonce,
		additionalData: new TextEncoder().encode(id)
	});
	return {
		lock: { id, iterations: ITERATIONS, salt, sealed: 0, nonce, wrapped },
		unlocked: { id, key: await unwrap(from, { id, nonce, wrapped }) }
	};
};

/** Opens a lock; null when the passphrase is another, or the lock was changed. */
export const openLock = async (stored: Lock, passphrase: string): Promise<Unlocked | null> => {
	const from = await wrappingKey(passphrase, stored.salt, stored.iterations);
	try {
		return { id: stored.id, key: await unwrap(from, stored) };
	} catch {
		return null;
	}
};
