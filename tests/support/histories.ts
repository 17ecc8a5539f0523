// Random histories over the whole vocabulary, several chats interleaved: what property tests replay.
import * as fc from 'fast-check';
import type { Commands } from '#lib/domain/vocabulary.ts';
import { NOBODY, type Given } from './given.ts';

type CommandName = keyof Commands;

/** One command of a history, its ids still numbers: they are turned into what exists when the step is played. */
export interface Step {
	readonly command: CommandName;
	/** Picks among what exists. */
	readonly one: number;
	readonly other: number;
	readonly text: string;
	readonly yes: boolean;
}

// how often each command is drawn; every command of the vocabulary must stand here, or this is a type error
const WEIGHTS: Readonly<Record<CommandName, number>> = {
	author_bot: 3,
	retire_bot: 1,
	author_you: 3,
	retire_you: 1,
	create_chat: 3,
	rename_chat: 3,
	archive_chat: 3,
	take_turn: 10,
	ask_reply: 2,
	edit_turn: 4,
	save_draft: 3,
	finish_reply: 8,
	keep_draft: 3,
	fail_reply: 2,
	drop_reply: 2,
	save_composer: 2
};

const text = fc.oneof(
	{ weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			'',
			' ',
			'half \uD83C',
			'\uDF0A',
			'a\0b',
			'__proto__',
			"'; --",
			'👩🏽‍🚀',
			'שלום',
			'null'
		)
	}
);

const commandNames = (Object.keys(WEIGHTS) as CommandName[]).flatMap((name) =>
	Array<CommandName>(WEIGHTS[name]).fill(name)
);

export const history: fc.Arbitrary<readonly Step[]> = fc.array(
	fc.record({
		command: fc.constantFrom(...commandNames),
		one: fc.nat(1000),
		other: fc.nat(1000),
		text,
		yes: fc.boolean()
	}),
	{ minLength: 6, maxLength: 26, size: 'max' }
);

/** What a history has made so far, ids only. */
export interface Made {
	readonly bots: string[];
	readonly yous: string[];
	readonly chats: string[];
	readonly turns: { readonly chatId: string; readonly turnId: string }[];
	readonly jobs: string[];
}

/** Plays a history on an app with two bots, one persona and two chats in it. A refusal is fine, a throw is not. */
export const playHistory = (at: Given, steps: readonly Step[]): Made => {
	const made: Made = { bots: [], yous: [], chats: [], turns: [], jobs: [] };
	for (const name of ['Mara', 'Edda'])
		made.bots.push(at.done('author_bot', { name, greeting: name === 'Edda' ? 'Hi.' : '' }).botId);
	made.yous.push(at.done('author_you', { name: 'Tilde' }).youId);
	for (const botId of made.bots) made.chats.push(at.done('create_chat', { botId }).chatId);
	for (const step of steps) playStep(at, made, step);
	return made;
};

/** One of the list, rarely somebody unknown. */
const pick = (from: readonly string[], n: number): string =>
	n % 29 === 0 ? NOBODY : (from[n % Math.max(1, from.length)] ?? NOBODY);

const playStep = (at: Given, made: Made, { command, one, other, text: words, yes }: Step): void => {
	const chatId = pick(made.chats, one);
	// the newest jobs are the ones still open, most of the time
	const jobId = pick(made.jobs.slice(-2), one);
	const youId = yes ? pick(made.yous, other) : null;
	const name = words.slice(0, 120);
	switch (command) {
		case 'author_bot': {
			const known = yes ? { botId: pick(made.bots, one) } : {};
			const result = at.dispatch(command, {
				...known,
				name,
				tagline: words,
				greeting: other % 2 ? words : ''
			});
			if (result.ok && !made.bots.includes(result.value.botId)) made.bots.push(result.value.botId);
			return;
		}
		case 'author_you': {
			const known = yes ? { youId: pick(made.yous, one) } : {};
			const result = at.dispatch(command, { ...known, name, description: words });
			if (result.ok && !made.yous.includes(result.value.youId)) made.yous.push(result.value.youId);
			return;
		}
		case 'retire_bot':
			at.dispatch(command, { botId: pick(made.bots, one) });
			return;
		case 'retire_you':
			at.dispatch(command, { youId: pick(made.yous, one) });
			return;
		case 'create_chat': {
			const title = other % 3 === 0 ? { title: words } : {};
			const result = at.dispatch(command, { botId: pick(made.bots, one), youId, place: words, ...title });
			if (result.ok) made.chats.push(result.value.chatId);
			return;
		}
		case 'rename_chat':
			at.dispatch(command, { chatId, title: words });
			return;
		case 'archive_chat':
			at.dispatch(command, { chatId, archived: yes });
			return;
		case 'take_turn': {
			const result = at.dispatch(command, { chatId, text: words, connectionId: 'demo' });
			if (!result.ok) return;
			made.jobs.push(result.value.jobId);
			made.turns.push({ chatId, turnId: result.value.turnId });
			return;
		}
		case 'ask_reply': {
			const result = at.dispatch(command, { chatId, connectionId: 'demo' });
			if (result.ok) made.jobs.push(result.value.jobId);
			return;
		}
		case 'edit_turn': {
			const turn = made.turns[other % Math.max(1, made.turns.length)];
			at.dispatch(command, { chatId: turn?.chatId ?? chatId, turnId: turn?.turnId ?? NOBODY, text: words });
			return;
		}
		case 'save_draft':
			at.dispatch(command, { jobId, text: words });
			return;
		case 'finish_reply': {
			const usage = other % 2 ? { inputTokens: other, outputTokens: null } : null;
			const ended = yes ? 'whole' : 'stopped';
			at.dispatch(command, { jobId, text: words, ended, model: yes ? words : null, usage });
			return;
		}
		case 'fail_reply':
			at.dispatch(command, { jobId, text: words, failure: { type: 'offline', said: words } });
			return;
		case 'keep_draft':
		case 'drop_reply':
			at.dispatch(command, { jobId });
			return;
		case 'save_composer':
			at.dispatch(command, { chatId, text: words });
			return;
	}
};
