// The unchanging beginning of a prompt: how to tell, and who everybody is. No clock, and no number that changes.
import { caseRules } from './prompt-case.ts';
import { nameOf, type LeftOut, type PartTaken } from './prompt-parts.ts';
import { shorten } from './shorten.ts';
import { estimateTokens } from './tokens.ts';

/** A bot as its author wrote it. */
export interface Sheet {
	readonly name: string;
	readonly description: string;
	readonly scenario: string;
	readonly examples: string;
}

export interface Cast {
	/** A case is worked on with a copilot, and tells no story. */
	readonly kind: 'story' | 'case';
	/** Who is to speak. */
	readonly speaker: Sheet;
	/** The other bots. */
	readonly others: readonly Sheet[];
	readonly you: { readonly name: string; readonly description: string } | null;
	/** How the story begins: the host's to say. */
	readonly scenario: string;
	/** The player is not there, and is not spoken to. */
	readonly withoutYou: boolean;
}

/** How a player without a name is called. */
export const NAMELESS_PLAYER = 'the player';

/** More than one voice besides the speaker's: then each is named. */
export const hasCompany = ({ others, withoutYou }: Cast): boolean => others.length + (withoutYou ? 0 : 1) > 1;

const rules = (cast: Cast): string => {
	const { speaker, others, you, withoutYou } = cast;
	const youName = you?.name ?? NAMELESS_PLAYER;
	const with_ = [...(withoutYou ? [] : [youName]), ...others.map(({ name }) => name)];
	const apart = with_.length === 0 ? 'anybody else' : with_.join(' or ');
	return [
		with_.length === 0
			? `You are ${speaker.name}, a character in a story.`
			: `You are ${speaker.name}, a character in a story told together with ${with_.join(' and ')}.`,
		`Write only what ${speaker.name} says, does and notices, and how the world answers. Never speak, decide or feel for ${apart}.`,
		...(withoutYou
			? [`${capital(youName)} is not here, does not hear what is said, and is not spoken to.`]
			: []),
		'Speech stands in "quotation marks", actions in *asterisks*. Words in ((double brackets)) are not spoken in the story: what they tell is so, and what they ask is answered plainly.',
		'Lines in [square brackets] say how things stand at that moment. Keep to them, and do not repeat them.',
		...(hasCompany(cast)
			? [
					`The words of others begin with the name of who speaks, and a colon. Yours do not: begin with what ${speaker.name} says or does.`
				]
			: []),
		'Stay with what has been told. Leave room for the other to act.'
	].join('\n');
};

/** With a capital, to begin a sentence with. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Section {
	readonly kind: 'description' | 'beginning' | 'voice';
	readonly name: string;
	readonly heading: string;
	readonly text: string;
	/** The higher, the sooner it is shortened. */
	readonly spare: number;
}

const sectionsOf = ({ speaker, others, you, scenario }: Cast): readonly Section[] => {
	const youName = you?.name ?? NAMELESS_PLAYER;
	const sections: readonly Section[] = [
		{
			kind: 'description',
			name: speaker.name,
			heading: `Who ${speaker.name} is`,
			text: speaker.description,
			spare: 0
		},
		{
			kind: 'description',
			name: youName,
			heading: `Who ${youName} is`,
			text: you?.description ?? '',
			spare: 1
		},
		...others.map(({ name, description }): Section => ({
			kind: 'description',
			name,
			heading: `Who ${name} is`,
			text: description,
			spare: 2
		})),
		{ kind: 'beginning', name: '', heading: 'How it begins', text: scenario, spare: 3 },
		{
			kind: 'voice',
			name: speaker.name,
			heading: `How ${speaker.name} talks`,
			text: speaker.examples,
			spare: 4
		}
	];
	return sections.map((each) => ({ ...each, text: each.text.trim() })).filter(({ text }) => text !== '');
};

const written = ({ heading, text }: Section): string => `## ${heading}\n${text}`;

const sizeOf = (section: Section): number => estimateTokens(written(section));

const sum = (sections: readonly Section[]): number =>
	sections.reduce((all, section) => all + sizeOf(section), 0);

/**
 * Makes sections fit: each gives way down to an even share of half the room, the one that can best be spared first; then
 * whole ones go. What comes out depends on the sections and the room alone, so that it stays from turn to turn.
 */
const fit = (
	sections: readonly Section[],
	most: number
): { readonly kept: readonly Section[]; readonly dropped: readonly LeftOut[] } => {
	const dropped = new Map<Section, LeftOut>();
	const note = (section: Section, why: LeftOut['why']): void => {
		dropped.set(section, { what: { kind: section.kind, name: nameOf(section.name), count: 1 }, why });
	};
	const now = new Map(sections.map((section) => [section, section]));
	const size = (): number => sum([...now.values()]);
	const spared = sections.toSorted((a, b) => b.spare - a.spare);
	const least = Math.floor(most / 2 / Math.max(1, sections.length));
	for (const section of spared) {
		const over = size() - most;
		if (over <= 0) break;
		const heading = sizeOf({ ...section, text: '' });
		const text = shorten(section.text, Math.max(least, sizeOf(section) - over) - heading);
		if (text === section.text) continue;
		if (text === '') now.delete(section);
		else now.set(section, { ...section, text });
		note(section, text === '' ? 'no_room' : 'shortened');
	}
	for (const section of spared) {
		if (size() <= most) break;
		if (now.delete(section)) note(section, 'no_room');
	}
	return {
		kept: sections.flatMap((section) => now.get(section) ?? []),
		dropped: sections.flatMap((section) => dropped.get(section) ?? [])
	};
};

/** Rules and cast; the cast in at most so many estimated tokens. */
export const instructionsFor = (
	cast: Cast,
	mostOfCast: number
): { readonly text: string; readonly taken: readonly PartTaken[] } => {
	const told = cast.kind === 'case' ? caseRules(cast.speaker.name) : rules(cast);
	const { kept, dropped } = fit(sectionsOf(cast), mostOfCast);
	return {
		text: [told, ...kept.map(written)].join('\n\n'),
		taken: [
			{ part: 'rules', tokens: estimateTokens(told) },
			{ part: 'cast', tokens: sum(kept), dropped }
		]
	};
};
