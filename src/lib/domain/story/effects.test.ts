// What the list of effects promises: exactly what a turn brought about; and that one of them goes, and comes back, by itself.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary, type Effect } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, anotherReply, given, idNumber, NOBODY } from '#tests/support/given.ts';

const memory: Effect = {
	effect: 'memory',
	owner: 'host',
	text: 'Rain on the quay.',
	significance: 1,
	witness: { you: true, host: true, guest: false }
};
const edge: Effect = {
	effect: 'edge',
	source: 'you',
	target: 'host',
	affinity: 3,
	trust: 1,
	reason: 'a song'
};

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	const { turnId, replyId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	const on = effectsOn(at);
	const of = (id: string) => {
		const [only] = at.ask('effects', { chatId, turnIds: [id] });
		if (only === undefined) throw new Error('nothing was told of the turn');
		return only;
	};
	const kinds = (id: string) => of(id).effects.map(({ kind }) => kind);
	return { at, chatId, botId, turnId, replyId, on, of, kinds };
};

describe('the effects of a turn', () => {
	test('are listed in order, with names, and what could not be noticed apart from them', async () => {
		const { at, chatId, botId, turnId, replyId, on, of } = await told();
		on.say(chatId, replyId, [
			memory,
			edge,
			{ effect: 'scene', place: 'The quay' },
			{ effect: 'plan', title: 'The feast', plannedFor: 1000 },
			{ effect: 'fail', classifier: 'transitions' }
		]);
		// by hand, and so no effect
		at.done('change_edge', { chatId, source: 'you', target: botId, affinity: 1 });
		expect(of(replyId)).toMatchObject({
			turnId: replyId,
			provisional: true,
			effects: [
				{
					kind: 'memory_written',
					payload: { text: 'Rain on the quay.', owner: botId },
					names: { owner: 'Mara', memory: 'Rain on the quay.' }
				},
				{ kind: 'edge_update', payload: { affinity: 3 }, names: { target: 'Mara' } },
				{ kind: 'container_created', payload: { name: 'The quay' }, names: { place: 'The quay' } },
				{ kind: 'scene_opened', names: { place: 'The quay' } },
				{ kind: 'event_planned', payload: { title: 'The feast' }, names: { storyEvent: 'The feast' } }
			],
			failures: [{ classifier: 'transitions', reason: { type: 'no_answer' }, raw: 'Hm.' }]
		});
		expect(of(turnId)).toEqual({ turnId, provisional: true, effects: [], failures: [] });
		expect(of(NOBODY)).toEqual({ turnId: NOBODY, provisional: false, effects: [], failures: [] });
		expect(at.ask('effects', { chatId: NOBODY, turnIds: [replyId] })).toEqual([]);
	});

	test('are provisional until the player goes on', async () => {
		const { at, chatId, replyId, of } = await told();
		expect(of(replyId).provisional).toBe(true);
		const { replyId: later } = anExchange(at, chatId, 'And now?', 'It rains.');
		expect([of(replyId).provisional, of(later).provisional]).toEqual([false, true]);
		at.done('rewind', { chatId, turnId: replyId });
		expect(of(replyId).provisional).toBe(true);
	});

	test('go with their turn, and a failure that was asked again is over', async () => {
		const { at, chatId, turnId, replyId, on, of, kinds } = await told();
		on.say(chatId, replyId, [memory, { effect: 'fail', classifier: 'observer' }]);
		on.say(chatId, replyId, [{ effect: 'fail', classifier: 'observer' }]);
		expect(of(replyId).failures).toHaveLength(1);
		on.say(chatId, replyId, [{ effect: 'retry', classifier: 'observer' }]);
		expect(of(replyId).failures).toEqual([]);
		const { turnId: other } = anotherReply(at, chatId, turnId, 'Good night.');
		expect([kinds(replyId), kinds(other)]).toEqual([[], []]);
		at.done('choose_alternative', { chatId, turnId: replyId });
		expect(kinds(replyId)).toContain('memory_written');
	});
});

