// A copy of the house's settings in an empty house, to plant violations in and see them found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SETTINGS = [
	'.dependency-cruiser.cjs',
	'.gitignore',
	'.svelte-kit/tsconfig.json',
	'eslint.config.js',
	'package.json',
	'svelte.config.js',
	'tsconfig.json',
	'tsconfig.domain.json',
	'tsconfig.worker.json',
	'tsconfig.worker-tests.json'
];

export interface PlantedHouse {
	/** Runs a package's program in it, by this Node. The exit code is the caller's to judge. */
	readonly run: (
		program: string,
		...args: readonly string[]
	) => { readonly code: number; readonly output: string };
	readonly remove: () => void;
}

/** Makes the house. `files`: text by path, as in the repository. */
export const plant = (files: Readonly<Record<string, string>>): PlantedHouse => {
	const folder = mkdtempSync(join(tmpdir(), 'stet-planted-'));
	symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
	for (const path of SETTINGS) cpSync(join(ROOT, path), join(folder, path));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return {
		run: (program, ...args) => {
			const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
				cwd: folder,
				encoding: 'utf8',
				maxBuffer: 64 * 1024 * 1024
			});
			return { code: status ?? 1, output: stdout };
		},
		remove: () => {
			rmSync(folder, { recursive: true, force: true });
		}
	};
};
