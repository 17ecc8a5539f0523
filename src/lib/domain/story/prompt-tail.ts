// The volatile end of a prompt: how things stand as the answered words are said. All that changes from turn to turn is here.
import { beyond, missed, nameOf, type LeftOut, type PartTaken, type PromptPart } from './prompt-parts.ts';
import { shorten } from './shorten.ts';
import type { StoryClock } from './story-now.ts';
import { estimateTokens } from './tokens.ts';

/** How things stand for one who is to speak: nothing of it is another's. */
export interface Standing {
	readonly speaker: string;
	/** Where the speaker is; the names of the places that is in, the nearest first. */
	readonly place: {
		readonly name: string;
		readonly description: string;
		readonly within: readonly string[];
	} | null;
	readonly clock: StoryClock;
	/** Who is there, the speaker first. */
	readonly here: readonly {
		readonly name: string;
		readonly posture: string;
		readonly action: string;
		readonly attention: string;
		readonly mood: string;
	}[];
	/** Who is part of the story and somewhere else. */
	readonly away: readonly string[];
	/**
	 * What the speaker feels for those who are there. `reason`: of the last change. `facts`: known of them, newest first;
	 * `factsBeyond`: how many more are.
	 */
	readonly feelings: readonly {
		readonly name: string;
		readonly affinity: number;
		readonly trust: number;
		readonly reason: string;
		readonly facts: readonly string[];
		readonly factsBeyond: number;
	}[];
	/** Story events under way, then those that are planned. */
	readonly events: readonly {
		readonly title: string;
		readonly status: 'planned' | 'active';
		readonly plannedFor: number | null;
	}[];
	/** Loose ends, the newest first. */
	readonly threads: readonly string[];
	/**
	 * What the player has heard of scenes without them: of those the speaker took part in, or, where the player's own words
	 * are drafted, of any; the newest first.
	 */
	readonly elsewhere: readonly { readonly place: string; readonly told: string }[];
	/** Where scenes were played that the speaker took part in, and that the player is not to know of; and how many more. */
	readonly secret: { readonly places: readonly string[]; readonly beyond: number };
	/** How many more there are of each than are told. */
	readonly beyond: { readonly events: number; readonly threads: number; readonly elsewhere: number };
	/** How many there are of each that the speaker does not know of. */
	readonly missed: { readonly events: number; readonly threads: number };
	/** How the player is called. */
	readonly player: string;
	/** What the author asks of every reply. */
	readonly note: string;
}

const DAY_MINUTES = 24 * 60;

