// The interface in English.
import type { Result } from '#lib/domain/kernel/result.ts';
import type { AnyRefusal } from '#lib/domain/vocabulary.ts';
import type { ModelFailure, StorageStatus } from '#lib/worker/protocol.ts';
import { account } from './en-account.ts';
import { demoStory } from './en-demo-story.ts';
import { history } from './en-history.ts';
import { models } from './en-models.ts';
import { megabytes, plural, storyTime } from './en-numbers.ts';
import { travel } from './en-travel.ts';

/** What is wrong with a field, in words. */
const fieldProblem = (field: string, problem: string): string => {
	const label = fields[field] ?? field;
	if (problem === 'required') return `${label} cannot be empty.`;
	if (problem === 'too_big') return `${label} is too long.`;
	return `${label} is not something Stet can use.`;
};

const fields: Readonly<Record<string, string>> = {
	name: 'The name',
	title: 'The title',
	text: 'The text',
	place: 'The place',
	tagline: 'The line',
	description: 'The description',
	greeting: 'What they say first',
	scenario: 'How a story begins',
	examples: 'How they talk',
	url: 'The address',
	model: 'The model',
	label: 'The name',
	key: 'The key',
	maxOutputTokens: 'The longest reply',
	temperature: 'The temperature',
	topP: 'Top P',
	contextTokens: 'The window',
	price: 'The price',
	taskModels: 'The model',
	minutes: 'The time',
	to: 'The time',
	anchor: 'What the time hangs on',
	weather: 'The weather',
	placeName: 'The place',
	summary: 'What came of it',
	outcome: 'How it ended',
	posture: 'The posture',
	action: 'What they do',
	attention: 'What they look to',
	mood: 'The mood'
};

