// Seals keys for storage: AES-GCM-256 under a device key that cannot be exported, bound to connection and origin.
import { z } from 'zod';

const ALGORITHM = 'AES-GCM';
// NIST SP 800-38D, 8.2.2: a random 96-bit nonce per encryption
const NONCE_BYTES = 12;

const deviceKey = z.custom<CryptoKey>(
	(value) => value instanceof CryptoKey && value.algorithm.name === ALGORITHM && !value.extractable
);

const sealedSecret = z.object({
	nonce: z.instanceof(Uint8Array<ArrayBuffer>),
	sealed: z.instanceof(ArrayBuffer)
});

/** A key as it is stored. */
type SealedSecret = z.infer<typeof sealedSecret>;

/** Makes a device key. It can be stored and used, never read. */
export const makeDeviceKey = (): Promise<CryptoKey> =>
	crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ['encrypt', 'decrypt']);

/** The device key among stored values, or null. */
export const readDeviceKey = (stored: unknown): CryptoKey | null => deviceKey.safeParse(stored).data ?? null;

// ids hold no line break, so that no two pairs give the same bytes
const boundTo = (connectionId: string, origin: string): Uint8Array<ArrayBuffer> =>
	new TextEncoder().encode(`${connectionId}\n${origin}`);

/** Seals `secret` so that it opens only for this connection and this origin. */
export const seal = async (
	key: CryptoKey,
	secret: string,
	connectionId: string,
	origin: string
): Promise<SealedSecret> => {
	const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
	const sealed = await crypto.subtle.encrypt(
		{ name: ALGORITHM, iv: nonce, additionalData: boundTo(connectionId, origin) },
		key,
		new TextEncoder().encode(secret)
	);
	return { nonce, sealed };
};

/** Opens a stored value; null when it is damaged, under another device key, or for another connection or origin. */
export const unseal = async (
	key: CryptoKey,
	stored: unknown,
	connectionId: string,
	origin: string
): Promise<string | null> => {
	const parsed = sealedSecret.safeParse(stored);
	if (!parsed.success) return null;
	try {
		const opened = await crypto.subtle.decrypt(
			{ name: ALGORITHM, iv: parsed.data.nonce, additionalData: boundTo(connectionId, origin) },
			key,
			parsed.data.sealed
		);
		return new TextDecoder().decode(opened);
	} catch {
		return null;
	}
};
