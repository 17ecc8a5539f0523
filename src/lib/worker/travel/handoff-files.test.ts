// Hand-offs as files between devices: nothing secret leaves, everything that was done comes back, nothing here is written over.
import { describe, expect, test } from 'vitest';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { streamHead } from '#lib/domain/kernel/log.ts';
import { aCase, aDesk } from '#tests/support/desk.ts';
import { aDevice, type Device } from '#tests/support/devices.ts';
import { anExchange } from '#tests/support/given.ts';
import { dump, foldedTables, replayed } from '#tests/support/state.ts';

/** Made up, and in as many places as a person would put them. */
const CANARIES = {
	key: `AKIA${'QWERTY23'.repeat(2)}`,
	password: 'Canary77!sings',
	mail: 'kim.canary@fernfield.example',
	ip: '10.77.66.55',
	word: 'Fernfield Mills'
};
const NOW = 1_900_000_000_000;
const folded = [...foldedTables(vocabulary).map(({ name }) => name), streamHead.name];

/** A case full of what nobody else is to see, handed on. */
const aSecretCase = async () => {
	const ada = await aDevice(1, 'Ada');
	const desk = aDesk(ada.at);
	const chatId = ada.at.done('create_case', {
		actor: desk.mem,
		title: `VPN of ${CANARIES.word} drops`,
		requester: CANARIES.mail,
		asset: CANARIES.ip,
		tags: [CANARIES.word]
	}).chatId;
	anExchange(
		ada.at,
		chatId,
		`${CANARIES.ip} cannot log in. password: ${CANARIES.password}\nERROR: ${CANARIES.key} refused`,
		`So ${CANARIES.password} is refused at ${CANARIES.ip}? Ask ${CANARIES.mail}.`
	);
	ada.at.done('record_step', { actor: desk.mem, chatId, text: `Tried ${CANARIES.password} again` });
	const { handoffId } = ada.at.done('raise_handoff', { actor: desk.mem, chatId, note: CANARIES.key });
	ada.at.done('note_handoff', { actor: desk.ada, handoffId, text: `${CANARIES.word}: ${CANARIES.password}` });
	await ada.store.put('own-words', [CANARIES.word]);
	return { ada, desk, chatId, handoffId };
};

const engineerAt = (device: Device, name: string): string =>
	device.at.done('author_member', { name, role: 'engineer' }).memberId;

/** Ada hands a case to Bo, whose card she has; Bo has hers. */
const handed = async () => {
	const made = await aSecretCase();
	const bo = await aDevice(2, 'Bo');
	made.ada.knows(bo.card);
	bo.knows(made.ada.card);
	const sent = await made.ada.packed(
		{ handoffId: made.handoffId, as: 'handoff' },
		{ actor: made.desk.ada, reveals: [], to: [bo.card.key] }
	);
	return { ...made, bo, sent };
};

const allTexts = (device: Device): string =>
	JSON.stringify([
		device.at.sql.all({ text: 'select payload from event_log', values: [] }),
		dump(device.at.sql, folded)
	]);

