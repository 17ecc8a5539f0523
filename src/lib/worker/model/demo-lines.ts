// The demo storyteller's stock of phrases: pairs of halves, any first with any second. Written for Stet.
//
// Placeholders: {bot} {you} {place} {Place} {thing} {Thing} {echo}. Halves avoid pronouns for {bot}, because nothing is known
// about who that is, and avoid naming the hour or the weather outside, because the story keeps its own.

/** Two lists of halves that make one sentence: every first goes with every second. */
export interface Phrases {
	readonly firsts: readonly string[];
	readonly seconds: readonly string[];
	/** What stands between them where it is not a comma and “and”. */
	readonly joined?: string;
}

/** One of these runs through a whole chat. */
export const THINGS: readonly string[] = [
	'the brass key',
	'the blue envelope',
	'the cracked lantern',
	'the tin whistle',
	'the folded map',
	'the red umbrella',
	'the chipped teacup',
	'the pocket mirror',
	'the wooden bird',
	'the old compass',
	'the glass marble',
	'the silver spoon'
];

/** What {bot} does. */
export const GESTURE: Phrases = {
	firsts: [
		'{bot} leans against the nearest thing that will hold',
		'{bot} goes very still for the length of a breath',
		'{bot} laughs, short and surprised',
		'{bot} looks at {thing} instead of at you',
		'{bot} listens with a slow tilt of the head',
		'{bot} draws a line in the dust with one fingertip',
		'{bot} counts something off on three fingers',
		'{bot} lets a long breath go',
		'{bot} steps half a pace closer',
		'{bot} turns {thing} over once',
		'{bot} smiles at nothing in particular',
		'{bot} worries a loose thread',
		'{bot} glances back over one shoulder',
		'{bot} sits down on the first thing that will bear the weight',
		'{bot} lifts an open hand',
		'{bot} studies your face',
		'{bot} taps {thing} twice',
		'{bot} hums two notes of an old tune',
		'{bot} stops in the middle of a step',
		'{bot} moves over to make room for you',
		'{bot} rubs both hands together',
		'{bot} presses a thumb to {thing}',
		'{bot} almost speaks',
		'{bot} straightens up',
		'{bot} walks a small circle'
	],
	seconds: [
		'the way people do when a door opens somewhere behind them',
		'as if the next word had to come out of a very small box',
		'with the care of somebody carrying a full cup',
		'and the silence that follows is a friendly one',
		'and for a moment looks years younger',
		'like someone who has just remembered an errand',
		'and stays like that, listening',
		'with half an eye on the way out',
		'as though the two of you had agreed on this long ago',
		'more slowly than before',
		'and somewhere out of sight something small takes fright',
		'with the patience of a tide',
		'and takes no trouble to hide it',
		'as if the air had a grain to it, like wood',
		'and you can all but hear the decision being made',
		'in no hurry at all',
		'and the light picks that moment to shift',
		'the way a card player shows an empty sleeve',
		'with a seriousness that does not quite hold',
		'and gives you the smallest of nods',
		'as if somebody had asked for quiet',
		'and it changes the shape of the silence',
		'like a swimmer before cold water',
		'and you catch yourself doing the same'
	]
};

/** What {bot} says to a plain sentence of yours. {echo} is in quotation marks already. */
export const ECHO_SAID: Phrases = {
	firsts: [
		'You say {echo}',
		'{echo}, you tell me',
		'I heard {echo}',
		'So it is {echo}',
		'I will write {echo} down somewhere safe',
		'Nobody here has said {echo} in years',
		'{echo} is what you bring me',
		'You set {echo} down between us',
		'I have been turning {echo} over',
		'Let it be {echo}, then',
		'You hand me {echo} like a coin',
		'I could live inside {echo} for an hour',
		'Of all things you choose {echo}',
		'I catch {echo} and hold it up to the light'
	],
	seconds: [
		'I would rather hear it twice than not at all',
		'something in me sits down to listen',
		'I am not going to pretend it changes nothing',
		'that may be the bravest thing anyone has done today',
		'my first thought is not the one I will tell you',
		'I can feel the story change its footing',
		'I do not believe it came out by accident',
		'I would know that tone anywhere',
		'it lands closer than you meant it to',
		'half of me wants to run with it',
		'the old rule is that I must answer in kind',
		'I have waited for it longer than I like to admit',
		'now I owe you something true',
		'it makes everything before it look small',
		'I notice that you did not look away',
		'there goes my plan for a quiet hour',
		'you may want to stand closer for what comes next',
		'I had a clever reply until just now',
		'I think {thing} heard it too',
		'somewhere a clock agrees with you',
		'we both know it does not end there',
		'I am keeping the sound of it',
		'whoever is listening will have to make do with that',
		'I like you better for it'
	]
};

