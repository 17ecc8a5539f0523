// The shapes of classifiers: what a model is told of them, what is forgiven, and what is not.
import { describe, expect, it } from 'vitest';
import { z } from '../kernel/schema.ts';
import {
	CLASSIFIERS,
	NO_ANSWER,
	interjection,
	observation,
	transitions,
	type ClassifierName
} from './classifiers.ts';

const NAMES: readonly ClassifierName[] = ['observer', 'transitions', 'interjection', 'digest', 'merged'];

/** Every object within a JSON Schema. */
const objectsIn = (schema: unknown): Record<string, unknown>[] => {
	if (typeof schema !== 'object' || schema === null) return [];
	const inner = Object.values(schema).flatMap(objectsIn);
	return 'type' in schema && schema.type === 'object' ? [{ ...schema }, ...inner] : inner;
};

describe('what a model is told', () => {
	it.each(NAMES)('of %s requires every key, forbids others, and is flat', (name) => {
		const schema = z.toJSONSchema(CLASSIFIERS[name], { target: 'draft-7' });
		const objects = objectsIn(schema);
		expect(objects.length).toBeGreaterThan(0);
		for (const object of objects) {
			expect(object['additionalProperties']).toBe(false);
			expect(object['required']).toEqual(
				Object.keys(z.record(z.string(), z.unknown()).parse(object['properties']))
			);
		}
		expect(JSON.stringify(schema)).not.toMatch(/oneOf|patternProperties|propertyNames|"default"/u);
	});

	it('names the three who can be meant', () => {
		expect(JSON.stringify(z.toJSONSchema(observation))).toContain('"enum":["you","host","guest"]');
	});
});

describe('an answer', () => {
	it.each(NAMES)('that says nothing is no answer to %s', (name) => {
		for (const garbage of [null, 7, 'yes', [], {}, { why: 'so' }, { memories: 'many' }])
			expect(CLASSIFIERS[name].safeParse(garbage).success).toBe(false);
		expect(CLASSIFIERS[name].parse(NO_ANSWER[name])).toEqual(NO_ANSWER[name]);
	});

	it('loses nothing because of one odd entry', () => {
		const odd = observation.parse({
			...NO_ANSWER.observer,
			memories: [{ owner: 'cat', text: 3, significance: '2', you: 'true', host: 1 }, {}],
			edges: [{ from: 'host', to: 'you', affinity: '1e999', trust: null, reason: null, fact: '' }],
			minutes: 'soon',
			place: 'null'
		});
		expect(odd.memories).toEqual([
			{ owner: 'cat', text: '3', significance: 2, you: true, host: true, guest: false },
			{ owner: '', text: '', significance: 0, you: false, host: false, guest: false }
		]);
		expect(odd.edges).toEqual([{ from: 'host', to: 'you', affinity: 0, trust: 0, reason: '', fact: null }]);
		expect([odd.minutes, odd.place]).toEqual([0, null]);
	});

	it('has finite numbers, whatever was said', () => {
		const read = transitions.parse({
			...NO_ANSWER.transitions,
			planned: [NaN, Infinity, -Infinity, 1e9, '12', null].map((in_minutes) => ({
				title: 't',
				kind: '',
				in_minutes
			}))
		});
		expect(read.planned.map((plan) => plan.in_minutes)).toEqual([0, 0, 0, 1e9, 12, null]);
	});

	it('that the witness is silent must be said', () => {
		expect(interjection.safeParse({ why: '' }).success).toBe(false);
		expect(interjection.parse({ speaks: 'yes' })).toEqual({ speaks: true, why: '' });
	});
});
