// Verification from any tab: forwarded, with progress, shared by those who ask, called off, and by itself when all is quiet.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VerifyReport } from '#lib/domain/kernel/verify.ts';
import type { Progress } from '../protocol.ts';
import { fakeBrowser, type FakeBrowser, type FakeTab } from '#tests/support/fake-tabs.ts';

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

let browser: FakeBrowser;

beforeEach(async () => {
	vi.useFakeTimers();
	browser = await fakeBrowser();
});

afterEach(() => {
	vi.useRealTimers();
});

const two = async (): Promise<readonly [FakeTab, FakeTab]> => {
	const tabs = [browser.open({}), browser.open({})] as const;
	await pass(50);
	return tabs;
};

const verify = (
	tab: FakeTab,
	run: string = crypto.randomUUID()
): { readonly seen: Progress[]; readonly report: Promise<VerifyReport | null> } => {
	const seen: Progress[] = [];
	const report = tab.tab.call({ method: 'verify', run }, (progress) =>
		seen.push(progress)
	) as Promise<VerifyReport | null>;
	return { seen, report };
};

const STREAMS = 31;

/** A library and thirty chats: a verification of them takes as many slices. */
const manyStreams = async (tab: FakeTab): Promise<void> => {
	const { botId } = await browser.send(tab, 'author_bot', { name: 'Ada' });
	for (let n = 1; n < STREAMS; n++) await browser.send(tab, 'create_chat', { botId });
};

const damage = (): void => {
	browser.disk.exec("update bots set tagline = 'not what was written'");
};

describe('a verification', () => {
	it('asked for in a tab that does not lead tells its progress there, and answers there', async () => {
		const [leader, follower] = await two();
		await browser.author(leader, 'Ada');
		damage();
		const { seen, report } = verify(follower);
		await pass(1000);
		expect(await report).toMatchObject({
			events: 1,
			differences: [{ stream: 'library', tables: ['bots'], rows: 1, repaired: true }]
		});
		expect(seen).toEqual([{ done: 1, total: 1 }]);
		expect(browser.names()).toEqual(['Ada']);
	});

	it('asked for twice is done once, and both are told', async () => {
		const [leader] = await two();
		await browser.author(leader, 'Ada');
		damage();
		const both = [verify(leader), verify(leader)];
		await pass(1000);
		const [one, other] = await Promise.all(both.map(({ report }) => report));
		expect(one?.differences).toHaveLength(1);
		expect(other).toEqual(one);
		expect(both.map(({ seen }) => seen.length)).toEqual([1, 1]);
	});

	it('called off answers null, and the next one begins anew', async () => {
		const [leader] = await two();
		await browser.author(leader, 'Ada');
		damage();
		const { report } = verify(leader, 'mine');
		void leader.tab.call({ method: 'stopVerify', run: 'mine' });
		await pass(1000);
		expect(await report).toBeNull();
		const again = verify(leader);
		await pass(1000);
		expect(await again.report).toMatchObject({ differences: [{ tables: ['bots'] }] });
	});

	it('called off by one who asked goes on for the others, and answers that one at once', async () => {
		const [leader, follower] = await two();
		await manyStreams(leader);
		damage();
		const theirs = verify(leader);
		const mine = verify(follower, 'mine');
		let answered = false;
		void mine.report.then(() => {
			answered = true;
		});
		void follower.tab.call({ method: 'stopVerify', run: 'mine' });
		await pass(3);
		expect(await Promise.race([mine.report, Promise.resolve('not yet')])).toBeNull();
		expect(answered).toBe(true);
		let done = false;
		void theirs.report.then(() => {
			done = true;
		});
		await pass(1);
		expect(done).toBe(false);
		await pass(1000);
		expect(await theirs.report).toMatchObject({ streams: STREAMS, differences: [{ tables: ['bots'] }] });
	});

	it('called off before the word to begin has come does not begin', async () => {
		const [leader] = await two();
		await browser.author(leader, 'Ada');
		damage();
		void leader.tab.call({ method: 'stopVerify', run: 'mine' });
		const { report, seen } = verify(leader, 'mine');
		await pass(1000);
		expect(await report).toBeNull();
		expect(seen).toEqual([]);
	});

	it.each([
		['that leads', 0],
		['that does not', 1]
	])('begins again when the file is opened anew under it, asked for in the tab %s', async (_, which) => {
		const tabs = await two();
		await manyStreams(tabs[0]);
		damage();
		const { seen, report } = verify(tabs[which] ?? tabs[0]);
		await pass(5);
		expect(seen.length).toBeGreaterThan(0);
		expect(seen.length).toBeLessThan(STREAMS);
		const opened = browser.timesOpened();
		browser.full = true;
		const refused = browser.author(tabs[0], 'Ben').catch((error: unknown) => (error as Error).name);
		await pass(0);
		browser.full = false;
		await pass(5000);
		expect(browser.timesOpened()).toBeGreaterThan(opened);
		await refused;
		expect(await report).toMatchObject({
			streams: STREAMS,
			differences: [{ tables: ['bots'], repaired: true }]
		});
	});

	it('happens by itself when nothing was asked for a minute; what it repaired is told in every tab', async () => {
		const [leader, follower] = await two();
		await browser.author(leader, 'Ada');
		damage();
		await pass(30_000);
		expect(follower.repairs).toEqual([]);
		await browser.author(leader, 'Ben');
		await pass(59_000);
		expect(follower.repairs).toEqual([]);
		await pass(5000);
		const repaired = { differences: [{ stream: 'library', tables: ['bots'], repaired: true }] };
		expect(leader.repairs).toMatchObject([repaired]);
		expect(follower.repairs).toMatchObject([repaired]);
	});

	it('goes on with the next leader when the tab that did it is gone', async () => {
		const [leader, follower] = await two();
		await browser.author(leader, 'Ada');
		damage();
		const { report } = verify(follower);
		leader.crash();
		await pass(10_000);
		expect(await report).toMatchObject({ differences: [{ repaired: true }] });
	});
});
