// The runner through every stage, over the real domain in memory and a scripted port: Stop, silence, garbage, crashes.
import { describe, expect, it } from 'vitest';
import { given, type Given } from '#tests/support/given.ts';
import { dump, foldedTables, replayed } from '#tests/support/state.ts';
import { tellCounted } from '#tests/support/tally.ts';
import { streamHead } from '../../domain/kernel/log.ts';
import { NO_ANSWER, type ClassifierName } from '../../domain/story/classifiers.ts';
import { ok, refuse } from '../../domain/kernel/result.ts';
import { chatStream } from '../../domain/streams.ts';
import { vocabulary } from '../../domain/vocabulary.ts';
import type { ModelFailure, StreamNews } from '../protocol.ts';
import type { Clock } from './clock.ts';
import type { Meter } from './packing.ts';
import type { DecideRequest, Decision, TurnPort } from './port.ts';
import { createTurnRunner, type Locks } from './turn-runner.ts';

type Script = Partial<Record<ClassifierName, unknown>>;

/** A clock whose timers run when the test says so. */
const handClock = () => {
	let now = 0;
	/** Timers up to this long run at once, and time passes by them. */
	const hurry = { ms: 0 };
	const timers = new Set<{ readonly ms: number; readonly run: () => void }>();
	const clock: Clock = {
		now: () => now,
		later: (ms, run) => {
			if (ms <= hurry.ms) {
				now += ms;
				setImmediate(run);
				return () => undefined;
			}
			const timer = { ms, run };
			timers.add(timer);
			return () => void timers.delete(timer);
		}
	};
	return {
		clock,
		hurry,
		/** Says how many rang. */
		ring: (ms: number): number => {
			const due = [...timers].filter((timer) => timer.ms === ms);
			for (const timer of due) {
				timers.delete(timer);
				timer.run();
			}
			return due.length;
		}
	};
};

const never = new Promise<never>(() => undefined);

/** Stands in a script for a provider that does not answer now. */
class Busy {
	readonly failure: ModelFailure;
	readonly again: boolean;

	constructor(failure: ModelFailure, again = true) {
		this.failure = failure;
		this.again = again;
	}
}

const isSaidLater = (line: unknown): line is () => unknown => typeof line === 'function';

/** A port that speaks, and answers classifiers as scripted: a value, what gives one, or nothing, ever. */
const scripted = (script: Script, asked: string[], contextTokens: number | null = null): TurnPort => ({
	capabilities: { model: 'scripted', contextTokens, maxOutputTokens: 400 },
	async *streamProse(request) {
		asked.push('prose');
		yield { kind: 'text', text: `${request.story.bot} speaks.` };
		yield { kind: 'end', reason: 'done' };
	},
	decide: async <T>({ name, schema, fallback, tally }: DecideRequest<T>): Promise<Decision<T>> => {
		asked.push(name);
		const line: unknown = Object.entries(script).find(([key]) => key === name)?.[1];
		const said: unknown = isSaidLater(line) ? line() : line;
		if (said === never) {
			tally.sent(50);
			tally.heard({ kind: 'text', text: '{"memories":[{"text":"She' });
			return never;
		}
		tellCounted(tally);
		if (said instanceof Busy)
			return { value: fallback, via: 'fallback', failure: said.failure, again: said.again };
		const read = schema.safeParse(said);
		return read.success
			? { value: read.data, via: 'schema', failure: null }
			: { value: fallback, via: 'fallback', failure: { type: 'invalid-output' }, raw: String(said) };
	}
});

const FULL: Script = {
	observer: {
		...NO_ANSWER.observer,
		memories: [{ owner: 'host', text: 'It was said.', significance: 1, you: true, host: true, guest: true }]
	},
	transitions: NO_ANSWER.transitions,
	interjection: { speaks: true, why: '' },
	merged: { ...NO_ANSWER.merged, speaks: true }
};

