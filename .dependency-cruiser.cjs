// Who may import what. tests/rules/imports.test.ts sees each rule fail on a planted violation.

/** Unit tests lie beside their subject and may use what tests use. */
const TEST = '\\.test\\.ts$';

/** Libraries that open the containers other programs keep characters and chats in. */
const CONTAINER_LIBRARIES = 'fflate';

/** @param {string} names alternatives of package names */
const packages = (names) => `(^|/)node_modules/(${names})(/|$)`;

const ANY_PACKAGE = '(^|/)node_modules/';
const SVELTE = packages('svelte|@sveltejs|bits-ui|@lucide|esm-env|vitest-browser-svelte');

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'no-circular',
			comment: 'A circle has no first file to read.',
			severity: 'error',
			from: {},
			to: { circular: true }
		},
		{
			name: 'nothing-unresolved',
			comment:
				'An import that leads nowhere breaks the build, or worse, only the rules below. $app is made by Kit.',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true, pathNot: '^\\$(app|service-worker)' }
		},
		{
			name: 'product-without-tests',
			comment: 'What is shipped does not import tests or their tools.',
			severity: 'error',
			from: { path: '^(src|scripts)/', pathNot: TEST },
			to: { path: `^tests/|${TEST}|${packages('vitest|@vitest|fast-check|@playwright|puppeteer-core')}` }
		},
		{
			name: 'kernel-alone',
			comment: 'The kernel is the mechanism: it knows no feature, and no library but zod.',
			severity: 'error',
			from: { path: '^src/lib/domain/kernel/', pathNot: TEST },
			to: { path: '.', pathNot: `^src/lib/domain/kernel/|${packages('zod')}` }
		},
		{
			name: 'domain-alone',
			comment:
				'The domain runs anywhere: it imports itself and zod, and tokens.ts what estimates them. Formats may open containers.',
			severity: 'error',
			from: {
				path: '^src/lib/domain/',
				pathNot: `${TEST}|^src/lib/domain/((formats|kernel)/|story/tokens\\.ts$)`
			},
			to: { path: '.', pathNot: `^src/lib/domain/|${packages('zod')}` }
		},
		{
			name: 'tokens-are-estimated',
			comment: 'The one place that asks the library which estimates tokens.',
			severity: 'error',
			from: { path: '^src/lib/domain/story/tokens\\.ts$' },
			to: { path: '.', pathNot: packages('tokenx') }
		},
		{
			name: 'formats-open-containers',
			comment:
				'Formats turn bytes into values: they import the domain, zod, and libraries that open containers.',
			severity: 'error',
			from: { path: '^src/lib/domain/formats/', pathNot: TEST },
			to: { path: '.', pathNot: `^src/lib/domain/|${packages(`zod|${CONTAINER_LIBRARIES}`)}` }
		},
		{
			name: 'library-below-story',
			comment: 'Bots and people exist before any chat: the library knows neither chats nor the desk.',
			severity: 'error',
			from: { path: '^src/lib/domain/library/', pathNot: TEST },
			to: { path: '^src/lib/domain/(story|desk|vocabulary)' }
		},
		{
			name: 'story-below-desk',
			comment: 'A chat goes on whether or not somebody watches it from the desk.',
			severity: 'error',
			from: { path: '^src/lib/domain/story/', pathNot: TEST },
			to: { path: '^src/lib/domain/(desk|vocabulary)' }
		},
		{
			name: 'lib-without-screens',
			comment:
				'Nothing under src/lib knows Svelte, Kit or a screen, so all of it runs in Node and in workers.',
			severity: 'error',
			from: { path: '^src/lib/', pathNot: TEST },
			to: { path: `^src/(routes|service-worker)/|^\\$(app|env|lib|service-worker)|${SVELTE}` }
		},
		{
			name: 'product-without-node',
			comment: 'All of it runs in a browser.',
			severity: 'error',
			from: { path: '^src/', pathNot: TEST },
			to: { dependencyTypes: ['core'] }
		},
		{
			name: 'screens-through-the-door',
			comment:
				'Screens reach the workers through client.ts; script-url.ts makes the one Trusted Types policy.',
			severity: 'error',
			from: { path: '^src/routes/', pathNot: TEST },
			to: {
				path: '^src/lib/worker/',
				pathNot: '^src/lib/worker/(client|script-url|protocol|travel-protocol|handoff-protocol)\\.ts$'
			}
		},
		{
			name: 'screens-know-types',
			comment: 'Screens use the types of the domain and of the protocol, never their values.',
			severity: 'error',
			from: { path: '^src/routes/', pathNot: TEST },
			to: {
				path: '^src/lib/(domain/|worker/((travel|handoff)-)?protocol\\.ts$)',
				dependencyTypesNot: ['type-only']
			}
		},
		{
			name: 'service-worker-alone',
			comment: 'The service worker keeps files. It knows workbox and nothing of the app.',
			severity: 'error',
			from: { path: '^src/service-worker/' },
			to: { path: '.', pathNot: `^src/service-worker/|^\\$service-worker$|${packages('workbox-[a-z]+')}` }
		},
		{
			name: 'tests-are-no-library',
			comment: 'Tests share what lies in tests/support, not each other.',
			severity: 'error',
			from: {},
			to: { path: '\\.test\\.ts$' }
		},
		{
			name: 'unit-tests-look-down',
			comment: 'A domain test may use the domain, the SQL driver and tests/support; nothing above.',
			severity: 'error',
			from: { path: '^src/lib/domain/.*\\.test\\.ts$' },
			to: { path: `^src/(routes|service-worker)/|^src/lib/worker/(?!storage/)|^tests/(?!support/)|${SVELTE}` }
		},
		{
			name: 'baselines-without-us',
			comment: 'What we are compared with is the browser and SQLite, not a part of us.',
			severity: 'error',
			from: { path: '^tests/bench/(baseline\\.worker|workers)\\.ts$' },
			to: { path: '.', pathNot: `^tests/bench/workers\\.ts$|${packages('@sqlite.org|comlink')}` }
		},
		{
			name: 'scripts-before-install',
			comment: 'These run on a fresh clone, before any package is there.',
			severity: 'error',
			from: { path: '^scripts/(install|start|test|browser|header-rules|headers|build)\\.js$' },
			to: { path: ANY_PACKAGE, dynamic: false }
		}
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '^(\\.svelte-kit|build)/' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: {
			extensions: ['.ts', '.js', '.svelte'],
			conditionNames: ['svelte', 'browser', 'import', 'default', 'types'],
			exportsFields: ['exports']
		}
	}
};
