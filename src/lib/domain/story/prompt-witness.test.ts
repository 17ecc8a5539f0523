// Nobody is told what they were not there for: turns, story events, loose ends, scenes elsewhere, and what is kept of them.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anExchange, given, said, wordsAsked, type Given } from '#tests/support/given.ts';
import { eventLog } from '../kernel/log.ts';
import { sql } from '../kernel/sql.ts';
import { NO_ANSWER } from './classifiers.ts';

const WHOLE = { ended: 'whole', model: null, usage: null } as const;
const PLACES = ['The pier', 'The cellar'] as const;

/** A story with a guest, in which everybody may be in either of two places. */
const play = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara', greeting: 'Hi.' });
	const { botId: guest } = at.done('author_bot', { name: 'Ben' });
	const { youId } = at.done('author_you', { name: 'Tilde' });
	const { chatId } = at.done('create_chat', { botId: host, youId });
	at.done('change_chat_settings', { chatId, classifiers: 'separate' });
	at.done('invite_guest', { chatId, botId: guest });
	const { containerId: cellar } = at.done('make_place', { chatId, name: PLACES[1] });
	const { containerId: pier } = at.done('open_scene', { chatId, placeName: PLACES[0] });
	const go = (entity: string, place: string | null) =>
		at.dispatch('set_activity', { chatId, entity, containerId: place });
	return { at, host, guest, chatId, cellar, pier, go };
};

type World = Awaited<ReturnType<typeof play>>;
type Role = 'you' | 'host' | 'guest';

const whole = (at: Given, jobId: string): string => {
	const asked = wordsAsked(at, { jobId });
	if (asked === null) throw new Error('no words are asked for');
	return JSON.stringify([asked.request.instructions, asked.request.messages]);
};

/** What each would be asked with now. */
const prompts = ({ at, chatId, host, guest }: World): Readonly<Record<Role, string>> => {
	const asked = (speaker: string): string => {
		const { jobId } = at.done('take_turn', { chatId, text: 'Well?', speaker, connectionId: 'demo' });
		const prompt = whole(at, jobId);
		said(at, jobId, 'Hm.');
		return prompt;
	};
	const { jobId } = at.done('impersonate', { chatId, connectionId: 'demo' });
	const you = whole(at, jobId);
	at.done('finish_draft', { jobId, text: '' });
	return { you, host: asked(host), guest: asked(guest) };
};

/** Who is where somebody is, by what the screens show; where nobody has said, nobody is apart. */
const placesNow = ({ at, chatId }: World) =>
	new Map(at.ask('now', { chatId })?.people.map(({ role, containerId }) => [role, containerId]));
const withNow = (world: World, role: Role): readonly Role[] => {
	const places = placesNow(world);
	const own = places.get(role) ?? null;
	return [...places]
		.filter(([, place]) => own === null || place === null || place === own)
		.map(([each]) => each);
};

