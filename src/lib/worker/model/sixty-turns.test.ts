// A whole story of sixty turns over real HTTP, in two wire forms: the world it makes, what it takes back, and what was asked.
import { IDBFactory } from 'fake-indexeddb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { playScript } from '#tests/support/play-script.ts';
import type { ScriptedWire } from '#tests/support/scripted-model.ts';
import { BEGINS, NOT_FOR_MARA, REWOUND_TO, SIXTY_TURNS } from '#tests/support/sixty-turns.ts';
import * as expected from '#tests/support/sixty-turns-world.ts';
import { brokenIndexes, dump, foldedTables } from '#tests/support/state.ts';
import { play } from '#tests/support/given.ts';
import { createProjector } from '../../domain/kernel/projector.ts';
import { vocabulary } from '../../domain/vocabulary.ts';
import { openMemory } from '../storage/sqlite.ts';

/** What changes from turn to turn begins with it. */
const NOW_BEGINS = '[Now, told by nobody:';

type Played = Awaited<ReturnType<typeof playScript>>;

/** As people read it. */
const time = (minutes: number | null): string => {
	if (minutes === null) return '–';
	const two = (n: number): string => String(n).padStart(2, '0');
	const ofDay = minutes % 1440;
	return `Day ${String(Math.floor(minutes / 1440) + 1)}, ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
};

const memoriesOf = (played: Played) => {
	const { memories } = played.at.ask('memories', { chatId: played.chatId, limit: 200 });
	const lines = (entity: string): readonly string[] =>
		memories
			.filter(({ owner }) => owner === entity)
			.toReversed()
			.map(({ significance, minutes, witness: { you, host, guest }, text }) => {
				const there = [...(you ? ['Ada'] : []), ...(host ? ['Mara'] : []), ...(guest ? ['Edda'] : [])];
				return `${String(significance)} · ${time(minutes)} · ${there.join(', ')} · ${text}`;
			});
	return { Ada: lines('you'), Mara: lines(played.people.Mara), Edda: lines(played.people.Edda) };
};

const edgesOf = (played: Played) =>
	Object.fromEntries(
		played.at
			.ask('edges', { chatId: played.chatId })
			.edges.map(({ sourceName, targetName, affinity, trust }) => [
				`${sourceName} → ${targetName}`,
				`${String(affinity)} / ${String(trust)}`
			])
	);

const storyEventsOf = ({ at, chatId }: Played) => {
	const { active, completed, cancelled, expired } = at.ask('story_events', { chatId });
	return [...active, ...completed.events, ...cancelled.events, ...expired.events]
		.toSorted((a, b) => a.position - b.position)
		.map(
			({ title, status, plannedFor, startedAt, completedAt }) =>
				`${title}: ${status} · for ${time(plannedFor)} · begun ${time(startedAt)} · done ${time(completedAt)}`
		);
};

const nowOf = ({ at, chatId }: Played) => {
	const now = at.ask('now', { chatId });
	if (now === null) throw new Error('the chat is gone');
	return {
		time: time(now.minutes),
		weather: now.weather,
		place: now.scene?.place,
		places: now.places.map(({ name }) => name),
		threads: now.threads.map(({ status, text }) => `${status}: ${text}`),
		skips: now.skips.map(
			({ kind, fromMinutes, toMinutes, label }) =>
				`${kind}: ${time(fromMinutes)} to ${time(toMinutes)}: ${label}`
		),
		people: now.people.map(({ name, place, posture, action }) => {
			const doing = [posture, action].filter((each) => each !== '').join(', ');
			return `${name} at ${place ?? '–'}: ${doing === '' ? '–' : doing}`;
		}),
		meanwhile: at
			.ask('meanwhiles', { chatId })
			.map(({ verdict, digest }) => `${verdict ?? '–'}: ${digest ?? ''}`)
	};
};

const forgottenOf = ({ sql, stream }: Played) =>
	sql
		.all({
			text: 'select text from memories where stream = ? and forgotten = 1 order by text',
			values: [stream]
		})
		.map(({ text }) => text);

/** The log as it is now, folded in a database that has seen nothing else. */
const foldedAfresh = async ({ sql, stream }: Played): Promise<Record<string, string[]>> => {
	const fresh = await openMemory();
	try {
		play(fresh);
		for (const row of sql.all({ text: 'select * from event_log order by seq', values: [] })) {
			const columns = Object.keys(row);
			fresh.run({
				text: `insert into event_log (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
				values: Object.values(row)
			});
		}
		const tables = foldedTables(vocabulary);
		createProjector(fresh, vocabulary.events, tables).rebuild();
		return dump(
			fresh,
			tables.map(({ name }) => name).filter((name) => name !== 'bots' && name !== 'yous'),
			stream
		);
	} finally {
		fresh.close();
	}
};

