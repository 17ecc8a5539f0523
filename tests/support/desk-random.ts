// Steps of random histories at the desk: cases, what was tried in them, hand-offs, and what comes of those from elsewhere.
import { cardText } from '#lib/domain/library/cards.ts';
import type { Commands } from '#lib/domain/vocabulary.ts';
import { anAssessment } from './elsewhere.ts';
import { NOBODY, WORLD_BEGINS_MS, type Given } from './given.ts';
import type { Seed } from './stages-random.ts';

/** Commands of the desk, and those of tests that write its events. */
export type DeskCommand = Extract<
	keyof Commands,
	| 'author_member'
	| 'retire_member'
	| 'create_case'
	| 'change_case'
	| 'resolve_case'
	| 'reopen_case'
	| 'record_step'
	| 'change_step'
	| 'remove_step'
	| 'settle_proposal'
	| 'raise_handoff'
	| 'claim_handoff'
	| 'renew_claim'
	| 'take_over'
	| 'return_handoff'
	| 'wake_handoff'
	| 'reassign_handoff'
	| 'note_handoff'
	| 'change_handoff_priority'
	| 'snooze_handoff'
	| 'hand_back'
	| 'resolve_handoff'
	| 'reopen_handoff'
	| 'withdraw_handoff'
	| 'save_handoff_draft'
	| 'save_assessment_draft'
	| 'tell_alerts'
	| 'change_desk_settings'
	| 'ask_assessment'
	| 'finish_assessment'
	| 'reuse_assessment'
	| 'fail_assessment'
	| 'stop_assessment'
	| 'edit_assessment'
	| 'add_contact'
	| 'remove_contact'
	| 'note_sent'
>;

/** How often each is drawn: what needs others before it brings them about by itself. */
export const DESK_WEIGHTS: Readonly<Record<DeskCommand | 'come_from_elsewhere', number>> = {
	author_member: 1,
	retire_member: 3,
	create_case: 2,
	change_case: 3,
	resolve_case: 3,
	reopen_case: 3,
	record_step: 3,
	change_step: 3,
	remove_step: 3,
	settle_proposal: 5,
	raise_handoff: 2,
	claim_handoff: 1,
	renew_claim: 3,
	take_over: 3,
	return_handoff: 3,
	wake_handoff: 1,
	reassign_handoff: 3,
	note_handoff: 3,
	change_handoff_priority: 3,
	snooze_handoff: 3,
	hand_back: 3,
	resolve_handoff: 2,
	reopen_handoff: 3,
	withdraw_handoff: 3,
	save_handoff_draft: 1,
	save_assessment_draft: 1,
	tell_alerts: 1,
	change_desk_settings: 3,
	come_from_elsewhere: 6,
	ask_assessment: 1,
	finish_assessment: 2,
	reuse_assessment: 1,
	fail_assessment: 1,
	stop_assessment: 1,
	edit_assessment: 1,
	add_contact: 2,
	remove_contact: 2,
	note_sent: 2
};

export const isOfTheDesk = (command: string): command is keyof typeof DESK_WEIGHTS =>
	Object.hasOwn(DESK_WEIGHTS, command);

const LONG_MS = 40 * 86_400_000;

