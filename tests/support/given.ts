// A fresh app in memory and a world that answers the same each time: what given/when/then tests start from.
import { onTestFinished } from 'vitest';
import { createApp, type App, type AppDeps, type Change, type Vocabulary } from '#lib/domain/kernel/app.ts';
import { countEvents } from '#lib/domain/kernel/projector.ts';
import type { Sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary, type Commands, type Queries } from '#lib/domain/vocabulary.ts';
import { openMemory } from '#lib/worker/storage/sqlite.ts';

/** 1 January 2026, 00:00 UTC: when every test world begins. */
export const WORLD_BEGINS_MS = 1_767_225_600_000;
/** Each look at the clock is one second after the last. */
export const CLOCK_STEP_MS = 1000;

/** The n-th id of a test world, from 1: a valid UUID. */
export const idNumber = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** An id nothing has. */
export const NOBODY = 'ffffffff-ffff-4fff-bfff-ffffffffffff';

/** The tab commands come from when a test does not care. */
const TAB = 'tab-1';

/** A clock that steps and ids that count. */
export const steadyWorld = (): { now(): number; newId(): string } => {
	let looks = 0;
	let ids = 0;
	return {
		now: () => WORLD_BEGINS_MS + CLOCK_STEP_MS * looks++,
		newId: () => idNumber(++ids)
	};
};

type Yes<R> = Extract<R, { readonly ok: true }>;
type No<R> = Extract<R, { readonly ok: false }>;

export interface Given {
	readonly sql: Sql;
	readonly app: App;
	/** What the app told since it was opened, oldest first. */
	readonly changes: Change[];
	/** Runs a command under a new command id, as sent by a tab, and gives its answer, yes or no. */
	dispatch<N extends keyof Commands>(
		name: N,
		input: Commands[N]['input'],
		tab?: string
	): Commands[N]['result'];
	/** Runs a command that must be allowed and gives its value. */
	done<N extends keyof Commands>(
		name: N,
		input: Commands[N]['input'],
		tab?: string
	): Yes<Commands[N]['result']>['value'];
	/** Runs a command that must be refused and gives the refusal. Takes any input: wrong ones are what it is for. */
	refused<N extends keyof Commands>(name: N, input: unknown): No<Commands[N]['result']>['error'];
	ask<N extends keyof Queries>(name: N, input: Queries[N]['input']): Queries[N]['answer'];
	/** Number of events in the log. */
	events(): number;
	/** Opens the same file again, as a new start of the app does; with another vocabulary, as an update does. */
	reopen(with_?: Partial<AppDeps>): App;
}

/** An app over a new database in memory, closed when the test ends. */
export const given = async (deps: Partial<AppDeps> & { vocabulary?: Vocabulary } = {}): Promise<Given> => {
	const sql = deps.sql ?? (await openMemory());
	onTestFinished(() => {
		sql.close();
	});
	return play(sql, deps);
};

/** The same over a database the caller opened and closes. */
export const play = (sql: Sql, deps: Partial<AppDeps> = {}): Given => {
	const changes: Change[] = [];
	const all: AppDeps = {
		vocabulary,
		world: steadyWorld(),
		onChange: (change) => changes.push(change),
		...deps,
		sql
	};
	const app = createApp(all);
	let commands = 0;
	// the vocabulary types its words by name; the app itself answers any name, so the name's own types are given back here
	const dispatch = <N extends keyof Commands>(
		name: N,
		input: unknown,
		tab: string = TAB
	): Commands[N]['result'] =>
		app.dispatch({ id: `command-${String(++commands)}`, name, input, tab }) as Commands[N]['result'];
	return {
		sql,
		app,
		changes,
		dispatch,
		done: <N extends keyof Commands>(
			name: N,
			input: unknown,
			tab: string = TAB
		): Yes<Commands[N]['result']>['value'] => {
			const result = dispatch(name, input, tab);
			if (!result.ok) throw new Error(`${name} was refused: ${JSON.stringify(result.error)}`);
			return result.value;
		},
		refused: <N extends keyof Commands>(name: N, input: unknown): No<Commands[N]['result']>['error'] => {
			const result = dispatch(name, input);
			if (result.ok) throw new Error(`${name} was not refused: ${JSON.stringify(result.value)}`);
			return result.error;
		},
		ask: <N extends keyof Queries>(name: N, input: unknown) => app.ask(name, input) as Queries[N]['answer'],
		events: () => countEvents(sql),
		reopen: (with_ = {}) => createApp({ ...all, ...with_ })
	};
};

/** A bot, and a chat with it. */
export const aChat = (at: Given, bot: Partial<Commands['author_bot']['input']> = {}) => {
	const { botId } = at.done('author_bot', { name: 'Mara', ...bot });
	const { chatId } = at.done('create_chat', { botId });
	return { botId, chatId };
};

/** What a model is asked for the words of a job; null when it is asked for none. */
export const wordsAsked = (at: Given, input: Queries['stage_request']['input']) => {
	const asked = at.ask('stage_request', input);
	return asked?.kind === 'prose' ? asked : null;
};

/** The words of a job are there, and nothing is looked for in them. */
export const said = (at: Given, jobId: string, text: string) => {
	const ended = at.done('finish_reply', { jobId, text, ended: 'whole', model: null, usage: null });
	if (ended.next !== null && ended.next !== 'reply') at.done('stop_stage', { jobId });
	return ended;
};

/** Another whole reply to the newest turn. */
export const anotherReply = (at: Given, chatId: string, turnId: string, reply: string) => {
	const { jobId } = at.done('regenerate', { chatId, turnId, connectionId: 'demo' });
	return said(at, jobId, reply);
};

/** The player's words and a whole reply to them. */
export const anExchange = (at: Given, chatId: string, words: string, reply: string) => {
	const { turnId, jobId } = at.done('take_turn', { chatId, text: words, connectionId: 'demo' });
	const { turnId: replyId } = said(at, jobId, reply);
	return { turnId, jobId, replyId };
};
