// Backups in the browser's private file system: each is read back before it counts, and only then an older one goes.
import { z } from '../../domain/kernel/schema.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Backup, Holds, TakenOut } from '../travel-protocol.ts';
import type { Work } from './image.ts';
import type { PrivateFolder } from './private-folder.ts';

/** How many of each are kept: the newest. */
const KEPT: Readonly<Record<Backup['why'], number>> = { 'before-import': 3, 'by-hand': 3, daily: 7 };

const FILE = '.stet';
const RECORD = '.json';
const FULL = 13;
const spareBytes = 1024 * 1024;

export interface BackupDeps {
	/** Null where nothing can be kept. */
	readonly folder: () => Promise<PrivateFolder | null>;
	/** Makes a file of the library; null when there is nothing in it. */
	readonly takeLibrary: (work: Work) => Promise<TakenOut | null>;
	/** Reads a file back, all of it, and throws when it is not what its manifest says. */
	readonly readBack: (file: Blob, work: Work) => Promise<void>;
	readonly now: () => number;
	readonly newId: () => string;
	/** Runs the work while no other tab runs any under this name. */
	readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

export interface Backups {
	/** The last that was made first. One that is not whole, or was never verified, is not among them. */
	list(): Promise<readonly Backup[]>;
	/**
	 * Makes one. Null when there is nothing to back up, or nowhere to keep it. Rejects with the signal's reason, or with
	 * what went wrong; those that were there before are left alone then.
	 */
	make(why: Backup['why'], work: Work): Promise<Backup | null>;
	remove(name: string): Promise<void>;
	/** The file of one that is in the list. */
	stored(name: string): Promise<{ readonly file: Blob; readonly at: number; readonly holds: Holds } | null>;
}

const count = z.number().int().nonnegative();

const record = z.object({
	name: z.string(),
	why: z.enum(['before-import', 'by-hand', 'daily']),
	at: count,
	bytes: count,
	holds: z.object({
		chats: count,
		turns: count,
		events: count,
		bots: count,
		yous: count,
		pictures: count,
		copies: count
	}),
	verifiedAt: count,
	/** How many were made before: clocks are put back, this is not. Those of before it was counted have 0. */
	nth: count.default(0)
}) satisfies z.ZodType<Backup>;

/** A backup, and its place in the order in which they were made. */
interface Numbered extends Backup {
	readonly nth: number;
}

const lastMadeFirst = (one: Numbered, other: Numbered): number => other.nth - one.nth || other.at - one.at;

/** Those that go by the policy: of each kind all but the last few that were made. The last of all never goes. */
export const surplusOf = (backups: readonly Numbered[]): readonly Backup[] => {
	const newestFirst = [...backups].sort(lastMadeFirst);
	const seen = new Map<Backup['why'], number>();
	return newestFirst.filter((backup, place) => {
		const before = seen.get(backup.why) ?? 0;
		seen.set(backup.why, before + 1);
		return place > 0 && before >= KEPT[backup.why];
	});
};

export const createBackups = ({ folder: openPrivateFolder, ...deps }: BackupDeps): Backups => {
	const recordOf = (name: string): string => `${name}${RECORD}`;

	const readRecord = async (folder: PrivateFolder, name: string): Promise<Numbered | null> => {
		const stored = await folder.read(recordOf(name));
		const file = stored === null ? null : await folder.read(name);
		if (stored === null || file === null) return null;
		try {
			const found = record.safeParse(JSON.parse(await stored.text()));
			// what was cut after it was verified is no backup any more
			return found.success && found.data.name === name && found.data.bytes === file.size ? found.data : null;
		} catch {
			return null;
		}
	};

	const listIn = async (folder: PrivateFolder): Promise<readonly Numbered[]> => {
		const names = (await folder.names()).filter((name) => name.endsWith(FILE));
		const found = await Promise.all(names.map((name) => readRecord(folder, name)));
		return found.filter((backup) => backup !== null).sort(lastMadeFirst);
	};

	const removeFrom = async (folder: PrivateFolder, name: string): Promise<void> => {
		// the record first: without it a file does not count, and the next backup clears it away
		await folder.remove(recordOf(name));
		await folder.remove(name);
	};

	/** What was never finished: files without a record, and records without a file. */
	const clearAway = async (folder: PrivateFolder): Promise<void> => {
		const names = new Set(await folder.names());
		for (const name of names) {
			if (name.endsWith(FILE) && !names.has(recordOf(name))) await folder.remove(name);
			else if (name.endsWith(RECORD) && !names.has(name.slice(0, -RECORD.length))) await folder.remove(name);
		}
	};

	const makeIn = async (folder: PrivateFolder, why: Backup['why'], work: Work): Promise<Backup | null> => {
		await clearAway(folder);
		const taken = await deps.takeLibrary(work);
		if (taken === null) return null;
		const bytes = taken.file.size;
		const free = await folder.free();
		if (free !== null && free < bytes + spareBytes)
			throw new StorageError(FULL, 'full', `there is no room for a backup of ${bytes} bytes`);
		const stamp = new Date(taken.at).toISOString().replace(/[:.]/g, '-');
		const name = `${stamp}-${why}-${deps.newId()}${FILE}`;
		try {
			work.tell({ stage: 'storing', done: 0, total: bytes });
			await folder.write(name, taken.file, work.signal);
			work.tell({ stage: 'storing', done: bytes, total: bytes });
			const written = await folder.read(name);
			if (written?.size !== bytes)
				throw new StorageError(FULL, 'full', 'the disk did not take all of the backup');
			await deps.readBack(written, work);
			work.signal.throwIfAborted();
			const backup: Backup = { name, why, at: taken.at, bytes, holds: taken.holds, verifiedAt: deps.now() };
			const nth = Math.max(0, ...(await listIn(folder)).map((other) => other.nth)) + 1;
			const numbered: Numbered = { ...backup, nth };
			await folder.write(recordOf(name), new Blob([JSON.stringify(numbered)]), work.signal);
			if ((await readRecord(folder, name)) === null)
				throw new StorageError(FULL, 'full', 'the disk did not take the record of the backup');
			for (const old of surplusOf(await listIn(folder))) await removeFrom(folder, old.name);
			return backup;
		} catch (error) {
			// what cannot be removed now does not count, and is cleared away with the next
			await removeFrom(folder, name).catch(() => undefined);
			throw error;
		}
	};

	return {
		list: async () => {
			const folder = await openPrivateFolder();
			return folder === null ? [] : (await listIn(folder)).map(({ nth: _, ...backup }) => backup);
		},
		make: async (why, work) => {
			const folder = await openPrivateFolder();
			if (folder === null) return null;
			return deps.alone('backups', () => makeIn(folder, why, work));
		},
		remove: async (name) => {
			const folder = await openPrivateFolder();
			if (folder === null) return;
			await deps.alone('backups', () => removeFrom(folder, name));
		},
		stored: async (name) => {
			const folder = await openPrivateFolder();
			const backup = folder === null ? null : await readRecord(folder, name);
			const file = backup === null ? null : await folder?.read(name);
			return backup === null || file === null || file === undefined
				? null
				: { file, at: backup.at, holds: backup.holds };
		}
	};
};
