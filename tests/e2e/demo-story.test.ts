// The demo story as a person plays it: ten turns of it, in which everything a world has is seen on the page.
import { en } from '../../src/routes/words/en.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { say, story } from '../support/story.ts';

const WORDS = [
	'I sit down by the kettle.',
	'Thank you. Is the tea for me?',
	'*reads the page upside down*',
	'Tobias, were you out there all night?',
	'Nobody told me that the ferry had gone.',
	'Let’s go to the old pier.',
	'What is that light?',
	'I am sorry that I asked.',
	'…',
	'Then write down that I stayed.'
];

test('ten turns of the demo story show an interjection, a story event done, time skipped and a scene elsewhere', async ({
	page
}) => {
	test.setTimeout(300_000);
	await page.goto('/');
	await page.getByRole('button', { name: en.home.demo }).click();

	await expect(story(page).turns.first(), 'it is read from its beginning').toBeInViewport();
	await expect(page.getByText(world.meanwhile.notHere).first()).toBeVisible();
	await expect(page.getByRole('heading', { name: world.meanwhile.digest })).toBeVisible();
	await expect(page.getByText(en.demoStory.meanwhile.digest)).toBeVisible();
	await expect(story(page).send, 'nothing has to be waited for').toBeVisible();
	await look(page, 'the demo story begins');
	await page.getByRole('button', { name: world.meanwhile.accept }).click();
	await expect(page.getByText(world.meanwhile.accepted)).toBeVisible();

	// what is far above is not on the page any more: seen is seen
	const seen = { interjections: 0, skips: 0, effects: 0 };
	for (const text of WORDS) {
		await say(page, text);
		await expect(story(page).stop).toBeVisible();
		await expect(story(page).stop).toHaveCount(0, { timeout: 60_000 });
		seen.interjections = Math.max(seen.interjections, await page.locator('.row.interjection').count());
		seen.skips = Math.max(seen.skips, await page.locator('.skipped').count());
		seen.effects = Math.max(
			seen.effects,
			await page.locator('article button[aria-controls$="-list"]').count()
		);
	}
	expect(seen.interjections, 'a guest put in a word').toBeGreaterThan(0);
	expect(seen.skips, 'time was passed over').toBeGreaterThan(0);
	expect(seen.effects, 'turns brought something about').toBeGreaterThan(0);
	await look(page, 'the demo story after ten turns');

	await page.getByRole('button', { name: world.drawer.labels.story }).click();
	await expect(page.getByText('the old pier').first(), 'where the player went').toBeVisible();
	await page.getByRole('tab', { name: world.drawer.tabs.story }).click();
	const over = page.getByText(/^Over \(\d+\)$/u);
	await expect(over).toBeVisible();
	await over.click();
	await expect(page.getByText(world.story.status.completed).first()).toBeVisible();
	await look(page, 'the demo story’s events');
	await page.getByRole('tab', { name: world.drawer.tabs.people }).click();
	await expect(page.getByRole('img', { name: world.people.graph })).toBeVisible();
	await look(page, 'the demo story’s people');
	await page.getByRole('tab', { name: world.drawer.tabs.memory }).click();
	await expect(page.getByText(/I sit down by the kettle/u).first()).toBeVisible();
	await look(page, 'the demo story’s memories');
});
