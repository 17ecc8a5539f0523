// The demo storyteller's lines beside the main reply: interjections, scenes without the player, and their digests. Written for Stet.
//
// Placeholders as in the prose (`demo-lines.ts`), and {Bot} {You}, and {other} {Other}: who replied before an interjection, who
// else is in a scene.
import type { Phrases } from './demo-lines.ts';

/** What {bot} does before breaking in. */
export const STIRS: Phrases = {
	joined: ', ',
	firsts: [
		'{Bot} clears a throat nobody had noticed',
		'{Bot} looks up from {thing}',
		'{Bot} raises one finger',
		'{Bot} coughs a laugh',
		'{Bot} leans into the light',
		'{Bot} sets something down too loudly',
		'{Bot} shakes a slow head at {other}',
		'{Bot} stops pretending to be busy',
		'{Bot} comes half a step nearer',
		'{Bot} breathes in through the teeth',
		'{Bot} turns a chair round and sits on it',
		'{Bot} snorts softly'
	],
	seconds: [
		'as if the turn had come at last',
		'with an eye on {you}',
		'like someone who has bet on this',
		'and does not ask for leave',
		'before {other} can go on',
		'and the talk makes way',
		'not quite smiling',
		'with the air of a witness',
		'as one does in one’s own kitchen',
		'and for once means no harm',
		'and {other} sighs, having seen it coming',
		'in the tone of a correction'
	]
};

/** What {bot} says after {other} has replied to {you}. */
export const BREAKS_IN: Phrases = {
	firsts: [
		'{Other} tells it prettier than it was',
		'Forgive me, but I was there',
		'I have been biting my tongue since you came in',
		'Do not let {other} charm you',
		'For once I agree with {other}',
		'Someone should mention {thing}',
		'{Other} always leaves out the same bit',
		'I would not put it like that',
		'Ask {other} about the last time',
		'That is half of it',
		'You have a good ear, {you}',
		'I heard it differently',
		'Before you answer, {you}, count the chairs',
		'There speaks somebody who sleeps well'
	],
	seconds: [
		'it was raining, and nobody came out of it well',
		'the rest of it is still under the boards',
		'I have the mark to show for it',
		'that is all I will say until I am asked',
		'we both know who paid',
		'it costs less to say so now',
		'the dog knew before any of us',
		'I only laugh because it is true',
		'you can have the long version when you have earned it',
		'I would watch the left hand, not the right',
		'no harm was meant, or not much',
		'some doors only look shut',
		'it was my coat, too',
		'there were two of them then',
		'I counted again to be sure',
		'you did not hear it from me',
		'I would do it the same way again',
		'it is kinder than the other story',
		'nobody ever asks the one by the wall',
		'now you may both go on'
	]
};

/** What {bot} does in a scene without {you}. */
export const APART_DOES: Phrases = {
	joined: ', ',
	firsts: [
		'{Bot} checks that the door is shut',
		'{Bot} lets the face go tired',
		'{Bot} hands {thing} across',
		'{Bot} looks back the way they came',
		'{Bot} walks to the edge and returns',
		'{Bot} pulls a collar closer',
		'{Bot} takes a while to begin',
		'{Bot} kicks a pebble and listens where it goes',
		'{Bot} sits down heavily',
		'{Bot} holds a hand out flat to feel the air',
		'{Bot} unties a knot that was holding well',
		'{Bot} puts out the nearer light'
	],
	seconds: [
		'as one only does among friends',
		'and nobody is there to be brave for',
		'before saying a word',
		'with none of the usual show',
		'like someone off duty',
		'and is in no haste to go back in',
		'and waits for the echo',
		'out of old habit',
		'while something drips, out of sight',
		'and seems smaller for it',
		'the way they used to, years ago',
		'and almost laughs'
	]
};

