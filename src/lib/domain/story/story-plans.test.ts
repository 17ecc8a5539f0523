// What story events promise: they go forward once, only a hand takes them back, and one that is completed is remembered once.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, given, NOBODY, said } from '#tests/support/given.ts';
import { createProjector } from '../kernel/projector.ts';
import { createRead } from '../kernel/query.ts';
import { chatStream } from '../streams.ts';
import { expiredBy, GRACE_MINUTES } from './story-plans.ts';

const FORWARD = ['active', 'completed', 'cancelled', 'expired'] as const;

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	const { replyId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	const plan = (title = 'The feast', more: object = {}) =>
		at.done('plan_event', { chatId, title, ...more }).eventId;
	const move = (eventId: string, to: (typeof FORWARD)[number]) =>
		at.done('move_event', { chatId, eventId, to });
	const listed = () => at.ask('story_events', { chatId });
	const one = (eventId: string) => {
		const { active, completed, cancelled, expired } = listed();
		return [...active, ...completed.events, ...cancelled.events, ...expired.events].find(
			(event) => event.eventId === eventId
		);
	};
	const remembered = () =>
		at.ask('memories', { chatId }).memories.map(({ text, owner, source }) => [text, owner, source?.id]);
	return { at, chatId, botId, replyId, plan, move, listed, one, remembered };
};

