// Events are told anew text by text, and are events of their kind afterwards.
import { expect, test } from 'vitest';
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { createRedaction } from './redact.ts';
import { CannotHide, redactPayload, textsOf, type TextPlace } from './redact-payload.ts';

const noted = defineEvent({
	kind: 'noted',
	payload: z.object({
		noteId: z.uuid(),
		sort: z.enum(['open', 'shut']),
		title: z.string().max(20),
		lines: z.array(z.object({ text: z.string(), hash: z.string() })),
		code: z.string().regex(/^[^[]+$/)
	}),
	upcasts: [],
	writes: [],
	project: () => []
});
const place = { stream: 's', event: 3, kind: 'noted', turnId: null };
const payload = {
	noteId: '00000000-0000-4000-8000-000000000001',
	sort: 'open',
	title: 'from 10.0.0.1',
	lines: [{ text: 'open 10.0.0.2', hash: 'a'.repeat(64) }],
	code: 'x'
};
const redactionOf = (told: unknown, words: readonly string[] = []) => {
	const redaction = createRedaction<TextPlace>({ words });
	redaction.look(textsOf(told));
	return redaction;
};

test('texts are told anew, names of things are not, and each place is noted once', () => {
	const redaction = redactionOf(payload);
	expect(textsOf(payload)).toEqual(['open', 'from 10.0.0.1', 'open 10.0.0.2', 'x']);
	expect(redactPayload(noted, payload, place, redaction)).toEqual({
		...payload,
		title: 'from [IP_1]',
		lines: [{ text: 'open [IP_2]', hash: 'a'.repeat(64) }]
	});
	expect(redaction.places()).toEqual([
		{ placeholder: '[IP_1]', place: { ...place, field: 'title' }, times: 1, excerpt: 'from [IP_1]' },
		{ placeholder: '[IP_2]', place: { ...place, field: 'lines.0.text' }, times: 1, excerpt: 'open [IP_2]' }
	]);
});

test('a word the event allows among a few stays, even when it is one of the words to hide', () => {
	const told = redactPayload(noted, payload, place, redactionOf(payload, ['open']));
	expect(told).toMatchObject({ sort: 'open', lines: [{ text: '[WORD_1] [IP_2]' }] });
});

test('a text that grew too long is cut before a placeholder, never in it', () => {
	const long = { ...payload, title: '10.0.0.1 1.1.1.1 2.2' };
	expect(redactPayload(noted, long, place, redactionOf(long))).toMatchObject({ title: '[IP_1] [IP_2] 2.2' });
	const longer = { ...payload, title: 'a@b.de b@b.de c@b.de' };
	expect(redactPayload(noted, longer, place, redactionOf(longer))).toMatchObject({
		title: '[EMAIL_1] [EMAIL_2] '.slice(0, 20)
	});
});

test('what cannot be hidden in a valid event is said, and never let through', () => {
	const told = { ...payload, code: '10.0.0.9' };
	expect(() => redactPayload(noted, told, place, redactionOf(told))).toThrow(CannotHide);
});
