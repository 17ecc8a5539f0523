// About how many tokens a text is. The model layer knows by how much a model's own count differs, and says so as a ratio.
import { estimateTokenCount } from 'tokenx';

/** What a message costs besides its words. */
const MESSAGE_TOKENS = 4;

/** A prompt holds the same turns as the one before it, but for the newest: what was estimated is known. */
const known = new Map<string, number>();
const KNOWN_MAX_CHARS = 4_000_000;
let knownChars = 0;

/** Estimated tokens of a text, a whole number from 0. */
export const estimateTokens = (text: string): number => {
	const before = known.get(text);
	if (before !== undefined) return before;
	const count = estimateTokenCount(text);
	if (knownChars + text.length > KNOWN_MAX_CHARS) {
		known.clear();
		knownChars = 0;
	}
	known.set(text, count);
	knownChars += text.length;
	return count;
};

/** Estimated tokens of a prompt: its instructions and each of its messages. */
export const estimatePrompt = (prompt: {
	readonly instructions: string;
	readonly messages: readonly { readonly text: string }[];
}): number =>
	prompt.messages.reduce(
		(sum, { text }) => sum + estimateTokens(text) + MESSAGE_TOKENS,
		estimateTokens(prompt.instructions)
	);

/** Estimated tokens of one message. */
export const estimateMessage = ({ text }: { readonly text: string }): number =>
	estimateTokens(text) + MESSAGE_TOKENS;
