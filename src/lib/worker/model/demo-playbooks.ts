// What the demo knows of a few kinds of trouble: steps, causes and questions, each with the words by which it is found or done.

/** A step of a playbook. `done`: what a person’s words say when it was. */
export interface PlaybookStep {
	readonly step: string;
	readonly shows: string;
	readonly done: RegExp;
}

/** What may be behind it, and what a person’s words hold that speaks for and against it. */
export interface PlaybookCause {
	readonly hypothesis: string;
	readonly for: readonly RegExp[];
	readonly against: readonly RegExp[];
}

/** What is to be known. `answered`: what a person’s words say when it is. */
export interface PlaybookQuestion {
	readonly question: string;
	readonly answered: RegExp;
}

/** Where to begin for whoever takes over. */
export interface PlaybookStart {
	readonly step: string;
	readonly why: string;
	readonly expect: string;
	readonly ifNot: string;
	/** What it rests on. */
	readonly rests: readonly RegExp[];
	readonly done: RegExp;
}

export interface Playbook {
	readonly about: RegExp;
	readonly steps: readonly PlaybookStep[];
	readonly causes: readonly PlaybookCause[];
	readonly questions: readonly PlaybookQuestion[];
	readonly starts: readonly PlaybookStart[];
	/** Said with a step once nothing is left that can be done from this side. */
	readonly exhausted: PlaybookStep;
}

