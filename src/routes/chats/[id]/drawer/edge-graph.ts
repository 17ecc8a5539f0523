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
	readonly label: Point & { readonly anchor: 'start' | 'middle' | 'end' };
	readonly width: number;
}

export interface Graph {
	readonly width: number;
	readonly height: number;
	/** `name`: how far below the middle of somebody the name stands; in the upper half above it, out of the arrows' way. */
	readonly nodes: readonly (Point & { readonly entity: string; readonly name: number })[];
	readonly arrows: readonly Arrow[];
}

export const NODE_RADIUS = 20;
const NAME_AWAY = NODE_RADIUS + 13;
/** Room for a name, from its middle down. */
const NAME_BELOW = 10;

const WIDTH = 320;
const PAIR = { inset: 52, y: 56 };
const CIRCLE = { across: 116, down: 84, y: 122 };
/** How far an arrow bends from the straight line: the two between a pair must not lie on each other. */
const BEND = { pair: 24, circle: 15 };
/** Where on its way an arrow has its numbers: in a circle nearer to whose feeling it is, where no other arrow's are. */
const LABEL_AT = { pair: 0.5, circle: 0.38 };
const LABEL_AWAY = 10;
/** A way this much up or down has its numbers beside it, and not on it. */
const STEEP = 0.35;
/** Room for the head of an arrow before the node it points at. */
const HEAD = 5;
const THIN = 1.25;
const THICK = 4;
/** A sum of feelings from which an arrow gets no thicker. */
const FULL = 40;

const places = (count: number): readonly Point[] => {
	if (count <= 2)
		return [
			{ x: PAIR.inset, y: PAIR.y },
			{ x: WIDTH - PAIR.inset, y: PAIR.y }
		];
	return Array.from({ length: count }, (_, n) => {
		// the first at the top, the others on from there with the clock
		const angle = (2 * Math.PI * n) / count - Math.PI / 2;
		return { x: WIDTH / 2 + CIRCLE.across * Math.cos(angle), y: CIRCLE.y + CIRCLE.down * Math.sin(angle) };
	});
};

/** The point so many units from `from` towards `to`. */
const towards = (from: Point, to: Point, by: number): Point => {
	const length = Math.hypot(to.x - from.x, to.y - from.y);
	return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
};

const round = (n: number): number => Math.round(n * 10) / 10;
const put = ({ x, y }: Point): string => `${String(round(x))} ${String(round(y))}`;

const arrow = (feeling: Feeling, from: Point, to: Point, layout: 'pair' | 'circle'): Arrow => {
	const length = Math.hypot(to.x - from.x, to.y - from.y);
	// always to the left of the way there, so that the way back is on the other side
	const normal = { x: (to.y - from.y) / length, y: -(to.x - from.x) / length };
	const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
	const by = 2 * BEND[layout];
	const bent = { x: middle.x + normal.x * by, y: middle.y + normal.y * by };
	const start = towards(from, bent, NODE_RADIUS + 2);
	const end = towards(to, bent, NODE_RADIUS + HEAD);
	const t = LABEL_AT[layout];
	const on = (a: number, b: number, c: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t ** 2 * c;
	const anchor = Math.abs(normal.x) < STEEP ? 'middle' : normal.x > 0 ? 'start' : 'end';
	const away = anchor === 'middle' ? LABEL_AWAY : LABEL_AWAY / 2;
	return {
		...feeling,
		path: `M${put(start)} Q${put(bent)} ${put(end)}`,
		label: {
			x: round(on(start.x, bent.x, end.x) + normal.x * away),
			y: round(on(start.y, bent.y, end.y) + normal.y * away),
			anchor
		},
		width: THIN + (THICK - THIN) * Math.min(1, Math.abs(feeling.affinity) / FULL)
	};
};

/** Everybody on a line or a circle, and an arrow for each feeling between two of them. */
export const graphOf = (entities: readonly string[], feelings: readonly Feeling[]): Graph => {
	const at = places(entities.length);
	const nodes = entities.flatMap((entity, n) => {
		const point = at[n];
		return point === undefined
			? []
			: [
					{
						entity,
						x: round(point.x),
						y: round(point.y),
						name: point.y < CIRCLE.y && entities.length > 2 ? -NAME_AWAY : NAME_AWAY
					}
				];
	});
	const placed = new Map(nodes.map((node) => [node.entity, node]));
	return {
		width: WIDTH,
		height: Math.max(0, ...nodes.map(({ y }) => y)) + NAME_AWAY + NAME_BELOW,
		nodes,
		arrows: feelings.flatMap((feeling) => {
			const from = placed.get(feeling.source);
			const to = placed.get(feeling.target);
			return from === undefined || to === undefined || from === to
				? []
				: [arrow(feeling, from, to, entities.length <= 2 ? 'pair' : 'circle')];
		})
	};
};
