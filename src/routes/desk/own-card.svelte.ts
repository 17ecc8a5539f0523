// This device's own card, as parts of a screen share it.
import type { OwnCard } from '#lib/worker/handoff-protocol.ts';
import type { Session } from '../ui/session.svelte.ts';

export class OwnCardHere {
	readonly session: Session;
	/** Undefined until it is known. */
	found = $state.raw<OwnCard | undefined>(undefined);

	constructor(session: Session) {
		this.session = session;
		void session.attempt(async () => {
			this.found = await session.client.ownCard();
		});
	}

	/** Says by what name others know this device. False when that failed, which is said. */
	async name(name: string): Promise<boolean> {
		const named = await this.session.attempt(() => this.session.client.nameCard(name));
		if (named !== null) this.found = named;
		return named !== null;
	}
}
