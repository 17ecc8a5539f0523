// The vault on an in-memory IndexedDB: keys go in, are bound to an origin, and come out of no interface. The real
// browsers' IndexedDB and storage of CryptoKeys are tested in the browser suite.
import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionInput } from '../protocol.ts';
import { openVaultStore } from './vault-store.ts';
import { openVault, type Vault, type VaultChannel } from './vault.ts';

const CANARY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';
const MISSING_ID = '00000000-0000-4000-8000-000000000000';

const input = (changes: Partial<ConnectionInput> = {}): ConnectionInput => ({
	id: changes.id ?? crypto.randomUUID(),
	isNew: changes.id === undefined,
	provider: 'openai-compatible',
	label: 'Mistral',
	url: 'https://api.mistral.example/v1/',
	model: 'small',
	taskModels: { classify: null, copilot: null },
	contextTokens: null,
	topP: null,
	price: null,
	key: { kind: 'set', secret: CANARY, keep: 'remembered' },
	maxOutputTokens: 400,
	temperature: null,
	...changes
});

/** Channels of several workers; a message reaches all but its sender. */
const channels = () => {
	const members: { readonly hear: (event: MessageEvent) => void; readonly owner: object }[] = [];
	const posted: unknown[] = [];
	return {
		posted,
		join: (): VaultChannel => {
			const owner = {};
			return {
				postMessage: (data: unknown) => {
					posted.push(data);
					for (const member of members)
						if (member.owner !== owner) member.hear(new MessageEvent('message', { data }));
				},
				addEventListener: (_type: string, listener: unknown) => {
					if (typeof listener === 'function')
						members.push({ owner, hear: listener as (event: MessageEvent) => void });
				}
			};
		}
	};
};

let house: ReturnType<typeof channels>;
const worker = (hasOnDevice = false): Vault =>
	openVault(openVaultStore(), house.join(), async () => hasOnDevice);

/** Every byte that lies in the database, as text. */
const everythingStored = async (): Promise<string> => {
	const database = await openDB('stet-vault');
	const texts: string[] = [];
	const walk = (value: unknown): void => {
		if (value instanceof ArrayBuffer) texts.push(Buffer.from(value).toString('latin1'));
		else if (ArrayBuffer.isView(value)) texts.push(Buffer.from(value.buffer).toString('latin1'));
		else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
		else texts.push(String(value));
	};
	for (const shelf of database.objectStoreNames) {
		walk(await database.getAllKeys(shelf));
		walk(await database.getAll(shelf));
	}
	database.close();
	return texts.join('\n');
};

const rewrite = async (
	change: (database: Awaited<ReturnType<typeof openDB>>) => Promise<unknown>
): Promise<void> => {
	const database = await openDB('stet-vault');
	await change(database);
	database.close();
};

const saved = async (vault: Vault, changes: Partial<ConnectionInput> = {}) => {
	const result = await vault.save(input(changes));
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
};

beforeEach(() => {
	vi.stubGlobal('indexedDB', new IDBFactory());
	house = channels();
});
afterEach(() => vi.unstubAllGlobals());

describe('the demo connection', () => {
	it('is always there, preferred until another is, and cannot be changed or removed', async () => {
		const vault = worker();
		const [demo, ...others] = await vault.connections();
		expect(demo).toMatchObject({
			id: 'demo',
			provider: 'demo',
			// the screens name it
			label: '',
			key: 'none',
			keyEnd: null,
			url: '',
			preferred: true,
			lasting: true
		});
		expect(others).toEqual([]);
		await vault.remove('demo');
		expect(await vault.save(input({ id: 'demo' }))).toEqual({
			ok: false,
			error: { type: 'invalid_input', field: 'id', problem: 'fixed' }
		});
		const { id } = await saved(vault);
		expect((await vault.connections()).map((one) => [one.id, one.preferred])).toEqual([
			['demo', true],
			[id, false]
		]);
		await vault.prefer(id);
		expect((await vault.connections()).map((one) => one.preferred)).toEqual([false, true]);
		await vault.prefer(MISSING_ID);
		expect((await vault.connections()).map((one) => one.preferred)).toEqual([false, true]);
		await vault.remove(id);
		expect((await vault.connections()).map((one) => [one.id, one.preferred])).toEqual([['demo', true]]);
	});
});

