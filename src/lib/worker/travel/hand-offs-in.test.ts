// Hand-offs in files of whole libraries: they come with their cases, beside those that are here, and never over them.
import { expect, test } from 'vitest';
import { aCase, aDesk, LATER } from '#tests/support/desk.ts';
import { stetFile } from '#tests/support/bad-files.ts';
import { given, type Given } from '#tests/support/given.ts';
import { elsewhere } from '#tests/support/taking.ts';
import { portOver } from '#tests/support/travel-port.ts';
import { createArrivals } from './bring-in.ts';
import { openWorkshop } from './workshop.ts';

const quiet = (): void => undefined;
let runs = 0;

const bring = async (at: Given, from: Given) => {
	const here = portOver(at);
	const arrivals = createArrivals({
		port: () => here.port,
		openWorkshop,
		backUp: async () => ({ name: 'backup' })
	});
	const run = `run-${String(++runs)}`;
	const file = { file: new Blob([await stetFile(from.sql)]), passphrase: '', large: false };
	const report = await arrivals.lookIn(run, file, quiet);
	const brought = await arrivals.bringIn(run, { how: 'merge', conflicts: 'mine' }, quiet);
	void arrivals.forget(run);
	if (report?.ok !== true || brought?.ok !== true) throw new Error(JSON.stringify([report, brought]));
	return { report: report.value, at: here.at() };
};

const raisedThere = async () => {
	const there = await elsewhere(1);
	const desk = aDesk(there);
	const chatId = aCase(there, desk.mem);
	const { handoffId } = there.done('raise_handoff', { actor: desk.mem, chatId });
	return { there, desk, chatId, handoffId };
};

/** Somebody of the desk here, who sees the whole queue. */
const seen = (at: Given, filter: 'all' | 'waiting' = 'all') => {
	const { memberId } = at.done('author_member', { name: 'Here', role: 'engineer' });
	return at.ask('queue', { actor: memberId, filter, now: LATER }).cards;
};

test('a hand-off comes with its case, is told of before, and twice is once', async () => {
	const { there, chatId, handoffId } = await raisedThere();
	const mine = await given();
	aDesk(mine);
	const { report, at } = await bring(mine, there);
	expect(report.adds).toMatchObject({ handoffs: 1, chats: [{ title: 'VPN drops every 20 minutes' }] });
	expect(seen(at)).toMatchObject([{ handoffId, chatId, state: 'open', raisedBy: { name: 'Mem' } }]);
	expect(at.ask('handoff', { handoffId, now: LATER })).toMatchObject({ chatIsHere: true, gone: [] });
	const again = await bring(at, there);
	expect(again.report).toMatchObject({ nothing: true, adds: { handoffs: 0 } });
});

test('one that went on apart comes as another, and what is here stays as it is', async () => {
	const { there, desk, handoffId } = await raisedThere();
	const { at } = await bring(await elsewhere(2), there);
	const { memberId } = at.done('author_member', { name: 'Here', role: 'engineer' });
	at.done('claim_handoff', { actor: memberId, handoffId });
	there.done('claim_handoff', { actor: desk.ada, handoffId });
	const { report, at: after } = await bring(at, there);
	expect(report).toMatchObject({ nothing: false, adds: { handoffs: 1, chats: [] } });
	const owners = seen(after).map((card) => [card.handoffId === handoffId, card.owner?.name]);
	expect(owners.toSorted()).toEqual([
		[false, 'Ada'],
		[true, 'Here']
	]);
	expect((await bring(after, there)).report).toMatchObject({ nothing: true });
});

test('members of another library do not become members here by it', async () => {
	const { there } = await raisedThere();
	const mine = await given();
	aDesk(mine);
	const { at } = await bring(mine, there);
	expect(at.ask('member_list', { retired: true }).map(({ name }) => name)).toEqual([
		'Ada',
		'Bo',
		'Cleo',
		'Mem'
	]);
});

test('what was brought in goes again by undoing, waits in Recovery under its name, and comes back whole', async () => {
	const { there, handoffId } = await raisedThere();
	const mine = await given();
	aDesk(mine);
	const { at } = await bring(mine, there);
	const before = at.ask('handoff', { handoffId, now: LATER });
	const [row] = at.sql.all({
		text: "select tab from command_log where name = 'bring_in' order by at desc limit 1",
		values: []
	});
	at.done('undo_last', { tab: String(row?.['tab']) });
	expect(at.ask('handoff', { handoffId, now: LATER })).toBeNull();
	const copies = at.ask('recovery', {});
	expect(copies.map(({ title }) => title)).toEqual([
		'VPN drops every 20 minutes',
		'VPN drops every 20 minutes'
	]);
	for (const { copyId } of copies) at.done('restore_copy', { copyId });
	expect(at.ask('handoff', { handoffId, now: LATER })).toEqual(before);
});
