// Serves a build on this machine: each file under its own name only, with the headers `_headers` asks for that name, and
// the page, with the headers of `/`, for every address that may be a screen.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import sirv from 'sirv';
import { headersFor, parseHeaderRules } from './header-rules.js';
import { filesIn } from './headers.js';

/**
 * @typedef {{ readonly origin: string, readonly stop: () => Promise<void> }} RunningServer
 */

/**
 * Starts the server on 127.0.0.1. The build is read once: a new build needs a new server.
 * @param {{ readonly root: string, readonly port?: number }} options `root`: the build's folder; `port` 0 or none: any free one
 * @returns {Promise<RunningServer>} rejects with the system's error, such as EADDRINUSE
 */
export const startServer = async ({ root, port = 0 }) => {
	const rules = parseHeaderRules(readFileSync(join(root, '_headers'), 'utf8'));
	const files = new Set(filesIn(resolve(root)).map((file) => `/${file}`));
	files.delete('/_headers');
	// sirv would find a file under more names than one: it is asked only for files there are, by their own name
	const send = sirv(root, { etag: true, extensions: [] });
	const server = createServer((request, response) => {
		const path = pathOf(request.url);
		if (path === undefined) {
			response.writeHead(400).end();
			return;
		}
		const screen =
			path === '/' || (!files.has(path) && path !== '/_headers' && isNavigation(request.headers, path));
		const name = screen ? '/' : path;
		for (const [header, value] of headersFor(rules, name)) response.setHeader(header, value);
		const missing = () => {
			// only files are kept for ever, not word of their absence
			response.setHeader('Cache-Control', 'no-store');
			response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
		};
		if (request.method !== 'GET' && request.method !== 'HEAD')
			response.writeHead(405, { Allow: 'GET, HEAD' }).end();
		else if (!screen && !files.has(path)) missing();
		else {
			request.url = screen ? '/index.html' : encodeURI(path);
			send(request, response, missing);
		}
	});
	await new Promise((listening, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => listening(undefined));
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		origin: `http://127.0.0.1:${address.port}`,
		stop: () =>
			new Promise((stopped) => {
				server.close(() => stopped(undefined));
				server.closeAllConnections();
			})
	};
};

/**
 * The path by which a file is looked up, and its headers too: in one spelling, without the query.
 * @param {string | undefined} url
 * @returns {string | undefined} undefined when it cannot be decoded
 */
const pathOf = (url = '/') => {
	try {
		return decodeURI(url.split('?')[0] ?? '/');
	} catch {
		return undefined;
	}
};

/**
 * Whether a request that no file answers is a person opening a screen. The page itself says which screens there are.
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {string} path
 */
const isNavigation = (headers, path) =>
	!/\.[^/]*\/*$/.test(path) && (headers.accept ?? '').includes('text/html');
