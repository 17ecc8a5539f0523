// Where the small picture of who feels what about whom puts everybody, and how its arrows bend.

interface Point {
	readonly x: number;
	readonly y: number;
}

/** What one feels for another. */
export interface Feeling {
	readonly source: string;
	readonly target: string;
	readonly affinity: number;
	readonly trust: number;
}

/** An arrow of the picture: its path, and where its numbers stand. */
export interface Arrow extends Feeling {
	readonly path: string;
	readonly label: Point;
	readonly width: number;
}

export interface Graph {
	readonly width: number;
	readonly height: number;
	readonly nodes: readonly (Point & { readonly entity: string })[];
	readonly arrows: readonly Arrow[];
}

export const NODE_RADIUS = 20;

const WIDTH = 320;
const PAIR = { height: 128, inset: 52, y: 56 };
const CIRCLE = { height: 264, radius: 100, y: 128 };
/** How far an arrow bends from the straight line: the two between a pair must not lie on each other. */
const BEND = 26;
const LABEL_AWAY = 11;
/** Room for the head of an arrow before the node it points at. */
const HEAD = 5;
const THIN = 1.25;
const THICK = 4;
/** A sum of feelings from which an arrow gets no thicker. */
const FULL = 40;

const places = (count: number): { readonly height: number; readonly at: readonly Point[] } => {
	if (count <= 2)
		return {
			height: PAIR.height,
			at: [
				{ x: PAIR.inset, y: PAIR.y },
				{ x: WIDTH - PAIR.inset, y: PAIR.y }
			]
		};
	return {
		height: CIRCLE.height,
		at: Array.from({ length: count }, (_, n) => {
			// the first at the top, the others on from there with the clock
			const angle = (2 * Math.PI * n) / count - Math.PI / 2;
			return {
				x: WIDTH / 2 + 1.12 * CIRCLE.radius * Math.cos(angle),
				y: CIRCLE.y + CIRCLE.radius * Math.sin(angle) + (count === 3 ? CIRCLE.radius / 8 : 0)
			};
		})
	};
};

/** The point so many units from `from` towards `to`. */
const towards = (from: Point, to: Point, by: number): Point => {
	const length = Math.hypot(to.x - from.x, to.y - from.y);
	return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
};

const round = (n: number): number => Math.round(n * 10) / 10;
const put = ({ x, y }: Point): string => `${String(round(x))} ${String(round(y))}`;

const arrow = (feeling: Feeling, from: Point, to: Point): Arrow => {
	const length = Math.hypot(to.x - from.x, to.y - from.y);
	// always to the left of the way there, so that the way back is on the other side
	const normal = { x: (to.y - from.y) / length, y: -(to.x - from.x) / length };
	const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
	const bent = { x: middle.x + normal.x * BEND * 2, y: middle.y + normal.y * BEND * 2 };
	const start = towards(from, bent, NODE_RADIUS + 2);
	const end = towards(to, bent, NODE_RADIUS + HEAD);
	const away = BEND + LABEL_AWAY;
	return {
		...feeling,
		path: `M${put(start)} Q${put(bent)} ${put(end)}`,
		label: { x: round(middle.x + normal.x * away), y: round(middle.y + normal.y * away) },
		width: THIN + (THICK - THIN) * Math.min(1, Math.abs(feeling.affinity) / FULL)
	};
};

/** Everybody on a line or a circle, and an arrow for each feeling between two of them. */
export const graphOf = (entities: readonly string[], feelings: readonly Feeling[]): Graph => {
	const { height, at } = places(entities.length);
	const nodes = entities.flatMap((entity, n) => {
		const point = at[n];
		return point === undefined ? [] : [{ entity, x: round(point.x), y: round(point.y) }];
	});
	const placed = new Map(nodes.map((node) => [node.entity, node]));
	return {
		width: WIDTH,
		height,
		nodes,
		arrows: feelings.flatMap((feeling) => {
			const from = placed.get(feeling.source);
			const to = placed.get(feeling.target);
			return from === undefined || to === undefined || from === to ? [] : [arrow(feeling, from, to)];
		})
	};
};
