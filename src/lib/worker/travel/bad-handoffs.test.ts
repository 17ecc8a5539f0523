// Files of hand-offs that are not what they say, or too much: each is refused by name, and nothing here changes.
import { gzipSync } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import { depthOf, lineOfEnvelope } from '#lib/domain/formats/handoff-file.ts';
import { aCase, aDesk } from '#tests/support/desk.ts';
import { aDevice, type Device } from '#tests/support/devices.ts';
import { anExchange } from '#tests/support/given.ts';
import { signedBy, takenApart, together, type Apart } from '#tests/support/handoff-parts.ts';

type Bytes = Uint8Array<ArrayBuffer>;

let ada: Device;
let bo: Device;
let mallory: Device;
let file: Blob;
let handoffId: string;
let actor: string;

/** A case with a turn, handed on. On devices with the same ids it is the same. */
const raisedAt = (device: Device, note: string) => {
	const desk = aDesk(device.at);
	const chatId = aCase(device.at, desk.mem);
	anExchange(device.at, chatId, 'It drops.', 'Restart it.');
	const { handoffId: id } = device.at.done('raise_handoff', { actor: desk.mem, chatId, note });
	return { actor: desk.ada, handoffId: id };
};

beforeEach(async () => {
	[ada, bo, mallory] = [await aDevice(1, 'Ada'), await aDevice(2, 'Bo'), await aDevice(3, 'Mallory')];
	({ actor, handoffId } = raisedAt(ada, 'Please'));
	ada.knows(bo.card);
	bo.knows(ada.card);
	file = (await ada.packed({ handoffId, as: 'handoff' }, { actor, reveals: [], to: [bo.card.key] })).file;
});

const opened = async (by: Device, sealed: Blob): Promise<Bytes> => {
	const decrypter = new Decrypter();
	decrypter.addIdentity(by.keys.opening.privateKey);
	return new Uint8Array(await decrypter.decrypt(new Uint8Array(await sealed.arrayBuffer())));
};

const sealed = async (plain: Uint8Array, recipients: readonly string[] = [bo.card.age]): Promise<Blob> => {
	const encrypter = new Encrypter();
	for (const recipient of recipients) encrypter.addRecipient(recipient);
	return new Blob([new Uint8Array(await encrypter.encrypt(plain))]);
};

/** The file, taken apart by Bo. */
const apart = async (): Promise<Apart> => takenApart(await opened(bo, file));

/** What Ada would have sealed had she changed it before. */
const byAda = async (change: (parts: Apart) => Partial<Apart>): Promise<Blob> => {
	const parts = await apart();
	return sealed(await signedBy(ada.keys, { ...parts, ...change(parts) }));
};

