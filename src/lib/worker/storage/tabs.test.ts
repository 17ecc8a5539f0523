// Many tabs, one file: exactly once through loss, repetition, crashes, sleep, other versions and failing disks (I7).
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NewerFile, type App } from '#lib/domain/kernel/app.ts';
import { fakeBrowser, type FakeBrowser, type FakeTab } from '#tests/support/fake-tabs.ts';
import { Unavailable } from './pool.ts';
import { StorageError } from './storage-error.ts';

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

let browser: FakeBrowser;

beforeEach(async () => {
	vi.useFakeTimers();
	browser = await fakeBrowser();
});

afterEach(() => {
	vi.useRealTimers();
});

const leads = ({ tab }: FakeTab): boolean => {
	const status = tab.status();
	return status.state === 'ready' && status.role === 'leader';
};

const leadersOf = (tabs: readonly FakeTab[]): FakeTab[] => tabs.filter(leads);

/** Opens tabs and waits until they stand. The first one leads. */
const settled = async (count: number, visible = true): Promise<FakeTab[]> => {
	const tabs = Array.from({ length: count }, () => browser.open({ visible }));
	await pass(50);
	return tabs;
};

const at = (tabs: readonly FakeTab[], n: number): FakeTab => {
	const tab = tabs[n];
	if (tab === undefined) throw new Error(`no tab ${String(n)}`);
	return tab;
};

const io = (): StorageError => new StorageError(10, 'io', 'disk I/O error');

describe('many tabs', () => {
	it('have one leader, and the file is opened once', async () => {
		const tabs = await settled(5);
		expect(tabs.map(({ tab }) => tab.status())).toEqual([
			{ state: 'ready', kept: 'disk', role: 'leader', private: false },
			...Array.from({ length: 4 }, () => ({ state: 'ready', kept: 'disk', role: 'follower', private: false }))
		]);
		expect(browser.timesOpened()).toBe(1);
	});

	it('carry commands to the leader, and tell every tab of the change before the answer', async () => {
		const [leader, follower, third] = await settled(3);
		if (leader === undefined || follower === undefined || third === undefined) throw new Error('no tabs');
		for (const { changes } of [leader, follower, third]) changes.length = 0;
		const answered = browser
			.author(follower, 'Ada')
			.then((result) => ({ result, changes: follower.changes.length }));
		await pass(10);
		expect(await answered).toEqual({
			result: { ok: true, value: { botId: expect.any(String) as string } },
			changes: 1
		});
		expect(browser.names()).toEqual(['Ada']);
		for (const { changes } of [leader, third]) expect(changes).toEqual(follower.changes);
	});

	it('hand a thrown error over with its name and message', async () => {
		const follower = at(await settled(2), 1);
		const asked = follower.tab.call({ method: 'ask', name: 'nonsense', input: {} });
		const rejection = expect(asked).rejects.toThrow(/no query "nonsense"/);
		await pass(10);
		await rejection;
	});

	it('bring news and signals to every tab once, the sender too', async () => {
		const tabs = await settled(3);
		at(tabs, 1).tab.tell({ kind: 'ended', jobId: 'j', chatId: 'c' });
		at(tabs, 2).tab.signal({ kind: 'stop', jobId: 'j' });
		await pass(10);
		for (const { news, signals } of tabs) {
			expect(news).toEqual([{ kind: 'ended', jobId: 'j', chatId: 'c' }]);
			expect(signals).toEqual([{ kind: 'stop', jobId: 'j' }]);
		}
	});

	it('answer calls made before anybody leads', async () => {
		const tab = browser.open();
		const answered = browser.author(tab, 'early');
		await pass(50);
		expect(await answered).toMatchObject({ ok: true });
	});

	it('go on under the next tab when one is closed, each with a higher epoch', async () => {
		const [first, second] = await settled(2);
		await first?.tab.stop();
		await pass(50);
		expect(second && leads(second)).toBe(true);
		expect(browser.disk.all({ text: "select v from storage_meta where k = 'epoch'", values: [] })).toEqual([
			{ v: 2 }
		]);
	});
});

