// Steps that were proposed, and assessments that fail, are stopped, asked for again, and put right by a person.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { actAs, desk, drawerOfCase, layCaseDown, staff } from '../support/desk-screens.ts';
import { addConnection, useConnection } from '../support/screens.ts';
import { replied, say, story, test } from '../support/story.ts';

/** A case with one exchange; the tab acts as Dana. */
const aCase = async (page: Page, words: string): Promise<{ chatId: string; dana: string }> => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Dana');
	const chatId = await layCaseDown(page, dana, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await say(page, words);
	await replied(page, 2);
	return { chatId, dana };
};

/** The same, handed on. */
const handedOn = async (page: Page, words: string): Promise<string> => {
	const { chatId, dana } = await aCase(page, words);
	return page.evaluate(
		async ([actor, chat]) => {
			const raised = await window.stet?.dispatch('raise_handoff', { actor, chatId: chat, reason: 'stuck' });
			if (raised?.ok !== true) throw new Error('not raised');
			return raised.value.handoffId;
		},
		[dana, chatId] as const
	);
};

const assessmentOf = (page: Page) => page.getByRole('region', { name: desk.brief.assessment });

test('a step that was proposed counts once it is confirmed, and one that was refused is not proposed again', async ({
	page
}) => {
	await aCase(page, 'I restarted the router. It had no effect.\nWe changed the cable.');
	await drawerOfCase(page).click();
	const tab = page.getByRole('tabpanel');
	const [kept, refused] = ['I restarted the router.', 'We changed the cable.'];
	await expect(tab.getByText(desk.tried.none)).toBeVisible();
	await tab.getByRole('button', { name: desk.tried.acceptLabel(kept) }).press('Enter');
	await expect(tab.getByLabel(desk.tried.outcome)).toHaveValue('no_effect');
	await tab.getByLabel(desk.tried.text).fill('Restarted the router');
	await tab.getByRole('button', { name: en.app.save }).click();
	await tab.getByRole('button', { name: desk.tried.declineLabel(refused) }).press('Enter');
	await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toHaveCount(0);
	const steps = tab.getByRole('region', { name: desk.tried.title, exact: true });
	await expect(steps.getByRole('listitem')).toHaveCount(1);
	await expect(steps).toContainText('Restarted the router');
	await expect(steps).toContainText(desk.tried.by('Dana'));

	await say(page, 'We changed the cable. I checked the port.');
	await replied(page, 4);
	await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toBeVisible();
	await expect(
		tab.getByRole('button', { name: desk.tried.acceptLabel('I checked the port.') })
	).toBeVisible();
	await expect(tab.getByText(refused)).toHaveCount(0);
});

test('an assessment that failed says why, and is tried again; one that is written can be stopped', async ({
	page,
	provider,
	expectErrors
}) => {
	test.setTimeout(120_000);
	expectErrors(/401/u);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Replay',
		url: provider.base('401'),
		key: { secret: 'sk-test-0123456789', remember: true }
	});
	await useConnection(page, 'Replay');
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(assessment.getByText(desk.brief.failed(desk.brief.failures['auth'] ?? ''))).toBeVisible({
		timeout: 30_000
	});
	// what code knows stands all the same
	await expect(page.getByRole('region', { name: desk.brief.problem })).toContainText('Error 809');

	await page.goto('/settings');
	await useConnection(page, en.settings.demoLabel);
	await page.goto(`/handoffs/${handoffId}`);
	await assessment.getByRole('button', { name: desk.brief.retry }).press('Enter');
	await assessment.getByRole('button', { name: desk.brief.stop }).click();
	await expect(assessment.getByText(desk.brief.failed(desk.brief.failures['cancelled'] ?? ''))).toBeVisible();
	await expect(assessment.getByRole('button', { name: desk.brief.stop })).toHaveCount(0);
	await assessment.getByRole('button', { name: desk.brief.retry }).click();
	await expect(assessment.getByText(/(\d+) of \1 statements traced/u)).toBeVisible({ timeout: 30_000 });
	await expect(assessment.getByText(/No assessment came/u)).toHaveCount(0);
});

test('what a person wrote into an assessment is kept when a model is asked again, and both say when the chat went on', async ({
	page
}) => {
	test.setTimeout(120_000);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(assessment.getByText(/statements traced/u)).toBeVisible({ timeout: 30_000 });
	await assessment.getByRole('button', { name: desk.brief.edit, exact: true }).click();
	const sheet = page.getByRole('dialog', { name: desk.brief.editTitle });
	await sheet.getByLabel(desk.brief.startHere).fill('Ask Lena for the log of Monday.');
	await sheet.getByRole('button', { name: en.app.save }).click();
	await expect(assessment.getByText(desk.brief.byPerson('Dana'))).toBeVisible();
	await assessment.getByRole('button', { name: desk.brief.regenerate }).click();
	const versions = assessment.getByRole('combobox');
	await expect(versions.getByRole('option')).toHaveCount(3, { timeout: 30_000 });
	const start = page.getByRole('region', { name: desk.brief.startHere });
	await expect(start).not.toContainText('Ask Lena');
	await versions.selectOption({ index: 1 });
	await expect(start).toContainText('Ask Lena for the log of Monday.');
	await expect(assessment.getByText(desk.brief.byPerson('Dana'))).toBeVisible();

	await page.getByRole('button', { name: desk.brief.open }).click();
	await expect(story(page).composer).toBeVisible();
	await say(page, 'It dropped again.');
	await replied(page, 4);
	await expect(story(page).turns).toHaveCount(4);
	await page.goto(`/handoffs/${handoffId}`);
	for (const index of [0, 1]) {
		await versions.selectOption({ index });
		await expect(assessment.getByText(desk.brief.newer(2))).toBeVisible();
	}
});
