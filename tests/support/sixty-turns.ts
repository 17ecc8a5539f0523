// A story of sixty turns as a script: what the player says and does, and what a model answers to whatever it is asked.
import type { Observation, Transitions } from '../../src/lib/domain/story/classifiers.ts';

/** What the observer saw; what is left out is nothing. Memories and loose ends of before are named by their words. */
type Saw = Partial<Observation>;
/** What became of story events, which are named by their titles. */
type Moves = Partial<Transitions>;

export interface ScriptedReply {
	/** Who says it. */
	readonly by: 'Mara' | 'Edda';
	readonly says: string;
	readonly saw?: Saw;
	readonly moves?: Moves;
	/** What the silent witness puts in; left out, a witness that is asked stays silent. */
	readonly word?: ScriptedReply;
	/** This classifier answers with a poem, however often it is asked. */
	readonly garbles?: 'observer' | 'transitions';
	/** The server falls silent there, and the player presses Stop. */
	readonly stop?: 'words' | 'observer';
	/** For a reply that takes the place of the one before: what the player asks of it, or says instead. */
	readonly note?: string;
	readonly instead?: string;
}

/** What the player does by hand after a turn. */
export type ByHand =
	| { readonly does: 'forget' | 'pin'; readonly memory: string }
	| { readonly does: 'remember'; readonly text: string }
	/** Takes one effect of the turn's reply back. */
	| { readonly does: 'undo'; readonly kind: string }
	/** Takes the last step of a story event back. */
	| { readonly does: 'revert'; readonly event: string }
	/** Goes back to a reply the turn had before; 0: its first. */
	| { readonly does: 'choose'; readonly reply: number }
	/** Has a classifier asked again that failed at an earlier turn. */
	| { readonly does: 'retry'; readonly turn: number; readonly saw: Saw }
	| { readonly does: 'retry'; readonly turn: number; readonly moves: Moves };

export interface ScriptedTurn {
	readonly turn: number;
	/** The player's words, a skip of time the reply is to, or the premise of a scene elsewhere. */
	readonly opens:
		| { readonly you: string }
		| { readonly skip: string; readonly minutes: number }
		| { readonly skip: string; readonly to: number }
		| {
				readonly meanwhile: string;
				readonly place: string;
				readonly digest: string;
				readonly remembered: readonly (readonly [
					owner: 'host' | 'guest',
					text: string,
					significance: number
				])[];
		  };
	/** Each takes the place of the one before; elsewhere, they follow each other. */
	readonly replies: readonly ScriptedReply[];
	readonly then?: readonly ByHand[];
}

type Roles = 'all' | 'none' | readonly ('you' | 'host' | 'guest')[];

const memory = (
	owner: 'you' | 'host' | 'guest',
	text: string,
	significance: number,
	witnesses: Roles = 'all'
): Observation['memories'][number] => {
	const saw = (who: 'you' | 'host' | 'guest') =>
		witnesses === 'all' || (witnesses !== 'none' && witnesses.includes(who));
	return { owner, text, significance, you: saw('you'), host: saw('host'), guest: saw('guest') };
};

const edge = (
	from: 'you' | 'host' | 'guest',
	to: 'you' | 'host' | 'guest',
	affinity: number,
	trust: number,
	reason: string
): Observation['edges'][number] => ({ from, to, affinity, trust, reason, fact: null });

const doing = (
	who: 'you' | 'host' | 'guest',
	place: string | null,
	posture: string,
	action: string
): Observation['activities'][number] => ({ who, place, posture, action, attention: '', mood: '' });

const plan = (title: string, in_minutes: number | null) => ({ title, kind: 'plan', in_minutes });

/** A turn at which the player speaks. */
const turn = (
	number: number,
	you: string,
	replies: ScriptedReply | readonly ScriptedReply[],
	...then: readonly ByHand[]
): ScriptedTurn => ({
	turn: number,
	opens: { you },
	replies: 'by' in replies ? [replies] : replies,
	then
});

const mara = (says: string, more: Partial<ScriptedReply> = {}): ScriptedReply => ({
	by: 'Mara',
	says,
	...more
});
const edda = (says: string, more: Partial<ScriptedReply> = {}): ScriptedReply => ({
	by: 'Edda',
	says,
	...more
});

/** It begins on day 1 at 09:00 in the lighthouse, in fog: Ada (the player), Mara (the host) and Edda (the guest). */
export const BEGINS = { place: 'The lighthouse', minutes: 540, weather: 'fog' } as const;

