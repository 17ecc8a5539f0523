// Redaction: what is secret or personal becomes a placeholder, the same one wherever it stands in a hand-off.
import { personalDetectors } from './redact-personal.ts';
import { SECRETS } from './redact-secrets.ts';
import { HIDDEN_KINDS, PLACEHOLDER, type HiddenKind } from './placeholders.ts';
import { spansOf, type Detector } from './redact-spans.ts';

/** One thing that is hidden. The list of them stays on this device. */
export interface Hidden {
	/** What stands in its place, as `[IP_3]`. */
	readonly placeholder: string;
	readonly kind: HiddenKind;
	readonly weight: 'high' | 'usual';
	/** Which detector found it first. */
	readonly detector: string;
	/** As it was spelled where it was first found. */
	readonly value: string;
}

/** A place in which something was hidden, and how often. */
export interface HiddenAt<P> {
	readonly placeholder: string;
	readonly place: P;
	readonly times: number;
	/** The words around the first of them, with placeholders where something is hidden, also in what is given away. */
	readonly excerpt: string;
}

/** So many characters on either side show what it was said of. */
const AROUND_CHARS = 60;
/** Half of a character, where a cut went through one. */
const HALVES = /\p{Surrogate}/gu;

/** Part of a secret shorter than this, at the end of words that were cut, gives nothing away. */
const PART_CHARS = 6;

// spelled in capitals or not, it is the same
const keyOf = (kind: HiddenKind, value: string): string =>
	`${kind} ${kind === 'SECRET' ? value : value.toLowerCase()}`;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The longest end of `text`, of at least {@link PART_CHARS}, that is the beginning of `value` and not all of it. */
const cutAtEnd = (text: string, value: string): number => {
	for (let chars = Math.min(value.length - 1, text.length); chars >= PART_CHARS; chars--)
		if (text.endsWith(value.slice(0, chars))) return chars;
	return 0;
};

/** The text around a stretch of it, on one line. */
const excerptOf = (text: string, from: number, to: number): string => {
	const start = Math.max(0, from - AROUND_CHARS);
	const end = Math.min(text.length, to + AROUND_CHARS);
	const words = text.slice(start, end).replace(HALVES, '').replace(/\s+/g, ' ').trim();
	return `${start > 0 ? '…' : ''}${words}${end < text.length ? '…' : ''}`;
};

export interface Redaction<P> {
	/** Numbers that placeholders in these texts have are given to nothing new: they stand for something elsewhere. */
	keepClear(texts: Iterable<string>): void;
	/** Looks through texts without changing them: all of them, before any is told anew. */
	look(texts: Iterable<string>): void;
	/** The text with placeholders; but for those given away. `place` is noted for a review; told again, it is noted anew. */
	redacted(text: string, place: P): string;
	/** All that was found so far, in the order of its finding. */
	hidden(): readonly Hidden[];
	/** Where what was found stood, of all texts that were told anew. */
	places(): readonly HiddenAt<P>[];
}

/**
 * Redacts the texts of one hand-off. `before`: what was hidden when this hand-off last went out, so that the same thing gets
 * the same placeholder again. `revealed`: placeholders a person gave away. What is known to be secret from one text is hidden
 * in all of them, also where nothing announces it, and where a text was cut in the middle of it.
 */