describe('what leaves', () => {
	test('has none of the canaries in any byte, sealed or opened, and every one has its placeholder', async () => {
		const { sent, bo } = await handed();
		const raw = new TextDecoder('latin1').decode(await sent.file.arrayBuffer());
		const { bring } = await bo.opened(sent.file);
		await bring();
		for (const canary of Object.values(CANARIES)) {
			expect(raw).not.toContain(canary);
			expect(allTexts(bo)).not.toContain(canary);
			expect(sent.name).not.toContain(canary);
		}
		expect(sent.review.hidden.map(({ kind }) => kind).sort()).toEqual([
			'EMAIL',
			'IP',
			'SECRET',
			'SECRET',
			'WORD'
		]);
		// each is shown among the words it stands in, with what else is hidden there hidden too
		const excerpts = sent.review.hidden.flatMap(({ places }) => places.map(({ excerpt }) => excerpt));
		expect(excerpts).toContainEqual(
			expect.stringMatching(/^\[IP_1\] cannot log in\. password: \[SECRET_\d\]/)
		);
		for (const canary of Object.values(CANARIES)) expect(excerpts.join(' ')).not.toContain(canary);
		expect(sent.name).toMatch(/^handoff-[0-9a-f]{6}\.handoff$/);
	});

	test('is noted with the hand-off: to whom, and what was given away for what reason', async () => {
		const { ada, desk, handoffId, bo } = await handed();
		const review = { handoffId, as: 'handoff' } as const;
		await ada.out.review('r', review, { signal: new AbortController().signal, tell: () => undefined });
		const key = (
			await ada.packed(review, { actor: desk.ada, reveals: [], to: [bo.card.key] })
		).review.hidden.find(({ weight }) => weight === 'high');
		const sent = await ada.packed(review, {
			actor: desk.ada,
			reveals: [{ placeholder: key?.placeholder ?? '', why: 'It is revoked' }],
			to: [bo.card.key]
		});
		expect(sent).toMatchObject({ to: ['Bo'], revealed: 1, hidden: 4, passphrase: null });
		const history = ada.at.ask('handoff', { handoffId, now: NOW })?.history ?? [];
		expect(history.at(-1)).toMatchObject({
			kind: 'handoff_sent',
			actor: 'Ada',
			said: { to: ['Bo'], revealed: [{ kind: 'SECRET', detector: 'aws-key-id', why: 'It is revoked' }] }
		});
		expect(JSON.stringify(history)).not.toContain(CANARIES.key + CANARIES.key);
		const { bring } = await bo.opened(sent.file);
		await bring();
		expect(allTexts(bo)).toContain(CANARIES.key);
	});

	test('keeps its placeholders from one file to the next', async () => {
		const { ada, desk, handoffId, bo, sent, chatId } = await handed();
		anExchange(ada.at, chatId, 'And 10.9.8.7?', `No, ${CANARIES.ip}.`);
		const again = await ada.packed(
			{ handoffId, as: 'handoff' },
			{ actor: desk.ada, reveals: [], to: [bo.card.key] }
		);
		const before = new Map(sent.review.hidden.map(({ value, placeholder }) => [value, placeholder]));
		for (const { value, placeholder } of again.review.hidden)
			if (before.has(value)) expect(before.get(value)).toBe(placeholder);
		expect(again.review.hidden.find(({ value }) => value === '10.9.8.7')?.placeholder).toBe('[IP_2]');
	});

	test.each([
		['nobody chosen', { to: [] }, 'nobody_chosen'],
		['nobody known', { to: ['A'.repeat(43)] }, 'contact_unknown'],
		['a weighty secret without a reason', { reveals: [{ placeholder: '[SECRET_1]', why: '' }] }, null],
		['what nobody hid', { reveals: [{ placeholder: '[IP_9]', why: '' }] }, 'reveal_unknown'],
		['by nobody of the desk', { actor: 'ffffffff-ffff-4fff-bfff-ffffffffffff' }, 'member_unknown']
	] as const)('is refused: %s', async (_, more, type) => {
		const { ada, desk, handoffId, bo } = await handed();
		const work = { signal: new AbortController().signal, tell: () => undefined };
		const review = await ada.out.review('r', { handoffId, as: 'handoff' }, work);
		if (!review.ok) throw new Error(review.error.type);
		const weighty = review.value.hidden.find(({ weight }) => weight === 'high')?.placeholder ?? '';
		const reveals =
			'reveals' in more
				? more.reveals.map((one) => (type === null ? { ...one, placeholder: weighty } : one))
				: [];
		const request = { actor: desk.ada, to: [bo.card.key], ...more, reveals };
		expect(await ada.out.pack('r', request, work)).toMatchObject({
			ok: false,
			error: { type: type ?? 'reveal_needs_reason' }
		});
	});

	test('of a hand-off nobody knows there is no file', async () => {
		const ada = await aDevice(1, 'Ada');
		const work = { signal: new AbortController().signal, tell: () => undefined };
		const handoffId = '00000000-0000-4000-8000-0000000000ff';
		expect(await ada.out.review('r', { handoffId, as: 'handoff' }, work)).toMatchObject({
			error: { type: 'handoff_unknown' }
		});
		expect(await ada.out.pack('r', { actor: handoffId, reveals: [], to: [] }, work)).toMatchObject({
			error: { type: 'run_gone' }
		});
	});
});

