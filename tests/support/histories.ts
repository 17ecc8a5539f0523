// Random histories over the whole vocabulary, several chats interleaved: what property tests replay.
import * as fc from 'fast-check';
import type { Commands } from '#lib/domain/vocabulary.ts';
import { chatStream } from '#lib/domain/streams.ts';
import { actsElsewhere, arriveAgain } from './arrival.ts';
import { DESK_WEIGHTS, isOfTheDesk, playDesk } from './desk-random.ts';
import { effects, effectsOn, someMemory, type EffectSeed } from './effects-random.ts';
import { anObservation, aWord, endStage, playOut, someSteps, someTransitions } from './stages-random.ts';
import { aChat, anExchange, NOBODY, type Given } from './given.ts';

type CommandName = keyof Commands | 'apply_effects' | 'come_from_elsewhere';

/** One command of a history, its ids still numbers: they are turned into what exists when the step is played. */
export interface Step {
	readonly command: CommandName;
	/** Picks among what exists. */
	readonly one: number;
	readonly other: number;
	readonly text: string;
	readonly yes: boolean;
	/** What is noticed in a turn, for `apply_effects`. */
	readonly said: readonly EffectSeed[];
}

// how often each command is drawn; every command of the vocabulary must stand here, or this is a type error
type Weights = Readonly<Record<CommandName, number>>;

const WEIGHTS: Weights = {
	author_bot: 3,
	retire_bot: 3,
	author_you: 3,
	retire_you: 3,
	create_chat: 2,
	rename_chat: 3,
	archive_chat: 4,
	take_turn: 10,
	ask_reply: 2,
	continue_reply: 3,
	choose_models: 1,
	note_spending: 1,
	edit_turn: 5,
	hide_turn: 3,
	show_turn: 4,
	invite_guest: 4,
	dismiss_guest: 4,
	make_place: 4,
	change_place: 4,
	open_scene: 4,
	close_scene: 4,
	set_activity: 4,
	advance_time: 3,
	set_weather: 3,
	skip_time: 5,
	open_thread: 3,
	update_thread: 5,
	close_thread: 4,
	reopen_thread: 5,
	set_author_note: 3,
	change_chat_settings: 3,
	write_memory: 4,
	edit_memory: 3,
	forget_memory: 2,
	pin_memory: 8,
	remember_again: 5,
	change_edge: 3,
	plan_event: 4,
	replan_event: 3,
	move_event: 7,
	revert_event: 3,
	undo_effect: 6,
	apply_effects: 14,
	apply_observation: 8,
	apply_transitions: 6,
	decide_interjection: 3,
	fail_stage: 4,
	stop_stage: 2,
	retry_classifier: 5,
	start_meanwhile: 3,
	play_meanwhile: 2,
	end_meanwhile: 3,
	apply_digest: 2,
	settle_digest: 3,
	save_draft: 3,
	keep_prompt: 3,
	keep_classifier_prompt: 3,
	finish_reply: 14,
	keep_draft: 3,
	fail_reply: 2,
	drop_reply: 2,
	swap_draft: 1,
	save_composer: 2,
	swap_composer: 1,
	impersonate: 2,
	finish_draft: 2,
	regenerate: 9,
	choose_alternative: 14,
	delete_turn: 4,
	branch: 2,
	rewind: 3,
	restore_copy: 3,
	delete_copy: 1,
	empty_recovery: 1,
	delete_chat: 1,
	undo_last: 5,
	bring_in: 1,
	apply_steps: 3,
	...DESK_WEIGHTS
};

const text = fc.oneof(
	{ weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			'',
			' ',
			'half \uD83C',
			'\uDF0A',
			'a\0b',
			'__proto__',
			"'; --",
			'👩🏽‍🚀',
			'שלום',
			'null'
		)
	}
);

