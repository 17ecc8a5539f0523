// The connections and their keys. Keys go in and are used; nothing here gives one out to the page.
import { z } from 'zod';
import { ok, refuse, type Refusal, type Result } from '../../domain/kernel/result.ts';
import type { ConnectionSummary, EnteredProvider, ModelFailure, ModelSettings } from '../protocol.ts';
import { readAddress } from './address.ts';
import { makeDeviceKey, readDeviceKey, seal, unseal } from './key-seal.ts';
import type { Placement, VaultStore } from './vault-store.ts';

const DEMO_ID = 'demo';
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
	.transform((stored) => ({ ...EARLIER, ...stored }))
	.pipe(
		z.object({
			id: z.uuid(),
			provider,
			label,
			url: z.string().refine((url) => !('problem' in readAddress(url))),
			/** What was entered; whether it is still there is another question. */
			key: z.enum(['none', 'remembered', 'session']),
			...settings
		})
	);

type StoredConnection = z.output<typeof storedConnection>;

const connectionInput = z.object({
	id: z.string(),
	isNew: z.boolean(),
	provider,
	label,
	url: z.string().max(2000),
	key: z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('keep') }),
		z.object({ kind: z.literal('none') }),
		z.object({
			kind: z.literal('set'),
			secret: z
				.string()
				.transform((pasted) => pasted.trim().replace(/^bearer\s+/iu, ''))
				// a key travels in a header, which takes no other characters
				.pipe(z.string().regex(/^[\x21-\x7e]{1,4096}$/u)),
			keep: z.enum(['remembered', 'session'])
		})
	]),
	...settings
});

const announcement = z.enum(['changed', 'keys-forgotten']);

/** A connection as the worker itself uses it. */
export type UsableConnection =
	| { readonly provider: 'demo' }
	| (ModelSettings & {
			readonly id: string;
			readonly provider: EnteredProvider;
			readonly url: string;
			readonly secret: string | null;
	  });

/** How workers of other tabs are told. */
export type VaultChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

export interface Vault {
	connections(): Promise<readonly ConnectionSummary[]>;
	/** Refusals: invalid_input {field, problem}, key_for_other_origin, vault_unavailable. Never repeats what was entered. */
	save(input: unknown): Promise<Result<ConnectionSummary>>;
	/** The demo stays. */
	remove(id: string): Promise<void>;
	/** Does nothing for an unknown id. */
	prefer(id: string): Promise<void>;
	forgetAllKeys(): Promise<void>;
	/** For the worker only: the result holds the key. Refusals: no-connection, no-key. */
	use(id: string): Promise<Result<UsableConnection, ModelFailure>>;
	/** Calls when connections changed, here or in another tab. */
	onChange(listener: () => void): void;
}

const demo = (preferred: boolean): ConnectionSummary => ({
	id: DEMO_ID,
	provider: 'demo',
	label: '',
	url: '',
	model: 'demo',
	taskModels: { classify: null, copilot: null },
	contextTokens: null,
	topP: null,
	price: null,
	keyEnd: null,
	key: 'none',
	preferred,
	lasting: true,
	maxOutputTokens: 400,
	temperature: null
});

const unavailable = (): Result<never> => refuse({ type: 'vault_unavailable' });

const invalid = (field: string, problem: string): { readonly ok: false; readonly error: Refusal } =>
	refuse({ type: 'invalid_input', field, problem });

