// A million characters of what halts other readers: the page draws all of it, answers meanwhile, and keeps its place in it.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { HUGE } from '../support/hostile/corpus.ts';
import { tell, test } from '../support/hostile/watched.ts';
import { recordTasks } from '../support/main-thread.ts';
import { beginStory } from '../support/screens.ts';

/** Of all that the unit tests read, those a page has most to draw for. */
const DEAREST = [
	...['quotes in quotes', 'lists in lists, line by line', 'emphasis closed from within', 'backslashes'],
	...['addresses that open parentheses', 'a fence that never closes', 'fences of one line', 'rows', 'links'],
	...['all at once', 'one word', 'lines of one letter']
];

/** Opening any story is one of half this. */
const LONGEST_TASK_MS = 100;

/** A story whose last turn is a text, opened from the list; what the page did meanwhile, longest first, in milliseconds. */
const openHuge = async (page: Page, text: string): Promise<readonly number[]> => {
	await page.goto('/settings');
	await page.waitForFunction(() => window.stet !== undefined);
	const chatId = await beginStory(page, 'Mallory', 'Begin.');
	await tell(page, chatId, ['Go on.', text]);
	await page.goto('/');
	const entry = page.locator(`a[href$="/chats/${chatId}"]`).first();
	await expect(entry).toBeVisible();
	const recording = await recordTasks(page);
	await entry.click();
	// asked seldom, and little: looking is work too
	await page.waitForFunction(
		() => {
			const state = window as unknown as { drawn?: number; still?: number };
			const words = [...document.querySelectorAll('.prose')].at(-1);
			const drawn = words?.textContent.length ?? 0;
			state.still = drawn > 0 && drawn === state.drawn ? (state.still ?? 0) + 1 : 0;
			state.drawn = drawn;
			return state.still >= 2;
		},
		undefined,
		{ polling: 500 }
	);
	return (await recording.stop()).map(({ ms }) => ms);
};

/** What is left of a text when its marks are gone. */
const letters = (text: string): string => text.replace(/[\s>|`*_~[\]()\\-]/g, '');

for (const name of DEAREST) {
	test(`a million characters of ${name}: all of it is drawn, and no task of the page takes longer than ${LONGEST_TASK_MS} milliseconds`, async ({
		page,
		watch
	}) => {
		const { strangers, seen } = await watch();
		const text = (HUGE[name]?.(999_000) ?? '').slice(0, 999_990);
		const first = await openHuge(page, text);
		// a machine with more to do than it can makes the same work longer: a second look tells the page's own share
		const tasks = (first[0] ?? 0) > LONGEST_TASK_MS ? await openHuge(page, text) : first;
		const shown = await page.evaluate(
			() => [...document.querySelectorAll('.prose')].at(-1)?.textContent ?? ''
		);
		// addresses of those links that are read as such are not shown
		expect(letters(shown).length).toBeGreaterThanOrEqual(letters(text).length * 0.9);
		expect(tasks.length).toBeGreaterThan(10);
		expect(tasks.slice(0, 3).filter((ms) => ms > LONGEST_TASK_MS)).toEqual([]);
		await page.getByLabel(en.chat.composer).fill('Still here.');
		await expect(page.getByLabel(en.chat.composer)).toHaveValue('Still here.');
		expect(await seen()).toEqual([]);
		expect(strangers()).toEqual([]);
	});
}

const LINES = Array.from({ length: 55_000 }, (_, line) => `line ${line} of it`);

test('code of a million characters is found and copied to the last letter, and whoever reads in it stays where they are', async ({
	page
}) => {
	const code = LINES.join('\n');
	await openHuge(page, `\`\`\`\n${code}\n\`\`\``);
	const copied = await page.evaluate(() => {
		const pre = document.querySelector('pre');
		if (pre !== null) getSelection()?.selectAllChildren(pre);
		const text = getSelection()?.toString() ?? '';
		getSelection()?.removeAllRanges();
		return text;
	});
	expect(copied.trimEnd() === code).toBe(true);
	const found = await page.evaluate(
		() => 'find' in window && (window as unknown as { find(text: string): boolean }).find('line 31234 of it')
	);
	expect(found).toBe(true);
	const lineTop = () => page.evaluate(() => getSelection()?.getRangeAt(0).getBoundingClientRect().top ?? NaN);
	const height = await page.evaluate(() => innerHeight);
	await expect.poll(lineTop).toBeGreaterThan(0);
	expect(await lineTop()).toBeLessThan(height);
	// up by the wheel, past pieces whose height was not known: each step goes as far as it should
	await page.mouse.move(400, 300);
	for (let step = 0; step < 30; step += 1) {
		const before = await page.evaluate(() => {
			const at = document.caretPositionFromPoint(400, 300);
			if (at === null) return null;
			getSelection()?.setBaseAndExtent(at.offsetNode, at.offset, at.offsetNode, at.offset + 1);
			return getSelection()?.getRangeAt(0).getBoundingClientRect().top ?? null;
		});
		await page.mouse.wheel(0, -200);
		await page.evaluate(
			() =>
				new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 80))
		);
		const after = await lineTop();
		expect(Math.abs(after - (before ?? NaN) - 200), `step ${step}`).toBeLessThan(3);
	}
});
