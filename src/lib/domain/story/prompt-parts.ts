// The parts of a prompt, as they are told to whoever inspects it: what each took, and what was left out of it.
import { z } from '../kernel/schema.ts';

/** In the order in which they stand, but for `words`, which come last. */
export const PROMPT_PARTS = [
	/** How to tell. */
	'rules',
	/** Who everybody is. */
	'cast',
	/** What stays of scenes that are over. */
	'scenes',
	/** What was said before. */
	'history',
	/** Where, when, and who is there doing what. */
	'scene',
	/** In a case: how it stands, and what was tried. */
	'case',
	/** What the speaker feels for those who are there. */
	'feelings',
	/** What comes to the speaker's mind. */
	'memories',
	/** Story events that are to come or under way, loose ends, and who knows of what happened elsewhere. */
	'plans',
	/** What the author asks of every reply, and of this one. */
	'note',
	/** The words that are answered. */
	'words'
] as const;

export type PromptPart = (typeof PROMPT_PARTS)[number];

/** `count`: how many of it, for what is not told one by one. `name`: what it is called, or its first words. */
export const leftOut = z.object({
	what: z.object({
		kind: z.enum([
			'turns',
			'description',
			'beginning',
			'voice',
			'place',
			'activity',
			'fact',
			'reason',
			'memory',
			'pinned',
			'story_event',
			'thread',
			'elsewhere',
			'scene',
			'step',
			'note'
		]),
		name: z.string(),
		count: z.number().int().positive()
	}),
	/**
	 * `no_room`: it did not fit. `shortened`: it did not fit whole. `hidden`: the player hid it. `not_there`: the speaker was
	 * not there. `elsewhere`: it belongs to a scene elsewhere. `beyond`: there is more of it than is told at once, whatever room
	 * there is; `count` says how much more, and `name` of whom.
	 */
	why: z.enum(['no_room', 'shortened', 'hidden', 'not_there', 'elsewhere', 'beyond'])
});

export type LeftOut = z.output<typeof leftOut>;

/** `tokens` are estimated; `share` of all tokens, from 0 to 1. */
export const promptShare = z.object({
	part: z.enum(PROMPT_PARTS),
	tokens: z.number().int().nonnegative(),
	share: z.number().min(0).max(1),
	dropped: z.array(leftOut)
});

export type PromptShare = z.output<typeof promptShare>;

/** What one part took, and what was left out of it. */
export interface PartTaken {
	readonly part: PromptPart;
	readonly tokens: number;
	readonly dropped?: readonly LeftOut[];
}

/** Takes as they were noted, one share per part that took or left out something, in the order of parts. */
export const sharesOf = (taken: readonly PartTaken[]): PromptShare[] => {
	const all = taken.reduce((sum, { tokens }) => sum + tokens, 0);
	return PROMPT_PARTS.flatMap((part) => {
		const own = taken.filter((each) => each.part === part);
		const tokens = own.reduce((sum, each) => sum + each.tokens, 0);
		const dropped = own.flatMap((each) => each.dropped ?? []);
		const share = all === 0 ? 0 : Math.round((tokens / all) * 10_000) / 10_000;
		return tokens === 0 && dropped.length === 0 ? [] : [{ part, tokens, share, dropped }];
	});
};

const NAME_CHARS = 80;

/** The first words of what was left out, in one line. */
export const nameOf = (text: string): string => {
	const line = text.replace(/\s+/gu, ' ').trim();
	return line.length > NAME_CHARS ? `${line.slice(0, NAME_CHARS)}…` : line;
};

const counted = (
	kind: LeftOut['what']['kind'],
	count: number,
	name: string,
	why: LeftOut['why']
): readonly LeftOut[] => (count <= 0 ? [] : [{ what: { kind, name: nameOf(name), count }, why }]);

/** What there is more of than is told at once; nothing where all is told. */
export const beyond = (kind: LeftOut['what']['kind'], count: number, name = ''): readonly LeftOut[] =>
	counted(kind, count, name, 'beyond');

/** What the speaker does not know of; nothing where they know all there is. Without a name: it is not told here either. */
export const missed = (kind: LeftOut['what']['kind'], count: number): readonly LeftOut[] =>
	counted(kind, count, '', 'not_there');
