// What classifiers are told: who was there when it was said, and nothing that one of them keeps from another.
import { describe, expect, test } from 'vitest';
import { aChat, given, said, type Given } from '#tests/support/given.ts';
import { NO_ANSWER } from './classifiers.ts';

const asked = (at: Given, jobId: string) => {
	const request = at.ask('stage_request', { jobId });
	if (request?.kind !== 'decide') throw new Error('no decision is asked for');
	return request;
};

const company = async () => {
	const at = await given();
	const { botId: host } = at.done('author_bot', { name: 'Mara' });
	const { botId: guest } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId: host, guestId: guest });
	return { at, host, guest, chatId };
};

const speak = (at: Given, chatId: string, speaker: string | null = null) => {
	const { turnId, jobId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo', speaker });
	const { turnId: replyId } = at.done('finish_reply', {
		jobId,
		text: 'Yes.',
		ended: 'whole',
		model: null,
		usage: null
	});
	return { turnId, jobId, replyId };
};

const remember = (at: Given, chatId: string, owner: string, text: string, host: boolean, guest: boolean) =>
	at.done('write_memory', { chatId, owner, text, significance: 1, witness: { you: true, host, guest } });

describe('the observer', () => {
	test('is told no memory that a bot of those who are there may not recall', async () => {
		const { at, host, guest, chatId } = await company();
		remember(at, chatId, guest, 'I hid the knife.', false, true);
		remember(at, chatId, 'you', 'Edda and I have a plan.', false, true);
		remember(at, chatId, host, 'I saw nothing.', true, false);
		remember(at, chatId, host, 'We ate together.', true, true);
		const { jobId } = speak(at, chatId);
		const { story, data, known } = asked(at, jobId);
		expect(story.memories.map(({ text }) => text)).toEqual(['We ate together.']);
		expect(data).not.toMatch(/knife|plan|nothing/u);
		expect(Object.keys(known)).toEqual(['m1']);
	});

	test('is told of every loose end and plan, and who of those there does not know of it', async () => {
		const { at, guest, chatId } = await company();
		at.done('open_scene', { chatId, placeName: 'The quay' });
		const { containerId } = at.done('make_place', { chatId, name: 'The mill' });
		const { containerId: quay } = at.done('open_scene', { chatId, placeName: 'The quay' });
		at.done('open_thread', { chatId, text: 'Who lit it?' });
		at.done('plan_event', { chatId, title: 'The feast' });
		at.done('set_activity', { chatId, entity: guest, containerId });
		at.done('open_thread', { chatId, text: 'Where is the knife?' });
		at.done('plan_event', { chatId, title: 'The escape' });
		at.done('set_activity', { chatId, entity: guest, containerId: quay });
		at.done('change_chat_settings', { chatId, classifiers: 'merged' });
		const { data } = asked(at, speak(at, chatId).jobId);
		expect(data).toContain('t1: Who lit it?\nt2 (unknown to guest): Where is the knife?');
		expect(data).toContain('e1 (planned): The feast\ne2 (planned, unknown to guest): The escape');
		at.done('dismiss_guest', { chatId });
		at.dispatch('stop_stage', { jobId: at.ask('chat', { chatId })?.reply?.jobId ?? '' });
		expect(asked(at, speak(at, chatId).jobId).data).not.toContain('unknown to');
	});

	test('is told nothing of what somebody does elsewhere', async () => {
		const { at, guest, chatId } = await company();
		at.done('open_scene', { chatId, placeName: 'The quay' });
		const { containerId } = at.done('make_place', { chatId, name: 'The mill' });
		at.done('set_activity', { chatId, entity: guest, containerId, action: 'burns the letters' });
		at.done('set_activity', { chatId, entity: 'you', action: 'waits' });
		const { data } = asked(at, speak(at, chatId).jobId);
		expect(data).toContain('you: waits');
		expect(data).not.toContain('letters');
	});

	test('takes nobody for a guest who has left, neither the host nor the next guest', async () => {
		const { at, host, guest, chatId } = await company();
		const { jobId, replyId } = speak(at, chatId, guest);
		at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'offline' }, rest: true });
		at.done('dismiss_guest', { chatId });
		const { botId: next } = at.done('author_bot', { name: 'Odo' });
		at.done('invite_guest', { chatId, botId: next });
		const retry = { chatId, turnId: replyId, classifier: 'observer', connectionId: 'demo' } as const;
		const { jobId: again } = at.done('retry_classifier', retry);
		const { story, data } = asked(at, again);
		expect(story).toMatchObject({
			bot: 'Edda',
			guest: null,
			present: { you: true, host: true, guest: false }
		});
		expect(data).toContain('The newest reply, by Edda');
		expect(data).not.toContain('Odo');
		const edge = { from: 'host', affinity: 3, trust: 0, reason: 'Kind.', fact: null };
		at.done('apply_observation', {
			jobId: again,
			stage: 'observe',
			answer: {
				...NO_ANSWER.observer,
				edges: [
					{ ...edge, to: 'guest' },
					{ ...edge, to: 'you' }
				]
			}
		});
		expect(at.ask('edges', { chatId }).edges.map(({ source, target }) => [source, target])).toEqual([
			[host, 'you']
		]);
	});

	test('of an interjection that is asked again is told what was said before it', async () => {
		const { at, chatId } = await company();
		const { jobId } = speak(at, chatId);
		at.done('apply_observation', { jobId, stage: 'observe', answer: NO_ANSWER.observer });
		at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
		at.done('decide_interjection', { jobId, answer: { speaks: true, why: '' } });
		const { turnId } = at.done('finish_reply', {
			jobId,
			text: 'Never.',
			ended: 'whole',
			model: null,
			usage: null
		});
		at.done('fail_stage', { jobId, stage: 'observe2', reason: { type: 'offline' }, rest: true });
		const { jobId: again } = at.done('retry_classifier', {
			chatId,
			turnId,
			classifier: 'observer',
			connectionId: 'demo'
		});
		expect(asked(at, again).story).toMatchObject({ reply: 'Never.', interjection: true, words: 'Yes.' });
	});
});

describe('an answer', () => {
	test('about another turn than the job is at is none', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId, turnId, replyId } = speak(at, chatId);
		const answer = NO_ANSWER.observer;
		const late = { jobId, stage: 'observe', turnId, answer } as const;
		expect(at.refused('apply_observation', late).type).toBe('stage_over');
		at.done('apply_observation', { ...late, turnId: replyId });
	});

	test('of deltas without end moves an edge by the most there is', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = speak(at, chatId);
		const edge = { from: 'host', to: 'you', affinity: 1.7e308, trust: -1.7e308, reason: '', fact: null };
		at.done('apply_observation', {
			jobId,
			stage: 'observe',
			answer: { ...NO_ANSWER.observer, edges: [edge, edge] }
		});
		expect(at.ask('edges', { chatId }).edges).toMatchObject([{ affinity: 10, trust: -10 }]);
	});
});

test('words of a reply are asked for as ever', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { jobId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo' });
	expect(at.ask('stage_request', { jobId })).toMatchObject({ kind: 'prose', stage: 'reply' });
	said(at, jobId, 'Yes.');
	expect(at.ask('stage_request', { jobId })).toBeNull();
});
