// What regenerate promises: nothing changes until the new reply is whole, then the old one is gone with all it did.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary, type Effect } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, anotherReply, given, NOBODY, wordsAsked } from '#tests/support/given.ts';

const whole = { ended: 'whole', model: null, usage: null } as const;
const edge: Effect = {
	effect: 'edge',
	source: 'you',
	target: 'host',
	affinity: 3,
	trust: 1,
	reason: 'a song'
};
const plan: Effect = { effect: 'plan', title: 'the feast', plannedFor: null };

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at, { greeting: 'Hi.' });
	const first = anExchange(at, chatId, 'Hello', 'Good evening.');
	const { turnId, replyId } = anExchange(at, chatId, 'And now?', 'It rains.');
	const on = effectsOn(at);
	const words = () => at.ask('transcript', { chatId }).turns.map((turn) => turn.text);
	const ask = (id: string) => at.dispatch('regenerate', { chatId, turnId: id, connectionId: 'demo' });
	return { at, chatId, botId, first, turnId, replyId, on, words, ask };
};

describe('[I9] regenerate', () => {
	test('asks with the note and the other words, shows them, and changes nothing until it is whole', async () => {
		const { at, chatId, turnId, replyId, words } = await told();
		const before = at.events();
		const { jobId } = at.done('regenerate', {
			chatId,
			turnId: replyId,
			connectionId: 'demo',
			note: 'shorter',
			text: 'And then?'
		});
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ jobId, turnId, replaces: true });
		expect(JSON.stringify(wordsAsked(at, { jobId })?.request)).toMatch(
			/And then\?.*shorter|shorter.*And then\?/s
		);
		expect(words()).toEqual(['Hi.', 'Hello', 'Good evening.', 'And now?', 'It rains.']);
		expect(at.events()).toBe(before);
		const done = at.done('finish_reply', { jobId, text: 'Sun.', ...whole });
		expect(done).toMatchObject({ instead: [replyId], rung: 'undo' });
		expect(words()).toEqual(['Hi.', 'Hello', 'Good evening.', 'And then?', 'Sun.']);
		expect(at.ask('earlier_texts', { chatId, turnId })).toMatchObject([{ text: 'And now?' }]);
	});

	test.each(['drop_reply', 'fail_reply'] as const)(
		'ended by %s leaves the old reply and its effects',
		async (how) => {
			const { at, chatId, replyId, on, words, ask } = await told();
			on.say(chatId, replyId, [edge]);
			const before = [words(), on.state(chatId), at.events()];
			const result = ask(replyId);
			if (!result.ok) throw new Error(result.error.type);
			const { jobId } = result.value;
			if (how === 'drop_reply') at.done('drop_reply', { jobId });
			else at.done('fail_reply', { jobId, text: '', failure: { type: 'offline' } });
			expect([words(), on.state(chatId), at.events()]).toEqual(before);
		}
	);

	test('fifty times is exactly one application, the same as if the last reply were the only one', async () => {
		const { at, chatId, turnId, replyId, on } = await told();
		on.say(chatId, replyId, [edge]);
		let newest = replyId;
		for (let n = 0; n < 50; n++) {
			({ turnId: newest } = anotherReply(at, chatId, turnId, `reply ${String(n)}`));
			on.say(chatId, newest, [edge]);
		}
		const only = await told();
		const lone = anExchange(only.at, only.chatId, 'x', 'y');
		only.on.say(only.chatId, lone.replyId, [edge]);
		expect(on.state(chatId)).toEqual(only.on.state(only.chatId));
		expect(on.state(chatId).edges).toMatchObject([{ affinity: 3, trust: 1, updates: 1 }]);
	});

	test('puts a completed story event back to its exact status and times, without what it was promoted to', async () => {
		const { at, chatId, first, replyId, on, ask } = await told();
		const said = on.say(chatId, first.replyId, [plan]);
		const eventId = said.ok ? (said.value.eventIds[0] ?? NOBODY) : NOBODY;
		on.say(chatId, first.replyId, [{ effect: 'start', eventId }]);
		const before = on.state(chatId);
		on.say(chatId, replyId, [{ effect: 'complete', eventId }]);
		expect(on.state(chatId)).toMatchObject({
			events: [{ status: 'completed' }],
			memories: [{ source: eventId }, { source: eventId }]
		});
		const result = ask(replyId);
		if (!result.ok) throw new Error(result.error.type);
		at.done('finish_reply', { jobId: result.value.jobId, text: 'No.', ...whole });
		expect(on.state(chatId)).toEqual(before);
		at.done('choose_alternative', { chatId, turnId: replyId });
		expect(on.state(chatId).events).toMatchObject([{ status: 'completed' }]);
	});

	test('is refused for what is unknown, not newest, a greeting, or while another reply is unfinished', async () => {
		const { at, chatId, first, turnId, replyId, ask } = await told();
		const why = (id: string) => {
			const result = ask(id);
			return result.ok ? null : result.error;
		};
		expect(at.refused('regenerate', { chatId: NOBODY, turnId, connectionId: 'demo' })).toEqual({
			type: 'chat_unknown',
			chatId: NOBODY
		});
		expect(why(NOBODY)).toEqual({ type: 'turn_unknown', chatId, turnId: NOBODY });
		expect(why(first.replyId)).toEqual({ type: 'not_newest', chatId, turnId: first.replyId });
		expect(why(first.turnId)).toEqual({ type: 'not_newest', chatId, turnId: first.turnId });
		const { turnId: other } = anotherReply(at, chatId, turnId, 'Sun.');
		expect(why(replyId)).toEqual({ type: 'turn_unknown', chatId, turnId: replyId });
		const { jobId } = at.done('regenerate', { chatId, turnId: other, connectionId: 'demo' });
		expect(why(other)).toEqual({ type: 'reply_unfinished', chatId, jobId });
		at.done('fail_reply', { jobId, text: 'Half', failure: { type: 'offline' } });
		expect(why(other)).toEqual({ type: 'reply_unfinished', chatId, jobId });
		for (const [name, more] of [
			['choose_alternative', { turnId: replyId }],
			['delete_turn', { turnId }],
			['rewind', { turnId: first.turnId }],
			['delete_chat', {}]
		] as const)
			expect(at.refused(name, { chatId, ...more })).toEqual({ type: 'reply_unfinished', chatId, jobId });
		expect(at.refused('undo_last', { tab: 'tab-1' })).toEqual({ type: 'reply_unfinished', chatId, jobId });
		expect(at.refused('regenerate', { chatId, turnId, connectionId: 'demo', text: ' ' })).toMatchObject({
			field: 'text',
			problem: 'required'
		});
	});

	test('of a greeting alone has nothing to answer', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Hi.' });
		const [greeting] = at.ask('transcript', { chatId }).turns;
		expect(
			at.refused('regenerate', { chatId, turnId: greeting?.turnId ?? NOBODY, connectionId: 'demo' })
		).toEqual({ type: 'nothing_to_answer', chatId });
	});
});

