// The queue: live in every tab, worked by keys, and one winner where two pick up the same.
import { expect, test } from '../support/app.ts';
import { actAs, card, desk, layHandoffDown, row, staff, titles } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the queue on a ${name}: empty, full, looked into`, async ({ page }) => {
			await page.goto('/queue');
			await expect(page.getByText(desk.queue.nobody)).toBeVisible();
			await look(page, 'queue nobody');
			const [dana = '', mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
			await actAs(page, 'Dana');
			await expect(page.getByText(desk.queue.nothing.waiting)).toBeVisible();
			await expect(page.getByText(desk.queue.alone)).toBeVisible();
			await look(page, 'queue empty');
			await layHandoffDown(page, mo, { title: 'Printer on floor 3 prints hieroglyphs' });
			await layHandoffDown(page, mo, { title: 'VPN drops every 20 minutes', priority: 1 });
			await layHandoffDown(page, dana, { title: 'Mail rules vanish after the update', priority: 2 });
			await expect(card(page, 'Printer')).toBeVisible();
			// the most pressing first
			await expect
				.poll(() => titles(page))
				.toEqual([
					'VPN drops every 20 minutes',
					'Mail rules vanish after the update',
					'Printer on floor 3 prints hieroglyphs'
				]);
			await expect(page).toHaveTitle('(3) Queue · Stet');
			await card(page, 'VPN').click();
			await expect(page.getByText(desk.peek.noSteps)).toBeVisible();
			await look(page, 'queue full');
			await row(page, 'Printer')
				.getByRole('button', { name: desk.acts.more('Printer on floor 3 prints hieroglyphs') })
				.click();
			await look(page, 'queue menu');
			await page.keyboard.press('Escape');
			await actAs(page, 'Mo');
			await expect(page.getByText(desk.queue.asMember)).toBeVisible();
			await expect
				.poll(() => titles(page))
				.toEqual(['VPN drops every 20 minutes', 'Printer on floor 3 prints hieroglyphs']);
			await look(page, 'queue of a member');
		});
	});
}

test('worked by keys: moved in, noted, snoozed, assigned, resolved; the focus goes to the next card', async ({
	page
}) => {
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member'], ['Eve', 'admin']);
	await actAs(page, 'Dana');
	for (const title of ['One', 'Two', 'Three', 'Four']) await layHandoffDown(page, mo, { title });
	await expect.poll(() => titles(page)).toEqual(['One', 'Two', 'Three', 'Four']);
	await page.getByRole('heading', { level: 1 }).click();
	await page.keyboard.press('j');
	await expect(card(page, 'One')).toBeFocused();
	await page.keyboard.press('j');
	await expect(card(page, 'Two')).toBeFocused();
	await page.keyboard.press('k');
	await page.keyboard.press('Enter');
	await expect(card(page, 'One')).toHaveAttribute('aria-expanded', 'true');

	await page.keyboard.press('n');
	const sheet = page.getByRole('dialog');
	await expect(sheet.getByRole('textbox')).toBeFocused();
	await page.keyboard.type('Half a note, jkp');
	await page.keyboard.press('Escape');
	await page.keyboard.press('n');
	// what is not sent is kept
	await expect(sheet.getByRole('textbox')).toHaveValue('Half a note, jkp');
	await page.keyboard.press('Control+Enter');
	await expect(sheet).toHaveCount(0);
	await expect(page.getByText(desk.acts.done.note())).toBeVisible();
	await expect(row(page, 'One')).toContainText(desk.queue.notes(1));

	await card(page, 'Two').focus();
	await page.keyboard.press('h');
	await expect(sheet.getByRole('combobox')).toBeFocused();
	await page.keyboard.press('Control+Enter');
	await expect(card(page, 'Two')).toHaveCount(0);
	await expect(card(page, 'Three')).toBeFocused();

	await page.keyboard.press('a');
	await sheet.getByRole('combobox').selectOption({ label: 'Eve · admin' });
	await page.keyboard.press('Control+Enter');
	await expect(card(page, 'Three')).toHaveCount(0);
	await expect(card(page, 'Four')).toBeFocused();

	// picked up, it is in one's own list, from where it goes back or ends
	await page.keyboard.press('p');
	await expect(page).toHaveURL(/\/handoffs\//);
	await page.goBack();
	await page.getByRole('radio', { name: desk.queue.filters.mine }).click();
	await expect.poll(() => titles(page)).toEqual(['Four']);
	await card(page, 'Four').focus();
	await page.keyboard.press('e');
	await sheet.getByRole('combobox').selectOption('workaround');
	await page.keyboard.press('Control+Enter');
	await expect(page.getByText(desk.queue.nothing.mine)).toBeVisible();
	await page.getByRole('radio', { name: desk.queue.filters.over }).click();
	await expect.poll(() => titles(page)).toEqual(['Four']);
});

test('two tabs are two people: each sees the other, one wins, and whoever lost is told who did', async ({
	page,
	context
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
	const other = await context.newPage();
	await other.goto('/queue');
	await actAs(other, 'Eve');
	await expect(other.getByText(desk.queue.others(['Dana']))).toBeVisible();
	await expect(page.getByText(desk.queue.others(['Eve']))).toBeVisible();
	await card(other, 'VPN').focus();
	await expect(row(page, 'VPN').getByText(desk.queue.looks(['Eve']))).toBeVisible();

	// somebody else takes it while this one looks at it: the card stays, and says who
	await card(page, 'VPN').focus();
	await row(other, 'VPN').getByRole('button', { name: desk.acts.names.pick_up }).click();
	await expect(other).toHaveURL(new RegExp(handoffId));
	await expect(row(page, 'VPN')).toContainText(desk.queue.has('Eve'));
	await page.getByRole('heading', { level: 1 }).click();
	await expect(card(page, 'VPN')).toHaveCount(0);

	// taken back at once, it is as if nothing had been
	await other.getByRole('button', { name: desk.acts.undo, exact: true }).click();
	await expect(other).toHaveURL(/\/queue$/);
	await expect(card(page, 'VPN')).toBeVisible();

	// Eve's claim is on its way when Dana presses
	await page.bringToFront();
	await page.evaluate(
		([actor, id, title]) => {
			void window.stet?.dispatch('claim_handoff', { actor, handoffId: id });
			document.querySelector<HTMLElement>(`[title^="${title}"]`)?.click();
		},
		[eve, handoffId, desk.acts.names.pick_up] as const
	);
	await expect(page.locator('.place[role=status]')).toContainText('Eve was first');
	await expect(page).toHaveURL(/\/queue$/);
});

test('what comes while somebody is at the list waits behind a pill, and nothing moves', async ({ page }) => {
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'One' });
	await card(page, 'One').focus();
	const before = await card(page, 'One').boundingBox();
	await layHandoffDown(page, mo, { title: 'Two', priority: 1 });
	await layHandoffDown(page, mo, { title: 'Three', priority: 2 });
	const pill = page.getByRole('button', { name: desk.queue.isNew(2) });
	await expect(pill).toBeVisible();
	expect(await titles(page)).toEqual(['One']);
	await expect(card(page, 'One')).toBeFocused();
	expect((await card(page, 'One').boundingBox())?.y).toBe(before?.y);
	// said once for what comes within a moment
	await expect(page.getByRole('status').filter({ hasText: /new hand-off/i })).toBeAttached();
	await page.keyboard.press('.');
	await expect.poll(() => titles(page)).toEqual(['Two', 'Three', 'One']);
	await expect(card(page, 'Two')).toBeFocused();
});

test('an alert is asked for, told once, and never after somebody picked it up', async ({ page, context }) => {
	await context.grantPermissions(['notifications']);
	// a browser without a screen keeps none: what is handed to it is written down
	await page.addInitScript(() => {
		const told: unknown[] = [];
		Object.assign(window, { told });
		ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
			told.push([title, options?.body]);
		};
	});
	await page.goto('/queue');
	const [dana = '', mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	await page.getByRole('button', { name: desk.queue.alert }).click();
	await expect(page.getByRole('button', { name: desk.queue.alertOff })).toHaveAttribute(
		'aria-pressed',
		'true'
	);
	await layHandoffDown(page, mo, { title: 'VPN drops', priority: 1 });
	// no word of what it is about leaves the page
	await expect
		.poll(() => page.evaluate(() => (window as unknown as { told: unknown[] }).told))
		.toEqual([[desk.queue.alertTitle('critical'), 'Stet']]);
	const due = () =>
		page.evaluate(
			async (actor) => (await window.stet?.ask('alerts', { actor, now: Date.now() }))?.length,
			dana
		);
	await expect.poll(due).toBe(0);
	await page.getByRole('button', { name: desk.queue.alertOff }).click();
	const { handoffId } = await layHandoffDown(page, mo, { title: 'Printer' });
	await expect.poll(due).toBe(1);
	await page.evaluate(
		async ([actor, id]) => {
			await window.stet?.dispatch('claim_handoff', { actor, handoffId: id });
		},
		[dana, handoffId] as const
	);
	expect(await due()).toBe(0);
});

test('who looks at which card follows their focus, and ends with it', async ({ page, context }) => {
	await page.goto('/queue');
	const [, , mo = ''] = await staff(page, ['Dana', 'engineer'], ['Eve', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	for (const title of ['One', 'Two']) await layHandoffDown(page, mo, { title });
	const other = await context.newPage();
	await other.goto('/queue');
	await actAs(other, 'Eve');
	const looks = (title: string) => row(page, title).getByText(desk.queue.looks(['Eve']));
	await card(other, 'One').focus();
	await expect(looks('One')).toBeVisible();
	await other.keyboard.press('j');
	await expect(card(other, 'Two')).toBeFocused();
	await expect(looks('Two')).toBeVisible();
	await expect(looks('One')).toHaveCount(0);
	await other.getByRole('heading', { level: 1 }).focus();
	await expect(looks('Two')).toHaveCount(0);
	// at its brief, they look at it still
	await card(other, 'One').focus();
	await other.keyboard.press('i');
	await expect(other).toHaveURL(/\/handoffs\//);
	await expect(looks('One')).toBeVisible();
});

test('what is new slides in within 200 ms; where nothing is to move it is marked for two seconds instead', async ({
	page
}) => {
	await page.addInitScript(() => {
		const moved: unknown[] = [];
		Object.assign(window, { moved });
		const animate = Element.prototype.animate;
		Element.prototype.animate = function (this: Element, frames, options) {
			const lasts = typeof options === 'object' ? options.duration : options;
			// what takes no time is not seen to move
			if (this.tagName === 'LI' && JSON.stringify(frames).includes('transform') && Number(lasts) > 0)
				moved.push(lasts);
			return animate.call(this, frames, options);
		};
	});
	await page.goto('/queue');
	const [, mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	const moved = () => page.evaluate(() => (window as unknown as { moved: unknown[] }).moved.splice(0));
	await layHandoffDown(page, mo, { title: 'One' });
	await expect(card(page, 'One')).toBeVisible();
	await moved();
	await page.getByRole('heading', { level: 1 }).click();
	await layHandoffDown(page, mo, { title: 'Two', priority: 1 });
	await expect(card(page, 'Two')).toBeVisible();
	const slid = await moved();
	expect(slid.length).toBeGreaterThan(0);
	expect(new Set(slid)).toEqual(new Set([200]));

	await page.emulateMedia({ reducedMotion: 'reduce' });
	await layHandoffDown(page, mo, { title: 'Three', priority: 1 });
	await expect(card(page, 'Three')).toBeVisible();
	expect(await moved()).toEqual([]);
	const marked = row(page, 'Three').locator('.card');
	const outline = () => marked.evaluate((node) => getComputedStyle(node).outlineColor);
	const colour = await outline();
	expect(colour).not.toBe('rgba(0, 0, 0, 0)');
	await expect.poll(outline).toBe('rgba(0, 0, 0, 0)');
});
