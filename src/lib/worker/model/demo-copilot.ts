// The demo as a copilot: proposes steps anybody would try, notes what the person says was done, and says that it is no AI.
import type { Steps, StoryFacts } from '../../domain/story/classifiers.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { hash } from './demo-chance.ts';

const HONEST =
	'((A word first: I am the demo that comes with Stet, a list of written steps and not an AI. I cannot understand what you ' +
	'write. Connect a model for real help.))';

/** What to do, and what it shows. */
const STEPS: readonly (readonly [step: string, shows: string])[] = [
	[
		'Write down when it happens and what was done just before',
		'If there is a pattern, it points to what sets it off.'
	],
	[
		'Restart the device, and only then try again',
		'If it is gone afterwards, something that had been running too long was in the way.'
	],
	[
		'Try the same from another device',
		'If it works there, the trouble is with this device and not behind it.'
	],
	[
		'Try the same with another account',
		'If it works there, it is a matter of this account’s settings or rights.'
	],
	[
		'Connect through another network, such as a phone’s',
		'If it works there, something between this network and the service stops it.'
	],
	['Undo what was changed last', 'If that helps, the change is the cause, or near it.'],
	[
		'Look for the exact words of the error in the log',
		'The first one that appears matters most; the others follow from it.'
	],
	['Update the program that shows it', 'If it is a known fault, that is where it is mended.']
];

/** An answer in a case: the next of its steps, in an order of the chat's own. The same request gets the same words. */
export const demoCopilot = ({ chatId, alternative, story }: ProseRequest): string => {
	const at = Math.max(0, Math.trunc(story.turn) - 1 || 0) + Math.max(0, Math.trunc(alternative) || 0);
	const [step, shows] = STEPS[(hash(chatId) + at) % STEPS.length] ?? ['', ''];
	return [
		...(story.first ? [HONEST] : []),
		`One step to try next: **${step}.**`,
		shows,
		'Tell me what you did and what came of it.'
	].join('\n\n');
};

const DONE =
	/\b(?:i|we|they|he|she)(?:'ve|’ve| have| has)?(?: already| just| also)? (?:tried|restarted|rebooted|reinstalled|updated|replaced|reset|changed|checked|disabled|enabled|unplugged|reconnected|cleared|removed|swapped|switched|ran)\b/iu;

const OUTCOMES: readonly (readonly [RegExp, string])[] = [
	[/\b(?:worse|now it does not even|broke)\b/iu, 'made_worse'],
	[/\b(?:no effect|did(?: not|n['’]t) help|no (?:change|luck|difference)|still|same)\b/iu, 'no_effect'],
	[/\b(?:partly|a bit better|a little|sometimes|for a while)\b/iu, 'partly'],
	[/\b(?:worked|works|helped|fixed|gone|solved)\b/iu, 'worked']
];

/** Sentences in which the person says that something was done; what came of it by the words beside it. */
export const demoSteps = ({ words }: Pick<StoryFacts, 'words'>): Steps => {
	const sentences = words.split(/(?<=[.!?])\s+|\n+/u).map((each) => each.trim());
	return {
		steps: sentences.flatMap((sentence, i) => {
			if (!DONE.test(sentence)) return [];
			const near = `${sentence} ${sentences[i + 1] ?? ''}`;
			const outcome = OUTCOMES.find(([said]) => said.test(near))?.[1] ?? 'unknown';
			return [{ text: sentence.slice(0, 300), outcome }];
		})
	};
};