/** Plays one step at the desk and gives the answer of its command. `bring`: what it brought about of chats and jobs. */
export const playDesk = (
	at: Given,
	command: keyof typeof DESK_WEIGHTS,
	{ one, other, text, yes }: Seed,
	tab: string | undefined,
	bring: { readonly chat: (chatId: string) => void; readonly exchange: (chatId: string) => void }
): { readonly ok: boolean; readonly value?: unknown } => {
	const { dispatch } = at;
	const words = `${text.slice(0, 80)}.`;
	const ids = (query: string, ...values: string[]): string[] =>
		at.sql.all({ text: query, values }).map((row) => String(row['id']));
	const any = (from: readonly string[], n: number): string =>
		n % 29 === 0 ? NOBODY : (from[n % Math.max(1, from.length)] ?? NOBODY);
	const ofRole = (role: string): string => {
		const found = () => ids('select member_id as id from members where role = ? and retired = 0', role);
		if (found().length === 0)
			dispatch('author_member', { name: words, role: role as 'member' | 'engineer' | 'admin' }, tab);
		return found()[other % Math.max(1, found().length)] ?? NOBODY;
	};
	/** Mostly somebody who may. */
	const actor = one % 7 === 0 ? ofRole('member') : one % 5 === 0 ? ofRole('admin') : ofRole('engineer');
	const caseOf = (state = 'open'): string => {
		const found = () =>
			ids(
				'select chat_id as id from chats c join cases k on k.stream = c.stream where k.state = ? order by k.opened_at desc',
				state
			);
		if (found().length === 0) {
			const made = dispatch('create_case', { actor, title: words, tags: [words.slice(0, 30)] }, tab);
			if (made.ok) {
				bring.chat(made.value.chatId);
				if (state === 'resolved') dispatch('resolve_case', { actor, chatId: made.value.chatId }, tab);
			}
		}
		return found()[one % 2] ?? found()[0] ?? NOBODY;
	};
	const stepOf = (chatId: string, status: string): string => {
		const found = () =>
			ids('select step_id as id from case_steps where stream = ? and status = ?', `chat:${chatId}`, status);
		if (found().length === 0 && status === 'tried')
			dispatch('record_step', { actor, chatId, text: words }, tab);
		if (found().length === 0 && status === 'proposed') bring.exchange(chatId);
		return any(found(), other);
	};
	/** A hand-off in a state, brought there where none is; and who holds it, or the actor. */
	const handoffIn = (state: string): { actor: string; handoffId: string } => {
		const found = () =>
			ids('select handoff_id as id from handoffs where state = ? order by raised_at desc', state);
		const raised = (): string => {
			const open = ids("select handoff_id as id from handoffs where state = 'open'")[0];
			if (open !== undefined) return open;
			const chats = ids('select chat_id as id from chats order by created_at desc');
			const chatId = one % 3 === 0 ? caseOf() : any(chats, one);
			const made = dispatch('raise_handoff', { actor, chatId, note: text.slice(0, 200) }, tab);
			return made.ok
				? made.value.handoffId
				: (ids('select handoff_id as id from handoffs limit 1')[0] ?? NOBODY);
		};
		if (found().length === 0) {
			const of = { actor: ofRole('engineer'), handoffId: raised() };
			if (['claimed', 'resolved', 'with_ai'].includes(state)) dispatch('claim_handoff', of, tab);
			if (state === 'resolved') dispatch('resolve_handoff', of, tab);
			if (state === 'with_ai') dispatch('hand_back', of, tab);
			if (state === 'snoozed') dispatch('snooze_handoff', { ...of, until: WORLD_BEGINS_MS + LONG_MS }, tab);
		}
		const handoffId = found()[other % Math.max(1, found().length)] ?? NOBODY;
		const [owner] = ids(
			'select owner as id from handoffs where handoff_id = ? and owner is not null',
			handoffId
		);
		return { actor: other % 9 === 0 ? actor : (owner ?? actor), handoffId };
	};
	const claimed = () => handoffIn('claimed');
	/** A job that is open, of a chat that somebody said something in; the seldom one that is not. */
	const assessing = (): string => {
		const found = () => ids("select job_id as id from assessment_jobs where state = 'open'");
		if (found().length === 0) {
			const { handoffId } = handoffIn(yes ? 'open' : 'claimed');
			const asked = () => dispatch('ask_assessment', { actor: ofRole('engineer'), handoffId }, tab);
			if (!asked().ok) {
				bring.exchange(any(ids('select chat_id as id from handoffs where handoff_id = ?', handoffId), 0));
				asked();
			}
		}
		return one % 13 === 0 ? NOBODY : any(found(), other);
	};
	// few keys, so that some are added again
	const aContact = (n: number) => ({
		card: cardText({
			name: words.slice(0, 40),
			key: 'ABCD'.charAt(n % 4).repeat(43),
			age: `age1${'q'.repeat(58)}`
		}),
		fingerprint: 'acorn badge cabin daisy'
	});
	switch (command) {
		case 'author_member':
			return dispatch(command, { name: words, role: yes ? 'engineer' : 'member' }, tab);
		case 'retire_member':
			return dispatch(
				command,
				{ memberId: one % 11 === 0 ? NOBODY : ofRole(yes ? 'member' : 'engineer') },
				tab
			);
		case 'create_case': {
			const made = dispatch(command, { actor, title: words, requester: text.slice(0, 50) }, tab);
			if (made.ok) bring.chat(made.value.chatId);
			return made;
		}
		case 'change_case':
			return dispatch(command, { actor, chatId: caseOf(), asset: words, impact: (other % 3) + 1 }, tab);
		case 'resolve_case':
			return dispatch(command, { actor, chatId: caseOf(), note: text.slice(0, 200) }, tab);
		case 'reopen_case':
			return dispatch(command, { actor, chatId: caseOf('resolved'), why: words }, tab);
		case 'record_step': {
			const chatId = caseOf();
			const turns = ids('select turn_id as id from turns where stream = ?', `chat:${chatId}`);
			return dispatch(
				command,
				{ actor, chatId, text: words, turnId: yes && turns.length > 0 ? any(turns, other) : null },
				tab
			);
		}
		case 'change_step': {
			const chatId = caseOf();
			return dispatch(
				command,
				{
					actor,
					chatId,
					stepId: stepOf(chatId, 'tried'),
					outcome: yes ? 'worked' : 'partly',
					text: `${words}!`
				},
				tab
			);
		}
		case 'remove_step': {
			const chatId = caseOf();
			const stepId = stepOf(chatId, 'tried');
			// another one stays, so that what a faulty handler does to the rest is seen
			dispatch('record_step', { actor, chatId, text: words }, tab);
			return dispatch(command, { actor, chatId, stepId }, tab);
		}
		case 'settle_proposal': {
			const chatId = caseOf();
			return dispatch(command, { actor, chatId, stepId: stepOf(chatId, 'proposed'), accept: yes }, tab);
		}
		case 'raise_handoff': {
			const state = (['with_ai', 'resolved', 'open'] as const)[other % 3] ?? 'open';
			const { handoffId } = handoffIn(state);
			const [chatId] = ids('select chat_id as id from handoffs where handoff_id = ?', handoffId);
			const input = { actor, chatId: chatId ?? caseOf(), reason: yes ? 'stuck' : 'risk' } as const;
			return dispatch(command, input, tab);
		}
		case 'claim_handoff':
			return dispatch(command, handoffIn(yes ? 'open' : 'snoozed'), tab);
		case 'renew_claim':
			return dispatch(command, claimed(), tab);
		case 'take_over': {
			const of = claimed();
			// nothing is stale yet by the clock of a test, but whose owner is gone is
			if (one % 3 !== 0) dispatch('retire_member', { memberId: of.actor }, tab);
			return dispatch(command, { ...of, actor: ofRole('admin') }, tab);
		}
		case 'return_handoff':
			return dispatch(
				command,
				{ ...claimed(), reason: yes ? 'undo' : 'no_time', note: text.slice(0, 100) },
				tab
			);
		case 'wake_handoff':
			return dispatch(command, handoffIn('snoozed'), tab);
		case 'reassign_handoff':
			return dispatch(
				command,
				{ ...handoffIn(yes ? 'claimed' : 'open'), to: ofRole(one % 4 === 0 ? 'member' : 'admin') },
				tab
			);
		case 'note_handoff':
			return dispatch(command, { ...handoffIn(yes ? 'open' : 'snoozed'), text: words }, tab);
		case 'change_handoff_priority':
			return dispatch(command, { ...handoffIn(yes ? 'open' : 'claimed'), priority: (other % 4) + 1 }, tab);
		case 'snooze_handoff':
			return dispatch(
				command,
				{ ...handoffIn('open'), until: WORLD_BEGINS_MS + (one % 9 === 0 ? 0 : LONG_MS), why: words },
				tab
			);
		case 'hand_back':
			return dispatch(command, { ...claimed(), note: text.slice(0, 100) }, tab);
		case 'resolve_handoff':
			return dispatch(command, { ...claimed(), note: text.slice(0, 100) }, tab);
		case 'reopen_handoff':
			return dispatch(command, { ...handoffIn('resolved'), why: words }, tab);
		case 'withdraw_handoff':
			return dispatch(command, { ...handoffIn(yes ? 'open' : 'claimed'), why: words }, tab);
		case 'save_assessment_draft': {
			const { body } = anAssessment();
			const edit = yes ? { number: 1, from: body, body: { ...body, open_questions: [words] } } : null;
			return dispatch(command, { ...handoffIn('open'), edit }, tab);
		}
		case 'save_handoff_draft':
			return dispatch(
				command,
				{ ...handoffIn('open'), kind: yes ? 'note' : 'resolve', text: text.slice(0, 50) },
				tab
			);
		case 'tell_alerts': {
			const told = at
				.ask('alerts', { actor: ofRole('engineer'), now: WORLD_BEGINS_MS })
				.map((alert) => alert.eventId);
			return dispatch(command, { eventIds: told.length === 0 ? [NOBODY] : told }, tab);
		}
		case 'change_desk_settings':
			return dispatch(command, { actor, staleMinutes: 5 + (other % 500) }, tab);
		case 'ask_assessment':
			return dispatch(
				command,
				{ ...handoffIn(yes ? 'open' : 'claimed'), connectionId: yes ? 'one' : null, again: !yes },
				tab
			);
		case 'finish_assessment': {
			const jobId = assessing();
			const asked = at.ask('assessment_request', { jobId });
			const seen = asked?.turns ?? [];
			return dispatch(
				command,
				{
					jobId,
					model: 'm',
					key: words.slice(0, 60),
					answer: {
						problem: { text: words, impact: null, refs: [{ turn: 'T1', quote: words.slice(0, 20) }] },
						tried: [{ action: text, outcome: 'partly', refs: [{ turn: `T${String(one % 9)}`, quote: null }] }]
					},
					seen: Object.fromEntries(seen.map(({ number, turnId }) => [String(number), turnId])),
					coverage: asked?.coverage ?? { turnsSeen: 0, turnsTotal: 0, omitted: [] },
					head: asked?.head ?? { turnId: null, turns: 0, digest: '' }
				},
				tab
			);
		}
		case 'reuse_assessment':
			return dispatch(command, { jobId: assessing(), number: 1 }, tab);
		case 'fail_assessment':
			return dispatch(command, { jobId: assessing(), failure: { type: 'offline' } }, tab);
		case 'stop_assessment':
			assessing();
			return dispatch(command, handoffIn(yes ? 'open' : 'claimed'), tab);
		case 'edit_assessment': {
			const found = () =>
				ids('select handoff_id as id from handoffs where assessed > 0 order by raised_at desc');
			if (found().length === 0) fromElsewhere(at, handoffIn('open').handoffId, { one, other, text, yes });
			const handoffId = any(found(), other);
			const made = at.ask('handoff_assessment', { handoffId });
			const before = made?.body ?? anAssessment().body;
			const body = { ...before, open_questions: [words] };
			return dispatch(command, { actor, handoffId, basis: made?.number ?? 1, body }, tab);
		}
		case 'add_contact':
			return dispatch(command, aContact(other), tab);
		case 'remove_contact': {
			const known = () => at.ask('contact_list', {});
			// one stays when one goes
			for (let n = 0; n < 2 && known().length < 2; n++) dispatch('add_contact', aContact(other + n), tab);
			return dispatch(command, { key: known()[other % 3]?.key ?? 'E'.repeat(43) }, tab);
		}
		case 'note_sent':
			return dispatch(
				command,
				{
					...handoffIn(yes ? 'open' : 'resolved'),
					as: yes ? 'handoff' : 'receipt',
					to: [words],
					hidden: other,
					revealed: [{ kind: 'IP', detector: 'ipv4', why: text.slice(0, 100) }]
				},
				tab
			);
		case 'come_from_elsewhere':
			return fromElsewhere(at, handoffIn(yes ? 'open' : 'claimed').handoffId, { one, other, text, yes });
	}
};

