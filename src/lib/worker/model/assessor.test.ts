// The assessor against a real log in memory and ports that are scripted: what is kept, told, asked again, called off, taken up.
import { describe, expect, test, vi } from 'vitest';
import { aCase, aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { anExchange, given } from '#tests/support/given.ts';
import { startReplayServer, type RawAnswer } from '#tests/support/replay-server.ts';
import { streamed } from '#tests/support/scripted-model.ts';
import { SECTIONS } from '../../domain/desk/assessment-shape.ts';
import type { Commands, Queries } from '../../domain/vocabulary.ts';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { AssessmentNews, CommandEnvelope, ModelFailure, StreamNews } from '../protocol.ts';
import { createAnthropicPort } from './anthropic.ts';
import { createAssessor, type WaitingLocks } from './assessor.ts';
import type { Clock } from './clock.ts';
import type { Meter } from './packing.ts';
import { decideWith } from './decide.ts';
import { createDemo } from './demo.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import type { TurnPort } from './port.ts';
import { forgetful } from './provider-port.ts';
import type { Surroundings } from './reachability.ts';
import type { AnswerPart } from './stream-prose.ts';

const isPort = (one: TurnPort | ModelFailure): one is TurnPort => 'streamProse' in one;

const WORDS = 'It drops every 20 minutes. I restarted it, no change.';

const GOOD = {
	problem: {
		text: 'The VPN drops.',
		impact: null,
		refs: [{ turn: 'T1', quote: 'It drops every 20 minutes.' }]
	},
	tried: [
		{ action: 'Restarted', outcome: 'no_effect', refs: [{ turn: 'T1', quote: 'I restarted it' }] },
		{ action: 'Another network', outcome: 'worked', refs: [{ turn: 'T2', quote: null }] }
	],
	assessment: [
		{ hypothesis: 'The router', confidence: 'high', for: [{ turn: 'T1', quote: null }], against: [] }
	],
	do_not_repeat: ['Restarting'],
	open_questions: [],
	start_here: {
		step: 'Look at the router',
		why: 'w',
		expect: 'e',
		if_not: 'i',
		refs: [{ turn: 'T2', quote: 'Try another network.' }]
	}
};

/** The world of a browser that is online. */
const AROUND: Surroundings = {
	fetch: (input, init) => fetch(input, init),
	online: () => true,
	loopbackPermission: async () => null
};

/** Waits no longer than this are over at once; whatever is longer is a limit, and a test that wants it says so. */
const SHORT_MS = 6000;

/** Time that passes only where somebody waits, and then at once, the earliest timer first; limits only with `toTheEnd`. */
const eagerClock = (toTheEnd = false): Clock => {
	let now = 0;
	let timers: { readonly at: number; readonly run: () => void }[] = [];
	let turning = false;
	const turn = (): void => {
		if (turning) return;
		turning = true;
		// what can go on without time goes on first
		setTimeout(() => {
			turning = false;
			const due = timers.toSorted((a, b) => a.at - b.at)[0];
			if (due === undefined) return;
			now = Math.max(now, due.at);
			timers = timers.filter((other) => other !== due);
			due.run();
			if (timers.length > 0) turn();
		}, 2);
	};
	return {
		now: () => now,
		later: (ms, run) => {
			if (ms > SHORT_MS && !toTheEnd) return () => undefined;
			const timer = { at: now + ms, run };
			timers.push(timer);
			turn();
			return () => {
				timers = timers.filter((other) => other !== timer);
			};
		}
	};
};

/** Locks of one browser, as tabs share them: first come, first served. A tab that dies lets go. */
const browserLocks = () => {
	const last = new Map<string, Promise<void>>();
	return (dies: AbortSignal = new AbortController().signal): WaitingLocks => ({
		request: async (name, { signal }, run) => {
			const before = last.get(name) ?? Promise.resolve();
			let letGo = (): void => undefined;
			const held = new Promise<void>((resolve) => (letGo = resolve));
			last.set(
				name,
				before.then(() => held)
			);
			await Promise.race([
				before,
				new Promise<never>((_, reject) =>
					signal.addEventListener('abort', () => reject(new Error('aborted')))
				)
			]).catch((error: unknown) => {
				letGo();
				throw error;
			});
			const dead = new Promise<void>((resolve) => dies.addEventListener('abort', () => resolve()));
			try {
				await Promise.race([run({ name }), dead]);
			} finally {
				letGo();
			}
		}
	});
};

const REPLAYED = {
	model: 'replayed',
	secret: 'sk-test',
	contextTokens: null,
	maxOutputTokens: 3000,
	temperature: null,
	topP: null
};

const METER: Meter = {
	room: 8000,
	ratio: 1,
	count: async () => null,
	learn: () => undefined,
	learnWindow: () => undefined,
	costOf: () => null
};

/** A port whose every request is answered by the next script: its pieces one after the other, then its end. */
interface Script {
	readonly says?: readonly string[];
	readonly fails?: ModelFailure;
	readonly never?: true;
	readonly endless?: true;
}

const scripted = (...scripts: readonly Script[]) => {
	const prompts: string[] = [];
	let hungUp = 0;
	async function* answer(signal: AbortSignal, script: Script): AsyncGenerator<AnswerPart> {
		try {
			for (const text of script.says ?? []) {
				await new Promise((resolve) => setImmediate(resolve));
				yield { kind: 'text', text };
			}
			while (script.endless === true) {
				await new Promise((resolve) => setImmediate(resolve));
				yield { kind: 'text', text: 'and so on '.repeat(1000) };
			}
			if (script.never === true) await new Promise((resolve) => signal.addEventListener('abort', resolve));
			if (signal.aborted) yield { kind: 'end', reason: 'stopped' };
			else if (script.fails === undefined) yield { kind: 'end', reason: 'done' };
			else yield { kind: 'end', reason: 'failed', failure: script.fails, again: true };
		} finally {
			hungUp += 1;
		}
	}
	const port: TurnPort = {
		capabilities: { model: 'scripted', contextTokens: null, maxOutputTokens: 3000 },
		decide: decideWith({
			rungs: ['schema'],
			memory: forgetful(),
			ask: (prompt, signal) => {
				const script = scripts[prompts.length] ?? { says: ['{}'] };
				prompts.push(JSON.stringify(prompt));
				return answer(signal, script);
			}
		}),
		async *streamProse() {
			yield await Promise.reject(new Error('nobody asked for words'));
		}
	};
	return { port, prompts, hungUp: () => hungUp };
};

const saying = (value: unknown, pieces = 7): Script => {
	const text = JSON.stringify(value);
	const size = Math.ceil(text.length / pieces);
	return { says: Array.from({ length: pieces }, (_, i) => text.slice(i * size, (i + 1) * size)) };
};

const scene = async (words = WORDS) => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	anExchange(at, chatId, words, 'Try another network.');
	const { handoffId } = aHandoff(at, desk, chatId);
	const news: StreamNews[] = [];
	const locks = browserLocks();
	let sent = 0;
	/** A tab: a model worker of its own on the one log. */
	const tab = (
		port: TurnPort | ModelFailure,
		clock = eagerClock(),
		dies = new AbortController(),
		meter: Meter | null = null
	) =>
		createAssessor({
			log: {
				ask: async (name, input) =>
					dies.signal.aborted ? new Promise(() => undefined) : at.app.ask(name, input),
				dispatch: async (command: CommandEnvelope): Promise<Result<unknown>> =>
					dies.signal.aborted ? new Promise(() => undefined) : at.app.dispatch(command),
				tell: (told) => {
					if (!dies.signal.aborted) news.push(told);
				}
			},
			open: async () => (isPort(port) ? ok({ port, meter }) : refuse(port)),
			clock,
			random: () => 0.5,
			newId: () => `sent-${String((sent += 1))}`,
			locks: locks(dies.signal),
			preferred: async () => 'one',
			digest: async (text) => String(text.length)
		});
	const asks = (more: Partial<Commands['ask_assessment']['input']> = {}) =>
		at.done('ask_assessment', { actor: desk.mem, handoffId, ...more }).jobId;
	const write = async (
		port: TurnPort | ModelFailure,
		more: Partial<Commands['ask_assessment']['input']> = {},
		clock = eagerClock()
	) => {
		await tab(port, clock).assess(asks(more), handoffId);
		return at.ask('handoff_assessment', { handoffId });
	};
	const job = () => at.ask('assessment_job', { handoffId });
	const now = (): NonNullable<Queries['handoff']['answer']> => {
		const row = at.ask('handoff', { handoffId, now: LATER });
		if (row === null) throw new Error('no hand-off');
		return row;
	};
	return { at, desk, chatId, handoffId, news, tab, asks, write, job, now };
};

