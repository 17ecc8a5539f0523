// What an interjection is among the replies to a turn: none that can be chosen or asked for, and it goes with its reply.
import { expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given, idNumber, type Given } from '#tests/support/given.ts';
import { decided, defineCommand } from '../kernel/command.ts';
import { z } from '../kernel/schema.ts';
import { chatStream, id } from '../streams.ts';
import { vocabulary } from '../vocabulary.ts';
import { assistantTurn } from './turns.ts';

const GUEST = idNumber(9000);

const putIn = defineCommand({
	name: 'put_in',
	input: z.object({ chatId: id, turnId: id, replyTo: id, host: id, truncated: z.boolean() }),
	decide: ({ chatId, turnId, replyTo, host, truncated }) =>
		decided({
			events: [
				assistantTurn({
					stream: chatStream(chatId),
					anchor: turnId,
					cause: replyTo,
					payload: {
						turnId,
						replyTo,
						speaker: { botId: GUEST, name: 'Edda' },
						text: 'Never.',
						truncated,
						model: null,
						usage: null,
						interjectionOf: host,
						meanwhileId: null,
						present: { you: true, host: true, guest: true }
					}
				})
			],
			value: { turnId }
		})
});

const interjected = async (truncated = false) => {
	const at: Given = await given({
		vocabulary: { ...vocabulary, commands: [...vocabulary.commands, putIn] }
	});
	const { chatId, botId } = aChat(at);
	const { turnId, replyId } = anExchange(at, chatId, 'a', 'b');
	const input = { chatId, turnId: idNumber(9001), replyTo: turnId, host: botId, truncated };
	expect(at.app.dispatch({ id: 'put-in', name: 'put_in', input }).ok).toBe(true);
	const said = () => at.ask('transcript', { chatId }).turns.map(({ text }) => text);
	return { at, chatId, botId, turnId, replyId, said };
};

test('it is no alternative of the reply, and is not asked for by itself', async () => {
	const { at, chatId, botId, replyId, turnId } = await interjected();
	expect(at.ask('transcript', { chatId }).turns).toMatchObject([
		{ turnId, askable: false },
		{ turnId: replyId, askable: true, siblings: [] },
		{ speakerId: GUEST, interjectionOf: botId, askable: false, siblings: [] }
	]);
	expect(at.refused('choose_alternative', { chatId, turnId: idNumber(9001) })).toMatchObject({
		type: 'alternative_unknown'
	});
});

test('it goes with its reply when another takes the place, and comes back with it', async () => {
	const { at, chatId, turnId, replyId, said } = await interjected();
	const { turnId: second, instead } = anotherReply(at, chatId, turnId, 'c');
	expect(instead).toEqual([replyId, idNumber(9001)]);
	expect(said()).toEqual(['a', 'c']);
	expect(at.ask('transcript', { chatId }).turns[1]?.siblings).toEqual([replyId, second]);
	at.done('choose_alternative', { chatId, turnId: replyId });
	expect(said()).toEqual(['a', 'b', 'Never.']);
});

test('one that broke off can be gone on with: the whole takes its place, and the reply stays', async () => {
	const { at, chatId, said } = await interjected(true);
	const before = said();
	const { jobId } = at.done('continue_reply', { chatId, connectionId: 'demo' });
	expect(said()).toEqual(before);
	at.done('finish_reply', { jobId, text: 'Never, I say.', ended: 'whole', model: null, usage: null });
	expect(said()).toEqual([...before.slice(0, -1), 'Never, I say.']);
});
