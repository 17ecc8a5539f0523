// What turns promise: words kept to the last code point, windows onto long chats, edits that keep the older text.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY, wordsAsked } from '#tests/support/given.ts';
import { eventLog } from '../kernel/log.ts';
import { sql } from '../kernel/sql.ts';
import { vocabulary } from '../vocabulary.ts';
import { turnHidden, turnShown } from './hide.ts';
import { assistantTurn, HOLDS_WORDS, turns } from './turns.ts';

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
		// the world as it is stands before them
		expect(wordsAsked(at, { jobId })?.request.messages.at(-1)?.text.endsWith(`\n${text}`)).toBe(true);
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

describe('the words in the log', () => {
	test.each(HOLDS_WORDS.map((kind) => [kind.kind, kind] as const))(
		'of %s stand where queries look for them, in the version written today',
		async (name, kind) => {
			const at = await given();
			const { chatId } = aChat(at);
			const { turnId } = anExchange(at, chatId, 'user_turn', 'assistant_turn');
			at.done('edit_turn', { chatId, turnId, text: 'turn_edited' });
			at.done('skip_time', { chatId, kind: 'elision', minutes: 1, label: 'narrator_turn' });
			expect(
				at.sql.all(sql`select v, payload ->> '$.text' as words from ${eventLog} where kind = ${name}`)
			).toEqual([{ v: kind.version, words: name }]);
		}
	);

	test('are those of every kind that says where words are', () => {
		// hiding changes a turn and none of its words
		const hiding: readonly string[] = [turnHidden.kind, turnShown.kind];
		const saying = vocabulary.events.filter(
			({ kind, writes }) => writes.includes(turns) && !hiding.includes(kind)
		);
		expect(saying.map(({ kind }) => kind).sort()).toEqual(HOLDS_WORDS.map(({ kind }) => kind).sort());
	});

	test('are found where events have other places: in a branch, and after a rewind that was taken back', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Hi.' });
		const first = anExchange(at, chatId, 'one', 'reply');
		const second = anExchange(at, chatId, 'two', 'second reply');
		at.done('edit_turn', { chatId, turnId: second.turnId, text: 'two, better' });
		at.done('edit_turn', { chatId, turnId: first.turnId, text: 'one, better' });
		const said = (of: string) => texts(at.ask('transcript', { chatId: of }).turns);
		const whole = ['Hi.', 'one, better', 'reply', 'two, better', 'second reply'];
		const kept = ['Hi.', 'one, better', 'reply'];

		// what was said and edited later is left out, so the edit of the first turn moves up
		const { chatId: branched } = at.done('branch', { chatId, turnId: first.replyId });
		expect(said(branched)).toEqual(kept);
		expect(
			at.ask('earlier_texts', { chatId: branched, turnId: first.turnId }).map(({ text }) => text)
		).toEqual(['one']);

		const { copyId } = at.done('rewind', { chatId, turnId: first.replyId });
		expect(said(chatId)).toEqual(kept);
		anExchange(at, branched, 'elsewhere', 'it goes on');
		at.done('restore_copy', { copyId });
		expect(said(chatId)).toEqual(whole);
		expect(at.ask('earlier_texts', { chatId, turnId: second.turnId }).map(({ text }) => text)).toEqual([
			'two'
		]);
		at.app.rebuild();
		expect([said(chatId), said(branched)]).toEqual([whole, [...kept, 'elsewhere', 'it goes on']]);
	});

	test('that are damaged leave the rest of a chat to be read, and new ones can be written', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'lost', 'kept');
		at.sql.exec('drop trigger event_log_is_append_only');
		at.sql.exec("update event_log set payload = '{}' where kind = 'user_turn'");
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual(['', 'kept']);
		expect(at.ask('turn', { chatId, turnId })?.text).toBe('');
		at.done('edit_turn', { chatId, turnId, text: 'said again' });
		expect(texts(at.ask('transcript', { chatId }).turns)).toEqual(['said again', 'kept']);
		expect(at.ask('earlier_texts', { chatId, turnId }).map(({ text }) => text)).toEqual(['']);
	});
});

