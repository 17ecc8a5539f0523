// Plays a scripted story as a person does: the app's own domain and model worker, and a model behind a real HTTP server.
import 'fake-indexeddb/auto';
import * as Comlink from 'comlink';
import { NO_ANSWER } from '../../src/lib/domain/story/classifiers.ts';
import { chatStream } from '../../src/lib/domain/streams.ts';
import { vocabulary } from '../../src/lib/domain/vocabulary.ts';
import { systemClock } from '../../src/lib/worker/model/clock.ts';
import { openLearned } from '../../src/lib/worker/model/learned.ts';
import { createModelWorker } from '../../src/lib/worker/model/model-api.ts';
import { openOnDevice } from '../../src/lib/worker/model/on-device.ts';
import { openVaultStore } from '../../src/lib/worker/model/vault-store.ts';
import { openVault } from '../../src/lib/worker/model/vault.ts';
import type { JobSignal, LogPort } from '../../src/lib/worker/protocol.ts';
import { openMemory } from '../../src/lib/worker/storage/sqlite.ts';
import { play } from './given.ts';
import { line, linesFor, startModel, type Lines } from './scripted-answers.ts';
import type { ScriptedWire } from './scripted-model.ts';
import type { ByHand, ScriptedTurn } from './sixty-turns.ts';
import { dump, foldedTables } from './state.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