describe('a leader that dies', () => {
	it('after it committed, before it answered: the next one gives the first result, and nothing is done twice', async () => {
		const [leader, follower] = await settled(2);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		browser.route = (message) => (message.kind === 'answer' ? [] : [0]);
		const answered = browser.author(follower, 'Ada', 'c0ffee00-0000-4000-8000-000000000000');
		await pass(100);
		const [row] = browser.disk.all({ text: 'select result from command_log', values: [] });
		leader.crash();
		browser.route = () => [0];
		await pass(2500);
		expect(await answered).toEqual(JSON.parse(String(row?.['result'])));
		expect(browser.names()).toEqual(['Ada']);
		expect(leads(follower)).toBe(true);
	});

	it('before it heard the command: the next one does it', async () => {
		const [leader, follower] = await settled(2);
		browser.route = (message) => (message.kind === 'call' ? [] : [0]);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		const answered = browser.author(follower, 'Ada');
		await pass(100);
		leader.crash();
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(browser.names()).toEqual(['Ada']);
	});

	it('is noticed by everybody’s live queries: anything may have changed', async () => {
		const [leader, follower, third] = await settled(3);
		if (follower === undefined || third === undefined) throw new Error('no tabs');
		for (const { changes } of [follower, third]) changes.length = 0;
		leader?.crash();
		await pass(100);
		expect(follower.changes).toContain(null);
		expect(third.changes).toContain(null);
	});
});

describe('a message that is lost', () => {
	it('is sent again, whichever way it went', async () => {
		const follower = at(await settled(2), 1);
		let lost = 0;
		browser.route = ({ kind }) => ((kind === 'call' || kind === 'answer') && lost++ < 3 ? [] : [0]);
		const answered = browser.author(follower, 'Ada');
		await pass(12_000);
		expect(await answered).toMatchObject({ ok: true });
		expect(lost).toBeGreaterThan(3);
		expect(browser.names()).toEqual(['Ada']);
	});
});

describe('a copy of a call that comes after its answer', () => {
	beforeEach(() => {
		// calls that wait for each other: time passes by itself
		vi.useRealTimers();
		vi.useFakeTimers({ shouldAdvanceTime: true });
	});

	const chatOf = async (tab: FakeTab): Promise<string> => {
		const { botId } = await browser.send(tab, 'author_bot', { name: 'Ada' });
		return (await browser.send(tab, 'create_chat', { botId }))['chatId'] ?? '';
	};
	const chat = (tab: FakeTab, chatId: string): Promise<unknown> =>
		tab.tab.call({ method: 'ask', name: 'chat', input: { chatId } });
	/** Every call of this kind arrives a second time, this much later. */
	const repeat = (name: string, ms: number): void => {
		browser.route = (message) =>
			message.kind === 'call' &&
			message.request.method === 'dispatch' &&
			message.request.command.name === name
				? [0, ms]
				: [0];
	};

	it.each([2000, 50_000])(
		'a refused one stays refused, %d ms later, whatever changed meanwhile',
		async (ms) => {
			const follower = at(await settled(2), 1);
			const chatId = await chatOf(follower);
			const { jobId } = await browser.send(follower, 'take_turn', {
				chatId,
				text: 'a',
				connectionId: 'demo'
			});
			repeat('take_turn', ms);
			await expect(
				browser.send(follower, 'take_turn', { chatId, text: 'b', connectionId: 'demo' })
			).rejects.toThrow('reply_unfinished');
			await browser.send(follower, 'drop_reply', { jobId });
			await pass(ms + 1000);
			expect(browser.events('user_turn')).toBe(1);
		}
	);

	it('does not bring sent words back to the composer', async () => {
		const follower = at(await settled(2), 1);
		const chatId = await chatOf(follower);
		repeat('save_composer', 2000);
		await browser.send(follower, 'save_composer', { chatId, text: 'said' });
		await browser.send(follower, 'take_turn', { chatId, text: 'said', connectionId: 'demo' });
		await pass(3000);
		expect(await chat(follower, chatId)).toMatchObject({ composer: '' });
	});

	it('answers its asker again, with what was answered first', async () => {
		const follower = at(await settled(2), 1);
		const chatId = await chatOf(follower);
		let lost = 0;
		browser.route = ({ kind }) => (kind === 'answer' && lost++ === 0 ? [] : [0]);
		const saving = browser.send(follower, 'save_composer', { chatId, text: 'first' });
		await pass(100);
		await browser.send(follower, 'save_composer', { chatId, text: 'second' });
		await pass(4000);
		expect(await saving).toEqual({ chatId });
		expect(lost).toBeGreaterThan(2);
		expect(await chat(follower, chatId)).toMatchObject({ composer: 'second' });
	});
});

