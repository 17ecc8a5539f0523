// The checks that are shown for each way a test can end.
import { describe, expect, it } from 'vitest';
import type { ModelFailure } from '#lib/worker/protocol.ts';
import { checks } from './doctor.ts';

const away = { provider: 'openai', url: 'https://api.openai.com/v1', key: 'remembered' } as const;
const home = { provider: 'openai-compatible', url: 'http://localhost:11434/v1', key: 'none' } as const;

const told = (connection: Parameters<typeof checks>[0], failure: ModelFailure | null): string =>
	checks(connection, failure)
		.map(({ name, state }) => `${name} ${state}`)
		.join(', ');

describe('a provider elsewhere', () => {
	it.each<[ModelFailure['type'] | null, string]>([
		[null, 'online ok, reachable ok, allowed ok, key ok, answers ok'],
		['offline', 'online failed, reachable unknown, allowed unknown, key unknown, answers unknown'],
		['unreachable', 'online ok, reachable failed, allowed unknown, key unknown, answers unknown'],
		['cors', 'online ok, reachable ok, allowed failed, key unknown, answers unknown'],
		['org-blocks-browser', 'online ok, reachable ok, allowed failed, key unknown, answers unknown'],
		['bad-key', 'online ok, reachable ok, allowed ok, key failed, answers unknown'],
		['quota', 'online ok, reachable ok, allowed ok, key ok, answers failed'],
		['wrong-model', 'online ok, reachable ok, allowed ok, key ok, answers failed'],
		['not-an-api', 'online ok, reachable ok, allowed ok, key unknown, answers failed'],
		['overloaded', 'online ok, reachable ok, allowed ok, key unknown, answers failed'],
		['locked', 'online unknown, reachable unknown, allowed unknown, key failed, answers unknown'],
		['no-key', 'online unknown, reachable unknown, allowed unknown, key failed, answers unknown']
	])('%s: %s', (type, expected) => {
		expect(told(away, type === null ? null : { type })).toBe(expected);
	});
});

describe('a server of this machine', () => {
	it.each<[ModelFailure | null, string]>([
		[null, 'reachable ok, allowed ok, answers ok'],
		[{ type: 'unreachable' }, 'reachable failed, allowed unknown, answers unknown'],
		[{ type: 'local-network' }, 'reachable failed, allowed unknown, answers unknown'],
		[{ type: 'cors' }, 'reachable ok, allowed failed, answers unknown'],
		// it wants a key after all, and said so
		[{ type: 'no-key', status: 401 }, 'reachable ok, allowed ok, key failed, answers unknown']
	])('%j: %s', (failure, expected) => {
		expect(told(home, failure)).toBe(expected);
	});
});

it('what is built in only answers, or does not', () => {
	const builtIn = { provider: 'on-device', url: '', key: 'none' } as const;
	expect(told(builtIn, null)).toBe('answers ok');
	expect(told(builtIn, { type: 'not-downloaded' })).toBe('answers failed');
});
