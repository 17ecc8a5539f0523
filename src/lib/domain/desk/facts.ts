// Facts of a brief, told by code from the log and its projections: no model, no cost, and at ten thousand turns still at once.
import { digestOfTexts } from '../kernel/checksum.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { chats, type Chat } from '../story/chats.ts';
import { turns, wordsRow } from '../story/turns.ts';
import { chatStream } from '../streams.ts';
import { cases, findCase } from './cases.ts';
import type { Facts, Head } from './facts-shape.ts';
import { LOOSE_ENDS_READ, looseEndsOf } from './loose-ends.ts';
import { caseSteps, stepsOf } from './steps.ts';

/** The tables {@link factsOf} and {@link headOf} read. */
export const FACTS_READ: readonly Table[] = [
	...new Set([chats, cases, caseSteps, turns, eventLog, ...LOOSE_ENDS_READ])
];

/** Errors are looked for in so many of the newest words of the person: reading more would keep the raise waiting. */
const ERROR_TURNS = 400;
/** Of words that are longer, so much is looked at: a whole log may be pasted into each turn. */
const READ_MAX_CHARS = 20_000;
const ERROR_LINES_MAX = 12;
const ERROR_MAX_CHARS = 240;
const EXCERPT_MAX_CHARS = 2000;
const STEPS_MAX = 60;
const MODELS_MAX = 12;

/** What a line says that is pasted from a program, and hardly one that a person writes. */
const LOOKS_LIKE_ERROR: readonly RegExp[] = [
	/(?:errors?|exception)\b/iu,
	/\b(?:traceback|fatal|panic|segfault|segmentation fault|core dumped|errno|stack ?trace|failed|failure|denied|refused|timed? ?out|unreachable|not found|unauthorized|forbidden|corrupt(?:ed)?)\b/iu,
	/\b0x[0-9a-f]{4,}\b|\bHTTP\/?[\d.]* ?[45]\d\d\b/iu,
	// names of errors of the system, such as ECONNRESET: in capitals, or every "every" would be one
	/\bE[A-Z]{4,}\b/u
];

/** Lines of a text that look like errors, in one line each; no longer than is shown. */
export const errorLines = (text: string): readonly string[] =>
	text
		.split(/\r?\n/u)
		.map((line) => line.replace(/\s+/gu, ' ').replace(/[`*]/gu, '').trim())
		.filter((line) => line !== '' && LOOKS_LIKE_ERROR.some((sort) => sort.test(line)))
		.map((line) => cut(line, ERROR_MAX_CHARS).text);

const cut = (text: string, most: number): { readonly text: string; readonly cut: boolean } =>
	text.length <= most
		? { text, cut: false }
		: // no half of a character
			{ text: text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, ''), cut: true };

const said = z.object({ turnId: z.string(), speaker: z.string(), text: wordsRow });

/** What is hidden is told to no model, nor to anybody else. */
const newestBy = (read: Read, stream: string, role: 'user' | 'assistant', count: number) =>
	read.all(
		said,
		sql`select t.turn_id as turnId, t.speaker_name as speaker,
				(select substr(e.payload ->> '$.text', 1, ${READ_MAX_CHARS}) from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text
			from ${turns} t where t.stream = ${stream} and t.role = ${role} and t.hidden = 0 order by t.number desc limit ${count}`
	);

/** Each error once, as it stood first, the newest ones where there are too many. */
const errorsIn = (words: readonly z.output<typeof said>[]): Facts['errors'] => {
	const found = new Map<string, Facts['errors'][number]>();
	for (const { turnId, text } of words)
		for (const line of errorLines(text)) {
			const known = line.toLowerCase();
			const before = found.get(known);
			// the one that was seen last stands last
			found.delete(known);
			found.set(known, {
				text: before?.text ?? line,
				first: before?.first ?? turnId,
				last: turnId,
				times: (before?.times ?? 0) + 1
			});
		}
	return [...found.values()].slice(-ERROR_LINES_MAX);
};

const modelsIn = (read: Read, stream: string): string[] =>
	read
		.all(
			z.object({ model: z.string() }),
			sql`select model, min(number) as first from ${turns} where stream = ${stream} and model is not null
				group by model order by first limit ${MODELS_MAX}`
		)
		.map(({ model }) => model);

/** Everything code can tell of a chat, as it is with its `head`. Reads {@link FACTS_READ}. */
export const factsOf = (read: Read, chat: Chat, head: Head): Facts => {
	const stream = chatStream(chat.chatId);
	const of = findCase(read, chat.chatId);
	const words = newestBy(read, stream, 'user', ERROR_TURNS);
	const [last] = words;
	const [proposal] = newestBy(read, stream, 'assistant', 1);
	return {
		title: chat.title,
		requester: of?.requester ?? '',
		asset: of?.asset ?? '',
		tags: of?.tags ?? [],
		since: chat.createdAt,
		turns: head.turns,
		models: modelsIn(read, stream),
		steps: stepsOf(read, stream, 'tried', STEPS_MAX).map(({ text, outcome, turnId }) => ({
			text,
			outcome,
			turnId
		})),
		// in a story, who says that something failed quotes no program
		errors: chat.kind === 'story' ? [] : errorsIn(words.toReversed()),
		looseEnds: chat.kind === 'story' ? looseEndsOf(read, stream) : [],
		lastUserTurn: last === undefined ? null : { turnId: last.turnId, ...cut(last.text, EXCERPT_MAX_CHARS) },
		lastProposal:
			proposal === undefined
				? null
				: {
						turnId: proposal.turnId,
						speaker: proposal.speaker,
						...cut(proposal.text, EXCERPT_MAX_CHARS)
					}
	};
};

/**
 * The transcript as it is now. Its digest changes with every turn that comes, goes or is edited, and with nothing else: not
 * with effects, and not with what is done at the desk.
 */
export const headOf = (read: Read, chatId: string): Head => {
	const row = read.one(
		z.object({ turns: z.number(), texts: z.number(), turnId: z.string().nullable() }),
		sql`select count(*) as turns, coalesce(sum(text_at), 0) as texts,
				(select turn_id from ${turns} where stream = ${chatStream(chatId)} order by number desc limit 1) as turnId
			from ${turns} where stream = ${chatStream(chatId)}`
	);
	const { turns: count, texts, turnId } = row ?? { turns: 0, texts: 0, turnId: null };
	return { turnId, turns: count, digest: digestOfTexts([String(count), String(texts), turnId ?? '']) };
};
