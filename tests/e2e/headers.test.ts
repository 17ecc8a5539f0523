// Every file of this very build, and every screen: one policy each, the one meant for its kind.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matchesPath, parseHeaderRules } from '../../scripts/header-rules.js';
import {
	FILE_POLICY,
	filesIn,
	pagePolicy,
	SERVICE_WORKER_POLICY,
	WORKER_POLICIES
} from '../../scripts/headers.js';
import { expect, test } from '../support/app.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const CSP = 'Content-Security-Policy';

const rules = parseHeaderRules(readFileSync(at('build/_headers'), 'utf8'));
const page = pagePolicy(readFileSync(at('build/index.html'), 'utf8'));

/** All policies a path gets; a host that merges rules enforces every one of them. */
const policiesOf = (path: string): readonly string[] =>
	rules
		.filter(({ pattern }) => matchesPath(pattern, path))
		.flatMap(({ headers }) => headers.filter(([name]) => name === CSP).map(([, value]) => value));

const policyFor = (file: string): string | undefined => {
	const worker = /([a-z]+)\.worker-[\w-]+\.js$/.exec(file)?.[1];
	if (worker !== undefined) return WORKER_POLICIES[worker];
	if (file === 'index.html') return page;
	return file === 'service-worker.js' ? SERVICE_WORKER_POLICY : FILE_POLICY;
};

test('each file of the build has exactly the one policy of its kind', () => {
	const files = filesIn(at('build')).filter((file) => file !== '_headers');
	expect(files.length).toBeGreaterThan(10);
	for (const file of files) expect(policiesOf(`/${file}`), file).toEqual([policyFor(file)]);
});

test('each screen has exactly the page’s policy', () => {
	const screens = readdirSync(at('src/routes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('+page.svelte'))
		.map((file) =>
			join('/', file, '..')
				.replaceAll('\\', '/')
				.replace(/\/\([^/]*\)/g, '')
				.replace(/\[[^/]*\]/g, 'x')
		);
	expect(screens.length).toBeGreaterThan(0);
	for (const screen of screens) expect(policiesOf(screen === '' ? '/' : screen), screen).toEqual([page]);
});
