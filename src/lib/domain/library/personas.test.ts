// What personas promise: authored, replaced, retired, and remembered by the chats that use them.
import { describe, expect, test } from 'vitest';
import { given, NOBODY, wordsAsked } from '#tests/support/given.ts';

test('a persona is kept as written and listed by name', async () => {
	const at = await given();
	at.done('author_you', { name: 'Tilde', description: 'A sailor.' });
	const { youId } = at.done('author_you', { name: 'ari' });
	expect(at.ask('yous', {}).map((you) => [you.name, you.description, you.avatar])).toEqual([
		['ari', '', null],
		['Tilde', 'A sailor.', null]
	]);
	expect(at.ask('you', { youId })).toMatchObject({ youId, name: 'ari', retired: false });
});

test('a persona without a name is refused, naming the field', async () => {
	const at = await given();
	expect(at.refused('author_you', { name: ' ' })).toMatchObject({ field: 'name', problem: 'required' });
	expect(at.refused('author_you', { description: 'nobody' })).toMatchObject({
		field: 'name',
		problem: 'required'
	});
	expect(at.refused('author_you', { name: 'A', avatar: 'b'.repeat(64) })).toMatchObject({
		type: 'avatar_unknown'
	});
	expect(at.events()).toBe(0);
});

describe('a retired persona', () => {
	test('leaves the list and is refused for new chats; old chats keep it', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		const { youId } = at.done('author_you', { name: 'Tilde', description: 'A sailor.' });
		const { chatId } = at.done('create_chat', { botId, youId });
		at.done('retire_you', { youId });
		expect(at.ask('yous', {})).toEqual([]);
		expect(at.refused('create_chat', { botId, youId })).toEqual({ type: 'you_unknown', youId });
		expect(at.ask('chat', { chatId })?.you).toEqual({ youId, name: 'Tilde', avatar: null });
		const { jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
		expect(at.ask('transcript', { chatId }).turns[0]).toMatchObject({
			speakerName: 'Tilde',
			speakerId: youId
		});
		expect(wordsAsked(at, { jobId })?.request.instructions).toContain('A sailor.');
	});

	test('cannot be retired again, and nobody cannot be retired', async () => {
		const at = await given();
		const { youId } = at.done('author_you', { name: 'Tilde' });
		at.done('retire_you', { youId });
		expect(at.refused('retire_you', { youId })).toEqual({ type: 'you_retired', youId });
		expect(at.refused('retire_you', { youId: NOBODY })).toEqual({ type: 'you_unknown', youId: NOBODY });
		expect(at.ask('you', { youId: NOBODY })).toBeNull();
	});

	test('comes back when authored again', async () => {
		const at = await given();
		const { youId } = at.done('author_you', { name: 'Tilde' });
		at.done('retire_you', { youId });
		at.done('author_you', { youId, name: 'Tilde Ros' });
		expect(at.ask('yous', {}).map((you) => you.name)).toEqual(['Tilde Ros']);
	});
});
