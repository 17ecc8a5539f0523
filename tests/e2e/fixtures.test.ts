// The end-to-end tests' own ground: a disk that outlives the browser, and errors that do not go unnoticed.
import { expect, test } from '../support/app.ts';

test('what a page keeps outlives the browser', async ({ page, origin, relaunch }) => {
	await page.goto(origin);
	await page.evaluate(async () => {
		const folder = await navigator.storage.getDirectory();
		const file = await folder.getFileHandle('proof', { create: true });
		const writable = await file.createWritable();
		await writable.write('kept');
		await writable.close();
	});
	const context = await relaunch();
	const again = await context.newPage();
	await again.goto(origin);
	const kept = await again.evaluate(async () => {
		const folder = await navigator.storage.getDirectory();
		return (await (await folder.getFileHandle('proof')).getFile()).text();
	});
	expect(kept).toBe('kept');
});

test('an error nobody expected fails the test', async ({ page, origin }) => {
	test.fail();
	await page.goto(origin);
	await page.evaluate(() => {
		console.error('planted');
	});
});

test('an error that was expected does not', async ({ page, origin, expectErrors }) => {
	expectErrors(/^planted/);
	await page.goto(origin);
	await page.evaluate(() => {
		console.error('planted');
	});
});
