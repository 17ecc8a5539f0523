// What people do at the desk, and what is laid down for it through the console door, for the end-to-end tests.
import type { Locator, Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';
import type { Member } from '../../src/routes/desk/acting.svelte.ts';
import { desk } from '../../src/routes/words/en-desk.ts';
import { expect } from './app.ts';

/** Members of the desk, by name; answers their ids in the same order. The page must be one of the app's. */
export const staff = async (
	page: Page,
	...people: readonly (readonly [name: string, role: Member['role']])[]
): Promise<readonly string[]> => {
	await page.waitForFunction(() => window.stet !== undefined);
	return page.evaluate(async (all) => {
		const ids: string[] = [];
		for (const [name, role] of all) {
			const made = await window.stet?.dispatch('author_member', { name, role });
			if (made?.ok !== true) throw new Error(`no ${name}`);
			ids.push(made.value.memberId);
		}
		return ids;
	}, people);
};

/** Makes the tab act as somebody, from the masthead. */
export const actAs = async (page: Page, name: string): Promise<void> => {
	await page.locator('.member-trigger').click();
	await page.getByRole('menuitemradio', { name }).click();
	await expect(page.locator('.member-trigger')).toContainText(name);
};

/** A case with a turn and a step; answers the chat's id. */
export const layCaseDown = (
	page: Page,
	actor: string,
	{ title, requester = 'Sam Field', impact = 2 }: { title: string; requester?: string; impact?: number }
): Promise<string> =>
	page.evaluate(
		async ([by, called, who, much]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const made = await stet.dispatch('create_case', {
				actor: by,
				title: called,
				requester: who,
				asset: 'laptop SF-0412',
				tags: ['vpn', 'network'],
				impact: much,
				urgency: 2
			});
			if (!made.ok) throw new Error(made.error.type);
			return made.value.chatId;
		},
		[actor, title, requester, impact] as const
	);

/** Hands a case on; answers the hand-off's id. */
export const layHandoffDown = async (
	page: Page,
	actor: string,
	about: { title: string; requester?: string; impact?: number; priority?: number }
): Promise<{ readonly chatId: string; readonly handoffId: string }> => {
	const chatId = await layCaseDown(page, actor, about);
	const handoffId = await page.evaluate(
		async ([by, chat, priority]) => {
			const raised = await window.stet?.dispatch('raise_handoff', {
				actor: by,
				chatId: chat,
				reason: 'stuck',
				priority
			});
			if (raised?.ok !== true) throw new Error('not raised');
			return raised.value.handoffId;
		},
		[actor, chatId, about.priority ?? null] as const
	);
	return { chatId, handoffId };
};

/** The line under a chat's title. */
export const strip = (page: Page): Locator => page.locator('.strip');

export const drawerOfCase = (page: Page): Locator => page.getByRole('button', { name: 'Around the case' });

export { desk };

/** A card of the queue, by its title: what takes the focus. */
export const card = (page: Page, title: string): Locator =>
	page.locator('[data-card]').filter({ hasText: title });

/** The line of the queue that a card stands in. */
export const row = (page: Page, title: string): Locator =>
	page.getByRole('listitem').filter({ has: card(page, title) });

export const titles = (page: Page): Promise<string[]> => page.locator('[data-card]').allInnerTexts();

/** Which process shows a page: the one that works while the page does. */
const processOf = async (page: Page): Promise<number> => {
	const browser = await page.context().browser()?.newBrowserCDPSession();
	if (browser === undefined) throw new Error('no browser to ask');
	const worked = async (): Promise<ReadonlyMap<number, number>> => {
		const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
		return new Map(
			processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime])
		);
	};
	const before = await worked();
	await page.evaluate(() => {
		// its clock may be the test's: rounds are counted instead
		let sum = 0;
		for (let n = 0; n < 4e8; n++) sum = (sum + n) | 0;
		return sum;
	});
	const after = await worked();
	await browser.detach();
	const [most] = [...after].sort(
		([a, workA], [b, workB]) => workB - (before.get(b) ?? 0) - (workA - (before.get(a) ?? 0))
	);
	if (most === undefined) throw new Error('no process shows a page');
	return most[0];
};

/**
 * Puts a tab to sleep while something is done elsewhere: nothing of it runs, its workers neither. The tab is stopped from
 * outside, for no browser without a window freezes one. It must not be the tab that leads.
 */
export const whileAsleep = async (page: Page, work: () => Promise<void>): Promise<void> => {
	const pid = await processOf(page);
	process.kill(pid, 'SIGSTOP');
	try {
		await work();
	} finally {
		process.kill(pid, 'SIGCONT');
	}
};

/**
 * Writes down the notifications a tab shows: a browser without a screen keeps none. Before its first page; answers how to ask
 * for their titles.
 */
export const keepAlerts = async (page: Page): Promise<() => Promise<readonly string[]>> => {
	await page.context().grantPermissions(['notifications']);
	await page.addInitScript(() => {
		const told: string[] = [];
		Object.assign(window, { told });
		ServiceWorkerRegistration.prototype.showNotification = async (title) => {
			told.push(title);
		};
	});
	return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
};

/** Picks one up for somebody, from whichever tab. */
export const claim = (page: Page, actor: string, handoffId: string): Promise<void> =>
	page.evaluate(
		async ([by, id]) => {
			const claimed = await window.stet?.dispatch('claim_handoff', { actor: by, handoffId: id });
			if (claimed?.ok !== true) throw new Error('not claimed');
		},
		[actor, handoffId] as const
	);
