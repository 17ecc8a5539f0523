// Who this device is to others: a key that signs, a key that opens what was sealed for it, and the card that says so.
import { card, type Card } from '../../domain/library/cards.ts';
import type { TravelStore } from './travel-store.ts';

const KEYS = 'device-keys';
const NAME = 'device-name';

type Bytes = Uint8Array<ArrayBuffer>;

/** The device's own keys. The private halves cannot be read out by anybody: they only work. */
export interface DeviceKeys {
	readonly signing: CryptoKeyPair;
	readonly opening: CryptoKeyPair;
}

export const toBase64Url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replace(/\+/g, '-')
		.replace(/\//g, '_')
		.replace(/=+$/, '');

/** Throws on anything that is none. */
export const fromBase64Url = (text: string): Bytes =>
	Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));

const hex = (bytes: ArrayBuffer): string =>
	Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
	hex(await crypto.subtle.digest('SHA-256', bytes));

const isPair = (value: unknown): value is CryptoKeyPair =>
	typeof value === 'object' &&
	value !== null &&
	'privateKey' in value &&
	value.privateKey instanceof CryptoKey &&
	'publicKey' in value &&
	value.publicKey instanceof CryptoKey;

const isKeys = (value: unknown): value is DeviceKeys =>
	typeof value === 'object' &&
	value !== null &&
	'signing' in value &&
	isPair(value.signing) &&
	'opening' in value &&
	isPair(value.opening);

const pair = async (algorithm: string, usages: readonly KeyUsage[]): Promise<CryptoKeyPair> => {
	const made = await crypto.subtle.generateKey({ name: algorithm }, false, [...usages]);
	if (!('privateKey' in made)) throw new Error(`${algorithm} made one key, and not two`);
	return made;
};

/** A browser from before 2025 knows neither; then there is nothing to sign with. */
const isUnknownHere = (error: unknown): boolean =>
	error instanceof Error && error.name === 'NotSupportedError';

export interface Identity {
	/** This device's keys, made when they are first asked for. Null where the browser cannot. */
	keys(): Promise<DeviceKeys | null>;
	/** This device's card; null where the browser cannot make keys, or nobody said a name yet. */
	card(): Promise<Card | null>;
	/** What others read on the card. */
	setName(name: string): Promise<void>;
}

/** `alone` keeps two tabs from making keys at once. */
export const createIdentity = (
	store: TravelStore,
	alone: <T>(name: string, work: () => Promise<T>) => Promise<T>
): Identity => {
	const keys = async (): Promise<DeviceKeys | null> => {
		const found = await store.get(KEYS);
		if (isKeys(found)) return found;
		return alone('device-keys', async () => {
			const since = await store.get(KEYS);
			if (isKeys(since)) return since;
			let made: DeviceKeys;
			try {
				made = {
					signing: await pair('Ed25519', ['sign', 'verify']),
					opening: await pair('X25519', ['deriveBits'])
				};
			} catch (error) {
				if (isUnknownHere(error)) return null;
				throw error;
			}
			await store.put(KEYS, made);
			return made;
		});
	};
	return {
		keys,
		card: async () => {
			const name = await store.get(NAME);
			const mine = await keys();
			if (mine === null || typeof name !== 'string') return null;
			const { identityToRecipient } = await import('age-encryption');
			return card.parse({
				name,
				key: toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', mine.signing.publicKey))),
				// worked out of the private half, by asking it for the secret it shares with the base point
				age: await identityToRecipient(mine.opening.privateKey)
			});
		},
		setName: (name) => store.put(NAME, card.shape.name.parse(name))
	};
};

export const sign = async ({ signing }: DeviceKeys, bytes: Bytes): Promise<Bytes> =>
	new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, signing.privateKey, bytes));

/** Whether the key signed these bytes. Null where the browser cannot tell. */
export const isSignedBy = async (key: string, signature: Bytes, bytes: Bytes): Promise<boolean | null> => {
	try {
		const known = await crypto.subtle.importKey('raw', fromBase64Url(key), { name: 'Ed25519' }, true, [
			'verify'
		]);
		return await crypto.subtle.verify({ name: 'Ed25519' }, known, signature, bytes);
	} catch (error) {
		if (isUnknownHere(error)) return null;
		// a key that is no point of the curve signed nothing
		if (error instanceof Error && error.name === 'DataError') return false;
		throw error;
	}
};
