// Takes the pictures in static/ of the built app (README, install dialog): npm run build, then npm run screenshots
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, chromiumPath } from './browser.js';
import { ROOT } from './install.js';
import { startServer } from './serve.js';

const pictures = [
	{ file: 'screenshot-wide.png', viewport: { width: 1280, height: 800 } },
	{ file: 'screenshot-narrow.png', viewport: { width: 390, height: 844 } }
];

/**
 * @param {import('playwright').Page} page
 * @param {string} file
 */
const take = async (page, file) => {
	await page.mouse.move(0, 0);
	// what the pointer had called up fades
	await page.waitForTimeout(500);
	await page.screenshot({ path: join(ROOT, 'static', file) });
	console.log(`static/${file}`);
};

const server = await startServer({ root: join(ROOT, 'build') });
const profile = mkdtempSync(join(tmpdir(), 'stet-pictures-'));
const context = await chromium.launchPersistentContext(profile, {
	executablePath: chromiumPath(),
	args: CHROMIUM_ARGS,
	colorScheme: 'light'
});
try {
	const page = context.pages()[0] ?? (await context.newPage());
	await page.goto(server.origin);
	await page.getByRole('button', { name: 'Play the demo story' }).click();
	const composer = page.getByRole('textbox', { name: 'Your turn' });
	for (const words of [
		'“Write down that I came for the lantern.” *I set my wet hat on the desk.*',
		'“It belonged to my sister. What do you want for it?”'
	]) {
		await composer.fill(words);
		await composer.press('Control+Enter');
		await page.getByRole('button', { name: 'Stop' }).waitFor();
		await page.getByRole('button', { name: 'Send' }).waitFor();
	}
	for (const { file, viewport } of pictures) {
		await page.setViewportSize(viewport);
		await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight }));
		await take(page, file);
	}

	// the demo case, handed on by one person and read by another
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto(`${server.origin}/queue`);
	await page.getByRole('button', { name: 'Try the demo case' }).click();
	await page.getByRole('button', { name: 'Escalate' }).click();
	await page.getByRole('button', { name: 'Raise it now' }).click();
	await page.getByText('Waits for a colleague').waitFor();
	await page.goto(`${server.origin}/queue`);
	await page.getByRole('button', { name: /^You act as/ }).click();
	await page.getByRole('menuitemradio', { name: 'engineer' }).click();
	await page.getByRole('button', { name: /^Pick up/ }).click();
	await page.getByText(/statements traced/).waitFor();
	await page.getByRole('button', { name: 'Dismiss' }).waitFor({ state: 'detached' });
	await page.evaluate(() => scrollTo({ top: 0 }));
	await take(page, 'screenshot-brief.png');
} finally {
	await context.close();
	await server.stop();
	rmSync(profile, { recursive: true, force: true });
}
