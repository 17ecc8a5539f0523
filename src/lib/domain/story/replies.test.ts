// What replies promise: one at a time, each becomes one turn or none, and nothing said is lost by itself.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY, type Given, wordsAsked } from '#tests/support/given.ts';
import { aCase, aDesk } from '#tests/support/desk.ts';
import { NO_ANSWER } from './classifiers.ts';

const whole = { ended: 'whole', model: null, usage: null } as const;
const failure = { type: 'offline' };

const asked = async () => {
	const at = await given();
	const { botId, chatId } = aChat(at);
	const { turnId, jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
	return { at, botId, chatId, turnId, jobId };
};
const saidIn = (at: Given, chatId: string) => at.ask('transcript', { chatId }).turns.map((turn) => turn.text);

describe('taking a turn', () => {
	test('records the words at once and asks for a reply', async () => {
		const { at, chatId, turnId, jobId } = await asked();
		expect(saidIn(at, chatId)).toEqual(['Hello']);
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({
			jobId,
			stage: 'reply',
			turnId,
			replaces: false,
			state: 'open',
			failure: null,
			text: ''
		});
	});

	test('empties the composer, of this chat only, and only when it is taken', async () => {
		const at = await given();
		const { botId, chatId } = aChat(at);
		const { chatId: other } = at.done('create_chat', { botId });
		at.done('save_composer', { chatId, text: 'Hel' });
		at.done('save_composer', { chatId: other, text: 'Elsewhere' });
		at.refused('take_turn', { chatId, text: ' ', connectionId: 'demo' });
		expect(at.ask('chat', { chatId })?.composer).toBe('Hel');
		at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
		expect(at.ask('chat', { chatId })?.composer).toBe('');
		expect(at.ask('chat', { chatId: other })?.composer).toBe('Elsewhere');
	});

	test.each([
		['empty text', { text: '' }, 'text', 'required'],
		['text of blanks only', { text: ' \n\t\u3000' }, 'text', 'required'],
		['no text', { text: undefined }, 'text', 'required'],
		['more than a million characters', { text: 'x'.repeat(1_000_001) }, 'text', 'too_big'],
		['no connection', { connectionId: '' }, 'connectionId', 'required']
	])('with %s is refused, naming the field', async (_, wrong, field, problem) => {
		const at = await given();
		const { chatId } = aChat(at);
		expect(at.refused('take_turn', { chatId, text: 'x', connectionId: 'demo', ...wrong })).toMatchObject({
			type: 'invalid_input',
			field,
			problem
		});
		expect(saidIn(at, chatId)).toEqual([]);
	});

	test('in an unknown chat is refused', async () => {
		const at = await given();
		expect(at.refused('take_turn', { chatId: NOBODY, text: 'x', connectionId: 'demo' })).toEqual({
			type: 'chat_unknown',
			chatId: NOBODY
		});
	});

	test('while a reply is unfinished, running or failed with words, is refused and says which', async () => {
		const { at, chatId, jobId } = await asked();
		const again = () => at.refused('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
		expect(again()).toEqual({ type: 'reply_unfinished', chatId, jobId });
		at.done('fail_reply', { jobId, text: 'Half', failure });
		expect(again()).toEqual({ type: 'reply_unfinished', chatId, jobId });
		at.done('drop_reply', { jobId });
		at.done('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'And?']);
	});

	test('after a reply that failed without a word goes on, and that one is given up', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('fail_reply', { jobId, text: '', failure });
		const next = at.done('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
		expect(at.refused('drop_reply', { jobId })).toEqual({ type: 'job_unknown', jobId });
		at.done('finish_reply', { jobId: next.jobId, text: 'Yes?', ...whole });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'And?', 'Yes?']);
	});

	test('does not wait for a reply in another chat', async () => {
		const { at, botId } = await asked();
		const { chatId } = at.done('create_chat', { botId });
		at.done('take_turn', { chatId, text: 'Here', connectionId: 'demo' });
		expect(saidIn(at, chatId)).toEqual(['Here']);
	});
});

describe('asking for a reply again', () => {
	test('gives a failed attempt up and starts another for the same turn', async () => {
		const { at, chatId, turnId, jobId } = await asked();
		at.done('fail_reply', { jobId, text: 'Half', failure });
		const { jobId: second } = at.done('ask_reply', { chatId, connectionId: 'other' });
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({
			jobId: second,
			stage: 'reply',
			turnId,
			replaces: false,
			state: 'open',
			failure: null,
			text: ''
		});
		expect(at.refused('finish_reply', { jobId, text: 'late', ...whole })).toEqual({
			type: 'job_unknown',
			jobId
		});
		at.done('finish_reply', { jobId: second, text: 'Hi', ...whole });
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Hi']);
	});

	describe('in place of words that were cut off', () => {
		const again = async () => {
			const scene = await asked();
			const { at, chatId, jobId } = scene;
			at.done('fail_reply', { jobId, text: 'Half of it', failure });
			const second = at.done('ask_reply', { chatId, connectionId: 'other' });
			return { ...scene, second: second.jobId, reply: () => at.ask('chat', { chatId })?.reply };
		};

		test.each(['fails', 'is stopped', 'is given up'] as const)(
			'gives them back when it %s before its first word',
			async (how) => {
				const { at, chatId, second, reply } = await again();
				expect(reply()).toMatchObject({ state: 'open', text: '', earlier: true });
				if (how === 'fails')
					at.done('fail_reply', { jobId: second, text: ' ', failure: { type: 'overloaded' } });
				else at.done('drop_reply', { jobId: second });
				expect(reply()).toMatchObject({
					jobId: second,
					state: 'failed',
					text: 'Half of it',
					earlier: false,
					failure: { type: how === 'fails' ? 'overloaded' : 'interrupted' }
				});
				at.done('keep_draft', { jobId: second });
				expect(saidIn(at, chatId)).toEqual(['Hello', 'Half of it']);
			}
		);

		test('keeps both when it breaks off too, and either can be kept', async () => {
			const { at, chatId, second, reply } = await again();
			at.done('fail_reply', { jobId: second, text: 'Other', failure });
			expect(reply()).toMatchObject({ text: 'Other', earlier: true });
			at.done('swap_draft', { jobId: second });
			expect(reply()).toMatchObject({ text: 'Half of it', earlier: true });
			at.done('swap_draft', { jobId: second });
			at.done('swap_draft', { jobId: second });
			at.done('keep_draft', { jobId: second });
			expect(saidIn(at, chatId)).toEqual(['Hello', 'Half of it']);
		});

		test('carries them through any number of tries without a word, and while it goes on', async () => {
			const { at, chatId, second, reply } = await again();
			at.done('fail_reply', { jobId: second, text: '', failure });
			const third = at.done('ask_reply', { chatId, connectionId: 'demo' });
			at.done('fail_reply', { jobId: third.jobId, text: 'Oth', failure });
			const on = at.done('continue_reply', { chatId, jobId: third.jobId, connectionId: 'demo' });
			at.done('fail_reply', { jobId: on.jobId, text: 'Other words', failure });
			at.done('swap_draft', { jobId: on.jobId });
			expect(reply()).toMatchObject({ text: 'Half of it', earlier: true });
		});

		test('lets them go when it becomes a turn', async () => {
			const { at, chatId, second, reply } = await again();
			at.done('finish_reply', { jobId: second, text: 'All of it.', ...whole });
			expect(reply()?.earlier ?? false).toBe(false);
			expect(saidIn(at, chatId)).toEqual(['Hello', 'All of it.']);
		});

		test('has nothing to swap where there was no earlier try, or where it is still written', async () => {
			const { at, chatId, jobId } = await asked();
			at.done('fail_reply', { jobId, text: 'Half', failure });
			expect(at.refused('swap_draft', { jobId })).toEqual({ type: 'no_earlier_try', jobId });
			const { jobId: open } = at.done('ask_reply', { chatId, connectionId: 'demo' });
			for (const other of [open, NOBODY])
				expect(at.refused('swap_draft', { jobId: other })).toEqual({ type: 'job_unknown', jobId: other });
		});
	});

	test('works after the first attempt was dropped', async () => {
		const { at, chatId, turnId, jobId } = await asked();
		at.done('drop_reply', { jobId });
		const { jobId: second } = at.done('ask_reply', { chatId, connectionId: 'demo' });
		expect(wordsAsked(at, { jobId: second })?.request.turnId).toBe(turnId);
	});

	test('is refused when the newest turn is not the player’s, or there is none', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const ask = (id: string) => at.refused('ask_reply', { chatId: id, connectionId: 'demo' });
		expect(ask(chatId)).toEqual({ type: 'nothing_to_answer', chatId });
		anExchange(at, chatId, 'q', 'a');
		expect(ask(chatId)).toEqual({ type: 'nothing_to_answer', chatId });
		expect(ask(NOBODY)).toEqual({ type: 'chat_unknown', chatId: NOBODY });
	});
});

