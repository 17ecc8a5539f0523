// Files that come in: whatever was taken out comes back the same, whatever is here stays as it is.
import * as fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { streamHead } from '#lib/domain/kernel/log.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { bytesOf, logDigestsOf, stateDigestOf, stetFile } from '#tests/support/bad-files.ts';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';
import { history, playHistory, playStep } from '#tests/support/histories.ts';
import { dump, foldedTables, replayed } from '#tests/support/state.ts';
import { elsewhere, someWork, takingFrom } from '#tests/support/taking.ts';
import { anIdentity } from '#tests/support/identities.ts';
import { portOver, type PortOverApp } from '#tests/support/travel-port.ts';
import type { Connection } from '../storage/sqlite.ts';
import type { BringIn, BroughtIn, FileRefusal, FileReport, TakeOut, TravelPort } from '../travel-protocol.ts';
import { createArrivals, type Arrivals } from './bring-in.ts';
import { takeOut } from './take-out.ts';
import { openWorkshop } from './workshop.ts';

const quiet = (): void => undefined;

const arrivalsOver = ({ port }: PortOverApp, backups: string[] = []): Arrivals =>
	createArrivals({
		port: () => port,
		openWorkshop,
		identity: anIdentity(),
		backUp: async () => {
			backups.push('backup');
			return { name: `backup-${String(backups.length)}` };
		}
	});

let runs = 0;

/** Looks into a file; what was read is let go when the test ends. */
const look = async (arrivals: Arrivals, file: BlobPart, passphrase = '') => {
	const run = `run-${String(++runs)}`;
	const answer = await arrivals.lookIn(run, { file: new Blob([file]), passphrase, large: false }, quiet);
	onTestFinished(() => arrivals.forget(run));
	if (answer === null) throw new Error('it was stopped');
	return { run, answer };
};

const report = async (arrivals: Arrivals, file: BlobPart): Promise<{ run: string; report: FileReport }> => {
	const { run, answer } = await look(arrivals, file);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return { run, report: answer.value };
};

const bring = async (
	arrivals: Arrivals,
	file: BlobPart,
	request: Partial<BringIn> = {}
): Promise<BroughtIn> => {
	const { run } = await report(arrivals, file);
	const answer = await arrivals.bringIn(run, { how: 'merge', conflicts: 'mine', ...request }, quiet);
	if (answer?.ok !== true) throw new Error(JSON.stringify(answer));
	return answer.value;
};

/** A file as Stet gives it. */
const taken = async (at: Given, request: Partial<TakeOut> = {}): Promise<Blob> => {
	const all = { what: { kind: 'library' }, as: 'stet', passphrase: '', ...request } as const;
	const result = await takeOut(takingFrom(at), all, someWork());
	if (!result.ok) throw new Error(result.error.type);
	return result.value.file;
};

const same = (one: Given, other: Given): void => {
	expect(logDigestsOf(other.sql)).toEqual(logDigestsOf(one.sql));
	expect(stateDigestOf(other.sql)).toBe(stateDigestOf(one.sql));
};

test('whatever was played, a file of it brought into an empty library gives the same library', async () => {
	await fc.assert(
		fc.asyncProperty(history, fc.boolean(), async (steps, asText) => {
			const there = await given();
			playHistory(there, steps);
			const file = await taken(there, { as: asText ? 'jsonl' : 'stet' });
			const here = portOver(await given());
			const arrivals = arrivalsOver(here);
			await bring(arrivals, file);
			same(there, here.at());
			if (!asText)
				expect(
					here
						.at()
						.ask('recovery', {})
						.map((copy) => ({ ...copy }))
				).toEqual(there.ask('recovery', {}));
			// twice changes nothing
			const { report: again } = await report(arrivals, file);
			expect(again).toMatchObject({ nothing: true, apart: [], conflicts: [] });
		}),
		{ numRuns: 20 }
	);
}, 120_000);

const folded = [...foldedTables(vocabulary).map(({ name }) => name), streamHead.name];

