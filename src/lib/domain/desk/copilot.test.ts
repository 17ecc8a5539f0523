// The Copilot at work: what it is told of a case, that nothing of a story is in it, and what the classifier makes out.
import { describe, expect, test } from 'vitest';
import { aCase, aDesk, type Desk } from '#tests/support/desk.ts';
import { aChat, anExchange, given, wordsAsked, type Given } from '#tests/support/given.ts';

const atWork = async () => {
	const at = await given();
	const desk = aDesk(at);
	const chatId = aCase(at, desk.mem);
	return { at, desk, chatId, of: { actor: desk.mem, chatId } };
};

/** What a model is asked with for the next words of a case, and no reply comes. */
const promptOf = (at: Given, chatId: string, text = 'And now?') => {
	const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId });
	at.done('drop_reply', { jobId });
	at.done('undo_last', { tab: 'tab-1' });
	if (asked === null) throw new Error('nothing is asked');
	const { instructions, messages } = asked.request;
	return {
		instructions,
		tail: messages.at(-1)?.text ?? '',
		all: JSON.stringify([instructions, messages]),
		asked
	};
};

describe('its prompt', () => {
	test('has the rules of a copilot, how the case stands at its end, and nothing of a story', async () => {
		const { at, of, chatId } = await atWork();
		anExchange(at, chatId, 'It drops.', 'Restart it.');
		at.done('record_step', { ...of, text: 'Restarted', outcome: 'no_effect' });
		const { instructions, tail, all, asked } = promptOf(at, chatId);
		expect(instructions).toContain('You are Copilot. You work on a support case');
		expect(tail).toContain('Case: asked by Dana Field; about LT-4471; tags: vpn; priority P3 of 4');
		expect(tail).toContain('Tried: Restarted (had no effect)');
		expect(all).not.toMatch(/story|scene|Day 1|Here:|Time:|\*asterisks\*/u);
		expect(asked.parts.map(({ part }) => part)).toContain('case');
		expect(asked.request.story.kind).toBe('case');
	});

	test('tells no step that nobody confirmed', async () => {
		const { at, of, chatId } = await atWork();
		const { jobId } = at.done('take_turn', { chatId, text: 'I restarted it.', connectionId: 'demo' });
		at.done('finish_reply', { jobId, text: 'Good.', ended: 'whole', model: null, usage: null });
		at.done('apply_steps', { jobId, answer: { steps: [{ text: 'Restarted it', outcome: 'worked' }] } });
		expect(promptOf(at, chatId).tail).not.toContain('Restarted it');
		const [proposal] = at.ask('case_of_chat', { chatId })?.proposals ?? [];
		at.done('settle_proposal', { ...of, stepId: proposal?.stepId ?? '', accept: true });
		expect(promptOf(at, chatId).tail).toContain('Tried: Restarted it (worked)');
	});

	test('stays the same before its end, whatever becomes of the case', async () => {
		const { at, of, chatId } = await atWork();
		anExchange(at, chatId, 'It drops.', 'Restart it.');
		const before = promptOf(at, chatId);
		at.done('change_case', { ...of, impact: 1, urgency: 1 });
		at.done('record_step', { ...of, text: 'Restarted' });
		const after = promptOf(at, chatId);
		expect(after.instructions).toBe(before.instructions);
		expect(after.asked.request.messages.slice(0, -1)).toEqual(before.asked.request.messages.slice(0, -1));
		expect(after.tail).not.toBe(before.tail);
	});

	test('of a story is as it was, and nothing of the desk is in it', async () => {
		const { at, desk } = await atWork();
		const { chatId } = aChat(at);
		at.done('raise_handoff', { actor: desk.mem, chatId, intent: 'pass', note: 'Go on with it.' });
		const { instructions, all } = promptOf(at, chatId);
		expect(instructions).toContain('You are Mara, a character in a story');
		expect(all).not.toMatch(/case|colleague|Go on with it/u);
	});

	test('leaves out the oldest steps where there is no room, and says so to who inspects it', async () => {
		const { at, of, chatId } = await atWork();
		for (let n = 1; n <= 30; n += 1)
			at.done('record_step', { ...of, text: `Tried number ${String(n)} ${'again and again '.repeat(8)}` });
		const { jobId } = at.done('take_turn', { chatId, text: 'And now?', connectionId: 'demo' });
		const asked = wordsAsked(at, { jobId, room: { tokens: 3000, ratio: 1 } });
		const tail = asked?.request.messages.at(-1)?.text ?? '';
		expect(tail).toContain('Tried number 30 ');
		expect(tail).not.toContain('Tried number 1 ');
		expect(tail).toContain('Case: asked by');
		expect(asked?.parts.find(({ part }) => part === 'case')?.dropped[0]).toMatchObject({
			what: { kind: 'step', name: expect.stringContaining('Tried number 1 ') as string },
			why: 'no_room'
		});
	});
});