const rowShape = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** How a row of a table is told in the expectation. */
const told = (table: string, json: string): string => {
	const row = rowShape.parse(JSON.parse(json));
	const cell = (name: string): string => String(row[name]);
	const begun = typeof row['started_at'] === 'number' ? time(row['started_at']) : '–';
	switch (table) {
		case 'memories':
			return cell('text');
		case 'edges':
			return `affinity ${cell('affinity')}, trust ${cell('trust')}, updates ${cell('updates')}`;
		case 'edge_history':
			return `affinity ${cell('affinity')}, trust ${cell('trust')}: ${cell('reason')}`;
		case 'story_events':
			return `${cell('title')}: ${cell('status')}, begun ${begun}`;
		case 'story_event_steps':
			return `${cell('before')} to ${cell('after')}`;
		case 'classifier_failures':
			return cell('classifier');
		default:
			return json;
	}
};

/** By table, the rows only one of two dumps has; tables that are the same are left out. */
const difference = (before: Record<string, string[]>, after: Record<string, string[]>) =>
	Object.fromEntries(
		Object.keys(before).flatMap((table) => {
			const [old, new_] = [before[table] ?? [], after[table] ?? []];
			const less = old.filter((row) => !new_.includes(row)).map((row) => told(table, row));
			const more = new_.filter((row) => !old.includes(row)).map((row) => told(table, row));
			return less.length + more.length === 0
				? []
				: [[table, { less: less.toSorted(), more: more.toSorted() }]];
		})
	);

const flat = (messages: readonly { readonly role: string; readonly text: string }[]): string =>
	messages.map(({ role, text }) => `${role}\n${text}`).join('\n\n');

