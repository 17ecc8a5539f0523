// One scripted story that uses every word of the vocabulary, and every table a word may touch at least once.
import { actsElsewhere, arriveAgain } from './arrival.ts';
import { effectsOn } from './effects-random.ts';
import { aChat, anExchange, anotherReply, NOBODY, type Given } from './given.ts';
import type { Made } from './histories.ts';
import { playDeskTour } from './tour-desk.ts';
import { playStages } from './tour-stages.ts';

const failure = { type: 'offline' };

/** Everything a person can set right by hand in the world of a story. */
const playWorld = (at: Given, chatId: string): void => {
	const { botId } = at.done('author_bot', { name: 'Edda' });
	at.done('invite_guest', { chatId, botId });
	const { containerId: town } = at.done('make_place', { chatId, name: 'The town' });
	const { containerId } = at.done('make_place', { chatId, name: 'The harbour' });
	at.done('make_place', { chatId, name: 'The quay', parentId: town });
	at.done('change_place', { chatId, containerId, parentId: town });
	at.done('open_scene', { chatId, containerId });
	at.done('open_scene', { chatId, placeName: 'The lighthouse' });
	at.done('set_activity', { chatId, entity: botId, containerId, action: 'mends a net' });
	at.done('close_scene', { chatId, summary: 'They met.' });
	at.done('dismiss_guest', { chatId });
	at.done('advance_time', { chatId, minutes: 20 });
	at.done('set_weather', { chatId, weather: 'Fog' });
	const label = 'The next morning';
	const { turnId } = at.done('skip_time', { chatId, kind: 'elision', minutes: 600, label });
	const { jobId } = at.done('ask_reply', { chatId, connectionId: 'demo' });
	at.done('drop_reply', { jobId });
	const later = { chatId, kind: 'jump', to: 60, flashback: true, label, connectionId: 'demo' } as const;
	const skipped = at.done('skip_time', later);
	at.done('fail_reply', { jobId: skipped.jobId ?? '', text: '', failure });
	at.done('skip_time', { ...later, connectionId: null });
	at.done('hide_turn', { chatId, turnId });
	at.done('show_turn', { chatId, turnId });
	const { threadId } = at.done('open_thread', { chatId, text: 'Who lit the lamp?' });
	at.done('update_thread', { chatId, threadId, text: 'Who lit the lamp that night?' });
	at.done('close_thread', { chatId, threadId, outcome: 'Mara did.' });
	at.done('reopen_thread', { chatId, threadId });
	at.done('close_thread', { chatId, threadId, outcome: 'Edda did.' });
	at.done('set_author_note', { chatId, text: 'Short sentences.' });
	at.done('change_chat_settings', { chatId, classifiers: 'merged' });
};

/** What is noticed in a reply, and what a person makes of that by hand. */
const playNoticed = (at: Given, chatId: string, replyId: string): void => {
	const witness = { you: true, host: true, guest: false };
	const memory = { text: 'Rain on the quay.', significance: 2, witness };
	const { memoryId } = at.done('write_memory', { chatId, owner: 'you', ...memory });
	at.done('edit_memory', { chatId, memoryId, ...memory, text: 'Rain on the quay all night.' });
	at.done('pin_memory', { chatId, memoryId });
	const { memoryId: gone } = at.done('write_memory', { chatId, owner: 'you', ...memory });
	at.done('forget_memory', { chatId, memoryId: gone });
	at.done('remember_again', { chatId, memoryId: gone });
	at.done('forget_memory', { chatId, memoryId: gone });
	const host = at.sql.all({
		text: 'select host_id as id from chats where stream = ?',
		values: [`chat:${chatId}`]
	});
	at.done('change_edge', {
		chatId,
		source: 'you',
		target: String(host[0]?.['id']),
		affinity: 3,
		reason: 'A song.'
	});
	const planned = () => at.done('plan_event', { chatId, title: 'The feast', plannedFor: 1000 }).eventId;
	const eventId = planned();
	at.done('replan_event', { chatId, eventId, title: 'The great feast', kind: 'party', plannedFor: 1100 });
	at.done('move_event', { chatId, eventId, to: 'active' });
	at.done('move_event', { chatId, eventId, to: 'completed' });
	at.done('revert_event', { chatId, eventId });
	for (const to of ['cancelled', 'expired'] as const)
		at.done('move_event', { chatId, eventId: planned(), to });
	effectsOn(at).say(chatId, replyId, [
		{ effect: 'memory', owner: 'host', ...memory },
		{ effect: 'scene', place: 'The quay' },
		{ effect: 'thread', text: 'Who sang?' },
		{ effect: 'start', eventId },
		{ effect: 'activity', entity: 'host', action: 'sings', mood: 'glad' },
		{ effect: 'fail', classifier: 'observer' },
		{ effect: 'fail', classifier: 'transitions' },
		{ effect: 'retry', classifier: 'transitions' }
	]);
	const [effect] = at.ask('effects', { chatId, turnIds: [replyId] })[0]?.effects ?? [];
	if (effect === undefined) return;
	// a reply that failed without a word is in nobody's way
	const { jobId } = at.done('regenerate', { chatId, turnId: replyId, connectionId: 'demo' });
	at.done('fail_reply', { jobId, text: '', failure });
	at.done('undo_effect', { chatId, eventId: effect.eventId });
};

