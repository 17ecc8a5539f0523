// Impersonate: a model drafts the player's turn into the composer. Nothing is sent, and nothing that was typed is lost.
import { describe, expect, test } from 'vitest';
import { anExchange, given, wordsAsked, type Given } from '#tests/support/given.ts';

const failure = { type: 'offline' };

const story = async () => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara', description: 'Keeps the light.' });
	const { youId } = at.done('author_you', { name: 'Tilde', description: 'Walks with a stick.' });
	const { chatId } = at.done('create_chat', { botId, youId });
	anExchange(at, chatId, 'Hello', 'Good evening.');
	return { at, chatId, botId };
};
const drafts = (at: Given, chatId: string) => at.done('impersonate', { chatId, connectionId: 'demo' }).jobId;
const composer = (at: Given, chatId: string) => {
	const { composer: text, typed } = at.ask('chat', { chatId }) ?? {};
	return [text, typed];
};

describe('a draft of the player’s turn', () => {
	test('is asked for as the persona, with all that was said told from there', async () => {
		const { at, chatId } = await story();
		at.done('save_composer', { chatId, text: 'ask about the lamp' });
		const asked = wordsAsked(at, { jobId: drafts(at, chatId) });
		expect(asked).toMatchObject({ stage: 'draft', request: { story: { bot: 'Tilde', speaker: 'you' } } });
		expect(asked?.request.instructions).toMatch(/^You are Tilde,.*together with Mara\./u);
		expect(asked?.request.instructions).toContain('Walks with a stick.');
		expect(asked?.request.instructions).not.toContain('is not here');
		const { messages = [] } = asked?.request ?? {};
		expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
		expect(messages[1]?.text).toBe('Hello');
		expect(messages[2]?.text).toContain('Good evening.');
		expect(messages[2]?.text).toContain('ask about the lamp');
	});

	test('stands in the composer when it has ended, and is no event', async () => {
		const { at, chatId } = await story();
		const before = at.events();
		const jobId = drafts(at, chatId);
		at.done('save_draft', { jobId, text: 'I lo' });
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ stage: 'draft', speakerId: 'you' });
		at.done('finish_draft', { jobId, text: 'I look up.' });
		expect(composer(at, chatId)).toEqual(['I look up.', '']);
		expect([at.events(), at.ask('chat', { chatId })?.reply]).toEqual([before, null]);
		at.done('take_turn', { chatId, text: 'I look up.', connectionId: 'demo' });
		expect(composer(at, chatId)).toEqual(['', null]);
	});

	test('keeps what was typed, and gives it back as often as asked, over another draft too', async () => {
		const { at, chatId } = await story();
		at.done('save_composer', { chatId, text: 'The lamp?' });
		at.done('finish_draft', { jobId: drafts(at, chatId), text: 'One.' });
		const second = drafts(at, chatId);
		expect(wordsAsked(at, { jobId: second })?.request.messages.at(-1)?.text).toContain('The lamp?');
		at.done('finish_draft', { jobId: second, text: 'Two.' });
		expect(composer(at, chatId)).toEqual(['Two.', 'The lamp?']);
		at.done('swap_composer', { chatId });
		expect(composer(at, chatId)).toEqual(['The lamp?', 'Two.']);
		at.done('swap_composer', { chatId });
		at.done('save_composer', { chatId, text: 'Two, and more.' });
		at.done('finish_draft', { jobId: drafts(at, chatId), text: 'Three.' });
		expect(composer(at, chatId)).toEqual(['Three.', 'Two, and more.']);
		at.done('save_composer', { chatId, text: '' });
		at.done('swap_composer', { chatId });
		expect(composer(at, chatId)).toEqual(['Two, and more.', '']);
	});

	test('without a word leaves the composer as it was: stopped, empty, or failed', async () => {
		const { at, chatId } = await story();
		at.done('save_composer', { chatId, text: 'The lamp?' });
		at.done('drop_reply', { jobId: drafts(at, chatId) });
		at.done('finish_draft', { jobId: drafts(at, chatId), text: ' ' });
		at.done('fail_reply', { jobId: drafts(at, chatId), text: '', failure });
		expect(composer(at, chatId)).toEqual(['The lamp?', null]);
		expect(at.refused('swap_composer', { chatId }).type).toBe('nothing_to_put_back');
	});

	test('that fails keeps its words in the composer, and can be asked for again', async () => {
		const { at, chatId } = await story();
		at.done('save_composer', { chatId, text: 'The lamp?' });
		at.done('fail_reply', { jobId: drafts(at, chatId), text: 'I lo', failure });
		expect(composer(at, chatId)).toEqual(['I lo', 'The lamp?']);
		expect(at.ask('chat', { chatId })?.reply).toMatchObject({ state: 'failed', failure, text: '' });
		const { jobId } = at.done('ask_reply', { chatId, connectionId: 'demo' });
		expect(wordsAsked(at, { jobId })?.request.messages.at(-1)?.text).toContain('The lamp?');
		at.done('finish_draft', { jobId, text: 'I look up.' });
		expect(composer(at, chatId)).toEqual(['I look up.', 'The lamp?']);
	});

	test('whose tab is gone is put into the composer as far as it came', async () => {
		const { at, chatId } = await story();
		const jobId = drafts(at, chatId);
		at.done('save_draft', { jobId, text: 'I lo' });
		at.done('finish_draft', { jobId });
		expect(composer(at, chatId)).toEqual(['I lo', '']);
	});

	test('never becomes a turn', async () => {
		const { at, chatId } = await story();
		const jobId = drafts(at, chatId);
		at.done('save_draft', { jobId, text: 'I lo' });
		const ended = { jobId, text: 'I look.', ended: 'whole', model: null, usage: null };
		expect(at.refused('finish_reply', ended).type).toBe('job_unknown');
		expect(at.refused('keep_draft', { jobId }).type).toBe('job_unknown');
		const on = { chatId, jobId, connectionId: 'demo' };
		expect(at.refused('continue_reply', on).type).toBe('reply_unfinished');
		expect(at.refused('take_turn', { chatId, text: 'x', connectionId: 'demo' }).type).toBe(
			'reply_unfinished'
		);
	});

	test('is given up by whatever takes a turn back', async () => {
		const { at, chatId } = await story();
		const jobId = drafts(at, chatId);
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.refused('finish_draft', { jobId, text: 'late' }).type).toBe('job_unknown');
	});

	test('needs a story that has begun, and is not asked for in a scene elsewhere', async () => {
		const { at, botId, chatId } = await story();
		const { chatId: empty } = at.done('create_chat', { botId });
		expect(at.refused('impersonate', { chatId: empty, connectionId: 'demo' }).type).toBe('nothing_to_answer');
		const scene = { chatId, premise: 'Elsewhere.', with: 'narrator', connectionId: 'demo' } as const;
		at.done('drop_reply', { jobId: at.done('start_meanwhile', scene).jobId });
		expect(at.refused('impersonate', { chatId, connectionId: 'demo' }).type).toBe('meanwhile_running');
	});
});
