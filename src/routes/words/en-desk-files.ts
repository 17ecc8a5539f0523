// In English: hand-offs that leave as files and come as files, cards of colleagues, and how the desk is run.
import type { PackRefusal, ReviewRefusal } from '#lib/worker/handoff-protocol.ts';
import type { FileRefusal } from '#lib/worker/travel-protocol.ts';
import { files, type Said } from './en-files.ts';
import { limit, plural } from './en-numbers.ts';

type As = 'handoff' | 'receipt';

const number = (n: number): string => n.toLocaleString('en');
const turns = (n: number): string => plural(n, 'turn', 'turns');

/** What is hidden, by kind: one of them, and several. */
const kinds = {
	SECRET: (n: number) => plural(n, 'secret', 'secrets'),
	EMAIL: (n: number) => plural(n, 'mail address', 'mail addresses'),
	PHONE: (n: number) => plural(n, 'phone number', 'phone numbers'),
	IP: (n: number) => plural(n, 'network address', 'network addresses'),
	MAC: (n: number) => plural(n, 'hardware address', 'hardware addresses'),
	IBAN: (n: number) => plural(n, 'bank account', 'bank accounts'),
	CARD: (n: number) => plural(n, 'card number', 'card numbers'),
	WORD: (n: number) => plural(n, 'word of your own', 'words of your own')
} as const;

const SAFE = 'Nothing was changed.';
const ASK_AGAIN = `${SAFE} Ask whoever sent it to send it again.`;
const NO_KEYS = 'This browser cannot make the keys that files of hand-offs are signed with. A newer one can.';

/** Why no file was made. */
const sendRefusal = (error: ReviewRefusal | PackRefusal): string => {
	switch (error.type) {
		case 'handoff_unknown':
			return 'That hand-off is not on this device any more.';
		case 'chat_unknown':
			return 'Its conversation is not on this device any more, so only a receipt can be made of it.';
		case 'handoff_too_long':
			return `It has ${number(error.events)} events; a file holds at most ${number(error.maxEvents)}.`;
		case 'cannot_hide':
			return `Something in it has to be hidden where there is no room for a placeholder (${error.kind}, ${error.field}). No file was made. Change those words first.`;
		case 'run_gone':
			return 'What was looked through is not there any more. Look through it again.';
		case 'reveal_unknown':
			return 'What is to stay readable is not in it any more. Look through it again.';
		case 'reveal_needs_reason':
			return `Say why ${error.placeholder} may be read. The reason is kept with the hand-off.`;
		case 'contact_unknown':
			return 'Somebody you chose is not among your contacts any more. Choose again.';
		case 'nobody_chosen':
			return 'Choose at least one contact, or a passphrase.';
		case 'keys_unavailable':
			return NO_KEYS;
		case 'name_needed':
			return 'Say first by what name others know you.';
		case 'handoff_too_large':
			return `The file would be larger than ${limit(error.maxBytes)}. Take pictures out of the conversation, and try again.`;
		case 'member_unknown':
			return 'Choose who you are first: that member is not at the desk any more.';
		case 'member_may_not':
			return 'Only engineers and admins send every hand-off. Members send their own.';
	}
};

/** Why a file of a hand-off is not brought in. What any file can be refused for is said as for any file. */
const refusal = (error: FileRefusal): Said => {
	const said = (what: string, next: string, detail: string | null = null): Said => ({ what, next, detail });
	const general = files.refusal(error);
	switch (error.type) {
		case 'file_empty':
		case 'file_cut':
		case 'file_damaged':
		case 'event_invalid':
			return said(general.what, ASK_AGAIN, general.detail);
		case 'file_too_large':
			return said(
				general.what,
				`${SAFE} No hand-off is that large: bring in files only from where you trust them.`
			);
		case 'file_unpacks_too_far':
			return said(
				`It unpacks to more than ${limit(error.maxBytes)}, as no hand-off does.`,
				`${SAFE} Bring in files only from where you trust them.`
			);
		case 'file_not_ours':
			return said(
				'That is no hand-off and no receipt, whatever its name says.',
				`${SAFE} Choose a file that Stet wrote: .handoff or .receipt.`
			);
		case 'passphrase_wrong':
			return said(
				'That is not its passphrase.',
				'It is six words. Capitals and dashes do not matter. Try again.'
			);
		case 'passphrase_needed':
			return said('The file is protected with a passphrase.', 'Type the six words you were told.');
		default:
			return general;
	}
};

