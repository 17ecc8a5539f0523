// The one list of everything the app can be told and asked. One line per word.
import type { ValueOf, RefusalOf, CommonRefusal } from './kernel/command.ts';
import type { Vocabulary } from './kernel/app.ts';
import type { Result } from './kernel/result.ts';
import type { z } from './kernel/schema.ts';
import { asset, type PictureRefusal } from './library/assets.ts';
import { authorBot, bot, botAuthored, botList, botRetired, bots, retireBot } from './library/bots.ts';
import { authorYou, retireYou, you, youAuthored, youList, youRetired, yous } from './library/personas.ts';
import {
	archiveChat,
	chatArchived,
	chatCreated,
	chatRenamed,
	chats,
	createChat,
	home,
	renameChat
} from './story/chats.ts';
import {
	askReply,
	chat,
	composers,
	dropReply,
	failReply,
	finishReply,
	keepDraft,
	replyJobs,
	replyRequest,
	saveComposer,
	saveDraft,
	takeTurn
} from './story/replies.ts';
import {
	assistantTurn,
	earlierTexts,
	editTurn,
	transcript,
	turnCounts,
	turnEdited,
	turns,
	turnTexts,
	userTurn
} from './story/turns.ts';

const events = [
	botAuthored,
	botRetired,
	youAuthored,
	youRetired,
	chatCreated,
	chatRenamed,
	chatArchived,
	userTurn,
	assistantTurn,
	turnEdited
] as const;

const commands = [
	authorBot,
	retireBot,
	authorYou,
	retireYou,
	createChat,
	renameChat,
	archiveChat,
	takeTurn,
	askReply,
	editTurn,
	saveDraft,
	finishReply,
	keepDraft,
	failReply,
	dropReply,
	saveComposer
] as const;

const queries = [
	home,
	chat,
	transcript,
	earlierTexts,
	bot,
	botList,
	you,
	youList,
	asset,
	replyRequest
] as const;

const tables = [bots, yous, chats, turns, turnTexts, turnCounts, replyJobs, composers] as const;

export const vocabulary: Vocabulary = { projectionVersion: 1, events, commands, queries, tables };

type AnyCommand = (typeof commands)[number];
type AnyQuery = (typeof queries)[number];

/** Command name → its input as a caller writes it, and its answer. */
export type Commands = {
	readonly [C in AnyCommand as C['name']]: {
		readonly input: z.input<C['input']>;
		readonly result: Result<ValueOf<C>, RefusalOf<C> | CommonRefusal>;
	};
};

/** Query name → its input as a caller writes it, and its answer. */
export type Queries = {
	readonly [Q in AnyQuery as Q['name']]: {
		readonly input: z.input<Q['input']>;
		readonly answer: ReturnType<Q['answer']>;
	};
};

/** Every refusal any command, or the storing of a picture, can answer. */
export type AnyRefusal = RefusalOf<AnyCommand> | CommonRefusal | PictureRefusal;