const lines = (body: string): Record<string, unknown>[] =>
	body
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Record<string, unknown>);
const bodyOf = (all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');

const cases: readonly (readonly [string, () => Promise<Blob>, object])[] = [
	['nothing', async () => new Blob([]), { type: 'file_empty' }],
	['a text', async () => new Blob(['hello']), { type: 'file_not_ours', looksLike: 'text' }],
	[
		'a picture',
		async () => new Blob(['\x89PNG\r\n\x1a\n'.padEnd(600, 'x')].map((text) => Buffer.from(text, 'latin1'))),
		{ type: 'file_not_ours', looksLike: 'picture' }
	],
	['one too large', async () => new Blob([new Uint8Array(20 * 1024 * 1024 + 1)]), { type: 'file_too_large' }],
	['one cut in its header', async () => file.slice(0, 90), { type: 'file_cut' }],
	['one cut in its body', async () => file.slice(0, file.size - 40), { type: 'file_damaged' }],
	[
		'one with a byte changed',
		async () => {
			const bytes = new Uint8Array(await file.arrayBuffer());
			bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1;
			return new Blob([bytes]);
		},
		{ type: 'file_damaged' }
	],
	['another thing sealed', async () => sealed(gzipSync('hello\nworld\n')), { type: 'file_not_ours' }],
	['sealed and not packed', async () => sealed(Buffer.from('hello')), { type: 'file_damaged' }],
	[
		'one that unpacks without end',
		async () => sealed(gzipSync(Buffer.alloc(80 * 1024 * 1024))),
		{ type: 'file_unpacks_too_far' }
	],
	[
		'a newer format',
		async () => {
			const parts = await apart();
			const line = lineOfEnvelope(parts.envelope).replace('"format":1', '"format":9');
			return sealed(together(line, parts.signature, parts.body));
		},
		{ type: 'file_newer', format: 9, known: 1 }
	],
	[
		'more said in its envelope than it may',
		async () => {
			const parts = await apart();
			const line = lineOfEnvelope(parts.envelope).replace('{', '{"also":1,');
			return sealed(together(line, parts.signature, parts.body));
		},
		{ type: 'file_damaged' }
	],
	[
		'an envelope that was changed',
		async () => {
			const parts = await apart();
			return sealed(together(lineOfEnvelope({ ...parts.envelope, at: 5 }), parts.signature, parts.body));
		},
		{ type: 'signature_wrong', name: 'Ada' }
	],
	[
		'a body that was changed',
		async () => {
			const parts = await apart();
			return sealed(
				together(
					lineOfEnvelope(parts.envelope),
					parts.signature,
					parts.body.replace('It drops.', 'It works!')
				)
			);
		},
		{ type: 'signature_wrong', name: 'Ada' }
	],
	[
		'signed by another than it says',
		async () => sealed(await signedBy(mallory.keys, await apart())),
		{ type: 'signature_wrong', name: 'Ada' }
	],
	[
		'sealed again for somebody it was not meant for',
		async () => {
			const parts = await apart();
			return byAda(() => ({ envelope: { ...parts.envelope, to: [mallory.card.age] } }));
		},
		{ type: 'not_for_this_device' }
	],
	[
		'meant for whoever knows a passphrase, and sealed for a key',
		() => byAda(({ envelope }) => ({ envelope: { ...envelope, to: [] } })),
		{ type: 'not_for_this_device' }
	],
	[
		'sealed for a hundred and one',
		async () => sealed(await opened(bo, file), Array<string>(101).fill(bo.card.age)),
		{ type: 'file_damaged' }
	],
	[
		'lists in lists',
		() =>
			byAda(({ body }) => {
				const [manifest = {}, first = {}, ...rest] = lines(body);
				const deep = { ...first, payload: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown };
				return { body: bodyOf([manifest, deep, ...rest]) };
			}),
		{ type: 'file_damaged' }
	],
	[
		'more lines than events may be',
		() => byAda(({ body }) => ({ body: body + '{}\n'.repeat(51_000) })),
		{ type: 'handoff_too_long' }
	],
	['no text', () => byAda(({ body }) => ({ body: `${body}{"a":` })), { type: 'file_cut' }],
	[
		'an event less than it says',
		() => byAda(({ body }) => ({ body: bodyOf(lines(body).slice(0, -1)) })),
		{ type: 'file_cut' }
	],
	[
		'an event of no such shape',
		() =>
			byAda(({ body }) => ({
				body: bodyOf(
					lines(body).map((line) =>
						line['kind'] === 'user_turn' ? { ...line, payload: { turnId: 5 } } : line
					)
				)
			})),
		{ type: 'event_invalid' }
	],
	[
		'other words than its manifest says',
		() => byAda(({ body }) => ({ body: body.replace('It drops.', 'It works!') })),
		{ type: 'file_does_not_add_up', what: 'events' }
	],
	[
		'of another hand-off than it says',
		() =>
			byAda(({ envelope }) => ({
				envelope: { ...envelope, handoffId: '00000000-0000-4000-8000-00000000abcd' }
			})),
		{ type: 'handoff_holds_other' }
	],
	[
		'with another chat than it says',
		() =>
			byAda(({ envelope }) => ({
				envelope: { ...envelope, chatId: '00000000-0000-4000-8000-00000000abcd' }
			})),
		{ type: 'handoff_holds_other' }
	],
	[
		'a receipt with a chat',
		() => byAda(({ envelope }) => ({ envelope: { ...envelope, kind: 'receipt' } })),
		{ type: 'handoff_holds_other' }
	],
	[
		'a receipt that says it has no chat',
		() => byAda(({ envelope }) => ({ envelope: { ...envelope, kind: 'receipt', chatId: null } })),
		{ type: 'handoff_holds_other' }
	]
];

describe('is refused by name, beside a library that stays as it is', () => {
	test.each(cases)('%s', async (_, make, refusal) => {
		const before = bo.at.ask('holdings', {});
		expect(await bo.refusedFor(await make())).toMatchObject(refusal);
		expect(bo.at.ask('holdings', {})).toEqual(before);
	});
});

test('what was taken apart and put together by its own maker is what it was', async () => {
	expect((await bo.opened(await byAda(() => ({})))).report).toMatchObject({ handoffId, nothing: false });
});

describe('beside what is here', () => {
	test('an event that says something else under an id that is here is refused, and told where', async () => {
		await (await bo.opened(file)).bring();
		// all of its digests are right: only what was said is another
		const twin = await aDevice(1, 'Twin');
		const other = raisedAt(twin, 'Never');
		expect(other.handoffId).toBe(handoffId);
		twin.knows(bo.card);
		bo.knows(twin.card);
		const request = { actor: other.actor, reveals: [], to: [bo.card.key] };
		const told = (await twin.packed({ handoffId, as: 'handoff' }, request)).file;
		const before = bo.at.ask('holdings', {});
		expect(await bo.refusedFor(told)).toMatchObject({
			type: 'act_conflict',
			place: { event: 1, kind: 'handoff_raised' }
		});
		expect(bo.at.ask('holdings', {})).toEqual(before);
		expect(bo.at.ask('handoff', { handoffId, now: 0 })).toMatchObject({ note: 'Please' });
	});

	test('a hand-off that came from one is not gone on with by another whom nobody knows', async () => {
		const cleo = await aDevice(6, 'Cleo');
		cleo.knows(ada.card);
		ada.knows(cleo.card);
		const sent = await ada.packed({ handoffId, as: 'handoff' }, { actor, reveals: [], to: [cleo.card.key] });
		await (await cleo.opened(sent.file)).bring();
		const parts = await apart();
		const stolen = {
			...parts,
			envelope: { ...parts.envelope, from: mallory.card, to: [cleo.card.age] }
		};
		const again = await sealed(await signedBy(mallory.keys, stolen), [cleo.card.age]);
		expect(await cleo.refusedFor(again)).toEqual({
			type: 'signed_by_another',
			name: 'Mallory',
			before: 'Ada'
		});
		cleo.knows(mallory.card);
		expect((await cleo.opened(again)).report.from).toMatchObject({ name: 'Mallory', standing: 'known' });
	});
});

test.each([
	['1', 0],
	['{}', 1],
	['{"a":[{"b":"[[[["}]}', 3],
	['{"a":"\\"[["}', 1],
	['['.repeat(1000), 1000]
])('%j is as deep as it is', (json, depth) => {
	expect(depthOf(json)).toBe(depth);
});
