// Writes build/_headers after a build: the constant part, and exactly one policy for every page, worker and file.
// With --nginx or --caddy it prints a whole configuration of that server with the same rules instead (HOSTING.md).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseHeaderRules, printHeaderRules } from './header-rules.js';
import { caddySite, nginxSite } from './host-recipes.js';
import { ROOT } from './install.js';

/** @typedef {import('./header-rules.js').HeaderRule} HeaderRule */

const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'";

/** Any compatible provider over TLS, and servers on this machine. */
const PROVIDERS =
	"default-src 'none'; script-src 'self'; connect-src 'self' https: http://localhost:* http://127.0.0.1:*";

/**
 * What each worker may do, by the name of its entry file (`log.worker.ts` is `log`). A worker does not inherit the
 * page's policy: without its own it could reach any host (decisions/0005).
 * @type {Readonly<Record<string, string>>}
 */
export const WORKER_POLICIES = {
	// compiles SQLite; speaks to nobody but its own origin
	log: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; ${TRUSTED_TYPES}`,
	// compiles SQLite too; speaks to nobody but its own origin
	travel: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; ${TRUSTED_TYPES}`,
	// counts time, and nothing else
	timer: `default-src 'none'; script-src 'self'; ${TRUSTED_TYPES}`,
	// asks providers
	model: `${PROVIDERS}; ${TRUSTED_TYPES}`,
	// carries the model worker's requests
	line: `${PROVIDERS}; ${TRUSTED_TYPES}`
};

/** The service worker fetches the app's own files and nothing else. */
export const SERVICE_WORKER_POLICY = `default-src 'none'; script-src 'self'; connect-src 'self'; ${TRUSTED_TYPES}`;

/**
 * Everything that is not a document and not a worker: if it is opened as one, it can do nothing. That goes for the line
 * worker's service worker too, which is there to do nothing.
 */
export const FILE_POLICY = "default-src 'none'; frame-ancestors 'none'";

const FOREVER = 'public, max-age=31536000, immutable';
const ASK_FIRST = 'no-cache';

// Cloudflare Pages reads no more than this
const MOST_RULES = 100;
const LONGEST_LINE = 2000;

/**
 * The page's policy: what Kit wrote into the document, and the one directive a document cannot carry.
 * @param {string} html text of build/index.html
 * @returns {string}
 * @throws {Error} when Kit wrote none
 */
export const pagePolicy = (html) => {
	const meta = /<meta http-equiv="content-security-policy" content="([^"]+)"/.exec(html)?.[1];
	if (meta === undefined) throw new Error('build/index.html has no policy: see csp in svelte.config.js');
	const policy = meta.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
	return `${policy}; frame-ancestors 'none'`;
};

/**
 * The paths under which the app's screens live, as `_headers` patterns: all below the first word of each, since a host
 * answers `/settings/` and `/bots/no/such` with the page as well. What begins with no screen's word is not covered: a
 * pattern for that would cover the workers too, and hosts would enforce both policies on them.
 * @param {readonly string[]} routes folders below src/routes that hold a +page, such as `` or `chats/[id]`
 * @returns {string[]}
 * @throws {Error} when a route starts with a parameter: its pattern would cover workers and files as well
 */
export const pagePatterns = (routes) => {
	const patterns = new Set(['/', '/index.html']);
	for (const route of routes) {
		const word = route.split('/').find((segment) => segment !== '' && !/^\(.*\)$/.test(segment));
		if (word === undefined) continue;
		if (word.includes('['))
			throw new Error(`src/routes/${route}: a screen's first segment must be a word, for _headers`);
		patterns.add(`/${word}`).add(`/${word}/*`);
	}
	return [...patterns].sort();
};

/**
 * One rule for each page pattern, worker and file, none of which overlap, so that it does not matter whether a host
 * merges rules or takes the first.
 * @param {string} html text of build/index.html
 * @param {readonly string[]} routes as for pagePatterns
 * @param {readonly string[]} files everything in the build, relative to it
 * @returns {HeaderRule[]}
 * @throws {Error} when a worker has no policy, a route cannot be told from a file, or a host's limit is passed
 */
