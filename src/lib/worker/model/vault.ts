// The connections and their keys. Keys go in and are used; nothing here gives one out to the page.
import { z } from 'zod';
import { ok, refuse, type Refusal, type Result } from '../../domain/kernel/result.ts';
import type {
	ConnectionSummary,
	EnteredProvider,
	KeyInput,
	ModelFailure,
	ModelSettings,
	VaultState
} from '../protocol.ts';
import { readAddress } from './address.ts';
import { makeDeviceKey, readDeviceKey, seal, unseal, type Purpose } from './key-seal.ts';
import { openPassphraseLock } from './passphrase-lock.ts';
import type { Condition, Placement, VaultStore } from './vault-store.ts';

const DEMO_ID = 'demo';
const ON_DEVICE_ID = 'on-device';
const BUILT_IN: ReadonlySet<string> = new Set([DEMO_ID, ON_DEVICE_ID]);
const DEVICE_KEY = 'device-key';
const PREFERRED = 'preferred';
/** Shorter keys would be given away by their last four characters. */
const SHOWS_END_FROM = 12;

const dollars = z.number().min(0).max(100_000);
const label = z.string().trim().min(1).max(80);
const model = z.string().trim().min(1).max(200);

const provider = z.enum(['anthropic', 'openai', 'google', 'openrouter', 'openai-compatible']);

const settings = {
	model,
	taskModels: z.object({ classify: model.nullable(), copilot: model.nullable() }),
	contextTokens: z.int().min(512).max(100_000_000).nullable(),
	maxOutputTokens: z.int().min(1).max(1_000_000),
	temperature: z.number().min(0).max(2).nullable(),
	topP: z.number().gt(0).max(1).nullable(),
	price: z.object({ input: dollars, output: dollars }).nullable()
};

/** What connections were before there was anything else than compatible servers. */
const EARLIER = {
	provider: 'openai-compatible',
	taskModels: { classify: null, copilot: null },
	contextTokens: null,
	topP: null,
	price: null
};

const storedConnection = z
	.looseObject({})
	.transform((stored): unknown => ({ ...EARLIER, ...stored }))
	.pipe(
		z.object({
			id: z.uuid(),
			provider,
			label,
			url: z.string().refine((url) => !('problem' in readAddress(url))),
			/** What was entered; whether it is still there is another question. */
			key: z.enum(['none', 'remembered', 'session', 'passphrase']),
			...settings
		})
	);

type StoredConnection = z.output<typeof storedConnection>;

const keyInput = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('keep') }),
	z.object({ kind: z.literal('none') }),
	z.object({
		kind: z.literal('set'),
		secret: z
			.string()
			.transform((pasted) => pasted.trim().replace(/^bearer\s+/iu, ''))
			// a key travels in a header, which takes no other characters
			.pipe(z.string().regex(/^[\x21-\x7e]{1,4096}$/u)),
		keep: z.enum(['remembered', 'session', 'passphrase'])
	})
]) satisfies z.ZodType<KeyInput>;

const connectionInput = z.object({
	id: z.string(),
	isNew: z.boolean(),
	provider,
	label,
	url: z.string().max(2000),
	key: keyInput,
	...settings
});

const endpointInput = connectionInput.pick({ id: true, provider: true, url: true, key: true });

const announcement = z.enum(['changed', 'keys-forgotten', 'locked']);

/** A connection as the worker itself uses it. */
export type UsableConnection =
	| { readonly provider: 'demo' }
	| { readonly provider: 'on-device' }
	| (ModelSettings & {
			readonly id: string;
			readonly provider: EnteredProvider;
			readonly url: string;
			readonly secret: string | null;
	  });

/** Where to ask something before a connection is saved. For the worker only: it holds the key. */
export interface ResolvedEndpoint {
	readonly provider: EnteredProvider;
	readonly url: string;
	readonly secret: string | null;
}

/** How workers of other tabs are told. */
export type VaultChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

