// What turns promise: words kept to the last code point, windows onto long chats, edits that keep the older text.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import type { Queries } from '../vocabulary.ts';

const texts = (turns: readonly { readonly text: string }[]) => turns.map((turn) => turn.text);

describe('the words of a turn', () => {
	test.each([
		['emoji of many code points', '👩🏽‍🚀🏴󠁧󠁢󠁷󠁬󠁳󠁿 and 🇳🇴'],
		['right-to-left text with marks', 'שָׁלוֹם \u202Bمرحبا\u202C'],
		['200 KB', 'Ünïcode – “quoted” 🌊 '.repeat(6500)],
		['blanks around them', '\n  *waits*  \n'],
		['quotes, slashes and SQL', `'"); drop table turns; -- \\ \\u0041 %s`],
		['text that looks like an escaped surrogate', '\\ud800 \\u0000'],
		['a byte order mark', '\uFEFFstart'],
		['separators of lines and paragraphs', 'a\u2028b\u2029c\u0085d'],
		['what JSON escapes', '\b\f\t\u001F\u007F']
	])('are kept to the last code point, also by a rebuild: %s', async (_, text) => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual([text]);
		expect(at.ask('reply_request', { jobId })?.request.messages).toEqual([{ role: 'user', text }]);
		at.app.rebuild();
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual([text]);
	});

	test.each([
		['half an emoji at the end, as a stream stopped inside it leaves', 'The sea \uD83C', 'The sea \uFFFD'],
		['a lone second half', '\uDF0A sea', '\uFFFD sea'],
		['halves in the wrong order', 'a\uDF0A\uD83Cb', 'a\uFFFD\uFFFDb'],
		['NUL', 'a\0b', 'a\uFFFDb']
	])('[I1] what cannot be stored becomes U+FFFD before it is recorded: %s', async (_, said, kept) => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = at.done('take_turn', { chatId, text: said, connectionId: 'demo' });
		at.done('save_draft', { jobId, text: said });
		at.done('save_composer', { chatId, text: said });
		at.done('rename_chat', { chatId, title: said });
		expect(at.ask('chat', { chatId })).toMatchObject({ title: kept, composer: kept, reply: { text: kept } });
		at.done('finish_reply', { jobId, text: said, ended: 'stopped', model: null, usage: null });
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual([kept, kept]);
		expect(at.ask('home', {})[0]?.lastWords).toBe(kept);
		const payloads = JSON.stringify(at.sql.all({ text: 'select payload from event_log', values: [] }));
		expect(payloads).not.toMatch(/\\ud[89a-f]|\\u0000/i);
		at.app.rebuild();
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual([kept, kept]);
	});
});