describe('hand-offs in its prompt', () => {
	const raised = (at: Given, desk: Desk, chatId: string) => ({
		handoffId: at.done('raise_handoff', { actor: desk.mem, chatId, note: 'SECRET NOTE' }).handoffId,
		actor: desk.ada
	});

	test('after a hand-back the bot does not stay silent because history says that a person has it', async () => {
		const { at, desk, chatId } = await atWork();
		const it = raised(at, desk, chatId);
		expect(promptOf(at, chatId).tail).toContain('has not yet. Go on helping');
		at.done('claim_handoff', it);
		expect(promptOf(at, chatId).tail).toContain('A colleague, Ada, has taken over');
		at.done('hand_back', { ...it, note: 'It is the router.' });
		const { tail } = promptOf(at, chatId);
		expect(tail).toContain('handed it back to you. Nobody else is working on it: you answer now.');
		expect(tail).toContain('"It is the router."');
		expect(tail).not.toContain('has taken over');
	});

	test('a handoff does not loop after it was reopened: what was said of handing on is told to be over', async () => {
		const { at, desk, chatId } = await atWork();
		const it = raised(at, desk, chatId);
		expect(promptOf(at, chatId).tail).not.toContain('handed to a person before');
		at.done('claim_handoff', it);
		at.done('resolve_handoff', it);
		expect(promptOf(at, chatId).tail).toContain('That hand-off is over.');
		at.done('reopen_handoff', it);
		expect(promptOf(at, chatId).tail).toContain(
			'handed to a person before. That is over and done: nothing said then about handing it on is still to be done.'
		);
	});

	test('a reopened case is told to be open', async () => {
		const { at, of, chatId } = await atWork();
		at.done('resolve_case', of);
		at.done('reopen_case', of);
		expect(promptOf(at, chatId).tail).toContain(
			'reopened (1×): what ended it then did not last. It is open.'
		);
	});

	test('their own words never are: notes are between people', async () => {
		const { at, desk, chatId } = await atWork();
		const it = raised(at, desk, chatId);
		at.done('note_handoff', { ...it, text: 'SECRET TOO' });
		expect(promptOf(at, chatId).all).not.toContain('SECRET');
	});
});