describe('whatever happens to messages and tabs', () => {
	it('every acknowledged command is in the log, and none is there twice (I7)', async () => {
		const step = fc.oneof(
			{ weight: 8, arbitrary: fc.record({ do: fc.constant('author' as const), tab: fc.nat(9) }) },
			{
				weight: 2,
				arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3000 }) })
			},
			{ weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), tab: fc.nat(9) }) },
			{ weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), tab: fc.nat(9) }) },
			{
				weight: 1,
				arbitrary: fc.record({
					do: fc.constant('freeze' as const),
					tab: fc.nat(9),
					ms: fc.integer({ min: 0, max: 9000 })
				})
			},
			{
				weight: 2,
				arbitrary: fc.record({ do: fc.constant('show' as const), tab: fc.nat(9), visible: fc.boolean() })
			},
			{ weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), visible: fc.boolean() }) }
		);
		const fates = fc.array(fc.array(fc.integer({ min: 0, max: 1800 }), { maxLength: 3 }), {
			minLength: 20,
			maxLength: 60
		});
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fates, async (steps, delays) => {
				// what is left of the run before
				vi.clearAllTimers();
				const here = await fakeBrowser();
				let message = 0;
				here.route = () => delays[message++ % delays.length] ?? [0];
				const alive = [here.open(), here.open({ visible: false })];
				const sent: { name: string; by: FakeTab; answered: boolean }[] = [];
				for (const one of steps) {
					const tab = 'tab' in one ? alive[one.tab % alive.length] : undefined;
					if (one.do === 'wait') await pass(one.ms);
					else if (one.do === 'open') alive.push(here.open({ visible: one.visible }));
					else if (tab === undefined) continue;
					else if (one.do === 'author') {
						const entry = { name: `bot ${String(sent.length)}`, by: tab, answered: false };
						sent.push(entry);
						void here.author(tab, entry.name).then(() => {
							entry.answered = true;
						});
					} else if (one.do === 'show') tab.tab.setVisible(one.visible);
					else if (one.do === 'freeze') {
						tab.freeze();
						await pass(one.ms);
						tab.thaw();
					} else if (alive.length > 1) {
						alive.splice(alive.indexOf(tab), 1);
						if (one.do === 'crash') tab.crash();
						else void tab.tab.stop();
					}
				}
				here.route = () => [0];
				await pass(20_000);
				const names = here.names();
				expect(new Set(names).size).toBe(names.length);
				for (const { name, answered } of sent) if (answered) expect(names).toContain(name);
				// and nobody who is still there waits for ever
				expect(sent.filter(({ by, answered }) => alive.includes(by) && !answered)).toEqual([]);
				expect(leadersOf(alive)).toHaveLength(1);
				expect(here.mostOpen()).toBe(1);
			}),
			{ numRuns: 200 }
		);
	}, 60_000);
});

describe('a leader that is frozen', () => {
	it('is told as asleep, keeps its lock, and everything goes on when it wakes', async () => {
		const [leader, follower] = await settled(2);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		leader.freeze();
		const answered = browser.author(follower, 'Ada');
		await pass(3000);
		expect(follower.tab.status()).toMatchObject({ state: 'ready' });
		await pass(3000);
		expect(follower.tab.status()).toEqual({ state: 'asleep' });
		expect(browser.timesOpened()).toBe(1);
		leader.thaw();
		await pass(2500);
		expect(await answered).toMatchObject({ ok: true });
		expect(follower.tab.status()).toMatchObject({ state: 'ready', role: 'follower' });
		expect(browser.names()).toEqual(['Ada']);
	});

	it('is told as asleep to a tab that never heard of it, too', async () => {
		const [leader] = await settled(1);
		leader?.freeze();
		const late = browser.open();
		await pass(5000);
		expect(late.tab.status()).toEqual({ state: 'asleep' });
	});

	it('is not confused with a tab that slept itself', async () => {
		const [, follower] = await settled(2);
		follower?.freeze();
		// its timers stand still as well: nothing of its own counts time
		follower?.thaw();
		await pass(1500);
		expect(follower?.tab.status()).toMatchObject({ state: 'ready' });
		expect(follower?.statuses).not.toContainEqual({ state: 'asleep' });
	});
});

