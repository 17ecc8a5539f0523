// Several people at one hand-off: who comes too late is told in a clear sentence, and nothing anybody wrote is lost.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { actAs, card, claim, desk, layHandoffDown, row, staff, titles } from '../support/desk-screens.ts';

const ROUNDS = 8;
const MANY = 230;

/** The note at the foot of the page. */
const said = (page: Page) => page.locator('.place[role=status]');

test('claimed, returned and resolved at once from three tabs, each time one thing came of it, and each tab knows which', async ({
	page,
	context
}) => {
	await page.goto('/queue');
	const [dana = '', eve = '', mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'engineer'],
		['Mo', 'member']
	);
	const tabs = [page, await context.newPage(), await context.newPage()];
	for (const tab of tabs.slice(1)) {
		await tab.goto('/settings');
		await tab.waitForFunction(() => window.stet !== undefined);
	}
	for (let round = 0; round < ROUNDS; round++) {
		const { handoffId } = await layHandoffDown(page, mo, { title: `Case ${String(round)}` });
		await claim(page, dana, handoffId);
		const acts = [
			{ name: 'claim_handoff', actor: eve },
			{ name: 'return_handoff', actor: dana },
			{ name: 'resolve_handoff', actor: dana }
		] as const;
		// another comes first each time
		const results = await Promise.all(
			tabs.map(async (tab, n) => {
				const act = acts[(n + round) % acts.length] ?? acts[0];
				return tab.evaluate(
					async ([name, actor, id]) => window.stet?.dispatch(name, { actor, handoffId: id }),
					[act.name, act.actor, handoffId] as const
				);
			})
		);
		const done = results.filter((result) => result?.ok === true).length;
		const refused = results.flatMap((result) => (result?.ok === false ? [result.error] : []));
		expect(done + refused.length).toBe(3);
		// what was refused says who was first, or how it stands: a sentence, and no kind of error
		for (const error of refused) expect(en.refusal(error)).toMatch(/^[A-Z“].{10,}\.$/u);
		const asked = { handoffId, now: Date.now() };
		const now = await page.evaluate(async (of) => window.stet?.ask('handoff', of), asked);
		// raised, claimed, and what was done: nothing more, nothing less, nothing void
		expect(now?.history.map((event) => event.void)).toEqual(Array.from({ length: 2 + done }, () => false));
		expect(now?.owner?.memberId ?? null).toBe(now?.state === 'claimed' ? eve : null);
		// every tab says the same
		for (const tab of tabs) {
			const there = await tab.evaluate(async (of) => window.stet?.ask('handoff', of), asked);
			expect(there).toEqual(now);
		}
	}
	const report = await page.evaluate(async () => window.stet?.verify());
	expect(report).toMatchObject({ differences: [] });
});

test('a claim whose time is up by this tab’s clock is not taken from who is at it; one whose owner left is', async ({
	page
}) => {
	await page.clock.install();
	await page.goto('/queue');
	const [dana = '', , mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'engineer'],
		['Mo', 'member']
	);
	await actAs(page, 'Eve');
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await claim(page, dana, handoffId);
	await page.getByRole('radio', { name: desk.queue.filters.held }).click();
	await expect(row(page, 'VPN')).toContainText(desk.queue.has('Dana'));
	await expect(row(page, 'VPN').getByRole('button', { name: desk.acts.names.take_over })).toHaveCount(0);
	await page.clock.fastForward('01:00:00');
	await row(page, 'VPN').getByRole('button', { name: desk.acts.names.take_over }).click();
	await expect(said(page)).toContainText('Dana');
	await expect(page).toHaveURL(/\/queue$/);
	await expect(row(page, 'VPN')).toContainText(desk.queue.has('Dana'));
	await page.evaluate(async (memberId) => {
		await window.stet?.dispatch('retire_member', { memberId });
	}, dana);
	await page.getByRole('radio', { name: desk.queue.filters.waiting }).click();
	await expect(row(page, 'VPN')).toContainText(desk.queue.gone('Dana'));
	await row(page, 'VPN').getByRole('button', { name: desk.acts.names.take_over }).click();
	await expect(page).toHaveURL(new RegExp(handoffId));
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
});

test('a pick-up can be taken back for five seconds, and no longer', async ({ page }) => {
	await page.clock.install();
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'VPN drops' });
	await card(page, 'VPN').focus();
	await page.keyboard.press('p');
	const undo = page.getByRole('button', { name: desk.acts.undo, exact: true });
	await expect(undo).toBeVisible();
	await page.clock.fastForward(4000);
	await undo.click();
	await expect(page).toHaveURL(/\/queue$/);
	await expect(said(page)).toContainText(desk.acts.undone);
	await card(page, 'VPN').focus();
	await page.keyboard.press('p');
	await expect(undo).toBeVisible();
	await page.clock.fastForward(5500);
	await expect(undo).toHaveCount(0);
	await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
});

