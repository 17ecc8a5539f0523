// Builds the app: Vite, then the headers, then the service worker's list of files; and remembers from what it was built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesIn, writeHeaders } from './headers.js';
import { ROOT } from './install.js';

const SOURCES = [
	'src',
	'static',
	'scripts/build.js',
	'scripts/headers.js',
	'scripts/precache.js',
	'svelte.config.js',
	'vite.config.ts',
	'package-lock.json'
];

const STAMP = join(ROOT, '.svelte-kit/built-from');

/**
 * A fingerprint of all that a build is made from.
 * @returns {string} SHA-256, hexadecimal
 */
export const sourcesHash = () => {
	const hash = createHash('sha256');
	for (const source of SOURCES) {
		const path = join(ROOT, source);
		const files = statSync(path).isDirectory() ? filesIn(path).map((file) => join(path, file)) : [path];
		for (const file of files.filter((name) => !name.endsWith('.test.ts'))) {
			hash
				.update(`${file.slice(ROOT.length)}\0`)
				.update(readFileSync(file))
				.update('\0');
		}
	}
	return hash.digest('hex');
};

/**
 * Whether build/ was made, to its end, from the sources as they are now.
 * @returns {boolean}
 */
export const isBuilt = () =>
	existsSync(join(ROOT, 'build/_headers')) &&
	existsSync(STAMP) &&
	readFileSync(STAMP, 'utf8') === sourcesHash();

/**
 * Builds. Throws when a step fails.
 * @param {{ readonly quiet?: boolean }} [options] `quiet`: what Vite says is shown only when it fails
 */
export const build = async ({ quiet = false } = {}) => {
	const before = sourcesHash();
	rmSync(STAMP, { force: true });
	const vite = spawnSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: quiet ? 'pipe' : 'inherit'
	});
	if (vite.status !== 0) throw new Error(`${vite.stdout ?? ''}${vite.stderr ?? ''}vite build failed`);
	writeHeaders();
	// after the headers: a changed header must reach the browser's copy of the file as well
	const { writePrecache } = await import('./precache.js');
	const { count, bytes } = await writePrecache();
	console.log(`Built. Offline: ${count} files, ${Math.round(bytes / 1024)} KiB.`);
	writeFileSync(STAMP, before);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	await build().catch((/** @type {unknown} */ error) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	});
}
