// Where a job goes when a stage is over: the next one, or the end. In a scene elsewhere, the next turn of it.
import type { EventDraft } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import type { Statement, Table } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import { chatSettings, settingsOf } from './chat-settings.ts';
import { chats, findChat } from './chats.ts';
import { findMeanwhile, meanwhileEnded, meanwhiles, nextIn, playedIn } from './meanwhile-scenes.ts';
import { moveJob, type Onward, type ReplyJob } from './reply-jobs.ts';
import { nextStage, type Stage } from './stages.ts';
import { turns } from './turns.ts';

/** The tables {@link onward} reads. */
export const ONWARD: readonly Table[] = [chats, chatSettings, meanwhiles, turns];

/** What follows, and what is written for it. */
export interface Following {
	readonly next: Stage | null;
	readonly notes: readonly Statement[];
	readonly events: readonly EventDraft[];
}

/**
 * What follows a stage. `turnId`: the reply the job has just become, in a stage of words. `witness`: who may put in a word;
 * `speaks`: that one does.
 */
export const onward = (
	read: Read,
	job: ReplyJob,
	ended: {
		readonly stage?: Stage;
		readonly turnId?: string;
		readonly witness?: { readonly botId: string } | null;
		readonly speaks?: boolean;
	} = {}
): Following => {
	const stage = ended.stage ?? job.stage;
	const scene = job.meanwhileId === null ? null : findMeanwhile(read, job.stream, job.meanwhileId);
	const fresh = stage === 'reply' && ended.turnId !== undefined ? 1 : 0;
	const last = ended.turnId ?? job.primaryId;
	const goesOn = scene?.ended === null && playedIn(read, job.stream, scene).length + fresh < scene.limit;
	const next = nextStage(stage, {
		isCase: findChat(read, job.stream.slice(chatStream('').length))?.kind === 'case',
		classifies: settingsOf(read, job.stream).classifiers !== 'off',
		witness: ended.witness != null,
		speaks: ended.speaks === true && ended.witness != null,
		lone: job.lone,
		meanwhile: job.meanwhileId !== null,
		goesOn
	});
	const to = (onwards: Onward): Following['notes'] => [moveJob(job, next, onwards)];
	const sceneOver =
		scene?.ended === null && !goesOn && !job.lone && last !== null && (next === 'digest' || next === null);
	const events = sceneOver
		? [
				meanwhileEnded({
					stream: job.stream,
					anchor: last,
					cause: last,
					payload: { meanwhileId: scene.meanwhileId, why: 'limit' }
				})
			]
		: [];
	if (next === 'interject') return { next, events, notes: to({ speakerId: ended.witness?.botId ?? null }) };
	if (next === 'reply' && scene !== null)
		return {
			next,
			events,
			notes: to({
				turnId: last ?? job.turnId,
				primaryId: null,
				interjectionId: null,
				speakerId: nextIn(scene, job.speakerId)
			})
		};
	if (stage === 'reply') return { next, events, notes: to({ primaryId: last }) };
	if (stage === 'interject') return { next, events, notes: to({ interjectionId: ended.turnId ?? null }) };
	return { next, events, notes: to({}) };
};
