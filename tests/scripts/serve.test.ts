// The little server: the right file, the right headers, and nothing outside the build.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../scripts/serve.js';

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
}

let root: string;
let server: Awaited<ReturnType<typeof startServer>>;

/** Asks for exactly this path; fetch would tidy it first. */
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> =>
	new Promise((resolve, reject) => {
		request(server.origin, { path, headers, method }, (response) => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (body += chunk));
			response.on('end', () => {
				resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
			});
		})
			.on('error', reject)
			.end();
	});

const NAVIGATION = { accept: 'text/html,application/xhtml+xml' };

beforeAll(async () => {
	const outside = mkdtempSync(join(tmpdir(), 'stet-serve-'));
	root = join(outside, 'build');
	mkdirSync(join(root, 'assets'), { recursive: true });
	writeFileSync(join(outside, 'secret.txt'), 'secret');
	writeFileSync(
		join(root, '_headers'),
		'/*\n  X-All: 1\n/\n  X-Page: 1\n/chats/*\n  X-Chats: 1\n/assets/*\n  X-File: 1\n/worker.js\n  X-Worker: 1\n'
	);
	writeFileSync(join(root, 'index.html'), '<h1>page</h1>');
	writeFileSync(join(root, 'assets/a.wasm'), '');
	writeFileSync(join(root, 'worker.js'), 'self.worked = 1;');
	writeFileSync(join(root, 'manifest.webmanifest'), '{}');
	server = await startServer({ root });
});

afterAll(async () => {
	await server.stop();
	rmSync(join(root, '..'), { recursive: true });
});

describe('answers', () => {
	test.each([
		['/', 'text/html;charset=utf-8'],
		['/assets/a.wasm', 'application/wasm'],
		['/manifest.webmanifest', 'application/manifest+json']
	])('%s as %s', async (path, type) => {
		const { status, headers } = await ask(path);
		expect([status, headers['content-type']]).toEqual([200, type]);
	});

	test.each([
		['a screen', '/chats/1?turn=2'],
		['a screen with a slash at its end', '/chats/'],
		['a screen there is none of', '/nonsense'],
		['the page’s file without its ending', '/index'],
		['a screen with a slash too many', '//chats//1'],
		['a screen, spelled otherwise', '/%63hats/1']
	])('%s with the page and the headers of /', async (_, path) => {
		const { status, headers, body } = await ask(path, NAVIGATION);
		expect([status, body]).toEqual([200, '<h1>page</h1>']);
		expect([headers['x-page'], headers['x-all'], headers['x-chats']]).toEqual(['1', '1', undefined]);
	});

	test('a query or another spelling of a name with that file’s headers', async () => {
		expect((await ask('/assets/a.wasm?x')).headers['x-file']).toBe('1');
		expect((await ask('/%61ssets/a%2Ewasm')).headers['x-file']).toBe('1');
		const { body, headers } = await ask('/%77orker.js');
		expect([body, headers['x-worker']]).toEqual(['self.worked = 1;', '1']);
	});
});

describe('refuses', () => {
	test.each([
		['a missing file', '/assets/missing.js', NAVIGATION],
		['a missing screen asked for by a script', '/chats/1', { accept: '*/*' }],
		['a worker under a folder’s name', '/worker.js/', {}],
		['a worker under a folder’s name, opened as a page', '/worker.js/', NAVIGATION],
		['a worker under a folder’s name, spelled otherwise', '/worker%2Ejs//', NAVIGATION],
		['a worker with a coded slash', '/worker.js%2F', NAVIGATION],
		['a worker with a slash too many', '//worker.js', NAVIGATION],
		['a worker within the folder it lies in', '/./worker.js', {}],
		['a worker in capitals', '/WORKER.JS', NAVIGATION],
		['a worker without its ending', '/worker', {}],
		['the page’s file under a folder’s name', '/index.html/', {}],
		['the header file', '/_headers', {}],
		['the header file, spelled otherwise', '/%5Fheaders', {}],
		['a file above the build', '/../secret.txt', {}],
		['a file above the build, spelled otherwise', '/%2e%2e/secret.txt', {}],
		['a file above the build, with a coded slash', '/..%2fsecret.txt', {}]
	])('%s', async (_, path, headers) => {
		const { status, body } = await ask(path, headers);
		expect([status, body]).toEqual([404, 'Not found\n']);
	});

	test('an address that cannot be decoded, and any method but reading', async () => {
		expect((await ask('/%')).status).toBe(400);
		expect((await ask('/', {}, 'POST')).status).toBe(405);
	});

	test('a port that is in use', async () => {
		const port = Number(new URL(server.origin).port);
		await expect(startServer({ root, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});