const setting = async (
	given_: {
		script?: Script;
		window?: number;
		failure?: ModelFailure;
		locks?: Locks;
		meter?: Meter;
		told?: (input: unknown) => void;
	} = {}
) => {
	const at: Given = await given();
	const { botId } = at.done('author_bot', { name: 'Mara' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId, guestId });
	const { jobId, turnId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'c1' });
	const asked: string[] = [];
	const news: StreamNews[] = [];
	const tasks: string[] = [];
	const { clock, hurry, ring } = handClock();
	const port = scripted({ ...FULL, ...given_.script }, asked, given_.window ?? null);
	/** Set to let a worker die before a command of this name is told to the log. */
	const dies = { before: '' };
	/** Commands that throw when they are told to the log, by name, and what. */
	const throws = new Map<string, Error>();
	let ids = 0;
	const start = () =>
		createTurnRunner({
			log: {
				ask: async (name, input) => {
					given_.told?.(input);
					return at.app.ask(name, input);
				},
				dispatch: async (command) => {
					const error = throws.get(command.name);
					if (error !== undefined) throw error;
					return command.name === dies.before
						? never
						: Promise.resolve(at.app.dispatch({ ...command, id: `run-${String((ids += 1))}`, tab: 'tab-1' }));
				},
				tell: (item) => void news.push(item)
			},
			open: async (_connection, _choice, task) => {
				tasks.push(task);
				return given_.failure !== undefined && task === 'classify'
					? refuse(given_.failure)
					: ok({ port, meter: given_.meter ?? null });
			},
			locks: given_.locks ?? { request: (_name, _options, run) => run({}) },
			clock,
			random: () => 0.5,
			newId: () => crypto.randomUUID()
		});
	return {
		at,
		chatId,
		turnId,
		jobId,
		asked,
		tasks,
		hurry,
		ring,
		clock,
		dies,
		throws,
		start,
		stages: () => news.flatMap((item) => (item.kind === 'whole' ? [item.stage] : [])),
		waits: () => news.flatMap((item) => (item.kind === 'waiting' ? [item.seconds] : [])),
		ended: () => news.filter(({ kind }) => kind === 'ended').length,
		open: () => at.sql.all({ text: 'select stage from reply_jobs', values: [] }).map((row) => row['stage']),
		failures: () =>
			at.sql
				.all({ text: 'select classifier, reason from classifier_failures order by position', values: [] })
				.map((row) => [row['classifier'], (JSON.parse(String(row['reason'])) as { type: string }).type]),
		memories: () => at.sql.all({ text: 'select 1 from memories', values: [] }).length,
		said: () => at.ask('transcript', { chatId }).turns.map(({ text }) => text)
	};
};

/** Twice the tokens of our estimates, at a dollar for a million. */
const METER: Meter = {
	room: 8000,
	ratio: 2,
	count: async () => null,
	learn: (): never => {
		throw new Error('nothing is learned of a decision');
	},
	learnWindow: () => undefined,
	costOf: ({ inputTokens, outputTokens }) => ((inputTokens ?? 0) + (outputTokens ?? 0)) / 1e6
};

const soon = async (when: () => boolean): Promise<void> => {
	while (!when()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a turn', () => {
	it('is played through all of its stages, each told in its word', async () => {
		const scene = await setting();
		await scene.start().play(scene.jobId);
		expect(scene.asked).toEqual([
			'prose',
			'observer',
			'transitions',
			'interjection',
			'prose',
			'observer',
			'transitions'
		]);
		expect(scene.stages()).toEqual([
			'asking',
			'remembering',
			'weighing',
			'listening',
			'interjecting',
			'remembering',
			'weighing'
		]);
		expect([scene.open(), scene.ended(), scene.memories()]).toEqual([[], 1, 2]);
		expect(scene.said()).toEqual(['Well?', 'Mara speaks.', 'Edda speaks.']);
		expect(scene.tasks).toContain('classify');
		expect(scene.at.ask('account', { chatId: scene.chatId })).toMatchObject([{ inputTokens: 45 }]);
	});

	it('of a small model is asked about in one', async () => {
		const scene = await setting({ window: 4096 });
		await scene.start().play(scene.jobId);
		expect(scene.asked).toEqual(['prose', 'merged', 'prose', 'merged']);
		expect(scene.open()).toEqual([]);
	});
});

