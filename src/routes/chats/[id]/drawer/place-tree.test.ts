// How places lie in one another.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Place } from '#lib/domain/story/places.ts';
import { placesAround, placeTree } from './place-tree.ts';

const place = (containerId: string, parentId: string | null = null): Place => ({
	containerId,
	name: containerId,
	description: '',
	parentId
});
const told = (tree: ReturnType<typeof placeTree>): readonly string[] =>
	tree.map(({ place: { name }, depth }) => `${'-'.repeat(depth)}${name}`);

const TOWN = [
	place('attic', 'mill'),
	place('harbour'),
	place('mill', 'town'),
	place('town'),
	place('cellar', 'mill')
];

test('each place is followed by those that lie in it', () => {
	expect(told(placeTree(TOWN))).toEqual(['harbour', 'town', '-mill', '--attic', '--cellar']);
});

test('a place whose outer one is gone stands by itself', () => {
	expect(told(placeTree([place('attic', 'gone'), place('bed', 'attic')]))).toEqual(['attic', '-bed']);
});

test('a place may lie in any other that does not lie in it', () => {
	expect(told(placesAround(TOWN, 'mill'))).toEqual(['harbour', 'town']);
	expect(told(placesAround(TOWN, 'town'))).toEqual(['harbour']);
	expect(told(placesAround(TOWN, 'attic'))).toEqual(['harbour', 'town', '-mill', '--cellar']);
	expect(told(placesAround(TOWN, 'nowhere'))).toEqual(told(placeTree(TOWN)));
});

test('every place is listed once, whatever lies in what, even in a circle', () => {
	const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.record({ of: name, in: fc.option(name) }), { selector: (each) => each.of }),
			(drawn) => {
				const places = drawn.map((each) => place(each.of, each.in));
				const names = placeTree(places).map((each) => each.place.name);
				expect(names.toSorted()).toEqual(places.map((each) => each.name).toSorted());
			}
		)
	);
});
