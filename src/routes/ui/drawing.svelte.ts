// Draws a text slice by slice: the beginning at once, the rest frame by frame, so that the page answers meanwhile.
import { createMarkdownReader, type Reading } from './markdown-reader.ts';
import type { Block } from './markdown.ts';

/** What one slice may weigh, in about elements: some fifteen milliseconds on a slow machine. Most replies are one slice. */
const SLICE_WEIGHT = 200;
/** Together, the texts that come onto the page at once may weigh so much; those after them begin with very little. */
const AT_ONCE_WEIGHT = 800;
const LEAST_WEIGHT = 10;
/** A page nobody sees has no frames. */
const WITHOUT_FRAME_MS = 250;

/** The drawings that have more to draw. One of them goes on each frame, so that many are no more work than one. */
const waiting: (() => void)[] = [];
let asked: { readonly frame: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;

const ask = (): void => {
	asked ??= { frame: requestAnimationFrame(goOn), timer: setTimeout(goOn, WITHOUT_FRAME_MS) };
};

const goOn = (): void => {
	if (asked === null) return;
	cancelAnimationFrame(asked.frame);
	clearTimeout(asked.timer);
	asked = null;
	waiting.shift()?.();
	if (waiting.length > 0) ask();
};

/** Runs it in a frame of its own; returns how to forget about it. */
const inTurn = (run: () => void): (() => void) => {
	waiting.push(run);
	ask();
	return () => {
		const at = waiting.indexOf(run);
		if (at >= 0) waiting.splice(at, 1);
	};
};

/** What is left for the texts that come onto the page in this task. */
let left = AT_ONCE_WEIGHT;

const begin = (read: (slice: number) => Reading): Reading => {
	if (left === AT_ONCE_WEIGHT) setTimeout(() => (left = AT_ONCE_WEIGHT));
	const reading = read(Math.max(LEAST_WEIGHT, Math.min(SLICE_WEIGHT, left)));
	left -= reading.weight;
	return reading;
};

export class Drawing {
	#looks = $state(0);
	#begun = false;
	readonly #read = createMarkdownReader();
	readonly #reading: Reading;

	/** `growing`: more of the text is about to come. Call during component set-up. */
	constructor(text: () => string, growing: () => boolean) {
		this.#reading = $derived.by(() => {
			const look = (slice: number) => this.#read(text(), { growing: growing(), slice });
			if (this.#looks > 0 || this.#begun) return look(SLICE_WEIGHT);
			this.#begun = true;
			return begin(look);
		});
		$effect(() => (this.#reading.whole ? undefined : inTurn(() => (this.#looks += 1))));
	}

	/** What is to be on the page by now. */
	get blocks(): readonly Block[] {
		return this.#reading.blocks;
	}
}