describe('leadership follows the page the person looks at', () => {
	it('moves from a hidden tab to a visible one that comes', async () => {
		const [leader] = await settled(1, false);
		const visible = browser.open();
		await pass(200);
		expect(leader && leads(leader)).toBe(false);
		expect(leads(visible)).toBe(true);
	});

	it('moves when the person changes tabs, in either order of the two events', async () => {
		const [a, b] = await settled(2);
		if (a === undefined || b === undefined) throw new Error('no tabs');
		b.tab.setVisible(false);
		await pass(100);
		a.tab.setVisible(false);
		b.tab.setVisible(true);
		await pass(200);
		expect([leads(a), leads(b)]).toEqual([false, true]);
		a.tab.setVisible(true);
		await pass(100);
		expect([leads(a), leads(b)]).toEqual([false, true]);
		b.tab.setVisible(false);
		await pass(200);
		expect([leads(a), leads(b)]).toEqual([true, false]);
	});

	it('stays with a hidden tab while no other is visible', async () => {
		const tabs = await settled(3);
		for (const { tab } of tabs) tab.setVisible(false);
		await pass(5000);
		expect(leadersOf(tabs)).toEqual([tabs[0]]);
		expect(browser.timesOpened()).toBe(1);
	});

	it('reaches the visible tab past hidden ones that wait before it, and then rests', async () => {
		const hidden = await settled(4, false);
		const visible = browser.open();
		await pass(1000);
		expect(leads(visible)).toBe(true);
		const opened = browser.timesOpened();
		await pass(20_000);
		expect(leads(visible)).toBe(true);
		expect(browser.timesOpened()).toBe(opened);
		expect(opened).toBe(2);
		expect(leadersOf(hidden)).toEqual([]);
	});

	it('loses no call on the way', async () => {
		const [a, b] = await settled(2);
		if (a === undefined || b === undefined) throw new Error('no tabs');
		b.tab.setVisible(false);
		const answers: Promise<unknown>[] = [];
		for (let n = 0; n < 40; n++) {
			answers.push(browser.author(n % 2 === 0 ? a : b, `bot ${String(n)}`));
			if (n % 10 === 5) {
				a.tab.setVisible(n % 20 === 5);
				b.tab.setVisible(n % 20 !== 5);
			}
			await pass(1);
		}
		await pass(3000);
		await Promise.all(answers);
		expect([...browser.names()].sort()).toEqual(
			Array.from({ length: 40 }, (_, n) => `bot ${String(n)}`).sort()
		);
	});
});

describe('tabs of two versions', () => {
	it('do not work for each other: the one that came later says so and writes nothing', async () => {
		const old = browser.open({ protocol: 1 });
		await pass(50);
		const newer = browser.open({ protocol: 2 });
		void browser.author(newer, 'never');
		await pass(10_000);
		expect(newer.tab.status()).toEqual({ state: 'other-version', newer: 'this' });
		expect(leads(old)).toBe(true);
		expect(browser.names()).toEqual([]);
	});

	it('the other way round too', async () => {
		browser.open({ protocol: 2 });
		await pass(50);
		const older = browser.open({ protocol: 1 });
		await pass(100);
		expect(older.tab.status()).toEqual({ state: 'other-version', newer: 'that' });
	});

	it('go on once the other is closed', async () => {
		const old = browser.open({ protocol: 1 });
		await pass(50);
		const newer = browser.open({ protocol: 2 });
		const answered = browser.author(newer, 'after');
		await pass(1000);
		await old.tab.stop();
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(leads(newer)).toBe(true);
	});

	it('leave a newer file alone, and let another tab try', async () => {
		browser.onOpen = () => {
			throw new NewerFile('newer');
		};
		const older = browser.open();
		await pass(50);
		expect(older.tab.status()).toEqual({ state: 'other-version', newer: 'that' });
		browser.onOpen = () => undefined;
		const newer = browser.open();
		await pass(50);
		expect(leads(newer)).toBe(true);
		await pass(10_000);
		expect(older.tab.status().state).toBe('ready');
	});
});

