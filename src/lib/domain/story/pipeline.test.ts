// The stages of a turn, from the words of a reply to the last of what it brings about; and what garbage comes to.
import { describe, expect, it } from 'vitest';
import { aChat, given, NOBODY, said, type Given } from '#tests/support/given.ts';
import { NO_ANSWER, type Observation } from './classifiers.ts';

const WHOLE = { ended: 'whole', model: null, usage: null } as const;
const NOTHING = NO_ANSWER.observer;

/** A story with a guest, and a reply in it whose effects are to be found. */
const withGuest = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara' });
	const { botId: guest } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId: host, guestId: guest });
	return { at, host, guest, chatId };
};

const speak = (at: Given, chatId: string, text = 'Well?', reply = 'Yes.') => {
	const { turnId, jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	return { turnId, jobId, ...replied(at, jobId, reply) };
};
const replied = (at: Given, jobId: string, text = 'Yes.') => {
	const { turnId, next } = at.done('finish_reply', { jobId, text, ...WHOLE });
	return { replyId: turnId, next };
};

/** Plays observer and transitions of the reply a job has become. */
const look = (at: Given, jobId: string, answer: Partial<Observation> = {}) => {
	at.done('apply_observation', { jobId, stage: 'observe', answer: { ...NOTHING, ...answer } });
	return at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
};

/** The whole of a turn, with a word put in. */
const interjected = (at: Given, jobId: string, text = 'Never.') => {
	look(at, jobId);
	at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
	const { turnId } = at.done('finish_reply', { jobId, text, ...WHOLE });
	at.done('apply_observation', { jobId, stage: 'observe2', answer: remembering('guest', 'I said never.') });
	at.done('apply_transitions', { jobId, stage: 'transitions2', answer: NO_ANSWER.transitions });
	return turnId;
};

const remembering = (owner: string, text: string): Observation => ({
	...NOTHING,
	memories: [{ owner, text, significance: 1, you: true, host: true, guest: true }]
});

const rows = (at: Given, text: string) => at.sql.all({ text, values: [] });
const jobs = (at: Given) => rows(at, 'select stage from reply_jobs').map((row) => row['stage']);
const words = (at: Given, chatId: string) => at.ask('transcript', { chatId }).turns.map((turn) => turn.text);
const failures = (at: Given) =>
	rows(at, 'select classifier from classifier_failures order by position').map((row) => row['classifier']);

describe('a turn', () => {
	it('is in flight at the first piece and cleared after its last stage', async () => {
		const { at, chatId } = await withGuest();
		const { jobId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo' });
		at.done('save_draft', { jobId, text: 'Y' });
		const seen = [jobs(at)];
		replied(at, jobId);
		seen.push(jobs(at));
		expect(at.refused('take_turn', { chatId, text: 'And?', connectionId: 'demo' }).type).toBe(
			'reply_unfinished'
		);
		interjected(at, jobId);
		seen.push(jobs(at));
		expect(seen).toEqual([['reply'], ['observe'], []]);
		expect(words(at, chatId)).toEqual(['Well?', 'Yes.', 'Never.']);
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
	});

	it('asks nobody else where no guest is, and nothing at all where classifiers are off', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId, next } = speak(at, chatId);
		expect(next).toBe('observe');
		expect(look(at, jobId).next).toBeNull();
		at.done('change_chat_settings', { chatId, classifiers: 'off' });
		expect(speak(at, chatId).next).toBeNull();
	});

	it('asks no guest who is elsewhere', async () => {
		const { at, chatId, guest } = await withGuest();
		at.done('open_scene', { chatId, placeName: 'The quay' });
		const { containerId } = at.done('make_place', { chatId, name: 'The mill' });
		at.done('set_activity', { chatId, entity: guest, containerId });
		const { jobId } = speak(at, chatId, 'Edda?');
		expect(look(at, jobId).next).toBeNull();
	});

	it('is answered by who is named, by who was spoken to last, or by whom the player says', async () => {
		const { at, chatId, host, guest } = await withGuest();
		const by = (text: string, speaker: string | null = null) => {
			const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo', speaker });
			said(at, jobId, 'Yes.');
			return at.ask('transcript', { chatId }).turns.at(-1)?.speakerId;
		};
		expect([by('Hello.'), by('Edda?'), by('And?'), by('Edda!', host), by('And?')]).toEqual([
			host,
			guest,
			guest,
			host,
			host
		]);
		expect(at.refused('take_turn', { chatId, text: 'x', connectionId: 'demo', speaker: NOBODY }).type).toBe(
			'speaker_unknown'
		);
	});

	it('takes no answer twice, nor one of another stage, and none when it was stopped', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = speak(at, chatId);
		const answer = remembering('host', 'Yes.');
		at.done('apply_observation', { jobId, stage: 'observe', answer });
		expect(at.refused('apply_observation', { jobId, stage: 'observe', answer }).type).toBe('stage_over');
		at.done('stop_stage', { jobId });
		expect(
			at.refused('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions }).type
		).toBe('job_unknown');
		expect(at.ask('memories', { chatId, limit: 9 }).memories).toHaveLength(1);
	});

	it('takes no answer about words that were changed since, nor a failure, and asks again', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId, replyId } = speak(at, chatId);
		const request = at.ask('stage_request', { jobId });
		const about = { jobId, stage: 'observe', wording: request?.kind === 'decide' ? request.wording : null };
		const answer = remembering('host', 'Yes.');
		at.done('edit_turn', { chatId, turnId: replyId, text: 'No.' });
		for (const late of [
			at.done('apply_observation', { ...about, stage: 'observe', answer }),
			at.done('fail_stage', { ...about, stage: 'observe', reason: { type: 'stalled' } })
		])
			expect(late.next).toBe('observe');
		expect([jobs(at), failures(at)]).toEqual([['observe'], []]);
		const again = at.ask('stage_request', { jobId });
		const now = { ...about, wording: again?.kind === 'decide' ? again.wording : null };
		at.done('apply_observation', { ...now, stage: 'observe', answer: remembering('host', 'No.') });
		expect(at.ask('memories', { chatId, limit: 9 }).memories).toMatchObject([{ text: 'No.' }]);
	});

	it('asked all at once is one answer', async () => {
		const { at, chatId } = await withGuest();
		at.done('change_chat_settings', { chatId, classifiers: 'merged' });
		const { jobId } = speak(at, chatId);
		expect(at.ask('stage_request', { jobId })).toMatchObject({ classifier: 'merged' });
		const more = {
			transitions: { ...NO_ANSWER.transitions, planned: [{ title: 'The feast', kind: '', in_minutes: 60 }] },
			interjection: { speaks: true, why: '' }
		};
		const { next } = at.done('apply_observation', {
			jobId,
			stage: 'observe',
			answer: { ...NOTHING, minutes: 30 },
			more
		});
		expect(next).toBe('interject');
		expect(rows(at, 'select planned_for from story_events')).toEqual([{ planned_for: 540 + 30 + 60 }]);
	});
});

