// Cards of colleagues are taken in from text as people send it, and forgotten again.
import { describe, expect, test } from 'vitest';
import { given } from '#tests/support/given.ts';
import { cardText, parseCard, type Card } from './cards.ts';

const KEY = 'A'.repeat(43);
const AGE = `age1${'q'.repeat(58)}`;
const WORDS = 'acorn badge cabin daisy';
const BO: Card = { name: 'Bo Ångström: on call', key: KEY, age: AGE };

describe('a card', () => {
	const text = cardText(BO);
	test.each([
		['alone', text],
		['among words', `Hi!\nHere is mine: ${text}\nRegards: Bo`],
		['broken into lines', text.replace(/(.{30})/g, '$1\r\n')],
		['quoted in a mail', text.replace(/(.{70})/g, '$1\n> ')]
	])('is read %s', (_, written) => {
		expect(parseCard(written)).toEqual({ ok: true, value: BO });
	});

	test.each([
		['nothing of the kind', 'hello', { type: 'card_none' }],
		['nothing', '', { type: 'card_none' }],
		['only its beginning', text.slice(0, 60), { type: 'card_cut' }],
		['without its end', text.slice(0, -3), { type: 'card_cut' }],
		['of a later version', text.replace('card:1:', 'card:7:'), { type: 'card_newer', version: 7, known: 1 }],
		['another name', text.replace('Bo%20', 'Mo%20'), { type: 'card_damaged', field: 'check' }],
		['another key', text.replace('AAAA', 'AAAB'), { type: 'card_damaged', field: 'check' }],
		['a key that is none', text.replace('AAAA', 'AA.A'), { type: 'card_damaged', field: 'key' }],
		['a recipient that is none', text.replace('age1q', 'age1b'), { type: 'card_damaged', field: 'age' }],
		['a name that cannot be read', text.replace('Bo%20', 'Bo%2'), { type: 'card_damaged', field: 'name' }]
	])('is refused by name: %s', (_, written, error) => {
		expect(parseCard(written)).toMatchObject({ ok: false, error });
	});

	test.each(['B\0o', 'B\ud800o'])('has a name that can be kept: %j', (name) => {
		expect(parseCard(cardText({ ...BO, name }))).toMatchObject({ ok: true, value: { name: 'B\ufffdo' } });
	});

	test('somebody made with what cannot be kept in its name is refused', () => {
		const made = text.replace('Bo%20', 'Bo%00');
		expect(parseCard(made)).toMatchObject({ ok: false, error: { type: 'card_damaged', field: 'check' } });
	});
});

describe('contacts', () => {
	test('are added once, said anew with the same key, and forgotten', async () => {
		const at = await given();
		const add = (of: Card) => at.done('add_contact', { card: cardText(of), fingerprint: WORDS });
		expect(add(BO)).toEqual({ key: KEY, name: BO.name, alike: [] });
		add(BO);
		add({ ...BO, name: 'Bo' });
		expect(at.ask('contact_list', {})).toMatchObject([
			{ key: KEY, name: 'Bo', age: AGE, fingerprint: WORDS }
		]);
		at.done('remove_contact', { key: KEY });
		expect(at.ask('contact_list', {})).toEqual([]);
		expect(at.refused('remove_contact', { key: KEY })).toEqual({ type: 'contact_unknown', key: KEY });
		expect(at.refused('add_contact', { card: 'x', fingerprint: WORDS })).toEqual({ type: 'card_none' });
	});

	test('one who goes by the name of another is told', async () => {
		const at = await given();
		at.done('add_contact', { card: cardText(BO), fingerprint: WORDS });
		const other = { ...BO, name: BO.name.toUpperCase(), key: 'B'.repeat(43) };
		expect(at.done('add_contact', { card: cardText(other), fingerprint: WORDS }).alike).toEqual([KEY]);
	});

	test('are no step of undoing', async () => {
		const at = await given();
		at.done('add_contact', { card: cardText(BO), fingerprint: WORDS });
		expect(at.ask('undoable', { tab: 'tab-1' })).toBeNull();
	});
});