test('whatever comes beside whatever is here, what is here stays, and all is as a replay would have it', async () => {
	await fc.assert(
		fc.asyncProperty(
			history,
			history,
			history,
			fc.constantFrom('mine', 'theirs', 'both'),
			async (before, hereSince, thereSince, conflicts) => {
				// two that were one once, and went on apart
				const there = await elsewhere(1);
				const made = playHistory(there, before);
				const here = portOver(await elsewhere(2));
				const arrivals = arrivalsOver(here);
				await bring(arrivals, await taken(there));
				const mine = here.at();
				for (const one of hereSince) playStep(mine, structuredClone(made), one);
				for (const one of thereSince) playStep(there, made, one);

				const chatsBefore = logDigestsOf(mine.sql).streams;
				const file = await taken(there);
				await bring(arrivals, file, { conflicts });
				const chatsAfter = logDigestsOf(mine.sql).streams;
				for (const [stream, digest] of chatsBefore)
					// what was done to hand-offs elsewhere joins what was done here
					if (stream !== 'library' && !stream.startsWith('handoff:'))
						expect([stream, chatsAfter.get(stream)]).toEqual([stream, digest]);
				expect(dump(mine.sql, folded)).toEqual(replayed(mine.sql, vocabulary));
				expect(await bring(arrivals, file, { conflicts })).toMatchObject({ how: 'nothing' });
				// every chat that can be seen there can be read here
				for (const { chatId } of mine.ask('home', {})) told(mine, chatId);
			}
		),
		{ numRuns: 10 }
	);
}, 120_000);

/** A library of somebody else: a bot, a chat of some turns, a recovery copy, a deleted chat. */
const theirs = async (nth = 1) => {
	const at = await elsewhere(nth);
	const { botId, chatId } = aChat(at, { name: 'Odo', greeting: 'Well met.' });
	const kept = anExchange(at, chatId, 'A lamp.', 'Two lamps.');
	const gone = anExchange(at, chatId, 'And?', 'Three lamps.');
	const { copyId } = at.done('rewind', { chatId, turnId: kept.replyId });
	const other = at.done('create_chat', { botId, title: 'Deleted' }).chatId;
	const { copyId: deletedCopy } = at.done('delete_chat', { chatId: other });
	return { at, botId, chatId, kept, gone, copyId, deletedCopy, deleted: other };
};

const told = (at: Given, chatId: string): string[] =>
	at.ask('transcript', { chatId, limit: 50 }).turns.map(({ text }) => text);

test('what is new comes beside what is here, with its recovery copies, and can be played on', async () => {
	const mine = await given();
	const { chatId: myChat } = aChat(mine);
	anExchange(mine, myChat, 'Hello.', 'Good evening.');
	const before = logDigestsOf(mine.sql).streams.get(`chat:${myChat}`);
	const there = await theirs();
	const here = portOver(mine);
	const backups: string[] = [];
	const arrivals = arrivalsOver(here, backups);
	const { report: found } = await report(arrivals, await stetFile(there.at.sql));
	expect(found).toMatchObject({
		kind: 'library',
		adds: { chats: [{ title: 'Odo', turns: 3 }], bots: ['Odo'], yous: [], pictures: 0, copies: 2 },
		same: { chats: 0, bots: 0, yous: 0 },
		apart: [],
		conflicts: [],
		partial: [],
		nothing: false,
		mayReplace: true,
		here: { chats: 1, turns: 2 }
	});
	expect(here.written).toEqual([]);
	expect(await bring(arrivals, await stetFile(there.at.sql))).toEqual({
		how: 'merge',
		chats: 1,
		bots: 1,
		yous: 0,
		chatId: there.chatId,
		backup: 'backup-1'
	});
	expect(logDigestsOf(mine.sql).streams.get(`chat:${myChat}`)).toBe(before);
	expect(told(mine, there.chatId)).toEqual(['Well met.', 'A lamp.', 'Two lamps.']);
	expect(mine.done('restore_copy', { copyId: there.copyId })).toMatchObject({ how: 'restored' });
	expect(told(mine, there.chatId)).toEqual(['Well met.', 'A lamp.', 'Two lamps.', 'And?', 'Three lamps.']);
	expect(mine.done('restore_copy', { copyId: there.deletedCopy })).toMatchObject({ how: 'restored' });
	anExchange(mine, there.chatId, 'More.', 'Of what?');
	expect(mine.done('rewind', { chatId: there.chatId, turnId: there.kept.turnId })).toMatchObject({
		rung: 'undo'
	});
});

