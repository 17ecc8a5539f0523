// Places of a story as they lie in one another, for a list and for a choice.
import type { Place } from '#lib/domain/story/places.ts';

/** A place, and how many others it lies in. */
export interface PlaceInTree {
	readonly place: Place;
	readonly depth: number;
}

/**
 * Every place once, each followed by those that lie in it, in the order they were first named. One whose outer place is
 * gone, or that came to lie in itself, stands by itself.
 */
export const placeTree = (places: readonly Place[]): readonly PlaceInTree[] => {
	const known = new Set(places.map(({ containerId }) => containerId));
	const listed = new Set<string>();
	const from = (place: Place, depth: number): readonly PlaceInTree[] => {
		if (listed.has(place.containerId)) return [];
		listed.add(place.containerId);
		const within = places.filter(({ parentId }) => parentId === place.containerId);
		return [{ place, depth }, ...within.flatMap((each) => from(each, depth + 1))];
	};
	const outermost = places.filter(({ parentId }) => parentId === null || !known.has(parentId));
	return [...outermost, ...places].flatMap((place) => from(place, 0));
};

/** Where a place may lie: in any that does not lie in it. */
export const placesAround = (places: readonly Place[], containerId: string): readonly PlaceInTree[] => {
	const tree = placeTree(places);
	const at = tree.findIndex(({ place }) => place.containerId === containerId);
	const own = tree[at];
	if (own === undefined) return tree;
	const after = tree.slice(at + 1);
	const end = after.findIndex(({ depth }) => depth <= own.depth);
	return [...tree.slice(0, at), ...(end === -1 ? [] : after.slice(end))];
};