const VPN: Playbook = {
	about: /\b(?:vpn|tunnel)\b/iu,
	steps: [
		{
			step: 'Restart the laptop and connect once more',
			shows: 'If it lasts afterwards, an old session of the client was in the way.',
			done: /\b(?:restart|reboot)/iu
		},
		{
			step: 'Connect through another network, such as a phone’s hotspot',
			shows: 'If it drops there too, the network in between is not the cause.',
			done: /\b(?:hotspot|another network|other network)\b/iu
		},
		{
			step: 'Keep a ping running through the tunnel, so that it is never without traffic',
			shows: 'If it lasts longer then, something ends a tunnel that carries nothing.',
			done: /\bping\b/iu
		},
		{
			step: 'Turn on the keep-alive in the client’s profile, every 60 seconds',
			shows: 'If it lasts then, the client did not tell the gateway that it is there.',
			done: /\bkeep-?alive\b/iu
		},
		{
			step: 'Sign in with a colleague’s laptop and the same account',
			shows: 'If it drops there too, it goes by the account and its group and not by the laptop.',
			done: /\b(?:another|other|colleague['’]s) (?:laptop|device|machine)\b/iu
		}
	],
	exhausted: {
		step: 'Have the timeout of the person’s group looked up on the gateway',
		shows:
			'Whatever can be tried from this side was tried, and only the gateway knows how long it waits. If nobody here may look there, this is the time to escalate: all that was found goes along.',
		done: /\bgateway['’]s (?:log|timeout is)\b/iu
	},
	causes: [
		{
			hypothesis: 'The gateway ends a tunnel that has carried nothing for a while: a timeout of this group.',
			for: [
				/\b(?:idle|timeout|timed out)\b/iu,
				/\bping\b.*\bheld|\bheld\b|\blasted\b/iu,
				/\bevery \d+ minutes\b/iu
			],
			against: [/\bkeep-?alive\b.*(?:no (?:effect|change)|still)/iu]
		},
		{
			hypothesis: 'Something on the laptop ends it: an old client, power saving, a security program.',
			for: [/\bcolleagues?\b.*\bfine\b|\bonly (?:her|his|their|my|one)\b/iu],
			against: [/\b(?:restart|reboot)/iu]
		},
		{
			hypothesis: 'The line in between loses it.',
			for: [/\b(?:packet loss|unstable|wi-?fi)\b/iu],
			against: [/\bhotspot|another network|other network\b/iu]
		}
	],
	questions: [
		{
			question: 'Was anything changed on the gateway, or in the person’s group, shortly before it began?',
			answered: /\bnothing was changed\b|\bwas changed on\b/iu
		},
		{
			question: 'Which version is the client, and is it that of colleagues who stay connected?',
			answered: /\bversion\b/iu
		},
		{
			question: 'Does anybody else lose the connection?',
			answered: /\bcolleagues?\b|\beverybody\b|\bnobody else\b/iu
		}
	],
	starts: [
		{
			step: 'Compare the idle timeout of the person’s group on the gateway with that of a colleague who stays connected',
			why: 'What was seen points to time without traffic, and only the gateway knows how long it waits.',
			expect: 'A shorter time for this group. Set as the others’ is, the connection lasts.',
			ifNot: 'Read the gateway’s log at the minute of a drop: it says which side closed the tunnel, and why.',
			rests: [/\b(?:idle|timeout|timed out)\b/iu, /\bheld\b|\blasted\b/iu],
			done: /\bcompared\b.*\btimeout/iu
		},
		{
			step: 'Read the gateway’s log at the minute of a drop',
			why: 'It says which side closed the tunnel, and why.',
			expect: 'A line that names a reason: a timeout, a renewed key, a policy.',
			ifNot: 'If there is no line at that minute, the gateway never heard of the end: look at the laptop.',
			rests: [/\bdrop(?:s|ped)?\b/iu],
			done: /\bgateway['’]s log\b/iu
		}
	]
};

/** Printing that stays away. */
const PRINTER: Playbook = {
	about: /\b(?:printer|printing|print queue|prints?)\b/iu,
	steps: [
		{
			step: 'Switch the printer off for half a minute, and on again',
			shows: 'If it prints then, a job it could not finish was in the way.',
			done: /\b(?:restart|reboot|switched (?:it|the printer) off|unplugged)/iu
		},
		{
			step: 'Print its own test page at the printer itself',
			shows: 'If that comes out, the printer is well and the trouble is before it.',
			done: /\btest page\b/iu
		},
		{
			step: 'Empty the print queue on the computer',
			shows: 'If it prints then, one job held up all that came after it.',
			done: /\bqueue\b/iu
		},
		{
			step: 'Print the same from another computer',
			shows: 'If that works, it is a matter of this computer’s driver or queue.',
			done: /\b(?:another|other) (?:computer|laptop|pc|device)\b/iu
		}
	],
	exhausted: {
		step: 'Install the driver anew, from the maker’s own package',
		shows:
			'If that does not help either, somebody should look at the print server: this is the time to escalate.',
		done: /\bdriver\b/iu
	},
	causes: [
		{
			hypothesis: 'The computer’s queue or driver holds the jobs up.',
			for: [/\bqueue\b|\bdriver\b/iu, /\btest page\b/iu],
			against: [/\b(?:another|other) (?:computer|laptop|pc|device)\b/iu]
		},
		{
			hypothesis: 'The printer cannot be reached where the computer looks for it.',
			for: [/\boffline\b|\bnot found\b|\bunreachable\b/iu],
			against: [/\bprints? (?:fine )?from\b/iu]
		}
	],
	questions: [
		{ question: 'Does anybody else print on it?', answered: /\b(?:colleagues?|everybody|others?)\b/iu },
		{ question: 'What does the printer’s own display say?', answered: /\bdisplay\b/iu }
	],
	starts: [
		{
			step: 'Compare the address in the computer’s printer port with the one on the printer’s status page',
			why: 'A printer that got another address is offline for everybody who knows the old one.',
			expect: 'Two different addresses. With the right one, what waits is printed.',
			ifNot: 'If they are the same, install the driver anew.',
			rests: [/\boffline\b|\bqueue\b|\bprint/iu],
			done: /\baddress\b/iu
		}
	]
};

const PLAYBOOKS: readonly Playbook[] = [VPN, PRINTER];

/** The playbook a text is about; null where the demo knows none. */
export const playbookFor = (text: string): Playbook | null =>
	PLAYBOOKS.find(({ about }) => about.test(text)) ?? null;

/** The sentences of a text, each as it stands there. */
export const sentencesIn = (text: string): readonly string[] =>
	text
		.split(/(?<=[.!?][”"’)]?)\s+|\n+/u)
		.map((sentence) => sentence.trim())
		.filter((sentence) => /\p{L}/u.test(sentence));