describe('a story event and a loose end', () => {
	const marks = (prompt: string, ...names: readonly string[]) =>
		names.filter((name) => prompt.includes(name));

	test('that host and player made while the guest was away are not the guest’s to know, nor those of the guest theirs', async () => {
		const world = await play();
		const { at, chatId, guest, cellar, pier, go } = world;
		go(guest, cellar);
		at.done('plan_event', { chatId, title: 'PARTY' });
		at.done('open_thread', { chatId, text: 'CAKE' });
		go('you', cellar);
		at.done('plan_event', { chatId, title: 'ESCAPE' });
		at.done('open_thread', { chatId, text: 'KEY' });
		go('you', pier);
		go(guest, pier);
		const all = ['PARTY', 'CAKE', 'ESCAPE', 'KEY'];
		const { you, host, guest: told } = prompts(world);
		expect([you, host, told].map((prompt) => marks(prompt, ...all))).toEqual([
			all,
			['PARTY', 'CAKE'],
			['ESCAPE', 'KEY']
		]);
	});

	test('is known as well to who was there at a later step of it', async () => {
		const world = await play();
		const { at, chatId, guest, cellar, pier, go } = world;
		go(guest, cellar);
		const { eventId } = at.done('plan_event', { chatId, title: 'PARTY' });
		const { threadId } = at.done('open_thread', { chatId, text: 'CAKE' });
		go(guest, pier);
		expect(marks(prompts(world).guest, 'PARTY', 'CAKE')).toEqual([]);
		at.done('move_event', { chatId, eventId, to: 'active' });
		expect(marks(prompts(world).guest, 'PARTY', 'CAKE')).toEqual(['PARTY']);
		at.done('update_thread', { chatId, threadId, text: 'CAKE again' });
		expect(marks(prompts(world).guest, 'PARTY', 'CAKE')).toEqual(['PARTY', 'CAKE']);
	});

	test('of a scene elsewhere is known to those who played it, and not to the player', async () => {
		const world = await play();
		const { at, chatId, host } = world;
		const scene = { chatId, premise: 'COUNTING.', place: 'The attic', with: 'guest', limit: 3 } as const;
		const { jobId } = at.done('start_meanwhile', { ...scene, connectionId: 'demo' });
		at.done('finish_reply', { jobId, text: 'TWELVE.', ...WHOLE });
		at.done('apply_observation', {
			jobId,
			stage: 'observe',
			answer: { ...NO_ANSWER.observer, threads_opened: ['COINS'] }
		});
		at.done('apply_transitions', {
			jobId,
			stage: 'transitions',
			answer: { ...NO_ANSWER.transitions, planned: [{ title: 'FLIGHT', kind: '', in_minutes: null }] }
		});
		at.dispatch('drop_reply', { jobId });
		at.done('plan_event', { chatId, title: 'BYHAND' });
		at.done('end_meanwhile', { chatId, connectionId: 'demo' });
		at.dispatch('stop_stage', { jobId: at.ask('chat', { chatId })?.reply?.jobId ?? '' });
		const { you, host: told, guest } = prompts(world);
		const all = ['COUNTING', 'TWELVE', 'FLIGHT', 'COINS', 'BYHAND'];
		expect([you, told, guest].map((prompt) => marks(prompt, ...all))).toEqual([
			['BYHAND'],
			['FLIGHT', 'COINS', 'BYHAND'],
			['FLIGHT', 'COINS', 'BYHAND']
		]);
		expect(at.ask('chat', { chatId })?.host.botId).toBe(host);
	});

	test('of one guest is not the next one’s to know, and is known again when they come back', async () => {
		const world = await play();
		const { at, chatId, guest } = world;
		at.done('plan_event', { chatId, title: 'PARTY' });
		at.done('dismiss_guest', { chatId });
		const { botId: next } = at.done('author_bot', { name: 'Odo' });
		at.done('invite_guest', { chatId, botId: next });
		expect(marks(prompts({ ...world, guest: next }).guest, 'PARTY')).toEqual([]);
		at.done('dismiss_guest', { chatId });
		at.done('invite_guest', { chatId, botId: guest });
		expect(marks(prompts(world).guest, 'PARTY')).toEqual(['PARTY']);
	});

	test('written before anybody noted who was there is known to who was at its turn', async () => {
		const world = await play();
		const { at, chatId, guest, cellar, go } = world;
		go(guest, cellar);
		anExchange(at, chatId, 'Listen.', 'Yes?');
		const { eventId } = at.done('plan_event', { chatId, title: 'PARTY' });
		at.done('open_thread', { chatId, text: 'CAKE' });
		at.done('move_event', { chatId, eventId, to: 'active' });
		at.sql.exec('drop trigger event_log_is_append_only');
		at.sql.run(sql`update ${eventLog} set v = 1, payload = json_remove(payload, '$.witnesses')
			where kind in ('event_planned', 'event_started', 'thread_opened')`);
		at.app.rebuild();
		const { you, host, guest: told } = prompts(world);
		expect([you, host, told].map((prompt) => marks(prompt, 'PARTY', 'CAKE'))).toEqual([
			['PARTY', 'CAKE'],
			['PARTY', 'CAKE'],
			[]
		]);
	});
});