/** One command, drawn by other weights where they are given. */
export const step = (weights: Partial<Weights> = {}): fc.Arbitrary<Step> => {
	const all: Weights = { ...WEIGHTS, ...weights };
	return fc.record({
		command: fc.constantFrom(
			...(Object.keys(all) as CommandName[]).flatMap((name) => Array<CommandName>(all[name]).fill(name))
		),
		one: fc.nat(1000),
		other: fc.nat(1000),
		text,
		yes: fc.boolean(),
		said: effects
	});
};

export const history: fc.Arbitrary<readonly Step[]> = fc.array(step(), {
	minLength: 6,
	maxLength: 30,
	size: 'max'
});

/** What a history has made so far, ids only. */
export interface Made {
	readonly bots: string[];
	readonly yous: string[];
	readonly chats: string[];
	readonly turns: { readonly chatId: string; readonly turnId: string }[];
	readonly jobs: string[];
	readonly copies: string[];
	/** How many libraries arrived. */
	arrivals: number;
}

/** Plays a history on an app with two bots, one persona and two chats in it. A refusal is fine, a throw is not. */
export const playHistory = (at: Given, steps: readonly Step[]): Made => {
	const made: Made = { bots: [], yous: [], chats: [], turns: [], jobs: [], copies: [], arrivals: 0 };
	for (const name of ['Mara', 'Edda'])
		made.bots.push(at.done('author_bot', { name, greeting: name === 'Edda' ? 'Hi.' : '' }).botId);
	made.yous.push(at.done('author_you', { name: 'Tilde' }).youId);
	for (const botId of made.bots) made.chats.push(at.done('create_chat', { botId }).chatId);
	for (const one of steps) playStep(at, made, one);
	return made;
};

/** One of the list, rarely somebody unknown. */
const pick = (from: readonly string[], n: number): string =>
	n % 29 === 0 ? NOBODY : (from[n % Math.max(1, from.length)] ?? NOBODY);

const TABS = ['tab-1', 'tab-2'] as const;

