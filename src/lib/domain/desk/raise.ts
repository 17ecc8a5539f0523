// Raising a hand-off: one transaction, no text needed, no model asked. The chat itself gets no event by it.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { actingAs, members } from '../library/members.ts';
import { chats, findChat } from '../story/chats.ts';
import { handoffStream, id } from '../streams.ts';
import { forgetDraft, handoffDrafts } from './drafts.ts';
import { FACTS_READ, factsOf, headOf } from './facts.ts';
import { findCase } from './cases.ts';
import { handoffRaised, handoffText, intent, reason } from './handoff-events.ts';
import { handoffOfChat, handoffs, standingOf } from './handoffs.ts';
import { episodeOf, next } from './life-cycle.ts';
import { priority } from './priority.ts';

/** Neither low nor an alarm: a story that is passed on says nothing of how pressing it is. */
const USUAL_PRIORITY = 3;

/**
 * Hands a chat to somebody else. One that was handed back to the AI, or resolved, goes on in the same hand-off with its next
 * episode; one that is waiting or being worked on is not raised twice.
 */
export const raiseHandoff = defineCommand({
	name: 'raise_handoff',
	input: z.object({
		actor: id,
		chatId: id,
		intent: intent.default('escalate'),
		reason: reason.default('asked'),
		note: handoffText.default(''),
		/** As pressing as the case, where nothing else is said. */
		priority: priority.nullable().default(null)
	}),
	reads: [...new Set([members, chats, handoffs, eventLog, ...FACTS_READ])],
	notes: [handoffDrafts],
	decide: ({ actor: memberId, chatId, priority: given, ...said }, read, world) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return refuse({ type: 'member_unknown', memberId });
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const before = handoffOfChat(read, chatId);
		if (before !== null && !next(standingOf(before), 'raise', actor).ok)
			return refuse({ type: 'already_raised', handoffId: before.handoffId });
		const handoffId = before?.handoffId ?? world.newId();
		const head = headOf(read, chatId);
		const episode = before === null ? 1 : episodeOf('raise', before);
		const raised = handoffRaised({
			stream: handoffStream(handoffId),
			payload: {
				actor,
				episode,
				handoffId,
				chatId,
				chatKind: chat.kind,
				...said,
				priority: given ?? findCase(read, chatId)?.priority ?? USUAL_PRIORITY,
				facts: factsOf(read, chat, head),
				head
			}
		});
		return decided({
			background: true,
			events: [raised],
			notes: [forgetDraft(chatId, actor.memberId, 'raise')],
			value: { handoffId, episode }
		});
	}
});
