// Builds the app. Tests have their own file: vitest.config.ts.
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [sveltekit()],
	worker: { format: 'es' },
	build: { target: 'es2023' },
	optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] }
});
