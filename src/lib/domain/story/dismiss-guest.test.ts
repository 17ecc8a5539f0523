// What the leaving of a guest promises: nobody leaves in the middle of a word, or of a scene that is theirs.
import { expect, test } from 'vitest';
import { given } from '#tests/support/given.ts';

const withGuest = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara' });
	const { botId: guest } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId: host, guestId: guest });
	return { at, chatId, host, guest };
};

test('a guest leaves when it has spoken, and not while it does', async () => {
	const { at, chatId, guest } = await withGuest();
	const asked = { chatId, text: 'Well?', connectionId: 'demo', speaker: guest };
	const { jobId } = at.done('take_turn', asked);
	expect(at.refused('dismiss_guest', { chatId })).toEqual({ type: 'reply_unfinished', chatId, jobId });
	at.done('finish_reply', { jobId, text: 'Yes.', ended: 'whole', model: null, usage: null });
	// what came of it can still be noticed
	expect(at.done('dismiss_guest', { chatId })).toEqual({ chatId, botId: guest });
	expect(at.ask('stage_request', { jobId })).toMatchObject({ stage: 'observe', story: { bot: 'Edda' } });
});

test('while the host speaks, a guest may leave', async () => {
	const { at, chatId, host, guest } = await withGuest();
	at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo', speaker: host });
	expect(at.done('dismiss_guest', { chatId })).toEqual({ chatId, botId: guest });
});

test('no guest leaves a scene elsewhere that it plays, until that has ended', async () => {
	const { at, chatId, guest } = await withGuest();
	const scene = { chatId, premise: 'At the harbour.', connectionId: 'demo' } as const;
	const { meanwhileId, jobId } = at.done('start_meanwhile', { ...scene, with: 'guest' });
	at.done('drop_reply', { jobId });
	expect(at.refused('dismiss_guest', { chatId })).toEqual({ type: 'meanwhile_running', chatId, meanwhileId });
	at.done('end_meanwhile', { chatId, connectionId: 'demo' });
	at.done('start_meanwhile', { ...scene, with: 'narrator' });
	expect(at.done('dismiss_guest', { chatId })).toEqual({ chatId, botId: guest });
});