describe('words of a job that writes several', () => {
	/** The reply has become a turn, and the guest puts in a word, in the same job. */
	const interjecting = async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		const { chatId } = at.done('create_chat', { botId, guestId });
		const { turnId, jobId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo' });
		const first = at.done('finish_reply', { jobId, after: turnId, text: 'Yes.', ...whole });
		at.done('apply_observation', { jobId, stage: 'observe', answer: NO_ANSWER.observer });
		at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		return { at, chatId, turnId, jobId, replyId: first.turnId };
	};

	test.each([
		['save_draft', { text: 'Yes.' }],
		['finish_reply', { text: 'Yes.', ...whole }],
		['fail_reply', { text: 'Yes.', failure }],
		['drop_reply', {}]
	] as const)('[I9] %s of the reply comes too late for what is put in to it', async (name, input) => {
		const { at, chatId, turnId, jobId, replyId } = await interjecting();
		expect(at.refused(name, { jobId, after: turnId, ...input })).toEqual({ type: 'job_unknown', jobId });
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ stage: 'interject', state: 'open', text: '' });
		at.done('finish_reply', { jobId, after: replyId, text: 'Never.', ...whole });
		expect(saidIn(at, chatId)).toEqual(['Well?', 'Yes.', 'Never.']);
	});
});