/** What happened, and what to do, for each way a command can say no. */
const refusal = (error: AnyRefusal): string => {
	switch (error.type) {
		case 'invalid_input':
			return fieldProblem(error.field, error.problem);
		case 'unknown_command':
			return `There is no command "${error.name}". Nothing was changed.`;
		case 'avatar_unknown':
			return 'That picture is not stored here. Choose it again.';
		case 'avatar_not_a_picture':
			return 'That file is not a picture Stet can keep. Choose a PNG, JPEG, WebP, GIF or AVIF.';
		case 'avatar_too_large':
			return `That picture has ${megabytes(error.bytes)}; at most ${megabytes(error.maxBytes)} can be kept. Choose a smaller one.`;
		case 'bot_unknown':
			return 'That bot is not in the library any more. Choose another one.';
		case 'bot_retired':
			return 'That bot is retired already.';
		case 'you_unknown':
			return 'That persona is not in the library any more. Choose another one.';
		case 'you_retired':
			return 'That persona is retired already.';
		case 'bot_is_host':
			return 'That bot plays the story with you already. Choose another one as the guest.';
		case 'not_its_host':
			return 'That story is another bot’s. Only its own host can remember it.';
		case 'guest_present':
			return 'A guest is there already. Let them leave first.';
		case 'no_guest':
			return 'No guest is there.';
		case 'entity_unknown':
			return 'They are not in this story now.';
		case 'place_unknown':
			return 'That place is not in this story any more. Choose another one.';
		case 'place_in_itself':
			return 'A place cannot lie in itself, or in one that lies in it.';
		case 'no_scene':
			return 'No scene is open.';
		case 'clock_goes_back':
			return `It is later than that in the story: ${storyTime(error.minutes)}. To go back, mark it as a flashback.`;
		case 'thread_unknown':
			return 'That loose end is not in this story any more.';
		case 'memory_unknown':
			return 'That memory is not in this story any more.';
		case 'owner_unknown':
			return 'Only somebody who is in this story now can be given a memory.';
		case 'not_a_witness':
			return 'Whose memory it is must be among those who were there.';
		case 'edge_to_itself':
			return 'Choose two who are not the same.';
		case 'story_event_unknown':
			return 'That story event is not in this story any more.';
		case 'story_event_over':
			return 'That story event is over. Take it a step back first.';
		case 'nothing_to_revert':
			return 'Nothing has come of that story event yet.';
		case 'effect_unknown':
			return 'That was taken back already. Nothing was changed.';
		case 'thread_closed':
			return 'That loose end is tied already.';
		case 'stage_over':
			return 'That part of the turn is over already.';
		case 'speaker_unknown':
			return 'Whoever was to answer is not in this story any more.';
		case 'nothing_to_retry':
			return 'There is nothing here to be noticed again.';
		case 'meanwhile_running':
			return 'A scene elsewhere is being played. End it, then go on here.';
		case 'no_meanwhile':
			return 'No scene elsewhere is being played.';
		case 'meanwhile_over':
			return 'That scene has had all of its turns. End it to read what came of it.';
		case 'digest_unknown':
			return 'That digest is not in the story any more.';
		case 'chat_unknown':
			return 'That story is not on this device.';
		case 'turn_unknown':
			return 'That turn is not in this story any more. Nothing was changed.';
		case 'reply_unfinished':
			return 'The last reply is not finished. Keep it, discard it or wait for it first.';
		case 'nothing_to_continue':
			return 'There is no unfinished reply to go on with.';
		case 'nothing_to_put_back':
			return 'There is nothing to put back here.';
		case 'nothing_to_answer':
			return 'There is nothing of yours to answer here. Say something first.';
		case 'job_unknown':
			return 'That reply has ended already. Nothing was changed.';
		case 'no_earlier_try':
			return 'There are no words of an earlier try.';
		case 'reply_empty':
			return 'There is nothing to keep yet. Ask again, or discard it.';
		case 'turn_gone':
			return 'The turn this belongs to was taken back meanwhile. Nothing was changed.';
		case 'not_newest':
			return 'Only the newest turn can do this. Rewind to it first, or open a branch there.';
		case 'alternative_unknown':
			return 'That reply is no alternative any more. Nothing was changed.';
		case 'nothing_to_rewind':
			return 'Nothing comes after that turn.';
		case 'moved_on':
			return 'The story went on meanwhile. Nothing was changed; look again at what would go.';
		case 'copy_unknown':
			return 'That copy is not in Recovery any more.';
		case 'copy_incomplete':
			return 'That copy cannot be played again: a part that came before it is gone. It can still be read.';
		case 'story_went_on':
			return 'The story went on since, so this cannot be taken back alone. Rewind, or look into Recovery.';
		case 'nothing_to_undo':
			return 'Nothing to take back in this tab.';
		case 'nothing_arrived':
			return 'There is nothing to bring in. Choose the file again.';
		case 'here_by_now':
			return 'Some of it is here by now. Nothing was changed; look at the file again.';
		case 'act_conflict':
			return 'The file says of a hand-off that is here what did not happen. Nothing was changed.';
		case 'card_none':
			return 'There is no card in that text. A card begins with “stet-card:”.';
		case 'card_cut':
			return 'The end of that card is missing. Ask for it again, and paste all of it.';
		case 'card_newer':
			return 'That card is from a newer version of Stet. Update this one, and paste it again.';
		case 'card_damaged':
			return 'That card was changed on its way. Ask for it again; nothing was added.';
		case 'contact_unknown':
			return 'That colleague is not among your contacts any more.';
		case 'member_unknown':
			return 'Choose who you are first: that member is not at the desk any more.';
		case 'member_may_not':
			return 'Only engineers and admins can do this. Members raise hand-offs, and see, note on and withdraw their own.';
		case 'not_in_a_case':
			return 'That belongs to stories. A case has no guests, no scenes and no clock.';
		case 'case_unknown':
			return 'That case is not on this device.';
		case 'case_resolved':
			return 'That case is resolved already.';
		case 'case_open':
			return 'That case is open already.';
		case 'step_unknown':
			return 'That step is not in this case any more.';
		case 'already_raised':
			return 'This was handed on already, and waits or is being worked on.';
		case 'nothing_to_assess':
			return 'Nothing was said in it yet, so there is nothing to assess.';
		case 'not_assessing':
			return 'No assessment is being written now.';
		case 'assessment_unknown':
			return 'That assessment is not there any more. Look at the newest one.';
		case 'handoff_unknown':
			return 'That hand-off is not on this device.';
		case 'already_claimed':
			return `${error.by} has it already.`;
		case 'not_claimed':
			return 'Nobody has picked it up yet.';
		case 'not_yours':
			return `${error.by} has it. Only they, or an admin, can do this.`;
		case 'yours_already':
			return 'You have it already.';
		case 'not_stale':
			return `${error.by} is still at it. It can be taken over when nothing was done for a while.`;
		case 'may_not_own':
			return 'Only engineers and admins can be given a hand-off.';
		case 'still_open':
			return 'It is not over yet.';
		case 'with_ai':
			return 'It was handed back to the AI. Raise it again first.';
		case 'resolved':
			return 'It is resolved already. Reopen it first.';
		case 'withdrawn':
			return 'It was withdrawn meanwhile. Nothing was changed.';
		case 'not_snoozed':
			return 'It is not snoozed.';
		case 'past_already':
			return 'That moment is past. Choose a later one.';
	}
};

