// Who is told what: every byte before the end stays from turn to turn, and nothing of anybody else's mind is in it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { given, said, wordsAsked, type Given } from '#tests/support/given.ts';

const play = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara', description: 'Keeper of the light.' });
	const { botId: guest } = at.done('author_bot', { name: 'Ben', description: 'A pilot.' });
	const { youId } = at.done('author_you', { name: 'Tilde' });
	const { chatId } = at.done('create_chat', { botId: host, youId, place: 'The pier' });
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	return { at, host, guest, chatId };
};

const ask = (at: Given, chatId: string, text: string, speaker: string) => {
	const { jobId, turnId } = at.done('take_turn', { chatId, text, speaker, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId });
	if (asked === null) throw new Error('no words are asked for');
	return {
		...asked,
		jobId,
		turnId,
		whole: JSON.stringify([asked.request.instructions, asked.request.messages])
	};
};

type Asked = ReturnType<typeof ask>;

/** The bytes that stay, as a provider gets them. */
const steadyPart = ({ request: { instructions, messages, steady } }: Asked): string => {
	const cut = messages[steady.messages]?.text.slice(0, steady.chars) ?? '';
	const told = messages.slice(0, steady.messages).map(({ role, text }) => `${role}\n${text}\n`);
	const role = messages[steady.messages]?.role ?? 'user';
	return `${instructions}\n${told.join('')}${cut === '' ? '' : `${role}\n${cut}`}`;
};

const wholePart = ({ request: { instructions, messages } }: Asked): string =>
	`${instructions}\n${messages.map(({ role, text }) => `${role}\n${text}\n`).join('')}`;