test('the same file twice changes nothing, even when what came was played on', async () => {
	const here = portOver(await given());
	const arrivals = arrivalsOver(here);
	const there = await theirs();
	const file = await stetFile(there.at.sql);
	await bring(arrivals, file);
	anExchange(here.at(), there.chatId, 'On we go.', 'Where?');
	const before = logDigestsOf(here.at().sql);
	expect(await bring(arrivals, file)).toMatchObject({ how: 'nothing', backup: null });
	expect(logDigestsOf(here.at().sql)).toEqual(before);
});

test('a chat that went another way here comes as one of its own, under another title, and only once', async () => {
	const there = await theirs();
	const here = portOver(await elsewhere(2));
	const arrivals = arrivalsOver(here);
	await bring(arrivals, await stetFile(there.at.sql));
	const mine = here.at();
	anExchange(mine, there.chatId, 'This way.', 'Gladly.');
	anExchange(there.at, there.chatId, 'That way.', 'If I must.');
	const theirTurns = there.at.ask('transcript', { chatId: there.chatId, limit: 50 }).turns;
	const mineBefore = logDigestsOf(mine.sql).streams.get(`chat:${there.chatId}`);
	const file = await stetFile(there.at.sql);

	const { report: found } = await report(arrivals, file);
	expect(found.apart).toEqual([{ title: 'Odo', turns: 5, turnsHere: 5 }]);
	const brought = await bring(arrivals, file);
	const copy = brought.chatId ?? '';
	expect(copy).not.toBe(there.chatId);
	expect(
		mine
			.ask('home', {})
			.map(({ title }) => title)
			.sort()
	).toEqual(['Odo', 'Odo (2)']);
	expect(
		mine.ask('transcript', { chatId: copy, limit: 50 }).turns.map(({ turnId, text }) => ({ turnId, text }))
	).toEqual(theirTurns.map(({ turnId, text }) => ({ turnId, text })));
	expect(logDigestsOf(mine.sql).streams.get(`chat:${there.chatId}`)).toBe(mineBefore);
	const [, ...payloads] = mine.sql.all({
		text: "select '' as p union all select payload from event_log where stream = ?",
		values: [`chat:${copy}`]
	});
	expect(JSON.stringify(payloads)).not.toContain(there.chatId);
	// its copies came with it, under ids of their own
	const copies = mine.ask('recovery', {}).filter(({ chatId }) => chatId === copy);
	expect(copies).toHaveLength(1);
	expect(mine.done('restore_copy', { copyId: copies[0]?.copyId ?? '' })).toMatchObject({ how: 'branched' });
	expect(await bring(arrivals, file)).toMatchObject({ how: 'nothing' });
});

test('one who has an older state of a chat gets the newer as a chat of its own', async () => {
	const there = await theirs();
	const older = await stetFile(there.at.sql);
	anExchange(there.at, there.chatId, 'And then?', 'Dawn.');
	const here = portOver(await elsewhere(2));
	const arrivals = arrivalsOver(here);
	await bring(arrivals, older);
	const { report: found } = await report(arrivals, await stetFile(there.at.sql));
	expect(found.apart).toEqual([{ title: 'Odo', turns: 5, turnsHere: 3 }]);
	const newer = portOver(await elsewhere(3));
	const arrivalsThere = arrivalsOver(newer);
	await bring(arrivalsThere, await stetFile(there.at.sql));
	expect((await report(arrivalsThere, older)).report).toMatchObject({ nothing: true, same: { chats: 1 } });
});

/** The same bot here and there, each changed since, and a chat with it there. */
const inConflict = async () => {
	const there = await theirs();
	const here = portOver(await elsewhere(2));
	const arrivals = arrivalsOver(here);
	await bring(arrivals, await stetFile(there.at.sql));
	here.at().done('author_bot', { botId: there.botId, name: 'Odo', tagline: 'mine' });
	there.at.done('author_bot', { botId: there.botId, name: 'Odo the Grey', tagline: 'theirs' });
	const chatId = there.at.done('create_chat', { botId: there.botId, title: 'With Odo' }).chatId;
	return { there, here, arrivals, chatId, file: await stetFile(there.at.sql) };
};

const taglines = (at: Given): string[] =>
	at.ask('bots', {}).map(({ name, tagline }) => `${name}: ${tagline}`);

