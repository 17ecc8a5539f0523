// Puts the list of the build's files into the built service worker, so that the app starts offline, SQLite included.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { injectManifest } from 'workbox-build';
import { headersFor, parseHeaderRules } from './header-rules.js';
import { ROOT } from './install.js';

const LARGEST_FILE = 8 * 1024 * 1024;

/** Files the app never asks for: headers are for the host, pictures for a store's page, the rest are other ways into SQLite; what is loaded from under the line's own service worker passes by this list. */
const LEFT_OUT = [
	'_headers',
	'screenshot-*',
	'**/sqlite3-worker1*',
	'**/sqlite3-opfs-async-proxy*',
	'line-scope.js',
	'**/line.worker-*'
];

/**
 * Lists the build in build/service-worker.js.
 *
 * Chunks are known by the hash in their name. Whatever is not hashed, and every worker, is known by its content *and
 * its headers*: the browser keeps a file with the headers it came with, so a new policy must make a new copy.
 * @returns {Promise<{ readonly count: number, readonly bytes: number }>}
 * @throws {Error} when a file is too large to be listed or the service worker has no place for the list
 */
export const writePrecache = async () => {
	const build = join(ROOT, 'build');
	const rules = parseHeaderRules(readFileSync(join(build, '_headers'), 'utf8'));
	const { count, size, warnings } = await injectManifest({
		globDirectory: build,
		globPatterns: ['**/*'],
		globIgnores: [...LEFT_OUT, 'service-worker.js'],
		swSrc: join(build, 'service-worker.js'),
		swDest: join(build, 'service-worker.js'),
		maximumFileSizeToCacheInBytes: LARGEST_FILE,
		manifestTransforms: [
			(entries) => ({
				manifest: entries.map(({ url, size: bytes }) => {
					// hosts send a visitor of /index.html on to /, and a redirected answer cannot be a page
					const path = url === 'index.html' ? '/' : `/${url}`;
					const known = path.startsWith('/_app/immutable/') && !/\.worker-[\w-]+\.js$/.test(path);
					return {
						url: path,
						size: bytes,
						revision: known ? null : revisionOf(join(build, url), rules, path)
					};
				})
			})
		]
	});
	if (warnings.length > 0) throw new Error(warnings.join('\n'));
	return { count, bytes: size };
};

/**
 * @param {string} file
 * @param {readonly import('./header-rules.js').HeaderRule[]} rules
 * @param {string} path
 */
const revisionOf = (file, rules, path) =>
	createHash('sha256')
		.update(readFileSync(file))
		.update(JSON.stringify([...headersFor(rules, path)]))
		.digest('hex')
		.slice(0, 16);
