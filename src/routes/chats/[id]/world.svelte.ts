// What the screens of a story know of its world now: the clock, the places, who is there, and what everybody is called.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import { Live } from '../../ui/live.svelte.ts';
import { plainName } from '../../ui/plain.ts';
import { worldWords } from '../../words/world-words.ts';

export type Now = NonNullable<Queries['now']['answer']>;
export type Person = Now['people'][number];

export class World {
	readonly chatId: string;
	readonly #now: Live<'now'>;
	readonly #meanwhiles: Live<'meanwhiles'>;

	/** Call during component set-up. */
	constructor(client: Client, chatId: string) {
		this.chatId = chatId;
		this.#now = new Live(client, 'now', () => ({ chatId }));
		this.#meanwhiles = new Live(client, 'meanwhiles', () => ({ chatId }));
	}

	/** Undefined until the first answer, and for a story that is gone. */
	get now(): Now | undefined {
		return this.#now.value ?? undefined;
	}

	/** Why the last look failed. */
	get failed(): string | null {
		return this.#now.failed;
	}

	/** Scenes the player is not in, oldest first. */
	get meanwhiles(): Queries['meanwhiles']['answer'] {
		return this.#meanwhiles.value ?? [];
	}

	/** The one that is played now. */
	get elsewhere(): Queries['meanwhiles']['answer'][number] | undefined {
		return this.meanwhiles.findLast(({ ended }) => ended === null);
	}

	person(role: Person['role']): Person | undefined {
		return this.now?.people.find((person) => person.role === role);
	}

	/** What somebody is called at the beginning of a line; the player without a persona is “You”. `told`: a name that is known elsewhere. */
	nameOf(entity: string, told = ''): string {
		const person = this.now?.people.find((each) => each.entity === entity);
		const name = plainName(person?.name ?? told);
		return name !== '' ? name : entity === 'you' ? worldWords.youName : worldWords.somebody;
	}

	/** Within a sentence or beside an arrow. */
	calledIn(entity: string, told = ''): string {
		const name = this.nameOf(entity, told);
		return entity === 'you' && name === worldWords.youName ? worldWords.you : name;
	}

	placeName(containerId: string | null): string | null {
		const place = this.now?.places.find((each) => each.containerId === containerId);
		return place === undefined ? null : plainName(place.name);
	}
}