describe('a disk that fails', () => {
	/** Makes the next `times` dispatches fail: before they happen, or after. */
	const failing = (when: 'before' | 'after', times: number, error = io()): void => {
		let left = times;
		browser.wrap = (app): App => ({
			...app,
			dispatch: (envelope) => {
				if (when === 'before' && left-- > 0) throw error;
				const result = app.dispatch(envelope);
				if (when === 'after' && left-- > 0) throw error;
				return result;
			}
		});
	};

	it('a commit that threw but happened is answered with its result, once', async () => {
		failing('after', 1);
		const follower = at(await settled(2), 1);
		const answered = browser.author(follower, 'Ada');
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(browser.names()).toEqual(['Ada']);
		expect(browser.timesOpened()).toBe(2);
		expect(follower.changes.at(-1)).toBeNull();
	});

	it('a commit that threw at the second try, too, but happened, is answered with its result', async () => {
		let tries = 0;
		browser.wrap = (app): App => ({
			...app,
			dispatch: (envelope) => {
				if (++tries === 1) throw io();
				app.dispatch(envelope);
				throw io();
			}
		});
		const [leader] = await settled(1);
		if (leader === undefined) throw new Error('no tab');
		const answered = browser.author(leader, 'Ada');
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(tries).toBe(2);
		expect(browser.names()).toEqual(['Ada']);
	});

	it('a commit that threw and did not happen is made again', async () => {
		failing('before', 1);
		const [leader] = await settled(1);
		if (leader === undefined) throw new Error('no tab');
		const answered = browser.author(leader, 'Ada');
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(browser.names()).toEqual(['Ada']);
	});

	it.each([
		['full', false, 'full'],
		['broken', true, 'io']
	])(
		'a disk that stays %s refuses the command, says so in every tab, still answers questions, and recovers',
		async (_, room, reason) => {
			browser.room = room;
			failing('before', 1000);
			const [leader, follower] = await settled(2);
			if (leader === undefined || follower === undefined) throw new Error('no tabs');
			const refused = expect(browser.author(follower, 'Ada')).rejects.toMatchObject({ name: 'NotStored' });
			await pass(100);
			await refused;
			expect(leader.tab.status()).toMatchObject({ state: 'failing', reason });
			expect(follower.tab.status()).toMatchObject({ state: 'failing', reason });
			const asked = follower.tab.call({ method: 'ask', name: 'home', input: {} });
			await pass(100);
			await expect(asked).resolves.toBeDefined();
			browser.wrap = (app) => app;
			browser.room = true;
			await leader.tab.stop();
			await pass(100);
			const answered = browser.author(follower, 'Ada');
			await pass(100);
			expect(await answered).toMatchObject({ ok: true });
		}
	);

	it('is found well again by trying, and all tabs say so', async () => {
		failing('before', 2);
		const [leader, follower] = await settled(2);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		const refused = expect(browser.author(leader, 'Ada')).rejects.toMatchObject({ name: 'NotStored' });
		await pass(100);
		await refused;
		expect(follower.tab.status()).toMatchObject({ state: 'failing', reason: 'io' });
		await pass(6000);
		expect(leader.tab.status()).toMatchObject({ state: 'ready' });
		expect(follower.tab.status()).toMatchObject({ state: 'ready' });
		expect(browser.disk.all({ text: "select k from storage_meta where k = 'probe'", values: [] })).toEqual(
			[]
		);
	});

	it('leaves a command of unknown outcome unanswered until the file opens again, then settles it', async () => {
		failing('after', 1);
		const [leader] = await settled(1);
		if (leader === undefined) throw new Error('no tab');
		browser.onOpen = () => {
			throw io();
		};
		let settledYet = false;
		const answered = browser.author(leader, 'Ada').finally(() => {
			settledYet = true;
		});
		await pass(10_000);
		expect(settledYet).toBe(false);
		expect(leader.tab.status()).toMatchObject({ state: 'failing', reason: 'io' });
		browser.onOpen = () => undefined;
		await pass(5000);
		expect(await answered).toMatchObject({ ok: true });
		expect(browser.names()).toEqual(['Ada']);
	});

	it('says when opening takes long, first or again, goes on with it, and takes the word back', async () => {
		let go: () => void = () => undefined;
		const hold = (): void => {
			browser.hold = new Promise((resolve) => {
				go = resolve;
			});
		};
		hold();
		failing('before', 1);
		const [leader, follower] = await settled(2);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		await pass(14_000);
		expect(leader.tab.status()).toEqual({ state: 'opening' });
		await pass(2000);
		for (const { tab } of [leader, follower])
			expect(tab.status()).toMatchObject({ state: 'failing', reason: 'timeout' });
		go();
		await pass(1500);
		expect([leader, follower].map(({ tab }) => tab.status().state)).toEqual(['ready', 'ready']);
		hold();
		const answered = browser.author(follower, 'Ada');
		await pass(16_000);
		expect(follower.tab.status()).toMatchObject({ state: 'failing', reason: 'timeout' });
		go();
		await pass(1500);
		expect(await answered).toMatchObject({ ok: true });
		expect([leader, follower].map(({ tab }) => tab.status().state)).toEqual(['ready', 'ready']);
	});

	it('says a corrupt file is corrupt, in every tab, and looks again', async () => {
		browser.onOpen = () => {
			throw new StorageError(26, 'corrupt', 'file is not a database');
		};
		const [leader, follower] = await settled(2);
		for (const one of [leader, follower])
			expect(one?.tab.status()).toEqual({
				state: 'failing',
				reason: 'corrupt',
				detail: 'file is not a database',
				readable: false
			});
		browser.onOpen = () => undefined;
		await pass(5000);
		expect(leader && leads(leader)).toBe(true);
	});

	it.each(['ask', 'look'] as const)(
		'a question (%s) that no opening helps is answered with what the disk said, not that it was not stored',
		async (method) => {
			browser.wrap = (app): App => ({
				...app,
				ask: () => {
					throw new StorageError(13, 'full', 'database or disk is full');
				}
			});
			const [leader, follower] = await settled(2);
			for (const one of [leader, follower]) {
				const opened = browser.timesOpened();
				const asked = one?.tab.call({ method, name: 'bots', input: {} });
				const said = expect(asked).rejects.toMatchObject({
					name: 'StorageError',
					message: 'database or disk is full'
				});
				await pass(100);
				await said;
				expect(browser.timesOpened()).toBe(opened + 2);
			}
			expect(await browser.author(leader ?? at([], 0), 'Ada')).toMatchObject({ ok: true });
		}
	);

	it('a defect in the app is no fault of the disk: it is thrown to the caller and nothing is reopened', async () => {
		browser.wrap = (app): App => ({
			...app,
			dispatch: () => {
				throw new TypeError('a defect');
			}
		});
		const [leader] = await settled(1);
		if (leader === undefined) throw new Error('no tab');
		await expect(browser.author(leader, 'Ada')).rejects.toMatchObject({
			name: 'TypeError',
			message: 'a defect'
		});
		expect(browser.timesOpened()).toBe(1);
	});
});