describe('a draft of the player’s turn', () => {
	const drafting = async () => {
		const scene = await setting();
		scene.at.done('drop_reply', { jobId: scene.jobId });
		const { jobId } = scene.at.done('impersonate', { chatId: scene.chatId, connectionId: 'c1' });
		return { ...scene, jobId, composer: () => scene.at.ask('chat', { chatId: scene.chatId })?.composer };
	};

	it('is written into the composer, told as what it is, and looked at by nobody', async () => {
		const scene = await drafting();
		await scene.start().play(scene.jobId);
		expect([scene.asked, scene.stages()]).toEqual([['prose'], ['drafting']]);
		expect([scene.open(), scene.said()]).toEqual([[], ['Well?']]);
		expect(scene.composer()).toBe('the player speaks.');
	});

	it('stopped before its first word leaves nothing', async () => {
		const scene = await drafting();
		const runner = scene.start();
		const played = runner.play(scene.jobId);
		runner.hear({ kind: 'stop', jobId: scene.jobId });
		await played;
		expect([scene.open(), scene.composer()]).toEqual([[], '']);
	});
});

describe('Stop', () => {
	it.each(['observer', 'transitions', 'interjection'] as const)(
		'ends a turn at once while a server never answers %s',
		async (name) => {
			const scene = await setting({ script: { [name]: never } });
			const runner = scene.start();
			const played = runner.play(scene.jobId);
			await soon(() => scene.asked.includes(name));
			runner.hear({ kind: 'stop', jobId: scene.jobId });
			// that it does not wait is for stop-hangs-up.test.ts: here nobody ever answers it
			await played;
			expect([scene.open(), scene.failures(), scene.ended()]).toEqual([[], [], 1]);
			expect(scene.said()).toEqual(['Well?', 'Mara speaks.']);
		}
	);
});

