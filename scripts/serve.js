// Serves a build on this machine under exactly the headers its `_headers` file asks for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { headersFor, parseHeaderRules } from './header-rules.js';

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
	const files = sirv(root, { etag: true });
	const server = createServer((request, response) => {
		const path = pathOf(request.url);
		if (path === undefined) {
			response.writeHead(400).end();
			return;
		}
		for (const [name, value] of headersFor(rules, path)) response.setHeader(name, value);
		const missing = () => {
			// only files are kept for ever, not word of their absence
			response.setHeader('Cache-Control', 'no-store');
			response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
		};
		if (request.method !== 'GET' && request.method !== 'HEAD')
			response.writeHead(405, { Allow: 'GET, HEAD' }).end();
		else if (path === '/_headers') missing();
		else {
			files(request, response, () => {
				if (!isNavigation(request.headers, path)) {
					missing();
					return;
				}
				request.url = '/';
				files(request, response, missing);
			});
		}
	});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => resolve(undefined));
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		origin: `http://127.0.0.1:${address.port}`,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})
	};
};

/**
 * The path as sirv will look it up, so that no spelling of a file's name escapes that file's headers.
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
 * Whether a request that no file answers is a person opening a screen.
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {string} path
 */
const isNavigation = (headers, path) =>
	!/\.[^/]*$/.test(path) && (headers.accept ?? '').includes('text/html');
