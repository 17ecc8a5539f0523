// What edges promise: changes add up in their own direction, each is kept with its reason, and all can be taken back.
import { describe, expect, test } from 'vitest';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';

const told = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	const { replyId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	const edges = () => at.ask('edges', { chatId }).edges;
	return { at, chatId, botId, replyId, edges };
};

describe('edges', () => {
	test('add up in their own direction, by notice and by hand, with the newest changes first', async () => {
		const { at, chatId, botId, replyId, edges } = await told();
		const edge = { effect: 'edge', source: 'host', target: 'you', trust: 1 } as const;
		effectsOn(at).say(chatId, replyId, [
			{ ...edge, affinity: 3, reason: 'a gift' },
			{ ...edge, affinity: -1, reason: 'a lie' }
		]);
		at.done('advance_time', { chatId, minutes: 60 });
		at.done('change_edge', {
			chatId,
			source: 'you',
			target: botId,
			affinity: 5,
			reason: 'a song',
			facts: ['She sings.']
		});
		expect(edges()).toMatchObject([
			{
				source: botId,
				target: 'you',
				affinity: 2,
				trust: 2,
				updates: 2,
				sourceName: 'Mara',
				targetName: '',
				history: {
					more: false,
					changes: [
						{ affinity: -1, trust: 1, reason: 'a lie', facts: [], turnId: replyId, minutes: 540 },
						{ affinity: 3, trust: 1, reason: 'a gift', facts: [], turnId: replyId, minutes: 540 }
					]
				}
			},
			{
				source: 'you',
				target: botId,
				affinity: 5,
				trust: 0,
				updates: 1,
				history: {
					changes: [{ affinity: 5, reason: 'a song', facts: ['She sings.'], turnId: null, minutes: 600 }]
				}
			}
		]);
		expect(at.ask('edges', { chatId: NOBODY })).toEqual({ edges: [] });
	});

	test('tell their changes a page at a time', async () => {
		const { at, chatId, botId, edges } = await told();
		for (let n = 1; n <= 7; n++)
			at.done('change_edge', { chatId, source: 'you', target: botId, affinity: 1, reason: String(n) });
		expect(edges()[0]?.history.changes.map(({ reason }) => reason)).toEqual(['7', '6', '5', '4', '3']);
		expect(edges()[0]?.history.more).toBe(true);
		const before = edges()[0]?.history.changes.at(-1)?.position ?? null;
		const page = at.ask('edge_history', { chatId, source: 'you', target: botId, before, limit: 1 });
		expect(page).toMatchObject({ more: true, changes: [{ reason: '2' }] });
		expect(at.ask('edge_history', { chatId, source: botId, target: 'you' })).toEqual({
			more: false,
			changes: []
		});
	});

	test('by hand are refused to strangers and to oneself, and beyond the bounds; nothing is no change', async () => {
		const { at, chatId, botId, edges } = await told();
		const why = (input: object) =>
			at.refused('change_edge', { chatId, source: 'you', target: botId, affinity: 1, ...input });
		expect(why({ chatId: NOBODY })).toEqual({ type: 'chat_unknown', chatId: NOBODY });
		expect(why({ source: NOBODY })).toEqual({ type: 'entity_unknown', chatId, entity: NOBODY });
		expect(why({ target: NOBODY })).toEqual({ type: 'entity_unknown', chatId, entity: NOBODY });
		expect(why({ target: 'you' })).toEqual({ type: 'edge_to_itself', chatId, entity: 'you' });
		for (const affinity of [11, -11, 0.5]) expect(why({ affinity })).toMatchObject({ field: 'affinity' });
		expect(why({ facts: ['', '', '', ''] })).toMatchObject({ field: 'facts' });
		const events = at.events();
		at.done('change_edge', { chatId, source: 'you', target: botId, reason: 'none' });
		expect([at.events(), edges()]).toEqual([events, []]);
	});

	test('of a guest keep the name when the guest has left; a change is taken back whole', async () => {
		const { at, chatId, botId, edges } = await told();
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		at.done('invite_guest', { chatId, botId: guestId });
		at.done('change_edge', { chatId, source: guestId, target: botId, trust: -2 });
		at.done('dismiss_guest', { chatId });
		expect(edges()).toMatchObject([{ sourceName: 'Edda', targetName: 'Mara', affinity: 0, trust: -2 }]);
		at.done('undo_last', { tab: 'tab-1' });
		at.done('undo_last', { tab: 'tab-1' });
		expect(edges()).toEqual([]);
	});
});