describe('the draft of a reply', () => {
	test('is what was saved last, survives a new start, and writes no event', async () => {
		const { at, chatId, jobId } = await asked();
		const events = at.events();
		at.done('save_draft', { jobId, text: 'The se' });
		at.done('save_draft', { jobId, text: 'The sea rose' });
		expect(at.events()).toBe(events);
		const reopened = at.reopen();
		expect(reopened.ask('chat', { chatId })).toMatchObject({
			reply: { text: 'The sea rose', state: 'open' }
		});
		expect(reopened.ask('stage_request', { jobId })).toMatchObject({ draft: 'The sea rose' });
	});

	test('only grows: one that comes late takes nothing back', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('save_draft', { jobId, text: 'The sea rose' });
		at.done('save_draft', { jobId, text: 'The se' });
		expect(at.ask('chat', { chatId })?.reply?.text).toBe('The sea rose');
	});

	test('of a reply that has failed stays as it failed', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('fail_reply', { jobId, text: 'The sea', failure });
		expect(at.refused('save_draft', { jobId, text: 'The sea rose, late' })).toEqual({
			type: 'job_unknown',
			jobId
		});
		expect(at.ask('chat', { chatId })?.reply?.text).toBe('The sea');
	});

	test('kept becomes a turn marked unfinished, by no model', async () => {
		const { at, chatId, turnId, jobId } = await asked();
		at.done('fail_reply', { jobId, text: 'The sea', failure });
		at.done('keep_draft', { jobId });
		expect(at.ask('transcript', { chatId }).turns[1]).toMatchObject({
			role: 'assistant',
			text: 'The sea',
			truncated: true,
			replyTo: turnId,
			model: null
		});
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
	});

	test.each([
		['nothing was saved', null],
		['blanks were saved', ' \n ']
	])('cannot be kept when %s; the job stays', async (_, text) => {
		const { at, chatId, jobId } = await asked();
		if (text !== null) at.done('save_draft', { jobId, text });
		expect(at.refused('keep_draft', { jobId })).toEqual({ type: 'reply_empty', jobId });
		expect(at.ask('chat', { chatId })?.reply?.jobId).toBe(jobId);
	});
});

