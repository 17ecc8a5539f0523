// The demo case, worked on through the same commands, the same runner, assessor and demo as in the app, without its screens.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { given, type Given } from '#tests/support/given.ts';
import { createAssessor } from '#lib/worker/model/assessor.ts';
import type { Clock } from '#lib/worker/model/clock.ts';
import { createDemo } from '#lib/worker/model/demo.ts';
import { createTurnRunner } from '#lib/worker/model/turn-runner.ts';
import type { StreamNews } from '#lib/worker/protocol.ts';
import { beginDemoCase, type DemoDesk } from './demo-case.ts';
import { demoCase } from './words/en-demo-case.ts';

/** Every pause but a limit is over at once. */
const quick: Clock = {
	now: () => 0,
	later: (ms, run) => {
		if (ms < 10_000) setImmediate(run);
		return () => undefined;
	}
};

const deskOver = (at: Given): DemoDesk => ({
	client: { ask: async (name, input) => at.ask(name, input) },
	// refusals are what a test of the demo case must not meet
	send: async (name, input) => at.done(name, input)
});

const nobody = async (): Promise<null> => Promise.resolve(null);

/** The demo case, and what plays its replies and writes its assessments. */
const begun = async () => {
	const at = await given();
	const opened = await beginDemoCase(deskOver(at), nobody);
	if (opened === null) throw new Error('the demo case was refused');
	const { chatId, actor } = opened;
	const news: StreamNews[] = [];
	let ids = 0;
	const world = {
		log: {
			ask: async (name: never, input: never) => at.app.ask(name, input),
			dispatch: async (command: Parameters<typeof at.app.dispatch>[0]) => at.app.dispatch(command),
			tell: (item: StreamNews) => void news.push(item)
		},
		open: async () => ({ ok: true, value: { port: createDemo(quick), meter: null } }) as const,
		clock: quick,
		random: () => 0.5,
		newId: () => `10000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`
	};
	const runner = createTurnRunner({ ...world, locks: { request: (_name, _options, run) => run({}) } });
	const assessor = createAssessor({
		...world,
		locks: { request: (_name, _options, run) => run({}) },
		preferred: async () => Promise.resolve('demo'),
		digest: async (text) => Promise.resolve(createHash('sha256').update(text).digest('hex'))
	});
	const say = async (text: string): Promise<void> => {
		await runner.play(at.done('take_turn', { chatId, text, connectionId: 'demo' }).jobId);
	};
	const assess = async (by: string, handoffId: string) => {
		const { jobId } = at.done('ask_assessment', { actor: by, handoffId, connectionId: 'demo' });
		await assessor.assess(jobId, handoffId);
		return at.ask('handoff_assessment', { handoffId });
	};
	const engineer = at.ask('member_list', {}).find(({ role }) => role === 'engineer')?.memberId ?? '';
	return { at, chatId, actor, engineer, say, assess, news };
};

