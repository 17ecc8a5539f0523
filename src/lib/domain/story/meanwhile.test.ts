// A scene elsewhere: its end waits for what is being found, and whatever takes its beginning or its end back takes all of it.
import { describe, expect, test } from 'vitest';
import { given, wordsAsked, type Given } from '#tests/support/given.ts';
import { NO_ANSWER } from './classifiers.ts';

const WHOLE = { ended: 'whole', model: null, usage: null } as const;
const SUMMED_UP = { text: 'They met.', memories: [{ owner: 'host', text: 'We met.', significance: 1 }] };

/** A story with a guest, and a scene elsewhere that was begun in it. */
const elsewhere = async (limit = 4, opened: 'guest' | 'narrator' = 'guest') => {
	const at = await given();
	const { botId } = at.done('author_bot', { name: 'Mara' });
	const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
	const { chatId } = at.done('create_chat', { botId });
	at.done('invite_guest', { chatId, botId: guestId }, 'tab-2');
	const scene = at.done('start_meanwhile', {
		chatId,
		premise: 'At the harbour.',
		place: 'The harbour',
		with: opened,
		limit,
		connectionId: 'demo'
	});
	return { at, chatId, botId, guestId, ...scene };
};
const say = (at: Given, jobId: string, text: string) => at.done('finish_reply', { jobId, text, ...WHOLE });
const observe = (at: Given, jobId: string, remembered?: string) =>
	at.done('apply_observation', {
		jobId,
		stage: 'observe',
		answer: {
			...NO_ANSWER.observer,
			memories:
				remembered === undefined
					? []
					: [{ owner: 'host', text: remembered, significance: 1, you: false, host: true, guest: true }]
		}
	});
const transit = (at: Given, jobId: string) =>
	at.done('apply_transitions', { jobId, stage: 'transitions', answer: NO_ANSWER.transitions });
const end = (at: Given, chatId: string) => at.done('end_meanwhile', { chatId, connectionId: 'demo' });
const texts = (at: Given, chatId: string) => at.ask('transcript', { chatId }).turns.map(({ text }) => text);
const remembered = (at: Given, chatId: string) =>
	at.ask('memories', { chatId, limit: 9 }).memories.map(({ text }) => text);
const scenes = (at: Given, chatId: string) =>
	at.ask('meanwhiles', { chatId }).map(({ ended, digest, played }) => ({ ended, digest, played }));