test.each([
	['mine', ['Odo: mine']],
	['theirs', ['Odo the Grey: theirs']],
	['both', ['Odo: mine', 'Odo the Grey: theirs']]
] as const)('of a bot that was changed here and there, %s stays', async (conflicts, expected) => {
	const { there, here, arrivals, chatId, file } = await inConflict();
	const { report: found } = await report(arrivals, file);
	expect(found.conflicts).toEqual([{ type: 'bot', id: there.botId, name: 'Odo the Grey', nameHere: 'Odo' }]);
	await bring(arrivals, file, { conflicts });
	expect(taglines(here.at())).toEqual(expected);
	const [chat] = here.at().sql.all({
		text: 'select host_id as host from chats where chat_id = ?',
		values: [chatId]
	});
	const [bot] = here.at().ask('bots', {}).slice(-1);
	expect(chat?.['host']).toBe(bot?.botId);
	expect(chat?.['host'] === there.botId).toBe(conflicts !== 'both');
	// and asked once more, nothing more comes
	expect(await bring(arrivals, file, { conflicts })).toMatchObject({ how: 'nothing' });
	expect(taglines(here.at())).toEqual(expected);
});

test('a library takes the place of the one that is here', async () => {
	const there = await theirs();
	const mine = await given();
	aChat(mine);
	const here = portOver(mine);
	const arrivals = arrivalsOver(here);
	expect(await bring(arrivals, await stetFile(there.at.sql), { how: 'replace' })).toMatchObject({
		how: 'replace',
		chats: 1,
		bots: 1,
		backup: 'backup-1'
	});
	same(there.at, here.at());
	expect(here.at().ask('recovery', {})).toEqual(there.at.ask('recovery', {}));
	// numbers go on above all that were in the file
	anExchange(here.at(), there.chatId, 'On.', 'On.');
	here.at().app.rebuild();
	expect(here.at().done('restore_copy', { copyId: there.deletedCopy })).toMatchObject({ how: 'restored' });
});

test('begins again when the leader that had the first pieces is gone, and answers the same when sent again', async () => {
	const there = await theirs();
	there.at.done('author_bot', { name: 'Long', description: 'word '.repeat(11_000) });
	for (let n = 0; n < 40; n++)
		there.at.done('author_bot', { name: `Long ${String(n)}`, description: 'word '.repeat(11_000) });
	const here = portOver(await given(), 1);
	const arrivals = arrivalsOver(here);
	const { run } = await report(arrivals, await stetFile(there.at.sql));
	const request = { how: 'merge', conflicts: 'mine' } as const;
	const first = await arrivals.bringIn(run, request, quiet);
	expect(first).toMatchObject({ ok: true, value: { how: 'merge', bots: 42 } });
	expect(here.written.filter((call) => call === 'arrive').length).toBeGreaterThan(3);
	same(there.at, here.at());
	const before = here.written.length;
	expect(await arrivals.bringIn(run, request, quiet)).toEqual(first);
	expect(here.written).toHaveLength(before);
});

test('what changed here since the report has to be looked at again, unless the report stays true', async () => {
	const there = await theirs();
	const here = portOver(await elsewhere(2));
	const arrivals = arrivalsOver(here);
	const file = await stetFile(there.at.sql);
	const request = { how: 'merge', conflicts: 'mine' } as const;
	const { run } = await report(arrivals, file);
	const { run: late } = await report(arrivals, file);
	aChat(here.at());
	expect(await arrivals.bringIn(run, request, quiet)).toMatchObject({ ok: true });
	expect(await arrivals.bringIn(late, request, quiet)).toEqual({ ok: false, error: { type: 'moved_on' } });
});

test('stopped at any moment before it is handed over, nothing is changed', async () => {
	const there = await theirs();
	const file = await stetFile(there.at.sql);
	const here = portOver(await elsewhere(2));
	const arrivals = arrivalsOver(here);
	const before = logDigestsOf(here.at().sql);
	const stages = new Set<string>();
	for (const stage of ['reading', 'checking', 'replaying'] as const) {
		const run = `stop-${stage}`;
		const answer = await arrivals.lookIn(
			run,
			{ file: new Blob([file]), passphrase: '', large: false },
			(progress) => {
				stages.add(progress.stage);
				if (progress.stage === stage) arrivals.stop(run);
			}
		);
		expect(answer).toBeNull();
	}
	for (const stage of ['writing', 'replaying', 'storing'] as const) {
		const { run } = await report(arrivals, file);
		const answer = await arrivals.bringIn(run, { how: 'merge', conflicts: 'mine' }, (progress) => {
			stages.add(progress.stage);
			if (progress.stage === stage) arrivals.stop(run);
		});
		expect(answer).toBeNull();
	}
	expect([...stages].sort()).toEqual(['checking', 'reading', 'replaying', 'storing', 'writing']);
	expect(here.written.filter((call) => call.startsWith('admit'))).toEqual([]);
	expect(logDigestsOf(here.at().sql)).toEqual(before);
	expect(await bring(arrivals, file)).toMatchObject({ how: 'merge' });
});

