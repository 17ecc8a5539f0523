// What the demo storyteller notes of a story: memories, reasons, plans and threads, as halves like those of its prose. Written for Stet.
//
// Placeholders: those of the prose (`demo-lines.ts`), and {Bot} {You}, {other} {Other} for the second bot, {line} for what was
// said in a reply, in quotation marks already. {bot} spoke the reply. Halves avoid pronouns for all three, and naming the hour.
import type { Phrases } from './demo-lines.ts';

/** What may follow anything that is remembered; the owner speaks. */
const KEPT: readonly string[] = [
	'I have decided to believe it',
	'I mean to come back to it',
	'I would not have put it so plainly',
	'it stayed with me longer than it should have',
	'I keep it where nobody looks',
	'I am still not sure what it was meant to cover',
	'something about it was new',
	'I did not show how much it mattered',
	'I felt less alone for it',
	'I would know it again anywhere',
	'I let it pass because the moment was a good one',
	'I kept my answer shorter than my thoughts',
	'it made me want to be braver',
	'I count it among the true things',
	'I turned it over until it was smooth',
	'I owe an answer that I have not given',
	'it changed what I thought I knew',
	'I caught myself smiling afterwards',
	'I put it beside the other things that do not fit yet',
	'I should have asked one thing more',
	'I heard more in it than was said',
	'I mistrusted it for exactly one breath',
	'I would tell it the same way under oath',
	'that is where the story bent a little'
];

/** {bot} remembers a plain sentence of {you}. */
export const KEPT_SAID: Phrases = {
	firsts: [
		'{You} told me {echo}',
		'{echo} is what {you} said to me in {place}',
		'I had {echo} from {you}, word for word',
		'{You} said {echo} and did not take it back',
		'It was {you} who said {echo}',
		'{You} put it to me as {echo}',
		'I can still hear {you} say {echo}',
		'{You} came out with {echo}',
		'Between two silences {you} said {echo}',
		'{echo}, said {you}',
		'With {thing} between us {you} said {echo}',
		'{You} chose the words {echo}'
	],
	seconds: KEPT
};

/** {bot} remembers a question of {you}. */
export const KEPT_ASKED: Phrases = {
	firsts: [
		'{You} asked me {echo}',
		'{You} wanted to know {echo}',
		'The question {you} had for me was {echo}',
		'In {place} {you} asked {echo}',
		'{You} looked at {thing} and asked {echo}',
		'I was asked {echo} by {you}',
		'It was {you} who asked {echo}',
		'{You} could not leave it alone and asked {echo}',
		'Out of nowhere {you} asked {echo}',
		'{You} asked {echo} as though I would know',
		'Nobody but {you} would ask {echo}',
		'{You} made a question of it, {echo}'
	],
	seconds: KEPT
};

/** {bot} remembers something {you} did. */
export const KEPT_DONE: Phrases = {
	firsts: [
		'I saw {you} in {place}, {echo}',
		'{You} did not speak, it was all {echo}',
		'What {you} did was {echo}',
		'I watched {you}, {echo}',
		'{You} answered without a word, {echo}',
		'Where others talk {you} acted, {echo}',
		'I remember {you} like this, {echo}',
		'There was {you}, {echo}',
		'{You} let me see it, {echo}',
		'Beside {thing} stood {you}, {echo}',
		'It was the way {you} did it, {echo}',
		'The picture I have of {you} says {echo}'
	],
	seconds: KEPT
};

/** {bot} remembers that {you} said nothing. */
export const KEPT_SILENT: Phrases = {
	firsts: [
		'{You} said nothing',
		'There was only silence from {you}',
		'{You} let me do the talking',
		'I spoke and {you} kept still',
		'{You} looked at {thing} and was quiet',
		'In {place} {you} left a question of mine lying',
		'{You} answered me with a pause',
		'No word came from {you}',
		'{You} had a word ready and kept it',
		'The quiet between {you} and me went on',
		'{You} waited me out',
		'I got less than a word from {you}'
	],
	seconds: KEPT
};

/** {you} remember what {bot} said. */
export const KEPT_HEARD: Phrases = {
	firsts: [
		'{Bot} told me {line}',
		'I heard {bot} say {line}',
		'What {bot} said to me was {line}',
		'{Bot} let slip {line}',
		'In {place} {bot} said {line}',
		'{line} is how {bot} put it',
		'{Bot} looked up and said {line}',
		'From {bot} I had {line}',
		'It was {bot} who said {line}',
		'{Bot} lowered the voice for {line}',
		'{Bot} held on to {thing} and said {line}',
		'I was there when {bot} said {line}'
	],
	seconds: KEPT
};

