// The stages of a turn, and which one comes after which: a pure table. What happens in each is said elsewhere.
import { z } from '../kernel/schema.ts';

/**
 * Where a job stands. `reply`: the primary reply is written. `observe`, `transitions`: its effects are found. `ask`: does the
 * silent witness speak? `interject`: it does. `observe2`, `transitions2`: the effects of that. `digest`: what a meanwhile
 * scene came to. `detect_steps`: in a case, which steps the person says were tried.
 */
export const stage = z.enum([
	'reply',
	'observe',
	'transitions',
	'ask',
	'interject',
	'observe2',
	'transitions2',
	'digest',
	'detect_steps'
]);
export type Stage = z.output<typeof stage>;

/** A classifier of its own, as failures and retries name it. */
export type StageClassifier = 'observer' | 'transitions' | 'interjection' | 'digest' | 'steps';

const CLASSIFIER_OF: Readonly<Record<Stage, StageClassifier | null>> = {
	reply: null,
	observe: 'observer',
	transitions: 'transitions',
	ask: 'interjection',
	interject: null,
	observe2: 'observer',
	transitions2: 'transitions',
	digest: 'digest',
	detect_steps: 'steps'
};

/** The classifier that is asked in a stage; null where words are written. */
export const classifierOf = (at: Stage): StageClassifier | null => CLASSIFIER_OF[at];

/** Words are written in it, and not a decision made. */
export const isProse = (at: Stage): boolean => CLASSIFIER_OF[at] === null;

/** What the next stage depends on, as it is when a stage ends. */
export interface StageFacts {
	/** A case: no story's world runs in it, and steps are looked for instead. */
	readonly isCase: boolean;
	/** The chat asks classifiers at all. */
	readonly classifies: boolean;
	/** Somebody listened to the primary reply, and interjections are wanted. */
	readonly witness: boolean;
	/** With `ask`: the witness speaks. */
	readonly speaks: boolean;
	/** One classifier is asked again, and nothing after it. */
	readonly lone: boolean;
	/** A meanwhile scene: what comes after the effects of its turns is its own. */
	readonly meanwhile: boolean;
	/** The scene has turns to go. */
	readonly goesOn: boolean;
}

/** The stage after one that ended well, or failed: a failed classifier never holds up what comes after. Null: it is over. */
export const nextStage = (at: Stage, facts: StageFacts): Stage | null => {
	if (at === 'ask') return facts.speaks ? 'interject' : null;
	if (facts.lone || at === 'digest' || at === 'detect_steps') return null;
	if (facts.isCase) return at === 'reply' && facts.classifies ? 'detect_steps' : null;
	const sceneOn = facts.goesOn ? 'reply' : facts.classifies ? 'digest' : null;
	switch (at) {
		case 'reply':
			return facts.classifies ? 'observe' : facts.meanwhile ? sceneOn : null;
		case 'observe':
			return 'transitions';
		case 'transitions':
			return facts.meanwhile ? sceneOn : facts.witness ? 'ask' : null;
		case 'interject':
			return facts.classifies ? 'observe2' : null;
		case 'observe2':
			return 'transitions2';
		case 'transitions2':
			return null;
	}
};
