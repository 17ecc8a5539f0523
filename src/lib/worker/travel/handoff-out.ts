// Hand-offs out: read, redacted, shown to whoever sends them, and only then signed, packed and sealed for somebody.
import {
	HANDOFF_LIMITS,
	lineOfEnvelope,
	lineOfSignature,
	signedText,
	type Envelope
} from '../../domain/formats/handoff-file.ts';
import type { LogRow } from '../../domain/kernel/log.ts';
import { ok, refuse, type Refusal, type Result } from '../../domain/kernel/result.ts';
import { z } from '../../domain/kernel/schema.ts';
import { createRedaction, revealProblem, type Hidden } from '../../domain/desk/redact.ts';
import { CannotHide, redactPayload, textsOf, type TextPlace } from '../../domain/desk/redact-payload.ts';
import { HIDDEN_KINDS } from '../../domain/desk/placeholders.ts';
import { chatStream, handoffStream } from '../../domain/streams.ts';
import type {
	HandoffReview,
	PackedHandoff,
	PackHandoff,
	PackRefusal,
	ReviewHandoff,
	ReviewRefusal
} from '../handoff-protocol.ts';
import type { CommandEnvelope } from '../protocol.ts';
import { OWN_WORDS } from './cards.ts';
import { gather, type Gathered } from './handoff-gather.ts';
import { sha256, sign, toBase64Url, type Identity } from './identity.ts';
import { linesOf, openImage, seal, type Work } from './image.ts';
import { collected, encrypted, gzipped, streamOf } from './packing.ts';
import { newPassphrase } from './spoken-words.ts';
import type { TakeOutDeps } from './take-out.ts';
import type { TravelStore } from './travel-store.ts';

export interface HandoffOutDeps extends Pick<TakeOutDeps, 'vocabulary' | 'now' | 'newId' | 'openWorkshop'> {
	readonly port: TakeOutDeps['port'] & {
		dispatch(command: CommandEnvelope): Promise<Result<unknown>>;
	};
	readonly identity: Identity;
	readonly store: TravelStore;
}

const PLACES_TOLD = 20;
const hiddenShape = z.array(
	z.object({
		placeholder: z.string(),
		kind: z.enum(HIDDEN_KINDS),
		weight: z.enum(['high', 'usual']),
		detector: z.string(),
		value: z.string()
	})
);

const storedAs = (handoffId: string): string => `hidden:${handoffId}`;

const hiddenIn = async (store: TravelStore, handoffId: string): Promise<readonly Hidden[]> =>
	hiddenShape.catch([]).parse((await store.get(storedAs(handoffId))) ?? []);

const contactsHere = z.array(z.object({ key: z.string(), name: z.string(), age: z.string() }));

const opened = z.object({ turnId: z.string() }).catch({ turnId: '' });

/** What was gathered, with what to hide in it and how that was hidden before. */
interface Reviewed extends Gathered {
	readonly words: readonly string[];
	readonly hidden: readonly Hidden[];
}

/** The rows with placeholders, but for what is revealed; and the redaction, which knows where they stand. Throws `CannotHide`. */
const redact = ({ rows, taken, words, hidden }: Reviewed, revealed: ReadonlySet<string>) => {
	const redaction = createRedaction<TextPlace>({ words, before: hidden, revealed });
	redaction.keepClear(taken);
	redaction.look(rows.flatMap(({ payload }) => textsOf(payload)));
	const told = rows.map(({ row, kind, payload }): LogRow => {
		const { stream, streamSeq: event } = row;
		const turnId = kind.opensTurn ? opened.parse(payload).turnId : row.anchor;
		const place = { stream, event, kind: kind.kind, turnId };
		return {
			...row,
			v: kind.version,
			payload: JSON.stringify(redactPayload(kind, payload, place, redaction))
		};
	});
	return { told, redaction };
};

