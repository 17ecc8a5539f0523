// Reads an assessment out of what a model said so far: which sections are whole, and how far the next one has come.
import { parsePartialJson } from 'ai';
import { z } from 'zod';
import {
	answerShape,
	readSections,
	SECTION_SHAPES,
	type AssessmentAnswer
} from '../../domain/desk/assessment-answer.ts';
import { SECTIONS, type Section } from '../../domain/desk/assessment-shape.ts';
import { withoutThoughts } from './read-answer.ts';

/** An answer on its way. `all`: every section as far as it came; `closed`: those that nothing is added to any more. */
interface PartRead {
	readonly all: AssessmentAnswer;
	readonly closed: AssessmentAnswer;
	readonly writing: Section | null;
}

const NOTHING: PartRead = { all: {}, closed: {}, writing: null };

const isSection = (name: string): name is Section => Object.hasOwn(SECTION_SHAPES, name);

const without = (said: AssessmentAnswer, section: Section): AssessmentAnswer => {
	const { [section]: _, ...rest } = said;
	return rest;
};

/** Reads it as far as it came. A section is closed when another one follows, or the object ends. */
export const readPart = async (said: string): Promise<PartRead> => {
	const text = withoutThoughts(said);
	const start = text.indexOf('{');
	if (start === -1) return NOTHING;
	// what stands behind the object, such as the end of a fence, would pass for damage
	const object = text.slice(start).replace(/\s*`{3,}\s*$/u, '');
	const { value, state } = await parsePartialJson(object);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOTHING;
	const all = readSections(value);
	if (state === 'successful-parse') return { all, closed: all, writing: null };
	const last = Object.keys(value).findLast(isSection) ?? null;
	return last === null ? NOTHING : { all, closed: without(all, last), writing: last };
};

/** Sections as they are asked of a model; null stands for one that did not come, and one at least must. */
export const sectionsShape = (sections: readonly Section[]) => {
	const { shape } = answerShape(sections);
	return z.preprocess(
		(value) => {
			const read = readSections(value);
			const there = SECTIONS.filter((section) => section in shape);
			return there.some((section) => read[section] !== undefined)
				? Object.fromEntries(there.map((section) => [section, read[section] ?? null]))
				: value;
		},
		z.object(Object.fromEntries(Object.entries(shape).map(([section, each]) => [section, each.nullable()])))
	);
};
