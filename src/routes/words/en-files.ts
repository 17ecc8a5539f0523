// In English: taking the library out into files, bringing files in, and what is kept as backups. Read when it is needed.
import type {
	Backup,
	BackupFolder,
	FileRefusal,
	FileReport,
	Holds,
	KeptFile,
	Place,
	TakeOutRefusal,
	TravelProgress
} from '#lib/worker/travel-protocol.ts';
import { history } from './en-history.ts';
import { limit, plural, roughSize } from './en-numbers.ts';
import { daysAgo } from './en-travel.ts';

/** What happened, and what to do. `detail`: in the program's words, for whoever helps. */
export interface Said {
	readonly what: string;
	readonly next: string;
	readonly detail: string | null;
}

const stories = (n: number): string => plural(n, 'story', 'stories');
const turns = (n: number): string => plural(n, 'turn', 'turns');
const bots = (n: number): string => plural(n, 'bot', 'bots');
const yous = (n: number): string => plural(n, 'persona', 'personas');
const pictures = (n: number): string => plural(n, 'picture', 'pictures');
const copies = (n: number): string => plural(n, 'recovery copy', 'recovery copies');

/** One, two and three. */
const together = (parts: readonly string[]): string =>
	parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

const counted = (parts: readonly (readonly [number, (n: number) => string])[]): string =>
	together(parts.filter(([n]) => n > 0).map(([n, say]) => say(n)));

const holds = (of: Holds): string => {
	const said = counted([
		[of.chats, stories],
		[of.turns, turns],
		[of.bots, bots],
		[of.yous, yous],
		[of.pictures, pictures],
		[of.copies, copies]
	]);
	return said === '' ? 'nothing yet' : said;
};

const minuteOf = (at: number): number => Math.floor(at / 60_000);

/** A day and a time, for what there may be several of in one day; with its second where `among` has another of that minute. */
const exactly = (at: number, among: readonly number[] = []): string =>
	new Date(at).toLocaleString('en', {
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: 'numeric',
		minute: '2-digit',
		...(among.filter((other) => minuteOf(other) === minuteOf(at)).length > 1 ? { second: '2-digit' } : {})
	});

const number = (n: number): string => n.toLocaleString('en');

/** Where in a file: “in “The last lamp”, event 12 (Reply), line 14”. Empty when it is not known. */
const place = ({ title, event, kind, line, byte }: Place): string => {
	const inside = title === null ? [] : [title === '' ? 'in the bots and personas' : `in “${title}”`];
	const counts = [
		...(event === null
			? []
			: [`event ${number(event)}${kind === null ? '' : ` (${history.kinds.title(kind)})`}`]),
		...(line === null ? [] : [`line ${number(line)}`]),
		...(byte === null ? [] : [`byte ${number(byte)}`])
	];
	return [...inside, ...counts].join(', ');
};

const at = (where: Place): string => {
	const said = place(where);
	return said === '' ? '' : `: ${said}`;
};

const looksLike: Readonly<Record<Extract<FileRefusal, { type: 'file_not_ours' }>['looksLike'], string>> = {
	picture: 'That is a picture, whatever its name says.',
	zip: 'That is a ZIP archive, and not one of Stet’s files.',
	sqlite: 'That is a database, but not one that Stet wrote.',
	json: 'That is JSON, but not one of Stet’s files.',
	text: 'That is text, but not one of Stet’s files.',
	gzip: 'That is a compressed file, but what is in it is not Stet’s.',
	other: 'That is not a file Stet knows.'
};

const addsUp: Readonly<Record<Extract<FileRefusal, { type: 'file_does_not_add_up' }>['what'], string>> = {
	events: 'Its events are not the ones it says it holds.',
	state: 'What its events tell is not what it says they told.',
	pictures: 'A picture in it is not the one it says it is.'
};

const SAFE = 'Nothing was changed.';
const ANOTHER_COPY = `${SAFE} Download it anew, or bring an older file in.`;

