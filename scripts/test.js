// `npm test`: installs what is missing, runs every check and test, and ends with one line that counts them all.
// `npm test -- check unit` runs only the stages named; `faults` runs only when it is. Imports no package before they are installed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, ROOT } from './install.js';

/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Count
 * @typedef {{ readonly command: readonly string[], readonly report: 'exit code' | 'vitest' | 'playwright' }} Step
 * `command`: a script below node_modules or the repository, and its arguments
 */

/** Each package's program, run by this Node: no shell, no npx, the same on every system. */
const BIN = {
	svelteKit: 'node_modules/@sveltejs/kit/svelte-kit.js',
	prettier: 'node_modules/prettier/bin/prettier.cjs',
	eslint: 'node_modules/eslint/bin/eslint.js',
	depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
	svelteCheck: 'node_modules/svelte-check/bin/svelte-check',
	tsc: 'node_modules/typescript/bin/tsc',
	knip: 'node_modules/knip/bin/knip.js',
	vitest: 'node_modules/vitest/vitest.mjs',
	playwright: 'node_modules/@playwright/test/cli.js',
	sizeLimit: 'node_modules/size-limit/bin.js'
};

/**
 * @param {readonly string[]} command
 * @returns {Step}
 */
const check = (...command) => ({ command, report: 'exit code' });

/**
 * @param {string} project
 * @returns {Step}
 */
const vitest = (project) => ({ command: [BIN.vitest, 'run', '--project', project], report: 'vitest' });

/**
 * Stage by stage, in order; a stage is a list of named steps, begun in this order, AT_ONCE at a time. Lint is first: it
 * takes longest, and the others pass beside it.
 * @type {Readonly<Record<string, Readonly<Record<string, Step>>>>}
 */
const STAGES = {
	check: {
		lint: check(BIN.eslint, '.', '--max-warnings', '0'),
		format: check(BIN.prettier, '--check', '.', '--log-level', 'warn'),
		imports: check(BIN.depcruise, 'src', 'tests', 'scripts', '--config', '.dependency-cruiser.cjs'),
		'types of screens and scripts': check(
			BIN.svelteCheck,
			'--tsconfig',
			'./tsconfig.json',
			'--fail-on-warnings'
		),
		'types of the domain': check(BIN.tsc, '-p', 'tsconfig.domain.json'),
		'types of workers': check(BIN.tsc, '-p', 'tsconfig.worker.json'),
		'types of workers’ tests': check(BIN.tsc, '-p', 'tsconfig.worker-tests.json'),
		'unused code': check(BIN.knip)
	},
	unit: { unit: vitest('unit') },
	rules: { rules: vitest('rules') },
	build: { build: check('scripts/build.js') },
	size: { size: check(BIN.sizeLimit) },
	browser: { browser: vitest('browser') },
	e2e: { e2e: { command: [BIN.playwright, 'test'], report: 'playwright' } },
	firefox: { firefox: vitest('firefox') },
	faults: { faults: vitest('faults') }
};

/** Long: run only when named. A short walk of each is part of the other stages. */
const WHEN_NAMED = ['faults'];
const NEED_CHROMIUM = ['browser', 'e2e', 'faults'];
const NEED_BUILD = ['size', 'e2e', 'firefox'];

/** Steps of one stage at a time. Each keeps one core busy, and the smallest machine these are for has two. */
const AT_ONCE = 2;

/** Longer than anything here takes on a slow machine; what passes it hangs. */
const STEP_LIMIT_MS = 46 * 60_000;

/**
 * Counts the tests of a vitest JSON report. A file that could not be loaded counts as one failure.
 * @param {{ readonly testResults: ReadonlyArray<{ readonly status: string, readonly assertionResults: ReadonlyArray<{ readonly status: string }> }> }} report
 * @returns {Count}
 */
