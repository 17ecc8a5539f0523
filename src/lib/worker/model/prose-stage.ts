// A stage of words: streams them, tells the tabs, keeps the draft, and writes their end to the log.
import { TURN_MAX_CHARS } from '../../domain/story/limits.ts';
import { isSeamOpen, seam } from '../../domain/story/seam.ts';
import type { NewsStage } from '../protocol.ts';
import { openBill } from './bill.ts';
import { untilAborted } from './clock.ts';
import { keepDraft } from './draft.ts';
import { createPromptKeeper } from './keep-prompt.ts';
import { bookLate, writeEnding, type Ending, type EndingWorld, type Spent } from './ending.ts';
import { packFirst, streamPacked, type Packed } from './packing.ts';
import type { ProseEnd } from './port.ts';
import {
	abandon,
	askLog,
	type AskedForProse,
	type OpenedModel,
	type Run,
	type RunnerWorld,
	type Tell
} from './run.ts';
import { cutText, gatherText } from './spoken-text.ts';

/** A frame: more often nothing could be shown. */
const DELTA_EVERY_MS = 16;
/** Thoughts are read by few, and often long. */
const THOUGHT_EVERY_MS = 200;
/** So much of what a model thinks is shown; the rest is not. */
const THOUGHTS_MAX_CHARS = 20_000;

const ENDED = { done: 'whole', stopped: 'stopped', length: 'limit' } as const;

const endingOf = (
	end: ProseEnd,
	stage: AskedForProse['stage'],
	model: string,
	usage: Spent | null
): Ending =>
	end.reason === 'failed'
		? { name: 'fail_reply', failure: end.failure, ...(usage === null ? {} : { model, usage }) }
		: stage === 'draft'
			? { name: 'finish_draft', ...(usage === null ? {} : { model, usage }) }
			: { name: 'finish_reply', ended: ENDED[end.reason], model, usage };

/** What becomes of a job that was given no word. `draft`: it has words of an earlier try, which must not go. */
const endingOfNothing = (end: ProseEnd, draft: boolean): Ending => {
	if (end.reason === 'stopped')
		return draft ? { name: 'fail_reply', failure: { type: 'interrupted' } } : { name: 'drop_reply' };
	if (end.reason === 'failed') return { name: 'fail_reply', failure: end.failure };
	return { name: 'fail_reply', failure: { type: end.reason === 'length' ? 'no-room' : 'empty' } };
};

const isBlank = (text: string): boolean => text.trim() === '';

const newsStage = ({ stage }: AskedForProse, wrote: boolean): NewsStage =>
	stage === 'draft' ? 'drafting' : stage === 'interject' ? 'interjecting' : wrote ? 'writing' : 'asking';

