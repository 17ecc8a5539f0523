// Who else is at the desk in this browser, and at what: tabs tell each other, and nothing of it is kept.
import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

const CHANNEL = 'stet-presence';
const EVERY_MS = 5000;
/** A tab in the background speaks once a minute; one that was killed says no goodbye. */
const LASTS_MS = 90_000;

interface Told {
	readonly tab: string;
	readonly memberId: string;
	readonly name: string;
	/** `queue`, or the id of a hand-off. */
	readonly at: string;
}

type Message = ({ readonly type: 'here' } & Told) | { readonly type: 'gone' | 'who'; readonly tab: string };

const isMessage = (data: unknown): data is Message =>
	typeof data === 'object' && data !== null && 'type' in data && 'tab' in data;

export class Presence {
	readonly #others = new SvelteMap<string, Told & { readonly heardAt: number }>();
	readonly #tab: string;
	/** Where this tab is; null: not at the desk. */
	at = $state<string | null>(null);

	/** Call during component set-up. `who`: whom this tab acts as. */
	constructor(tab: string, who: () => { readonly memberId: string; readonly name: string } | null) {
		this.#tab = tab;
		$effect(() => {
			// who is nobody at the desk neither tells nor hears
			if (who() === null) return undefined;
			const channel = new BroadcastChannel(CHANNEL);
			const say = (message: Message) => channel.postMessage(message);
			const here = () => {
				const member = who();
				if (member !== null && this.at !== null)
					say({ type: 'here', tab, memberId: member.memberId, name: member.name, at: this.at });
				else say({ type: 'gone', tab });
			};
			channel.onmessage = ({ data }: MessageEvent<unknown>) => {
				if (!isMessage(data)) return;
				if (data.type === 'here') this.#others.set(data.tab, { ...data, heardAt: Date.now() });
				else if (data.type === 'gone') this.#others.delete(data.tab);
				else here();
			};
			const forget = () => {
				const now = Date.now();
				for (const [key, { heardAt }] of this.#others) if (heardAt + LASTS_MS < now) this.#others.delete(key);
			};
			const leave = () => say({ type: 'gone', tab });
			const timer = setInterval(() => {
				forget();
				here();
			}, EVERY_MS);
			addEventListener('pagehide', leave);
			addEventListener('pageshow', here);
			here();
			say({ type: 'who', tab });
			return () => {
				clearInterval(timer);
				removeEventListener('pagehide', leave);
				removeEventListener('pageshow', here);
				leave();
				channel.close();
			};
		});
	}

	/** The names of others who look at it; a person who has several tabs is one. */
	whoIsAt(handoffId: string, me: string | undefined): readonly string[] {
		return this.#names(({ at, memberId }) => at === handoffId && memberId !== me);
	}

	/** The names of others at the desk. */
	others(me: string | undefined): readonly string[] {
		return this.#names(({ memberId }) => memberId !== me);
	}

	#names(of: (told: Told) => boolean): readonly string[] {
		const told = [...this.#others.values()].filter((each) => each.tab !== this.#tab && of(each));
		return told
			.filter((each, at) => told.findIndex(({ memberId }) => memberId === each.memberId) === at)
			.map(({ name }) => name);
	}
}

export const [getPresence, setPresence] = createContext<Presence>();
