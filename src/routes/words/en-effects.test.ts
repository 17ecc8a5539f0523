import { describe, expect, test } from 'vitest';
import type { EventKindName, EventPayloads } from '#lib/domain/vocabulary.ts';
import { effectLine, failureSaid, feelings, type Effect } from './en-effects.ts';

const MARA = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const WITNESS = { you: true, host: true, guest: false };
const NOON = 12 * 60;

let made = 0;
const effect = <K extends EventKindName>(
	kind: K,
	payload: EventPayloads[K],
	names: Effect['names'] = {}
): Effect => ({ eventId: `${ID}-${String((made += 1))}`, kind, payload, names });

const feels = (affinity: number, trust: number, source = 'Mara Quill', target = ''): Effect =>
	effect(
		'edge_update',
		{ source: MARA, target: 'you', affinity, trust, reason: '', facts: [] },
		{ source, ...(target === '' ? {} : { target }) }
	);
const remembers = (): Effect =>
	effect('memory_written', {
		memoryId: ID,
		owner: MARA,
		text: 'The lamp.',
		significance: 1,
		witness: WITNESS,
		guestId: null,
		sceneId: null,
		minutes: NOON,
		source: null
	});
const passes = (minutes: number): Effect => effect('time_advanced', { minutes });
const step = (kind: 'event_started' | 'event_completed' | 'event_cancelled' | 'event_expired'): Effect =>
	effect(kind, { eventId: ID, reason: '', witnesses: null }, { storyEvent: 'The ferry' });

describe('the line under a turn', () => {
	test('says nothing where nothing was brought about, or nothing a line can say', () => {
		expect(effectLine([], NOON)).toEqual([]);
		expect(effectLine([effect('classifier_retried', { classifier: 'observer' })], NOON)).toEqual([]);
		expect(effectLine([{ eventId: ID, kind: 'tide_turned', payload: null, names: {} }], NOON)).toEqual([]);
	});

	test('begins with one feeling, what is remembered and the time that passed; other feelings follow', () => {
		const line = effectLine(
			[passes(10), remembers(), feels(2, 0), feels(0, -3), remembers(), passes(5)],
			NOON
		);
		expect(line).toEqual(['+2 affinity Mara → you', 'remembered 2', '12:00 → 12:15', '−3 trust Mara → you']);
	});

	test('counts time from when the turn was said, and names the days when it passes midnight', () => {
		expect(effectLine([passes(30)], 23 * 60 + 45)).toEqual(['Day 1, 23:45 → Day 2, 00:15']);
	});

	test('leaves out a feeling that did not change, and a name nobody knows any more', () => {
		expect(effectLine([feels(0, 0)], NOON)).toEqual([]);
		expect(effectLine([feels(1, 0, '')], NOON)).toEqual(['+1 affinity somebody → you']);
		expect(effectLine([feels(1, 0, 'Mara', 'Ada Lark')], NOON)).toEqual(['+1 affinity Mara → Ada']);
	});

	test('says what became of plans before what was planned', () => {
		const planned = effect('event_planned', {
			eventId: ID,
			title: 'Supper',
			kind: '',
			props: {},
			plannedFor: null,
			witnesses: null
		});
		expect(
			effectLine(
				[
					planned,
					step('event_expired'),
					step('event_cancelled'),
					step('event_completed'),
					step('event_started')
				],
				NOON
			)
		).toEqual([
			'let pass: The ferry',
			'called off: The ferry',
			'done: The ferry',
			'begun: The ferry',
			'planned: Supper'
		]);
	});

	test('shortens what is long, without a space before the ellipsis, and drops marks of emphasis', () => {
		const opened = (place: string) =>
			effect('scene_opened', { sceneId: ID, containerId: ID, participants: [], minutes: 0 }, { place });
		expect(effectLine([opened('*the* attic')], NOON)).toEqual(['to the attic']);
		expect(effectLine([opened('the room above the old bell foundry')], NOON)).toEqual([
			'to the room above the old bell…'
		]);
		expect(effectLine([opened('the room above the old inn by the sea')], NOON)).toEqual([
			'to the room above the old inn…'
		]);
	});

	test('tells time that was passed over, and a scene elsewhere that was summed up', () => {
		const skipped = effect('time_skip_elision', { minutes: 17 * 60, label: 'The next morning' });
		const jumped = effect('time_skip_jump', { to: 390, label: 'Before', flashback: true });
		const told = effect('meanwhile_digest_created', {
			digestId: ID,
			meanwhileId: ID,
			text: 'They spoke.',
			sources: []
		});
		expect(effectLine([skipped], NOON)).toEqual(['17 h later']);
		expect(effectLine([jumped, told], NOON)).toEqual(['to Day 1, 06:30', 'summed up']);
	});

	test('says that something was left out only where nothing else can be said', () => {
		const clamped = effect('classifier_clamped', {
			classifier: 'observer',
			dropped: [{ what: 'edge', why: 'unknown', said: '' }]
		});
		expect(effectLine([clamped], NOON)).toEqual(['something was left out']);
		expect(effectLine([clamped, passes(5)], NOON)).toEqual(['12:00 → 12:05']);
	});

	test('counts the rest, one and many', () => {
		const opened = effect('thread_opened', { threadId: ID, text: 'Who?', witnesses: null });
		const goesOn = effect('thread_updated', { threadId: ID, text: 'Who?', witnesses: null });
		const closed = effect('thread_closed', { threadId: ID, outcome: '' });
		const edited = effect('memory_edited', { memoryId: ID, text: 'x', significance: 1, witness: WITNESS });
		const forgotten = effect('memory_forgotten', { memoryId: ID });
		const moves = effect('activity_changed', {
			entity: MARA,
			containerId: null,
			posture: '',
			action: 'x',
			attention: '',
			mood: ''
		});
		const clears = effect('weather_changed', { weather: '' });
		expect(effectLine([opened, closed, goesOn, edited, forgotten, moves, clears], NOON)).toEqual([
			'1 memory revised',
			'forgot 1',
			'the weather clears',
			'1 loose end',
			'1 loose end tied up',
			'1 loose end goes on',
			'somebody moves'
		]);
		expect(effectLine([opened, opened, closed, closed, edited, edited, moves, moves], NOON)).toEqual([
			'2 memories revised',
			'2 loose ends',
			'2 loose ends tied up',
			'2 move'
		]);
	});
});

test('a change of feeling is said with a true minus, and only where there is one', () => {
	expect(feelings(3, -2)).toBe('+3 affinity, −2 trust');
	expect(feelings(0, 1)).toBe('+1 trust');
	expect(feelings(0, 0)).toBe('');
});

test('what could not be noted is one sentence, and why another', () => {
	const failure = { classifier: 'digest', reason: { type: 'empty' }, raw: '' } as const;
	expect(failureSaid(failure, 'Nothing came.')).toBe(
		'What happened elsewhere could not be summed up. Nothing came.'
	);
});
