// The desk in English: members, cases, steps, hand-offs, the queue and its numbers.
import { plural } from './en-numbers.ts';

const MINUTE_MS = 60_000;

/** A stretch of time as a clock on a card shows it: the two largest units at most. */
const span = (ms: number): string => {
	const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
	if (minutes < 1) return 'under a minute';
	if (minutes < 60) return `${String(minutes)} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24)
		return minutes % 60 === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(minutes % 60)} min`;
	const days = Math.floor(hours / 24);
	return hours % 24 === 0
		? plural(days, 'day', 'days')
		: `${plural(days, 'day', 'days')} ${String(hours % 24)} h`;
};

const roles = { member: 'member', engineer: 'engineer', admin: 'admin' } as const;

export const desk = {
	span,
	roles,

	members: {
		title: 'Who is at the desk',
		help: 'What this tab does at the desk carries the name chosen here. Another tab may be somebody else.',
		none: 'Nobody yet. Say who you are.',
		chooser: (name: string, role: string) => `You act as ${name}, ${role}`,
		choose: 'Say who you are',
		manage: 'People at the desk',
		actAs: (name: string) => `Act as ${name}`,
		here: 'this tab',
		add: 'Add somebody',
		addFirst: 'Begin',
		change: (name: string) => `Change ${name}`,
		name: 'Name',
		role: 'Role',
		roleHelp: {
			member: 'Raises hand-offs, and sees and notes on their own.',
			engineer: 'Watches the queue, picks up and resolves.',
			admin: 'As an engineer, and may act for whoever holds one.'
		},
		retire: 'Leaves the desk',
		retired: (name: string) => `${name} has left the desk. What they did stays theirs.`,
		done: 'Done'
	}
};