describe('ending a scene by hand', () => {
	test('while its last turn is looked at waits for what is found, and sums it up then', async () => {
		const { at, chatId, jobId } = await elsewhere();
		say(at, jobId, '"So."');
		expect(end(at, chatId).jobId).toBe(jobId);
		observe(at, jobId, 'She said so.');
		expect(transit(at, jobId).next).toBe('digest');
		at.done('apply_digest', { jobId, answer: SUMMED_UP });
		expect(remembered(at, chatId).sort()).toEqual(['She said so.', 'We met.']);
		expect(scenes(at, chatId)).toEqual([{ ended: 'hand', digest: 'They met.', played: 1 }]);
	});

	test('has no say in your clock, your place and your weather, which is no fault to be told of', async () => {
		const { at, chatId, jobId } = await elsewhere();
		const { turnId } = say(at, jobId, '"So."');
		const before = at.ask('now', { chatId });
		at.done('apply_observation', {
			jobId,
			stage: 'observe',
			answer: {
				...NO_ANSWER.observer,
				minutes: 4,
				place: 'The harbour',
				weather: 'fog',
				activities: [{ who: 'host', place: null, posture: '', action: 'waits', attention: '', mood: '' }]
			}
		});
		const [told] = at.ask('effects', { chatId, turnIds: [turnId] });
		expect(told?.effects.filter(({ kind }) => kind === 'classifier_clamped')).toEqual([]);
		expect(at.ask('now', { chatId })).toEqual(before);
	});

	test('tells what of the digest could not be kept, and why', async () => {
		const { at, chatId, jobId } = await elsewhere();
		const { turnId } = say(at, jobId, '"So."');
		at.done('stop_stage', { jobId });
		const memory = { owner: 'host', text: 'We met.', significance: 1 };
		at.done('apply_digest', {
			jobId: end(at, chatId).jobId ?? '',
			answer: {
				text: 'They met.',
				memories: [
					{ ...memory, owner: 'you' },
					{ ...memory, owner: 'cat' },
					{ ...memory, text: ' ' },
					...Array.from({ length: 600 }, () => memory)
				]
			}
		});
		const [told] = at.ask('effects', { chatId, turnIds: [turnId] });
		const note = told?.effects.find(({ kind }) => kind === 'classifier_clamped');
		expect(note?.payload).toEqual({
			classifier: 'digest',
			dropped: [
				{ what: 'memory', why: 'too-many', said: '', times: 103 },
				{ what: 'memory', why: 'not-there', said: 'you' },
				{ what: 'memory', why: 'unknown', said: 'cat' },
				{ what: 'memory', why: 'empty', said: 'host' },
				{ what: 'memory', why: 'too-many', said: 'We met.' },
				{ what: 'memory', why: 'too-many', said: 'We met.', times: 484 }
			]
		});
	});

	test('and a digest of words that were changed since is not that of the scene', async () => {
		const { at, chatId, jobId } = await elsewhere();
		const { turnId } = say(at, jobId, '"So."');
		end(at, chatId);
		observe(at, jobId, 'She said so.');
		transit(at, jobId);
		const asked = () => {
			const request = at.ask('stage_request', { jobId });
			return { wording: request?.kind === 'decide' ? request.wording : null };
		};
		const before = asked();
		at.done('edit_turn', { chatId, turnId, text: '"Never."' });
		expect(at.done('apply_digest', { jobId, answer: SUMMED_UP, ...before }).next).toBe('digest');
		expect(scenes(at, chatId)).toEqual([{ ended: 'hand', digest: null, played: 1 }]);
		at.done('apply_digest', { jobId, answer: SUMMED_UP, ...asked() });
		expect(scenes(at, chatId)).toEqual([{ ended: 'hand', digest: 'They met.', played: 1 }]);
	});

	test('is refused while one classifier is asked again', async () => {
		const { at, chatId, jobId } = await elsewhere();
		const { turnId } = say(at, jobId, '"So."');
		at.done('fail_stage', { jobId, stage: 'observe', reason: { type: 'stalled' }, rest: true });
		at.done('drop_reply', { jobId });
		const again = at.done('retry_classifier', {
			chatId,
			turnId,
			classifier: 'observer',
			connectionId: 'demo'
		});
		expect(at.refused('end_meanwhile', { chatId, connectionId: 'demo' })).toEqual({
			type: 'reply_unfinished',
			chatId,
			jobId: again.jobId
		});
	});

	test('and taking that back takes its digest and the memories of it along', async () => {
		const { at, chatId, jobId } = await elsewhere();
		say(at, jobId, '"So."');
		observe(at, jobId, 'She said so.');
		at.done('stop_stage', { jobId });
		at.done('apply_digest', { jobId: end(at, chatId).jobId ?? '', answer: SUMMED_UP });
		at.done('undo_last', { tab: 'tab-1' });
		expect(remembered(at, chatId)).toEqual(['She said so.']);
		expect(scenes(at, chatId)).toEqual([{ ended: null, digest: null, played: 1 }]);
		at.done('play_meanwhile', { chatId, connectionId: 'demo' });
	});

	test('and taking that back takes a digest that failed along', async () => {
		const { at, chatId, jobId } = await elsewhere();
		const { turnId } = say(at, jobId, '"So."');
		at.done('stop_stage', { jobId });
		at.done('fail_stage', {
			jobId: end(at, chatId).jobId ?? '',
			stage: 'digest',
			reason: { type: 'stalled' }
		});
		expect(at.ask('effects', { chatId, turnIds: [turnId] })[0]?.failures).toHaveLength(1);
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.ask('effects', { chatId, turnIds: [turnId] })[0]?.failures).toEqual([]);
	});
});

test('taking the end by its limit back takes its digest along, and a digest the memories of it', async () => {
	const { at, chatId, jobId } = await elsewhere(1);
	const { turnId } = say(at, jobId, '"So."');
	observe(at, jobId, 'She said so.');
	transit(at, jobId);
	at.done('apply_digest', { jobId, answer: SUMMED_UP });
	const effect = (of: string) =>
		at.ask('effects', { chatId, turnIds: [turnId] })[0]?.effects.find(({ kind }) => kind === of)?.eventId ??
		'';
	at.done('undo_effect', { chatId, eventId: effect('meanwhile_digest_created') });
	expect(remembered(at, chatId)).toEqual(['She said so.']);
	at.done('undo_last', { tab: 'tab-1' });
	expect(remembered(at, chatId)).toHaveLength(2);
	at.done('undo_effect', { chatId, eventId: effect('meanwhile_scene_ended') });
	expect(remembered(at, chatId)).toEqual(['She said so.']);
	expect(scenes(at, chatId)).toEqual([{ ended: null, digest: null, played: 1 }]);
});

