// What the page's main thread does, task by task, in its own processor time: what else the machine runs does not count.
import type { CDPSession, Page } from '@playwright/test';

export interface Task {
	/** Milliseconds of processor time. */
	readonly ms: number;
}

interface TraceEvent {
	readonly name: string;
	readonly ph: string;
	readonly pid: number;
	readonly tid: number;
	/** Microseconds of the thread's own time. */
	readonly tdur?: number;
	readonly args?: {
		readonly name?: string;
		readonly data?: { readonly frames?: readonly { readonly url?: string; readonly processId?: number }[] };
	};
}

const TASK = 'ThreadControllerImpl::RunTask';

/** Records until `stop`, which gives the tasks of the main thread that shows the page, longest first. */
export const recordTasks = async (page: Page): Promise<{ readonly stop: () => Promise<readonly Task[]> }> => {
	const session: CDPSession = await page.context().newCDPSession(page);
	const events: TraceEvent[] = [];
	session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
	await session.send('Tracing.start', {
		transferMode: 'ReportEvents',
		traceConfig: {
			includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline']
		}
	});
	return {
		stop: async () => {
			const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
			await session.send('Tracing.end');
			await done;
			await session.detach();
			const mains = events.filter(
				({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain'
			);
			const origin = new URL(page.url()).origin;
			const shown = events
				.filter(({ name }) => name === 'TracingStartedInBrowser')
				.flatMap(({ args }) => args?.data?.frames ?? [])
				.filter(({ url }) => url?.startsWith(origin))
				.map(({ processId }) => processId);
			const main = mains.find(({ pid }) => shown.includes(pid));
			if (main === undefined) throw new Error('the recording has no main thread of the page');
			return events
				.filter(
					({ name, pid, tid, tdur }) =>
						pid === main.pid && tid === main.tid && name === TASK && tdur !== undefined
				)
				.map(({ tdur = 0 }) => ({ ms: Math.round(tdur / 100) / 10 }))
				.sort((one, other) => other.ms - one.ms);
		}
	};
};
