// The turn runner against an in-memory log: what it writes and tells when a reply ends, fails, stalls or is stopped.
import { proseStory } from '#tests/support/prose-story.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { REPLAY_TEXT, startReplayServer, type ReplayServer } from '#tests/support/replay-server.ts';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import { TURN_MAX_CHARS } from '../../domain/story/limits.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { CommandEnvelope, ModelFailure, StreamNews } from '../protocol.ts';
import { systemClock, type Clock } from './clock.ts';
import { createDemo, demoReply } from './demo.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import type { Meter } from './packing.ts';
import type { ProsePart, TurnPort } from './port.ts';
import { createTurnRunner, type Locks } from './turn-runner.ts';

const CANARY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

const REQUEST: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'You are Mara, who keeps the lighthouse at the end of the known world.',
	messages: [{ role: 'user', text: 'Who lit the lamp tonight, if it was not you?' }],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ bot: 'Mara', you: 'Ada', place: 'the lighthouse', turn: 2, words: 'Who lit the lamp?' })
};

/** What the log says of a stage of words. */
const PROSE = { kind: 'prose', stage: 'reply' } as const;

/** For ports of which only words are asked. */
const undecided: TurnPort['decide'] = () => Promise.reject(new Error('nobody asked for a decision'));

/** A clock that stands until it is moved. */
const standingClock = () => {
	let now = 0;
	let timers: { readonly at: number; readonly run: () => void }[] = [];
	const settle = async (): Promise<void> => {
		// everything that is ready runs; only our own timers wait
		for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
	};
	const clock: Clock = {
		now: () => now,
		later: (ms, run) => {
			const timer = { at: now + ms, run };
			timers.push(timer);
			return () => {
				timers = timers.filter((other) => other !== timer);
			};
		}
	};
	return {
		clock,
		settle,
		waiting: () => timers.length,
		advance: async (ms: number): Promise<void> => {
			const until = now + ms;
			await settle();
			for (;;) {
				const due = timers.filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
				if (due === undefined) break;
				now = Math.max(now, due.at);
				timers = timers.filter((other) => other !== due);
				due.run();
				await settle();
			}
			now = until;
			await settle();
		}
	};
};

/** Time runs a hundred times as fast, for waits against a real server. */
const hurriedClock: Clock = {
	now: () => performance.now() * 100,
	later: (ms, run) => systemClock.later(ms / 100, run)
};

/** A port whose parts the test hands over one by one. */
const handPort = () => {
	const queue: ProsePart[] = [];
	let wake: (() => void) | null = null;
	let calls = 0;
	const port: TurnPort = {
		capabilities: { model: 'hand', contextTokens: null, maxOutputTokens: 400 },
		decide: undecided,
		async *streamProse() {
			calls += 1;
			for (;;) {
				const part = queue.shift();
				if (part === undefined) {
					await new Promise<void>((resolve) => (wake = resolve));
					continue;
				}
				yield part;
				if (part.kind === 'end') return;
			}
		}
	};
	return {
		port,
		calls: () => calls,
		give: (...parts: readonly ProsePart[]) => {
			queue.push(...parts);
			wake?.();
		}
	};
};

interface Setting {
	readonly port?: TurnPort;
	readonly meter?: Meter;
	readonly failure?: ModelFailure;
	readonly clock?: Clock;
	readonly request?: unknown;
	readonly draft?: string;
	readonly dispatch?: (command: CommandEnvelope) => Promise<Result<unknown>>;
	readonly keep?: () => Promise<Result<unknown>>;
	readonly locks?: Locks;
	readonly ask?: () => Promise<unknown>;
	readonly opening?: Promise<never>;
}

const freeLocks: Locks = { request: async (_name, _options, run) => run({}) };

const stage = (setting: Setting) => {
	const commands: CommandEnvelope[] = [];
	/** What was asked, as it was kept: beside the commands, since nothing hangs on it. */
	const kept: CommandEnvelope[] = [];
	const news: StreamNews[] = [];
	const asked: unknown[] = [];
	const runner = createTurnRunner({
		log: {
			ask: async (name, input) => {
				asked.push([name, input]);
				if (setting.ask !== undefined) return setting.ask();
				return setting.request === undefined
					? {
							...PROSE,
							request: REQUEST,
							connectionId: 'c1',
							draft: setting.draft ?? ''
						}
					: setting.request;
			},
			dispatch: async (command) => {
				if (command.name === 'keep_prompt') {
					kept.push(command);
					return setting.keep === undefined ? ok(null) : setting.keep();
				}
				commands.push(command);
				return setting.dispatch === undefined ? ok(null) : setting.dispatch(command);
			},
			tell: (item) => void news.push(item)
		},
		open: async () => {
			await setting.opening;
			return setting.port === undefined
				? refuse(setting.failure ?? { type: 'no-connection' })
				: ok({ port: setting.port, meter: setting.meter ?? null });
		},
		locks: setting.locks ?? freeLocks,
		clock: setting.clock ?? systemClock,
		random: () => 0.5,
		newId: () => crypto.randomUUID()
	});
	/** The text as a tab puts it together from the news, checking every offset. */
	const shown = (): string => {
		let text = '';
		for (const item of news) {
			if (item.kind === 'whole') text = item.text;
			if (item.kind === 'delta') {
				expect(item.offset).toBe(text.length);
				expect(item.delta).not.toMatch(/\p{Surrogate}/u);
				text += item.delta;
			}
		}
		return text;
	};
	return {
		runner,
		commands,
		kept,
		news,
		asked,
		shown,
		last: () => commands.at(-1),
		kinds: () => news.map((item) => item.kind),
		named: (name: string) => commands.filter((command) => command.name === name)
	};
};