describe('a remembered key', () => {
	it('is used by another worker later, and shows its last four characters only', async () => {
		const summary = await saved(worker());
		expect(summary).toEqual({
			id: expect.any(String),
			provider: 'openai-compatible',
			label: 'Mistral',
			url: 'https://api.mistral.example/v1',
			model: 'small',
			taskModels: { classify: null, copilot: null },
			contextTokens: null,
			topP: null,
			price: null,
			key: 'remembered',
			keep: 'remembered',
			keyEnd: 'd7e8',
			preferred: false,
			lasting: true,
			maxOutputTokens: 400,
			temperature: null
		});
		const later = worker();
		expect((await later.connections())[1]).toEqual(summary);
		expect(await later.use(summary.id)).toMatchObject({
			ok: true,
			value: { secret: CANARY, model: 'small' }
		});
	});

	it('lies in the database unreadable, under a key that cannot be exported', async () => {
		await saved(worker());
		const stored = await everythingStored();
		expect(stored).toContain('https://api.mistral.example/v1');
		expect(stored).not.toContain(CANARY);
		expect(stored).not.toContain(CANARY.slice(-8));
		await rewrite(async (database) => {
			const key: unknown = await database.get('setting', 'device-key');
			expect(key).toBeInstanceOf(CryptoKey);
			if (key instanceof CryptoKey) await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
		});
	});

	it('opens for no other origin and no other connection, whatever is written into the database', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		const other = await saved(vault, {
			label: 'Other',
			key: { kind: 'set', secret: 'another-key-of-mine', keep: 'remembered' }
		});
		await rewrite(async (database) => {
			const connection: object = await database.get('connection', id);
			await database.put('connection', { ...connection, url: 'https://evil.example/v1' }, id);
			await database.put('secret', await database.get('secret', id), other.id);
		});
		expect(await vault.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
		expect(await vault.use(other.id)).toEqual({ ok: false, error: { type: 'no-key' } });
		expect((await vault.connections()).slice(1).map((one) => [one.key, one.keyEnd])).toEqual([
			['missing', null],
			['missing', null]
		]);
	});

	it('stays with another path of the same origin, and is asked again for another origin', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		const moved = await saved(vault, { id, url: 'https://api.mistral.example/v2', key: { kind: 'keep' } });
		expect(moved).toMatchObject({
			id,
			url: 'https://api.mistral.example/v2',
			key: 'remembered',
			keyEnd: 'd7e8'
		});
		for (const url of [
			'https://evil.example/v1',
			'https://api.mistral.example:8443/v1',
			'http://localhost:1/v1'
		]) {
			const refused = await vault.save(input({ id, url, key: { kind: 'keep' } }));
			expect(refused).toEqual({ ok: false, error: { type: 'key_for_other_origin' } });
		}
		expect((await vault.connections())[1]?.url).toBe('https://api.mistral.example/v2');
		const entered = await saved(vault, {
			id,
			url: 'https://other.example/v1',
			key: { kind: 'set', secret: 'a-key-for-the-other-one', keep: 'remembered' }
		});
		expect(await vault.use(entered.id)).toMatchObject({ value: { secret: 'a-key-for-the-other-one' } });
	});

	it('goes when it is replaced by none, or by one for the session', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		await saved(vault, { id, key: { kind: 'none' } });
		expect(await vault.use(id)).toMatchObject({ ok: true, value: { secret: null } });
		await saved(vault, { id });
		await saved(vault, { id, key: { kind: 'set', secret: 'for-this-session-only', keep: 'session' } });
		await rewrite(async (database) => expect(await database.count('secret')).toBe(0));
	});

	it('is sealed under one device key, also when two tabs make the first one at once', async () => {
		const [a, b] = [worker(), worker()];
		const [first, second] = await Promise.all([saved(a, { label: 'A' }), saved(b, { label: 'B' })]);
		const later = worker();
		expect(await later.use(first.id)).toMatchObject({ value: { secret: CANARY } });
		expect(await later.use(second.id)).toMatchObject({ value: { secret: CANARY } });
	});
});