const refusal = (error: FileRefusal): Said => {
	const said = (what: string, next: string, detail: string | null = null): Said => ({ what, next, detail });
	switch (error.type) {
		case 'file_empty':
			return said('The file is empty: 0 bytes.', ANOTHER_COPY);
		case 'file_too_large':
			return said(
				`The file has ${roughSize(error.bytes)}; at most ${limit(error.maxBytes)} can be brought in.`,
				`${SAFE} Take stories out one by one where it comes from, and bring those in.`
			);
		case 'file_is_large':
			return said(
				`It unpacks to more than ${limit(error.askBytes)}.`,
				'Reading it may take minutes and much memory. Nothing is changed while it is read.'
			);
		case 'file_unpacks_too_far':
			return said(
				`It unpacks to more than ${limit(error.maxBytes)}, as no library does.`,
				`${SAFE} Bring in files only from where you trust them.`
			);
		case 'file_not_ours':
			return said(
				looksLike[error.looksLike],
				`${SAFE} Choose a file that Stet wrote: .stet, .jsonl, .age, .handoff or .receipt.`
			);
		case 'file_cut':
			return said(`The file ends before it is whole${at(error.place)}.`, ANOTHER_COPY);
		case 'file_damaged':
			return said(`The file is damaged${at(error.place)}.`, ANOTHER_COPY, error.detail);
		case 'file_newer':
			return said(
				`A newer Stet wrote it: format ${number(error.format)}, and this one knows ${number(error.known)}.`,
				`${SAFE} Reload this page to get the newer Stet, then bring it in.`
			);
		case 'passphrase_needed':
			return said('The file is protected with a passphrase.', 'Type the one it was made with.');
		case 'passphrase_wrong':
			return said('That is not its passphrase.', 'Capitals and spaces count. Try again.');
		case 'event_invalid':
			return said(
				`An event in it is not as it has to be${at(error.place)}${error.field === '' ? '' : `, field “${error.field}”`}.`,
				ANOTHER_COPY,
				error.detail
			);
		case 'file_does_not_add_up':
			return said(
				addsUp[error.what],
				`${SAFE} The file was changed after Stet wrote it. Bring another copy in.`
			);
		case 'no_room':
			return said(
				`There is not enough room: it needs ${roughSize(error.neededBytes)}${
					error.freeBytes === null ? '' : `, and ${roughSize(error.freeBytes)} are free`
				}.`,
				`${SAFE} Make room on this device, or delete old backups under Recovery, then try again.`
			);
		case 'keys_unavailable':
			return said(
				'This browser cannot make the keys that hand-offs are signed with.',
				`${SAFE} Open Stet in a newer browser, and look at the file there.`
			);
		case 'not_for_this_device':
			return said(
				'The file was sealed for somebody else.',
				`${SAFE} Send your card to whoever made it, and ask for one that is sealed for you.`
			);
		case 'signature_wrong':
			return said(
				`It says it is from ${error.name}, and their signature does not hold.`,
				`${SAFE} It was changed on its way, or made by somebody else. Ask them for it again.`
			);
		case 'signed_by_another':
			return said(
				`This hand-off came from ${error.before}; the file says it is from ${error.name}, whom you do not know.`,
				`${SAFE} Add their card to your contacts first, if you trust them.`
			);
		case 'handoff_is_yours':
			return said('This device made that file.', `${SAFE} It is for whoever you send it to.`);
		case 'handoff_not_here':
			return said(
				'It is a receipt of a hand-off that is not on this device.',
				`${SAFE} Open it where the hand-off was sent from.`
			);
		case 'handoff_too_long':
			return said(
				`It has more than ${number(error.maxEvents)} events, as no hand-off does.`,
				`${SAFE} Bring in files only from where you trust them.`
			);
		case 'handoff_holds_other':
			return said(
				'There is something else in it than what it says it is.',
				`${SAFE} Bring in files only from where you trust them.`,
				error.what
			);
		case 'act_conflict':
			return said(
				`It says of a hand-off that is here what did not happen${at(error.place)}.`,
				`${SAFE} Ask whoever made it what they did.`
			);
		case 'moved_on':
			return said('Your library went on meanwhile.', `${SAFE} This is what would be added now.`);
		case 'run_gone':
			return said('What was read of the file is not there any more.', `${SAFE} It is read again.`);
	}
};