const text = (value: string): ProsePart => ({ kind: 'text', text: value });
const done: ProsePart = { kind: 'end', reason: 'done' };

describe('what a model thinks', () => {
	it('is told in pieces, again to whoever comes later, up to a measure, and is no part of the reply', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		await settle();
		const thought = (value: string): ProsePart => ({ kind: 'reasoning', text: value });
		const told = () =>
			scene.news.flatMap((item) => (item.kind === 'thinking' ? [[item.offset, item.delta]] : []));
		hand.give(thought('She '), thought('would '), thought('be glad.'));
		await settle();
		expect(told()).toEqual([[0, 'She ']]);
		await advance(200);
		expect(told().slice(1)).toEqual([[4, 'would be glad.']]);
		scene.runner.hear({ kind: 'resync', jobId: 'job-1' });
		expect(told().slice(2)).toEqual([[0, 'She would be glad.']]);
		hand.give(thought('x'.repeat(30_000)), text('Yes.'), done);
		await playing;
		expect(
			told()
				.slice(3)
				.map(([, delta]) => String(delta).length)
		).toEqual([20_000 - 'She would be glad.'.length]);
		expect(scene.shown()).toBe('Yes.');
		expect(JSON.stringify(scene.commands)).not.toContain('glad');
	});
});

describe('a whole reply', () => {
	it('is told as it comes, what comes within a frame together, and written once', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		await settle();
		expect(scene.asked).toEqual([['stage_request', { jobId: 'job-1' }]]);
		expect(scene.news).toEqual([
			{ kind: 'whole', jobId: 'job-1', chatId: 'chat-1', text: '', stage: 'asking' }
		]);
		const delta = { kind: 'delta', jobId: 'job-1', chatId: 'chat-1' };
		hand.give(text('The '), text('door '), text('slowly '));
		await settle();
		expect(scene.news.slice(1)).toEqual([{ ...delta, offset: 0, delta: 'The ' }]);
		await advance(16);
		expect(scene.news.slice(2)).toEqual([{ ...delta, offset: 4, delta: 'door slowly ' }]);
		hand.give(
			{ kind: 'reasoning', text: 'hm' },
			text('opens.'),
			{
				kind: 'usage',
				usage: {
					inputTokens: 4,
					outputTokens: 3,
					cacheReadTokens: null,
					cacheWriteTokens: null,
					costUsd: null
				}
			},
			done
		);
		await playing;
		expect(scene.shown()).toBe('The door slowly opens.');
		expect(scene.kinds()).toEqual(['whole', 'delta', 'delta', 'thinking', 'delta', 'ended']);
		expect(scene.commands).toHaveLength(1);
		expect(scene.last()).toMatchObject({
			name: 'finish_reply',
			input: {
				jobId: 'job-1',
				text: 'The door slowly opens.',
				ended: 'whole',
				model: 'hand',
				usage: { inputTokens: 4, outputTokens: 3 }
			}
		});
		expect(scene.last()?.id).toMatch(UUID);
	});

	it('keeps a draft at most every 500 ms, one write at a time', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const written: (() => void)[] = [];
		const scene = stage({
			port: hand.port,
			clock,
			dispatch: (command) =>
				command.name === 'save_draft'
					? new Promise((resolve) => written.push(() => resolve(ok(null))))
					: Promise.resolve(ok(null))
		});
		const playing = scene.runner.play('job-1');
		for (let tick = 0; tick < 20; tick += 1) {
			hand.give(text(`w${tick} `));
			await advance(100);
		}
		expect(scene.named('save_draft')).toHaveLength(1);
		written[0]?.();
		await advance(500);
		const drafts = scene.named('save_draft').map((command) => command.input);
		expect(drafts).toHaveLength(2);
		expect(drafts[1]).toMatchObject({ jobId: 'job-1', text: expect.stringMatching(/^w0 .*w19 $/u) });
		written[1]?.();
		await settle();
		await advance(2000);
		expect(scene.named('save_draft')).toHaveLength(2);
		hand.give(done);
		await playing;
		expect(scene.last()?.name).toBe('finish_reply');
	});

	it('never splits a surrogate pair, and mends one that never comes', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		hand.give(text('a\ud83d'));
		await advance(40);
		hand.give(text('\ude00b'));
		await advance(40);
		hand.give(text('\udc00'), text('c\ud83d'));
		await advance(40);
		hand.give(done);
		await playing;
		expect(scene.news.flatMap((item) => (item.kind === 'delta' ? [item.delta] : []))).toEqual([
			'a',
			'😀b',
			'\uFFFD',
			'c',
			'\uFFFD'
		]);
		expect(scene.last()?.input).toMatchObject({ text: 'a😀b\uFFFDc\uFFFD' });
	});

	it('of the demo is written as it was told', async () => {
		const quick: Clock = { now: () => 0, later: (_ms, run) => systemClock.later(0, run) };
		const scene = stage({ port: createDemo(quick) });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'finish_reply',
			input: { text: demoReply(REQUEST), ended: 'whole', model: 'demo', usage: null }
		});
		expect(scene.shown()).toBe(demoReply(REQUEST));
	});

	it('answers a resync with everything so far', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		hand.give(text('The door'));
		await advance(40);
		scene.runner.hear({ kind: 'resync', jobId: 'another' });
		expect(scene.kinds()).toEqual(['whole', 'delta']);
		scene.runner.hear({ kind: 'resync', jobId: 'job-1' });
		expect(scene.news.at(-1)).toEqual({
			kind: 'whole',
			jobId: 'job-1',
			chatId: 'chat-1',
			text: 'The door',
			stage: 'writing'
		});
		hand.give(text(' opens.'));
		await settle();
		hand.give(done);
		await playing;
		expect(scene.shown()).toBe('The door opens.');
	});
});

