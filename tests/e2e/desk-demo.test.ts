// The demo case as a newcomer meets it: opened in one click, gone on with, escalated, picked up by somebody else, resolved. No key.
import type { Page } from '@playwright/test';
import { demoCase } from '../../src/routes/words/en-demo-case.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { actAs, desk, drawerOfCase, strip } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const demo = (page: Page) => page.getByRole('button', { name: en.home.demoCase });

/** Every statement of the assessment is traced. */
const allTraced = async (page: Page): Promise<void> => {
	const assessment = page.getByRole('region', { name: desk.brief.assessment });
	const told = assessment.getByText(/of \d+ statements traced/u);
	await expect(told).toBeVisible({ timeout: 60_000 });
	const [, traced, of] = /(\d+) of (\d+) statements traced/u.exec((await told.textContent()) ?? '') ?? [];
	expect(Number(of)).toBeGreaterThanOrEqual(7);
	expect(traced).toBe(of);
	await expect(page.getByText(desk.brief.unverified)).toHaveCount(0);
};

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`a newcomer tries the demo case on a ${name}, by pointer`, async ({ page, origin }) => {
			test.setTimeout(180_000);
			const away: string[] = [];
			page.on('request', (request) => {
				if (/^https?:/u.test(request.url()) && !request.url().startsWith(origin)) away.push(request.url());
			});
			await page.goto('/');
			await look(page, 'first run with the demo case');
			await demo(page).click();
			await expect(story(page).title).toHaveText(demoCase.title);
			await expect(page.getByText(demoCase.ready)).toBeVisible();
			await expect(story(page).composer).toHaveValue(demoCase.next);
			await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', '8');
			await look(page, 'demo case opened');
			await story(page).send.click();
			await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', '10', { timeout: 30_000 });
			await expect(story(page).turns.last()).toContainText('One step to try next');
			await expect(story(page).send).toBeVisible({ timeout: 30_000 });
			await drawerOfCase(page).click();
			const tab = page.getByRole('tabpanel');
			await expect(tab.getByText(/^I turned on the keep-alive/u)).toBeVisible();
			await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toBeVisible();
			await look(page, 'demo case with a proposal');
			await tab.getByRole('button', { name: /^It was tried: I turned on/u }).click();
			await tab.getByRole('button', { name: 'Save' }).click();
			await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toHaveCount(0);
			await page.keyboard.press('Escape');
			if (await tab.isVisible()) await drawerOfCase(page).click();

			await strip(page).getByRole('button', { name: desk.raise.escalate }).click();
			await page.getByRole('button', { name: desk.raise.go }).click();
			await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
			await page.getByRole('link', { name: en.app.back }).click();
			await actAs(page, demoCase.engineer);
			await page.getByRole('navigation').getByRole('link', { name: /Queue/u }).click();
			await page.getByRole('button', { name: desk.acts.names.pick_up }).first().click();
			await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
			await allTraced(page);
			await expect(page.getByRole('region', { name: desk.brief.tried }).getByRole('listitem')).toHaveCount(4);
			await look(page, 'demo case brief');
			await page.getByRole('button', { name: desk.brief.start, exact: true }).click();
			await expect(story(page).composer).toHaveValue(/^Compare the idle timeout/u);
			await expect(page.getByRole('region', { name: desk.brief.title })).toHaveCount(0);
			await look(page, 'demo case started here');
			await strip(page).getByRole('link', { name: desk.standing.openHandoff }).click();
			await page.locator('.brief-head').getByRole('button', { name: desk.acts.names.resolve }).click();
			await page
				.getByLabel(desk.acts.texts.resolve)
				.fill('Her group had another timeout. Set alike, it lasts.');
			await page.getByRole('dialog').getByRole('button', { name: desk.acts.names.resolve }).click();
			await expect(page.getByText(desk.brief.state.resolved).first()).toBeVisible();
			expect(away, 'nothing left the page').toEqual([]);
		});
	});
}

test('by keyboard alone: opened, escalated, and picked up in another tab by the engineer', async ({
	page,
	context
}) => {
	test.setTimeout(180_000);
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/');
	await demo(page).focus();
	await page.keyboard.press('Enter');
	await expect(story(page).title).toHaveText(demoCase.title);
	await expect(page.locator('.member-trigger')).toContainText(demoCase.member);
	await expect(strip(page).getByRole('button', { name: desk.raise.escalate })).toBeVisible();
	await page.keyboard.press('Escape');
	await story(page).title.click();
	await page.keyboard.press('Shift+E');
	const sheet = page.getByRole('dialog', { name: desk.raise.escalateTitle });
	await expect(sheet.getByRole('radio', { name: desk.raise.reasons.stuck })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');

	const other = await context.newPage();
	await other.goto('/queue');
	await actAs(other, demoCase.engineer);
	await expect(other.locator('[data-card]').first()).toBeVisible();
	await other.keyboard.press('j');
	await other.keyboard.press('p');
	await expect(other.getByRole('heading', { level: 1 })).toBeFocused();
	await allTraced(other);
	await expect(strip(page).getByRole('status')).toContainText(`${demoCase.engineer} has it`);
	await other.getByRole('heading', { level: 1 }).focus();
	await other.keyboard.press('e');
	await other.getByLabel(desk.acts.texts.resolve).fill('Set alike.');
	await other.keyboard.press('Control+Enter');
	await expect(other.getByRole('dialog')).toHaveCount(0);
	await expect(strip(page).getByRole('status')).toContainText('The hand-off was resolved');
});

test('an empty desk offers the demo case where it offers nothing else, and no more once there is a case', async ({
	page
}) => {
	await page.goto('/cases/new');
	await expect(demo(page)).toBeVisible();
	await page.goto('/queue');
	await expect(page.getByText(desk.queue.nobody)).toBeVisible();
	await demo(page).click();
	await expect(story(page).title).toHaveText(demoCase.title);
	await page.goto('/cases/new');
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(page.getByText(demoCase.member)).toBeVisible();
	await expect(demo(page)).toHaveCount(0);
	await page.goto('/');
	await expect(page.getByRole('listitem').filter({ hasText: demoCase.title })).toContainText('3 steps tried');
	await expect(demo(page)).toHaveCount(0);
});