describe('Stop', () => {
	it('during the interjection runs none of its state passes, and keeps what was said', async () => {
		const { at, chatId } = await withGuest();
		const { jobId } = speak(at, chatId);
		look(at, jobId);
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		const { next } = at.done('finish_reply', { jobId, text: 'Nev', ...WHOLE, ended: 'stopped' });
		expect([next, jobs(at)]).toEqual([null, []]);
		expect(at.ask('transcript', { chatId }).turns.at(-1)).toMatchObject({ text: 'Nev', truncated: true });
	});

	it('before its first word leaves nothing of it', async () => {
		const { at, chatId } = await withGuest();
		const { jobId } = speak(at, chatId);
		look(at, jobId);
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		at.done('drop_reply', { jobId });
		expect([jobs(at), words(at, chatId), failures(at)]).toEqual([[], ['Well?', 'Yes.'], []]);
	});
});

describe('regenerate', () => {
	const again = (at: Given, chatId: string, turnId: string, text: string) => {
		const { jobId } = at.done('regenerate', { chatId, turnId, connectionId: 'demo' });
		return { jobId, ...replied(at, jobId, text) };
	};
	const supersededBy = (at: Given, turnId: string) =>
		rows(
			at,
			`select s.anchor as by from event_log e join event_log s on s.seq = e.superseded_by
				where e.anchor = '${turnId}' and e.opens_turn = 1`
		).map((row) => row['by']);

	it('redo both', async () => {
		const { at, chatId } = await withGuest();
		const { turnId, jobId, replyId } = speak(at, chatId);
		const first = interjected(at, jobId);
		const second = again(at, chatId, turnId, 'No.');
		const other = interjected(at, second.jobId, 'Always.');
		expect(words(at, chatId)).toEqual(['Well?', 'No.', 'Always.']);
		expect(at.ask('memories', { chatId, limit: 9 }).memories).toHaveLength(1);
		at.done('choose_alternative', { chatId, turnId: replyId });
		expect(words(at, chatId)).toEqual(['Well?', 'Yes.', 'Never.']);
		expect(at.refused('choose_alternative', { chatId, turnId: other }).type).toBe('alternative_unknown');
		expect([supersededBy(at, first), at.ask('memories', { chatId, limit: 9 }).memories.length]).toEqual([
			[],
			1
		]);
	});

	it('drop when the classifier says no: the dropped one points at the new primary', async () => {
		const { at, chatId } = await withGuest();
		const { turnId, jobId } = speak(at, chatId);
		const dropped = interjected(at, jobId);
		const second = again(at, chatId, turnId, 'No.');
		look(at, second.jobId);
		at.done('decide_interjection', { jobId: second.jobId, answer: { speaks: false, why: '' } });
		expect(words(at, chatId)).toEqual(['Well?', 'No.']);
		expect(supersededBy(at, dropped)).toEqual([second.replyId]);
	});

	it('two chats with colliding interjection_of', async () => {
		const { at, chatId, host, guest } = await withGuest();
		const { chatId: other } = at.done('create_chat', { botId: host, guestId: guest });
		interjected(at, speak(at, other).jobId);
		const { turnId, jobId } = speak(at, chatId);
		interjected(at, jobId);
		again(at, chatId, turnId, 'No.');
		expect([words(at, chatId), words(at, other)]).toEqual([
			['Well?', 'No.'],
			['Well?', 'Yes.', 'Never.']
		]);
	});

	it('fifty times leaves an edge with one application', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const edge = { from: 'host', to: 'you', affinity: 4, trust: -2, reason: 'So.', fact: null };
		const { turnId, jobId } = speak(at, chatId);
		look(at, jobId, { edges: [edge] });
		for (let n = 0; n < 50; n += 1)
			look(at, again(at, chatId, turnId, `No ${String(n)}.`).jobId, { edges: [edge] });
		expect(rows(at, 'select affinity, trust, updates from edges')).toEqual([
			{ affinity: 4, trust: -2, updates: 1 }
		]);
	});
});

