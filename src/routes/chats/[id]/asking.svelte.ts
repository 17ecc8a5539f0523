// Asking the model from a story's screen: for the next reply, for another one, to go on; and the reply that stands until
// another is whole.
import { untrack } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import { connectionName } from '../../ui/connection-name.ts';
import { allowWhereAsked, isLocal } from '../../ui/local-network.ts';
import { keepOnDevice } from '../../ui/keep-on-device.ts';
import type { Session } from '../../ui/session.svelte.ts';
import { words } from '../../words/words.ts';
import { focusOn } from './focus-on.ts';
import type { Reply } from './reply.svelte.ts';
import type { TranscriptWindow } from './window.svelte.ts';

export interface AskingOf {
	readonly session: Session;
	readonly chatId: string;
	readonly reply: Reply;
	/** Null for a story that is gone, undefined until the first answer. */
	readonly chat: () => Queries['chat']['answer'] | undefined;
	readonly newest: () => TranscriptWindow['newest'];
	/** Goes to where it will be told. */
	readonly toEnd: () => void;
	/** The tab that was to write the reply is gone. */
	readonly isCut: () => boolean;
	/** Whom this tab acts as at the desk; null where nobody was chosen. A story has no use for it. */
	readonly memberId: () => string | null;
	/** Told when another reply was asked for to a turn that is not the newest. */
	readonly onnotnewest: () => void;
}

export class Asking {
	/** The turn for which it is being asked how another reply should be. */
	about = $state<string | null>(null);
	/** What is asked of the model for that: kept when the panel is closed. */
	note = $state('');
	/** The reply another is about to take the place of: it stays until that is whole. */
	replaced = $state<string | null>(null);
	readonly #of: AskingOf;

	/** Call during component set-up. */
	constructor(of: AskingOf) {
		this.#of = of;
		const { reply } = of;
		$effect(() => {
			const job = of.chat()?.reply ?? null;
			const here = reply.state === 'running';
			const standing = this.#standing;
			untrack(() => {
				if (job?.replaces === true && here) this.replaced ??= standing;
				else if (job === null && !here) this.replaced = null;
			});
		});
		$effect(() => {
			if (reply.state === 'running' && this.#standing !== null && !this.replacing) reply.arrived();
		});
	}

	get #standing(): string | null {
		const newest = this.#of.newest();
		return newest?.role === 'assistant' ? newest.turnId : null;
	}

	/** Another reply is being written, and the old one still stands. */
	get replacing(): boolean {
		const { newest, reply } = this.#of;
		return this.replaced !== null && this.replaced === newest()?.turnId && reply.state === 'running';
	}

	/** Who is asked, by name. */
	get source(): string {
		const { session } = this.#of;
		const own = this.#own;
		if (own === null) return connectionName(session.preferred);
		const connection = session.connections.find(({ id }) => id === own);
		return connection === undefined ? words.account.goneSource : connectionName(connection);
	}

	/** The connection this story is played with. */
	get #own(): string | null {
		return this.#of.chat()?.models.prose?.connectionId ?? null;
	}

	/**
	 * Never another than the one this story was given to: one that is gone is said, by whoever is asked. A server on this
	 * machine is asked by a worker, so what the browser wants to know before that is asked here, in the click.
	 */
	connectionId = async (): Promise<string | null> => {
		const id = this.#own ?? (await this.#of.session.connection())?.id ?? null;
		const asked = this.#of.session.connections.find((one) => one.id === id);
		if (asked !== undefined && isLocal(asked.url)) await allowWhereAsked(asked.url);
		return id;
	};

	play = async (jobId: string): Promise<void> => {
		const { session, reply } = this.#of;
		try {
			await reply.play(jobId);
		} catch (error) {
			// the disk did not take the end of the reply; its draft is kept, and is offered below
			session.say(words.app.notSavedHelp(error instanceof Error ? error.message : String(error)), 'wrong');
			return;
		}
		void keepOnDevice();
	};

	/** Says something, or tells it as the narrator; answers whether it was taken. */
	say = async (text: string, speaker: string | null, as: 'you' | 'narrator'): Promise<boolean> => {
		const { session, chatId, chat, toEnd, isCut, memberId } = this.#of;
		this.about = null;
		toEnd();
		const connectionId = await this.connectionId();
		if (connectionId === null) return false;
		// whoever was to write it is gone, without a word of it
		const jobId = isCut() ? chat()?.reply?.jobId : undefined;
		if (jobId !== undefined && (await session.send('drop_reply', { jobId })) === null) return false;
		const asked = { chatId, text, connectionId, speaker, as, memberId: memberId() };
		const taken = await session.send('take_turn', asked);
		if (taken === null) return false;
		void this.play(taken.jobId);
		return true;
	};

	/** Lets the model draft the player's next turn into the composer. */
	draft = async (): Promise<void> => {
		const { session, chatId } = this.#of;
		const connectionId = await this.connectionId();
		if (connectionId === null) return;
		const asked = await session.send('impersonate', { chatId, connectionId });
		if (asked !== null) await this.play(asked.jobId);
	};

	/** Asks for the reply that is missing. */
	again = async (): Promise<void> => {
		const { session, chatId } = this.#of;
		const connectionId = await this.connectionId();
		if (connectionId === null) return;
		const asked = await session.send('ask_reply', { chatId, connectionId });
		if (asked !== null) await this.play(asked.jobId);
	};

	/** Lets a reply that broke off go on from there. */
	goOn = async (): Promise<void> => {
		const { session, chatId, chat, toEnd } = this.#of;
		const connectionId = await this.connectionId();
		if (connectionId === null) return;
		const jobId = chat()?.reply?.jobId ?? null;
		const asked = await session.send('continue_reply', { chatId, jobId, connectionId });
		if (asked === null) return;
		this.replaced = this.#standing;
		toEnd();
		await this.play(asked.jobId);
	};

	/** Asks for another reply; answers whether it is on its way. */
	regenerate = async (turnId: string, how: { note?: string; text?: string }): Promise<boolean> => {
		const { session, chatId, toEnd, onnotnewest } = this.#of;
		const connectionId = await this.connectionId();
		if (connectionId === null) return false;
		const result = await session.trySend('regenerate', { chatId, turnId, connectionId, ...how });
		if (result === null) return false;
		if (!result.ok) {
			if (result.error.type === 'not_newest') onnotnewest();
			else session.say(words.refusal(result.error), 'wrong');
			return false;
		}
		this.replaced = this.#standing;
		toEnd();
		void this.play(result.value.jobId);
		return true;
	};

	/** Goes back to the reply that stands, whatever the new one has come to. */
	keepOld = async (): Promise<void> => {
		const { session, reply, newest } = this.#of;
		await session.attempt(() => reply.giveUp());
		session.say(words.chat.keptOld);
		const standing = newest()?.turnId;
		if (standing !== undefined) await focusOn(standing);
	};
}
