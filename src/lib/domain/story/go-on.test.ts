// Continue: a reply that broke off goes on, from a draft or from a turn, and nothing of it is lost on the way.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, type Given, wordsAsked } from '#tests/support/given.ts';
import { NO_ANSWER } from './classifiers.ts';
import { isSeamOpen, seam } from './seam.ts';

const failure = { type: 'interrupted' };
const whole = { ended: 'whole', model: null, usage: null } as const;
const half = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { turnId, jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
	return { at, chatId, turnId, jobId };
};
const saidIn = (at: Given, chatId: string) => at.ask('transcript', { chatId }).turns.map(({ text }) => text);
const goOn = (at: Given, chatId: string) => {
	const jobId = at.ask('chat', { chatId })?.reply?.jobId ?? null;
	return at.done('continue_reply', { chatId, jobId, connectionId: 'demo' }).jobId;
};

describe('a draft that was cut off', () => {
	test('goes on: the model is given it, and the job begins with it', async () => {
		const { at, chatId, turnId, jobId } = await half();
		at.done('fail_reply', { jobId, text: 'Good eve', failure });
		const next = goOn(at, chatId);
		const asked = wordsAsked(at, { jobId: next });
		expect(asked).toMatchObject({ draft: 'Good eve', goesOn: { text: 'Good eve', stands: false } });
		expect(asked?.request.messages.slice(0, 2)).toMatchObject([
			{ role: 'user', text: expect.stringMatching(/\nHello$/u) as string },
			{ role: 'assistant', text: 'Good eve' }
		]);
		expect(asked?.request.messages.at(-1)).toMatchObject({ role: 'user' });
		expect(wordsAsked(at, { jobId })).toBeNull();
		at.done('finish_reply', { jobId: next, text: 'Good evening.', ended: 'whole', model: null, usage: null });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good evening.']);
		expect(at.ask('transcript', { chatId }).newest).toMatchObject({ replyTo: turnId, truncated: false });
	});

	test('stays when going on fails too', async () => {
		const { at, chatId, jobId } = await half();
		at.done('fail_reply', { jobId, text: 'Good eve', failure });
		const next = goOn(at, chatId);
		at.done('save_draft', { jobId: next, text: 'Good' });
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ text: 'Good eve' });
		at.done('fail_reply', { jobId: next, text: 'Good eve', failure });
		at.done('keep_draft', { jobId: goOn(at, chatId) });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good eve']);
	});

	test('of a reply that was to take another’s place still does', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'First.', ended: 'whole', model: null, usage: null });
		const { turnId = '' } = at.ask('transcript', { chatId }).turns[1] ?? {};
		const { jobId: again } = at.done('regenerate', { chatId, turnId, connectionId: 'demo', note: 'longer' });
		at.done('fail_reply', { jobId: again, text: 'Second, and', failure });
		const next = goOn(at, chatId);
		at.done('finish_reply', {
			jobId: next,
			text: 'Second, and last.',
			ended: 'whole',
			model: null,
			usage: null
		});
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Second, and last.']);
		expect(at.ask('transcript', { chatId }).turns[1]?.siblings).toHaveLength(2);
	});
});

describe('a turn that is unfinished', () => {
	test('goes on as an alternative, and stands until that is whole', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ended: 'stopped', model: null, usage: null });
		const next = goOn(at, chatId);
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good eve']);
		expect(wordsAsked(at, { jobId: next })?.goesOn).toEqual({ text: 'Good eve', stands: true });
		at.done('finish_reply', { jobId: next, text: 'Good evening.', ended: 'whole', model: null, usage: null });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good evening.']);
		const [, reply] = at.ask('transcript', { chatId }).turns;
		expect(reply?.siblings).toHaveLength(2);
		at.done('undo_last', { tab: 'tab-1' });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good eve']);
	});

	test('goes on twice: what came the first time is kept though the second brings nothing', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ended: 'stopped', model: null, usage: null });
		at.done('fail_reply', { jobId: goOn(at, chatId), text: 'Good evening, sir', failure });
		const next = goOn(at, chatId);
		expect(wordsAsked(at, { jobId: next })?.goesOn).toEqual({
			text: 'Good evening, sir',
			stands: false
		});
		expect(at.ask('chat', { chatId })?.reply?.text).toBe('Good evening, sir');
		at.done('keep_draft', { jobId: next });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good evening, sir']);
		expect(at.ask('transcript', { chatId }).turns[1]?.siblings).toHaveLength(2);
	});

	test('given up, it is as it was', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ended: 'limit', model: null, usage: null });
		at.done('drop_reply', { jobId: goOn(at, chatId) });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Good eve']);
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
	});
});

