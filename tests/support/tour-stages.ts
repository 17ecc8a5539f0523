// The part of the tour that plays turns through all of their stages, and scenes elsewhere to their digest.
import { NO_ANSWER, type Observation } from '#lib/domain/story/classifiers.ts';
import type { Given } from './given.ts';

const usage = { inputTokens: 40, outputTokens: 2, costUsd: 0.0001 };
const cost = { connectionId: 'demo', model: 'm', usage };
const WHOLE = { ended: 'whole', model: 'm', usage } as const;
const failure = { type: 'offline' };

/** Everything an observer can say. */
const everything = (n: number): Observation => ({
	memories: ['you', 'host', 'guest'].map((owner) => ({
		owner,
		text: `Seen ${String(n)}.`,
		significance: 1,
		you: true,
		host: true,
		guest: true
	})),
	revise: [{ memory: 'm1', text: 'It was otherwise.' }],
	forget: ['m2', 'm9'],
	edges: [{ from: 'host', to: 'you', affinity: 3, trust: 2, reason: 'A song.', fact: 'Sings.' }],
	activities: [
		{
			who: 'host',
			place: n === 1 ? null : 'The mill',
			posture: 'sitting',
			action: 'reads',
			attention: '',
			mood: 'calm'
		}
	],
	place: n % 2 === 0 ? 'The quay' : null,
	weather: `Fog ${String(n)}`,
	minutes: 30,
	skip: n % 2 === 0 ? 'Later' : null,
	threads_opened: [`Who sang ${String(n)}?`],
	threads_closed: ['t1']
});

const moved = (n: number) => ({
	planned: [{ title: `The feast ${String(n)}`, kind: 'feast', in_minutes: 60 }],
	started: ['e1'],
	completed: ['e2'],
	cancelled: ['e3']
});

const knownOf = (at: Given, jobId: string) => {
	const asked = at.ask('stage_request', { jobId });
	return asked?.kind === 'decide' ? asked.known : {};
};

