// What a model is told when it assesses: instructions that stay the same, and the transcript as data it cannot break out of.
import { digestOfTexts } from '../kernel/checksum.ts';
import { estimateTokens } from '../story/tokens.ts';
import { INSTRUCTIONS } from './assessment-instructions.ts';
import type { Coverage } from './assessment-shape.ts';
import type { Facts } from './facts-shape.ts';
import type { Cited } from './trace-assessment.ts';

/** Counts up when what a model is told changes: what was made of another prompt is not the same. */
export const PROMPT_VERSION = 'assess-1';

/** Told whole are the first turns and the last, and those in which errors stand or steps were taken. */
export const WHOLE_FIRST = 3;
export const WHOLE_LAST = 20;
/** The most of one turn, and of one that is told by its opening. */
export const TURN_MAX_CHARS = 8000;
export const OPENING_MAX_CHARS = 200;
/** A prompt has no more than this, whatever the window: an assessment is to cost cents. */
const MOST_TOKENS = 24_000;
const LINE_MAX_CHARS = 300;

/** A turn as it may be told. `whole`: all of its text is here, and worth it. */
export interface TurnTold extends Cited {
	readonly speaker: string;
	readonly whole: boolean;
}

/** What a prompt is made of. */
export interface Material {
	/** What is handed over. */
	readonly kind: 'story' | 'case';
	readonly facts: Facts;
	readonly intent: string;
	readonly reason: string;
	readonly note: string;
	readonly episode: number;
	/** In order. Turns that are not here are not told, and said to be left out. */
	readonly turns: readonly TurnTold[];
	readonly turnsTotal: number;
}

interface AssessmentPrompt {
	readonly instructions: string;
	readonly data: string;
	/** Estimated tokens of both. */
	readonly estimate: number;
	/** The turns that are told, in whole or by their openings: what can be cited. */
	readonly told: readonly TurnTold[];
	readonly coverage: Coverage;
}

const oneLine = (text: string): string => {
	const line = text.replace(/\s+/gu, ' ').trim();
	return line.length <= LINE_MAX_CHARS
		? line
		: `${line.slice(0, LINE_MAX_CHARS).replace(/[\uD800-\uDBFF]$/u, '')}…`;
};

