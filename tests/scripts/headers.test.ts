// How the header file is made and read: pages, workers and files each get one policy, on every server.
import { describe, expect, test } from 'vitest';
import { headersFor, matchesPath, parseHeaderRules, printHeaderRules } from '../../scripts/header-rules.js';
import {
	FILE_POLICY,
	pagePatterns,
	pagePolicy,
	policyRules,
	WORKER_POLICIES
} from '../../scripts/headers.js';
import { caddyRules, nginxRules } from '../../scripts/host-recipes.js';

const HTML = `<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self' 'sha256-x='">`;
const FILES = [
	'_app/immutable/chunks/a.js',
	'_app/immutable/chunks/b.js',
	'_app/immutable/workers/assets/sqlite3-x.wasm',
	'_app/immutable/workers/log.worker-a-b_c.js',
	'_app/immutable/workers/sqlite3-worker1-x.js',
	'_app/version.json',
	'_headers',
	'icon.svg',
	'index.html',
	'service-worker.js'
];
const ROUTES = [
	'',
	'chats/[id]',
	'chats/[id]/log',
	'bots',
	'bots/[id]',
	'bots/new',
	'(desk)/queue',
	'settings/[[tab]]'
];
const CSP = 'content-security-policy';

describe('page patterns', () => {
	test('cover the first word of every route, and everything below it', () => {
		expect(pagePatterns(ROUTES)).toEqual([
			'/',
			'/bots',
			'/bots/*',
			'/chats',
			'/chats/*',
			'/index.html',
			'/queue',
			'/queue/*',
			'/settings',
			'/settings/*'
		]);
	});

	test('a screen at a bare parameter is refused, since it could not be told from a file', () => {
		expect(() => pagePatterns(['[slug]'])).toThrow(/must be a word/);
	});
});

describe('policies', () => {
	const rules = policyRules(HTML, ROUTES, FILES);

	test.each([
		['/', pagePolicy(HTML)],
		['/chats/1', pagePolicy(HTML)],
		['/queue', pagePolicy(HTML)],
		['/queue/', pagePolicy(HTML)],
		['/queue/no/such', pagePolicy(HTML)],
		['/_app/immutable/workers/log.worker-a-b_c.js', WORKER_POLICIES['log']],
		['/_app/immutable/workers/sqlite3-worker1-x.js', FILE_POLICY],
		['/_app/immutable/chunks/a.js', FILE_POLICY],
		['/icon.svg', FILE_POLICY]
	])('%s has its own', (path, policy) => {
		expect(headersFor(rules, path).get(CSP)).toBe(policy);
	});

	test('no two rules cover one path, so merging and first-match hosts agree', () => {
		const paths = [
			...FILES.map((file) => `/${file}`),
			'/',
			'/chats/1',
			'/bots',
			'/bots/1',
			'/bots/',
			'/settings/x'
		];
		for (const path of paths.filter((one) => one !== '/_headers')) {
			expect(
				rules.filter(({ pattern }) => matchesPath(pattern, path)),
				path
			).toHaveLength(1);
		}
	});

	test('only names with a hash are kept for ever, and a worker’s policy is always asked for again', () => {
		const forever = FILES.filter((file) =>
			headersFor(rules, `/${file}`).get('cache-control')?.includes('immutable')
		);
		expect(forever).toEqual([FILES[0], FILES[1], FILES[2], FILES[4]]);
	});

	test('a worker without a policy stops the build', () => {
		expect(() => policyRules(HTML, [], ['_app/immutable/workers/new.worker-x.js'])).toThrow(
			/no policy for this worker/
		);
	});

	test('a page without a policy stops the build', () => {
		expect(() => policyRules('<html></html>', [], [])).toThrow(/has no policy/);
	});

	test('more rules than Cloudflare reads stop the build', () => {
		const files = Array.from({ length: 100 }, (_, index) => `file-${index}.txt`);
		expect(() => policyRules(HTML, [], files)).toThrow(/Cloudflare reads 100/);
	});
});

describe('the file', () => {
	test('printed and parsed is the same', () => {
		const rules = policyRules(HTML, ROUTES, FILES);
		expect(parseHeaderRules(printHeaderRules(rules))).toEqual(rules);
	});

	test('merges rules as hosts do: one name twice is joined by a comma', () => {
		const rules = parseHeaderRules('# a comment\n/*\n  A: 1\n/x\n  A: 2\n  B: 3\n');
		expect([...headersFor(rules, '/x')]).toEqual([
			['a', '1, 2'],
			['b', '3']
		]);
		expect([...headersFor(rules, '/y')]).toEqual([['a', '1']]);
	});

	test.each([
		'/:id\n  A: 1',
		'/*/x\n  A: 1',
		'https://a.example/*\n  A: 1',
		'/x\n  ! A',
		'  A: 1',
		'/x\nA: 1'
	])('refuses what hosts read differently: %j', (text) => {
		expect(() => parseHeaderRules(text)).toThrow(/_headers/);
	});
});

describe('recipes', () => {
	const rules = [
		...parseHeaderRules('/*\n  Referrer-Policy: no-referrer\n'),
		...policyRules(HTML, ROUTES, FILES)
	];

	/** As nginx reads a map: the exact text first, then expressions in order. */
	const nginxValue = (name: string, path: string): string | undefined => {
		const variable = `$stet_${name.replaceAll('-', '_')}`;
		const block =
			new RegExp(`map \\$uri ${variable.replace('$', '\\$')} \\{([^}]*)\\}`).exec(nginxRules(rules))?.[1] ??
			'';
		const lines = [...block.matchAll(/^ {2}("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*");$/gm)].map(
			([, key, value]) => [JSON.parse(key ?? '') as string, JSON.parse(value ?? '') as string] as const
		);
		const exact = lines.find(([key]) => key === path);
		return (exact ?? lines.find(([key]) => key.startsWith('~') && new RegExp(key.slice(1)).test(path)))?.[1];
	};

	test.each([
		'/index.html',
		'/chats/1',
		'/icon.svg',
		'/_app/immutable/workers/log.worker-a-b_c.js',
		'/service-worker.js'
	])('nginx sends %s what every other server does', (path) => {
		for (const [name, value] of headersFor(rules, path)) expect(nginxValue(name, path), name).toBe(value);
	});

	test('Caddy gets one line for each header of each rule', () => {
		expect(caddyRules(rules)).toContain(
			`header /_app/immutable/workers/log.worker-a-b_c.js Content-Security-Policy ${JSON.stringify(WORKER_POLICIES['log'])}\n`
		);
	});
});
