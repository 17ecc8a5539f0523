// The question for this machine is raised where it can be, waited for as long as it may take, and for nothing else.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { allowLocalNetwork, allowWhereAsked, type LocalNetwork } from './local-network.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** A server that takes a request and is silent until it is hung up on. */
const silent: typeof fetch = (_input, init) =>
	new Promise((_, reject) => {
		init?.signal?.addEventListener('abort', () => {
			reject(new DOMException('hung up', 'AbortError'));
		});
	});

const browser = (state: PermissionState | null, answer: typeof fetch = async () => new Response()) => {
	const changes = new EventTarget();
	const ask = vi.fn<typeof fetch>(answer);
	const status = {
		state: state ?? 'granted',
		addEventListener: changes.addEventListener.bind(changes)
	};
	const around: LocalNetwork = {
		fetch: ask,
		hostname: 'stet.example',
		permission: async () => (state === null ? null : status)
	};
	return { around, ask, answered: () => changes.dispatchEvent(new Event('change')) };
};

it.each([
	['http://localhost:11434/v1', 'http://localhost:11434'],
	['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
	// the page may reach these by no name of their own; the permission is one for the whole machine
	['https://localhost/v1', 'http://localhost:443'],
	['https://[::1]:8443/v1', 'http://localhost:8443'],
	['https://127.0.0.5:8443/v1', 'http://localhost:8443'],
	['https://models.localhost:8443/v1', 'http://localhost:8443']
])('for %s it is asked at %s', async (url, at) => {
	const { around, ask } = browser('prompt');
	await allowWhereAsked(url, around);
	expect(ask.mock.calls.map(([input]) => input)).toEqual([at]);
});

it.each(['https://api.mistral.example/v1', 'https://192.168.0.7:8080/v1', 'no address', ''])(
	'for “%s” nothing is asked',
	async (url) => {
		const { around, ask } = browser('prompt');
		await allowLocalNetwork(url, around);
		await allowWhereAsked(url, around);
		expect(ask).not.toHaveBeenCalled();
	}
);

it.each(['granted', 'denied', null] as const)(
	'where it is %s, only who tests a connection makes a request',
	async (state) => {
		const { around, ask } = browser(state);
		await allowWhereAsked('http://localhost:1/v1', around);
		expect(ask).not.toHaveBeenCalled();
		await allowLocalNetwork('http://localhost:1/v1', around);
		expect(ask).toHaveBeenCalledOnce();
	}
);

it('a page of this machine needs no permission', async () => {
	const { around, ask } = browser('prompt');
	await allowWhereAsked('http://localhost:1/v1', { ...around, hostname: '127.0.0.1' });
	expect(ask).not.toHaveBeenCalled();
});

it('a port that is silent is left after a moment', async () => {
	const { around, ask } = browser('granted', silent);
	const asked = allowLocalNetwork('http://localhost:1/v1', around);
	await vi.advanceTimersByTimeAsync(5000);
	await asked;
	expect(ask.mock.calls[0]?.[1]?.signal?.aborted).toBe(true);
});

it('the question stays until it is answered, whatever the port does', async () => {
	const { around, answered } = browser('prompt', silent);
	let over = false;
	const asked = allowWhereAsked('http://localhost:1/v1', around).then(() => (over = true));
	await vi.advanceTimersByTimeAsync(20_000);
	expect(over).toBe(false);
	answered();
	await asked;
	expect(over).toBe(true);
});
