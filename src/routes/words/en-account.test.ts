// What is said of money is as sure as the number it is about, and what is one thing has one name.
import { expect, it } from 'vitest';
import { account } from './en-account.ts';
import { models } from './en-models.ts';

it.each([
	[0, '$0', '~$0'],
	[0.000_4, 'less than $0.001', 'less than ~$0.001'],
	[0.0123, '$0.012', '~$0.012'],
	[3.456, '$3.46', '~$3.46']
])('%d dollars', (usd, counted, estimated) => {
	expect(account.dollars(usd, false)).toBe(counted);
	expect(account.dollars(usd, true)).toBe(estimated);
});

it('a connection’s model for drafts is called as the story’s is', () => {
	expect(models.models.copilotModel.toLowerCase()).toContain(account.tasks.copilot.from.toLowerCase());
});
