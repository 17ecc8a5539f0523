// Keeps the reader's place: at the end while they are at the end, and where they are when they have scrolled away.

const NEAR_END_PX = 96;
/** Nobody is moved so far from the end by words that come and go. */
const ELSEWHERE_SCREENS = 3;
/** A scroll this soon after wheel, finger or key is the reader's. */
const READERS_SCROLL_MS = 400;
const READERS_INPUT = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export class Follow {
	/** The newest words are in view. */
	atEnd = $state(true);
	#following = true;
	#lastTop = 0;
	#lastHeight = 0;
	#lastInput = -Infinity;

	/** `still`: something on the page must not be scrolled away from, such as an open editor. Call during set-up. */
	constructor(still: () => boolean) {
		// whatever makes the page longer or the window lower: words, pictures, the composer, a phone's keyboard
		$effect(() => {
			const settle = () => {
				if (this.#elsewhere()) this.#following = false;
				if (this.#following && !still()) this.toEnd();
				this.#see();
				this.#lastHeight = document.documentElement.scrollHeight;
			};
			const heard = () => (this.#lastInput = performance.now());
			for (const input of READERS_INPUT) addEventListener(input, heard, { passive: true, capture: true });
			const observer = new ResizeObserver(settle);
			observer.observe(document.body);
			addEventListener('resize', settle);
			addEventListener('scroll', this.#scrolled, { passive: true });
			return () => {
				observer.disconnect();
				removeEventListener('resize', settle);
				removeEventListener('scroll', this.#scrolled);
				for (const input of READERS_INPUT) removeEventListener(input, heard, { capture: true });
			};
		});
	}

	/** Goes to the newest words and stays with them. */
	toEnd = (): void => {
		this.#following = true;
		scrollTo({ top: document.documentElement.scrollHeight });
	};

	/** Stays where the page is, until the reader comes to the end again. Call before going elsewhere. */
	stay = (): void => {
		this.#following = false;
	};

	readonly #scrolled = (): void => {
		this.#see();
		// a page that shrinks and grows again moves up by itself: that is no reader who scrolled away
		const byReader =
			performance.now() - this.#lastInput < READERS_SCROLL_MS ||
			document.documentElement.scrollHeight === this.#lastHeight;
		if (this.atEnd) this.#following = true;
		else if (scrollY < this.#lastTop && byReader) this.#following = false;
		this.#lastTop = scrollY;
	};

	/** The browser went somewhere else, such as to what it was asked to find, and the page grew as words came near there. */
	#elsewhere(): boolean {
		const { scrollHeight } = document.documentElement;
		const grown = Math.max(0, scrollHeight - this.#lastHeight);
		return scrollHeight - grown - innerHeight - scrollY > ELSEWHERE_SCREENS * innerHeight;
	}

	#see(): void {
		this.atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
	}
}