const reviewOf = (
	gathered: Reviewed
): { readonly review: HandoffReview; readonly hidden: readonly Hidden[] } => {
	const { redaction } = redact(gathered, new Set());
	const hidden = redaction.hidden();
	const places = redaction.places();
	return {
		hidden,
		review: {
			handoffId: gathered.request.handoffId,
			as: gathered.request.as,
			title: gathered.title,
			turns: gathered.turns,
			events: gathered.rows.length,
			pictures: gathered.pictures.length,
			hidden: hidden.map((one) => {
				const at = places.filter(({ placeholder }) => placeholder === one.placeholder);
				return {
					...one,
					times: at.reduce((sum, { times }) => sum + times, 0),
					places: at.slice(0, PLACES_TOLD).map(({ place, excerpt }) => ({ ...place, excerpt }))
				};
			})
		}
	};
};

/** The bytes after the first two lines: the text form of a log. */
const bodyOf = async (
	deps: HandoffOutDeps,
	gathered: Gathered,
	told: readonly LogRow[],
	work: Work
): Promise<Uint8Array<ArrayBuffer>> => {
	const workshop = await deps.openWorkshop();
	try {
		const image = openImage(workshop);
		// each in the order of its own stream, the streams one after the other, under numbers that mean nothing elsewhere
		image.reception.put(told.map((row, at) => ({ ...row, seq: at + 1, batch: at + 1 })));
		for (const picture of gathered.pictures) image.reception.putPicture(picture);
		const { chatId, request } = gathered;
		const stream = chatId === null ? handoffStream(request.handoffId) : chatStream(chatId);
		const label = { holds: 'chat', at: deps.now(), stream, title: null, complete: true } as const;
		const manifest = await seal(workshop, image, deps.vocabulary, label, work);
		return new Uint8Array(await new Blob([...linesOf(image.db, manifest)]).arrayBuffer());
	} finally {
		await workshop.close();
	}
};

const piecesOf = (...texts: readonly (string | Uint8Array<ArrayBuffer>)[]): Uint8Array<ArrayBuffer>[] =>
	texts.map((text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text));

const sealedFor = async (
	plain: ReadableStream<Uint8Array<ArrayBuffer>>,
	recipients: readonly string[]
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
	const { Encrypter } = await import('age-encryption');
	const encrypter = new Encrypter();
	for (const recipient of recipients) encrypter.addRecipient(recipient);
	// none of its buffers is shared: the library's types are older than the word for that
	return (await encrypter.encrypt(plain)) as ReadableStream<Uint8Array<ArrayBuffer>>;
};

const cannotHide = (error: unknown): Extract<ReviewRefusal, { type: 'cannot_hide' }> => {
	if (error instanceof CannotHide) return { type: 'cannot_hide', kind: error.kind, field: error.field };
	throw error;
};

export interface HandoffsOut {
	/** Reads and redacts; what was read is kept under `run` until it is packed or forgotten. */
	review(run: string, request: ReviewHandoff, work: Work): Promise<Result<HandoffReview, ReviewRefusal>>;
	pack(run: string, request: PackHandoff, work: Work): Promise<Result<PackedHandoff, PackRefusal>>;
	forget(run: string): void;
	/** What was hidden in a hand-off when it last went out: the list never leaves this device. */
	hiddenIn(handoffId: string): Promise<readonly Hidden[]>;
}

