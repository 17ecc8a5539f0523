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
	label: 'Mistral',
	url: 'https://api.mistral.example/v1/',
	model: 'small',
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
const worker = (): Vault => openVault(openVaultStore(), house.join());

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
			key: 'remembered',
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
		expect((await other.connections())[1]).toMatchObject({ key: 'missing', keyEnd: null });
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
		const newer = await openDB('stet-vault', 2);
		expect(await vault.save(input())).toEqual({ ok: false, error: { type: 'vault_unavailable' } });
		expect(await saved(vault, { key: { kind: 'none' } })).toMatchObject({ lasting: false });
		expect(await vault.use(id)).toEqual({ ok: false, error: { type: 'no-connection' } });
		newer.close();
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
