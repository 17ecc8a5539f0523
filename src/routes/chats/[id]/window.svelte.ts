// Which turns of a story stand on the page: a slice around the reader, between two stretches as high as the rest may be.
import { untrack } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import { Live } from '../../ui/live.svelte.ts';
import { Place } from './place.ts';
import { kept, LAST_EXCHANGE_TURNS, moved, shown, type Slice, type Turn } from './slice.ts';

type Script = Queries['transcript']['answer'];

/**
 * A turn on the page. `key`: what it is drawn as; `away`: kept mounted outside the slice, so many pixels below the top of
 * the list.
 */
export interface Row {
	readonly key: string;
	readonly turn: Turn;
	readonly away: number | null;
}

const OPENING_TURNS = 60;
/** Turns asked for beyond the slice, and how near to the last of them the slice may come. */
const AHEAD_TURNS = 30;
const NEAR_TURNS = 10;
/** A slice grows by no more at once. */
const STEP_TURNS = 16;
/** More turns than this are not kept for a selection's sake. */
const SELECTED_TURNS = 45;
const FIRST_GUESS_PX = 200;
/** Browsers lay out no higher pages than some ten million pixels. */
const STRETCH_MAX_PX = 4_000_000;
const REST_MS = 300;

export interface WindowOptions {
	readonly chatId: string;
	/** What the reply that is being written is drawn as, or null. */
	readonly writing: () => string | null;
	/** The turn that is being edited, or null: it stays mounted. */
	readonly editing: () => string | null;
	/** The page is about to go elsewhere than to its end. */
	readonly stay: () => void;
	/** Goes to the end of the page and stays there. */
	readonly toEnd: () => void;
	/** Told when a turn that was to be shown is not in the story. */
	readonly onmissing: () => void;
}

export class TranscriptWindow {
	/** What is on the page, oldest first. */
	rows = $state.raw<readonly Row[]>([]);
	/** Undefined until the first answer. */
	newest = $state.raw<Script['newest'] | undefined>(undefined);
	lastOwn = $state<string | null>(null);
	total = $state(0);
	/** The turn an address led to. */
	linked = $state<string | null>(null);

	/** Counts what was told, so that each answer is looked at once it is on the page. */
	#answers = $state(0);
	#asked = $state.raw<{ from: number | null; limit: number } | null>(null);
	#pins = $state.raw<readonly string[]>([]);
	readonly #script: Live<'transcript'>;
	readonly #pinned: readonly Live<'turn'>[];
	readonly #client: Client;
	readonly #options: WindowOptions;

	#loaded: readonly Turn[] = [];
	/** What turns are drawn as that were written on this page. */
	#keys: Readonly<Record<string, string>> = {};
	#pending = false;
	#slice: Slice = { first: 1, last: 0 };
	/** Where the page has to go once the turns are there. */
	#goal: 'end' | { readonly turnId: string } | null = null;
	#place: Place | null = null;
	#above = 0;
	#averagePx = FIRST_GUESS_PX;
	#measured = { count: 0, px: 0 };
	#rest: ReturnType<typeof setTimeout> | undefined;

