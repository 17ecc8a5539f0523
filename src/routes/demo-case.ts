// The case that is one click away at a desk that has none: half worked, with people to act as, and the built-in Copilot.
import type { Client } from '#lib/worker/client.ts';
import type { Session } from './ui/session.svelte.ts';
import { demoCase } from './words/en-demo-case.ts';

/** The sample people's own ids, so that a second sample case is worked by the same ones, also when they left the desk. */
const MEMBER_ID = '5be7a1c0-5e1e-4d0e-9a3e-57e7de300011';
const ENGINEER_ID = '5be7a1c0-5e1e-4d0e-9a3e-57e7de300012';
/** Costs nothing, and is there when no other is. */
const DEMO_CONNECTION = 'demo';

/** What it takes to open the case. */
export interface DemoDesk extends Pick<Session, 'send'> {
	readonly client: Pick<Client, 'ask'>;
}

/** Who works the case: whoever acts; where nobody is at the desk yet, two people come. */
const whoWorksIt = async (session: DemoDesk, acts: () => Promise<string | null>): Promise<string | null> => {
	const found = await session.client.ask('member_list', {});
	if (found.length > 0) return acts();
	const member = { memberId: MEMBER_ID, name: demoCase.member, role: 'member' } as const;
	const engineer = { memberId: ENGINEER_ID, name: demoCase.engineer, role: 'engineer' } as const;
	if ((await session.send('author_member', engineer)) === null) return null;
	return (await session.send('author_member', member))?.memberId ?? null;
};

/**
 * Opens the case and returns its chat and who works it. Null when refused. `acts`: asked only where there are people. Every line of it goes into the log by the commands
 * of any case, as the words of a person and of a model would, and each step as one that was proposed and confirmed.
 */
export const beginDemoCase = async (
	session: DemoDesk,
	acts: () => Promise<string | null>
): Promise<{ readonly chatId: string; readonly actor: string } | null> => {
	const actor = await whoWorksIt(session, acts);
	if (actor === null) return null;
	const { title, requester, asset, tags, exchanges, next } = demoCase;
	const about = { title, requester, asset, tags: [...tags], impact: 2, urgency: 1 };
	const created = await session.send('create_case', { actor, ...about });
	if (created === null) return null;
	const { chatId } = created;
	for (const exchange of exchanges) if (!(await lay(session, { actor, chatId }, exchange))) break;
	await session.send('save_composer', { chatId, text: next });
	return { chatId, actor };
};

/** Lays down one exchange. Where a command is refused the case begins without the rest of it. */
const lay = async (
	session: DemoDesk,
	of: { readonly actor: string; readonly chatId: string },
	{ says, tried, answer }: (typeof demoCase.exchanges)[number]
): Promise<boolean> => {
	const { actor, chatId } = of;
	const asked = await session.send('take_turn', {
		chatId,
		text: says,
		connectionId: DEMO_CONNECTION,
		// a turn of a case says which member said it
		memberId: actor
	});
	if (asked === null) return false;
	const { jobId } = asked;
	const reply = { jobId, text: answer, ended: 'whole', model: null, usage: null } as const;
	const replied = await session.send('finish_reply', reply);
	if (replied === null) return false;
	// whoever has the classifiers switched off has no steps proposed, here as anywhere
	if (replied.next === null) return true;
	const steps = tried === null ? [] : [tried];
	if ((await session.send('apply_steps', { jobId, answer: { steps } })) === null) return false;
	const found = await session.client.ask('case_of_chat', { chatId });
	for (const { stepId } of found?.proposals ?? [])
		if ((await session.send('settle_proposal', { ...of, stepId, accept: true })) === null) return false;
	return true;
};
