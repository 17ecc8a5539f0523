// The scenes of a story, for a line of what was played when and where.
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { containers } from './places.ts';
import { scenes } from './scenes.ts';

const sceneRow = z.object({
	sceneId: z.string(),
	kind: z.enum(['main', 'meanwhile']),
	/** What the place is called now; null where nobody has said, or it is not there any more. */
	place: z.string().nullable(),
	openedMinutes: z.number(),
	/** Null while it is played. */
	closedMinutes: z.number().nullable(),
	summary: z.string().nullable()
});

/** As many are listed, the newest. */
const LISTED_MAX = 200;

/** The newest of them, in the order in which they were played. */
export const scenesOfChat = defineQuery({
	name: 'scenes',
	input: z.object({ chatId: id }),
	reads: [scenes, containers],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId }) =>
		read
			.all(
				sceneRow,
				sql`select s.scene_id as sceneId, s.kind, c.name as place, s.opened_minutes as openedMinutes,
					s.closed_minutes as closedMinutes, s.summary
				from ${scenes} s
				left join ${containers} c on c.stream = s.stream and c.container_id = s.container_id
				where s.stream = ${chatStream(chatId)}
				order by s.position desc, s.scene_id desc limit ${LISTED_MAX}`
			)
			.reverse()
});