/** What a form is told of a command's answer: the refusal's sentence, and the field it is about. Null stays null. */
const formResult = (
	result: Result<unknown, AnyRefusal> | null
): Result<unknown, { type: string; field: string; sentence: string }> | null => {
	if (result === null || result.ok) return result;
	const { error } = result;
	// the only other refusals of the library's forms are about the picture
	const field = error.type === 'invalid_input' ? error.field : 'avatar';
	return { ok: false, error: { type: error.type, field, sentence: refusal(error) } };
};

/** How long it is until then, in words: `waitMs` from 0. */
const inTime = (waitMs: number): string => {
	const seconds = Math.ceil(waitMs / 1000);
	if (seconds < 120) return plural(seconds, 'second', 'seconds');
	const minutes = Math.ceil(seconds / 60);
	return minutes < 120
		? plural(minutes, 'minute', 'minutes')
		: plural(Math.ceil(minutes / 60), 'hour', 'hours');
};

/**
 * Why a model did not answer: what happened, and the next step. `some`: it had said something of a reply, which is kept.
 * `waitMs`: how long a provider wants to be left alone from now on, where that is known better than when it failed.
 */
const failure = (
	error: ModelFailure,
	{ some = false, waitMs = (error.retryAfterSeconds ?? 0) * 1000 } = {}
): { readonly what: string; readonly next: string } => {
	switch (error.type) {
		case 'bad-key':
			return {
				what: 'The key was not accepted.',
				next: 'Enter it again under Settings, and look for a missing first or last letter.'
			};
		case 'org-blocks-browser':
			return {
				what: 'The provider forbids this organisation to be called from a browser.',
				next: 'Ask its owner to allow it, or use another provider.'
			};
		case 'offline':
			return {
				what: 'This device is offline.',
				next: 'Ask again when it is connected. Everything so far is saved.'
			};
		case 'unreachable':
			return {
				what: 'Nothing answered at that address.',
				next: 'See that the server runs and that the address is right.'
			};
		case 'cors':
			return {
				what: 'The server is there, but did not let this page read its answer.',
				next: 'Check the key first: some providers answer a wrong one this way. For a server of your own, allow this page: Ollama with OLLAMA_ORIGINS, LM Studio with “Enable CORS”, llama.cpp with --cors-origins.'
			};
		case 'local-network':
			return {
				what: 'The browser did not allow this page to reach your own network.',
				next: 'Allow “local network” for this page in the browser’s site settings, then test again.'
			};
		case 'quota':
			return {
				what: 'The account has no credit or quota left.',
				next: 'Top it up with the provider, or use another connection.'
			};
		case 'rate-limited':
			return {
				what: 'Too many requests for now.',
				next:
					error.retryAfterSeconds === undefined
						? 'Wait a little, then ask again.'
						: waitMs > 0
							? `Ask again in ${inTime(waitMs)}.`
							: 'It can be asked again now.'
			};
		case 'overloaded':
			return { what: 'The provider is overloaded.', next: 'Ask again in a moment.' };
		case 'context-too-long':
			return {
				what: 'The story is longer than this model can read at once.',
				next: 'Set a smaller window under Settings, or use a model with a larger one.'
			};
		case 'content-filter':
			return {
				what: 'The provider’s filter stopped the reply.',
				next: 'Edit your words, or use another model.'
			};
		case 'wrong-model':
			return {
				what: 'The provider does not know that model.',
				next: 'Check the model’s name under Settings.'
			};
		case 'not-an-api':
			return {
				what: 'That address answered, but not like a model server.',
				next: 'Check the address; it usually ends in /v1.'
			};
		case 'refused':
			return {
				what: `The provider refused the request${error.status === undefined ? '' : ` (${String(error.status)})`}.`,
				next: 'See what it said, then ask again.'
			};
		case 'interrupted':
			return {
				what: 'The reply was cut off on the way.',
				next: some ? 'Let it continue, keep what there is, or ask again.' : 'Ask again.'
			};
		case 'stalled':
			return {
				what: 'The server stopped answering.',
				next: some ? 'Let it continue, keep what there is, or ask again.' : 'Ask again.'
			};
		case 'empty':
			return { what: 'The model answered with nothing.', next: 'Ask again, or change your words.' };
		case 'no-room':
			return {
				what: 'The longest reply was used up before a word of it came.',
				next: 'A model that thinks counts its thoughts as well. Allow it a longer reply, here under “Replies come from” or with its connection.'
			};
		case 'no-key':
			return {
				what: 'This tab does not hold the key of that connection.',
				next: 'Enter it again under Settings.'
			};
		case 'locked':
			return {
				what: 'The key of that connection is locked with your passphrase.',
				next: 'Unlock it under Settings, then ask again.'
			};
		case 'not-downloaded':
			return {
				what: 'This browser has not downloaded its model yet.',
				next: 'Download it under Settings, or use another connection.'
			};
		case 'invalid-output':
			return {
				what: 'The model did not answer in the form it was asked for.',
				next: 'Ask again, or use another model.'
			};
		case 'no-connection':
			return {
				what: 'The connection this reply was asked from is gone.',
				next: 'Choose another one under Settings, then ask again.'
			};
	}
};

