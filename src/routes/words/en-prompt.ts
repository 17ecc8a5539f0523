// Words of the prompt inspector in English: what a model was asked, and what was left out.
import type { LeftOut, PromptPart } from '#lib/domain/story/prompt-parts.ts';
import { plural } from './en-numbers.ts';

const part: Readonly<Record<PromptPart, string>> = {
	rules: 'How to tell',
	cast: 'Who everybody is',
	scenes: 'What stays of scenes',
	history: 'What was said before',
	scene: 'Where, when, who is there',
	case: 'How the case stands',
	feelings: 'Feelings',
	memories: 'Memories',
	plans: 'Plans and loose ends',
	note: 'What is asked of the reply',
	words: 'The words that are answered'
};

/** What there is more of than is told at once. */
const more = ({ kind, name, count }: LeftOut['what']): string => {
	switch (kind) {
		case 'memory':
			return plural(count, 'more memory', 'more memories');
		case 'fact':
			return `${plural(count, 'more thing', 'more things')} known of ${name}`;
		case 'story_event':
			return plural(count, 'more story event', 'more story events');
		case 'thread':
			return plural(count, 'more loose end', 'more loose ends');
		case 'elsewhere':
			return plural(count, 'more scene elsewhere', 'more scenes elsewhere');
		case 'scene':
			return plural(count, 'more scene that is over', 'more scenes that are over');
		default:
			return `${String(count)} more`;
	}
};

/** What was left out, by name. */
const what = ({ kind, name, count }: LeftOut['what']): string => {
	switch (kind) {
		case 'turns':
			return plural(count, 'turn', 'turns');
		case 'description':
			return `Who ${name} is`;
		case 'beginning':
			return 'How the story begins';
		case 'voice':
			return `How ${name} talks`;
		case 'place':
			return `What ${name} is like`;
		case 'activity':
			return `What ${name} do`;
		case 'fact':
			return `Known: ${name}`;
		case 'reason':
			return `Why it is felt: ${name}`;
		case 'memory':
			return `Memory: ${name}`;
		case 'pinned':
			return `Pinned memory: ${name}`;
		case 'story_event':
			return name === '' ? plural(count, 'story event', 'story events') : `Story event: ${name}`;
		case 'thread':
			return name === '' ? plural(count, 'loose end', 'loose ends') : `Loose end: ${name}`;
		case 'elsewhere':
			return `Heard of elsewhere: ${name}`;
		case 'scene':
			return `What stays of a scene: ${name}`;
		case 'step':
			return name;
		case 'note':
			return 'The author’s note';
	}
};

const why: Readonly<Record<LeftOut['why'], string>> = {
	no_room: 'no room',
	shortened: 'shortened to fit',
	hidden: 'hidden by you',
	not_there: 'the speaker was not there',
	elsewhere: 'part of a scene elsewhere',
	beyond: 'beyond what is told at once'
};

export const prompt = {
	inspect: 'Inspect the prompt',
	newest: 'The newest prompt of this story.',
	ofTurn: 'The prompt of one turn.',
	showNewest: 'Show the newest',
	nothing: 'Nothing has been asked of a model in this story yet, or not on this device.',
	notKept:
		'The prompt of this turn is not kept: only the newest twenty of a story are, on the device that sent them.',
	speaker: 'Speaks',
	putsIn: (name: string) => `${name}, putting in a word`,
	model: 'Model',
	at: 'Sent',
	size: 'Size',
	tokens: (n: number) => `about ${plural(n, 'token', 'tokens')}`,
	shares: 'What it is made of',
	part,
	share: (tokens: number, share: number) =>
		`${tokens.toLocaleString('en')} · ${(share * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`,
	leftOut: 'Left out',
	dropped: (left: LeftOut) =>
		`${left.why === 'beyond' ? more(left.what) : what(left.what)}: ${why[left.why]}`,
	exact: 'Word for word',
	copy: 'Copy it all',
	copied: 'The prompt is copied.',
	notCopied: 'The browser did not allow copying.',
	instructions: 'Instructions',
	side: { user: 'Your side', assistant: 'The model’s side' },
	after: 'What was asked about it afterwards',
	classifiers: {
		observer: 'What changed',
		transitions: 'What became of plans',
		interjection: 'Whether somebody puts in a word',
		digest: 'What a scene elsewhere came to',
		steps: 'Which steps were tried',
		merged: 'All of it at once'
	},
	tries: (n: number) => `sent ${plural(n, 'time', 'times')}`,
	shown: 'What it was shown',
	answer: 'What it answered',
	noAnswer: 'Nothing that could be kept.'
};
