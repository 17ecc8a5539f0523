// The desk's part of the tour: every command of cases and hand-offs, every event of them, and every table these touch.
import { cardText } from '#lib/domain/library/cards.ts';
import { aCase, aDesk, LATER } from './desk.ts';
import { anAssessment } from './elsewhere.ts';
import { aChat, anExchange, type Given } from './given.ts';

/** Plays it and gives the cases and hand-offs that are there at the end, and who may ask about them. */
export const playDeskTour = (at: Given) => {
	const desk = aDesk(at);
	const { mem, ada, bo, cleo } = desk;
	at.ask('priorities', {});
	at.done('change_desk_settings', { actor: cleo, staleMinutes: 5 });
	const chatId = aCase(at, mem);
	const of = { actor: mem, chatId };
	at.done('change_case', { ...of, impact: 1 });
	const { turnId } = anExchange(at, chatId, 'I restarted it. No change.\nERROR 809', 'Try another network.');
	const { stepId } = at.done('record_step', { ...of, turnId, text: 'Restarted', outcome: 'no_effect' });
	at.done('change_step', { ...of, stepId, text: 'Restarted twice' });
	const { stepId: gone } = at.done('record_step', { ...of, text: 'Waited' });
	at.done('remove_step', { ...of, stepId: gone });
	const { jobId } = at.done('take_turn', { chatId, text: 'The other network works.', connectionId: 'demo' });
	const whole = { text: 'Then it is the router.', ended: 'whole', model: 'm', usage: null } as const;
	at.done('finish_reply', { jobId, ...whole });
	at.ask('stage_request', { jobId });
	const cost = {
		connectionId: 'demo',
		model: 'm',
		usage: { inputTokens: 1, outputTokens: 1, costUsd: 0.1 }
	};
	const answer = {
		steps: [
			{ text: 'Another network', outcome: 'worked' },
			{ text: 'A cable', outcome: '' }
		]
	};
	at.done('apply_steps', { jobId, answer, cost });
	const proposals = at.ask('case_of_chat', { chatId })?.proposals ?? [];
	for (const [i, { stepId: proposed }] of proposals.entries())
		at.done('settle_proposal', { ...of, stepId: proposed, accept: i === 0 });
	const failing = at.done('take_turn', { chatId, text: 'And now?', connectionId: 'demo' });
	at.done('finish_reply', { jobId: failing.jobId, ...whole });
	const reason = { type: 'offline' };
	at.done('fail_stage', { jobId: failing.jobId, stage: 'detect_steps', reason });
	const last = at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? '';
	const again = at.done('retry_classifier', {
		chatId,
		turnId: last,
		classifier: 'steps',
		connectionId: 'demo'
	});
	at.done('apply_steps', { jobId: again.jobId, answer: { steps: [] } });
	at.done('resolve_case', of);
	at.done('reopen_case', { ...of, why: 'It is back.' });

	const { handoffId } = at.done('raise_handoff', { actor: mem, chatId });
	const as = (actor: string) => ({ actor, handoffId });
	let n = 0;
	const come = (kind: string, payload: object) =>
		at.app.dispatch({
			id: `tour-elsewhere-${String(n++)}`,
			name: 'come_from_elsewhere',
			input: {
				handoffId,
				events: [
					{
						kind,
						payload: { actor: { memberId: ada, name: 'Ada', role: 'engineer' }, episode: 1, ...payload }
					}
				]
			}
		});
	at.done('tell_alerts', {
		eventIds: at.ask('alerts', { actor: ada, now: 0 }).map(({ eventId }) => eventId)
	});
	come('handoff_assessment_failed', { failure: reason, key: 'k' });
	come('handoff_assessed', anAssessment());
	const { jobId: assessing } = at.done('ask_assessment', { ...as(ada), connectionId: 'demo' });
	const asked = at.ask('assessment_request', { jobId: assessing });
	at.ask('open_assessments', {});
	at.ask('assessment_job', { handoffId });
	const answered = {
		model: 'm',
		key: 'k',
		answer: { problem: { text: 'It drops.', impact: null, refs: [{ turn: 'T1', quote: 'No change.' }] } },
		seen: Object.fromEntries((asked?.turns ?? []).map(({ number, turnId: seen }) => [String(number), seen])),
		coverage: asked?.coverage ?? { turnsSeen: 0, turnsTotal: 0, omitted: [] },
		head: asked?.head ?? { turnId: null, turns: 0, digest: '' },
		cost
	};
	at.done('finish_assessment', { jobId: assessing, ...answered });
	// one part of it alone, put into the rest
	const { jobId: ofPart } = at.done('ask_assessment', { ...as(ada), sections: ['problem'] });
	at.done('finish_assessment', { jobId: ofPart, ...answered });
	const made = at.ask('handoff_assessment', { handoffId });
	const { body } = made ?? anAssessment();
	at.done('save_assessment_draft', { ...as(ada), edit: { number: 1, from: body, body } });
	at.done('edit_assessment', { ...as(ada), basis: made?.number ?? 1, body });
	at.done('fail_assessment', {
		jobId: at.done('ask_assessment', as(ada)).jobId,
		failure: reason,
		cost
	});
	at.done('reuse_assessment', { jobId: at.done('ask_assessment', as(ada)).jobId, number: 2 });
	at.done('ask_assessment', as(ada));
	at.done('stop_assessment', as(ada));
	at.done('save_handoff_draft', { ...as(ada), kind: 'note', text: 'Ask' });
	at.done('snooze_handoff', { ...as(ada), until: LATER });
	at.done('wake_handoff', as(ada));
	at.done('note_handoff', { ...as(ada), text: 'Ask for the router.' });
	at.done('change_handoff_priority', { ...as(ada), priority: 2 });
	at.done('claim_handoff', as(ada));
	at.done('renew_claim', as(ada));
	come('handoff_claimed', {});
	come('handoff_pick_up_settled', {
		other: { memberId: cleo, name: 'Cleo', role: 'admin' },
		claimedAt: 1
	});
	at.done('note_sent', { ...as(ada), as: 'handoff', to: ['Bo'], hidden: 1, revealed: [] });
	const key = 'A'.repeat(43);
	const card = cardText({ name: 'Bo', key, age: `age1${'q'.repeat(58)}` });
	at.done('add_contact', { card, fingerprint: 'acorn badge cabin daisy' });
	at.done('remove_contact', { key });
	at.done('return_handoff', { ...as(ada), reason: 'no_time' });
	at.done('reassign_handoff', { ...as(cleo), to: bo });
	at.done('retire_member', { memberId: bo });
	at.done('take_over', as(ada));
	at.done('hand_back', { ...as(ada), note: 'It is the router.' });
	const told = at.done('take_turn', { chatId, text: 'Which router?', connectionId: 'demo' });
	at.ask('stage_request', { jobId: told.jobId });
	at.done('drop_reply', { jobId: told.jobId });
	at.done('raise_handoff', { actor: mem, chatId, reason: 'stuck' });
	at.done('claim_handoff', as(ada));
	at.done('resolve_handoff', as(ada));
	at.done('reopen_handoff', as(ada));
	at.done('withdraw_handoff', as(mem));
	// of a story other things are known than of a case
	const { chatId: tale } = aChat(at);
	anExchange(at, tale, 'Where is the key?', 'Under the mat?');
	const passed = at.done('raise_handoff', { actor: mem, chatId: tale, intent: 'pass' });
	at.ask('assessment_request', {
		jobId: at.done('ask_assessment', { actor: mem, handoffId: passed.handoffId }).jobId
	});
	const open = at.done('raise_handoff', { actor: mem, chatId: aCase(at, mem, 'Another') });
	at.done('claim_handoff', { actor: ada, handoffId: open.handoffId });
	return { members: [mem, ada], cases: [chatId], handoffs: [handoffId, open.handoffId] };
};
