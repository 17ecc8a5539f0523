// Working on cases: opening one with the Copilot, saying what it is about, ending it and taking it up again.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { bots, COPILOT_ID, findBot } from '../library/bots.ts';
import { COPILOT_NAME, copilotAuthored } from '../library/copilot.ts';
import { actingAs, members } from '../library/members.ts';
import { chatCreated, title } from '../story/chats.ts';
import { STORY_BEGINS_MINUTES } from '../story/story-now.ts';
import { newestTurnId, turns } from '../story/turns.ts';
import { chatStream, id } from '../streams.ts';
import {
	caseChanged,
	caseCode,
	caseFields,
	caseNote,
	caseOpened,
	caseReopened,
	caseResolved,
	cases,
	caseWhy,
	findCase
} from './cases.ts';

/** Begins a case: a chat with the Copilot, who is put into the library when it is not there yet. */
export const createCase = defineCommand({
	name: 'create_case',
	input: z.object({
		actor: id,
		title,
		requester: caseFields.requester.default(''),
		asset: caseFields.asset.default(''),
		tags: caseFields.tags.default([]),
		impact: caseFields.impact.default(2),
		urgency: caseFields.urgency.default(2)
	}),
	reads: [members, bots],
	decide: ({ actor: memberId, title: called, ...about }, read, world) => {
		const openedBy = actingAs(read, memberId);
		if (openedBy === null) return refuse({ type: 'member_unknown', memberId });
		const chatId = world.newId();
		const stream = chatStream(chatId);
		const copilot = findBot(read, COPILOT_ID);
		return decided({
			events: [
				chatCreated({
					stream,
					payload: {
						chatId,
						kind: 'case',
						title: called,
						host: { botId: COPILOT_ID, name: copilot?.name ?? COPILOT_NAME },
						you: null,
						guest: null,
						begins: { minutes: STORY_BEGINS_MINUTES, anchor: '', weather: '' },
						place: null,
						origin: { kind: 'new' }
					}
				}),
				caseOpened({ stream, payload: { ...about, openedBy } }),
				// last: what undoing asks of the first event is that it is the chat's
				...(copilot === null ? [copilotAuthored()] : [])
			],
			value: { chatId }
		});
	}
});

/** Says what a case is about; what is not said stays. */
export const changeCase = defineCommand({
	name: 'change_case',
	input: z.object({
		actor: id,
		chatId: id,
		requester: caseFields.requester.optional(),
		asset: caseFields.asset.optional(),
		tags: caseFields.tags.optional(),
		impact: caseFields.impact.optional(),
		urgency: caseFields.urgency.optional()
	}),
	reads: [members, cases, turns],
	decide: ({ actor: memberId, chatId, ...said }, read) => {
		const by = actingAs(read, memberId);
		if (by === null) return refuse({ type: 'member_unknown', memberId });
		const found = findCase(read, chatId);
		if (found === null) return refuse({ type: 'case_unknown', chatId });
		const stream = chatStream(chatId);
		const before = {
			requester: found.requester,
			asset: found.asset,
			tags: found.tags,
			impact: found.impact,
			urgency: found.urgency
		};
		const after = {
			requester: said.requester ?? before.requester,
			asset: said.asset ?? before.asset,
			tags: said.tags ?? before.tags,
			impact: said.impact ?? before.impact,
			urgency: said.urgency ?? before.urgency
		};
		const same = JSON.stringify(after) === JSON.stringify(before);
		return decided({
			events: same
				? []
				: [caseChanged({ stream, anchor: newestTurnId(read, stream), payload: { ...after, by } })],
			value: { chatId }
		});
	}
});

/** Ends a case, and says how. */
export const resolveCase = defineCommand({
	name: 'resolve_case',
	input: z.object({ actor: id, chatId: id, code: caseCode.default('solved'), note: caseNote.default('') }),
	reads: [members, cases, turns],
	decide: ({ actor: memberId, chatId, code, note }, read) => {
		const by = actingAs(read, memberId);
		if (by === null) return refuse({ type: 'member_unknown', memberId });
		const found = findCase(read, chatId);
		if (found === null) return refuse({ type: 'case_unknown', chatId });
		if (found.state === 'resolved') return refuse({ type: 'case_resolved', chatId });
		const stream = chatStream(chatId);
		return decided({
			events: [caseResolved({ stream, anchor: newestTurnId(read, stream), payload: { code, note, by } })],
			value: { chatId }
		});
	}
});

/** Takes a case up again that was ended. */
export const reopenCase = defineCommand({
	name: 'reopen_case',
	input: z.object({ actor: id, chatId: id, why: caseWhy.default('') }),
	reads: [members, cases, turns],
	decide: ({ actor: memberId, chatId, why }, read) => {
		const by = actingAs(read, memberId);
		if (by === null) return refuse({ type: 'member_unknown', memberId });
		const found = findCase(read, chatId);
		if (found === null) return refuse({ type: 'case_unknown', chatId });
		if (found.state === 'open') return refuse({ type: 'case_open', chatId });
		const stream = chatStream(chatId);
		return decided({
			events: [caseReopened({ stream, anchor: newestTurnId(read, stream), payload: { why, by } })],
			value: { chatId }
		});
	}
});
