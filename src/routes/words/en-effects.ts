// What a turn brought about, in English: on one quiet line; and what could not be noted of it.
import type { EventPayloads, Queries } from '#lib/domain/vocabulary.ts';
import { plainName, plainWords } from '../ui/plain.ts';
import { plural } from './en-numbers.ts';
import { fromTo, momentOf, shortSpanOf } from './en-story-time.ts';

export type TurnEffects = Queries['effects']['answer'][number];
export type Effect = TurnEffects['effects'][number];
type Failure = TurnEffects['failures'][number];
type Kind = keyof EventPayloads;

/** A kind this version knows has a payload as this version has it: the query parsed it so. */
const is = <K extends Kind>(
	effect: Effect,
	kind: K
): effect is Effect & { readonly kind: K; readonly payload: EventPayloads[K] } =>
	effect.kind === kind && effect.payload !== null;

const signed = (n: number): string => (n > 0 ? `+${String(n)}` : `−${String(-n)}`);

/** What of a feeling changed; empty where nothing did. */
export const feelings = (affinity: number, trust: number): string =>
	[
		...(affinity === 0 ? [] : [`${signed(affinity)} affinity`]),
		...(trust === 0 ? [] : [`${signed(trust)} trust`])
	].join(', ');

const SHORT_CHARS = 28;
const short = (text: string): string => {
	const plain = plainWords(text);
	return plain.length > SHORT_CHARS ? `${plain.slice(0, SHORT_CHARS - 1).trimEnd()}…` : plain;
};

/** Somebody within a sentence. */
export const who = (entity: string, name: string | undefined): string => {
	const plain = plainName(name ?? '');
	return plain !== '' ? plain : entity === 'you' ? 'you' : 'somebody';
};
/** A line has room for what somebody is called to their face. */
const firstName = (entity: string, name: string | undefined): string => who(entity, name).split(' ')[0] ?? '';
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** How a story event stands after a step. */
export const STEPS = {
	event_started: 'begun',
	event_completed: 'done',
	event_cancelled: 'called off',
	event_expired: 'let pass'
} as const;
const STEP_KINDS = ['event_started', 'event_completed', 'event_cancelled', 'event_expired'] as const;

/**
 * The parts of the line under a turn, what matters most first. `minutes`: what time it was when the turn was said; what was
 * said of the time since then is counted from there.
 */
export const effectLine = (effects: readonly Effect[], minutes: number): readonly string[] => {
	const parts: string[] = [];
	const count = (kind: Kind, say: (n: number) => string) => {
		const n = effects.filter((effect) => effect.kind === kind).length;
		if (n > 0) parts.push(say(n));
	};
	const felt = effects.flatMap((effect) => {
		if (!is(effect, 'edge_update')) return [];
		const { source, target, affinity, trust } = effect.payload;
		const change = feelings(affinity, trust);
		const pair = `${firstName(source, effect.names.source)} → ${firstName(target, effect.names.target)}`;
		return change === '' ? [] : [`${change} ${pair}`];
	});
	parts.push(...felt.slice(0, 1));
	count('memory_written', (n) => `remembered ${String(n)}`);
	const passed = effects.reduce(
		(sum, effect) => sum + (is(effect, 'time_advanced') ? effect.payload.minutes : 0),
		0
	);
	if (passed > 0) parts.push(fromTo(minutes, minutes + passed));
	parts.push(...felt.slice(1));
	for (const effect of effects)
		for (const kind of STEP_KINDS)
			if (is(effect, kind)) parts.push(`${STEPS[kind]}: ${short(effect.names.storyEvent ?? '')}`);
	for (const effect of effects)
		if (is(effect, 'event_planned')) parts.push(`planned: ${short(effect.payload.title)}`);
	count('memory_edited', (n) => `${plural(n, 'memory', 'memories')} revised`);
	count('memory_forgotten', (n) => `forgot ${String(n)}`);
	for (const effect of effects)
		if (is(effect, 'scene_opened') && effect.names.place !== undefined)
			parts.push(`to ${short(effect.names.place)}`);
	for (const effect of effects)
		if (is(effect, 'time_skip_elision')) parts.push(`${shortSpanOf(effect.payload.minutes)} later`);
		else if (is(effect, 'time_skip_jump')) parts.push(`to ${momentOf(effect.payload.to)}`);
	for (const effect of effects)
		if (is(effect, 'weather_changed'))
			parts.push(effect.payload.weather === '' ? 'the weather clears' : short(effect.payload.weather));
	count('meanwhile_digest_created', () => 'summed up');
	count('thread_opened', (n) => plural(n, 'loose end', 'loose ends'));
	count('thread_closed', (n) => `${plural(n, 'loose end', 'loose ends')} tied up`);
	count('thread_updated', (n) => `${plural(n, 'loose end goes', 'loose ends go')} on`);
	count('step_proposed', (n) => `${plural(n, 'step', 'steps')} proposed`);
	count('activity_changed', (n) => (n === 1 ? 'somebody moves' : `${String(n)} move`));
	// what the model said did not hold: worth a word only where nothing else came of it
	if (parts.length === 0) count('classifier_clamped', () => 'something was left out');
	return parts;
};

const FAILED: Readonly<Record<Failure['classifier'], string>> = {
	observer: 'What changed could not be noted',
	transitions: 'What became of plans could not be noted',
	interjection: 'Whether somebody speaks up could not be asked',
	digest: 'What happened elsewhere could not be summed up',
	steps: 'Steps that were tried could not be looked for'
};

/** Reasons that are no failure of a model, which has a table of its own; null for one of those. */
const OWN_REASONS: Readonly<Record<string, string>> = {
	stopped: 'The reply was stopped.',
	'not-kept': 'Stet could not write down what the model found. This is a fault of Stet.'
};
export const ownReason = (type: string): string | null =>
	Object.hasOwn(OWN_REASONS, type) ? (OWN_REASONS[type] ?? null) : null;

/** What was not done, as one sentence, and why. */
export const failureSaid = ({ classifier }: Failure, why: string): string => `${FAILED[classifier]}. ${why}`;
