// What code finds in a transcript: errors among what people write, and the ends of long words.
import { expect, test } from 'vitest';
import { aCase, aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { fillingVocabulary } from '#tests/support/effects.ts';
import { anExchange, given, said } from '#tests/support/given.ts';
import { errorLines } from './facts.ts';

test.each([
	'ERROR 809: The network connection could not be established',
	'java.lang.NullPointerException: oops',
	'Traceback (most recent call last):',
	'connect ETIMEDOUT 10.0.0.1:443',
	'stop code 0x0000007E',
	'HTTP/1.1 502 Bad Gateway',
	'got a 404 Not Found',
	'ssh: connect to host x port 22: Connection refused',
	'`Segmentation fault` (core dumped)',
	'Permission denied (publickey).'
])('%s is an error', (line) => {
	expect(errorLines(`It says:\n${line}\nWhat now?`)).toHaveLength(1);
});

test.each(['It drops every 20 minutes.', 'Dana has room 404.', 'Nothing helps, please call me.', ''])(
	'%s is none',
	(line) => {
		expect(errorLines(line)).toEqual([]);
	}
);

test('an error is told once, as it stood first, with where it stood last; of too many the newest', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	const first = anExchange(at, chatId, '> Error  809', 'Hm.');
	const many = Array.from({ length: 14 }, (_, n) => `error number ${String(n)}`).join('\n');
	anExchange(at, chatId, many, 'Oh.');
	const last = anExchange(at, chatId, '> error 809\n> ERROR 809', 'Hm.');
	const { handoffId } = aHandoff(at, desk, chatId);
	const errors = at.ask('handoff', { handoffId, now: LATER })?.facts?.errors ?? [];
	expect(errors).toHaveLength(12);
	expect(errors.at(-1)).toEqual({ text: '> Error 809', first: first.turnId, last: last.turnId, times: 3 });
	expect(errors[0]?.text).toBe('error number 3');
});

test('what is hidden is in no fact: no error, no last words, no last proposal', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	anExchange(at, chatId, 'It drops.', 'Restart it.');
	const { turnId, replyId } = anExchange(at, chatId, 'ERROR login failed password=hunter2', 'Try hunter3.');
	at.done('hide_turn', { chatId, turnId });
	at.done('hide_turn', { chatId, turnId: replyId });
	const { handoffId } = aHandoff(at, desk, chatId);
	const facts = at.ask('handoff', { handoffId, now: LATER })?.facts;
	expect(facts).toMatchObject({
		errors: [],
		lastUserTurn: { text: 'It drops.' },
		lastProposal: { text: 'Restart it.' }
	});
	expect(JSON.stringify(facts)).not.toContain('hunter');
});

test('long words are cut, without half of a character, and say so', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	const { jobId } = at.done('take_turn', {
		chatId,
		text: `${'x'.repeat(1999)}🛰 and more`,
		connectionId: 'demo'
	});
	said(at, jobId, 'Short.');
	const { handoffId } = aHandoff(at, desk, chatId);
	const facts = at.ask('handoff', { handoffId, now: LATER })?.facts;
	expect(facts?.lastUserTurn).toMatchObject({ text: 'x'.repeat(1999), cut: true });
	expect(facts?.lastProposal).toMatchObject({ text: 'Short.', cut: false });
});

test('of a long chat only the newest words are read, and all of its turns are counted', async () => {
	const at = await given({ vocabulary: fillingVocabulary });
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	anExchange(at, chatId, 'ERROR 1', 'Hm.');
	at.app.dispatch({ id: 'fill', name: 'play_turns', input: { chatId, from: 0, count: 450 } });
	const near = anExchange(at, chatId, 'ERROR 2', 'Hm.');
	const { handoffId } = aHandoff(at, desk, chatId);
	expect(at.ask('handoff', { handoffId, now: LATER })?.facts).toMatchObject({
		turns: 904,
		models: ['bench'],
		errors: [{ text: 'ERROR 2', first: near.turnId }]
	});
});
