// Redaction of events: every text in a payload, and nothing that is no text, so that what comes out is an event still.
import type { EventKind } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { PLACEHOLDER } from './placeholders.ts';
import type { Redaction } from './redact.ts';

/** An event whose texts are told anew. */
export interface EventPlace {
	readonly stream: string;
	/** Its position in the stream. */
	readonly event: number;
	readonly kind: string;
	/** The turn it belongs to; null for what belongs to none. */
	readonly turnId: string | null;
}

/** A text of an event. */
export interface TextPlace extends EventPlace {
	/** Dotted path into the payload. */
	readonly field: string;
}

/** A payload could not be made into a valid one without what is hidden in it. */
export class CannotHide extends Error {
	override readonly name = 'CannotHide';
	readonly kind: string;
	readonly field: string;
	constructor(kind: string, field: string) {
		super(`${kind}: ${field}`);
		this.kind = kind;
		this.field = field;
	}
}

type Path = readonly (string | number)[];

// the names of things, which say nothing of what they are
const NAME = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64})$/;

/** The payload with each of its texts told anew. */
const told = (value: unknown, tell: (text: string, path: Path) => string, path: Path = []): unknown => {
	if (typeof value === 'string') return NAME.test(value) ? value : tell(value, path);
	if (Array.isArray(value)) return value.map((one, at) => told(one, tell, [...path, at]));
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(
			Object.entries(value).map(([key, one]) => [key, told(one, tell, [...path, key])])
		);
	return value;
};

/** Every text of a payload. */
export const textsOf = (payload: unknown): readonly string[] => {
	const texts: string[] = [];
	told(payload, (text) => {
		texts.push(text);
		return text;
	});
	return texts;
};

/** Cut to a length, and not in the middle of a placeholder. */
const fitting = (text: string, most: number): string => {
	for (const match of text.matchAll(PLACEHOLDER))
		if (match.index < most && match.index + match[0].length > most) return text.slice(0, match.index);
	return text.slice(0, most);
};

const problemsOf = (kind: EventKind, payload: unknown): readonly z.core.$ZodIssue[] => {
	try {
		kind.parse(payload);
		return [];
	} catch (error) {
		if (error instanceof z.ZodError) return error.issues;
		throw error;
	}
};

/** More than any payload needs. */
const TRIES = 4;

/**
 * A payload of today's version with placeholders. A text that is one of a few words the event allows stays: it is no text of
 * anybody. One that grew too long is cut. Throws {@link CannotHide}.
 */
export const redactPayload = (
	kind: EventKind,
	payload: unknown,
	place: EventPlace,
	redaction: Pick<Redaction<TextPlace>, 'redacted'>
): unknown => {
	const kept = new Set<string>();
	const most = new Map<string, number>();
	for (let tries = 0; tries < TRIES; tries++) {
		const hidden = told(payload, (text, path) => {
			const field = path.join('.');
			if (kept.has(field)) return text;
			const anew = redaction.redacted(text, { ...place, field });
			const limit = most.get(field);
			return limit === undefined ? anew : fitting(anew, limit);
		});
		const problems = problemsOf(kind, hidden);
		if (problems.length === 0) return hidden;
		for (const problem of problems) {
			const field = problem.path.map(String).join('.');
			if (problem.code === 'invalid_value') kept.add(field);
			else if (problem.code === 'too_big') most.set(field, Number(problem.maximum));
			else throw new CannotHide(kind.kind, field);
		}
	}
	throw new CannotHide(kind.kind, '');
};