/** Plays it and gives what it made. Every command in it must be allowed, or it throws. */
export const takeTour = (at: Given): Made => {
	const { botId } = at.done('author_bot', { name: 'Mara', greeting: 'Hi.' });
	const { youId } = at.done('author_you', { name: 'Tilde' });
	const { chatId } = at.done('create_chat', { botId, youId });
	const first = anExchange(at, chatId, 'Hello', 'Good evening.');

	// a reply that fails without a word is in nobody's way: whatever comes next clears it
	const fails = (): void => {
		const { jobId } = at.done('regenerate', { chatId, turnId: first.turnId, connectionId: 'demo' });
		at.done('fail_reply', { jobId, text: '', failure });
	};
	const asked = at.done('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
	at.done('save_draft', { jobId: asked.jobId, text: 'Ha' });
	at.done('keep_prompt', {
		jobId: asked.jobId,
		interjection: false,
		speaker: 'Mara',
		model: 'm',
		instructions: 'You are Mara.',
		messages: [{ role: 'user', text: 'And?' }],
		parts: [{ part: 'words', tokens: 2, share: 1, dropped: [] }]
	});
	at.done('fail_reply', { jobId: asked.jobId, text: 'Half', failure });
	const { jobId } = at.done('ask_reply', { chatId, connectionId: 'demo' });
	at.done('fail_reply', { jobId, text: 'Half', failure });
	at.done('swap_draft', { jobId });
	const on = at.done('continue_reply', { chatId, jobId, connectionId: 'demo' });
	const usage = { inputTokens: 40, outputTokens: 2, costUsd: 0.0001 };
	at.done('fail_reply', { jobId: on.jobId, text: 'Half', failure, model: 'm', usage });
	const { turnId: kept } = at.done('keep_draft', { jobId: on.jobId });
	const further = at.done('continue_reply', { chatId, connectionId: 'demo' });
	at.done('drop_reply', { jobId: further.jobId, model: 'm', usage });
	at.done('note_spending', { chatId, turnId: asked.turnId, connectionId: 'demo', model: 'm', usage });
	const choice = { connectionId: 'demo', model: 'm', temperature: 0.5, topP: null, maxOutputTokens: null };
	at.done('choose_models', { chatId, choices: { prose: choice, classify: choice } });
	at.done('choose_models', { chatId, choices: { classify: null } });
	at.done('edit_turn', { chatId, turnId: asked.turnId, text: 'And then?' });
	const { copyId } = at.done('rewind', { chatId, turnId: first.replyId });
	fails();
	at.done('restore_copy', { copyId });
	const cut = at.done('rewind', { chatId, turnId: first.replyId });
	const cutOff = at.done('regenerate', { chatId, turnId: first.turnId, connectionId: 'demo' });
	at.done('fail_reply', { jobId: cutOff.jobId, text: 'Good ni', failure });
	at.done('keep_draft', { jobId: cutOff.jobId });
	const second = anotherReply(at, chatId, first.turnId, 'Good night.');
	fails();
	at.done('choose_alternative', { chatId, turnId: first.replyId });
	at.done('undo_last', { tab: 'tab-1' });
	const { chatId: branched } = at.done('restore_copy', { copyId: cut.copyId });
	at.done('branch', { chatId: branched, turnId: kept });
	fails();
	at.done('rename_chat', { chatId, title: 'Night' });
	at.done('undo_last', { tab: 'tab-1' });
	fails();
	at.done('delete_turn', { chatId, turnId: second.turnId });
	at.done('undo_last', { tab: 'tab-1' });
	const { jobId: dropped } = at.done('take_turn', { chatId, text: 'Well', connectionId: 'demo' });
	at.done('drop_reply', { jobId: dropped });
	at.done('undo_last', { tab: 'tab-1' });
	const lost = at.done('take_turn', { chatId, text: 'Well', connectionId: 'demo' });
	at.done('fail_reply', { jobId: lost.jobId, text: '', failure });
	at.done('delete_turn', { chatId, turnId: lost.turnId });
	at.done('save_composer', { chatId, text: 'unsent' });
	const drafted = at.done('impersonate', { chatId, connectionId: 'demo' });
	at.ask('stage_request', { jobId: drafted.jobId });
	at.done('fail_reply', { jobId: drafted.jobId, text: 'I look', failure });
	const draftAgain = at.done('ask_reply', { chatId, connectionId: 'demo' });
	at.done('finish_draft', { jobId: draftAgain.jobId, text: 'I look up.', model: 'm', usage });
	at.done('swap_composer', { chatId });
	fails();
	const failedBefore = at.done('impersonate', { chatId, connectionId: 'demo' });
	at.done('drop_reply', { jobId: failedBefore.jobId });
	fails();
	at.done('rewind', { chatId, turnId: first.turnId });
	fails();
	const { copyId: gone } = at.done('delete_chat', { chatId });
	at.done('delete_copy', { copyId: gone });
	at.done('delete_chat', { chatId: branched });
	at.done('empty_recovery', {});
	playStages(at, botId);
	const atDesk = playDeskTour(at);
	const { chatId: last } = at.done('create_chat', { botId, youId });
	at.done('archive_chat', { chatId: last, archived: true });
	playWorld(at, last);
	const third = anExchange(at, last, 'Hello', 'Good evening.');
	playNoticed(at, last, third.replyId);
	at.done('create_chat', { botId, youId, continues: last });
	const told = at.done('regenerate', { chatId: last, turnId: third.turnId, connectionId: 'demo' });
	const whole = { jobId: told.jobId, text: 'Good.', ended: 'whole', model: 'm', usage } as const;
	const { turnId: good } = at.done('finish_reply', whole);
	at.ask('turn_source', { chatId: last, turnId: good });
	// while it is looked at
	at.done('delete_turn', { chatId: last, turnId: good });
	at.done('undo_last', { tab: 'tab-1' });
	at.done('undo_last', { tab: 'tab-1' });
	at.done('rewind', { chatId: last, turnId: third.turnId });
	at.done('undo_last', { tab: 'tab-1' });
	const { copyId: listed } = at.done('rewind', { chatId: last, turnId: third.turnId });
	arriveAgain(at, 0, (there) => {
		const { chatId: came } = aChat(there, { name: 'Odo' });
		const { turnId } = anExchange(there, came, 'A lamp.', 'Two.');
		there.done('rewind', { chatId: came, turnId });
		const by = { actor: { memberId: NOBODY, name: 'Eve', role: 'engineer' }, episode: 1 };
		const [, picked = NOBODY] = atDesk.handoffs;
		actsElsewhere(there, picked, [
			{ kind: 'handoff_claimed', payload: by, at: 1 },
			{ kind: 'handoff_resolved', payload: { ...by, code: 'solved', note: '' }, at: 2 }
		]);
	});
	at.done('bring_in', {});
	at.done('undo_last', { tab: 'tab-1' });
	const open = at.done('take_turn', { chatId: last, text: 'Hello?', connectionId: 'demo' });
	at.done('retire_you', { youId });
	at.done('retire_bot', { botId: at.done('author_bot', { name: 'Odo' }).botId });
	return {
		bots: [botId],
		yous: [youId],
		chats: [last, chatId, ...atDesk.cases],
		turns: [{ chatId: last, turnId: third.turnId }],
		jobs: [open.jobId],
		copies: [listed],
		arrivals: 0
	};
};
