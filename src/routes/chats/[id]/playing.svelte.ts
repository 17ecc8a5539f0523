// Where the turn that is being played stands, for the screen: whose words are written, which have come to their end while
// what they bring about is still being found, and what is going on, in words.
import type { Queries } from '#lib/domain/vocabulary.ts';
import { plainName } from '../../ui/plain.ts';
import { words } from '../../words/words.ts';
import { worldWords } from '../../words/world-words.ts';
import type { Reply } from './reply.svelte.ts';
import type { TranscriptWindow } from './window.svelte.ts';
import type { Person, World } from './world.svelte.ts';

type Job = NonNullable<NonNullable<Queries['chat']['answer']>['reply']>;

export interface PlayingOf {
	readonly reply: Reply;
	readonly world: World;
	readonly job: () => Job | null;
	readonly rows: () => TranscriptWindow['rows'];
	/** The host's name. */
	readonly host: () => string;
}

export class Playing {
	readonly #of: PlayingOf;

	constructor(of: PlayingOf) {
		this.#of = of;
	}

	get #writes(): boolean {
		const job = this.#of.job();
		return job === null || job.stage === 'reply' || job.stage === 'interject';
	}

	/** The words are written to their end, and the turn they became is on its way to the page. */
	get landing(): boolean {
		const { reply, rows } = this.#of;
		const job = this.#of.job();
		// a draft becomes no turn
		if (job === null || job.stage === 'draft' || this.#writes || reply.text.trim() === '') return false;
		return job.stage === 'observe2' || job.stage === 'transitions2'
			? rows().at(-1)?.turn.interjectionOf == null
			: !rows().some(({ turn }) => turn.turnId === job.primaryId);
	}

	/** How the words are, which is over before all that follows from them is: nothing waits for that. */
	get saying(): Reply['state'] {
		const deciding = this.#of.job()?.state === 'open' && !this.#writes && !this.landing;
		return deciding ? 'none' : this.#of.reply.state;
	}

	/** Words are written after a reply: another puts one in, or a scene elsewhere goes on. */
	get afterReply(): boolean {
		const job = this.#of.job();
		return job?.stage === 'interject' || (job?.meanwhileId != null && job.stage === 'reply') || this.landing;
	}

	/** Whose words are written; undefined for the narrator. */
	get writer(): Person | undefined {
		const { world, job } = this.#of;
		const host = world.person('host');
		const speaker = job()?.speakerId ?? host?.entity;
		return world.now?.people.find(({ entity }) => entity === speaker);
	}

	get writerName(): string {
		if (this.#of.job()?.speakerId === 'narrator') return words.chat.narrator;
		const { writer } = this;
		return writer === undefined ? this.#of.host() : plainName(writer.name);
	}

	/** Those who could answer. */
	get bots(): readonly { readonly entity: string; readonly name: string }[] {
		const { world } = this.#of;
		return (world.now?.people ?? [])
			.filter(({ role }) => role !== 'you')
			.map(({ entity }) => ({ entity, name: world.nameOf(entity) }));
	}

	/** What is going on, in words; empty where the page says so elsewhere. */
	get doing(): string {
		const { reply, rows, host } = this.#of;
		const job = this.#of.job();
		if (reply.state !== 'running') return '';
		const said = worldWords.stages;
		switch (reply.stage) {
			case 'asking':
			case 'writing':
				return job?.meanwhileId == null ? '' : said.elsewhere;
			default:
		}
		if (reply.waitingSeconds !== null) return words.chat.waiting(reply.waitingSeconds);
		switch (reply.stage) {
			case 'remembering':
				return said.remembering;
			case 'weighing':
				return said.following;
			case 'listening': {
				// whoever has not spoken has listened
				const spoke = rows().find(({ turn }) => turn.turnId === job?.primaryId)?.turn.speakerId;
				return said.asking(this.bots.find(({ entity }) => entity !== spoke)?.name ?? host());
			}
			case 'interjecting':
				return said.interjecting(this.writerName);
			case 'digesting':
				return said.digesting;
			case 'drafting':
				return words.chat.drafting;
			case 'noting':
				return said.noting;
		}
	}
}
