// In English: what happened in a story, what taking it back does, and what is kept for recovery.
import type { Commands, EventKindName } from '#lib/domain/vocabulary.ts';
import { deskDone, deskKinds } from './en-desk-history.ts';
import { plural, roughSize, storyTime } from './en-numbers.ts';

/** One kind of event: as a heading, and counted. */
interface KindWords {
	readonly title: string;
	readonly count: (n: number) => string;
	/** It only says in the log that something was done, and changes nothing a reader sees. */
	readonly note?: true;
}

const kinds: Readonly<Record<EventKindName, KindWords>> = {
	bot_authored: { title: 'Bot written', count: (n) => plural(n, 'bot written', 'bots written') },
	bot_retired: { title: 'Bot retired', count: (n) => plural(n, 'bot retired', 'bots retired') },
	you_authored: { title: 'Persona written', count: (n) => plural(n, 'persona written', 'personas written') },
	you_retired: { title: 'Persona retired', count: (n) => plural(n, 'persona retired', 'personas retired') },
	chat_created: { title: 'Story begun', count: (n) => plural(n, 'beginning', 'beginnings') },
	chat_renamed: { title: 'Renamed', count: (n) => plural(n, 'new title', 'new titles') },
	chat_archived: {
		title: 'Archived or brought back',
		count: (n) => plural(n, 'move to or from the archive', 'moves to or from the archive')
	},
	chat_settings_changed: {
		title: 'Played otherwise',
		count: (n) => plural(n, 'change of how it is played', 'changes of how it is played')
	},
	author_note_set: { title: 'Note to every reply', count: (n) => plural(n, 'note', 'notes') },
	guest_joined: { title: 'Guest came', count: (n) => plural(n, 'guest who came', 'guests who came') },
	guest_left: { title: 'Guest left', count: (n) => plural(n, 'leaving of a guest', 'leavings of a guest') },
	container_created: { title: 'New place', count: (n) => plural(n, 'new place', 'new places') },
	container_changed: {
		title: 'Place changed',
		count: (n) => plural(n, 'change of a place', 'changes of places')
	},
	scene_opened: {
		title: 'Scene begun',
		count: (n) => plural(n, 'beginning of a scene', 'beginnings of scenes')
	},
	scene_closed: { title: 'Scene ended', count: (n) => plural(n, 'end of a scene', 'ends of scenes') },
	activity_changed: {
		title: 'Doing something else',
		count: (n) => plural(n, 'change of what somebody does', 'changes of what somebody does')
	},
	weather_changed: { title: 'Weather', count: (n) => plural(n, 'change of weather', 'changes of weather') },
	time_advanced: { title: 'Time passed', count: (n) => plural(n, 'passing of time', 'passings of time') },
	time_skip_elision: { title: 'Time skipped', count: (n) => plural(n, 'skip of time', 'skips of time') },
	time_skip_jump: {
		title: 'On at another time',
		count: (n) => plural(n, 'jump in time', 'jumps in time')
	},
	thread_opened: { title: 'Loose end', count: (n) => plural(n, 'loose end', 'loose ends') },
	thread_updated: {
		title: 'Loose end told otherwise',
		count: (n) => plural(n, 'change of a loose end', 'changes of loose ends')
	},
	thread_closed: {
		title: 'Loose end tied',
		count: (n) => plural(n, 'loose end tied', 'loose ends tied')
	},
	thread_reopened: {
		title: 'Loose end open again',
		count: (n) => plural(n, 'loose end opened again', 'loose ends opened again')
	},
	user_turn: { title: 'Your turn', count: (n) => plural(n, 'turn of yours', 'turns of yours') },
	assistant_turn: { title: 'Reply', count: (n) => plural(n, 'reply', 'replies') },
	narrator_turn: {
		title: 'Narrator',
		count: (n) => plural(n, 'turn of the narrator', 'turns of the narrator')
	},
	turn_edited: { title: 'Edit', count: (n) => plural(n, 'edit', 'edits') },
	turn_hidden: { title: 'Kept from models', count: (n) => plural(n, 'turn hidden', 'turns hidden') },
	turn_shown: { title: 'Told to models again', count: (n) => plural(n, 'turn shown', 'turns shown') },
	turn_regenerated: {
		title: 'Asked again',
		note: true,
		count: (n) => plural(n, 'note of asking again', 'notes of asking again')
	},
	alternative_chosen: {
		title: 'Other reply chosen',
		note: true,
		count: (n) => plural(n, 'choice of another reply', 'choices of another reply')
	},
	turn_deleted: {
		title: 'Turn deleted',
		note: true,
		count: (n) => plural(n, 'note of a deletion', 'notes of deletions')
	},
	undone: { title: 'Taken back', note: true, count: (n) => plural(n, 'note of an undo', 'notes of undoing') },
	memory_written: { title: 'Memory', count: (n) => plural(n, 'memory', 'memories') },
	memory_edited: { title: 'Memory changed', count: (n) => plural(n, 'changed memory', 'changed memories') },
	memory_forgotten: {
		title: 'Memory forgotten',
		count: (n) => plural(n, 'forgotten memory', 'forgotten memories')
	},
	memory_pinned: {
		title: 'Memory pinned or unpinned',
		count: (n) => plural(n, 'pinned or unpinned memory', 'pinned or unpinned memories')
	},
	memory_remembered: {
		title: 'Remembered again',
		count: (n) => plural(n, 'memory remembered again', 'memories remembered again')
	},
	edge_update: {
		title: 'Change of feeling',
		count: (n) => plural(n, 'change of feeling', 'changes of feeling')
	},
	event_planned: { title: 'Story event planned', count: (n) => plural(n, 'plan', 'plans') },
	event_replanned: {
		title: 'Plan told otherwise',
		count: (n) => plural(n, 'change of a plan', 'changes of plans')
	},
	event_started: {
		title: 'Story event started',
		count: (n) => plural(n, 'start of a story event', 'starts of story events')
	},
	event_completed: {
		title: 'Story event completed',
		count: (n) => plural(n, 'completed story event', 'completed story events')
	},
	event_cancelled: {
		title: 'Story event cancelled',
		count: (n) => plural(n, 'cancelled story event', 'cancelled story events')
	},
	event_expired: {
		title: 'Story event expired',
		count: (n) => plural(n, 'expired story event', 'expired story events')
	},
	event_status_reverted: {
		title: 'Story event taken a step back',
		count: (n) => plural(n, 'step back of a story event', 'steps back of story events')
	},
	classifier_failed: {
		title: 'Something not noticed',
		count: (n) => plural(n, 'failure to notice', 'failures to notice')
	},
	classifier_retried: {
		title: 'Noticing tried again',
		count: (n) => plural(n, 'new try to notice', 'new tries to notice')
	},
	classifier_clamped: {
		title: 'Something left out',
		note: true,
		count: (n) => plural(n, 'note of something left out', 'notes of something left out')
	},
	meanwhile_scene_started: {
		title: 'Scene elsewhere begun',
		count: (n) => plural(n, 'scene elsewhere', 'scenes elsewhere')
	},
	meanwhile_scene_ended: {
		title: 'Scene elsewhere ended',
		count: (n) => plural(n, 'end of a scene elsewhere', 'ends of scenes elsewhere')
	},
	meanwhile_digest_created: { title: 'Digest', count: (n) => plural(n, 'digest', 'digests') },
	meanwhile_digest_settled: {
		title: 'Digest settled',
		count: (n) => plural(n, 'settled digest', 'settled digests')
	},
	effect_undone: {
		title: 'Effect taken back',
		note: true,
		count: (n) => plural(n, 'note of an effect taken back', 'notes of effects taken back')
	},
	...deskKinds
};

