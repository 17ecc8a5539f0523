// The world of a story in English: what turns brought about, and the drawer of the story.
import { plural } from './en-numbers.ts';
import { dayOf, fromTo, hourOf, momentOf, shortSpanOf, spanOf } from './en-story-time.ts';

const signed = (n: number): string => (n > 0 ? `+${String(n)}` : n < 0 ? `−${String(-n)}` : '0');

const list = (items: readonly string[]): string =>
	items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;

export const world = {
	signed,
	list,
	you: 'you',
	youName: 'You',
	/** One who was in the story once and is not known any more. */
	somebody: 'Somebody',
	time: { moment: momentOf, day: dayOf, hour: hourOf, fromTo, span: spanOf, shortSpan: shortSpanOf },

	/** The quiet line under a turn, and the list behind it. */
	effects: {
		provisional: 'Provisional',
		provisionalHelp: 'Provisional until you speak again: another reply would take these back.',
		listLabel: 'What this turn brought about',
		some: 'something changed',
		more: (n: number) => `${String(n)} more`,
		undo: 'Undo',
		undoLabel: (what: string) => `Undo: ${what}`,
		undone: 'Taken back.',
		retry: 'Retry',
		raw: 'What the model answered'
	},

	drawer: {
		close: 'Close',
		labels: { story: 'Around the story', case: 'Around the case' },
		tabs: { now: 'Now', people: 'People', story: 'Story', memory: 'Memory', prompt: 'Prompt', case: 'Case' },
		change: 'Change',
		changeWhat: (what: string) => `Change: ${what}`,
		save: 'Save',
		cancel: 'Cancel',
		add: 'Add',
		none: '—'
	},

	now: {
		when: 'When and where',
		time: 'Time',
		dayField: 'Day',
		hourField: 'Hour',
		later: (minutes: number) => `+ ${shortSpanOf(minutes)}`,
		laterLabel: (minutes: number) => `Let ${spanOf(minutes)} pass`,
		earlier: 'The clock of a story does not go back. Skip to an earlier moment as a flashback instead.',
		tooFar: 'That is more than a month ahead. Skip time instead.',
		weather: 'Weather',
		noWeather: 'No weather yet',
		weatherExample: 'thin rain, wind from the sea',
		anchor: 'When this is',
		place: 'Where',
		noPlace: 'Nowhere in particular',
		since: (moment: string) => `since ${moment}`,
		elsewhere: 'Go elsewhere',
		elsewhereWhere: 'Where to',
		elsewhereHelp: 'A place that is known, or a new one in a few words.',
		go: 'Go there',
		endScene: 'End the scene',
		endSceneYes: 'End it',
		endSceneSummary: 'What stays of it',
		endSceneHelp:
			'In a sentence. Whoever was there from beginning to end is told of it, also when the turns are long past. May stay empty.',
		people: 'Who is here',
		peopleElsewhere: (place: string) => `at ${place}`,
		atRest: 'Nothing noted',
		activityOf: (name: string) => `What ${name} does`,
		activityOfYou: 'What you do',
		whereIs: 'Where',
		withScene: 'Where the scene is',
		posture: 'Posture',
		action: 'Doing',
		attention: 'Attending to',
		mood: 'Mood',
		guest: 'guest',
		invite: 'Invite somebody',
		inviteWhom: 'Whom',
		inviteYes: 'Invite',
		noOthers: 'There is no other bot to invite.',
		makeBot: 'Make one',
		dismiss: 'Let go',
		dismissLabel: (name: string) => `Let ${name} go`,
		invited: (name: string) => `${name} is here.`,
		dismissed: (name: string) => `${name} has gone.`,
		note: 'Author’s note',
		noteHelp: 'The model reads it before every reply. Nobody in the story hears it.',
		noNote: 'None',
		noteExample: 'Slow and quiet; let the sea be heard.',
		more: 'Move the story',
		skip: 'Skip time',
		skipHow: 'How',
		skipLater: 'So much later',
		skipTo: 'To a moment',
		skipAmount: 'How long',
		skipUnits: { minutes: 'minutes', hours: 'hours', days: 'days' },
		skipUnit: 'Unit',
		isFlashback: 'That lies before now: a flashback. The clock goes back for it.',
		/** A skip nobody named. */
		skipSaid: (minutes: number | null, to: number) =>
			minutes === null ? momentOf(to) : `${spanOf(minutes)} later`,
		skipLabel: 'As the story says it',
		skipExample: 'The next morning',
		skipYes: 'Skip',
		skipAnswer: (bot: string) => `Let ${bot} go on from there`,
		meanwhile: 'Meanwhile, elsewhere',
		meanwhileHelp:
			'A scene you are not in. They play it by themselves; you read along and know nothing of it.',
		meanwhileWhere: 'Where',
		meanwhilePlaceExample: 'the harbour',
		meanwhilePremise: 'What it is about',
		meanwhilePremiseExample: 'Ben tries to talk Mara out of it.',
		meanwhileWho: 'Who plays it',
		meanwhileBoth: (host: string, guest: string) => `${host} and ${guest}`,
		meanwhileAlone: (host: string) => `${host} alone, told by a narrator`,
		meanwhileLimit: 'At most so many turns',
		meanwhileYes: 'Begin it',
		keeping: 'How this is kept',
		keepingHelp: 'After each reply the model is asked what changed.',
		classifiers: {
			auto: 'As the model allows',
			separate: 'In separate questions (best)',
			merged: 'In one question (cheaper)',
			off: 'Not at all: I keep it by hand'
		},
		interjections: 'A guest may speak up by themselves'
	},

	places: {
		title: 'Places',
		none: 'None yet. Where the story goes comes here, or name one yourself.',
		change: (name: string) => `Change: ${name}`,
		in: (outer: string) => `in ${outer}`,
		here: 'you are here',
		add: 'Name a place',
		name: 'What it is called',
		nameExample: 'the salt market',
		description: 'What it is like',
		descriptionExample: 'Half the stalls are boarded up; it smells of tar.',
		parent: 'Lies in',
		nowhere: 'No other place'
	},

	people: {
		graph: 'Who feels what about whom',
		key: 'affinity / trust',
		affinity: 'Affinity',
		trust: 'Trust',
		none: 'Nobody feels anything in particular yet. It comes with the story, or set it by hand.',
		neutral: 'nothing in particular',
		feels: (from: string, to: string, affinity: number, trust: number) =>
			`${from} → ${to}: affinity ${signed(affinity)}, trust ${signed(trust)}`,
		why: (reason: string) => `“${reason}”`,
		history: (n: number) => `How it came about (${n.toLocaleString('en')})`,
		historyOf: (from: string, to: string) => `How ${from} → ${to} came about`,
		learned: (facts: readonly string[]) => `Now known: ${facts.join('; ')}`,
		byHand: 'by hand',
		earlier: 'Earlier',
		change: 'Change',
		changeOf: (from: string, to: string) => `Change ${from} → ${to}`,
		changeHelp: 'From −10 to +10, added to what is there.',
		byAffinity: 'Affinity by',
		byTrust: 'Trust by',
		reason: 'Why',
		reasonExample: 'A promise kept.',
		fact: 'What is known of them now',
		factExample: 'Was at the harbour that night.',
		noChange: 'Change at least one of the two, or say what is known now.'
	},

	story: {
		active: 'Under way',
		planned: 'To come',
		events: 'What happens',
		overCount: (n: number) => `Over (${n.toLocaleString('en')})`,
		nothing: 'Nothing is planned. What the story brings up comes here, or plan something yourself.',
		plan: 'Plan something',
		planTitle: 'What',
		planTitleExample: 'Mara opens the letter',
		planKind: 'What kind of thing',
		planKindExample: 'revelation',
		planWhen: 'When',
		planWhenNever: 'Sometime',
		planWhenIn: 'In',
		planYes: 'Plan it',
		planChange: 'Tell otherwise',
		planEdit: (title: string) => `Tell otherwise: ${title}`,
		due: (minutes: number, now: number) =>
			minutes >= now ? `due ${momentOf(minutes)}` : `was due ${momentOf(minutes)}`,
		sometime: 'sometime',
		began: (minutes: number) => `began ${momentOf(minutes)}`,
		ended: (minutes: number) => momentOf(minutes),
		why: (reason: string) => `“${reason}”`,
		status: {
			planned: 'to come',
			active: 'under way',
			completed: 'done',
			cancelled: 'called off',
			expired: 'let pass'
		},
		menu: (title: string) => `What becomes of “${title}”`,
		moves: { active: 'Begins', completed: 'Is done', cancelled: 'Is called off', expired: 'Is let pass' },
		revert: 'Take the last step back',
		threads: 'Loose ends',
		noThreads: 'None. What is left open comes here.',
		threadText: 'What is left open',
		threadExample: 'Who lit the second lamp?',
		threadEdit: (text: string) => `Put otherwise: ${text}`,
		threadClose: 'Tie up',
		threadOutcome: 'How it came out',
		threadOpen: 'Add a loose end',
		threadReopen: 'Open again',
		threadReopenLabel: (text: string) => `Open again: ${text}`,
		closedThreads: (n: number) => `Tied up (${n.toLocaleString('en')})`,
		timeLine: 'Time line',
		timeLineDay: (day: number) => `Day ${day.toLocaleString('en')}`,
		timeLineNow: 'Now',
		timeLineFlashback: (label: string) => `${label} (flashback)`,
		timeLineMeanwhile: (place: string) => `Meanwhile: ${place}`,
		/** Said after what is on the line, where the words alone do not tell. */
		timeLineKinds: {
			scene: '',
			meanwhile: '',
			skip: '',
			flashback: '',
			planned: 'to come',
			started: 'begins',
			completed: 'done',
			now: ''
		},
		/** Below a list of the newest. */
		earlier: (n: number) =>
			`${n.toLocaleString('en')} earlier ${n === 1 ? 'one is' : 'ones are'} not listed.`,
		showAll: (n: number) => `Show all ${n.toLocaleString('en')}`
	},

	memory: {
		search: 'Search what is remembered',
		of: 'Whose',
		everyone: 'Everyone',
		count: (n: number, more: boolean) => `${plural(n, 'memory', 'memories')}${more ? ' and more' : ''}`,
		nothing: 'Nothing is remembered yet. It comes with the story, or write it down yourself.',
		nothingFound: 'Nothing remembered has these words.',
		significance: ['passing', 'ordinary', 'weighty', 'never forgotten'],
		significanceLabel: 'How much it matters',
		owner: 'Who remembers it',
		text: 'What is remembered',
		textExample: 'The stranger asked for the ledger before asking for tea.',
		witnesses: 'Who was there',
		witnessedBy: (names: readonly string[]) => `there: ${list(names)}`,
		write: 'Write one down',
		writeYes: 'Write it down',
		edit: 'Edit',
		pin: 'Pin',
		unpin: 'Unpin',
		pinned: 'Pinned',
		forget: 'Forget',
		forgotten: 'Forgotten.',
		forgottenCount: (n: number) => `Forgotten (${n.toLocaleString('en')})`,
		rememberAgain: 'Remember again',
		rememberAgainLabel: (text: string) => `Remember again: ${text}`,
		rememberedAgain: 'Remembered again.',
		menu: (text: string) => `More for: ${text}`,
		from: {
			story_event: 'from what was planned',
			digest: 'from what happened elsewhere',
			carried: 'from another story'
		},
		fromTurn: 'where it was said',
		more: 'Show more'
	},

	transcript: {
		flashback: 'Flashback',
		letGoOn: (name: string) => `Let ${name} go on`,
		hide: 'Hide from the model',
		unhide: 'Show to the model',
		show: 'Show',
		hidden: 'Hidden: the model does not read this turn.',
		hiddenNote: 'The model does not read that turn any more.',
		shownNote: 'The model reads that turn again.'
	},

	meanwhile: {
		label: 'Meanwhile',
		notHere: 'you are not here',
		at: (place: string) => `Meanwhile, at ${place}`,
		running: (played: number, limit: number) => `${String(played)} of at most ${String(limit)} turns`,
		continue: 'Continue',
		end: 'End it',
		digest: 'While you were away',
		digestHelp: 'You do not know this. Let it be told to you, change how it is told, or keep it secret.',
		accept: 'Let me know it',
		edit: 'Edit first',
		secret: 'Keep it secret',
		digestText: 'What is told',
		change: 'Change how it is told',
		accepted: 'You know it now.',
		keptSecret: 'It stays a secret.',
		wait: 'Elsewhere a scene is being played. End it to come back.'
	},

	/** What is going on, in the composer. */
	stages: {
		remembering: 'Remembering…',
		following: 'Following what was planned…',
		asking: (name: string) => `Asking whether ${name} speaks…`,
		interjecting: (name: string) => `${name} puts in a word…`,
		elsewhere: 'Played elsewhere…',
		digesting: 'Summing up what happened…',
		noting: 'Looking for steps that were tried…'
	},

	speaker: {
		label: 'Who answers',
		byName: 'By name',
		byNameHelp: 'Whoever you address, or spoke to last'
	},

	begin: {
		guest: 'And with',
		noGuest: 'Nobody else',
		more: 'Time and weather',
		time: 'It begins on day 1 at',
		weather: 'Weather',
		weatherExample: 'fog, no wind',
		anchor: 'When this is',
		anchorHelp: 'What the model knows of the time around it.',
		anchorExample: 'The autumn after the war'
	}
};