test('a note somebody is writing stays when another sets himself as owner, through a reload too', async ({
	page
}) => {
	await page.goto('/queue');
	const [, eve = '', mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'engineer'],
		['Mo', 'member']
	);
	await actAs(page, 'Dana');
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await card(page, 'VPN').focus();
	await page.keyboard.press('n');
	const text = page.getByRole('dialog').getByRole('textbox');
	await text.fill('Ask for the');
	await claim(page, eve, handoffId);
	await expect(card(page, 'VPN')).toHaveCount(0);
	await text.press('End');
	await page.keyboard.type(' router');
	await expect(text).toHaveValue('Ask for the router');
	await page.keyboard.press('Escape');
	// what the form was about is gone from here: the focus is not lost with it
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
	await page.reload();
	await page.getByRole('radio', { name: desk.queue.filters.held }).click();
	await expect(row(page, 'VPN')).toContainText(desk.queue.has('Eve'));
	await card(page, 'VPN').focus();
	await page.keyboard.press('n');
	await expect(text).toHaveValue('Ask for the router');
	await page.keyboard.press('Control+Enter');
	await expect(row(page, 'VPN')).toContainText(desk.queue.notes(1));
});

test('an address finds a hand-off in any spelling of its id, and says so where there is none; a member is offered no pick-up', async ({
	page
}) => {
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Mo');
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	const heading = page.getByRole('heading', { level: 1 });
	for (const spelled of [`{${handoffId.toUpperCase()}}`, handoffId.replaceAll('-', '')]) {
		await page.goto(`/handoffs/${encodeURIComponent(spelled)}`);
		await expect(heading).toContainText('VPN drops');
	}
	await expect(page.getByRole('button', { name: desk.acts.names.pick_up })).toHaveCount(0);
	await page.keyboard.press('p');
	const tried = await page.evaluate(
		async ([actor, id]) => window.stet?.dispatch('claim_handoff', { actor, handoffId: id }),
		[mo, `{${handoffId.toUpperCase()}}`] as const
	);
	expect(tried).toMatchObject({ ok: false, error: { type: 'member_may_not' } });
	if (tried?.ok === false) expect(en.refusal(tried.error)).toMatch(/^[A-Z“].{10,}\.$/u);
	for (const none of [`{${handoffId}`, `${handoffId} `, 'ünïcode-\u202e-\u{1f6f0}', '*'.repeat(300)]) {
		await page.goto(`/handoffs/${encodeURIComponent(none)}`);
		await expect(heading).toHaveText(desk.brief.gone);
	}
});

test('a long queue is walked by keys from its first card to its last, a part of it on the page at a time', async ({
	page
}) => {
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	await page.evaluate(
		async ([actor, many]) => {
			for (let n = 0; n < many; n++) {
				const made = await window.stet?.dispatch('create_case', {
					actor,
					title: `Case ${String(n).padStart(3, '0')}`
				});
				if (made?.ok !== true) throw new Error('no case');
				await window.stet?.dispatch('raise_handoff', { actor, chatId: made.value.chatId });
			}
		},
		[mo, MANY] as const
	);
	await page.reload();
	await expect.poll(async () => (await titles(page)).length).toBe(50);
	const press = (key: string, times: number) =>
		page.evaluate(
			([what, often]) => {
				for (let n = 0; n < often; n++)
					document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: what, bubbles: true }));
			},
			[key, times] as const
		);
	await card(page, 'Case 000').focus();
	await press('j', 49);
	await expect(card(page, 'Case 049')).toBeFocused();
	// past the end of what is shown, what follows is
	for (const after of [100, 150, 200, MANY]) {
		await press('j', 1);
		const first = after === 100 ? 50 : after === MANY ? 200 : after - 50;
		await expect(card(page, `Case ${String(first).padStart(3, '0')}`)).toBeFocused();
		expect((await titles(page)).length).toBeLessThanOrEqual(200);
		await press('j', after - first - 1);
	}
	await expect(card(page, `Case ${String(MANY - 1)}`)).toBeFocused();
	await expect(card(page, 'Case 000')).toHaveCount(0);
	// one goes while somebody is far down: the next comes up from below, and nobody is told of news
	await press('k', MANY);
	await expect(card(page, 'Case 049')).toBeFocused();
	await expect(card(page, 'Case 000')).toBeVisible();
	await expect(page.getByRole('button', { name: /new — show/ })).toHaveCount(0);
	// by mouse, scrolled down, what is asked for is shown and not held back
	await page.reload();
	await page.getByRole('button', { name: desk.queue.more }).click();
	await expect.poll(async () => (await titles(page)).length).toBe(100);
	await expect(page.getByRole('button', { name: /new — show/ })).toHaveCount(0);
});