describe('the transcript', () => {
	const long = async (exchanges: number) => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < exchanges; n++) anExchange(at, chatId, `q${String(n)}`, `a${String(n)}`);
		return { at, chatId };
	};

	test('shows the newest turns, oldest first, and says how many came before', async () => {
		const { at, chatId } = await long(40);
		const { turns, earlier } = at.ask('transcript', { chatId });
		expect(turns).toHaveLength(60);
		expect(turns[0]?.text).toBe('q10');
		expect(turns.at(-1)?.text).toBe('a39');
		expect(earlier).toBe(20);
	});

	test('leads back to the first turn, window by window, leaving none out', async () => {
		const { at, chatId } = await long(12);
		at.done('rename_chat', { chatId, title: 'Between' });
		anExchange(at, chatId, 'q12', 'a12');
		const seen: string[] = [];
		let before: number | null = null;
		for (;;) {
			const { turns, earlier }: Queries['transcript']['answer'] = at.ask('transcript', {
				chatId,
				before,
				limit: 7
			});
			seen.unshift(...texts(turns));
			expect(seen.length + earlier).toBe(26);
			if (earlier === 0) break;
			before = turns[0]?.position ?? 0;
		}
		expect(seen).toEqual(Array.from({ length: 13 }, (_, n) => [`q${String(n)}`, `a${String(n)}`]).flat());
	});

	test('from a turn on stays where it is while the chat grows', async () => {
		const { at, chatId } = await long(40);
		const from = at.ask('transcript', { chatId }).turns[0]?.position ?? 0;
		anExchange(at, chatId, 'q40', 'a40');
		const { turns, earlier } = at.ask('transcript', { chatId, from });
		expect(turns).toHaveLength(62);
		expect(turns[0]?.text).toBe('q10');
		expect(turns.at(-1)?.text).toBe('a40');
		expect(earlier).toBe(20);
	});

	test('before the first turn is empty', async () => {
		const { at, chatId } = await long(2);
		expect(at.ask('transcript', { chatId, before: 1 })).toEqual({ turns: [], earlier: 0 });
		expect(at.ask('transcript', { chatId: NOBODY })).toEqual({ turns: [], earlier: 0 });
	});

	test.each([
		['limit 0', { limit: 0 }, /limit/],
		['limit 1001', { limit: 1001 }, /limit/],
		['before 0', { before: 0 }, /before/],
		['half a turn', { limit: 1.5 }, /limit/],
		['no chat', { chatId: undefined }, /chatId/]
	])('with %s is an error that names the field', async (_, wrong, named) => {
		const { at, chatId } = await long(0);
		expect(() => at.app.ask('transcript', { chatId, ...wrong })).toThrow(named);
	});

	test('tells who spoke, to what, with which model, and when', async () => {
		const at = await given();
		const { chatId, botId } = aChat(at);
		const { turnId, jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
		at.done('finish_reply', {
			jobId,
			text: 'Hi',
			ended: 'whole',
			model: 'llama3',
			usage: { inputTokens: 12, outputTokens: null }
		});
		const [said, reply] = at.ask('transcript', { chatId }).turns;
		expect(said).toMatchObject({
			turnId,
			role: 'user',
			replyTo: null,
			speakerId: null,
			model: null,
			edits: 0
		});
		expect(reply).toMatchObject({
			role: 'assistant',
			replyTo: turnId,
			speakerId: botId,
			speakerName: 'Mara',
			model: 'llama3',
			truncated: false
		});
		expect((reply?.at ?? 0) > (said?.at ?? 0)).toBe(true);
	});
});

describe('editing a turn', () => {
	test('changes its words in place and keeps every older text', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'one', 'reply');
		at.done('edit_turn', { chatId, turnId, text: 'two' });
		at.done('edit_turn', { chatId, turnId, text: 'three' });
		const { turns } = at.ask('transcript', { chatId });
		expect(turns.map((turn) => [turn.text, turn.edits])).toEqual([
			['three', 2],
			['reply', 0]
		]);
		expect(at.ask('earlier_texts', { chatId, turnId }).map((text) => [text.revision, text.text])).toEqual([
			[0, 'one'],
			[1, 'two']
		]);
	});

	test('works on a reply too, and asks no model', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { replyId } = anExchange(at, chatId, 'q', 'a');
		at.done('edit_turn', { chatId, turnId: replyId, text: 'b' });
		expect(at.ask('transcript', { chatId }).turns[1]).toMatchObject({
			text: 'b',
			edits: 1,
			truncated: false
		});
		expect(at.ask('chat', { chatId })?.reply).toBeNull();
	});

	test('to the same words writes nothing, also when some could not be stored as typed', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'half \uD83C', 'a');
		const events = at.events();
		at.done('edit_turn', { chatId, turnId, text: 'half \uD83C' });
		at.done('edit_turn', { chatId, turnId, text: 'half \uFFFD' });
		expect(at.events()).toBe(events);
		expect(at.ask('earlier_texts', { chatId, turnId })).toEqual([]);
	});

	test('of an unknown turn, of another chat’s turn, or to nothing, is refused', async () => {
		const at = await given();
		const { chatId, botId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'q', 'a');
		const { chatId: other } = at.done('create_chat', { botId });
		expect(at.refused('edit_turn', { chatId, turnId: NOBODY, text: 'x' })).toMatchObject({
			type: 'turn_unknown'
		});
		expect(at.refused('edit_turn', { chatId: other, turnId, text: 'x' })).toEqual({
			type: 'turn_unknown',
			chatId: other,
			turnId
		});
		expect(at.refused('edit_turn', { chatId, turnId, text: ' \n' })).toMatchObject({
			field: 'text',
			problem: 'required'
		});
		expect(at.ask('transcript', { chatId }).turns[0]?.text).toBe('q');
	});
});