const kindWords = (kind: string): KindWords =>
	(Object.hasOwn(kinds, kind) ? kinds[kind as EventKindName] : undefined) ?? {
		// from a log that another version wrote
		title: kind,
		count: (n) => `${n.toLocaleString('en')} × ${kind}`
	};

/** What each command had done, and where that is now. Null: it writes nothing that could be taken back. */
const done: Readonly<Record<keyof Commands, readonly [what: string, now?: string] | null>> = {
	author_bot: ['what was saved of a bot'],
	retire_bot: ['retiring a bot'],
	author_you: ['what was saved of a persona'],
	retire_you: ['retiring a persona'],
	create_chat: ['a new story', 'It waits in Recovery.'],
	rename_chat: ['a new title'],
	archive_chat: ['a move to or from the archive'],
	take_turn: ['what you said', 'The words are back where you typed them.'],
	ask_reply: null,
	continue_reply: null,
	choose_models: null,
	note_spending: null,
	edit_turn: ['an edit'],
	hide_turn: ['keeping a turn from models'],
	show_turn: ['telling models of a turn again'],
	invite_guest: ['the coming of a guest'],
	dismiss_guest: ['the leaving of a guest'],
	make_place: ['a new place'],
	change_place: ['a change of a place'],
	open_scene: ['the beginning of a scene'],
	close_scene: ['the end of a scene'],
	set_activity: ['a change of what somebody does'],
	advance_time: ['some time that passed'],
	set_weather: ['a change of weather'],
	skip_time: ['a skip of time'],
	open_thread: ['a loose end'],
	update_thread: ['a change of a loose end'],
	close_thread: ['tying a loose end'],
	reopen_thread: ['opening a loose end again'],
	set_author_note: ['the note to every reply'],
	change_chat_settings: ['a change of how the story is played'],
	write_memory: ['a memory'],
	edit_memory: ['a change of a memory'],
	forget_memory: ['forgetting a memory'],
	pin_memory: ['pinning or unpinning a memory'],
	remember_again: ['remembering something again'],
	change_edge: ['a change of feeling'],
	plan_event: ['a plan'],
	replan_event: ['a change of a plan'],
	move_event: ['what became of a story event'],
	revert_event: ['a step back of a story event'],
	undo_effect: ['taking an effect back'],
	apply_observation: null,
	apply_transitions: null,
	decide_interjection: null,
	apply_digest: null,
	fail_stage: null,
	stop_stage: null,
	retry_classifier: null,
	start_meanwhile: ['a scene elsewhere'],
	play_meanwhile: null,
	end_meanwhile: ['the end of a scene elsewhere'],
	settle_digest: ['what became of a digest'],
	save_draft: null,
	keep_prompt: null,
	keep_classifier_prompt: null,
	finish_reply: ['the reply'],
	keep_draft: ['keeping an unfinished reply'],
	fail_reply: null,
	drop_reply: null,
	swap_draft: null,
	save_composer: null,
	swap_composer: null,
	impersonate: null,
	finish_draft: null,
	regenerate: null,
	choose_alternative: ['choosing another reply'],
	delete_turn: ['deleting a turn'],
	branch: ['a new branch', 'It waits in Recovery.'],
	rewind: ['a rewind'],
	restore_copy: ['bringing a copy back'],
	delete_copy: null,
	empty_recovery: null,
	delete_chat: ['deleting a story'],
	undo_last: null,
	bring_in: ['what came from a file', 'Stories that came with it wait in Recovery.'],
	...deskDone
};