describe('a key for this session', () => {
	it('is held by this worker alone and written nowhere', async () => {
		const vault = worker();
		const { id, key, keyEnd } = await saved(vault, { key: { kind: 'set', secret: CANARY, keep: 'session' } });
		expect([key, keyEnd]).toEqual(['session', 'd7e8']);
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
		expect(await everythingStored()).not.toContain('d7e8');
		const other = worker();
		// that it is gone does not make it another kind of key: entered anew, it is kept no longer
		expect((await other.connections())[1]).toMatchObject({ key: 'missing', keep: 'session', keyEnd: null });
		expect(await other.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
	});

	it.each<[string, (vault: Vault, id: string) => Promise<unknown>]>([
		['the connection is deleted', (vault, id) => vault.remove(id)],
		['it needs no key any more', (vault, id) => saved(vault, { id, key: { kind: 'none' } })],
		[
			'its address changes',
			(vault, id) =>
				saved(vault, {
					id,
					url: 'https://other.example/v1',
					key: { kind: 'set', secret: 'for-the-other-one', keep: 'session' }
				})
		]
	])('is forgotten by other tabs when %s', async (_, change) => {
		const [vault, other] = [worker(), worker()];
		const session = { kind: 'set', secret: CANARY, keep: 'session' } as const;
		const { id } = await saved(other, { key: session });
		await saved(other, { label: 'Another', key: session });
		await change(vault, id);
		// the pruning reads the database first
		await other.connections();
		// as it was before: a key that was still held would fit again
		await saved(vault, {
			id,
			isNew: true,
			key: { kind: 'set', secret: 'of-this-tab-alone', keep: 'session' }
		});
		expect(await other.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
		const another = (await other.connections()).find(({ label }) => label === 'Another');
		expect(await other.use(another?.id ?? '')).toMatchObject({ value: { secret: CANARY } });
	});

	it('shows nothing of a short key', async () => {
		expect(
			(await saved(worker(), { key: { kind: 'set', secret: 'elevenchars', keep: 'session' } })).keyEnd
		).toBeNull();
		expect(
			(await saved(worker(), { key: { kind: 'set', secret: 'twelve-chars', keep: 'session' } })).keyEnd
		).toBe('hars');
	});
});

describe('forgetting', () => {
	it('takes every key, here and in other tabs, and leaves the connections', async () => {
		const [vault, other] = [worker(), worker()];
		const remembered = await saved(vault);
		const held = await saved(other, {
			label: 'Session',
			key: { kind: 'set', secret: CANARY, keep: 'session' }
		});
		const open = await saved(vault, {
			label: 'No key',
			url: 'http://localhost:11434/v1',
			key: { kind: 'none' }
		});
		const before = await (async () => {
			const database = await openDB('stet-vault');
			const copy: unknown = await database.get('secret', remembered.id);
			database.close();
			return copy;
		})();
		await vault.forgetAllKeys();
		for (const one of [vault, other]) {
			expect((await one.connections()).slice(1).map(({ label, key }) => [label, key])).toEqual([
				['Mistral', 'missing'],
				['No key', 'none'],
				['Session', 'missing']
			]);
			expect(await one.use(remembered.id)).toEqual({ ok: false, error: { type: 'no-key' } });
			expect(await one.use(held.id)).toEqual({ ok: false, error: { type: 'no-key' } });
			expect(await one.use(open.id)).toMatchObject({ ok: true, value: { secret: null } });
		}
		// a copy of the sealed key put back does not open: the device key is another
		await saved(vault, { label: 'New' });
		await rewrite((database) => database.put('secret', before, remembered.id));
		expect(await vault.use(remembered.id)).toEqual({ ok: false, error: { type: 'no-key' } });
	});
});

describe('other tabs', () => {
	it('hear of every change, without what changed', async () => {
		const [vault, other] = [worker(), worker()];
		const [here, there] = [vi.fn(), vi.fn()];
		vault.onChange(here);
		other.onChange(there);
		const { id } = await saved(vault);
		await vault.prefer(id);
		await vault.forgetAllKeys();
		await vault.remove(id);
		expect(here).toHaveBeenCalledTimes(4);
		expect(there).toHaveBeenCalledTimes(4);
		expect(house.posted).toEqual(['changed', 'changed', 'keys-forgotten', 'changed']);
	});
});

describe('what is entered', () => {
	it.each([
		[{ label: ' ' }, 'label', 'too_small'],
		[{ label: 'x'.repeat(81) }, 'label', 'too_big'],
		[{ model: '' }, 'model', 'too_small'],
		[{ url: 'mistral' }, 'url', 'not-a-url'],
		[{ url: 'javascript:alert(1)' }, 'url', 'not-a-url'],
		[{ url: 'http://192.168.1.5:8080/v1' }, 'url', 'not-https'],
		[{ url: 'http://localhost.evil.example/v1' }, 'url', 'not-https'],
		[{ url: 'https://me:pass@api.example/v1' }, 'url', 'has-credentials'],
		[{ url: `https://api.example/v1?key=${CANARY}` }, 'url', 'has-query'],
		[{ maxOutputTokens: 0 }, 'maxOutputTokens', 'too_small'],
		[{ temperature: 3 }, 'temperature', 'too_big'],
		[{ key: { kind: 'set', secret: `${CANARY} and words`, keep: 'remembered' } }, 'key', 'invalid_format'],
		[{ key: { kind: 'set', secret: '', keep: 'remembered' } }, 'key', 'invalid_format'],
		[{ url: 'http://127.0.0.2:8080/v1' }, 'url', 'other-loopback'],
		[{ url: 'http://[::1]:8080/v1' }, 'url', 'other-loopback'],
		[{ url: 'http://ollama.localhost/v1' }, 'url', 'other-loopback'],
		[{ id: 'my own', isNew: true }, 'id', 'invalid_format'],
		[{ id: 'demo', isNew: true }, 'id', 'fixed'],
		[{ id: MISSING_ID }, 'id', 'gone']
	] satisfies [Partial<ConnectionInput>, string, string][])(
		'%j is refused by name of field',
		async (changes, field, problem) => {
			const vault = worker();
			const result = await vault.save(input(changes));
			expect(result).toEqual({ ok: false, error: { type: 'invalid_input', field, problem } });
			expect(JSON.stringify(result)).not.toContain('canary');
			expect(await vault.connections()).toHaveLength(1);
		}
	);

	it.each([
		['https://api.example/v1/chat/completions', 'https://api.example/v1'],
		['http://localhost:11434/v1/', 'http://localhost:11434/v1'],
		['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1'],
		['http://LOCALHOST:1', 'http://localhost:1'],
		['https://[::1]:8080', 'https://[::1]:8080'],
		[' https://API.example ', 'https://api.example']
	])('%j is kept as %j', async (url, kept) => {
		expect((await saved(worker(), { url })).url).toBe(kept);
	});

	it('may be a key with spaces around it, or with the word Bearer', async () => {
		const vault = worker();
		const { id } = await saved(vault, {
			key: { kind: 'set', secret: ` Bearer ${CANARY}\n`, keep: 'remembered' }
		});
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
	});
});

describe('a connection saved twice', () => {
	it('because its answer was lost is one connection', async () => {
		const vault = worker();
		const same = input();
		expect(await vault.save(same)).toEqual(await vault.save(same));
		expect(await vault.connections()).toHaveLength(2);
	});
});

describe('what is stored', () => {
	it('is passed over where it is not ours', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		await rewrite(async (database) => {
			await database.put('connection', { id: MISSING_ID, label: 'broken' }, MISSING_ID);
			await database.put('connection', 7, 'seven');
			const good: object = await database.get('connection', id);
			const plain = { ...good, id: crypto.randomUUID(), url: 'http://evil.example/v1' };
			await database.put('connection', plain, plain.id);
			await database.put('setting', MISSING_ID, 'preferred');
		});
		expect((await vault.connections()).map((one) => [one.id, one.preferred])).toEqual([
			['demo', true],
			[id, false]
		]);
		expect(await vault.use(MISSING_ID)).toEqual({ ok: false, error: { type: 'no-connection' } });
	});
});

describe('when the database closes under the vault', () => {
	const opened = (): IDBDatabase[] => {
		const databases: IDBDatabase[] = [];
		const open = indexedDB.open.bind(indexedDB);
		vi.spyOn(indexedDB, 'open').mockImplementation((...how) => {
			const request = open(...how);
			request.addEventListener('success', () => databases.push(request.result));
			return request;
		});
		return databases;
	};

	it('because it was deleted elsewhere, a new one is opened', async () => {
		const vault = worker();
		await saved(vault);
		await deleteDB('stet-vault');
		expect(await vault.connections()).toHaveLength(1);
		expect(await saved(vault)).toMatchObject({ key: 'remembered', lasting: true });
		expect((await worker().connections())[1]).toMatchObject({ key: 'remembered' });
	});

	it('because the browser ended it, it is opened again', async () => {
		const databases = opened();
		const vault = worker();
		const { id } = await saved(vault);
		for (const database of databases) forceCloseDatabase(database as never);
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
	});

	it('without a word, it is opened again', async () => {
		const databases = opened();
		const vault = worker();
		const { id } = await saved(vault);
		for (const database of databases) database.close();
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
		for (const database of databases) database.close();
		expect(await saved(vault, { id, label: 'Changed' })).toMatchObject({ label: 'Changed', lasting: true });
	});

	it('and cannot be opened for a while, saving is refused, and works again later', async () => {
		const databases = opened();
		const vault = worker();
		await saved(vault);
		for (const database of databases) database.close();
		vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
			throw new DOMException('The disk is busy.', 'UnknownError');
		});
		expect(await vault.save(input())).toEqual({ ok: false, error: { type: 'vault_unavailable' } });
		expect(await saved(vault)).toMatchObject({ key: 'remembered', lasting: true });
		expect(await vault.connections()).toHaveLength(3);
	});

	it('for a newer version of Stet, it goes on for the session and promises nothing', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		const newer = await openDB('stet-vault', 3);
		expect(await vault.save(input())).toEqual({ ok: false, error: { type: 'vault_unavailable' } });
		expect(await saved(vault, { key: { kind: 'none' } })).toMatchObject({ lasting: false });
		expect(await vault.use(id)).toEqual({ ok: false, error: { type: 'no-connection' } });
		newer.close();
	});
});

