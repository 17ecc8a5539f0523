// What people promise: one guest at a time, who comes and goes, under today's name, and exactly so when taken back.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';

const withGuest = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const { botId: guest } = at.done('author_bot', { name: 'Edda' });
	const told = () => at.ask('now', { chatId })?.people.map(({ entity, role, name }) => [entity, role, name]);
	return { at, chatId, botId, guest, told };
};

test('a guest comes and leaves; each is called as the library says today', async () => {
	const { at, chatId, botId, guest, told } = await withGuest();
	const alone = [
		['you', 'you', ''],
		[botId, 'host', 'Mara']
	];
	expect(told()).toEqual(alone);
	expect(at.done('invite_guest', { chatId, botId: guest })).toEqual({ chatId, botId: guest });
	at.done('author_bot', { botId: guest, name: 'Edda Lind' });
	expect(told()).toEqual([...alone, [guest, 'guest', 'Edda Lind']]);
	expect(at.done('dismiss_guest', { chatId })).toEqual({ chatId, botId: guest });
	expect(told()).toEqual(alone);
	at.done('undo_last', { tab: 'tab-1' });
	expect(told()).toEqual([...alone, [guest, 'guest', 'Edda Lind']]);
});

test('a guest goes with the turn it came at, and a later one without the earlier', async () => {
	const { at, chatId, guest, told } = await withGuest();
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('invite_guest', { chatId, botId: guest });
	const plan = at.ask('plan', { chatId, turnId, what: 'rewind' });
	expect(plan?.gone).toContainEqual(
		expect.objectContaining({ kind: 'guest_joined', live: 1, names: ['Edda'] })
	);
	expect(plan?.changes).toContainEqual(
		expect.objectContaining({
			table: 'chats',
			before: expect.objectContaining({ guest_name: 'Edda' }),
			after: expect.objectContaining({ guest_name: null })
		})
	);
	at.done('rewind', { chatId, turnId });
	expect(told()).toHaveLength(2);
});

test('the leaving of a guest who never came, once that was taken back, says nothing', async () => {
	const { at, chatId, guest, told } = await withGuest();
	const { botId: other } = at.done('author_bot', { name: 'Odo' });
	at.done('invite_guest', { chatId, botId: guest }, 'tab-2');
	at.done('dismiss_guest', { chatId });
	at.done('undo_last', { tab: 'tab-2' });
	at.done('invite_guest', { chatId, botId: other });
	expect(told()?.[2]).toEqual([other, 'guest', 'Odo']);
	const left = at.ask('events', { chatId }).events.find(({ kind }) => kind === 'guest_left');
	expect(left?.state).toBe('orphaned');
});

test('the host, a second guest, and who is not in the library, are not invited', async () => {
	const { at, chatId, botId, guest } = await withGuest();
	const invite = (bot: string, chat = chatId) => at.refused('invite_guest', { chatId: chat, botId: bot });
	expect(invite(guest, NOBODY)).toEqual({ type: 'chat_unknown', chatId: NOBODY });
	expect(invite(NOBODY)).toEqual({ type: 'bot_unknown', botId: NOBODY });
	expect(invite(botId)).toEqual({ type: 'bot_is_host', chatId, botId });
	const { botId: retired } = at.done('author_bot', { name: 'Odo' });
	at.done('retire_bot', { botId: retired });
	expect(invite(retired)).toEqual({ type: 'bot_unknown', botId: retired });
	at.done('invite_guest', { chatId, botId: guest });
	expect(invite(guest)).toEqual({ type: 'guest_present', chatId, botId: guest });
});

test('nobody leaves where nobody came', async () => {
	const { at, chatId } = await withGuest();
	expect(at.refused('dismiss_guest', { chatId })).toEqual({ type: 'no_guest', chatId });
	expect(at.refused('dismiss_guest', { chatId: NOBODY })).toEqual({ type: 'chat_unknown', chatId: NOBODY });
});