describe('the classifier of steps', () => {
	const looking = async () => {
		const { at, desk, chatId, of } = await atWork();
		at.done('record_step', { ...of, text: 'Restarted it.' });
		const { jobId, turnId } = at.done('take_turn', {
			chatId,
			text: 'Another network works, a cable did nothing.',
			connectionId: 'demo'
		});
		const { next, turnId: replyId } = at.done('finish_reply', {
			jobId,
			text: 'Update the driver.',
			ended: 'whole',
			model: null,
			usage: null
		});
		const now = () => at.ask('case_of_chat', { chatId });
		return { at, desk, chatId, of, jobId, turnId, replyId, next, now };
	};

	test('is asked after a reply, of the person’s words, and told what is known', async () => {
		const { at, jobId, next } = await looking();
		expect(next).toBe('detect_steps');
		const asked = at.ask('stage_request', { jobId });
		expect(asked).toMatchObject({ kind: 'decide', classifier: 'steps', mayMerge: false });
		if (asked?.kind !== 'decide') return;
		expect(asked.data).toContain('Tried: Restarted it.');
		expect(asked.data).toContain('## The newest words of the person\nAnother network works');
		expect(asked.data).not.toContain('People');
	});

	test('proposes what is not known, by the turn that tells of it, and ends the job', async () => {
		const { at, jobId, turnId, replyId, chatId, now } = await looking();
		const steps = [
			{ text: '  restarted IT ', outcome: 'worked' },
			{ text: 'Another network', outcome: 'worked' },
			{ text: 'A cable', outcome: 'No Effect' },
			{ text: 'another network!', outcome: 'worked' },
			{ text: ' ', outcome: 'worked' },
			{ text: 'x'.repeat(900), outcome: 'brilliant' }
		];
		expect(at.done('apply_steps', { jobId, answer: { steps } })).toMatchObject({ effects: 3, next: null });
		expect(now()?.proposals).toMatchObject([
			{ text: 'Another network', outcome: 'worked', turnId, by: null },
			{ text: 'A cable', outcome: 'no_effect' },
			{ text: 'x'.repeat(500), outcome: 'unknown' }
		]);
		expect(now()?.steps).toHaveLength(1);
		expect(at.ask('effects', { chatId, turnIds: [replyId] })[0]?.effects).toHaveLength(3);
		expect(at.refused('apply_steps', { jobId, answer: { steps } })).toMatchObject({ type: 'job_unknown' });
	});

	test('of ten thousand steps proposes no more than a person can look through', async () => {
		const { at, jobId, now } = await looking();
		const steps = Array.from({ length: 10_000 }, (_, n) => ({ text: `Step ${String(n)}`, outcome: '' }));
		at.done('apply_steps', { jobId, answer: { steps } });
		expect(now()?.proposals).toHaveLength(6);
	});

	test('a step that was declined is not proposed again', async () => {
		const { at, of, jobId, chatId, now } = await looking();
		const answer = { steps: [{ text: 'A cable', outcome: 'no_effect' }] };
		at.done('apply_steps', { jobId, answer });
		const [stepId = ''] = (now()?.proposals ?? []).map((proposal) => proposal.stepId);
		at.done('settle_proposal', { ...of, stepId, accept: false });
		expect(at.refused('settle_proposal', { ...of, stepId, accept: true })).toMatchObject({
			type: 'step_unknown'
		});
		const again = at.done('take_turn', { chatId, text: 'A cable, as I said.', connectionId: 'demo' });
		at.done('finish_reply', { jobId: again.jobId, text: 'I see.', ended: 'whole', model: null, usage: null });
		at.done('apply_steps', { jobId: again.jobId, answer });
		expect(now()).toMatchObject({ proposals: [], steps: [{ text: 'Restarted it.' }] });
	});

	test('a step that is written down in the same words is proposed no more, and stays when the reply goes', async () => {
		const { at, of, jobId, chatId, turnId, now } = await looking();
		at.done('apply_steps', { jobId, answer: { steps: [{ text: 'A cable.', outcome: 'worked' }] } });
		at.done('record_step', { ...of, turnId, text: 'a cable', outcome: 'partly' });
		expect(now()).toMatchObject({ proposals: [], steps: [{}, { text: 'a cable', outcome: 'partly' }] });
		at.done('undo_last', { tab: 'tab-1' });
		expect(now()).toMatchObject({ proposals: [{ text: 'A cable.' }], steps: [{ text: 'Restarted it.' }] });
		at.done('record_step', { ...of, turnId, text: 'a cable', outcome: 'partly' });
		const other = at.done('regenerate', { chatId, turnId, connectionId: 'demo' });
		at.done('finish_reply', { jobId: other.jobId, text: 'Hm.', ended: 'whole', model: null, usage: null });
		expect(now()).toMatchObject({ proposals: [], steps: [{}, { text: 'a cable' }] });
	});

	test('what it proposed goes and comes with the reply, and what a person made of it too', async () => {
		const { at, of, jobId, chatId, turnId, replyId, now } = await looking();
		at.done('apply_steps', { jobId, answer: { steps: [{ text: 'A cable', outcome: 'worked' }] } });
		const [stepId = ''] = (now()?.proposals ?? []).map((proposal) => proposal.stepId);
		at.done('settle_proposal', { ...of, stepId, accept: true, outcome: 'partly' });
		const other = at.done('regenerate', { chatId, turnId, connectionId: 'demo' });
		at.done('finish_reply', { jobId: other.jobId, text: 'Hm.', ended: 'whole', model: null, usage: null });
		at.done('stop_stage', { jobId: other.jobId });
		expect(now()).toMatchObject({ proposals: [], steps: [{ text: 'Restarted it.' }] });
		at.done('choose_alternative', { chatId, turnId: replyId });
		expect(now()?.steps).toMatchObject([{}, { text: 'A cable', outcome: 'partly', by: 'Mem' }]);
	});

	test('fails without losing the turn, and can be asked again', async () => {
		const { at, jobId, chatId, replyId, now } = await looking();
		at.done('fail_stage', { jobId, stage: 'detect_steps', reason: { type: 'offline' } });
		expect(at.ask('effects', { chatId, turnIds: [replyId] })[0]?.failures).toMatchObject([
			{ classifier: 'steps' }
		]);
		const again = at.done('retry_classifier', {
			chatId,
			turnId: replyId,
			classifier: 'steps',
			connectionId: 'demo'
		});
		at.done('apply_steps', { jobId: again.jobId, answer: { steps: [{ text: 'A cable', outcome: '' }] } });
		expect(now()?.proposals).toHaveLength(1);
		expect(at.ask('effects', { chatId, turnIds: [replyId] })[0]?.failures).toEqual([]);
	});

	test('is not asked where classifiers are off, and in no story', async () => {
		const { at, chatId } = await atWork();
		at.done('change_chat_settings', { chatId, classifiers: 'off' });
		const ended = (of: string) => {
			const { jobId } = at.done('take_turn', { chatId: of, text: 'x', connectionId: 'demo' });
			const { next } = at.done('finish_reply', {
				jobId,
				text: 'y',
				ended: 'whole',
				model: null,
				usage: null
			});
			return next;
		};
		expect(ended(chatId)).toBeNull();
		expect(ended(aChat(at).chatId)).toBe('observe');
	});
});
