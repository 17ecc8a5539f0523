// What rewinding and deleting promise: exactly what comes after goes, a plan says so before, and refusals change nothing.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary, type Effect } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, anotherReply, given, NOBODY } from '#tests/support/given.ts';

const memory: Effect = {
	effect: 'memory',
	owner: 'host',
	text: 'rain on the quay',
	significance: 1,
	witness: { you: true, host: true, guest: false }
};
const edge: Effect = { effect: 'edge', source: 'you', target: 'host', affinity: 3, trust: 1, reason: '' };

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	const first = anExchange(at, chatId, 'a', 'b');
	const second = anExchange(at, chatId, 'c', 'd');
	const on = effectsOn(at);
	const words = () => at.ask('transcript', { chatId }).turns.map((turn) => turn.text);
	return { at, chatId, botId, first, second, on, words };
};

describe('rewind', () => {
	test('to a turn of the player leaves it without an answer; to a reply leaves its alternatives', async () => {
		const { at, chatId, second, words } = await told();
		const { turnId } = anotherReply(at, chatId, second.turnId, 'e');
		anExchange(at, chatId, 'f', 'g');
		const { events, turns } = at.done('rewind', { chatId, turnId });
		expect([events, turns]).toEqual([2, 2]);
		expect(words()).toEqual(['a', 'b', 'c', 'e']);
		at.done('choose_alternative', { chatId, turnId: second.replyId });
		expect(words()).toEqual(['a', 'b', 'c', 'd']);
		at.done('rewind', { chatId, turnId: second.turnId });
		expect(words()).toEqual(['a', 'b', 'c']);
	});

	test('keeps the late effect of a turn that stays, and refuses one of a turn that is gone', async () => {
		const { at, chatId, first, second, on } = await told();
		on.say(chatId, second.replyId, [memory]);
		on.say(chatId, first.replyId, [edge]);
		at.done('rewind', { chatId, turnId: first.replyId });
		expect(on.state(chatId)).toMatchObject({ memories: [], edges: [{ affinity: 3 }] });
		const events = at.events();
		expect(on.say(chatId, second.replyId, [memory])).toEqual({
			ok: false,
			error: { type: 'turn_gone', turnId: second.replyId }
		});
		expect(at.events()).toBe(events);
		on.say(chatId, first.replyId, [edge]);
		expect(on.state(chatId).edges).toMatchObject([{ affinity: 6 }]);
	});

	test('is refused to what is not in the story, and where nothing comes after', async () => {
		const { at, chatId, botId, first, second } = await told();
		const { chatId: other } = at.done('create_chat', { botId });
		const elsewhere = anExchange(at, other, 'x', 'y');
		const why = (turnId: string, chat = chatId) => at.refused('rewind', { chatId: chat, turnId });
		expect(why(first.turnId, NOBODY)).toEqual({ type: 'chat_unknown', chatId: NOBODY });
		for (const turnId of [NOBODY, elsewhere.replyId])
			expect(why(turnId)).toEqual({ type: 'turn_unknown', chatId, turnId });
		anotherReply(at, chatId, second.turnId, 'e');
		expect(why(second.replyId)).toEqual({ type: 'turn_unknown', chatId, turnId: second.replyId });
		const newest = at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? NOBODY;
		expect(why(newest)).toEqual({ type: 'nothing_to_rewind', chatId, turnId: newest });
	});

	test('from two tabs on one plan happens once', async () => {
		const { at, chatId, first } = await told();
		const basedOn = at.ask('plan', { chatId, turnId: first.turnId, what: 'rewind' })?.basedOn ?? null;
		const input = { chatId, turnId: first.turnId, basedOn };
		at.done('rewind', input, 'tab-1');
		const refused = at.dispatch('rewind', input, 'tab-2');
		expect(refused).toEqual({ ok: false, error: { type: 'moved_on', chatId, turnId: first.turnId } });
		expect(at.ask('recovery', {})).toHaveLength(1);
	});

	test('on a plan made before a copy came back below the newest event is refused', async () => {
		const { at, chatId, first, second } = await told();
		const { copyId } = at.done('rewind', { chatId, turnId: second.turnId });
		at.done('rename_chat', { chatId, title: 'Night' });
		const basedOn = at.ask('plan', { chatId, turnId: first.turnId, what: 'delete' })?.basedOn ?? null;
		at.done('restore_copy', { copyId });
		for (const name of ['rewind', 'delete_turn'] as const)
			expect(at.refused(name, { chatId, turnId: first.turnId, basedOn })).toMatchObject({ type: 'moved_on' });
	});
});