test('what one was not there for is never in their prompt: turns, plans, loose ends, scenes elsewhere, secrets', async () => {
	const step = fc.record({
		what: fc.constantFrom(
			'move',
			'move',
			'turn',
			'turn',
			'plan',
			'begin',
			'thread',
			'retell',
			'elsewhere',
			'leave',
			'join',
			'undo'
		),
		who: fc.constantFrom<Role>('you', 'host', 'guest'),
		flag: fc.boolean(),
		pick: fc.nat(50)
	});
	const histories = Number(process.env['STET_HISTORIES'] ?? 25);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
			const world = await play();
			const { at, chatId, host, guest, cellar, pier, go } = world;
			const ids = { you: 'you', host, guest } as const;
			/** Every mark that was made, and who came to know it: one set for all marks of one thing. */
			const known = new Map<string, Set<Role>>();
			const markOf = (knowing: Set<Role>): string => {
				const name = `MARK${String(known.size)}X`;
				known.set(name, knowing);
				return name;
			};
			const mark = (knowing: readonly Role[]): string => markOf(new Set(knowing));
			const learn = (text: string, there: Iterable<Role>): Set<Role> => {
				const knowing = known.get(/MARK\d+X/u.exec(text)?.[0] ?? '') ?? new Set<Role>();
				for (const each of there) knowing.add(each);
				return knowing;
			};
			const turn = (speaker: 'host' | 'guest', pick: number): void => {
				const yours = mark([...withNow(world, 'you'), speaker]);
				const taken = at.dispatch('take_turn', {
					chatId,
					text: `So ${yours}.`,
					speaker: ids[speaker],
					connectionId: 'demo'
				});
				if (!taken.ok) return;
				const { jobId } = taken.value;
				const there = withNow(world, speaker);
				at.done('finish_reply', { jobId, text: `Then ${mark(there)}.`, ...WHOLE });
				at.done('apply_observation', {
					jobId,
					stage: 'observe',
					answer: { ...NO_ANSWER.observer, threads_opened: [`Why ${mark(there)}?`] }
				});
				const open = at.ask('story_events', { chatId }).active;
				const begun = open[pick % Math.max(1, open.length)];
				if (begun?.status === 'planned') learn(begun.title, there);
				const ended = at.done('apply_transitions', {
					jobId,
					stage: 'transitions',
					known: begun === undefined ? {} : { e1: begun.eventId },
					answer: {
						...NO_ANSWER.transitions,
						planned: [{ title: `To ${mark(there)}`, kind: '', in_minutes: null }],
						started: ['e1']
					}
				});
				if (ended.next !== null) at.done('stop_stage', { jobId });
			};
			const elsewhere = (together: boolean, secret: boolean): void => {
				const played: readonly Role[] = together ? ['host', 'guest'] : ['host'];
				const begun = at.dispatch('start_meanwhile', {
					chatId,
					premise: `Far ${mark([])}.`,
					place: 'The attic',
					with: together ? 'guest' : 'narrator',
					limit: 1,
					connectionId: 'demo'
				});
				if (!begun.ok) return;
				const { jobId } = begun.value;
				at.done('finish_reply', { jobId, text: `There ${mark([])}.`, ...WHOLE });
				at.done('apply_observation', {
					jobId,
					stage: 'observe',
					answer: { ...NO_ANSWER.observer, threads_opened: [`How ${mark(played)}?`] }
				});
				at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
				const digest = mark(secret ? [] : ['you', ...played]);
				at.done('apply_digest', { jobId, answer: { text: `It was ${digest}.`, memories: [] } });
				const { digestId } = at.ask('meanwhiles', { chatId }).at(-1) ?? {};
				if (typeof digestId !== 'string') throw new Error('there is no digest');
				at.done('settle_digest', { chatId, digestId, verdict: secret ? 'secret' : 'accepted' });
			};
			for (const { what, who, flag, pick } of steps) {
				const bot = who === 'guest' && placesNow(world).has('guest') ? 'guest' : 'host';
				const events = at.ask('story_events', { chatId }).active;
				const threads = at.ask('now', { chatId })?.threads.filter(({ status }) => status === 'open') ?? [];
				const there = withNow(world, 'you');
				if (what === 'move') go(ids[who], flag ? cellar : pier);
				else if (what === 'turn') turn(bot, pick);
				else if (what === 'plan') at.done('plan_event', { chatId, title: `By hand ${mark(there)}` });
				else if (what === 'thread') at.done('open_thread', { chatId, text: `By hand ${mark(there)}` });
				else if (what === 'begin') {
					const event = events[pick % Math.max(1, events.length)];
					if (event?.status !== 'planned') continue;
					at.done('move_event', { chatId, eventId: event.eventId, to: 'active' });
					learn(event.title, there);
				} else if (what === 'retell') {
					const thread = threads[pick % Math.max(1, threads.length)];
					if (thread === undefined) continue;
					const text = `${markOf(learn(thread.text, there))} after ${thread.text.slice(0, 400)}`;
					at.done('update_thread', { chatId, threadId: thread.threadId, text });
				} else if (what === 'elsewhere') elsewhere(flag && placesNow(world).has('guest'), pick % 2 === 0);
				else if (what === 'leave') at.dispatch('dismiss_guest', { chatId });
				else if (what === 'join') at.dispatch('invite_guest', { chatId, botId: guest });
				else {
					at.dispatch('undo_last', { tab: 'tab-1' });
					// what took the end of a scene back leaves it open, and nobody says more in it here
					const ended = at.dispatch('end_meanwhile', { chatId, connectionId: 'demo' });
					if (ended.ok && ended.value.jobId !== null) at.done('stop_stage', { jobId: ended.value.jobId });
				}
			}
			at.dispatch('invite_guest', { chatId, botId: guest });
			const told = prompts(world);
			for (const [name, knowing] of known)
				for (const role of ['you', 'host', 'guest'] as const)
					if (!knowing.has(role)) expect(told[role], `${name} in the prompt of ${role}`).not.toContain(name);
		}),
		{ numRuns: histories }
	);
});