const listen = async (
	world: RunnerWorld,
	run: Run,
	{ port, meter }: OpenedModel,
	asked: AskedForProse,
	tell: Tell
): Promise<{ readonly text: string; readonly ending: Ending }> => {
	const { log, clock } = world;
	const { request } = asked;
	const before = asked.goesOn?.text ?? '';
	const about = { jobId: run.jobId, chatId: request.chatId };
	let wait: { readonly until: number; readonly reason: string } | null = null;
	const text = gatherText(
		clock,
		DELTA_EVERY_MS,
		(offset, delta) => {
			tell({ kind: 'delta', ...about, offset, delta });
			draft.touch();
		},
		before
	);
	const thoughts = gatherText(clock, THOUGHT_EVERY_MS, (offset, delta) =>
		tell({ kind: 'thinking', ...about, offset, delta })
	);
	let thoughtRoom = THOUGHTS_MAX_CHARS;
	const draft = keepDraft({
		clock,
		said: () => text.said(),
		save: (now) =>
			log.dispatch({
				id: world.newId(),
				name: 'save_draft',
				input: { jobId: run.jobId, after: request.turnId, text: now }
			}),
		kept: () => {
			run.knownAt = clock.now();
		},
		gone: () => abandon(run)
	});
	const tellWait = (): void => {
		if (wait === null) return;
		const seconds = Math.max(0, Math.ceil((wait.until - clock.now()) / 1000));
		tell({ kind: 'waiting', ...about, seconds, reason: wait.reason });
	};
	run.retell = () => {
		const said = text.said();
		tell({ kind: 'whole', ...about, text: said, stage: newsStage(asked, said !== before) });
		const thought = thoughts.said();
		if (thought !== '') tell({ kind: 'thinking', ...about, offset: 0, delta: thought });
		tellWait();
	};

	const bill = openBill(meter);
	const keeper = createPromptKeeper({
		jobId: run.jobId,
		model: port.capabilities.model,
		clock,
		dispatch: (command) => log.dispatch(command),
		newId: world.newId
	});
	let latest: Packed | null = null;
	let room = TURN_MAX_CHARS - before.length;
	let end: ProseEnd = { kind: 'end', reason: 'stopped' };
	/** The first words after those it goes on from, until there are enough to see where they belong; null: no more. */
	let joint: string | null = before === '' ? null : '';
	const add = (words: string): boolean => {
		text.add(cutText(words, room));
		const fits = words.length <= room;
		room -= Math.min(room, words.length);
		return fits;
	};
	const hear = (words: string): boolean => {
		if (joint === null) return add(words);
		joint += words;
		if (isSeamOpen(before, joint)) return true;
		const whole = seam(before, joint);
		joint = null;
		return add(whole);
	};
	const { signal } = run.stop;
	const pack = async (less: { readonly tokens: number; readonly ratio: number }): Promise<Packed | null> => {
		const shorter = await askLog(world, run.jobId, { room: less });
		return shorter?.kind === 'prose' ? shorter : null;
	};
	const first = meter === null ? asked : await packFirst(pack, meter, signal);
	if (first === null) {
		// the log does not know the job any more
		draft.close();
		run.gone = true;
		return { text: '', ending: { name: 'drop_reply' } };
	}
	for await (const part of streamPacked(port, first, meter === null ? null : { pack, meter }, signal, {
		clock,
		random: world.random,
		waiting: (ms, failure) => {
			bill.over();
			wait = { until: clock.now() + ms, reason: failure.type };
			tellWait();
		},
		again: () => {
			wait = null;
			if (latest !== null) bill.sent(latest.estimate);
			run.retell();
		},
		sent: (packed) => {
			latest = packed;
			bill.sent(packed.estimate);
			keeper.sent(packed);
		}
	})) {
		bill.heard(part);
		if (part.kind === 'reasoning' && thoughtRoom > 0) {
			thoughts.add(cutText(part.text, thoughtRoom));
			thoughtRoom -= part.text.length;
		}
		if (part.kind === 'end') end = part;
		else if (part.kind === 'text' && !hear(part.text)) {
			// leaving the loop hangs up
			end = { kind: 'end', reason: 'length' };
			break;
		}
	}
	if (joint !== null && !add(seam(before, joint))) end = { kind: 'end', reason: 'length' };
	text.finish();
	thoughts.finish();
	draft.close();
	keeper.flush();
	const said = text.said();
	const spent = bill.close(end.reason === 'stopped');
	if (isBlank(said.slice(before.length))) {
		const ending = endingOfNothing(end, asked.goesOn?.stands === false);
		const { model } = port.capabilities;
		return {
			text: asked.goesOn?.stands === false ? before : '',
			ending: ending.name === 'finish_reply' || spent === null ? ending : { ...ending, model, usage: spent }
		};
	}
	return { text: said, ending: endingOf(end, asked.stage, port.capabilities.model, spent) };
};

/** Plays a stage of words to its end. Says whether the job goes on with another one. */
export const playProse = async (world: RunnerWorld, run: Run, asked: AskedForProse): Promise<boolean> => {
	const { jobId } = run;
	const { request, connectionId, draft, goesOn } = asked;
	const tell: Tell = (news) => world.log.tell(news);
	const ends: EndingWorld = {
		clock: world.clock,
		dispatch: (command) => world.log.dispatch(command),
		newId: world.newId
	};
	const end = async (text: string, ending: Ending): Promise<boolean> => {
		const ended = run.gone
			? 'was gone'
			: await writeEnding({ jobId, after: request.turnId }, text, ending, ends);
		const { model, usage } = ending;
		if (ended === 'was gone' && model !== undefined && usage != null) {
			const turnId = asked.stage === 'draft' ? null : request.turnId;
			await bookLate({ chatId: request.chatId, turnId, task: 'prose', connectionId, model, usage }, ends);
		}
		return ended === 'goes on';
	};
	/** Ends a job that was not asked: the draft it was to go on from stays. */
	const endUnasked = (how: ProseEnd): Promise<boolean> => {
		const kept = goesOn?.stands === false;
		return end(kept ? goesOn.text : '', endingOfNothing(how, kept));
	};
	const before = goesOn?.text ?? '';
	// an earlier run was cut off after its first words: what they become is the user's to say, never asked again
	if (!isBlank(draft) && draft !== before)
		return end(draft, { name: 'fail_reply', failure: { type: 'interrupted' } });
	if (run.stop.signal.aborted) return endUnasked({ kind: 'end', reason: 'stopped' });
	run.retell = () =>
		tell({ kind: 'whole', jobId, chatId: request.chatId, text: before, stage: newsStage(asked, false) });
	run.retell();
	// the provider's code may be slow to load, and Stop does not wait for it
	const opened = await untilAborted(world.open(connectionId, asked.choice, 'prose'), run.stop.signal);
	if (opened === 'aborted') return endUnasked({ kind: 'end', reason: 'stopped' });
	if (!opened.ok) return endUnasked({ kind: 'end', reason: 'failed', failure: opened.error, again: false });
	const { text, ending } = await listen(world, run, opened.value, asked, tell);
	return end(text, ending);
};
