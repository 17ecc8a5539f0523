// Keeps the reader's place: at the end while they are at the end, and where they are when they have scrolled away.

const NEAR_END_PX = 96;

export class Follow {
	/** The newest words are in view. */
	atEnd = $state(true);
	#following = true;
	#lastTop = 0;
	/** Distance from the page's end that is kept while the page grows upwards. */
	#keptFromEnd: number | null = null;

	/** `still`: something on the page must not be scrolled away from, such as an open editor. Call during set-up. */
	constructor(still: () => boolean) {
		// whatever makes the page longer or the window lower: words, pictures, the composer, a phone's keyboard
		$effect(() => {
			const settle = () => {
				if (this.#keptFromEnd !== null) {
					scrollTo({ top: document.documentElement.scrollHeight - this.#keptFromEnd });
					this.#keptFromEnd = null;
				} else if (this.#following && !still()) this.toEnd();
				this.#see();
			};
			const observer = new ResizeObserver(settle);
			observer.observe(document.body);
			addEventListener('resize', settle);
			addEventListener('scroll', this.#scrolled, { passive: true });
			return () => {
				observer.disconnect();
				removeEventListener('resize', settle);
				removeEventListener('scroll', this.#scrolled);
			};
		});
	}

	/** Goes to the newest words and stays with them. */
	toEnd = (): void => {
		this.#following = true;
		scrollTo({ top: document.documentElement.scrollHeight });
	};

	/** Call before earlier turns are put above what is read. */
	keepPlace(): void {
		this.#following = false;
		this.#keptFromEnd = document.documentElement.scrollHeight - scrollY;
	}

	readonly #scrolled = (): void => {
		this.#see();
		// only a reader scrolls up; a page that grew below looks the same from its end
		if (this.atEnd) this.#following = true;
		else if (scrollY < this.#lastTop) this.#following = false;
		this.#lastTop = scrollY;
	};

	#see(): void {
		this.atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
	}
}