describe('a connection stored before there were providers', () => {
	it('is a compatible server with its key, and no more settings than it had', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		await rewrite(async (database) => {
			const { provider, taskModels, contextTokens, topP, price, ...earlier } = await database.get(
				'connection',
				id
			);
			expect([provider, taskModels, contextTokens, topP, price]).toHaveLength(5);
			await database.put('connection', earlier, id);
		});
		expect(await worker().use(id)).toMatchObject({
			ok: true,
			value: {
				provider: 'openai-compatible',
				taskModels: { classify: null, copilot: null },
				contextTokens: null,
				topP: null,
				price: null,
				secret: CANARY
			}
		});
	});
});

describe('another provider', () => {
	it.each<ConnectionInput['provider']>(['anthropic', 'openai', 'google', 'openrouter'])(
		'%s does not get a key entered for a compatible server, nor the other way round',
		async (provider) => {
			const vault = worker();
			const { id } = await saved(vault);
			const moved = await vault.save(input({ id, provider, key: { kind: 'keep' } }));
			expect(moved).toEqual({ ok: false, error: { type: 'key_for_other_origin' } });
			const own = await saved(vault, { provider });
			for (const one of [
				{ id, provider },
				{ id: own.id, provider: 'openai-compatible' }
			]) {
				await rewrite(async (database) => {
					const stored: object = await database.get('connection', one.id);
					await database.put('connection', { ...stored, provider: one.provider }, one.id);
				});
				expect(await vault.use(one.id)).toEqual({ ok: false, error: { type: 'no-key' } });
			}
		}
	);
});