describe('a story event', () => {
	test('is planned, begins and ends at moments of the story', async () => {
		const { at, chatId, plan, move, one, listed } = await told();
		const eventId = plan('The feast', { kind: 'party', props: { at: 'the quay' }, plannedFor: 1000 });
		at.done('advance_time', { chatId, minutes: 60 });
		move(eventId, 'active');
		at.done('advance_time', { chatId, minutes: 60 });
		expect(listed().active).toMatchObject([{ eventId, status: 'active', startedAt: 600 }]);
		move(eventId, 'completed');
		expect(one(eventId)).toMatchObject({
			kind: 'party',
			title: 'The feast',
			props: { at: 'the quay' },
			status: 'completed',
			plannedFor: 1000,
			startedAt: 600,
			completedAt: 660,
			turnId: null,
			steps: 2
		});
		expect(listed()).toMatchObject({ active: [], completed: { count: 1 }, cancelled: { count: 0 } });
	});

	test('says of its last step why it was taken, and when', async () => {
		const { at, chatId, plan, move, one } = await told();
		const eventId = plan();
		expect(one(eventId)).toMatchObject({ reason: '', movedAt: null });
		move(eventId, 'active');
		at.done('advance_time', { chatId, minutes: 60 });
		at.done('move_event', { chatId, eventId, to: 'cancelled', reason: 'The rain.' });
		expect(one(eventId)).toMatchObject({ reason: 'The rain.', movedAt: 600 });
		at.done('revert_event', { chatId, eventId });
		expect(one(eventId)).toMatchObject({ status: 'active', reason: '', movedAt: 540 });
	});

	test('is told otherwise by hand, and as it was when that is taken back', async () => {
		const { at, chatId, plan, one } = await told();
		const eventId = plan('The feast', { kind: 'party', plannedFor: 1000 });
		const before = one(eventId);
		const otherwise = { title: 'The great feast', kind: 'rite', plannedFor: null };
		at.done('replan_event', { chatId, eventId, ...otherwise });
		expect(one(eventId)).toEqual({ ...before, ...otherwise });
		const events = at.events();
		at.done('replan_event', { chatId, eventId, ...otherwise });
		expect(at.events()).toBe(events);
		at.done('undo_last', { tab: 'tab-1' });
		expect(one(eventId)).toEqual(before);
		expect(at.refused('replan_event', { chatId, eventId: NOBODY, ...otherwise })).toMatchObject({
			type: 'story_event_unknown'
		});
	});

	test('is listed in the order of planning, planned and under way together', async () => {
		const { plan, move, listed } = await told();
		const ids = ['a', 'b', 'c', 'd'].map((title) => plan(title));
		move(ids[2] ?? NOBODY, 'active');
		move(ids[1] ?? NOBODY, 'cancelled');
		expect(listed().active.map(({ title }) => title)).toEqual(['a', 'c', 'd']);
		expect(listed().cancelled.events.map(({ title }) => title)).toEqual(['b']);
	});

	test.each(['completed', 'cancelled', 'expired'] as const)(
		'that is %s is left alone by what is noticed and refused by hand; a step back restores it exactly',
		async (last) => {
			const { at, chatId, replyId, plan, move, one } = await told();
			const eventId = plan();
			move(eventId, 'active');
			const before = one(eventId);
			at.done('advance_time', { chatId, minutes: 30 });
			move(eventId, last);
			const after = one(eventId);
			for (const effect of ['start', 'complete', 'cancel', 'expire'] as const)
				effectsOn(at).say(chatId, replyId, [{ effect, eventId }]);
			expect(one(eventId)).toEqual(after);
			for (const to of FORWARD)
				expect(at.refused('move_event', { chatId, eventId, to })).toEqual({
					type: 'story_event_over',
					chatId,
					eventId,
					status: last
				});
			expect(at.done('revert_event', { chatId, eventId })).toEqual({ eventId, status: 'active' });
			expect(one(eventId)).toEqual(before);
			at.done('revert_event', { chatId, eventId });
			expect(one(eventId)).toMatchObject({ status: 'planned', startedAt: null, completedAt: null, steps: 0 });
			expect(at.refused('revert_event', { chatId, eventId })).toEqual({
				type: 'nothing_to_revert',
				chatId,
				eventId
			});
		}
	);

	test('is remembered once by everybody who was there when it is completed, and not after it is reverted', async () => {
		const { at, chatId, botId, replyId, plan, move, remembered } = await told();
		const eventId = plan();
		move(eventId, 'completed');
		const both = [
			['The feast', botId, eventId],
			['The feast', 'you', eventId]
		];
		expect(remembered()).toEqual(both);
		expect(at.ask('memories', { chatId }).memories[0]).toMatchObject({
			significance: 2,
			witness: { you: true, host: true, guest: false },
			source: { kind: 'story_event', id: eventId }
		});
		at.done('revert_event', { chatId, eventId });
		expect(remembered()).toEqual([]);
		effectsOn(at).say(chatId, replyId, [{ effect: 'complete', eventId }]);
		effectsOn(at).say(chatId, replyId, [{ effect: 'complete', eventId }]);
		expect(remembered()).toEqual(both);
	});

	test('is remembered once whatever is taken back and brought back in between', async () => {
		const { at, chatId, replyId, plan, remembered } = await told();
		const eventId = plan();
		effectsOn(at).say(chatId, replyId, [{ effect: 'complete', eventId }]);
		at.done('delete_turn', { chatId, turnId: replyId }, 'first tab');
		const { jobId } = at.done('take_turn', { chatId, text: 'And now?', connectionId: 'demo' }, 'other tab');
		const { turnId: second } = said(at, jobId, 'It is over.');
		effectsOn(at).say(chatId, second, [{ effect: 'complete', eventId }]);
		const both = remembered();
		expect(both).toHaveLength(2);
		// now it was completed before the second reply said so
		at.done('undo_last', { tab: 'first tab' });
		expect(remembered()).toEqual(both);
		at.done('delete_turn', { chatId, turnId: replyId });
		expect(remembered()).toEqual(both);
	});

	test('that was never planned after all is remembered by nobody', async () => {
		const { at, chatId, replyId, listed, remembered } = await told();
		effectsOn(at).say(chatId, replyId, [{ effect: 'plan', title: 'The feast', plannedFor: null }]);
		const [planned] = at.ask('effects', { chatId, turnIds: [replyId] })[0]?.effects ?? [];
		effectsOn(at).say(chatId, replyId, [
			{ effect: 'complete', eventId: listed().active[0]?.eventId ?? NOBODY }
		]);
		expect(remembered()).toHaveLength(2);
		at.done('undo_effect', { chatId, eventId: planned?.eventId ?? NOBODY });
		expect(remembered()).toEqual([]);
		at.done('undo_last', { tab: 'tab-1' });
		expect(remembered()).toHaveLength(2);
	});

	test('is remembered by nobody who is elsewhere', async () => {
		const { at, chatId, botId, plan, move, remembered } = await told();
		const place = (name: string) => at.done('make_place', { chatId, name }).containerId;
		at.done('set_activity', { chatId, entity: 'you', containerId: place('The town') });
		at.done('set_activity', { chatId, entity: botId, containerId: place('The sea') });
		const eventId = plan();
		move(eventId, 'completed');
		expect(remembered()).toEqual([['The feast', botId, eventId]]);
	});

	test('is not remembered again as long as one memory of it lives', async () => {
		const { at, chatId, botId, replyId, plan, move, remembered } = await told();
		const eventId = plan();
		move(eventId, 'completed');
		const [first] = at.ask('memories', { chatId }).memories;
		at.done('forget_memory', { chatId, memoryId: first?.memoryId ?? NOBODY });
		effectsOn(at).say(chatId, replyId, [{ effect: 'complete', eventId }]);
		expect(remembered()).toEqual([['The feast', botId === first?.owner ? 'you' : botId, eventId]]);
	});

	test('whose step is taken back by Ctrl+Z stands as before', async () => {
		const { at, plan, move, one, remembered } = await told();
		const eventId = plan();
		const before = one(eventId);
		move(eventId, 'completed');
		at.done('undo_last', { tab: 'tab-1' });
		expect([one(eventId), remembered()]).toEqual([before, []]);
	});

	test('that is not there is refused, and so is one without a name', async () => {
		const { at, chatId } = await told();
		const unknown = { type: 'story_event_unknown', chatId, eventId: NOBODY };
		expect(at.refused('move_event', { chatId, eventId: NOBODY, to: 'active' })).toEqual(unknown);
		expect(at.refused('revert_event', { chatId, eventId: NOBODY })).toEqual(unknown);
		for (const name of ['plan_event', 'move_event'] as const)
			expect(at.refused(name, { chatId: NOBODY, title: 'x', eventId: NOBODY, to: 'active' })).toEqual({
				type: 'chat_unknown',
				chatId: NOBODY
			});
		expect(at.refused('plan_event', { chatId, title: ' ' })).toMatchObject({ problem: 'required' });
		const many = Object.fromEntries(Array.from({ length: 13 }, (_, n) => [String(n), '']));
		expect(at.refused('plan_event', { chatId, title: 'x', props: many })).toMatchObject({ field: 'props' });
	});

	test('reverted without a step that is known has no moment that can not have been', async () => {
		const { at, chatId, plan, move, one } = await told();
		const eventId = plan();
		move(eventId, 'completed');
		at.sql.run({ text: 'delete from story_event_steps', values: [] });
		const kind = effectsVocabulary.events.find((each) => each.kind === 'event_status_reverted');
		if (kind === undefined) throw new Error('no such kind');
		const fold = (streamSeq: number, priorStatus: string) => {
			createProjector(at.sql, effectsVocabulary.events, effectsVocabulary.tables).fold(kind, {
				seq: 1000 + streamSeq,
				stream: chatStream(chatId),
				streamSeq: 1000 + streamSeq,
				anchor: null,
				cause: null,
				at: 0,
				payload: { eventId, priorStatus }
			});
			return one(eventId);
		};
		expect(fold(1, 'active')).toMatchObject({ status: 'active', completedAt: null });
		expect(fold(2, 'expired')).toMatchObject({ status: 'expired' });
		expect(fold(3, 'planned')).toMatchObject({ status: 'planned', startedAt: null, completedAt: null });
	});
});

test('plans expire when their time and the grace are over, and only those that have not begun', async () => {
	const { at, chatId, plan, move } = await told();
	const late = plan('late', { plannedFor: 1000 });
	plan('no time');
	const begun = plan('begun', { plannedFor: 1000 });
	move(begun, 'active');
	plan('later', { plannedFor: 1001 });
	const at_ = (minutes: number) =>
		expiredBy(createRead(at.sql), chatStream(chatId), minutes).map(({ eventId }) => eventId);
	expect(at_(1000 + GRACE_MINUTES)).toEqual([]);
	expect(at_(1001 + GRACE_MINUTES)).toEqual([late]);
	expect(at_(1002 + GRACE_MINUTES)).toHaveLength(2);
});