describe('a classifier', () => {
	it('that never answers is given up, and the turn stands', async () => {
		const scene = await setting({ script: { observer: never } });
		const played = scene.start().play(scene.jobId);
		await soon(() => scene.asked.includes('observer'));
		scene.ring(120_000);
		await played;
		expect(scene.failures()).toEqual([
			['observer', 'stalled'],
			['transitions', 'stalled'],
			['interjection', 'stalled']
		]);
		expect([scene.open(), scene.said()]).toEqual([[], ['Well?', 'Mara speaks.']]);
	});

	it('that answers with garbage is told with what it said, and the others are asked', async () => {
		const scene = await setting({
			script: { observer: 'A poem.', interjection: { speaks: false, why: '' } }
		});
		await scene.start().play(scene.jobId);
		expect(scene.failures()).toEqual([['observer', 'invalid-output']]);
		expect(scene.asked).toEqual(['prose', 'observer', 'transitions', 'interjection']);
		const [failed] = scene.at.sql.all({
			text: `select payload ->> '$.raw' as raw from event_log where kind = 'classifier_failed'`,
			values: []
		});
		expect(failed).toEqual({ raw: 'A poem.' });
	});

	it.each(['observer', 'merged'] as const)(
		'%s that is too long for its model is asked once more in fewer words, and what was named is learned',
		async (name) => {
			const windows: number[] = [];
			const rooms: unknown[] = [];
			const tooLong = new Busy({ type: 'context-too-long', limitTokens: 2000, sentTokens: 4000 }, false);
			const full = { ...Object(FULL[name]), speaks: false } as object;
			const answers: unknown[] = [tooLong];
			const scene = await setting({
				script: { [name]: () => answers.shift() ?? full, interjection: { speaks: false, why: '' } },
				meter: { ...METER, learn: () => undefined, learnWindow: (tokens) => void windows.push(tokens) },
				...(name === 'merged' ? { window: 4096 } : {}),
				told: (input) => void rooms.push(input)
			});
			scene.at.done('edit_turn', {
				chatId: scene.chatId,
				turnId: scene.turnId,
				text: `Well? ${'The lamp burns. '.repeat(1500)}`
			});
			await scene.start().play(scene.jobId);
			expect(scene.asked.filter((asked) => asked === name)).toHaveLength(2);
			expect([scene.failures(), windows, scene.open()]).toEqual([[], [2000], []]);
			expect(rooms).toContainEqual({
				jobId: scene.jobId,
				room: expect.objectContaining({ tokens: 1472 }) as unknown,
				...(name === 'merged' ? { merged: true } : {})
			});
		}
	);

	it('that stays too long for its model is told so, and not asked for ever', async () => {
		const tooLong = new Busy({ type: 'context-too-long' }, false);
		const scene = await setting({
			script: { observer: tooLong },
			meter: { ...METER, learn: () => undefined }
		});
		await scene.start().play(scene.jobId);
		expect(scene.failures()[0]).toEqual(['observer', 'context-too-long']);
		expect(scene.asked.filter((asked) => asked === 'observer').length).toBeLessThanOrEqual(2);
	});

	it('that a provider is too busy for is asked again after as long as it said, and told with the seconds left', async () => {
		const answers = [new Busy({ type: 'rate-limited', retryAfterSeconds: 20 }), FULL.observer];
		const scene = await setting({ script: { observer: () => answers.shift() ?? FULL.observer } });
		const runner = scene.start();
		const played = runner.play(scene.jobId);
		await soon(() => scene.waits().length > 0);
		expect([scene.waits(), scene.stages().at(-1), scene.open()]).toEqual([[21], 'remembering', ['observe']]);
		runner.hear({ kind: 'resync', jobId: scene.jobId });
		expect([scene.waits(), scene.stages().at(-1)]).toEqual([[21, 21], 'remembering']);
		expect(scene.ring(20_125)).toBe(1);
		await played;
		expect(scene.asked.slice(0, 4)).toEqual(['prose', 'observer', 'observer', 'transitions']);
		expect([scene.failures(), scene.memories(), scene.open()]).toEqual([[], 2, []]);
		// both askings of it were paid for
		expect(scene.at.ask('account', { chatId: scene.chatId })).toMatchObject([{ inputTokens: 54 }]);
	});

	it('that a provider stays too busy for is asked four times, and then given up', async () => {
		const busy = new Busy({ type: 'overloaded' });
		const scene = await setting({ script: { observer: busy, transitions: busy, interjection: busy } });
		scene.hurry.ms = 20_000;
		await scene.start().play(scene.jobId);
		expect(scene.asked).toEqual(['prose', 'observer', 'observer', 'observer', 'observer']);
		expect(scene.waits()).toEqual([1, 2, 4]);
		expect(scene.failures().map(([, type]) => type)).toEqual(['overloaded', 'overloaded', 'overloaded']);
	});

	it.each([
		['wants minutes of patience', new Busy({ type: 'rate-limited', retryAfterSeconds: 600 })],
		['will not answer later either', new Busy({ type: 'bad-key' }, false)]
	])('is not asked again of a provider that %s', async (_why, busy) => {
		const scene = await setting({ script: { observer: busy } });
		await scene.start().play(scene.jobId);
		expect([scene.asked, scene.waits()]).toEqual([['prose', 'observer'], []]);
	});

	it('that is waited for ends at once with Stop, and is asked by another tab when this one dies', async () => {
		const busy = new Busy({ type: 'rate-limited', retryAfterSeconds: 30 });
		const scene = await setting({ script: { observer: busy } });
		const first = scene.start();
		void first.play(scene.jobId);
		await soon(() => scene.waits().length === 1);
		// the first tab never comes back; its job is still at this stage
		const second = scene.start();
		const played = second.play(scene.jobId);
		await soon(() => scene.waits().length === 2);
		expect(scene.asked).toEqual(['prose', 'observer', 'observer']);
		second.hear({ kind: 'stop', jobId: scene.jobId });
		await played;
		expect([scene.open(), scene.failures()]).toEqual([[], []]);
	});

	it('without a connection fails once for all', async () => {
		const scene = await setting({ failure: { type: 'no-key' } });
		await scene.start().play(scene.jobId);
		expect(scene.failures()).toHaveLength(3);
		expect([scene.asked, scene.open()]).toEqual([['prose'], []]);
	});
});

