// An assessment while a person edits it: every part as fields take it, what of it was changed, and what becomes of it.
import type { Body, Section } from './brief.svelte.ts';

/** Entries that one list of an assessment may have. */
const MOST = 20;

const SECTIONS = ['problem', 'tried', 'assessment', 'do_not_repeat', 'open_questions', 'start_here'] as const;

type Tried = Body['tried'][number];
type Suggested = Body['suggested'][number];
type Hypothesis = Body['assessment'][number];

const linesOf = (text: string): string[] =>
	text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.slice(0, MOST);

export class EditedAssessment {
	/** What was read when it began: what differs from it was changed. */
	readonly #from: Body;
	problem = $state('');
	impact = $state('');
	tried = $state<Tried[]>([]);
	suggested = $state<Suggested[]>([]);
	hypotheses = $state<Hypothesis[]>([]);
	/** One on each line. */
	doNotRepeat = $state('');
	openQuestions = $state('');
	start = $state({ step: '', why: '', expect: '', if_not: '' });

	/** `now`: as it was left, when it was left unsaved. */
	constructor(from: Body, now: Body = from) {
		this.#from = from;
		this.problem = now.problem?.text ?? '';
		this.impact = now.problem?.impact ?? '';
		this.tried = now.tried.map((each) => ({ ...each }));
		this.suggested = now.suggested.map((each) => ({ ...each }));
		this.hypotheses = now.assessment.map((each) => ({ ...each }));
		this.doNotRepeat = (now.do_not_repeat ?? []).join('\n');
		this.openQuestions = (now.open_questions ?? []).join('\n');
		const { step = '', why = '', expect = '', if_not = '' } = now.start_here ?? {};
		this.start = { step, why, expect, if_not };
	}

	/** What was read when it began. */
	get from(): Body {
		return this.#from;
	}

	/** As it stands; what was emptied is taken out. */
	get body(): Body {
		const from = this.#from;
		const { problem, impact, start } = this;
		const [repeated, questions] = [linesOf(this.doNotRepeat), linesOf(this.openQuestions)];
		const { impact: _, ...was } = { refs: [], ...from.problem };
		return {
			problem:
				problem.trim() === '' ? null : { ...was, text: problem, ...(impact.trim() === '' ? {} : { impact }) },
			tried: $state.snapshot(this.tried).filter(({ action }) => action.trim() !== ''),
			suggested: $state.snapshot(this.suggested).filter(({ action }) => action.trim() !== ''),
			assessment: $state.snapshot(this.hypotheses).filter(({ hypothesis }) => hypothesis.trim() !== ''),
			...(repeated.length === 0 && from.do_not_repeat === undefined ? {} : { do_not_repeat: repeated }),
			...(questions.length === 0 && from.open_questions === undefined ? {} : { open_questions: questions }),
			start_here: start.step.trim() === '' ? null : { refs: [], ...from.start_here, ...start }
		};
	}

	/** Sections that are not as they were. */
	get changed(): readonly Section[] {
		const { body } = this;
		const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? []) !== JSON.stringify(b ?? []);
		return SECTIONS.filter(
			(section) =>
				differs(body[section], this.#from[section]) ||
				(section === 'tried' && differs(body.suggested, this.#from.suggested))
		);
	}

	/** What was changed, laid over what stands now: what came meanwhile is not lost by it. */
	over(standing: Body): Body {
		const { body, changed } = this;
		return {
			...standing,
			...Object.fromEntries(changed.map((section) => [section, body[section]])),
			...(changed.includes('tried') ? { suggested: body.suggested } : {})
		};
	}

	addTried(): void {
		if (this.tried.length < MOST) this.tried.push({ action: '', outcome: 'unknown', refs: [] });
	}

	addHypothesis(): void {
		if (this.hypotheses.length < MOST / 2)
			this.hypotheses.push({ hypothesis: '', confidence: 'low', for: [], against: [] });
	}
}