const assessing = (news: readonly StreamNews[]) =>
	news.filter((told): told is Extract<AssessmentNews, { kind: 'assessing' }> => told.kind === 'assessing');

describe('a good answer', () => {
	test('becomes an assessment that was looked up, and is told section by section while it comes', async () => {
		const { write, news, now, job } = await scene();
		const made = await write(scripted(saying(GOOD, 40)).port);
		expect(made).toMatchObject({
			number: 1,
			body: {
				problem: { refs: [{ number: 1, found: true }] },
				tried: [{ action: 'Restarted' }],
				suggested: [{ action: 'Another network' }],
				assessment: [{ confidence: 'medium' }],
				start_here: { refs: [{ number: 2, found: true }] }
			},
			verification: {
				statements: 5,
				traced: 5,
				quotes: 3,
				quotesFound: 3,
				moved: 1,
				lowered: 1,
				missing: []
			},
			coverage: { turnsSeen: 2, turnsTotal: 2 },
			gone: []
		});
		expect(job()).toBeNull();
		expect(now().assessments).toMatchObject([{ by: 'ai', model: 'scripted', stale: false, newerTurns: 0 }]);
		const told = assessing(news);
		expect(told[0]).toMatchObject({ stage: 'asking', closed: [] });
		expect(told.at(-1)).toMatchObject({ closed: [...SECTIONS] });
		expect(news.at(-1)).toMatchObject({ kind: 'assessed' });
	});

	test.each(['openai-compatible', 'anthropic'] as const)(
		'is told part by part while %s is still writing, and is not given up for being long',
		async (wire) => {
			const { tab, asks, handoffId, news } = await scene();
			const text = JSON.stringify(GOOD);
			const begun = text.slice(0, text.indexOf('"tried"') + 12);
			const server = await startReplayServer({
				raw: { slow: (request) => streamed(wire, begun, request, false) }
			});
			const rings: (() => void)[] = [];
			const clock: Clock = {
				now: () => 0,
				later: (ms, run) => {
					if (ms <= 120) setImmediate(run);
					else rings.push(run);
					return () => {
						if (rings.includes(run)) rings.splice(rings.indexOf(run), 1);
					};
				}
			};
			try {
				const make = wire === 'anthropic' ? createAnthropicPort : createOpenAiCompatible;
				const one = tab(
					make({ ...REPLAYED, model: 'claude-sonnet-4-5', url: server.base('raw/slow') }, AROUND),
					clock
				);
				const jobId = asks();
				const writing = one.assess(jobId, handoffId);
				await vi.waitFor(() => expect(assessing(news).at(-1)?.closed).toEqual(['problem']), 10_000);
				// the limit for a first word is called off by it: what is left is the one for all of them
				expect(rings).toHaveLength(1);
				one.hear({ kind: 'stop', jobId });
				await writing;
			} finally {
				await server.close();
			}
		}
	);

	test('comes through the wire of either format', async () => {
		const text = JSON.stringify(GOOD);
		const halves = [text.slice(0, 300), text.slice(300)];
		const frame = (event: object) =>
			`${'type' in event ? `event: ${String(event.type)}\n` : ''}data: ${JSON.stringify(event)}\n\n`;
		const compatible: RawAnswer = {
			body: [
				...halves.map((content) => frame({ id: 'x', choices: [{ index: 0, delta: { content } }] })),
				frame({
					id: 'x',
					choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
					usage: { prompt_tokens: 900, completion_tokens: 200, total_tokens: 1100 }
				}),
				'data: [DONE]\n\n'
			].join('')
		};
		const anthropic: RawAnswer = {
			body: [
				{
					type: 'message_start',
					message: {
						id: 'm',
						type: 'message',
						role: 'assistant',
						model: 'c',
						content: [],
						stop_reason: null,
						stop_sequence: null,
						usage: { input_tokens: 900, output_tokens: 1 }
					}
				},
				{ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
				...halves.map((half) => ({
					type: 'content_block_delta',
					index: 0,
					delta: { type: 'text_delta', text: half }
				})),
				{ type: 'content_block_stop', index: 0 },
				{
					type: 'message_delta',
					delta: { stop_reason: 'end_turn', stop_sequence: null },
					usage: { output_tokens: 200 }
				},
				{ type: 'message_stop' }
			]
				.map(frame)
				.join('')
		};
		const server = await startReplayServer({ raw: { compatible, anthropic } });
		try {
			for (const [name, make] of [
				['compatible', createOpenAiCompatible],
				['anthropic', createAnthropicPort]
			] as const) {
				const { write, at } = await scene();
				const port = make({ ...REPLAYED, url: server.base(`raw/${name}`) }, AROUND);
				const made = await write(port);
				expect(made, name).toMatchObject({
					verification: { statements: 5, traced: 5, quotesFound: 3, missing: [] }
				});
				expect(at.ask('account', {}), name).toMatchObject([{ model: 'replayed', inputTokens: 900 }]);
			}
		} finally {
			await server.close();
		}
	});

	test('is not asked for again while nothing changed; it is when somebody wants another, or the chat went on', async () => {
		const { write, at, chatId, now } = await scene();
		const first = scripted(saying(GOOD));
		await write(first.port);
		const second = scripted(saying(GOOD));
		await write(second.port);
		expect(second.prompts).toEqual([]);
		expect(now().assessments).toHaveLength(1);
		await write(second.port, { again: true });
		expect(now().assessments.map(({ number }) => number)).toEqual([2, 1]);
		anExchange(at, chatId, 'It is back.', 'I see.');
		expect(now().assessments[0]).toMatchObject({ stale: true, newerTurns: 2 });
		const third = scripted(saying(GOOD));
		await write(third.port);
		expect(third.prompts).toHaveLength(1);
		expect(now().assessments[0]).toMatchObject({ number: 3, stale: false });
	});

	test('of the demo quotes the transcript word by word, and is whole', async () => {
		const { write } = await scene();
		const made = await write(createDemo(eagerClock()));
		expect(made?.body).toMatchObject({
			tried: [
				{ outcome: 'no_effect', refs: [{ number: 1, quote: 'I restarted it, no change.', found: true }] }
			]
		});
		const { verification } = made ?? { verification: null };
		expect(verification).toMatchObject({ missing: [], refsDropped: 0, moved: 0 });
		expect(verification?.quotesFound).toBe(verification?.quotes);
		expect(verification?.quotes).toBeGreaterThan(2);
	});
});

describe('what comes back odd', () => {
	test('turns that do not exist and words that nobody said are dropped and flagged', async () => {
		const { write } = await scene();
		const made = await write(
			scripted(
				saying({
					...GOOD,
					problem: { text: 'It drops.', impact: null, refs: [{ turn: 'T1', quote: 'It never drops.' }] },
					start_here: { ...GOOD.start_here, refs: [{ turn: 'T77', quote: null }] }
				})
			).port
		);
		expect(made).toMatchObject({
			body: { problem: { refs: [{ found: false }] }, start_here: { refs: [] } },
			verification: { statements: 5, traced: 3, quotes: 2, quotesFound: 1, refsDropped: 1 }
		});
	});

	test.each([
		['empty', [{ says: [] }, { says: [] }], 'invalid_output'],
		['no JSON', [{ says: ['I am sorry.'] }, { says: ['No.'] }], 'invalid_output'],
		['an object of something else', [{ says: ['{"a":1}'] }, { says: ['[]'] }], 'invalid_output'],
		['endless', [{ endless: true }], 'invalid_output'],
		['a refusal', [{ fails: { type: 'content-filter' } }], 'refused'],
		['too long', [{ fails: { type: 'context-too-long' } }], 'too_long'],
		['a bad key', [{ fails: { type: 'bad-key' } }], 'auth'],
		['a model that never answers', [{ never: true }, { never: true }, { never: true }], 'timeout']
	] as const)('%s is a typed failure, and the hand-off does not mind', async (_, scripts, type) => {
		const { write, job, now } = await scene();
		const clock = eagerClock(type === 'timeout');
		expect(await write(scripted(...scripts).port, {}, clock)).toBeNull();
		expect(job()).toMatchObject({ state: 'failed', failure: { type } });
		expect(now()).toMatchObject({ state: 'open', assessmentFailed: type });
	});

	test('one part that did not come is asked for alone, and the others stay as they stand', async () => {
		const { write, at, now, handoffId, chatId, job } = await scene();
		const { start_here: start, ...rest } = GOOD;
		const first = await write(scripted(saying(rest), { says: ['{}'] }).port);
		expect(first).toMatchObject({ number: 1, verification: { statements: 4, missing: ['start_here'] } });
		anExchange(at, chatId, 'It is back.', 'I see.');
		const other = { ...GOOD, problem: { ...GOOD.problem, text: 'Something else.' }, start_here: start };
		const second = scripted(saying(other));
		const made = await write(second.port, { again: true, sections: ['start_here'] });
		expect(second.prompts).toHaveLength(1);
		expect(made).toMatchObject({
			number: 2,
			body: {
				...first?.body,
				start_here: { step: 'Look at the router', refs: [{ number: 2, found: true }] }
			},
			verification: {
				statements: 5,
				traced: 5,
				quotes: 3,
				quotesFound: 3,
				moved: 1,
				lowered: 1,
				missing: []
			},
			coverage: first?.coverage
		});
		expect(job()).toBeNull();
		// most of its words are of a time before the chat went on
		expect(now().assessments[0]).toMatchObject({ number: 2, stale: true, newerTurns: 2 });
		// what was made of a part is not what is made of all of it
		await write(scripted(saying(GOOD)).port);
		expect(at.ask('handoff_assessment', { handoffId })).toMatchObject({
			number: 3,
			body: { problem: { text: 'The VPN drops.' } }
		});
	});

	test('a part that does not come again is a failure, and nothing is lost', async () => {
		const { write, job } = await scene();
		const { start_here: _, ...rest } = GOOD;
		const first = await write(scripted(saying(rest), { says: ['{}'] }).port);
		const made = await write(scripted(saying(rest)).port, { again: true, sections: ['start_here'] });
		expect(job()).toMatchObject({ state: 'failed', failure: { type: 'invalid_output' } });
		expect(made).toEqual(first);
	});

	test('parts of what does not stand yet are asked for with all the rest', async () => {
		const { write } = await scene();
		const made = await write(scripted(saying(GOOD)).port, { sections: ['start_here'] });
		expect(made).toMatchObject({ number: 1, verification: { statements: 5, missing: [] } });
	});

	test('no connection is told as what is missing', async () => {
		const { write, job } = await scene();
		await write({ type: 'no-key' });
		expect(job()).toMatchObject({ failure: { type: 'no_key', cause: 'no-key' } });
	});

	test('a busy provider is asked twice more, and told as waited for', async () => {
		const { write, news } = await scene();
		const busy = { fails: { type: 'overloaded' } } as const;
		const { port, prompts } = scripted(busy, busy, saying(GOOD));
		expect(await write(port)).not.toBeNull();
		expect(prompts).toHaveLength(3);
		expect(assessing(news).some(({ stage, seconds }) => stage === 'waiting' && seconds > 0)).toBe(true);
		const again = scripted(busy, busy, busy, saying(GOOD));
		const other = await scene();
		await other.write(again.port);
		expect(again.prompts).toHaveLength(3);
		expect(other.job()).toMatchObject({ failure: { type: 'rate_limited', cause: 'overloaded' } });
	});

	test('sections that came whole before the line broke are kept, and only the others asked for', async () => {
		const { write } = await scene();
		const { do_not_repeat: _, open_questions: __, start_here: ___, ...begun } = GOOD;
		const cut = {
			says: [`${JSON.stringify(begun).slice(0, -1)},"do_not_repeat":["Rest`],
			fails: { type: 'interrupted' }
		} as const;
		const rest = { do_not_repeat: ['x'], open_questions: ['y'], start_here: GOOD.start_here };
		const { port, prompts } = scripted(cut, saying(rest));
		const made = await write(port);
		expect(made).toMatchObject({
			body: {
				problem: { text: 'The VPN drops.' },
				do_not_repeat: ['x'],
				start_here: { step: GOOD.start_here.step }
			},
			verification: { missing: [] }
		});
		expect(prompts[1]).not.toContain('"hypothesis"');
	});

	test('a section of another shape is asked for once more, and then left out', async () => {
		const { write } = await scene();
		const odd = { ...GOOD, start_here: 'Look' };
		const { port, prompts } = scripted(saying(odd), saying({ start_here: 7 }), saying({ start_here: 7 }));
		const made = await write(port);
		expect(made).toMatchObject({ body: { start_here: null }, verification: { missing: ['start_here'] } });
		// once, and once more by the ladder of decisions, which takes no answer without a section
		expect(prompts.length).toBeLessThanOrEqual(3);
	});
});

describe('the job', () => {
	test('of a tab that died is written by another, which waited; a third finds it done', async () => {
		const { at, tab, asks, handoffId, now, news } = await scene();
		const dies = new AbortController();
		const jobId = asks();
		const stuck = scripted({ never: true });
		const first = tab(stuck.port, { now: () => 0, later: () => () => undefined }, dies);
		const second = scripted(saying(GOOD));
		const third = scripted(saying(GOOD));
		void first.assess(jobId, handoffId);
		await vi.waitFor(() => expect(stuck.prompts).toHaveLength(1));
		const others = [tab(second.port).assess(jobId, handoffId), tab(third.port).assess(jobId, handoffId)];
		await new Promise((resolve) => setTimeout(resolve, 30));
		expect(second.prompts).toEqual([]);
		expect(at.ask('open_assessments', {})).toEqual([{ jobId, handoffId }]);
		dies.abort();
		await Promise.all(others);
		expect([second.prompts.length, third.prompts.length]).toEqual([1, 0]);
		expect(now()).toMatchObject({ assessed: 1, assessmentFailed: null });
		expect(news.at(-1)).toMatchObject({ kind: 'assessed', jobId });
	});

	test('that is called off hangs up, writes nothing more, and is told as called off', async () => {
		const { at, desk, chatId, tab, asks, handoffId, job, now } = await scene();
		const jobId = asks();
		const { port, hungUp, prompts } = scripted({
			says: ['{"problem":{"text":"x","refs":[]},"tr'],
			never: true
		});
		const still: Clock = { now: () => 0, later: () => () => undefined };
		const one = tab(port, still, new AbortController(), METER);
		const writing = one.assess(jobId, handoffId);
		await vi.waitFor(() => expect(prompts).toHaveLength(1));
		at.done('stop_assessment', { actor: desk.mem, handoffId });
		one.hear({ kind: 'given-up', jobId });
		await writing;
		// the provider may charge for what it was asked
		expect(at.ask('account', { chatId })).toMatchObject([{ requests: 1, estimated: 1 }]);
		await vi.waitFor(() => expect(hungUp()).toBe(1));
		expect(job()).toMatchObject({ state: 'failed', failure: { type: 'cancelled' } });
		expect(now()).toMatchObject({ assessed: 0, assessmentFailed: 'cancelled' });
		expect(at.refused('stop_assessment', { actor: desk.mem, handoffId }).type).toBe('not_assessing');
	});

	test('holds nobody up: while a model never answers, the hand-off is picked up, noted on and resolved', async () => {
		const { at, desk, tab, asks, handoffId, now } = await scene();
		const jobId = asks();
		const { port, prompts } = scripted({ never: true });
		const one = tab(port, { now: () => 0, later: () => () => undefined });
		const writing = one.assess(jobId, handoffId);
		await vi.waitFor(() => expect(prompts).toHaveLength(1));
		for (const name of ['claim_handoff', 'resolve_handoff'] as const)
			at.done(name, { actor: desk.ada, handoffId });
		expect(now().state).toBe('resolved');
		one.hear({ kind: 'stop', jobId });
		await writing;
	});

	test('that finishes late is added, whatever became of the hand-off; what a person wrote meanwhile stands', async () => {
		const { at, desk, write, handoffId, now } = await scene();
		const first = await write(scripted(saying(GOOD)).port);
		const body = first?.body;
		if (body === undefined) throw new Error('no assessment');
		const edited = { ...body, open_questions: ['Which router?'] };
		expect(at.done('edit_assessment', { actor: desk.ada, handoffId, basis: 1, body: edited }).number).toBe(2);
		at.done('withdraw_handoff', { actor: desk.mem, handoffId });
		await write(scripted(saying(GOOD)).port, { again: true });
		expect(now()).toMatchObject({ state: 'withdrawn', assessed: 3 });
		expect(at.ask('handoff_assessment', { handoffId, number: 2 })?.body).toEqual(edited);
		expect(now().assessments.map(({ by, basis }) => [by, basis])).toEqual([
			['ai', null],
			['person', 1],
			['ai', null]
		]);
		expect(at.ask('handoff_assessment', { handoffId })).toMatchObject({
			number: 3,
			body: { open_questions: ['Which router?'] },
			written: [{ section: 'open_questions', author: 'Ada', number: 2 }]
		});
	});
});

describe('asking', () => {
	test('answers with the job that is on, and is refused to who may not, and where there is nothing', async () => {
		const { at, desk, asks, handoffId } = await scene();
		expect(asks()).toBe(asks({ again: true }));
		const other = at.done('author_member', { name: 'Eve', role: 'member' }).memberId;
		expect(at.refused('ask_assessment', { actor: other, handoffId }).type).toBe('member_may_not');
		const bare = aHandoff(at, desk, aCase(at, desk.mem, 'Bare'));
		expect(at.refused('ask_assessment', { actor: desk.mem, handoffId: bare.handoffId }).type).toBe(
			'nothing_to_assess'
		);
	});

	test('is of the chat as it was then: a turn that is rewound before the answer came is not cited', async () => {
		const { at, chatId, handoffId, asks } = await scene();
		anExchange(at, chatId, 'The other network works.', 'Then it is the router.');
		const jobId = asks();
		const asked = at.ask('assessment_request', { jobId });
		const [, , third] = at.ask('transcript', { chatId }).turns;
		at.done('delete_turn', { chatId, turnId: third?.turnId ?? '' });
		const answer = {
			problem: {
				text: 'x',
				impact: null,
				refs: [
					{ turn: 'T3', quote: null },
					{ turn: 'T1', quote: null }
				]
			}
		};
		const seen = Object.fromEntries(
			(asked?.turns ?? []).map(({ number, turnId }) => [String(number), turnId])
		);
		at.done('finish_assessment', {
			jobId,
			model: 'm',
			key: 'k',
			answer,
			seen,
			coverage: asked?.coverage ?? { turnsSeen: 0, turnsTotal: 0, omitted: [] },
			head: asked?.head ?? { turnId: null, turns: 0, digest: '' }
		});
		const made = at.ask('handoff_assessment', { handoffId });
		expect(made?.body.problem?.refs).toEqual([{ turn: asked?.turns[0]?.turnId, number: 1 }]);
		expect(made?.verification.refsDropped).toBe(1);
	});
});