const doneBy = (command: string): readonly [what: string, now?: string] =>
	(Object.hasOwn(done, command) ? done[command as keyof typeof done] : null) ?? ['the last thing done here'];

type Told = Readonly<Record<string, string | number | bigint | Uint8Array | null>> | null;

/** What a column of a table is called, and how its value is said. */
const columns: Readonly<Record<string, { readonly name: string; readonly say: (value: unknown) => string }>> =
	{
		'chats.guest_name': { name: 'Guest', say: String },
		'story_now.minutes': { name: 'Story time', say: (value) => storyTime(Number(value)) },
		'story_now.weather': { name: 'Weather', say: String },
		'scenes.closed_minutes': { name: 'The scene ends', say: (value) => storyTime(Number(value)) },
		'containers.name': { name: 'Place', say: (value) => `“${String(value)}”` },
		'threads.text': { name: 'Loose end', say: (value) => `“${String(value)}”` },
		'author_notes.text': { name: 'Note to every reply', say: (value) => `“${String(value)}”` },
		'memories.text': { name: 'Memory', say: (value) => `“${String(value)}”` },
		'chats.title': { name: 'Title', say: (value) => `“${String(value)}”` },
		'chats.archived': { name: 'Place', say: (value) => (value === 1 ? 'archived' : 'in play') }
	};

/** Tables whose rows go with the very event that a preview names: that they are gone need not be said twice. */
const NAMED_ALREADY: readonly string[] = ['containers', 'threads', 'scenes', 'memories', 'story_events'];

/** What a column is called behind the name of its row, and how its value is said. */
const ofRow: Readonly<Record<string, { readonly name: string; readonly say: (value: unknown) => string }>> = {
	'memories.significance': { name: 'how much it matters', say: String },
	'memories.pinned': { name: 'pinned', say: (value) => (value === 1 ? 'yes' : 'no') },
	'memories.forgotten': { name: 'forgotten', say: (value) => (value === 1 ? 'yes' : 'no') },
	'edges.affinity': { name: 'affinity', say: String },
	'edges.trust': { name: 'trust', say: String },
	'story_events.status': { name: 'how it stands', say: String },
	'story_events.started_at': { name: 'started', say: (value) => storyTime(Number(value)) },
	'story_events.completed_at': { name: 'completed', say: (value) => storyTime(Number(value)) }
};

