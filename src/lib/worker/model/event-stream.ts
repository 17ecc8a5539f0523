// Reads a provider's event stream as servers really send it, and gives it on as the libraries expect it.

/** One event of a stream. `type` is its `event:` line, where it has one. */
export interface WireEvent {
	readonly type: string | null;
	readonly data: string;
}

/** How one provider's protocol looks on the wire. */
export interface Wire {
	/** The events that a whole answer in one JSON body would have been; null where it is no such answer. */
	readonly fromWhole: (body: unknown) => readonly WireEvent[] | null;
	/** An error that the server wrote outside of its stream, as an event of it. */
	readonly fromError: (error: Readonly<Record<string, unknown>>) => WireEvent;
	/** `last`: nothing comes after it. `finish`: the model ended, and only an account follows. */
	readonly standing: (event: WireEvent, data: unknown) => 'last' | 'finish' | 'more';
}

/** What was seen on the wire, for telling failures apart. Written while reading, read after it failed. */
export interface WireNotes {
	/** The headers of an answer arrived. */
	answered: boolean;
	/** A 2xx answer that is none of this protocol, such as a web page. */
	notAnApi: boolean;
	/** The stream said that the model came to an end. */
	ended: boolean;
}

/** Notes for one request. */
export const newNotes = (): WireNotes => ({ answered: false, notAnApi: false, ended: false });

/** A whole answer longer than this is no reply of a model. */
const WHOLE_LIMIT = 16 * 1024 * 1024;
/** How long a server that keeps the connection open after the end is waited for. */
const GRACE_MS = { last: 500, finish: 5000 } as const;
const FIELDS = ['data: ', 'event: ', 'id: ', 'retry: '];

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): { readonly value: unknown } | null => {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return null;
	}
};

/** The error inside a body: Gemini wraps it in a list, some servers write a bare sentence. */
const errorIn = (body: unknown): Readonly<Record<string, unknown>> | null => {
	const outer: unknown = Array.isArray(body) ? body[0] : body;
	if (!isRecord(outer)) return null;
	if (isRecord(outer['error'])) return outer['error'];
	return typeof outer['error'] === 'string' ? { message: outer['error'] } : null;
};

const written = ({ type, data }: WireEvent): string =>
	`${type === null ? '' : `event: ${type}\n`}${data
		.split('\n')
		.map((line) => `data: ${line}\n`)
		.join('')}\n`;

interface LineReader {
	/** One line without its end. */
	readonly add: (line: string) => readonly WireEvent[];
	/** The rest of a line that lacks its end. `cut`: the connection broke. An event without its blank line counts if whole. */
	readonly end: (rest: string, cut: boolean) => readonly WireEvent[];
	/** Whether the end was seen. */
	readonly standing: () => ReturnType<Wire['standing']>;
}

