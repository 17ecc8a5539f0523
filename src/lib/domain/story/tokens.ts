// About how many tokens a text is. The model layer knows by how much a model's own count differs, and says so as a ratio.
import { estimateTokenCount } from 'tokenx';

/** What a message costs besides its words. */
const MESSAGE_TOKENS = 4;

/** Estimated tokens of a text, a whole number from 0. */
export const estimateTokens = (text: string): number => estimateTokenCount(text);

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
