// Loose ends of a story that is handed over: what is open in it, and nothing that is tied; a case has none.
import { expect, test } from 'vitest';
import { aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';
import { INSTRUCTIONS } from './assessment-instructions.ts';
import { questionsIn } from './loose-ends.ts';

const handedOver = (at: Given, chatId: string, actor: string) => {
	const { handoffId } = at.done('raise_handoff', { actor, chatId, intent: 'pass' });
	return { handoffId, facts: at.ask('handoff', { handoffId, now: LATER })?.facts };
};

test('are what was asked and not answered, what goes on, open threads and plans, each with the turn it came up in', async () => {
	const at = await given();
	const { mem } = aDesk(at);
	const { chatId } = aChat(at, { greeting: '“Who sent you?”' });
	const { replyId } = anExchange(
		at,
		chatId,
		'Nobody. The lock failed.',
		'*She waits.* “And the key? Where is it?”'
	);
	at.done('open_thread', { chatId, text: 'The key is gone.' });
	const tied = at.done('open_thread', { chatId, text: 'The lamp is out.' });
	at.done('close_thread', { chatId, threadId: tied.threadId, outcome: 'Lit.' });
	const { eventId } = at.done('plan_event', { chatId, title: 'A knock at the door' });
	at.done('plan_event', { chatId, title: 'The ferry comes in' });
	at.done('move_event', { chatId, eventId, to: 'active' });
	const { facts } = handedOver(at, chatId, mem);
	expect(facts?.looseEnds).toEqual([
		{ kind: 'question', text: 'And the key?', turnId: replyId },
		{ kind: 'question', text: 'Where is it?', turnId: replyId },
		{ kind: 'active', text: 'A knock at the door', turnId: null },
		{ kind: 'thread', text: 'The key is gone.', turnId: replyId },
		{ kind: 'planned', text: 'The ferry comes in', turnId: null }
	]);
	expect(facts?.errors, 'nobody quotes a program in a story').toEqual([]);
});

test('say which of their turns are gone', async () => {
	const at = await given();
	const { mem } = aDesk(at);
	const { chatId } = aChat(at);
	const { replyId } = anExchange(at, chatId, 'I sit down.', '“Tea?”');
	const { handoffId } = handedOver(at, chatId, mem);
	at.done('delete_turn', { chatId, turnId: replyId });
	expect(at.ask('handoff', { handoffId, now: LATER })?.gone).toContain(replyId);
});

test('are told to a model that briefs a player, with instructions for a story; a case has neither', async () => {
	const at = await given();
	const desk = aDesk(at);
	const { chatId } = aChat(at);
	anExchange(at, chatId, 'I sit down.', '“Tea?”');
	at.done('open_thread', { chatId, text: 'The key is gone.' });
	const { handoffId } = handedOver(at, chatId, desk.mem);
	const ask = (of: string) => {
		const { jobId } = at.done('ask_assessment', { actor: desk.ada, handoffId: of, connectionId: 'demo' });
		return at.ask('assessment_request', { jobId });
	};
	const told = ask(handoffId);
	expect(told?.instructions).toBe(INSTRUCTIONS.story);
	expect(told?.data).toMatch(
		/^loose ends on record:\n- question: Tea\? \(T2\)\n- thread: The key is gone\. \(T2\)$/mu
	);
	const work = aHandoff(at, desk);
	anExchange(at, work.chatId, 'It drops.', 'Since when?');
	const other = ask(work.handoffId);
	expect(other?.instructions).toBe(INSTRUCTIONS.case);
	expect(other?.data).not.toContain('loose ends');
});

test.each([
	['*She nods.* “Is it late?” Nobody answers.', ['Is it late?']],
	['No questions here.', []],
	['?!', []],
	['どこですか？ はい。', ['どこですか？']],
	[`${'x'.repeat(400)}?`, []]
])('questions are found without the marks around them: %s', (text, expected) => {
	expect(questionsIn(text)).toEqual(expected);
});
