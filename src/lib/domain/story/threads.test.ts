// What loose ends promise: noted, told otherwise, tied once, and open again when that is taken back.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';

const open = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const note = (text: string, tab?: string) => at.done('open_thread', { chatId, text }, tab).threadId;
	const told = () => at.ask('now', { chatId })?.threads;
	return { at, chatId, note, told };
};

test('loose ends stand in their order, those that are tied last', async () => {
	const { at, chatId, note, told } = await open();
	const lamp = note(' Who lit the lamp? ');
	const boat = note('Whose boat is it?');
	at.done('update_thread', { chatId, threadId: boat, text: 'Whose is the blue boat?' });
	at.done('close_thread', { chatId, threadId: lamp, outcome: 'Mara did.' });
	expect(told()).toEqual([
		{ threadId: boat, text: 'Whose is the blue boat?', status: 'open', outcome: '' },
		{ threadId: lamp, text: 'Who lit the lamp?', status: 'closed', outcome: 'Mara did.' }
	]);
	const events = at.events();
	at.done('update_thread', { chatId, threadId: boat, text: 'Whose is the blue boat?' });
	expect(at.events()).toBe(events);
	at.done('undo_last', { tab: 'tab-1' });
	expect(told()?.[0]).toEqual({ threadId: lamp, text: 'Who lit the lamp?', status: 'open', outcome: '' });
});

test('one that is tied is opened again, and not twice', async () => {
	const { at, chatId, note, told } = await open();
	const threadId = note('Who lit the lamp?');
	at.done('close_thread', { chatId, threadId, outcome: 'Mara did.' });
	at.done('reopen_thread', { chatId, threadId });
	const again = [{ threadId, text: 'Who lit the lamp?', status: 'open', outcome: '' }];
	expect(told()).toEqual(again);
	const events = at.events();
	at.done('reopen_thread', { chatId, threadId });
	expect([at.events(), told()]).toEqual([events, again]);
	at.done('undo_last', { tab: 'tab-1' });
	expect(told()).toMatchObject([{ status: 'closed', outcome: 'Mara did.' }]);
	expect(at.refused('reopen_thread', { chatId, threadId: NOBODY })).toMatchObject({ type: 'thread_unknown' });
});

test('a plan says which are open again, and which go', async () => {
	const { at, chatId, note, told } = await open();
	const threadId = note('Who lit the lamp?');
	const { turnId } = anExchange(at, chatId, 'a', 'b');
	at.done('close_thread', { chatId, threadId });
	note('Whose boat is it?');
	const plan = at.ask('plan', { chatId, turnId, what: 'rewind' });
	expect(plan?.gone).toContainEqual(
		expect.objectContaining({ kind: 'thread_opened', names: ['Whose boat is it?'] })
	);
	expect(plan?.changes).toContainEqual(
		expect.objectContaining({
			name: 'Who lit the lamp?',
			before: expect.objectContaining({ status: 'closed' }),
			after: expect.objectContaining({ status: 'open' })
		})
	);
	at.done('rewind', { chatId, turnId });
	expect(told()).toEqual([{ threadId, text: 'Who lit the lamp?', status: 'open', outcome: '' }]);
});

test('what became of one that was taken back says nothing', async () => {
	const { at, chatId, note, told } = await open();
	const threadId = note('Who lit the lamp?', 'tab-2');
	at.done('update_thread', { chatId, threadId, text: 'Who?' });
	at.done('close_thread', { chatId, threadId });
	at.done('undo_last', { tab: 'tab-2' });
	expect(told()).toEqual([]);
	const states = at.ask('events', { chatId, kinds: ['thread_updated', 'thread_closed'] }).events;
	expect(states.map(({ state }) => state)).toEqual(['orphaned', 'orphaned']);
});

test('an unknown one, one tied already, and one without words, are refused', async () => {
	const { at, chatId, note } = await open();
	const threadId = note('Who lit the lamp?');
	const unknown = { type: 'thread_unknown', chatId, threadId: NOBODY };
	expect(at.refused('open_thread', { chatId: NOBODY, text: 'x' })).toMatchObject({ type: 'chat_unknown' });
	expect(at.refused('open_thread', { chatId, text: ' ' })).toMatchObject({ field: 'text' });
	expect(at.refused('update_thread', { chatId, threadId: NOBODY, text: 'x' })).toEqual(unknown);
	expect(at.refused('close_thread', { chatId, threadId: NOBODY })).toEqual(unknown);
	at.done('close_thread', { chatId, threadId });
	expect(at.refused('close_thread', { chatId, threadId })).toEqual({
		type: 'thread_closed',
		chatId,
		threadId
	});
});
