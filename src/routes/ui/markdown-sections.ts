// Cuts a text into sections that are read one by one, so that no text, however it is built, costs more than its length.

/**
 * A stretch of the text. `flow` is Markdown that means the same read alone; `fence` is one fenced block of code; `plain` is
 * nested so deep that it is shown as it was written.
 */
export interface Section {
	readonly kind: 'flow' | 'fence' | 'plain';
	/** Every character of it, line ends included: all sections in a row are the text. */
	readonly text: string;
	/** However the text goes on, this section stays. */
	readonly settled: boolean;
}

/** A lexer may take the square of these: they bound what the worst section costs, not what a person may write. */
const SECTION_MAX_CHARS = 8_000;
const SECTION_MAX_LINES = 120;
/** Rows cost only their length, and without its head the rest of a table is none. */
const TABLE_MAX_CHARS = 12_000;
/** Quotes and lists inside each other, on one line. */
const NESTING_MAX = 12;

const LIST_ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const CONTINUED = /^(?: {2,}|\t)/;
const DELIMITER_ROW = /^ {0,3}[|:-][|: \t-]*$/;
const NO_ROW = /^ {0,3}(?:>|#|<|```|~~~|[-+*][ \t]|\d{1,9}[.)][ \t])/;
const RULE = /^ {0,3}([-_*])(?:[ \t]*\1){2,}[ \t]*$/;
const CONTAINER = /[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y;
const CLOSING_FENCE = /(?<![^\n]) {0,3}(`{3,}|~{3,})[ \t]*(?=\n|$)/g;
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/;

/** What a fenced section holds. `label`: what stands beside the opening fence, such as the language. */
export const readFence = (text: string): { readonly label: string; readonly code: string } => {
	const from = text.search(/[^\n]/);
	const [start, end] = [Math.max(0, from), text.endsWith('\n') ? text.length - 1 : text.length];
	const lineEnd = text.indexOf('\n', start);
	const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd);
	const opening = openingFence(line);
	const label = line.replace(/^ *[`~]+/, '').trim();
	if (lineEnd < 0 || lineEnd >= end) return { label, code: '' };
	// not line by line: there may be a megabyte of them
	const inside = text.slice(lineEnd + 1, end);
	const lastAt = inside.lastIndexOf('\n') + 1;
	const last = inside.slice(lastAt).trim();
	const closed = opening !== null && last.startsWith(opening.mark) && /^(?:`+|~+)$/.test(last);
	const code = closed ? inside.slice(0, Math.max(0, lastAt - 1)) : inside;
	const indent = opening?.indent ?? 0;
	return { label, code: indent === 0 ? code : code.replace(new RegExp(`(^|\\n) {1,${indent}}`, 'g'), '$1') };
};

/** The section of a text that begins at a place; its line ends are all `\n`. What stands before the place does not matter. */
export const sectionAt = (text: string, at: number): Section => {
	let first: string | null = null;
	let [table, deep, blankBefore] = [false, false, false];
	let lines = 0;
	let [lineBefore, end] = [at, at];
	let settled = false;
	const section = (to: number): Section => ({
		kind: deep ? 'plain' : 'flow',
		text: text.slice(at, to),
		settled
	});
	while (end < text.length) {
		const most = at + (table ? TABLE_MAX_CHARS : SECTION_MAX_CHARS);
		const ahead = text.slice(end, most + 1);
		const line = /^[^\n]*/.exec(ahead)?.[0] ?? '';
		const whole = line.length < ahead.length || end + line.length === text.length;
		// a line that has not ended may become another one; one that is too long already stays so
		const long = !whole || end + line.length > most;
		settled = long || end + line.length < text.length;
		if (long && end > at) return section(end);
		if (first === null) deep = isDeep(line);
		if (long) return section(placeToCut(text, at, most));
		const next = Math.min(text.length, end + line.length + 1);
		if (line.trim() === '') {
			blankBefore = first !== null;
			end = next;
			continue;
		}
		const fence = openingFence(line);
		if (first === null) {
			// blank lines before it are no part of a fence: it may be longer than anything else
			if (fence !== null) {
				const { to, closed } = endOfFence(text, next, fence);
				return { kind: 'fence', text: text.slice(at, to), settled: closed };
			}
			first = line;
		} else {
			const list = LIST_ITEM.test(first);
			if (blankBefore && !CONTINUED.test(line) && !(list && LIST_ITEM.test(line))) return section(end);
			if (fence !== null && (fence.indent === 0 || !list)) return section(end);
			if (table && (!line.includes('|') || NO_ROW.test(line))) return section(end);
			if (!table && line.includes('|') && DELIMITER_ROW.test(line) && !blankBefore) {
				if (lines > 1) return section(lineBefore);
				table = true;
			}
		}
		if (!table && lines >= SECTION_MAX_LINES) return section(end);
		deep ||= isDeep(line);
		blankBefore = false;
		lines += 1;
		lineBefore = end;
		end = next;
	}
	settled = false;
	return section(end);
};

/** Longer words are cut: a page needs the square of them to break them into lines. */
const WORD_MAX_CHARS = 2_000;

/** Where to cut a text too long to be read at once, between two places: after a line or a word, or before a whole character. */
export const placeToCut = (text: string, at: number, most: number): number => {
	// not in the text itself: it would be searched back to its beginning
	const ahead = text.slice(at, most);
	const end = ahead.lastIndexOf('\n') + 1 || ahead.lastIndexOf(' ') + 1;
	return end > 0 ? at + end : wholeCharacters(text, Math.min(most, at + WORD_MAX_CHARS));
};

/** The place, or the one before it when a character would be cut in two there. */
export const wholeCharacters = (text: string, at: number): number => {
	const unit = text.charCodeAt(at - 1);
	return unit >= 0xd800 && unit < 0xdc00 ? at - 1 : at;
};

/** The text in pieces no longer than this. Those before the last stay as they are when the text goes on. */
export const piecesOf = (text: string, mostChars: number): readonly string[] => {
	const pieces: string[] = [];
	for (let at = 0; at < text.length;) {
		const most = at + mostChars;
		const end = most >= text.length ? text.length : placeToCut(text, at, most);
		pieces.push(text.slice(at, end));
		at = end;
	}
	return pieces;
};

const isDeep = (line: string): boolean => {
	CONTAINER.lastIndex = 0;
	for (let depth = 0; CONTAINER.test(line); depth += 1) if (depth >= NESTING_MAX) return !RULE.test(line);
	return false;
};

interface Fence {
	readonly indent: number;
	readonly mark: string;
}

const openingFence = (line: string): Fence | null => {
	const [, indent, mark] = FENCE.exec(line) ?? [];
	return indent === undefined || mark === undefined ? null : { indent: indent.length, mark };
};

/** `closed`: by a line that has ended, and so is the last one of the fence whatever comes. */
const endOfFence = (
	text: string,
	from: number,
	fence: Fence
): { readonly to: number; readonly closed: boolean } => {
	CLOSING_FENCE.lastIndex = from;
	for (let found; (found = CLOSING_FENCE.exec(text)) !== null;)
		if (found[1]?.startsWith(fence.mark) === true) {
			const end = found.index + found[0].length;
			return { to: Math.min(text.length, end + 1), closed: end < text.length };
		}
	return { to: text.length, closed: false };
};