const readLines = (wire: Wire, notes: WireNotes): LineReader => {
	let type: string | null = null;
	let data: string[] = [];
	/** Lines that belong to no event: a whole answer, or an error written after the stream. */
	let loose = '';
	let strange = false;
	let seen = false;
	let reached: ReturnType<Wire['standing']> = 'more';

	const dispatch = (): readonly WireEvent[] => {
		const event = { type, data: data.join('\n') };
		const empty = data.length === 0;
		type = null;
		data = [];
		if (empty) return [];
		const parsed = parse(event.data);
		if (!seen && parsed === null && event.data !== '[DONE]') notes.notAnApi = true;
		seen = true;
		const standing = wire.standing(event, parsed?.value);
		if (standing !== 'more') notes.ended = true;
		if (standing !== 'more' && reached !== 'last') reached = standing;
		return [event];
	};

	const settleLoose = (): readonly WireEvent[] => {
		if (loose === '') return [];
		const parsed = loose.length > WHOLE_LIMIT ? null : parse(loose);
		loose = '';
		const error = errorIn(parsed?.value);
		const whole = seen || parsed === null ? null : wire.fromWhole(parsed.value);
		if (error === null && whole === null) {
			strange = true;
			return [];
		}
		seen = true;
		// what goes wrong after the end is no trouble of the reply
		if (error !== null) return notes.ended ? [] : [wire.fromError(error)];
		notes.ended = true;
		return whole ?? [];
	};

	const add = (line: string): readonly WireEvent[] => {
		if (line === '') return dispatch();
		const field = /^(data|event|id|retry)?:( ?)/u.exec(line);
		if (field === null) {
			// no line of a JSON body begins like a field: its names stand in quotes
			if (loose === '' && !/^\s*[[{]/u.test(line)) strange = true;
			else if (loose.length <= WHOLE_LIMIT) loose += `${line}\n`;
			return [];
		}
		const settled = settleLoose();
		const value = line.slice(field[0].length);
		if (field[1] === 'data') data.push(value);
		else if (field[1] === 'event') type = value;
		return settled;
	};

	return {
		add,
		end: (rest, cut) => {
			const begun = rest === '' || FIELDS.some((field) => field.startsWith(rest));
			const events = [...(begun ? [] : add(rest))];
			const whole = data.join('\n');
			if (whole === '[DONE]' || parse(whole) !== null) events.push(...dispatch());
			const before = strange;
			events.push(...settleLoose());
			// half of a JSON body is no sign of another protocol when the line broke
			if (cut) strange = before;
			if (!seen && strange) notes.notAnApi = true;
			return events;
		},
		standing: () => reached
	};
};

/**
 * The same stream, made whole: a byte order mark, any line ends, a missing last blank line and a missing end of the
 * connection are borne; one JSON body becomes a stream, and an error written after the stream an event of it. Ends at
 * the last event even when the server keeps the connection open. When the connection breaks, it ends there, so that
 * what came before is not thrown away with it; `notes.ended` then stays false.
 */
export const readEventStream = (
	body: ReadableStream<Uint8Array>,
	wire: Wire,
	notes: WireNotes,
	signal: AbortSignal | null
): ReadableStream<Uint8Array> => {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	const lines = readLines(wire, notes);
	/** The line that has not ended yet, in the pieces it came in: joining them each time would cost their square. */
	let held: string[] = [];
	/** A carriage return may be the first half of a line's end. */
	let carriage = '';

	const takeLines = (arrived: string): readonly WireEvent[] => {
		const text = carriage + arrived;
		carriage = text.endsWith('\r') ? '\r' : '';
		const whole = text.slice(0, text.length - carriage.length);
		const events: WireEvent[] = [];
		let from = 0;
		for (const end of whole.matchAll(/\r\n|\n|\r/gu)) {
			events.push(...lines.add(held.join('') + whole.slice(from, end.index)));
			held = [];
			from = end.index + end[0].length;
		}
		if (from < whole.length) held.push(whole.slice(from));
		return events;
	};

	type Read = { readonly events: readonly WireEvent[]; readonly done: boolean };
	const HUNG_UP: Read = { events: [], done: true };

	const read = async (): Promise<Read> => {
		try {
			const { done, value } = await reader.read();
			if (!done) return { events: takeLines(decoder.decode(value, { stream: true })), done: false };
		} catch (error) {
			if (signal?.aborted === true) throw error;
			return { events: lines.end(held.join(''), true), done: true };
		}
		const events = takeLines(decoder.decode());
		return { events: [...events, ...lines.end(held.join(''), false)], done: true };
	};

	const hangUp = async (): Promise<Read> => {
		await reader.cancel().catch(() => undefined);
		return HUNG_UP;
	};

	const readWithin = async (ms: number): Promise<Read> => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const patience = new Promise<Read>((resolve) => {
			timer = setTimeout(() => resolve(HUNG_UP), ms);
		});
		try {
			const next = await Promise.race([read(), patience]);
			return next === HUNG_UP ? await hangUp() : next;
		} finally {
			clearTimeout(timer);
		}
	};

	/** Until when more is waited for, once nothing more has to come. Events put it off, comments do not. */
	let until = Infinity;
	let quiet = false;

	const patienceFor = (standing: ReturnType<typeof lines.standing>): number => {
		if (standing === 'more') until = Infinity;
		else if (until === Infinity || !quiet) until = performance.now() + GRACE_MS[standing];
		return until - performance.now();
	};

	return new ReadableStream({
		pull: async (controller) => {
			for (;;) {
				const left = patienceFor(lines.standing());
				// a timer never comes to its turn beside a server that always has something ready
				const { events, done } = await (left === Infinity ? read() : left > 0 ? readWithin(left) : hangUp());
				quiet = events.length === 0 && (held[0] ?? ':').startsWith(':');
				for (const event of events) controller.enqueue(encoder.encode(written(event)));
				if (done) controller.close();
				if (done || events.length > 0) return;
			}
		},
		cancel: (reason) => reader.cancel(reason)
	});
};
