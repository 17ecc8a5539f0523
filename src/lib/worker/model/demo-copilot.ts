// The demo as a copilot: proposes steps of a playbook, or such as anybody would try, notes what was done, and says that it is no AI.
import type { Steps, StoryFacts } from '../../domain/story/classifiers.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { hash } from './demo-chance.ts';
import { playbookFor, type Playbook, type PlaybookStep } from './demo-playbooks.ts';

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

/** A step of the playbook that nobody has taken yet; once all are, the one that is left to somebody with more rights. */
const fromPlaybook = (playbook: Playbook, said: string, skip: number): PlaybookStep => {
	const left = playbook.steps.filter(({ done }) => !done.test(said));
	return left[skip % (left.length + 1)] ?? playbook.exhausted;
};

/** What is known so far: the person’s words, and the lines that tell how the case stands. */
const saidBy = ({ messages, story }: ProseRequest): string =>
	[...messages.flatMap(({ role, text }) => (role === 'user' ? [text] : [])), story.words].join('\n');

/**
 * An answer in a case: the next step of what the demo knows about such trouble, or of what helps with any, in an order of the
 * chat's own. The same request gets the same words.
 */
export const demoCopilot = (request: ProseRequest): string => {
	const { chatId, alternative, story } = request;
	const other = Math.max(0, Math.trunc(alternative) || 0);
	const said = saidBy(request);
	const playbook = playbookFor(said);
	const at = Math.max(0, Math.trunc(story.turn) - 1 || 0) + other;
	const [step, shows] = STEPS[(hash(chatId) + at) % STEPS.length] ?? ['', ''];
	const next = playbook === null ? { step, shows } : fromPlaybook(playbook, said, other);
	const heard = demoSteps(story).steps.at(-1);
	return [
		...(story.first ? [HONEST] : []),
		...(playbook === null || heard === undefined ? [] : [NOTED[heard.outcome] ?? NOTED.unknown]),
		`One step to try next: **${next.step}.**`,
		next.shows,
		'Tell me what you did and what came of it.'
	].join('\n\n');
};

/** What is made of a step the person tells of. */
const NOTED: Readonly<Record<string, string>> & { readonly unknown: string } = {
	worked: 'That helped, so it tells where the trouble is.',
	partly: 'That helped a little, so it is near the trouble and not yet it.',
	no_effect: 'That had no effect, so it need not be done again.',
	made_worse: 'That made it worse: undo it before anything else.',
	unknown: 'What came of that is not clear to me yet.'
};

/** What somebody says who has done something. */
const DONE =
	/\b(?:i|we|they|he|she)(?:'ve|’ve| have| has)?(?: already| just| also)? (?:tried|restarted|rebooted|reinstalled|updated|replaced|reset|changed|checked|disabled|enabled|unplugged|reconnected|cleared|removed|swapped|switched|ran|turned|connected|kept|compared|set)\b/iu;

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
