// Two tabs on one library: both see the same story as it happens, and closing the one that leads loses nothing.
import type { Page } from '@playwright/test';
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import {
	beginDemo,
	beginWith,
	crash,
	job,
	replied,
	say,
	stored,
	story,
	test,
	wordsOf
} from '../support/story.ts';

const WORDS = REPLAY_TEXT.stepped.split(' ');

const role = (page: Page): Promise<string | undefined> =>
	page.evaluate(() => {
		const status = window.stet?.status();
		return status?.state === 'ready' ? status.role : status?.state;
	});

test('both tabs of a story show the same reply as it comes, and Stop works from the other one', async ({
	page,
	context,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(story(other).composer).toBeVisible();
	expect(await role(page)).toBe('leader');
	expect(await role(other)).toBe('follower');

	await say(page, 'Can you both hear me?');
	for (const count of [1, 2, 3, 4]) {
		provider.step(1);
		const words = WORDS.slice(0, count).join(' ');
		for (const tab of [page, other]) await expect(story(tab).streaming.locator('.words')).toHaveText(words);
	}
	// a third tab that comes late is told all of it
	const late = await context.newPage();
	await late.goto(`${origin}/chats/${chatId}`);
	await expect(story(late).streaming.locator('.words')).toHaveText(WORDS.slice(0, 4).join(' '));
	await late.close();

	await story(other).stop.click();
	for (const tab of [page, other]) {
		await replied(tab, 3);
		await expect(story(tab).turns.last()).toContainText('Stopped here');
	}
	await expect.poll(() => provider.requests[0]?.closedEarly).toBe(true);
	const turns = await stored(other, chatId);
	expect(turns).toHaveLength(3);
	expect(turns[2]?.text.trim()).toBe(WORDS.slice(0, 4).join(' '));

	// the other way about: the tab that follows asks, the tab that leads stops
	await say(other, 'And now?');
	await expect(story(page).stop).toBeVisible();
	provider.step(1);
	await expect(story(page).streaming).toContainText('One');
	await story(page).stop.click();
	for (const tab of [page, other]) await replied(tab, 5);
	expect(await stored(page, chatId)).toHaveLength(5);
});

test('a reply goes on in the tab that asks for it when the tab that leads is closed', async ({
	page,
	context,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(story(other).composer).toBeVisible();
	expect(await role(other)).toBe('follower');
	await say(other, 'Stay with me.');
	provider.step(3);
	await expect(story(other).streaming).toContainText('One lamp burns');

	await page.close();
	provider.step(2);
	await expect(story(other).streaming).toContainText(WORDS.slice(0, 5).join(' '));
	provider.step(WORDS.length);
	await replied(other, 3);
	await expect(wordsOf(story(other).turns.last())).toHaveText(REPLAY_TEXT.stepped);
	expect(await role(other)).toBe('leader');
	const turns = await stored(other, chatId);
	expect(turns.map(({ text }) => text).slice(1)).toEqual(['Stay with me.', REPLAY_TEXT.stepped]);
	expect(await job(other, chatId)).toBeNull();
	expect(provider.requests).toHaveLength(1);
});

test('the tab that leads is closed while the other sends: every acknowledged command is there exactly once', async ({
	page,
	context,
	origin,
	relaunch
}) => {
	await page.goto(origin);
	await beginDemo(page);
	const other = await context.newPage();
	await other.goto(origin);
	await expect(other.getByRole('heading', { name: 'Stories', level: 1 })).toBeVisible();
	expect(await role(other)).toBe('follower');

	// keeps sending, several at a time, until told to end; notes what was acknowledged and what was not
	await other.evaluate(() => {
		const log = {
			sent: 0,
			acknowledged: [] as [string, string, string][],
			lost: [] as string[],
			ended: false
		};
		const stopAt = { sent: Infinity };
		const one = async (): Promise<void> => {
			while (log.sent < stopAt.sent) {
				log.sent += 1;
				const name = `Traveller ${String(log.sent)}`;
				const id = crypto.randomUUID();
				try {
					const result = await window.stet?.dispatch('author_you', { name }, id);
					if (result?.ok === true) log.acknowledged.push([name, result.value.youId, id]);
					else log.lost.push(`${name}: ${JSON.stringify(result)}`);
				} catch (error) {
					log.lost.push(`${name}: ${String(error)}`);
				}
			}
		};
		Object.assign(window, { log, stopAt });
		void Promise.all([one(), one(), one(), one()]).then(() => (log.ended = true));
	});
	const count = (): Promise<number> =>
		other.evaluate(() => (window as unknown as { log: { acknowledged: unknown[] } }).log.acknowledged.length);
	await expect.poll(count).toBeGreaterThan(30);
	// no goodbye: the process that leads is gone in the middle of it
	await crash(context, page);
	const before = await count();
	await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(before + 30);
	const log = await other.evaluate(async () => {
		const { log: noted, stopAt } = window as unknown as {
			log: { sent: number; acknowledged: [string, string, string][]; lost: string[]; ended: boolean };
			stopAt: { sent: number };
		};
		stopAt.sent = noted.sent;
		while (!noted.ended) await new Promise((resolve) => setTimeout(resolve, 20));
		return noted;
	});
	expect(await role(other)).toBe('leader');
	expect(log.lost).toEqual([]);
	expect(log.acknowledged).toHaveLength(log.sent);

	// as a tab does that heard no answer: sent again, to the new leader, they answer what they answered the old one
	const resent = await other.evaluate(
		(commands) =>
			Promise.all(
				commands.map(async ([name, , id]) => {
					const result = await window.stet?.dispatch('author_you', { name }, id);
					return [name, result?.ok === true ? result.value.youId : null, id];
				})
			),
		log.acknowledged
	);
	expect(resent).toEqual(log.acknowledged);

	const again = await (await relaunch()).newPage();
	await again.goto(origin);
	await expect(again.getByRole('heading', { name: 'Stories', level: 1 })).toBeVisible();
	const there = await again.evaluate(async () =>
		((await window.stet?.ask('yous', {})) ?? []).map(({ youId, name }) => [name, youId] as const)
	);
	const byName = (a: readonly string[], b: readonly string[]): number =>
		(a[0] ?? '').localeCompare(b[0] ?? '');
	expect(there.sort(byName)).toEqual(log.acknowledged.map(([name, youId]) => [name, youId]).sort(byName));
});