/** What is wrong with a field of the connection form: most often an address, and there the reason is not obvious. */
const connectionFieldProblem = (field: string, problem: string): string => {
	switch (problem) {
		case 'not-a-url':
			return 'The address is not complete. It begins with https:// (or http:// on this computer).';
		case 'not-https':
			return 'A server elsewhere needs https://. Without it, only one on this computer (localhost) can be reached.';
		case 'other-loopback':
			return 'Without https://, this computer can be reached by two names only: localhost and 127.0.0.1. Use one of them.';
		case 'has-credentials':
			return 'The address holds a name or password. Take it out; a key goes in its own field.';
		case 'has-query':
			return 'The address has a part after ? or #. Take it out; a key goes in its own field.';
	}
	if (field === 'maxOutputTokens')
		return 'The longest reply is a whole number of tokens, from 1 to 1,000,000.';
	if (field === 'temperature') return 'The temperature is a number from 0 to 2, or empty.';
	if (field === 'topP') return 'Top P is a number above 0, up to 1, or empty.';
	if (field === 'contextTokens') return 'The window is a whole number of tokens, at least 512, or empty.';
	if (field === 'price')
		return 'A price is in US dollars for a million tokens; fill both fields in, or neither.';
	if (field === 'passphrase') return models.models.passphraseProblem(problem);
	if (field === 'key') return 'That is no key: it is empty, or holds spaces or letters a key cannot have.';
	if (field === 'id') return 'That connection was deleted meanwhile. Add it anew.';
	return fieldProblem(field, problem === 'too_small' ? 'required' : problem);
};

/** Refusals of the connection form. */
const connectionRefusal = (error: { readonly type: string; readonly [detail: string]: unknown }): string => {
	switch (error.type) {
		case 'invalid_input':
			return connectionFieldProblem(String(error['field']), String(error['problem']));
		case 'key_for_other_origin':
			return 'The stored key belongs to the old address or provider. Enter the key for the new one, or choose no key.';
		case 'vault_unavailable':
			return 'This window cannot remember keys. Use the key for this session only.';
		case 'wrong_passphrase':
			return models.models.wrongPassphrase;
		default:
			return `The connection was not saved (${error.type}).`;
	}
};