/** What {bot} says to a question of yours. */
export const ECHO_ASKED: Phrases = {
	firsts: [
		'You ask me {echo}',
		'{echo} is a fair thing to ask',
		'I was hoping nobody would ask {echo}',
		'Sooner or later everyone asks me {echo}',
		'You come straight out with {echo}',
		'The honest answer to {echo} is a short one',
		'I asked {echo} myself, once',
		'There are two answers to {echo}',
		'I lie awake over {echo}',
		'{echo} is the right door to knock on',
		'Nobody answered me either when I asked {echo}',
		'I have half an answer to {echo}',
		'Trust you to start with {echo}'
	],
	seconds: ECHO_SAID.seconds
};

/** What {bot} says when you act instead of speaking. */
export const ECHO_DONE: Phrases = {
	firsts: [
		'If this were a play the page would say {echo}',
		'I will remember it written down as {echo}',
		'The stage direction reads {echo}',
		'Anyone watching would note {echo}',
		'Your answer today is {echo}',
		'I saw all of it, {echo} and the look that went with it',
		'Some people talk, but with you it is {echo}',
		'So that is how it goes, {echo}',
		'You let {echo} stand for the rest',
		'I read {echo} the way others read a letter',
		'It says {echo} in your face as well',
		'No speech could do what {echo} does'
	],
	seconds: ECHO_SAID.seconds
};

/** What {bot} says when you said nothing that can be repeated. */
export const ECHO_SILENT: Phrases = {
	firsts: [
		'You say nothing',
		'That was a silence with a shape',
		'Silence will do',
		'You let the quiet speak for you',
		'I can work with less than a word',
		'Not every answer needs a mouth',
		'I heard that, all the same',
		'You leave me the talking',
		'There it is, the pause',
		'I have known people who took an hour to say that little',
		'Your quiet is louder than most',
		'Very well, no words'
	],
	seconds: ECHO_SAID.seconds
};

/** What is around you both. */
export const SETTING: Phrases = {
	firsts: [
		'Around you both, {place} carries on in a low voice',
		'The light over {place} has gone the colour of weak tea',
		'{Place} smells of rain that has not come yet',
		'A thin draught finds its way through {place}',
		'Something small falls and rolls, far off in {place}',
		'{Place} makes the noises of a place that thinks it is alone',
		'The shadows in {place} have moved on by a hand’s breadth',
		'For once {place} holds still',
		'From the far side of {place} comes a smell of bread',
		'Somebody has chalked a number by your foot',
		'{Place} seems to have one corner more than before',
		'A moth works its way along the nearest edge',
		'Voices pass at the rim of {place} without stopping',
		'The air tastes of iron and oranges',
		'Dust hangs where the light comes in',
		'A bell starts, somewhere past {place}',
		'Surely {place} is older than it looks from here',
		'Water is running somewhere under {place}',
		'The quiet in {place} has a seam in it',
		'Salt has dried in white lines along the nearest edge',
		'Someone has left a game of stones half finished beside you',
		'A warmth with no fire to it comes up from below',
		'Three feathers lie in a row, too neat to be chance'
	],
	seconds: [
		'nobody seems to mind',
		'you could set a watch by it',
		'your sleeves have begun to smell of cloves',
		'every sound arrives a little late',
		'for a while nothing is asked of either of you',
		'{bot} notices you noticing',
		'this would be a good spot to keep a secret',
		'the chill takes a polite step back',
		'the waiting gets easier',
		'you both lower your voices without deciding to',
		'the colour goes out of the far end first',
		'it would be easy to miss',
		'a single leaf turns over, as if to see the other side',
		'under it all runs a sound almost like your name',
		'the distance between here and there grows shorter',
		'a thin gold line creeps along the edge of things',
		'the stillness settles over you like a second coat',
		'you will remember it later without knowing why',
		'time does that trick of folding',
		'the hour forgets what it was in the middle of',
		'{bot} takes it for a good sign',
		'the air has a trace of pencil shavings',
		'nothing is in a hurry',
		'somewhere a kettle is being filled'
	]
};

