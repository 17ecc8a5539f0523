// Acting on a hand-off from the conversation it is about: what the brief offers is offered there, and nothing written is lost.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app.ts';
import {
	actAs,
	claim,
	desk,
	drawerOfCase,
	layCaseDown,
	layHandoffDown,
	staff,
	strip
} from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { say, story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const { unsent, theCase } = desk.acts;

/** A case of Mo's that waits for a colleague; the tab is at its conversation, as somebody. */
const inConversation = async (page: Page, as: string) => {
	await page.goto('/');
	const [dana = '', eve = '', mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'admin'],
		['Mo', 'member']
	);
	const made = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await page.reload();
	// a phone has no masthead in a conversation
	await actAs(page, as);
	await page.goto(`/chats/${made.chatId}`);
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	return { dana, eve, mo, ...made };
};

/** The note at the foot of the page. */
const said = (page: Page) => page.locator('.place[role=status]');
const offer = (page: Page, label: string) =>
	page.locator('.place').getByRole('button', { name: label, exact: true });
const sheet = (page: Page) => page.getByRole('dialog');

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`picked up and resolved from the conversation on a ${name}, and its case with it, in one step`, async ({
			page
		}) => {
			const { chatId } = await inConversation(page, 'Dana');
			await expect(strip(page).getByRole('button', { name: desk.acts.names.pick_up })).toBeVisible();
			await look(page, 'conversation of a hand-off that waits');
			await story(page).title.click();
			await page.keyboard.press('p');
			await expect(strip(page).getByRole('status')).toContainText('You have it');
			await expect(page).toHaveURL(new RegExp(`/chats/${chatId}`));
			await page.keyboard.press('e');
			await sheet(page).getByRole('textbox').fill('Pinned the tunnel.');
			const too = sheet(page).getByRole('checkbox', { name: theCase.too.resolve });
			await expect(too).not.toBeChecked();
			await look(page, 'resolving a hand-off of an open case');
			await too.check();
			await page.keyboard.press('Control+Enter');
			await expect(said(page)).toContainText(theCase.done.resolve);
			await expect(strip(page)).toContainText(desk.cases.states.resolved);
			await expect(strip(page).getByRole('status')).toContainText('The hand-off was resolved');
		});

		test(`words for an act somebody may do no more are kept on a ${name}: read, made a note, thrown away`, async ({
			page
		}) => {
			const { dana, eve, chatId, handoffId } = await inConversation(page, 'Dana');
			await claim(page, dana, handoffId);
			await expect(strip(page).getByRole('status')).toContainText('You have it');
			await story(page).title.click();
			await page.keyboard.press('e');
			await sheet(page).getByRole('textbox').fill('Pinned the tunnel to IKEv2.');
			await page.keyboard.press('Escape');
			const kept = page.getByRole('button', { name: unsent.kept.resolve });
			await expect(kept).toBeVisible();
			// while it is theirs they go on with it
			await kept.click();
			await page.getByRole('button', { name: unsent.goOn }).click();
			await expect(sheet(page).getByRole('textbox')).toHaveValue('Pinned the tunnel to IKEv2.');
			await page.keyboard.press('Escape');
			await page.evaluate(
				async ([actor, id]) => {
					await window.stet?.dispatch('reassign_handoff', { actor, handoffId: id, to: actor });
				},
				[eve, handoffId] as const
			);
			await expect(strip(page).getByRole('status')).toHaveText('Eve has it');
			for (const at of [`/chats/${chatId}`, `/handoffs/${handoffId}`]) {
				await page.goto(at);
				await kept.click();
				await expect(page.getByLabel(unsent.label)).toHaveValue('Pinned the tunnel to IKEv2.');
				await expect(page.getByRole('button', { name: unsent.copy, exact: true })).toBeVisible();
				await look(page, at.startsWith('/chats') ? 'kept words in a conversation' : 'kept words in a brief');
			}
			await page.getByRole('button', { name: unsent.discard }).click();
			await expect(kept).toHaveCount(0);
			await offer(page, desk.acts.undo).click();
			await kept.click();
			await page.getByRole('button', { name: unsent.asNote }).click();
			await expect(sheet(page).getByRole('textbox')).toHaveValue('Pinned the tunnel to IKEv2.');
			await page.keyboard.press('Control+Enter');
			await expect(page.locator('.note', { hasText: 'Pinned the tunnel to IKEv2.' })).toBeVisible();
			await expect(kept).toHaveCount(0);
		});
	});
}

test('a resolved hand-off leaves its case open, says so, and offers to end it too; reopened, the other way', async ({
	page
}) => {
	const { dana, handoffId } = await inConversation(page, 'Dana');
	await claim(page, dana, handoffId);
	await expect(strip(page).getByRole('status')).toContainText('You have it');
	await story(page).title.click();
	await page.keyboard.press('e');
	await expect(sheet(page).getByRole('checkbox', { name: theCase.too.resolve })).toBeVisible();
	await page.keyboard.press('Control+Enter');
	await expect(said(page)).toContainText(theCase.stays.resolve('VPN drops'));
	await expect(strip(page)).toContainText('Sam Field');
	await offer(page, theCase.offer.resolve).click();
	await expect(strip(page)).toContainText(desk.cases.states.resolved);
	await strip(page)
		.getByRole('button', { name: new RegExp(desk.acts.names.reopen) })
		.click();
	await expect(sheet(page).getByRole('checkbox', { name: theCase.too.reopen })).toBeVisible();
	await page.keyboard.press('Control+Enter');
	await offer(page, theCase.offer.reopen).click();
	await expect(strip(page)).toContainText('Sam Field');
});