describe('a reply that reached the longest it may be', () => {
	const NOTHING = NO_ANSWER.observer;
	const told = { ended: 'limit', model: null, usage: null } as const;
	const fonder = (affinity: number) => ({
		...NOTHING,
		edges: [{ from: 'host', to: 'you', affinity, trust: 0, reason: 'kind', fact: null }]
	});
	const feels = (at: Given, chatId: string) =>
		at.ask('edges', { chatId }).edges.map(({ affinity }) => affinity);
	const look = (at: Given, jobId: string, affinity: number) => {
		at.done('apply_observation', { jobId, stage: 'observe', answer: fonder(affinity) });
		return at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
	};

	test('changes the world as a whole one does', async () => {
		const { at, chatId, jobId } = await half();
		expect(at.done('finish_reply', { jobId, text: 'Good eve', ...told }).next).toBe('observe');
		expect(look(at, jobId, 3).next).toBeNull();
		expect(feels(at, chatId)).toEqual([3]);
	});

	test('is looked at anew when it goes on: what its first part brought about counts once', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ...told });
		look(at, jobId, 3);
		const next = goOn(at, chatId);
		expect(feels(at, chatId)).toEqual([3]);
		expect(at.done('finish_reply', { jobId: next, text: 'Good evening', ...whole }).next).toBe('observe');
		expect(feels(at, chatId)).toEqual([]);
		look(at, next, 4);
		expect(feels(at, chatId)).toEqual([4]);
		at.done('undo_last', { tab: 'tab-1' });
		expect(feels(at, chatId)).toEqual([3]);
	});

	test('goes on while it is looked at: what is found late is of a job that is over', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ...told });
		const next = goOn(at, chatId);
		expect(at.refused('apply_observation', { jobId, stage: 'observe', answer: fonder(3) }).type).toBe(
			'job_unknown'
		);
		at.done('finish_reply', { jobId: next, text: 'Good evening', ...whole });
		look(at, next, 4);
		expect(feels(at, chatId)).toEqual([4]);
	});

	test('stopped as it goes on: what had been found is offered to be found anew', async () => {
		const { at, chatId, jobId } = await half();
		at.done('finish_reply', { jobId, text: 'Good eve', ...told });
		look(at, jobId, 3);
		const next = goOn(at, chatId);
		const { turnId } = at.done('finish_reply', {
			jobId: next,
			text: 'Good eveni',
			...whole,
			ended: 'stopped'
		});
		expect(at.ask('effects', { chatId, turnIds: [turnId] })[0]?.failures).toMatchObject([
			{ classifier: 'observer', reason: { type: 'stopped' } },
			{ classifier: 'transitions', reason: { type: 'stopped' } }
		]);
		const again = at.done('retry_classifier', {
			chatId,
			turnId,
			classifier: 'observer',
			connectionId: 'demo'
		});
		at.done('apply_observation', { jobId: again.jobId, stage: 'observe', answer: fonder(4) });
		expect(feels(at, chatId)).toEqual([4]);
	});

	test('is interrupted by nobody: it stays the newest, and can go on', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		const { chatId } = at.done('create_chat', { botId, guestId });
		const { jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
		at.done('finish_reply', { jobId, text: 'Good eve', ...told });
		expect(look(at, jobId, 3).next).toBeNull();
		const next = goOn(at, chatId);
		at.done('finish_reply', { jobId: next, text: 'Good evening', ...whole });
		expect(look(at, next, 4).next).toBe('ask');
	});
});

