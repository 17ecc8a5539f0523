// Cards and own words: what this device shows of itself to colleagues, and what it keeps to itself when it writes to them.
import { OWN_WORDS_MAX } from '../../domain/desk/redact-personal.ts';
import { cardText, parseCard, type Card } from '../../domain/library/cards.ts';
import { ok } from '../../domain/kernel/result.ts';
import { z } from '../../domain/kernel/schema.ts';
import type { OwnCard, ShownCard } from '../handoff-protocol.ts';
import type { TravelWorkerApi } from '../travel-protocol.ts';
import type { Identity } from './identity.ts';
import { fingerprintOf } from './spoken-words.ts';
import type { TravelStore } from './travel-store.ts';

/** Where a person's own words to hide lie. */
export const OWN_WORDS = 'own-words';

const WORD_MAX_CHARS = 200;

const shown = async (card: Card): Promise<ShownCard> => ({
	card,
	text: cardText(card),
	fingerprint: await fingerprintOf(card)
});

const words = z
	.array(z.string().trim().max(WORD_MAX_CHARS))
	.max(OWN_WORDS_MAX)
	.transform((list) => [...new Set(list)].filter((word) => word !== ''));

type Cards = Pick<TravelWorkerApi, 'ownCard' | 'nameCard' | 'readCard' | 'ownWords' | 'setOwnWords'>;

export const createCards = (identity: Identity, store: TravelStore): Cards => {
	const ownCard = async (): Promise<OwnCard> => {
		if ((await identity.keys()) === null) return { keys: false, shown: null };
		const card = await identity.card();
		return { keys: true, shown: card === null ? null : await shown(card) };
	};
	return {
		ownCard,
		nameCard: async (name) => {
			await identity.setName(name);
			return ownCard();
		},
		readCard: async (text) => {
			const card = parseCard(text);
			return card.ok ? ok(await shown(card.value)) : card;
		},
		ownWords: async () => words.catch([]).parse((await store.get(OWN_WORDS)) ?? []),
		setOwnWords: async (list) => store.put(OWN_WORDS, words.parse(list))
	};
};