/** What {bot} says in a scene without {you}. */
export const APART_SAYS: Phrases = {
	firsts: [
		'{You} asks better questions than the last one',
		'I nearly told {you} about {thing}',
		'You saw how {you} looked at it',
		'We cannot keep {you} in the dark for ever',
		'I like {you}, and that is the trouble',
		'You talk too much when {you} is listening',
		'If {you} finds the other half, we are done',
		'I have not slept since {thing} came back',
		'You promised me you had burned it',
		'Somebody has been through {place} before us',
		'They will send for it before long',
		'Say it now, while it is only the two of us',
		'I counted the steps, and there is one too many',
		'You could have warned me'
	],
	seconds: [
		'I will not be the one to say so',
		'you know it as well as I do',
		'that is a door we cannot shut again',
		'it frightens me less than it should',
		'I would rather it came from you',
		'tonight is as good a time as any',
		'we have done worse for less',
		'there is still the other key',
		'nobody writes that kind of thing down',
		'my hands have stopped shaking, at least',
		'we tell it together or not at all',
		'I am too old to run for it',
		'so let us be kind while we can',
		'it was never ours to keep',
		'you would have done the same',
		'give me until the lamp burns down',
		'not a word of it in there',
		'I wanted you to hear it first',
		'it has to be put back before anyone looks',
		'now smile, we are expected'
	]
};

/** What a narrator tells of a scene without {you}. */
export const APART_TOLD: Phrases = {
	firsts: [
		'Nobody in {place} sees {other} look up',
		'{Other} waits where the shadow is deepest',
		'A second set of steps keeps time with {other}',
		'Something shifts its weight at the back of {place}',
		'{Other} finds {thing} not quite where it lay',
		'The wind tries every latch in {place}',
		'A light goes by outside and does not stop',
		'{Other} speaks a name, once, to the empty air',
		'There is a letter under the lamp for {other}',
		'The boards of {place} settle, one after another',
		'{Other} listens until the listening has a sound of its own',
		'From here the others are only voices to {other}'
	],
	seconds: [
		'no one will be told of it tonight',
		'it is over before it can be feared',
		'the dust keeps the mark',
		'that is answer enough',
		'somewhere a hinge agrees',
		'nothing moves after that for a long breath',
		'it will look like chance in the morning',
		'the cold takes note',
		'for a moment two clocks tick as one',
		'the hand that reached out is drawn back',
		'what was decided there stays decided',
		'a door that was open is not',
		'it smells of salt and lamp oil',
		'the thing is done without a witness',
		'even the mice are holding still',
		'then the ordinary sounds return'
	]
};

/** How a digest begins. {bot} and {other} were there. */
export const DIGEST_BEGINS: Phrases = {
	firsts: [
		'{Bot} and {other} had a while to themselves in {place}',
		'{Bot} and {other} spoke low in {place}',
		'Out of your hearing {bot} and {other} stood together in {place}',
		'It was not a long talk that {bot} and {other} had in {place}',
		'{Bot} drew {other} aside in {place}',
		'For once {bot} and {other} did not joke, there in {place}'
	],
	seconds: [
		'neither raised a voice',
		'it was about more than {thing}',
		'not all of it was meant to be kept',
		'they came back quieter than they went',
		'something old was put on the table',
		'they agreed on less than they had hoped'
	]
};

/** How it ends. */
export const DIGEST_ENDS: Phrases = {
	firsts: [
		'Afterwards nothing looked different',
		'It ended there',
		'They left it at that',
		'Then somebody laughed',
		'After it they were slow to come in',
		'No hand was shaken on it'
	],
	seconds: [
		'{thing} had changed pockets',
		'the lamp needed trimming',
		'both of them knew where they stood',
		'it was time to be civil again',
		'the matter of {thing} is not closed',
		'one of them had lied a little'
	]
};

/** What each keeps of the scene, in the first person; {line} is what the other said. */
export const DIGEST_KEPT: Phrases = {
	firsts: [
		'While {you} was elsewhere, {other} said {line}',
		'{Other} and I spoke without {you}, and it came to {line}',
		'What I took from {place} is {other} saying {line}',
		'{Other} would not have said {line} before {you}',
		'{You} knows nothing of {line}, which {other} told me',
		'In {place} it was {other} who said {line}'
	],
	seconds: [
		'I gave my word on it',
		'I do not like what it means for {thing}',
		'we are in it together now',
		'I have not decided whom to tell',
		'it is lighter for being shared',
		'I saw that it was hard to say'
	]
};
