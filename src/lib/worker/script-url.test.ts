// Which addresses may become a worker.
import { afterEach, expect, test, vi } from 'vitest';

const ORIGIN = 'https://stet.example';

/** The module as a page of the built app loads it, in a browser with or without Trusted Types. */
const load = async (createPolicy?: (name: string, rules: object) => unknown) => {
	vi.resetModules();
	vi.stubEnv('DEV', false);
	vi.stubGlobal('location', new URL(`${ORIGIN}/chats/1`));
	if (createPolicy !== undefined) vi.stubGlobal('trustedTypes', { createPolicy });
	return (await import('./script-url.ts')).trustedScriptUrl;
};

afterEach(() => {
	vi.unstubAllGlobals();
	vi.unstubAllEnvs();
});

test.each([
	'/service-worker.js',
	'/_app/immutable/workers/log.worker-a_B-1.js',
	`${ORIGIN}/_app/immutable/workers/x.js`
])('%s is ours', async (url) => {
	expect((await load())(url)).toBe(url);
});

test.each([
	'https://elsewhere.example/service-worker.js',
	'//elsewhere.example/service-worker.js',
	'/_app/immutable/chunks/x.js',
	'/_app/immutable/workers/../chunks/x.js',
	'/src/lib/worker/log.worker.ts',
	'data:text/javascript,1',
	'blob:https://stet.example/1',
	''
])('%s is refused', async (url) => {
	const trust = await load();
	expect(() => trust(url)).toThrow(TypeError);
});

test('the policy is made once, by the name the headers allow', async () => {
	const made: string[] = [];
	const trust = await load((name, rules) => {
		made.push(name);
		return rules;
	});
	trust('/service-worker.js');
	trust('/service-worker.js');
	expect(made).toEqual(['stet-script-url']);
});