/** One value that comes out otherwise, in words; `named` names its row where the value alone does not. */
const change = (
	table: string,
	named: string,
	before: Told,
	after: Told
): readonly { readonly what: string; readonly before: string; readonly after: string }[] => {
	if ((before === null || after === null) && NAMED_ALREADY.includes(table)) return [];
	const whose = named === 'you' ? 'You' : named;
	const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
	return keys.flatMap((key) => {
		const [was, is] = [before?.[key] ?? null, after?.[key] ?? null];
		if (was === is) return [];
		const row = ofRow[`${table}.${key}`] ?? { name: key, say: String };
		const { name, say } = columns[`${table}.${key}`] ?? {
			name: whose === '' ? row.name : `${whose}, ${row.name}`,
			say: row.say
		};
		const told = (value: unknown) => (value === null || value === '' ? 'nothing' : say(value));
		return [{ what: name, before: told(was), after: told(is) }];
	});
};

export const history = {
	kinds: {
		title: (kind: string) => kindWords(kind).title,
		count: (kind: string, n: number) => kindWords(kind).count(n),
		/** What an event is called; `name` as the log gives it. */
		isNote: (kind: string): boolean => kindWords(kind).note === true,
		named: (kind: string, name: string) =>
			kind === ('undone' satisfies EventKindName)
				? doneBy(name)[0]
				: kind === ('effect_undone' satisfies EventKindName)
					? kindWords(name).title
					: name
	},

	undo: {
		action: 'Undo',
		button: 'Undo the last thing done here',
		buttonFor: (command: string) => `Undo: ${doneBy(command)[0]}`,
		keys: 'Ctrl or ⌘ with Z',
		tookBack: (command: string) => {
			const [what, now] = doneBy(command);
			return `Took back: ${what}.${now === undefined ? '' : ` ${now}`}`;
		},
		nothing: 'Nothing to take back in this tab.',
		notLast: 'Something else was done since. Undo takes back the last thing first.',
		goThere: 'Show it'
	},

	plan: {
		rewindTitle: 'Rewind to here?',
		rewindHelp: 'What comes after this turn leaves the story. Recovery keeps a copy of all of it.',
		deleteTitle: 'Delete this turn?',
		deleteHelp:
			'It leaves the story, with what it brought about. Later turns stay, and nothing is asked anew.',
		rewind: 'Rewind (keeps a recovery copy)',
		delete: 'Delete this turn',
		looking: 'Looking at what would go…',
		goes: 'What goes',
		others: 'Already set aside, and goes too',
		changes: 'What else changes',
		nothing: 'Nothing comes after this turn.',
		gone: 'This turn is not in the story any more.',
		movedOn: 'The story went on meanwhile. This is what would go now.',
		more: (n: number) => `and ${n.toLocaleString('en')} more`,
		setAside: (kind: string, n: number) => `${kindWords(kind).count(n)} set aside before`,
		orphaned: (kind: string, n: number) => `${kindWords(kind).count(n)} of a turn that is gone`,
		notes: (n: number) => `${plural(n, 'note', 'notes')} in the log of what was done`,
		change,
		becomes: 'becomes',
		rewound: (turns: number) => `Rewound by ${plural(turns, 'turn', 'turns')}. Recovery keeps them.`,
		deleted: 'The turn is deleted.'
	},

	recovery: {
		title: 'Recovery',
		link: 'Recovery',
		intro: 'What was rewound, and stories that were deleted, wait here until you delete them for good.',
		empty: 'Nothing is waiting here. When you rewind a story or delete one, what leaves it comes here first.',
		kind: { rewind: 'Rewound', deleted: 'Deleted story' },
		turns: (n: number) => plural(n, 'turn', 'turns'),
		events: (n: number) => plural(n, 'event', 'events'),
		size: (bytes: number) => roughSize(bytes),
		space: (copies: number, bytes: number) => `${plural(copies, 'copy', 'copies')}, ${roughSize(bytes)}.`,
		standing: {
			rewind: {
				restore: 'Nothing was played since. It goes back to where it was.',
				branch: 'The story went on since. It opens as a story of its own, as it was.',
				none: 'A part that came before it is gone for good, so it cannot be played again. It can be read.'
			},
			deleted: {
				restore: 'The whole story comes back.',
				branch: 'The story is there again. This opens as a story of its own, as it was.',
				none: 'A part of it is gone for good, so it cannot be played again. It can be read.'
			}
		},
		look: 'Look',
		bringBack: 'Bring back',
		asBranch: 'Open as a branch',
		download: 'Download',
		delete: 'Delete for good',
		more: 'More for this copy',
		about: (action: string, title: string, when: string) => `${action}: ${title}, ${when}`,
		branchTitle: (title: string) => `${title} (as it was)`,
		restored: (title: string) => `“${title}” is as it was.`,
		branched: (title: string) => `Opened as “${title}”.`,
		open: 'Open it',
		deleteTitle: (title: string) => `Delete this copy of “${title}” for good?`,
		deleteHelp: 'It is erased from this device. This cannot be undone.',
		deleteNeeded: 'An older copy of the same story may need it to be brought back.',
		deleted: 'The copy is deleted.',
		emptyAll: 'Empty Recovery',
		emptyTitle: 'Delete every copy for good?',
		emptyHelp: (copies: number) =>
			`${plural(copies, 'copy is', 'copies are')} erased from this device. This cannot be undone.`,
		emptied: (copies: number) => `${plural(copies, 'copy', 'copies')} deleted.`,
		gone: 'That copy is not here any more.',
		back: 'Back to Recovery',
		alternative: 'Alternative, not in play then',
		noTurns: 'Nothing is said in this copy.',
		showMore: (n: number) => `Show ${plural(n, 'more turn', 'more turns')}`,
		/** Of a downloaded file, before its ending. */
		fileName: (title: string, day: string) => `${title} ${day}`
	},

	log: {
		title: 'Event log',
		of: 'Event log of',
		intro: 'Everything that happened in a story, in the order it happened, and what it caused.',
		choose: 'Choose a story to see its log.',
		noStories: 'No stories yet, so nothing has happened.',
		gone: 'This story is not on this device.',
		other: 'Another story',
		filter: 'Show only',
		filtered: (n: number) => `Show only (${n.toLocaleString('en')} chosen)`,
		clear: 'Show all kinds',
		list: 'Events, the newest first',
		none: 'No event of these kinds.',
		number: (n: number) => `Event ${String(n)}`,
		effects: (n: number) => plural(n, 'effect', 'effects'),
		supersededBy: (n: number) => `Set aside by ${String(n)}`,
		supersededByGone: 'Set aside',
		orphaned: 'Its turn is gone',
		live: 'Counts',
		turn: 'Turn',
		cause: 'Caused by',
		answers: 'Answers',
		ownTurn: 'its own',
		noTurn: 'before the first turn',
		wire: 'Kind',
		at: 'When',
		id: 'Id',
		stands: 'Stands',
		brought: 'Brought about',
		payload: 'Payload',
		older: 'Older events',
		newest: 'Newest events',
		rewind: 'Rewind to here',
		inStory: 'Show it in the story',
		verify: 'Verify',
		verifyNow: 'Verify everything',
		verifyHelp:
			'Plays every log again beside what is shown, compares every row, and puts right what differs.',
		verifying: (done: number, total: number) =>
			total === 0
				? 'Verifying…'
				: `Verifying: ${done.toLocaleString('en')} of ${plural(total, 'event', 'events')}`,
		verified: (events: number) =>
			`Verified ${plural(events, 'event', 'events')}. Everything shown is what the log says.`,
		differed: (events: number, rows: number) =>
			`Verified ${plural(events, 'event', 'events')}. ${plural(rows, 'row', 'rows')} did not agree with the log:`,
		differedIn: (of: readonly string[], rows: number) =>
			`${plural(rows, 'row', 'rows')} made by ${of.map((kind) => `“${kindWords(kind).title}”`).join(', ')}.`,
		indexesMended: 'An index of words did not hold what it should, and was made anew.',
		repaired: 'Put right.',
		notRepaired: (why: string) => `Left as it was: ${why}`,
		calledOff: 'Called off. Nothing was changed.',
		library: 'Your library',
		selfRepaired: (rows: number) =>
			`Stet checked itself: ${plural(rows, 'row', 'rows')} did not agree with the log and were put right.`
	}
};
