// The demo storyteller: the same port as every model, no key, no network, no intelligence, and it says so.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { pause, systemClock, type Clock } from './clock.ts';
import { cleanName, hearWords, placePhrase } from './demo-echo.ts';
import {
	ECHO_ASKED,
	ECHO_DONE,
	ECHO_SAID,
	ECHO_SILENT,
	EVENT,
	GESTURE,
	OPENING,
	SETTING,
	TALE,
	THINGS,
	type Phrases
} from './demo-lines.ts';
import type { DecideRequest, Decision, ModelPort, ProsePart } from './port.ts';

const FIRST_WORD_MS = 350;
const WORD_MS = 25;
const WORD_SPREAD_MS = 20;
/** Alternatives lie this many steps apart in the order of phrases; a prime above sixty keeps them clear of later turns. */
const STEPS_PER_ALTERNATIVE = 61;
/** Second halves a turn may choose among; the rest are kept for other turns. */
const CHOICES = 2;

/** FNV-1a, 32 bit, over UTF-16 units (Fowler, Noll, Vo). */
const hash = (text: string): number => {
	let value = 0x811c9dc5;
	for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
	return value >>> 0;
};

/** Mulberry32: numbers in [0, 1), the same for the same seed on every machine. */
const randomFrom = (seed: string): (() => number) => {
	let state = hash(seed);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
};

const shuffled = (list: readonly string[], seed: string): readonly string[] => {
	const random = randomFrom(seed);
	return list
		.map((value) => ({ value, rank: random() }))
		.sort((a, b) => a.rank - b.rank)
		.map(({ value }) => value);
};

const capital = (text: string): string => text.replace(/^[\p{L}]/u, (first) => first.toUpperCase());

type Say = (slot: string, phrases: Phrases, join?: string) => string;

/**
 * Chooses the two halves of one sentence. First halves come round in an order of the chat's own; each time one comes
 * round again its second half is taken from another group, and the groups are staggered: so no pair returns before
 * firsts × (seconds ÷ CHOICES) steps, which is never less than 144. Within its group the turn id chooses.
 */
const halves = (
	phrases: Phrases,
	slot: string,
	step: number,
	chatId: string,
	chance: number
): readonly [string, string] => {
	const firsts = shuffled(phrases.firsts, `${chatId}/${slot}/firsts`);
	const seconds = shuffled(phrases.seconds, `${chatId}/${slot}/seconds`);
	const groups = Math.floor(seconds.length / CHOICES);
	const first = step % firsts.length;
	const round = Math.floor(step / firsts.length);
	const group = (first + round) % groups;
	return [firsts[first] ?? '', seconds[group * CHOICES + Math.floor(chance * CHOICES)] ?? ''];
};

/** The shapes a reply can have: paragraphs of two to four. */
const SHAPES: readonly ((say: Say, echo: () => string) => readonly string[])[] = [
	(say, echo) => [
		`*${say('gesture', GESTURE)}.* "${echo()}."`,
		`${say('setting', SETTING, ', and')}.`,
		`"${say('tale', TALE)}. ${say('opening', OPENING, ':')}?"`
	],
	(say, echo) => [
		`"${echo()}." *${say('gesture', GESTURE)}.*`,
		`${say('setting', SETTING, ', and')}. *${say('event', EVENT, ';')}.*`,
		`"${say('opening', OPENING, ':')}?"`
	],
	(say, echo) => [
		`${say('setting', SETTING, ', and')}.`,
		`*${say('gesture', GESTURE)}.* "${echo()}. ${say('tale', TALE)}."`,
		`"${say('opening', OPENING, ':')}?"`
	],
	(say, echo) => [
		`*${say('gesture', GESTURE)}.* "${echo()}."`,
		`${say('setting', SETTING, ', and')}.`,
		`*${say('event', EVENT, ';')}.*`,
		`"${say('tale', TALE)}. ${say('opening', OPENING, ':')}?"`
	],
	(say, echo) => [
		`"${echo()}."`,
		`*${say('gesture', GESTURE)}.* ${say('setting', SETTING, ', and')}. "${say('opening', OPENING, ':')}?"`
	]
];