describe('a plan', () => {
	test('names what goes, with values before and after, and changes nothing', async () => {
		const { at, chatId, botId, first, second, on } = await told();
		on.say(chatId, first.replyId, [edge]);
		on.say(chatId, second.replyId, [memory, { ...edge, affinity: -5 }]);
		anotherReply(at, chatId, second.turnId, 'e');
		const said = on.say(chatId, second.turnId, [memory, { ...edge, affinity: -5 }]);
		expect(said).toMatchObject({ ok: true });
		const before = [at.events(), on.state(chatId)];
		const plan = at.ask('plan', { chatId, turnId: first.replyId, what: 'rewind' });
		expect(plan?.turns).toHaveLength(2);
		expect(plan?.gone).toEqual(
			expect.arrayContaining([
				{ kind: 'memory_written', live: 1, superseded: 1, orphaned: 0, names: ['rain on the quay'] },
				{ kind: 'assistant_turn', live: 1, superseded: 1, orphaned: 0, names: ['Mara: e'] }
			])
		);
		expect(plan?.changes).toEqual([
			{
				table: 'memories',
				key: { memory_id: expect.any(String) },
				name: 'rain on the quay',
				before: { text: 'rain on the quay', significance: 1, pinned: 0, forgotten: 0 },
				after: null
			},
			{
				table: 'edges',
				key: { source: 'you', target: botId },
				name: 'you → Mara',
				before: { affinity: -2, trust: 2 },
				after: { affinity: 3, trust: 1 }
			}
		]);
		expect([at.events(), on.state(chatId)]).toEqual(before);
		expect(at.ask('plan', { chatId, turnId: NOBODY, what: 'rewind' })).toBeNull();
		expect(at.ask('plan', { chatId: NOBODY, turnId: first.turnId, what: 'rewind' })).toBeNull();
	});

	test('counts orphans apart; a pin on a memory that is gone revives with it', async () => {
		const { at, chatId, first, second, on } = await told();
		const said = on.say(chatId, first.replyId, [memory]);
		const memoryId = said.ok ? (said.value.memoryIds[0] ?? NOBODY) : NOBODY;
		on.dispatch('pin_memory', { chatId, memoryId });
		const pinned = on.state(chatId);
		const states = () =>
			at.ask('events', { chatId, kinds: ['memory_pinned', 'memory_written'] }).events.map((one) => one.state);
		expect(states()).toEqual(['live', 'live']);
		at.done('delete_turn', { chatId, turnId: first.replyId });
		expect(on.state(chatId).memories).toEqual([]);
		expect(states()).toEqual(['orphaned', 'superseded']);
		const plan = at.ask('plan', { chatId, turnId: second.turnId, what: 'rewind' });
		expect(plan?.gone.find(({ kind }) => kind === 'memory_pinned')).toEqual({
			kind: 'memory_pinned',
			live: 0,
			superseded: 0,
			orphaned: 1,
			names: []
		});
		at.done('undo_last', { tab: 'tab-1' });
		expect(on.state(chatId)).toEqual(pinned);
		expect(states()).toEqual(['live', 'live']);
	});
});

describe('deleting a turn', () => {
	test('in the middle takes its effects back, and later ones are folded as if it had never been', async () => {
		const { at, chatId, first, second, on, words } = await told();
		on.say(chatId, first.replyId, [edge, memory]);
		on.say(chatId, second.replyId, [{ ...edge, affinity: 2 }]);
		expect(at.done('delete_turn', { chatId, turnId: first.replyId })).toEqual({
			turnId: first.replyId,
			rung: 'undo'
		});
		expect(words()).toEqual(['a', 'c', 'd']);
		expect(on.state(chatId)).toMatchObject({ memories: [], edges: [{ affinity: 2, updates: 1 }] });
		expect(at.refused('delete_turn', { chatId, turnId: first.replyId })).toEqual({
			type: 'turn_unknown',
			chatId,
			turnId: first.replyId
		});
		expect(at.refused('delete_turn', { chatId: NOBODY, turnId: first.turnId })).toMatchObject({
			type: 'chat_unknown'
		});
	});
});