describe('choosing an alternative', () => {
	test('swaps the replies and their effects, there and back', async () => {
		const { at, chatId, turnId, replyId, on, words } = await told();
		on.say(chatId, replyId, [edge]);
		const old = [words(), on.state(chatId)];
		const { turnId: other } = anotherReply(at, chatId, turnId, 'Sun.');
		on.say(chatId, other, [{ ...edge, affinity: -7 }]);
		const now = [words(), on.state(chatId)];
		expect(at.done('choose_alternative', { chatId, turnId: replyId })).toEqual({
			turnId: replyId,
			instead: [other],
			rung: 'undo'
		});
		expect([words(), on.state(chatId)]).toEqual(old);
		expect(at.done('choose_alternative', { chatId, turnId: replyId })).toMatchObject({ rung: null });
		at.done('choose_alternative', { chatId, turnId: other });
		expect([words(), on.state(chatId)]).toEqual(now);
	});

	test('takes along what a late effect brought meanwhile, also when it is undone', async () => {
		const { at, chatId, turnId, replyId, on } = await told();
		anotherReply(at, chatId, turnId, 'Sun.');
		const before = on.state(chatId);
		at.done('choose_alternative', { chatId, turnId: replyId });
		at.app.dispatch({
			id: 'late',
			name: 'apply_effects',
			input: { chatId, turnId: replyId, effects: [edge] }
		});
		expect(on.state(chatId)).not.toEqual(before);
		at.done('undo_last', { tab: 'tab-1' });
		expect(on.state(chatId)).toEqual(before);
	});

	test('is refused when it was deleted or rewound, is no reply, or is not the newest', async () => {
		const { at, chatId, first, turnId, replyId } = await told();
		const why = (id: string) => at.refused('choose_alternative', { chatId, turnId: id });
		const { turnId: other } = anotherReply(at, chatId, turnId, 'Sun.');
		for (const id of [NOBODY, turnId])
			expect(why(id)).toEqual({ type: 'alternative_unknown', chatId, turnId: id });
		// an undo by mistake costs nothing
		at.done('undo_last', { tab: 'tab-1' });
		at.done('choose_alternative', { chatId, turnId: other });
		at.done('choose_alternative', { chatId, turnId: replyId });
		at.done('delete_turn', { chatId, turnId: replyId });
		expect(why(replyId)).toEqual({ type: 'alternative_unknown', chatId, turnId: replyId });
		expect(why(first.replyId)).toEqual({ type: 'not_newest', chatId, turnId: first.replyId });
		at.done('rewind', { chatId, turnId: first.turnId });
		expect(why(replyId)).toEqual({ type: 'alternative_unknown', chatId, turnId: replyId });
		expect(at.refused('choose_alternative', { chatId: NOBODY, turnId })).toMatchObject({
			type: 'chat_unknown'
		});
	});
});
