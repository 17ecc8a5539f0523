// What people complain of at other desks, where a screen decides it: each a test that it does not happen here. The others stand
// beside the domain.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app.ts';
import {
	actAs,
	card,
	claim,
	desk,
	layCaseDown,
	layHandoffDown,
	row,
	staff,
	strip
} from '../support/desk-screens.ts';

const people = async (page: Page, at = '/queue') => {
	await page.goto(at);
	const [dana = '', eve = '', mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'engineer'],
		['Mo', 'member']
	);
	return { dana, eve, mo };
};

test('that the AI is at work on a matter is seen nowhere', async ({ page }) => {
	const { mo } = await people(page);
	await actAs(page, 'Dana');
	const { handoffId, chatId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await expect(row(page, 'VPN')).toContainText(desk.queue.notAssessed);
	await page.evaluate(
		async ([actor, chat, id]) => {
			const turn = await window.stet?.dispatch('take_turn', {
				chatId: chat,
				text: 'It drops.',
				connectionId: 'demo'
			});
			if (turn?.ok !== true) throw new Error('no turn');
			await window.stet?.dispatch('drop_reply', { jobId: turn.value.jobId });
			// from a connection that is not there: it comes to nothing after a while
			await window.stet?.dispatch('ask_assessment', { actor, handoffId: id, connectionId: 'nowhere' });
		},
		[mo, chatId, handoffId] as const
	);
	await expect(row(page, 'VPN')).toContainText(desk.queue.assessing);
	await expect(row(page, 'VPN')).toContainText(desk.queue.assessmentFailed, { timeout: 30_000 });
});

test('a matter is handed on silently, and whoever asked sees nothing of it', async ({ page }) => {
	const { dana, mo } = await people(page);
	await actAs(page, 'Mo');
	const chatId = await layCaseDown(page, mo, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await expect(strip(page).getByRole('button', { name: desk.raise.escalate })).toBeVisible();
	await page.keyboard.press('Shift+E');
	await expect(page.getByRole('dialog').getByRole('radio').first()).toBeVisible();
	await page.keyboard.press('Enter');
	const stands = strip(page).getByRole('status');
	await expect(stands).toContainText('Waits for a colleague');
	const handoffId = await page.evaluate(async (chat) => {
		const all = await window.stet?.ask('handoffs_of_chat', { chatId: chat, now: Date.now() });
		return all?.[0]?.handoffId ?? '';
	}, chatId);
	await claim(page, dana, handoffId);
	await expect(stands).toHaveText('Dana has it');
	await page.evaluate(
		async ([actor, id]) => {
			await window.stet?.dispatch('hand_back', { actor, handoffId: id });
		},
		[dana, handoffId] as const
	);
	await expect(stands).toHaveText(desk.standing.with_ai());
});

test('nobody is there, and nobody notices; colleagues meet only once both have opened the same matter', async ({
	page,
	context
}) => {
	const { mo } = await people(page);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'VPN drops' });
	// that nobody else watches, and how long the oldest waits, is always there to be read
	await expect(page.getByText(desk.queue.alone)).toBeVisible();
	await expect(page.getByText(/the oldest waits/)).toBeVisible();
	const other = await context.newPage();
	await other.goto('/queue');
	await actAs(other, 'Eve');
	await expect(page.getByText(desk.queue.others(['Eve']))).toBeVisible();
	// in the list, before anybody opened it
	await card(other, 'VPN').focus();
	await expect(row(page, 'VPN').getByText(desk.queue.looks(['Eve']))).toBeVisible();
	await other.close();
	await expect(page.getByText(desk.queue.alone)).toBeVisible();
});

test('whoever answers first is not offered to take it', async ({ page }) => {
	const { mo } = await people(page);
	await actAs(page, 'Dana');
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await card(page, 'VPN').focus();
	await page.keyboard.press('n');
	await page.getByRole('dialog').getByRole('textbox').fill('I look at it.');
	await page.keyboard.press('Control+Enter');
	const note = page.locator('.place[role=status]');
	await expect(note).toContainText(desk.acts.done.note());
	await page.locator('.place').getByRole('button', { name: desk.acts.names.pick_up }).click();
	await expect(page).toHaveURL(new RegExp(handoffId));
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
});

test('it is overdue, and looks like any other', async ({ page }) => {
	await page.clock.install();
	const { mo } = await people(page);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'VPN drops', priority: 1 });
	await expect(row(page, 'VPN')).toContainText('due in');
	await page.clock.fastForward('00:20:00');
	await expect(row(page, 'VPN')).toContainText('overdue by');
});
