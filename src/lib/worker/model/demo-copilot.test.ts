// The demo as a copilot, through the real runner over the real domain: what it says in a case, and the steps it notes.
import { describe, expect, it } from 'vitest';
import { aCase, aDesk } from '#tests/support/desk.ts';
import { given } from '#tests/support/given.ts';
import { proseStory } from '#tests/support/prose-story.ts';
import { ok } from '../../domain/kernel/result.ts';
import { steps } from '../../domain/story/classifiers.ts';
import type { StreamNews } from '../protocol.ts';
import type { Clock } from './clock.ts';
import { createDemo, demoReply } from './demo.ts';
import { demoSteps } from './demo-copilot.ts';
import type { TurnPort } from './port.ts';
import { createTurnRunner } from './turn-runner.ts';

/** Every pause but a limit is over at once. */
const quick: Clock = {
	now: () => 0,
	later: (ms, run) => {
		if (ms < 10_000) setImmediate(run);
		return () => undefined;
	}
};

/** Plays one turn of a case to the end of its job, by a port. */
const played = async (text: string, port: TurnPort = createDemo(quick)) => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	const { jobId, turnId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	const news: StreamNews[] = [];
	let ids = 0;
	await createTurnRunner({
		log: {
			ask: async (name, input) => at.app.ask(name, input),
			dispatch: async (command) =>
				at.app.dispatch({ ...command, id: `run-${String((ids += 1))}`, tab: 'tab-1' }),
			tell: (item) => void news.push(item)
		},
		open: async () => ok({ port, meter: null }),
		locks: { request: (_name, _options, run) => run({}) },
		clock: quick,
		random: () => 0.5,
		newId: () => crypto.randomUUID()
	}).play(jobId);
	const { turns } = at.ask('transcript', { chatId });
	return {
		at,
		chatId,
		turnId,
		reply: turns.at(-1),
		stages: news.flatMap((item) => (item.kind === 'whole' ? [item.stage] : [])),
		found: at.ask('case_of_chat', { chatId })
	};
};

describe('a turn of a case', () => {
	it('is answered by the Copilot, and what the person says was done is proposed as steps', async () => {
		const { turnId, reply, stages, found } = await played('I restarted it. No change.\nThe VPN drops again.');
		expect(reply?.speakerName).toBe('Copilot');
		expect(reply?.text).toMatch(/not an AI.*One step to try next/su);
		expect(stages.at(-1)).toBe('noting');
		expect(found).toMatchObject({
			steps: [],
			proposals: [{ text: 'I restarted it.', outcome: 'no_effect', turnId }]
		});
	});

	it.each([
		['prose', 'Roses are red.'],
		['nothing', undefined],
		['ids instead of steps', { steps: 'f00d' }]
	])('stands when the classifier answers with %s, and the person is told', async (_, said) => {
		const demo = createDemo(quick);
		const { at, chatId, reply, found } = await played('I restarted it.', {
			...demo,
			decide: async ({ schema, fallback }) => {
				const read = schema.safeParse(said);
				return read.success
					? { value: read.data, via: 'schema', failure: null }
					: { value: fallback, via: 'fallback', failure: { type: 'invalid-output' } };
			}
		});
		expect(found?.proposals).toEqual([]);
		const [noticed] = at.ask('effects', { chatId, turnIds: [reply?.turnId ?? ''] });
		expect(noticed?.failures).toMatchObject([{ classifier: 'steps', reason: { type: 'invalid-output' } }]);
		expect(at.sql.all({ text: 'select 1 from reply_jobs', values: [] })).toEqual([]);
	});
});

describe('what it says', () => {
	const request = (turn: number, alternative = 0) => ({
		jobId: 'j',
		chatId: 'c',
		turnId: 't',
		alternative,
		instructions: '',
		messages: [],
		steady: { messages: 0, chars: 0 },
		story: { ...proseStory({ turn }), kind: 'case' as const }
	});

	it('is another step from turn to turn and from one alternative to the next, and the same when asked alike', () => {
		const said = [1, 2, 3, 4, 5, 6, 7, 8].map((turn) => demoReply(request(turn)));
		expect(new Set(said).size).toBe(8);
		expect(demoReply(request(3, 1))).not.toBe(demoReply(request(3)));
		expect(demoReply(request(3))).toBe(demoReply(request(3)));
		expect(said.join('')).not.toMatch(/undefined|lantern|\*[a-z]/u);
	});
});

describe('the steps it notes', () => {
	const noted = (words: string) => demoSteps({ words }).steps.map(({ text, outcome }) => [text, outcome]);

	it.each([
		['I rebooted the router and it worked.', [['I rebooted the router and it worked.', 'worked']]],
		['We have reinstalled the driver. It is worse now.', [['We have reinstalled the driver.', 'made_worse']]],
		["I've tried another cable!", [["I've tried another cable!", 'unknown']]],
		['Should I restart it?', []],
		['It says ERROR 809.', []]
	])('in %s', (words, expected) => {
		expect(noted(words)).toEqual(expected);
	});

	it('fit the shape they are asked in', () => {
		expect(steps.safeParse(demoSteps({ words: 'I reset it.' })).success).toBe(true);
	});
});
