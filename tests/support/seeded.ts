// Stories with a past, made through the console door without asking any model.
import type { Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';

/** Says the words in the story and gives the reply, as if a model had; the ids of both turns. */
export const exchange = (
	page: Page,
	chatId: string,
	text: string,
	reply: string
): Promise<{ readonly turnId: string; readonly replyId: string }> =>
	page.evaluate(
		async ([chat, said, answered]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const taken = await stet.dispatch('take_turn', { chatId: chat, text: said, connectionId: 'none' });
			if (!taken.ok) throw new Error(taken.error.type);
			const ended = await stet.dispatch('finish_reply', {
				jobId: taken.value.jobId,
				text: answered,
				ended: 'whole',
				model: null,
				usage: null
			});
			if (!ended.ok) throw new Error(ended.error.type);
			// nobody is asked what it brought about; a page that is open may have begun to, and ended
			await stet.dispatch('stop_stage', { jobId: taken.value.jobId });
			const { turns } = await stet.ask('transcript', { chatId: chat });
			const [own, other] = turns.slice(-2);
			if (own === undefined || other === undefined) throw new Error('the turns are not there');
			return { turnId: own.turnId, replyId: other.turnId };
		},
		[chatId, text, reply] as const
	);

/** Another reply takes the place of the newest one, which becomes an alternative. */
export const anotherReply = (page: Page, chatId: string, turnId: string, reply: string): Promise<void> =>
	page.evaluate(
		async ([chat, turn, answered]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const asked = await stet.dispatch('regenerate', { chatId: chat, turnId: turn, connectionId: 'none' });
			if (!asked.ok) throw new Error(asked.error.type);
			const ended = await stet.dispatch('finish_reply', {
				jobId: asked.value.jobId,
				text: answered,
				ended: 'whole',
				model: null,
				usage: null
			});
			if (!ended.ok) throw new Error(ended.error.type);
			// nobody is asked what it brought about; a page that is open may have begun to, and ended
			await stet.dispatch('stop_stage', { jobId: asked.value.jobId });
		},
		[chatId, turnId, reply] as const
	);

/** Rewinds the story to the turn; the id of the recovery copy. */
export const rewindTo = (page: Page, chatId: string, turnId: string): Promise<string> =>
	page.evaluate(
		async ([chat, turn]) => {
			const rewound = await window.stet?.dispatch('rewind', { chatId: chat, turnId: turn });
			if (rewound?.ok !== true) throw new Error(rewound?.error.type ?? 'the console door is not open');
			return rewound.value.copyId;
		},
		[chatId, turnId] as const
	);
