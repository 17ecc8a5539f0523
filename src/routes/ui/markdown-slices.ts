// How dear blocks are to draw, and the first of them that fit a measure: a page draws a long text slice by slice.
import { wholeCharacters } from './markdown-sections.ts';
import type { Block, Inline } from './markdown.ts';

/** As many letters cost about what an element costs. */
const FLOW_CHARS = 400;
/** So do these, which are laid out only when they come near. */
const WRITTEN_CHARS = 2_000;

/** A button, and the host in it. */
const LINK = 2;

type Part = Block | Inline;

/** What a part costs to draw: about as much as so many elements. */
export const weightOf = (part: Part): number => {
	switch (part.kind) {
		case 'text':
			return part.text.length / FLOW_CHARS;
		case 'code':
			return 1 + part.text.length / ('label' in part ? WRITTEN_CHARS : FLOW_CHARS);
		case 'plain':
			return 1 + part.text.length / WRITTEN_CHARS;
		case 'list':
			return part.items.reduce((sum, { children }) => sum + 1 + weightOfAll(children), 1);
		case 'table':
			return [part.head, ...part.rows].reduce((sum, row) => sum + weightOfRow(row), 1);
		case 'link':
			return LINK + weightOfAll(part.children);
		default:
			return 1 + ('children' in part ? weightOfAll(part.children) : 0);
	}
};

const weightOfAll = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + weightOf(part), 0);

const weightOfRow = (cells: readonly (readonly Inline[])[]): number =>
	cells.reduce((sum, cell) => sum + 1 + weightOfAll(cell), 1);

/** The first of the blocks, as many as weigh no more than so much together. One that does not fit is there in part. */
export const firstOf = (blocks: readonly Block[], most: number): readonly Block[] =>
	fitting(blocks, most, weightOf, beginningOfBlock);

/** Those that fit, as they are, and then what `beginning` makes of the first that does not. */
const fitting = <T>(
	all: readonly T[],
	most: number,
	weight: (one: T) => number,
	beginning: (one: T, most: number) => T | null
): readonly T[] => {
	let room = most;
	for (const [index, one] of all.entries()) {
		const takes = weight(one);
		if (takes > room) {
			const begun = beginning(one, room);
			return [...all.slice(0, index), ...(begun === null ? [] : [begun])];
		}
		room -= takes;
	}
	return all;
};

const firstInlines = (parts: readonly Inline[], most: number): readonly Inline[] =>
	fitting(parts, most, weightOf, beginningOfInline);

const beginningOfBlock = (block: Block, most: number): Block | null => {
	const room = most - 1;
	if (room <= 0) return null;
	switch (block.kind) {
		case 'rule':
			return null;
		case 'code':
		case 'plain': {
			const text = beginningOf(block.text, room * WRITTEN_CHARS);
			return text === '' ? null : { ...block, text };
		}
		case 'quote':
			return { ...block, children: firstOf(block.children, room) };
		case 'list':
			return {
				...block,
				items: fitting(
					block.items,
					room,
					({ children }) => 1 + weightOfAll(children),
					(item, left) => (left <= 1 ? null : { ...item, children: firstOf(item.children, left - 1) })
				)
			};
		case 'table': {
			const [head, ...rows] = fitting([block.head, ...block.rows], room, weightOfRow, beginningOfRow);
			return head === undefined ? null : { ...block, head, rows };
		}
		default:
			return { ...block, children: firstInlines(block.children, room) };
	}
};

const beginningOfRow = (
	cells: readonly (readonly Inline[])[],
	most: number
): readonly (readonly Inline[])[] | null =>
	most <= 1
		? null
		: fitting(
				cells,
				most - 1,
				(cell) => 1 + weightOfAll(cell),
				(cell, left) => (left <= 1 ? null : firstInlines(cell, left - 1))
			);

const beginningOfInline = (part: Inline, most: number): Inline | null => {
	if (part.kind === 'text') {
		const text = beginningOf(part.text, most * FLOW_CHARS);
		return text === '' ? null : { ...part, text };
	}
	if (!('children' in part)) return null;
	const room = most - (part.kind === 'link' ? LINK : 1);
	return room > 0 ? { ...part, children: firstInlines(part.children, room) } : null;
};

const beginningOf = (text: string, chars: number): string => {
	const most = Math.floor(chars);
	if (text.length <= most) return text;
	return most < 2 ? '' : text.slice(0, wholeCharacters(text, most));
};
