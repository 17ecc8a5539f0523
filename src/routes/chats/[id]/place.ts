// Where the rows of a transcript are on the screen: what the reader reads is noted, and how far it has been moved is told.

/** Below the head of the page: the words here are the ones that are read. */
const READING_LINE_PX = 80;
const BLOCKS = 'p, li, pre, .piece, tr, h2, h3, h4';

interface Mark {
	readonly element: Element;
	readonly top: number;
}

/** The first of an element's children that reaches below the reading line. They may be thousands, one below the other. */
const atLine = ({ children }: Element): Mark | null => {
	let found: Mark | null = null;
	let [low, high] = [0, children.length];
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		const element = children[middle];
		if (element === undefined) break;
		const { top, bottom } = element.getBoundingClientRect();
		if (bottom > READING_LINE_PX) {
			found = { element, top };
			high = middle;
		} else low = middle + 1;
	}
	return found;
};

export class Place {
	readonly #list: HTMLElement;
	/** Most telling first. Tops are as they were when the page was scrolled to `#scroll`. */
	#marks: readonly Mark[] = [];
	#scroll = 0;
	#observer: ResizeObserver | null = null;
	readonly #observed = new Set<Element>();
	readonly #measured = new WeakSet<Element>();

	/**
	 * `list`: an empty stretch, the rows, an empty stretch. A reply that is being written is the last row, is not a turn yet,
	 * and begins with the stretch that stands for the turns between.
	 */
	constructor(list: HTMLElement) {
		this.#list = list;
	}

	/** Has the rows observed, from the next note on. */
	watch(observer: ResizeObserver): void {
		this.#observer = observer;
	}

	/** Rows in the flow, oldest first. */
	rows(): HTMLElement[] {
		return this.#all().filter((row) => row.dataset['away'] === undefined);
	}