describe('what comes', () => {
	test('is the chat and the hand-off, said to be from whom, and all is as a replay would have it', async () => {
		const { sent, bo, handoffId, chatId } = await handed();
		const { report, bring } = await bo.opened(sent.file);
		expect(report).toMatchObject({
			kind: 'handoff',
			handoffId,
			chat: 'new',
			turns: 2,
			nothing: false,
			from: { name: 'Ada', standing: 'known' }
		});
		expect(await bring()).toMatchObject({ how: 'merge', chats: 1, chatId });
		const there = bo.at.ask('handoff', { handoffId, now: NOW });
		expect(there).toMatchObject({ state: 'open', chatIsHere: true, gone: [], raisedByName: 'Mem' });
		expect(bo.at.ask('came_with', { chatId })).toMatchObject([{ handoffId, name: 'Ada', kind: 'handoff' }]);
		expect(bo.at.ask('transcript', { chatId }).turns).toHaveLength(2);
		expect(dump(bo.at.sql, folded)).toEqual(replayed(bo.at.sql, vocabulary));
		// a hand-off is not taken back with a key
		expect(bo.at.ask('undoable', { tab: 'tab-1' })).toBeNull();
	});

	test('twice is once', async () => {
		const { sent, bo } = await handed();
		await (await bo.opened(sent.file)).bring();
		const before = dump(bo.at.sql, [...folded, 'event_log']);
		const { report, bring } = await bo.opened(sent.file);
		expect(report).toMatchObject({ nothing: true, chat: 'same', acts: 0 });
		expect(await bring()).toMatchObject({ how: 'nothing' });
		expect(dump(bo.at.sql, [...folded, 'event_log'])).toEqual(before);
	});

	test('with a passphrase anybody may open it who was told, and it is known that nobody knows the sender', async () => {
		const { ada, desk, handoffId } = await aSecretCase();
		const sent = await ada.packed(
			{ handoffId, as: 'handoff' },
			{ actor: desk.ada, reveals: [], to: 'passphrase' }
		);
		const bo = await aDevice(2, 'Bo');
		expect(await bo.refusedFor(sent.file)).toEqual({ type: 'passphrase_needed' });
		expect(await bo.refusedFor(sent.file, 'something else')).toEqual({ type: 'passphrase_wrong' });
		const said = sent.passphrase?.toUpperCase().replaceAll('-', ' ') ?? '';
		expect((await bo.opened(sent.file, ` ${said} `)).report.from).toMatchObject({
			name: 'Ada',
			standing: 'unknown'
		});
		expect(await ada.refusedFor(sent.file, said)).toEqual({ type: 'handoff_is_yours' });
	}, 60_000);

	test('from one who goes by the name of a contact is said to be so', async () => {
		const { ada, desk, handoffId, bo } = await handed();
		const other = await aDevice(3, 'ada');
		bo.at.done('remove_contact', { key: ada.card.key });
		bo.knows(other.card);
		const sent = await ada.packed(
			{ handoffId, as: 'handoff' },
			{ actor: desk.ada, reveals: [], to: [bo.card.key] }
		);
		expect((await bo.opened(sent.file)).report.from).toMatchObject({ name: 'Ada', standing: 'alike' });
	});

	test('sealed for somebody else, it does not open', async () => {
		const { sent } = await handed();
		const cleo = await aDevice(3, 'Cleo');
		expect(await cleo.refusedFor(sent.file)).toEqual({ type: 'not_for_this_device' });
	});
});

describe('receipts', () => {
	test('bring back what was done, under its own time, and what it said of placeholders', async () => {
		const { ada, sent, bo, handoffId } = await handed();
		await (await bo.opened(sent.file)).bring();
		const boHere = engineerAt(bo, 'Bo');
		bo.at.done('claim_handoff', { actor: boHere, handoffId });
		bo.at.done('note_handoff', {
			actor: boHere,
			handoffId,
			text: 'It is [IP_1], and bo@mail.example knows.'
		});
		bo.at.done('resolve_handoff', { actor: boHere, handoffId, note: 'Routed past [IP_1]' });
		const receipt = await bo.packed(
			{ handoffId, as: 'receipt' },
			{ actor: boHere, reveals: [], to: [ada.card.key] }
		);
		expect(receipt.name).toMatch(/^receipt-[0-9a-f]{6}\.receipt$/);
		const { report, bring } = await ada.opened(receipt.file);
		expect(report).toMatchObject({
			kind: 'receipt',
			chat: 'none',
			nothing: false,
			from: { name: 'Bo', standing: 'known' }
		});
		expect(await bring()).toMatchObject({ how: 'merge', chats: 0 });
		const there = bo.at.ask('handoff', { handoffId, now: NOW });
		const here = ada.at.ask('handoff', { handoffId, now: NOW });
		expect(here).toMatchObject({
			state: 'resolved',
			endedNote: 'Routed past [IP_1]',
			endedAt: there?.endedAt,
			pickedUpTwice: null
		});
		expect(here?.notes.at(-1)?.text).toBe('It is [IP_1], and [EMAIL_2] knows.');
		expect(dump(ada.at.sql, folded)).toEqual(replayed(ada.at.sql, vocabulary));
		// replayed, it is nothing
		expect((await ada.opened(receipt.file)).report).toMatchObject({ nothing: true, acts: 0 });
		// and the next file brings the whole story to whoever did half of it
		const again = await ada.packed(
			{ handoffId, as: 'handoff' },
			{ actor: ada.at.ask('member_list', {})[0]?.memberId ?? '', reveals: [], to: [bo.card.key] }
		);
		expect((await bo.opened(again.file)).report).toMatchObject({ chat: 'same' });
	});

	test('of a hand-off that is not here are refused', async () => {
		const { ada, sent, bo, handoffId } = await handed();
		await (await bo.opened(sent.file)).bring();
		const boHere = engineerAt(bo, 'Bo');
		bo.at.done('claim_handoff', { actor: boHere, handoffId });
		const cleo = await aDevice(3, 'Cleo');
		bo.knows(cleo.card);
		const receipt = await bo.packed(
			{ handoffId, as: 'receipt' },
			{ actor: boHere, reveals: [], to: [cleo.card.key] }
		);
		expect(await cleo.refusedFor(receipt.file)).toEqual({ type: 'handoff_not_here', handoffId });
		expect(ada.at.ask('handoff', { handoffId, now: NOW })).toMatchObject({ state: 'open' });
	});
});

