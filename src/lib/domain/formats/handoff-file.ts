// What stands in a .handoff and a .receipt: who it is from and for, their signature over all of it, then the text form of a log.
import { z } from '../kernel/schema.ts';
import { ok, refuse } from '../kernel/result.ts';
import { ageRecipient, card } from '../library/cards.ts';
import { id } from '../streams.ts';

/** Format of these files; what follows the first two lines has one of its own. */
export const HANDOFF_FORMAT = 1;

/** More than that is no hand-off: files are read whole, by whoever they are sent to. */
export const HANDOFF_LIMITS = {
	maxFileBytes: 20 * 1024 * 1024,
	maxUnpackedBytes: 64 * 1024 * 1024,
	maxEvents: 50_000,
	/** How deep lists and objects may lie in each other. */
	maxDepth: 32,
	/** A page of an age header holds far more than a team. */
	maxRecipients: 100,
	maxEnvelopeChars: 32 * 1024
} as const;

/** What the signature is of begins with this, so that nothing else that was ever signed can pass for a file. */
const SIGNED_AS = 'stet hand-off file\n';

export const envelope = z.object({
	stet: z.literal('handoff'),
	format: z.literal(HANDOFF_FORMAT),
	kind: z.enum(['handoff', 'receipt']),
	handoffId: id,
	/** The chat that is in it; null in a receipt. */
	chatId: id.nullable(),
	at: z.number().int().nonnegative(),
	from: card,
	/** Recipients it was sealed for; empty for one that a passphrase opens. Whoever is none of them got it from somebody else. */
	to: z.array(ageRecipient).max(HANDOFF_LIMITS.maxRecipients),
	/** Of all bytes after the second line. */
	sha256: z.string().regex(/^[0-9a-f]{64}$/)
});

export type Envelope = z.output<typeof envelope>;

const signatureLine = z.object({
	stet: z.literal('signature'),
	ed25519: z.string().regex(/^[A-Za-z0-9_-]{86}$/)
});

/** The first line, without its break. */
export const lineOfEnvelope = (of: Envelope): string => JSON.stringify(envelope.parse(of));

/** The second line, without its break. */
export const lineOfSignature = (ed25519: string): string =>
	JSON.stringify(signatureLine.parse({ stet: 'signature', ed25519 }));

/** What is signed: the first line, which has the digest of the rest. */
export const signedText = (envelopeLine: string): string => SIGNED_AS + envelopeLine;

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
};

/** The first two lines of a file; or what is wrong with them. Nothing is verified yet. */
export const readEnvelope = (first: string, second: string) => {
	const said = parsed(first);
	if (!z.object({ stet: z.literal('handoff') }).safeParse(said).success)
		return refuse({ type: 'not_a_handoff' });
	// a newer file may have other lines, and must say so before they are looked at
	const { data: newer } = z.object({ format: z.number() }).safeParse(said);
	if (newer !== undefined && newer.format > HANDOFF_FORMAT)
		return refuse({ type: 'newer', format: newer.format });
	const head = envelope.safeParse(said);
	const signature = signatureLine.safeParse(parsed(second));
	if (!head.success)
		return refuse({ type: 'damaged', field: head.error.issues[0]?.path.map(String).join('.') ?? '' });
	if (!signature.success) return refuse({ type: 'damaged', field: 'signature' });
	// what was signed is what this version would write: nothing else rides along
	if (lineOfEnvelope(head.data) !== first) return refuse({ type: 'damaged', field: '' });
	return ok({ envelope: head.data, signature: signature.data.ed25519 });
};

/** How deep lists and objects of a JSON text lie in each other, told without building any of them. */
export const depthOf = (json: string): number => {
	let depth = 0;
	let deepest = 0;
	let inString = false;
	for (let at = 0; at < json.length; at++) {
		const char = json.charCodeAt(at);
		if (inString) {
			if (char === 0x5c) at += 1;
			else if (char === 0x22) inString = false;
		} else if (char === 0x22) inString = true;
		else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, (depth += 1));
		else if (char === 0x5d || char === 0x7d) depth -= 1;
	}
	return deepest;
};
