// End-to-end tests: the built app under its real headers, in Chromium, on a disk.
import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: 'tests/e2e',
	testMatch: '**/*.test.ts',
	globalSetup: './tests/support/serve-build.ts',
	outputDir: 'test-results',
	// two cores: more browsers at once only make each of them late
	workers: 2,
	fullyParallel: false,
	forbidOnly: true,
	// in CI, on a machine that does other things too, one more try; which tests took it is said by name
	retries: process.env['CI'] === undefined ? 0 : 1,
	timeout: 120_000,
	// a slow machine is no failure: what is awaited comes, or does not
	expect: { timeout: 15_000 },
	globalTimeout: 45 * 60_000,
	reporter: [['list']],
	// a trace of every test doubles their time; STET_TRACE=1 keeps those of failures
	use: {
		// what is not there by then will not come, and says so sooner than the whole test would
		actionTimeout: 30_000,
		trace: process.env['STET_TRACE'] === '1' ? 'retain-on-failure' : 'off',
		screenshot: 'only-on-failure'
	}
});
