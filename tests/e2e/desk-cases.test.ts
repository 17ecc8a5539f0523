// Cases: opened, worked with the Copilot, steps written down by one key, handed on, resolved and taken up again.
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { actAs, desk, drawerOfCase, layCaseDown, staff, strip } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { say, story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`opening a case, its list and its drawer on a ${name}`, async ({ page }) => {
			await page.goto('/');
			// who only plays stories is not asked who they are
			await expect(page.getByRole('link', { name: en.home.newCase })).toBeVisible();
			await expect(page.locator('.member-trigger')).toHaveCount(0);
			await page.getByRole('link', { name: en.home.newCase }).click();
			await page.getByLabel(desk.cases.title).fill('VPN drops every 20 minutes');
			await page.getByLabel(desk.cases.requester).fill('Sam Field');
			await page.getByLabel(desk.cases.tags).fill('vpn, network, vpn');
			await expect(page.getByRole('status').filter({ hasText: 'P3' })).toBeVisible();
			await page.getByLabel(desk.cases.impact).selectOption({ index: 0 });
			await expect(page.getByRole('status').filter({ hasText: 'P2' })).toContainText('high');
			await look(page, 'case new');
			await page.getByRole('button', { name: desk.cases.begin }).click();
			// the first one to do something at the desk says who they are
			const people = page.getByRole('dialog', { name: desk.members.title });
			await expect(people.getByLabel(desk.members.name)).toBeFocused();
			await look(page, 'desk first member');
			await page.keyboard.type('Dana Reyes');
			await page.keyboard.press('Enter');
			await expect(story(page).title).toHaveText('VPN drops every 20 minutes');
			await expect(strip(page)).toContainText('Sam Field');
			await say(page, 'Error 809 after every reconnect. I restarted the gateway.');
			await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
			await look(page, 'case chat');
			await drawerOfCase(page).click();
			await expect(page.getByRole('tab', { name: 'Case' })).toHaveAttribute('aria-selected', 'true');
			await expect(page.getByText('vpn, network', { exact: true })).toBeVisible();
			await look(page, 'case drawer');
			await page.goto('/');
			await expect(page.getByRole('heading', { name: desk.cases.list })).toBeVisible();
			await expect(page.getByRole('listitem').filter({ hasText: 'VPN drops' })).toContainText('Sam Field');
			await look(page, 'home with cases');
			await page.getByLabel(desk.cases.find).fill('printer');
			await expect(page.getByText(desk.cases.noneFound)).toBeVisible();
		});
	});
}