/** Something happens. */
export const EVENT: Phrases = {
	firsts: [
		'There is a knock, three and then one',
		'{Thing} is not where it was a moment ago',
		'A folded note slides into view',
		'A voice counts backwards from ten and stops at four',
		'Every bird in earshot falls silent at once',
		'A cat walks between the two of you with great purpose',
		'The ground gives one polite shiver',
		'Something metal drops and does not bounce',
		'Footsteps halt just short of you',
		'A light comes on where no one was standing',
		'Far off, somebody plays half a scale and gives up',
		'A coin spins on its edge beside {thing}',
		'A line of ants has spelled most of a word',
		'A page from a stranger’s diary blows against your ankle',
		'A rope that hung slack is now tight',
		'Someone calls {bot} by another name',
		'A small brown dog sits down to wait',
		'The nearest shadow arrives before its owner',
		'Whatever it is, it knocks back',
		'A smell of struck matches comes and goes',
		'A second shadow joins the one {thing} throws'
	],
	seconds: [
		'{bot} does not turn round',
		'neither of you reaches for it yet',
		'it takes you both a moment to breathe',
		'{bot} lifts one hand for quiet',
		'it seems to be meant for you',
		'{bot} has gone a shade paler',
		'the moment stretches and does not break',
		'{bot} says a word that is not a polite one',
		'you have met that before, though not here',
		'{bot} looks delighted',
		'it lasts exactly as long as it needs to',
		'{bot} gives you a look that means after you',
		'there is still time to pretend otherwise',
		'nothing explains it',
		'it points, more or less, at you',
		'{bot} counts to four without a sound',
		'the hush after it is full of corners',
		'{bot} shrugs as if this were weather',
		'something has been decided without you',
		'whatever comes next will come from there'
	]
};

/** What {bot} lets slip. */
export const TALE: Phrases = {
	firsts: [
		'The first time I came to {place} I was carrying {thing}',
		'There used to be a name scratched into {thing}',
		'The people who raised me had a word for days like this',
		'I have told this to exactly one other person',
		'They say {thing} was once traded for a boat',
		'I dreamed about {place} before I ever saw it',
		'You should know that {thing} is not really mine',
		'I keep a list of the things I did not say in time',
		'Years ago somebody drew me a map of {place}',
		'I once missed a crossing on purpose because of {thing}',
		'There is a second way out of {place}',
		'I am bad at goodbyes',
		'I have been afraid of {thing} only once',
		'A stranger paid me in buttons to look after {thing}',
		'What I know about {place} would fit on a stamp',
		'I have a theory about people like you',
		'The last one who stood where you stand asked for nothing',
		'I learned to whistle so that somebody would find me',
		'There was a winter when {thing} was all I had',
		'I lie about my birthday',
		'I know who used to light the lamps in {place}',
		'I only meant to stop in {place} for an hour'
	],
	seconds: [
		'and I never found out why',
		'which is more than I have told most people',
		'and I would do it all again',
		'though I tell it differently when it rains',
		'and that is the part people leave out',
		'but that was before you',
		'and somebody still sends me a card about it once a year',
		'so you can guess how I slept',
		'and the funny thing is that it helped',
		'but ask me again when the light is better',
		'and I still have the scar to prove it',
		'which explains the hat, should you ever see the hat',
		'and it cost me a very good pair of boots',
		'though nobody believes the bit with the goat',
		'and I have been polite to crows ever since',
		'so I count the steps now',
		'and after that I spoke to no one for a week',
		'but the ending keeps changing',
		'and it was not even a Tuesday',
		'though I have never said it aloud before',
		'and it is why I always sit facing the way in',
		'so forgive me if I stare',
		'and I have kept the receipt',
		'which is either luck or the other thing'
	]
};

/** What is left to you: always a question. */
export const OPENING: Phrases = {
	firsts: [
		'So tell me, {you}',
		'Before anything else happens',
		'One thing, and then I will stop asking',
		'Your turn, {you}',
		'Be honest with me, {you}',
		'I will trade you a secret for this',
		'Humour me',
		'I have been wanting to ask',
		'Say it quickly, before you think',
		'Between the two of us, {you}',
		'Suppose nobody ever finds out',
		'Choose, {you}',
		'There are no wrong answers',
		'While we still have {place} to ourselves',
		'Keep your voice down and tell me',
		'I know where this could go, so I ask you first',
		'Give me something to work with, {you}',
		'Quick, while {thing} is looking the other way',
		'I promise not to laugh, {you}',
		'It is a small thing to ask'
	],
	seconds: [
		'do we stay, or do we find out what is making that sound',
		'what did you leave behind to be here',
		'which of us goes first',
		'what would you do if {thing} were yours',
		'who taught you to stand like that',
		'shall I open it, or will you',
		'what do you see when you look over there',
		'how far would you follow a light you did not know',
		'what should I call this, if not luck',
		'where does it hurt, if it hurts',
		'do you want the long story or the true one',
		'what is the first thing you would save',
		'did you come for me or for {thing}',
		'what are you not telling me',
		'would you rather be found or be early',
		'which way did you think we would go',
		'what does your gut say about the left-hand way',
		'can you keep walking for one more hour',
		'what do you say we knock',
		'is there somebody waiting for you',
		'what would make this a day worth keeping',
		'do you trust me as far as the corner',
		'what happens now',
		'what did you hear just then'
	]
};