/** Plays them on a chat of its own, which is deleted for good in the end. */
export const playStages = (at: Given, botId: string): void => {
	const { botId: guestId } = at.done('author_bot', { name: 'Ines' });
	const { youId } = at.done('author_you', { name: 'Ada' });
	const { chatId } = at.done('create_chat', { botId, guestId, youId, place: 'The inn' });
	for (const title of ['One', 'Two', 'Three']) at.done('plan_event', { chatId, title, plannedFor: 600 });
	const turn = (text: string) => {
		const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
		return { jobId, ...at.done('finish_reply', { jobId, text: 'Yes.', ...WHOLE }) };
	};
	const observe = (jobId: string, stage: 'observe' | 'observe2', n: number) =>
		at.done('apply_observation', { jobId, stage, answer: everything(n), known: knownOf(at, jobId), cost });
	const transit = (jobId: string, stage: 'transitions' | 'transitions2', n: number) =>
		at.done('apply_transitions', { jobId, stage, answer: moved(n), known: knownOf(at, jobId), cost });
	const speaks = { jobId: '', answer: { speaks: true, why: '' }, cost };

	const first = turn('Ines, is it true?');
	observe(first.jobId, 'observe', 1);
	transit(first.jobId, 'transitions', 1);
	at.done('decide_interjection', { ...speaks, jobId: first.jobId });
	at.ask('stage_request', { jobId: first.jobId });
	const { turnId: never } = at.done('finish_reply', { jobId: first.jobId, text: 'Never.', ...WHOLE });
	at.done('keep_classifier_prompt', {
		jobId: first.jobId,
		turnId: never,
		classifier: 'observer',
		model: 'm',
		instructions: 'Say what changed.',
		data: 'Never.',
		tries: 1,
		answer: '{}'
	});
	observe(first.jobId, 'observe2', 2);
	transit(first.jobId, 'transitions2', 2);

	// an interjection that breaks off goes on, and one that never comes can be asked for again
	at.done('change_chat_settings', { chatId, classifiers: 'merged' });
	at.done('open_scene', { chatId, placeName: 'The inn' });
	const second = turn('And?');
	const more = { transitions: moved(3), interjection: { speaks: true, why: '' } };
	at.done('apply_observation', {
		jobId: second.jobId,
		stage: 'observe',
		answer: NO_ANSWER.observer,
		more,
		known: knownOf(at, second.jobId)
	});
	at.done('fail_reply', { jobId: second.jobId, text: '', failure, model: 'm', usage });
	at.done('change_chat_settings', { chatId, classifiers: 'auto' });
	const retry = { chatId, turnId: second.turnId, connectionId: 'demo' };
	const asked = at.done('retry_classifier', {
		...retry,
		turnId: replyTo(at, chatId),
		classifier: 'interjection'
	});
	at.done('decide_interjection', { ...speaks, jobId: asked.jobId });
	at.done('finish_reply', { jobId: asked.jobId, text: 'Nev', ...WHOLE, ended: 'stopped' });
	const { jobId: on } = at.done('continue_reply', { chatId, connectionId: 'demo' });
	at.done('finish_reply', { jobId: on, text: 'Never!', ...WHOLE });
	at.done('stop_stage', { jobId: on });

	// what fails is asked again by itself
	const third = turn('Well?');
	const reason = { type: 'invalid-output' };
	at.done('fail_stage', { jobId: third.jobId, stage: 'observe', reason, raw: 'A poem.', cost });
	at.done('fail_stage', { jobId: third.jobId, stage: 'transitions', reason, rest: true });
	const failed = replyTo(at, chatId);
	for (const classifier of ['observer', 'transitions'] as const) {
		const { jobId } = at.done('retry_classifier', { ...retry, turnId: failed, classifier });
		if (classifier === 'observer') observe(jobId, 'observe', 4);
		else transit(jobId, 'transitions', 4);
	}

	// another answer, by whoever is spoken to in other words; and one that is asked for later
	const other = at.done('regenerate', { chatId, turnId: third.turnId, connectionId: 'demo', text: 'Edda?' });
	at.done('drop_reply', { jobId: other.jobId });
	const late = at.done('take_turn', { chatId, text: 'Hm.', connectionId: 'demo' });
	at.done('drop_reply', { jobId: late.jobId });
	const asks = at.done('ask_reply', { chatId, connectionId: 'demo' });
	at.done('open_scene', { chatId, placeName: 'The inn' });
	at.done('finish_reply', { jobId: asks.jobId, text: 'Hm?', ...WHOLE });
	at.done('apply_observation', { jobId: asks.jobId, stage: 'observe', answer: NO_ANSWER.observer });
	transit(asks.jobId, 'transitions', 6);
	at.done('decide_interjection', { ...speaks, jobId: asks.jobId });
	at.done('fail_reply', { jobId: asks.jobId, text: 'Ne', failure });
	at.done('keep_draft', { jobId: asks.jobId });
	at.done('rewind', { chatId, turnId: late.turnId });
	at.ask('undoable', { tab: 'tab-1' });
	at.done('undo_last', { tab: 'tab-1' });

	// what reached its longest is looked at; as it goes on it breaks off, and is kept
	const long = at.done('take_turn', { chatId, text: 'Tell me.', connectionId: 'demo' });
	at.done('finish_reply', { jobId: long.jobId, text: 'It was', ...WHOLE, ended: 'limit' });
	observe(long.jobId, 'observe', 7);
	const goesOn = at.done('continue_reply', { chatId, jobId: long.jobId, connectionId: 'demo' });
	at.done('fail_reply', { jobId: goesOn.jobId, text: 'It was long', failure });
	at.done('keep_draft', { jobId: goesOn.jobId });

	// elsewhere
	const begins = { chatId, premise: 'At the harbour.', connectionId: 'demo' };
	const scene = at.done('start_meanwhile', { ...begins, place: 'The harbour', with: 'guest', limit: 2 });
	for (const text of ['"So."', '"Indeed."']) {
		at.ask('stage_request', { jobId: scene.jobId });
		at.done('finish_reply', { jobId: scene.jobId, text, ...WHOLE });
		observe(scene.jobId, 'observe', 5);
		transit(scene.jobId, 'transitions', 5);
	}
	at.ask('stage_request', { jobId: scene.jobId });
	at.done('fail_stage', { jobId: scene.jobId, stage: 'digest', reason });
	const last = replyTo(at, chatId);
	const { jobId } = at.done('retry_classifier', { ...retry, turnId: last, classifier: 'digest' });
	const answer = { text: 'They met.', memories: [{ owner: 'guest', text: 'We met.', significance: 1 }] };
	const { digestId } = at.done('apply_digest', { jobId, answer, cost });
	at.done('settle_digest', { chatId, digestId: digestId ?? '', verdict: 'accepted', text: 'They had met.' });
	const alone = at.done('start_meanwhile', { ...begins, with: 'narrator', limit: 4 });
	at.done('finish_reply', { jobId: alone.jobId, text: 'He waits.', ...WHOLE });
	at.done('stop_stage', { jobId: alone.jobId });
	const breaks = at.done('play_meanwhile', { chatId, connectionId: 'demo' });
	at.done('fail_reply', { jobId: breaks.jobId, text: 'The wi', failure });
	at.done('keep_draft', { jobId: breaks.jobId });
	const further = at.done('play_meanwhile', { chatId, connectionId: 'demo' });
	at.ask('stage_request', { jobId: further.jobId });
	at.done('finish_reply', { jobId: further.jobId, text: 'Nobody comes.', ...WHOLE });
	// what is still being found is found first; taken back, the scene goes on, and was never summed up
	const early = at.done('end_meanwhile', { chatId, connectionId: 'demo' });
	observe(further.jobId, 'observe', 8);
	transit(further.jobId, 'transitions', 8);
	at.done('apply_digest', { jobId: early.jobId ?? '', answer });
	at.done('undo_last', { tab: 'tab-1' });
	const ended = at.done('end_meanwhile', { chatId, connectionId: 'demo' });
	at.done('apply_digest', { jobId: ended.jobId ?? '', answer: { text: '', memories: [] } });
	const end = at
		.ask('effects', { chatId, turnIds: [last] })[0]
		?.effects.find(({ kind }) => kind === 'meanwhile_scene_ended');
	at.done('undo_effect', { chatId, eventId: end?.eventId ?? '' });
	at.ask('meanwhiles', { chatId });
};

/** The newest reply that is none that was put in. */
const replyTo = (at: Given, chatId: string): string =>
	at
		.ask('transcript', { chatId })
		.turns.findLast(({ role, interjectionOf }) => role === 'assistant' && interjectionOf === null)?.turnId ??
	'';
