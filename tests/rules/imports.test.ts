// Each rule about imports, seen to fail on a planted violation, and silent on what it allows.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plant, type PlantedHouse } from '../support/planted.ts';

const Report = z.object({
	summary: z.object({
		violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }))
	})
});

const Settings = z.object({ forbidden: z.array(z.object({ name: z.string() })) });

/** Files that others import, so that nothing but the planted import is wrong. */
const GROUND: Readonly<Record<string, string>> = {
	'src/lib/domain/kernel/sql.ts': 'export interface Sql { readonly a: 1 }\nexport const sql = 1;\n',
	'src/lib/domain/library/bots.ts': 'export const bots = 1;\n',
	'src/lib/domain/story/turns.ts': 'export const turns = 1;\n',
	'src/lib/domain/desk/cases.ts': 'export const cases = 1;\n',
	'src/lib/domain/story/ring.ts': "export { a } from './circle.ts';\nexport const b = 1;\n",
	'src/lib/worker/protocol.ts': 'export interface P { readonly a: 1 }\nexport const p = 1;\n',
	'src/lib/worker/client.ts': 'export const connect = 1;\n',
	'src/lib/worker/script-url.ts': 'export const trustedScriptUrl = 1;\n',
	'src/lib/worker/model/port.ts': 'export const port = 1;\n',
	'src/routes/ui/button.ts': 'export const button = 1;\n',
	'tests/support/given.ts': 'export const given = 1;\n',
	'tests/e2e/other.test.ts': 'export const other = 1;\n'
};

/** Rule, planted file, its text. Every rule of the settings has at least one row. */
const PLANTED: readonly (readonly [rule: string, file: string, text: string])[] = [
	['no-circular', 'src/lib/domain/story/circle.ts', "export { b } from './ring.ts';\nexport const a = 1;\n"],
	['nothing-unresolved', 'src/lib/domain/story/lost.ts', "import './nowhere.ts';\n"],
	[
		'product-without-tests',
		'src/lib/domain/story/tested.ts',
		"import '../../../../tests/support/given.ts';\n"
	],
	['product-without-tests', 'src/lib/worker/tooled.ts', "import 'vitest';\n"],
	['kernel-alone', 'src/lib/domain/kernel/feature.ts', "import '../story/turns.ts';\n"],
	['kernel-alone', 'src/lib/domain/kernel/library.ts', "import 'comlink';\n"],
	['domain-alone', 'src/lib/domain/story/worker.ts', "import '../../worker/model/port.ts';\n"],
	['domain-alone', 'src/lib/domain/story/library.ts', "import 'comlink';\n"],
	['domain-alone', 'src/lib/domain/story/node.ts', "import 'node:fs';\n"],
	['tokens-are-estimated', 'src/lib/domain/story/tokens.ts', "import 'comlink';\n"],
	['formats-open-containers', 'src/lib/domain/formats/cards.ts', "import 'comlink';\n"],
	['library-below-story', 'src/lib/domain/library/chatty.ts', "import '../story/turns.ts';\n"],
	['story-below-desk', 'src/lib/domain/story/watched.ts', "import '../desk/cases.ts';\n"],
	['lib-without-screens', 'src/lib/worker/svelte.ts', "import 'svelte';\n"],
	['lib-without-screens', 'src/lib/worker/kit.ts', "import '$app/state';\n"],
	['lib-without-screens', 'src/lib/worker/screen.ts', "import '../../routes/ui/button.ts';\n"],
	['product-without-node', 'src/lib/worker/files.ts', "import 'node:fs';\n"],
	['screens-through-the-door', 'src/routes/around.ts', "import '#lib/worker/model/port.ts';\n"],
	[
		'screens-through-the-door',
		'src/routes/Around.svelte',
		'<script lang="ts">import { port } from \'#lib/worker/model/port.ts\'; console.log(port);</script>\n'
	],
	[
		'screens-know-types',
		'src/routes/values.ts',
		"import { turns } from '#lib/domain/story/turns.ts';\nexport const t = turns;\n"
	],
	[
		'screens-know-types',
		'src/routes/Values.svelte',
		'<script lang="ts">import { turns } from \'#lib/domain/story/turns.ts\';</script>\n{turns}\n'
	],
	[
		'screens-know-types',
		'src/routes/protocol.ts',
		"import { p } from '#lib/worker/protocol.ts';\nexport const t = p;\n"
	],
	['service-worker-alone', 'src/service-worker/lib.ts', "import '../lib/worker/client.ts';\n"],
	['service-worker-alone', 'src/service-worker/library.ts', "import 'comlink';\n"],
	['tests-are-no-library', 'tests/e2e/borrower.test.ts', "import './other.test.ts';\n"],
	['unit-tests-look-down', 'src/lib/domain/story/up.test.ts', "import '../../../routes/ui/button.ts';\n"],
	['unit-tests-look-down', 'src/lib/domain/story/model.test.ts', "import '../../worker/model/port.ts';\n"],
	['baselines-without-us', 'tests/bench/baseline.worker.ts', "import '#lib/worker/client.ts';\n"],
	['scripts-before-install', 'scripts/start.js', "import 'sirv';\n"]
];

const ALLOWED: Readonly<Record<string, string>> = {
	'src/lib/domain/kernel/good.ts': "import 'zod';\nimport './sql.ts';\n",
	'src/lib/domain/story/good.ts': "import '../library/bots.ts';\nimport '../kernel/sql.ts';\n",
	'src/lib/domain/story/good.test.ts':
		"import 'vitest';\nimport '#tests/support/given.ts';\nimport './good.ts';\n",
	'src/lib/worker/good.ts': "import 'comlink';\nimport '../domain/story/turns.ts';\n",
	'src/routes/good.ts':
		"import '#lib/worker/client.ts';\nimport '#lib/worker/script-url.ts';\nimport type { P } from '#lib/worker/protocol.ts';\nimport type { Sql } from '#lib/domain/kernel/sql.ts';\nexport type Q = P | Sql;\n",
	'src/routes/Good.svelte': '<script lang="ts">import { page } from \'$app/state\';</script>\n{page.url}\n',
	'src/service-worker/good.ts': "import 'workbox-routing';\n",
	'scripts/good.js': "import 'sirv';\n"
};

let house: PlantedHouse;
let found: readonly { readonly from: string; readonly rule: string }[];

beforeAll(() => {
	house = plant({
		...GROUND,
		...ALLOWED,
		...Object.fromEntries(PLANTED.map(([, file, text]) => [file, text]))
	});
	const { output } = house.run(
		'dependency-cruiser/bin/dependency-cruise.mjs',
		...['src', 'tests', 'scripts', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
	);
	found = Report.parse(JSON.parse(output)).summary.violations.map(({ from, rule }) => ({
		from,
		rule: rule.name
	}));
});

afterAll(() => {
	house.remove();
});

test.each(PLANTED)('%s is broken by %s', (rule, from) => {
	expect(found).toContainEqual({ from, rule });
});

test.each(Object.keys(ALLOWED))('%s breaks no rule', (file) => {
	expect(found.filter(({ from }) => from === file)).toEqual([]);
});

test('every rule has a planted violation', () => {
	const { forbidden } = Settings.parse(createRequire(import.meta.url)('../../.dependency-cruiser.cjs'));
	expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
});