describe('a disk that is full', () => {
	const epoch = (): unknown =>
		browser.disk.all({ text: "select v from storage_meta where k = 'epoch'", values: [] })[0]?.['v'];
	const bots = (tab: FakeTab): Promise<unknown> => tab.tab.call({ method: 'ask', name: 'bots', input: {} });
	const fill = (): void => {
		browser.full = true;
		browser.room = false;
	};
	const empty = (): void => {
		browser.full = false;
		browser.room = true;
	};
	const unreadable = { state: 'failing', reason: 'full', detail: 'disk I/O error' } as const;

	it('when the library is opened shows it in every tab, refuses changes, and takes them when there is room', async () => {
		const first = at(await settled(1), 0);
		void browser.author(first, 'Ada', 'c0ffee00-0000-4000-8000-000000000000');
		await pass(10);
		await first.tab.stop();
		fill();
		const [leader, follower] = await settled(2);
		if (leader === undefined || follower === undefined) throw new Error('no tabs');
		await pass(4000);
		for (const tab of [leader, follower]) {
			expect(tab.tab.status()).toEqual({ ...unreadable, readable: true });
			const asked = bots(tab);
			const refused = expect(browser.author(tab, 'Bea')).rejects.toMatchObject({ name: 'NotStored' });
			const again = browser.author(tab, 'Ada', 'c0ffee00-0000-4000-8000-000000000000');
			await pass(100);
			expect(await asked).toMatchObject([{ name: 'Ada' }]);
			await refused;
			expect(await again).toMatchObject({ ok: true });
		}
		await pass(30_000);
		expect([leader.tab.status(), epoch()]).toEqual([{ ...unreadable, readable: true }, 1]);
		empty();
		await pass(7000);
		expect([leader, follower].map(({ tab }) => tab.status().state)).toEqual(['ready', 'ready']);
		expect(epoch()).toBe(2);
		const answered = browser.author(follower, 'Bea');
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(browser.names()).toEqual(['Ada', 'Bea']);
	});

	it('takes a command as soon as there is room, without waiting for the next look', async () => {
		const first = at(await settled(1), 0);
		await first.tab.stop();
		fill();
		const leader = at(await settled(1), 0);
		expect(leader.tab.status()).toMatchObject({ state: 'failing', readable: true });
		empty();
		const answered = browser.author(leader, 'Ada');
		await pass(10);
		expect(await answered).toMatchObject({ ok: true });
		expect(leader.tab.status().state).toBe('ready');
		expect(epoch()).toBe(2);
	});

	it('for a long time is found well again all the same', async () => {
		const leader = at(await settled(1), 0);
		fill();
		const refused = expect(browser.author(leader, 'Ada')).rejects.toMatchObject({ name: 'NotStored' });
		await pass(100);
		await refused;
		await pass(30_000);
		expect(leader.tab.status()).toEqual({ ...unreadable, readable: true });
		empty();
		await pass(7000);
		expect(leader.tab.status().state).toBe('ready');
	});

	it('on a first visit has nothing to show, and begins when there is room', async () => {
		fill();
		const leader = at(await settled(1), 0);
		expect(leader.tab.status()).toEqual({ ...unreadable, readable: false });
		empty();
		await pass(4000);
		expect(leader.tab.status().state).toBe('ready');
	});
});