/** Plays one step and gives the answer of its command. */
export const playStep = (
	at: Given,
	made: Made,
	{ command, one, other, text: words, yes, said }: Step
): { readonly ok: boolean; readonly value?: unknown } => {
	const { dispatch, sql } = at;
	const tab = TABS[one % 3 === 0 ? 1 : 0];
	const ids = (text: string, value: string): string[] =>
		sql.all({ text, values: [value] }).map((row) => String(row['id']));
	const chatId = pick(made.chats.slice(-4), one);
	// what can end is what has begun, most of the time
	const open = ids('select job_id as id from reply_jobs where ? is not null order by created_at', '');
	const jobId = pick(one % 5 === 0 || open.length === 0 ? made.jobs.slice(-2) : open, one);
	const youId = yes ? pick(made.yous, other) : null;
	const name = words.slice(0, 120);
	const seed = { one, other, text: words, yes };
	/** Never empty, and rarely that of another. */
	const placeName = `${words.slice(0, 100)}.`;
	const stream = chatStream(chatId);
	/** Any turn of the chat, live or not. */
	const anyTurn = (): string =>
		pick(
			ids('select anchor as id from event_log where stream = ? and opens_turn = 1 order by seq', stream),
			other
		);
	/** The turns that answer what the newest one answers, oldest first. */
	const siblings = (): string[] =>
		ids(
			`select e.anchor as id from event_log e where e.stream = ? and e.opens_turn = 1 and e.cause =
				(select coalesce(reply_to, turn_id) from turns t where t.stream = e.stream order by position desc limit 1)
				order by e.seq`,
			stream
		);
	/** Those among them that can be chosen instead, or all. */
	const setAside = (): string[] => {
		const live = new Set(ids('select turn_id as id from turns where stream = ?', stream));
		const others = siblings().filter((turnId) => !live.has(turnId));
		return others.length === 0 ? siblings() : others;
	};
	const newestTurn = (): string =>
		other % 8 === 0
			? anyTurn()
			: pick(
					ids('select turn_id as id from turns where stream = ? order by position desc limit 2', stream),
					other
				);
	const anyPlace = (n = other): string =>
		pick(ids('select container_id as id from containers where stream = ? order by position', stream), n);
	const anyThread = (): string =>
		pick(ids('select thread_id as id from threads where stream = ? order by position desc', stream), other);
	/** Something to remember by hand, where there is nothing yet. */
	const remembered = (): void => {
		const witness = { you: true, host: true, guest: false };
		if (ids('select memory_id as id from memories where stream = ? and forgotten = 0', stream).length === 0)
			dispatch('write_memory', { chatId, owner: 'you', text: `${words}.`, witness }, tab);
	};
	/** The story events that can go on: one at least, in a chat that is there. */
	const underWay = (): string[] => {
		const open = (): string[] =>
			ids(
				"select event_id as id from story_events where stream = ? and status in ('planned', 'active')",
				stream
			);
		if (open().length === 0) dispatch('plan_event', { chatId, title: `${words}.` }, tab);
		return open();
	};
	const forgotten = (): string[] =>
		ids(
			'select memory_id as id from memories where stream = ? and forgotten = 1 order by position desc',
			stream
		);
	const hostOf = (): string[] => ids('select host_id as id from chats where stream = ?', stream);
	const somebody = (): string => (other % 3 === 0 ? 'you' : pick(hostOf(), other));
	/** Most replies come; the others stay open for later steps. */
	const answer = (job: string): void => {
		const said = words.trim() === '' ? 'Yes.' : words;
		const input = { jobId: job, text: said, ended: 'whole', model: null, usage: null } as const;
		const result = dispatch('finish_reply', input, tab);
		if (!result.ok) return;
		made.turns.push({ chatId, turnId: result.value.turnId });
		// most turns are played to their end, so that the story can go on
		if (one % 7 !== 0) playOut(at, job, seed, tab);
		if (one % 7 !== 0) dispatch('stop_stage', { jobId: job }, tab);
	};
	if (isOfTheDesk(command))
		return playDesk(at, command, seed, tab, {
			chat: (of) => made.chats.push(of),
			exchange: (of) => {
				for (const job of ids('select job_id as id from reply_jobs where stream = ?', chatStream(of)))
					dispatch('drop_reply', { jobId: job }, tab);
				const asked = dispatch('take_turn', { chatId: of, text: `${words}.`, connectionId: 'demo' }, tab);
				if (!asked.ok) return;
				made.jobs.push(asked.value.jobId);
				made.turns.push({ chatId: of, turnId: asked.value.turnId });
				const whole = { text: 'Well.', ended: 'whole', model: null, usage: null } as const;
				dispatch('finish_reply', { jobId: asked.value.jobId, ...whole }, tab);
				playOut(at, asked.value.jobId, { ...seed, one: 1 }, tab);
			}
		});
	const taken = other % 2 ? { inputTokens: other, outputTokens: null, costUsd: other / 1e6 } : null;
	switch (command) {
		case 'author_bot': {
			const known = yes ? { botId: pick(made.bots, one) } : {};
			const input = { ...known, name, tagline: words, greeting: other % 2 ? words : '' };
			const result = dispatch(command, input, tab);
			if (result.ok && !made.bots.includes(result.value.botId)) made.bots.push(result.value.botId);
			return result;
		}
		case 'author_you': {
			const known = yes ? { youId: pick(made.yous, one) } : {};
			const result = dispatch(command, { ...known, name, description: words }, tab);
			if (result.ok && !made.yous.includes(result.value.youId)) made.yous.push(result.value.youId);
			return result;
		}
		case 'retire_bot':
			return dispatch(command, { botId: pick(made.bots, one) }, tab);
		case 'retire_you':
			return dispatch(command, { youId: pick(made.yous, one) }, tab);
		case 'create_chat': {
			const title = other % 3 === 0 ? { title: words } : {};
			const guest = other % 4 === 0 ? { guestId: pick(made.bots, other), minutes: other } : {};
			const continues = yes && made.chats.length > 0 ? { continues: pick(made.chats, other) } : {};
			const input = { botId: pick(made.bots, one), youId, place: words, ...guest, ...title, ...continues };
			const result = dispatch(command, input, tab);
			if (result.ok) made.chats.push(result.value.chatId);
			return result;
		}
		case 'rename_chat':
			return dispatch(command, { chatId, title: words }, tab);
		case 'archive_chat':
			return dispatch(command, { chatId, archived: yes }, tab);
		case 'take_turn': {
			const as = one % 5 === 0 ? 'narrator' : 'you';
			const result = dispatch(command, { chatId, text: words, connectionId: 'demo', as }, tab);
			if (!result.ok) return result;
			made.jobs.push(result.value.jobId);
			made.turns.push({ chatId, turnId: result.value.turnId });
			if (other % 2 === 0) answer(result.value.jobId);
			return result;
		}
		case 'regenerate':
		case 'ask_reply': {
			const result =
				command === 'ask_reply'
					? dispatch(command, { chatId, connectionId: 'demo' }, tab)
					: dispatch(
							command,
							{
								chatId,
								turnId: newestTurn(),
								connectionId: 'demo',
								...(yes ? { note: words } : { text: words })
							},
							tab
						);
			if (!result.ok) return result;
			made.jobs.push(result.value.jobId);
			if (other % 3 !== 0) answer(result.value.jobId);
			return result;
		}
		case 'continue_reply': {
			const [job] = ids('select job_id as id from reply_jobs where stream = ?', stream);
			const result = dispatch(
				command,
				{ chatId, jobId: other % 9 === 0 ? null : (job ?? null), connectionId: 'demo' },
				tab
			);
			if (!result.ok) return result;
			made.jobs.push(result.value.jobId);
			if (other % 3 !== 0) answer(result.value.jobId);
			return result;
		}
		case 'choose_models': {
			const choice = {
				connectionId: 'demo',
				model: null,
				temperature: 0.5,
				topP: null,
				maxOutputTokens: null
			};
			return dispatch(command, { chatId, choices: { prose: yes ? choice : null, classify: choice } }, tab);
		}
		case 'note_spending':
			return dispatch(command, { chatId, connectionId: 'demo', model: 'm', usage: taken }, tab);
		case 'edit_turn': {
			const turn = made.turns[other % Math.max(1, made.turns.length)];
			return dispatch(
				command,
				{ chatId: turn?.chatId ?? chatId, turnId: turn?.turnId ?? NOBODY, text: words },
				tab
			);
		}
		case 'hide_turn':
			return dispatch(command, { chatId, turnId: newestTurn() }, tab);
		case 'show_turn': {
			const hidden = () => ids('select turn_id as id from turns where stream = ? and hidden = 1', stream)[0];
			if (hidden() === undefined) dispatch('hide_turn', { chatId, turnId: newestTurn() }, tab);
			return dispatch(command, { chatId, turnId: hidden() ?? anyTurn() }, tab);
		}
		case 'invite_guest':
			return dispatch(command, { chatId, botId: pick(made.bots, other) }, tab);
		case 'dismiss_guest':
			// somebody has to be there first, and rarely is; so it is with what follows
			for (const botId of made.bots.slice(0, 2)) dispatch('invite_guest', { chatId, botId }, tab);
			return dispatch(command, { chatId }, tab);
		case 'make_place':
			return dispatch(command, { chatId, name: placeName, parentId: yes ? null : anyPlace() }, tab);
		case 'change_place':
			for (const parentId of yes ? [null] : [null, anyPlace()])
				dispatch('make_place', { chatId, name: placeName, parentId }, tab);
			return dispatch(
				command,
				{
					chatId,
					containerId: anyPlace(),
					...(yes ? { name: `${placeName}.` } : { parentId: anyPlace(one) })
				},
				tab
			);
		case 'open_scene':
			return dispatch(command, yes ? { chatId, containerId: anyPlace() } : { chatId, placeName }, tab);
		case 'close_scene':
			if (yes) dispatch('open_scene', { chatId, placeName }, tab);
			return dispatch(command, { chatId, summary: yes ? words : '' }, tab);
		case 'set_activity':
			return dispatch(
				command,
				{
					chatId,
					entity: somebody(),
					mood: name,
					...(yes ? { containerId: anyPlace() } : { action: words })
				},
				tab
			);
		case 'advance_time':
			return dispatch(command, { chatId, minutes: other + 1 }, tab);
		case 'set_weather':
			return dispatch(command, { chatId, weather: name }, tab);
		case 'skip_time': {
			const skip = yes
				? ({ kind: 'elision', minutes: other } as const)
				: ({ kind: 'jump', to: other * 3, flashback: one % 2 === 0 } as const);
			const connection = other % 3 === 0 ? { connectionId: 'demo' } : {};
			const result = dispatch(command, { chatId, label: words, ...skip, ...connection }, tab);
			if (!result.ok) return result;
			made.turns.push({ chatId, turnId: result.value.turnId });
			if (result.value.jobId !== null) {
				made.jobs.push(result.value.jobId);
				if (other % 2 === 0) answer(result.value.jobId);
			}
			return result;
		}
		case 'open_thread':
			return dispatch(command, { chatId, text: words }, tab);
		case 'update_thread':
			if (yes) dispatch('open_thread', { chatId, text: `${words}?` }, tab);
			return dispatch(command, { chatId, threadId: anyThread(), text: words }, tab);
		case 'close_thread':
			if (yes) dispatch('open_thread', { chatId, text: `${words}?` }, tab);
			return dispatch(command, { chatId, threadId: anyThread(), outcome: yes ? words : '' }, tab);
		case 'reopen_thread': {
			if (yes) dispatch('open_thread', { chatId, text: `${words}?` }, tab);
			const threadId = anyThread();
			// most are open, and only one that is closed can be
			if (other % 5 !== 0) dispatch('close_thread', { chatId, threadId }, tab);
			return dispatch(command, { chatId, threadId }, tab);
		}
		case 'set_author_note':
			return dispatch(command, { chatId, text: words }, tab);
		case 'change_chat_settings':
			return dispatch(
				command,
				{ chatId, interjections: yes, ...(other % 2 ? { classifiers: 'merged' } : {}) },
				tab
			);
		case 'write_memory':
		case 'edit_memory': {
			const witness = { you: yes, host: one % 3 > 0, guest: other % 3 > 0 };
			const memory = { chatId, text: words, significance: other % 4, witness };
			if (command === 'edit_memory') remembered();
			return command === 'write_memory'
				? dispatch(command, { ...memory, owner: somebody() }, tab)
				: dispatch(command, { ...memory, memoryId: someMemory(sql, stream, other) }, tab);
		}
		case 'remember_again':
			remembered();
			dispatch('forget_memory', { chatId, memoryId: someMemory(sql, stream, other) }, tab);
			return dispatch(command, { chatId, memoryId: pick(forgotten(), other) }, tab);
		case 'forget_memory':
			return dispatch(command, { chatId, memoryId: someMemory(sql, stream, other) }, tab);
		case 'pin_memory':
			remembered();
			return dispatch(
				command,
				{ chatId, memoryId: someMemory(sql, stream, other), pinned: other % 4 > 0 },
				tab
			);
		case 'change_edge':
			return dispatch(
				command,
				{
					chatId,
					source: somebody(),
					target: other % 3 === 0 ? pick(hostOf(), one) : 'you',
					affinity: (one % 21) - 10
				},
				tab
			);
		case 'plan_event':
			return dispatch(command, { chatId, title: name, plannedFor: yes ? other : null }, tab);
		case 'replan_event':
			return dispatch(
				command,
				{ chatId, eventId: pick(underWay(), other), title: name, kind: '', plannedFor: yes ? other : null },
				tab
			);
		case 'move_event': {
			const to = (['active', 'completed', 'cancelled', 'expired', 'completed'] as const)[one % 5] ?? 'active';
			return dispatch(command, { chatId, eventId: pick(underWay(), other), to, reason: name }, tab);
		}
		case 'revert_event': {
			const moved = ids(
				'select event_id as id from story_events where stream = ? and started_at is not null',
				stream
			);
			const [eventId = pick(underWay(), other)] = other % 4 === 0 ? [] : moved.slice(-1);
			if (moved.length === 0)
				dispatch('move_event', { chatId, eventId, to: yes ? 'active' : 'completed' }, tab);
			return dispatch(command, { chatId, eventId }, tab);
		}
		case 'undo_effect': {
			const of = (): string[] =>
				ids(
					`select event_id as id from event_log where stream = ? and cause = anchor and opens_turn = 0
						and superseded_by is null order by seq desc limit 12`,
					stream
				);
			if (of().length === 0) effectsOn(at).apply(chatId, newestTurn(), said);
			return dispatch(command, { chatId, eventId: pick(of(), other) }, tab);
		}
		case 'apply_effects':
			return effectsOn(at).apply(chatId, other % 9 === 0 ? anyTurn() : newestTurn(), said);
		case 'apply_observation':
		case 'apply_transitions':
		case 'decide_interjection':
		case 'apply_digest':
		case 'apply_steps':
		case 'fail_stage': {
			const asked = at.ask('stage_request', { jobId });
			if (asked?.kind === 'decide' && command !== 'fail_stage' && other % 5 !== 0) {
				playOut(at, jobId, { one, other, text: words, yes }, tab);
				return { ok: true };
			}
			// told late, twice, or of a stage that is over
			if (command === 'apply_observation')
				return dispatch(command, { jobId, stage: 'observe', answer: anObservation(seed) }, tab);
			if (command === 'apply_transitions')
				return dispatch(command, { jobId, stage: 'transitions', answer: someTransitions(seed) }, tab);
			if (command === 'decide_interjection') return dispatch(command, { jobId, answer: aWord(seed) }, tab);
			if (command === 'apply_steps') return dispatch(command, { jobId, answer: someSteps(seed) }, tab);
			if (command === 'apply_digest')
				return dispatch(command, { jobId, answer: { text: words, memories: [] } }, tab);
			return dispatch(
				command,
				{
					jobId,
					stage: asked?.stage ?? 'observe',
					reason: { type: 'invalid-output' },
					raw: words,
					rest: yes
				},
				tab
			);
		}
		case 'stop_stage':
			return dispatch(command, { jobId }, tab);
		case 'retry_classifier': {
			const [failed] = sql.all({
				text: 'select turn_id as turn, classifier from classifier_failures where stream = ? order by position desc',
				values: [stream]
			});
			const names = ['observer', 'transitions', 'interjection', 'digest', 'steps'] as const;
			const classifier = names.find((name) => name === failed?.['classifier']) ?? 'observer';
			const turnId = failed === undefined ? newestTurn() : String(failed['turn']);
			const result = dispatch(command, { chatId, turnId, classifier, connectionId: 'demo' }, tab);
			if (result.ok) {
				made.jobs.push(result.value.jobId);
				if (other % 3 !== 0) playOut(at, result.value.jobId, seed, tab);
			}
			return result;
		}
		case 'start_meanwhile':
		case 'play_meanwhile': {
			const result =
				command === 'play_meanwhile'
					? dispatch(command, { chatId, connectionId: 'demo' }, tab)
					: dispatch(
							command,
							{
								chatId,
								premise: words.trim() === '' ? 'At the harbour.' : words,
								place: yes ? 'The harbour' : '',
								with: other % 2 === 0 ? 'guest' : 'narrator',
								limit: (one % 3) + 1,
								connectionId: 'demo'
							},
							tab
						);
			if (!result.ok) return result;
			made.jobs.push(result.value.jobId);
			for (let turn = 0; turn < one % 4; turn += 1) {
				answer(result.value.jobId);
				playOut(at, result.value.jobId, seed, tab);
			}
			return result;
		}
		case 'end_meanwhile': {
			const result = dispatch(command, { chatId, connectionId: 'demo' }, tab);
			if (result.ok && result.value.jobId !== null) {
				made.jobs.push(result.value.jobId);
				if (yes) playOut(at, result.value.jobId, seed, tab);
			}
			return result;
		}
		case 'settle_digest': {
			const digests = () =>
				ids(
					'select digest_id as id from meanwhiles where stream = ? and digest_id is not null order by position desc',
					stream
				);
			// one is needed to settle, and rarely is there
			if (digests().length === 0) {
				for (const job of ids('select job_id as id from reply_jobs where stream = ?', stream)) {
					answer(job);
					playOut(at, job, seed, tab);
				}
				const begins = { chatId, premise: 'Elsewhere.', with: 'narrator', limit: 1 } as const;
				const begun = dispatch('start_meanwhile', { ...begins, connectionId: 'demo' }, tab);
				if (begun.ok) {
					made.jobs.push(begun.value.jobId);
					const { jobId: job } = begun.value;
					dispatch(
						'finish_reply',
						{ jobId: job, text: 'So.', ended: 'whole', model: null, usage: null },
						tab
					);
					for (let stages = 0; stages < 3; stages += 1)
						endStage(at, job, { ...seed, one: 1, text: 'It came to this.' }, tab);
				}
			}
			const [digestId] = digests();
			const told = words.trim() === '' ? {} : { text: words };
			const verdict = yes ? 'accepted' : 'secret';
			return dispatch(command, { chatId, digestId: digestId ?? NOBODY, verdict, ...told }, tab);
		}
		case 'save_draft':
			return dispatch(command, { jobId, text: words }, tab);
		case 'keep_prompt':
			return dispatch(
				command,
				{
					jobId,
					interjection: false,
					speaker: words,
					model: words,
					instructions: words,
					messages: [{ role: 'user', text: words }],
					parts: [{ part: 'words', tokens: 1, share: 1, dropped: [] }]
				},
				tab
			);
		case 'keep_classifier_prompt': {
			const asked = at.ask('stage_request', { jobId });
			return dispatch(
				command,
				{
					jobId,
					turnId: asked?.kind === 'decide' ? asked.story.turnId : NOBODY,
					classifier: asked?.kind === 'decide' ? asked.classifier : 'observer',
					model: words,
					instructions: words,
					data: words,
					tries: 1,
					answer: words
				},
				tab
			);
		}
		case 'finish_reply':
		case 'keep_draft': {
			const [row] = sql.all({ text: 'select stream from reply_jobs where job_id = ?', values: [jobId] });
			const ended = yes ? 'whole' : 'stopped';
			const result =
				command === 'keep_draft'
					? dispatch(command, { jobId }, tab)
					: dispatch(command, { jobId, text: words, ended, model: yes ? words : null, usage: taken }, tab);
			if (result.ok && row !== undefined)
				made.turns.push({
					chatId: String(row['stream']).slice('chat:'.length),
					turnId: result.value.turnId
				});
			return result;
		}
		case 'fail_reply':
			return dispatch(
				command,
				{ jobId, text: words, failure: { type: 'offline', said: words }, model: 'm', usage: taken },
				tab
			);
		case 'drop_reply':
			return dispatch(command, { jobId, model: 'm', usage: taken }, tab);
		case 'swap_draft':
			return dispatch(command, { jobId }, tab);
		case 'save_composer':
			return dispatch(command, { chatId, text: words }, tab);
		case 'swap_composer':
			return dispatch(command, { chatId }, tab);
		case 'impersonate': {
			const result = dispatch(command, { chatId, connectionId: 'demo' }, tab);
			if (result.ok) {
				made.jobs.push(result.value.jobId);
				if (yes) dispatch('finish_draft', { jobId: result.value.jobId, text: words, usage: taken }, tab);
			}
			return result;
		}
		case 'finish_draft':
			return dispatch(command, { jobId, text: yes ? words : null, model: 'm', usage: taken }, tab);
		case 'choose_alternative':
			// two are needed to choose from, and rarely are there
			if (yes || siblings().length < 2) {
				for (const job of ids('select job_id as id from reply_jobs where stream = ?', stream)) answer(job);
				const again = dispatch('regenerate', { chatId, turnId: newestTurn(), connectionId: 'demo' }, tab);
				if (again.ok) answer(again.value.jobId);
			}
			return dispatch(
				command,
				{ chatId, turnId: pick(other % 8 === 0 ? siblings() : setAside(), other) },
				tab
			);
		case 'delete_turn':
			return dispatch(command, { chatId, turnId: anyTurn() }, tab);
		case 'rewind': {
			const result = dispatch(command, { chatId, turnId: anyTurn() }, tab);
			if (result.ok) made.copies.push(result.value.copyId);
			return result;
		}
		case 'branch': {
			const result = dispatch(command, { chatId, turnId: anyTurn() }, tab);
			if (!result.ok) return result;
			made.chats.push(result.value.chatId);
			return result;
		}
		case 'restore_copy': {
			const as = (['either', 'restore', 'branch'] as const)[one % 3] ?? 'either';
			const result = dispatch(command, { copyId: pick(made.copies, other), as }, tab);
			if (result.ok && result.value.how === 'branched') made.chats.push(result.value.chatId);
			return result;
		}
		case 'delete_copy':
			return dispatch(command, { copyId: pick(made.copies, other) }, tab);
		case 'empty_recovery':
			return dispatch(command, {}, tab);
		case 'delete_chat': {
			const result = dispatch(command, { chatId }, tab);
			if (result.ok) made.copies.push(result.value.copyId);
			return result;
		}
		case 'undo_last':
			return dispatch(command, { tab }, tab);
		case 'bring_in': {
			// now and then what arrived before is still there
			if (other % 8 !== 0)
				arriveAgain(at, made.arrivals++, (there) => {
					const { chatId: came } = aChat(there, { name: 'Odo', tagline: words });
					const { turnId } = anExchange(there, came, `${words}.`, 'Yes.');
					anExchange(there, came, 'And?', 'No.');
					made.copies.push(there.done('rewind', { chatId: came, turnId }).copyId);
					// now and then somebody did something to a hand-off that is here
					const [handoff] = at.sql.all({
						text: 'select handoff_id as id, episode from handoffs order by raised_at desc limit 1',
						values: []
					});
					if (handoff === undefined || one % 3 === 0) return;
					const by = {
						actor: { memberId: NOBODY, name: 'Eve', role: 'engineer' },
						episode: Number(handoff['episode'])
					};
					actsElsewhere(there, String(handoff['id']), [
						{ kind: 'handoff_claimed', payload: by, at: one },
						{
							kind: 'handoff_noted',
							payload: {
								...by,
								noteId: `00000000-0000-4000-b000-${made.arrivals.toString(16).padStart(12, '0')}`,
								text: words
							},
							at: one + 1
						}
					]);
				});
			const result = dispatch(command, {}, tab);
			if (result.ok) made.chats.push(...result.value.chats);
			return result;
		}
	}
};