export const countVitest = ({ testResults }) => {
	const tests = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
	const broken = testResults.filter(
		(file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')
	);
	return {
		passed: tests.filter((status) => status === 'passed').length,
		failed: tests.filter((status) => status === 'failed').length + broken.length,
		skipped: tests.filter((status) => status !== 'passed' && status !== 'failed').length
	};
};

/**
 * Counts the tests of a Playwright JSON report. Errors outside of tests count as one failure each. What passed when it was
 * tried again, which is done in CI only, has passed.
 * @param {{ readonly stats: { readonly expected: number, readonly unexpected: number, readonly flaky: number, readonly skipped: number }, readonly errors: readonly unknown[] }} report
 * @returns {Count}
 */
export const countPlaywright = ({ stats, errors }) => ({
	passed: stats.expected + stats.flaky,
	failed: stats.unexpected + errors.length,
	skipped: stats.skipped
});

/**
 * The last line: how many passed and failed, and how many were skipped when any were.
 * @param {readonly Count[]} counts
 * @returns {{ readonly line: string, readonly ok: boolean }} `ok` only when something ran and nothing failed
 */
export const summary = (counts) => {
	/** @param {keyof Count} key */
	const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
	const skipped = sum('skipped');
	return {
		line: `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
		ok: sum('failed') === 0 && sum('passed') > 0
	};
};

/**
 * Runs one step to its end and counts it. Its output is shown whole when it fails, or at once when `watch`. A step that is
 * not `alone` is named only when it ends, so that what is said of two never mixes.
 * @param {string} title
 * @param {Step} step
 * @param {string} folder for the report
 * @param {boolean} watch
 * @param {boolean} alone no other step runs meanwhile
 * @returns {Promise<Count>}
 */
const runStep = async (title, { command, report }, folder, watch, alone) => {
	const started = Date.now();
	const file = join(folder, `${title.replaceAll(' ', '-')}.json`);
	const reporters = {
		'exit code': [],
		vitest: ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
		playwright: ['--reporter=list,json']
	}[report];
	const opening = watch ? `── ${title}\n` : `${title} … `;
	if (alone) process.stdout.write(opening);
	const { code, output } = await runNode(
		[...command, ...reporters],
		{ PLAYWRIGHT_JSON_OUTPUT_NAME: file },
		watch
	);
	const count = settle(code, readCount(report, file, code));
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	const numbers = report === 'exit code' ? (count.failed > 0 ? 'failed' : 'ok') : summary([count]).line;
	console.log(`${alone ? '' : opening}${watch ? `── ${title}: ` : ''}${numbers} (${seconds} s)`);
	if (count.failed > 0 && !watch) console.log(`${output.trimEnd()}\n── end of ${title}\n`);
	if (count.skipped > 0 && !watch) console.log(namesOf(report, file, 'skipped'));
	if (report === 'playwright' && !watch && count.failed === 0) {
		const names = namesOf(report, file, 'flaky');
		if (names !== '') console.log(names);
	}
	return count;
};

/**
 * Runs the steps of one stage and counts each.
 * @param {string} stage
 * @param {string} folder for the reports
 * @param {boolean} only the one stage that was asked for, whose tests are then watched
 * @returns {Promise<readonly Count[]>}
 */
const runStage = async (stage, folder, only) => {
	const steps = Object.entries(STAGES[stage] ?? {});
	const alone = steps.length === 1;
	/** @type {Count[]} */
	const counts = [];
	const takeSteps = async () => {
		for (let next = steps.shift(); next !== undefined; next = steps.shift()) {
			const [name, step] = next;
			const title = name === stage ? stage : `${stage}: ${name}`;
			counts.push(await runStep(title, step, folder, only && step.report !== 'exit code', alone));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, takeSteps));
	return counts;
};

/**
 * A runner that ends badly without naming a failed test failed itself.
 * @param {number} code
 * @param {Count} count
 * @returns {Count}
 */
const settle = (code, count) => (code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count);

/**
 * @param {Step['report']} report
 * @param {string} file
 * @param {number} code
 * @returns {Count}
 */
const readCount = (report, file, code) => {
	if (report === 'exit code') return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
	try {
		const found = JSON.parse(readFileSync(file, 'utf8'));
		return report === 'vitest' ? countVitest(found) : countPlaywright(found);
	} catch {
		return { passed: 0, failed: 1, skipped: 0 };
	}
};

/**
 * The names of tests that were skipped, or that passed only when tried again, one a line.
 * @param {Step['report']} report
 * @param {string} file
 * @param {'skipped' | 'flaky'} what
 */
const namesOf = (report, file, what) => {
	const found = JSON.parse(readFileSync(file, 'utf8'));
	/** @type {string[]} */
	const names = [];
	if (report === 'vitest') {
		for (const { assertionResults } of found.testResults) {
			for (const { status, fullName } of assertionResults) {
				if (status !== 'passed' && status !== 'failed') names.push(fullName);
			}
		}
	} else {
		/** @param {{ title: string, suites?: any[], specs?: any[] }} suite */
		const visit = (suite) => {
			for (const { title, tests } of suite.specs ?? []) {
				if (tests.some((/** @type {{ status: string }} */ { status }) => status === what)) names.push(title);
			}
			suite.suites?.forEach(visit);
		};
		found.suites.forEach(visit);
	}
	return names
		.map((name) => `  ${what === 'skipped' ? what : 'passed when tried again'}: ${name}`)
		.join('\n');
};

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} env
 * @param {boolean} watch
 * @returns {Promise<{ readonly code: number, readonly output: string }>}
 */
const runNode = (command, env, watch) =>
	new Promise((resolve) => {
		const child = spawn(process.execPath, command, {
			cwd: ROOT,
			env: { ...process.env, ...env, FORCE_COLOR: watch ? '1' : '0', NO_COLOR: watch ? '' : '1' },
			stdio: watch ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe']
		});
		running.add(child);
		let output = '';
		/** @param {Buffer} chunk */
		const collect = (chunk) => {
			output += chunk.toString();
		};
		child.stdout?.on('data', collect);
		child.stderr?.on('data', collect);
		const limit = setTimeout(() => {
			output += '\nStopped: it did not end by itself.\n';
			child.kill('SIGTERM');
		}, STEP_LIMIT_MS);
		child.on('close', (code) => {
			clearTimeout(limit);
			running.delete(child);
			resolve({ code: code ?? 1, output });
		});
	});

/** @param {readonly string[]} wanted stages by name; none means all */
const main = async (wanted) => {
	const unknown = wanted.filter((name) => !(name in STAGES));
	if (unknown.length > 0) {
		console.error(`No stage is called ${unknown.join(', ')}. There are: ${Object.keys(STAGES).join(', ')}.`);
		process.exitCode = 1;
		return;
	}
	ensureInstalled();
	const chosen = Object.keys(STAGES).filter((name) =>
		wanted.length === 0 ? !WHEN_NAMED.includes(name) : wanted.includes(name)
	);
	const folder = mkdtempSync(join(tmpdir(), 'stet-reports-'));
	/** @type {Count[]} */
	const counts = [];
	try {
		if (chosen.some((name) => NEED_CHROMIUM.includes(name))) {
			const { ensureChromium } = await import('./browser.js');
			process.env['STET_CHROMIUM'] = ensureChromium();
		}
		// tsconfig.json extends a file that this writes
		await runNode([BIN.svelteKit, 'sync'], {}, false);
		if (!chosen.includes('build') && chosen.some((name) => NEED_BUILD.includes(name))) {
			const { build, isBuilt } = await import('./build.js');
			if (!isBuilt()) await build({ quiet: true });
		}
		for (const stage of chosen) {
			counts.push(...(await runStage(stage, folder, wanted.length === 1)));
		}
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		counts.push({ passed: 0, failed: 1, skipped: 0 });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const { line, ok } = summary(counts);
	if (!ok) process.exitCode = 1;
	console.log(`\n${line}`);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, () => {
			for (const child of running) child.kill('SIGTERM');
			process.exit(1);
		});
	}
	await main(process.argv.slice(2));
}
