// How much may be loaded. Names are hashed, so the files are found in the build by following its own imports.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILD = join(HERE, 'build');
const NODES = join(HERE, '.svelte-kit/generated/client-optimized/nodes');
const WORKERS = '_app/immutable/workers';

/**
 * The files given and all they import before they run; `import()` is for later and does not count.
 * @param {readonly string[]} files relative to the build
 * @returns {string[]}
 */
const withImports = (files) => {
	const found = new Set(files);
	for (const file of found) {
		const text = readFileSync(join(BUILD, file), 'utf8');
		for (const [, target] of text.matchAll(/\b(?:import|from)\s*["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g)) {
			const path = join(dirname(file), target ?? '');
			if (existsSync(join(BUILD, path))) found.add(path);
		}
	}
	return [...found].map((file) => `build/${file}`);
};

/** What the page fetches to show its first screen: Kit's start, the layout, and the screen at `/`. */
const beforeInteraction = () => {
	const html = readFileSync(join(BUILD, 'index.html'), 'utf8');
	const preloaded = [...html.matchAll(/<link href="\/([^"]+\.js)" rel="modulepreload">/g)].map(
		([, file]) => file ?? ''
	);
	const home = readdirSync(NODES).find((node) =>
		/src\/routes\/(?:\([^)]*\)\/)*\+page\.svelte"/.test(readFileSync(join(NODES, node), 'utf8'))
	);
	if (preloaded.length < 3 || home === undefined)
		throw new Error('.size-limit.js no longer understands what Kit builds');
	return withImports([...preloaded, only('_app/immutable/nodes', `${home.replace('.js', '')}.`)]);
};

/**
 * @param {string} folder relative to the build
 * @param {string} start of the one file's name
 * @param {string} [end] of its name
 * @returns {string} relative to the build
 */
const only = (folder, start, end = '') => {
	const found = readdirSync(join(BUILD, folder)).filter(
		(file) => file.startsWith(start) && file.endsWith(end)
	);
	if (found.length !== 1)
		throw new Error(`build/${folder} has ${found.length} files named ${start}…${end}, not one`);
	return `${folder}/${found[0]}`;
};

export default [
	{ name: 'JavaScript before the first interaction', path: beforeInteraction(), gzip: true, limit: '150 kB' },
	// it holds all of the domain: chats, their world and the desk
	{ name: 'log worker', path: withImports([only(WORKERS, 'log.worker-')]), gzip: true, limit: '215 kB' },
	// the library that seals files is loaded with the first passphrase
	{
		name: 'travel worker, before a file is sealed',
		path: withImports([only(WORKERS, 'travel.worker-')]),
		gzip: true,
		limit: '230 kB'
	},
	// the layer that speaks to providers is loaded with the first real connection
	{
		name: 'model worker, before a provider is used',
		path: withImports([only(WORKERS, 'model.worker-')]),
		gzip: true,
		limit: '85 kB'
	},
	{ name: 'line worker', path: withImports([only(WORKERS, 'line.worker-')]), gzip: true, limit: '1 kB' },
	{
		name: 'SQLite',
		path: `build/${only(`${WORKERS}/assets`, 'sqlite3-', '.wasm')}`,
		gzip: true,
		limit: '450 kB'
	}
];