describe('what was found and cannot be written down', () => {
	it('because Stet is at fault is told as that, and what comes after is asked', async () => {
		const scene = await setting();
		scene.hurry.ms = 15_000;
		scene.throws.set('apply_observation', new Error('a defect'));
		await scene.start().play(scene.jobId);
		expect(scene.asked).toEqual([
			'prose',
			'observer',
			'transitions',
			'interjection',
			'prose',
			'observer',
			'transitions'
		]);
		expect(scene.failures()).toEqual([
			['observer', 'not-kept'],
			['observer', 'not-kept']
		]);
		expect(scene.open()).toEqual([]);
	});

	it('because nothing can be is paid for three times, and ends when the disk takes something again', async () => {
		const scene = await setting({ script: { transitions: NO_ANSWER.transitions } });
		scene.hurry.ms = 15_000;
		const full = Object.assign(new Error('full'), { name: 'StorageError' });
		scene.throws.set('apply_observation', full).set('fail_stage', full);
		const runner = scene.start();
		for (let times = 0; times < 6; times += 1) await expect(runner.play(scene.jobId)).rejects.toThrow('full');
		expect(scene.asked).toEqual(['prose', 'observer', 'observer', 'observer']);
		scene.throws.clear();
		await runner.play(scene.jobId);
		expect(scene.failures()).toEqual([['observer', 'not-kept']]);
		expect(scene.open()).toEqual([]);
	});
});

