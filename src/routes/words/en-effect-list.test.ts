import { describe, expect, test } from 'vitest';
import { vocabulary, type EventKindName, type EventPayloads } from '#lib/domain/vocabulary.ts';
import { effectSaid, isNote } from './en-effect-list.ts';
import type { Effect } from './en-effects.ts';
import { history } from './en-history.ts';

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const MARA = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const THERE = { you: true, host: true, guest: false };

const effect = (kind: string, payload: unknown, names: Effect['names'] = {}): Effect => ({
	eventId: ID,
	kind,
	payload,
	names
});

type Case<K extends EventKindName> = readonly [
	payload: EventPayloads[K],
	names: Effect['names'],
	what: string,
	...why: readonly string[]
];

/** Each kind as a turn may bring it about, and what is said of it; null where none does. A new kind has its line here. */
const CASES: { readonly [K in EventKindName]: Case<K> | null } = {
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
	classifier_failed: null,
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
	step_proposed: [
		{ stepId: ID, text: 'Restarted the router', outcome: 'no_effect', turnId: ID },
		{},
		'Perhaps tried: “Restarted the router”'
	],
	guest_joined: [{ bot: { botId: ID, name: 'Ben Hale' } }, {}, 'Ben Hale joins'],
	guest_left: [{ botId: ID }, {}, 'Somebody leaves'],
	container_created: [
		{ containerId: ID, name: 'the attic', description: 'Dust.', parentId: null },
		{ place: 'the attic' },
		'A new place: the attic',
		'Dust.'
	],
	container_changed: [
		{ containerId: ID, name: 'the loft', description: '', parentId: null },
		{ place: 'the loft' },
		'A place is now: the loft'
	],
	scene_opened: [
		{ sceneId: ID, containerId: ID, participants: [MARA], minutes: 10 },
		{ place: 'the quay' },
		'The scene moves to the quay'
	],
	scene_closed: [{ sceneId: ID, minutes: 10, summary: 'They parted.' }, {}, 'The scene ends', 'They parted.'],
	activity_changed: [
		{
			entity: MARA,
			containerId: ID,
			posture: 'at the desk',
			action: 'writing',
			attention: '',
			mood: 'wary'
		},
		{ entity: 'Mara Quill', place: 'the office' },
		'Mara Quill: writing · at the desk · wary · at the office'
	],
	weather_changed: [{ weather: '' }, {}, 'The weather clears'],
	time_advanced: [{ minutes: 95 }, {}, 'Time passes: 1 hour 35 minutes'],
	time_skip_elision: [
		{ minutes: 540, label: 'Towards morning' },
		{},
		'Time is skipped: 9 hours',
		'Towards morning'
	],
	time_skip_jump: [
		{ to: 390, label: 'That morning', flashback: true },
		{},
		'The story goes back to Day 1, 06:30',
		'That morning'
	],
	thread_opened: [
		{ threadId: ID, text: 'Who lit the lamp?', witnesses: null },
		{},
		'A loose end: Who lit the lamp?'
	],
	thread_updated: [
		{ threadId: ID, text: 'Who saw it?', witnesses: null },
		{},
		'A loose end goes on: Who saw it?'
	],
	thread_closed: [
		{ threadId: ID, outcome: 'Ben did.' },
		{ thread: 'Who lit the lamp?' },
		'A loose end is tied up: Who lit the lamp?',
		'Ben did.'
	],
	memory_written: [
		{
			memoryId: ID,
			owner: MARA,
			text: 'The key was a copy.',
			significance: 2,
			witness: THERE,
			guestId: null,
			sceneId: null,
			minutes: 0,
			source: null
		},
		{ owner: 'Mara Quill' },
		'Mara Quill will remember: “The key was a copy.”'
	],
	memory_edited: [
		{ memoryId: ID, text: 'The key was no copy.', significance: 2, witness: THERE },
		{ memory: 'The key was no copy.' },
		'Remembered otherwise: “The key was no copy.”'
	],
	memory_forgotten: [{ memoryId: ID }, { memory: 'The key.' }, 'Forgotten: The key.'],
	memory_pinned: [{ memoryId: ID, pinned: false }, { memory: 'The key.' }, 'No longer pinned: The key.'],
	edge_update: [
		{ source: MARA, target: 'you', affinity: 2, trust: -1, reason: 'You came back.', facts: ['is late'] },
		{ source: 'Mara Quill' },
		'Mara Quill → you: +2 affinity, −1 trust',
		'You came back.',
		'Now known: is late'
	],
	event_planned: [
		{ eventId: ID, title: 'The ferry', kind: '', props: {}, plannedFor: null, witnesses: null },
		{},
		'Planned: The ferry'
	],
	event_started: [
		{ eventId: ID, reason: 'A horn.', witnesses: null },
		{ storyEvent: 'The ferry' },
		'Begun: The ferry',
		'A horn.'
	],
	event_completed: [
		{ eventId: ID, reason: '', witnesses: null },
		{ storyEvent: 'The ferry' },
		'Done: The ferry'
	],
	event_cancelled: [
		{ eventId: ID, reason: 'Fog.', witnesses: null },
		{ storyEvent: 'The ferry' },
		'Called off: The ferry',
		'Fog.'
	],
	event_expired: [{ eventId: ID, reason: '', witnesses: null }, {}, 'Let pass'],
	event_status_reverted: [
		{ eventId: ID, priorStatus: 'planned' },
		{ storyEvent: 'The ferry' },
		'To come again: The ferry'
	],
	classifier_retried: [{ classifier: 'observer' }, {}, 'What changed was noted after all.'],
	classifier_clamped: [
		{ classifier: 'observer', dropped: [{ what: 'edge', why: 'unknown', said: 'the cat' }] },
		{},
		'1 thing the model said did not fit this story and was left out or cut.',
		'1 change of feeling was left out: nothing in this story is called that (the cat)'
	],
	meanwhile_scene_started: [
		{
			meanwhileId: ID,
			place: 'the quay',
			containerId: ID,
			participants: [MARA],
			premise: 'He asks.',
			limit: 6
		},
		{},
		'A scene begins at the quay',
		'He asks.'
	],
	meanwhile_scene_ended: [
		{ meanwhileId: ID, why: 'limit' },
		{},
		'The scene elsewhere ends: it had its turns'
	],
	meanwhile_digest_created: [
		{ digestId: ID, meanwhileId: ID, text: 'They spoke.', sources: [] },
		{},
		'What happened elsewhere: “They spoke.”'
	]
};