describe('a reply ends', () => {
	test('whole: one turn, and the job goes on with what comes of it', async () => {
		const { at, chatId, jobId } = await asked();
		const { turnId, next } = at.done('finish_reply', { jobId, text: 'Hi', ...whole });
		expect(next).toBe('observe');
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({
			stage: 'observe',
			primaryId: turnId,
			text: ''
		});
		expect(wordsAsked(at, { jobId })).toBeNull();
		expect(at.refused('finish_reply', { jobId, text: 'Hi', ...whole })).toEqual({
			type: 'job_unknown',
			jobId
		});
		expect(saidIn(at, chatId)).toEqual(['Hello', 'Hi']);
	});

	test('stopped: what was said is a turn marked unfinished', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('finish_reply', { jobId, text: 'Hi, I was ab', ...whole, ended: 'stopped' });
		expect(at.ask('transcript', { chatId }).turns[1]).toMatchObject({
			text: 'Hi, I was ab',
			truncated: true
		});
	});

	test('at the token limit: what was said is a turn marked unfinished', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('finish_reply', { jobId, text: 'The sea rose and', ...whole, ended: 'limit' });
		expect(at.ask('transcript', { chatId }).turns[1]).toMatchObject({
			text: 'The sea rose and',
			truncated: true
		});
	});

	test('[I9] with nothing said: refused, and the job stays to be failed or dropped', async () => {
		const { at, chatId, jobId } = await asked();
		expect(at.refused('finish_reply', { jobId, text: '  ', ...whole })).toEqual({
			type: 'reply_empty',
			jobId
		});
		expect(saidIn(at, chatId)).toEqual(['Hello']);
		expect(at.ask('chat', { chatId })?.reply?.state).toBe('open');
	});

	test('failed: the reason and the draft are kept as they are, also over a new start', async () => {
		const { at, chatId, jobId } = await asked();
		const why = {
			type: 'rate-limited',
			status: 429,
			said: 'slow down',
			retryAfterSeconds: 20,
			more: { deep: [1] }
		};
		at.done('fail_reply', { jobId, text: 'Half', failure: why });
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ state: 'failed', failure: why, text: 'Half' });
		expect(at.reopen().ask('chat', { chatId })).toMatchObject({ reply: { failure: why } });
		expect(wordsAsked(at, { jobId })).toBeNull();
	});

	test('failed without a type: refused, naming the field', async () => {
		const { at, jobId } = await asked();
		expect(at.refused('fail_reply', { jobId, text: '', failure: {} })).toMatchObject({
			field: 'failure.type',
			problem: 'required'
		});
	});

	test('[I9] dropped: nothing is left behind', async () => {
		const { at, chatId, jobId } = await asked();
		at.done('save_draft', { jobId, text: 'Half' });
		const events = at.events();
		at.done('drop_reply', { jobId });
		expect(at.events()).toBe(events);
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
		expect(saidIn(at, chatId)).toEqual(['Hello']);
	});

	test.each(['save_draft', 'keep_draft', 'fail_reply', 'drop_reply', 'finish_reply'] as const)(
		'%s of a job that never was, or has ended, is refused',
		async (name) => {
			const { at, jobId } = await asked();
			at.done('drop_reply', { jobId });
			for (const id of [jobId, NOBODY])
				expect(at.refused(name, { jobId: id, text: 'x', failure, ...whole })).toEqual({
					type: 'job_unknown',
					jobId: id
				});
		}
	);

	test('speaks with the bot’s present name', async () => {
		const { at, botId, chatId, jobId } = await asked();
		at.done('author_bot', { botId, name: 'Mara Lind' });
		at.done('finish_reply', { jobId, text: 'Hi', ...whole });
		expect(at.ask('transcript', { chatId }).turns[1]?.speakerName).toBe('Mara Lind');
	});

	test.each([
		['an unknown ending', { ended: 'lost' }, 'ended'],
		['half a token', { usage: { inputTokens: 0.5, outputTokens: 1 } }, 'usage.inputTokens'],
		['negative tokens', { usage: { inputTokens: 1, outputTokens: -1 } }, 'usage.outputTokens'],
		['an endless model name', { model: 'x'.repeat(201) }, 'model']
	])('with %s is refused, naming the field', async (_, wrong, field) => {
		const { at, jobId } = await asked();
		expect(at.refused('finish_reply', { jobId, text: 'x', ...whole, ...wrong })).toMatchObject({
			type: 'invalid_input',
			field
		});
	});
});

