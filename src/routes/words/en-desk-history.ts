// In English: what happened in cases and hand-offs, and what taking it back does.
import { plural } from './en-numbers.ts';

/** Kinds of event of the desk: as a heading, and counted. */
export const deskKinds = {
	member_authored: {
		title: 'Member written',
		count: (n: number) => plural(n, 'member written', 'members written')
	},
	member_retired: {
		title: 'Member retired',
		count: (n: number) => plural(n, 'member retired', 'members retired')
	},
	desk_settings_changed: {
		title: 'Desk run otherwise',
		count: (n: number) => plural(n, 'change of how the desk is run', 'changes of how the desk is run')
	},
	case_opened: { title: 'Case opened', count: (n: number) => plural(n, 'case opened', 'cases opened') },
	case_changed: {
		title: 'Case changed',
		count: (n: number) => plural(n, 'change of a case', 'changes of a case')
	},
	case_resolved: {
		title: 'Case resolved',
		count: (n: number) => plural(n, 'case resolved', 'cases resolved')
	},
	case_reopened: {
		title: 'Case reopened',
		count: (n: number) => plural(n, 'case reopened', 'cases reopened')
	},
	step_recorded: { title: 'Step tried', count: (n: number) => plural(n, 'step tried', 'steps tried') },
	step_changed: {
		title: 'Step changed',
		count: (n: number) => plural(n, 'change of a step', 'changes of steps')
	},
	step_removed: { title: 'Step removed', count: (n: number) => plural(n, 'step removed', 'steps removed') },
	step_proposed: {
		title: 'Step proposed',
		count: (n: number) => plural(n, 'proposed step', 'proposed steps')
	},
	proposal_settled: {
		title: 'Proposed step settled',
		count: (n: number) => plural(n, 'settled proposal', 'settled proposals')
	},
	handoff_raised: { title: 'Raised', count: (n: number) => plural(n, 'raise', 'raises') },
	handoff_assessed: { title: 'Assessed', count: (n: number) => plural(n, 'assessment', 'assessments') },
	handoff_assessment_failed: {
		title: 'Assessment failed',
		count: (n: number) => plural(n, 'failed assessment', 'failed assessments')
	},
	handoff_claimed: { title: 'Picked up', count: (n: number) => plural(n, 'pick-up', 'pick-ups') },
	handoff_claim_renewed: {
		title: 'Still at it',
		count: (n: number) => plural(n, 'renewed pick-up', 'renewed pick-ups')
	},
	handoff_taken_over: { title: 'Taken over', count: (n: number) => plural(n, 'takeover', 'takeovers') },
	handoff_returned: { title: 'Returned', count: (n: number) => plural(n, 'return', 'returns') },
	handoff_reassigned: {
		title: 'Reassigned',
		count: (n: number) => plural(n, 'reassignment', 'reassignments')
	},
	handoff_noted: { title: 'Note', count: (n: number) => plural(n, 'note', 'notes') },
	handoff_priority_changed: {
		title: 'Priority changed',
		count: (n: number) => plural(n, 'change of priority', 'changes of priority')
	},
	handoff_snoozed: { title: 'Snoozed', count: (n: number) => plural(n, 'snooze', 'snoozes') },
	handoff_handed_back: {
		title: 'Handed back to the AI',
		count: (n: number) => plural(n, 'hand-back', 'hand-backs')
	},
	handoff_resolved: { title: 'Resolved', count: (n: number) => plural(n, 'resolution', 'resolutions') },
	handoff_reopened: { title: 'Reopened', count: (n: number) => plural(n, 'reopening', 'reopenings') },
	handoff_withdrawn: { title: 'Withdrawn', count: (n: number) => plural(n, 'withdrawal', 'withdrawals') },
	handoff_pick_up_settled: {
		title: 'Picked up twice, settled',
		count: (n: number) => plural(n, 'settling of two pick-ups', 'settlings of two pick-ups')
	},
	handoff_sent: { title: 'Sent as a file', count: (n: number) => plural(n, 'file sent', 'files sent') },
	contact_added: {
		title: 'Contact added',
		count: (n: number) => plural(n, 'contact added', 'contacts added')
	},
	contact_removed: {
		title: 'Contact removed',
		count: (n: number) => plural(n, 'contact removed', 'contacts removed')
	}
} as const;

/** What a command of the desk had done, and where that is now. Null: it is no step of undoing, for others act on it. */
export const deskDone = {
	author_member: null,
	retire_member: null,
	change_desk_settings: null,
	create_case: ['a new case', 'It waits in Recovery.'],
	change_case: ['a change of the case'],
	resolve_case: ['resolving the case'],
	reopen_case: ['reopening the case'],
	record_step: ['a step that was tried'],
	change_step: ['a change of a step'],
	remove_step: ['removing a step'],
	apply_steps: null,
	settle_proposal: ['what became of a proposed step'],
	raise_handoff: null,
	claim_handoff: null,
	renew_claim: null,
	take_over: null,
	return_handoff: null,
	wake_handoff: null,
	reassign_handoff: null,
	note_handoff: null,
	change_handoff_priority: null,
	snooze_handoff: null,
	hand_back: null,
	resolve_handoff: null,
	reopen_handoff: null,
	withdraw_handoff: null,
	save_handoff_draft: null,
	save_assessment_draft: null,
	tell_alerts: null,
	ask_assessment: null,
	finish_assessment: null,
	reuse_assessment: null,
	fail_assessment: null,
	stop_assessment: null,
	edit_assessment: null,
	add_contact: null,
	remove_contact: null,
	note_sent: null
} as const;
