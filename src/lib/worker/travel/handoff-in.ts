// A file of a hand-off that came: opened, its signature verified before anything else is looked at, and its limits kept.
import {
	depthOf,
	HANDOFF_FORMAT,
	HANDOFF_LIMITS,
	readEnvelope,
	signedText,
	type Envelope
} from '../../domain/formats/handoff-file.ts';
import { cardText } from '../../domain/library/cards.ts';
import { z } from '../../domain/kernel/schema.ts';
import { sql } from '../../domain/kernel/sql.ts';
import { chatStream, handoffStream, LIBRARY } from '../../domain/streams.ts';
import type { HandoffReport, LookIntoHandoff } from '../handoff-protocol.ts';
import type { TravelPort } from '../travel-protocol.ts';
import { damaged, FileRefused, placeAt, type Errand } from './errand.ts';
import { fromBase64Url, isSignedBy, sha256, type Identity } from './identity.ts';
import { checkSource, type Looked } from './look-in.ts';
import { readLines } from './read-lines.ts';
import type { Plan } from './report.ts';
import { fingerprintOf } from './spoken-words.ts';
import { ageHeaderOf, gunzipAll, looksLike } from './unpack.ts';
import type { Workshop } from './workshop.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Who signed a file, as far as anybody here knows. */
export type Sender = HandoffReport['from'];

/** A file of a hand-off whose signature holds. */
export interface OpenedHandoff {
	readonly envelope: Envelope;
	/** Of the signed line: which file it is. */
	readonly digest: string;
	readonly sender: Sender;
	readonly body: Bytes;
}

const NEWLINE = 10;
const HEAD_BYTES = 512;
const AGE_HEADER_MAX_BYTES = 16 * 1024;

const notOurs = (bytes: Uint8Array): FileRefused =>
	new FileRefused({ type: 'file_not_ours', looksLike: looksLike(bytes.subarray(0, HEAD_BYTES)) });
const cut = (byte: number): FileRefused => new FileRefused({ type: 'file_cut', place: placeAt({ byte }) });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Decrypts all of it: by the passphrase, or by this device's own key. */
const decrypted = async (
	bytes: Bytes,
	{ passphrase }: LookIntoHandoff,
	identity: Identity
): Promise<{ readonly plain: Bytes; readonly by: 'passphrase' | 'key' }> => {
	const sealed = ageHeaderOf(bytes.subarray(0, AGE_HEADER_MAX_BYTES));
	if (sealed.stanzas > HANDOFF_LIMITS.maxRecipients)
		throw damaged({ byte: 0 }, `it is sealed for ${String(sealed.stanzas)} keys`);
	const { Decrypter } = await import('age-encryption');
	const decrypter = new Decrypter();
	if (sealed.by === 'passphrase') {
		if (passphrase === '') throw new FileRefused({ type: 'passphrase_needed' });
		// as it was shown, or as it was said
		decrypter.addPassphrase(
			passphrase
				.trim()
				.toLowerCase()
				.replace(/[\s-]+/g, '-')
		);
	} else {
		const keys = await identity.keys();
		if (keys === null) throw new FileRefused({ type: 'keys_unavailable' });
		decrypter.addIdentity(keys.opening.privateKey);
	}
	try {
		return { plain: new Uint8Array(await decrypter.decrypt(bytes)), by: sealed.by };
	} catch (error) {
		const why = messageOf(error);
		// the library has no types for what went wrong
		if (why.startsWith('no identity matched'))
			throw new FileRefused(
				sealed.by === 'passphrase' ? { type: 'passphrase_wrong' } : { type: 'not_for_this_device' }
			);
		throw damaged({ byte: null }, why);
	}
};

/** The two lines before the body, and the body. */
const parted = (bytes: Bytes): { readonly lines: readonly [string, string]; readonly body: Bytes } => {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	const texts: string[] = [];
	let from = 0;
	for (let n = 0; n < 2; n++) {
		const end = bytes.subarray(from, from + HANDOFF_LIMITS.maxEnvelopeChars).indexOf(NEWLINE);
		if (end === -1) throw n === 0 ? notOurs(bytes) : cut(bytes.byteLength);
		try {
			texts.push(decoder.decode(bytes.subarray(from, from + end)));
		} catch {
			throw notOurs(bytes);
		}
		from += end + 1;
	}
	const [first = '', second = ''] = texts;
	return { lines: [first, second], body: bytes.subarray(from) };
};