describe('two turns after each other share all that stands before how things stand', () => {
	const changes: readonly (readonly [string, (world: Awaited<ReturnType<typeof play>>) => void])[] = [
		['nothing', () => undefined],
		['the title', ({ at, chatId }) => void at.done('rename_chat', { chatId, title: 'Else' })],
		['the clock', ({ at, chatId }) => void at.done('advance_time', { chatId, minutes: 90 })],
		['the weather', ({ at, chatId }) => void at.done('set_weather', { chatId, weather: 'hail' })],
		[
			'a memory',
			({ at, chatId, host }) =>
				void at.done('write_memory', {
					chatId,
					owner: host,
					text: 'The lamp went out once.',
					witness: { you: true, host: true, guest: false }
				})
		],
		[
			'a feeling',
			({ at, chatId, host }) =>
				void at.done('change_edge', { chatId, source: host, target: 'you', affinity: 5, reason: 'the lamp' })
		],
		['a plan', ({ at, chatId }) => void at.done('plan_event', { chatId, title: 'The ferry comes' })],
		['a thread', ({ at, chatId }) => void at.done('open_thread', { chatId, text: 'Who lit it?' })],
		['the author’s note', ({ at, chatId }) => void at.done('set_author_note', { chatId, text: 'Be brief.' })],
		['the scene', ({ at, chatId }) => void at.done('open_scene', { chatId, placeName: 'The lighthouse' })],
		[
			'the end of a scene',
			({ at, chatId }) => {
				at.done('open_scene', { chatId, placeName: 'The lighthouse' });
				at.done('close_scene', { chatId, summary: 'They lit the lamp.' });
			}
		],
		[
			'a narrator',
			({ at, chatId }) =>
				void at.done('skip_time', { chatId, kind: 'elision', minutes: 60, label: 'An hour goes by.' })
		],
		[
			'a guest’s reply',
			({ at, chatId, guest }) => void said(at, ask(at, chatId, 'Ben?', guest).jobId, 'Aye.')
		]
	];

	test.each(changes)('when %s changes in between, with a guest', async (_, change) => {
		const world = await play();
		const { at, chatId, host, guest } = world;
		at.done('invite_guest', { chatId, botId: guest });
		said(at, ask(at, chatId, 'The lamp is out.', host).jobId, 'I see.');
		said(at, ask(at, chatId, 'And you, Ben?', guest).jobId, 'I saw it.');
		const first = ask(at, chatId, 'Light the lamp.', host);
		said(at, first.jobId, 'I do.');
		change(world);
		const second = ask(at, chatId, 'The lamp is lit.', host);
		expect(wholePart(second).startsWith(steadyPart(first))).toBe(true);
		expect(steadyPart(first)).toContain('Ben: I saw it.');
		expect(steadyPart(second)).toContain('I do.');
		expect(steadyPart(second)).not.toMatch(/\[Now/u);
	});

	test('without a guest nobody is named, and what stands is at the end alone', async () => {
		const { at, chatId, host } = await play();
		const first = ask(at, chatId, 'One.', host);
		said(at, first.jobId, 'Two.');
		const second = ask(at, chatId, 'Three.', host);
		expect(wholePart(second).startsWith(steadyPart(first))).toBe(true);
		expect(second.request.messages.slice(0, 2)).toEqual([
			{ role: 'user', text: 'One.' },
			{ role: 'assistant', text: 'Two.' }
		]);
	});
});

describe('a speaker', () => {
	test('has its own words on the model’s side, and all others’ on the player’s, named', async () => {
		const { at, chatId, host, guest } = await play();
		at.done('invite_guest', { chatId, botId: guest });
		said(at, ask(at, chatId, 'Mara?', host).jobId, 'Here.');
		said(at, ask(at, chatId, 'Ben?', guest).jobId, 'Here too.');
		at.done('skip_time', { chatId, kind: 'elision', minutes: 60, label: 'An hour goes by.' });
		const asked = ask(at, chatId, 'Ben, come.', guest).request;
		expect(asked.instructions).toMatch(/^You are Ben, .* with Tilde and Mara\./u);
		expect(asked.story).toMatchObject({ bot: 'Ben', speaker: 'guest', host: 'Mara', guest: 'Ben' });
		expect(asked.messages.slice(0, 2)).toEqual([
			expect.objectContaining({ role: 'user', text: 'Tilde: Mara?\n\nMara: Here.\n\nTilde: Ben?' }),
			{ role: 'assistant', text: 'Here too.' }
		]);
		expect(asked.messages.at(-1)?.text).toMatch(
			/^\(\(An hour goes by\.\)\)\n\n\[Now[^\]]*\]\n\nTilde: Ben, come\.$/u
		);
	});

	test('knows nothing of before it came, of what was hidden, and of where it was not', async () => {
		const { at, chatId, host, guest } = await play();
		said(at, ask(at, chatId, 'Before Ben.', host).jobId, 'Long before.');
		at.done('invite_guest', { chatId, botId: guest });
		const hidden = ask(at, chatId, 'A slip.', host);
		said(at, hidden.jobId, 'Seen.');
		at.done('hide_turn', { chatId, turnId: hidden.turnId });
		const { containerId } = at.done('make_place', { chatId, name: 'The cellar' });
		at.done('set_activity', { chatId, entity: guest, containerId });
		said(at, ask(at, chatId, 'Between us.', host).jobId, 'Of course.');
		const { containerId: pier } = at.done('open_scene', { chatId, placeName: 'The pier' });
		at.done('set_activity', { chatId, entity: guest, containerId: pier });
		const asked = ask(at, chatId, 'Ben?', guest);
		expect(asked.whole).not.toMatch(/Before Ben|Long before|A slip|Between us|Of course/u);
		expect(asked.whole).toContain('Seen.');
		expect(asked.parts.find(({ part }) => part === 'history')?.dropped).toEqual([
			{ what: { kind: 'turns', name: '', count: 1 }, why: 'hidden' },
			{ what: { kind: 'turns', name: '', count: 2 }, why: 'not_there' }
		]);
	});

	test('is told its own feelings, for those who are there', async () => {
		const { at, chatId, host, guest } = await play();
		at.done('invite_guest', { chatId, botId: guest });
		const feel = (source: string, target: string, fact: string) =>
			at.done('change_edge', {
				chatId,
				source,
				target,
				affinity: 5,
				trust: -5,
				reason: 'a lamp',
				facts: [fact]
			});
		feel(host, 'you', 'sails at night');
		feel(host, guest, 'drinks');
		feel(guest, 'you', 'owes money');
		const both = ask(at, chatId, 'Mara?', host);
		expect(both.whole).toMatch(/Mara towards Tilde: friendly \(affinity 5\), wary \(trust -5\)/u);
		expect(both.whole).toMatch(/sails at night/u);
		expect(both.whole).toMatch(/drinks/u);
		expect(both.whole).not.toMatch(/owes money|Ben towards/u);
		said(at, both.jobId, 'Yes.');
		const { containerId } = at.done('make_place', { chatId, name: 'The cellar' });
		at.done('set_activity', { chatId, entity: guest, containerId });
		const alone = ask(at, chatId, 'Mara?', host);
		expect(alone.whole).not.toMatch(/drinks/u);
		expect(alone.whole).toMatch(/Not here: Ben/u);
	});

	test('puts in a word after another’s reply: short, and in its own name', async () => {
		const { at, chatId, host, guest } = await play();
		at.done('invite_guest', { chatId, botId: guest });
		at.done('change_chat_settings', { chatId, classifiers: 'separate' });
		const { jobId, turnId } = ask(at, chatId, 'Who lit it?', host);
		at.done('finish_reply', { jobId, text: 'Not I.', ended: 'whole', model: null, usage: null });
		at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'empty' }, raw: '' });
		at.done('fail_stage', { jobId, stage: 'transitions', reason: { type: 'empty' }, raw: '' });
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' }, cost: null });
		const asked = wordsAsked(at, { jobId });
		expect(asked?.request.story).toMatchObject({
			bot: 'Ben',
			interjection: true,
			words: 'Who lit it?',
			heard: 'Not I.'
		});
		expect(asked?.request.turnId).not.toBe(turnId);
		expect(asked?.request.messages).toEqual([
			expect.objectContaining({
				role: 'user',
				text: expect.stringMatching(
					/^\[Now[^\]]*\]\n\nTilde: Who lit it\?\n\nMara: Not I\.\n\n\(\(Ben .* three short sentences.*\)\)$/u
				)
			})
		]);
	});
});

