// The demo story, played through the same commands, the same runner and the same storyteller as in the app, without its screens.
import { describe, expect, it } from 'vitest';
import { given, type Given } from '#tests/support/given.ts';
import type { Clock } from '#lib/worker/model/clock.ts';
import { createDemo } from '#lib/worker/model/demo.ts';
import { createTurnRunner } from '#lib/worker/model/turn-runner.ts';
import { beginDemoStory, type DemoSession } from './demo-story.ts';
import { words } from './words/words.ts';

/** Nobody waits, but what was due first happens first. */
const hurriedClock = (): Clock => {
	let now = 0;
	let timers: { readonly at: number; readonly run: () => void }[] = [];
	const ring = (): void => {
		const due = timers.toSorted((a, b) => a.at - b.at)[0];
		if (due === undefined) return;
		timers = timers.filter((other) => other !== due);
		now = due.at;
		due.run();
	};
	return {
		now: () => now,
		later: (ms, run) => {
			const timer = { at: now + ms, run };
			timers.push(timer);
			setImmediate(ring);
			return () => {
				timers = timers.filter((other) => other !== timer);
			};
		}
	};
};

const sessionOver = (at: Given): DemoSession => ({
	client: { ask: async (name, input) => at.ask(name, input) },
	// refusals are what a test of the demo story must not meet
	send: async (name, input) => at.done(name, input)
});

/** The runner of a model worker, with nothing but the demo. */
const runnerOver = (at: Given) => {
	let ids = 0;
	const clock = hurriedClock();
	return createTurnRunner({
		log: {
			ask: async (name, input) => at.app.ask(name, input),
			dispatch: async (command) => at.app.dispatch(command),
			tell: () => undefined
		},
		open: async () => ({ ok: true, value: { port: createDemo(clock), meter: null } }),
		locks: { request: (_name, _options, run) => run({}) },
		clock,
		random: () => 0.5,
		newId: () => `10000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`
	});
};

const begun = async () => {
	const at = await given();
	const story = await beginDemoStory(sessionOver(at));
	if (story === null) throw new Error('the demo story was refused');
	return { at, ...story };
};

const WAYS: readonly (readonly [string, (turn: number) => string])[] = [
	[
		'one who talks',
		(turn) =>
			['I sit down by the kettle.', 'Who was here before me?', '*looks at the ledger*'][turn % 3] ?? ''
	],
	['one who hardly says a thing', () => '…'],
	['one who writes in another script', () => '灯台はどこですか？'],
	['one who walks about', (turn) => `Let’s go to the pier ${turn}.`],
	['one who is rude', () => 'You are a liar, Tobias.']
];

describe('the demo story', () => {
	it('begins with a scene elsewhere that is over, and waits for a word', async () => {
		const { at, chatId, turnId } = await begun();
		const { demoStory } = words;
		const { turns } = at.ask('transcript', { chatId });
		expect(turns[0]?.turnId).toBe(turnId);
		expect(turns.map(({ role, text }) => [role, text])).toEqual([
			['assistant', demoStory.greeting],
			['narrator', demoStory.meanwhile.premise],
			...demoStory.meanwhile.lines.map(({ text }) => ['assistant', text])
		]);
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
		expect(at.ask('meanwhiles', { chatId })).toMatchObject([
			{ ended: 'limit', digest: demoStory.meanwhile.digest, verdict: null, played: 2 }
		]);
		const { memories } = at.ask('memories', { chatId });
		expect(memories).toHaveLength(4);
		expect(memories.every(({ witness }) => !witness.you && witness.host && witness.guest)).toBe(true);
		expect(at.ask('now', { chatId })).toMatchObject({ minutes: 22 * 60 + 40, weather: demoStory.weather });
	});

	it('is played with the same bots a second time, and with your persona when you have one', async () => {
		const { at, chatId } = await begun();
		at.done('author_you', { name: 'Ada' });
		const second = (await beginDemoStory(sessionOver(at)))?.chatId;
		expect(second).not.toBe(chatId);
		expect(at.ask('bots', {})).toHaveLength(2);
		expect(at.ask('chat', { chatId: second ?? '' })?.you?.name).toBe('Ada');
	});

	it.each(WAYS)('shows within ten turns all that a world is, to %s', async (_name, say) => {
		const { at, chatId } = await begun();
		const runner = runnerOver(at);
		for (let turn = 1; turn <= 10; turn += 1) {
			const { jobId } = at.done('take_turn', { chatId, text: say(turn), connectionId: 'demo' });
			await runner.play(jobId);
			expect(at.ask('chat', { chatId })?.reply, `turn ${turn}`).toBeNull();
		}
		const { turns } = at.ask('transcript', { chatId, limit: 100 });
		const replies = turns.filter(({ role, model }) => role === 'assistant' && model === 'demo');
		const interjections = replies.filter(({ interjectionOf }) => interjectionOf !== null);
		expect(interjections.length).toBeGreaterThan(0);
		expect(replies).toHaveLength(10 + interjections.length);
		expect(new Set(replies.map(({ text }) => text)).size).toBe(replies.length);
		expect(replies.filter(({ text }) => text.includes('not an AI'))).toEqual([replies[0]]);

		const { active, completed: over } = at.ask('story_events', { chatId });
		const completed = over.events;
		expect(completed.length).toBeGreaterThan(0);
		expect(active.length).toBeLessThanOrEqual(1);
		for (const { eventId, title, startedAt, completedAt } of completed) {
			expect(startedAt).not.toBeNull();
			expect(completedAt).not.toBeNull();
			const promoted = at
				.ask('memories', { chatId, limit: 200 })
				.memories.filter(({ source }) => source?.id === eventId);
			expect(promoted.map(({ text }) => text)).toEqual([title, title, title]);
		}

		const { minutes, skips } = at.ask('now', { chatId }) ?? { minutes: 0, skips: [] };
		expect(skips.length).toBeGreaterThan(0);
		expect(minutes).toBeGreaterThan(22 * 60 + 40 + 90);
		expect(at.ask('meanwhiles', { chatId }).map(({ digest }) => digest)).toEqual([
			words.demoStory.meanwhile.digest
		]);
		expect(at.ask('edges', { chatId }).edges.length).toBeGreaterThan(2);

		const failed = at.ask('effects', { chatId, turnIds: turns.map(({ turnId }) => turnId) });
		expect(JSON.stringify(failed)).not.toMatch(/classifier_failed|classifier_clamped/u);
	});
});