export const policyRules = (html, routes, files) => {
	/** @type {HeaderRule[]} */
	const rules = pagePatterns(routes).map((pattern) => rule(pattern, pagePolicy(html), ASK_FIRST));
	const special = new Map();
	for (const file of files) {
		const worker = /^_app\/immutable\/workers\/(.+)\.worker-[\w-]+\.js$/.exec(file)?.[1];
		if (file === 'service-worker.js') special.set(file, SERVICE_WORKER_POLICY);
		else if (worker !== undefined) {
			const policy = WORKER_POLICIES[worker];
			if (policy === undefined) throw new Error(`${file}: no policy for this worker in scripts/headers.js`);
			special.set(file, policy);
		}
	}
	const served = files.filter((file) => file !== 'index.html' && file !== '_headers');
	for (const pattern of filePatterns(served, new Set(special.keys()))) {
		const policy = special.get(pattern.slice(1));
		// a worker's policy may change while its content, and so its name, does not
		const hashed = policy === undefined && pattern.startsWith('/_app/immutable/');
		rules.push(rule(pattern, policy ?? FILE_POLICY, hashed ? FOREVER : ASK_FIRST));
	}
	const longest = Math.max(
		...printHeaderRules(rules)
			.split('\n')
			.map((line) => line.length)
	);
	if (rules.length + 1 > MOST_RULES)
		throw new Error(`_headers: ${rules.length + 1} rules, Cloudflare reads ${MOST_RULES}`);
	if (longest > LONGEST_LINE)
		throw new Error(`_headers: a line of ${longest} characters, Cloudflare reads ${LONGEST_LINE}`);
	return rules;
};

/**
 * Every file below a folder, relative to it, with forward slashes, sorted.
 * @param {string} folder
 * @returns {string[]}
 */
export const filesIn = (folder) =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(folder.length + 1)
				.replaceAll('\\', '/')
		)
		.sort();

/** Writes build/_headers from static/_headers, src/routes and what lies in the build. */
export const writeHeaders = () => {
	const routes = filesIn(join(ROOT, 'src/routes'))
		.map((file) => /^(.*?)\/?\+page\.svelte$/.exec(file)?.[1])
		.filter((route) => route !== undefined);
	const constant = parseHeaderRules(readFileSync(join(ROOT, 'static/_headers'), 'utf8'));
	const html = readFileSync(join(ROOT, 'build/index.html'), 'utf8');
	const rules = [...constant, ...policyRules(html, routes, filesIn(join(ROOT, 'build')))];
	writeFileSync(join(ROOT, 'build/_headers'), printHeaderRules(rules));
};

/**
 * @param {string} pattern
 * @param {string} policy
 * @param {string} cache
 * @returns {HeaderRule}
 */
const rule = (pattern, policy, cache) => ({
	pattern,
	headers: [
		['Content-Security-Policy', policy],
		['Cache-Control', cache]
	]
});

/**
 * Patterns that cover every file once: a whole folder where none of its files is special, single files elsewhere.
 * @param {readonly string[]} files
 * @param {ReadonlySet<string>} special files with a rule of their own
 * @param {string} folder with a closing slash, or empty
 * @returns {string[]}
 */
const filePatterns = (files, special, folder = '') => {
	const within = files.filter((file) => file.startsWith(folder));
	// folders above the hashed files are always opened: those are kept for ever, their neighbours are not
	if (!'_app/immutable/'.startsWith(folder) && !within.some((file) => special.has(file)))
		return [`/${folder}*`];
	const names = new Set(within.map((file) => /^[^/]+\/?/.exec(file.slice(folder.length))?.[0] ?? ''));
	return [...names].flatMap((name) =>
		name.endsWith('/') ? filePatterns(within, special, folder + name) : [`/${folder}${name}`]
	);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const [form, host = 'stet.example', root = '/srv/stet'] = process.argv.slice(2);
	const file = join(ROOT, 'build/_headers');
	const site = form === '--nginx' ? nginxSite : form === '--caddy' ? caddySite : null;
	if (form === undefined) writeHeaders();
	else if (site === null) {
		console.error('Usage: npm run headers -- --nginx | --caddy [host name] [folder the build is in]');
		process.exit(1);
	} else if (!existsSync(file)) {
		console.error('There is no build yet: run npm run build.');
		process.exit(1);
	} else process.stdout.write(site(parseHeaderRules(readFileSync(file, 'utf8')), { host, root }));
}
