// What `npm start` and `npm test` decide: whether packages are there, and what the last line says.
import { describe, expect, test } from 'vitest';
import { isInstalled } from '../../scripts/install.js';
import { countPlaywright, countVitest, summary } from '../../scripts/test.js';

describe('packages', () => {
	const lock = {
		packages: {
			'': {},
			'node_modules/a': { version: '1.0.0' },
			'node_modules/b': { version: '2.0.0', optional: true }
		}
	};

	test.each([
		['nothing was ever installed', undefined, false],
		[
			'all are there',
			{ packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } } },
			true
		],
		['one for another platform is missing', { packages: { 'node_modules/a': { version: '1.0.0' } } }, true],
		['one is of another version', { packages: { 'node_modules/a': { version: '1.0.1' } } }, false],
		['one is missing', { packages: {} }, false]
	])('%s', (_, present, expected) => {
		expect(isInstalled(lock, present)).toBe(expected);
	});
});

describe('the last line', () => {
	test('counts tests of every runner, and a file that could not be loaded as a failure', () => {
		const vitest = countVitest({
			testResults: [
				{ status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'skipped' }] },
				{ status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
				{ status: 'failed', assertionResults: [] }
			]
		});
		const playwright = countPlaywright({
			stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 0 },
			errors: ['no server']
		});
		expect(summary([vitest, playwright])).toEqual({ line: '5 passed, 4 failed, 1 skipped', ok: false });
	});

	test('is good only when something ran', () => {
		expect(summary([{ passed: 1, failed: 0, skipped: 0 }])).toEqual({ line: '1 passed, 0 failed', ok: true });
		expect(summary([]).ok).toBe(false);
	});
});
