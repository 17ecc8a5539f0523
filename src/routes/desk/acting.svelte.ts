// Who this tab acts as at the desk: one of its members. Two tabs may be two people.
import { createContext } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import { Live } from '../ui/live.svelte.ts';

export type Member = Queries['member_list']['answer'][number];

const KEY = 'stet-member';

/** What this tab chose; where it has not chosen, what was chosen last on this device. */
const chosenBefore = (): string | null => {
	try {
		return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
	} catch {
		return null;
	}
};

const keep = (memberId: string): void => {
	try {
		sessionStorage.setItem(KEY, memberId);
		localStorage.setItem(KEY, memberId);
	} catch {
		// it then lasts as long as the page
	}
};

export class Acting {
	readonly #members: Live<'member_list'>;
	readonly #cases: Live<'case_list'>;
	#chosen = $state(chosenBefore());
	/** The list of people is open. */
	open = $state(false);
	/** Who waits to be told who acts. */
	#waiting: ((memberId: string | null) => void)[] = [];

	/** Call during component set-up. */
	constructor(client: Client) {
		this.#members = new Live(client, 'member_list', () => ({}));
		this.#cases = new Live(client, 'case_list', () => ({ filter: 'all', now: 0, limit: 1 }));
	}

	/** Everybody at the desk; undefined until that is known. */
	get members(): readonly Member[] | undefined {
		return this.#members.value;
	}

	/** Those who may pick up. */
	get desk(): readonly Member[] {
		return (this.members ?? []).filter(({ role }) => role !== 'member');
	}

	/** Who this tab acts as; null while nobody was chosen, and when they left the desk. Who is alone need not be chosen. */
	get member(): Member | null {
		const all = this.members ?? [];
		return (
			all.find(({ memberId }) => memberId === this.#chosen) ?? (all.length === 1 ? (all[0] ?? null) : null)
		);
	}

	/** May watch the queue and work on what is in it. */
	get ofTheDesk(): boolean {
		return this.member !== null && this.member.role !== 'member';
	}

	/** Somebody works at a desk here. Who only plays stories is not shown any of it. */
	get used(): boolean {
		return (this.members?.length ?? 0) > 0 || (this.#cases.value?.total ?? 0) > 0;
	}

	/** No case was opened here yet. */
	get hasNoCase(): boolean {
		return this.#cases.value?.total === 0;
	}

	choose(memberId: string): void {
		this.#chosen = memberId;
		keep(memberId);
		this.#answer(memberId);
	}

	/** Who acts: asks when nobody was chosen yet. Null when nobody was then either. */
	need(): Promise<string | null> {
		if (this.member !== null) return Promise.resolve(this.member.memberId);
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			this.open = true;
		});
	}

	/** The list was closed. */
	closed(): void {
		this.open = false;
		this.#answer(this.member?.memberId ?? null);
	}

	#answer(memberId: string | null): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const tell of waiting) tell(memberId);
	}
}

export const [getActing, setActing] = createContext<Acting>();