const storage = (status: StorageStatus): { readonly what: string; readonly next: string } | null => {
	switch (status.state) {
		case 'opening':
			return null;
		case 'ready':
			if (status.kept === 'memory')
				return {
					what: 'Nothing is stored here.',
					next: 'This session lives in memory and is gone when the tab is closed or reloaded.'
				};
			if (status.private)
				return {
					what: 'This looks like a private window.',
					next: 'Stories last until its last tab is closed. Open Stet in a normal window to keep them.'
				};
			return null;
		case 'unavailable':
			return {
				what: 'This window cannot store anything.',
				next:
					status.reason === 'no-opfs'
						? 'The browser is missing the private file system Stet writes to. A current Chrome, Edge, Firefox or Safari has it.'
						: status.reason === 'no-worker'
							? 'A part of Stet could not be started. Reload the page; if that does not help, use a current Chrome, Edge, Firefox or Safari.'
							: 'The browser refused to store data; private windows often do. Open Stet in a normal window, and allow it to store data.'
			};
		case 'asleep':
			return {
				what: 'Stet is open in another tab that is asleep.',
				next: 'Go to that tab to wake it, or close it. This one goes on by itself then.'
			};
		case 'other-version':
			return status.newer === 'this'
				? {
						what: 'Another tab runs an older version of Stet.',
						next: 'Close or reload that tab. Nothing is written until then.'
					}
				: {
						what: 'Your library belongs to a newer version of Stet.',
						next: 'Reload this page to get it. Nothing is written until then.'
					};
		case 'failing':
			return status.reason === 'full'
				? {
						what: 'The disk is full.',
						next: 'What was saved stays. Make room, then go on; reading still works.'
					}
				: status.reason === 'corrupt'
					? {
							what: 'The library’s file is damaged.',
							next: 'It is left as it is. Nothing is written over it.'
						}
					: status.reason === 'timeout'
						? {
								what: 'Opening the library takes too long.',
								next: 'Reload the page. If that does not help, restart the browser.'
							}
						: {
								what: 'The disk refused to write.',
								next: 'What was saved stays. Reload the page to try again.'
							};
	}
};

const DAY_MS = 86_400_000;

/** A moment, as one would say it: time today, weekday this week, date before. */
const moment = (at: number, now: number): string => {
	const date = new Date(at);
	if (new Date(now).toDateString() === date.toDateString())
		return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
	if (now - at < 6 * DAY_MS) return date.toLocaleDateString('en', { weekday: 'long' });
	return date.toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' });
};

