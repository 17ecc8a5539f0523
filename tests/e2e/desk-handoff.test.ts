// A hand-off's own screen: the brief at once, the way on into the conversation, and back.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { actAs, desk, layCaseDown, staff, strip } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { say, story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

/** A case that was worked, with a step, handed on by Mo; the tab acts as Dana. */
const handedOn = async (page: Page) => {
	await page.goto('/');
	const [dana = '', mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Dana');
	const chatId = await layCaseDown(page, mo, { title: 'VPN drops every 20 minutes' });
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Error 809 after every reconnect. I restarted the gateway.');
	await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
	const handoffId = await page.evaluate(
		async ([actor, chat]) => {
			const { stet } = window;
			const turns = await stet?.ask('transcript', { chatId: chat });
			await stet?.dispatch('record_step', {
				actor,
				chatId: chat,
				turnId: turns?.turns[0]?.turnId ?? null,
				text: 'Restarted the gateway',
				outcome: 'no_effect'
			});
			const raised = await stet?.dispatch('raise_handoff', {
				actor,
				chatId: chat,
				reason: 'stuck',
				note: 'The branch closes at five.'
			});
			if (raised?.ok !== true) throw new Error('not raised');
			return raised.value.handoffId;
		},
		[mo, chatId] as const
	);
	return { chatId, handoffId, dana, mo };
};

/** A colleague's note. */
const note = (page: Page, handoffId: string, actor: string) =>
	page.evaluate(
		async ([id, who]) => {
			await window.stet?.dispatch('note_handoff', { actor: who, handoffId: id, text: 'Looked at the logs.' });
		},
		[handoffId, actor] as const
	);

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the brief on a ${name}: facts at once, the turn beside, the conversation and back`, async ({
			page
		}) => {
			const { handoffId, chatId, mo } = await handedOn(page);
			await note(page, handoffId, mo);
			await page.goto(`/handoffs/${handoffId}`);
			await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
			for (const block of [desk.brief.problem, desk.brief.tried, desk.brief.assessment, desk.brief.startHere])
				await expect(page.getByRole('heading', { level: 2, name: block })).toBeVisible();
			const tried = page.getByRole('region', { name: desk.brief.tried });
			await expect(tried).toContainText('Restarted the gateway');
			await expect(tried).toContainText(desk.outcomes.no_effect);
			await expect(page.getByRole('region', { name: desk.brief.problem })).toContainText('Error 809');
			await expect(page.getByText('The branch closes at five.')).toBeVisible();
			await expect(page.getByText('Looked at the logs.')).toBeVisible();
			await look(page, 'handoff brief');
			await tried.getByRole('button', { name: desk.brief.showTurn(undefined) }).click();
			await expect(page.getByText(desk.brief.openInChat)).toBeVisible();
			await look(page, 'handoff turn beside');
			await page.getByRole('button', { name: desk.brief.closeBeside }).click();
			await page.getByText(desk.brief.history).click();
			await expect(page.getByText(desk.brief.happened('handoff_raised')).first()).toBeVisible();

			await page.getByRole('heading', { level: 1 }).focus();
			await page.keyboard.press('Escape');
			await expect(page).toHaveURL(new RegExp(`/chats/${chatId}`));
			await expect(strip(page)).toBeVisible();
			// in the conversation the brief is at hand, folded
			await page.keyboard.press('i');
			const pinned = page.getByRole('region', { name: desk.brief.title });
			await expect(pinned).toContainText('Restarted the gateway');
			await look(page, 'handoff brief pinned');
			await page.keyboard.press('i');
			await expect(pinned).toHaveCount(0);
			await page.goBack();
			await expect(page).toHaveURL(new RegExp(`/handoffs/${handoffId}`));
			await expect(page.getByRole('heading', { level: 1 })).toContainText('VPN drops');
			await page.reload();
			await expect(page.getByRole('heading', { level: 1 })).toContainText('VPN drops');
		});
	});
}

test('picked up, it says so; scrolled on, it becomes the conversation; nothing is ever sent by itself', async ({
	page
}) => {
	const { handoffId, chatId } = await handedOn(page);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await page.keyboard.press('p');
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
	await page.getByRole('button', { name: desk.brief.start, exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/chats/${chatId}#turn-`));
	await expect(story(page).composer).toHaveValue('');
	await expect(story(page).turns).toHaveCount(2);
	await page.goBack();
	// the conversation has a heading of that level too: what is scrolled must be the brief
	await expect(page.getByRole('heading', { name: desk.brief.conversation })).toBeAttached();
	await page.mouse.move(400, 400);
	await page.mouse.wheel(0, 4000);
	await expect(page).toHaveURL(new RegExp(`/chats/${chatId}`));
});