describe('a scene elsewhere', () => {
	test('is told to those who play it alone: its premise, its place, its own turns', async () => {
		const { at, chatId, host, guest } = await play();
		at.done('invite_guest', { chatId, botId: guest });
		said(at, ask(at, chatId, 'Stay here.', host).jobId, 'I will.');
		const scene = { chatId, premise: 'They count the money.', place: 'The attic', with: 'guest' } as const;
		const { jobId } = at.done('start_meanwhile', { ...scene, limit: 3, connectionId: 'demo' });
		const first = wordsAsked(at, { jobId });
		const told = JSON.stringify(first?.request);
		expect(first?.request.story).toMatchObject({ meanwhile: true, place: 'The attic' });
		expect(told).toContain('((They count the money.))');
		expect(told).not.toMatch(/Stay here|I will/u);
		at.done('finish_reply', { jobId, text: 'Twelve coins.', ended: 'whole', model: null, usage: null });
		const second = JSON.stringify(wordsAsked(at, { jobId })?.request.messages);
		expect(second).toContain('Twelve coins.');
		at.done('drop_reply', { jobId });
		at.done('end_meanwhile', { chatId, connectionId: 'demo' });
		const after = ask(at, chatId, 'I am back.', host);
		expect(after.whole).not.toMatch(/Twelve coins|count the money/u);
		expect(after.parts.find(({ part }) => part === 'history')?.dropped).toEqual([
			{ what: { kind: 'turns', name: '', count: 2 }, why: 'elsewhere' }
		]);
	});
});

test('what one alone remembers and feels is never in the other’s prompt, in any world', async () => {
	const step = fc.record({
		what: fc.constantFrom(
			'memory',
			'pinned',
			'edge',
			'turn',
			'apart',
			'together',
			'leave',
			'join',
			'edit',
			'undo'
		),
		host: fc.boolean(),
		both: fc.boolean(),
		word: fc.constantFrom('lamp', 'storm', 'money')
	});
	const histories = Number(process.env['STET_HISTORIES'] ?? 25);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
			const { at, chatId, host, guest } = await play();
			at.done('invite_guest', { chatId, botId: guest });
			const { containerId: cellar } = at.done('make_place', { chatId, name: 'The cellar' });
			const { containerId: pier } = at.done('open_scene', { chatId, placeName: 'The pier' });
			const place = (entity: string, containerId: string | null) =>
				at.dispatch('set_activity', { chatId, entity, containerId });
			let n = 0;
			let newest: string | null = null;
			for (const { what, host: isHost, both, word } of steps) {
				const owner = isHost ? host : guest;
				const mark = `${isHost ? 'HOST' : 'GUEST'}${both ? 'BOTH' : 'ONLY'}${String(n++)}`;
				const witness = { you: both, host: isHost || both, guest: !isHost || both };
				const text = `The ${word} and ${mark}.`;
				if (what === 'memory' || what === 'pinned') {
					const made = at.dispatch('write_memory', { chatId, owner, text, witness, significance: 3 });
					if (!made.ok) continue;
					newest = made.value.memoryId;
					if (what === 'pinned') at.done('pin_memory', { chatId, memoryId: newest, pinned: true });
				} else if (what === 'edit' && newest !== null)
					at.dispatch('edit_memory', { chatId, memoryId: newest, text, significance: 2, witness });
				else if (what === 'edge')
					at.dispatch('change_edge', {
						chatId,
						source: owner,
						target: 'you',
						affinity: 3,
						reason: `${isHost ? 'HOST' : 'GUEST'}ONLY feels`,
						facts: [`${isHost ? 'HOST' : 'GUEST'}ONLY knows`]
					});
				else if (what === 'turn') {
					const taken = at.dispatch('take_turn', {
						chatId,
						text: `The ${word}.`,
						speaker: owner,
						connectionId: 'demo'
					});
					if (taken.ok) said(at, taken.value.jobId, 'Hm.');
				} else if (what === 'apart') place(owner, cellar);
				else if (what === 'together') place(owner, pier);
				else if (what === 'leave') at.dispatch('dismiss_guest', { chatId });
				else if (what === 'join') at.dispatch('invite_guest', { chatId, botId: guest });
				else at.dispatch('undo_last', { tab: 'tab-1' });
			}
			at.dispatch('invite_guest', { chatId, botId: guest });
			for (const [speaker, other] of [
				[host, 'GUESTONLY'],
				[guest, 'HOSTONLY']
			] as const) {
				const asked = ask(at, chatId, 'The lamp, the storm and the money.', speaker);
				expect(asked.whole).not.toContain(other);
				said(at, asked.jobId, 'Yes.');
			}
		}),
		{ numRuns: histories }
	);
});
