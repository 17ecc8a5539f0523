// How the desk is run: after how long without activity a claim is stale.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { actingAs, actor, members } from '../library/members.ts';
import { id, LIBRARY } from '../streams.ts';
import { PICK_UP_WITHIN_MS } from './priority.ts';
import { STALE_MINUTES } from './timers.ts';

/** One row once somebody changed something. */
export const deskSettings = defineTable(
	'desk_settings',
	`	stream text not null primary key,
	stale_minutes integer not null,
	changed_by text not null`
);

const staleMinutes = z.number().int().min(STALE_MINUTES.least).max(STALE_MINUTES.most);

export const deskSettingsChanged = defineEvent({
	kind: 'desk_settings_changed',
	payload: z.object({ staleMinutes, by: actor }),
	upcasts: [],
	writes: [deskSettings],
	project: ({ stream, payload: to }) => [
		sql`insert into ${deskSettings} (stream, stale_minutes, changed_by)
			values (${stream}, ${to.staleMinutes}, ${to.by.name})
			on conflict (stream) do update set stale_minutes = excluded.stale_minutes, changed_by = excluded.changed_by`
	]
});

const settingsRow = z.object({ staleMinutes: z.number(), changedBy: z.string().nullable() });

/** As it is set; as it usually is where nobody changed it. */
export const deskSettingsNow = (read: Read): z.output<typeof settingsRow> =>
	read.one(
		settingsRow,
		sql`select stale_minutes as staleMinutes, changed_by as changedBy from ${deskSettings} where stream = ${LIBRARY}`
	) ?? { staleMinutes: STALE_MINUTES.usual, changedBy: null };

/** Engineers and admins say how the desk is run. */
export const changeDeskSettings = defineCommand({
	name: 'change_desk_settings',
	input: z.object({ actor: id, staleMinutes }),
	reads: [members],
	decide: ({ actor: memberId, staleMinutes: to }, read) => {
		const by = actingAs(read, memberId);
		if (by === null) return refuse({ type: 'member_unknown', memberId });
		if (by.role === 'member') return refuse({ type: 'member_may_not', act: 'change_settings' });
		return decided({
			events: [deskSettingsChanged({ stream: LIBRARY, payload: { staleMinutes: to, by } })],
			background: true,
			value: { staleMinutes: to }
		});
	}
});

export const deskSettingsQuery = defineQuery({
	name: 'desk_settings',
	input: z.object({}),
	reads: [deskSettings],
	stream: () => LIBRARY,
	answer: (read) => ({
		...deskSettingsNow(read),
		/** Within what time a hand-off of each priority is to be picked up: the same at every desk. */
		targets: Object.entries(PICK_UP_WITHIN_MS).map(([priority, withinMs]) => ({
			priority: Number(priority),
			withinMs
		}))
	})
});
