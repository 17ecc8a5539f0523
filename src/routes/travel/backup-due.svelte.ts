// Whether it is time to remind of a backup. What is known from an earlier visit decides at once, without starting a worker.
import { notedOnDevice, noteOnDevice } from '../ui/keep-on-device.ts';
import type { Session } from '../ui/session.svelte.ts';

const WEEK_MS = 7 * 86_400_000;
/** Below that there is little to lose yet. */
const TURNS_MIN = 20;

const noted = () => ({
	last: notedOnDevice('backup'),
	folder: notedOnDevice('folder') ?? 0,
	later: notedOnDevice('backup-later') ?? 0
});

/** Make it during component set-up. `turns`: how many there are in the library; undefined while that is not known. */
export class BackupDue {
	#noted = $state.raw(noted());
	readonly #turns: () => number | undefined;

	constructor(session: Session, turns: () => number | undefined) {
		this.#turns = turns;
		// a download that ended may have been a backup
		$effect(() => {
			if (session.departing === null && session.arriving.length === 0) this.look();
		});
		$effect(() => {
			if (!this.#enough || notedOnDevice('backup') !== null) return;
			// once on each device: there may be backups from before it was noted
			session.client
				.backupState()
				.then(({ lastAt, folder }) => {
					noteOnDevice('backup', lastAt ?? 0);
					noteOnDevice('folder', folder === null ? 0 : 1);
					this.look();
				})
				.catch(() => undefined);
		});
	}

	get #enough(): boolean {
		return (this.#turns() ?? 0) > TURNS_MIN;
	}

	/** When the last backup was, null for never; undefined when there is nothing to say. */
	get lastAt(): number | null | undefined {
		const { last, folder, later } = this.#noted;
		const now = Date.now();
		if (!this.#enough || last === null || now - last < WEEK_MS) return undefined;
		if (folder !== 0 || now - later < WEEK_MS) return undefined;
		return last === 0 ? null : last;
	}

	look(): void {
		this.#noted = noted();
	}
}