let arrived = 0;

/** Some events of a hand-off as another device may have written them: legal here, or not. */
const fromElsewhere = (
	at: Given,
	handoffId: string,
	{ one, other, text, yes }: Seed
): { readonly ok: boolean } => {
	const person = (role: string) => ({ memberId: NOBODY.replace('f', String(other % 8)), name: 'Eve', role });
	const actor = person(yes ? 'engineer' : 'member');
	const episode = (one % 2) + 1;
	const acts: readonly (readonly [string, object])[] = [
		['claimed', {}],
		['claim_renewed', {}],
		['taken_over', { from: { memberId: NOBODY, name: 'Eve' }, idleMs: one % 2 === 0 ? null : one }],
		['returned', { reason: 'other', note: text }],
		['reassigned', { to: person(one % 3 === 0 ? 'member' : 'admin') }],
		['resolved', { code: 'solved', note: text }],
		['reopened', { why: text }],
		['handed_back', { note: text }],
		['withdrawn', { why: text }]
	];
	const [kind, more] = acts[other % acts.length] ?? ['claimed', {}];
	const events = [
		{ kind: `handoff_${kind}`, payload: { actor, episode, ...more } },
		{
			kind: 'handoff_assessed',
			payload: { actor: person('engineer'), episode, ...anAssessment(yes ? 'ai' : 'person', other % 5) }
		},
		{
			kind: 'handoff_pick_up_settled',
			payload: { actor, episode, other: person('admin'), claimedAt: one }
		},
		{
			kind: 'handoff_assessment_failed',
			payload: { actor, episode, failure: { type: 'offline' }, key: 'k' }
		}
	];
	return at.app.dispatch({
		id: `from-elsewhere-${String((arrived += 1))}`,
		name: 'come_from_elsewhere',
		input: { handoffId, events }
	});
};
