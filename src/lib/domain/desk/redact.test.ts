// What is secret or personal is hidden, wherever it stands; what only looks so is left; and no text makes it slow.
import { describe, expect, test } from 'vitest';
import { LOOK_ALIKES, PERSONAL_POSITIVES, SECRET_POSITIVES } from '#tests/support/redaction-corpus.ts';
import { mayBeSame } from './placeholders.ts';
import { createRedaction, revealProblem, type Hidden } from './redact.ts';

const alone = (text: string, words: readonly string[] = [], before: readonly Hidden[] = []) => {
	const redaction = createRedaction<string>({ words, before });
	redaction.look([text]);
	return { text: redaction.redacted(text, 'here'), redaction };
};

describe('measured by the corpus', () => {
	const missed = (all: typeof SECRET_POSITIVES) =>
		all.filter(({ text, value, kind }) => {
			const told = alone(text).text;
			return told.includes(value) || !told.includes(`[${kind}_1]`);
		});
	const taken = LOOK_ALIKES.filter((text) => alone(text).text !== text);

	test('it is large enough to say something', () => {
		expect(SECRET_POSITIVES.length).toBeGreaterThanOrEqual(200);
		expect(LOOK_ALIKES.length).toBeGreaterThanOrEqual(200);
	});

	test('of 100 secrets it misses 2 at most', () => {
		const wrong = missed(SECRET_POSITIVES);
		expect(1 - wrong.length / SECRET_POSITIVES.length, JSON.stringify(wrong, null, 1)).toBeGreaterThanOrEqual(
			0.98
		);
	});

	test('of 100 personal things it misses 5 at most', () => {
		const wrong = missed(PERSONAL_POSITIVES);
		expect(
			1 - wrong.length / PERSONAL_POSITIVES.length,
			JSON.stringify(wrong, null, 1)
		).toBeGreaterThanOrEqual(0.95);
	});

	test('of 100 things it hides 95 were to be hidden', () => {
		const hits = SECRET_POSITIVES.length + PERSONAL_POSITIVES.length;
		expect(hits / (hits + taken.length), JSON.stringify(taken, null, 1)).toBeGreaterThanOrEqual(0.95);
		// and of the look-alikes alone, which are as many as it likes to be wrong about
		expect(taken.length / LOOK_ALIKES.length, JSON.stringify(taken, null, 1)).toBeLessThanOrEqual(0.05);
	});
});

describe('placeholders', () => {
	test('are the same for the same thing in all texts, and tell what it was', () => {
		const redaction = createRedaction<number>({ words: ['Fernfield'] });
		const texts = [
			'10.1.2.3 cannot reach 10.1.2.4',
			'Dana.Field@corp.example at FERNFIELD asks why 10.1.2.4 is down',
			'dana.field@CORP.example again'
		];
		redaction.look(texts);
		expect(texts.map((text, at) => redaction.redacted(text, at))).toEqual([
			'[IP_1] cannot reach [IP_2]',
			'[EMAIL_1] at [WORD_1] asks why [IP_2] is down',
			'[EMAIL_1] again'
		]);
		expect(redaction.places().filter(({ placeholder }) => placeholder === '[IP_2]')).toEqual([
			{ placeholder: '[IP_2]', place: 0, times: 1, excerpt: '[IP_1] cannot reach [IP_2]' },
			{
				placeholder: '[IP_2]',
				place: 1,
				times: 1,
				excerpt: '[EMAIL_1] at [WORD_1] asks why [IP_2] is down'
			}
		]);
	});

	test('go on from what went out before, and keep clear of those that came from elsewhere', () => {
		const { redaction } = alone('10.1.2.3 and 10.1.2.4');
		const again = createRedaction<string>({ words: [], before: redaction.hidden() });
		const text = '10.9.9.9, 10.1.2.4, and [IP_7] of somebody else';
		again.look([text]);
		expect(again.redacted(text, 'x')).toBe('[IP_8], [IP_2], and [IP_7] of somebody else');
	});

	test('an own word is a whole word, in any case, with whatever signs it has', () => {
		expect(alone('C++ Ltd. (c++ ltd.) is not C++ Ltda', ['C++ Ltd.', 'x']).text).toBe(
			'[WORD_1] ([WORD_1]) is not C++ Ltda'
		);
	});
});

