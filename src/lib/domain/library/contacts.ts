// Contacts: colleagues whose cards were taken in. Files can be sealed for them, and what they signed is known to be theirs.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { LIBRARY } from '../streams.ts';
import { card, parseCard, signingKey } from './cards.ts';

export const contacts = defineTable(
	'contacts',
	`	stream text not null,
	key text not null,
	name text not null,
	age text not null,
	fingerprint text not null,
	added_at integer not null,
	primary key (stream, key)`
);

/** Words made of both keys of a card, which two people compare aloud. */
const fingerprint = z.string().regex(/^[a-z]{3,8}(?: [a-z]{3,8}){3}$/);

export const contactAdded = defineEvent({
	kind: 'contact_added',
	payload: card.extend({ fingerprint }),
	upcasts: [],
	writes: [contacts],
	named: ({ name }) => name,
	project: ({ stream, at, payload: added }) => [
		sql`insert into ${contacts} (stream, key, name, age, fingerprint, added_at)
			values (${stream}, ${added.key}, ${added.name}, ${added.age}, ${added.fingerprint}, ${at})
			on conflict (stream, key) do update set name = excluded.name, age = excluded.age,
				fingerprint = excluded.fingerprint`
	]
});

export const contactRemoved = defineEvent({
	kind: 'contact_removed',
	payload: z.object({ key: signingKey }),
	upcasts: [],
	writes: [contacts],
	project: ({ stream, payload: { key } }) => [
		sql`delete from ${contacts} where stream = ${stream} and key = ${key}`
	]
});

const contact = z.object({
	key: z.string(),
	name: z.string(),
	age: z.string(),
	fingerprint: z.string(),
	addedAt: z.number()
});

export type Contact = z.output<typeof contact>;

const contactsNow = (read: Read): readonly Contact[] =>
	read.all(
		contact,
		sql`select key, name, age, fingerprint, added_at as addedAt from ${contacts} where stream = ${LIBRARY}
			order by name collate nocase, key`
	);

/**
 * Takes the card of a colleague in. `alike`: others who go by the same name with another key; whoever adds one is told, for
 * that is what somebody looks like who says to be a colleague. Not a step of undoing: whom to trust is not taken back by a
 * key that is pressed for something else.
 */
export const addContact = defineCommand({
	name: 'add_contact',
	input: z.object({
		/** Text with a card in it. */
		card: z.string().max(20_000),
		/** As this device made it of the card. */
		fingerprint
	}),
	reads: [contacts],
	decide: ({ card: text, fingerprint: words }, read) => {
		const parsed = parseCard(text);
		if (!parsed.ok) return parsed;
		const added = parsed.value;
		const known = contactsNow(read);
		const before = known.find(({ key }) => key === added.key);
		const same = before?.name === added.name && before.age === added.age && before.fingerprint === words;
		const alike = known.filter(
			({ key, name }) => key !== added.key && name.toLowerCase() === added.name.toLowerCase()
		);
		return decided({
			background: true,
			events: same ? [] : [contactAdded({ stream: LIBRARY, payload: { ...added, fingerprint: words } })],
			value: { key: added.key, name: added.name, alike: alike.map(({ key }) => key) }
		});
	}
});

/** Forgets a colleague's card. What they signed before is of somebody unknown from then on. */
export const removeContact = defineCommand({
	name: 'remove_contact',
	input: z.object({ key: signingKey }),
	reads: [contacts],
	decide: ({ key }, read) => {
		if (!contactsNow(read).some((one) => one.key === key)) return refuse({ type: 'contact_unknown', key });
		return decided({
			background: true,
			events: [contactRemoved({ stream: LIBRARY, payload: { key } })],
			value: { key }
		});
	}
});

/** Colleagues whose cards are here, by name. */
export const contactList = defineQuery({
	name: 'contact_list',
	input: z.object({}),
	reads: [contacts],
	stream: () => LIBRARY,
	answer: contactsNow
});