export interface Vault {
	connections(): Promise<readonly ConnectionSummary[]>;
	/**
	 * Refusals: invalid_input {field, problem}, key_for_other_origin, vault_unavailable. Never repeats what was entered.
	 * Field `passphrase`: a key is to be kept under the passphrase, and that is `none` yet, or `locked`.
	 */
	save(input: unknown): Promise<Result<ConnectionSummary>>;
	/** What is built in stays. */
	remove(id: string): Promise<void>;
	/** Does nothing for an unknown id. */
	prefer(id: string): Promise<void>;
	/** And the passphrase, in all tabs. */
	forgetAllKeys(): Promise<void>;
	state(): Promise<VaultState>;
	/**
	 * Opens the vault for this worker, and sets the passphrase where there is none. Every tab is asked for itself: a key
	 * handed on by a channel of the origin could be taken by whatever else listens there, the page's scripts among them.
	 * Refusals: wrong_passphrase, invalid_input {field: passphrase}, vault_unavailable.
	 */
	unlock(passphrase: unknown): Promise<Result<null>>;
	/** Makes a new vault key and seals what the old one sealed with it. Refusals as for `unlock`. */
	changePassphrase(before: unknown, after: unknown): Promise<Result<null>>;
	/** Drops the vault's key here and in all tabs. */
	lock(): Promise<void>;
	/** For the worker only: the result holds the key. Refusals: no-connection, no-key, locked. */
	use(id: string): Promise<Result<UsableConnection, ModelFailure>>;
	/**
	 * For the worker only: where to ask for what is in the form, with the key typed there or the one stored for the same
	 * address. Refusals as for `save` and `use`.
	 */
	resolve(input: unknown): Promise<Result<ResolvedEndpoint, ModelFailure | Refusal>>;
	/** Calls when connections changed, here or in another tab. */
	onChange(listener: () => void): void;
}

const builtIn = (provider: 'demo' | 'on-device', preferred: boolean): ConnectionSummary => ({
	id: provider,
	provider,
	label: '',
	url: '',
	model: provider,
	taskModels: { classify: null, copilot: null },
	contextTokens: null,
	topP: null,
	price: null,
	keyEnd: null,
	key: 'none',
	keep: 'none',
	preferred,
	lasting: true,
	maxOutputTokens: provider === 'demo' ? 400 : 1024,
	temperature: null
});

const unavailable = (): Result<never> => refuse({ type: 'vault_unavailable' });

const invalid = (field: string, problem: string): { readonly ok: false; readonly error: Refusal } =>
	refuse({ type: 'invalid_input', field, problem });

const invalidInput = ({ issues: [issue] }: z.ZodError) =>
	invalid(String(issue?.path[0] ?? ''), issue?.code ?? 'invalid');

const purposeOf = ({
	id,
	url,
	provider: speaks
}: Pick<StoredConnection, 'id' | 'url' | 'provider'>): Purpose => ({
	connectionId: id,
	origin: new URL(url).origin,
	provider: speaks
});

const samePurpose = (one: Purpose, other: Purpose): boolean =>
	one.connectionId === other.connectionId && one.origin === other.origin && one.provider === other.provider;