describe('a classifier that returns', () => {
	/** What all of them say, none of it to be believed; `of`: something of another chat, by its true id. */
	const saying = (of: Record<'memory' | 'thread' | 'event' | 'bot', string>) => ({
		'ids of another chat': {
			observer: {
				...NO_ANSWER.observer,
				memories: [{ owner: of.bot, text: 'Mine.', significance: 3, you: true, host: true, guest: true }],
				revise: [{ memory: of.memory, text: 'Otherwise.' }],
				forget: [of.memory],
				edges: [{ from: of.bot, to: 'you', affinity: 5, trust: 5, reason: 'So.', fact: null }],
				threads_closed: [of.thread]
			},
			transitions: { ...NO_ANSWER.transitions, completed: [of.event], cancelled: [of.event] }
		},
		'10 000 memories': {
			observer: {
				...NO_ANSWER.observer,
				memories: Array.from({ length: 10_000 }, (_, i) => ({
					owner: 'host',
					text: `The ${String(i)}th.`,
					significance: i,
					you: true,
					host: true,
					guest: true
				}))
			}
		},
		'deltas of 10^9': {
			observer: {
				...NO_ANSWER.observer,
				edges: [1e9, -1e9, 1e9].map((n) => ({
					from: 'host',
					to: 'you',
					affinity: n,
					trust: -n,
					reason: 'So.',
					fact: null
				})),
				minutes: 1e9
			},
			transitions: { ...NO_ANSWER.transitions, planned: [{ title: 'The feast', kind: '', in_minutes: 1e9 }] }
		}
	});
	const isClamped = ({ kind }: { readonly kind: string }): boolean => kind === 'classifier_clamped';

	/** Plays a turn with such answers beside a chat that has something of everything; what is told of its reply. */
	const played = async (what: keyof ReturnType<typeof saying>) => {
		let script: Script = {};
		const scene = await setting({
			script: {
				observer: () => script.observer ?? NO_ANSWER.observer,
				transitions: () => script.transitions ?? NO_ANSWER.transitions,
				interjection: { speaks: false, why: '' }
			}
		});
		const { at, chatId } = scene;
		const { botId } = at.done('author_bot', { name: 'Ilse' });
		const { chatId: other } = at.done('create_chat', { botId });
		const witness = { you: true, host: true, guest: false };
		const memory = { owner: 'you', text: 'Kept.', witness };
		const { memoryId } = at.done('write_memory', { chatId: other, ...memory });
		const { threadId } = at.done('open_thread', { chatId: other, text: 'Who was it?' });
		const { eventId } = at.done('plan_event', { chatId: other, title: 'The harvest' });
		script = saying({ memory: memoryId, thread: threadId, event: eventId, bot: botId })[what];
		const tables = foldedTables(vocabulary)
			.map(({ name }) => name)
			.filter((name) => name !== streamHead.name);
		const before = dump(at.sql, tables, chatStream(other));
		await scene.start().play(scene.jobId);
		expect(scene.said()).toEqual(['Well?', 'Mara speaks.']);
		expect([scene.open(), scene.ended(), scene.failures()]).toEqual([[], 1, []]);
		expect(dump(at.sql, tables, chatStream(other))).toEqual(before);
		expect(dump(at.sql, tables)).toEqual(
			Object.fromEntries(tables.map((name) => [name, replayed(at.sql, vocabulary)[name]]))
		);
		const reply = at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? '';
		const effects = at.ask('effects', { chatId, turnIds: [reply] })[0]?.effects ?? [];
		return {
			scene,
			effects,
			told: effects
				.filter(isClamped)
				.map(({ payload }) => JSON.stringify(payload))
				.join()
		};
	};

	it('ids of another chat changes nothing of it, and the turn says that they were dropped', async () => {
		const { scene, effects, told } = await played('ids of another chat');
		expect(effects.filter((effect) => !isClamped(effect))).toEqual([]);
		for (const what of ['memory', 'edge', 'thread', 'event'])
			expect(told).toContain(`{"what":"${what}","why":"unknown"`);
		// the one of the other chat
		expect(scene.memories()).toBe(1);
	});

	it('10 000 memories is believed twelve of them, and the turn says that there were too many', async () => {
		const { effects, told } = await played('10 000 memories');
		expect(effects.filter(({ kind }) => kind === 'memory_written')).toHaveLength(12);
		expect(told).toContain(
			'[{"what":"memory","why":"too-many","said":"","times":9500},' +
				'{"what":"memory","why":"too-many","said":"The 12th."},' +
				'{"what":"memory","why":"too-many","said":"The 13th.","times":487}]'
		);
	});

	it('deltas of 10^9 moves a feeling by ten and the clock by a day, and the turn says that it was too much', async () => {
		const { scene, told } = await played('deltas of 10^9');
		const { edges } = scene.at.ask('edges', { chatId: scene.chatId });
		expect(edges.map(({ affinity, trust }) => [affinity, trust])).toEqual([[10, -10]]);
		expect(scene.at.ask('now', { chatId: scene.chatId })?.minutes).toBeLessThanOrEqual(2 * 1440);
		expect(told).toContain('{"what":"edge","why":"too-much"');
		expect(told).toContain('{"what":"time","why":"too-much"');
	});

	it.each([
		['nothing', ''],
		['null', null],
		['an empty object', {}],
		['an empty list', []]
	])('%s has failed, and the turn stands and says so', async (_, answer) => {
		const scene = await setting({
			script: { observer: answer, transitions: answer, interjection: answer }
		});
		await scene.start().play(scene.jobId);
		const { at, chatId } = scene;
		const [, reply] = at.ask('transcript', { chatId }).turns;
		expect(at.ask('effects', { chatId, turnIds: [reply?.turnId ?? ''] })).toMatchObject([
			{
				effects: [],
				failures: ['observer', 'transitions', 'interjection'].map((classifier) => ({
					classifier,
					reason: { type: 'invalid-output' }
				}))
			}
		]);
		expect([scene.open(), scene.said(), scene.memories()]).toEqual([[], ['Well?', 'Mara speaks.'], 0]);
	});
});

