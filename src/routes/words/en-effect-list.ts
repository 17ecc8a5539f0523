// What a turn brought about, in English, one sentence for each kind of effect: as the list under the turn says them, with
// reasons, and as their Undo is called.
import type { EventKindName, EventPayloads } from '#lib/domain/vocabulary.ts';
import { plainName } from '../ui/plain.ts';
import { capital, feelings, STEPS, who, type Effect } from './en-effects.ts';
import { history } from './en-history.ts';
import { plural } from './en-numbers.ts';
import { momentOf, spanOf } from './en-story-time.ts';

/** One effect in the list: what it is, and why, where a reason was given. */
export interface SaidEffect {
	readonly what: string;
	readonly why: readonly string[];
}

type Names = Effect['names'];
type Sentence<K extends EventKindName> = (payload: EventPayloads[K], names: Names) => SaidEffect;

const said = (what: string, ...why: readonly string[]): SaidEffect => ({
	what,
	why: why.map(plainName).filter((each) => each !== '')
});
const quoted = (text: string | undefined): string => `“${plainName(text ?? '')}”`;
/** What is not known by name any more is said without one. */
const named = (without: string, name: string | undefined): string => {
	const plain = plainName(name ?? '');
	return plain === '' ? without : `${without}: ${plain}`;
};

const step =
	(kind: keyof typeof STEPS) =>
	({ reason }: { readonly reason: string }, { storyEvent }: Names): SaidEffect =>
		said(named(capital(STEPS[kind]), storyEvent), reason);

type Dropped = EventPayloads['classifier_clamped']['dropped'][number];

const were = (n: number): string => (n === 1 ? 'was' : 'were');

const DROPPED: Readonly<Record<Dropped['what'], readonly [one: string, many: string]>> = {
	memory: ['memory', 'memories'],
	edge: ['change of feeling', 'changes of feeling'],
	activity: ['word of what somebody does', 'words of what somebody does'],
	place: ['place', 'places'],
	time: ['passing of time', 'passings of time'],
	thread: ['loose end', 'loose ends'],
	event: ['step of a plan', 'steps of plans']
};

/** What became of so many things, and why. */
const WHY: Readonly<Record<Dropped['why'], (things: string, n: number) => string>> = {
	unknown: (things, n) => `${things} ${were(n)} left out: nothing in this story is called that`,
	'not-there': (things, n) => `${things} of somebody who was not there ${were(n)} left out`,
	empty: (things, n) => `${things} without words ${were(n)} left out`,
	'too-many': (things, n) => `${things} more than a turn may have ${were(n)} left out`,
	'too-much': (things, n) => `${things} ${were(n)} cut to what one turn may change`,
	'no-change': (things, n) => `${things} that would have changed nothing ${were(n)} left out`,
	past: (things, n) => `${things} ${were(n)} left out: the story has gone on since`,
	pinned: (things, n) => `${things} ${were(n)} not forgotten: you have pinned ${n === 1 ? 'it' : 'them'}`,
	over: (things, n) => `${things} ${were(n)} left out: that was over already`
};

/** A sentence for each sort of what was left out and why, with some of the words. */
const leftOut = (dropped: readonly Dropped[]): readonly string[] =>
	dropped.flatMap(({ what, why }, at) => {
		const same = dropped.filter((one) => one.what === what && one.why === why);
		if (same[0] !== dropped[at]) return [];
		const n = same.reduce((sum, { times }) => sum + (times ?? 1), 0);
		const words = same.map((one) => plainName(one.said)).filter((each) => each !== '');
		const sentence = WHY[why](plural(n, ...DROPPED[what]), n);
		return [
			words.length === 0 ? sentence : `${sentence} (${words.join(' · ')}${words.length < n ? ' …' : ''})`
		];
	});

const STANDS = {
	planned: 'to come again',
	active: 'under way again',
	completed: 'done after all',
	cancelled: 'called off after all',
	expired: 'let pass after all'
} as const;

