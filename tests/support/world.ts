// A story with a world around it, laid down through the console door, for the end-to-end tests of what the screens make
// of that.
import type { Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';

export interface LaidDown {
	readonly chatId: string;
	readonly hostId: string;
	/** A guest in the story, or only a bot of the library. */
	readonly benId: string;
}

/** A story of Mara's with a place and weather; with Ben in it when `guest`. Leaves the page where it is. */
export const layWorldDown = (page: Page, { guest }: { readonly guest: boolean }): Promise<LaidDown> =>
	page.evaluate(async (withGuest) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const author = async (name: string, tagline: string, greeting: string) => {
			const made = await stet.dispatch('author_bot', { name, tagline, greeting });
			if (!made.ok) throw new Error(made.error.type);
			return made.value.botId;
		};
		const benId = await author('Ben Hale', 'Ferryman out of work', '');
		const hostId = await author(
			'Mara Quill',
			'Keeps the last lamp on the harbour',
			'*She turns the ledger to a clean page.* “What shall I write down?”'
		);
		const chat = await stet.dispatch('create_chat', {
			botId: hostId,
			guestId: withGuest ? benId : null,
			title: 'The last lamp',
			place: 'the harbour office',
			minutes: 14 * 60 + 20,
			weather: 'thin rain, wind from the sea',
			anchor: 'The autumn after the war'
		});
		if (!chat.ok) throw new Error(chat.error.type);
		return { chatId: chat.value.chatId, hostId, benId };
	}, guest);

/** Feelings, memories, plans and loose ends in a story that was laid down, as a person would enter them by hand. */
export const furnish = (page: Page, { chatId, hostId, benId }: LaidDown): Promise<void> =>
	page.evaluate(
		async ([chat, mara, ben]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const dispatch = async (...call: Parameters<typeof stet.dispatch>) => {
				const result = await stet.dispatch(...call);
				if (!result.ok) throw new Error(`${call[0]}: ${JSON.stringify(result.error)}`);
			};
			const feel = (source: string, target: string, affinity: number, trust: number, reason: string) =>
				dispatch('change_edge', { chatId: chat, source, target, affinity, trust, reason });
			await feel(mara, 'you', 4, 2, 'You asked before you sat down.');
			await feel(mara, 'you', 3, 5, 'You told the truth about the ledger.');
			await feel('you', mara, 6, 1, 'She put the kettle on without a word.');
			await feel(mara, ben, -7, -9, 'He sold the boat they had both signed for.');
			await feel(ben, mara, 8, 3, 'She never told anybody.');
			await feel(ben, 'you', -2, 0, 'A stranger in his chair.');
			const remember = (owner: string, text: string, significance: number) =>
				dispatch('write_memory', {
					chatId: chat,
					owner,
					text,
					significance,
					witness: { you: true, host: true, guest: owner === ben }
				});
			await remember(mara, 'The stranger asked for the ledger before asking for tea.', 1);
			await remember(ben, 'Mara keeps the boat’s papers in the second drawer, under the lamp oil.', 2);
			await remember('you', 'The lamp was lit before I had knocked.', 0);
			await remember(mara, 'They gave back the key nobody had missed.', 3);
			await dispatch('advance_time', { chatId: chat, minutes: 15 });
			await dispatch('set_activity', {
				chatId: chat,
				entity: mara,
				posture: 'at the desk',
				action: 'writing the day’s last line',
				attention: 'the ledger',
				mood: 'wary, a little amused'
			});
			await dispatch('plan_event', {
				chatId: chat,
				title: 'The night ferry comes in',
				kind: 'arrival',
				plannedFor: 22 * 60
			});
			await dispatch('plan_event', {
				chatId: chat,
				title: 'Ben tells why he sold the boat',
				kind: 'revelation'
			});
			await dispatch('open_thread', { chatId: chat, text: 'Who lit the second lamp?' });
			await dispatch('open_thread', { chatId: chat, text: 'What the key is for' });
			await dispatch('set_author_note', { chatId: chat, text: 'Slow and quiet; let the sea be heard.' });
		},
		[chatId, hostId, benId] as const
	);
