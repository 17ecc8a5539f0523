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

/** Freezes a tab as the browser does with one that nobody looks at, and lets it go on. Nothing in it runs meanwhile. */
export const sleepOf = async (
	page: Page
): Promise<{ readonly falls: () => Promise<unknown>; readonly ends: () => Promise<unknown> }> => {
	const session = await page.context().newCDPSession(page);
	return {
		falls: () => session.send('Page.setWebLifecycleState', { state: 'frozen' }),
		ends: () => session.send('Page.setWebLifecycleState', { state: 'active' })
	};
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