test('one that was picked up at another desk is held there, and is not free for that', async () => {
	const { ada, desk, sent, bo, handoffId } = await handed();
	await (await bo.opened(sent.file)).bring();
	const boHere = engineerAt(bo, 'Bo');
	bo.at.done('claim_handoff', { actor: boHere, handoffId });
	const receipt = await bo.packed(
		{ handoffId, as: 'receipt' },
		{ actor: boHere, reveals: [], to: [ada.card.key] }
	);
	await (await ada.opened(receipt.file)).bring();
	const now = ada.at.ask('handoff', { handoffId, now: NOW })?.claimedAt ?? NOW;
	const cards = (filter: 'held' | 'waiting') => ada.at.ask('queue', { actor: desk.ada, filter, now }).cards;
	expect(cards('held')).toMatchObject([{ owner: { name: 'Bo', gone: false }, pickedUpTwice: null }]);
	expect(cards('waiting')).toEqual([]);
	expect(ada.at.dispatch('take_over', { actor: desk.ada, handoffId })).toMatchObject({
		ok: false,
		error: { type: 'not_stale', by: 'Bo' }
	});
});

describe('picked up twice', () => {
	const meet = async (first: 'here' | 'there') => {
		const { ada, desk, sent, bo, handoffId } = await handed();
		await (await bo.opened(sent.file)).bring();
		const boHere = engineerAt(bo, 'Bo');
		const claims = [
			() => ada.at.done('claim_handoff', { actor: desk.ada, handoffId }),
			() => bo.at.done('claim_handoff', { actor: boHere, handoffId })
		];
		// both clocks start alike: whoever acts often is later
		const late = first === 'here' ? bo : ada;
		for (let n = 0; n < 400; n++)
			late.at.done('note_handoff', { actor: late === bo ? boHere : desk.ada, handoffId, text: 'x' });
		for (const claim of claims) claim();
		bo.at.done('note_handoff', { actor: boHere, handoffId, text: 'I am at it.' });
		const receipt = await bo.packed(
			{ handoffId, as: 'receipt' },
			{ actor: boHere, reveals: [], to: [ada.card.key] }
		);
		await (await ada.opened(receipt.file)).bring();
		const back = await ada.packed(
			{ handoffId, as: 'handoff' },
			{ actor: desk.ada, reveals: [], to: [bo.card.key] }
		);
		await (await bo.opened(back.file)).bring();
		for (const { at } of [ada, bo]) expect(dump(at.sql, folded)).toEqual(replayed(at.sql, vocabulary));
		return [ada, bo].map(({ at }) => at.ask('handoff', { handoffId, now: NOW }));
	};

	test.each(['here', 'there'] as const)(
		'the first claim counts, on both devices, and both are told (first: %s)',
		async (first) => {
			const [has, other] = first === 'here' ? ['Ada', 'Bo'] : ['Bo', 'Ada'];
			for (const stands of await meet(first)) {
				expect(stands).toMatchObject({
					state: 'claimed',
					owner: { name: has, gone: false },
					pickedUpTwice: { has: { name: has }, other: { name: other } }
				});
				expect(stands?.notes.map(({ text }) => text)).toContain('I am at it.');
			}
		},
		60_000
	);
});

test('the cases of a desk are of no concern to its files', async () => {
	const { ada, desk, handoffId, bo } = await handed();
	const other = aCase(ada.at, desk.mem, 'Another matter');
	anExchange(ada.at, other, 'Nobody else is to know of the merger.', 'Quite.');
	const sent = await ada.packed(
		{ handoffId, as: 'handoff' },
		{ actor: desk.ada, reveals: [], to: [bo.card.key] }
	);
	await (await bo.opened(sent.file)).bring();
	expect(allTexts(bo)).not.toMatch(/merger|Another matter|Cleo/);
	expect(bo.at.ask('home', {})).toHaveLength(1);
});
