import { expect, test } from 'vitest';
import { en } from '../words/en.ts';
import { connectionName } from './connection-name.ts';

test('the demo is named by the words of the interface, every other by its own label, and none by nothing', () => {
	expect(connectionName({ provider: 'demo', label: '' })).toBe(en.settings.demoLabel);
	expect(connectionName({ provider: 'openai-compatible', label: 'At\u202e home' })).toBe('At home');
	expect(connectionName(undefined)).toBe('');
	expect(connectionName(null)).toBe('');
});