export const en = {
	language: 'en',
	moment,
	refusal,
	formResult,
	failure,
	connectionRefusal,
	fieldProblem,
	storage,
	...history,
	...models,
	...travel,
	account,

	app: {
		name: 'Stet',
		skip: 'Skip to the page',
		nav: 'Main',
		stories: 'Stories',
		queue: 'Queue',
		bots: 'Bots',
		you: 'You',
		settings: 'Settings',
		back: 'Back to stories',
		opening: 'Opening your library…',
		offline: 'Offline',
		offlineHelp: 'Everything but asking a distant model works.',
		saved: 'Saved',
		saving: 'Saving…',
		notSaved: 'Not saved',
		notSavedHelp: (why: string) => `The last change did not reach the disk: ${why}`,
		inMemory: 'In memory only',
		startInMemory: 'Go on in memory only',
		notStarted: (why: string) => `That did not start: ${why}`,
		noModelWorker: 'A part of Stet did not load, so no model can be asked. Reload the page.',
		reload: 'Reload',
		dismiss: 'Dismiss',
		close: 'Close',
		cancel: 'Cancel',
		save: 'Save',
		notSavedTitle: 'The last change is not saved.',
		notSavedSafe: 'Everything before it is safe on the disk. Try it again, or reload the page.',
		didNotWork: (why: string) => `That did not work: ${why}`,
		notSavedYet: 'Not saved yet',
		leaveUnsaved: 'Leave without saving?',
		leaveUnsavedHelp: 'What you changed on this page is not saved.',
		leaveAnyway: 'Leave',
		notFound: 'There is no such page.',
		notFoundHelp: 'The story or page may have been on another device.',
		broken: 'Something in Stet broke.',
		brokenHelp: 'What was saved is safe. Reload to go on; if it happens again, the line below says where.',
		toStories: 'To your stories',
		update: 'A new version of Stet is ready.',
		updateNow: 'Change to it',
		updateWaiting: 'It changes as soon as the reply is finished.',
		install: 'Install Stet'
	},

	home: {
		title: 'Stories',
		firstTitle: 'Let it stand.',
		firstText:
			'Long stories, played with characters, kept on your own disk. Any words can be changed, the older ones stay, and nothing is lost.',
		demo: 'Play the demo story',
		demoCase: 'Try the demo case',
		demoHelp:
			'No account, no key, no network: a storyteller, and a copilot for cases, are built into Stet. They are scripted, not an AI.',
		sampleFrom: (title: string) => `How “${title}”, the demo story, begins`,
		makeBot: 'Make a bot of your own',
		newStory: 'New story',
		newCase: 'New case',
		continueLabel: 'Continue',
		continueWith: (title: string) => `Continue ${title}`,
		others: 'All stories',
		turns: (n: number) => plural(n, 'turn', 'turns'),
		inRecovery: (copies: number) =>
			`What you deleted or rewound waits in Recovery (${copies.toLocaleString('en')}).`,
		showArchived: 'Archived stories',
		showActive: 'Stories in play',
		nothingArchived: 'Nothing is archived.',
		allArchived: 'Every story is archived.',
		archive: 'Archive',
		unarchive: 'Bring back',
		archivedNote: (title: string) => `“${title}” is archived.`,
		broughtBack: (title: string) => `“${title}” is back.`
	},

	newStory: {
		title: 'New story',
		withWhom: 'Played with',
		noBots: 'A story needs a bot to play with.',
		asWhom: 'You play as',
		asYourself: 'Yourself, unnamed',
		place: 'Where it begins',
		placeHelp: 'A place in a few words. May stay empty.',
		placeExample: 'The salt market, an hour before the bells',
		name: 'Title',
		nameHelp: 'Empty: the bot’s name.',
		begin: 'Begin',
		continues: (bot: string, story: string) => `${bot} remembers “${story}”`,
		continuesHelp:
			'What they remember and feel goes along, as copies. What the newest reply there brought about does not: it may still be asked for again.',
		continuesOther: 'As somebody else, you are new to them.'
	},

	chat: {
		loading: 'Opening the story…',
		gone: 'This story is not on this device. It may be in a library that was put aside: see Recovery.',
		inRecovery: 'This story is in Recovery',
		inRecoveryHelp: 'It was deleted, or taken back. All of it is still there.',
		transcript: 'Transcript',
		you: 'You',
		narrator: 'Narrator',
		composer: 'Your turn',
		composerHint: (bot: string) => `Say or do something. ${bot} answers.`,
		composerHintAny: 'Say or do something. Whoever you speak to answers.',
		narrate: 'Narrate',
		narrateHelp: 'Nobody says these words: they tell what happens',
		narrateHint: (bot: string) => `Tell what happens. ${bot} answers.`,
		narrateHintAny: 'Tell what happens. Somebody answers.',
		send: 'Send',
		draft: 'Write for me',
		draftHelp:
			'A model drafts your turn here, from what you have typed. Nothing is sent. Ctrl or ⌘ with Shift and Enter',
		drafting: 'Drafting your turn…',
		drafted: 'A draft. Change it, send it, or press Esc for what you had typed.',
		putBack: 'Put back what I typed',
		swap: 'Swap with what stood here before',
		sendKeys: 'Ctrl or ⌘ with Enter sends',
		stop: 'Stop',
		asking: (connection: string) => `Asking ${connection}…`,
		writing: 'Writing…',
		thinking: 'Thinking…',
		thoughts: 'What the model thinks',
		waiting: (seconds: number) =>
			`The provider is busy. Trying again in ${plural(seconds, 'second', 'seconds')}…`,
		replied: (bot: string) => `${bot} has replied.`,
		notReplied: (bot: string) => `${bot} did not reply.`,
		truncated: 'Stopped here',
		edited: 'Edited',
		editedTimes: (n: number) => `Edited ${plural(n, 'time', 'times')}`,
		earlierTexts: 'What it said before',
		edit: 'Edit this turn',
		copy: 'Copy this turn',
		copied: 'Copied.',
		editLabel: 'The words of this turn',
		saveEdit: 'Save',
		continueElsewhere: (bot: string) => `Another story with ${bot}`,
		rename: 'Rename',
		renameTitle: 'Rename this story',
		newTitle: 'Title',
		archive: 'Archive',
		menu: 'More for this story',
		/** What is said otherwise where the chat is a case. */
		ofCase: {
			menu: 'More for this case',
			isArchived: 'This case is archived.',
			deleteStory: 'Delete this case',
			deleteStoryTitle: 'Delete this case?'
		},
		caseHint: 'Describe what happens, or what you tried.',
		tried: 'Write down as a step',
		escalate: 'Escalate',
		handOver: 'Hand over',
		toEnd: 'To the newest',
		toBeginning: 'To the beginning',
		linkGone: 'The turn this link leads to is not in this story.',
		cutTitle: 'This reply was cut off.',
		cutHelp: 'The page was closed while it was being written. What had arrived is above.',
		lostTitle: 'No reply came.',
		lostHelp: 'The page was closed before the first word.',
		unansweredTitle: 'No reply yet.',
		keep: 'Keep it',
		discard: 'Discard it',
		otherTry: 'Show the other try',
		otherTryHelp: 'The words that came before it was asked again',
		leaveIt: 'Leave it',
		finishFirst: 'Keep or discard the unfinished reply first.',
		isArchived: 'This story is archived.',
		editWaits: 'An edit of this turn is not saved.',
		notCopied: 'The browser did not allow copying.',
		stoppedAt: (bot: string) => `${bot} was stopped. What was said is kept.`,
		again: 'Ask again',
		toSettings: 'Settings',
		from: (label: string) => `Replies come from ${label}`,
		alternatives: 'Replies to choose from',
		alternativeBefore: 'The reply before',
		alternativeAfter: 'The next reply',
		alternativeOf: (place: number, of: number) => `Reply ${String(place)} of ${String(of)}`,
		regenerate: 'Another reply',
		regenerateHelp: 'The present one stays until the new one is whole, and can be chosen again afterwards.',
		regenerateAsIs: 'Ask again',
		regenerateWithNote: 'Ask again with this note',
		note: (bot: string) => `A note for this one reply (${bot} does not hear it)`,
		noteExample: 'shorter, and let it rain',
		changeWords: 'Change my words first',
		askWithWords: 'Use these words for another reply',
		keepOld: 'Keep the old reply',
		keptOld: 'The old reply stays.',
		turnMenu: 'More for this turn',
		branch: 'Branch from here',
		branched: 'This is a branch. The story it comes from is as it was.',
		branchTitle: (title: string) => `${title} (branch)`.slice(0, 200),
		rewind: 'Rewind to here',
		delete: 'Delete this turn',
		notNewestTitle: 'Only the newest reply can be written again',
		notNewestHelp:
			'What came after this one was built on it. Go on from here in a branch, where both lines stay, or rewind this story to here; what comes after goes to Recovery.',
		takeBackRewind: 'Rewind (keeps a recovery copy)',
		takeBackDelete: 'Delete it',
		log: 'Event log',
		deleteStory: 'Delete this story',
		deleteStoryTitle: 'Delete this story?',
		deleteStoryHelp: 'It goes to Recovery, and can be brought back from there until you empty it.',
		deleteStoryYes: 'Delete it',
		deletedStory: (title: string) => `“${title}” is in Recovery.`
	},

	markdown: {
		image: (alt: string) => (alt === '' ? 'picture' : `picture: ${alt}`),
		openLink: 'This link leaves Stet',
		openLinkHelp: 'Opening it tells this site that you came:',
		wholeAddress: 'Whole address',
		foreignHost: 'The name has letters of other scripts. It may look like a site you know and not be it.',
		insecureLink: 'The way there is not encrypted: others can read it and change it.',
		open: 'Open it',
		table: 'Table',
		task: 'To do',
		done: 'Done'
	},

	bots: {
		title: 'Bots',
		new: 'New bot',
		newTitle: 'A new bot',
		empty: 'No bots yet. A bot is a character: a name is enough to begin with.',
		gone: 'That bot is not on this device.',
		name: 'Name',
		tagline: 'In one line',
		taglineHelp: 'Shown in lists. The model does not read it.',
		description: 'Who they are',
		descriptionHelp: 'What the model is told: looks, past, manner, what they want.',
		scenario: 'How a story with them begins',
		greeting: 'Their first words',
		greetingHelp: 'Opens every new story. Empty: you begin.',
		examples: 'How they talk',
		examplesHelp: 'A few lines in their voice.',
		avatar: 'Picture',
		choose: 'Choose a picture',
		remove: 'Remove it',
		avatarHelp: 'PNG, JPEG, WebP, GIF or AVIF. Scaled down and kept on this device.',
		avatarUnreadable: 'That file is not a picture this browser can read.',
		avatarWorking: 'Scaling the picture…',
		saved: (name: string) => `${name} is saved.`,
		retire: 'Retire',
		retireTitle: (name: string) => `Retire ${name}?`,
		retireHelp: 'A retired bot leaves the list. Its stories stay and go on working.',
		retired: (name: string) => `${name} is retired.`,
		play: 'Play a story',
		isRetired: 'This bot is retired. Saving brings it back.'
	},

	you: {
		title: 'You',
		intro: 'Personas: who you are in a story. A story uses one, or none.',
		new: 'New persona',
		newTitle: 'A new persona',
		empty: 'No personas yet. Without one you play as yourself, unnamed.',
		gone: 'That persona is not on this device.',
		name: 'Name',
		description: 'What bots may know about you',
		descriptionHelp: 'The model is told this.',
		saved: (name: string) => `${name} is saved.`,
		retire: 'Retire',
		retireTitle: (name: string) => `Retire ${name}?`,
		retireHelp: 'A retired persona leaves the list. Stories that use it go on working.',
		retired: (name: string) => `${name} is retired.`,
		isRetired: 'This persona is retired. Saving brings it back.'
	},

	settings: {
		title: 'Settings',
		connections: 'Connections',
		connectionsHelp:
			'Where replies come from. Requests go straight from this browser to the address you enter, and nowhere else.',
		add: 'Add a connection',
		addTitle: 'Add a connection',
		editTitle: (label: string) => `Edit ${label}`,
		demoLabel: 'Demo storyteller',
		demoHelp: 'Built in, scripted, no AI. Works offline.',
		inUse: 'In use',
		use: 'Use this one',
		test: 'Test',
		testing: 'Testing…',
		stopTest: 'Stop testing',
		testOk: (ms: number) =>
			`It answers. First word after ${ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`}.`,
		testSaid: (said: string) => `It said: ${said}`,
		edit: 'Edit',
		delete: 'Delete',
		deleteTitle: (label: string) => `Delete ${label}?`,
		deleteHelp: 'Its key is forgotten with it. Stories stay.',
		deleteInUse: (demo: string) =>
			`It is the one in use: until you choose another, replies come from “${demo}”, which is scripted and no AI.`,
		deleted: (label: string) => `${label} is deleted.`,
		keyNone: 'no key',
		keyRemembered: (end: string | null) => (end === null ? 'key remembered' : `key …${end}`),
		keySession: (end: string | null) => (end === null ? 'key for this session' : `key …${end}, this session`),
		keyPassphrase: (end: string | null) =>
			end === null ? 'key under your passphrase' : `key …${end}, under your passphrase`,
		keyLocked: 'key locked with your passphrase',
		keyMissing: 'key needed',
		notLasting: 'for this session only: this window cannot keep connections',
		label: 'Name',
		labelHelp: 'What you call it. Empty: named after the server.',
		url: 'Address',
		urlHelp: 'The base address; it usually ends in /v1.',
		model: 'Model',
		modelHelp: 'As the provider spells it. Fetch the list, or type a name.',
		key: 'Key',
		keyKeep: 'Keep the stored key',
		keyNew: 'Enter a key',
		keyNo: 'No key',
		keySecret: 'The key',
		keyRemember: 'Remember it on this device',
		keySessionOnly: 'For this session only',
		keyHonest:
			'A remembered key is stored encrypted and works only for this address. That protects files and copies; it does not protect against a program that runs inside this page. Use a key with a spending limit.',
		keySessionHelp: 'A session key is forgotten when this tab is reloaded or closed.',
		more: 'More settings',
		maxOutputTokens: 'Longest reply, in tokens',
		temperature: 'Temperature',
		temperatureHelp: 'Empty: the provider’s own. Higher is wilder.',
		savedNote: (label: string) => `${label} is saved.`,
		forget: 'Forget all keys',
		forgetTitle: 'Forget all keys?',
		forgetHelp:
			'Every key stored in this browser is erased, and the passphrase with them. Connections stay and ask for their key again.',
		forgotten: 'All keys are forgotten.',
		appearance: 'Appearance',
		theme: 'Light or dark',
		themes: { system: 'As the device', light: 'Light', dark: 'Dark' },
		storage: 'Storage',
		storageDisk: 'Everything is kept on this device, in this browser.',
		storageMemory: 'This session is kept in memory only, and is gone when the tab is closed.',
		storagePersisted: 'The browser has agreed not to clear it on its own.',
		storageNotPersisted: 'The browser may clear it when space runs out.',
		storageAsk: 'Ask it not to',
		storageRefused:
			'The browser did not agree. It may later, when Stet is used more, installed or bookmarked.',
		history: 'History',
		historyHelp:
			'Nothing you rewind or delete is gone at once, and every story keeps a log of all that happened.',
		about: 'About',
		aboutText:
			'Stet has no server, no account and no telemetry. Your stories never leave this browser but to the provider you choose.'
	},

	demoStory
};
