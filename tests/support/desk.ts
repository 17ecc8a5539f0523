// A desk with people, cases and hand-offs on it: what tests of it start from.
import type { Commands } from '#lib/domain/vocabulary.ts';
import { WORLD_BEGINS_MS, type Given } from './given.ts';

/** Later than anything a test does by the steps of its clock. */
export const LATER = WORLD_BEGINS_MS + 100 * 86_400_000;

/** One of each role, and a second engineer. */
export const aDesk = (at: Given) => {
	const who = (name: string, role: Commands['author_member']['input']['role']): string =>
		at.done('author_member', { name, role }).memberId;
	return {
		mem: who('Mem', 'member'),
		ada: who('Ada', 'engineer'),
		bo: who('Bo', 'engineer'),
		cleo: who('Cleo', 'admin')
	};
};

export type Desk = ReturnType<typeof aDesk>;

/** A case somebody asks about. */
export const aCase = (at: Given, actor: string, title = 'VPN drops every 20 minutes'): string =>
	at.done('create_case', { actor, title, requester: 'Dana Field', asset: 'LT-4471', tags: ['vpn'] }).chatId;

/** A case that was raised by a plain member, and the ids of both. */
export const aHandoff = (at: Given, desk: Desk, chatId = aCase(at, desk.mem)) => ({
	chatId,
	handoffId: at.done('raise_handoff', { actor: desk.mem, chatId }).handoffId
});