describe('what takes a reply back', () => {
	it.each(['delete_turn', 'undo_last', 'rewind'] as const)(
		'takes its interjection along (%s)',
		async (name) => {
			const { at, chatId } = await withGuest();
			const { turnId, jobId, replyId } = speak(at, chatId);
			interjected(at, jobId);
			if (name === 'delete_turn') {
				expect(at.ask('plan', { chatId, turnId: replyId, what: 'delete' })?.turns).toHaveLength(2);
				at.done(name, { chatId, turnId: replyId });
			} else if (name === 'rewind') at.done(name, { chatId, turnId });
			else expect(at.done(name, { tab: 'tab-1' }).command).toBe('finish_reply');
			expect(words(at, chatId)).toEqual(['Well?']);
			expect(at.ask('memories', { chatId, limit: 9 }).memories).toEqual([]);
		}
	);

	it.each([
		'another turn deleted',
		'an edit taken back',
		'another title taken back',
		'itself chosen'
	] as const)('is not %s: what is looked for in it is found all the same', async (what) => {
		const at = await given();
		const { chatId } = aChat(at);
		const first = speak(at, chatId);
		look(at, first.jobId);
		const { jobId, replyId } = speak(at, chatId, 'And?', 'So.');
		if (what === 'another turn deleted') at.done('delete_turn', { chatId, turnId: first.replyId });
		else if (what === 'itself chosen') at.done('choose_alternative', { chatId, turnId: replyId });
		else {
			if (what === 'an edit taken back')
				at.done('edit_turn', { chatId, turnId: first.replyId, text: 'No.' }, 'tab-1');
			else at.done('rename_chat', { chatId, title: 'Otherwise' }, 'tab-1');
			at.done('undo_last', { tab: 'tab-1' });
		}
		expect(jobs(at)).toEqual(['observe']);
		at.done('apply_observation', { jobId, stage: 'observe', answer: remembering('host', 'So.') });
		expect(at.ask('memories', { chatId, limit: 9 }).memories).toMatchObject([{ text: 'So.' }]);
	});

	it.each(['observe', 'transitions', 'ask', 'interject'])(
		'does not wait for what comes after it (%s)',
		async (at_) => {
			const { at, chatId } = await withGuest();
			const { turnId, jobId } = speak(at, chatId);
			if (at_ !== 'observe') at.done('apply_observation', { jobId, stage: 'observe', answer: NOTHING });
			if (at_ === 'ask' || at_ === 'interject')
				at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
			if (at_ === 'interject') at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
			expect(jobs(at)).toEqual([at_]);
			at.done('rewind', { chatId, turnId });
			expect(jobs(at)).toEqual([]);
			expect(at.refused('finish_reply', { jobId, text: 'Late.', ...WHOLE }).type).toBe('job_unknown');
		}
	);
});