	#all(): HTMLElement[] {
		return [...this.#list.children].filter(
			(child): child is HTMLElement => child instanceof HTMLElement && child.dataset['turn'] !== undefined
		);
	}

	#row(turnId: string): HTMLElement | undefined {
		return this.#all().find((row) => row.dataset['turn'] === turnId);
	}

	/** Tops and bottom on the screen, in pixels: of the first row, the last one, and the whole list. */
	edges(): { readonly top: number; readonly bottom: number; readonly list: number } {
		const rows = this.rows();
		const list = this.#list.getBoundingClientRect();
		return {
			top: rows[0]?.getBoundingClientRect().top ?? list.top,
			bottom: rows.at(-1)?.getBoundingClientRect().bottom ?? list.bottom,
			list: list.top
		};
	}

	/** Height of the empty stretch above the rows, in pixels. */
	set above(px: number) {
		this.#stretch(this.#list.firstElementChild, px);
	}

	/** Height of the empty stretch below the rows, in pixels. */
	set below(px: number) {
		const [used, ...others] = this.#stretchesBelow();
		this.#stretch(used, px);
		for (const other of others) this.#stretch(other, 0);
	}

	get below(): number {
		return this.#stretchesBelow()[0]?.getBoundingClientRect().height ?? 0;
	}

	/** The one that counts, then the one that does not. */
	#stretchesBelow(): Element[] {
		return [this.#list.querySelector(':scope > * > [data-below]'), this.#list.lastElementChild].filter(
			(one) => one !== null
		);
	}

	#stretch(element: Element | null | undefined, px: number): void {
		if (element instanceof HTMLElement) element.style.blockSize = `${String(px)}px`;
	}

	/** Heights, in pixels, of the rows that were not asked about before. */
	newHeights(): number[] {
		return this.rows().flatMap((row) => {
			if (this.#measured.has(row)) return [];
			this.#measured.add(row);
			return row.getBoundingClientRect().height;
		});
	}

	/** Notes where everything is now. */
	note(): void {
		const rows = this.#all();
		for (const row of rows) {
			if (this.#observed.has(row)) continue;
			this.#observed.add(row);
			this.#observer?.observe(row);
		}
		for (const row of this.#observed) {
			if (row.isConnected) continue;
			this.#observed.delete(row);
			this.#observer?.unobserve(row);
		}
		// a row that is kept out of the flow says nothing about those in it
		const rects = this.rows().map((element) => ({ element, rect: element.getBoundingClientRect() }));
		const read = rects.filter(({ rect }) => rect.bottom > READING_LINE_PX && rect.top < innerHeight);
		const above = rects.filter(({ rect }) => rect.bottom <= READING_LINE_PX).reverse();
		const below = rects.filter(({ rect }) => rect.top >= innerHeight);
		const marks = [...read, ...above, ...below].map(({ element, rect }) => ({ element, top: rect.top }));
		const line = read[0];
		const inside = line === undefined || line.rect.top >= 0 ? null : this.#block(line.element);
		this.#marks = inside === null ? marks : [inside, ...marks];
		this.#scroll = scrollY;
	}

	/** The paragraph at the reading line of a turn that begins above it: the innermost, for what is around may grow above it. */
	#block(row: Element): Mark | null {
		let found: Mark | null = null;
		for (let next = atLine(row); next !== null; next = atLine(next.element))
			if (next.element.matches(BLOCKS)) found = next;
		return found;
	}

	/** The rows are others now: what was noted says nothing. */
	forget(): void {
		this.#marks = [];
	}

	/** Of what was noted, only this turn counts, and where it is now. */
	keepOnly(turnId: string): void {
		const element = this.#row(turnId);
		this.#marks = element === undefined ? [] : [{ element, top: element.getBoundingClientRect().top }];
		this.#scroll = scrollY;
	}

	/** How many pixels down the page the words were moved since the note, other than by scrolling. */
	off(): number {
		const mark = this.#marks.find(({ element }) => element.isConnected);
		// at the very top of the page, what comes in there is to be seen
		if (mark === undefined || (scrollY <= 0 && this.#scroll <= 0)) return 0;
		const by = mark.element.getBoundingClientRect().top - (mark.top - (scrollY - this.#scroll));
		return Math.abs(by) < 0.5 ? 0 : by;
	}

	scrollBy(px: number): void {
		scrollBy({ top: px, behavior: 'instant' });
	}

	scrollTo(px: number): void {
		scrollTo({ top: px, behavior: 'instant' });
	}

	/** Ids of the turns noted, the one that is read first. */
	order(): string[] {
		return this.#marks.flatMap(({ element }) =>
			element instanceof HTMLElement ? (element.dataset['turn'] ?? []) : []
		);
	}

	/** Brings a turn to the top of the screen, and the keyboard to it. Whether it was there. */
	reach(turnId: string): boolean {
		const article = this.#row(turnId)?.firstElementChild;
		if (!(article instanceof HTMLElement)) return false;
		article.scrollIntoView({ block: 'start', behavior: 'instant' });
		article.tabIndex = -1;
		article.focus({ preventScroll: true });
		return true;
	}

	/** Pixels from the top of the list to a turn, or null when it is not on the page. */
	offsetOf(turnId: string): number | null {
		const row = this.#row(turnId);
		return row === undefined
			? null
			: row.getBoundingClientRect().top - this.#list.getBoundingClientRect().top;
	}

	/** The turn that holds the focus, or null. */
	focused(): string | null {
		return this.#turnAt(document.activeElement);
	}

	/** A turn kept outside the slice that is on the screen, or null. */
	awayInView(): string | null {
		const row = this.#all().find((one) => {
			if (one.dataset['away'] === undefined) return false;
			const { top, bottom } = one.getBoundingClientRect();
			return bottom > 0 && top < innerHeight;
		});
		return row?.dataset['turn'] ?? null;
	}

	/** The turns at both ends of a selection, as far as it is in the list. */
	selected(): string[] {
		const selection = getSelection();
		if (selection === null || selection.isCollapsed) return [];
		return [this.#turnAt(selection.anchorNode), this.#turnAt(selection.focusNode)].filter(
			(id) => id !== null
		);
	}

	#turnAt(node: Node | null): string | null {
		if (node === null || !this.#list.contains(node)) return null;
		const element = node instanceof Element ? node : node.parentElement;
		const row = element?.closest('[data-turn]');
		return row instanceof HTMLElement ? (row.dataset['turn'] ?? null) : null;
	}
}
