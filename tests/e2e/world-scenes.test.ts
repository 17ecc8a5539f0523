// The end of a scene, as a person writes it: what stays of it stands in the time line, and the next reply is told of it.
import { prompt } from '../../src/routes/words/en-prompt.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { beginDemo, say, story } from '../support/story.ts';

const STAYS = 'They swore to keep the lamp burning until the last boat is in.';

for (const { name, width, height } of [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const)
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`what stays of a scene is written, seen and told, on a ${name}`, async ({ page }) => {
			await page.goto('/');
			await beginDemo(page);
			const opener = page.getByRole('button', { name: world.drawer.labels.story });
			const tab = (which: keyof typeof world.drawer.tabs) =>
				page.getByRole('tab', { name: world.drawer.tabs[which] });
			const pane = page.getByRole('tabpanel');
			await opener.press('Enter');
			await pane.getByRole('button', { name: world.now.elsewhere }).press('Enter');
			await page.keyboard.type('the old quay');
			await page.keyboard.press('Enter');
			await pane.getByRole('button', { name: world.now.endScene, exact: true }).press('Enter');
			await expect(pane.getByLabel(world.now.endSceneSummary)).toBeFocused();
			await page.keyboard.type(STAYS);
			await expect(pane.getByText(world.now.endSceneHelp)).toBeVisible();
			await look(page, 'the end of a scene');
			await pane.getByRole('button', { name: world.now.endSceneYes, exact: true }).press('Enter');
			await expect(pane.getByLabel(world.now.endSceneSummary)).toHaveCount(0);

			await tab('story').press('Enter');
			const line = page.getByRole('region', { name: world.story.timeLine });
			await expect(line.getByRole('listitem').filter({ hasText: 'the old quay' })).toContainText(STAYS);
			await look(page, 'what stays in the time line');
			await page.getByRole('button', { name: world.drawer.close }).press('Enter');

			const before = await story(page).turns.count();
			await say(page, 'What did we swear?');
			await expect(story(page).turns).toHaveCount(before + 2);
			await opener.press('Enter');
			await tab('prompt').press('Enter');
			await expect(page.getByText(prompt.part.scenes)).toBeVisible();
			await expect(page.getByRole('region', { name: prompt.exact })).toContainText(
				`((What stays of the scene at the old quay: ${STAYS}))`
			);
			await look(page, 'what stays in the prompt');
		});
	});
