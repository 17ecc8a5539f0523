// What somebody said with an act on a hand-off is told to whoever opens it next.
import { describe, expect, test } from 'vitest';
import { folded, lastWord, toldOf, type Happened } from './told.ts';

let version = 0;
const happened = (kind: string, said: Happened['said'] = {}, isVoid = false): Happened => ({
	version: ++version,
	kind,
	episode: 1,
	actor: 'Bo',
	role: 'engineer',
	said,
	at: 0,
	void: isVoid
});

const raised = happened('handoff_raised', { reason: 'stuck', note: 'Please', priority: 2 });
const claimed = happened('handoff_claimed');
const returned = happened('handoff_returned', { reason: 'more_needed', note: 'Ask for the log.' });
const slip = happened('handoff_returned', { reason: 'undo', note: '' });
const snoozed = happened('handoff_snoozed', { until: 5, why: 'They call back.' });
const resolved = happened('handoff_resolved', { code: 'workaround', note: 'Pinned it.' });

describe('what was said with it', () => {
	test.each<[Happened, string, string]>([
		[raised, '', 'Please'],
		[claimed, '', ''],
		[returned, 'Something has to be found out first', 'Ask for the log.'],
		[slip, 'a slip, taken back', ''],
		[snoozed, '', 'They call back.'],
		[resolved, 'Worked around', 'Pinned it.'],
		[happened('handoff_reassigned', { to: 'E\u202eve' }), 'to Eve', ''],
		[happened('handoff_taken_over', { from: 'Ada' }), 'from Ada', ''],
		[happened('handoff_priority_changed', { priority: 1, why: 'All of them' }), 'P1', 'All of them'],
		[happened('handoff_assessment_failed', { failure: { type: 'offline' } }), 'this device is offline.', ''],
		[
			happened('handoff_assessment_failed', { failure: { type: 'constructor' } }),
			'the model did not answer.',
			''
		],
		// a note stands on its own
		[happened('handoff_noted', { noteId: 'n', text: 'Look here' }), '', ''],
		[happened('handoff_handed_back', { note: 'Try IPv4.' }), '', 'Try IPv4.'],
		[happened('handoff_withdrawn', { why: 'It works.' }), '', 'It works.'],
		[happened('handoff_resolved', { code: 7, note: {} }), '', '']
	])('$kind', (each, choice, text) => {
		expect(toldOf(each, false)).toEqual({ choice, text });
	});

	test('nothing is solved in a story', () => {
		expect(toldOf(resolved, true)).toEqual({ choice: '', text: 'Pinned it.' });
	});
});

describe('what the next one has to know', () => {
	test.each<[string, readonly Happened[], boolean, Happened | null]>([
		['nothing while it stands as it was raised', [raised, claimed], false, null],
		['why it came back, also once somebody has it', [raised, claimed, returned, claimed], false, returned],
		['not a slip', [raised, claimed, slip], false, null],
		['what was said before a slip', [raised, claimed, returned, claimed, slip], false, returned],
		['why it sleeps, while it does', [raised, snoozed], true, snoozed],
		['not why it slept', [raised, snoozed], false, null],
		['how it ended', [raised, claimed, returned, claimed, resolved], false, resolved],
		['not what came too late', [raised, { ...resolved, void: true }], false, null],
		['nothing of an episode before', [raised, claimed, resolved, raised], false, null]
	])('%s', (_, history, isAsleep, expected) => {
		expect(lastWord(history, isAsleep)).toBe(expected);
	});
});

test('that somebody is still at it is told once, and how often', () => {
	const renewed = () => happened('handoff_claim_renewed');
	const last = renewed();
	const other = { ...renewed(), actor: 'Eve' };
	const history = [claimed, renewed(), renewed(), last, returned, renewed(), other, raised, raised];
	expect(folded(history).map(({ kind, times, actor }) => [kind, actor, times])).toEqual([
		['handoff_claimed', 'Bo', 1],
		['handoff_claim_renewed', 'Bo', 3],
		['handoff_returned', 'Bo', 1],
		['handoff_claim_renewed', 'Bo', 1],
		['handoff_claim_renewed', 'Eve', 1],
		['handoff_raised', 'Bo', 1],
		['handoff_raised', 'Bo', 1]
	]);
	// it stands for the last time
	expect(folded(history)[1]?.version).toBe(last.version);
});