describe('an effect', () => {
	test('is taken back by itself, and Ctrl+Z brings it back', async () => {
		const { at, chatId, botId, replyId, on, of, kinds } = await told();
		on.say(chatId, replyId, [memory, edge]);
		const before = [on.state(chatId), of(replyId)];
		const eventId = of(replyId).effects[1]?.eventId ?? NOBODY;
		expect(at.done('undo_effect', { chatId, eventId })).toEqual({
			eventId,
			kind: 'edge_update',
			rung: 'undo'
		});
		expect(kinds(replyId)).toEqual(['memory_written']);
		expect(on.state(chatId)).toMatchObject({ edges: [], memories: [{ text: 'Rain on the quay.' }] });
		expect(at.refused('undo_effect', { chatId, eventId })).toEqual({
			type: 'effect_unknown',
			chatId,
			eventId
		});
		at.done('undo_last', { tab: 'tab-1' });
		expect([on.state(chatId), of(replyId)]).toEqual(before);
		at.done('change_edge', { chatId, source: 'you', target: botId, affinity: 1 });
		at.done('undo_effect', { chatId, eventId });
		expect(on.state(chatId)['edges']).toMatchObject([{ affinity: 1, updates: 1 }]);
	});

	test('that completed a story event goes with what that was remembered by', async () => {
		const { at, chatId, replyId, on, of, kinds } = await told();
		const { eventId } = at.done('plan_event', { chatId, title: 'The feast' });
		const before = on.state(chatId);
		on.say(chatId, replyId, [memory]);
		on.say(chatId, replyId, [{ effect: 'complete', eventId }]);
		expect(kinds(replyId)).toEqual(['memory_written', 'event_completed', 'memory_written', 'memory_written']);
		at.done('undo_effect', { chatId, eventId: of(replyId).effects[1]?.eventId ?? NOBODY });
		expect(kinds(replyId)).toEqual(['memory_written']);
		expect(on.state(chatId)['events']).toEqual(before['events']);
		at.done('undo_last', { tab: 'tab-1' });
		expect(kinds(replyId)).toHaveLength(4);
	});

	test('stays away when another reply was chosen meanwhile and its own comes back', async () => {
		const { at, chatId, turnId, replyId, on, of, kinds } = await told();
		on.say(chatId, replyId, [memory, edge]);
		at.done('undo_effect', { chatId, eventId: of(replyId).effects[0]?.eventId ?? NOBODY });
		anotherReply(at, chatId, turnId, 'Good night.');
		at.done('choose_alternative', { chatId, turnId: replyId });
		expect(kinds(replyId)).toEqual(['edge_update']);
	});

	test('does not come back without its turn', async () => {
		const { at, chatId, replyId, on, of } = await told();
		on.say(chatId, replyId, [edge]);
		at.done('undo_effect', { chatId, eventId: of(replyId).effects[0]?.eventId ?? NOBODY }, 'tab-1');
		at.done('delete_turn', { chatId, turnId: replyId }, 'tab-2');
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({ type: 'story_went_on', chatId });
		at.done('undo_last', { tab: 'tab-2' }, 'tab-2');
		at.done('undo_last', { tab: 'tab-1' });
		expect(on.state(chatId)['edges']).toMatchObject([{ affinity: 3 }]);
	});

	test('is refused while a reply is unfinished, and what is no effect always', async () => {
		const { at, chatId, botId, turnId, replyId, on, of } = await told();
		on.say(chatId, replyId, [edge]);
		const eventId = of(replyId).effects[0]?.eventId ?? NOBODY;
		const { jobId } = at.done('regenerate', { chatId, turnId, connectionId: 'demo' });
		expect(at.refused('undo_effect', { chatId, eventId })).toEqual({
			type: 'reply_unfinished',
			chatId,
			jobId
		});
		at.done('drop_reply', { jobId });
		at.done('change_edge', { chatId, source: 'you', target: botId, affinity: 1 });
		const [byHand, , reply] = at.ask('events', { chatId }).events.map((one) => one.eventId);
		for (const none of [byHand ?? '', reply ?? '', idNumber(9999)])
			expect(at.refused('undo_effect', { chatId, eventId: none })).toMatchObject({ type: 'effect_unknown' });
		expect(at.refused('undo_effect', { chatId: NOBODY, eventId })).toMatchObject({ type: 'chat_unknown' });
		const { chatId: other } = at.done('create_chat', { botId });
		expect(at.refused('undo_effect', { chatId: other, eventId })).toMatchObject({ type: 'effect_unknown' });
	});
});
