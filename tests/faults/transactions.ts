// What the crash sweep interrupts: each is one command of the app, or a checkpoint, on a library that commands have made.

/** A command as the app takes it. */
export interface Sent {
	readonly name: string;
	readonly input: unknown;
}

/** Sends a command that must be allowed; what it answers. */
export type Send = (name: string, input: unknown) => Readonly<Record<string, string>>;

/** One transaction, and the library it is done to. */
export interface Transaction {
	readonly name: string;
	/** Makes the library; the names later commands need. */
	readonly before: (send: Send) => Readonly<Record<string, string>>;
	/** Whether the library is folded into its main file before, so that the log of writes begins anew. */
	readonly checkpointed: boolean;
	/** A library that has arrived before, to be put in, or in place of, the one there is. */
	readonly arrival?: 'merge' | 'replace';
	/** The command that is interrupted; null: folding the log of writes into the main file, which changes no row. */
	readonly command: ((made: Readonly<Record<string, string>>) => Sent) | null;
}

const aStory =
	(turns: number) =>
	(send: Send): Readonly<Record<string, string>> => {
		const { botId = '' } = send('author_bot', {
			name: 'Mara',
			description: 'Keeps the lighthouse. '.repeat(20)
		});
		const { chatId = '' } = send('create_chat', { botId });
		const said: Record<string, string> = {};
		for (let n = 0; n < turns; n++) {
			const { jobId, turnId = '' } = send('take_turn', {
				chatId,
				text: `Words ${String(n)}`,
				connectionId: 'demo'
			});
			said[`words${String(n)}`] = turnId;
			const reply = send('finish_reply', {
				jobId,
				text: 'A reply. '.repeat(60),
				ended: 'whole',
				model: null,
				usage: null
			});
			send('stop_stage', { jobId });
			said[`reply${String(n)}`] = reply['turnId'] ?? '';
		}
		return { chatId, ...said };
	};

/** The newest reply was asked again, and the new one is about to be written. */
const aRegeneration = (send: Send): Readonly<Record<string, string>> => {
	const made = aStory(6)(send);
	const { chatId } = made;
	const { jobId = '' } = send('regenerate', { chatId, turnId: made['reply5'], connectionId: 'demo' });
	return { ...made, jobId };
};

const aRewoundStory = (send: Send): Readonly<Record<string, string>> => {
	const made = aStory(6)(send);
	const { copyId = '' } = send('rewind', { chatId: made['chatId'], turnId: made['reply2'] });
	return { ...made, copyId };
};

const say =
	(text: string) =>
	({ chatId = '' }: Readonly<Record<string, string>>): Sent => ({
		name: 'take_turn',
		input: { chatId, text, connectionId: 'demo' }
	});

/** All of them. A new kind of change to the library belongs here. */
export const TRANSACTIONS: readonly Transaction[] = [
	{ name: 'a turn', before: aStory(6), checkpointed: false, command: say('And then?') },
	{
		name: 'a turn, the first after a checkpoint',
		before: aStory(6),
		checkpointed: true,
		command: say('And then?')
	},
	{
		name: 'a turn of many pages',
		before: aStory(2),
		checkpointed: false,
		command: say('Words upon words. '.repeat(6000))
	},
	{
		name: 'a reply that takes the place of another',
		before: aRegeneration,
		checkpointed: false,
		command: ({ jobId }) => ({
			name: 'finish_reply',
			input: { jobId, text: 'Otherwise. '.repeat(60), ended: 'whole', model: null, usage: null }
		})
	},
	{
		name: 'a rewind',
		before: aStory(6),
		checkpointed: false,
		command: ({ chatId, reply2 }) => ({ name: 'rewind', input: { chatId, turnId: reply2 } })
	},
	{
		name: 'a rewind undone',
		before: aRewoundStory,
		checkpointed: false,
		command: ({ copyId }) => ({ name: 'restore_copy', input: { copyId } })
	},
	{
		name: 'a turn deleted in the middle',
		before: aStory(6),
		checkpointed: true,
		command: ({ chatId, words2 }) => ({ name: 'delete_turn', input: { chatId, turnId: words2 } })
	},
	{
		name: 'a file brought in',
		before: aStory(2),
		checkpointed: false,
		arrival: 'merge',
		command: () => ({ name: 'bring_in', input: {} })
	},
	{
		name: 'a library replaced',
		before: aStory(2),
		checkpointed: false,
		arrival: 'replace',
		// carried out by the shelf, not by the app
		command: () => ({ name: '', input: {} })
	},
	{ name: 'a checkpoint', before: aStory(6), checkpointed: false, command: null }
];