const cutTo = (text: string, most: number): string =>
	text.length <= most ? text : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, '')}…`;

/** Numbers as runs, such as `T4–T9`. */
export const runsOf = (numbers: readonly number[]): string[] => {
	const runs: [number, number][] = [];
	for (const number of numbers) {
		const last = runs.at(-1);
		if (last !== undefined && last[1] === number - 1) last[1] = number;
		else runs.push([number, number]);
	}
	return runs.map(([from, to]) => (from === to ? `T${String(from)}` : `T${String(from)}–T${String(to)}`));
};

/** A code that stands in none of the texts, so that no text can pass for a mark. The same texts have the same one. */
export const boundaryFor = (
	texts: readonly string[],
	digest: (texts: readonly string[]) => string = digestOfTexts
): string => {
	for (let attempt = 0; ; attempt += 1) {
		const code = digest([String(attempt), ...texts]);
		if (!texts.some((text) => text.toLowerCase().includes(code))) return code;
	}
};

const named = (told: Facts, aliasOf: ReadonlyMap<string, string>) => {
	const at = (turnId: string | null): string => {
		const alias = turnId === null ? undefined : aliasOf.get(turnId);
		return alias === undefined ? '' : ` (${alias})`;
	};
	return {
		steps: told.steps.map(({ text, outcome, turnId }) => `- ${oneLine(text)}: ${outcome}${at(turnId)}`),
		errors: told.errors.map(
			({ text, first, last, times }) =>
				`- ${oneLine(text)}, ${String(times)}×${at(first)}${first === last ? '' : at(last)}`
		),
		looseEnds: told.looseEnds.map(({ kind, text, turnId }) => `- ${kind}: ${oneLine(text)}${at(turnId)}`)
	};
};

const factLines = (material: Material): readonly string[] => {
	const { facts, note, episode } = material;
	const aliasOf = new Map(material.turns.map(({ turnId, number }) => [turnId, `T${String(number)}`]));
	const { steps, errors, looseEnds } = named(facts, aliasOf);
	return [
		`title: ${oneLine(facts.title)}`,
		...(facts.requester === '' ? [] : [`asked by: ${oneLine(facts.requester)}`]),
		...(facts.asset === '' ? [] : [`about: ${oneLine(facts.asset)}`]),
		...(facts.tags.length === 0 ? [] : [`tags: ${facts.tags.map(oneLine).join(', ')}`]),
		`handed over: ${material.intent}, ${material.reason}`,
		...(note === '' ? [] : [`note of whoever hands it over: ${oneLine(note)}`]),
		...(episode === 1
			? []
			: [
					`It was handed over ${String(episode - 1)}× before, and came back. What the transcript says about handing it over then is done with.`
				]),
		...(steps.length === 0 ? [] : ['steps on record, confirmed by a person:', ...steps]),
		...(errors.length === 0 ? [] : ['errors that stand in the words of the person:', ...errors]),
		...(looseEnds.length === 0 ? [] : ['loose ends on record:', ...looseEnds])
	];
};

const whose: Readonly<Record<Cited['by'], string>> = { person: 'person', tool: 'tool', ai: 'AI' };

/** Which turns are told, and how, in the order in which room is given: the newest first, then the beginning, then the rest. */
const fill = (turns: readonly TurnTold[], total: number, room: number): ReadonlyMap<number, TurnTold> => {
	const rank = ({ number, whole }: TurnTold): number =>
		number > total - WHOLE_LAST ? 0 : number <= WHOLE_FIRST ? 1 : whole ? 2 : 3;
	const told = new Map<number, TurnTold>();
	let left = room;
	for (const turn of turns.toSorted((a, b) => rank(a) - rank(b) || b.number - a.number)) {
		const opening = { ...turn, text: cutTo(turn.text, OPENING_MAX_CHARS) };
		const short = { ...opening, whole: turn.whole && opening.text === turn.text };
		const forms = turn.whole ? [{ ...turn, text: cutTo(turn.text, TURN_MAX_CHARS) }, short] : [short];
		const fits = forms.find(({ text }) => estimateTokens(text) + MARK_TOKENS <= left);
		if (fits === undefined) continue;
		left -= estimateTokens(fits.text) + MARK_TOKENS;
		told.set(turn.number, fits);
	}
	return told;
};

/** About what the mark before a turn takes. */
const MARK_TOKENS = 24;

/** The prompt, in at most so many estimated tokens. */
export const assessmentPrompt = (material: Material, room: number): AssessmentPrompt => {
	const facts = factLines(material);
	const instructions = INSTRUCTIONS[material.kind];
	const fixed = estimateTokens(instructions) + estimateTokens(facts.join('\n')) + 4 * MARK_TOKENS;
	const told = fill(material.turns, material.turnsTotal, Math.max(0, Math.min(room, MOST_TOKENS) - fixed));
	const numbers = Array.from({ length: material.turnsTotal }, (_, i) => i + 1);
	const inOrder = numbers.flatMap((number) => told.get(number) ?? []);
	const texts = [...facts, ...inOrder.flatMap(({ text, speaker }) => [text, speaker])];
	const code = boundaryFor(texts);
	const lines = [`=== ${code} facts`, ...facts, `=== ${code} transcript`];
	let before = 0;
	const leftOut = (until: number): void => {
		if (until - before > 1)
			lines.push(`=== ${code} ${runsOf([before + 1, until - 1]).join(' to ')} left out`);
	};
	for (const { number, by, speaker, text, whole } of inOrder) {
		leftOut(number);
		const how = whole ? '' : ' · only its opening';
		lines.push(`=== ${code} T${String(number)} · ${whose[by]} · ${oneLine(speaker)}${how}`, text);
		before = number;
	}
	leftOut(material.turnsTotal + 1);
	lines.push(`=== ${code} end`);
	const data = lines.join('\n');
	return {
		instructions,
		data,
		estimate: estimateTokens(instructions) + estimateTokens(data),
		told: inOrder,
		coverage: {
			turnsSeen: inOrder.length,
			turnsTotal: material.turnsTotal,
			openings: runsOf(inOrder.filter(({ whole }) => !whole).map(({ number }) => number)),
			omitted: runsOf(numbers.filter((number) => !told.has(number)))
		}
	};
};
