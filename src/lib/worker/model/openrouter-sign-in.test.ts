// The end of a sign-in: one request with the code, and a key that goes nowhere but into the vault.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionInput } from '../protocol.ts';
import { finishSignIn } from './openrouter-sign-in.ts';
import { openVaultStore } from './vault-store.ts';
import { openVault, type Vault } from './vault.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const KEY = 'sk-or-v1-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';
const CODE = { code: 'the-code', verifier: 'the-verifier' };

let vault: Vault;
beforeEach(() => {
	vi.stubGlobal('indexedDB', new IDBFactory());
	vault = openVault(openVaultStore(), { postMessage: () => undefined, addEventListener: () => undefined });
});
afterEach(() => vi.unstubAllGlobals());

const around = (answer: () => Response | Promise<Response>, online = true) => {
	const fetch = vi.fn<typeof globalThis.fetch>(async () => answer());
	return { fetch, online: () => online };
};

it('makes a connection of the key, uses it, and shows its last four characters', async () => {
	const world = around(() => Response.json({ key: KEY, user_id: 'user' }));
	const result = await finishSignIn(ID, CODE, vault, world);
	expect(result).toMatchObject({
		ok: true,
		value: {
			id: ID,
			provider: 'openrouter',
			url: 'https://openrouter.ai/api/v1',
			key: 'remembered',
			keyEnd: 'd7e8'
		}
	});
	expect(JSON.stringify(result)).not.toContain('canary');
	expect((await vault.connections()).find(({ preferred }) => preferred)?.id).toBe(ID);
	expect(await vault.use(ID)).toMatchObject({ value: { secret: KEY } });
	expect(world.fetch).toHaveBeenCalledOnce();
	const [url, init] = world.fetch.mock.calls[0] ?? [];
	expect(url).toBe('https://openrouter.ai/api/v1/auth/keys');
	expect(init).toMatchObject({
		method: 'POST',
		redirect: 'error',
		credentials: 'omit',
		referrerPolicy: 'no-referrer',
		body: JSON.stringify({ code: 'the-code', code_verifier: 'the-verifier', code_challenge_method: 'S256' })
	});
});

it('keeps the key for the session where nothing lasts', async () => {
	vi.stubGlobal('indexedDB', {
		open: () => {
			throw new DOMException('The operation is insecure.', 'SecurityError');
		}
	});
	vault = openVault(openVaultStore(), { postMessage: () => undefined, addEventListener: () => undefined });
	const result = await finishSignIn(
		ID,
		CODE,
		vault,
		around(() => Response.json({ key: KEY }))
	);
	expect(result).toMatchObject({ ok: true, value: { key: 'session', preferred: false, lasting: false } });
	expect(await vault.use(ID)).toMatchObject({ value: { secret: KEY } });
});

it.each<[string, () => Response | Promise<Response>, string]>([
	['a code used twice', () => Response.json({ error: { message: KEY } }, { status: 403 }), 'sign_in_refused'],
	['a wrong verifier', () => Response.json({}, { status: 400 }), 'sign_in_refused'],
	['a server in trouble', () => new Response('', { status: 502 }), 'overloaded'],
	['too many tries', () => new Response('', { status: 429 }), 'overloaded'],
	['a page', () => new Response('<html>'), 'not-an-api'],
	['no key', () => Response.json({ key: '' }), 'not-an-api'],
	['no answer', () => Promise.reject(new TypeError('Failed to fetch')), 'unreachable']
])('%s makes no connection', async (_what, answer, type) => {
	const result = await finishSignIn(ID, CODE, vault, around(answer));
	expect(result).toMatchObject({ ok: false, error: { type } });
	expect(JSON.stringify(result)).not.toContain('canary');
	expect(await vault.connections()).toHaveLength(1);
});

it('says that the device is offline', async () => {
	const world = around(() => Promise.reject(new TypeError('Failed to fetch')), false);
	expect(await finishSignIn(ID, CODE, vault, world)).toMatchObject({ error: { type: 'offline' } });
});

describe('signing in again', () => {
	const make = async (changes: Partial<ConnectionInput>) => {
		const saved = await vault.save({
			id: ID,
			isNew: true,
			provider: 'openrouter',
			label: 'Mine',
			url: 'https://openrouter.ai/api/v1',
			key: { kind: 'set', secret: 'sk-or-v1-the-old-one', keep: 'remembered' },
			model: 'my-model',
			taskModels: { classify: 'small', copilot: null },
			contextTokens: 32_000,
			maxOutputTokens: 700,
			temperature: 0.5,
			topP: null,
			price: null,
			...changes
		});
		expect(saved.ok).toBe(true);
	};
	const signIn = () =>
		finishSignIn(
			ID,
			CODE,
			vault,
			around(() => Response.json({ key: KEY }))
		);

	it('gives the connection its new key, and leaves all else of it', async () => {
		await make({});
		expect(await signIn()).toMatchObject({ ok: true, value: { keyEnd: 'd7e8', keep: 'remembered' } });
		const [, ...entered] = await vault.connections();
		expect(entered).toMatchObject([
			{
				id: ID,
				label: 'Mine',
				model: 'my-model',
				taskModels: { classify: 'small' },
				contextTokens: 32_000,
				maxOutputTokens: 700,
				temperature: 0.5,
				preferred: false
			}
		]);
		expect(await vault.use(ID)).toMatchObject({ value: { secret: KEY } });
	});

	it('remembers no key that was not to be remembered', async () => {
		await make({ key: { kind: 'set', secret: 'sk-or-v1-the-old-one', keep: 'session' } });
		expect(await signIn()).toMatchObject({ ok: true, value: { key: 'session' } });
	});

	it.each<Partial<ConnectionInput>>([
		{ url: 'https://proxy.example/v1' },
		{ provider: 'openai-compatible', url: 'https://openrouter.ai/api/v1' }
	])('gives it to nobody else: %j', async (other) => {
		await make(other);
		expect(await signIn()).toEqual({ ok: false, error: { type: 'sign_in_refused' } });
		expect(await vault.use(ID)).toMatchObject({ value: { secret: 'sk-or-v1-the-old-one' } });
	});
});