describe('what was asked', () => {
	const parts = [{ part: 'words', tokens: 9, share: 1, dropped: [] }];

	it('is kept once it is on its way, with the model’s name and the share of each part', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const request = { ...PROSE, request: REQUEST, connectionId: 'c1', draft: '', parts };
		const scene = stage({ port: hand.port, clock, request });
		const playing = scene.runner.play('job-1');
		await settle();
		expect({ calls: hand.calls(), kept: scene.kept.length }).toEqual({ calls: 1, kept: 0 });
		await advance(100);
		const { instructions, messages, story } = REQUEST;
		expect(scene.kept.map(({ input }) => input)).toEqual([
			{
				jobId: 'job-1',
				interjection: false,
				speaker: story.bot,
				model: 'hand',
				instructions,
				messages,
				parts
			}
		]);
		hand.give(text('Hello.'), done);
		await settle();
		await playing;
		expect(scene.kept).toHaveLength(1);
	});

	it('is kept before the end where that comes at once, and the reply does not wait for it', async () => {
		const hand = handPort();
		const scene = stage({ port: hand.port, keep: () => new Promise(() => undefined) });
		const playing = scene.runner.play('job-1');
		hand.give(text('Hello.'), done);
		await playing;
		expect(scene.kept).toHaveLength(1);
		expect(scene.commands.map(({ name }) => name)).toEqual(['finish_reply']);
	});

	it('is lost without a word where the log does not take it', async () => {
		const hand = handPort();
		const scene = stage({ port: hand.port, keep: () => Promise.reject(new Error('the disk is full')) });
		const playing = scene.runner.play('job-1');
		hand.give(text('Hello.'), done);
		await playing;
		expect(scene.last()).toMatchObject({ name: 'finish_reply', input: { text: 'Hello.' } });
	});
});

describe('a reply that is too long', () => {
	it('for the model ends at its limit', async () => {
		const hand = handPort();
		hand.give(text('The sea rose and'), { kind: 'end', reason: 'length' });
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'finish_reply',
			input: { text: 'The sea rose and', ended: 'limit', model: 'hand' }
		});
	});

	it.each([
		['between characters', 'x'.repeat(TURN_MAX_CHARS - 1), 'yz', TURN_MAX_CHARS],
		['through a character', 'x'.repeat(TURN_MAX_CHARS - 1), '😀z', TURN_MAX_CHARS - 1]
	])('for a turn ends there, and hangs up (%s)', async (_, before, over, length) => {
		const hungUp = vi.fn();
		const port: TurnPort = {
			capabilities: { model: 'long', contextTokens: null, maxOutputTokens: 400 },
			decide: undecided,
			async *streamProse() {
				try {
					yield text(before);
					for (let n = 0; n < 100; n += 1) yield text(over);
					yield done;
				} finally {
					hungUp();
				}
			}
		};
		const scene = stage({ port });
		await scene.runner.play('job-1');
		expect(hungUp).toHaveBeenCalled();
		const said = (before + over).slice(0, length);
		expect(scene.commands.every(({ name }) => ['save_draft', 'finish_reply'].includes(name))).toBe(true);
		expect(scene.last()).toMatchObject({ name: 'finish_reply', input: { ended: 'limit' } });
		// compared by hand: a difference of a million characters is slow to print
		expect((scene.last()?.input as { text: string }).text === said).toBe(true);
		expect(scene.shown() === said).toBe(true);
	});

	it('by nothing is whole', async () => {
		const hand = handPort();
		hand.give(text('x'.repeat(TURN_MAX_CHARS)), done);
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({ input: { ended: 'whole' } });
	});
});

