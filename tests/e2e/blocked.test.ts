// A browser that blocks this site's data: said at once, and a session in memory works, replies and all.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS, chromiumPath } from '../../scripts/browser.js';
import { expect, test } from '../support/app.ts';
import { beginDemo, replied, say, story } from '../support/story.ts';

/** Chromium's content setting for "do not let sites save data". */
const BLOCK = 2;

test('where site data is blocked, a session in memory is offered and works', async ({ origin }) => {
	const folder = mkdtempSync(join(tmpdir(), 'stet-blocked-'));
	mkdirSync(join(folder, 'Default'));
	writeFileSync(
		join(folder, 'Default', 'Preferences'),
		JSON.stringify({ profile: { default_content_setting_values: { cookies: BLOCK } } })
	);
	const context = await chromium.launchPersistentContext(folder, {
		executablePath: chromiumPath(),
		args: CHROMIUM_ARGS
	});
	const wrong: string[] = [];
	context.on('weberror', (error) => wrong.push(error.error().message));
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await page.goto(origin);
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('This window cannot store anything.');
		await page.getByRole('button', { name: 'Go on in memory only' }).click();
		await beginDemo(page);
		const before = await story(page).turns.count();
		await say(page, 'Hello there');
		await replied(page, before + 2);
		expect(wrong).toEqual([]);
	} finally {
		await context.close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}
});
