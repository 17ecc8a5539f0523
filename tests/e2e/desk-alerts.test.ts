// Alerts, titles and sleep: one tab tells, nothing is told of what somebody has, and a tab that slept misses nothing.
import type { BrowserContext, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import {
	actAs,
	card,
	claim,
	desk,
	keepAlerts,
	layHandoffDown,
	row,
	staff,
	whileAsleep
} from '../support/desk-screens.ts';
import { weighed } from '../support/weight.ts';

const BURST = 10_000;
const CARDS = 5;
/** What a tab consists of, as its memory is counted. */
const WORKERS = ['page', 'stet-log', 'stet-model'];
/** What a page or a worker may weigh more than before, in bytes, though ten thousand things happened: a screen of other words. */
const FLAT_BYTES = 3_000_000;

/** A tab in which a member works, which leads and never tells, and the people of a desk. */
const atWork = async (page: Page) => {
	await page.goto('/queue');
	const [dana = '', eve = '', mo = ''] = await staff(
		page,
		['Dana', 'engineer'],
		['Eve', 'engineer'],
		['Mo', 'member']
	);
	await actAs(page, 'Mo');
	return { dana, eve, mo };
};

/** Another tab at the queue, as somebody. `before`: what is done to it before its first page. */
const tabOf = async (
	context: BrowserContext,
	name: string,
	before: (page: Page) => Promise<unknown> = async () => undefined
): Promise<Page> => {
	const page = await context.newPage();
	await before(page);
	await page.goto('/queue');
	await actAs(page, name);
	return page;
};

test('after a pick-up no alert fires, in a tab that slept for an hour neither', async ({ page, context }) => {
	const { eve, mo } = await atWork(page);
	let told = (): Promise<readonly string[]> => Promise.resolve([]);
	const sleeper = await tabOf(context, 'Dana', async (tab) => {
		await tab.clock.install();
		told = await keepAlerts(tab);
	});
	await sleeper.getByRole('button', { name: desk.queue.alert }).click();
	await expect(sleeper.getByRole('button', { name: desk.queue.alertOff })).toBeVisible();
	await whileAsleep(sleeper, async () => {
		const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops', priority: 1 });
		await claim(page, eve, handoffId);
	});
	await sleeper.clock.fastForward('01:00:00');
	await expect(sleeper.getByText(desk.queue.nothing.waiting)).toBeVisible();
	// what comes next is told, and it alone
	await layHandoffDown(page, mo, { title: 'Printer', priority: 3 });
	await expect.poll(told).toEqual([desk.queue.alertTitle('normal')]);
});

test('an alert that was on its way when the tab fell asleep is not shown once somebody has it', async ({
	page,
	context
}) => {
	const { eve, mo } = await atWork(page);
	let told = (): Promise<readonly string[]> => Promise.resolve([]);
	const sleeper = await tabOf(context, 'Dana', async (tab) => {
		told = await keepAlerts(tab);
		await tab.addInitScript(() => {
			const asked = ServiceWorkerContainer.prototype.getRegistration;
			const { promise, resolve } = Promise.withResolvers<undefined>();
			Object.assign(window, { goOn: () => resolve(undefined), onItsWay: 0 });
			// it waits at the last thing before it would be shown
			ServiceWorkerContainer.prototype.getRegistration = async function (this: ServiceWorkerContainer) {
				(window as unknown as { onItsWay: number }).onItsWay += 1;
				await promise;
				return asked.call(this);
			};
		});
	});
	await sleeper.getByRole('button', { name: desk.queue.alert }).click();
	const before = await sleeper.evaluate(() => (window as unknown as { onItsWay: number }).onItsWay);
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops', priority: 1 });
	await expect
		.poll(() => sleeper.evaluate(() => (window as unknown as { onItsWay: number }).onItsWay))
		.toBeGreaterThan(before);
	await whileAsleep(sleeper, () => claim(page, eve, handoffId));
	await sleeper.evaluate(() => (window as unknown as { goOn: () => void }).goOn());
	await layHandoffDown(page, mo, { title: 'Printer', priority: 2 });
	await expect.poll(told).toEqual([desk.queue.alertTitle('high')]);
});

test('of ten thousand things that happened while a tab was frozen none is missing after, and nothing of either tab is larger', async ({
	page,
	context
}) => {
	test.setTimeout(400_000);
	const { mo } = await atWork(page);
	const ids: string[] = [];
	for (let n = 0; n < CARDS; n++)
		ids.push((await layHandoffDown(page, mo, { title: `Case ${n}` })).handoffId);
	const sleeper = await tabOf(context, 'Dana');
	await expect(sleeper.locator('[data-card]')).toHaveCount(CARDS);
	const [ofSleeper, ofLeader] = [await weighed(sleeper), await weighed(page)];
	const before = [await ofSleeper(), await ofLeader()];
	expect(before.map((each) => Object.keys(each).toSorted())).toEqual([WORKERS, WORKERS]);
	await whileAsleep(sleeper, async () => {
		await page.evaluate(
			async ([actor, all, burst]) => {
				// a hundred at a time on their way to the disk
				for (let from = 0; from < burst; from += 100)
					await Promise.all(
						Array.from({ length: 100 }, async (_, n) => {
							const noted = await window.stet?.dispatch('note_handoff', {
								actor,
								handoffId: all[(from + n) % all.length] ?? '',
								text: `Note ${String(from + n)}`
							});
							if (noted?.ok !== true) throw new Error('not noted');
						})
					);
			},
			[mo, ids, BURST] as const
		);
		await layHandoffDown(page, mo, { title: 'The last', priority: 1 });
	});
	await expect(card(sleeper, 'The last')).toBeVisible({ timeout: 60_000 });
	for (let n = 0; n < CARDS; n++)
		await expect(row(sleeper, `Case ${n}`)).toContainText(desk.queue.notes(BURST / CARDS));
	for (const [n, after] of [await ofSleeper(), await ofLeader()].entries())
		for (const [who, bytes] of Object.entries(after)) {
			expect(bytes - (before[n]?.[who] ?? 0), `${who} of tab ${String(n)}`).toBeLessThan(FLAT_BYTES);
		}
});

/** Makes a tab believe that nobody looks at it, and writes down every title it has. Before its first page. */
const hide = (page: Page) =>
	page.addInitScript(() => {
		Object.defineProperty(document, 'hidden', { get: () => true });
		const had: string[] = [];
		Object.assign(window, { had });
		new MutationObserver(() => {
			if (had.at(-1) !== document.title) had.push(document.title);
		}).observe(document, { subtree: true, childList: true, characterData: true });
	});
const had = (page: Page) => page.evaluate(() => (window as unknown as { had: string[] }).had);

test('one tab blinks and no other, its number goes on being right, and a pick-up ends it', async ({
	page,
	context
}) => {
	const { eve, mo } = await atWork(page);
	await layHandoffDown(page, mo, { title: 'An old one' });
	const tabs = [await tabOf(context, 'Dana', hide), await tabOf(context, 'Eve', hide)];
	for (const tab of tabs) await expect(tab).toHaveTitle('(1) Queue · Stet');
	const one = await layHandoffDown(page, mo, { title: 'VPN drops' });
	const blinking = async () =>
		(await Promise.all(tabs.map(async (tab) => (await had(tab)).includes(desk.queue.blink)))).filter(Boolean)
			.length;
	await expect.poll(blinking).toBe(1);
	const two = await layHandoffDown(page, mo, { title: 'Printer' });
	for (const tab of tabs) await expect(tab).toHaveTitle('(3) Queue · Stet');
	// both that came are picked up: the old one is no news
	await claim(page, eve, one.handoffId);
	await claim(page, eve, two.handoffId);
	for (const tab of tabs) await expect(tab).toHaveTitle('(1) Queue · Stet');
	const then = await Promise.all(tabs.map(async (tab) => (await had(tab)).length));
	await page.waitForTimeout(2500);
	expect(await Promise.all(tabs.map(async (tab) => (await had(tab)).length))).toEqual(then);
	expect(await blinking()).toBe(1);
});

test('where nothing is to move no title blinks and no page dissolves; elsewhere one does', async ({
	page,
	context
}) => {
	const { mo } = await atWork(page);
	const still = await tabOf(context, 'Dana', async (tab) => {
		await hide(tab);
		await tab.emulateMedia({ reducedMotion: 'reduce' });
		await tab.addInitScript(() => {
			const begin = Document.prototype.startViewTransition;
			Object.assign(window, { dissolved: 0 });
			Document.prototype.startViewTransition = function (this: Document, ...given) {
				(window as unknown as { dissolved: number }).dissolved += 1;
				return begin.apply(this, given);
			};
		});
	});
	const { handoffId, chatId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await expect(still).toHaveTitle('(1) Queue · Stet');
	await expect(card(still, 'VPN')).toBeVisible();
	await still.waitForTimeout(2500);
	expect(await had(still)).not.toContain(desk.queue.blink);
	const dissolved = async () => {
		await still.goto(`/handoffs/${handoffId}`);
		await expect(still.getByRole('heading', { level: 1 })).toBeFocused();
		await still.keyboard.press('Escape');
		await expect(still).toHaveURL(new RegExp(`/chats/${chatId}`));
		return still.evaluate(() => (window as unknown as { dissolved: number }).dissolved);
	};
	expect(await dissolved()).toBe(0);
	await still.emulateMedia({ reducedMotion: 'no-preference' });
	expect(await dissolved()).toBe(1);
});

test('asked for in one tab, alerts are told by whichever tells for all, and stop the same way', async ({
	page,
	context
}) => {
	const { mo } = await atWork(page);
	const tabs: Page[] = [];
	const told: (() => Promise<readonly string[]>)[] = [];
	for (const name of ['Dana', 'Eve'])
		tabs.push(await tabOf(context, name, async (tab) => told.push(await keepAlerts(tab))));
	const [first, second] = tabs;
	if (first === undefined || second === undefined) throw new Error('no tabs');
	// the first tells; it is asked for in the second
	await second.getByRole('button', { name: desk.queue.alert, exact: true }).click();
	await expect(first.getByRole('button', { name: desk.queue.alertOff })).toBeVisible();
	await layHandoffDown(page, mo, { title: 'VPN drops', priority: 1 });
	const all = async () => (await Promise.all(told.map((each) => each()))).map((titles) => [...titles]);
	await expect.poll(all).toEqual([[desk.queue.alertTitle('critical')], []]);
	await second.getByRole('button', { name: desk.queue.alertOff }).click();
	await expect(first.getByRole('button', { name: desk.queue.alert, exact: true })).toBeVisible();
	await layHandoffDown(page, mo, { title: 'Printer', priority: 1 });
	await expect(card(first, 'Printer')).toBeVisible();
	await page.waitForTimeout(1000);
	expect(await all()).toEqual([[desk.queue.alertTitle('critical')], []]);
});

test('the number on the icon is taken away when nobody is told any more', async ({ page }) => {
	await page.addInitScript(() => {
		const badges: unknown[] = [];
		Object.assign(window, { badges });
		Object.assign(Navigator.prototype, {
			setAppBadge: async (n: number) => void badges.push(n),
			clearAppBadge: async () => void badges.push('none')
		});
	});
	const { mo } = await atWork(page);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'VPN drops' });
	const badge = () => page.evaluate(() => (window as unknown as { badges: unknown[] }).badges.at(-1));
	await expect.poll(badge).toBe(1);
	await actAs(page, 'Mo');
	await expect.poll(badge).toBe('none');
	await actAs(page, 'Dana');
	await expect.poll(badge).toBe(1);
	// the last page is left: nobody would keep the number right
	await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
	await expect.poll(badge).toBe('none');
	await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
	await expect.poll(badge).toBe(1);
});

test('whoever watches the queue reads how many wait in the title of every page, and a member does not', async ({
	page
}) => {
	const { mo } = await atWork(page);
	await actAs(page, 'Dana');
	await layHandoffDown(page, mo, { title: 'VPN drops' });
	await page.goto('/settings');
	await expect(page).toHaveTitle(`(1) ${en.settings.title} · ${en.app.name}`);
	await page.getByRole('link', { name: desk.queue.title }).first().click();
	await expect(page).toHaveTitle(`(1) ${desk.queue.title} · ${en.app.name}`);
	await layHandoffDown(page, mo, { title: 'Printer' });
	await expect(page).toHaveTitle(`(2) ${desk.queue.title} · ${en.app.name}`);
	await actAs(page, 'Mo');
	await expect(page).not.toHaveTitle(/^\(/u);
});
