// Looks at a screen as it is now: axe in light and dark, nothing wider than the window, everything large enough to press.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The least height of anything to press, in CSS pixels. */
const TARGET_PX = 44;
/** A folder that gets a picture of every screen, for people to look at. */
const PICTURES = process.env['STET_PICTURES'];

/** What is pressed or filled in, and stands by itself; links and buttons inside a sentence are as high as their line. */
const CONTROLS =
	'a.button, button:not(.link), input:not([type=radio], [type=checkbox], [hidden]), select, textarea, summary, nav a, ' +
	'label:has(input), [role=menuitem]';

/** Measures the screen as it is now, in light and in dark. */
export const look = async (page: Page, screen: string): Promise<void> => {
	await test.step(screen, async () => {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			// colours are on their way for a frame
			await page.evaluate(
				() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
			);
			// heights are measured below, and against a stricter rule; axe's own counts what a sticky bar happens to cover
			const axe = new AxeBuilder({ page }).disableRules('target-size');
			// nothing but colours differs in the dark
			const found = async () => {
				const { violations } = await (
					colorScheme === 'light' ? axe.withTags(WCAG) : new AxeBuilder({ page }).withRules('color-contrast')
				).analyze();
				return violations.flatMap(({ id, nodes }) =>
					nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`)
				);
			};
			// on a busy machine the other colours may still be on their way; what is wrong stays wrong
			await expect.poll(found, `${screen}, ${colorScheme}`).toEqual([]);
			if (PICTURES !== undefined) {
				const size = page.viewportSize();
				mkdirSync(PICTURES, { recursive: true });
				await page.screenshot({
					path: join(PICTURES, `${screen.replaceAll(/\W+/g, '-')}-${String(size?.width)}-${colorScheme}.png`)
				});
			}
		}
		const found = await page.evaluate(
			([controls, least]) => {
				const shown = (element: Element): boolean =>
					element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 1;
				const { scrollWidth, clientWidth } = document.documentElement;
				return {
					tooWide: scrollWidth > clientWidth ? scrollWidth - clientWidth : 0,
					headings: [...document.querySelectorAll('h1')].filter(shown).length,
					small: [...document.querySelectorAll(controls)]
						.filter((element) => shown(element) && element.getBoundingClientRect().height < least - 0.5)
						.map((element) => `${element.outerHTML.slice(0, 120)}: ${element.getBoundingClientRect().height}`)
				};
			},
			[CONTROLS, TARGET_PX] as const
		);
		expect(found, screen).toEqual({ tooWide: 0, headings: 1, small: [] });
	});
};
