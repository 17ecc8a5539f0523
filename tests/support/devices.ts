// Devices of tests: a library each, keys of their own, and a way to send hand-offs as files from one to another.
import { onTestFinished } from 'vitest';
import { cardText, type Card } from '#lib/domain/library/cards.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import type {
	HandoffReview,
	PackHandoff,
	PackedHandoff,
	ReviewHandoff
} from '#lib/worker/handoff-protocol.ts';
import type { FileRefusal } from '#lib/worker/travel-protocol.ts';
import { createArrivals } from '#lib/worker/travel/bring-in.ts';
import { createHandoffsOut } from '#lib/worker/travel/handoff-out.ts';
import { openWorkshop } from '#lib/worker/travel/workshop.ts';
import { anIdentity, storeInMemory } from './identities.ts';
import { elsewhere, someWork, TAKEN_AT_MS, takingFrom } from './taking.ts';
import { portOver } from './travel-port.ts';

const WORDS = 'acorn badge cabin daisy';
const quiet = (): void => undefined;
let runs = 0;

/** A device with a library of its own; `nth` keeps its ids apart from those of others. */
export const aDevice = async (nth: number, name: string) => {
	const over = portOver(await elsewhere(nth));
	const at = over.at();
	const store = storeInMemory();
	const identity = anIdentity(store);
	await identity.setName(name);
	const card = await identity.card();
	const keys = await identity.keys();
	if (card === null || keys === null) throw new Error('this Node cannot make the keys');
	const { port } = over;
	const out = createHandoffsOut({
		...takingFrom(at),
		port,
		vocabulary,
		identity,
		store,
		now: () => TAKEN_AT_MS
	});
	const arrivals = createArrivals({
		port: () => port,
		openWorkshop,
		identity,
		backUp: async () => ({ name: 'backup' })
	});
	const packed = async (
		review: ReviewHandoff,
		request: PackHandoff
	): Promise<PackedHandoff & { readonly review: HandoffReview }> => {
		const run = `out-${String(++runs)}`;
		const reviewed = await out.review(run, review, someWork());
		if (!reviewed.ok) throw new Error(reviewed.error.type);
		const answer = await out.pack(run, request, someWork());
		if (!answer.ok) throw new Error(answer.error.type);
		return { ...answer.value, review: reviewed.value };
	};
	const look = async (file: Blob, passphrase = '') => {
		const run = `in-${String(++runs)}`;
		onTestFinished(() => arrivals.forget(run));
		const answer = await arrivals.lookInHandoff(run, { file, passphrase }, quiet);
		if (answer === null) throw new Error('it was stopped');
		return { run, answer };
	};
	return {
		at,
		port,
		store,
		card,
		keys,
		out,
		packed,
		knows: (other: Card) => at.done('add_contact', { card: cardText(other), fingerprint: WORDS }),
		/** What a file is refused for. */
		refusedFor: async (file: Blob, passphrase = ''): Promise<FileRefusal> => {
			const { answer } = await look(file, passphrase);
			if (answer.ok) throw new Error('it was not refused');
			return answer.error;
		},
		/** What bringing it in would do, and doing it. */
		opened: async (file: Blob, passphrase = '') => {
			const { run, answer } = await look(file, passphrase);
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return {
				report: answer.value,
				bring: async () => {
					const brought = await arrivals.bringIn(run, { how: 'merge', conflicts: 'mine' }, quiet);
					if (brought?.ok !== true) throw new Error(JSON.stringify(brought));
					return brought.value;
				}
			};
		}
	};
};

export type Device = Awaited<ReturnType<typeof aDevice>>;
