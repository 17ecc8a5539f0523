// What somebody said when they did something to a hand-off, and what of it whoever opens it next has to know.
import { plainName } from '../ui/plain.ts';
import { deskWords } from '../words/desk-words.ts';
import type { Found } from './brief.svelte.ts';

export type Happened = Found['history'][number];

/** `choice`: what was chosen with it, in words. `text`: what was written with it. Either may be empty. */
export interface Told {
	readonly choice: string;
	readonly text: string;
}

/** Something that happened, and how often one after the other; it stands for the last time. */
export type Run = Happened & { readonly times: number };

/** What happened, with what only says the same again and again told once: that somebody is still at it. */
export const folded = (history: readonly Happened[]): readonly Run[] => {
	const runs: Run[] = [];
	for (const each of history) {
		const before = runs.at(-1);
		const again =
			each.kind === 'handoff_claim_renewed' &&
			before?.kind === each.kind &&
			before.actor === each.actor &&
			before.episode === each.episode &&
			before.void === each.void;
		if (again) runs[runs.length - 1] = { ...each, times: before.times + 1 };
		else runs.push({ ...each, times: 1 });
	}
	return runs;
};

/** Acts that leave a hand-off with other words than before; what its owner does in between takes none of them back. */
const SPEAKING: ReadonlySet<string> = new Set([
	'handoff_raised',
	'handoff_returned',
	'handoff_reopened',
	'handoff_snoozed',
	'handoff_handed_back',
	'handoff_resolved',
	'handoff_withdrawn'
]);

/** One of the words there are for it, or none. */
const among = (all: Readonly<Record<string, string>>, key: unknown): string =>
	typeof key === 'string' && Object.hasOwn(all, key) ? (all[key] ?? '') : '';

const nameOf = (name: unknown): string => (typeof name === 'string' ? plainName(name) : '');

/** The kind of a failure, as its event has it. */
const typeOf = (failure: unknown): unknown =>
	typeof failure === 'object' && failure !== null && 'type' in failure ? failure.type : undefined;

/** What was said with one thing that happened. In a story nothing is solved, so no choice says so. */
export const toldOf = ({ kind, said }: Happened, isStory: boolean): Told => {
	const { acts, codes, brief } = deskWords;
	// notes stand on their own, above
	const text =
		kind === 'handoff_noted' ? '' : [said['note'], said['why']].find((each) => typeof each === 'string');
	const choice = (): string => {
		switch (kind) {
			case 'handoff_returned':
				return said['reason'] === 'undo' ? brief.slip : among(acts.returnReasons, said['reason']);
			case 'handoff_resolved':
				return isStory ? '' : among(codes, said['code']);
			case 'handoff_reassigned':
				return brief.toWhom(nameOf(said['to']));
			case 'handoff_taken_over':
				return brief.fromWhom(nameOf(said['from']));
			case 'handoff_priority_changed':
				return deskWords.priority(Number(said['priority']));
			case 'handoff_assessment_failed':
				return among(brief.failures, typeOf(said['failure'])) || brief.failureElse;
			default:
				return '';
		}
	};
	return { choice: choice(), text: text ?? '' };
};

/**
 * The last thing somebody said that counts for how a hand-off stands: why it came back, how it ended, why it sleeps. Null
 * while it stands as it was raised, for what was said then is shown as that.
 */
export const lastWord = (history: readonly Happened[], isAsleep: boolean): Happened | null => {
	const last = history.findLast(
		({ kind, said, void: isVoid }) =>
			!isVoid &&
			SPEAKING.has(kind) &&
			(kind !== 'handoff_snoozed' || isAsleep) &&
			// a slip that was taken back says nothing
			said['reason'] !== 'undo'
	);
	return last === undefined || last.kind === 'handoff_raised' ? null : last;
};
