// Tests that need no built app: Node, the house's rules, a browser, and Firefox (which does use the build).
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './scripts/browser.js';

const chromium = findChromium();

const inChromium = {
	plugins: [svelte()],
	optimizeDeps: {
		// the storage engine loads its own wasm file by its address
		exclude: ['@sqlite.org/sqlite-wasm'],
		// found only inside workers, and so in the middle of a test, which would then start again
		include: ['age-encryption', 'comlink', 'workbox-window', 'zod']
	},
	worker: { format: 'es' as const }
};

/** Anew for each project: vitest writes its own name into it. */
const browser = () => ({
	enabled: true,
	headless: true,
	screenshotFailures: false,
	provider: playwright({
		launchOptions: {
			args: CHROMIUM_ARGS,
			...(chromium === undefined ? {} : { executablePath: chromium })
		}
	}),
	instances: [{ browser: 'chromium' as const }]
});

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					environment: 'node',
					// a slow machine is no failure: what hangs is found all the same
					testTimeout: 30_000,
					setupFiles: ['tests/support/histories-drawn.ts'],
					include: [
						'src/**/*.test.ts',
						'tests/contract/**/*.test.ts',
						'tests/scripts/**/*.test.ts',
						'tests/support/**/*.test.ts'
					]
				}
			},
			{
				test: {
					name: 'rules',
					environment: 'node',
					include: ['tests/rules/**/*.test.ts'],
					testTimeout: 120_000,
					hookTimeout: 120_000
				}
			},
			{
				...inChromium,
				test: { name: 'browser', include: ['tests/browser/**/*.test.ts'], browser: browser() }
			},
			{
				...inChromium,
				test: {
					name: 'faults',
					include: ['tests/faults/**/*.test.ts'],
					testTimeout: 30 * 60_000,
					browser: browser()
				}
			},
			{
				test: {
					name: 'firefox',
					environment: 'node',
					include: ['tests/firefox/**/*.test.ts'],
					testTimeout: 120_000,
					hookTimeout: 120_000,
					fileParallelism: false
				}
			}
		]
	}
});
