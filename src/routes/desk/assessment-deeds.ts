// What can be done about the assessment of a brief: have it written, call that off, take a model's words for a person's.
import type { Session } from '../ui/session.svelte.ts';
import { words } from '../words/words.ts';
import type { Acting } from './acting.svelte.ts';
import type { Brief, Section } from './brief.svelte.ts';

export class AssessmentDeeds {
	readonly brief: Brief;
	readonly #may: () => boolean;
	readonly #session: Session;
	readonly #acting: Acting;

	/** `may`: whoever looks at it may have it written, and write it. */
	constructor(session: Session, acting: Acting, brief: Brief, may: () => boolean) {
		this.#session = session;
		this.#acting = acting;
		this.brief = brief;
		this.#may = may;
	}

	get may(): boolean {
		return this.#may();
	}

	/** `again`: also when nothing changed since the last one. `sections`: these alone; null for all of it. */
	async ask(again: boolean, sections: readonly Section[] | null = null): Promise<void> {
		const actor = await this.#acting.need();
		if (actor === null) return;
		this.brief.number = null;
		const { client } = this.#session;
		const options = { actor, again, sections: sections === null ? null : [...sections] };
		const asked = await this.#session.attempt(() => client.assess(this.brief.handoffId, options));
		if (asked?.ok === false) this.#session.say(words.refusal(asked.error), 'wrong');
	}

	async stop(): Promise<void> {
		const actor = await this.#acting.need();
		if (actor === null) return;
		const { client } = this.#session;
		const stopped = await this.#session.attempt(() => client.stopAssessing(this.brief.handoffId, actor));
		if (stopped?.ok === false) this.#session.say(words.refusal(stopped.error), 'wrong');
	}

	/** The model's words stand again in one section. The person's are in the version that has them. */
	async take(section: Section): Promise<void> {
		const { assessed, handoffId } = this.brief;
		if (assessed?.beneath == null) return;
		const actor = await this.#acting.need();
		if (actor === null) return;
		const { basis, body, beneath } = assessed;
		const taken = {
			...body,
			...Object.fromEntries([[section, beneath.body[section]]]),
			...(section === 'tried' ? { suggested: beneath.body.suggested } : {})
		};
		const done = await this.#session.send('edit_assessment', { actor, handoffId, basis, body: taken });
		if (done !== null) this.brief.number = null;
	}
}
