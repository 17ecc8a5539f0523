// The desk in English: members, cases, steps, hand-offs, the queue and its numbers.
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
		reopenWhy: 'Why'
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
		raised: 'It is in the queue, with all that is known.',
		withdraw: 'Withdraw',
		withdrawn: 'The hand-off is withdrawn.'
	},

	/** How a hand-off stands, for whoever sees the chat. */
	standing: {
		open: (since: string) => `Waits for a colleague since ${since}`,
		snoozed: () => 'Set aside for a while',
		claimed: (_since: string, owner: string) => `${owner} has it`,
		mine: (since: string) => `You have it since ${since}`,
		with_ai: () => 'Handed back to the AI',
		resolved: (since: string, owner: string) =>
			`The hand-off was resolved ${since}${owner === '' ? '' : `: ${owner}`}`,
		withdrawn: () => 'The hand-off was withdrawn',
		openHandoff: 'Open the hand-off'
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
	}
};
