// What stands of the assessments of a hand-off: the newest words of a model, and on top of them what people wrote themselves.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { toldUsage } from '../story/turns.ts';
import { handoffStream } from '../streams.ts';
import {
	assessmentBody,
	coverage,
	SECTIONS,
	verification,
	type AssessmentBody,
	type Section
} from './assessment-shape.ts';
import { head } from './facts-shape.ts';
import { handoffAssessments } from './handoffs.ts';
import { countTraces } from './trace-assessment.ts';

/** More versions of one assessment nobody reads; the words of older ones stand in the log. */
const VERSIONS_READ = 60;

const kept = z.object({
	body: assessmentBody,
	verification,
	coverage: coverage.nullable(),
	costUsd: z.number().nullable(),
	head,
	usage: toldUsage.default(null)
});

const versionRow = z
	.object({
		number: z.number(),
		episode: z.number(),
		by: z.enum(['ai', 'person']),
		author: z.string(),
		model: z.string().nullable(),
		basis: z.number().nullable(),
		at: z.number(),
		payload: z.string()
	})
	.transform(({ payload, ...row }) => ({ ...row, ...kept.parse(JSON.parse(payload)) }));

/** One assessment with its words. */
export type Version = z.output<typeof versionRow>;

/** The assessments of a hand-off with their words, the newest first. Those whose events are not here are left out. */
export const versionsOf = (read: Read, handoffId: string): readonly Version[] =>
	read.all(
		versionRow,
		sql`select a.number, a.episode, a.made_by as by, a.author_name as author, a.model, a.basis, a.at, e.payload
			from ${handoffAssessments} a join ${eventLog} e on e.stream = a.stream and e.stream_seq = a.version
			where a.stream = ${handoffStream(handoffId)} order by a.number desc limit ${VERSIONS_READ}`
	);

/** Somebody's own words in one section. */
interface Written {
	readonly section: Section;
	readonly author: string;
	readonly at: number;
	/** The version that said it first. */
	readonly number: number;
}

/** An assessment as it is read. */
interface Standing extends Pick<
	Version,
	'number' | 'body' | 'verification' | 'coverage' | 'costUsd' | 'usage'
> {
	/** The version of a model that lies under it, which an edit is made from; its own number where there is none. */
	readonly basis: number;
	/** The sections that are a person's words. */
	readonly written: readonly Written[];
	/** What the model said there; null where nobody wrote anything, or no model did. `newer`: after them. */
	readonly beneath: {
		readonly number: number;
		readonly model: string | null;
		readonly newer: boolean;
		readonly body: AssessmentBody;
	} | null;
}

/** What a section says, without what it rests on: that is looked up anew, and is nobody's words. */
const saidIn = (body: AssessmentBody, section: Section): string => {
	const said = (): unknown => {
		switch (section) {
			case 'problem':
				return body.problem === null ? null : [body.problem.text, body.problem.impact ?? ''];
			case 'tried':
				return [
					body.tried.map(({ action, outcome }) => [action, outcome]),
					body.suggested.map(({ action }) => action)
				];
			case 'assessment':
				return body.assessment.map(({ hypothesis, confidence }) => [hypothesis, confidence]);
			case 'do_not_repeat':
			case 'open_questions':
				return body[section] ?? [];
			case 'start_here': {
				const { start_here: start } = body;
				return start === null ? null : [start.step, start.why, start.expect, start.if_not];
			}
		}
	};
	return JSON.stringify(said());
};

const differs = (a: AssessmentBody, b: AssessmentBody, section: Section): boolean =>
	saidIn(a, section) !== saidIn(b, section);

/** One body with some sections of another. What was suggested goes with what was tried. */
export const withSections = (
	body: AssessmentBody,
	from: AssessmentBody,
	sections: readonly Section[]
): AssessmentBody => ({
	...body,
	...Object.fromEntries(sections.map((section) => [section, from[section]])),
	...(sections.includes('tried') ? { suggested: from.suggested } : {})
});

/** The version of a model that an edit goes back to, over edits of edits. */
const rootOf = (versions: readonly Version[], edit: Version): Version | null => {
	let at: Version | undefined = edit;
	while (at?.by === 'person') {
		const { basis, number }: Version = at;
		// a basis is older than what was made of it, also where a file says otherwise
		at = basis === null || basis >= number ? undefined : versions.find((each) => each.number === basis);
	}
	return at ?? null;
};

/** Who said it first: an edit of an edit leaves the words of others as they were, and theirs. */
const firstToSay = (versions: readonly Version[], edit: Version, section: Section): Written => {
	let first = edit;
	for (const each of versions) {
		if (each.by !== 'person' || each.number >= edit.number || each.episode !== edit.episode) continue;
		if (differs(each.body, edit.body, section)) break;
		first = each;
	}
	return { section, author: first.author, at: first.at, number: first.number };
};

/**
 * The assessment that is read: version `number`, or, without one, what stands: the newest version, and where that is a model's,
 * with every section on top that a person wrote before, for no model writes over a person. Another episode begins anew.
 */
export const standing = (versions: readonly Version[], number: number | null): Standing | null => {
	const top = number === null ? versions[0] : versions.find((each) => each.number === number);
	if (top === undefined) return null;
	const edit =
		top.by === 'person'
			? top
			: number === null
				? versions.find(({ by, episode }) => by === 'person' && episode === top.episode)
				: undefined;
	const under = top.by === 'ai' ? top : rootOf(versions, top);
	if (edit === undefined) return { ...asKept(top), basis: top.number, written: [], beneath: null };
	const root = rootOf(versions, edit);
	const sections = SECTIONS.filter(
		(section) =>
			(root === null || differs(edit.body, root.body, section)) &&
			(under === null || differs(edit.body, under.body, section))
	);
	const body = top === edit ? edit.body : withSections(top.body, edit.body, sections);
	const theirs = ({ section }: { readonly section: Section }): boolean => !sections.includes(section);
	return {
		...asKept(top),
		body,
		// what code did about a model's words is told as long as they are read
		verification:
			sections.length === 0 && top !== edit
				? top.verification
				: {
						...(under ?? edit).verification,
						...countTraces(body),
						cut: under?.verification.cut.filter(theirs) ?? [],
						missing: under?.verification.missing.filter((section) => theirs({ section })) ?? []
					},
		coverage: (under ?? top).coverage,
		basis: (under ?? top).number,
		written: sections.map((section) => firstToSay(versions, edit, section)),
		beneath:
			under === null || sections.length === 0
				? null
				: {
						number: under.number,
						model: under.model,
						newer: under.number > edit.number,
						body: under.body
					}
	};
};

const asKept = ({ number, body, verification: found, coverage: read, costUsd, usage }: Version) => ({
	number,
	body,
	verification: found,
	coverage: read,
	costUsd,
	usage
});