const isCased = (kind: string): kind is EventKindName => Object.hasOwn(CASES, kind);

describe('every kind of event a turn can bring about has its own sentence', () => {
	test.each(vocabulary.events.map(({ kind }) => [kind]))('%s', (kind) => {
		if (!isCased(kind)) throw new Error('a new kind of event: say in the table what is said of it');
		const given = CASES[kind];
		const title = history.kinds.title(kind);
		if (given === null) {
			expect(effectSaid(effect(kind, {})), 'by its title, should it ever be one').toEqual({
				what: title,
				why: []
			});
			return;
		}
		const [payload, names, what, ...why] = given;
		expect(effectSaid(effect(kind, payload, names))).toEqual({ what, why });
		expect(what).not.toBe(title);
	});
});

test('what a sample says is an event of the product', () => {
	for (const { kind, parse } of vocabulary.events) {
		const given = isCased(kind) ? CASES[kind] : null;
		if (given !== null) expect(parse(given[0]), kind).toEqual(given[0]);
	}
});

test('an effect of another version is called by its kind, and one whose payload is not known by its title', () => {
	expect(effectSaid(effect('tide_turned', null)).what).toBe('tide_turned');
	expect(effectSaid(effect('memory_written', null)).what).toBe(history.kinds.title('memory_written'));
});

test('hostile names and words stay on one line with nothing unseen in them', () => {
	const { what, why } = effectSaid(
		effect(
			'edge_update',
			{ source: MARA, target: 'you', affinity: 1, trust: 0, reason: 'a\u202e\nb', facts: [] },
			{ source: 'Ma\u202era\n\nQuill' }
		)
	);
	expect([what, ...why].join('|')).not.toMatch(/[\u202e\n]/u);
});

test('only what has nothing to be taken back is a note', () => {
	const notes = vocabulary.events.map(({ kind }) => kind).filter((kind) => isNote(effect(kind, {})));
	expect(notes.toSorted()).toEqual(['classifier_clamped', 'classifier_retried']);
});

test('what was left out is counted truly, and told with the reason', () => {
	const { what, why } = effectSaid(
		effect('classifier_clamped', {
			classifier: 'observer',
			dropped: [
				{ what: 'memory', why: 'too-many', said: 'The 12th.' },
				{ what: 'memory', why: 'too-many', said: 'The 13th.', times: 9987 },
				{ what: 'edge', why: 'too-much', said: '1000' }
			]
		})
	);
	expect(what).toBe('9,989 things the model said did not fit this story and were left out or cut.');
	expect(why).toEqual([
		'9,988 memories more than a turn may have were left out (The 12th. · The 13th. …)',
		'1 change of feeling was cut to what one turn may change (1000)'
	]);
});