/** {other} remembers what {bot} said to {you}. */
export const KEPT_OVERHEARD: Phrases = {
	firsts: [
		'{Bot} answered {you} with {line}',
		'I stood by while {bot} told {you} {line}',
		'To {you}, not to me, {bot} said {line}',
		'I overheard {bot} tell {you} {line}',
		'{Bot} and {you} were talking, and I caught {line}',
		'{Bot} said {line} as if I were not in {place}',
		'{You} got {line} out of {bot}',
		'Before the two of us {bot} said {line}',
		'I was looking at {thing} when {bot} said {line}',
		'{line} was all that {bot} had for {you}',
		'I would have kept quiet, but {bot} said {line}',
		'I noted how {bot} said {line} to {you}'
	],
	seconds: KEPT
};

/** {other} remembers how {bot} broke in. */
export const KEPT_BROKE_IN: Phrases = {
	firsts: [
		'{Bot} broke in with {line}',
		'I had hardly finished when {bot} said {line}',
		'{Bot} could not hold back {line}',
		'Nobody had asked, yet {bot} said {line}',
		'{Bot} put a word in, {line}',
		'From the side came {bot} with {line}',
		'{Bot} added {line} to what I had said',
		'I was corrected by {bot}, {line}',
		'{Bot} took my last word and made it {line}',
		'Over my shoulder {bot} said {line}',
		'{Bot} would not let it rest, {line}',
		'{You} and I both heard {bot} say {line}'
	],
	seconds: KEPT
};

/** {other} remembers what {bot} said where {you} could not hear. */
export const KEPT_APART: Phrases = {
	firsts: [
		'With {you} out of earshot {bot} said {line}',
		'{Bot} waited until {you} could not hear, and said {line}',
		'Between the two of us {bot} said {line}',
		'{You} will not have heard {bot} say {line}',
		'Away from {you}, {bot} owned to it, {line}',
		'In {place} {bot} told me {line}',
		'{Bot} told me what {you} must not know yet, {line}',
		'Only I heard {bot} say {line}',
		'When we were by ourselves {bot} said {line}',
		'{Bot} trusted me with {line}',
		'It took an empty {place} for {bot} to say {line}',
		'What {bot} really thinks is {line}'
	],
	seconds: KEPT
};

/** How a memory is seen anew: put after the old one. */
export const SEEN_ANEW: Phrases = {
	firsts: [
		'looking back',
		'now that I think of it',
		'since then I have wondered',
		'a second look at it',
		'told again to myself',
		'in a better light',
		'with what I know now'
	],
	seconds: [
		'there was more kindness in it than I saw',
		'it was the beginning of something',
		'I was the one who flinched',
		'it was half a joke',
		'I had it the wrong way round',
		'it matters less than I feared',
		'it was meant for somebody else',
		'I would answer differently',
		'it explains {thing}',
		'it was braver than it sounded',
		'nothing in it was by chance',
		'I believed it too quickly'
	]
};

const WARMER: readonly string[] = [
	'that opens a door by a hand’s breadth',
	'it is easier to stand close now',
	'some old caution goes to sleep',
	'the next secret is a little nearer',
	'it will be remembered on a worse day',
	'that weighs more than a promise',
	'there is room for one more at this table',
	'it felt like being handed a lamp',
	'the answer comes quicker next time',
	'that was the right word at the right moment',
	'something that was folded is now smooth',
	'it would be a pity to lose such company',
	'the guard comes down by one notch',
	'it left a warmth behind',
	'they are on the same side of it now',
	'it takes the edge off the waiting'
];

const COOLER: readonly string[] = [
	'a door somewhere closes without a sound',
	'the next word will be weighed first',
	'it will take more than a smile to mend',
	'that goes into the ledger on the wrong side',
	'the distance between two chairs has grown',
	'an old caution wakes again',
	'it left a taste of iron',
	'some things will now be kept back',
	'the warmth goes out of the room',
	'it was heard twice, and worse the second time',
	'nobody likes to be read so badly',
	'it cannot quite be unsaid',
	'the smile that followed was a borrowed one',
	'it is safer to stand nearer the way out',
	'pride has a long memory',
	'it will come up again on a bad day'
];