	/** Call during component set-up. */
	constructor(client: Client, options: WindowOptions) {
		const { chatId } = options;
		this.#client = client;
		this.#options = options;
		this.#script = new Live(client, 'transcript', () =>
			this.#asked === null ? null : { chatId, ...this.#asked }
		);
		this.#pinned = [0, 1].map(
			(n) =>
				new Live(client, 'turn', () => {
					const turnId = this.#pins[n];
					return turnId === undefined ? null : { chatId, turnId };
				})
		);
		$effect(() => {
			const script = this.#script.value;
			if (script !== undefined) untrack(() => this.#take(script));
		});
		$effect(() => {
			const told = this.#pinned.map(({ value }) => value);
			if (told.some((turn) => turn !== undefined)) untrack(() => this.#compose());
		});
		$effect(() => {
			if (this.#script.failed !== null) this.#pending = false;
		});
		$effect(() => {
			this.#changed();
			untrack(() => this.#settle());
		});
	}

	/** What the page is drawn from, for an effect to follow. */
	readonly #changed = (): unknown => [this.rows, this.#answers, this.#options.editing()];

	/** Keeps the page for as long as the list is on it: `list` holds the rows between its first and its last child. */
	readonly attach = (list: HTMLElement): (() => void) => {
		this.#place = new Place(list);
		const settle = () => this.#settle();
		// not at once: between two elements nothing has the focus, and rows that are drawn move it too
		const refocused = () => setTimeout(settle);
		const scrolled = () => {
			this.#settle();
			clearTimeout(this.#rest);
			this.#rest = setTimeout(() => this.#evenOut(), REST_MS);
		};
		const observer = new ResizeObserver(settle);
		observer.observe(document.body);
		this.#place.watch(observer);
		addEventListener('scroll', scrolled, { passive: true });
		addEventListener('resize', settle);
		list.addEventListener('focusin', refocused);
		list.addEventListener('focusout', refocused);
		untrack(settle);
		return () => {
			this.#place = null;
			observer.disconnect();
			clearTimeout(this.#rest);
			removeEventListener('scroll', scrolled);
			removeEventListener('resize', settle);
			list.removeEventListener('focusin', refocused);
			list.removeEventListener('focusout', refocused);
		};
	};

	/** Begins at a turn, and marks it; null: at the newest. Later, goes to the turn, or takes the mark away. */
	open(turnId: string | null): void {
		if (turnId !== null) void this.#show(turnId);
		else if (this.#asked === null) this.#openAtEnd();
		this.linked = turnId;
	}

	async #show(turnId: string): Promise<void> {
		const turn = await this.#client.ask('turn', { chatId: this.#options.chatId, turnId });
		if (turn === null) {
			this.#options.onmissing();
			if (this.#asked === null) this.#openAtEnd();
			return;
		}
		this.#options.stay();
		this.#goal = { turnId };
		this.#ask({ first: turn.number, last: turn.number + STEP_TURNS }, true);
	}

	#openAtEnd(): void {
		this.#goal = 'end';
		this.#asked = { from: null, limit: OPENING_TURNS };
	}

	/** Asks for the slice and some turns around it, unless they are here. */
	#ask({ first, last }: Slice, anew = false): void {
		const [from, to] = [this.#loaded[0]?.number ?? 0, this.#loaded.at(-1)?.number ?? -1];
		const near =
			from <= Math.max(1, first - NEAR_TURNS) && to >= Math.min(this.total, last + NEAR_TURNS) && to >= from;
		if (!anew && (near || this.#pending)) return;
		this.#pending = true;
		const start = Math.max(1, first - AHEAD_TURNS);
		this.#asked = { from: start, limit: last + AHEAD_TURNS - start + 1 };
	}

	#take({ turns, total, newest, lastOwn }: Script): void {
		this.#pending = false;
		const before = { shown: this.rows, total: this.total };
		const opening = this.newest === undefined;
		const writing = this.#options.writing();
		if (writing !== null && newest?.role === 'assistant' && newest.turnId !== this.newest?.turnId)
			this.#keys = { ...this.#keys, [newest.turnId]: writing };
		if (!opening && total - this.total > LAST_EXCHANGE_TURNS) this.#options.stay();
		this.#loaded = kept(this.#loaded, turns);
		this.total = total;
		this.newest = newest;
		this.lastOwn = lastOwn;
		const goal = this.#goal;
		const target =
			goal === null || goal === 'end' ? undefined : turns.find(({ turnId }) => turnId === goal.turnId);
		if (target !== undefined || opening) this.#place?.forget();
		if (target !== undefined) this.#begin({ first: target.number - 1, last: target.number + STEP_TURNS / 2 });
		else if (opening)
			this.#begin({ first: total - Math.ceil((innerHeight * 1.3) / this.#averagePx), last: total });
		else this.#slice = moved(this.#slice, before, { turns: this.#loaded, total }, this.#place?.order() ?? []);
		if (turns.length === 0 && total > 0) this.#openAtEnd();
		this.#compose();
		this.#answers += 1;
	}

	/** Another slice altogether: nothing on the page says where it belongs. */
	#begin({ first, last }: Slice, abovePx?: number): void {
		this.#slice = { first: Math.max(1, first), last: Math.min(this.total, last) };
		this.#above = abovePx ?? this.#fair(this.#slice.first - 1);
	}

	/** About how high so many turns are. */
	#fair(turns: number): number {
		return Math.min(Math.max(0, turns) * this.#averagePx, STRETCH_MAX_PX);
	}

	#compose(): void {
		const key = ({ turnId }: Turn): string => this.#keys[turnId] ?? turnId;
		const rows: Row[] = shown(this.#slice, this.#loaded, this.rows).map((turn) => ({
			key: key(turn),
			turn,
			away: null
		}));
		const present = rows.map(({ turn }) => turn.turnId);
		this.#pins.forEach((turnId, n) => {
			if (present.includes(turnId)) return;
			const told = this.#pinned[n]?.value;
			const before = this.rows.find((row) => row.turn.turnId === turnId);
			const turn = told?.turnId === turnId ? told : before?.turn;
			// null: it is not in the story any more
			if (told === null || turn === undefined) return;
			const away = before?.away ?? this.#place?.offsetOf(turnId) ?? this.#guess(turn.number);
			rows.push({ key: key(turn), turn, away });
		});
		rows.sort((a, b) => a.turn.number - b.turn.number);
		const same =
			rows.length === this.rows.length &&
			rows.every(({ turn, away }, n) => {
				const before = this.rows[n];
				return before?.turn === turn && before.away === away;
			});
		if (!same) this.rows = rows;
	}

	/** Where in the list a turn may be that was never on the page. */
	#guess(number: number): number {
		const { first, last } = this.#slice;
		if (number < first) return (this.#above * (number - 1)) / Math.max(1, first - 1);
		const { top, bottom } = this.#place?.edges() ?? { top: 0, bottom: 0 };
		return this.#above + bottom - top + this.#fair(number - last - 1);
	}

	/** After anything that may have moved the words: puts them back, and then sees whether others are wanted. */
	#settle(): void {
		const place = this.#place;
		if (place === null || this.newest === undefined) return;
		place.below = this.#fair(this.total - this.#slice.last);
		this.#hold(place);
		this.#reach(place);
		place.note();
		this.#measure(place);
		this.#look(place);
	}

	/** What the reader reads stays where it is. The stretch above gives way; only where it cannot, the page scrolls. */
	#hold(place: Place): void {
		const before = this.#above;
		// another one for another slice
		place.above = before;
		const off = place.off();
		const turnsAbove = this.#slice.first - 1;
		let above = turnsAbove <= 0 ? 0 : before - off;
		// used up: the turns above were higher than they were thought to be
		if (turnsAbove > 0 && above < turnsAbove) above = this.#fair(turnsAbove);
		this.#above = above;
		place.above = above;
		const left = off + above - before;
		if (Math.abs(left) >= 0.5) place.scrollBy(left);
	}

	#reach(place: Place): void {
		const goal = this.#goal;
		if (goal === 'end') {
			this.#goal = null;
			this.#options.toEnd();
		} else if (goal !== null && place.reach(goal.turnId)) this.#goal = null;
	}

	#measure(place: Place): void {
		for (const px of place.newHeights()) {
			this.#measured.count += 1;
			this.#measured.px += px;
		}
		if (this.#measured.count > 0) this.#averagePx = this.#measured.px / this.#measured.count;
	}

	/** Mounts what comes near and takes off what is far away. */
	#look(place: Place): void {
		const { editing } = this.#options;
		const pins = [place.focused(), editing()].filter(
			(turnId, n, all): turnId is string => turnId !== null && all.indexOf(turnId) === n
		);
		if (pins.join() !== this.#pins.join()) this.#pins = pins;
		if (this.total === 0 || this.#goal !== null) return;

		const jump = this.#jump(place);
		if (jump === null) {
			this.#slice = this.#within(this.#stretched(place));
			this.#ask(this.#slice);
		} else {
			const around = { first: jump.number, last: Math.min(this.total, jump.number + this.#screenful()) };
			if (!this.#isLoaded(jump.number)) this.#ask(around);
			else {
				place.forget();
				if (jump.mark !== undefined) place.keepOnly(jump.mark);
				this.#begin(around, jump.abovePx);
			}
		}
		this.#compose();
	}

	#screenful(): number {
		return Math.min(STEP_TURNS, Math.ceil((innerHeight * 1.5) / this.#averagePx));
	}

	#isLoaded(number: number): boolean {
		return number >= (this.#loaded[0]?.number ?? Infinity) && number <= (this.#loaded.at(-1)?.number ?? -1);
	}

	/** The turn to go on from when the reader is somewhere else altogether. */
	#jump(place: Place): { number: number; abovePx: number; mark?: string } | null {
		const { first, last } = this.#slice;
		const { top, bottom, list } = place.edges();
		const before = top >= innerHeight && first > 1;
		if (!before && !(bottom <= 0 && last < this.total)) return null;
		const pin = place.awayInView();
		const row = this.rows.find(({ turn }) => turn.turnId === pin);
		if (row !== undefined) return { number: row.turn.number, abovePx: row.away ?? 0, mark: row.turn.turnId };
		if (before) {
			const share = Math.max(0, -list) / Math.max(1, this.#above);
			return {
				number: Math.min(first - 1, 1 + Math.floor(share * (first - 1))),
				abovePx: Math.max(0, -list)
			};
		}
		const share = -bottom / Math.max(1, place.below);
		return {
			number: Math.min(this.total, last + 1 + Math.floor(share * (this.total - last))),
			abovePx: -list
		};
	}

	/** The slice with what comes near on both sides, and without what is far away. */
	#stretched(place: Place): Slice {
		const marginPx = Math.min(Math.max(innerHeight * 0.8, 480), 800);
		let { first, last } = this.#slice;
		const { top, bottom } = place.edges();
		const selected = place
			.selected()
			.map((turnId) => this.rows.find(({ turn }) => turn.turnId === turnId)?.turn.number ?? last);
		const [least, most] = [Math.min(...selected, last), Math.max(...selected, first)];
		const room = selected.length > 0 && last - first < SELECTED_TURNS;
		// one turn at least, though a long reply that is being written fills the screen: what it becomes stands beside it
		for (const row of place.rows()) {
			if (first >= last || row.getBoundingClientRect().bottom >= -1.5 * marginPx || (room && first >= least))
				break;
			first += 1;
		}
		for (const row of place.rows().reverse()) {
			const { top: rowTop } = row.getBoundingClientRect();
			if (last <= first || rowTop <= innerHeight + 1.5 * marginPx || (room && last <= most)) break;
			last -= 1;
		}
		const steps = (px: number) => Math.min(STEP_TURNS, Math.ceil(px / this.#averagePx));
		if (top > -0.5 * marginPx) first -= steps(top + marginPx);
		if (bottom < innerHeight + 0.5 * marginPx) last += steps(innerHeight + marginPx - bottom);
		return { first: Math.max(1, first), last: Math.min(this.total, last) };
	}

	/** No further than what is here. */
	#within({ first, last }: Slice): Slice {
		const [from, to] = [this.#loaded[0]?.number ?? 1, this.#loaded.at(-1)?.number ?? 0];
		return {
			first: Math.max(first, Math.min(from, this.#slice.first)),
			last: Math.min(last, Math.max(to, this.#slice.last))
		};
	}

	/**
	 * While nobody scrolls: gives the stretch above the height it should have, before it is used up. As long as
	 * there are turns above, that is a screenful at least, for one press of Page Up to find its whole way.
	 */
	#evenOut(): void {
		const place = this.#place;
		if (place === null) return;
		const turnsAbove = this.#slice.first - 1;
		const room = turnsAbove > 0 ? innerHeight : 0;
		const fair = Math.max(this.#fair(turnsAbove), room);
		const by = fair - this.#above;
		if (this.#above >= room && Math.abs(by) < Math.max(1000, fair / 2)) return;
		// where to, before the page changes: one that gets shorter moves up by itself, as far as it has to
		const to = scrollY + by;
		this.#above = fair;
		place.above = fair;
		place.scrollTo(to);
		place.note();
	}
}
