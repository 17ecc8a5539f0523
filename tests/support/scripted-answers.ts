// What a scripted model answers: the lines of a turn, each kept for the question it is meant for, behind a real HTTP server.
import { NO_ANSWER, type ClassifierName } from '../../src/lib/domain/story/classifiers.ts';
import { startReplayServer } from './replay-server.ts';
import { askedOf, streamed, type ScriptedWire, type WireAsked } from './scripted-model.ts';
import type { ScriptedReply } from './sixty-turns.ts';

const GARBAGE = 'Roses are red, and nobody asked.';

/** What was asked, at which turn of the script, and who was to speak where words were. */
interface ScriptAsked extends WireAsked {
	readonly turn: number;
	readonly by: ScriptedReply['by'] | null;
}

/** An answer that waits for its question. */
interface Line {
	readonly text: string;
	readonly by: ScriptedReply['by'] | null;
	/** The server falls silent after it, and the player presses Stop. */
	readonly stops: boolean;
	/** Given again and again. */
	readonly stays: boolean;
	/** The script is not played as written when it is never asked for. */
	readonly must: boolean;
}

/** What is said to each question, one after another. */
export type Lines = Record<WireAsked['name'], Line[]>;

export const line = (text: string, more: Partial<Line> = {}): Line => ({
	text,
	by: null,
	stops: false,
	stays: false,
	must: false,
	...more
});

/** What the model says when it is asked for this reply and for all that follows it. */
export const linesFor = (replies: readonly ScriptedReply[], digest: object | null): Lines => {
	const lines: Lines = {
		words: [],
		observer: [],
		transitions: [],
		interjection: [],
		digest: [],
		steps: [],
		merged: []
	};
	const classify = (reply: ScriptedReply): void => {
		const said = (name: 'observer' | 'transitions', part: object | undefined): Line =>
			line(JSON.stringify({ ...NO_ANSWER[name], ...part }), {
				must: part !== undefined && reply.stop === undefined
			});
		const garbage = line(GARBAGE, { stays: true, must: true });
		lines.observer.push(
			reply.garbles === 'observer'
				? garbage
				: reply.stop === 'observer'
					? line('', { stops: true, must: true })
					: said('observer', reply.saw)
		);
		lines.transitions.push(reply.garbles === 'transitions' ? garbage : said('transitions', reply.moves));
	};
	for (const reply of replies) {
		const { by, says, stop, word } = reply;
		lines.words.push(line(says, { by, stops: stop === 'words', must: true }));
		classify(reply);
		lines.interjection.push(line(JSON.stringify({ speaks: word !== undefined, why: 'It is about them.' })));
		if (word === undefined) continue;
		lines.words.push(line(word.says, { by: word.by, stops: word.stop === 'words', must: true }));
		classify(word);
	}
	if (digest !== null) lines.digest.push(line(JSON.stringify(digest), { must: true }));
	return lines;
};

/** The handle under which the model was told of something, as a model that reads its prompt finds it. */
const handleIn = (told: string, words: string): string => {
	const found = told.split('\n').find((each) => /^[met]\d+[ :]/u.test(each) && each.endsWith(`: ${words}`));
	if (found === undefined) throw new Error(`the model was not told of: ${words}`);
	return /^\w+/u.exec(found)?.[0] ?? '';
};

/** The answer of the script, with names in it turned into handles. */
const withHandles = (name: ClassifierName, text: string, { messages }: WireAsked): string => {
	const told = messages.map((message) => message.text).join('\n');
	const handles = (list: readonly string[]): readonly string[] => list.map((words) => handleIn(told, words));
	if (name === 'observer') {
		const answer = JSON.parse(text) as (typeof NO_ANSWER)['observer'];
		return JSON.stringify({
			...answer,
			revise: answer.revise.map((one) => ({ ...one, memory: handleIn(told, one.memory) })),
			forget: handles(answer.forget),
			threads_closed: handles(answer.threads_closed)
		});
	}
	if (name !== 'transitions') return text;
	const answer = JSON.parse(text) as (typeof NO_ANSWER)['transitions'];
	return JSON.stringify({
		...answer,
		started: handles(answer.started),
		completed: handles(answer.completed),
		cancelled: handles(answer.cancelled)
	});
};

/** A model behind a server that says the lines it is given; what it is asked beyond them is an error. */
export const startModel = async (wire: ScriptedWire, stop: () => void) => {
	const asked: ScriptAsked[] = [];
	const errors: string[] = [];
	let lines: Lines = linesFor([], null);
	let turn = 0;
	let hearing: string | null = null;
	const server = await startReplayServer({
		raw: {
			model: (request) => {
				const question = askedOf(wire, request);
				const next = lines[question.name][0];
				asked.push({ ...question, turn, by: next?.by ?? null });
				if (next === undefined) {
					errors.push(`turn ${String(turn)}: nobody expected to be asked for ${question.name}`);
					return { status: 400, contentType: 'application/json', body: '{}' };
				}
				if (!next.stays) lines[question.name].shift();
				try {
					const { name } = question;
					const text =
						name === 'words' || next.stays || next.stops ? next.text : withHandles(name, next.text, question);
					if (next.stops && name === 'words') hearing = text;
					// it never says a word: Stop is pressed while it is waited for
					if (next.stops && name !== 'words') setImmediate(stop);
					return streamed(wire, text, request, !next.stops);
				} catch (error) {
					errors.push(`turn ${String(turn)}: ${String(error)}`);
					return { status: 400, contentType: 'application/json', body: '{}' };
				}
			}
		}
	});
	return {
		server,
		asked,
		/** The words of a reply that breaks off: when they are all heard, Stop is pressed. */
		hearing: () => hearing,
		/** Plays a job while the model has so much to say. */
		during: async (number: number, says: Lines, job: () => Promise<void>) => {
			turn = number;
			lines = says;
			hearing = null;
			await job();
			const left = Object.entries(lines).flatMap(([name, some]) =>
				some.filter(({ must, stays }) => must && !stays).map(({ text }) => `${name}: ${text}`)
			);
			const wrong = [
				...errors.splice(0),
				...left.map((each) => `turn ${String(number)}: never asked for ${each}`)
			];
			if (wrong.length > 0) throw new Error(wrong.join('\n'));
		}
	};
};