describe('a secret that is known', () => {
	const secret = 'Harbour42!x';
	test('is hidden where nothing announces it', () => {
		const redaction = createRedaction<string>({ words: [] });
		const texts = [`it says ${secret} is too old`, `password: ${secret}`];
		redaction.look(texts);
		expect(texts.map((text) => redaction.redacted(text, text))).toEqual([
			'it says [SECRET_1] is too old',
			'password: [SECRET_1]'
		]);
	});

	test('is hidden where a text was cut in the middle of it', () => {
		const redaction = createRedaction<string>({ words: [] });
		const texts = [`password: ${secret}`, 'the words that were cut: Harbour4', 'so too: Harbour42 …'];
		redaction.look(texts);
		expect(redaction.redacted(texts[1] ?? '', 'a')).toBe('the words that were cut: [SECRET_1]');
	});
});

describe('what is given away', () => {
	test('stands as it was, and takes nothing along that is hidden', () => {
		const before = alone('mail a.b@corp.example from 10.1.2.3').redaction.hidden();
		const redaction = createRedaction<string>({
			words: [],
			before,
			revealed: new Set(['[IP_1]'])
		});
		const text = 'mail a.b@corp.example from 10.1.2.3';
		redaction.look([text]);
		expect(redaction.redacted(text, 'x')).toBe('mail [EMAIL_1] from 10.1.2.3');
	});

	test('a weighty secret needs a reason, others do not', () => {
		const { redaction } = alone(`AKIA${'ABCD2345'.repeat(2)} of a.b@corp.example`);
		const hidden = redaction.hidden();
		expect(hidden.map(({ placeholder, weight }) => [placeholder, weight])).toEqual([
			['[SECRET_1]', 'high'],
			['[EMAIL_1]', 'usual']
		]);
		expect(revealProblem(hidden, [{ placeholder: '[EMAIL_1]', why: '' }])).toBeNull();
		expect(revealProblem(hidden, [{ placeholder: '[SECRET_1]', why: ' ' }])).toEqual({
			type: 'reveal_needs_reason',
			placeholder: '[SECRET_1]'
		});
		expect(revealProblem(hidden, [{ placeholder: '[SECRET_1]', why: 'it is revoked' }])).toBeNull();
		expect(revealProblem(hidden, [{ placeholder: '[IP_1]', why: '' }])).toEqual({
			type: 'reveal_unknown',
			placeholder: '[IP_1]'
		});
	});
});

test.each([
	['a', 'a', true],
	['a', 'b', false],
	['from 10.1.2.3 to x', 'from [IP_1] to x', true],
	['from [IP_4] to x', 'from [IP_1] to x', true],
	['from [IP_4] to a@b.example', 'from [IP_1] to [EMAIL_2]', true],
	['from  to x', 'from [IP_1] to x', false],
	['from 10.1.2.3 to y', 'from [IP_1] to x', false],
	['[IP_1][IP_2]', 'ab', true],
	['[IP_1][IP_2]', 'a', false]
])('%j and %j may be the same words: %s', (one, other, same) => {
	expect(mayBeSame(one, other)).toBe(same);
	expect(mayBeSame(other, one)).toBe(same);
});

test.each([
	['one letter', 'a'],
	['dashes', '-'],
	['dots and digits', '1.'],
	['the beginnings of keys', '-----BEGIN RSA PRIVATE KEY-----'],
	['the beginnings of tokens', 'eyJ-'],
	['colons', '::'],
	['announcements', 'password: '],
	['addresses', 'a@a.'],
	['names of settings', 'a_b.c-'],
	['digits', '4'],
	['schemes', 'http://a:'],
	['spaces', ' ']
])('%s, half a million of them, are looked through in as many steps as any text', (_, unit) => {
	// would not end within the runner's limit were it more than linear
	const text = unit.repeat(Math.ceil(500_000 / unit.length));
	expect(typeof alone(text).text).toBe('string');
});
