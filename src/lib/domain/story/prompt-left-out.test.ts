// What a prompt leaves out is on record, down to what is never looked at; and what is pinned is left out last of all.
import { describe, expect, test } from 'vitest';
import { anExchange, given, wordsAsked, type Given } from '#tests/support/given.ts';
import { NO_ANSWER } from './classifiers.ts';

const story = async () => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara' });
	const { botId: guest } = at.done('author_bot', { name: 'Ben' });
	const { youId } = at.done('author_you', { name: 'Tilde' });
	const { chatId } = at.done('create_chat', { botId, youId });
	const remember = (text: string, pinned = false) => {
		const { memoryId } = at.done('write_memory', {
			chatId,
			owner: botId,
			text,
			witness: { you: false, host: true, guest: false }
		});
		if (pinned) at.done('pin_memory', { chatId, memoryId, pinned: true });
	};
	return { at, chatId, botId, guest, remember };
};

const ask = (at: Given, chatId: string, tokens: number | null = null, text = 'The lamp?') => {
	const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId, room: tokens === null ? null : { tokens, ratio: 1 } });
	if (asked === null) throw new Error('no words are asked for');
	const left = (part: string) => asked.parts.find((each) => each.part === part)?.dropped ?? [];
	return { ...asked, left, told: JSON.stringify(asked.request.messages) };
};

describe('what is pinned', () => {
	const long = 'of what nobody else must ever come to know about her and the sea '.repeat(2).trim();
	const pinned = (n: number) => `PIN${String(n)}X ${long}`;
	const kept = (told: string): number => new Set(told.match(/PIN\d+X/gu)).size;

	test('is told beyond what memories may take of a prompt, and before all others', async () => {
		const { at, chatId, remember } = await story();
		for (let n = 0; n < 60; n++) remember(pinned(n), true);
		for (let n = 0; n < 5; n++) remember(`The lamp and ${String(n)}.`);
		const { told, left } = ask(at, chatId);
		expect(kept(told)).toBe(60);
		expect(told).not.toContain('The lamp and');
		expect(left('memories').filter(({ what }) => what.kind === 'pinned')).toEqual([]);
	});

	test('is told before older history, and history gives way to it', async () => {
		const { at, chatId, remember } = await story();
		for (let n = 0; n < 40; n++)
			anExchange(at, chatId, `words ${String(n)} ${long}`, `reply ${String(n)} ${long}`);
		for (let n = 0; n < 20; n++) remember(pinned(n), true);
		const { told, left, estimate } = ask(at, chatId, 3000);
		expect(kept(told)).toBe(20);
		expect(told).toContain('reply 39');
		expect(estimate).toBeLessThanOrEqual(3000);
		expect(left('history')).toMatchObject([{ what: { kind: 'turns' }, why: 'no_room' }]);
		expect(left('memories')).toEqual([]);
	});

	test('leaves the words that are answered their room, and is on record where it does not fit', async () => {
		const { at, chatId, remember } = await story();
		anExchange(at, chatId, 'before', 'reply');
		for (let n = 0; n < 60; n++) remember(pinned(n), true);
		const { told, left, estimate } = ask(at, chatId, 1500);
		expect(estimate).toBeLessThanOrEqual(1500);
		for (const words of ['before', 'reply', 'The lamp?']) expect(told).toContain(words);
		expect(kept(told)).toBeGreaterThan(5);
		const dropped = left('memories').filter(({ what, why }) => what.kind === 'pinned' && why === 'no_room');
		expect(kept(told) + dropped.length).toBe(60);
	});
});

