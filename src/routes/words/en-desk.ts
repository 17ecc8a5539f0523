// The desk in English: members, cases, steps, hand-offs, the queue and its numbers.
import { deskKinds } from './en-desk-history.ts';
import { plural } from './en-numbers.ts';

const MINUTE_MS = 60_000;

/** A stretch of time as a clock on a card shows it: the two largest units at most. */
const span = (ms: number): string => {
	const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
	if (minutes < 1) return 'under a minute';
	if (minutes < 60) return `${String(minutes)} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24)
		return minutes % 60 === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(minutes % 60)} min`;
	const days = Math.floor(hours / 24);
	return hours % 24 === 0
		? plural(days, 'day', 'days')
		: `${plural(days, 'day', 'days')} ${String(hours % 24)} h`;
};

const roles = { member: 'member', engineer: 'engineer', admin: 'admin' } as const;

export const desk = {
	span,
	roles,
	settingsLink: 'Desk settings',

	members: {
		title: 'Who is at the desk',
		help: 'What this tab does at the desk carries the name chosen here. Another tab may be somebody else.',
		none: 'Nobody yet. Say who you are.',
		chooser: (name: string, role: string) => `You act as ${name}, ${role}`,
		choose: 'Say who you are',
		manage: 'People at the desk',
		actAs: (name: string) => `Act as ${name}`,
		here: 'this tab',
		add: 'Add somebody',
		addFirst: 'Begin',
		change: (name: string) => `Change ${name}`,
		name: 'Name',
		role: 'Role',
		roleHelp: {
			member: 'Raises hand-offs, and sees and notes on their own.',
			engineer: 'Watches the queue, picks up and resolves.',
			admin: 'As an engineer, and may act for whoever holds one.'
		},
		retire: 'Leaves the desk',
		retired: (name: string) => `${name} has left the desk. What they did stays theirs.`,
		done: 'Done'
	},

	outcomes: {
		worked: 'worked',
		partly: 'helped partly',
		no_effect: 'no effect',
		made_worse: 'made it worse',
		unknown: 'not known yet'
	},
	priority: (priority: number) => `P${String(priority)}`,
	priorityLabel: (priority: number) =>
		`Priority ${String(priority)} of 4${priority === 1 ? ', the most pressing' : ''}`,
	/** How pressing each is, in a word. */
	pressing: { 1: 'critical', 2: 'high', 3: 'normal', 4: 'low' } as Readonly<Record<number, string>>,
	codes: {
		solved: 'Solved',
		workaround: 'Worked around',
		duplicate: 'Duplicate of another',
		no_problem: 'No problem after all',
		given_up: 'Given up'
	},

	cases: {
		newTitle: 'New case',
		newHelp:
			'You work it with the Copilot. When you are stuck, one key hands it to a colleague with all that is known.',
		title: 'What is wrong',
		titleExample: 'VPN drops every 20 minutes',
		requester: 'Who asks',
		requesterExample: 'Sam Field, branch office',
		asset: 'About what',
		assetExample: 'laptop SF-0412',
		tags: 'Tags',
		tagsHelp: 'Separated by commas.',
		tagsExample: 'vpn, network',
		impact: 'Impact',
		impacts: [
			'Many people or the whole site',
			'A few people, or one who cannot work',
			'One person, who can work'
		],
		urgency: 'Urgency',
		urgencies: ['It cannot wait', 'Soon', 'It can wait'],
		comesTo: 'Priority',
		begin: 'Open the case',
		list: 'Cases',
		filter: 'Which cases',
		filters: { open: 'Open', resolved: 'Resolved', all: 'All' },
		find: 'Find a case',
		narrow: 'Narrow the list',
		narrowLess: 'Show all of them',
		byPriority: 'Of which priority',
		anyPriority: 'Any priority',
		byTag: 'With which tag',
		anyTag: 'Any tag',
		byRequester: 'Asked by whom',
		anyRequester: 'Anybody',
		none: 'No open cases.',
		noneFound: 'No case is like that.',
		more: 'Show more',
		shown: (shown: number, total: number) => `${String(shown)} of ${plural(total, 'case', 'cases')}`,
		steps: (n: number) => plural(n, 'step tried', 'steps tried'),
		states: { open: 'open', resolved: 'resolved' },
		handoff: {
			open: 'waits in the queue',
			snoozed: 'snoozed',
			claimed: 'picked up',
			with_ai: 'back with the AI',
			resolved: 'hand-off resolved',
			withdrawn: 'hand-off withdrawn'
		} as Readonly<Record<string, string>>,
		facts: 'The case',
		changeFacts: 'Change what the case is about',
		nobody: 'Nobody named',
		opened: (by: string, when: string) => `Opened by ${by}, ${when}`,
		reopenedTimes: (n: number) => `reopened ${plural(n, 'time', 'times')}`,
		resolve: 'Resolve the case',
		resolveCode: 'How it ended',
		resolveNote: 'What helped',
		resolveNoteHelp: 'May stay empty. Whoever has the same problem reads it.',
		resolveYes: 'Resolve',
		resolvedBy: (how: string, by: string, when: string) => `${how} · ${by}, ${when}`,
		reopen: 'Reopen',
		reopenWhy: 'Why',
		/** The case and its hand-off end each by itself. */
		handoffStays: {
			claimed: (owner: string) => `${owner} has its hand-off, and goes on having it.`,
			mine: 'You have its hand-off.',
			open: 'Its hand-off waits in the queue, and goes on waiting.'
		},
		handoffToo: { resolve: 'Resolve the hand-off too', withdraw: 'Withdraw the hand-off too' },
		handoffEnd: { resolve: 'Resolve the hand-off', withdraw: 'Withdraw the hand-off' },
		resolvedAlone: 'The case is resolved. Its hand-off is still on.',
		handoffDone: {
			resolve: 'The case is resolved, and its hand-off with it.',
			withdraw: 'The case is resolved, and its hand-off withdrawn.'
		}
	},

	tried: {
		title: 'Tried',
		none: 'Nothing written down yet. T at a turn writes a step down.',
		add: 'Write a step down',
		recordTitle: 'A step that was tried',
		text: 'What was tried',
		outcome: 'What came of it',
		keys: 'Keys 1 to 5 choose, Enter writes it down.',
		save: 'Write it down',
		saved: 'Written down.',
		change: (text: string) => `Change the step: ${text}`,
		remove: 'Remove',
		removed: 'The step is removed.',
		by: (name: string) => `said by ${name}`,
		fromTurn: 'Show the turn',
		proposed: 'Was this tried?',
		proposedHelp: 'Proposed from what was said. It counts once a person says so.',
		accept: 'It was',
		decline: 'No',
		acceptLabel: (text: string) => `It was tried: ${text}`,
		declineLabel: (text: string) => `It was not tried: ${text}`
	},

	raise: {
		escalate: 'Escalate',
		pass: 'Hand over',
		escalateTitle: 'Hand this case to a colleague',
		passTitle: 'Hand this story over',
		reason: 'Why',
		reasons: {
			asked: 'Somebody asked for a person',
			stuck: 'Nothing helps any more',
			policy: 'The AI may not do what is needed',
			risk: 'Going on would be risky'
		},
		priority: 'Priority',
		asTheCase: (priority: number) => `As the case: P${String(priority)}`,
		note: 'A note to whoever picks it up',
		noteHelp: 'May stay empty: what is known goes along by itself.',
		go: 'Raise it now',
		goPass: 'Hand it over now',
		raised: 'It is in the queue, with all that is known.'
	},

	/** How a hand-off stands, for whoever sees the chat. */
	standing: {
		openStory: (since: string) => `Waits for somebody to go on since ${since}`,
		open: (since: string) => `Waits for a colleague since ${since}`,
		snoozed: () => 'Set aside for a while',
		claimed: (_since: string, owner: string) => `${owner} has it`,
		mine: (since: string) => `You have it since ${since}`,
		with_ai: () => 'Handed back to the AI',
		resolved: (since: string, owner: string) =>
			`The hand-off was resolved ${since}${owner === '' ? '' : `: ${owner}`}`,
		withdrawn: () => 'The hand-off was withdrawn',
		openHandoff: 'Open the hand-off',
		nobodyHas: 'Nobody has picked this up yet, and you are at it.'
	},

	keys: {
		title: 'Keys',
		help: 'Single letters do nothing while you type.',
		on: 'Use single-letter keys',
		off: 'Single-letter keys are off.',
		show: 'Keys',
		escalate: 'Hand over',
		step: 'Write the turn in focus down as a step',
		brief: 'Unfold or fold the brief',
		all: 'Show these keys',
		undo: 'Take the last thing back'
	},

	acts: {
		names: {
			pick_up: 'Pick up',
			take_over: 'Take over',
			wake: 'Wake it',
			resolve: 'Resolve',
			return: 'Return',
			hand_back: 'Back to the AI',
			assign: 'Assign',
			snooze: 'Snooze',
			note: 'Note',
			priority: 'Change the priority',
			reopen: 'Reopen',
			withdraw: 'Withdraw',
			send: 'Send as a file'
		},
		titles: {
			resolve: (what: string) => `Resolve “${what}”`,
			return: (what: string) => `Put “${what}” back into the queue`,
			hand_back: (what: string) => `Give “${what}” back to the AI`,
			assign: (what: string) => `Give “${what}” to somebody`,
			snooze: (what: string) => `Let “${what}” sleep`,
			note: (what: string) => `A note on “${what}”`,
			priority: (what: string) => `How pressing is “${what}”?`,
			reopen: (what: string) => `Take “${what}” up again`,
			withdraw: (what: string) => `Withdraw “${what}”`
		},
		done: {
			resolve: (what: string) => `“${what}” is resolved.`,
			return: (what: string) => `“${what}” is back in the queue.`,
			hand_back: (what: string) => `“${what}” is back with the AI, which is told so.`,
			assign: (what: string) => `“${what}” has a new owner.`,
			snooze: (what: string) => `“${what}” sleeps, and comes back by itself.`,
			note: () => 'Your note is there.',
			priority: (what: string) => `The priority of “${what}” is changed.`,
			reopen: (what: string) => `“${what}” waits in the queue again.`,
			withdraw: (what: string) => `“${what}” is withdrawn.`
		},
		texts: {
			resolve: 'What helped',
			return: 'What the next one should know',
			hand_back: 'What the AI should know',
			snooze: 'Why',
			note: 'For colleagues; the AI does not read it',
			priority: 'Why',
			reopen: 'Why',
			withdraw: 'Why'
		},
		/** In a story nothing is solved. */
		storyResolve: 'How the story goes on',
		kept: 'What you write is kept until you send it, whoever owns it meanwhile.',
		why: 'Why',
		returnReasons: {
			not_mine: 'Somebody else knows more of it',
			no_time: 'No time for it now',
			more_needed: 'Something has to be found out first',
			shift_over: 'My shift is over',
			other: 'Something else'
		},
		toWhom: 'To whom',
		choose: 'Choose somebody',
		until: 'Until',
		sleeps: ['For an hour', 'For four hours', 'Until tomorrow, 9:00', 'For a week'],
		more: (what: string) => `More for “${what}”`,
		taken: (what: string) => `You have “${what}”.`,
		undo: 'Undo',
		undone: 'Back in the queue, as if nothing had been.',
		tooLate: (who: string, when: string) => `${who} was first, ${when}. Nothing of yours is lost.`,
		/** A case and its hand-off end each by itself. */
		theCase: {
			too: { resolve: 'Resolve the case too', reopen: 'Reopen the case too' },
			stays: {
				resolve: (what: string) => `“${what}” is resolved. The case itself is still open.`,
				reopen: (what: string) => `“${what}” waits in the queue again. The case itself is still resolved.`
			},
			offer: { resolve: 'Resolve the case', reopen: 'Reopen the case' },
			done: {
				resolve: 'The hand-off is resolved, and the case with it.',
				reopen: 'The hand-off waits in the queue again, and the case is open.'
			}
		},
		/** What somebody wrote and did not send. */
		unsent: {
			title: 'Not sent yet',
			kept: {
				note: 'Your unsent note is kept',
				return: 'Your unsent words to a return are kept',
				resolve: 'Your unsent words to a resolution are kept',
				hand_back: 'Your unsent words to the AI are kept',
				snooze: 'Your unsent reason to set it aside is kept',
				priority: 'Your unsent reason for another priority is kept',
				reopen: 'Your unsent reason to reopen it is kept',
				withdraw: 'Your unsent reason to withdraw it is kept',
				raise: 'Your unsent note to whoever picks it up is kept'
			},
			label: 'What you wrote',
			copy: 'Copy',
			goOn: 'Go on writing',
			asNote: 'Make it a note',
			discard: 'Discard',
			discarded: 'What you wrote is discarded.'
		}
	},

	queue: {
		title: 'Queue',
		/** A page's title, while hand-offs wait. */
		counted: (n: number, title: string) => `(${String(n)}) ${title}`,
		filter: 'Which hand-offs',
		filters: {
			waiting: 'Waiting',
			mine: 'Mine',
			held: 'Picked up',
			snoozed: 'Snoozed',
			with_ai: 'With the AI',
			over: 'Over',
			raised: 'Raised by you'
		},
		nothing: {
			waiting: 'Nobody waits. What is handed on appears here by itself.',
			mine: 'You have none. P in the queue picks one up.',
			held: 'Nobody has any.',
			snoozed: 'None sleeps.',
			with_ai: 'None is back with the AI.',
			over: 'None is over yet.',
			raised: 'You have raised none. Shift+E in a case hands it on.'
		},
		asMember: 'As a member you raise hand-offs and see your own. Engineers and admins pick them up.',
		nobody: 'Say who you are to see the queue.',
		alone: 'Nobody else is watching this queue',
		others: (names: readonly string[]) => `Also here: ${names.join(', ')}`,
		oldest: (ms: number) => `the oldest waits ${span(ms)}`,
		list: 'Hand-offs',
		isNew: (n: number) => `${String(n)} new — show`,
		spoken: (priority: string, what: string, waiting: number) =>
			`New hand-off, ${priority}: ${what}. ${String(waiting)} waiting.`,
		spokenMany: (n: number, waiting: number) => `${String(n)} new hand-offs. ${String(waiting)} waiting.`,
		reasons: { asked: 'a person was asked for', stuck: 'stuck', policy: 'the AI may not', risk: 'risky' },
		intents: { escalate: 'escalated', pass: 'handed over' },
		raisedBy: (name: string) => `by ${name}`,
		waits: (ms: number) => `waits ${span(ms)}`,
		due: (ms: number) => `due in ${span(ms)}`,
		overdue: (ms: number) => `overdue by ${span(ms)}`,
		has: (name: string) => `${name} has it`,
		youHave: 'You have it',
		gone: (name: string) => `${name} had it and left the desk`,
		stale: (ms: number) => `nothing done for ${span(ms)}`,
		wakes: (when: string) => `sleeps until ${when}`,
		states: {
			open: 'waits again',
			snoozed: 'sleeps',
			claimed: 'picked up',
			with_ai: 'back with the AI',
			resolved: 'resolved',
			withdrawn: 'withdrawn'
		},
		notes: (n: number) => plural(n, 'note', 'notes'),
		episode: (n: number) => `raised ${plural(n, 'time', 'times')}`,
		assessed: (traced: number, of: number) => `assessed, ${String(traced)} of ${String(of)} traced`,
		notAssessed: 'facts only',
		assessing: 'an assessment is being written',
		assessmentFailed: 'no assessment came',
		looks: (names: readonly string[]) =>
			names.length === 1 ? `${names[0] ?? ''} looks at it` : `${names.join(', ')} look at it`,
		peek: (what: string) => `Look into “${what}”`,
		open: 'Open the brief',
		more: 'Show more',
		earlier: 'Show what comes before',
		shown: (after: number, last: number, total: number) =>
			`${after === 0 ? '' : `${String(after + 1)} to `}${String(last)} of ${String(total)}`,
		alert: 'Alert me',
		alertHelp:
			'A notification of this device for each new hand-off, and once more when it is overdue. It needs one open tab, or the installed app running.',
		alertOff: 'Stop alerting me',
		alertRefused: 'The browser does not allow notifications for this page. Its site settings can.',
		alertTitle: (priority: string) => `New hand-off, ${priority}`,
		alertOverdue: (priority: string) => `Nobody has picked it up in time, ${priority}`,
		alertMany: (n: number) => `${String(n)} hand-offs wait`,
		blink: '● New hand-off',
		keysButton: 'Keys',
		keys: {
			move: 'Next, the one before',
			peek: 'Look into it',
			pick_up: 'Pick up',
			return: 'Return',
			assign: 'Assign',
			snooze: 'Snooze',
			note: 'Note',
			resolve: 'Resolve',
			send: 'Send as a file',
			brief: 'Open the brief',
			fresh: 'Show what is new'
		}
	},

	peek: {
		lastWords: 'Said last',
		proposal: 'Proposed last by the AI',
		steps: 'Tried',
		noSteps: 'Nothing was written down.',
		note: 'Note',
		turns: (n: number) => plural(n, 'turn', 'turns')
	},

	brief: {
		title: 'Hand-off brief',
		gone: 'This hand-off is not on this device.',
		notYours: 'This hand-off is somebody else’s.',
		toQueue: 'To the queue',
		pinned: 'Brief',
		unfold: 'Unfold the brief',
		fold: 'Fold the brief',
		problem: 'Problem',
		tried: 'Tried',
		assessment: 'Assessment',
		startHere: 'Start here',
		facts: 'What is known',
		lastWords: 'Said last',
		proposal: 'Proposed last by the AI, and perhaps never tried',
		errors: 'Errors that were seen',
		times: (n: number) => (n === 1 ? 'once' : `${String(n)} times`),
		impact: 'Impact',
		nothingTried: 'Nothing was written down as tried.',
		suggested: 'Suggested, not confirmed',
		none: 'There is no assessment. What is known stands above and below.',
		failed: (why: string) => `No assessment came: ${why}`,
		notThis: 'This part did not come.',
		writing: 'Writing…',
		queued: 'Waiting for the model…',
		ready: (section: string) => `${section} is ready.`,
		confidence: { low: 'a guess', medium: 'likely', high: 'very likely' },
		speaksFor: 'for',
		speaksAgainst: 'against',
		doNotRepeat: 'Need not be tried again',
		openQuestions: 'Not known yet',
		why: 'Why',
		expect: 'Then this should show',
		ifNot: 'If not',
		withoutAi: 'Begin where the person spoke last.',
		start: 'Start here',
		startHelp: 'Opens the conversation with the step written into its composer. Nothing is sent.',
		open: 'Open the conversation',
		prefilled: 'The step is in the composer. Nothing was sent.',
		turn: (number: number | undefined) => (number === undefined ? 'turn' : `T${String(number)}`),
		showTurn: (number: number | undefined) =>
			number === undefined ? 'Show the turn' : `Show turn ${String(number)}`,
		turnGone: 'no longer in the chat',
		unverified: 'not found word for word',
		beside: 'The turn',
		closeBeside: 'Close the turn',
		openInChat: 'Open it in the conversation',
		conversation: 'The conversation',
		conversationHelp: (turns: number) =>
			`${plural(turns, 'turn', 'turns')}. Scroll on, or press Esc, to go there.`,
		raised: (who: string, when: string, why: string) => `Raised by ${who}, ${when}: ${why}`,
		traced: (traced: number, of: number) =>
			`${String(traced)} of ${plural(of, 'statement', 'statements')} traced`,
		covers: (seen: number, of: number) => `covers ${String(seen)} of ${plural(of, 'turn', 'turns')}`,
		byModel: (model: string) => `written by ${model}`,
		byPerson: (name: string) => `edited by ${name}`,
		cost: (usd: number) => `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`,
		newer: (n: number) => (n === 0 ? 'the chat was changed since' : plural(n, 'newer turn', 'newer turns')),
		since: (n: number) => `${plural(n, 'new turn', 'new turns')} since`,
		/** Several people may have. */
		withWordsOf: (names: readonly string[]) => `with words of ${names.join(' and ')}`,
		wordsOf: (name: string) => `${name}’s words`,
		modelsWords: 'What the model wrote here',
		newerWords: 'Newer words of the model',
		saidNothing: 'It said nothing here.',
		take: 'Take these instead',
		showAll: 'Show all of it',
		making: 'How it was made',
		makingFailed: 'More about that',
		quotesFound: (found: number, of: number) =>
			`${String(found)} of ${plural(of, 'quote', 'quotes')} found word for word.`,
		refsDropped: (n: number) =>
			`${plural(n, 'reference', 'references')} to turns it was not shown ${n === 1 ? 'was' : 'were'} dropped.`,
		moved: (n: number) =>
			`${plural(n, 'thing', 'things')} it called tried, of which no turn of a person tells, ${n === 1 ? 'stands' : 'stand'} as suggested.`,
		lowered: (n: number) =>
			`Its confidence was lowered ${n === 1 ? 'once' : `${String(n)} times`}: too few turns spoke for it.`,
		cut: (parts: readonly string[]) => `Shortened: ${parts.join(', ')}.`,
		cutPart: (part: string, entries: number) =>
			entries === 0 ? part : `${part} (by ${plural(entries, 'entry', 'entries')})`,
		missing: (parts: readonly string[]) => `Did not come: ${parts.join(', ')}.`,
		openings: (turns: readonly string[]) => `Read by their first lines only: ${turns.join(', ')}.`,
		omitted: (turns: readonly string[]) => `Not read: ${turns.join(', ')}.`,
		tokens: (read: number | null, written: number | null) =>
			[
				read === null ? '' : `${read.toLocaleString('en')} tokens read`,
				written === null ? '' : `${written.toLocaleString('en')} tokens written`
			]
				.filter((part) => part !== '')
				.join(', '),
		providerSaid: (text: string) => `The provider said: ${text}`,
		pause: (seconds: number) => `It asks for a pause of ${plural(seconds, 'second', 'seconds')}.`,
		version: 'Version',
		versionOf: (number: number, by: string, when: string) => `${String(number)}: ${by}, ${when}`,
		regenerate: 'Write it anew',
		ask: 'Ask for an assessment',
		retry: 'Try again',
		stop: 'Stop',
		edit: 'Edit',
		editTitle: 'Edit the assessment',
		editHelp: 'Becomes a version of yours on top. The one before stays.',
		edited: 'Your version is there.',
		editOn: 'Go on editing',
		editKept: 'These are your words that were not saved yet.',
		editForget: 'Throw them away',
		editEntry: (part: string, n: number) => `${part} ${String(n)}`,
		editOutcome: 'What came of it',
		editConfidence: 'How likely',
		editRemove: (entry: string) => `Take out: ${entry}`,
		editAdd: (part: string) => `Add to: ${part}`,
		editLines: 'One on each line.',
		notes: 'Notes',
		noNotes: 'No notes yet.',
		addNote: 'Write a note',
		history: 'What happened',
		happened: (kind: string) => (kind in deskKinds ? deskKinds[kind as keyof typeof deskKinds].title : kind),
		isVoid: 'came too late, and changed nothing',
		/** `choice` may be empty. */
		lastWord: (what: string, who: string, when: string, choice: string) =>
			`${what} by ${who}, ${when}${choice === '' ? '' : `: ${choice}`}`,
		slip: 'a slip, taken back',
		toWhom: (name: string) => `to ${name}`,
		fromWhom: (name: string) => `from ${name}`,
		chatGone: 'The conversation is not on this device any more. What is known of it stands here.',
		state: {
			open: 'Waits to be picked up',
			snoozed: 'Sleeps',
			claimed: 'Picked up',
			with_ai: 'Handed back to the AI',
			resolved: 'Resolved',
			withdrawn: 'Withdrawn'
		},
		stateBy: (state: string, who: string, when: string) => `${state}: ${who}, ${when}`,
		failures: {
			no_key: 'this tab does not hold the key of the connection. Enter it under Settings.',
			offline: 'this device is offline.',
			auth: 'the provider did not accept the key.',
			rate_limited: 'the provider is busy.',
			refused: 'the provider refused.',
			too_long: 'the chat is longer than the model can read.',
			invalid_output: 'the model did not answer in the form it was asked for.',
			cancelled: 'it was stopped.',
			timeout: 'the model took too long.',
			model: 'the model could not be used.'
		} as Readonly<Record<string, string>>,
		/** What the model layer calls it, where that says more. */
		causes: {
			'org-blocks-browser': 'The organisation of the key forbids calls from browsers.',
			unreachable: 'The server did not answer.',
			cors: 'The server does not let web pages ask it.',
			'local-network': 'The browser does not let this page ask servers of the local network.',
			quota: 'The account has nothing left, or has reached its limit.',
			overloaded: 'The provider has too much to do.',
			'wrong-model': 'The provider does not know the model.',
			'not-an-api': 'What answered is no model server.',
			'not-downloaded': 'The model of this browser is not downloaded.',
			interrupted: 'The answer broke off.',
			empty: 'The answer was empty.',
			locked: 'The keys are locked. Enter the passphrase under Settings.',
			'no-connection': 'No connection is set up. Make one under Settings.'
		} as Readonly<Record<string, string>>,
		failureElse: 'the model did not answer.',
		keys: { start: 'Start here', open: 'Open the conversation', note: 'Note' }
	},

	/** Two people picked the same one up, each on a device of their own. */
	twice: {
		title: 'Picked up twice',
		yours: (other: string) => `${other} picked it up too, a little later. It stays yours; tell them so.`,
		theirs: (has: string) =>
			`${has} was first and has it. What you did as its owner since then does not count; your notes do. Tell them.`,
		others: (has: string, other: string) => `${has} and ${other} both did. ${has} was first and has it.`
	},
	/** What a brief of a story says otherwise than one of a case. */
	storyBrief: {
		problem: 'The story so far',
		tried: 'What was tried',
		assessment: 'Loose ends',
		proposal: 'How it stands',
		impact: 'At stake',
		nothingTried: 'Nobody has tried anything yet.',
		suggested: 'Spoken of, not done',
		none: 'No model has summed it up. What is known stands above and below.',
		failed: (why: string) => `No summing-up came: ${why}`,
		notThis: 'This part did not come.',
		doNotRepeat: 'Settled already',
		openQuestions: 'Not told yet',
		expect: 'What may come of it',
		withoutAi: 'Begin where it broke off.',
		startHelp: 'Opens the story with these words in its composer. Nothing is sent.',
		open: 'Open the story',
		prefilled: 'The words are in the composer. Nothing was sent.',
		openInChat: 'Open it in the story',
		conversation: 'The story',
		newer: (n: number) => (n === 0 ? 'the story was changed since' : plural(n, 'newer turn', 'newer turns')),
		ask: 'Ask for a summing-up',
		editTitle: 'Edit the summing-up',
		chatGone: 'The story is not on this device any more. What is known of it stands here.'
	},
	/** What is open in a story. */
	looseEnds: {
		question: 'asked, not answered',
		active: 'going on',
		thread: 'open',
		planned: 'planned'
	},
	nothingLoose: 'Nothing is left open.',

	metrics: {
		title: 'Metrics',
		link: 'Metrics',
		notForMembers:
			'As a member you raise hand-offs and see your own. The numbers are for engineers and admins.',
		over: 'Over',
		stretches: {
			1: 'the last day',
			7: 'the last week',
			30: 'the last month',
			90: 'the last quarter'
		} as Readonly<Record<number, string>>,
		nothing: 'Nothing was handed on in that time.',
		depth: 'Waiting in the queue',
		moment: 'At',
		oldest: 'Oldest, in hours',
		depthHelp: 'How many waited, and for how long the oldest had.',
		moments: 'Moment by moment',
		momentOf: (at: number) =>
			new Date(at).toLocaleString('en', {
				day: 'numeric',
				month: 'short',
				hour: 'numeric',
				minute: '2-digit'
			}),
		waiting: 'Waiting',
		oldestSpan: 'The oldest had waited',
		depthCsv: 'Download the queue as CSV',
		depthCsvName: (day: string) => `stet-queue-${day}.csv`,
		depthColumns: { at: 'at', depth: 'waiting', oldest: 'oldest waited (s)' },
		times: 'How long it took',
		measure: 'Measure',
		p50: 'Half within',
		p90: 'Nine of ten within',
		of: 'Measured',
		pickUp: 'To pick up',
		firstAction: 'To the first action',
		resolve: 'To resolve',
		held: 'In somebody’s hands',
		slept: 'Asleep',
		assessed: 'To the first assessment',
		course: 'How it went',
		assessment: 'The assessment',
		share: 'Share',
		value: 'Value',
		raised: 'Handed on',
		escalationRate: 'Closed cases that were handed on',
		returnRate: 'Returned to the queue',
		reopenRate: 'Reopened within a week',
		pingPongRate: 'With three owners or more',
		overdueRate: 'Waited longer than they should',
		claimConflictRate: 'Pick-ups that came too late, in files',
		assessmentReadyRate: 'Assessment there at the pick-up',
		quotesVerifiedRate: 'Quotes found word for word',
		editedRate: 'Edited by whoever had it',
		startHereRate: 'What “Start here” proposed was said',
		notYet: '—',
		percent: (share: number) => `${(share * 100).toFixed(0)} %`,
		episodes: 'Each hand-off',
		csv: 'Download as CSV',
		csvName: (day: string) => `stet-metrics-${day}.csv`,
		columns: {
			handoff: 'hand-off',
			episode: 'episode',
			raised: 'raised',
			pickUp: 'to pick up (s)',
			firstAction: 'to first action (s)',
			resolve: 'to resolve (s)',
			held: 'held (s)',
			slept: 'asleep (s)',
			owners: 'owners',
			returned: 'returned',
			reopened: 'reopened',
			ready: 'assessment ready',
			overdue: 'overdue',
			assessed: 'to first assessment (s)',
			edited: 'assessment edited',
			startedHere: 'start here used'
		}
	}
};
