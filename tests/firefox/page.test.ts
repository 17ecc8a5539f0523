// The built app in a stock Firefox, under its headers. Skipped, by name, where Firefox is not installed.
import { expect } from 'vitest';
import { test } from '../support/firefox.ts';

test('the page starts under its headers without an error', async ({ page, origin, errors }) => {
	await page.goto(origin);
	await page.waitForSelector('h1');
	expect(errors).toEqual([]);
});