describe.each<ScriptedWire>(['openai-compatible', 'anthropic'])(
	'a story of sixty turns, told by %s',
	(wire) => {
		let played: Played;
		beforeAll(async () => {
			vi.stubGlobal('indexedDB', new IDBFactory());
			played = await playScript(SIXTY_TURNS, { wire, begins: BEGINS, recordAfter: REWOUND_TO });
		}, 120_000);
		afterAll(async () => {
			vi.unstubAllGlobals();
			await played.close();
		});

		it('leaves every memory with its owner, its witnesses and its moment', () => {
			expect(memoriesOf(played)).toEqual(expected.MEMORIES);
			expect(forgottenOf(played)).toEqual(expected.FORGOTTEN.toSorted());
		});

		it('leaves feelings that are the sums of what counted', () => {
			expect(edgesOf(played)).toEqual(expected.EDGES);
		});

		it('leaves story events with what became of them, and when', () => {
			expect(storyEventsOf(played)).toEqual(expected.STORY_EVENTS);
		});

		it('leaves the clock, the weather, the place, the people and the loose ends where they are', () => {
			expect(nowOf(played)).toEqual(expected.NOW);
		});

		const words = () => played.asked.filter(({ name }) => name === 'words');

		it('asks as often as the story needs, and a witness only where one was', () => {
			const turns = (name: string) => [
				...new Set(played.asked.filter((one) => one.name === name).map(({ turn }) => turn))
			];
			expect(turns('words')).toEqual(SIXTY_TURNS.map(({ turn }) => turn));
			// Edda is gone from turn 23 until she is found at turn 38; at 10 and 17 the player pressed Stop before
			expect(turns('interjection')).toEqual(
				SIXTY_TURNS.map(({ turn }) => turn).filter(
					(turn) => ![10, 17].includes(turn) && (turn < 23 || turn > 38)
				)
			);
			expect(turns('digest')).toEqual([29]);
			expect(turns('merged')).toEqual([]);
		});

		it('asks for decisions in the form its provider holds a model to, and for words in none', () => {
			expect(words().filter(({ form }) => form !== null)).toEqual([]);
			const strict = z.object({
				type: z.literal('object'),
				additionalProperties: z.literal(false),
				required: z.array(z.string()),
				properties: z.record(z.string(), z.unknown())
			});
			const forms = {
				'openai-compatible': z.object({
					type: z.literal('json_schema'),
					json_schema: z.object({ name: z.string(), strict: z.literal(true), schema: strict })
				}),
				anthropic: z.object({ format: z.object({ type: z.literal('json_schema'), schema: strict }) })
			};
			const decisions = played.asked.filter(({ name }) => name !== 'words');
			const inWords = decisions.filter(({ form }) => !forms[wire].safeParse(form).success);
			// what was garbage is asked for once more, with the form in words
			expect(inWords.map(({ turn, name }) => [turn, name])).toEqual([
				[7, 'observer'],
				[15, 'transitions']
			]);
			expect(inWords.every(({ system }) => system.includes('JSON Schema'))).toBe(true);
			for (const { name, form } of decisions.filter((one) => !inWords.includes(one))) {
				const held =
					wire === 'anthropic'
						? forms.anthropic.parse(form).format.schema
						: forms['openai-compatible'].parse(form).json_schema.schema;
				expect(held.required.toSorted()).toEqual(Object.keys(held.properties).toSorted());
				if (wire === 'openai-compatible') expect(form).toMatchObject({ json_schema: { name } });
			}
		});

		it.each(['Mara', 'Edda'] as const)('sends %s the same beginning again, up to how things stand', (by) => {
			const own = words().filter((asked) => asked.by === by);
			let begun = 0;
			for (const [i, asked] of own.entries()) {
				const before = own[i - 1];
				if (before === undefined || before.system !== asked.system) {
					begun += 1;
					continue;
				}
				const all = flat(before.messages);
				const stable = all.slice(0, all.indexOf(NOW_BEGINS)).trimEnd();
				expect(stable.length).toBeGreaterThan(0);
				expect(flat(asked.messages).startsWith(stable), `turn ${String(asked.turn)}`).toBe(true);
			}
			// the scene without the player is told by other rules
			expect(begun).toBe(3);
		});

		it('tells Mara nothing that she was no witness of, not by way of a classifier either, and Edda all of it', () => {
			for (const secret of NOT_FOR_MARA) {
				const told = played.asked.filter(({ body }) => body.includes(secret));
				expect(new Set(told.map(({ name, by }) => `${name} of ${by ?? 'nobody'}`)), secret).toEqual(
					new Set(['words of Edda'])
				);
			}
		});

		it('marks for the cache what stays of words, and nothing of a decision, where the provider takes marks', () => {
			const marked = played.asked.filter(({ body }) => body.includes('"cache_control":{"type":"ephemeral"}'));
			expect(marked.map(({ turn, name }) => [turn, name])).toEqual(
				wire === 'anthropic' ? words().map(({ turn, name }) => [turn, name]) : []
			);
		});

		it('keeps the key out of every body', () => {
			expect(played.asked.some(({ body }) => body.includes('canary'))).toBe(false);
		});

		describe('taken back to turn 20', () => {
			let back: Record<string, string[]>;
			beforeAll(() => {
				played.at.done('rewind', { chatId: played.chatId, turnId: played.recordedAt });
				back = played.world();
			});

			it('is the world that was recorded then, with the late effects of turns before', () => {
				expect(difference(played.recorded, back)).toEqual(expected.LATE);
			});

			it('is what the events that are left fold to', async () => {
				expect(back).toEqual(await foldedAfresh(played));
				expect(brokenIndexes(played.sql, vocabulary)).toEqual([]);
			});
		});
	}
);
