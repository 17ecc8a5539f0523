// The table of stages: what comes after what.
import { describe, expect, it } from 'vitest';
import { classifierOf, isProse, nextStage, stage, type Stage, type StageFacts } from './stages.ts';

const FACTS: StageFacts = {
	isCase: false,
	classifies: true,
	witness: true,
	speaks: true,
	lone: false,
	meanwhile: false,
	goesOn: false
};

/** Every stage from the first on. */
const walk = (from: Stage, facts: Partial<StageFacts> = {}): readonly Stage[] => {
	const seen: Stage[] = [];
	for (
		let at: Stage | null = from;
		at !== null && seen.length < 9;
		at = nextStage(at, { ...FACTS, ...facts })
	)
		seen.push(at);
	return seen;
};

describe('a turn', () => {
	it.each([
		['with a guest who speaks', {}, 'reply observe transitions ask interject observe2 transitions2'],
		['with a guest who is silent', { speaks: false }, 'reply observe transitions ask'],
		['without a guest', { witness: false }, 'reply observe transitions'],
		['without classifiers', { classifies: false }, 'reply'],
		['of a case', { isCase: true }, 'reply detect_steps'],
		['of a case, without classifiers', { isCase: true, classifies: false }, 'reply'],
		['of a meanwhile scene, the last', { meanwhile: true }, 'reply observe transitions digest'],
		['of a meanwhile scene, the last, without classifiers', { meanwhile: true, classifies: false }, 'reply']
	] as const)('%s', (_, facts, expected) => {
		expect(walk('reply', facts).join(' ')).toBe(expected);
	});

	it('of a meanwhile scene is followed by the next one', () => {
		const facts = { ...FACTS, meanwhile: true, goesOn: true };
		expect(nextStage('transitions', facts)).toBe('reply');
		expect(nextStage('reply', { ...facts, classifies: false })).toBe('reply');
	});
});

describe('a classifier asked again', () => {
	it.each(stage.options.filter((at) => !isProse(at) && at !== 'ask'))('by itself ends after %s', (at) => {
		expect(walk(at, { lone: true })).toEqual([at]);
	});

	it('for the interjection goes on to what is said then', () => {
		expect(nextStage('ask', { ...FACTS, lone: true })).toBe('interject');
		expect(nextStage('ask', { ...FACTS, lone: true, speaks: false })).toBeNull();
	});
});

it('asks a classifier in every stage but those that write', () => {
	expect(stage.options.filter(isProse)).toEqual(['reply', 'interject']);
	expect(stage.options.map(classifierOf).filter((name) => name !== null)).toEqual([
		'observer',
		'transitions',
		'interjection',
		'observer',
		'transitions',
		'digest',
		'steps'
	]);
});