describe('the demo case', () => {
	it('is half worked: eight turns, three steps with what came of them, an error, and the next words in the composer', async () => {
		const { at, chatId, actor } = await begun();
		const { turns } = at.ask('transcript', { chatId });
		expect(turns.map(({ text }) => text)).toEqual(
			demoCase.exchanges.flatMap(({ says, answer }) => [says, answer])
		);
		const found = at.ask('case_of_chat', { chatId });
		expect(found?.proposals).toEqual([]);
		expect(found?.steps.map(({ text, outcome, by, turnId }) => [text, outcome, by, turnId])).toEqual(
			demoCase.exchanges.flatMap(({ tried }, i) =>
				tried === null ? [] : [[tried.text, tried.outcome, demoCase.member, turns[2 * i]?.turnId]]
			)
		);
		expect(at.ask('chat', { chatId })).toMatchObject({ composer: demoCase.next, reply: null });
		expect(at.ask('member_list', {}).map(({ name, role }) => [name, role])).toEqual([
			[demoCase.engineer, 'engineer'],
			[demoCase.member, 'member']
		]);
		expect(at.ask('member_list', {}).find(({ memberId }) => memberId === actor)?.role).toBe('member');
	});

	it('brings nobody where there are people, and is worked by whoever acts', async () => {
		const at = await given();
		const { memberId } = at.done('author_member', { name: 'Dana', role: 'engineer' });
		expect(await beginDemoCase(deskOver(at), nobody), 'who acts is not known').toBeNull();
		expect(at.events()).toBe(1);
		const opened = await beginDemoCase(deskOver(at), async () => Promise.resolve(memberId));
		expect(opened?.actor).toBe(memberId);
		expect(at.ask('member_list', {})).toHaveLength(1);
		expect(at.ask('case_of_chat', { chatId: opened?.chatId ?? '' })?.steps[0]?.by).toBe('Dana');
	});

	it('stands without proposals where the classifiers are off', async () => {
		const at = await given();
		const desk = deskOver(at);
		const opened = await beginDemoCase(
			{
				...desk,
				send: async (name, input) => {
					const value = await desk.send(name, input);
					if (name === 'create_case') {
						const [made] = at.ask('case_list', { filter: 'all', now: 0 }).cases;
						at.done('change_chat_settings', { chatId: made?.chatId ?? '', classifiers: 'off' });
					}
					return value;
				}
			},
			nobody
		);
		const chatId = opened?.chatId ?? '';
		expect(at.ask('transcript', { chatId }).turns).toHaveLength(8);
		expect(at.ask('case_of_chat', { chatId })?.steps).toEqual([]);
	});

	it('goes on with what the Copilot proposes next, and a step is made out of what was said', async () => {
		const { at, chatId, say } = await begun();
		await say(demoCase.next);
		const { turns } = at.ask('transcript', { chatId });
		expect(turns.at(-1)?.text).toMatch(/not an AI.*had no effect.*One step to try next: \*\*Sign in/su);
		expect(at.ask('case_of_chat', { chatId })?.proposals).toMatchObject([
			{ text: 'I turned on the keep-alive in her profile, every 60 seconds.', outcome: 'no_effect' }
		]);
		await say('We signed in with a colleague’s laptop and it dropped too.');
		expect(at.ask('transcript', { chatId }).turns.at(-1)?.text).toMatch(
			/looked up on the gateway.*escalate/su
		);
	});

	it.each([
		['at once', []],
		['after the next words', [demoCase.next]],
		['after words that say little', ['It is still so.', '…']]
	])(
		'is assessed in full when it is escalated %s: every statement traced, every quote found',
		async (_, said) => {
			const { at, chatId, actor, engineer, say, assess, news } = await begun();
			for (const words of said) await say(words);
			const { handoffId } = at.done('raise_handoff', { actor, chatId, reason: 'stuck' });
			const made = await assess(engineer, handoffId);
			const { body, verification } = made ?? { body: null, verification: null };
			expect(verification).toMatchObject({ refsDropped: 0, moved: 0, lowered: 0, cut: [], missing: [] });
			expect(verification?.traced).toBe(verification?.statements);
			expect(verification?.statements).toBeGreaterThanOrEqual(7);
			expect(verification?.quotesFound).toBe(verification?.quotes);
			expect(verification?.quotes).toBeGreaterThanOrEqual(8);
			expect(body?.tried.slice(0, 3).map(({ action }) => action)).toEqual(
				demoCase.exchanges.flatMap(({ tried }) => (tried === null ? [] : [tried.text]))
			);
			expect(body?.assessment[0]).toMatchObject({
				hypothesis: expect.stringContaining('gateway ends a tunnel')
			});
			expect(body?.do_not_repeat?.slice(0, 2)).toEqual([
				'Restarted the laptop',
				'Connected through a phone’s hotspot'
			]);
			expect(body?.open_questions?.length).toBeGreaterThan(0);
			expect(body?.start_here?.step).toContain('idle timeout');
			expect(body?.problem?.impact).toContain('keeps her from');
			// it comes bit by bit, for somebody who watches
			const shown = news.flatMap((item) => (item.kind === 'assessing' ? [item] : []));
			expect(shown.some(({ stage, closed }) => stage === 'writing' && closed.length === 0)).toBe(true);
		}
	);

	it('is picked up by the other, and resolved', async () => {
		const { at, chatId, actor, engineer } = await begun();
		const { handoffId } = at.done('raise_handoff', { actor, chatId, reason: 'stuck' });
		at.done('claim_handoff', { actor: engineer, handoffId });
		at.done('resolve_handoff', { actor: engineer, handoffId, code: 'solved', note: 'Set alike.' });
		expect(at.ask('handoffs_of_chat', { chatId, now: 0 })).toMatchObject([{ state: 'resolved' }]);
	});
});