/** Story time in the model's words. */
const timeOf = (minutes: number): string => {
	const ofDay = minutes % DAY_MINUTES;
	const two = (n: number): string => String(n).padStart(2, '0');
	return `Day ${String(Math.floor(minutes / DAY_MINUTES) + 1)}, ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
};

/** From how much on which word says it, from the most to the least. */
const AFFINITY: readonly (readonly [number, string])[] = [
	[30, 'devoted'],
	[12, 'fond'],
	[4, 'friendly'],
	[-3, 'neutral'],
	[-11, 'cool'],
	[-29, 'averse'],
	[-Infinity, 'hateful']
];
const TRUST: readonly (readonly [number, string])[] = [
	[30, 'trusting blindly'],
	[12, 'trusting'],
	[4, 'inclined to trust'],
	[-3, 'neither trusting nor wary'],
	[-11, 'wary'],
	[-29, 'distrustful'],
	[-Infinity, 'believing nothing']
];

const wordFor = (scale: readonly (readonly [number, string])[], value: number): string =>
	scale.find(([from]) => value >= from)?.[1] ?? '';

const sentence = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** One line of the tail. Of lower `rank` come first where there is not room for all; rank 0 is always there. */
interface Item {
	readonly part: PromptPart;
	readonly rank: number;
	readonly text: string;
	readonly what: LeftOut['what'] | null;
	/** It is not told whole. */
	readonly short?: boolean;
}

const what = (kind: LeftOut['what']['kind'], name: string): LeftOut['what'] => ({
	kind,
	name: nameOf(name),
	count: 1
});

const doing = ({ name, posture, action, attention, mood }: Standing['here'][number]): string => {
	const told = [
		posture,
		action,
		attention === '' ? '' : `minds ${attention}`,
		mood === '' ? '' : `mood: ${mood}`
	]
		.map(sentence)
		.filter((each) => each !== '');
	return told.length === 0 ? name : `${name} (${told.join('; ')})`;
};

const scene = ({ place, clock, here, away }: Standing, most: number): readonly Item[] => {
	const part = 'scene';
	const time = [
		timeOf(clock.minutes),
		...(clock.anchor === '' ? [] : [sentence(clock.anchor)]),
		...(clock.weather === '' ? [] : [`weather: ${sentence(clock.weather)}`])
	].join('; ');
	const description = place === null ? '' : sentence(place.description);
	const told = shorten(description, Math.floor(most * PLACE_SHARE));
	const people = here.map(doing).join(', ');
	const doings = shorten(people, Math.floor(most * PEOPLE_SHARE));
	return [
		...(place === null
			? []
			: [
					{
						part,
						rank: 0,
						text: `Place: ${[place.name, ...place.within].map(sentence).join(', in ')}`,
						what: null
					} as const
				]),
		...(description === ''
			? []
			: [
					{
						part,
						rank: 4,
						text: told,
						what: what('place', place?.name ?? ''),
						short: told !== description
					} as const
				]),
		{ part, rank: 0, text: `Time: ${time}`, what: null },
		{
			part,
			rank: 0,
			text: `Here: ${doings}`,
			what: what('activity', here.map(({ name }) => name).join(', ')),
			short: doings !== people
		},
		...(away.length === 0
			? []
			: [{ part, rank: 0, text: `Not here: ${away.join(', ')}`, what: null } as const])
	];
};

const feelings = ({ speaker, feelings: felt }: Standing): readonly Item[] =>
	felt.flatMap(({ name, affinity, trust, reason, facts }): readonly Item[] => [
		{
			part: 'feelings',
			rank: 0,
			text: `${speaker} towards ${name}: ${wordFor(AFFINITY, affinity)} (affinity ${String(affinity)}), ${wordFor(TRUST, trust)} (trust ${String(trust)})`,
			what: null
		},
		...(reason === ''
			? []
			: [
					{
						part: 'feelings',
						rank: 3,
						text: `– of late, because: ${sentence(reason)}`,
						what: what('reason', name)
					} as const
				]),
		...facts.map((fact, i): Item => ({
			part: 'feelings',
			rank: 5 + i,
			text: `– ${speaker} knows of ${name}: ${sentence(fact)}`,
			what: what('fact', fact)
		}))
	]);

const at = (place: string): string => (place === '' ? 'elsewhere' : `at ${sentence(place)}`);

/** "at A", "at A and at B", "at A, at B and at 3 other places". */
const secretPlaces = ({ places, beyond: more }: Standing['secret']): string => {
	const all = [
		...places.map(at),
		...(more === 0 ? [] : [more === 1 ? 'at another place' : `at ${String(more)} other places`])
	];
	return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
};

const plans = ({ events, threads, elsewhere, secret, player }: Standing): readonly Item[] => [
	...events.map(({ title, status, plannedFor }, i): Item => ({
		part: 'plans',
		rank: (status === 'active' ? 1 : 2) + i / 1000,
		text:
			status === 'active'
				? `Under way: ${sentence(title)}`
				: `Planned${plannedFor === null ? '' : ` for ${timeOf(plannedFor)}`}: ${sentence(title)}`,
		what: what('story_event', title)
	})),
	...threads.map((thread, i): Item => ({
		part: 'plans',
		rank: 2.5 + i / 1000,
		text: `Loose end: ${sentence(thread)}`,
		what: what('thread', thread)
	})),
	...elsewhere.map(({ place, told }, i): Item => ({
		part: 'plans',
		rank: 1.5 + i / 1000,
		text: `${player} has heard what happened ${at(place)} meanwhile: ${sentence(told)}`,
		what: what('elsewhere', told)
	})),
	...(secret.places.length === 0
		? []
		: [
				{
					part: 'plans',
					// that something is a secret must not be left out
					rank: 0,
					text: `${player} does not know what happened ${secretPlaces(secret)} meanwhile, and is not told of it.`,
					what: null
				} as const
			])
];

/** What there is more of than the standing holds. */
const more: Partial<Record<PromptPart, (standing: Standing) => readonly LeftOut[]>> = {
	feelings: ({ feelings: felt }) =>
		felt.flatMap(({ name, factsBeyond }) => beyond('fact', factsBeyond, name)),
	plans: ({ beyond: left, missed: unknown }) => [
		...beyond('story_event', left.events),
		...beyond('thread', left.threads),
		...beyond('elsewhere', left.elsewhere),
		...missed('story_event', unknown.events),
		...missed('thread', unknown.threads)
	]
};

export interface Tail {
	/** Without what is remembered, in estimated tokens. */
	readonly tokens: number;
	/** The finished text, with the memories that are given, and what each part of it took. */
	readonly with: (memories: readonly string[]) => {
		readonly text: string;
		readonly taken: readonly PartTaken[];
	};
}

/** The most of the room that goes to a place's description, to what people do, and to what the author asks. */
const PLACE_SHARE = 0.25;
const PEOPLE_SHARE = 0.4;
const NOTE_SHARE = 0.5;

/**
 * How things stand, in at most so many estimated tokens. Place, time, who is there and what is felt for them are told in any
 * case; then, as long as there is room, what is under way, what is planned, loose ends, why it is felt, and what is known.
 */
export const tailFor = (standing: Standing, most: number): Tail => {
	const note = shorten(standing.note.trim(), Math.floor(most * NOTE_SHARE));
	const noteLine = note === '' ? '' : `The author asks: ${note}`;
	const items = [...scene(standing, most), ...feelings(standing), ...plans(standing)];
	let left = most - estimateTokens(noteLine);
	const kept = new Set<Item>();
	for (const item of items.toSorted((a, b) => a.rank - b.rank)) {
		const cost = estimateTokens(item.text);
		if (item.rank > 0 && cost > left) continue;
		left -= cost;
		kept.add(item);
	}
	const dropped = (part: PromptPart): readonly LeftOut[] => [
		...items.flatMap((item): readonly LeftOut[] => {
			if (item.part !== part || item.what === null) return [];
			if (!kept.has(item)) return [{ what: item.what, why: 'no_room' }];
			return item.short === true
				? [{ what: item.what, why: item.text === '' ? 'no_room' : 'shortened' }]
				: [];
		}),
		...(more[part]?.(standing) ?? [])
	];
	const noteDropped: readonly LeftOut[] =
		note === standing.note.trim() ? [] : [{ what: what('note', standing.note), why: 'shortened' }];
	const textOf = (part: PromptPart): readonly string[] =>
		items.filter((item) => item.part === part && kept.has(item) && item.text !== '').map(({ text }) => text);
	const write = (memories: readonly string[]): string =>
		[
			`[Now, told by nobody:`,
			...textOf('scene'),
			...textOf('feelings'),
			...(memories.length === 0
				? []
				: [`${standing.speaker} remembers:`, ...memories.map((each) => `– ${sentence(each)}`)]),
			...textOf('plans'),
			...(noteLine === '' ? [] : [noteLine])
		].join('\n') + ']';
	const bare = estimateTokens(write([]));
	const sized = (part: PromptPart): number =>
		textOf(part).reduce((sum, text) => sum + estimateTokens(text), 0);
	return {
		tokens: bare,
		with: (memories) => {
			const text = write(memories);
			const all = estimateTokens(text);
			return {
				text,
				taken: [
					// the frame goes with the scene
					{
						part: 'scene',
						tokens: Math.max(0, bare - sized('feelings') - sized('plans') - estimateTokens(noteLine)),
						dropped: dropped('scene')
					},
					{ part: 'feelings', tokens: sized('feelings'), dropped: dropped('feelings') },
					{ part: 'memories', tokens: Math.max(0, all - bare) },
					{ part: 'plans', tokens: sized('plans'), dropped: dropped('plans') },
					{ part: 'note', tokens: estimateTokens(noteLine), dropped: noteDropped }
				]
			};
		}
	};
};