describe('a leader whose file another has taken over', () => {
	it('writes nothing, steps down, and its callers are answered by the next', async () => {
		const [zombie, next] = await settled(2);
		if (zombie === undefined || next === undefined) throw new Error('no tabs');
		browser.disk.exec("update storage_meta set v = v + 7 where k = 'epoch'");
		const answered = browser.author(zombie, 'Ada');
		await pass(3000);
		expect(await answered).toMatchObject({ ok: true });
		expect(leads(next)).toBe(true);
		expect(browser.names()).toEqual(['Ada']);
		expect(browser.disk.all({ text: "select v from storage_meta where k = 'epoch'", values: [] })).toEqual([
			{ v: 9 }
		]);
	});
});

describe('without files', () => {
	const unavailable = (): void => {
		browser.onOpen = () => {
			throw new Unavailable('refused', 'private window');
		};
	};

	it('says so, and keeps nothing in memory on its own', async () => {
		unavailable();
		const tab = browser.open();
		void browser.author(tab, 'Ada');
		await pass(20_000);
		expect(tab.tab.status()).toEqual({ state: 'unavailable', reason: 'refused', detail: 'private window' });
		expect(browser.names()).toEqual([]);
	});

	it('goes on in memory when asked to, and answers what waited', async () => {
		unavailable();
		const tab = browser.open();
		const answered = browser.author(tab, 'Ada');
		await pass(100);
		await tab.tab.startInMemory();
		await pass(100);
		expect(await answered).toMatchObject({ ok: true });
		expect(tab.tab.status()).toEqual({ state: 'ready', kept: 'memory', role: 'leader', private: false });
		expect(browser.names()).toEqual([]);
		await pass(20_000);
		expect(tab.tab.status()).toMatchObject({ kept: 'memory' });
	});

	it('stays in memory whatever comes of the opening that was given up', async () => {
		let go: () => void = () => undefined;
		browser.hold = new Promise((resolve) => {
			go = resolve;
		});
		const tab = browser.open();
		await pass(100);
		await tab.tab.startInMemory();
		const inMemory = { state: 'ready', kept: 'memory', role: 'leader', private: false };
		await pass(20_000);
		expect(tab.tab.status()).toEqual(inMemory);
		unavailable();
		go();
		await pass(5000);
		expect(tab.tab.status()).toEqual(inMemory);
		expect(await browser.send(tab, 'author_bot', { name: 'Ada' })).toMatchObject({});
	});

	it('where locks are refused says so, and goes on in memory when asked to', async () => {
		browser.locksRefused = new DOMException('Access is denied for this document.', 'SecurityError');
		const tab = browser.open();
		await pass(20_000);
		expect(tab.tab.status()).toEqual({
			state: 'unavailable',
			reason: 'refused',
			detail: 'Access is denied for this document.'
		});
		await tab.tab.startInMemory();
		expect(await browser.author(tab, 'Ada')).toMatchObject({ ok: true });
		expect(tab.tab.status()).toMatchObject({ state: 'ready', kept: 'memory' });
		tab.tab.setVisible(false);
		tab.tab.setVisible(true);
		await pass(20_000);
		expect(tab.tab.status()).toMatchObject({ state: 'ready', kept: 'memory' });
	});

	it('refuses to go to memory while the files are in use', async () => {
		const [leader] = await settled(1);
		await expect(leader?.tab.startInMemory()).rejects.toThrow(/already/);
	});
});