describe('the passphrase', () => {
	const PASSPHRASE = 'correct horse battery';
	const sealed = (changes: Partial<ConnectionInput> = {}) =>
		({
			key: { kind: 'set', secret: CANARY, keep: 'passphrase' },
			...changes
		}) satisfies Partial<ConnectionInput>;
	const lockRow = async (): Promise<Record<string, unknown>> => {
		const database = await openDB('stet-vault');
		const row: Record<string, unknown> = await database.get('setting', 'lock');
		database.close();
		return row;
	};

	it('is set by the first unlock, opens again in a worker of its own only when given, and is stored nowhere', async () => {
		const vault = worker();
		expect(await vault.state()).toBe('none');
		expect(await vault.unlock(PASSPHRASE)).toEqual({ ok: true, value: null });
		expect(await vault.state()).toBe('unlocked');
		const { id, key, keyEnd } = await saved(vault, sealed());
		expect([key, keyEnd]).toEqual(['passphrase', 'd7e8']);
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });

		const other = worker();
		expect(await other.state()).toBe('locked');
		expect((await other.connections())[1]).toMatchObject({ key: 'locked', keyEnd: null });
		expect(await other.use(id)).toEqual({ ok: false, error: { type: 'locked' } });
		expect(await other.unlock('correct horse batterz')).toEqual({
			ok: false,
			error: { type: 'wrong_passphrase' }
		});
		expect(await other.state()).toBe('locked');
		expect(await other.unlock(PASSPHRASE)).toEqual({ ok: true, value: null });
		expect(await other.use(id)).toMatchObject({ value: { secret: CANARY } });

		const stored = await everythingStored();
		for (const secret of [CANARY, CANARY.slice(-8), PASSPHRASE, 'battery'])
			expect(stored).not.toContain(secret);
		expect(house.posted.map((what) => typeof what)).not.toContain('object');
	});

	it('is stretched over a random salt at least 600,000 times, and the key in use cannot be read', async () => {
		const vault = worker();
		await vault.unlock(PASSPHRASE);
		const row = await lockRow();
		expect(row['iterations']).toBeGreaterThanOrEqual(600_000);
		expect((row['salt'] as Uint8Array).length).toBeGreaterThanOrEqual(16);
		const derive = vi.spyOn(crypto.subtle, 'deriveKey');
		const unwrap = vi.spyOn(crypto.subtle, 'unwrapKey');
		await worker().unlock(PASSPHRASE);
		expect(derive.mock.calls[0]?.[0]).toMatchObject({
			name: 'PBKDF2',
			hash: 'SHA-256',
			iterations: row['iterations']
		});
		const inUse = await unwrap.mock.results[0]?.value;
		expect(inUse).toBeInstanceOf(CryptoKey);
		if (inUse instanceof CryptoKey) await expect(crypto.subtle.exportKey('raw', inUse)).rejects.toThrow();
		vi.restoreAllMocks();
		await vault.forgetAllKeys();
		await vault.unlock(PASSPHRASE);
		expect((await lockRow())['salt']).not.toEqual(row['salt']);
	});

	it('is the same one however a keyboard composes it', async () => {
		await worker().unlock('gru\u0308ne Wiese');
		expect(await worker().unlock('gr\u00fcne Wiese')).toEqual({ ok: true, value: null });
	});

	it.each([
		['', 'too_small'],
		['1234567', 'too_small'],
		['😀😀😀😀😀😀😀', 'too_small'],
		['x'.repeat(1001), 'too_big'],
		[7, 'invalid_type']
	])('cannot be %j', async (passphrase, problem) => {
		const vault = worker();
		const refused = { ok: false, error: { type: 'invalid_input', field: 'passphrase', problem } };
		expect(await vault.unlock(passphrase)).toEqual(refused);
		expect(await vault.state()).toBe('none');
		await vault.unlock(PASSPHRASE);
		expect(await vault.changePassphrase(PASSPHRASE, passphrase)).toEqual(refused);
	});

	it('has to be set and given before a key is sealed with it', async () => {
		const vault = worker();
		const refused = (problem: string) => ({
			ok: false,
			error: { type: 'invalid_input', field: 'passphrase', problem }
		});
		expect(await vault.save(input(sealed()))).toEqual(refused('none'));
		await worker().unlock(PASSPHRASE);
		expect(await vault.save(input(sealed()))).toEqual(refused('locked'));
		expect(await vault.changePassphrase('another one', 'and another')).toEqual({
			ok: false,
			error: { type: 'wrong_passphrase' }
		});
		expect(await vault.connections()).toHaveLength(1);
	});

	it('cannot be changed before it is set', async () => {
		expect(await worker().changePassphrase(PASSPHRASE, PASSPHRASE)).toEqual({
			ok: false,
			error: { type: 'invalid_input', field: 'passphrase', problem: 'none' }
		});
	});

	it('drops what it opened on Lock, here and in every tab', async () => {
		const [vault, other] = [worker(), worker()];
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed());
		await other.unlock(PASSPHRASE);
		expect(await other.use(id)).toMatchObject({ ok: true });
		await vault.lock();
		for (const one of [vault, other]) {
			expect(await one.state()).toBe('locked');
			expect(await one.use(id)).toEqual({ ok: false, error: { type: 'locked' } });
		}
		expect(house.posted.at(-1)).toBe('locked');
	});

	it('opens nothing when Lock came while it was being tried', async () => {
		const vault = worker();
		await vault.unlock(PASSPHRASE);
		await vault.lock();
		const trying = vault.unlock(PASSPHRASE);
		await vault.lock();
		await trying;
		expect(await vault.state()).toBe('locked');
	});

	it('set in two tabs at once is one: the other tab has given the same, or is told that it is wrong', async () => {
		const [one, other] = [worker(), worker()];
		expect(await Promise.all([one.unlock(PASSPHRASE), other.unlock(PASSPHRASE)])).toEqual([
			{ ok: true, value: null },
			{ ok: true, value: null }
		]);
		const { id } = await saved(one, sealed());
		expect(await other.use(id)).toMatchObject({ value: { secret: CANARY } });
		await one.forgetAllKeys();
		const results = await Promise.all([one.unlock('the first of two'), other.unlock('the second of two')]);
		expect(results.filter(({ ok }) => ok)).toHaveLength(1);
		expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, error: { type: 'wrong_passphrase' } });
		expect([await one.state(), await other.state()].toSorted()).toEqual(['locked', 'unlocked']);
	});

	it('changed, opens the same keys, and the old one opens nothing, not even a copied lock', async () => {
		const [vault, other] = [worker(), worker()];
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed());
		await other.unlock(PASSPHRASE);
		const oldLock = await lockRow();
		expect(await vault.changePassphrase(PASSPHRASE, 'a new one, longer')).toEqual({ ok: true, value: null });
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
		// the other tab has the key of before, which seals nothing any more
		expect(await other.state()).toBe('locked');
		expect(await other.unlock(PASSPHRASE)).toMatchObject({ error: { type: 'wrong_passphrase' } });
		expect(await other.unlock('a new one, longer')).toMatchObject({ ok: true });
		expect(await other.use(id)).toMatchObject({ value: { secret: CANARY } });
		await rewrite((database) => database.put('setting', oldLock, 'lock'));
		const copy = worker();
		expect(await copy.unlock(PASSPHRASE)).toMatchObject({ ok: true });
		expect(await copy.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
	});

	it('changed while another tab seals a key loses neither', async () => {
		const [vault, other] = [worker(), worker()];
		await vault.unlock(PASSPHRASE);
		await other.unlock(PASSPHRASE);
		const first = await saved(vault, sealed());
		const [changed, second] = await Promise.all([
			vault.changePassphrase(PASSPHRASE, 'a new one, longer'),
			other.save(input(sealed({ label: 'Second' })))
		]);
		expect(changed).toMatchObject({ ok: true });
		expect(second).toMatchObject({ ok: true });
		expect(await vault.use(first.id)).toMatchObject({ value: { secret: CANARY } });
		if (second.ok) expect(await vault.use(second.value.id)).toMatchObject({ value: { secret: CANARY } });
	});

	it.each(['keeps a key otherwise', 'deletes a connection'])(
		'changed while another tab %s takes nothing back',
		async (what) => {
			const other = worker();
			/** What the other tab does once everything was sealed anew, before it is written. */
			let meanwhile: (() => Promise<unknown>) | null = null;
			const store = openVaultStore().then((real) => ({
				...real,
				writeIf: async (...given: Parameters<typeof real.writeIf>) => {
					const interfere = meanwhile;
					meanwhile = null;
					await interfere?.();
					return real.writeIf(...given);
				}
			}));
			const vault = openVault(store, house.join());
			await vault.unlock(PASSPHRASE);
			const { id } = await saved(vault, sealed());
			const secret = 'sk-remembered-meanwhile-0123';
			meanwhile = () =>
				what === 'deletes a connection'
					? other.remove(id)
					: saved(other, { id, isNew: false, key: { kind: 'set', secret, keep: 'remembered' } });
			expect(await vault.changePassphrase(PASSPHRASE, 'a new one, longer')).toEqual({
				ok: true,
				value: null
			});
			let left: unknown;
			await rewrite(async (database) => {
				left = await database.getAllKeys('secret');
			});
			if (what === 'deletes a connection') expect(left).toEqual([]);
			else expect(await vault.use(id)).toMatchObject({ value: { secret } });
		}
	);

	it('keys sealed by two tabs at once are both kept', async () => {
		const [vault, other] = [worker(), worker()];
		await vault.unlock(PASSPHRASE);
		await other.unlock(PASSPHRASE);
		const both = await Promise.all([saved(vault, sealed()), saved(other, sealed({ label: 'Other' }))]);
		for (const { id } of both) expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
	});

	it('seals a key for one connection, one address and one provider', async () => {
		const vault = worker();
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed({ provider: 'openai' }));
		const other = await saved(vault, sealed({ label: 'Other' }));
		const entries = async (change: object) =>
			rewrite(async (database) => {
				const stored: object = await database.get('connection', id);
				await database.put('connection', { ...stored, ...change }, id);
			});
		const lost = { ok: false, error: { type: 'no-key' } };
		await entries({ url: 'https://evil.example/v1' });
		expect(await vault.use(id)).toEqual(lost);
		await entries({ url: 'https://api.mistral.example/v1', provider: 'google' });
		expect(await vault.use(id)).toEqual(lost);
		// as a remembered one it would be opened with the device key
		await entries({ provider: 'openai', key: 'remembered' });
		expect(await vault.use(id)).toEqual(lost);
		await entries({ key: 'passphrase' });
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
		await rewrite(async (database) => database.put('secret', await database.get('secret', id), other.id));
		expect(await vault.use(other.id)).toEqual(lost);
	});

	it.each<[string, (row: Record<string, unknown>) => unknown]>([
		['is not ours', () => 'broken'],
		['was stretched too little', (row) => ({ ...row, iterations: 599_999 })],
		['would keep the device busy for hours', (row) => ({ ...row, iterations: 4_000_000_000 })],
		['has lost its salt', (row) => ({ ...row, salt: new Uint8Array(0) })]
	])('whose lock %s is gone: keys are asked for again, and another can be set', async (_what, spoil) => {
		const vault = worker();
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed());
		const row = await lockRow();
		await rewrite(async (database) => database.put('setting', spoil(row), 'lock'));
		expect(await vault.state()).toBe('none');
		expect(await vault.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
		expect(await vault.unlock('quite another one')).toMatchObject({ ok: true });
		expect((await vault.connections())[1]).toMatchObject({ key: 'missing' });
	});

	it('whose wrapped key was changed opens with no passphrase, and a damaged secret is a missing one', async () => {
		const vault = worker();
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed());
		await rewrite(async (database) => {
			const sealedKey: { nonce: Uint8Array; sealed: ArrayBuffer } = await database.get('secret', id);
			const bytes = new Uint8Array(sealedKey.sealed);
			bytes[0] = (bytes[0] ?? 0) ^ 1;
			await database.put('secret', sealedKey, id);
		});
		expect(await vault.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
		await rewrite(async (database) => {
			const row: { wrapped: ArrayBuffer } = await database.get('setting', 'lock');
			const bytes = new Uint8Array(row.wrapped);
			bytes[0] = (bytes[0] ?? 0) ^ 1;
			await database.put('setting', row, 'lock');
		});
		expect(await worker().unlock(PASSPHRASE)).toEqual({ ok: false, error: { type: 'wrong_passphrase' } });
	});

	it('goes with its salt and every key when all keys are forgotten, in all tabs', async () => {
		const [vault, other] = [worker(), worker()];
		await vault.unlock(PASSPHRASE);
		const { id } = await saved(vault, sealed());
		await other.unlock(PASSPHRASE);
		const [row, secret] = [await lockRow(), await (await openVaultStore()).get('secret', id)];
		await vault.forgetAllKeys();
		await rewrite(async (database) => {
			expect(await database.count('secret')).toBe(0);
			expect(await database.get('setting', 'lock')).toBeUndefined();
		});
		for (const one of [vault, other]) {
			expect(await one.state()).toBe('none');
			expect(await one.use(id)).toEqual({ ok: false, error: { type: 'no-key' } });
		}
		// what a tab held was dropped: even the old rows put back need the passphrase
		await rewrite(async (database) => {
			await database.put('setting', row, 'lock');
			await database.put('secret', secret, id);
		});
		expect([await vault.state(), await other.state()]).toEqual(['locked', 'locked']);
	});

	it('is not set where nothing lasts', async () => {
		vi.stubGlobal('indexedDB', {
			open: () => {
				throw new DOMException('The operation is insecure.', 'SecurityError');
			}
		});
		const vault = worker();
		expect(await vault.unlock(PASSPHRASE)).toEqual({ ok: false, error: { type: 'vault_unavailable' } });
		expect(await vault.state()).toBe('none');
	});
});

