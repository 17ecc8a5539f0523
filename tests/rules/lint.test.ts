// Each of the house's own lint bans, seen to fail on a planted violation.
import { relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plant, type PlantedHouse } from '../support/planted.ts';

const Report = z.array(
	z.object({
		filePath: z.string(),
		messages: z.array(
			z.object({ ruleId: z.string().nullable(), message: z.string(), line: z.number().optional() })
		)
	})
);

const CLOCK = 'no-restricted-syntax: The domain reads no clock';
const CHANCE = 'no-restricted-syntax: The domain draws no random number';
const LOCALE = 'no-restricted-syntax: The domain knows no locale';

/** What is found, and the one line it is found in. */
const IN_DOMAIN: readonly (readonly [finding: string, line: string])[] = [
	[CLOCK, 'export const a = Date.now();'],
	[CLOCK, 'export const b = new Date();'],
	[CLOCK, 'export const c = Date();'],
	[CHANCE, 'export const d = Math.random();'],
	["no-restricted-globals: Unexpected use of 'crypto'", 'export const e: unknown = crypto;'],
	["no-restricted-globals: Unexpected use of 'performance'", 'export const f: unknown = performance;'],
	["no-restricted-globals: Unexpected use of 'Intl'", "export const g = new Intl.NumberFormat('en');"],
	[LOCALE, "export const h = 'a'.localeCompare('b');"],
	[LOCALE, "export const i = 'a'.toLocaleUpperCase();"],
	[LOCALE, 'export const j = (1).toLocaleString();'],
	['no-restricted-syntax: as any turns the compiler off', 'export const k = 1 as any;'],
	['no-console', "console.log('here');"]
];

const ELSEWHERE: readonly (readonly [finding: string, file: string, text: string])[] = [
	[
		'svelte/no-at-html-tags',
		'src/routes/Html.svelte',
		'<script lang="ts">\n\tconst text = \'x\';\n</script>\n\n{@html text}\n'
	],
	['no-console', 'src/routes/Talk.svelte', '<script lang="ts">\n\tconsole.log(\'here\');\n</script>\n'],
	["no-restricted-imports: '$app/stores'", 'src/routes/stores.ts', "export { page } from '$app/stores';\n"],
	[
		"no-restricted-imports: 'svelte/store'",
		'src/routes/store.ts',
		"export { writable } from 'svelte/store';\n"
	],
	["no-restricted-imports: '$lib/x'", 'src/routes/alias.ts', "export { x } from '$lib/x';\n"],
	[
		'no-restricted-syntax: .only hides',
		'tests/e2e/only.test.ts',
		"import { test } from 'vitest';\n\ntest.only('x', () => undefined);\n"
	],
	[
		'@typescript-eslint/no-floating-promises',
		'src/routes/Floating.svelte',
		'<script lang="ts">\n\tconst later = async () => Promise.resolve(1);\n\tlater();\n</script>\n'
	],
	['@typescript-eslint/ban-ts-comment', 'tests/ignore.ts', '// @ts-ignore\nexport const x: string = 1;\n'],
	['Parsing error', 'src/lib/worker/broken.ts', 'export const = 1;\n']
];

const BANNED = 'src/lib/domain/story/banned.ts';
const ALLOWED = 'src/lib/domain/story/allowed.ts';
const TEST = 'src/lib/domain/story/banned.test.ts';

let house: PlantedHouse;
let found: readonly { readonly file: string; readonly line: number; readonly finding: string }[];

beforeAll(() => {
	const lines = IN_DOMAIN.map(([, line]) => line);
	house = plant({
		[BANNED]: `${lines.join('\n')}\n`,
		[ALLOWED]: 'export const at = (ms: number): string => new Date(ms).toISOString();\n',
		[TEST]: `${lines.slice(0, 4).join('\n')}\n`,
		'src/lib/worker/own.test.ts': 'export const x = 1;\n',
		...Object.fromEntries(ELSEWHERE.map(([, file, text]) => [file, text]))
	});
	const { output } = house.run('eslint/bin/eslint.js', 'src', 'tests', '--format', 'json');
	found = Report.parse(JSON.parse(output)).flatMap(({ filePath, messages }) =>
		messages.map(({ ruleId, message, line = 0 }) => ({
			file: relative(process.cwd(), filePath)
				.replace(/^.*stet-planted-[^/\\]+[/\\]/, '')
				.replaceAll('\\', '/'),
			line,
			finding: `${ruleId ?? 'Parsing error'}: ${message}`
		}))
	);
});

afterAll(() => {
	house.remove();
});

test.each(IN_DOMAIN)('%s in the domain: %s', (finding, text) => {
	const line = IN_DOMAIN.findIndex(([, other]) => other === text) + 1;
	expect(found).toContainEqual({ file: BANNED, line, finding: expect.stringContaining(finding) as string });
});

test.each(ELSEWHERE)('%s: %s', (finding, file) => {
	expect(found.filter((one) => one.file === file).map((one) => one.finding)).toContainEqual(
		expect.stringContaining(finding)
	);
});

test('a date made from a number is allowed, and tests may read the clock', () => {
	expect(found.filter(({ file }) => file === ALLOWED || file === TEST)).toEqual([]);
});