test('deleting the turn that begins a scene takes the scene along, as its plan says, and brings it all back', async () => {
	const { at, chatId, jobId, turnId } = await elsewhere(2);
	const other = await elsewhere();
	expect(other.at.ask('plan', { chatId: other.chatId, turnId: other.turnId, what: 'delete' })?.turns).toEqual(
		[other.turnId]
	);
	const played = ['"So."', '"Indeed."'].map((text) => {
		const { turnId: one } = say(at, jobId, text);
		observe(at, jobId, text);
		transit(at, jobId);
		return one;
	});
	at.done('apply_digest', { jobId, answer: SUMMED_UP });
	expect(at.ask('plan', { chatId, turnId, what: 'delete' })?.turns).toEqual([turnId, ...played]);
	at.done('delete_turn', { chatId, turnId });
	expect([texts(at, chatId), remembered(at, chatId), scenes(at, chatId)]).toEqual([[], [], []]);
	at.done('undo_last', { tab: 'tab-1' });
	expect(texts(at, chatId)).toEqual(['At the harbour.', '"So."', '"Indeed."']);
	expect(remembered(at, chatId)).toHaveLength(3);
	expect(scenes(at, chatId)).toEqual([{ ended: 'limit', digest: 'They met.', played: 2 }]);
});

test('a guest whose coming is taken back plays no further: the narrator speaks instead', async () => {
	const { at, chatId, botId, jobId } = await elsewhere(5);
	say(at, jobId, '"So."');
	at.done('undo_last', { tab: 'tab-2' });
	const speaks = () => {
		const job = at.ask('chat', { chatId })?.reply;
		return { by: job?.speakerId, asked: at.ask('stage_request', { jobId: job?.jobId ?? '' })?.kind };
	};
	const on = at.done('play_meanwhile', { chatId, connectionId: 'demo' });
	expect(speaks()).toEqual({ by: 'narrator', asked: 'prose' });
	say(at, on.jobId, 'The wind rises.');
	observe(at, on.jobId);
	transit(at, on.jobId);
	expect(speaks()).toEqual({ by: botId, asked: 'prose' });
});

describe('what the player made of a digest', () => {
	/** A scene of the host and the narrator that is over, and what each prompt says of it. */
	const over = async () => {
		const { at, chatId, jobId, guestId } = await elsewhere(1, 'narrator');
		const { turnId } = say(at, jobId, '"So."');
		observe(at, jobId);
		transit(at, jobId);
		at.done('apply_digest', { jobId, answer: { ...SUMMED_UP, memories: [] } });
		const digestId = at.ask('meanwhiles', { chatId })[0]?.digestId ?? '';
		const prompt = (speaker?: string) => {
			const asked = at.done('take_turn', {
				chatId,
				text: 'Well?',
				connectionId: 'demo',
				...(speaker === undefined ? {} : { speaker })
			});
			const request = JSON.stringify(wordsAsked(at, { jobId: asked.jobId })?.request);
			at.done('drop_reply', { jobId: asked.jobId });
			return request;
		};
		return { at, chatId, guestId, digestId, prompt, turnId };
	};
	const settle = (at: Given, chatId: string, digestId: string, verdict: 'accepted' | 'secret') =>
		at.done('settle_digest', { chatId, digestId, verdict });
	const KNOWS = 'The player has heard what happened at The harbour meanwhile: They met.';
	const KNOWS_NOT = 'The player does not know what happened at The harbour meanwhile';

	test('is known to whoever took part, and to nobody else', async () => {
		const { at, chatId, guestId, digestId, prompt } = await over();
		expect(prompt()).not.toMatch(/harbour meanwhile/u);
		settle(at, chatId, digestId, 'accepted');
		expect(prompt()).toContain(KNOWS);
		expect(prompt(guestId)).not.toMatch(/They met|harbour meanwhile/u);
		settle(at, chatId, digestId, 'secret');
		expect(prompt()).toContain(KNOWS_NOT);
		expect(prompt()).not.toContain('They met.');
		expect(prompt(guestId)).not.toMatch(/They met|harbour meanwhile/u);
	});

	test('is what the player’s own words may rest on, and nothing that is kept from them', async () => {
		const { at, chatId, digestId, prompt } = await over();
		const { jobId } = at.done('take_turn', { chatId, text: 'Well?', connectionId: 'demo' });
		say(at, jobId, 'Yes.');
		at.done('stop_stage', { jobId });
		const draft = () => {
			const asked = at.done('impersonate', { chatId, connectionId: 'demo' });
			const request = JSON.stringify(wordsAsked(at, { jobId: asked.jobId })?.request);
			at.done('drop_reply', { jobId: asked.jobId });
			return request;
		};
		settle(at, chatId, digestId, 'secret');
		expect(draft()).not.toMatch(/harbour meanwhile|They met/u);
		settle(at, chatId, digestId, 'accepted');
		expect(draft()).toContain(KNOWS);
		expect(prompt()).toContain(KNOWS);
	});
});