describe('an end the log refuses', () => {
	const usage: ProsePart = {
		kind: 'usage',
		usage: { inputTokens: 4, outputTokens: 3, cacheReadTokens: null, cacheWriteTokens: null, costUsd: null }
	};
	/** Plays 'Hello.' against a log that refuses the first commands, one per type. */
	const refusedWith = async (types: readonly string[], end: ProsePart = done) => {
		const hand = handPort();
		hand.give(text('Hello.'), usage, end);
		let times = 0;
		const scene = stage({
			port: hand.port,
			dispatch: async () => {
				const type = types[times++];
				return type === undefined ? ok(null) : refuse({ type });
			}
		});
		const thrown = await scene.runner.play('job-1').then(
			() => null,
			(error: unknown) => error
		);
		return { scene, thrown };
	};

	it('is offered once more without what is not needed', async () => {
		const { scene, thrown } = await refusedWith(['invalid_input']);
		expect(thrown).toBeNull();
		expect(scene.commands).toMatchObject([
			{ name: 'finish_reply', input: { text: 'Hello.', ended: 'whole', usage: { inputTokens: 4 } } },
			{ name: 'finish_reply', input: { text: 'Hello.', ended: 'whole', model: 'hand', usage: null } }
		]);
		expect(new Set(scene.commands.map(({ id }) => id)).size).toBe(2);
		expect(scene.kinds().at(-1)).toBe('ended');
	});

	it('becomes a draft to keep when it is refused again', async () => {
		const { scene, thrown } = await refusedWith(['invalid_input', 'invalid_input']);
		expect(thrown).toBeNull();
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { jobId: 'job-1', text: 'Hello.', failure: { type: 'interrupted' } }
		});
		expect(scene.kinds().at(-1)).toBe('ended');
	});

	it('of a failure keeps the text, and the failure by name', async () => {
		const failure = { type: 'overloaded', said: 'x' } as const;
		const { scene } = await refusedWith(['invalid_input'], {
			kind: 'end',
			reason: 'failed',
			failure,
			again: false
		});
		expect(scene.commands.map(({ name, input }) => [name, input])).toEqual([
			['fail_reply', expect.objectContaining({ jobId: 'job-1', text: 'Hello.', failure, model: 'hand' })],
			['fail_reply', { jobId: 'job-1', after: 'turn-1', text: 'Hello.', failure: { type: 'overloaded' } }]
		]);
	});

	it('whatever it is offered is reported, and not called ended', async () => {
		const { scene, thrown } = await refusedWith(['invalid_input', 'invalid_input', 'invalid_input']);
		expect(thrown).toEqual(new Error('the log refused the end of the reply: invalid_input'));
		expect(scene.kinds()).not.toContain('ended');
	});

	it('because the job is gone has ended', async () => {
		const { scene, thrown } = await refusedWith(['job_unknown']);
		expect(thrown).toBeNull();
		expect(scene.commands.map(({ name }) => name)).toEqual(['finish_reply', 'note_spending']);
		expect(scene.kinds().at(-1)).toBe('ended');
	});
});

describe('a job that is ended or replaced elsewhere', () => {
	const request = { ...PROSE, request: REQUEST, connectionId: 'c1', draft: '' };

	it.each(['while nothing is said yet', 'after a few words', 'while the provider is loading'])(
		'stops its writer %s, without a word to the log',
		async (when) => {
			const { clock, advance, waiting } = standingClock();
			const hand = handPort();
			let open = true;
			const hungUp = vi.fn();
			const port: TurnPort = {
				...hand.port,
				async *streamProse(asked, signal) {
					signal.addEventListener('abort', hungUp);
					yield* hand.port.streamProse(asked, signal);
				}
			};
			const scene = stage({
				port,
				clock,
				ask: async () => (open ? request : null),
				...(when === 'while the provider is loading' ? { opening: new Promise<never>(() => undefined) } : {})
			});
			const playing = scene.runner.play('job-1');
			await advance(10_000);
			if (when === 'after a few words') hand.give(text('Hello '));
			await advance(10_000);
			const before = scene.commands.length;
			expect(scene.kinds()).not.toContain('ended');
			open = false;
			await advance(5000);
			await playing;
			expect(scene.commands).toHaveLength(before);
			expect(scene.kinds().at(-1)).toBe('ended');
			if (when !== 'while the provider is loading') expect(hungUp).toHaveBeenCalled();
			expect(waiting()).toBe(0);
		}
	);

	it('is not what a log that does not answer means', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		let times = 0;
		const scene = stage({
			port: hand.port,
			clock,
			ask: () => (times++ === 0 ? Promise.resolve(request) : Promise.reject(new Error('asleep')))
		});
		const playing = scene.runner.play('job-1');
		await advance(20_000);
		hand.give(text('Hello.'), done);
		await playing;
		expect(times).toBeGreaterThan(2);
		expect(scene.last()).toMatchObject({ name: 'finish_reply', input: { text: 'Hello.', ended: 'whole' } });
	});
});

describe('where locks are missing', () => {
	it.each<[string, Locks]>([
		[
			'refused',
			{ request: () => Promise.reject(new DOMException('The request was denied.', 'SecurityError')) }
		],
		[
			'not there',
			{
				request: () => {
					throw new TypeError('undefined is not an object');
				}
			}
		]
	])('a job is played without one (%s)', async (_, locks) => {
		const hand = handPort();
		hand.give(text('Hello.'), done);
		const scene = stage({ port: hand.port, locks });
		await scene.runner.play('job-1');
		expect(scene.commands).toMatchObject([{ name: 'finish_reply', input: { text: 'Hello.' } }]);
	});

	it('is not what a failure of the job itself means', async () => {
		const scene = stage({ port: handPort().port, request: { not: 'a request' } });
		await expect(scene.runner.play('job-1')).rejects.toThrow();
		expect(scene.asked).toHaveLength(1);
	});
});