test('a step is written down from a turn by one key, put otherwise, and taken back', async ({ page }) => {
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer']);
	const chatId = await layCaseDown(page, dana, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await say(page, 'I restarted the gateway. It held for ten minutes.');
	await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
	await page.locator('article').first().getByRole('button', { name: en.chat.copy }).focus();
	await page.keyboard.press('t');
	const sheet = page.getByRole('dialog', { name: desk.tried.recordTitle });
	await expect(sheet.getByLabel(desk.tried.text)).toHaveValue('I restarted the gateway.');
	await expect(sheet.getByRole('radio', { name: desk.outcomes.unknown })).toBeFocused();
	await page.keyboard.press('2');
	await page.keyboard.press('Enter');
	await expect(sheet).toHaveCount(0);
	await drawerOfCase(page).click();
	const tab = page.getByRole('tabpanel');
	await expect(tab.getByText('I restarted the gateway.')).toBeVisible();
	await expect(tab.getByText(desk.outcomes.partly)).toBeVisible();
	await tab.getByRole('button', { name: desk.tried.change('I restarted the gateway.') }).press('Enter');
	await tab.getByLabel(desk.tried.outcome).selectOption('no_effect');
	await tab.getByRole('button', { name: 'Save' }).click();
	await expect(tab.getByText(desk.outcomes.no_effect)).toBeVisible();
	// letters are what is typed while somebody types, and nothing at all when they are switched off
	await story(page).composer.focus();
	await page.keyboard.type('t?E');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(story(page).composer).toHaveValue('t?E');
	await story(page).title.click();
	await page.keyboard.press('Shift+?');
	await page.getByLabel(desk.keys.on).uncheck();
	await page.keyboard.press('Escape');
	await page.keyboard.press('t');
	await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a case is handed on by two keys, its chat says how that stands, and it is withdrawn', async ({
	page
}) => {
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	const chatId = await layCaseDown(page, dana, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await actAs(page, 'Mo');
	await expect(strip(page).getByRole('button', { name: desk.raise.escalate })).toBeVisible();
	await page.keyboard.press('Shift+E');
	const sheet = page.getByRole('dialog', { name: desk.raise.escalateTitle });
	await expect(sheet.getByRole('radio', { name: desk.raise.reasons.stuck })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(sheet).toHaveCount(0);
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	// somebody picks it up elsewhere: whoever reads along sees it
	await page.evaluate(
		async ([actor, chat]) => {
			const all = await window.stet?.ask('handoffs_of_chat', { chatId: chat, now: Date.now() });
			await window.stet?.dispatch('claim_handoff', { actor, handoffId: all?.[0]?.handoffId ?? '' });
		},
		[dana, chatId] as const
	);
	await expect(strip(page).getByRole('status')).toHaveText('Dana has it');
	await strip(page)
		.getByRole('button', { name: desk.acts.more('VPN drops') })
		.click();
	await page.getByRole('menuitem', { name: desk.acts.names.withdraw }).click();
	await page.getByRole('dialog').getByRole('button', { name: desk.acts.names.withdraw, exact: true }).click();
	await expect(strip(page).getByRole('status')).toHaveText(desk.standing.withdrawn());
	await expect(strip(page).getByRole('button', { name: desk.raise.escalate })).toBeVisible();
});

test('a case is resolved with a code, and taken up again', async ({ page }) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer']);
	const chatId = await layCaseDown(page, dana, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await drawerOfCase(page).click();
	const tab = page.getByRole('tabpanel');
	await tab.getByRole('button', { name: desk.cases.resolve }).press('Enter');
	await tab.getByLabel(desk.cases.resolveCode).selectOption('workaround');
	await tab.getByLabel(desk.cases.resolveNote).fill('Pinned the tunnel to IKEv2.');
	await tab.getByRole('button', { name: desk.cases.resolveYes, exact: true }).click();
	await expect(tab.getByText('Pinned the tunnel to IKEv2.')).toBeVisible();
	await expect(strip(page)).toContainText(desk.cases.states.resolved);
	await tab.getByRole('button', { name: desk.cases.reopen }).press('Enter');
	await tab.getByLabel(desk.cases.reopenWhy).fill('It is back.');
	await page.keyboard.press('Enter');
	await expect(tab.getByText('reopened 1 time')).toBeVisible();
});

for (const { name, width, height } of SIZES)
	test(`cases are narrowed down by priority, tag and requester on a ${name}`, async ({ page }) => {
		await page.setViewportSize({ width, height });
		await page.goto('/');
		const [dana = ''] = await staff(page, ['Dana', 'engineer']);
		await layCaseDown(page, dana, { title: 'VPN drops', impact: 1 });
		await layCaseDown(page, dana, { title: 'Printer jams', requester: 'Odo Marsh', impact: 3 });
		const titled = (title: string) => page.getByRole('listitem').filter({ hasText: title });
		await expect(titled('Printer jams')).toBeVisible();
		// its tags are looked into as well
		await page.getByLabel(desk.cases.find).fill('netw');
		await expect(titled('VPN drops')).toBeVisible();
		await page.getByLabel(desk.cases.find).fill('');
		await page.getByRole('button', { name: desk.cases.narrow }).click();
		await page.getByLabel(desk.cases.byRequester).selectOption('Odo Marsh');
		await expect(titled('VPN drops')).toHaveCount(0);
		await expect(titled('Printer jams')).toBeVisible();
		await look(page, 'cases narrowed down');
		await page.getByLabel(desk.cases.byRequester).selectOption('');
		await page.getByLabel(desk.cases.byPriority).selectOption({ index: 2 });
		await expect(titled('VPN drops')).toBeVisible();
		await expect(titled('Printer jams')).toHaveCount(0);
		await page.getByLabel(desk.cases.byTag).selectOption('vpn');
		await expect(titled('VPN drops')).toBeVisible();
		// folded, nothing is left out by what nobody sees
		await page.getByRole('button', { name: desk.cases.narrowLess }).click();
		await expect(titled('Printer jams')).toBeVisible();
	});