/** Opens the vault on a store. `hasOnDevice`: whether the browser has a model of its own. */
export const openVault = (
	opening: Promise<VaultStore>,
	channel: VaultChannel,
	hasOnDevice: () => Promise<boolean> = async () => false
): Vault => {
	/** Keys for this session, in this worker's memory alone. */
	const session = new Map<string, { readonly secret: string; readonly purpose: Purpose }>();
	const listeners = new Set<() => void>();

	const notify = (): void => {
		for (const listener of listeners) listener();
	};
	const announce = (what: z.infer<typeof announcement>): void => {
		channel.postMessage(what);
		notify();
	};
	channel.addEventListener('message', (event) => {
		const heard = announcement.safeParse(event.data);
		if (!heard.success) return;
		if (heard.data !== 'changed') lock.drop();
		if (heard.data === 'keys-forgotten') session.clear();
		else void prune().catch(() => undefined);
		notify();
	});

	/** Seals again what the passphrase before sealed. */
	const sealedAnew = async (before: CryptoKey, after: CryptoKey): Promise<readonly Placement[]> => {
		const store = await opening;
		const placements: Placement[] = [];
		for (const connection of await readAll()) {
			if (connection.key !== 'passphrase') continue;
			const { id } = connection;
			const purpose = purposeOf(connection);
			const secret = await unseal(before, await store.get('secret', id), purpose);
			if (secret !== null)
				placements.push({ shelf: 'secret', key: id, value: await seal(after, secret, purpose) });
		}
		return placements;
	};
	const lock = openPassphraseLock(opening, {
		sealedAnew,
		opened: notify,
		changed: () => announce('changed')
	});

	const read = async (id: string): Promise<StoredConnection | null> =>
		storedConnection.safeParse(await (await opening).get('connection', id)).data ?? null;

	const readAll = async (): Promise<readonly StoredConnection[]> => {
		const stored = await (await opening).all('connection');
		return stored
			.flatMap((value) => storedConnection.safeParse(value).data ?? [])
			.sort((a, b) => (a.label === b.label ? (a.id < b.id ? -1 : 1) : a.label < b.label ? -1 : 1));
	};

	/** The key of a connection, if it is here, open, and was entered for the connection's address and provider. */
	const secretOf = async (
		connection: Pick<StoredConnection, 'id' | 'url' | 'provider' | 'key'>
	): Promise<'none' | 'missing' | 'locked' | { readonly secret: string }> => {
		const purpose = purposeOf(connection);
		if (connection.key === 'none') return 'none';
		if (connection.key === 'session') {
			const entered = session.get(connection.id);
			return entered !== undefined && samePurpose(entered.purpose, purpose)
				? { secret: entered.secret }
				: 'missing';
		}
		const store = await opening;
		if (connection.key === 'passphrase' && (await lock.state()) === 'locked') return 'locked';
		const key =
			connection.key === 'passphrase'
				? await lock.key()
				: readDeviceKey(await store.get('setting', DEVICE_KEY));
		const secret = key === null ? null : await unseal(key, await store.get('secret', connection.id), purpose);
		return secret === null ? 'missing' : { secret };
	};

	/** Drops what another tab made useless: keys of connections deleted, moved elsewhere, or kept otherwise, and of old locks. */
	const prune = async (): Promise<void> => {
		for (const [id, entered] of [...session]) {
			const connection = await read(id);
			const fits = connection?.key === 'session' && samePurpose(purposeOf(connection), entered.purpose);
			// unless it was entered anew meanwhile
			if (!fits && session.get(id) === entered) session.delete(id);
		}
		await lock.prune();
	};

	const summarise = async (connection: StoredConnection, preferredId: string): Promise<ConnectionSummary> => {
		const found = await secretOf(connection);
		const secret = typeof found === 'string' ? null : found.secret;
		return {
			...connection,
			key: found === 'missing' || found === 'locked' ? found : connection.key,
			keep: connection.key,
			keyEnd: secret !== null && secret.length >= SHOWS_END_FROM ? secret.slice(-4) : null,
			preferred: connection.id === preferredId,
			lasting: await (await opening).lasting()
		};
	};

	const preferredId = async (): Promise<string> => {
		const id = z.string().safeParse(await (await opening).get('setting', PREFERRED)).data;
		if (id === ON_DEVICE_ID) return (await hasOnDevice()) ? id : DEMO_ID;
		return id !== undefined && (await read(id)) !== null ? id : DEMO_ID;
	};

	const deviceKey = async (store: VaultStore): Promise<CryptoKey> => {
		const present = readDeviceKey(await store.get('setting', DEVICE_KEY));
		if (present !== null) return present;
		// made outside the transaction, which would end while we wait; the first tab's key wins
		const made = await makeDeviceKey();
		const kept = readDeviceKey(await store.getOrPut('setting', DEVICE_KEY, made));
		if (kept !== null) return kept;
		await store.write([{ shelf: 'setting', key: DEVICE_KEY, value: made }]);
		return made;
	};

	/** How a key is kept: what to write, and what must hold for that. */
	const placeKey = async (
		store: VaultStore,
		key: z.infer<typeof keyInput>,
		purpose: Purpose
	): Promise<Result<{ readonly placements: readonly Placement[]; readonly condition: Condition | null }>> => {
		const place = (value?: unknown): Placement => ({ shelf: 'secret', key: purpose.connectionId, value });
		if (key.kind === 'keep') return ok({ placements: [], condition: null });
		if (key.kind === 'none' || key.keep === 'session') return ok({ placements: [place()], condition: null });
		if (!(await store.lasting())) return unavailable();
		if (key.keep === 'remembered')
			return ok({
				placements: [place(await seal(await deviceKey(store), key.secret, purpose))],
				condition: null
			});
		const sealing = await lock.sealing();
		if (typeof sealing === 'string') return invalid('passphrase', sealing);
		return ok({
			placements: [place(await seal(sealing.key, key.secret, purpose)), sealing.noted],
			condition: sealing.condition
		});
	};

	const save = async (input: unknown): Promise<Result<ConnectionSummary>> => {
		const parsed = connectionInput.safeParse(input);
		if (!parsed.success) return invalidInput(parsed.error);
		const { key, isNew, ...entered } = parsed.data;
		const { id } = entered;
		const address = readAddress(entered.url);
		if ('problem' in address) return invalid('url', address.problem);
		if (BUILT_IN.has(id)) return invalid('id', 'fixed');
		if (!z.uuid().safeParse(id).success) return invalid('id', 'invalid_format');
		const before = await read(id);
		if (before === null && !isNew) return invalid('id', 'gone');
		const kept = key.kind === 'keep' ? (before?.key ?? 'none') : key.kind === 'none' ? 'none' : key.keep;
		const connection: StoredConnection = { ...entered, url: address.url, key: kept };
		const purpose = purposeOf(connection);
		if (
			key.kind === 'keep' &&
			before !== null &&
			before.key !== 'none' &&
			!samePurpose(purposeOf(before), purpose)
		)
			return refuse({ type: 'key_for_other_origin' });
		const store = await opening;
		for (;;) {
			const placed = await placeKey(store, key, purpose).catch(unavailable);
			if (!placed.ok) return placed;
			const { condition } = placed.value;
			const placements: readonly Placement[] = [
				{ shelf: 'connection', key: id, value: connection },
				...placed.value.placements
			];
			try {
				if (condition === null)
					await (key.kind === 'keep' ? store.write(placements) : lock.writeKeys(placements));
				// another tab sealed a key, or changed the passphrase: look again
				else if (!(await store.writeIf(condition, placements))) continue;
			} catch {
				return unavailable();
			}
			break;
		}
		if (key.kind === 'set' && key.keep === 'session') session.set(id, { secret: key.secret, purpose });
		else if (key.kind !== 'keep') session.delete(id);
		announce('changed');
		return ok(await summarise(connection, await preferredId()));
	};

	const resolve = async (input: unknown): Promise<Result<ResolvedEndpoint, ModelFailure | Refusal>> => {
		const parsed = endpointInput.safeParse(input);
		if (!parsed.success) return invalidInput(parsed.error);
		const { id, provider: speaks, url, key } = parsed.data;
		const address = readAddress(url);
		if ('problem' in address) return invalid('url', address.problem);
		const endpoint = { provider: speaks, url: address.url };
		if (key.kind !== 'keep') return ok({ ...endpoint, secret: key.kind === 'set' ? key.secret : null });
		const stored = await read(id);
		if (stored === null) return invalid('id', 'gone');
		if (stored.key !== 'none' && !samePurpose(purposeOf(stored), purposeOf({ ...endpoint, id })))
			return refuse({ type: 'key_for_other_origin' });
		const found = await secretOf(stored);
		if (found === 'missing') return refuse({ type: 'no-key' });
		if (found === 'locked') return refuse({ type: 'locked' });
		return ok({ ...endpoint, secret: found === 'none' ? null : found.secret });
	};

	return {
		connections: async () => {
			const preferred = await preferredId();
			const stored = await readAll();
			return [
				builtIn('demo', preferred === DEMO_ID),
				...((await hasOnDevice()) ? [builtIn('on-device', preferred === ON_DEVICE_ID)] : []),
				...(await Promise.all(stored.map((one) => summarise(one, preferred))))
			];
		},
		// a database that does not come back is a refusal like any other; the next call tries again
		save: (input) => save(input).catch(unavailable),
		remove: async (id) => {
			session.delete(id);
			await lock.writeKeys([
				{ shelf: 'connection', key: id },
				{ shelf: 'secret', key: id }
			]);
			announce('changed');
		},
		prefer: async (id) => {
			if (!BUILT_IN.has(id) && (await read(id)) === null) return;
			await (await opening).write([{ shelf: 'setting', key: PREFERRED, value: id }]);
			announce('changed');
		},
		forgetAllKeys: async () => {
			session.clear();
			lock.drop();
			const store = await opening;
			const sealed = await store.keys('secret');
			await store.write([
				// without the device key a copy of the sealed keys is worth nothing either
				{ shelf: 'setting', key: DEVICE_KEY },
				lock.removed,
				...sealed.map((key): Placement => ({ shelf: 'secret', key }))
			]);
			announce('keys-forgotten');
		},
		use: async (id) => {
			if (id === DEMO_ID) return ok({ provider: 'demo' });
			if (id === ON_DEVICE_ID) return ok({ provider: 'on-device' });
			const connection = await read(id);
			if (connection === null) return refuse({ type: 'no-connection' });
			const found = await secretOf(connection);
			if (found === 'missing') return refuse({ type: 'no-key' });
			if (found === 'locked') return refuse({ type: 'locked' });
			return ok({ ...connection, secret: found === 'none' ? null : found.secret });
		},
		state: lock.state,
		unlock: (passphrase) => lock.unlock(passphrase).catch(unavailable),
		changePassphrase: (before, after) => lock.change(before, after).catch(unavailable),
		lock: async () => {
			lock.drop();
			announce('locked');
		},
		resolve: (input) => resolve(input).catch(unavailable),
		onChange: (listener) => void listeners.add(listener)
	};
};