describe('an endpoint that is not saved yet', () => {
	const at = (changes: Partial<ConnectionInput> = {}) => {
		const { id, provider, url, key } = input(changes);
		return { id, provider, url, key };
	};
	it('has the key that is typed, or none', async () => {
		const vault = worker();
		expect(await vault.resolve(at({ provider: 'google' }))).toEqual({
			ok: true,
			value: { provider: 'google', url: 'https://api.mistral.example/v1', secret: CANARY }
		});
		expect(await vault.resolve(at({ key: { kind: 'none' } }))).toMatchObject({ value: { secret: null } });
		expect(await vault.connections()).toHaveLength(1);
	});
	it('has the stored key for the same address and provider alone', async () => {
		const vault = worker();
		const { id } = await saved(vault);
		const keep = { id, key: { kind: 'keep' } } as const;
		expect(await vault.resolve(at(keep))).toMatchObject({ value: { secret: CANARY } });
		expect(await vault.resolve(at({ ...keep, url: 'https://api.mistral.example/v2' }))).toMatchObject({
			value: { secret: CANARY, url: 'https://api.mistral.example/v2' }
		});
		for (const moved of [{ url: 'https://evil.example/v1' }, { provider: 'openai' as const }])
			expect(await vault.resolve(at({ ...keep, ...moved }))).toEqual({
				ok: false,
				error: { type: 'key_for_other_origin' }
			});
		await vault.forgetAllKeys();
		expect(await vault.resolve(at(keep))).toEqual({ ok: false, error: { type: 'no-key' } });
		expect(await vault.resolve(at({ ...keep, id: MISSING_ID }))).toMatchObject({
			error: { problem: 'gone' }
		});
		expect(await vault.resolve(at({ url: 'http://evil.example' }))).toMatchObject({
			error: { type: 'invalid_input', field: 'url', problem: 'not-https' }
		});
	});
	it('is locked with the vault', async () => {
		const vault = worker();
		await vault.unlock('correct horse battery');
		const { id } = await saved(vault, { key: { kind: 'set', secret: CANARY, keep: 'passphrase' } });
		await vault.lock();
		expect(await vault.resolve(at({ id, key: { kind: 'keep' } }))).toEqual({
			ok: false,
			error: { type: 'locked' }
		});
	});
});

