// Does what is chosen with a hand-off: at once, or after a form has been filled in. Who comes too late is told who was first.
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { plainName } from '../ui/plain.ts';
import type { Session } from '../ui/session.svelte.ts';
import { deskWords } from '../words/desk-words.ts';
import { words } from '../words/words.ts';
import type { Acting } from './acting.svelte.ts';
import type { Act } from './acts.ts';

/** A pick-up was a slip when it is taken back this soon. */
const SLIP_MS = 5000;

export interface Subject {
	readonly handoffId: string;
	readonly chatId: string;
	readonly title: string;
	readonly priority: number;
	readonly chatKind: 'story' | 'case';
}

/** What a form is asked for. */
export type FormAct = Exclude<Act, 'pick_up' | 'take_over' | 'wake' | 'send'>;

/** What is to leave as a file. */
export interface Sent {
	readonly as: 'handoff' | 'receipt';
	readonly of: Subject;
}

export interface DeedsAre {
	/** Told after each act that came about. */
	readonly done?: (act: Act, handoffId: string) => void;
	/** They are done in the conversation: whoever picks it up there is at it already, and is led nowhere. */
	readonly inConversation?: boolean;
}

export class HandoffDeeds {
	readonly session: Session;
	readonly acting: Acting;
	readonly #are: DeedsAre;
	/** The form that is open. */
	form = $state.raw<{ readonly act: FormAct; readonly of: Subject } | null>(null);
	/** What is being made a file of. */
	sending = $state.raw<Sent | null>(null);

	constructor(session: Session, acting: Acting, are: DeedsAre = {}) {
		this.session = session;
		this.acting = acting;
		this.#are = are;
	}

	/** Answers whether it is done; a form is not, until it is sent. */
	async do(act: Act, of: Subject): Promise<boolean> {
		if (act === 'pick_up' || act === 'take_over') return this.#take(act, of);
		if (act === 'wake') {
			const actor = await this.acting.need();
			if (actor === null) return false;
			const woken = await this.session.send('wake_handoff', { actor, handoffId: of.handoffId });
			if (woken === null) return false;
			this.#are.done?.(act, of.handoffId);
			return true;
		}
		if (act === 'send') this.sending = { as: 'handoff', of };
		else this.form = { act, of };
		return false;
	}

	/** A form was sent, and what it asked for is done. */
	sent(act: FormAct, { handoffId }: Subject): void {
		this.form = null;
		this.#are.done?.(act, handoffId);
	}

	async #take(act: 'pick_up' | 'take_over', of: Subject): Promise<boolean> {
		const { session } = this;
		const { handoffId } = of;
		const actor = await this.acting.need();
		if (actor === null) return false;
		const result =
			act === 'pick_up'
				? await session.trySend('claim_handoff', { actor, handoffId })
				: await session.trySend('take_over', { actor, handoffId });
		if (result === null) return false;
		if (!result.ok) {
			const { error } = result;
			session.say(
				error.type === 'already_claimed'
					? deskWords.acts.tooLate(plainName(error.by), words.moment(error.at, Date.now()))
					: words.refusal(error),
				'wrong'
			);
			return false;
		}
		this.#are.done?.(act, handoffId);
		const stays = this.#are.inConversation === true;
		if (!stays) await goto(resolve('/handoffs/[id]', { id: handoffId }));
		const undo = async () => {
			const back = await session.send('return_handoff', { actor, handoffId, reason: 'undo' });
			if (back === null) return;
			if (!stays) await goto(resolve('/queue'));
			session.say(deskWords.acts.undone);
		};
		session.say(
			deskWords.acts.taken(plainName(of.title)),
			'said',
			act === 'pick_up' ? { label: deskWords.acts.undo, do: () => void undo() } : null
		);
		const { note } = session;
		setTimeout(() => {
			if (session.note === note) session.hush();
		}, SLIP_MS);
		return true;
	}
}
