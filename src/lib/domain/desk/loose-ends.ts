// Loose ends of a story that is handed over, told by code: its threads, what is planned or goes on, and what nobody answered.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { storyEvents } from '../story/story-events.ts';
import { threads } from '../story/threads.ts';
import { turns, wordsRow } from '../story/turns.ts';
import type { LooseEnd } from './facts-shape.ts';

/** The tables {@link looseEndsOf} reads. */
export const LOOSE_ENDS_READ: readonly Table[] = [threads, storyEvents, turns, eventLog];

/** Of each kind, the newest. */
const EACH_MAX = 12;
const QUESTIONS_MAX = 3;
/** Of a reply that is longer, its end is looked at: that is where somebody waits for an answer. */
const READ_MAX_CHARS = 4000;
const QUESTION_MAX_CHARS = 240;

const looseRow = z.object({ text: z.string(), turnId: z.string().nullable() });

/** Questions in a text, without the marks of speech and action around them. */
export const questionsIn = (text: string): readonly string[] =>
	[...text.matchAll(/[^.!?…。！？\n"“”«»*]+[?？]/gu)]
		.map(([question]) => question.replace(/\s+/gu, ' ').trim())
		.filter((question) => /\p{L}/u.test(question) && question.length <= QUESTION_MAX_CHARS);

/** What was asked since the player spoke last: whoever goes on is who answers. */
const unanswered = (read: Read, stream: string): readonly LooseEnd[] =>
	read
		.all(
			z.object({ turnId: z.string(), text: wordsRow }),
			sql`select t.turn_id as turnId, (select substr(e.payload ->> '$.text', -${READ_MAX_CHARS}) from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text
				from ${turns} t where t.stream = ${stream} and t.role = 'assistant' and t.hidden = 0 and t.number >
					(select coalesce(max(number), 0) from ${turns} where stream = ${stream} and role = 'user')
				order by t.number desc limit ${QUESTIONS_MAX}`
		)
		.reverse()
		.flatMap(({ turnId, text }) =>
			questionsIn(text).map((question) => ({ kind: 'question' as const, text: question, turnId }))
		)
		.slice(-QUESTIONS_MAX);

/** What is open in a story, in the order a reader is told of it. */
export const looseEndsOf = (read: Read, stream: string): LooseEnd[] => {
	const events = (status: 'active' | 'planned'): readonly LooseEnd[] =>
		read
			.all(
				looseRow,
				sql`select title as text, turn_id as turnId from ${storyEvents}
					where stream = ${stream} and status = ${status} order by position desc, event_id desc limit ${EACH_MAX}`
			)
			.reverse()
			.map((each) => ({ kind: status, ...each }));
	const open = read
		.all(
			looseRow,
			sql`select text, turn_id as turnId from ${threads}
				where stream = ${stream} and status = 'open' order by position desc, thread_id desc limit ${EACH_MAX}`
		)
		.reverse()
		.map((each): LooseEnd => ({ kind: 'thread', ...each }));
	return [...unanswered(read, stream), ...events('active'), ...open, ...events('planned')];
};
