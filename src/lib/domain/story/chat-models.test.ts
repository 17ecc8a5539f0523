// A chat's own models: chosen, told to whoever asks a model, and gone with the chat.
import { expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY, wordsAsked } from '#tests/support/given.ts';

const choice = { connectionId: 'one', model: 'big', temperature: 0.5, topP: null, maxOutputTokens: 300 };

test('a choice is for one chat and one task, and can be taken away', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const other = aChat(at, { name: 'Odo' }).chatId;
	at.done('choose_models', { chatId, choices: { prose: choice } });
	at.done('choose_models', { chatId, choices: { prose: { ...choice, model: ' small ' } } });
	expect(at.ask('chat', { chatId })?.models).toEqual({
		prose: { ...choice, model: 'small' },
		classify: null,
		copilot: null
	});
	expect(at.ask('chat', { chatId: other })?.models.prose).toBeNull();
	at.done('choose_models', { chatId, choices: { prose: null } });
	expect(at.ask('chat', { chatId })?.models.prose).toBeNull();
	expect(at.refused('choose_models', { chatId: NOBODY, choices: { prose: choice } })).toMatchObject({
		type: 'chat_unknown'
	});
	for (const bad of [{ temperature: 3 }, { topP: 0 }, { model: ' ' }, { maxOutputTokens: 0 }])
		expect(at.refused('choose_models', { chatId, choices: { prose: { ...choice, ...bad } } })).toMatchObject({
			type: 'invalid_input'
		});
});

test('goes with a job only when that is asked from the connection it was chosen for', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	at.done('choose_models', { chatId, choices: { prose: choice } });
	const asked = (connectionId: string) => {
		const { jobId } = at.done('take_turn', { chatId, text: 'x', connectionId });
		const request = wordsAsked(at, { jobId });
		at.done('drop_reply', { jobId });
		return request?.choice;
	};
	expect(asked('one')).toEqual(choice);
	expect(asked('two')).toBeNull();
});

test('a title is asked of the chat’s own model for decisions, with the newest turns as data', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	expect(at.ask('title_request', { chatId })).toBeNull();
	for (let n = 0; n < 20; n++) anExchange(at, chatId, `words ${String(n)}`, 'z'.repeat(2000));
	at.done('choose_models', { chatId, choices: { classify: choice } });
	at.done('choose_models', { chatId, choices: { prose: { ...choice, connectionId: 'home' } } });
	const request = at.ask('title_request', { chatId });
	expect(request?.connectionId).toBe('home');
	expect(request?.choice).toEqual(choice);
	expect(request?.data).toContain('words 19');
	expect(request?.data).not.toContain('words 13');
	expect(request?.data.length).toBeLessThan(6 * 700);
	expect(request?.instructions).not.toContain('words 1');
});

test('all tasks are chosen at once, or none', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const small = { ...choice, model: 'small', maxOutputTokens: 200 };
	at.done('choose_models', { chatId, choices: { prose: choice, classify: small } });
	expect(at.ask('chat', { chatId })?.models).toEqual({ prose: choice, classify: small, copilot: null });
	expect(
		at.refused('choose_models', { chatId, choices: { prose: null, classify: { ...small, temperature: 3 } } })
	).toMatchObject({ type: 'invalid_input', field: 'choices.classify.temperature' });
	expect(at.ask('chat', { chatId })?.models).toEqual({ prose: choice, classify: small, copilot: null });
});
