// Canaries in every text of a hand-off a person or a model can write: none leaves with its file, raw or opened, unless it was
// given away on purpose, and then that one alone.
import { gunzipSync } from 'node:zlib';
import { Decrypter } from 'age-encryption';
import { expect, test } from 'vitest';
import { aDesk } from '#tests/support/desk.ts';
import { aDevice } from '#tests/support/devices.ts';
import { anExchange } from '#tests/support/given.ts';

/** Made up. A secret of each weight, something personal, and a word of one's own. */
const CANARIES = {
	key: `AKIA${'QWERTY23'.repeat(2)}`,
	password: 'Canary77!sings',
	mail: 'kim.canary@fernfield.example',
	ip: '10.77.66.55',
	word: 'Fernfield Mills'
};
const ALL = Object.values(CANARIES);
/** All of them in one sentence, as careless people write. */
const CARELESS = `${CANARIES.word}: ${CANARIES.mail} at ${CANARIES.ip}, password: ${CANARIES.password}, ${CANARIES.key}.`;

/** A hand-off with all of them in every text it has. */
const careless = async () => {
	const [ada, bo] = [await aDevice(1, 'Ada'), await aDevice(2, 'Bo')];
	ada.knows(bo.card);
	bo.knows(ada.card);
	await ada.store.put('own-words', [CANARIES.word]);
	const { at } = ada;
	const desk = aDesk(at);
	const { chatId } = at.done('create_case', {
		actor: desk.mem,
		title: CARELESS,
		requester: CARELESS,
		asset: CARELESS,
		tags: [CANARIES.word, CANARIES.mail]
	});
	const { turnId } = anExchange(at, chatId, `${CARELESS}\nERROR 809: ${CARELESS}`, `Is it ${CARELESS}?`);
	at.done('record_step', { actor: desk.mem, chatId, turnId, text: `Tried ${CARELESS}` });
	const { handoffId } = at.done('raise_handoff', { actor: desk.mem, chatId, note: CARELESS });
	const as = (actor: string) => ({ actor, handoffId });
	// a model repeats what it was told
	const { jobId } = at.done('ask_assessment', as(desk.mem));
	const asked = at.ask('assessment_request', { jobId });
	if (asked === null) throw new Error('nothing is asked');
	const refs = [{ turn: 'T1', quote: CANARIES.password }];
	at.done('finish_assessment', {
		jobId,
		model: 'canary',
		key: 'k',
		answer: {
			problem: { text: CARELESS, impact: CARELESS, refs },
			tried: [{ action: CARELESS, outcome: 'no_effect', refs }],
			assessment: [{ hypothesis: CARELESS, confidence: 'low', for: refs, against: [] }],
			do_not_repeat: [CARELESS],
			open_questions: [CARELESS],
			start_here: { step: CARELESS, why: CARELESS, expect: CARELESS, if_not: CARELESS, refs }
		},
		seen: Object.fromEntries(asked.turns.map((turn) => [String(turn.number), turn.turnId])),
		coverage: asked.coverage,
		head: asked.head
	});
	const made = at.ask('handoff_assessment', { handoffId });
	if (made === null) throw new Error('no assessment');
	at.done('edit_assessment', { ...as(desk.ada), basis: 1, body: made.body });
	at.done('snooze_handoff', { ...as(desk.ada), until: 4_000_000_000_000, why: CARELESS });
	at.done('note_handoff', { ...as(desk.ada), text: CARELESS });
	at.done('change_handoff_priority', { ...as(desk.ada), priority: 1, why: CARELESS });
	at.done('claim_handoff', as(desk.ada));
	at.done('return_handoff', { ...as(desk.ada), reason: 'other', note: CARELESS });
	at.done('claim_handoff', as(desk.ada));
	at.done('resolve_handoff', { ...as(desk.ada), note: CARELESS });
	at.done('reopen_handoff', { ...as(desk.ada), why: CARELESS });
	at.done('claim_handoff', as(desk.ada));
	at.done('hand_back', { ...as(desk.ada), note: CARELESS });
	at.done('raise_handoff', { actor: desk.mem, chatId, note: CARELESS });
	at.done('withdraw_handoff', { ...as(desk.mem), why: CARELESS });
	return { ada, bo, desk, handoffId };
};

type Careless = Awaited<ReturnType<typeof careless>>;

/** What leaves: its name, its bytes as they are, and what whoever it is for finds in them. */
const leaving = async ({ ada, bo, desk, handoffId }: Careless, reveals: readonly string[] = []) => {
	const review = await ada.packed(
		{ handoffId, as: 'handoff' },
		{ actor: desk.ada, reveals: [], to: [bo.card.key] }
	);
	const hidden = review.review.hidden.filter(({ kind }) => reveals.includes(kind));
	const sent = await ada.packed(
		{ handoffId, as: 'handoff' },
		{
			actor: desk.ada,
			reveals: hidden.map(({ placeholder }) => ({ placeholder, why: 'It is needed' })),
			to: [bo.card.key]
		}
	);
	const bytes = new Uint8Array(await sent.file.arrayBuffer());
	const decrypter = new Decrypter();
	decrypter.addIdentity(bo.keys.opening.privateKey);
	const zipped = await decrypter.decrypt(bytes);
	const plain = gunzipSync(zipped).toString('utf8');
	return {
		raw: [sent.name, Buffer.from(bytes).toString('latin1'), Buffer.from(zipped).toString('latin1')].join(
			'\n'
		),
		plain,
		hidden: review.review.hidden
	};
};

/** However it may be written down there. */
const spellings = (secret: string): readonly string[] => [
	secret,
	JSON.stringify(secret).slice(1, -1),
	encodeURIComponent(secret),
	Buffer.from(secret).toString('base64').replace(/=+$/u, '').slice(0, -1),
	Buffer.from(secret).toString('hex'),
	secret.toLowerCase(),
	secret.toUpperCase()
];

test('no canary is in any byte of a file, sealed or opened, in whichever text it stood', async () => {
	const { raw, plain, hidden } = await leaving(await careless());
	for (const secret of ALL)
		for (const spelled of spellings(secret)) {
			expect(plain).not.toContain(spelled);
			expect(raw).not.toContain(spelled);
		}
	expect(hidden.map(({ kind }) => kind).toSorted()).toEqual(['EMAIL', 'IP', 'SECRET', 'SECRET', 'WORD']);
	// the same thing has the same name in every text: whoever reads it can still tell one from another
	for (const { placeholder } of hidden) expect(plain.split(placeholder).length).toBeGreaterThan(15);
});

test('what is given away on purpose leaves, and nothing else with it', async () => {
	const { plain } = await leaving(await careless(), ['IP']);
	expect(plain).toContain(CANARIES.ip);
	for (const secret of ALL.filter((each) => each !== CANARIES.ip)) expect(plain).not.toContain(secret);
});
