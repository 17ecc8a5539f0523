// Look-ups in the log cost the same in a long chat as in a short one: SQLite plans each by the index meant for it.
import { expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given, type Given } from '#tests/support/given.ts';
import { chatStream } from '../streams.ts';
import { events } from '../story/events-of-chat.ts';
import { transcript, turn } from '../story/transcript.ts';
import { earlierTexts, editTurn } from '../story/turns.ts';
import { home } from '../story/chats.ts';
import { stageRequestWith } from '../story/stage-request.ts';
import { createRead, type Query, type Read } from './query.ts';
import { z } from './schema.ts';
import type { Statement } from './sql.ts';
import { answersTo, broughtAboutBy, findTurn, newestTurn, setAsideWith } from './turns-of-log.ts';

const EXCHANGES = 120;

/** Two long chats, and a branch that shares its turns with the first. */
const filled = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { chatId: other } = aChat(at);
	for (let n = 0; n < EXCHANGES; n++) {
		anExchange(at, chatId, `q${String(n)}`, `a${String(n)}`);
		anExchange(at, other, 'o', 'p');
	}
	const said = anExchange(at, chatId, 'last', 'reply');
	anotherReply(at, chatId, said.replyId, 'another');
	at.done('edit_turn', { chatId, turnId: said.turnId, text: 'last indeed' });
	at.done('branch', { chatId, turnId: said.turnId });
	const { jobId } = at.done('take_turn', { chatId, text: 'and now', connectionId: 'demo' });
	return { at, chatId, ...said, jobId, stream: chatStream(chatId) };
};

type Filled = Awaited<ReturnType<typeof filled>>;

const planRow = z.object({ id: z.number(), parent: z.number(), detail: z.string() });

/** How SQLite goes about the log in what `look` asks, each way once. */
const plansOf = ({ sql: db }: Given, look: (read: Read) => unknown): readonly string[] => {
	const asked: Statement[] = [];
	look(
		createRead({
			...db,
			all: (statement) => {
				asked.push(statement);
				return db.all(statement);
			}
		})
	);
	const details = asked.flatMap((statement) =>
		db
			.all({ ...statement, text: `explain query plan ${statement.text}` })
			.map((row) => planRow.parse(row).detail)
	);
	return [...new Set(details.filter((detail) => /\b(event_log|e)\b/.test(detail)))];
};

const BY_ANCHOR = 'SEARCH event_log USING INDEX event_log_anchor (anchor=?)';
const WORDS = 'SEARCH e USING INDEX sqlite_autoindex_event_log_1 (stream=? AND stream_seq=?)';

const ANSWERS = 'event_log_answers (stream=? AND cause=?)';

const ask = (query: Query, input: (on: Filled) => unknown) => (on: Filled) => (read: Read) =>
	query.answer(read, query.input.parse(input(on)), {
		payload: () => null,
		describe: () => ({ name: '', orphaned: false }),
		rehearse: () => []
	});

const LOOKS: readonly (readonly [string, (on: Filled) => (read: Read) => unknown, readonly string[]])[] = [
	['a turn', (on) => (read) => findTurn(read, on.stream, on.turnId), [BY_ANCHOR]],
	[
		'what turns brought about',
		(on) => (read) => broughtAboutBy(read, on.stream, [on.turnId, on.replyId]),
		[BY_ANCHOR]
	],
	[
		'the answers to a turn',
		(on) => (read) => answersTo(read, on.stream, on.turnId),
		[`SEARCH event_log USING INDEX ${ANSWERS}`]
	],
	[
		'the newest turn',
		(on) => (read) => newestTurn(read, on.stream),
		['SEARCH event_log USING INDEX event_log_turns (stream=?)']
	],
	[
		'what was set aside with a reply',
		(on) => (read) => {
			const reply = findTurn(read, on.stream, on.replyId);
			expect(reply?.supersededBy).not.toBeNull();
			return reply === null ? [] : setAsideWith(read, on.stream, reply);
		},
		[BY_ANCHOR, 'SEARCH event_log USING COVERING INDEX event_log_superseded (stream=? AND superseded_by=?)']
	],
	['the words of one turn', ask(turn, ({ chatId, turnId }) => ({ chatId, turnId })), [WORDS]],
	[
		'the words of a window, and what stood in their place',
		ask(transcript, ({ chatId }) => ({ chatId })),
		[WORDS, `SEARCH e USING INDEX ${ANSWERS}`, BY_ANCHOR]
	],
	['earlier words', ask(earlierTexts, ({ chatId, turnId }) => ({ chatId, turnId })), [WORDS]],
	['the last words of every chat', ask(home, () => ({})), [WORDS]],
	[
		'the words a model is asked with',
		ask(stageRequestWith([]), ({ jobId }) => ({ jobId })),
		[WORDS, `SEARCH event_log USING INDEX ${ANSWERS}`]
	],
	[
		'the words an edit replaces',
		({ chatId, turnId }) =>
			(read) =>
				editTurn.decide({ chatId, turnId, text: 'x' }, read, { now: 0, newId: () => '' }),
		[WORDS]
	],
	[
		// kinds are counted in the whole chat
		'a page of events, what took their place and how many effects turns have',
		ask(events, ({ chatId }) => ({ chatId })),
		[
			BY_ANCHOR,
			'SEARCH event_log USING INDEX sqlite_autoindex_event_log_1 (stream=? AND stream_seq<?)',
			'SEARCH event_log USING INDEX sqlite_autoindex_event_log_1 (stream=?)',
			'SEARCH event_log USING INTEGER PRIMARY KEY (rowid=?)'
		]
	]
];

test('look-ups in the log are bounded and by index', async () => {
	const on = await filled();
	for (const [what, look, plans] of LOOKS)
		expect([...plansOf(on.at, look(on))].sort(), what).toEqual([...plans].sort());
});