export const createRedaction = <P>({
	words,
	before = [],
	revealed = new Set()
}: {
	readonly words: readonly string[];
	readonly before?: readonly Hidden[];
	readonly revealed?: ReadonlySet<string>;
}): Redaction<P> => {
	const detectors: readonly Detector[] = [...SECRETS, ...personalDetectors(words)];
	const known = new Map<string, Hidden>();
	const found = new Map<string, Hidden>();
	const numbers = new Map<HiddenKind, number>();
	const at = new Map<string, readonly HiddenAt<P>[]>();
	let secrets: { readonly pattern: RegExp | null; readonly values: readonly Hidden[] } | null = null;

	const countsFrom = (kind: string, number: number): void => {
		const of = HIDDEN_KINDS.find((one) => one === kind);
		if (of !== undefined) numbers.set(of, Math.max(numbers.get(of) ?? 0, number));
	};
	for (const one of before) {
		known.set(keyOf(one.kind, one.value), one);
		for (const [, kind, number] of one.placeholder.matchAll(PLACEHOLDER))
			countsFrom(kind ?? '', Number(number));
	}

	const note = (detector: Detector, value: string): Hidden => {
		const key = keyOf(detector.kind, value);
		const met = found.get(key);
		if (met !== undefined) return met;
		let hidden = known.get(key);
		if (hidden === undefined) {
			const number = (numbers.get(detector.kind) ?? 0) + 1;
			numbers.set(detector.kind, number);
			hidden = {
				placeholder: `[${detector.kind}_${String(number)}]`,
				kind: detector.kind,
				weight: detector.weight,
				detector: detector.name,
				value
			};
		}
		found.set(key, hidden);
		secrets = null;
		return hidden;
	};

	/** Secrets that were found, as a pattern that finds them wherever they stand. */
	const knownSecrets = () => {
		if (secrets !== null) return secrets;
		const values = [...found.values()]
			.filter(({ kind, value }) => kind === 'SECRET' && value.length >= PART_CHARS)
			.sort((one, other) => other.value.length - one.value.length);
		secrets = {
			values,
			pattern:
				values.length === 0 ? null : new RegExp(values.map(({ value }) => escaped(value)).join('|'), 'g')
		};
		return secrets;
	};

	interface Stretch {
		readonly from: number;
		readonly to: number;
		readonly hidden: Hidden;
	}

	const stretches = (text: string): readonly Stretch[] => {
		const { pattern, values } = knownSecrets();
		const all: Stretch[] = spansOf(text, detectors).map(({ from, to, detector }) => ({
			from,
			to,
			hidden: note(detector, text.slice(from, to))
		}));
		if (pattern !== null)
			for (const match of text.matchAll(pattern)) {
				const hidden = values.find(({ value }) => value === match[0]);
				if (hidden !== undefined) all.push({ from: match.index, to: match.index + match[0].length, hidden });
			}
		const end = text.endsWith('…') ? text.length - 1 : text.length;
		for (const hidden of values) {
			const chars = cutAtEnd(text.slice(0, end), hidden.value);
			if (chars > 0) all.push({ from: end - chars, to: end, hidden });
		}
		all.sort((one, other) => one.from - other.from || other.to - one.to);
		const apart: Stretch[] = [];
		for (const one of all) {
			const last = apart.at(-1);
			if (last === undefined || one.from >= last.to) apart.push(one);
			else
				apart[apart.length - 1] = {
					from: last.from,
					to: Math.max(last.to, one.to),
					// what is given away takes nothing along that is not
					hidden: revealed.has(last.hidden.placeholder) ? one.hidden : last.hidden
				};
		}
		return apart;
	};

	const keepClear = (texts: Iterable<string>): void => {
		for (const text of texts)
			for (const [, kind, number] of text.matchAll(PLACEHOLDER)) countsFrom(kind ?? '', Number(number));
	};

	return {
		keepClear,
		look: (texts) => {
			const all = [...texts];
			keepClear(all);
			for (const text of all)
				for (const { from, to, detector } of spansOf(text, detectors)) note(detector, text.slice(from, to));
		},
		redacted: (text, place) => {
			const met = new Map<string, { times: number; readonly from: number }>();
			let told = '';
			/** As `told`, but that nothing in it is given away. */
			let closed = '';
			let after = 0;
			for (const { from, to, hidden } of stretches(text)) {
				const { placeholder } = hidden;
				const between = text.slice(after, from);
				const before = met.get(placeholder);
				if (before === undefined) met.set(placeholder, { times: 1, from: closed.length + between.length });
				else before.times += 1;
				told += between + (revealed.has(placeholder) ? text.slice(from, to) : placeholder);
				closed += between + placeholder;
				after = to;
			}
			closed += text.slice(after);
			at.set(
				JSON.stringify(place),
				[...met].map(([placeholder, { times, from }]) => ({
					placeholder,
					place,
					times,
					excerpt: excerptOf(closed, from, from + placeholder.length)
				}))
			);
			return told + text.slice(after);
		},
		hidden: () => [...found.values()],
		places: () => [...at.values()].flat()
	};
};

/** What a person gives away after all, and why they do. */
export interface Reveal {
	readonly placeholder: string;
	readonly why: string;
}

/** What may not be given away as it is asked: what nobody hid, and a weighty secret without a reason. Null when all may be. */
export const revealProblem = (hidden: readonly Hidden[], reveals: readonly Reveal[]) => {
	for (const { placeholder, why } of reveals) {
		const one = hidden.find((known) => known.placeholder === placeholder);
		if (one === undefined) return { type: 'reveal_unknown', placeholder } as const;
		if (one.weight === 'high' && why.trim() === '')
			return { type: 'reveal_needs_reason', placeholder } as const;
	}
	return null;
};
