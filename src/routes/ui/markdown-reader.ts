// Reads a text that grows, or is long, as Markdown: what is read stays, and no look at it takes longer than a slice may.
import { placeToCut, sectionAt, type Section } from './markdown-sections.ts';
import { firstOf, weightOf } from './markdown-slices.ts';
import { readSection, type Block } from './markdown.ts';

/** Beyond these, a text shows as it was written: whenever the page changes its width, all of it is laid out at once. */
const READ_MAX_CHARS = 100_000;
const READ_MAX_WEIGHT = 1_750;
/** How much of what is not read stands in one paragraph. */
const PLAIN_CHARS = 4_000;
/** Reading costs too, whatever it comes to: a slice reads no more. */
const SLICE_CHARS = 16_000;

export interface Reading {
	readonly blocks: readonly Block[];
	/** Nothing of the text is left out. */
	readonly whole: boolean;
	/** What the blocks cost to draw, see `weightOf`. */
	readonly weight: number;
}

export interface HowToRead {
	/**
	 * More is about to follow, so an *action* that has begun and not ended yet is shown as one already: its star does not
	 * flicker.
	 */
	readonly growing?: boolean;
	/** How much more than the last time may be shown; the rest comes when it is called again. */
	readonly slice?: number;
}

/** How far a text is read: nothing that follows can change these blocks. */
interface Settled {
	readonly to: number;
	readonly blocks: readonly Block[];
	readonly weight: number;
}

const NOTHING: Settled = { to: 0, blocks: [], weight: 0 };

/**
 * A reader for one text, called again whenever it has changed. Blocks that cannot change any more are kept as they are,
 * the same objects, so that a long reply costs only its last section. Any text may follow any other.
 */
export const createMarkdownReader = (): ((text: string, how?: HowToRead) => Reading) => {
	let settledText = '';
	let settled = NOTHING;
	/** The weight of what was shown of this text. */
	let shown = 0;
	return (written, { growing = false, slice = Infinity } = {}) => {
		const text = oneLineEnd(written);
		if (!text.startsWith(settledText)) {
			settled = NOTHING;
			shown = 0;
		}
		const upTo = shown + slice;
		const read = readOn(text, settled, upTo, growing);
		settled = read.settled;
		settledText = text.slice(0, settled.to);
		shown = Math.min(upTo, read.weight);
		return read.weight <= upTo
			? { blocks: read.blocks, whole: read.whole, weight: shown }
			: { blocks: firstOf(read.blocks, upTo), whole: false, weight: shown };
	};
};

/** The whole text at once. */
export const readMarkdown = (text: string): readonly Block[] => createMarkdownReader()(text).blocks;

const oneLineEnd = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

const readOn = (
	text: string,
	from: Settled,
	upTo: number,
	growing: boolean
): Reading & { readonly settled: Settled } => {
	const blocks = [...from.blocks];
	let { to, weight } = from;
	let settled = { to, weight, count: blocks.length };
	let firm = true;
	const far = upTo === Infinity ? Infinity : to + SLICE_CHARS;
	while (to < text.length && weight < upTo) {
		const readable = to < READ_MAX_CHARS && weight < READ_MAX_WEIGHT;
		if (readable && to >= far) break;
		const section = readable ? sectionAt(text, to) : unread(text, to);
		to += section.text.length;
		const open = growing && to === text.length && !section.settled;
		const read = readSection(open ? withClosingStar(section) : section);
		blocks.push(...read);
		for (const block of read) weight += weightOf(block);
		firm &&= section.settled;
		if (firm) settled = { to, weight, count: blocks.length };
	}
	return {
		blocks,
		whole: to === text.length,
		weight,
		settled: { to: settled.to, weight: settled.weight, blocks: blocks.slice(0, settled.count) }
	};
};

/** A stretch of what is not read any more. */
const unread = (text: string, at: number): Section => {
	const most = at + PLAIN_CHARS;
	const settled = most < text.length;
	return {
		kind: 'plain',
		text: text.slice(at, settled ? placeToCut(text, at, most) : text.length),
		settled
	};
};

/** A star more when the last paragraph opens an action it has not closed. Stars in code or in pairs do not count. */
const withClosingStar = (section: Section): Section => {
	const { kind, text } = section;
	const paragraph = text.slice(text.lastIndexOf('\n\n') + 1);
	if (kind !== 'flow' || /`|\*\*/.test(paragraph) || /\s$/.test(paragraph)) return section;
	const stars = paragraph.match(/\*/g)?.length ?? 0;
	return stars % 2 === 1 && /\*\S[^*]*$/.test(paragraph) ? { ...section, text: `${text}*` } : section;
};