describe('Stop', () => {
	it('after the first word writes what was said', async () => {
		const { clock, advance, settle } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		hand.give(text('The door '));
		await advance(40);
		hand.give(text('op'));
		await settle();
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(scene.last()).toMatchObject({
			name: 'finish_reply',
			input: { text: 'The door op', ended: 'stopped', usage: null }
		});
		expect(scene.shown()).toBe('The door op');
		expect(scene.kinds().at(-1)).toBe('ended');
	});

	it.each([['nothing'], [' \n']])('before the first word drops the reply (%j)', async (said) => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		if (said !== 'nothing') hand.give(text(said));
		await advance(1000);
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(scene.last()).toMatchObject({ name: 'drop_reply', input: { jobId: 'job-1' } });
		expect(scene.named('finish_reply').concat(scene.named('fail_reply'))).toEqual([]);
	});

	it('before the request sends none', async () => {
		const hand = handPort();
		const scene = stage({ port: hand.port });
		const playing = scene.runner.play('job-1');
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(hand.calls()).toBe(0);
		expect(scene.commands.map((command) => command.name)).toEqual(['drop_reply']);
	});

	it('does not wait for a provider that is still loading', async () => {
		const scene = stage({ opening: new Promise(() => undefined) });
		const playing = scene.runner.play('job-1');
		await vi.waitFor(() => expect(scene.kinds()).toEqual(['whole']));
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(scene.commands.map((command) => command.name)).toEqual(['drop_reply']);
	});

	it('of another job does nothing', async () => {
		const { clock, settle } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		scene.runner.hear({ kind: 'stop', jobId: 'job-2' });
		hand.give(text('Hello.'), done);
		await playing;
		await settle();
		expect(scene.last()).toMatchObject({ name: 'finish_reply', input: { ended: 'whole' } });
	});
});

describe('when it cannot go on', () => {
	it('does nothing for a job that is gone', async () => {
		const scene = stage({ request: null });
		await scene.runner.play('job-1');
		expect(scene.commands).toEqual([]);
		expect(scene.news).toEqual([]);
	});

	it('does nothing while another tab holds the lock', async () => {
		const names: string[] = [];
		const locks: Locks = {
			request: async (name, options, run) => {
				names.push(name);
				expect(options).toEqual({ ifAvailable: true });
				return run(null);
			}
		};
		const scene = stage({ port: handPort().port, locks });
		await scene.runner.play('job-1');
		expect(names).toEqual(['job:job-1']);
		expect(scene.asked).toEqual([]);
	});

	it('holds the lock until the end is written', async () => {
		const order: string[] = [];
		const locks: Locks = {
			request: async (_name, _options, run) => {
				order.push('locked');
				await run({});
				order.push('free');
			}
		};
		const hand = handPort();
		hand.give(text('Hello.'), done);
		const scene = stage({
			port: hand.port,
			locks,
			dispatch: async (command) => {
				order.push(command.name);
				return ok(null);
			}
		});
		await scene.runner.play('job-1');
		expect(order).toEqual(['locked', 'finish_reply', 'free']);
	});

	it('plays a job once at a time', async () => {
		const hand = handPort();
		hand.give(text('Hello.'), done);
		const scene = stage({ port: hand.port });
		await Promise.all([scene.runner.play('job-1'), scene.runner.play('job-1')]);
		expect(scene.asked).toHaveLength(1);
		expect(hand.calls()).toBe(1);
	});

	it('stops quietly when the job became unknown', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock, dispatch: async () => refuse({ type: 'job_unknown' }) });
		const playing = scene.runner.play('job-1');
		hand.give(text('Hello '));
		await advance(600);
		await playing;
		expect(scene.commands.map((command) => command.name)).toEqual(['save_draft']);
		expect(scene.kinds().at(-1)).toBe('ended');
	});

	it('offers the words of an earlier, cut run instead of asking again', async () => {
		const hand = handPort();
		const scene = stage({ port: hand.port, draft: 'The lamp goes' });
		await scene.runner.play('job-1');
		expect(hand.calls()).toBe(0);
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { jobId: 'job-1', text: 'The lamp goes', failure: { type: 'interrupted' } }
		});
	});

	it.each<[ModelFailure['type']]>([['no-connection'], ['no-key']])('says %s', async (type) => {
		const scene = stage({ failure: { type } });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({ name: 'fail_reply', input: { text: '', failure: { type } } });
	});

	it('calls a blank reply empty', async () => {
		const hand = handPort();
		hand.give(text(' \n\t'), done);
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { text: '', failure: { type: 'empty' } }
		});
	});

	it('says that there was no room, where a model thought until its longest was reached', async () => {
		const hand = handPort();
		hand.give({ kind: 'reasoning', text: 'She would be ' }, { kind: 'end', reason: 'length' });
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { text: '', failure: { type: 'no-room' } }
		});
	});

	it('calls a port that ends without an end interrupted', async () => {
		const port: TurnPort = {
			capabilities: { model: 'odd', contextTokens: null, maxOutputTokens: 400 },
			decide: undecided,
			async *streamProse() {
				yield text('Hello');
			}
		};
		const scene = stage({ port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { text: 'Hello', failure: { type: 'interrupted' } }
		});
	});

	it('offers the end again, as the same command, while storage fails', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		hand.give(text('Hello.'), done);
		let times = 0;
		const scene = stage({
			port: hand.port,
			clock,
			dispatch: () => {
				times += 1;
				return times < 5 ? Promise.reject(new Error('disk full')) : Promise.resolve(ok(null));
			}
		});
		const playing = scene.runner.play('job-1');
		await advance(60_000);
		await playing;
		const ends = scene.named('finish_reply');
		expect(ends).toHaveLength(5);
		expect(new Set(ends.map((command) => command.id)).size).toBe(1);
		expect(scene.kinds().at(-1)).toBe('ended');
	});

	it('gives up on a log that never takes the end, and lets go of the job without calling it ended', async () => {
		const { clock, advance, waiting } = standingClock();
		const hand = handPort();
		hand.give(text('Hello.'), done);
		const scene = stage({ port: hand.port, clock, dispatch: () => Promise.reject(new Error('disk full')) });
		const playing = scene.runner.play('job-1');
		const gaveUp = expect(playing).rejects.toThrow('disk full');
		await advance(200_000);
		await gaveUp;
		expect(waiting()).toBe(0);
		expect(scene.kinds()).not.toContain('ended');
	});

	it('asks the log again when it does not answer at first', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		hand.give(text('Hello.'), done);
		let times = 0;
		const scene = stage({
			port: hand.port,
			clock,
			ask: () => {
				times += 1;
				return times < 3
					? Promise.reject(new Error('asleep'))
					: Promise.resolve({ ...PROSE, request: REQUEST, connectionId: 'c1', draft: '' });
			}
		});
		const playing = scene.runner.play('job-1');
		await advance(10_000);
		await playing;
		expect(scene.last()?.name).toBe('finish_reply');
	});
});

