// Stop in every stage of a turn, against a real server that never answers: its connection is hung up at once.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { given } from '#tests/support/given.ts';
import { startReplayServer, type RawAnswer, type ReplayServer } from '#tests/support/replay-server.ts';
import { askedOf, streamed, type WireAsked } from '#tests/support/scripted-model.ts';
import { NO_ANSWER } from '../../domain/story/classifiers.ts';
import { ok } from '../../domain/kernel/result.ts';
import { systemClock } from './clock.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import { createTurnRunner } from './turn-runner.ts';

const ANSWERS: Readonly<Record<WireAsked['name'], string>> = {
	words: 'She nods.',
	observer: JSON.stringify(NO_ANSWER.observer),
	transitions: JSON.stringify(NO_ANSWER.transitions),
	interjection: JSON.stringify({ speaks: true, why: '' }),
	digest: JSON.stringify({ text: 'It came to this.', memories: [] }),
	steps: JSON.stringify(NO_ANSWER.steps),
	merged: JSON.stringify(NO_ANSWER.merged)
};

/** What is asked of the model in the order of the stages. */
const TURN = ['reply', 'observe', 'transitions', 'ask', 'interject', 'observe2', 'transitions2'] as const;
const SCENE = ['reply', 'observe', 'transitions', 'digest'] as const;

/** How a server says nothing: not even that it heard, nothing after its headers, or no more after some words. */
const SILENCES = ['mute', 'silent', 'half'] as const;
type Silence = (typeof SILENCES)[number];

let server: ReplayServer;
/** The request that is not answered, by its number, and how. */
let unanswered: { readonly at: number; readonly how: Silence };
let heard = 0;

beforeEach(async () => {
	heard = 0;
	server = await startReplayServer({
		raw: {
			model: (request): RawAnswer => {
				const text = ANSWERS[askedOf('openai-compatible', request).name];
				const at = heard++;
				if (at !== unanswered.at) return streamed('openai-compatible', text, request);
				if (unanswered.how !== 'half') return { body: '', stays: unanswered.how };
				return streamed('openai-compatible', text.slice(0, 7), request, false);
			}
		}
	});
});
afterEach(() => server.close());

/** Plays a turn, or a scene elsewhere, until the server falls silent. */
const untilSilence = async (elsewhere: boolean) => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId, guestId });
	const connectionId = 'c1';
	const { jobId } = elsewhere
		? at.done('start_meanwhile', { chatId, premise: 'At sea.', with: 'guest', limit: 1, connectionId })
		: at.done('take_turn', { chatId, text: 'Well?', connectionId });
	const signals: AbortSignal[] = [];
	const port = createOpenAiCompatible(
		{
			url: server.base('raw/model'),
			model: 'scripted',
			secret: null,
			contextTokens: null,
			maxOutputTokens: 100,
			temperature: null,
			topP: null
		},
		{
			fetch: (input, init) => {
				if (init?.signal) signals.push(init.signal);
				return fetch(input, init);
			},
			online: () => true,
			loopbackPermission: () => Promise.resolve(null)
		}
	);
	const runner = createTurnRunner({
		log: {
			ask: async (name, input) => at.app.ask(name, input),
			dispatch: async (command) => at.app.dispatch(command),
			tell: () => undefined
		},
		open: async () => ok({ port, meter: null }),
		locks: { request: (_name, _options, run) => run({}) },
		clock: systemClock,
		random: () => 0,
		newId: () => crypto.randomUUID()
	});
	const played = runner.play(jobId);
	await vi.waitFor(() => expect(heard).toBe(unanswered.at + 1), 20_000);
	const stage = (): unknown => at.sql.all({ text: 'select stage from reply_jobs', values: [] })[0]?.['stage'];
	return {
		stage,
		signals,
		played,
		stop: () => runner.hear({ kind: 'stop', jobId }),
		closedAt: () => server.requests[unanswered.at]?.closedAt ?? null
	};
};

describe.each(SILENCES)('a server that falls silent (%s)', (how) => {
	it.each([
		...TURN.map((stage, at) => [stage, at, false] as const),
		...SCENE.slice(-1).map((stage) => [stage, SCENE.length - 1, true] as const)
	])('in stage %s is hung up on in the very moment of Stop', async (name, at, elsewhere) => {
		unanswered = { at, how };
		const scene = await untilSilence(elsewhere);
		expect(scene.stage()).toBe(name);
		expect(scene.signals.at(-1)?.aborted).toBe(false);
		expect(scene.closedAt()).toBeNull();
		scene.stop();
		// not a turn of the event loop later: from here on it is the browser's and the system's to close it
		expect(scene.signals.at(-1)?.aborted).toBe(true);
		await scene.played;
		await vi.waitFor(() => expect(scene.closedAt()).not.toBeNull(), 20_000);
		expect(scene.stage()).toBeUndefined();
		// nothing is asked instead
		expect(heard).toBe(at + 1);
	});
});