test('resolving a case says what becomes of its hand-off, and ends it in the same step', async ({ page }) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await inConversation(page, 'Dana');
	await drawerOfCase(page).click();
	const tab = page.getByRole('tabpanel');
	await tab.getByRole('button', { name: desk.cases.resolve }).press('Enter');
	await expect(tab.getByText(desk.cases.handoffStays.open)).toBeVisible();
	await tab.getByRole('checkbox', { name: desk.cases.handoffToo.withdraw }).check();
	await look(page, 'resolving a case that was handed on');
	await tab.getByRole('button', { name: desk.cases.resolveYes, exact: true }).click();
	await expect(said(page)).toContainText(desk.cases.handoffDone.withdraw);
	await expect(strip(page).getByRole('status')).toHaveText(desk.standing.withdrawn());
	await expect(strip(page)).toContainText(desk.cases.states.resolved);
});

test('who speaks up in the conversation of one that waits is offered to pick it up, once; who raised it is not', async ({
	page
}) => {
	await inConversation(page, 'Mo');
	await say(page, 'It drops again.');
	await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
	await expect(said(page)).not.toContainText(desk.standing.nobodyHas);
	await actAs(page, 'Dana');
	await say(page, 'Which router is it?');
	await expect(said(page)).toContainText(desk.standing.nobodyHas);
	await offer(page, desk.acts.names.pick_up).click();
	await expect(strip(page).getByRole('status')).toContainText('You have it');
	// taken back, it waits again, and the same person is not asked twice
	await offer(page, desk.acts.undo).click();
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	await expect(story(page).turns).toHaveCount(4, { timeout: 30_000 });
	await say(page, 'And which provider?');
	await expect(story(page).turns).toHaveCount(6, { timeout: 30_000 });
	await expect(said(page)).not.toContainText(desk.standing.nobodyHas);
});

test('a note to whoever picks it up is kept when it is not raised', async ({ page }) => {
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer']);
	await page.goto(`/chats/${await layCaseDown(page, dana, { title: 'VPN drops' })}`);
	await expect(strip(page).getByRole('button', { name: desk.raise.escalate })).toBeVisible();
	await page.keyboard.press('Shift+E');
	await sheet(page).getByLabel(desk.raise.note).fill('The branch closes at five.');
	await page.keyboard.press('Escape');
	await expect(sheet(page)).toHaveCount(0);
	await page.reload();
	await strip(page).getByRole('button', { name: desk.raise.escalate }).click();
	await expect(sheet(page).getByLabel(desk.raise.note)).toHaveValue('The branch closes at five.');
	await sheet(page).getByRole('button', { name: desk.raise.go }).click();
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	await expect(page.getByRole('button', { name: unsent.kept.raise })).toHaveCount(0);
});

test('a note that was written before anybody said who they are is kept for whoever that is', async ({
	page
}) => {
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await page.goto(`/chats/${await layCaseDown(page, dana, { title: 'VPN drops' })}`);
	await strip(page).getByRole('button', { name: desk.raise.escalate }).click();
	const note = sheet(page).getByLabel(desk.raise.note);
	await note.fill('The branch closes at five.');
	await page.keyboard.press('Escape');
	await expect(sheet(page)).toHaveCount(0);
	await page.reload();
	await strip(page).getByRole('button', { name: desk.raise.escalate }).click();
	await expect(note).toHaveValue('The branch closes at five.');
	await page.keyboard.press('Escape');
	await actAs(page, 'Mo');
	await strip(page).getByRole('button', { name: desk.raise.escalate }).click();
	await expect(note).toHaveValue('The branch closes at five.');
	await sheet(page).getByRole('button', { name: desk.raise.go }).click();
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	// it is sent, and nobody's draft any more
	await actAs(page, 'Dana');
	await expect(page.getByRole('button', { name: unsent.kept.raise })).toHaveCount(0);
});

test('a member reads neither another’s brief nor the numbers, by address neither, and is told so', async ({
	page
}) => {
	const { chatId, handoffId } = await inConversation(page, 'Mo');
	await staff(page, ['Max', 'member']);
	await page.goto(`/handoffs/${handoffId}`);
	const heading = page.getByRole('heading', { level: 1 });
	await expect(heading).toContainText('VPN drops');
	await actAs(page, 'Max');
	await expect(heading).toHaveText(desk.brief.notYours);
	await look(page, 'brief of somebody else');
	await page.goto('/metrics');
	await expect(page.getByText(desk.metrics.notForMembers)).toBeVisible();
	await expect(page.getByRole('table')).toHaveCount(0);
	await page.goto(`/chats/${chatId}`);
	await expect(strip(page).getByRole('status')).toContainText('Waits for a colleague');
	await expect(strip(page).getByRole('link', { name: desk.standing.openHandoff })).toHaveCount(0);
	await expect(strip(page).getByRole('button', { name: desk.brief.pinned })).toHaveCount(0);
});