test('is asked for once: what is being written, or was asked for by somebody else, is left alone', async () => {
	const { at, chatId, jobId } = await half();
	at.done('fail_reply', { jobId, text: 'Good eve', failure });
	const again = (seen: string | null) =>
		at.refused('continue_reply', { chatId, jobId: seen, connectionId: 'demo' });
	const next = goOn(at, chatId);
	at.done('save_draft', { jobId: next, text: 'Good evening and' });
	for (const seen of [jobId, null])
		expect(again(seen)).toMatchObject({ type: 'reply_unfinished', jobId: next });
	expect(at.ask('chat', { chatId })?.reply).toMatchObject({ jobId: next, text: 'Good evening and' });
});

test('cut off before a new word beside a turn that stands, there is nothing to keep', async () => {
	const { at, chatId, jobId } = await half();
	at.done('finish_reply', { jobId, text: 'Good eve', ended: 'stopped', model: 'm', usage: null });
	const next = goOn(at, chatId);
	expect(at.ask('chat', { chatId })?.reply).toMatchObject({ jobId: next, text: '' });
	expect(at.refused('keep_draft', { jobId: next })).toMatchObject({ type: 'reply_empty' });
	at.done('fail_reply', { jobId: next, text: '', failure });
	at.done('edit_turn', {
		chatId,
		turnId: at.ask('transcript', { chatId }).newest?.turnId ?? '',
		text: 'Good eve!'
	});
	expect(wordsAsked(at, { jobId: goOn(at, chatId) })?.goesOn?.text).toBe('Good eve!');
});

test('there has to be something to go on from', async () => {
	const { at, chatId, jobId } = await half();
	const refusal = () => at.refused('continue_reply', { chatId, connectionId: 'demo' }).type;
	at.done('drop_reply', { jobId });
	expect(refusal()).toBe('nothing_to_continue');
	anExchange(at, chatId, 'Hello?', 'Whole.');
	expect(refusal()).toBe('nothing_to_continue');
});

describe('the seam', () => {
	test.each([
		['The lamp goes out and', ' the door opens.', ' the door opens.'],
		[
			'The lamp goes out and',
			'the lamp goes out and the door opens.',
			' the lamp goes out and the door opens.'
		],
		['The lamp goes out and', 'The lamp goes out and the door opens.', ' the door opens.'],
		['… a lamp goes out and', '\n a lamp goes out and on.', ' on.'],
		['It is late.', 'He goes.', ' He goes.'],
		['It is late. ', ' He goes.', 'He goes.'],
		['"Late."', '*He goes.*', ' *He goes.*'],
		['He heard some', 'body', ' body'],
		['The cat', 'sat down.', ' sat down.'],
		['He said "', 'Hello"', 'Hello"'],
		['"Late," he said. *', 'smiles*', 'smiles*'],
		['"Late," he said. "No."', '"Yes."', ' "Yes."'],
		['It is 3.', '14 past', '14 past'],
		['灯が消え', 'た', 'た'],
		['The lamp goes out and\n\n', 'lamp goes out and on', 'on'],
		['goes out and', 'The door', ' The door'],
		['It is late', '.', '.'],
		['ha ha', 'ha ha', ' ha ha']
	])('after %j, %j adds %j', (before, after, added) => {
		expect(seam(before, after)).toBe(added);
	});

	test('is found from the first words on, however few there are at a time', () => {
		const words = fc.stringMatching(/^(?:[ab]{1,3} ){0,60}$/u);
		fc.assert(
			fc.property(words, words, fc.nat(60), (first, rest, repeat) => {
				const after = first.slice(Math.max(0, first.length - repeat)) + rest;
				let known = 0;
				while (known < after.length && isSeamOpen(first, after.slice(0, known))) known += 1;
				const said = seam(first, after.slice(0, known)) + after.slice(known);
				expect(said).toBe(seam(first, after));
			})
		);
	});

	test('loses no word that is not there already', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 600 }), fc.string({ maxLength: 600 }), (before, after) => {
				const added = seam(before, after);
				const bare = (text: string) => text.replace(/\s+/gu, '');
				const missing = bare(after).slice(0, bare(after).length - bare(added).length);
				expect(bare(after).endsWith(bare(added))).toBe(true);
				expect(bare(before).endsWith(missing)).toBe(true);
				expect(missing.length).toBeLessThanOrEqual(400);
			})
		);
	});
});
