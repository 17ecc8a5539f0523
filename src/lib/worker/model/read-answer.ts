// Reads a small decision out of what a model said: strict JSON if it can be had, mended JSON otherwise.
import { jsonrepair } from 'jsonrepair';
import type { z } from 'zod';

/** Longer answers are no small decision. */
const ANSWER_LIMIT = 200_000;
/** Braces that open nothing are passed over so often. */
const MOST_FALSE_STARTS = 64;
const MOST_OBJECTS = 16;

/** `found`: there was JSON in it, though not of the shape. `issue`: what is wrong, for the model to read. */
type ReadAnswer<T> =
	| { readonly ok: true; readonly value: T; readonly mended: boolean }
	| { readonly ok: false; readonly found: boolean; readonly issue: string };

/** Where the object that opens at `start` closes; -1 where it does not. */
const closingOf = (text: string, start: number): number => {
	let depth = 0;
	let quoted = false;
	for (let at = start; at < text.length; at += 1) {
		const sign = text[at];
		if (quoted) {
			if (sign === '\\') at += 1;
			else if (sign === '"') quoted = false;
		} else if (sign === '"') quoted = true;
		else if (sign === '{') depth += 1;
		else if (sign === '}') {
			depth -= 1;
			if (depth === 0) return at;
		}
	}
	return -1;
};

/** The outermost balanced objects of a text, the last first; failing those, all from the first brace to the last. */
const objectsIn = (text: string): readonly string[] => {
	const found: string[] = [];
	let falseStarts = 0;
	for (let at = text.indexOf('{'); at !== -1 && falseStarts < MOST_FALSE_STARTS; at = text.indexOf('{', at)) {
		const end = closingOf(text, at);
		if (end === -1) {
			falseStarts += 1;
			at += 1;
		} else {
			found.push(text.slice(at, end + 1));
			at = end + 1;
		}
	}
	if (found.length > 0) return found.slice(-MOST_OBJECTS).reverse();
	const [first, last] = [text.indexOf('{'), text.lastIndexOf('}')];
	return first !== -1 && first < last ? [text.slice(first, last + 1)] : [];
};

/** Thoughts that a server left in front of the answer. */
export const withoutThoughts = (text: string): string => text.replace(/^\s*(?:<think>[^]*?<\/think>\s*)+/u, '');

const attempt = (read: () => unknown): { readonly value: unknown } | null => {
	try {
		return { value: read() };
	} catch {
		return null;
	}
};

/** The first thing a schema minds, in one line. */
const issueOf = (error: z.ZodError): string => {
	const [issue] = error.issues;
	if (issue === undefined) return 'It does not have the asked shape.';
	const path = issue.path.map(String).join('.');
	return path === '' ? issue.message : `${path}: ${issue.message}`;
};

/**
 * Takes the last object in `said` that `schema` accepts; what is no JSON is mended, one object at a time. Total: any text
 * has an answer, in time that grows with its length.
 */
export const readAnswer = <T>(said: string, schema: z.ZodType<T>): ReadAnswer<T> => {
	const objects = objectsIn(withoutThoughts(said.slice(0, ANSWER_LIMIT)));
	let found = false;
	let issue = 'There is no JSON object in it.';
	for (const mended of [false, true]) {
		for (const object of objects) {
			const parsed = attempt(() => JSON.parse(mended ? jsonrepair(object) : object) as unknown);
			if (parsed === null) continue;
			const checked = schema.safeParse(parsed.value);
			if (checked.success) return { ok: true, value: checked.data, mended };
			if (!found) issue = issueOf(checked.error);
			found = true;
		}
	}
	return { ok: false, found, issue };
};