/** Why {bot} feels otherwise about {you}, by what there was in the words of {you}. */
export const REASONS = {
	thanks: {
		firsts: [
			'{You} said thank you',
			'{You} did not take the help for granted',
			'A thank-you came from {you}',
			'{You} noticed the trouble taken',
			'There was real thanks in what {you} said',
			'{You} was grateful aloud',
			'{You} gives thanks as if it cost something',
			'Thanks came from {you} unasked'
		],
		seconds: WARMER
	},
	please: {
		firsts: [
			'{You} said please',
			'{You} asked politely',
			'There was a please in it from {you}',
			'{You} left room for a no',
			'{You} asked and did not order',
			'It was a request, and {you} made it one',
			'Good manners came with {you}',
			'{You} asked the way one asks a friend'
		],
		seconds: WARMER
	},
	sorry: {
		firsts: [
			'{You} said sorry',
			'An apology came from {you}',
			'{You} owned to it',
			'{You} did not look for an excuse',
			'The sorry of {you} was meant',
			'{You} took the blame without being pushed',
			'It was {you} who gave way first',
			'{You} put the thing right in words'
		],
		seconds: WARMER
	},
	insult: {
		firsts: [
			'{You} was rude',
			'There was spite in what {you} said',
			'{You} meant it to sting',
			'A hard word came from {you}',
			'{You} went for the sore place',
			'{You} spoke as one speaks to a dog',
			'The insult from {you} found its mark',
			'{You} threw words like stones'
		],
		seconds: COOLER
	},
	question: {
		firsts: [
			'{You} wanted to know, and listened',
			'{You} asked instead of guessing',
			'The question from {you} was an honest one',
			'{You} was curious about the right thing',
			'{You} did not pretend to know',
			'It was a good question of {you}',
			'{You} asked what others step around',
			'{You} asked, and could wait for the answer'
		],
		seconds: WARMER
	},
	prying: {
		firsts: [
			'{You} asked one thing too many',
			'The question from {you} came too close',
			'{You} pried',
			'{You} asked it like a clerk with a form',
			'{You} knew the answer before asking',
			'It was a question with a hook, and {you} held the line',
			'{You} asked where a silence was owed',
			'{You} would not leave the matter alone'
		],
		seconds: COOLER
	},
	warm: {
		firsts: [
			'{You} stayed, and said so plainly',
			'{You} did not look away',
			'There was nothing false in {you}',
			'{You} met the story halfway',
			'{You} handled {thing} with care',
			'{You} let the other finish',
			'{You} trusted {bot} with something small',
			'It was good to have {you} in {place}'
		],
		seconds: WARMER
	},
	cool: {
		firsts: [
			'{You} was somewhere else in thought',
			'{You} kept something back',
			'{You} stepped over what was offered',
			'The answer of {you} was half of one',
			'{You} looked at {thing} too long',
			'{You} was quicker than was kind',
			'{You} gave nothing in return',
			'It was not what {bot} had hoped of {you}'
		],
		seconds: COOLER
	}
} as const satisfies Readonly<Record<string, Phrases>>;

/** Why {other}, who listened, feels otherwise about {you}. */
export const REASONS_LISTENING: Phrases = {
	firsts: [
		'{Other} watched {you} with {bot}',
		'From the side {you} looked at ease',
		'{Other} had expected less of {you}',
		'{You} left {other} a place in the talk',
		'{Other} heard how {you} spoke to {bot}',
		'{You} does not talk differently when watched',
		'{Other} caught an honest look from {you}',
		'{You} did not forget that {other} was there'
	],
	seconds: WARMER
};

/** Why {you} feel otherwise about {bot}. */
export const REASONS_YOURS: Phrases = {
	firsts: [
		'{Bot} answered instead of turning away',
		'{Bot} took the words up and kept them',
		'{Bot} let something slip that was true',
		'{Bot} made room in {place}',
		'{Bot} shared more than was asked for',
		'{Bot} did not hurry the moment',
		'{Bot} spoke of {thing} without being made to',
		'{Bot} looked up and meant it'
	],
	seconds: WARMER
};