describe('a classifier that fails', () => {
	it('is told, loses nothing, and can be asked again by itself', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId, replyId } = speak(at, chatId);
		const reason = { type: 'invalid-output' };
		expect(at.done('fail_stage', { jobId, stage: 'observe', reason, raw: 'A poem.' }).next).toBe(
			'transitions'
		);
		at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
		expect(failures(at)).toEqual(['observer']);
		const retry = { chatId, turnId: replyId, connectionId: 'demo' };
		expect(at.refused('retry_classifier', { ...retry, classifier: 'transitions' }).type).toBe(
			'nothing_to_retry'
		);
		const { jobId: second } = at.done('retry_classifier', { ...retry, classifier: 'observer' });
		const answer = remembering('host', 'Yes.');
		expect(at.done('apply_observation', { jobId: second, stage: 'observe', answer }).next).toBeNull();
		expect([failures(at), jobs(at)]).toEqual([[], []]);
	});

	it('for a reason that would fail the rest too is not followed by more waiting', async () => {
		const { at, chatId } = await withGuest();
		const { jobId } = speak(at, chatId);
		at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'offline' }, rest: true });
		expect([failures(at), jobs(at)]).toEqual([['observer', 'transitions', 'interjection'], []]);
	});

	it('an interjection without a word is one', async () => {
		const { at, chatId } = await withGuest();
		const { jobId } = speak(at, chatId);
		look(at, jobId);
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		at.done('fail_reply', { jobId, text: '', failure: { type: 'offline' } });
		expect([failures(at), jobs(at)]).toEqual([['interjection'], []]);
	});
});

describe('garbage', () => {
	it('from another chat, out of bounds and without end leaves the world sane and says so', async () => {
		const { at, chatId } = await withGuest();
		const { chatId: other } = aChat(at, { name: 'Odo' });
		const { memoryId } = at.done('write_memory', {
			chatId: other,
			owner: 'you',
			text: 'Mine.',
			significance: 1,
			witness: { you: true, host: true, guest: false }
		});
		const { jobId, replyId } = speak(at, chatId);
		const huge = {
			from: 'host',
			to: 'you',
			affinity: 1e9,
			trust: -1e9,
			reason: 'x'.repeat(9000),
			fact: null
		};
		at.done('apply_observation', {
			jobId,
			stage: 'observe',
			known: { m1: memoryId },
			answer: {
				...NOTHING,
				memories: Array.from({ length: 10_000 }, (_, i) => ({
					owner: i % 2 === 0 ? 'host' : 'cat',
					text: `${String(i)} ${'y'.repeat(5000)}`,
					significance: 1e9,
					you: true,
					host: true,
					guest: true
				})),
				revise: [{ memory: 'm1', text: 'Theirs.' }],
				forget: ['m1', memoryId, '__proto__'],
				edges: [huge, huge, { ...huge, from: 'nobody' }],
				minutes: -5,
				threads_closed: ['t9']
			}
		});
		expect(at.ask('memories', { chatId, limit: 100 }).memories).toHaveLength(12);
		expect(at.ask('memories', { chatId: other, limit: 9 }).memories).toMatchObject([{ text: 'Mine.' }]);
		expect(rows(at, 'select affinity, trust from edges')).toEqual([{ affinity: 10, trust: -10 }]);
		expect(rows(at, `select minutes from story_now where stream = 'chat:${chatId}'`)).toEqual([
			{ minutes: 540 }
		]);
		const [told] = at.ask('effects', { chatId, turnIds: [replyId] });
		expect(told?.effects.map(({ kind }) => kind)).toContain('classifier_clamped');
	});
});

describe('story events', () => {
	it('are promoted once when completed, and expire by the clock', async () => {
		const { at, chatId } = await withGuest();
		const { eventId } = at.done('plan_event', { chatId, title: 'The feast', plannedFor: 600 });
		at.done('plan_event', { chatId, title: 'The fair', plannedFor: 600 });
		const { jobId } = speak(at, chatId);
		at.done('apply_observation', {
			jobId,
			stage: 'observe',
			answer: { ...NOTHING, minutes: 3000, skip: 'Later' }
		});
		at.done('apply_transitions', {
			jobId,
			stage: 'transitions',
			known: { e1: eventId },
			answer: { ...NO_ANSWER.transitions, completed: ['e1', 'e1', 'e7'] }
		});
		expect(rows(at, 'select title, status from story_events order by position')).toEqual([
			{ title: 'The feast', status: 'completed' },
			{ title: 'The fair', status: 'expired' }
		]);
		expect(at.ask('memories', { chatId, limit: 9 }).memories).toHaveLength(3);
	});
});
