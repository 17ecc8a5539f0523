// One linter for types, screens and the house's own bans. Every exception stands under its reason.
import { readFileSync } from 'node:fs';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const ignored = readFileSync(new URL('.gitignore', import.meta.url), 'utf8')
	.split('\n')
	.filter((line) => line.endsWith('/'))
	.map((line) => `**/${line}`);

const NO_CLOCK = 'The domain reads no clock: time comes from the command’s world (I5).';
const NO_CHANCE = 'The domain draws no random number: ids and seeds come from the command’s world (I5).';
const NO_LOCALE = 'The domain knows no locale: the same log must read the same everywhere (I5).';

/** Bans that hold in every file of ours. */
const everywhere = [
	{
		selector: 'TSAsExpression > TSAnyKeyword, TSTypeAssertion > TSAnyKeyword',
		message: 'as any turns the compiler off: parse the value, or name the type.'
	},
	{
		selector: 'MemberExpression[object.name=/^(test|it|describe|suite)$/][property.name="only"]',
		message: '.only hides every other test.'
	}
];

const inDomain = [
	{ selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: NO_CLOCK },
	{ selector: 'CallExpression[callee.name="Date"]', message: NO_CLOCK },
	{ selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: NO_CLOCK },
	{ selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: NO_CHANCE },
	{ selector: 'MemberExpression[property.name=/^(toLocale\\w*|localeCompare)$/]', message: NO_LOCALE }
];

export default tseslint.config(
	{ ignores: ignored },
	...tseslint.configs.strictTypeChecked,
	...svelte.configs['flat/recommended'],
	prettier,
	...svelte.configs['flat/prettier'],
	{
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		languageOptions: {
			globals: { ...globals.es2023 },
			parserOptions: {
				project: ['tsconfig.json', 'tsconfig.worker.json', 'tsconfig.worker-tests.json'],
				tsconfigRootDir: import.meta.dirname,
				extraFileExtensions: ['.svelte'],
				svelteConfig
			}
		},
		rules: {
			'no-restricted-syntax': ['error', ...everywhere],
			'no-restricted-imports': [
				'error',
				{
					paths: [
						{ name: '$app/stores', message: 'Use $app/state: Kit 3 has no $app/stores.' },
						{ name: 'svelte/store', message: 'State is runes.' }
					],
					patterns: [{ group: ['$lib', '$lib/*'], message: 'Use #lib/…: Kit 3 has no $lib.' }]
				}
			],
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/ban-ts-comment': [
				'error',
				{ 'ts-ignore': true, 'ts-expect-error': 'allow-with-description' }
			],
			// async is how a function promises that what it throws becomes a rejection, with or without an await inside
			'@typescript-eslint/require-await': 'off',
			// ports are plain objects of functions; none of them reads `this`
			'@typescript-eslint/unbound-method': 'off',
			// a number in a sentence is what was meant
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// an arrow that only calls something reads better on one line
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			// a leading underscore says "not used" where a signature asks for the parameter
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			globals: { ...globals.browser },
			parserOptions: { parser: tseslint.parser, svelteConfig }
		},
		rules: {
			// a prop that a binding or a rest element assigns has to be let, and its neighbours with it
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { destructuring: 'all' }],
			// there are no stores to access (svelte/store is banned above), and it took a third of the time
			'svelte/require-store-reactive-access': 'off'
		}
	},
	{
		files: ['src/**'],
		rules: {
			'svelte/no-at-html-tags': 'error',
			'no-console': 'error',
			// the app is served at the root of its origin, so an address in it is already whole
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['src/lib/domain/**/*.ts'],
		ignores: ['**/*.test.ts'],
		rules: {
			'no-restricted-syntax': ['error', ...everywhere, ...inDomain],
			'no-restricted-globals': [
				'error',
				{ name: 'crypto', message: NO_CHANCE },
				{ name: 'performance', message: NO_CLOCK },
				{ name: 'Intl', message: NO_LOCALE }
			]
		}
	},
	{
		// the matchers of the test library are typed any on purpose
		files: ['**/*.test.ts'],
		rules: { '@typescript-eslint/no-unsafe-assignment': 'off' }
	},
	{
		// scripts and settings are JavaScript, read by Node as they are; svelte-check holds their types
		files: ['**/*.js', '**/*.cjs'],
		extends: [tseslint.configs.disableTypeChecked],
		languageOptions: { globals: { ...globals.node } }
	},
	{
		// sent to the browser as they are
		files: ['static/**/*.js'],
		languageOptions: { sourceType: 'script', globals: { ...globals.browser } }
	}
);