describe('a crash', () => {
	it.each([
		['apply_observation', 2],
		['apply_transitions', 2],
		['decide_interjection', 2]
	])(
		'before %s is taken up by whoever plays next, and what was found counts once',
		async (name, memories) => {
			const scene = await setting();
			scene.dies.before = name;
			void scene.start().play(scene.jobId);
			await soon(() => scene.open()[0] !== 'reply' && scene.asked.at(-1) !== 'prose');
			for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
			expect(scene.open()).toHaveLength(1);
			scene.dies.before = '';
			await scene.start().play(scene.jobId);
			expect([scene.open(), scene.memories()]).toEqual([[], memories]);
			expect(scene.said()).toEqual(['Well?', 'Mara speaks.', 'Edda speaks.']);
		}
	);

	it('after the first words of an interjection is offered, never asked again by itself', async () => {
		const scene = await setting();
		const { at, jobId } = scene;
		at.done('finish_reply', { jobId, text: 'Yes.', ended: 'whole', model: null, usage: null });
		at.done('apply_observation', { jobId, stage: 'observe', answer: NO_ANSWER.observer });
		at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		at.done('save_draft', { jobId, text: 'Nev' });
		scene.dies.before = '';
		await scene.start().play(jobId);
		expect(scene.asked).toEqual([]);
		expect(at.ask('chat', { chatId: scene.chatId })?.reply).toMatchObject({
			stage: 'interject',
			state: 'failed',
			text: 'Nev'
		});
		at.done('keep_draft', { jobId });
		expect(scene.said()).toEqual(['Well?', 'Yes.', 'Nev']);
	});
});

it('a draft that comes after the end of its words does not end what the job does next', async () => {
	const scene = await setting();
	let late: () => void = () => undefined;
	const held = new Promise<void>((resolve) => (late = resolve));
	const runner = createTurnRunner({
		log: {
			ask: async (name, input) => scene.at.app.ask(name, input),
			dispatch: async (command) => {
				if (command.name === 'save_draft') await held;
				return scene.at.app.dispatch(command);
			},
			tell: () => undefined
		},
		open: async () =>
			ok({
				port: {
					...scripted(FULL, scene.asked),
					async *streamProse() {
						yield { kind: 'text', text: 'Yes' };
						await soon(() => scene.ring(500) > 0);
						yield { kind: 'end', reason: 'done' };
					},
					decide: async <T>(request: DecideRequest<T>, signal: AbortSignal) => {
						late();
						await new Promise((resolve) => setImmediate(resolve));
						return scripted(FULL, scene.asked).decide(request, signal);
					}
				},
				meter: null
			}),
		locks: { request: (_name, _options, run) => run({}) },
		clock: scene.clock,
		random: () => 0.5,
		newId: () => crypto.randomUUID()
	});
	await runner.play(scene.jobId);
	expect(scene.open()).toEqual([]);
	expect(scene.said()).toEqual(['Well?', 'Yes', 'Yes']);
});

it('a reply taken back while a classifier is asked is not judged after all', async () => {
	let answer: (value: unknown) => void = () => undefined;
	const scene = await setting();
	const held = new Promise((resolve) => (answer = resolve));
	const port = scripted(FULL, scene.asked);
	const runner = createTurnRunner({
		log: {
			ask: async (name, input) => scene.at.app.ask(name, input),
			dispatch: async (command) => scene.at.app.dispatch(command),
			tell: () => undefined
		},
		open: async () =>
			ok({
				port: {
					...port,
					decide: async <T>(request: DecideRequest<T>, signal: AbortSignal) => {
						await held;
						return port.decide(request, signal);
					}
				},
				meter: null
			}),
		locks: { request: (_name, _options, run) => run({}) },
		clock: handClock().clock,
		random: () => 0.5,
		newId: () => crypto.randomUUID()
	});
	const played = runner.play(scene.jobId);
	await soon(() => scene.open()[0] === 'observe');
	scene.at.done('rewind', { chatId: scene.chatId, turnId: scene.turnId });
	answer(null);
	await played;
	expect([scene.open(), scene.said(), scene.memories()]).toEqual([[], ['Well?'], 0]);
});

