// Tries a connection with one short real request.
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';
import type { Clock } from './clock.ts';
import type { ProsePort } from './port.ts';

const SAID_CHARACTERS = 80;
/** A model that thinks on and on answers, too. */
const HEARD_MAX_CHARS = 20_000;
/** A word and what ends it, or enough of a script that writes none apart. */
const ONE_WORD = /\S\s|\S{24}/u;
/** A thought that the small limit cut off comes back as text, and is no word of greeting. */
const CUT_THOUGHT = /^\s*<think>/u;

/** A server of one's own may load its model first. Whoever waits can call it off sooner. */
const LIMIT_MS = 120_000;

/** Enough for a word, and for a model that thinks before it speaks to start. */
export const TEST_OUTPUT_TOKENS = 32;

const TEST_REQUEST: ProseRequest = {
	jobId: 'test',
	chatId: 'test',
	turnId: 'test',
	alternative: 0,
	instructions: '',
	messages: [{ role: 'user', text: 'Say one word of greeting.' }],
	steady: { messages: 0, chars: 0 },
	story: {
		kind: 'story',
		bot: '',
		you: '',
		place: null,
		turn: 2,
		said: 3,
		first: false,
		words: 'Say one word of greeting.',
		speaker: 'host',
		host: '',
		guest: null,
		present: { you: true, host: true, guest: false },
		interjection: false,
		meanwhile: false,
		heard: 'Say one word of greeting.',
		minutes: 0,
		weather: ''
	}
};

/**
 * Asks `port` for one word and hangs up when it comes. A model that thinks first, or is cut off by the small limit
 * before it speaks, answers too: `said` is then empty. One that does not answer in two minutes is `stalled`, and so is one
 * that `signal` called off, which nobody waits for any more.
 */
export const testPort = async (
	port: ProsePort,
	clock: Clock,
	signal: AbortSignal
): Promise<Result<{ readonly firstWordMs: number; readonly said: string }, ModelFailure>> => {
	const start = clock.now();
	const limit = new AbortController();
	const callOff = clock.later(LIMIT_MS, () => limit.abort());
	let firstWordMs: number | null = null;
	let text = '';
	let heard = 0;
	const answered = (): Result<{ readonly firstWordMs: number; readonly said: string }, ModelFailure> => {
		const said = text
			.replace(/\s+/gu, ' ')
			.trim()
			.slice(0, SAID_CHARACTERS)
			.replace(/\p{Surrogate}/gu, '');
		return ok({ firstWordMs: firstWordMs ?? Math.round(clock.now() - start), said });
	};
	try {
		// leaving the loop hangs up
		for await (const part of port.streamProse(TEST_REQUEST, AbortSignal.any([signal, limit.signal]))) {
			if (part.kind === 'text' || part.kind === 'reasoning') {
				firstWordMs ??= Math.round(clock.now() - start);
				if (part.kind === 'text' && !CUT_THOUGHT.test(part.text)) text += part.text;
				heard += part.text.length;
				if (heard > HEARD_MAX_CHARS) return answered();
				if (ONE_WORD.test(text)) {
					// the next word may be here in part
					text = text.replace(/(\S)\s+\S*$/u, '$1');
					return answered();
				}
			}
			if (part.kind !== 'end') continue;
			if (part.reason === 'failed') return refuse(part.failure);
			if (part.reason === 'stopped') return refuse({ type: 'stalled' });
			return part.reason === 'length' || firstWordMs !== null ? answered() : refuse({ type: 'empty' });
		}
	} finally {
		callOff();
	}
	return refuse({ type: 'interrupted' });
};
