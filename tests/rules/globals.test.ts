// The domain sees only the language, workers see no page and no Node: the compiler objects to each planted name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, type PlantedHouse } from '../support/planted.ts';

const DOMAIN = 'src/lib/domain/story/planted.ts';
const WORKER = 'src/lib/worker/planted.ts';

const NOT_IN_DOMAIN = [
	'document',
	'window',
	'fetch',
	'console',
	'setTimeout',
	'crypto',
	'performance',
	'process',
	'Buffer'
];
const NOT_IN_WORKERS = ['document', 'window', 'localStorage', 'process', 'Buffer'];

const textOf = (names: readonly string[]): string =>
	names.map((name, index) => `export const planted${index}: unknown = ${name};\n`).join('');

let house: PlantedHouse;
beforeAll(() => {
	house = plant({
		[DOMAIN]: textOf(NOT_IN_DOMAIN),
		'src/lib/domain/story/allowed.ts': 'export const at = (ms: number): Date => new Date(ms);\n',
		[WORKER]: textOf(NOT_IN_WORKERS),
		'src/lib/worker/allowed.ts': 'export const reply = (): void => self.postMessage(fetch);\n'
	});
});
afterAll(() => {
	house.remove();
});

describe.each([
	['tsconfig.domain.json', DOMAIN, NOT_IN_DOMAIN],
	['tsconfig.worker.json', WORKER, NOT_IN_WORKERS]
])('%s', (settings, file, names) => {
	let output: string;
	beforeAll(() => {
		({ output } = house.run('typescript/bin/tsc', '-p', settings, '--pretty', 'false'));
	});

	test.each(names.map((name, index) => [name, index + 1] as const))('%s is an error', (name, line) => {
		expect(output).toMatch(
			new RegExp(
				`${file.replaceAll('.', '\\.')}\\(${String(line)},\\d+\\): error TS\\d+: Cannot find name '${name}'`
			)
		);
	});

	test('nothing else is', () => {
		expect(
			output
				.trim()
				.split('\n')
				.filter((line) => !line.startsWith(file))
		).toEqual([]);
	});
});