const takeOutRefusal = (error: TakeOutRefusal): string => {
	switch (error.type) {
		case 'chat_unknown':
			return 'That story is not on this device any more.';
		case 'copy_unknown':
			return 'That copy is not in Recovery any more.';
		case 'file_unknown_here':
			return 'That file is not here any more.';
		case 'copy_incomplete':
			return 'So much of that copy is gone or damaged that no file can be made of it. It can still be read.';
	}
};

const stages: Readonly<Record<TravelProgress['stage'], string>> = {
	reading: 'Reading',
	checking: 'Checking',
	replaying: 'Playing it again',
	writing: 'Writing',
	verifying: 'Reading it back',
	storing: 'Storing'
};

const from = (report: FileReport): string => {
	const written = report.at === null ? '' : `, from ${exactly(report.at)}`;
	const locked = report.encrypted ? ' It was encrypted.' : '';
	return report.kind === 'library'
		? `A whole library${written}: ${holds(report.holds)}.${locked}`
		: `The story “${report.title}”${written}: ${holds({ ...report.holds, chats: 0 })}.${locked}`;
};

export const files = {
	stages,
	together,
	holds,
	exactly,
	size: roughSize,
	refusal,
	takeOutRefusal,
	progress: ({ stage, done, total }: TravelProgress, counts: 'events' | 'bytes' | 'share'): string => {
		if (total === 0) return `${stages[stage]}…`;
		const far = {
			events: () => `${number(done)} of ${plural(total, 'event', 'events')}`,
			bytes: () => `${roughSize(done)} of ${roughSize(total)}`,
			share: () => `${String(Math.floor((Math.min(done, total) / total) * 100))} %`
		}[counts]();
		return `${stages[stage]}: ${far}`;
	},

	bringIn: {
		title: 'Import',
		titleOf: (n: number, of: number) => `Import (${number(n)} of ${number(of)})`,
		reading: 'Nothing is changed while the file is read.',
		passphrase: 'Passphrase of the file',
		open: 'Open it',
		largeTitle: 'This is a large file',
		goOn: 'Read it all the same',
		refusedTitle: 'This file cannot be imported',
		again: 'Try again',
		another: 'Choose another file',
		from,
		adds: 'What it adds',
		stories,
		bots,
		yous,
		pictures,
		copies,
		handoffs: (n: number) => plural(n, 'hand-off', 'hand-offs'),
		more: (n: number) => `and ${number(n)} more`,
		story: (title: string, n: number) => `“${title}”, ${turns(n)}`,
		apart: 'Comes beside what is here',
		apartHelp:
			'These stories are here with other words. Yours stay as they are; those of the file become stories of their own.',
		apartStory: (title: string, n: number, here: number) =>
			`“${title}”, ${turns(n)}; yours has ${number(here)}`,
		same: (of: FileReport['same']) => {
			const said = counted([
				[of.chats, stories],
				[of.bots, bots],
				[of.yous, yous]
			]);
			return said === '' ? null : `Here already, and left alone: ${said}.`;
		},
		partial: 'Not all of it can be shown',
		partialStory: (title: string, kinds: readonly string[]) =>
			`“${title}” holds what this Stet does not know (${kinds.join(', ')}). It is kept, and not shown.`,
		/** `others`: how many more there are than are named. */
		conflicts: (names: readonly string[], others: number) =>
			`${together(others === 0 ? names : [...names, `${number(others)} more`])} ${names.length + others === 1 ? 'is' : 'are'} different in the file`,
		mine: 'Keep mine',
		mineHelp: 'What is here stays, and new stories use it.',
		theirs: 'Take theirs',
		theirsHelp: 'What is in the file takes the place of what is here. Undo brings it back.',
		both: 'Keep both',
		bothHelp: 'What is in the file comes as another one beside yours.',
		nothing: 'All of it is here already. There is nothing to add.',
		keptMine: 'Yours stays as it is. There was nothing else to add.',
		add: 'Add to my library',
		replace: 'Replace my library',
		replaceTitle: 'Replace your library?',
		replaceHelp: (here: Holds) =>
			`What is here now (${holds(here)}) is put aside as a whole, and the library of the file takes its place. It is kept in Recovery, under “Libraries kept”, and can be put back from there.`,
		replaceYes: 'Replace it',
		back: 'Back',
		bringing: 'It is added in one step: all of it, or nothing.',
		movedOn: 'Your library went on meanwhile. This is what would be added now.',
		stopped: 'Stopped. Nothing was changed.',
		left: (refused: boolean) =>
			refused ? 'It was not brought in. Nothing was changed.' : 'All of it was here already.',
		failed: (why: string) => `That did not work: ${why}`,
		failedHelp: 'What was saved is safe. Try again, or reload the page.',
		/** `changed`: how many of the bots and personas took the place of those that were here. */
		added: (chats: number, ofBots: number, ofYous: number, changed = { bots: 0, yous: 0 }) => {
			const added = counted([
				[chats, stories],
				[ofBots - changed.bots, bots],
				[ofYous - changed.yous, yous]
			]);
			const theirs = counted([
				[changed.bots, bots],
				[changed.yous, yous]
			]);
			if (added === '' && theirs === '') return 'What the file holds was added.';
			return [
				...(added === '' ? [] : [`Added ${added}.`]),
				...(theirs === '' ? [] : [`Now as in the file: ${theirs}.`])
			].join(' ');
		},
		before: (said: string) => `The file before: ${said}`,
		openStory: 'Open it',
		replaced: 'The library of the file is in use now. The one before is kept in Recovery.',
		putBack: 'Your library is back. The other one is kept in Recovery.',
		putBackGone: 'That library is not here any more. Nothing was changed.',
		drop: 'Drop it here',
		dropHelp: 'Stet reads it first, and says what it would add.',
		folderDropped: 'A folder cannot be brought in. Drop the file itself.'
	},

	takeOut: {
		library: 'Download your library',
		story: (title: string) => `Download “${title}”`,
		copy: (title: string) => `Download the copy of “${title}”`,
		kept: 'Download this library',
		backup: 'Download this backup',
		help: 'The file is yours: keep it, move it, bring it in on another device. Keys are never in it.',
		format: 'Format',
		stet: 'Stet’s own (.stet)',
		stetHelp: 'Everything, to bring back.',
		jsonl: 'Text (.jsonl)',
		jsonlHelp: 'One event per line, for people and programs.',
		protect: 'Protect it with a passphrase',
		protectHelp: 'Nobody can recover it, not even Stet. Without it, the file cannot be opened.',
		passphrase: 'Passphrase',
		repeat: 'The same again',
		show: 'Show what I type',
		empty: 'Type a passphrase, or do without.',
		notSame: 'The two are not the same.',
		go: 'Download',
		working: 'Making the file',
		ready: (name: string, bytes: number) =>
			`“${name}” was handed to your browser’s downloads, ${roughSize(bytes)}.`,
		holds: (of: Holds) => `It holds ${holds(of)}.`,
		incomplete: 'A part of this copy is gone or damaged. What is left is in the file.',
		again: 'Download again',
		share: 'Share…',
		notShared: (why: string) => `The browser did not share it: ${why} It was downloaded.`
	},

	copies: {
		title: 'Recovery copies'
	},

	backups: {
		title: 'Backups',
		help: 'Copies of your whole library, kept in this browser. Each was read back when it was made.',
		memory: 'This session is in memory only, and so would be its backups. Download your library to keep it.',
		none: 'No backups yet. Stet makes one before every import.',
		now: 'Back up now',
		made: 'The backup is made, and was read back.',
		stopped: 'Stopped. No backup was made.',
		nothing: 'There is nothing to back up yet.',
		why: {
			'before-import': 'Before an import',
			'by-hand': 'Made by hand',
			daily: 'Daily backup'
		} satisfies Record<Backup['why'], string>,
		bringIn: 'Restore…',
		download: 'Download',
		delete: 'Delete for good',
		more: 'More for this backup',
		about: (action: string, when: string) => `${action}: backup of ${when}`,
		deleteTitle: (when: string) => `Delete the backup of ${when}?`,
		deleteHelp: 'It is erased from this device. This cannot be undone.',
		deleted: 'The backup is deleted.',
		gone: 'That backup is not here any more.',
		fileOf: (why: Backup['why']) => (why === 'before-import' ? 'Stet before import' : 'Stet backup')
	},

	kept: {
		title: 'Libraries kept',
		help: 'Whole libraries as they were. Putting one back keeps the one in use here instead.',
		why: {
			replaced: 'Replaced by another',
			'before-update': 'As it was before an update'
		} satisfies Record<KeptFile['why'], string>,
		putBack: 'Put back',
		putBackTitle: (when: string) => `Put the library of ${when} back?`,
		putBackHelp:
			'It takes the place of what you have now, which is backed up and kept here instead. You can put that back in the same way.',
		delete: 'Delete for good',
		more: 'More for this library',
		about: (action: string, when: string) => `${action}: library of ${when}`,
		deleteTitle: (when: string) => `Delete the library of ${when}?`,
		deleteHelp: 'All that is in it is erased from this device. This cannot be undone.',
		deleted: 'The library is deleted.',
		fileOf: 'Stet library'
	},

	folder: {
		title: 'A folder of your own',
		help: 'Once a day, Stet writes a backup into a folder you choose: one that is synchronised or on another disk is best.',
		choose: 'Choose a folder…',
		chosen: (name: string) => `Backups go to “${name}”.`,
		last: (when: number | null, now: number) =>
			when === null ? 'None is there yet.' : `The last one is from ${daysAgo(when, now)}.`,
		failed: (why: string) => `The last try failed: ${why}`,
		ask: 'The browser wants you to allow it again.',
		denied:
			'The browser does not let Stet write there. Choose the folder again, or allow it in the site’s settings.',
		allow: 'Allow again',
		now: 'Back up there now',
		other: 'Choose another…',
		stop: 'Stop',
		working: 'Writing the backup…',
		done: 'The backup is in the folder, and was read back.',
		stopped: (name: string) => `No more backups go to “${name}”. What is there stays.`,
		standing: (permission: BackupFolder['permission']): string | null =>
			permission === 'granted' ? null : permission === 'ask' ? files.folder.ask : files.folder.denied
	},

	room: {
		title: 'Space and keeping',
		used: (bytes: number) => `All of it takes ${roughSize(bytes)}.`,
		backups: (n: number, bytes: number) => `${plural(n, 'backup', 'backups')}, ${roughSize(bytes)}.`,
		kept: (n: number, bytes: number) => `${plural(n, 'library', 'libraries')} kept, ${roughSize(bytes)}.`,
		verified: (when: number | null, now: number) =>
			when === null
				? 'The logs were not verified on this device yet.'
				: `The logs were last verified: ${daysAgo(when, now)}.`,
		policy:
			'Recovery copies stay until you delete them. A kept library stays for 30 days, or until another one is kept for the same reason. Of the backups here, the three newest made before an import and the three newest made by hand stay; of those in a folder of your own, the seven newest.',
		settings: 'Storage settings',
		backupsLink: 'Backups',
		unknown: 'How backups stand cannot be told just now.'
	}
};
