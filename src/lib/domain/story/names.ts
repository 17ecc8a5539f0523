// What everybody in a story is called, who has left it too.
import type { Read } from '../kernel/query.ts';
import { findBot } from '../library/bots.ts';
import type { Chat } from './chats.ts';
import { people, type Entity } from './people.ts';

/** The name of somebody in a chat as it is today; empty where nobody knows one. Reads bots and yous. */
export const namesIn = (read: Read, chat: Chat): ((who: Entity) => string) => {
	const { you, host, guest } = people(read, chat);
	const known = new Map<Entity, string>(
		[you, host, guest].flatMap((person) => (person === null ? [] : [[person.entity, person.name]]))
	);
	return (who) => {
		const name = known.get(who) ?? findBot(read, who)?.name ?? '';
		known.set(who, name);
		return name;
	};
};