/** The turn the story is rewound to. */
export const REWOUND_TO = 20;

/** What Edda remembers and Mara was no witness of: it must be in no prompt of hers. */
export const NOT_FOR_MARA = [
	'Mara counts on my silence.',
	'Edda hides a letter.',
	'Ada saw me hide a letter.',
	'I burned the letter by night.'
] as const;

export const SIXTY_TURNS: readonly ScriptedTurn[] = [
	turn(
		1,
		'Good morning, Mara.',
		mara('"Mind the third step."', {
			saw: { minutes: 5, memories: [memory('host', 'Ada came up in the fog.', 1)] }
		})
	),
	turn(
		2,
		'I step over it.',
		mara('"Good. The lamp was lit before dawn, and not by me."', {
			saw: {
				edges: [edge('host', 'you', 2, 1, 'She minded the step.')],
				threads_opened: ['Who lit the lamp before dawn?']
			}
		})
	),
	// asked twice more; the word Edda puts in goes with the second reply
	turn(3, 'Was it somebody we know?', [
		mara('"Perhaps."', { saw: { edges: [edge('host', 'you', 5, 5, 'A fair question.')] } }),
		mara('"Ask her."', {
			saw: { memories: [memory('host', 'Ada suspects Edda.', 2)] },
			word: edda('"Do not ask me."', {
				saw: { edges: [edge('guest', 'you', -3, 0, 'She was accused.')], minutes: 40 },
				moves: { planned: [plan('Have it out with Edda', 10)] }
			})
		}),
		mara('"Who knows."', { saw: { edges: [edge('host', 'you', 1, 0, 'She did not press.')] } })
	]),
	turn(
		4,
		'Edda is quiet today, Mara.',
		// Mara is named second, and Edda first
		edda('"I am listening."', {
			word: mara('"She always is."', {
				saw: {
					edges: [edge('guest', 'host', -2, -1, 'She was talked about.')],
					memories: [memory('guest', 'Mara counts on my silence.', 1, ['guest'])]
				}
			})
		})
	),
	turn(
		5,
		'Mara, what about supper?',
		mara('"At the inn, at a quarter past seven."', {
			saw: { minutes: 10 },
			moves: { planned: [plan('Supper at the inn', 600)] }
		})
	),
	turn(
		6,
		'Edda, what have you there?',
		edda('*She puts a paper away.* "Nothing."', {
			saw: {
				edges: [edge('guest', 'you', 2, 2, 'She let it be.')],
				memories: [
					memory('you', 'Edda hides a letter.', 1, ['you', 'guest']),
					memory('guest', 'Ada saw me hide a letter.', 1, ['guest'])
				]
			}
		})
	),
	turn(7, 'Mara, where was the key?', mara('"Under the mat, where Edda left it."', { garbles: 'observer' })),
	turn(
		8,
		'The lamp flickers.',
		mara('*She kneels by the lamp.* "The wick. It wants mending."', {
			saw: { activities: [doing('host', null, 'kneeling', 'trimming the wick')] },
			moves: { planned: [plan('Mend the lamp', null)] }
		})
	),
	turn(
		9,
		'I hold the light for you.',
		mara('"Closer." *She begins.*', { saw: { minutes: 20 }, moves: { started: ['Mend the lamp'] } })
	),
	turn(10, 'How did you learn that?', mara('"My father taught me, the winter he', { stop: 'words' })),
	turn(11, 'And the weather?', mara('"The fog is going. Thin rain now."', { saw: { weather: 'thin rain' } })),
	turn(
		12,
		'Is it done?',
		mara('"It burns." *It does.*', { saw: { minutes: 30 }, moves: { completed: ['Mend the lamp'] } })
	),
	turn(
		13,
		'What is on the island?',
		mara('"We could row there within the hour."', { moves: { planned: [plan('Row to the island', 60)] } })
	),
	{ turn: 14, opens: { skip: 'The morning passes.', minutes: 120 }, replies: [mara('"Noon already."')] },
	turn(
		15,
		'Somebody should know of the lamp.',
		mara('"I will write to the harbour master."', { garbles: 'transitions' })
	),
	turn(
		16,
		'Shall we go down?',
		mara('*They all go down.* "Mind your head."', { saw: { place: 'The cellar', minutes: 5 } })
	),
	turn(
		17,
		'It smells of oil.',
		mara('"Barrels of it."', {
			stop: 'observer',
			saw: { edges: [edge('host', 'you', 9, 9, 'Never counted.')] }
		})
	),
	turn(
		18,
		'You look after all of this alone?',
		mara('"Edda helps when she likes."', {
			saw: {
				edges: [
					edge('you', 'host', 4, 3, 'She keeps it all going.'),
					edge('host', 'guest', -1, 0, 'She helps when she likes.')
				]
			}
		})
	),
	turn(
		19,
		'I see.',
		mara('"Do you?"'),
		{ does: 'forget', memory: 'Ada came up in the fog.' },
		{ does: 'pin', memory: 'Edda hides a letter.' }
	),
	turn(
		20,
		'Edda helps me too, Mara.',
		edda('"Somebody must."', {
			saw: { minutes: 10 },
			word: mara('"That is true enough."', {
				saw: { edges: [edge('guest', 'host', 1, 1, 'She owned to it.')] }
			})
		})
	),

	turn(
		21,
		'Mara, when do we go?',
		mara('*By evening they sit at the inn.*', {
			saw: { place: 'The inn', minutes: 300, skip: 'By evening they sit at the inn.' }
		})
	),
	turn(22, 'A full house.', mara('"It is the rain."'), {
		does: 'retry',
		turn: 7,
		saw: {
			memories: [memory('host', 'The key was under the mat.', 2)],
			edges: [edge('host', 'guest', 3, 2, 'She left the key.')],
			// about then, and no longer about now
			place: 'The attic',
			minutes: 500,
			activities: [doing('host', 'The attic', 'sleeping', '')]
		}
	}),
	turn(
		23,
		'Where is Edda going?',
		edda('*She takes her coat.* "To the harbour."', {
			saw: { activities: [doing('guest', 'The harbour', 'walking', 'looking for a boat')] }
		})
	),
	turn(
		24,
		'Will she be back?',
		mara('"You would not go after her. Not by sea."', {
			saw: { memories: [memory('host', 'Ada is afraid of the sea.', 1, ['you', 'host'])] }
		}),
		{
			does: 'retry',
			turn: 15,
			moves: { planned: [plan('Write to the harbour master', 100)], started: ['Supper at the inn'] }
		}
	),
	turn(
		25,
		'She might have said goodbye.',
		mara('"She never does."', { saw: { edges: [edge('you', 'guest', -2, -2, 'She left without a word.')] } })
	),
	turn(26, 'What was in the letter?', [
		mara('"Burn it when you find it."', { moves: { planned: [plan('Burn the letter', 20)] } }),
		mara('"What letter?"', { note: 'She knows nothing of it.' })
	]),
	turn(27, 'I say nothing.', [
		mara('"Silent, then."', { saw: { edges: [edge('host', 'you', -4, 0, 'She would not talk.')] } }),
		mara('"She grew up here."', { instead: 'I ask where Mara met her.' })
	]),
	turn(28, 'Here is the soup.', mara('"At last."', { saw: { minutes: 30 } })),
	{
		turn: 29,
		opens: {
			meanwhile: 'Meanwhile, on the quay.',
			place: 'The harbour',
			digest: 'Mara and Edda quarrelled on the quay about a letter.',
			remembered: [
				['host', 'I asked Edda for the letter.', 2],
				['guest', 'I kept the letter.', 2]
			]
		},
		replies: [
			mara('"Give it to me."', {
				saw: { memories: [memory('guest', 'Mara asked for the letter on the quay.', 1, ['host', 'guest'])] }
			}),
			edda('"It is mine."', {
				saw: { edges: [edge('guest', 'host', -4, -5, 'She asked for what is not hers.')], minutes: 90 }
			})
		]
	},
	turn(
		30,
		'That was good.',
		mara('"It was." *The plates are carried off.*', {
			saw: { minutes: 60 },
			moves: { completed: ['Supper at the inn'] }
		})
	),
	turn(
		31,
		'There is a boat gone. I would row after her.',
		mara('"Hers. And you, in a boat?"', {
			saw: {
				threads_opened: ['Where did Edda row to?'],
				// asked while Edda is away: what not all who are there may know, a classifier is not told of
				revise: [{ memory: 'Ada is afraid of the sea.', text: 'Ada was afraid of the sea.' }]
			}
		})
	),
	turn(
		32,
		'I knock over a cup.',
		mara('"My mother’s cup!"', { saw: { edges: [edge('host', 'you', -6, -6, 'A cup broke.')] } }),
		{ does: 'undo', kind: 'edge_update' }
	),
	{ turn: 33, opens: { skip: 'The next morning.', to: 1980 }, replies: [mara('"You slept."')] },
	turn(
		34,
		'I feel hot.',
		mara('"I will fetch the doctor, in half an hour."', {
			moves: { planned: [plan('Fetch the doctor', 30)] }
		})
	),
	turn(35, 'No need.', mara('"As you like."', { moves: { cancelled: ['Fetch the doctor'] } })),
	turn(36, 'I lie down again.', mara('*Two hours go by.*', { saw: { minutes: 130 } })),
	turn(37, 'Did anybody come?', mara('"Nobody."'), { does: 'remember', text: 'The doctor never came.' }),
	turn(
		38,
		'Let us look for her.',
		mara('*They walk down.* "Never mind the doctor. There she is."', {
			saw: { place: 'The harbour', forget: ['The doctor never came.'] }
		})
	),
	turn(
		39,
		'Edda, where is the letter?',
		edda('"Gone."', {
			saw: {
				edges: [edge('guest', 'you', 1, -2, 'She asked outright.')],
				memories: [memory('guest', 'I burned the letter by night.', 3, ['guest'])]
			}
		})
	),
	// Stop while Edda puts in a word: it stands as far as it came, and nothing is made of it
	turn(
		40,
		'Mara, do you believe that?',
		mara('"No."', {
			word: edda('"Believe what you', {
				stop: 'words',
				saw: { edges: [edge('guest', 'host', -9, -9, 'Never counted.')] }
			})
		})
	),
	turn(
		41,
		'Edda, say it again: where is the letter?',
		edda('"Gone, I said."', {
			word: mara('"You were never a liar before."', {
				saw: { edges: [edge('host', 'guest', -3, -4, 'She lies.')] }
			})
		})
	),
	turn(42, 'Mara, I went in the water today.', mara('"You are not afraid any more."')),
	turn(
		43,
		'Then let us sail.',
		mara('"In two hours, with the tide."', { moves: { planned: [plan('Sail to the bay', 120)] } })
	),
	turn(
		44,
		'I cast off.',
		mara('"Steady."', { saw: { minutes: 100 }, moves: { started: ['Sail to the bay'] } })
	),
	turn(
		45,
		'Mara, this is wonderful!',
		mara('*She laughs.*', { saw: { edges: [edge('you', 'host', 50, 0, 'She laughed.')] } })
	),
	turn(
		46,
		'So who lit the lamp?',
		mara('"I did, in my sleep."', { saw: { threads_closed: ['Who lit the lamp before dawn?'] } })
	),
	turn(47, 'Look, blue sky.', mara('"Clear to the edge."', { saw: { weather: 'clear' } })),
	turn(
		48,
		'Is that the bay?',
		mara('"That is the bay."', { saw: { minutes: 60 }, moves: { completed: ['Sail to the bay'] } })
	),
	turn(49, 'It looks like another one.', mara('"You are right, it is the next."'), {
		does: 'revert',
		event: 'Sail to the bay'
	}),
	turn(50, 'Now?', mara('"Now."', { saw: { minutes: 10 }, moves: { completed: ['Sail to the bay'] } })),
	turn(
		51,
		'Was it worth it?',
		['"Yes."', '"It was."', '"Every mile."', '"Ask me tomorrow."'].map((says) =>
			mara(says, { saw: { edges: [edge('host', 'you', 1, 0, 'She asked.')] } })
		)
	),
	turn(
		52,
		'And Edda?',
		[
			edda('"I would go again."', { saw: { edges: [edge('host', 'guest', 2, 0, 'She would go again.')] } }),
			edda('"Never again."', { saw: { edges: [edge('host', 'guest', 7, 0, 'An honest word.')] } })
		],
		{ does: 'choose', reply: 0 }
	),
	turn(53, 'Mara, what now?', mara('"Now we light the great lamp."')),
	turn(
		54,
		'The great lamp?',
		mara('"One day."', { moves: { planned: [plan('Light the great lamp', null)] } })
	),
	turn(55, 'I would like to see that.', mara('"You will."')),
	turn(56, 'I never was ill, was I?', mara('"No."')),
	turn(
		57,
		'The wind turns.',
		mara('*She stands and looks up.*', {
			saw: { activities: [doing('host', null, 'standing', 'watching the sails')] }
		})
	),
	turn(58, 'Home?', mara('"Home."')),
	turn(59, 'I take the helm.', mara('"Hold her so."')),
	turn(
		60,
		'Like this?',
		mara('"Like that."', { saw: { minutes: 15, edges: [edge('guest', 'you', 2, 1, 'She steers well.')] } })
	)
];
