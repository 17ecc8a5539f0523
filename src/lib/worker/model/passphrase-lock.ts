// The vault's passphrase: sets it, opens with it, changes it, and holds the key it opens in this worker's memory alone.
import { ok, refuse, type Refusal, type Result } from '../../domain/kernel/result.ts';
import type { VaultState } from '../protocol.ts';
import {
	makeLock,
	openLock,
	passphraseProblem,
	readLock,
	type Lock,
	type Unlocked
} from './passphrase-seal.ts';
import type { Condition, Placement, VaultStore } from './vault-store.ts';

const LOCK = 'lock';

/** What the vault does when the lock does something. */
interface LockWorld {
	/** What one key sealed, sealed by another: what is to be written for that. */
	readonly sealedAnew: (before: CryptoKey, after: CryptoKey) => Promise<readonly Placement[]>;
	/** A passphrase was right, in this worker. */
	readonly opened: () => void;
	/** A passphrase was set or changed, for all workers. */
	readonly changed: () => void;
}

/** The key to seal with, and what keeps whoever changes the passphrase at this moment from missing what is sealed. */
interface Sealing {
	readonly key: CryptoKey;
	readonly noted: Placement;
	/** Must hold when what is sealed, and `noted`, is written. */
	readonly condition: Condition;
}

/** Refusals of its methods are those of the vault, which calls them. */
export interface PassphraseLock {
	state(): Promise<VaultState>;
	/** The vault's key, if this worker was given the passphrase that is in force. */
	key(): Promise<CryptoKey | null>;
	/** `none`: there is no passphrase. `locked`: this worker was not given it. */
	sealing(): Promise<Sealing | 'none' | 'locked'>;
	/** Writes keys that are under no passphrase, or the end of some: who changes the passphrase at this moment must see it. */
	writeKeys(placements: readonly Placement[]): Promise<void>;
	unlock(passphrase: unknown): Promise<Result<null>>;
	change(before: unknown, after: unknown): Promise<Result<null>>;
	/** Forgets the key. */
	drop(): void;
	/** Forgets the key of a passphrase that is in force no more. */
	prune(): Promise<void>;
	/** To be written with what ends every passphrase. */
	readonly removed: Placement;
}

const placed = (lock: Lock): Placement => ({ shelf: 'setting', key: LOCK, value: lock });
const oneMore = (lock: Lock): Placement => placed({ ...lock, sealed: lock.sealed + 1 });

const NO_LOCK: Condition = { shelf: 'setting', key: LOCK, passes: (found) => readLock(found) === null };

/** Holds while the lock is the one that was read, and no key was sealed under it since. */
const sameLock = ({ id, sealed }: Lock): Condition => ({
	shelf: 'setting',
	key: LOCK,
	passes: (found) => {
		const lock = readLock(found);
		return lock?.id === id && lock.sealed === sealed;
	}
});

const invalid = (field: string, problem: string): { readonly ok: false; readonly error: Refusal } =>
	refuse({ type: 'invalid_input', field, problem });

/** Opens the lock on a store. */
export const openPassphraseLock = (opening: Promise<VaultStore>, world: LockWorld): PassphraseLock => {
	let held: Unlocked | null = null;
	/** Counts lockings: a passphrase that was being tried meanwhile opens nothing. */
	let lockings = 0;

	const present = async (): Promise<Lock | null> => readLock(await (await opening).get('setting', LOCK));

	/** Takes a lock's key into use, unless the vault was locked while the passphrase was being tried. */
	const hold = (unlocked: Unlocked, since: number): void => {
		if (since === lockings) held = unlocked;
		world.opened();
	};

	const unlock = async (passphrase: unknown): Promise<Result<null>> => {
		if (typeof passphrase !== 'string') return invalid('passphrase', 'invalid_type');
		const since = lockings;
		const store = await opening;
		const found = await present();
		if (found !== null) {
			const opened = await openLock(found, passphrase);
			if (opened === null) return refuse({ type: 'wrong_passphrase' });
			hold(opened, since);
			return ok(null);
		}
		const problem = passphraseProblem(passphrase);
		if (problem !== null) return invalid('passphrase', problem);
		if (!(await store.lasting())) return refuse({ type: 'vault_unavailable' });
		const { lock, unlocked } = await makeLock(passphrase);
		// another tab set one at the same moment: this one has to be the same
		if (!(await store.writeIf(NO_LOCK, [placed(lock)]))) return unlock(passphrase);
		hold(unlocked, since);
		world.changed();
		return ok(null);
	};

	const change = async (before: unknown, after: unknown): Promise<Result<null>> => {
		if (typeof before !== 'string') return invalid('before', 'invalid_type');
		const problem = passphraseProblem(after);
		if (problem !== null || typeof after !== 'string')
			return invalid('passphrase', problem ?? 'invalid_type');
		const since = lockings;
		const store = await opening;
		const found = await present();
		if (found === null) return invalid('passphrase', 'none');
		const old = await openLock(found, before);
		if (old === null) return refuse({ type: 'wrong_passphrase' });
		const { lock, unlocked } = await makeLock(after);
		const placements = [placed(lock), ...(await world.sealedAnew(old.key, unlocked.key))];
		// another tab was faster: with what it left, the old passphrase is right or wrong
		if (!(await store.writeIf(sameLock(found), placements))) return change(before, after);
		hold(unlocked, since);
		world.changed();
		return ok(null);
	};

	return {
		state: async () => {
			const found = await present();
			return found === null ? 'none' : held?.id === found.id ? 'unlocked' : 'locked';
		},
		key: async () => {
			const found = await present();
			return found !== null && held?.id === found.id ? held.key : null;
		},
		sealing: async () => {
			const found = await present();
			if (found === null) return 'none';
			if (held?.id !== found.id) return 'locked';
			return { key: held.key, noted: oneMore(found), condition: sameLock(found) };
		},
		writeKeys: async (placements) => {
			const store = await opening;
			for (;;) {
				const found = await present();
				const written =
					found === null
						? await store.writeIf(NO_LOCK, placements)
						: await store.writeIf(sameLock(found), [...placements, oneMore(found)]);
				if (written) return;
			}
		},
		unlock,
		change,
		drop: () => {
			held = null;
			lockings += 1;
		},
		prune: async () => {
			const before = held;
			if (before !== null && (await present())?.id !== before.id && held === before) held = null;
		},
		removed: { shelf: 'setting', key: LOCK }
	};
};
