// What a turn brought about, in English: on one quiet line, and as a list with reasons.
import type { EventPayloads, Queries } from '#lib/domain/vocabulary.ts';
import { plainName, plainWords } from '../ui/plain.ts';
import { plural } from './en-numbers.ts';
import { fromTo, momentOf, shortSpanOf, spanOf } from './en-story-time.ts';

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
const quoted = (text: string | undefined): string => (text === undefined ? '' : `“${plainName(text)}”`);

const who = (entity: string, name: string | undefined): string => {
	const plain = plainName(name ?? '');
	return plain !== '' ? plain : entity === 'you' ? 'you' : 'somebody';
};
/** A line has room for what somebody is called to their face. */
const firstName = (entity: string, name: string | undefined): string => who(entity, name).split(' ')[0] ?? '';
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const activity = (now: EventPayloads['activity_changed'], place: string | undefined): string =>
	[now.action, now.posture, now.attention, now.mood, ...(place === undefined ? [] : [`at ${place}`])]
		.map(plainName)
		.filter((each) => each !== '')
		.join(' · ');

const STEPS = {
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
		if (is(effect, 'weather_changed'))
			parts.push(effect.payload.weather === '' ? 'the weather clears' : short(effect.payload.weather));
	count('thread_opened', (n) => plural(n, 'loose end', 'loose ends'));
	count('thread_closed', (n) => `${plural(n, 'loose end', 'loose ends')} tied up`);
	count('step_proposed', (n) => `${plural(n, 'step', 'steps')} to confirm`);
	count('activity_changed', (n) => (n === 1 ? 'somebody moves' : `${String(n)} move`));
	return parts;
};

/** One effect in the list: what it is, and why, where a reason was given. */
export interface SaidEffect {
	readonly what: string;
	readonly why: readonly string[];
}

/** Effects that only say something, and have nothing to be taken back. */
export const isNote = (effect: Effect): boolean =>
	effect.kind === ('classifier_clamped' satisfies Kind) ||
	effect.kind === ('classifier_retried' satisfies Kind);

export const effectSaid = (effect: Effect): SaidEffect => {
	const { names } = effect;
	const said = (what: string, ...why: readonly string[]): SaidEffect => ({
		what,
		why: why.filter((each) => each !== '')
	});
	if (is(effect, 'edge_update')) {
		const { source, target, affinity, trust, reason, facts } = effect.payload;
		const pair = `${capital(who(source, names.source))} → ${who(target, names.target)}`;
		const known = facts.length === 0 ? '' : `Now known: ${facts.join('; ')}`;
		return said(`${pair}: ${feelings(affinity, trust) || 'nothing but what is known'}`, reason, known);
	}
	if (is(effect, 'memory_written'))
		return said(
			`${capital(who(effect.payload.owner, names.owner))} will remember: ${quoted(effect.payload.text)}`
		);
	if (is(effect, 'memory_edited')) return said(`Remembered otherwise: ${quoted(effect.payload.text)}`);
	if (is(effect, 'memory_forgotten')) return said(`Forgotten: ${quoted(names.memory)}`);
	if (is(effect, 'memory_pinned')) return said(`Pinned: ${quoted(names.memory)}`);
	if (is(effect, 'time_advanced')) return said(`${capital(spanOf(effect.payload.minutes))} pass`);
	if (is(effect, 'time_skip_elision'))
		return said(`${capital(shortSpanOf(effect.payload.minutes))} are skipped`, effect.payload.label);
	if (is(effect, 'time_skip_jump'))
		return said(`The story goes to ${momentOf(effect.payload.to)}`, effect.payload.label);
	if (is(effect, 'weather_changed'))
		return said(effect.payload.weather === '' ? 'The weather clears' : `Weather: ${effect.payload.weather}`);
	if (is(effect, 'scene_opened'))
		return said(
			names.place === undefined ? 'A scene begins' : `The scene moves to ${plainName(names.place)}`
		);
	if (is(effect, 'scene_closed')) return said('The scene ends', effect.payload.summary ?? '');
	if (is(effect, 'container_created')) return said(`A new place: ${plainName(effect.payload.name)}`);
	if (is(effect, 'activity_changed')) {
		const what = activity(effect.payload, names.place);
		return said(`${capital(who(effect.payload.entity, names.entity))}: ${what === '' ? 'at rest' : what}`);
	}
	if (is(effect, 'event_planned')) return said(`Planned: ${plainName(effect.payload.title)}`);
	for (const kind of STEP_KINDS)
		if (is(effect, kind))
			return said(`${capital(STEPS[kind])}: ${plainName(names.storyEvent ?? '')}`, effect.payload.reason);
	if (is(effect, 'thread_opened')) return said(`A loose end: ${plainName(effect.payload.text)}`);
	if (is(effect, 'thread_updated')) return said(`A loose end goes on: ${plainName(effect.payload.text)}`);
	if (is(effect, 'thread_closed'))
		return said(`A loose end is tied up: ${plainName(names.thread ?? '')}`, effect.payload.outcome);
	if (is(effect, 'step_proposed')) return said(`Perhaps tried: ${quoted(effect.payload.text)}`);
	if (is(effect, 'classifier_clamped')) {
		const { dropped } = effect.payload;
		return said(
			`${plural(dropped.length, 'thing', 'things')} the model said did not fit this story and ${dropped.length === 1 ? 'was' : 'were'} left out or cut.`,
			dropped
				.map((each) => plainName(each.said))
				.filter((each) => each !== '')
				.join(' · ')
		);
	}
	// of a kind that has no sentence of its own here, or of another version
	return said(effect.kind.replaceAll('_', ' '));
};

const FAILED: Readonly<Record<Failure['classifier'], string>> = {
	observer: 'What changed could not be noted',
	transitions: 'What became of plans could not be noted',
	interjection: 'Whether somebody speaks up could not be asked',
	digest: 'What happened elsewhere could not be summed up',
	steps: 'Steps that were tried could not be looked for'
};

/** What was not done, as one sentence; why, in the model layer's own word, comes from its table. */
export const failureSaid = ({ classifier }: Failure, why: string): string => `${FAILED[classifier]}. ${why}`;
