// Event streams as servers send them become events, however they are cut into pieces.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newNotes, readEventStream, type WireNotes } from './event-stream.ts';
import { anthropicMessages, chatCompletions, geminiContent, openAiResponses } from './wires.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that gives its pieces one by one; `breaks` instead of ending. */
const bodyOf = (pieces: readonly Uint8Array[], breaks = false): ReadableStream<Uint8Array> => {
	let at = 0;
	return new ReadableStream({
		pull: (controller) => {
			const next = pieces[at];
			at += 1;
			if (next !== undefined) controller.enqueue(next);
			else if (breaks) controller.error(new TypeError('terminated'));
			else controller.close();
		}
	});
};

const inPieces = (bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] => {
	const pieces: Uint8Array[] = [];
	let at = 0;
	for (let turn = 0; at < bytes.length; turn += 1) {
		const size = sizes[turn % sizes.length] ?? 1;
		pieces.push(bytes.slice(at, at + size));
		at += size;
	}
	return pieces;
};

const read = async (
	pieces: readonly Uint8Array[],
	wire = chatCompletions,
	breaks = false
): Promise<{ readonly text: string; readonly notes: WireNotes }> => {
	const notes = newNotes();
	const text = await new Response(readEventStream(bodyOf(pieces, breaks), wire, notes, null)).text();
	return { text, notes };
};

const DONE = 'data: {"a":1}\n\ndata: [DONE]\n\n';

it.each([
	['now and then', 50],
	['without a pause', 0]
])('that goes on with comments after its end, %s, is left all the same', async (_, pauseMs) => {
	let open = true;
	let sent = 0;
	const body = new ReadableStream<Uint8Array>({
		pull: async (controller) => {
			if (sent > 0 && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
			// nobody sends for good in a test that must end
			if (sent > 3_000_000) controller.close();
			else controller.enqueue(bytesOf(sent === 0 ? DONE : ': ping\n\n'));
			sent += 1;
		},
		cancel: () => {
			open = false;
		}
	});
	expect(await new Response(readEventStream(body, chatCompletions, newNotes(), null)).text()).toBe(DONE);
	expect(open).toBe(false);
});

describe('a stream', () => {
	it.each([
		['as it should be', DONE],
		['with a byte order mark', `\uFEFF${DONE}`],
		['with carriage returns', DONE.replaceAll('\n', '\r\n')],
		['with carriage returns alone', DONE.replaceAll('\n', '\r')],
		['without its last blank line', DONE.trimEnd()],
		['with comments, ids and fields nobody knows', `: hello\n\nid: 7\nretry: 10\nfoo: bar\n${DONE}`],
		['without blanks after the colons', DONE.replaceAll(': ', ':')]
	])('%s', async (_, sent) => {
		for (const sizes of [[1], [2], [7], [1000]]) {
			const { text, notes } = await read(inPieces(bytesOf(sent), sizes));
			expect(text).toBe(DONE);
			expect(notes).toEqual({ answered: false, notAnApi: false, ended: true });
		}
	});

	it('keeps data of several lines, and the type', async () => {
		const sent = 'event: x\ndata: {\ndata: "a":1}\n\n';
		expect((await read([bytesOf(sent)])).text).toBe(sent);
	});

	it('is the same in any pieces, whatever it is', async () => {
		const bits = fc.constantFrom(
			'data: ',
			'event: ',
			'\n',
			'\r',
			'\r\n',
			'{"a":1}',
			'[DONE]',
			':',
			'{',
			'}',
			'é🙂',
			'x'
		);
		await fc.assert(
			fc.asyncProperty(
				fc.array(bits, { maxLength: 40 }),
				fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
				async (words, sizes) => {
					const bytes = bytesOf(words.join(''));
					const [whole, pieces] = await Promise.all([read([bytes]), read(inPieces(bytes, sizes))]);
					expect(pieces).toEqual(whole);
				}
			),
			{ numRuns: 300 }
		);
	});

	it('ends where the connection breaks, with all that came before', async () => {
		const { text, notes } = await read(
			[bytesOf('data: {"a":1}\n\ndata: {"b":'), bytesOf('2}\n')],
			chatCompletions,
			true
		);
		expect(text).toBe('data: {"a":1}\n\ndata: {"b":2}\n\n');
		expect(notes.ended).toBe(false);
	});

	it('throws away half an event at the end, and nothing else', async () => {
		expect((await read([bytesOf('data: {"a":1}\n\ndata: {"b":')])).text).toBe('data: {"a":1}\n\n');
	});

	it('bears a long line that comes byte by byte', async () => {
		const long = `data: ${JSON.stringify({ a: 'x'.repeat(100_000) })}\n\n`;
		expect((await read(inPieces(bytesOf(long), [1]))).text).toBe(long);
	}, 20_000);

	it('hangs up when it is left', async () => {
		let cancelled = false;
		const body = new ReadableStream<Uint8Array>({
			pull: (controller) => controller.enqueue(bytesOf('data: {}\n\n')),
			cancel: () => {
				cancelled = true;
			}
		});
		const reader = readEventStream(body, chatCompletions, newNotes(), null).getReader();
		await reader.read();
		await reader.cancel();
		expect(cancelled).toBe(true);
	});
});

describe('what stands outside of a stream', () => {
	const error = JSON.stringify({ error: { message: 'Overloaded', type: 'overloaded_error' } }, null, 2);

	it.each([
		['chat completions', chatCompletions, 'data: {"error":{'],
		['Anthropic', anthropicMessages, 'event: error\ndata: {"type":"error","error":{'],
		['OpenAI', openAiResponses, 'event: error\ndata: {"type":"error",'],
		['Gemini', geminiContent, 'data: {"error":{']
	])('an error is one of %s', async (_, wire, begin) => {
		for (const before of ['', 'data: {"a":1}\n\n'])
			for (const after of ['', '\n\n']) {
				const { text } = await read([bytesOf(before + error + after)], wire);
				expect(text.slice(before.length).startsWith(begin), text).toBe(true);
				expect(text).toContain('Overloaded');
			}
	});

	it.each(['{"error":"no such thing"}', '[{"error":{"message":"no such thing"}}]'])(
		'%s is one too',
		async (sent) => {
			expect((await read([bytesOf(sent)])).text).toBe('data: {"error":{"message":"no such thing"}}\n\n');
		}
	);

	it.each([
		['a page', '<!doctype html>\n<title>x</title>'],
		['words', 'It works.'],
		['words in an event', 'data: It works.\n\n'],
		['another JSON', '{"status":"ok"}'],
		['a list of nothing', '[]'],
		['half a JSON', '{"choices":[{"message"']
	])('%s is of no protocol', async (_, sent) => {
		for (const wire of [chatCompletions, anthropicMessages, openAiResponses, geminiContent])
			expect((await read([bytesOf(sent)], wire)).notes.notAnApi).toBe(true);
	});

	it('half a JSON says nothing when the connection broke', async () => {
		expect((await read([bytesOf('{"choices":[')], chatCompletions, true)).notes.notAnApi).toBe(false);
	});
});