const contactsHere = z.array(z.object({ key: z.string(), name: z.string() }));
const filesHere = z.array(z.object({ key: z.string(), name: z.string(), kind: z.string() }));

/** Who signed it; refused when another than the one it came from before says to go on with it, and nobody knows them. */
const senderOf = async ({ from, handoffId, kind }: Envelope, port: TravelPort): Promise<Sender> => {
	const contacts = contactsHere.parse(await port.ask('contact_list', {}));
	const contact = contacts.find(({ key }) => key === from.key);
	const before = filesHere.parse(await port.ask('came_with', { handoffId }));
	const first = before.findLast((file) => file.kind === 'handoff');
	if (kind === 'handoff' && contact === undefined && first !== undefined && first.key !== from.key)
		throw new FileRefused({ type: 'signed_by_another', name: from.name, before: first.name });
	const goesBy = (name: string): boolean => name.toLowerCase() === from.name.toLowerCase();
	return {
		name: contact?.name ?? from.name,
		fingerprint: await fingerprintOf(from),
		standing:
			contact !== undefined ? 'known' : contacts.some(({ name }) => goesBy(name)) ? 'alike' : 'unknown',
		card: cardText(from)
	};
};

/** Opens a file and verifies it. Throws `FileRefused`; nothing of what is in it was believed until then. */
export const openHandoff = async (
	request: LookIntoHandoff,
	identity: Identity,
	port: TravelPort,
	errand: Errand
): Promise<OpenedHandoff> => {
	const { file } = request;
	const { maxFileBytes, maxUnpackedBytes } = HANDOFF_LIMITS;
	if (file.size === 0) throw new FileRefused({ type: 'file_empty' });
	if (file.size > maxFileBytes)
		throw new FileRefused({ type: 'file_too_large', bytes: file.size, maxBytes: maxFileBytes });
	errand.tell('reading', 0, file.size);
	const bytes = new Uint8Array(await file.arrayBuffer());
	if (!new TextDecoder('latin1').decode(bytes.subarray(0, 32)).startsWith('age-encryption.org/'))
		throw notOurs(bytes);
	const { plain, by } = await decrypted(bytes, request, identity);
	errand.check();
	const { lines, body } = parted(await gunzipAll(plain, maxUnpackedBytes, errand));
	errand.tell('reading', file.size, file.size);

	const read = readEnvelope(...lines);
	if (!read.ok)
		switch (read.error.type) {
			case 'not_a_handoff':
				throw notOurs(plain);
			case 'newer':
				throw new FileRefused({ type: 'file_newer', format: read.error.format, known: HANDOFF_FORMAT });
			case 'damaged':
				throw damaged({ line: 1 }, read.error.field);
		}
	const { envelope, signature } = read.value;
	const signed = new TextEncoder().encode(signedText(lines[0]));
	const holds = await isSignedBy(envelope.from.key, fromBase64Url(signature), signed);
	if (holds === null) throw new FileRefused({ type: 'keys_unavailable' });
	if (!holds || (await sha256(body)) !== envelope.sha256)
		throw new FileRefused({ type: 'signature_wrong', name: envelope.from.name });
	const mine = await identity.card();
	if (mine !== null && mine.key === envelope.from.key) throw new FileRefused({ type: 'handoff_is_yours' });
	// whoever it was sealed for may have sealed it again for somebody it was not meant for
	const meant =
		by === 'passphrase' ? envelope.to.length === 0 : mine !== null && envelope.to.includes(mine.age);
	if (!meant) throw new FileRefused({ type: 'not_for_this_device' });
	return {
		envelope,
		digest: await sha256(signed),
		sender: await senderOf(envelope, port),
		body
	};
};