describe('waiting and asking again', () => {
	const busy = (more: Partial<ModelFailure> = {}): ProsePart => ({
		kind: 'end',
		reason: 'failed',
		failure: { type: 'rate-limited', status: 429, ...more },
		again: true
	});

	it('happens three times before the first word, and is told', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		hand.give(busy(), busy(), busy(), busy());
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		await advance(30_000);
		await playing;
		expect(hand.calls()).toBe(4);
		expect(scene.news.flatMap((item) => (item.kind === 'waiting' ? [item.seconds] : []))).toEqual([1, 2, 4]);
		expect(scene.last()).toMatchObject({ name: 'fail_reply', input: { failure: { type: 'rate-limited' } } });
	});

	it('waits as long as the provider asked, and says how long is left', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		hand.give(busy({ retryAfterSeconds: 20 }), text('Hello.'), done);
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		await advance(12_000);
		scene.runner.hear({ kind: 'resync', jobId: 'job-1' });
		expect(scene.news.slice(-2)).toMatchObject([
			{ kind: 'whole', text: '', stage: 'asking' },
			{ kind: 'waiting', seconds: 9, reason: 'rate-limited' }
		]);
		expect(hand.calls()).toBe(1);
		await advance(9_000);
		await playing;
		expect(scene.last()).toMatchObject({ name: 'finish_reply', input: { text: 'Hello.' } });
	});

	it('is not done for a wait of minutes', async () => {
		const hand = handPort();
		hand.give(busy({ retryAfterSeconds: 600 }));
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { failure: { retryAfterSeconds: 600 } }
		});
	});

	it('is not done after the first word', async () => {
		const hand = handPort();
		hand.give(text('Hello'), busy());
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(hand.calls()).toBe(1);
		expect(scene.last()).toMatchObject({ name: 'fail_reply', input: { text: 'Hello' } });
	});

	it('is not done where it cannot help', async () => {
		const hand = handPort();
		hand.give({ kind: 'end', reason: 'failed', failure: { type: 'quota' }, again: false });
		const scene = stage({ port: hand.port });
		await scene.runner.play('job-1');
		expect(hand.calls()).toBe(1);
	});

	it('ends at once on Stop', async () => {
		const { clock, advance, waiting } = standingClock();
		const hand = handPort();
		hand.give(busy({ retryAfterSeconds: 50 }));
		const scene = stage({ port: hand.port, clock });
		const playing = scene.runner.play('job-1');
		await advance(5_000);
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(scene.commands.map((command) => command.name)).toEqual(['drop_reply']);
		expect(waiting()).toBe(0);
	});
});

