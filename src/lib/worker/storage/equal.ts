// Compares two answers of plain data, so that a live query tells only what is new.

/** Whether two values of plain data (objects, arrays, bytes, cells) are the same through and through. */
export const equal = (a: unknown, b: unknown): boolean => {
	if (Object.is(a, b)) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (a instanceof Uint8Array || b instanceof Uint8Array)
		return (
			a instanceof Uint8Array &&
			b instanceof Uint8Array &&
			a.byteLength === b.byteLength &&
			a.every((byte, at) => byte === b[at])
		);
	if (Array.isArray(a) || Array.isArray(b))
		return (
			Array.isArray(a) &&
			Array.isArray(b) &&
			a.length === b.length &&
			a.every((item, at) => equal(item, b[at]))
		);
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every(
			(key) => key in b && equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
		)
	);
};