/** The whole reply. Depends on the request alone: the same turn and alternative give the same words. */
export const demoReply = ({ chatId, turnId, alternative, story }: ProseRequest): string => {
	const turn = Math.max(1, Math.trunc(story.turn) || 1);
	const step = turn - 1 + Math.max(0, Math.trunc(alternative) || 0) * STEPS_PER_ALTERNATIVE;
	const random = randomFrom(`${turnId}/${alternative}`);
	const heard = hearWords(story.words);
	const place = placePhrase(story.place);
	const thing = THINGS[hash(`${chatId}/thing`) % THINGS.length] ?? 'the brass key';
	const words: Readonly<Record<string, string>> = {
		bot: cleanName(story.bot, 'The storyteller'),
		you: cleanName(story.you, 'friend'),
		place,
		Place: capital(place),
		thing,
		Thing: capital(thing),
		echo: heard.kind === 'silent' ? '' : `‘${heard.echo}’`
	};
	// one pass, so that braces in names or words are never taken for ours
	const fill = (text: string): string =>
		text.replace(/\{(\w+)\}/gu, (whole, key: string) => words[key] ?? whole);
	const say: Say = (slot, phrases, join = ',') => {
		const [first, second] = halves(phrases, slot, step, chatId, random());
		return fill(`${first}${join} ${second}`);
	};
	const echo = (): string => {
		const phrases = { said: ECHO_SAID, asked: ECHO_ASKED, done: ECHO_DONE, silent: ECHO_SILENT }[heard.kind];
		return say(`echo-${heard.kind}`, phrases, ', and');
	};
	const shape = SHAPES[Math.floor(random() * SHAPES.length)] ?? SHAPES[0];
	const paragraphs = shape === undefined ? [] : shape(say, echo);
	const honest = fill(
		'((A word before we begin: I am the demo storyteller that comes with Stet, a music box of written lines and not ' +
			'an AI. I can turn your own words over, but I cannot understand them. Connect a model when you want to be ' +
			'understood; until then, {you}, let us play.))'
	);
	return [...(turn === 1 ? [honest] : []), ...paragraphs].join('\n\n');
};

/** What the demo answers to decisions, by their name: found in what it was given, never thought of. */
const DECISIONS: Readonly<Record<string, (data: string) => unknown>> = {
	title: (data) => {
		const place = /^Place: (.{1,60})$/mu.exec(data)?.[1];
		const names = [...data.matchAll(/^([^:\n]{1,40}): /gmu)].map(([, name]) => name ?? '');
		const bot = names.find((name) => name !== 'Place' && name !== 'Player');
		return { title: [bot ?? 'A story', ...(place === undefined ? [] : [place])].join(', ') };
	}
};

/** The port of the demo. Word by word, about 25–45 ms each, the first after about 350 ms. */
export const createDemo = (clock: Clock = systemClock): ModelPort => ({
	capabilities: { model: 'demo', contextTokens: null, maxOutputTokens: 400 },
	decide: async <T>({ name, data, schema, fallback }: DecideRequest<T>): Promise<Decision<T>> => {
		const found = schema.safeParse(DECISIONS[name]?.(data));
		return found.success
			? { value: found.data, via: 'schema', usage: null, failure: null }
			: { value: fallback, via: 'fallback', usage: null, failure: { type: 'invalid-output' } };
	},
	count: async () => null,
	async *streamProse(request: ProseRequest, signal: AbortSignal): AsyncGenerator<ProsePart> {
		const rhythm = randomFrom(`${request.turnId}/${request.alternative}/rhythm`);
		let wait = FIRST_WORD_MS;
		for (const text of demoReply(request).match(/\s*\S+/gu) ?? []) {
			await pause(clock, wait, signal);
			if (signal.aborted) {
				yield { kind: 'end', reason: 'stopped' };
				return;
			}
			yield { kind: 'text', text };
			wait = WORD_MS + rhythm() * WORD_SPREAD_MS;
		}
		yield { kind: 'end', reason: 'done' };
	}
});
