// One piece of work on a file that comes in: how it tells how far it is, how it is stopped, and how it says no from deep inside.
import type { FileRefusal, Place, TravelProgress } from '../travel-protocol.ts';

/** How long work goes on before others get their turn, and a stop is noticed. */
const SLICE_MS = 25;
const TELL_MS = 100;

/** The work was stopped: whoever began it answers null. */
export class Stopped extends Error {
	override readonly name = 'Stopped';
}

/**
 * The file is refused. Thrown, because it is found out in the middle of reading, many calls down; caught where the errand
 * began, and answered as data.
 */
export class FileRefused extends Error {
	override readonly name = 'FileRefused';
	readonly refusal: FileRefusal;
	constructor(refusal: FileRefusal) {
		super(refusal.type);
		this.refusal = refusal;
	}
}

const NOWHERE: Place = { title: null, event: null, kind: null, line: null, byte: null };

/** A place in a file, of which only these parts are known. */
export const placeAt = (known: Partial<Place>): Place => ({ ...NOWHERE, ...known });

/** Something in the file is not as Stet writes it. */
export const damaged = (known: Partial<Place>, detail: string): FileRefused =>
	new FileRefused({ type: 'file_damaged', place: placeAt(known), detail: detail.slice(0, 300) });

export interface Errand {
	/** Throws {@link Stopped} once the work is not wanted any more. */
	check(): void;
	/** To be awaited between small pieces of work: lets others have their turn once in a while, and throws {@link Stopped}. */
	pause(): Promise<void>;
	/** Says how far it is; not each time, but at the beginning and end of each stage. */
	tell(stage: TravelProgress['stage'], done: number, total: number): void;
}

export const createErrand = (tell: (progress: TravelProgress) => void, signal: AbortSignal): Errand => {
	let since = performance.now();
	let toldAt = -TELL_MS;
	let toldStage: TravelProgress['stage'] | null = null;
	const check = (): void => {
		if (signal.aborted) throw new Stopped('stopped');
	};
	return {
		check,
		pause: async () => {
			check();
			if (performance.now() - since < SLICE_MS) return;
			await new Promise((resolve) => setTimeout(resolve));
			since = performance.now();
			check();
		},
		tell: (stage, done, total) => {
			const now = performance.now();
			if (stage === toldStage && done < total && now - toldAt < TELL_MS) return;
			toldStage = stage;
			toldAt = now;
			tell({ stage, done, total });
		}
	};
};