test('given back with a reason, it begins with that for whoever opens it next, on the card and in the brief', async ({
	page
}) => {
	const { handoffId } = await handedOn(page);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
	await page.keyboard.press('p');
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
	await page.keyboard.press('r');
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel(desk.acts.why).selectOption('shift_over');
	await sheet.getByLabel(desk.acts.texts.return).fill('The branch calls back at nine.');
	await sheet.getByRole('button', { name: desk.acts.names.return }).click();
	const reason = page.locator('.last');
	await expect(reason).toContainText(desk.acts.returnReasons.shift_over);
	await expect(reason).toContainText('The branch calls back at nine.');
	await page.getByText(desk.brief.history).click();
	await expect(page.locator('q').last()).toHaveText('The branch calls back at nine.');
	for (const size of SIZES) {
		await page.setViewportSize(size);
		await look(page, 'handoff given back');
	}
	// also for whoever takes it up
	await page.keyboard.press('p');
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
	await expect(reason).toContainText('The branch calls back at nine.');
	await page.goto('/queue');
	await page.getByRole('radio', { name: desk.queue.filters.mine }).click();
	await page.locator('[data-card]').click();
	await expect(page.getByRole('listitem').filter({ hasText: 'VPN drops' })).toContainText(
		'The branch calls back at nine.'
	);
	for (const size of SIZES) {
		await page.setViewportSize(size);
		await look(page, 'queue card given back');
	}
});

test('whoever is being briefed sees at once that it was withdrawn', async ({ page }) => {
	const { handoffId, mo } = await handedOn(page);
	await page.goto(`/handoffs/${handoffId}`);
	await page.getByRole('button', { name: desk.acts.names.pick_up }).click();
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
	await page.evaluate(
		async ([actor, id]) => {
			await window.stet?.dispatch('withdraw_handoff', { actor, handoffId: id });
		},
		[mo, handoffId] as const
	);
	await expect(page.getByRole('status').filter({ hasText: desk.brief.state.withdrawn })).toContainText('Mo');
	await expect(page.getByRole('button', { name: desk.acts.names.resolve })).toHaveCount(0);
});

test('who resolved it is still said when somebody else wrote a note since', async ({ page }) => {
	const { handoffId, dana, mo } = await handedOn(page);
	await page.evaluate(
		async ([actor, other, id]) => {
			await window.stet?.dispatch('claim_handoff', { actor, handoffId: id });
			await window.stet?.dispatch('resolve_handoff', { actor, handoffId: id, note: 'Pinned it.' });
			const noted = await window.stet?.dispatch('note_handoff', {
				actor: other,
				handoffId: id,
				text: 'Thanks.'
			});
			if (noted?.ok !== true) throw new Error('not noted');
		},
		[dana, mo, handoffId] as const
	);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByText('Thanks.')).toBeVisible();
	await expect(page.getByRole('status').filter({ hasText: desk.brief.state.resolved })).toContainText('Dana');
});

test('a story is handed over, and a hand-off that is not here says so', async ({ page }) => {
	await page.goto('/');
	await staff(page, ['Dana', 'engineer']);
	await page.getByRole('button', { name: en.home.demo }).click();
	await expect(story(page).composer).toBeVisible();
	await story(page).menu.click();
	await page.getByRole('menuitem', { name: en.chat.handOver }).click();
	await page.getByRole('button', { name: desk.raise.goPass }).click();
	await expect(strip(page).getByRole('status')).toContainText('Waits for somebody to go on');
	await page.goto('/handoffs/00000000-0000-4000-8000-000000000000');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(desk.brief.gone);
});

test('the assessment is written after the raise, rests on turns, is edited, and Start here only fills the composer', async ({
	page
}) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	const { handoffId, chatId, dana } = await handedOn(page);
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = page.getByRole('region', { name: desk.brief.assessment });
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(assessment.getByText(/statements? traced/)).toBeVisible({ timeout: 30_000 });
	const start = page.getByRole('region', { name: desk.brief.startHere });
	await expect(start.locator('.main').first()).not.toBeEmpty();
	await look(page, 'handoff assessed');

	await assessment.getByRole('button', { name: desk.brief.edit, exact: true }).click();
	const sheet = page.getByRole('dialog', { name: desk.brief.editTitle });
	await sheet.getByLabel(desk.brief.startHere).fill('Pin the tunnel to IKEv2 and watch it for half an hour.');
	await look(page, 'handoff assessment edited');
	await sheet.getByRole('button', { name: en.app.save }).click();
	await expect(start).toContainText('Pin the tunnel to IKEv2');
	await expect(assessment.getByText(desk.brief.byPerson('Dana'))).toBeVisible();
	// the model's own version is still there to be read
	await assessment.getByRole('combobox').selectOption({ index: 1 });
	await expect(start).not.toContainText('Pin the tunnel to IKEv2');
	await assessment.getByRole('combobox').selectOption({ index: 0 });
	await expect(start).toContainText('Pin the tunnel to IKEv2');

	await start.getByRole('button', { name: desk.brief.start, exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/chats/${chatId}`));
	await expect(story(page).composer).toHaveValue('Pin the tunnel to IKEv2 and watch it for half an hour.');
	await expect(story(page).turns).toHaveCount(2);
	// the chat goes on: the assessment says so
	await say(page, 'It dropped again.');
	await expect(story(page).turns).toHaveCount(4, { timeout: 30_000 });
	await page.goto(`/handoffs/${handoffId}`);
	await expect(assessment.getByText(desk.brief.newer(2))).toBeVisible();
	expect(dana).not.toBe('');
});
