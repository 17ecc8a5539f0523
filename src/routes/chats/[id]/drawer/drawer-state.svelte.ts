// Whether the drawer of a story is open, and which of its tabs: kept for this device, because it is about this screen.
import { MediaQuery } from 'svelte/reactivity';

const TABS = ['now', 'people', 'story', 'memory', 'prompt', 'case'] as const;
export type Tab = (typeof TABS)[number];

/** What there is to see around a chat. A case has no world. */
const TABS_OF: Readonly<Record<'story' | 'case', readonly Tab[]>> = {
	story: ['now', 'people', 'story', 'memory', 'prompt'],
	case: ['case', 'prompt']
};

const KEY = 'stet-drawer';
const isTab = (value: unknown): value is Tab => TABS.some((tab) => tab === value);

/** What was kept; the first tab, closed, where nothing was or nothing can be. */
const stored = (): { readonly open: boolean; readonly tab: Tab } => {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
		if (typeof value === 'object' && value !== null && 'open' in value && 'tab' in value)
			return { open: value.open === true, tab: isTab(value.tab) ? value.tab : 'now' };
	} catch {
		// as if nothing had been kept
	}
	return { open: false, tab: 'now' };
};

export class DrawerState {
	#tab = $state<Tab>('now');
	/** The turn whose prompt is inspected; null: the newest. */
	promptOf = $state<string | null>(null);
	#pane = $state(false);
	/** Over the story, on a small screen: it is never opened by itself. */
	#sheet = $state(false);
	readonly #wide = new MediaQuery('min-width: 72rem');

	readonly #kind: () => 'story' | 'case';

	constructor(kind: () => 'story' | 'case') {
		const { open, tab } = stored();
		this.#kind = kind;
		this.#pane = open;
		this.#tab = tab;
	}

	/** Which chat it stands beside. */
	get kind(): 'story' | 'case' {
		return this.#kind();
	}

	get tabs(): readonly Tab[] {
		return TABS_OF[this.kind];
	}

	get tab(): Tab {
		return this.tabs.find((tab) => tab === this.#tab) ?? this.tabs[0] ?? 'prompt';
	}

	/** Beside the story; otherwise it lies over it. */
	get beside(): boolean {
		return this.#wide.current;
	}

	get open(): boolean {
		return this.beside ? this.#pane : this.#sheet;
	}

	set open(open: boolean) {
		if (this.beside) this.#pane = open;
		else this.#sheet = open;
		this.#keep();
	}

	show(tab: Tab): void {
		this.#tab = tab;
		this.#keep();
	}

	/** Opens at the prompt of a turn. */
	inspect(turnId: string): void {
		this.promptOf = turnId;
		this.#tab = 'prompt';
		this.open = true;
	}

	#keep(): void {
		try {
			localStorage.setItem(KEY, JSON.stringify({ open: this.#pane, tab: this.#tab }));
		} catch {
			// it then lasts as long as the page
		}
	}
}