it.each(['the reply', 'the player’s words'] as const)(
	'%s edited while a classifier is asked: the words that stand are judged, and both askings are paid',
	async (which) => {
		let edit = (): void => undefined;
		const observer = () => {
			edit();
			return FULL.observer;
		};
		const scene = await setting({ script: { observer, interjection: { speaks: false, why: '' } } });
		const { at, chatId, turnId } = scene;
		edit = () => {
			edit = () => undefined;
			const edited = which === 'the reply' ? at.ask('transcript', { chatId }).turns.at(-1)?.turnId : turnId;
			at.done('edit_turn', { chatId, turnId: edited ?? '', text: 'It was otherwise.' });
		};
		await scene.start().play(scene.jobId);
		expect(scene.asked).toEqual(['prose', 'observer', 'observer', 'transitions', 'interjection']);
		expect([scene.open(), scene.failures(), scene.memories()]).toEqual([[], [], 1]);
		expect(at.ask('account', { chatId })).toMatchObject([{ inputTokens: 36 }]);
	}
);

it('another turn edited while a classifier is asked changes nothing of what is judged', async () => {
	let edit = (): void => undefined;
	const observer = () => {
		edit();
		return FULL.observer;
	};
	const scene = await setting({ script: { observer, interjection: { speaks: false, why: '' } } });
	const { at, chatId, turnId } = scene;
	await scene.start().play(scene.jobId);
	const { jobId } = at.done('take_turn', { chatId, text: 'And?', connectionId: 'c1' });
	edit = () => void at.done('edit_turn', { chatId, turnId, text: 'It was otherwise.' });
	await scene.start().play(jobId);
	expect(scene.asked.filter((each) => each === 'observer')).toHaveLength(2);
	expect([scene.open(), scene.memories()]).toEqual([[], 2]);
});

describe('a classifier left in the middle is paid for as we count it', () => {
	const asked = async (name: 'observer' | 'interjection') => {
		const scene = await setting({ script: { [name]: never }, meter: METER });
		const runner = scene.start();
		const played = runner.play(scene.jobId);
		await soon(() => scene.asked.includes(name));
		const before = scene.at.ask('account', { chatId: scene.chatId })[0];
		return { ...scene, runner, played, before };
	};
	const more = ({ at, chatId, before }: Awaited<ReturnType<typeof asked>>) => {
		const [now] = at.ask('account', { chatId });
		return {
			requests: (now?.requests ?? 0) - (before?.requests ?? 0),
			inputTokens: (now?.inputTokens ?? 0) - (before?.inputTokens ?? 0),
			estimated: (now?.estimated ?? 0) - (before?.estimated ?? 0),
			said: (now?.outputTokens ?? 0) > (before?.outputTokens ?? 0),
			priced: (now?.costUsd ?? 0) > (before?.costUsd ?? 0)
		};
	};
	const ONE = { requests: 1, inputTokens: 100, estimated: 1, said: true, priced: true };

	it.each(['observer', 'interjection'] as const)('by Stop: %s', async (name) => {
		const scene = await asked(name);
		scene.runner.hear({ kind: 'stop', jobId: scene.jobId });
		await scene.played;
		expect(more(scene)).toEqual(ONE);
	});

	it('because it took too long', async () => {
		const scene = await asked('observer');
		scene.ring(120_000);
		await scene.played;
		expect([more(scene), scene.failures()[0]]).toEqual([ONE, ['observer', 'stalled']]);
	});

	it('because another tab gave its job up', async () => {
		const scene = await asked('observer');
		scene.at.done('rewind', { chatId: scene.chatId, turnId: scene.turnId });
		scene.runner.hear({ kind: 'given-up', jobId: scene.jobId });
		await scene.played;
		expect([more(scene), scene.open()]).toEqual([ONE, []]);
	});
});

it('an answer that comes when its turn is gone is not judged, and paid for all the same', async () => {
	let take = (): void => undefined;
	const observer = () => {
		take();
		return FULL.observer;
	};
	const scene = await setting({ script: { observer } });
	const { at, chatId, turnId } = scene;
	take = () => void at.done('rewind', { chatId, turnId });
	await scene.start().play(scene.jobId);
	expect([scene.open(), scene.memories()]).toEqual([[], 0]);
	expect(at.ask('account', { chatId })).toMatchObject([{ requests: 1, inputTokens: 9 }]);
});