/** Null: no turn brings it about, but a person, or it is a turn itself. */
const sentences: { readonly [K in EventKindName]: Sentence<K> | null } = {
	bot_authored: null,
	bot_retired: null,
	you_authored: null,
	you_retired: null,
	chat_created: null,
	chat_renamed: null,
	chat_archived: null,
	chat_settings_changed: null,
	author_note_set: null,
	user_turn: null,
	assistant_turn: null,
	narrator_turn: null,
	turn_edited: null,
	turn_hidden: null,
	turn_shown: null,
	turn_regenerated: null,
	alternative_chosen: null,
	turn_deleted: null,
	undone: null,
	effect_undone: null,
	meanwhile_digest_settled: null,
	thread_reopened: null,
	memory_remembered: null,
	event_replanned: null,
	member_authored: null,
	member_retired: null,
	case_opened: null,
	case_changed: null,
	case_resolved: null,
	case_reopened: null,
	step_recorded: null,
	step_changed: null,
	step_removed: null,
	proposal_settled: null,
	handoff_raised: null,
	handoff_assessed: null,
	handoff_assessment_failed: null,
	handoff_claimed: null,
	handoff_claim_renewed: null,
	handoff_taken_over: null,
	handoff_returned: null,
	handoff_reassigned: null,
	handoff_noted: null,
	handoff_priority_changed: null,
	handoff_snoozed: null,
	handoff_handed_back: null,
	handoff_resolved: null,
	handoff_reopened: null,
	handoff_withdrawn: null,
	handoff_pick_up_settled: null,
	handoff_sent: null,
	contact_added: null,
	contact_removed: null,
	desk_settings_changed: null,
	// said under its turn, with Retry
	classifier_failed: null,

	guest_joined: ({ bot }) => said(`${capital(who(bot.botId, bot.name))} joins`),
	guest_left: ({ botId }, { entity }) => said(`${capital(who(botId, entity))} leaves`),
	container_created: ({ name, description }) => said(`A new place: ${plainName(name)}`, description),
	container_changed: ({ name, description }) => said(`A place is now: ${plainName(name)}`, description),
	scene_opened: (_scene, { place }) =>
		said(place === undefined ? 'A scene begins' : `The scene moves to ${plainName(place)}`),
	scene_closed: ({ summary }) => said('The scene ends', summary ?? ''),
	activity_changed: ({ entity, action, posture, attention, mood }, names) => {
		const place = names['place'] === undefined ? '' : `at ${names['place']}`;
		const doing = [action, posture, attention, mood, place].map(plainName).filter((each) => each !== '');
		return said(
			`${capital(who(entity, names['entity']))}: ${doing.length === 0 ? 'at rest' : doing.join(' · ')}`
		);
	},
	weather_changed: ({ weather }) =>
		said(weather === '' ? 'The weather clears' : `Weather: ${plainName(weather)}`),
	time_advanced: ({ minutes }) => said(`Time passes: ${spanOf(minutes)}`),
	time_skip_elision: ({ minutes, label }) => said(`Time is skipped: ${spanOf(minutes)}`, label),
	time_skip_jump: ({ to, label, flashback }) =>
		said(`The story goes ${flashback ? 'back ' : ''}to ${momentOf(to)}`, label),
	thread_opened: ({ text }) => said(`A loose end: ${plainName(text)}`),
	thread_updated: ({ text }) => said(`A loose end goes on: ${plainName(text)}`),
	thread_closed: ({ outcome }, { thread }) => said(named('A loose end is tied up', thread), outcome),
	memory_written: ({ owner, text }, names) =>
		said(`${capital(who(owner, names['owner']))} will remember: ${quoted(text)}`),
	memory_edited: ({ text }) => said(`Remembered otherwise: ${quoted(text)}`),
	memory_forgotten: (_memory, { memory }) => said(named('Forgotten', memory)),
	memory_pinned: ({ pinned }, { memory }) => said(named(pinned ? 'Pinned' : 'No longer pinned', memory)),
	edge_update: ({ source, target, affinity, trust, reason, facts }, names) =>
		said(
			`${capital(who(source, names['source']))} → ${who(target, names['target'])}: ` +
				(feelings(affinity, trust) || 'nothing but what is known'),
			reason,
			facts.length === 0 ? '' : `Now known: ${facts.join('; ')}`
		),
	event_planned: ({ title }) => said(`Planned: ${plainName(title)}`),
	event_started: step('event_started'),
	event_completed: step('event_completed'),
	event_cancelled: step('event_cancelled'),
	event_expired: step('event_expired'),
	event_status_reverted: ({ priorStatus }, { storyEvent }) =>
		said(named(capital(STANDS[priorStatus]), storyEvent)),
	meanwhile_scene_started: ({ place, premise }) =>
		said(place === '' ? 'A scene elsewhere begins' : `A scene begins at ${plainName(place)}`, premise),
	meanwhile_scene_ended: ({ why }) =>
		said(why === 'limit' ? 'The scene elsewhere ends: it had its turns' : 'The scene elsewhere ends'),
	meanwhile_digest_created: ({ text }) => said(`What happened elsewhere: ${quoted(text)}`),
	step_proposed: ({ text }) => said(`Perhaps tried: ${quoted(text)}`),
	classifier_clamped: ({ dropped }) => {
		const all = dropped.reduce((sum, { times }) => sum + (times ?? 1), 0);
		return said(
			`${plural(all, 'thing', 'things')} the model said did not fit this story and ${were(all)} left out or cut.`,
			...leftOut(dropped)
		);
	},
	classifier_retried: ({ classifier }) =>
		said(
			{
				observer: 'What changed was noted after all.',
				transitions: 'What became of plans was noted after all.',
				interjection: 'Whether somebody speaks up was asked after all.',
				digest: 'What happened elsewhere was summed up after all.',
				steps: 'Steps that were tried were looked for after all.'
			}[classifier]
		)
};

/** Effects that only say something, and have nothing to be taken back. */
export const isNote = (effect: Effect): boolean =>
	effect.kind === ('classifier_clamped' satisfies EventKindName) ||
	effect.kind === ('classifier_retried' satisfies EventKindName);

/** What an effect is. */
export const effectSaid = ({ kind, payload, names }: Effect): SaidEffect => {
	const sentence = Object.hasOwn(sentences, kind) ? sentences[kind as EventKindName] : null;
	// of a kind that another version of Stet wrote, or that no turn of this one brings about
	if (sentence === null || payload === null) return said(history.kinds.title(kind));
	// a kind this version knows has a payload as this version has it: the query parsed it so
	return (sentence as (payload: unknown, names: Names) => SaidEffect)(payload, names);
};