export const deskFiles = {
	refusal,
	sendRefusal,

	send: {
		title: (as: As, what: string) =>
			as === 'handoff' ? `Send “${what}” as a file` : `Send a receipt of “${what}”`,
		receipt: 'Send a receipt back',
		noKeys: NO_KEYS,
		name: 'Your name on your card',
		nameHelp: 'The file is signed with this device’s card, and whoever opens it reads this name.',
		nameEmpty: 'Say by what name others know you.',
		to: 'Who may open it',
		toContacts: 'Contacts',
		toContactsHelp: 'Sealed for the devices of those you choose. Nobody else can open it.',
		noContacts: 'You have no contacts yet. A colleague’s card makes them one.',
		addContact: 'Add a contact',
		toPassphrase: 'Whoever has a passphrase',
		toPassphraseHelp: 'Six words are made and shown once. Tell them on another way than you send the file.',
		whom: 'For whom it is sealed',
		next: 'Look through it',
		lookingUp: 'Your contacts and your card are looked up.',
		reading: 'What would leave is looked through on this device.',
		holds: 'What is in it',
		holdsHandoff: (of: { turns: number; events: number; pictures: number }) =>
			`The whole conversation (${turns(of.turns)}), who plays in it, its steps, and all that was done to the hand-off, with facts, notes and assessments: ${plural(of.events, 'event', 'events')}${
				of.pictures === 0 ? '' : `, ${plural(of.pictures, 'picture', 'pictures')} without their hidden data`
			}. Nothing else of your library.`,
		holdsReceipt: (events: number) =>
			`What was done to the hand-off, with claim, notes and resolution: ${plural(events, 'event', 'events')}. No conversation.`,
		signed: (name: string, fingerprint: string) => `Signed as ${name}. Your words: ${fingerprint}.`,
		sealedFor: (names: readonly string[]) => `Sealed for ${files.together(names)}.`,
		sealedWith: 'Whoever has the passphrase can open it.',
		hidden: 'What is hidden',
		nothingHidden:
			'Nothing secret or personal was found. Read it through all the same: no search finds everything.',
		hiddenHelp:
			'A placeholder stands in each place; what it stands for stays on this device. No search finds everything.',
		kinds: (counts: readonly (readonly [kind: keyof typeof kinds, n: number])[]) =>
			files.together(counts.map(([kind, n]) => kinds[kind](n))),
		kind: (kind: keyof typeof kinds) => kinds[kind](1).replace(/^1 /, ''),
		times: (n: number) => (n === 1 ? 'once' : `${number(n)} times`),
		places: (n: number) => plural(n, 'more place', 'more places'),
		show: 'Show what it is',
		showOf: (placeholder: string) => `Show what ${placeholder} is`,
		unshow: 'Show it no longer',
		unshowOf: (placeholder: string) => `Show what ${placeholder} is no longer`,
		reveal: 'Leave it readable',
		revealOf: (placeholder: string) => `Leave ${placeholder} readable`,
		why: 'Why it may be read',
		whyOf: (placeholder: string) => `Why ${placeholder} may be read`,
		whyHelp: 'Kept with the hand-off, for whoever asks later.',
		whyMayHelp: 'May stay empty. Kept with the hand-off, for whoever asks later.',
		more: (n: number) => `Show ${number(n)} more`,
		hideMore: 'Hide more',
		hideMoreHelp:
			'A name of a customer, a machine, a place. Hidden here and in every file to come; your words stay on this device.',
		hide: 'Hide it',
		hidMore: (word: string, n: number) =>
			n === 0 ? `“${word}” is not in it. It will be hidden where it comes up.` : `“${word}” is hidden now.`,
		back: 'Back',
		go: 'Make the file',
		working: 'Making the file',
		ready: (name: string, bytes: number) =>
			`“${name}” was handed to your browser’s downloads, ${files.size(bytes)}.`,
		readyHolds: (hidden: number, revealed: number) =>
			`${plural(hidden, 'thing is', 'things are')} hidden in it${
				revealed === 0 ? '' : `, and ${number(revealed)} left readable`
			}.`,
		passphrase: 'Passphrase',
		passphraseOnce: 'Shown this once: it is kept nowhere. Tell it on another way than you send the file.',
		copy: 'Copy',
		again: 'Download again',
		failed: (why: string) => `That did not work: ${why}`
	},

	bringIn: {
		titles: { handoff: 'A hand-off came', receipt: 'A receipt came' } as const,
		reading: 'A hand-off',
		from: (name: string, when: string) => `From ${name}, made ${when}.`,
		known: 'Verified sender',
		knownHelp: (fingerprint: string) => `Signed with the card you have of them: ${fingerprint}.`,
		unknown: 'Unverified sender',
		unknownHelp:
			'The signature holds, but you do not have this card, so anybody may have written that name. Let them read you their four words:',
		alike: 'Unverified sender, who goes by the name of a contact',
		alikeHelp:
			'You have a contact of that name, with another card. It is somebody else, or a new device of theirs. Let them read you their four words:',
		trust: (name: string) => `The words are the same: add ${name} to my contacts`,
		trusted: (name: string) => `${name} is among your contacts now.`,
		adds: 'What it adds',
		chat: {
			new: (n: number) => `Its conversation, ${turns(n)}.`,
			same: () => 'Its conversation is here already, just so.',
			apart: (n: number) =>
				`Its conversation, ${turns(n)}: yours has other words, stays as it is, and this one comes beside it.`,
			none: () => null
		} as const,
		acts: (n: number) =>
			n === 0
				? 'Nothing that was done to the hand-off is new.'
				: `${plural(n, 'thing', 'things')} that ${n === 1 ? 'was' : 'were'} done to the hand-off.`,
		never: 'Nothing you have is written over.',
		nothing: 'All of it is here already. There is nothing to add.',
		add: 'Bring it in',
		open: 'Open the hand-off',
		added: { handoff: 'The hand-off is here.', receipt: 'What the receipt tells is here.' } as const
	},

	came: {
		file: (name: string, standing: string, when: string) =>
			`Came as a file from ${name} (${standing}), ${when}.`,
		known: 'verified sender',
		unknown: 'unverified sender',
		receipt: (name: string, standing: string, when: string) =>
			`A receipt came from ${name} (${standing}), ${when}.`
	},

	sent: (as: As, to: readonly string[], hidden: number, revealed: number) =>
		`${as === 'receipt' ? 'a receipt' : 'with its conversation'}, ${
			to.length === 0 ? 'under a passphrase' : `for ${files.together(to)}`
		}, ${number(hidden)} hidden${revealed === 0 ? '' : `, ${number(revealed)} left readable`}`,

	placeholders: {
		title: 'What placeholders stand for',
		help: 'What was hidden when this hand-off left as a file. It never left this device.'
	},

	desk: {
		title: 'The desk',
		people: 'People',
		peopleHelp: (n: number) =>
			n === 0 ? 'Nobody is at the desk yet.' : `${plural(n, 'person', 'people')} at the desk of this device.`,
		run: 'How it is run',
		stale: 'A pick-up is stale after',
		staleHelp: 'An owner who did nothing for so long may be relieved by anybody of the desk.',
		staleBy: (name: string) => `Set by ${name}.`,
		staleSaved: 'That is how the desk is run now.',
		mayNot: 'Engineers and admins set this.',
		targets: 'To be picked up within',
		targetsHelp: 'Fixed, by priority. A hand-off that waits longer is overdue.',
		priority: 'Priority',
		within: 'Within',
		notify: 'Notifications',
		notifyHelp: 'Ask this device to tell you of each new hand-off while Stet is open in some tab.',
		notifyMember: 'Engineers and admins are told of new hand-offs; members have none to pick up.',
		card: 'Your card',
		cardHelp:
			'Send it to colleagues: with it they seal hand-offs for this device, and know what you signed. It holds your name and two public keys, and nothing secret.',
		cardText: 'The card, as text',
		cardName: 'Your name on it',
		cardNamed: 'Your card says so now.',
		makeCard: 'Make my card',
		changeName: 'Change the name',
		copyCard: 'Copy the card',
		yourWords: 'Your four words',
		yourWordsHelp: 'Read them to whoever has your card. They see the same four, or it is not your card.',
		contacts: 'Contacts',
		noContacts: 'None yet. Paste the card a colleague sent you.',
		paste: 'A colleague’s card',
		pasteHelp: 'The text that begins with “stet-card:”. Words around it do no harm.',
		look: 'Look at it',
		isOf: (name: string) => `A card of ${name}`,
		compare: 'Call them, and let them read you their four words. Add the card only when they are these:',
		own: 'That is your own card.',
		add: 'Add to my contacts',
		added: (name: string) => `${name} is among your contacts.`,
		alike: (name: string) =>
			`Another contact goes by the name ${name} too, with another card. Somebody who wants to pass for them looks just so. Compare the words of both.`,
		remove: (name: string) => `Remove ${name}`,
		removeTitle: (name: string) => `Remove ${name}?`,
		removeHelp: 'Files cannot be sealed for them any more, and what they signed is from somebody unknown.',
		removeYes: 'Remove',
		removed: (name: string) => `${name} is removed.`,
		since: (when: string) => `since ${when}`,
		words: 'Words to hide',
		wordsList: 'One on each line',
		wordsHelp:
			'Names of customers, machines, places: hidden in every hand-off that leaves as a file. They stay on this device.',
		wordsSaved: (n: number) => `${plural(n, 'word is', 'words are')} hidden from now on.`,
		wordsTooMany: (most: number) => `At most ${number(most)} words of at most 200 characters can be kept.`
	}
};