test('stopped while it is carried out, it is done and says so', async () => {
	const file = await stetFile((await theirs()).at.sql);
	const here = portOver(await elsewhere(2));
	let run = '';
	const port: TravelPort = {
		...here.port,
		admit: async (id, how) => {
			arrivals.stop(run);
			return here.port.admit(id, how);
		}
	};
	const arrivals = arrivalsOver({ ...here, port });
	({ run } = await report(arrivals, file));
	expect(await arrivals.bringIn(run, MERGE, quiet)).toMatchObject({ ok: true, value: { chats: 1 } });
});

test('a run that is not known any more is said to be gone', async () => {
	const arrivals = arrivalsOver(portOver(await given()));
	const gone: { ok: false; error: FileRefusal } = { ok: false, error: { type: 'run_gone' } };
	expect(await arrivals.bringIn('nobody', { how: 'merge', conflicts: 'mine' }, quiet)).toEqual(gone);
	const { run } = await report(arrivals, await stetFile((await theirs()).at.sql));
	await arrivals.forget(run);
	expect(await arrivals.bringIn(run, { how: 'merge', conflicts: 'mine' }, quiet)).toEqual(gone);
});

test('a chat comes with the bots it is played with, and once more changes nothing', async () => {
	const there = await theirs();
	const { botId: unrelated } = there.at.done('author_bot', { name: 'Nobody’s' });
	const other = there.at.done('create_chat', { botId: unrelated, title: 'Not this one' }).chatId;
	for (const as of ['stet', 'jsonl'] as const) {
		const file = await taken(there.at, { what: { kind: 'chat', chatId: there.chatId }, as });
		const here = portOver(await elsewhere(2));
		const arrivals = arrivalsOver(here);
		const { report: found } = await report(arrivals, file);
		expect(found).toMatchObject({
			kind: 'chat',
			format: as,
			title: 'Odo',
			adds: { chats: [{ title: 'Odo', turns: 3 }], bots: ['Odo'], copies: 0 },
			mayReplace: false
		});
		expect(await bring(arrivals, file)).toMatchObject({ chats: 1, bots: 1, chatId: there.chatId });
		expect(told(here.at(), there.chatId)).toEqual(told(there.at, there.chatId));
		expect(here.at().ask('chat', { chatId: other })).toBeNull();
		expect(await bring(arrivals, file)).toMatchObject({ how: 'nothing' });
		// and the library it came from knows it
		expect((await report(arrivalsOver(portOver(there.at)), file)).report).toMatchObject({ nothing: true });
	}
});

test('a recovery copy taken out comes as the chat it was', async () => {
	const there = await theirs();
	const file = await taken(there.at, { what: { kind: 'copy', copyId: there.copyId } });
	const here = portOver(await elsewhere(2));
	await bring(arrivalsOver(here), file);
	expect(told(here.at(), there.chatId)).toEqual([
		'Well met.',
		'A lamp.',
		'Two lamps.',
		'And?',
		'Three lamps.'
	]);
});

test('what is sealed with a passphrase opens with it', async () => {
	const there = await theirs();
	const file = await taken(there.at, { passphrase: 'a few words' });
	const arrivals = arrivalsOver(portOver(await given()));
	expect((await look(arrivals, file)).answer).toEqual({ ok: false, error: { type: 'passphrase_needed' } });
	expect((await look(arrivals, file, 'a few words')).answer).toMatchObject({
		ok: true,
		value: { encrypted: true, adds: { chats: [{ title: 'Odo', turns: 3 }] } }
	});
}, 60_000);

const MERGE = { how: 'merge', conflicts: 'mine' } as const;

