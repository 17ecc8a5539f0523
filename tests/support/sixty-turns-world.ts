// What the world must be after the sixty turns, and after going back to turn 20: worked out by hand from the script.

/** Whose memory · how important · when in the story · who was there · words. In the order they were written. */
export const MEMORIES = {
	Ada: [
		'1 · Day 1, 09:15 · Ada, Edda · Edda hides a letter.',
		'2 · Day 1, 10:05 · Ada, Mara, Edda · Mend the lamp',
		'2 · Day 1, 18:50 · Ada, Mara · Supper at the inn',
		'2 · Day 2, 14:00 · Ada, Mara, Edda · Sail to the bay'
	],
	Mara: [
		'2 · Day 1, 10:05 · Ada, Mara, Edda · Mend the lamp',
		// turn 7, noticed after turn 22
		'2 · Day 1, 17:20 · Ada, Mara, Edda · The key was under the mat.',
		// told otherwise at turn 31
		'1 · Day 1, 17:20 · Ada, Mara · Ada was afraid of the sea.',
		'2 · Day 1, 17:50 · Mara, Edda · I asked Edda for the letter.',
		'2 · Day 1, 18:50 · Ada, Mara · Supper at the inn',
		'2 · Day 2, 14:00 · Ada, Mara, Edda · Sail to the bay'
	],
	Edda: [
		'1 · Day 1, 09:05 · Edda · Mara counts on my silence.',
		'1 · Day 1, 09:15 · Edda · Ada saw me hide a letter.',
		'2 · Day 1, 10:05 · Ada, Mara, Edda · Mend the lamp',
		'1 · Day 1, 17:50 · Mara, Edda · Mara asked for the letter on the quay.',
		'2 · Day 1, 17:50 · Mara, Edda · I kept the letter.',
		'3 · Day 2, 11:10 · Edda · I burned the letter by night.',
		'2 · Day 2, 14:00 · Ada, Mara, Edda · Sail to the bay'
	]
} as const;

/** By hand at turn 19; what turn 48 left, when its sail was taken back at turn 49; by the model at turn 38. */
export const FORGOTTEN = [
	'Ada came up in the fog.',
	'The doctor never came.',
	'Sail to the bay',
	'Sail to the bay',
	'Sail to the bay'
] as const;

/** Affinity and trust, and the changes they are the sums of. */
export const EDGES = {
	// turns 2, 3 (its third reply only) and 51 (its fourth only): 2 + 1 + 1; turn 32 was undone by hand
	'Mara → Ada': '4 / 1',
	// turns 18, 7 (noticed after 22), 41 and 52 (its first reply): -1 + 3 - 3 + 2; 0 + 2 - 4 + 0
	'Mara → Edda': '1 / -2',
	// turns 18 and 45 (50, of which 10 count): 4 + 10
	'Ada → Mara': '14 / 3',
	// turn 25
	'Ada → Edda': '-2 / -2',
	// turns 4, 20 and 29: -2 + 1 - 4; -1 + 1 - 5
	'Edda → Mara': '-5 / -5',
	// turns 6, 39 and 60: 2 + 1 + 2; 2 - 2 + 1
	'Edda → Ada': '5 / 1'
} as const;

/** In the order they were planned: what became of it · for when · begun · done. */
export const STORY_EVENTS = [
	'Supper at the inn: completed · for Day 1, 19:15 · begun Day 1, 17:20 · done Day 1, 18:50',
	'Mend the lamp: completed · for – · begun Day 1, 09:35 · done Day 1, 10:05',
	// a day after its time was over at turn 36
	'Row to the island: expired · for Day 1, 11:05 · begun – · done –',
	// turn 15, noticed after turn 24
	'Write to the harbour master: planned · for Day 1, 19:00 · begun – · done –',
	'Fetch the doctor: cancelled · for Day 2, 09:30 · begun – · done –',
	// done at turn 48, taken back at 49, done again at 50
	'Sail to the bay: completed · for Day 2, 13:10 · begun Day 2, 12:50 · done Day 2, 14:00',
	'Light the great lamp: planned · for – · begun – · done –'
] as const;

export const NOW = {
	time: 'Day 2, 14:15',
	weather: 'clear',
	place: 'The harbour',
	places: ['The lighthouse', 'The cellar', 'The inn', 'The harbour'],
	threads: ['open: Where did Edda row to?', 'closed: Who lit the lamp before dawn?'],
	skips: [
		'elision: Day 1, 10:05 to Day 1, 12:05: The morning passes.',
		'elision: Day 1, 12:20 to Day 1, 17:20: By evening they sit at the inn.',
		'jump: Day 1, 18:50 to Day 2, 09:00: The next morning.'
	],
	people: [
		'Ada at The harbour: –',
		'Mara at The harbour: standing, watching the sails',
		'Edda at The harbour: walking, looking for a boat'
	],
	meanwhile: ['accepted: Mara and Edda quarrelled on the quay about a letter.']
} as const;

/**
 * By table, what going back to turn 20 leaves otherwise than it was then: the late effects of turns 7 and 15. `less`: it was
 * there after turn 20. `more`: it was not.
 */
export const LATE: Readonly<
	Record<string, { readonly less: readonly string[]; readonly more: readonly string[] }>
> = {
	memories: { less: [], more: ['The key was under the mat.'] },
	edges: { less: ['affinity -1, trust 0, updates 1'], more: ['affinity 2, trust 2, updates 2'] },
	edge_history: { less: [], more: ['affinity 3, trust 2: She left the key.'] },
	story_events: {
		less: ['Supper at the inn: planned, begun –'],
		// the clock stands where it stood after turn 20
		more: ['Supper at the inn: active, begun Day 1, 12:20', 'Write to the harbour master: planned, begun –']
	},
	story_event_steps: { less: [], more: ['planned to active'] },
	classifier_failures: { less: ['observer', 'transitions'], more: [] }
};