describe('the transcript', () => {
	const long = async (exchanges: number) => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < exchanges; n++) anExchange(at, chatId, `q${String(n)}`, `a${String(n)}`);
		return { at, chatId };
	};

	test('shows the newest turns, oldest first, and says how many there are', async () => {
		const { at, chatId } = await long(40);
		const { turns, total } = at.ask('transcript', { chatId });
		expect(turns).toHaveLength(60);
		expect(turns[0]).toMatchObject({ text: 'q10', number: 21 });
		expect(turns.at(-1)).toMatchObject({ text: 'a39', number: 80 });
		expect(total).toBe(80);
	});

	test('leads from the first turn to the last, window by window, leaving none out', async () => {
		const { at, chatId } = await long(12);
		at.done('rename_chat', { chatId, title: 'Between' });
		anExchange(at, chatId, 'q12', 'a12');
		const seen: string[] = [];
		for (let from = 1; from <= 26; from += 7)
			seen.push(...texts(at.ask('transcript', { chatId, from, limit: 7 }).turns));
		expect(seen).toEqual(Array.from({ length: 13 }, (_, n) => [`q${String(n)}`, `a${String(n)}`]).flat());
	});

	test('from a number on stays where it is while the chat grows, and tells what the end is', async () => {
		const { at, chatId } = await long(3);
		const window = () => at.ask('transcript', { chatId, from: 2, limit: 2 });
		const before = window();
		expect(texts(before.turns)).toEqual(['a0', 'q1']);
		expect(before).toMatchObject({ total: 6, newest: { number: 6, role: 'assistant', truncated: false } });
		const { turnId } = at.done('take_turn', { chatId, text: 'q3', connectionId: 'demo' });
		expect(window()).toEqual({
			turns: before.turns,
			total: 7,
			newest: { turnId, number: 7, role: 'user', replyTo: null, truncated: false },
			lastOwn: turnId
		});
	});

	test('of a chat without turns, or beyond the last one, is empty', async () => {
		const { at, chatId } = await long(2);
		expect(at.ask('transcript', { chatId, from: 5 })).toMatchObject({ turns: [], total: 4 });
		const none = { turns: [], total: 0, newest: null, lastOwn: null };
		expect(at.ask('transcript', { chatId: NOBODY })).toEqual(none);
	});

	test('one turn is told alone, and as the window tells it', async () => {
		const { at, chatId } = await long(2);
		const [, second] = at.ask('transcript', { chatId }).turns;
		expect(at.ask('turn', { chatId, turnId: second?.turnId ?? '' })).toEqual(second);
		expect(at.ask('turn', { chatId, turnId: NOBODY })).toBeNull();
		expect(at.ask('turn', { chatId: NOBODY, turnId: second?.turnId ?? '' })).toBeNull();
	});

	test.each([
		['limit 0', { limit: 0 }, /limit/],
		['limit 1001', { limit: 1001 }, /limit/],
		['from 0', { from: 0 }, /from/],
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

test('a reply stored before costs were counted is read with nothing known of them', () => {
	const turn = {
		turnId: NOBODY,
		replyTo: null,
		speaker: { botId: NOBODY, name: 'Mara' },
		text: 'Hi.',
		truncated: false,
		model: 'm'
	};
	const counted = { inputTokens: 1, outputTokens: 2 };
	const main = { interjectionOf: null, meanwhileId: null, present: { you: true, host: true, guest: true } };
	expect(assistantTurn.revive({ ...turn, usage: counted }, 1)).toEqual({
		...turn,
		...main,
		usage: { ...counted, cacheReadTokens: null, costUsd: null, estimated: false }
	});
	expect(assistantTurn.revive({ ...turn, usage: null }, 1)).toEqual({ ...turn, ...main, usage: null });
	expect(() => assistantTurn.revive({ ...turn, usage: counted }, 2)).toThrow();
});