/** Why {other} feels otherwise about {bot}, who broke in or spoke apart. */
export const REASONS_BETWEEN: Phrases = {
	firsts: [
		'{Bot} said it to the face of {other}',
		'{Bot} speaks up when it counts',
		'{Other} had been thinking the same as {bot}',
		'{Bot} knows how to place a word',
		'{Bot} said in a breath what {other} had been going round',
		'{Other} can take a joke from {bot}',
		'{Bot} stood by {other} in it',
		'{Other} and {bot} have said worse to each other'
	],
	seconds: WARMER
};

/** Why {other} feels otherwise about {bot} after what {bot} said where {you} could not hear. */
export const REASONS_APART: Phrases = {
	firsts: [
		'{Bot} said {line} where {you} could not hear',
		'{Bot} trusted {other} with {line}',
		'It was to {other} alone that {bot} said {line}',
		'{Bot} did not have to say {line}',
		'{Other} heard {line} from {bot} first',
		'With nobody to please {bot} said {line}',
		'{Bot} owned to it, {line}',
		'{Other} believed {bot} when it came to {line}'
	],
	seconds: WARMER
};

/** What {bot} now knows of {you}. */
export const LEARNT: Phrases = {
	firsts: [
		'{You} is one to say {echo}',
		'{You} can say {echo} and mean it',
		'{echo} is a sentence {you} would stand by',
		'{You} is not afraid of {echo}',
		'{You} thinks in words like {echo}',
		'{You} will remember having said {echo}'
	],
	seconds: [
		'has not changed since',
		'does not waste words',
		'likes to be believed',
		'waits for the answer',
		'notices small things',
		'keeps a straight face',
		'would rather act than wait',
		'is listening for something'
	]
};

/** Why a silent witness speaks. {other} is the witness, {bot} replied. */
export const WHY_SPEAKS: Phrases = {
	firsts: [
		'{Other} has held back long enough',
		'What {bot} said leaves out the best part',
		'{Other} knows more about {thing} than {bot} does',
		'{Bot} paused, and {other} is not one to leave a pause alone',
		'{Other} would rather be asked, but nobody asks',
		'{Other} was there when it happened',
		'The talk has come round to something {other} cares about',
		'{Other} cannot let {bot} have the last word'
	],
	seconds: [
		'a word is on the way',
		'it has to be now',
		'a small one will do',
		'the moment is right',
		'{you} ought to hear it',
		'silence would look like agreement',
		'somebody has to say it',
		'the look on the face says it already',
		'it will only take a breath',
		'it would be a shame to keep it',
		'{place} is quiet enough for it',
		'it has been waiting all along',
		'there is a better way to tell it',
		'the others have left a gap',
		'it may help',
		'it is half out already'
	]
};

/** Why one who was named speaks. */
export const WHY_NAMED: Phrases = {
	firsts: [
		'{Other} was named',
		'The name {other} was spoken',
		'{Other} heard that name',
		'It was said to {other} as well',
		'{Other} was called on',
		'The talk turned to {other}',
		'{Other} was meant',
		'Somebody said {other}'
	],
	seconds: WHY_SPEAKS.seconds
};

/** Why a silent witness stays silent. */
export const WHY_SILENT: Phrases = {
	firsts: [
		'{Other} listens',
		'{Other} has nothing to add yet',
		'This is between {you} and {bot}',
		'{Other} is busy with {thing}',
		'{Other} lets {bot} have this one',
		'{Other} is waiting for something else',
		'{Other} looks away',
		'{Other} would only repeat what was said'
	],
	seconds: [
		'the quiet is a friendly one',
		'it can wait',
		'a nod says enough',
		'nothing is lost by it',
		'the answer stands well without help',
		'there will be a better moment',
		'curiosity wins over pride',
		'the thought is not finished',
		'it would come out wrong',
		'no one is waiting for it',
		'{place} has heard enough voices',
		'the story is in good hands',
		'one ear is enough for this',
		'somebody should keep watch',
		'the joke can be saved for later',
		'it is pleasant to be no part of it'
	]
};

/** Loose ends. */
export const THREADS: readonly [string, ...string[]] = [
	'Who had {thing} before',
	'Why {bot} will not talk about last winter',
	'What was under the floor of {place}',
	'Whose footsteps those were',
	'What the chalked number means',
	'Who keeps lighting that far window',
	'Why {thing} is warm to the touch',
	'What {you} did not say',
	'Where the second way out leads',
	'Whose name was scratched into {thing}',
	'Who wrote the folded note',
	'What the half-finished game was about',
	'Why the dog follows {you}',
	'Who taught {bot} that old tune',
	'What is kept in the locked drawer',
	'Why the bell rang once too often',
	'Who else knows about {thing}',
	'What {bot} promised, and to whom',
	'How {place} came by its name',
	'Who left before anyone else arrived',
	'What the third feather was for',
	'Whether {bot} has met {you} before',
	'Why nobody sits in that chair',
	'What was traded for {thing}'
];