describe('the model in the browser', () => {
	it('is listed and used where there is one, and the demo takes its place where there is not', async () => {
		const vault = worker(true);
		await vault.prefer('on-device');
		expect((await vault.connections()).map(({ id, preferred }) => [id, preferred])).toEqual([
			['demo', false],
			['on-device', true]
		]);
		expect(await vault.use('on-device')).toEqual({ ok: true, value: { provider: 'on-device' } });
		expect(await vault.save(input({ id: 'on-device' }))).toMatchObject({ error: { problem: 'fixed' } });
		expect((await worker(false).connections()).map(({ id, preferred }) => [id, preferred])).toEqual([
			['demo', true]
		]);
	});
});

describe('without IndexedDB', () => {
	it('connections work for the session, say so, and remembering is refused rather than promised', async () => {
		vi.stubGlobal('indexedDB', {
			open: () => {
				throw new DOMException('The operation is insecure.', 'SecurityError');
			}
		});
		const vault = worker();
		expect(await vault.save(input())).toEqual({ ok: false, error: { type: 'vault_unavailable' } });
		const { id } = await saved(vault, { key: { kind: 'set', secret: CANARY, keep: 'session' } });
		await vault.prefer(id);
		expect((await vault.connections())[1]).toMatchObject({
			id,
			key: 'session',
			preferred: true,
			lasting: false
		});
		expect(await vault.use(id)).toMatchObject({ value: { secret: CANARY } });
	});
});
