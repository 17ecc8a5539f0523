// Takes keys and prompt text out of whatever a provider said, before anybody else sees it.
import type { ProseRequest } from '../../domain/story/prompt.ts';

const SAID_LIMIT = 300;
/** A run of this many characters shared with the prompt is an echo of it, not a turn of phrase. */
const PROMPT_ECHO = 16;
/** A run of this many characters shared with the key gives part of it away. */
const KEY_ECHO = 6;
/** What keys look like, masked ones included: a provider may quote another key than the one we sent. */
const KEY_SHAPE =
	/\b(?:bearer\s+\S+|(?:sk|pk|rk|gsk|xai|key|api|or|hf|AIza)[-_][\w*.-]{6,}|AIza[\w-]{20,}|[\w-]{32,})/giu;
const MASK = '…';

const maskEchoes = (said: string, source: string, run: number): string => {
	if (source.length < run) return said;
	let kept = '';
	let at = 0;
	while (at < said.length) {
		if (at + run <= said.length && source.includes(said.slice(at, at + run))) {
			let length = run;
			while (at + length < said.length && source.includes(said.slice(at, at + length + 1))) length += 1;
			kept += MASK;
			at += length;
		} else {
			kept += said[at] ?? '';
			at += 1;
		}
	}
	return kept;
};

/**
 * What a provider said, fit to be shown and stored: without the key, without anything that looks like one, without
 * runs of the prompt, on one line, at most 300 characters. Undefined when nothing is left.
 */
export const scrubSaid = (
	said: string,
	secret: string | null,
	request: Pick<ProseRequest, 'instructions' | 'messages'> | null
): string | undefined => {
	let text = said.replace(/\p{Surrogate}/gu, '\uFFFD').slice(0, SAID_LIMIT * 4);
	if (secret !== null && secret !== '') {
		text = text.replaceAll(secret, MASK);
		text = maskEchoes(text, secret, KEY_ECHO);
	}
	text = text.replace(KEY_SHAPE, MASK);
	const prompt =
		request === null ? [] : [request.instructions, ...request.messages.map((message) => message.text)];
	for (const part of prompt) {
		if (part.length >= 8 && part.length < PROMPT_ECHO) text = text.replaceAll(part, MASK);
		text = maskEchoes(text, part, PROMPT_ECHO);
	}
	text = text.replace(/\s+/gu, ' ').trim();
	if (text.length > SAID_LIMIT)
		text = `${text.slice(0, SAID_LIMIT - 1).replace(/\p{Surrogate}$/u, '')}${MASK}`;
	return /[\p{L}\p{N}]/u.test(text) ? text : undefined;
};
