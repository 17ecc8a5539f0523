// Cards: who somebody is to this device, as a line of text people send each other: a name and two public keys.
import { digestOfTexts } from '../kernel/checksum.ts';
import { keepable } from '../kernel/keepable.ts';
import { ok, refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';

const SCHEME = 'stet-card:';
const VERSION = 1;
/** No card is longer; a name may be spelled in three bytes of three characters each. */
const CARD_MAX_CHARS = 4000;

/** An Ed25519 public key: 32 bytes as base64url. It is what a person is known by. */
export const signingKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** An X25519 recipient of the age format (https://age-encryption.org/v1): files for them are sealed to it. */
export const ageRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);

export const card = z.object({
	name: z.string().trim().min(1).max(120),
	key: signingKey,
	age: ageRecipient
});

export type Card = z.output<typeof card>;

const check = ({ name, key, age }: Card): string => digestOfTexts([name, key, age]).slice(0, 8);

/** The card as text to copy. */
export const cardText = ({ name, ...keys }: Card): string => {
	// half of a character cannot be spelled, and what ends a text cannot be kept
	const of = { name: keepable(name), ...keys };
	return `${SCHEME}${String(VERSION)}:${encodeURIComponent(of.name)}:${of.age}:${of.key}:${check(of)}`;
};

const decoded = (text: string): string | null => {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
};

/** The card of a text, perhaps with words around it and broken into lines, as mail programs do; or why it is none. */
export const parseCard = (text: string) => {
	const from = text.indexOf(SCHEME);
	if (from === -1) return refuse({ type: 'card_none' });
	// what was broken into lines has no blanks of its own: a name has %20
	const [version, name, age, key, sum] = text
		.slice(from + SCHEME.length, from + CARD_MAX_CHARS)
		.replace(/[\s\u00a0>]+/g, '')
		.split(':');
	if (version === undefined || !/^[1-9]\d{0,5}$/.test(version)) return refuse({ type: 'card_cut' });
	if (Number(version) > VERSION)
		return refuse({ type: 'card_newer', version: Number(version), known: VERSION });
	if (sum === undefined || sum.length < 8) return refuse({ type: 'card_cut' });
	const parsed = card.safeParse({ name: keepable(decoded(name ?? '')), age, key });
	if (!parsed.success)
		return refuse({ type: 'card_damaged', field: parsed.error.issues[0]?.path.map(String).join('.') ?? '' });
	// words may follow the last field, without a blank since those are gone
	if (!sum.startsWith(check(parsed.data))) return refuse({ type: 'card_damaged', field: 'check' });
	return ok(parsed.data);
};