describe('[I6] the effect of a turn', () => {
	test('carries its cause as a column, and its anchor', async () => {
		const { at, turnId, jobId } = await asked();
		const { turnId: replyId } = at.done('finish_reply', { jobId, text: 'Hi', ...whole });
		expect(
			at.sql.all({ text: 'select kind, cause, anchor from event_log order by seq desc limit 2', values: [] })
		).toEqual([
			{ kind: 'assistant_turn', cause: turnId, anchor: replyId },
			{ kind: 'user_turn', cause: null, anchor: turnId }
		]);
	});

	test('a change by hand is anchored at the newest turn, an edit at the turn it edits', async () => {
		const { at, chatId, turnId, jobId } = await asked();
		const { turnId: replyId } = at.done('finish_reply', { jobId, text: 'Hi', ...whole });
		at.done('rename_chat', { chatId, title: 'New' });
		at.done('archive_chat', { chatId, archived: true });
		at.done('edit_turn', { chatId, turnId, text: 'Hello!' });
		expect(
			at.sql.all({ text: 'select kind, anchor from event_log order by seq desc limit 3', values: [] })
		).toEqual([
			{ kind: 'turn_edited', anchor: turnId },
			{ kind: 'chat_archived', anchor: replyId },
			{ kind: 'chat_renamed', anchor: replyId }
		]);
	});
});

describe('the composer', () => {
	test('is kept across a new start and forgotten when emptied', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.done('save_composer', { chatId, text: 'Unsent 🌊' });
		expect(at.reopen().ask('chat', { chatId })).toMatchObject({ composer: 'Unsent 🌊' });
		at.done('save_composer', { chatId, text: '' });
		expect(at.ask('chat', { chatId })?.composer).toBe('');
	});

	test('of an unknown chat is refused', async () => {
		const at = await given();
		expect(at.refused('save_composer', { chatId: NOBODY, text: 'x' })).toMatchObject({
			type: 'chat_unknown'
		});
	});
});

describe('as the narrator', () => {
	test('what happens is told, nobody says it, and it is answered', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId, jobId } = at.done('take_turn', {
			chatId,
			text: 'The lamp goes out.',
			connectionId: 'demo',
			as: 'narrator'
		});
		expect(at.ask('transcript', { chatId }).turns.at(-1)).toMatchObject({
			turnId,
			role: 'narrator',
			speakerName: '',
			text: 'The lamp goes out.'
		});
		const request = at.ask('stage_request', { jobId });
		if (request?.kind !== 'prose') throw new Error('no words are asked for');
		expect(request.request.messages.at(-1)?.text).toContain('((The lamp goes out.))');
		at.done('finish_reply', { jobId, text: 'Mara looks up.', ended: 'whole', model: null, usage: null });
		expect(at.ask('transcript', { chatId }).turns.at(-1)).toMatchObject({ text: 'Mara looks up.' });
	});

	test('and taking that back puts the words where they were typed', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = at.done(
			'take_turn',
			{ chatId, text: 'The lamp goes out.', connectionId: 'demo', as: 'narrator' },
			'tab-1'
		);
		at.done('drop_reply', { jobId });
		at.done('undo_last', { tab: 'tab-1' }, 'tab-1');
		expect(at.ask('chat', { chatId })).toMatchObject({ composer: 'The lamp goes out.' });
		expect(at.ask('transcript', { chatId }).turns).toEqual([]);
	});

	test('nothing is told in a case', async () => {
		const at = await given();
		const chatId = aCase(at, aDesk(at).mem);
		expect(
			at.refused('take_turn', { chatId, text: 'It rains.', connectionId: 'demo', as: 'narrator' }).type
		).toBe('not_in_a_case');
	});
});
