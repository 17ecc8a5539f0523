// Seals keys for storage: AES-GCM-256 under a key that cannot be exported, bound to connection, origin and provider.
import { z } from 'zod';
import type { EnteredProvider } from '../protocol.ts';

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

/** What a key was entered for. It opens for nothing else. */
export interface Purpose {
	readonly connectionId: string;
	readonly origin: string;
	readonly provider: EnteredProvider;
}

// none of the parts holds a line break, so that no two purposes give the same bytes; keys of compatible servers were
// sealed before there were other providers
const boundTo = ({ connectionId, origin, provider }: Purpose): Uint8Array<ArrayBuffer> =>
	new TextEncoder().encode(
		provider === 'openai-compatible'
			? `${connectionId}\n${origin}`
			: `${connectionId}\n${origin}\n${provider}`
	);

/** Seals `secret` so that it opens only for this purpose. */
export const seal = async (key: CryptoKey, secret: string, purpose: Purpose): Promise<SealedSecret> => {
	const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
	const sealed = await crypto.subtle.encrypt(
		{ name: ALGORITHM, iv: nonce, additionalData: boundTo(purpose) },
		key,
		new TextEncoder().encode(secret)
	);
	return { nonce, sealed };
};

/** Opens a stored value; null when it is damaged, under another key, or for another purpose. */
export const unseal = async (key: CryptoKey, stored: unknown, purpose: Purpose): Promise<string | null> => {
	const parsed = sealedSecret.safeParse(stored);
	if (!parsed.success) return null;
	try {
		const opened = await crypto.subtle.decrypt(
			{ name: ALGORITHM, iv: parsed.data.nonce, additionalData: boundTo(purpose) },
			key,
			parsed.data.sealed
		);
		return new TextDecoder().decode(opened);
	} catch {
		return null;
	}
};