/** Opens the vault on a store. */
export const openVault = (opening: Promise<VaultStore>, channel: VaultChannel): Vault => {
	/** Keys for this session, in this worker's memory alone. */
	const session = new Map<string, { readonly secret: string; readonly origin: string }>();
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
		if (heard.data === 'keys-forgotten') session.clear();
		else void prune().catch(() => undefined);
		notify();
	});

	const read = async (id: string): Promise<StoredConnection | null> =>
		storedConnection.safeParse(await (await opening).get('connection', id)).data ?? null;

	const readAll = async (): Promise<readonly StoredConnection[]> => {
		const stored = await (await opening).all('connection');
		return stored
			.flatMap((value) => storedConnection.safeParse(value).data ?? [])
			.sort((a, b) => (a.label === b.label ? (a.id < b.id ? -1 : 1) : a.label < b.label ? -1 : 1));
	};

	/** The key of a connection, if it is here and was entered for the connection's origin. */
	const secretOf = async (connection: StoredConnection): Promise<string | null> => {
		const { origin } = new URL(connection.url);
		if (connection.key === 'none') return null;
		if (connection.key === 'session') {
			const held = session.get(connection.id);
			return held?.origin === origin ? held.secret : null;
		}
		const store = await opening;
		const key = readDeviceKey(await store.get('setting', DEVICE_KEY));
		return key === null ? null : unseal(key, await store.get('secret', connection.id), connection.id, origin);
	};

	/** Drops the keys that another tab made useless: of connections deleted, moved elsewhere, or without a session key. */
	const prune = async (): Promise<void> => {
		for (const [id, held] of [...session]) {
			const connection = await read(id);
			const fits = connection?.key === 'session' && new URL(connection.url).origin === held.origin;
			// unless it was entered anew meanwhile
			if (!fits && session.get(id) === held) session.delete(id);
		}
	};

	const summarise = async (connection: StoredConnection, preferredId: string): Promise<ConnectionSummary> => {
		const secret = await secretOf(connection);
		return {
			...connection,
			key: connection.key !== 'none' && secret === null ? 'missing' : connection.key,
			keyEnd: secret !== null && secret.length >= SHOWS_END_FROM ? secret.slice(-4) : null,
			preferred: connection.id === preferredId,
			lasting: await (await opening).lasting()
		};
	};

	const preferredId = async (): Promise<string> => {
		const id = z.string().safeParse(await (await opening).get('setting', PREFERRED)).data;
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

	const save = async (input: unknown): Promise<Result<ConnectionSummary>> => {
		const parsed = connectionInput.safeParse(input);
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			return invalid(String(issue?.path[0] ?? ''), issue?.code ?? 'invalid');
		}
		const { key, isNew, ...entered } = parsed.data;
		const { id } = entered;
		const address = readAddress(entered.url);
		if ('problem' in address) return invalid('url', address.problem);
		if (id === DEMO_ID) return invalid('id', 'fixed');
		if (!z.uuid().safeParse(id).success) return invalid('id', 'invalid_format');
		const before = await read(id);
		if (before === null && !isNew) return invalid('id', 'gone');
		if (
			key.kind === 'keep' &&
			before !== null &&
			before.key !== 'none' &&
			new URL(before.url).origin !== address.origin
		) {
			return refuse({ type: 'key_for_other_origin' });
		}
		const store = await opening;
		if (key.kind === 'set' && key.keep === 'remembered' && !(await store.lasting())) return unavailable();

		const kept = key.kind === 'keep' ? (before?.key ?? 'none') : key.kind === 'none' ? 'none' : key.keep;
		const connection: StoredConnection = { ...entered, url: address.url, key: kept };
		const placements: Placement[] = [{ shelf: 'connection', key: id, value: connection }];
		try {
			if (key.kind !== 'keep') {
				const value =
					key.kind === 'set' && key.keep === 'remembered'
						? await seal(await deviceKey(store), key.secret, id, address.origin)
						: undefined;
				placements.push({ shelf: 'secret', key: id, value });
			}
			await store.write(placements);
		} catch {
			return unavailable();
		}
		if (key.kind === 'set' && key.keep === 'session')
			session.set(id, { secret: key.secret, origin: address.origin });
		else if (key.kind !== 'keep') session.delete(id);
		announce('changed');
		return ok(await summarise(connection, await preferredId()));
	};

	return {
		connections: async () => {
			const preferred = await preferredId();
			const stored = await readAll();
			return [
				demo(preferred === DEMO_ID),
				...(await Promise.all(stored.map((one) => summarise(one, preferred))))
			];
		},
		// a database that does not come back is a refusal like any other; the next call tries again
		save: (input) => save(input).catch(unavailable),
		remove: async (id) => {
			session.delete(id);
			await (
				await opening
			).write([
				{ shelf: 'connection', key: id },
				{ shelf: 'secret', key: id }
			]);
			announce('changed');
		},
		prefer: async (id) => {
			if (id !== DEMO_ID && (await read(id)) === null) return;
			await (await opening).write([{ shelf: 'setting', key: PREFERRED, value: id }]);
			announce('changed');
		},
		forgetAllKeys: async () => {
			session.clear();
			const store = await opening;
			const sealed = await store.keys('secret');
			await store.write([
				// without the device key a copy of the sealed keys is worth nothing either
				{ shelf: 'setting', key: DEVICE_KEY },
				...sealed.map((key): Placement => ({ shelf: 'secret', key }))
			]);
			announce('keys-forgotten');
		},
		use: async (id) => {
			if (id === DEMO_ID) return ok({ provider: 'demo' });
			const connection = await read(id);
			if (connection === null) return refuse({ type: 'no-connection' });
			const secret = await secretOf(connection);
			if (connection.key !== 'none' && secret === null) return refuse({ type: 'no-key' });
			return ok({ ...connection, secret });
		},
		onChange: (listener) => void listeners.add(listener)
	};
};
