// What classifiers were asked: kept by the turn they looked at, for the newest turns of a chat, and gone with it for good.
import { expect, test } from 'vitest';
import { aChat, given, type Given } from '#tests/support/given.ts';
import { PROMPTS_KEPT } from './prompt-records.ts';

const WHOLE = { ended: 'whole', model: null, usage: null } as const;

const begun = async () => {
	const at = await given();
	return { at, chatId: aChat(at).chatId };
};

/** A reply whose classifiers are still to be asked. */
const replied = (at: Given, chatId: string, text: string) => {
	const { jobId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	return { jobId, turnId: at.done('finish_reply', { jobId, text: `To ${text}`, ...WHOLE }).turnId };
};

/** What the log asks for now, kept as the runner does. */
const kept = (at: Given, jobId: string, answer = '{}', tries = 1) => {
	const asked = at.ask('stage_request', { jobId });
	if (asked?.kind !== 'decide') throw new Error('no classifier is asked');
	const { classifier, instructions, data, story } = asked;
	const input = { jobId, turnId: story.turnId, classifier, model: 'm', instructions, data, tries, answer };
	at.done('keep_classifier_prompt', input);
	return input;
};

const of = (at: Given, chatId: string, turnId: string | null) =>
	at.ask('classifier_prompts', { chatId, turnId });

test('word for word, each classifier of a turn, in the order they were asked', async () => {
	const { at, chatId } = await begun();
	const { jobId, turnId } = replied(at, chatId, 'Hello');
	expect(of(at, chatId, turnId)).toEqual([]);
	const observer = kept(at, jobId, 'What?', 3);
	at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'invalid-output' } });
	const transitions = kept(at, jobId);
	const told = ({ classifier, instructions, data, tries, answer }: typeof observer) => ({
		classifier,
		instructions,
		data,
		tries,
		answer,
		model: 'm'
	});
	expect(of(at, chatId, turnId)).toMatchObject([told(observer), told(transitions)]);
	expect(observer.data).toContain('To Hello');
	expect(of(at, chatId, null)).toEqual([]);
});

test('asked again, only the last time', async () => {
	const { at, chatId } = await begun();
	const { jobId, turnId } = replied(at, chatId, 'Hello');
	kept(at, jobId, 'one');
	kept(at, jobId, 'two', 2);
	expect(of(at, chatId, turnId).map(({ answer, tries }) => [answer, tries])).toEqual([['two', 2]]);
});

test('of the newest turns of a chat, however many classifiers each was asked', async () => {
	const { at, chatId } = await begun();
	const turns = Array.from({ length: PROMPTS_KEPT + 2 }, (_, n) => {
		const { jobId, turnId } = replied(at, chatId, String(n));
		kept(at, jobId);
		at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'invalid-output' } });
		kept(at, jobId);
		at.done('stop_stage', { jobId });
		return turnId;
	});
	expect(turns.map((turnId) => of(at, chatId, turnId).length)).toEqual(turns.map((_, n) => (n < 2 ? 0 : 2)));
});

test('it is no event, and nothing is kept for a job that has ended or looks at another turn', async () => {
	const { at, chatId } = await begun();
	const { jobId } = replied(at, chatId, 'Hello');
	const events = at.events();
	const input = kept(at, jobId);
	expect(at.events()).toBe(events);
	expect(at.ask('undoable', { tab: 'tab-1' })).not.toMatchObject({ name: 'keep_classifier_prompt' });
	expect(at.refused('keep_classifier_prompt', { ...input, turnId: jobId })).toMatchObject({
		type: 'stage_over'
	});
	at.done('stop_stage', { jobId });
	expect(at.refused('keep_classifier_prompt', input)).toEqual({ type: 'job_unknown', jobId });
});

test('goes when turns whose words it holds are deleted for good', async () => {
	const { at, chatId } = await begun();
	const first = replied(at, chatId, 'Hello');
	kept(at, first.jobId);
	at.done('stop_stage', { jobId: first.jobId });
	const secret = replied(at, chatId, 'A secret');
	kept(at, secret.jobId);
	at.done('stop_stage', { jobId: secret.jobId });
	const { copyId } = at.done('rewind', { chatId, turnId: first.turnId });
	expect(of(at, chatId, secret.turnId)).toHaveLength(1);
	at.done('delete_copy', { copyId });
	expect([first, secret].map(({ turnId }) => of(at, chatId, turnId))).toEqual([[], []]);
});
