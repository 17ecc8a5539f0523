// What the classifier of a case made out: steps the person says were taken, proposed under the reply that was looked at.
import { decided, defineCommand } from '../kernel/command.ts';
import { z } from '../kernel/schema.ts';
import { bots } from '../library/bots.ts';
import { chatSettings } from '../story/chat-settings.ts';
import { chats } from '../story/chats.ts';
import { steps as stepsAnswer } from '../story/classifiers.ts';
import { classifierFailures } from '../story/classifier-failures.ts';
import { onward } from '../story/onward.ts';
import { answerTo, atStage, madeGood, paid } from '../story/pipeline.ts';
import { replyJobs } from '../story/reply-jobs.ts';
import { ACCOUNTS } from '../story/spending.ts';
import { turns } from '../story/turns.ts';
import { stepOutcome, type StepOutcome } from './facts-shape.ts';
import { asKnown, caseSteps, KNOWN_READ, STEP_MAX_CHARS, stepProposed, stepsOf } from './steps.ts';

/** More than anybody tries between two words. */
const PROPOSED_MAX = 6;

const outcomeOf = (said: string): StepOutcome =>
	stepOutcome.safeParse(
		said
			.trim()
			.toLowerCase()
			.replace(/[\s-]+/gu, '_')
	).data ?? 'unknown';

/**
 * Proposes what was made out and is not known yet, be it tried, proposed or declined; no more of it than a person can look
 * through. Nothing of it is an attempt before a person says so.
 */
export const applySteps = defineCommand({
	name: 'apply_steps',
	input: z.object({ ...answerTo, answer: stepsAnswer }),
	reads: [replyJobs, chats, bots, turns, chatSettings, caseSteps, classifierFailures],
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ answer, ...told }, read, world) => {
		const found = atStage(read, told, ['detect_steps']);
		if (found.over !== null) return found.over;
		const { job, around } = found;
		const { stream } = around;
		const known = new Set(
			(['tried', 'proposed', 'declined'] as const)
				.flatMap((status) => stepsOf(read, stream, status, KNOWN_READ))
				.map(({ text }) => asKnown(text))
		);
		const proposed: { readonly text: string; readonly outcome: StepOutcome }[] = [];
		for (const { text, outcome } of answer.steps) {
			const said = text.replace(/\s+/gu, ' ').trim().slice(0, STEP_MAX_CHARS).trim();
			if (asKnown(said) === '' || known.has(asKnown(said)) || proposed.length === PROPOSED_MAX) continue;
			known.add(asKnown(said));
			proposed.push({ text: said, outcome: outcomeOf(outcome) });
		}
		const follows = onward(read, job);
		return decided({
			background: true,
			events: [
				...proposed.map((step) =>
					stepProposed({
						stream,
						anchor: around.turnId,
						cause: around.turnId,
						// it is the person's words that tell of it
						payload: { stepId: world.newId(), ...step, turnId: job.turnId }
					})
				),
				...madeGood(read, around, ['steps']),
				...follows.events
			],
			notes: [...paid(job, told.cost), ...follows.notes],
			value: { turnId: around.turnId, effects: proposed.length, next: follows.next }
		});
	}
});