/** Plays a script to its end. `recordAfter`: the turn after which everything the chat is folded to is written down. */
export const playScript = async (
	script: readonly ScriptedTurn[],
	{
		wire,
		begins,
		recordAfter
	}: {
		readonly wire: ScriptedWire;
		readonly begins: { readonly place: string; readonly minutes: number; readonly weather: string };
		readonly recordAfter: number;
	}
) => {
	const sql = await openMemory();
	const at = play(sql, { world: { now: Date.now, newId: () => crypto.randomUUID() } });
	let running = '';
	let heard = '';
	const listeners: ((signal: JobSignal) => void)[] = [];
	const stop = () => listeners.forEach((listener) => listener({ kind: 'stop', jobId: running }));
	const model = await startModel(wire, stop);

	const store = openVaultStore();
	const worker = createModelWorker({
		learned: openLearned(store),
		vault: openVault(store, { postMessage: () => undefined, addEventListener: () => undefined }),
		around: { fetch, online: () => true, loopbackPermission: () => Promise.resolve(null) },
		onDevice: openOnDevice(),
		line: { open: async () => false, lose: () => undefined },
		locks: { request: async (_name, _options, run) => run({}) },
		clock: systemClock,
		random: () => 0,
		newId: () => crypto.randomUUID()
	});
	const { port1, port2 } = new MessageChannel();
	const log: LogPort = {
		ask: async (name, input) => at.app.ask(name, input),
		dispatch: async (command) => at.app.dispatch({ ...command, tab: 'tab-1' }),
		tell: (news) => {
			if (news.kind === 'whole') heard = news.text;
			if (news.kind === 'delta') heard += news.delta;
			if (model.hearing() !== null && heard === model.hearing()) stop();
		},
		onSignal: (listener) => void listeners.push(listener)
	};
	Comlink.expose(log, port1);
	worker.connectLog(port2);
	const saved = await worker.saveConnection({
		id: crypto.randomUUID(),
		isNew: true,
		provider: wire,
		taskModels: { classify: null, copilot: null },
		contextTokens: 64_000,
		topP: null,
		price: null,
		label: wire,
		url: model.server.base('raw/model'),
		// one that is known to be held to a schema
		model: wire === 'anthropic' ? 'claude-sonnet-4-5' : 'scripted',
		key: { kind: 'set', secret: KEY, keep: 'remembered' },
		maxOutputTokens: 400,
		temperature: null
	});
	if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	const connectionId = saved.value.id;

	const { youId } = at.done('author_you', { name: 'Ada', description: 'A traveller.' });
	const { botId: hostId } = at.done('author_bot', { name: 'Mara', description: 'Keeps the lighthouse.' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda', description: 'Ferries people across.' });
	const { chatId } = at.done('create_chat', { botId: hostId, guestId, youId, ...begins });
	const stream = chatStream(chatId);

	/** The live reply of each turn of the script that was played last, by its number. */
	const replies = new Map<number, string>();
	/** Every reply a turn of the script had, in order. */
	const had = new Map<number, string[]>();
	const reply = (number: number): string => {
		const found = replies.get(number);
		if (found === undefined) throw new Error(`turn ${String(number)} has no reply`);
		return found;
	};

	const playJob = (number: number, jobId: string, lines: Lines) =>
		model.during(number, lines, () => {
			running = jobId;
			heard = '';
			return worker.play(jobId);
		});

	const remembered = (text: string): string => {
		const found = at
			.ask('memories', { chatId, limit: 200, before: null })
			.memories.find((memory) => memory.text === text);
		if (found === undefined) throw new Error(`nobody remembers: ${text}`);
		return found.memoryId;
	};

	const byHand = async (number: number, deed: ByHand): Promise<void> => {
		switch (deed.does) {
			case 'forget':
				at.done('forget_memory', { chatId, memoryId: remembered(deed.memory) });
				return;
			case 'pin':
				at.done('pin_memory', { chatId, memoryId: remembered(deed.memory) });
				return;
			case 'remember':
				at.done('write_memory', {
					chatId,
					owner: hostId,
					text: deed.text,
					witness: { you: true, host: true, guest: false }
				});
				return;
			case 'undo': {
				const [under] = at.ask('effects', { chatId, turnIds: [reply(number)] });
				const effect = under?.effects.find(({ kind }) => kind === deed.kind);
				if (effect === undefined) throw new Error(`turn ${String(number)} has no ${deed.kind}`);
				at.done('undo_effect', { chatId, eventId: effect.eventId });
				return;
			}
			case 'revert': {
				const lists = at.ask('story_events', { chatId });
				const event = [...lists.active, ...lists.completed.events].find(({ title }) => title === deed.event);
				if (event === undefined) throw new Error(`no story event ${deed.event}`);
				at.done('revert_event', { chatId, eventId: event.eventId });
				return;
			}
			case 'choose':
				at.done('choose_alternative', { chatId, turnId: had.get(number)?.[deed.reply] ?? '' });
				return;
			case 'retry': {
				const [classifier, name, part] =
					'saw' in deed
						? (['observer', 'observer', deed.saw] as const)
						: (['transitions', 'transitions', deed.moves] as const);
				const { jobId } = at.done('retry_classifier', {
					chatId,
					turnId: reply(deed.turn),
					classifier,
					connectionId
				});
				const lines = linesFor([], null);
				lines[name].push(line(JSON.stringify({ ...NO_ANSWER[name], ...part }), { must: true }));
				await playJob(number, jobId, lines);
				return;
			}
		}
	};

	const begin = ({ opens }: ScriptedTurn): string => {
		if ('you' in opens) return at.done('take_turn', { chatId, text: opens.you, connectionId }).jobId;
		if ('meanwhile' in opens)
			return at.done('start_meanwhile', {
				chatId,
				premise: opens.meanwhile,
				place: opens.place,
				with: 'guest',
				limit: 2,
				connectionId
			}).jobId;
		const skip = { chatId, label: opens.skip, connectionId };
		const { jobId } = at.done(
			'skip_time',
			'to' in opens
				? { ...skip, kind: 'jump', to: opens.to }
				: { ...skip, kind: 'elision', minutes: opens.minutes }
		);
		return jobId ?? '';
	};

	const newestReply = (): string =>
		at
			.ask('transcript', { chatId })
			.turns.findLast(({ role, interjectionOf }) => role === 'assistant' && interjectionOf === null)
			?.turnId ?? '';

	const playTurn = async (scripted: ScriptedTurn): Promise<void> => {
		const { turn, opens, then = [] } = scripted;
		const jobId = begin(scripted);
		if ('meanwhile' in opens) {
			const memories = opens.remembered.map(([owner, text, significance]) => ({ owner, text, significance }));
			await playJob(turn, jobId, linesFor(scripted.replies, { text: opens.digest, memories }));
			const digestId = at.ask('meanwhiles', { chatId }).at(-1)?.digestId ?? '';
			at.done('settle_digest', { chatId, digestId, verdict: 'accepted' });
		} else {
			const [first, ...others] = scripted.replies;
			if (first === undefined) throw new Error(`turn ${String(turn)} has no reply`);
			await playJob(turn, jobId, linesFor([first], null));
			had.set(turn, [newestReply()]);
			for (const other of others) {
				const again = at.done('regenerate', {
					chatId,
					turnId: newestReply(),
					connectionId,
					...(other.note === undefined ? {} : { note: other.note }),
					...(other.instead === undefined ? {} : { text: other.instead })
				});
				await playJob(turn, again.jobId, linesFor([other], null));
				had.get(turn)?.push(newestReply());
			}
		}
		replies.set(turn, newestReply());
		for (const deed of then) await byHand(turn, deed);
	};

	/** Everything the chat is folded to, by table. */
	const world = () =>
		dump(
			sql,
			foldedTables(vocabulary)
				.map(({ name }) => name)
				.filter((name) => name !== 'bots' && name !== 'yous'),
			stream
		);

	let recorded: Record<string, string[]> = {};
	/** The last turn there was when it was recorded. */
	let recordedAt = '';
	for (const scripted of script) {
		await playTurn(scripted);
		if (scripted.turn !== recordAfter) continue;
		recorded = world();
		recordedAt = at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? '';
	}
	return {
		at,
		sql,
		chatId,
		stream,
		people: { you: 'you', Mara: hostId, Edda: guestId },
		asked: model.asked,
		world,
		recorded,
		recordedAt,
		close: async () => {
			port1.close();
			port2.close();
			await model.server.close();
			sql.close();
		}
	};
};