/** What is planned, and of what kind. Whoever speaks, the thing of the chat is never far. */
type Plan = readonly [kind: string, title: string];
export const PLANS: readonly [Plan, ...Plan[]] = [
	['question', 'Find out what {thing} is for'],
	['errand', 'Take {thing} back to where it belongs'],
	['promise', '{Bot} tells the true story of {thing}'],
	['meeting', 'Meet whoever is looking for {thing}'],
	['search', 'Search {place} for what goes with {thing}'],
	['question', 'Learn whose mark is on {thing}'],
	['errand', 'Hide {thing} before anyone asks'],
	['promise', '{Bot} and {you} swear to keep quiet about {thing}'],
	['meeting', 'Show {thing} to someone who would know'],
	['search', 'Follow the trail that {thing} points to'],
	['question', 'Ask {bot} where {thing} was that winter'],
	['errand', 'Have {thing} mended'],
	['promise', '{You} decides what becomes of {thing}'],
	['meeting', 'Wait for the stranger who left {thing}'],
	['search', 'Look for the twin of {thing}'],
	['question', 'Settle whether {thing} was stolen'],
	['errand', 'Trade {thing} for an answer'],
	['promise', '{Bot} lets {you} hold {thing} for an hour'],
	['meeting', 'Bring {thing} to the one it was made for'],
	['search', 'Get into the room that {thing} belongs to'],
	['question', 'Work out who is afraid of {thing}'],
	['errand', 'Copy the sign on {thing} before it fades'],
	['promise', '{You} gives {thing} a name'],
	['meeting', 'Drink to the one who lost {thing}']
];

/** What is said of time that was passed over. */
export const SKIPS: readonly [string, ...string[]] = [
	'Some hours later, with nothing settled and everybody calmer',
	'Later, when the lamps have been trimmed twice',
	'A long while after, and the tea has gone cold',
	'Much later, with stiff knees and a better mood',
	'After a sleep that nobody meant to take',
	'When the talk has run dry and come back again',
	'A good stretch of time on, the same company',
	'Later than anyone would have guessed',
	'After a meal that was mostly bread',
	'Once the noise outside has moved on',
	'Several hours and one argument later',
	'When the light has gone all the way round',
	'After the waiting that had to be done',
	'A slow turn of the clock later',
	'When the errand is over and the coats are hung up',
	'After a silence that was longer than it felt',
	'By the time the candle is a finger shorter',
	'A while on, with {thing} still where it was',
	'When everyone has had an hour alone',
	'After nothing much, which took a long time'
];

export const WEATHERS: readonly string[] = [
	'thin rain',
	'fog, coming and going',
	'clear and very still',
	'a wind that cannot make up its mind',
	'low cloud',
	'sun through haze',
	'a hard, bright cold',
	'far-off thunder',
	'drizzle',
	'warm and close',
	'gusts, with rain in them',
	'a washed-clean sky'
];

/** What somebody is at: posture, action, attention and mood. */
export const POSTURES: readonly string[] = [
	'sitting',
	'standing',
	'leaning on the wall',
	'on one knee',
	'half turned away',
	'perched on an edge',
	'bent over {thing}',
	'arms folded',
	'pacing',
	'sitting up straight'
];
export const ACTIONS: readonly string[] = [
	'turning {thing} over',
	'listening',
	'drawing lines in the dust',
	'counting under the breath',
	'warming both hands',
	'mending a strap',
	'looking for a match',
	'keeping an eye on the way in',
	'humming',
	'making room',
	'writing something down',
	'doing nothing, carefully'
];
export const ATTENTIONS: readonly string[] = [
	'{you}',
	'{thing}',
	'the far side of {place}',
	'what was just said',
	'a sound nobody else hears',
	'the way out',
	'an old thought',
	'the time'
];
export const MOODS: readonly string[] = [
	'curious',
	'wary',
	'amused',
	'calm',
	'a little sad',
	'restless',
	'hopeful',
	'stubborn',
	'tender',
	'on edge',
	'pleased',
	'thoughtful'
];
