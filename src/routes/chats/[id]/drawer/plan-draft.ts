// A plan while it is written down, or told otherwise.

export const UNITS = { minutes: 1, hours: 60, days: 24 * 60 } as const;

/** `kept`: it is to be when it was to be before. */
export interface PlanDraft {
	title: string;
	kind: string;
	when: 'sometime' | 'in' | 'kept';
	amount: number;
	unit: keyof typeof UNITS;
}

export const freshPlan = (): PlanDraft => ({
	title: '',
	kind: '',
	when: 'sometime',
	amount: 2,
	unit: 'hours'
});

/** When it is to be, in minutes of the story; null: sometime. */
export const plannedFor = (
	{ when, amount, unit }: PlanDraft,
	now: number,
	before: number | null
): number | null => (when === 'in' ? now + amount * UNITS[unit] : when === 'kept' ? before : null);
