// Keeps the draft of a running reply in the log, and notices when the log no longer knows the job.
import type { Result } from '../../domain/kernel/result.ts';
import type { Clock } from './clock.ts';

const DRAFT_EVERY_MS = 500;

interface DraftWorld {
	readonly clock: Clock;
	/** All that was said so far. */
	readonly said: () => string;
	/** Writes the draft. A rejection means that storage is failing for now. */
	readonly save: (text: string) => Promise<Result<unknown>>;
	/** The log took a draft: the job is still there. */
	readonly kept: () => void;
	/** The job is gone. */
	readonly gone: () => void;
}

interface Draft {
	/** There is more to keep. */
	touch(): void;
	close(): void;
}

/** Keeps the draft at most every 500 ms, one write at a time. */
export const keepDraft = ({ clock, said, save, kept: onKept, gone }: DraftWorld): Draft => {
	let callOff: (() => void) | null = null;
	let writing = false;
	let closed = false;
	let kept = '';

	// asked as a function: it may close while something is written
	const isClosed = (): boolean => closed;

	const write = async (): Promise<void> => {
		callOff = null;
		const now = said();
		if (closed || writing || now === kept) return;
		writing = true;
		try {
			const result = await save(now);
			kept = now;
			if (result.ok) onKept();
			// one that comes after the end of the words says nothing of what the job does next
			else if (!isClosed() && result.error.type === 'job_unknown') gone();
		} catch {
			// storage is failing; the next draft, or the end, tries again
		} finally {
			writing = false;
		}
		if (said() !== kept) touch();
	};
	const touch = (): void => {
		if (!closed) callOff ??= clock.later(DRAFT_EVERY_MS, () => void write());
	};
	return {
		touch,
		close: () => {
			closed = true;
			callOff?.();
		}
	};
};
