// What stays of a scene: told where it ended, to those who were there from beginning to end, also when its turns are not.
import { describe, expect, test } from 'vitest';
import { anExchange, given, said, wordsAsked, type Given } from '#tests/support/given.ts';

const STAYS = 'What stays of the scene at The quay: They swore an oath.';

const story = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara' });
	const { botId: guest } = at.done('author_bot', { name: 'Ben' });
	const { chatId } = at.done('create_chat', { botId: host });
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	const begin = () => at.done('open_scene', { chatId, placeName: 'The quay' });
	const end = (summary = 'They swore an oath.') => at.done('close_scene', { chatId, summary });
	return { at, host, guest, chatId, begin, end };
};

const ask = (at: Given, chatId: string, speaker: string | null = null, tokens: number | null = null) => {
	const { jobId } = at.done('take_turn', { chatId, text: 'Well?', speaker, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId, room: tokens === null ? null : { tokens, ratio: 1 } });
	if (asked === null) throw new Error('no words are asked for');
	said(at, jobId, 'Hm.');
	const { messages } = asked.request;
	const part = (name: string) => asked.parts.find((each) => each.part === name);
	return { ...asked, messages, part, told: messages.map(({ text }) => text).join('\n') };
};

describe('what stays of a scene', () => {
	test('is told where it ended, and has its share of the prompt', async () => {
		const { at, chatId, begin, end } = await story();
		begin();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		end();
		anExchange(at, chatId, 'After it.', 'Aye, aye.');
		const { messages, part } = ask(at, chatId);
		expect(messages.slice(0, 4).map(({ text }) => text)).toEqual([
			'In the scene.',
			'Aye.',
			`((${STAYS}))\n\nAfter it.`,
			'Aye, aye.'
		]);
		expect(part('scenes')).toMatchObject({ dropped: [] });
		expect(part('scenes')?.tokens).toBeGreaterThan(5);
	});

	test('stays when the turns of it are not told any more', async () => {
		const { at, chatId, begin, end } = await story();
		begin();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		end();
		for (let n = 0; n < 40; n++) anExchange(at, chatId, `words ${String(n)} `.repeat(20), 'Aye. '.repeat(20));
		const { messages, told, estimate } = ask(at, chatId, null, 3000);
		expect(told).not.toContain('In the scene.');
		expect(messages[0]?.text.startsWith(`((${STAYS}))`)).toBe(true);
		expect(estimate).toBeLessThanOrEqual(3000);
	});

	test('is told to a draft of the player’s words, and in no scene elsewhere', async () => {
		const { at, chatId, begin, end } = await story();
		begin();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		end();
		const { jobId } = at.done('impersonate', { chatId, connectionId: 'demo' });
		expect(JSON.stringify(wordsAsked(at, { jobId })?.request.messages)).toContain(STAYS);
		at.done('finish_draft', { jobId, text: '' });
		const scene = { chatId, premise: 'Far away.', place: 'The hill', with: 'narrator', limit: 2 } as const;
		const elsewhere = at.done('start_meanwhile', { ...scene, connectionId: 'demo' });
		expect(JSON.stringify(wordsAsked(at, { jobId: elsewhere.jobId })?.request.messages)).not.toContain(STAYS);
	});

	test('goes when the end of the scene is taken back, or the turn it ended after', async () => {
		const { at, chatId, begin, end } = await story();
		begin();
		const { turnId, replyId } = anExchange(at, chatId, 'In the scene.', 'Aye.');
		end();
		at.done('undo_last', { tab: 'tab-1' });
		expect(ask(at, chatId).told).not.toContain(STAYS);
		at.done('rewind', { chatId, turnId: replyId });
		end();
		expect(ask(at, chatId).told).toContain(STAYS);
		at.done('rewind', { chatId, turnId });
		expect(ask(at, chatId).told).not.toContain(STAYS);
	});

	test('says nothing where nobody wrote anything', async () => {
		const { at, chatId, begin, end } = await story();
		begin();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		end('');
		expect(ask(at, chatId).told).not.toContain('What stays');
	});

	test('is kept to a share of the room, the newest first, and what goes is on record', async () => {
		const { at, chatId, begin, end } = await story();
		for (let n = 0; n < 45; n++) {
			begin();
			end(`Oath ${String(n)}. ${'They swore and swore. '.repeat(10)}`);
		}
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		const { told, part, estimate } = ask(at, chatId, null, 3000);
		const oaths = told.match(/Oath \d+/gu) ?? [];
		expect(oaths.length).toBeGreaterThan(2);
		expect(oaths.at(-1)).toBe('Oath 44');
		expect(oaths).toEqual(oaths.toSorted());
		const dropped = part('scenes')?.dropped ?? [];
		expect(dropped.at(-1)).toEqual({ what: { kind: 'scene', name: '', count: 5 }, why: 'beyond' });
		expect(dropped.length - 1 + oaths.length).toBe(40);
		expect(dropped[0]?.what.name).toMatch(/^Oath 5\./u);
		expect(estimate).toBeLessThanOrEqual(3000);
	});
});

describe('who was not there from beginning to end is not told what stays of a scene', () => {
	const company = async () => {
		const world = await story();
		const { at, chatId, guest } = world;
		at.done('invite_guest', { chatId, botId: guest });
		const { containerId: cellar } = at.done('make_place', { chatId, name: 'The cellar' });
		const { containerId: quay } = world.begin();
		const go = (entity: string, containerId: string | null) =>
			at.done('set_activity', { chatId, entity, containerId });
		const hears = (who: string): boolean => ask(at, chatId, who).told.includes(STAYS);
		return { ...world, cellar, quay, go, hears };
	};

	test('and who was is', async () => {
		const { at, chatId, host, guest, end, hears } = await company();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		end();
		expect([hears(host), hears(guest)]).toEqual([true, true]);
	});

	test('a guest who was away for a turn of it', async () => {
		const { at, chatId, host, guest, cellar, quay, go, end, hears } = await company();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		go(guest, cellar);
		anExchange(at, chatId, 'Between us.', 'Aye.');
		go(guest, quay);
		end();
		expect([hears(host), hears(guest)]).toEqual([true, false]);
	});

	test('a host who was away for a turn of it', async () => {
		const { at, chatId, host, guest, cellar, quay, go, end, hears } = await company();
		go(host, cellar);
		const { jobId } = at.done('take_turn', { chatId, text: 'Ben?', speaker: guest, connectionId: 'demo' });
		said(at, jobId, 'Aye.');
		go(host, quay);
		end();
		expect([hears(host), hears(guest)]).toEqual([false, true]);
	});

	test('a guest who came in the middle of it, or came back', async () => {
		const { at, chatId, host, guest, end, hears } = await company();
		anExchange(at, chatId, 'In the scene.', 'Aye.');
		at.done('dismiss_guest', { chatId });
		at.done('invite_guest', { chatId, botId: guest });
		anExchange(at, chatId, 'Again in the scene.', 'Aye.');
		end();
		expect([hears(host), hears(guest)]).toEqual([true, false]);
	});
});