/** Limits of what a file may hold, told before any of it is parsed. */
const checkLimits = (body: Bytes): void => {
	const { maxEvents, maxDepth } = HANDOFF_LIMITS;
	let lines = 0;
	let from = 0;
	const decoder = new TextDecoder('utf-8', { fatal: true });
	while (from < body.byteLength) {
		const at = body.indexOf(NEWLINE, from);
		const end = at === -1 ? body.byteLength : at;
		lines += 1;
		// the manifest, and pictures, are lines too; there are few
		if (lines > maxEvents + 200) throw new FileRefused({ type: 'handoff_too_long', maxEvents });
		let text: string;
		try {
			text = decoder.decode(body.subarray(from, end));
		} catch {
			throw damaged({ line: lines + 2 }, 'this is no text');
		}
		if (depthOf(text) > maxDepth) throw damaged({ line: lines + 2 }, 'is nested too deep');
		from = end + 1;
	}
};

async function* once(bytes: Bytes): AsyncGenerator<Bytes> {
	yield bytes;
}

const raised = z.object({ handoffId: z.string(), chatId: z.string() });

/** What is in it is what its envelope says: this hand-off, this chat, who plays in it, and nothing else. */
const checkContent = ({ envelope }: OpenedHandoff, looked: Looked): void => {
	const { handoffId, chatId, kind } = envelope;
	const other = (what: string): FileRefused => new FileRefused({ type: 'handoff_holds_other', what });
	const own = handoffStream(handoffId);
	const allowed = new Set(chatId === null ? [own] : [own, chatStream(chatId), LIBRARY]);
	const stranger = looked.streams.find(({ stream }) => !allowed.has(stream));
	if (stranger !== undefined) throw other(stranger.stream);
	if (looked.copies.length > 0) throw other('recovery copies');
	if ((kind === 'receipt') !== (chatId === null)) throw other('chat');
	if (chatId !== null)
		for (const stream of [own, chatStream(chatId)])
			if (!looked.streams.some((one) => one.stream === stream)) throw other(`no ${stream}`);
	for (const row of looked.db.all(
		sql`select stream, kind, payload from event_log
			where (stream = ${own} and kind not like 'handoff\\_%' escape '\\')
				or (stream <> ${own} and kind like 'handoff\\_%' escape '\\')
				or kind in ('handoff_raised', 'member_authored', 'contact_added')`
	)) {
		const { data } = raised.safeParse(JSON.parse(String(row['payload'])));
		if (row['stream'] !== own || row['kind'] !== 'handoff_raised') throw other(String(row['kind']));
		if (data?.handoffId !== handoffId || (chatId !== null && data.chatId !== chatId))
			throw other('another hand-off');
	}
};

/** Reads all of an opened file into a library of its own. Throws `FileRefused`. */
export const lookIntoHandoff = async (
	opened: OpenedHandoff,
	workshop: Workshop,
	errand: Errand
): Promise<Looked> => {
	checkLimits(opened.body);
	const source = await readLines(once(opened.body), errand);
	if (source.manifest.events > HANDOFF_LIMITS.maxEvents)
		throw new FileRefused({ type: 'handoff_too_long', maxEvents: HANDOFF_LIMITS.maxEvents });
	const looked = await checkSource(source, { format: 'jsonl', encrypted: true }, workshop, errand);
	checkContent(opened, looked);
	return looked;
};

/** What bringing it in would do, for whoever has to say whether it shall. */
export const handoffReport = (
	{ envelope, sender }: OpenedHandoff,
	looked: Looked,
	plan: Plan
): HandoffReport => {
	const { kind, handoffId, chatId, at } = envelope;
	const own = plan.streams.find(({ stream }) => stream === handoffStream(handoffId));
	if (kind === 'receipt' && own?.fate === 'new')
		throw new FileRefused({ type: 'handoff_not_here', handoffId });
	const chat = chatId === null ? undefined : plan.streams.find(({ stream }) => stream === chatStream(chatId));
	const fate = chat?.fate === undefined || chat.fate === 'joined' ? 'none' : chat.fate;
	const title = looked.streams.find(({ stream }) => stream === chat?.stream)?.title;
	return {
		kind,
		handoffId,
		title: title ?? looked.manifest.title,
		at,
		from: sender,
		turns: chat?.turns ?? 0,
		acts: own?.fate === 'new' ? own.events : (own?.joins ?? 0),
		chat: fate,
		nothing: plan.report.nothing
	};
};
