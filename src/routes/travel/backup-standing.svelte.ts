// How things stand with backups, for the screens that say so; and what of it this device remembers between visits.
import type { BackupFolder, BackupState } from '#lib/worker/travel-protocol.ts';
import { noteOnDevice } from '../ui/keep-on-device.ts';
import type { Session } from '../ui/session.svelte.ts';
import { usedBytes } from './used-bytes.ts';

/** Remembers whether backups go to a folder, so that no later start has to ask for it. */
export const noteFolder = (folder: BackupFolder | null): void => {
	noteOnDevice('folder', folder === null ? 0 : 1);
	if (folder?.lastAt != null) noteOnDevice('backup', folder.lastAt);
};

/** Looks after backups when made, and again whenever files have come or gone. Make it during component set-up. */
export class BackupStanding {
	/** Undefined until it is known. */
	state = $state.raw<BackupState | undefined>(undefined);
	/** Bytes of all that is kept here; null where nothing can be. */
	used = $state<number | null>(null);
	/** Why it could not be told. */
	failed = $state<string | null>(null);
	readonly #session: Session;

	constructor(session: Session) {
		this.#session = session;
		$effect(() => {
			// a dialog that ended may have left a backup, or a library that was kept
			if (session.arriving.length === 0 && session.departing === null) void this.look();
		});
		$effect(() => {
			const again = () => {
				if (document.visibilityState === 'visible') void this.look();
			};
			document.addEventListener('visibilitychange', again);
			return () => document.removeEventListener('visibilitychange', again);
		});
	}

	async look(): Promise<void> {
		try {
			this.state = await this.#session.client.backupState();
			this.failed = null;
			noteOnDevice('backup', this.state.lastAt ?? 0);
			noteOnDevice('folder', this.state.folder === null ? 0 : 1);
		} catch (error) {
			this.failed = error instanceof Error ? error.message : String(error);
		}
		if (!('storage' in navigator)) return;
		this.used = await usedBytes();
	}
}
