// English for the models of a story, and for what they took.
import { plural } from './en-numbers.ts';

/** US dollars, as exact as a reader wants them; `~` where some of it was counted by us. */
const dollars = (usd: number, estimated: boolean): string => {
	const about = estimated ? '~' : '';
	if (usd === 0) return `${about}$0`;
	if (usd < 0.001) return `less than ${about}$0.001`;
	return `${about}$${usd < 1 ? String(Number(usd.toPrecision(2))) : usd.toFixed(2)}`;
};

const tokens = (n: number): string => n.toLocaleString('en');

interface Taken {
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
	readonly cacheReadTokens: number | null;
}

/** Tokens that were read and written, as far as somebody counted. */
const taken = ({ inputTokens, outputTokens, cacheReadTokens }: Taken, estimated: boolean): string => {
	const about = estimated ? '~' : '';
	const cached =
		cacheReadTokens === null || cacheReadTokens === 0 ? '' : `, ${tokens(cacheReadTokens)} of them cached`;
	return [
		inputTokens === null ? '' : `${about}${tokens(inputTokens)} tokens read${cached}`,
		outputTokens === null ? '' : `${about}${tokens(outputTokens)} written`
	]
		.filter((part) => part !== '')
		.join(' · ');
};

interface Sum extends Taken {
	readonly requests: number;
	readonly costUsd: number;
	readonly unpriced: number;
	readonly estimated: number;
}

/** One line of an account: how often the model was asked, for replies and else, how many tokens, how much money. */
const line = (sum: Sum): string =>
	[
		plural(sum.requests, 'request', 'requests'),
		taken(sum, sum.estimated > 0),
		sum.unpriced === sum.requests
			? 'no price known'
			: `${dollars(sum.costUsd, sum.estimated > 0)}${sum.unpriced > 0 ? `, and ${String(sum.unpriced)} of no known price` : ''}`
	].join(' · ');

/** Several lines of an account as one. */
const together = (sums: readonly Sum[]): string => {
	const add = (of: (sum: Sum) => number): number => sums.reduce((total, sum) => total + of(sum), 0);
	return line({
		requests: add(({ requests }) => requests),
		inputTokens: add(({ inputTokens }) => inputTokens ?? 0),
		outputTokens: add(({ outputTokens }) => outputTokens ?? 0),
		cacheReadTokens: add(({ cacheReadTokens }) => cacheReadTokens ?? 0),
		costUsd: add(({ costUsd }) => costUsd),
		unpriced: add(({ unpriced }) => unpriced),
		estimated: add(({ estimated }) => estimated)
	});
};

/** All models of a connection together. */
const connectionSoFar = (sums: readonly Sum[]): string => `So far: ${together(sums)}`;

/** What connections took that were deleted since. */
const goneSoFar = (sums: readonly Sum[]): string => `Connections that are gone: ${together(sums)}`;

/** What all of them took. */
const allSoFar = (sums: readonly Sum[]): string => `All together: ${together(sums)}`;

export const account = {
	title: 'Model and cost',
	open: 'Model and cost',
	inUse: (name: string) => `The connection in use (${name})`,
	gone: 'A connection that is gone',
	goneSource: 'a connection that is gone',
	modelHelp: 'Empty: the connection’s own.',
	tasks: {
		prose: {
			from: 'Replies come from',
			help: '',
			model: 'Model',
			more: 'Length and temperature',
			temperature: 'Temperature',
			topP: 'Top P',
			longest: 'Longest reply, in tokens'
		},
		classify: {
			from: 'Small decisions',
			help: 'Such as what is remembered of a reply, or a title for the story.',
			model: 'Model for small decisions',
			more: 'Length and temperature of decisions',
			temperature: 'Temperature of decisions',
			topP: 'Top P of decisions',
			longest: 'Longest decision, in tokens'
		},
		copilot: {
			from: 'Drafts for a colleague',
			help: '',
			model: 'Model for drafts',
			more: 'Length and temperature of drafts',
			temperature: 'Temperature of drafts',
			topP: 'Top P of drafts',
			longest: 'Longest draft, in tokens'
		}
	},
	others: 'Models for other tasks',
	asConnection: 'Empty: as the connection is set.',
	saved: 'This story is played with it from the next reply on.',
	soFar: 'This story so far',
	nothing: 'No reply that costs anything yet.',
	settings: 'All connections',
	line,
	together,
	connectionSoFar,
	goneSoFar,
	allSoFar,
	taken,
	dollars,
	source: 'About this reply',
	sourceModel: 'Model',
	sourceTokens: 'Tokens',
	sourceCost: 'Cost',
	sourceAt: 'Written',
	notCounted: 'Nobody counted them.',
	noPrice:
		'No price is known for this model. One that is entered with a connection holds for that connection’s own model.',
	turnTook: 'What this turn took',
	tookFor: { prose: 'Its words', classify: 'What came of it' },
	tookAll: 'In all',
	tookGroup: 'With other replies to the same words, and what was put in',
	byHand: 'Nothing is known of where this reply came from.',
	estimatedHelp: '~ was counted by Stet, because the provider did not say.',
	continue: 'Continue',
	continueHelp: 'Let the reply go on from here',
	suggest: 'Suggest a title',
	suggesting: 'Thinking of one…',
	noSuggestion: 'No title came. Think of one yourself.'
};