describe('a reply that goes on', () => {
	const on = (stands: boolean) => ({
		request: {
			...PROSE,
			request: REQUEST,
			connectionId: 'c1',
			draft: 'The lamp goes out and',
			goesOn: { text: 'The lamp goes out and', stands }
		}
	});

	it('is told and written whole, without what the model says again', async () => {
		const hand = handPort();
		hand.give(text('The lamp goes'), text(' out and'), text(' the door'), text(' opens.'), done);
		const scene = stage({ port: hand.port, ...on(false) });
		await scene.runner.play('job-1');
		expect(scene.news[0]).toMatchObject({ kind: 'whole', text: 'The lamp goes out and', stage: 'asking' });
		expect(scene.shown()).toBe('The lamp goes out and the door opens.');
		expect(scene.last()).toMatchObject({
			name: 'finish_reply',
			input: { text: 'The lamp goes out and the door opens.', ended: 'whole' }
		});
	});

	it('says at once what cannot be a repetition, and keeps it as a draft', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, clock, ...on(false) });
		const playing = scene.runner.play('job-1');
		hand.give(text(' the door opens'));
		await advance(600);
		expect(scene.shown()).toBe('The lamp goes out and the door opens');
		expect(scene.named('save_draft').map(({ input }) => input)).toEqual([
			{ jobId: 'job-1', after: 'turn-1', text: 'The lamp goes out and the door opens' }
		]);
		hand.give(text('.'), { kind: 'end', reason: 'failed', failure: { type: 'interrupted' }, again: true });
		await playing;
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { text: 'The lamp goes out and the door opens.', failure: { type: 'interrupted' } }
		});
	});

	it.each([
		['a draft that fails again stays', false, 'failed', 'fail_reply', 'The lamp goes out and'],
		['a draft that is stopped before a word stays', false, 'stopped', 'fail_reply', 'The lamp goes out and'],
		['beside a turn that stands, a failure has no words', true, 'failed', 'fail_reply', ''],
		['beside a turn that stands, Stop leaves nothing', true, 'stopped', 'drop_reply', undefined]
	] as const)('%s', async (_, stands, how, name, said) => {
		const hand = handPort();
		const scene = stage({ port: hand.port, ...on(stands) });
		const playing = scene.runner.play('job-1');
		if (how === 'stopped') scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		else hand.give({ kind: 'end', reason: 'failed', failure: { type: 'offline' }, again: false });
		await playing;
		expect(scene.last()).toMatchObject({ name, input: { jobId: 'job-1' } });
		expect((scene.last()?.input as { text?: string }).text).toBe(said);
	});

	it('is not asked again after another run wrote more of it', async () => {
		const hand = handPort();
		const { request } = on(false);
		const scene = stage({ port: hand.port, request: { ...request, draft: 'The lamp goes out and on' } });
		await scene.runner.play('job-1');
		expect(hand.calls()).toBe(0);
		expect(scene.last()).toMatchObject({ name: 'fail_reply', input: { text: 'The lamp goes out and on' } });
	});

	it('keeps its draft when there is no connection to ask', async () => {
		const scene = stage({ failure: { type: 'no-key' }, ...on(false) });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({
			name: 'fail_reply',
			input: { text: 'The lamp goes out and', failure: { type: 'no-key' } }
		});
	});
});

describe('the account', () => {
	const learned: [number, number][] = [];
	const meter: Meter = {
		room: 1000,
		ratio: 2,
		count: async () => null,
		learn: (estimated, actual) => void learned.push([estimated, actual]),
		learnWindow: () => undefined,
		costOf: ({ inputTokens, outputTokens }) => ((inputTokens ?? 0) + 10 * (outputTokens ?? 0)) / 1e6
	};
	const request = { ...PROSE, request: REQUEST, connectionId: 'c1', draft: '', estimate: 50 };
	const counted = { inputTokens: 90, outputTokens: 3, cacheReadTokens: 40, cacheWriteTokens: null };
	const usageOf = (scene: ReturnType<typeof stage>) => (scene.last()?.input as { usage?: unknown }).usage;

	it('takes what the provider counted, prices it, and learns from it', async () => {
		const hand = handPort();
		hand.give(text('Yes.'), { kind: 'usage', usage: { ...counted, costUsd: null } }, done);
		const scene = stage({ port: hand.port, meter, request });
		await scene.runner.play('job-1');
		expect(usageOf(scene)).toEqual({
			inputTokens: 90,
			outputTokens: 3,
			cacheReadTokens: 40,
			costUsd: 0.00012,
			estimated: false
		});
		expect(learned).toEqual([[50, 90]]);
		expect(scene.asked[1]).toEqual(['stage_request', { jobId: 'job-1', room: { tokens: 1000, ratio: 2 } }]);
	});

	it('believes a provider about the price', async () => {
		const hand = handPort();
		hand.give(text('Yes.'), { kind: 'usage', usage: { ...counted, costUsd: 0.5 } }, done);
		const scene = stage({ port: hand.port, meter, request });
		await scene.runner.play('job-1');
		expect(usageOf(scene)).toMatchObject({ costUsd: 0.5, estimated: false });
	});

	it.each(['stopped', 'cut'])('counts itself what was %s', async (how) => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({ port: hand.port, meter, request, clock });
		const playing = scene.runner.play('job-1');
		hand.give(text('The lamp goes out and'));
		await advance(40);
		if (how === 'stopped') scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		else hand.give({ kind: 'end', reason: 'failed', failure: { type: 'interrupted' }, again: false });
		await playing;
		expect(usageOf(scene)).toMatchObject({ inputTokens: 100, outputTokens: 10, estimated: true });
	});

	it.each(['before', 'after'])(
		'has what a reply took whose job another tab gave up, told %s it ended here',
		async (when) => {
			const { clock, advance } = standingClock();
			const hand = handPort();
			const unknown = refuse({ type: 'job_unknown' });
			const dispatch = async ({ name }: CommandEnvelope) => (name === 'finish_reply' ? unknown : ok(null));
			const scene = stage({ port: hand.port, meter, request, clock, dispatch });
			const playing = scene.runner.play('job-1');
			hand.give(text('The lamp goes out and'));
			await advance(40);
			if (when === 'before') scene.runner.hear({ kind: 'given-up', jobId: 'job-1' });
			else hand.give(done);
			await playing;
			const { chatId, turnId } = REQUEST;
			expect(scene.named('note_spending').map(({ input }) => input)).toMatchObject([
				{
					chatId,
					turnId,
					task: 'prose',
					connectionId: 'c1',
					usage: { inputTokens: 100, outputTokens: 10, estimated: true }
				}
			]);
			expect(scene.named('finish_reply')).toHaveLength(when === 'before' ? 0 : 1);
		}
	);

	it('has nothing for a job given up before it was asked', async () => {
		const { clock, advance } = standingClock();
		const hand = handPort();
		const scene = stage({
			meter,
			clock,
			port: hand.port,
			request,
			opening: new Promise<never>(() => undefined)
		});
		const playing = scene.runner.play('job-1');
		await advance(40);
		scene.runner.hear({ kind: 'given-up', jobId: 'job-1' });
		await playing;
		expect(scene.commands).toEqual([]);
	});

	it('counts nothing for what was refused', async () => {
		const hand = handPort();
		hand.give({ kind: 'end', reason: 'failed', failure: { type: 'bad-key' }, again: false });
		const scene = stage({ port: hand.port, meter, request });
		await scene.runner.play('job-1');
		expect(usageOf(scene)).toBeUndefined();
	});
});

