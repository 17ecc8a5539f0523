// What a form says a case is about, before it is sent.

export interface CaseDraft {
	requester: string;
	asset: string;
	/** As typed: separated by commas. */
	tags: string;
	impact: number;
	urgency: number;
}

/** The tags of a line, each once and none empty. */
export const tagsOf = (line: string): string[] => [
	...new Set(
		line
			.split(',')
			.map((tag) => tag.trim())
			.filter((tag) => tag !== '')
	)
];