describe('what there is more of than is told at once is counted', () => {
	test('of memories that would come to mind', async () => {
		const { at, chatId, remember } = await story();
		for (let n = 0; n < 30; n++) remember(`The lamp and ${String(n)}.`);
		const { left, told } = ask(at, chatId);
		expect(told.match(/The lamp and/gu)).toHaveLength(24);
		expect(left('memories')).toEqual([{ what: { kind: 'memory', name: '', count: 6 }, why: 'beyond' }]);
	});

	test('of plans and loose ends, and only of those the speaker knows of', async () => {
		const { at, chatId, guest } = await story();
		for (let n = 0; n < 43; n++) {
			at.done('plan_event', { chatId, title: `Plan ${String(n)}` });
			at.done('open_thread', { chatId, text: `End ${String(n)}` });
		}
		const plans = ask(at, chatId, 1_000_000);
		const more = plans.left('plans').filter(({ why }) => why === 'beyond');
		expect(more).toEqual([
			{ what: { kind: 'story_event', name: '', count: 3 }, why: 'beyond' },
			{ what: { kind: 'thread', name: '', count: 3 }, why: 'beyond' }
		]);
		at.done('drop_reply', { jobId: plans.request.jobId });
		at.done('invite_guest', { chatId, botId: guest });
		const { jobId } = at.done('take_turn', { chatId, text: 'Ben?', speaker: guest, connectionId: 'demo' });
		const own = wordsAsked(at, { jobId });
		expect(own?.parts.find(({ part }) => part === 'plans')?.dropped).toEqual([
			{ what: { kind: 'story_event', name: '', count: 43 }, why: 'not_there' },
			{ what: { kind: 'thread', name: '', count: 43 }, why: 'not_there' }
		]);
	});

	test('of what is known of somebody, however long ago; and why it is felt is found as long ago', async () => {
		const { at, chatId, botId } = await story();
		const feel = (n: number, reason: string, facts: readonly string[]) =>
			at.done('change_edge', {
				chatId,
				source: botId,
				target: 'you',
				affinity: n % 2,
				reason,
				facts: [...facts]
			});
		feel(1, 'the old lamp', ['one', 'two', 'three']);
		feel(1, '', ['four', 'five', 'six']);
		for (let n = 0; n < 30; n++) feel(1, '', []);
		const { told, left } = ask(at, chatId);
		expect(told).toContain('the old lamp');
		expect(told.match(/Mara knows of Tilde: \w+/gu)?.map((line) => line.split(' ').at(-1))).toEqual([
			'four',
			'five',
			'six',
			'one'
		]);
		expect(left('feelings')).toEqual([{ what: { kind: 'fact', name: 'Tilde', count: 2 }, why: 'beyond' }]);
	});

	test('of scenes elsewhere the player has heard of; that one is a secret is told of every one', async () => {
		const { at, chatId } = await story();
		const play = (place: string, verdict: 'accepted' | 'secret') => {
			const { jobId } = at.done('start_meanwhile', {
				chatId,
				premise: 'They meet.',
				place,
				with: 'narrator',
				limit: 1,
				connectionId: 'demo'
			});
			at.done('finish_reply', { jobId, text: 'So.', ended: 'whole', model: null, usage: null });
			at.done('apply_observation', { jobId, stage: 'observe', answer: NO_ANSWER.observer });
			at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
			at.done('apply_digest', { jobId, answer: { text: `It was at ${place}.`, memories: [] } });
			const { digestId } = at.ask('meanwhiles', { chatId }).at(-1) ?? {};
			at.done('settle_digest', { chatId, digestId: digestId ?? '', verdict });
		};
		play('Rome', 'secret');
		for (const place of ['Oslo', 'Bonn', 'Kyiv', 'Lima', 'Bern']) play(place, 'accepted');
		for (const place of ['Riga', 'Rome', 'Graz']) play(place, 'secret');
		const { told, left } = ask(at, chatId);
		expect(told).toContain(
			'Tilde does not know what happened at Graz, at Rome and at Riga meanwhile, and is not told of it.'
		);
		expect(told.match(/It was at \w+/gu)).toEqual(['It was at Bern', 'It was at Lima', 'It was at Kyiv']);
		expect(left('plans')).toEqual([{ what: { kind: 'elsewhere', name: '', count: 2 }, why: 'beyond' }]);
		for (const place of ['Nice', 'Turin', 'Split']) {
			at.dispatch('drop_reply', { jobId: at.ask('chat', { chatId })?.reply?.jobId ?? '' });
			play(place, 'secret');
		}
		expect(ask(at, chatId).told).toContain(
			'at Split, at Turin, at Nice, at Graz and at 2 other places meanwhile'
		);
	});
});