test('what was numbered in a library that another took the place of since is not brought into that one', async () => {
	const there = await theirs();
	const file = await stetFile(there.at.sql);
	for (const call of ['reserve', 'arrive', 'admit'] as const) {
		const old = await elsewhere(3);
		const { chatId } = aChat(old);
		for (let n = 0; n < 30; n++) anExchange(old, chatId, `word ${String(n)}`, 'Yes.');
		const here = portOver(old);
		const fresh = await elsewhere(4);
		aChat(fresh, { name: 'New' });
		const events = fresh.events();
		let replaced = false;
		const replace = async (): Promise<void> => {
			if (replaced) return;
			replaced = true;
			await here.port.arrive('other', 0, new Uint8Array(bytesOf(fresh.sql as Connection)), true);
			await here.port.admit('other', 'replace');
		};
		const port: TravelPort = {
			...here.port,
			reserve: async (numbers) => {
				const first = await here.port.reserve(numbers);
				if (call === 'reserve') await replace();
				return first;
			},
			arrive: async (...sent) => {
				if (call === 'arrive') await replace();
				return here.port.arrive(...sent);
			},
			admit: async (...sent) => {
				await replace();
				return here.port.admit(...sent);
			}
		};
		const arrivals = arrivalsOver({ ...here, port });
		const { run } = await report(arrivals, file);
		expect(await arrivals.bringIn(run, MERGE, quiet), call).toEqual({
			ok: false,
			error: { type: 'moved_on' }
		});
		expect(here.written.filter((name) => name === 'arrive').length > 1, call).toBe(call !== 'reserve');
		expect(here.at().events()).toBe(events);
		// and looked at again, it comes
		await arrivals.forget(run);
		expect(await bring(arrivalsOver(here), file)).toMatchObject({ how: 'merge', chats: 1 });
	}
});

test('begins again when what was handed over is gone before it is carried out, but not for ever', async () => {
	const there = await theirs();
	const file = await stetFile(there.at.sql);
	for (const [times, comes] of [
		[2, true],
		[Infinity, false]
	] as const) {
		const here = portOver(await elsewhere(2));
		let gone = 0;
		const dismissed: string[] = [];
		const port: TravelPort = {
			...here.port,
			admit: async (id, how) => {
				if (gone++ < times) {
					await here.port.dismiss(id);
					throw Object.assign(new Error('it is not here'), { name: 'ArrivalGone' });
				}
				return here.port.admit(id, how);
			},
			dismiss: async (id) => void dismissed.push(id)
		};
		const arrivals = arrivalsOver({ ...here, port });
		const { run } = await report(arrivals, file);
		const answer = arrivals.bringIn(run, MERGE, quiet);
		if (comes) {
			expect(await answer).toMatchObject({ ok: true, value: { chats: 1 } });
			same(there.at, here.at());
		} else await expect(answer).rejects.toMatchObject({ name: 'ArrivalGone' });
		expect(gone).toBe(comes ? 3 : 5);
		expect(dismissed).toHaveLength(comes ? 0 : 1);
	}
});

test('a disk that is full where the library is says so, and any other fault of it is told as it is', async () => {
	onTestFinished(() => {
		vi.unstubAllGlobals();
	});
	const file = await stetFile((await theirs()).at.sql);
	for (const call of ['arrive', 'admit'] as const)
		for (const free of [1000, 1_000_000_000]) {
			vi.stubGlobal('navigator', {
				storage: { estimate: async () => ({ quota: 2_000_000_000, usage: 2_000_000_000 - free }) }
			});
			const here = portOver(await elsewhere(2));
			const fault = () =>
				Promise.reject(Object.assign(new Error('not all of it was written'), { name: 'NotStored' }));
			const dismissed: string[] = [];
			const dismiss = async (id: string) => void dismissed.push(id);
			const arrivals = arrivalsOver({ ...here, port: { ...here.port, dismiss, [call]: fault } });
			const { run } = await report(arrivals, file);
			const answer = arrivals.bringIn(run, MERGE, quiet);
			if (free === 1000)
				expect(await answer).toMatchObject({ ok: false, error: { type: 'no_room', freeBytes: 1000 } });
			else await expect(answer).rejects.toThrow('not all of it was written');
			expect(dismissed).toHaveLength(1);
		}
});
