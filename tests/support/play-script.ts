// Plays a scripted story as a person does: the app's own domain and model worker, and a model behind a real HTTP server.
import 'fake-indexeddb/auto';
import * as Comlink from 'comlink';
import { NO_ANSWER, type ClassifierName } from '../../src/lib/domain/story/classifiers.ts';
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
import { startReplayServer } from './replay-server.ts';
import { askedOf, streamed, type ScriptedWire, type WireAsked } from './scripted-model.ts';
import type { ByHand, ScriptedReply, ScriptedTurn } from './sixty-turns.ts';
import { dump, foldedTables } from './state.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';
const GARBAGE = 'Roses are red, and nobody asked.';

/** What was asked, at which turn of the script, and who was to speak where words were. */
export interface ScriptAsked extends WireAsked {
	readonly turn: number;
	readonly by: ScriptedReply['by'] | null;
}

/** An answer that waits for its question. */
interface Line {
	readonly text: string;
	readonly by: ScriptedReply['by'] | null;
	/** The server falls silent after it, and the player presses Stop. */
	readonly stops: boolean;
	/** Given again and again. */
	readonly stays: boolean;
	/** The script is not played as written when it is never asked for. */
	readonly must: boolean;
}

type Lines = Record<WireAsked['name'], Line[]>;

const line = (text: string, more: Partial<Line> = {}): Line => ({
	text,
	by: null,
	stops: false,
	stays: false,
	must: false,
	...more
});

/** What the model says when it is asked for this reply and for all that follows it. */
const linesFor = (replies: readonly ScriptedReply[], digest: object | null): Lines => {
	const lines: Lines = { words: [], observer: [], transitions: [], interjection: [], digest: [], merged: [] };
	const classify = (reply: ScriptedReply): void => {
		const said = (name: 'observer' | 'transitions', part: object | undefined): Line =>
			line(JSON.stringify({ ...NO_ANSWER[name], ...part }), {
				must: part !== undefined && reply.stop === undefined
			});
		const garbage = line(GARBAGE, { stays: true, must: true });
		lines.observer.push(
			reply.garbles === 'observer'
				? garbage
				: reply.stop === 'observer'
					? line('', { stops: true, must: true })
					: said('observer', reply.saw)
		);
		lines.transitions.push(reply.garbles === 'transitions' ? garbage : said('transitions', reply.moves));
	};
	for (const reply of replies) {
		const { by, says, stop, word } = reply;
		lines.words.push(line(says, { by, stops: stop === 'words', must: true }));
		classify(reply);
		lines.interjection.push(line(JSON.stringify({ speaks: word !== undefined, why: 'It is about them.' })));
		if (word === undefined) continue;
		lines.words.push(line(word.says, { by: word.by, stops: word.stop === 'words', must: true }));
		classify(word);
	}
	if (digest !== null) lines.digest.push(line(JSON.stringify(digest), { must: true }));
	return lines;
};

/** The handle under which the model was told of something, as a model that reads its prompt finds it. */
const handleIn = (told: string, words: string): string => {
	const found = told.split('\n').find((each) => /^[met]\d+[ :]/u.test(each) && each.endsWith(`: ${words}`));
	if (found === undefined) throw new Error(`the model was not told of: ${words}`);
	return /^\w+/u.exec(found)?.[0] ?? '';
};

/** The answer of the script, with names in it turned into handles. */
const withHandles = (name: ClassifierName, text: string, { messages }: WireAsked): string => {
	const told = messages.map((message) => message.text).join('\n');
	const handles = (list: readonly string[]): readonly string[] => list.map((words) => handleIn(told, words));
	if (name === 'observer') {
		const answer = JSON.parse(text) as (typeof NO_ANSWER)['observer'];
		return JSON.stringify({
			...answer,
			revise: answer.revise.map((one) => ({ ...one, memory: handleIn(told, one.memory) })),
			forget: handles(answer.forget),
			threads_closed: handles(answer.threads_closed)
		});
	}
	if (name !== 'transitions') return text;
	const answer = JSON.parse(text) as (typeof NO_ANSWER)['transitions'];
	return JSON.stringify({
		...answer,
		started: handles(answer.started),
		completed: handles(answer.completed),
		cancelled: handles(answer.cancelled)
	});
};

/** A model behind a server that says the lines it is given; what it is asked beyond them is an error. */
const startModel = async (wire: ScriptedWire, stop: () => void) => {
	const asked: ScriptAsked[] = [];
	const errors: string[] = [];
	let lines: Lines = linesFor([], null);
	let turn = 0;
	let hearing: string | null = null;
	const server = await startReplayServer({
		raw: {
			model: (request) => {
				const question = askedOf(wire, request);
				const next = lines[question.name][0];
				asked.push({ ...question, turn, by: next?.by ?? null });
				if (next === undefined) {
					errors.push(`turn ${String(turn)}: nobody expected to be asked for ${question.name}`);
					return { status: 400, contentType: 'application/json', body: '{}' };
				}
				if (!next.stays) lines[question.name].shift();
				try {
					const { name } = question;
					const text =
						name === 'words' || next.stays || next.stops ? next.text : withHandles(name, next.text, question);
					if (next.stops && name === 'words') hearing = text;
					// it never says a word: Stop is pressed while it is waited for
					if (next.stops && name !== 'words') setImmediate(stop);
					return streamed(wire, text, request, !next.stops);
				} catch (error) {
					errors.push(`turn ${String(turn)}: ${String(error)}`);
					return { status: 400, contentType: 'application/json', body: '{}' };
				}
			}
		}
	});
	return {
		server,
		asked,
		/** The words of a reply that breaks off: when they are all heard, Stop is pressed. */
		hearing: () => hearing,
		/** Plays a job while the model has so much to say. */
		during: async (number: number, says: Lines, job: () => Promise<void>) => {
			turn = number;
			lines = says;
			hearing = null;
			await job();
			const left = Object.entries(lines).flatMap(([name, some]) =>
				some.filter(({ must, stays }) => must && !stays).map(({ text }) => `${name}: ${text}`)
			);
			const wrong = [
				...errors.splice(0),
				...left.map((each) => `turn ${String(number)}: never asked for ${each}`)
			];
			if (wrong.length > 0) throw new Error(wrong.join('\n'));
		}
	};
};

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
