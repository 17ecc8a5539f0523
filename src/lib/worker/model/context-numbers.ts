// Reads how long a prompt was, and how long it may be, out of a provider's words about it.

interface ContextNumbers {
	/** The model's window, in tokens. */
	readonly limitTokens?: number;
	/** The prompt as the provider counted it, without the room asked for the reply where that is told apart. */
	readonly sentTokens?: number;
}

const N = String.raw`[\d][\d,_]*`;
const pattern = (source: string): RegExp => new RegExp(source.replaceAll('#', N), 'iu');

/** What stands in the sentences of providers; `#` is a number. */
const LIMITS: readonly RegExp[] = [
	pattern(
		'(?:maximum|max) (?:context|prompt|model|input)[ _]?(?:length|size|window)?(?: of| is|:|=)* (?<n>#)'
	),
	pattern('(?<n>#) (?:tokens? )?(?:maximum context length|maximum\\b)'),
	pattern('context limit: # \\+ # > (?<n>#)'),
	pattern('maximum number of tokens allowed \\(?(?<n>#)'),
	pattern('(?:available )?context (?:size|length|window)(?: of| is| only|:|=)* ?\\(?(?<n>#)'),
	pattern('must be <= (?<n>#)'),
	pattern('\\blimit:? (?<n>#)')
];
const SENT: readonly RegExp[] = [
	pattern('\\((?<n>#) (?:in the messages|in the prompt|of text input|in your prompt)'),
	pattern('(?:has|resulted in|contains?) (?<n>#) (?:input )?tokens'),
	pattern('prompt is too long:? (?<n>#) tokens'),
	pattern('context limit: (?<n>#) \\+'),
	pattern('input token count \\(?(?<n>#)'),
	pattern('request \\((?<n>#) tokens\\)'),
	pattern('given: (?<n>#) `?inputs'),
	pattern('prompt \\(length (?<n>#)\\)'),
	pattern('keep the first (?<n>#) tokens'),
	pattern('requested:? (?:about )?(?<n>#)')
];
const LIMIT_FIELD = /"n_ctx"\s*:\s*(\d+)/u;
const SENT_FIELD = /"n_prompt_tokens"\s*:\s*(\d+)/u;

const tokens = (found: string | undefined): number | undefined => {
	const count = found === undefined ? NaN : Number(found.replaceAll(/[,_]/gu, ''));
	return Number.isSafeInteger(count) && count > 0 ? count : undefined;
};

const first = (patterns: readonly RegExp[], said: string): number | undefined => {
	for (const one of patterns) {
		const count = tokens(one.exec(said)?.groups?.['n']);
		if (count !== undefined) return count;
	}
	return undefined;
};

/** `said`: the provider's sentence; `body`: the whole of its answer, where fields may say it better. */
export const readContextNumbers = (said: string, body: string): ContextNumbers => {
	const limitTokens = tokens(LIMIT_FIELD.exec(body)?.[1]) ?? first(LIMITS, said);
	const sentTokens = tokens(SENT_FIELD.exec(body)?.[1]) ?? first(SENT, said);
	return {
		...(limitTokens === undefined ? {} : { limitTokens }),
		...(sentTokens === undefined ? {} : { sentTokens })
	};
};
