// The demo storyteller: the same port as every model, no key, no network, no intelligence, and it says so.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { pause, systemClock, type Clock } from './clock.ts';
import { demoApartText, demoInterjectionText } from './demo-beside.ts';
import { capital, filler, thingOf } from './demo-cast.ts';
import { demoDraft } from './demo-draft.ts';
import { halves, randomFrom } from './demo-chance.ts';
import { demoCopilot } from './demo-copilot.ts';
import { demoDecision } from './demo-decide.ts';
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
	type Phrases
} from './demo-lines.ts';
import type { DecideRequest, Decision, ModelPort, ProsePart } from './port.ts';

const FIRST_WORD_MS = 350;
const WORD_MS = 25;
const WORD_SPREAD_MS = 20;
/** A decision takes a moment too, so that its stage is seen. */
const DECIDE_MS = 120;
const DECIDE_SPREAD_MS = 130;
/** A decision that somebody watches comes in so many characters at a time. */
const SPOKEN_CHARS = 24;
const SPOKEN_MS = 30;
const NAMELESS = 'friend';
/** Alternatives lie this many steps apart in the order of phrases; a prime above sixty keeps them clear of later turns. */
const STEPS_PER_ALTERNATIVE = 61;

type Say = (slot: string, phrases: Phrases, join?: string) => string;

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

/** A reply to the player's words. */
const answer = ({ chatId, turnId, alternative, story }: ProseRequest, step: number): readonly string[] => {
	const random = randomFrom(`${turnId}/${alternative}`);
	const heard = hearWords(story.words);
	const place = placePhrase(story.place);
	const thing = thingOf(chatId);
	const fill = filler({
		bot: cleanName(story.bot, 'The storyteller'),
		you: cleanName(story.you, NAMELESS),
		place,
		Place: capital(place),
		thing,
		Thing: capital(thing),
		echo: heard.kind === 'silent' ? '' : `‘${heard.echo}’`
	});
	const say: Say = (slot, phrases, join = ',') => {
		const [first, second] = halves(phrases, slot, step, chatId, random());
		return fill(`${first}${join} ${second}`);
	};
	const echo = (): string => {
		const phrases = { said: ECHO_SAID, asked: ECHO_ASKED, done: ECHO_DONE, silent: ECHO_SILENT }[heard.kind];
		return say(`echo-${heard.kind}`, phrases, ', and');
	};
	const shape = SHAPES[Math.floor(random() * SHAPES.length)] ?? SHAPES[0];
	return shape === undefined ? [] : shape(say, echo);
};

const honest = (you: string): string =>
	'((A word before we begin: I am the demo storyteller that comes with Stet, a music box of written lines and not ' +
	'an AI. I can turn your own words over, but I cannot understand them. Connect a model when you want to be ' +
	`understood; until then, ${cleanName(you, NAMELESS)}, let us play.))`;

/** Counts from 0, whatever number it is given. */
const stepOf = (count: number): number => Math.max(0, Math.trunc(count) - 1 || 0);

/** What is said beside the replies to the player; null when this is one of those. */
const beside = ({ chatId, turnId, alternative, story }: ProseRequest, more: number): string | null => {
	const { bot, you, place, host, guest } = story;
	if (!story.interjection && !story.meanwhile) return null;
	const other = story.speaker === 'host' ? guest : host;
	const about = { chatId, turnId, alternative, bot, other, you, place };
	if (story.interjection) return demoInterjectionText({ ...about, step: stepOf(story.turn) + more });
	const narrates = bot !== host && bot !== guest;
	return demoApartText({
		...about,
		...(narrates ? { bot: null, other: host } : {}),
		step: stepOf(story.said) + more
	});
};

/** The whole reply. Depends on the request alone: the same turn and alternative give the same words. */
export const demoReply = (request: ProseRequest): string => {
	const { story } = request;
	if (story.kind === 'case') return demoCopilot(request);
	const more = Math.max(0, Math.trunc(request.alternative) || 0) * STEPS_PER_ALTERNATIVE;
	if (story.speaker === 'you') return demoDraft(request);
	const aside = beside(request, more);
	const said = aside === null ? answer(request, stepOf(story.turn) + more) : [aside];
	// who puts in a word speaks after a reply that has said it
	const opens = story.first && !story.interjection;
	return [...(opens ? [honest(story.you)] : []), ...said].join('\n\n');
};

/** Says an answer bit by bit, as models do; false when it was called off. */
const speak = async (
	answer: string,
	hear: (text: string) => void,
	clock: Clock,
	signal: AbortSignal
): Promise<boolean> => {
	for (let said = SPOKEN_CHARS; said < answer.length && !signal.aborted; said += SPOKEN_CHARS) {
		hear(answer.slice(0, said));
		await pause(clock, SPOKEN_MS, signal);
	}
	hear(answer);
	return !signal.aborted;
};

/** The port of the demo. Word by word, about 25–45 ms each, the first after about 350 ms. */
export const createDemo = (clock: Clock = systemClock): ModelPort => ({
	capabilities: { model: 'demo', contextTokens: null, maxOutputTokens: 400 },
	decide: async <T>(
		{ name, data, schema, fallback, story, hear }: DecideRequest<T>,
		signal: AbortSignal
	): Promise<Decision<T>> => {
		await pause(clock, DECIDE_MS + randomFrom(`${name}/${story?.turnId ?? ''}`)() * DECIDE_SPREAD_MS, signal);
		const calledOff = {
			value: fallback,
			via: 'fallback',
			failure: { type: 'interrupted' }
		} as const;
		if (signal.aborted) return calledOff;
		const answer = demoDecision(name, data, story);
		if (hear !== undefined && !(await speak(JSON.stringify(answer ?? null), hear, clock, signal)))
			return calledOff;
		const found = schema.safeParse(answer);
		return found.success
			? { value: found.data, via: 'schema', failure: null }
			: { value: fallback, via: 'fallback', failure: { type: 'invalid-output' } };
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
