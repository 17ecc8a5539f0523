// What the demo storyteller decides beside the prose: story events, who speaks up, digests, titles. No model, and no cleverness.
import {
	NO_ANSWER,
	type ClassifierName,
	type Digest,
	type Interjection,
	type StoryFacts,
	type Transitions
} from '../../domain/story/classifiers.ts';
import { beatOf, isDue } from './demo-beats.ts';
import { castOf, castOfFacts } from './demo-cast.ts';
import { hash, nextOf, randomFrom } from './demo-chance.ts';
import { isNamed, lineOf, touchesOn } from './demo-cues.ts';
import { cleanName } from './demo-echo.ts';
import { DIGEST_BEGINS, DIGEST_ENDS, DIGEST_KEPT } from './demo-beside-lines.ts';
import { demoAssessment } from './demo-assess.ts';
import { demoSteps } from './demo-copilot.ts';
import { demoObservation } from './demo-observe.ts';
import { PLANS, WHY_NAMED, WHY_SILENT, WHY_SPEAKS } from './demo-world-lines.ts';

const seeded = (facts: StoryFacts, of: string): (() => number) =>
	randomFrom(`${facts.turnId}/${of}/${hash(facts.reply.slice(0, 4000))}`);

/** Every so many rounds a plan comes to nothing. */
const CALLED_OFF_EVERY = 4;

/** Plans early, begins when the time has come or the player touches on it, and ends what has begun. */
const demoTransitions = (facts: StoryFacts): Transitions => {
	if (facts.interjection || !facts.present.you) return NO_ANSWER.transitions;
	const random = seeded(facts, 'transitions');
	const { cycle, at } = beatOf(facts);
	const { fill, thing } = castOfFacts(facts);
	const names = [facts.bot, facts.you, facts.host, facts.guest ?? ''];
	const touched = (title: string): boolean => touchesOn(title, thing, names, facts.words);
	const active = facts.openEvents.find(({ status }) => status === 'active');
	const waiting = facts.openEvents.filter(({ status }) => status === 'planned');
	const spokenOf = waiting.find(({ title }) => touched(title));
	const next = spokenOf ?? waiting[0];
	const ends = active !== undefined && isDue(at, 'complete');
	const begins =
		!ends && active === undefined && next !== undefined && (spokenOf !== undefined || isDue(at, 'start'));
	const unlucky = cycle % CALLED_OFF_EVERY === CALLED_OFF_EVERY - 1;
	const calledOff = begins && spokenOf === undefined && unlucky;
	// late is better than not at all, but what was called off is not planned again
	const plans = facts.openEvents.length === 0 && !isDue(at, unlucky ? 'start' : 'complete');
	const plan = (): Transitions['planned'] => {
		const [kind, title] = nextOf(PLANS, 'plans', cycle, facts.chatId, random());
		return [{ title: fill(title), kind, in_minutes: 30 + Math.floor(random() * 7) * 10 }];
	};
	return {
		planned: plans ? plan() : [],
		started: begins && !calledOff ? [next.handle] : [],
		completed: ends ? [active.handle] : [],
		cancelled: calledOff ? [next.handle] : []
	};
};

/** Rounds of turns in each of which the witness speaks at least once; with what chance adds, about one turn in three. */
const SURE_EVERY = 6;
const SURE_WITHIN = 3;
const CHANCE = 0.2;

/** Speaks when named, else on a turn in each round that the chat has chosen, else by a small chance. */
const demoInterjection = (facts: StoryFacts): Interjection => {
	const { witness, chatId } = facts;
	if (witness === null) return NO_ANSWER.interjection;
	const random = seeded(facts, 'interjection');
	const { step } = beatOf(facts);
	const { say } = castOf({ ...facts, other: witness.name });
	const why = (phrases: typeof WHY_NAMED, slot: string): string => say(phrases, slot, step, random());
	if (isNamed(witness.name, facts.words) || isNamed(witness.name, facts.reply))
		return { speaks: true, why: why(WHY_NAMED, 'why-named') };
	const sure = step % SURE_EVERY === hash(`${chatId}/speaks/${Math.floor(step / SURE_EVERY)}`) % SURE_WITHIN;
	return sure || random() < CHANCE
		? { speaks: true, why: why(WHY_SPEAKS, 'why-speaks') }
		: { speaks: false, why: why(WHY_SILENT, 'why-silent') };
};

/** Retells a scene by the lines that were spoken in it. */
const demoDigest = (facts: StoryFacts): Digest => {
	const random = randomFrom(`${facts.turnId}/digest/${facts.scene.length}`);
	const step = hash(facts.turnId);
	const { host, guest, chatId } = facts;
	const told = castOf({ ...facts, bot: host, other: guest });
	const spoken = facts.scene.slice(-8).flatMap(({ speaker, text }) => {
		const line = lineOf(text, random());
		const name = cleanName(speaker, '');
		return line === null || name === '' ? [] : [{ speaker, name, line: `‘${line}’` }];
	});
	const [first, last] = [spoken[0], spoken.length > 1 ? spoken.at(-1) : undefined];
	const kept = (owner: 'host' | 'guest', self: string, by: string | null): Digest['memories'] => {
		const heard = spoken.findLast(({ speaker }) => speaker !== self);
		if (heard === undefined) return [];
		const own = castOf({ ...facts, chatId, bot: self, other: by ?? heard.speaker });
		return [
			{
				owner,
				text: own.say(DIGEST_KEPT, `digest-kept-${owner}`, step, random(), { line: heard.line }),
				significance: 2
			}
		];
	};
	return {
		text: [
			told.say(DIGEST_BEGINS, 'digest-begins', step, random()),
			...(first === undefined ? [] : [`${first.name} said ${first.line}.`]),
			...(last === undefined ? [] : [`In the end ${last.name} said ${last.line}.`]),
			told.say(DIGEST_ENDS, 'digest-ends', step, random())
		].join(' '),
		memories: [...kept('host', host, guest), ...(guest === null ? [] : kept('guest', guest, host))]
	};
};

/** Answers by the name of the classifier. */
const CLASSIFIED: { readonly [Name in ClassifierName]: (facts: StoryFacts) => unknown } = {
	observer: demoObservation,
	transitions: demoTransitions,
	interjection: demoInterjection,
	digest: demoDigest,
	steps: demoSteps,
	merged: (facts) => ({ ...demoObservation(facts), ...demoTransitions(facts), ...demoInterjection(facts) })
};

/** A title of who and where, found in what is to be named. */
const demoTitle = (data: string): unknown => {
	const place = /^Place: (.{1,60})$/mu.exec(data)?.[1];
	const names = [...data.matchAll(/^([^:\n]{1,40}): /gmu)].map(([, name]) => name ?? '');
	const bot = names.find((name) => name !== 'Place' && name !== 'Player');
	return { title: [bot ?? 'A story', ...(place === undefined ? [] : [place])].join(', ') };
};

const isClassifier = (name: string): name is ClassifierName => Object.hasOwn(CLASSIFIED, name);

/** What the demo answers to a decision of that name: found in what it was given, never thought of. Undefined: nothing. */
export const demoDecision = (name: string, data: string, story: StoryFacts | null): unknown => {
	if (name === 'title') return demoTitle(data);
	if (name === 'assessment') return demoAssessment(data);
	return story !== null && isClassifier(name) ? CLASSIFIED[name](story) : undefined;
};
