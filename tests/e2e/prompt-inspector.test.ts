// What a model was asked, seen by a person: from a reply's menu, in the drawer, part by part and word for word.
import { en } from '../../src/routes/words/en.ts';
import { prompt } from '../../src/routes/words/en-prompt.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { beginDemo, say, story } from '../support/story.ts';

for (const { name, width, height } of [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const)
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`inspecting the prompt of a reply on a ${name}`, async ({ page }) => {
			await page.goto('/');
			await beginDemo(page);
			const before = await story(page).turns.count();
			await say(page, 'Who lit the lamp tonight?');
			// the player's turn and the reply to it
			await expect(story(page).turns).toHaveCount(before + 2);
			const more = story(page)
				.turns.nth(before + 1)
				.getByRole('button', { name: en.chat.turnMenu });
			await expect(more).toBeEnabled();
			await more.press('Enter');
			await page.getByRole('menuitem', { name: prompt.inspect }).press('Enter');
			await expect(page.getByRole('tab', { name: world.drawer.tabs.prompt })).toHaveAttribute(
				'aria-selected',
				'true'
			);
			const shares = page.getByText(prompt.part.words);
			await expect(shares).toBeVisible();
			await expect(page.getByText(prompt.ofTurn)).toBeVisible();
			const exact = page.getByRole('region', { name: prompt.exact });
			await expect(exact).toContainText('Who lit the lamp tonight?');
			await expect(exact).toContainText('You are ');
			await exact.focus();
			await expect(exact).toBeFocused();
			await page.getByText(prompt.classifiers.observer, { exact: true }).press('Enter');
			const observer = page.getByRole('region', { name: prompt.classifiers.observer });
			await expect(observer).toContainText('Who lit the lamp tonight?');
			await expect(observer).toContainText(prompt.answer);
			await look(page, 'drawer prompt');
			await page.getByRole('button', { name: prompt.showNewest }).press('Enter');
			await expect(page.getByText(prompt.newest)).toBeVisible();
		});
	});
