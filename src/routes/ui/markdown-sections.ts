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
	const lines = text.replace(/^\n+/, '').split('\n');
	const opening = openingFence(lines[0] ?? '');
	if (lines.at(-1) === '') lines.pop();
	const last = lines.length > 1 ? (lines.at(-1) ?? '').trim() : '';
	const closed = opening !== null && last.startsWith(opening.mark) && /^(?:`+|~+)$/.test(last);
	const inside = lines.slice(1, closed ? -1 : undefined);
	const indent = new RegExp(`^ {0,${opening?.indent ?? 0}}`);
	return {
		label: (lines[0] ?? '').replace(/^ *[`~]+/, '').trim(),
		code: inside.map((line) => line.replace(indent, '')).join('\n')
	};
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

/** Where to cut a text too long to be read at once, between two places: after a line or a word, or before a whole character. */
export const placeToCut = (text: string, at: number, most: number): number => {
	// not in the text itself: it would be searched back to its beginning
	const ahead = text.slice(at, most);
	const end = ahead.lastIndexOf('\n') + 1 || ahead.lastIndexOf(' ') + 1;
	if (end > 0) return at + end;
	const unit = text.charCodeAt(most - 1);
	return unit >= 0xd800 && unit < 0xdc00 ? most - 1 : most;
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
