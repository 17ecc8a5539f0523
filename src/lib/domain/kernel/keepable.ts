// Text as it can be kept: what SQLite or Markdown could not give back unchanged is replaced before anybody decides on it.

// Half of a surrogate pair has no UTF-8 form; NUL ends a text for SQLite's own functions, and CommonMark replaces it too.
const UNKEEPABLE = /[\p{Surrogate}\0]/gu;

/**
 * The same value with U+FFFD for every lone surrogate and NUL in its strings, however deep. Lengths stay as they are.
 * Replaced, not refused: a reply stopped in the middle of an emoji must not be lost.
 */
export const keepable = <T>(value: T): T => replaced(value) as T;

const replaced = (value: unknown): unknown => {
	if (typeof value === 'string') return value.replace(UNKEEPABLE, '\uFFFD');
	if (Array.isArray(value)) return value.map(replaced);
	if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
		return Object.fromEntries(
			Object.entries(value).map(([key, inner]) => [key.replace(UNKEEPABLE, '\uFFFD'), replaced(inner)])
		);
	return value;
};
