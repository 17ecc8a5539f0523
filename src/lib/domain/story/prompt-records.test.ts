// What models were asked: kept by the turn it became, for the newest requests of a chat, and gone with the chat for good.
import { expect, test } from 'vitest';
import { aChat, given, said, wordsAsked, type Given } from '#tests/support/given.ts';
import { PROMPTS_KEPT } from './prompt-records.ts';

const begun = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	return { at, chatId };
};

/** Asks for words, and keeps what was asked as the runner does. */
const asked = (at: Given, chatId: string, text: string) => {
	const { jobId, turnId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	return { jobId, turnId, ...keep(at, jobId) };
};

const keep = (at: Given, jobId: string) => {
	const words = wordsAsked(at, { jobId });
	if (words === null) throw new Error('no words are asked for');
	const { request, parts } = words;
	const messages = request.messages.map(({ role, text }) => ({ role, text }));
	const { instructions } = request;
	const input = {
		jobId,
		interjection: false,
		speaker: 'Mara',
		model: 'm',
		instructions,
		messages,
		parts: [...parts]
	};
	at.done('keep_prompt', input);
	return { input, messages, instructions, parts };
};

const records = (at: Given): number =>
	Number(at.sql.all({ text: 'select count(*) as n from prompt_records', values: [] })[0]?.['n']);

test('word for word, found as the newest at once and by its turn when there is one', async () => {
	const { at, chatId } = await begun();
	expect(at.ask('prompt_record', { chatId })).toBeNull();
	const { jobId, turnId, messages, instructions, parts } = asked(at, chatId, 'Hello');
	const exact = { answers: turnId, instructions, messages, parts, model: 'm', speaker: 'Mara' };
	expect(at.ask('prompt_record', { chatId })).toMatchObject({ ...exact, turnId: null });
	const reply = said(at, jobId, 'Hi.');
	expect(at.ask('prompt_record', { chatId, turnId: reply.turnId })).toMatchObject(exact);
	expect(at.ask('prompt_record', { chatId, turnId })).toBeNull();
});

test('by each alternative', async () => {
	const { at, chatId } = await begun();
	const first = said(at, asked(at, chatId, 'Hello').jobId, 'Hi.');
	const { jobId } = at.done('regenerate', {
		chatId,
		turnId: first.turnId,
		note: 'Colder.',
		connectionId: 'demo'
	});
	keep(at, jobId);
	const second = said(at, jobId, 'What?');
	const told = (turnId: string) => at.ask('prompt_record', { chatId, turnId })?.messages.at(-1)?.text;
	expect(told(first.turnId)).not.toContain('Colder.');
	expect(told(second.turnId)).toContain('Colder.');
});

test('of the newest requests of each chat, and of one that was sent twice only the last', async () => {
	const { at, chatId } = await begun();
	const other = aChat(at).chatId;
	at.done('change_chat_settings', { chatId: other, classifiers: 'off' });
	const kept = asked(at, other, 'Elsewhere');
	const turns = Array.from({ length: PROMPTS_KEPT + 3 }, (_, n) => {
		const { jobId } = asked(at, chatId, `words ${String(n)}`);
		keep(at, jobId);
		return said(at, jobId, `reply ${String(n)}`).turnId;
	});
	expect(turns.map((turnId) => at.ask('prompt_record', { chatId, turnId }) !== null)).toEqual(
		turns.map((_, n) => n >= 3)
	);
	expect(at.ask('prompt_record', { chatId: other })?.messages).toEqual(kept.messages);
	expect(records(at)).toBe(PROMPTS_KEPT + 1);
});

test('it is no event, and nothing is kept for a job that has ended', async () => {
	const { at, chatId } = await begun();
	const { jobId, input } = asked(at, chatId, 'Hello');
	const events = at.events();
	at.done('keep_prompt', input);
	expect(at.events()).toBe(events);
	expect(at.ask('undoable', { tab: 'tab-1' })).not.toMatchObject({ name: 'keep_prompt' });
	said(at, jobId, 'Hi.');
	expect(at.refused('keep_prompt', input)).toEqual({ type: 'job_unknown', jobId });
});

test('that comes late finds the turn it has become', async () => {
	const { at, chatId } = await begun();
	at.done('change_chat_settings', { chatId, classifiers: 'separate' });
	const { jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
	const { input } = keep(at, jobId);
	const { turnId } = at.done('finish_reply', {
		jobId,
		text: 'Hi.',
		ended: 'whole',
		model: null,
		usage: null
	});
	at.done('keep_prompt', input);
	expect(at.ask('prompt_record', { chatId, turnId })?.messages).toEqual(input.messages);
	expect(records(at)).toBe(1);
});

test('goes when turns whose words it holds are deleted for good', async () => {
	const { at, chatId } = await begun();
	const first = said(at, asked(at, chatId, 'Hello').jobId, 'Hi.');
	said(at, asked(at, chatId, 'A secret').jobId, 'Oh.');
	const { copyId } = at.done('rewind', { chatId, turnId: first.turnId });
	expect(records(at)).toBe(2);
	at.done('delete_copy', { copyId });
	expect(records(at)).toBe(0);
	asked(at, chatId, 'Again');
	at.done('drop_reply', { jobId: at.ask('chat', { chatId })?.reply?.jobId ?? '' });
	at.done('delete_chat', { chatId });
	at.done('empty_recovery', {});
	expect(records(at)).toBe(0);
});
