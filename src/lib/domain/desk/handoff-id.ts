// Ids of hand-offs, in any spelling people and other programs write UUIDs in, parsed once into one.
import { z } from '../kernel/schema.ts';

// 8-4-4-4-12, all dashes or none
const SPELLINGS =
	/^(?:urn:uuid:)?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})$/;

/** The one form of an id: lower case, with dashes. Null for anything that is no UUID. */
export const canonicalId = (spelled: string): string | null => {
	// only ASCII may be folded: other letters have lower-case forms that are ASCII
	if (!/^[\x21-\x7e]{1,47}$/.test(spelled)) return null;
	const lower = spelled.toLowerCase();
	const bare = lower.startsWith('{') && lower.endsWith('}') ? lower.slice(1, -1) : lower;
	const parts = SPELLINGS.exec(bare);
	if (parts === null) return null;
	const whole = [parts[1], parts[3], parts[4], parts[5], parts[6]].join('-');
	return z.uuid().safeParse(whole).success ? whole : null;
};

/** An id of a hand-off as a caller writes it; what is parsed is canonical. */
export const handoffId = z.string().transform((spelled, context) => {
	const canonical = canonicalId(spelled);
	if (canonical === null) {
		context.addIssue({ code: 'custom', message: 'is no id', params: { problem: 'invalid_format' } });
		return z.NEVER;
	}
	return canonical;
});

/** An id as an address may hold it, where anything can stand: null for what is none. */
export const perhapsHandoffId = z.string().transform(canonicalId);