describe('against a server', () => {
	let server: ReplayServer;
	beforeAll(async () => {
		server = await startReplayServer();
	});
	afterAll(() => server.close());

	const portAt = (scenario: string): TurnPort =>
		createOpenAiCompatible(
			{
				url: server.base(scenario),
				model: 'replay',
				secret: CANARY,
				contextTokens: null,
				maxOutputTokens: 100,
				temperature: null,
				topP: null
			},
			{ fetch, online: () => true, loopbackPermission: () => Promise.resolve(null) },
			undefined,
			{ firstChunkMs: 5000, chunkMs: 5000 }
		);

	it.each([
		['whole', 'finish_reply', REPLAY_TEXT.whole],
		['1/unicode', 'finish_reply', REPLAY_TEXT.unicode],
		['7/hostile', 'finish_reply', REPLAY_TEXT.hostile],
		['split-escape', 'finish_reply', 'a😀b'],
		['big', 'finish_reply', REPLAY_TEXT.big],
		['500-then-ok', 'finish_reply', REPLAY_TEXT.whole],
		['429-retry-after', 'finish_reply', REPLAY_TEXT.whole],
		['cut-first', 'finish_reply', REPLAY_TEXT.whole],
		['error-event-first', 'finish_reply', REPLAY_TEXT.whole],
		['cut', 'fail_reply', REPLAY_TEXT.beforeCut],
		['clean-eof', 'fail_reply', REPLAY_TEXT.beforeCut],
		['error-event', 'fail_reply', REPLAY_TEXT.beforeCut],
		['401', 'fail_reply', ''],
		['429-quota', 'fail_reply', ''],
		['bad-request', 'fail_reply', ''],
		['empty', 'fail_reply', ''],
		['blank', 'fail_reply', ''],
		['think-cut', 'fail_reply', '']
	])('%s ends as %s, with the text told equal to the text written', async (scenario, name, said) => {
		const output = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
		const scene = stage({ port: portAt(scenario), clock: hurriedClock });
		await scene.runner.play('job-1');
		expect(scene.last()).toMatchObject({ name, input: { text: said } });
		if (said !== '') expect(scene.shown()).toBe(said);
		expect(scene.kinds().at(-1)).toBe('ended');
		const everything = JSON.stringify([
			scene.commands,
			scene.news,
			scene.asked,
			output.map((spy) => spy.mock.calls)
		]);
		expect(everything).not.toContain(CANARY);
		expect(everything).not.toContain('canary');
		expect(everything).not.toContain('keeps the lighthouse');
		for (const spy of output) expect(spy).not.toHaveBeenCalled();
		vi.restoreAllMocks();
	});

	it.each([
		['hung', 'drop_reply'],
		['stalled', 'finish_reply']
	])('Stop ends %s at once, closes the socket and writes %s', async (scenario, name) => {
		const before = server.requests.length;
		const scene = stage({ port: portAt(scenario) });
		const playing = scene.runner.play('job-1');
		await vi.waitFor(() => expect(server.requests.length).toBe(before + 1));
		if (scenario === 'stalled') await vi.waitFor(() => expect(scene.shown()).toBe(REPLAY_TEXT.beforeCut));
		scene.runner.hear({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(scene.last()?.name).toBe(name);
		if (name === 'finish_reply') {
			expect(scene.last()?.input).toMatchObject({
				text: REPLAY_TEXT.beforeCut,
				ended: 'stopped',
				usage: null
			});
		}
		await vi.waitFor(() => expect(server.requests[before]?.closedEarly).toBe(true));
	});
});
