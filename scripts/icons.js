// Draws the PNG icons in static/ from static/icon.svg, with Chromium. Run after changing the drawing: npm run icons
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, chromiumPath } from './browser.js';
import { ROOT } from './install.js';

const svg = readFileSync(join(ROOT, 'static/icon.svg'), 'utf8');
const ground = /<rect[^>]* fill="([^"]+)"/.exec(svg)?.[1] ?? 'none';

// a launcher may cut a maskable icon to a circle of four fifths, so the drawing shrinks and the ground fills the square
const pictures = [
	{ file: 'icon-192.png', pixels: 192, drawing: 1, background: 'transparent' },
	{ file: 'icon-512.png', pixels: 512, drawing: 1, background: 'transparent' },
	{ file: 'icon-maskable-512.png', pixels: 512, drawing: 0.8, background: ground }
];

const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_ARGS });
try {
	for (const { file, pixels, drawing, background } of pictures) {
		const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
		const size = Math.round(pixels * drawing);
		await page.setContent(
			`<style>body { margin: 0; height: 100vh; display: grid; place-items: center; background: ${background} }
			svg { width: ${size}px; height: ${size}px }</style>${svg}`
		);
		await page.screenshot({ path: join(ROOT, 'static', file), omitBackground: true });
		await page.close();
		console.log(`static/${file}`);
	}
} finally {
	await browser.close();
}
