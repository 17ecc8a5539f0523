// The numbers of the desk over a real log: what is told of a stretch of time, and whose each thing was.
import { expect, test } from 'vitest';
import { aCase, aDesk, aHandoff, LATER, type Desk } from '#tests/support/desk.ts';
import { aChat, given, said as replied, WORLD_BEGINS_MS, type Given } from '#tests/support/given.ts';

const DAY = 86_400_000;

/** A member of the desk says something in a case, and gets a reply. */
const says = (at: Given, chatId: string, memberId: string | null, text: string): void => {
	const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo', memberId });
	replied(at, jobId, 'Good.');
};

test('rates of what was raised, returned, reopened, and of cases that were closed', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chats = [1, 2, 3, 4].map(() => aCase(at, desk.mem));
	const [one = '', two = ''] = chats;
	const first = aHandoff(at, desk, one).handoffId;
	const second = aHandoff(at, desk, two).handoffId;
	at.done('claim_handoff', { actor: desk.ada, handoffId: first });
	says(at, one, desk.ada, 'Looking into it.');
	at.done('return_handoff', { actor: desk.ada, handoffId: first, reason: 'not_mine' });
	at.done('claim_handoff', { actor: desk.bo, handoffId: second });
	at.done('resolve_handoff', { actor: desk.bo, handoffId: second });
	at.done('reopen_handoff', { actor: desk.bo, handoffId: second });
	for (const chatId of chats.slice(1)) at.done('resolve_case', { actor: desk.mem, chatId });
	const told = at.ask('desk_metrics', { from: 0, to: LATER });
	expect(told).toMatchObject({
		raised: 2,
		pickUp: { n: 2 },
		firstAction: { n: 1 },
		resolve: { n: 1 },
		assessed: { n: 0 },
		returnRate: 1 / 3,
		reopenRate: 1,
		escalationRate: 1 / 3,
		claimConflictRate: 0,
		overdueRate: 2 / 3,
		assessmentReadyRate: 0,
		quotesVerifiedRate: null,
		editedRate: null,
		startHereRate: null
	});
	expect(told.depth.at(-1)).toMatchObject({ depth: 2 });
	expect(at.ask('desk_metrics', { from: LATER, to: LATER + DAY })).toMatchObject({
		raised: 0,
		pickUp: { n: 0 }
	});
});

test.each<readonly [string, (desk: Desk) => string | null, number]>([
	['of whoever holds it', ({ bo }) => bo, 1],
	['of somebody else', ({ ada }) => ada, 0],
	['of nobody knows whom', () => null, 0]
])('a word in the chat %s, after it was given to them', async (_, who, n) => {
	const at = await given();
	const desk = aDesk(at);
	const { chatId, handoffId } = aHandoff(at, desk);
	at.done('reassign_handoff', { actor: desk.cleo, handoffId, to: desk.bo });
	says(at, chatId, who(desk), 'Looking into it.');
	expect(at.ask('desk_metrics', { from: 0, to: LATER }).firstAction).toMatchObject({ n });
});

test('one that slept long enough is in the queue again, asleep no longer', async () => {
	const at = await given();
	const desk = aDesk(at);
	const { handoffId } = aHandoff(at, desk);
	const until = WORLD_BEGINS_MS + DAY;
	at.done('snooze_handoff', { actor: desk.ada, handoffId, until });
	const [episode] = at.ask('desk_metrics', { from: 0, to: until + DAY }).episodes;
	expect(episode?.sleptMs).toBeLessThanOrEqual(DAY);
	const { depth } = at.ask('desk_metrics', { from: until - DAY / 2, to: until + DAY / 2 });
	expect([depth[0], depth.at(-1)]).toMatchObject([
		{ depth: 0, oldestMs: null },
		{ depth: 1, oldestMs: DAY / 2 }
	]);
});

test('one that somebody said something to sleeps no longer', async () => {
	const at = await given();
	const desk = aDesk(at);
	const { chatId, handoffId } = aHandoff(at, desk);
	says(at, chatId, desk.mem, 'It drops.');
	at.done('snooze_handoff', { actor: desk.ada, handoffId, until: LATER });
	const slept = (): number => at.ask('desk_metrics', { from: 0, to: LATER }).episodes[0]?.sleptMs ?? 0;
	expect(slept()).toBeGreaterThan(DAY);
	says(at, chatId, desk.mem, 'It drops again.');
	expect(slept()).toBeLessThan(DAY);
});

test('an assessment that was edited, and whose step was said', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	says(at, chatId, desk.mem, 'It drops.');
	const { handoffId } = aHandoff(at, desk, chatId);
	const { jobId } = at.done('ask_assessment', { actor: desk.ada, handoffId, connectionId: 'demo' });
	const asked = at.ask('assessment_request', { jobId });
	if (asked === null) throw new Error('nothing is asked');
	const step = 'Lower the MTU to 1300.';
	const refs = [{ turn: 'T1', quote: 'Nobody said that.' }];
	at.done('finish_assessment', {
		jobId,
		model: 'm',
		key: 'k',
		answer: { start_here: { step, why: 'w', expect: 'e', if_not: 'n', refs } },
		seen: {},
		coverage: asked.coverage,
		head: asked.head,
		cost: null
	});
	at.done('claim_handoff', { actor: desk.ada, handoffId });
	says(at, chatId, desk.ada, step);
	const body = at.ask('handoff_assessment', { handoffId })?.body;
	if (body === undefined) throw new Error('there is no assessment');
	at.done('edit_assessment', { actor: desk.ada, handoffId, basis: 1, body });
	expect(at.ask('desk_metrics', { from: 0, to: LATER })).toMatchObject({
		assessed: { n: 1 },
		assessmentReadyRate: 1,
		editedRate: 1,
		startHereRate: 1
	});
});

test('in a story nobody of the desk says anything', async () => {
	const at = await given();
	const { ada } = aDesk(at);
	const chatIds = [aCase(at, ada), aChat(at).chatId];
	for (const chatId of chatIds) says(at, chatId, ada, 'Hello.');
	const spoke = chatIds.map((chatId) =>
		at.sql.all({
			text: `select payload ->> '$.memberId' as who from event_log where kind = 'user_turn' and stream = ?`,
			values: [`chat:${chatId}`]
		})
	);
	expect(spoke).toEqual([[{ who: ada }], [{ who: null }]]);
});
