// The picture of feelings: everybody has a place of their own, and no two arrows lie on each other.
import { expect, test } from 'vitest';
import { graphOf, NODE_RADIUS } from './edge-graph.ts';

const between = (entities: readonly string[]) =>
	entities.flatMap((source) =>
		entities
			.filter((target) => target !== source)
			.map((target) => ({ source, target, affinity: 3, trust: -2 }))
	);

test.each([2, 3, 4, 6])(
	'%i people stand apart, inside the picture, each arrow on a way of its own',
	(count) => {
		const entities = Array.from({ length: count }, (_, n) => `entity-${String(n)}`);
		const graph = graphOf(entities, between(entities));
		expect(graph.nodes).toHaveLength(count);
		for (const { x, y, name } of graph.nodes) {
			expect(y + name).toBeGreaterThan(0);
			expect(y + name).toBeLessThan(graph.height);
			expect(x).toBeGreaterThan(NODE_RADIUS);
			expect(x).toBeLessThan(graph.width - NODE_RADIUS);
			expect(y).toBeGreaterThan(NODE_RADIUS);
			expect(y).toBeLessThan(graph.height - NODE_RADIUS);
		}
		for (const [n, one] of graph.nodes.entries())
			for (const other of graph.nodes.slice(n + 1))
				expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(2 * NODE_RADIUS);
		expect(graph.arrows).toHaveLength(count * (count - 1));
		expect(new Set(graph.arrows.map(({ path }) => path)).size).toBe(graph.arrows.length);
		expect(new Set(graph.arrows.map(({ label }) => `${String(label.x)} ${String(label.y)}`)).size).toBe(
			graph.arrows.length
		);
	}
);

test('a feeling for somebody who is not in the picture, or for oneself, is no arrow', () => {
	const feeling = { source: 'you', target: 'gone', affinity: 1, trust: 1 };
	expect(graphOf(['you', 'host'], [feeling, { ...feeling, target: 'you' }]).arrows).toEqual([]);
});

test('the stronger the affinity, the wider the arrow, up to a limit', () => {
	const widths = [0, 10, 40, 400].map(
		(affinity) =>
			graphOf(['a', 'b'], [{ source: 'a', target: 'b', affinity, trust: 0 }]).arrows[0]?.width ?? 0
	);
	expect(widths).toEqual([...widths].sort((one, other) => one - other));
	expect(widths[0]).toBeLessThan(widths[1] ?? 0);
	expect(widths[2]).toBe(widths[3]);
});
