// What classifiers are to answer with: the shapes of observer, transitions, interjection, digest and steps, and nothing of tables.
import { z } from '../kernel/schema.ts';

/**
 * Lenient inside, strict outside. A list must be there, or the answer is garbage and counts as failed; but one odd entry
 * must not cost all others. So what stands in entries becomes the nearest thing that can be judged, and what is wrong
 * with it is found where it is clamped (`observe.ts`), never trusted here. Flat: every key is required of a model, what
 * may be missing is nullable, and there are no unions and no records, for these are what strict providers refuse.
 */
const asText = (value: unknown): unknown =>
	typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? '');

const asNumber = (value: unknown): unknown => {
	const number = typeof value === 'string' ? Number(value.trim()) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : 0;
};

const asFlag = (value: unknown): unknown =>
	typeof value === 'string' ? /^(?:true|yes|1)$/iu.test(value.trim()) : value === 1 || value === true;

const asNothing = (value: unknown): unknown => {
	const text = asText(value);
	return text === '' || text === 'null' ? null : text;
};

const text = z.preprocess(asText, z.string());
const mayText = z.preprocess(asNothing, z.string().nullable());
const number = z.preprocess(asNumber, z.number());
const mayNumber = z.preprocess(
	(value) => (value === null || value === undefined || value === '' ? null : asNumber(value)),
	z.number().nullable()
);
const flag = z.preprocess(asFlag, z.boolean());
/** One that must be there: an answer without it says nothing. */
const said = z.preprocess((value) => (value === undefined ? value : asFlag(value)), z.boolean());

/** Who is meant: names of roles, never ids. A model is told these three; anything else it writes is dropped later. */
export const WHO = ['you', 'host', 'guest'] as const;
export type Who = (typeof WHO)[number];
const who = z.preprocess(asText, z.string().meta({ enum: [...WHO] }));

/** What a model may call something by that we told it of, such as `m3`: looked up among what was told, or dropped. */
const handle = text;

const remembered = z.object({ owner: who, text, significance: number });
const observed = {
	memories: z.array(z.object({ owner: who, text, significance: number, you: flag, host: flag, guest: flag })),
	revise: z.array(z.object({ memory: handle, text })),
	forget: z.array(handle),
	edges: z.array(
		z.object({ from: who, to: who, affinity: number, trust: number, reason: text, fact: mayText })
	),
	activities: z.array(
		z.object({ who, place: mayText, posture: text, action: text, attention: text, mood: text })
	),
	/** Where the scene is from now on; null where it stays. */
	place: mayText,
	weather: mayText,
	/** How long what was told took. */
	minutes: number,
	/** What is said of time that was passed over, such as "the next morning"; null where none was. */
	skip: mayText,
	threads_opened: z.array(text),
	threads_closed: z.array(handle)
};
const moved = {
	planned: z.array(z.object({ title: text, kind: text, in_minutes: mayNumber })),
	started: z.array(handle),
	completed: z.array(handle),
	cancelled: z.array(handle)
};

/** What a reply changed in the world. */
export const observation = z.object(observed);
export type Observation = z.output<typeof observation>;

/** Which story events a reply planned, began, ended or called off. */
export const transitions = z.object(moved);
export type Transitions = z.output<typeof transitions>;

/** Whether the silent witness of a reply says something. */
export const interjection = z.object({ speaks: said, why: text });
export type Interjection = z.output<typeof interjection>;

/** What a scene came to, and who keeps what of it. */
export const digest = z.object({ text: z.string(), memories: z.array(remembered) });
export type Digest = z.output<typeof digest>;

/** In a case: what the person says was tried, and what it came to. */
export const steps = z.object({ steps: z.array(z.object({ text, outcome: text })) });
export type Steps = z.output<typeof steps>;

/** Observation, transitions and interjection in one answer, for small models. */
export const merged = z.object({ ...observed, ...moved, speaks: said, why: text });
export type Merged = z.output<typeof merged>;

/** The answer of each classifier, by the name it is asked under. */
export interface Answers {
	readonly observer: Observation;
	readonly transitions: Transitions;
	readonly interjection: Interjection;
	readonly digest: Digest;
	readonly steps: Steps;
	readonly merged: Merged;
}
export type ClassifierName = keyof Answers;

/** The shape of each answer. */
export const CLASSIFIERS: { readonly [N in ClassifierName]: z.ZodType<Answers[N]> } = {
	observer: observation,
	transitions,
	interjection,
	digest,
	steps,
	merged
};

const NOTHING_OBSERVED: Observation = {
	memories: [],
	revise: [],
	forget: [],
	edges: [],
	activities: [],
	place: null,
	weather: null,
	minutes: 0,
	skip: null,
	threads_opened: [],
	threads_closed: []
};
const NOTHING_MOVED: Transitions = { planned: [], started: [], completed: [], cancelled: [] };
const SILENCE: Interjection = { speaks: false, why: '' };

/** What stands for "no answer": no model can answer with these very objects, so identity tells. They change nothing. */
export const NO_ANSWER: Answers = {
	observer: NOTHING_OBSERVED,
	transitions: NOTHING_MOVED,
	interjection: SILENCE,
	digest: { text: '', memories: [] },
	steps: { steps: [] },
	merged: { ...NOTHING_OBSERVED, ...NOTHING_MOVED, ...SILENCE }
};

/**
 * What a decision is about, in the clear: for the demo storyteller, which reads no prompt. Handles are those the prompt
 * tells, so that an answer by them means the same.
 */
export const storyFacts = z.object({
	chatId: z.string(),
	/** The reply that is judged; with `digest`, the turn that began the scene. */
	turnId: z.string(),
	/** The number, from 1, of the player's turn that was answered. */
	turn: z.number(),
	/** Who spoke the reply, by name and by role. */
	bot: z.string(),
	speaker: z.enum(['host', 'guest']),
	host: z.string(),
	you: z.string(),
	guest: z.string().nullable(),
	/** Who is where the speaker is, the speaker included. */
	present: z.object({ you: z.boolean(), host: z.boolean(), guest: z.boolean() }),
	/** With `interjection`, and with `merged` where it is asked too: who listened and might speak; else null. */
	witness: z.object({ role: z.enum(['host', 'guest']), name: z.string() }).nullable(),
	place: z.string().nullable(),
	/** Story time, in minutes since the midnight that began day 1. */
	minutes: z.number(),
	weather: z.string(),
	/** What the reply answered, and the reply. */
	words: z.string(),
	reply: z.string(),
	/** The reply is an interjection. */
	interjection: z.boolean(),
	openEvents: z.array(
		z.object({ handle: z.string(), title: z.string(), status: z.enum(['planned', 'active']) })
	),
	memories: z.array(z.object({ handle: z.string(), owner: z.string(), text: z.string() })),
	threads: z.array(z.object({ handle: z.string(), text: z.string() })),
	/** With `digest`: all that was said in the scene; else empty. */
	scene: z.array(z.object({ speaker: z.string(), text: z.string() }))
});
export type StoryFacts = z.output<typeof storyFacts>;