export const createHandoffsOut = (deps: HandoffOutDeps): HandoffsOut => {
	const runs = new Map<string, Reviewed>();
	const { identity, store, port } = deps;

	const recipients = async (
		keys: readonly string[]
	): Promise<Result<readonly { name: string; age: string }[], PackRefusal>> => {
		const known = contactsHere.parse(await port.ask('contact_list', {}));
		const found: { name: string; age: string }[] = [];
		for (const key of new Set(keys)) {
			const contact = known.find((one) => one.key === key);
			if (contact === undefined) return refuse({ type: 'contact_unknown', key });
			found.push(contact);
		}
		return ok(found);
	};

	return {
		review: async (run, request, work) => {
			const gathered = await gather(deps, request, work);
			if (!gathered.ok) return gathered;
			const words = z
				.array(z.string())
				.catch([])
				.parse(await store.get(OWN_WORDS));
			const before = await hiddenIn(store, request.handoffId);
			const all = { ...gathered.value, words, hidden: before };
			let review: ReturnType<typeof reviewOf>;
			try {
				review = reviewOf(all);
			} catch (error) {
				return refuse(cannotHide(error));
			}
			// what has a placeholder by now keeps it
			const kept = before.filter(
				({ placeholder }) => !review.hidden.some((one) => one.placeholder === placeholder)
			);
			runs.set(run, { ...all, hidden: [...review.hidden, ...kept] });
			return ok(review.review);
		},
		pack: async (run, { actor, reveals, to }, work) => {
			const gathered = runs.get(run);
			if (gathered === undefined) return refuse({ type: 'run_gone' });
			const problem = revealProblem(gathered.hidden, reveals);
			if (problem !== null) return refuse(problem);
			const people = await recipients(to === 'passphrase' ? [] : to);
			if (!people.ok) return people;
			if (to !== 'passphrase' && people.value.length === 0) return refuse({ type: 'nobody_chosen' });
			const keys = await identity.keys();
			if (keys === null) return refuse({ type: 'keys_unavailable' });
			const from = await identity.card();
			if (from === null) return refuse({ type: 'name_needed' });

			let redacted: ReturnType<typeof redact>;
			try {
				redacted = redact(gathered, new Set(reveals.map(({ placeholder }) => placeholder)));
			} catch (error) {
				return refuse(cannotHide(error));
			}
			const body = await bodyOf(deps, gathered, redacted.told, work);
			const { request, chatId } = gathered;
			const head: Envelope = {
				stet: 'handoff',
				format: 1,
				kind: request.as,
				handoffId: request.handoffId,
				chatId,
				at: deps.now(),
				from,
				to: people.value.map(({ age }) => age),
				sha256: await sha256(body)
			};
			const line = lineOfEnvelope(head);
			const signature = toBase64Url(await sign(keys, new TextEncoder().encode(signedText(line))));
			const plain = streamOf(piecesOf(`${line}\n`, `${lineOfSignature(signature)}\n`, body), work.signal);
			const passphrase = to === 'passphrase' ? newPassphrase() : null;
			const packed = gzipped(plain);
			const file = await collected(
				passphrase === null ? await sealedFor(packed, head.to) : await encrypted(packed, passphrase),
				'application/vnd.stet.handoff',
				work.signal
			);
			const unpacked = line.length + signature.length + body.byteLength;
			if (file.size > HANDOFF_LIMITS.maxFileBytes || unpacked > HANDOFF_LIMITS.maxUnpackedBytes)
				return refuse({
					type: 'handoff_too_large',
					bytes: file.size,
					maxBytes: HANDOFF_LIMITS.maxFileBytes
				});

			const revealed = reveals.flatMap(({ placeholder, why }) => {
				const one = gathered.hidden.find((known) => known.placeholder === placeholder);
				return one === undefined ? [] : [{ kind: one.kind, detector: one.detector, why: why.slice(0, 500) }];
			});
			const hidden = redacted.redaction.hidden().length - revealed.length;
			const noted = await port.dispatch({
				id: deps.newId(),
				name: 'note_sent',
				input: {
					actor,
					handoffId: request.handoffId,
					as: request.as,
					to: people.value.map(({ name }) => name),
					hidden,
					revealed
				}
			});
			// given to nobody whose giving is not written down
			if (!noted.ok) return refuse(asPackRefusal(noted.error));
			await store.put(storedAs(request.handoffId), gathered.hidden);
			runs.delete(run);
			return ok({
				file,
				// nothing of what it is about
				name: `${request.as}-${request.handoffId.slice(-6)}.${request.as}`,
				passphrase,
				to: people.value.map(({ name }) => name),
				hidden,
				revealed: revealed.length
			});
		},
		forget: (run) => {
			runs.delete(run);
		},
		hiddenIn: (handoffId) => hiddenIn(store, handoffId)
	};
};

const asPackRefusal = (error: Refusal): PackRefusal => {
	switch (error.type) {
		case 'member_unknown':
		case 'member_may_not':
		case 'handoff_unknown':
			return { type: error.type };
		default:
			throw new Error(`noting that it was sent was refused: ${error.type}`);
	}
};
