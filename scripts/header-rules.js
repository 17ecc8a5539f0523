// Reads a `_headers` file and says which headers a path gets, the way Cloudflare Pages and Netlify do.

/**
 * @typedef {{ readonly pattern: string, readonly headers: ReadonlyArray<readonly [name: string, value: string]> }} HeaderRule
 */

/**
 * Parses the text of a `_headers` file.
 * @param {string} text
 * @returns {HeaderRule[]}
 * @throws {Error} on syntax the two hosts treat differently, so that it is never used here: placeholders, whole URLs, `! Name`
 */
export const parseHeaderRules = (text) => {
	/** @type {{ pattern: string, headers: [string, string][] }[]} */
	const rules = [];
	for (const line of text.split(/\r?\n/)) {
		const content = line.trim();
		if (content === '' || content.startsWith('#')) continue;
		if (line.startsWith('/')) {
			if (/:/.test(content) || /\*./.test(content)) {
				throw new Error(`_headers: "${content}" is not a plain path with at most one * at its end`);
			}
			rules.push({ pattern: content, headers: [] });
			continue;
		}
		const header = /^([A-Za-z-]+):\s*(.+)$/.exec(content);
		const rule = rules.at(-1);
		if (!/^\s/.test(line) || header === null || rule === undefined) {
			throw new Error(`_headers: cannot read "${line}"`);
		}
		rule.headers.push([header[1] ?? '', header[2] ?? '']);
	}
	return rules;
};

/**
 * Writes rules as the text of a `_headers` file.
 * @param {readonly HeaderRule[]} rules
 * @returns {string}
 */
export const printHeaderRules = (rules) =>
	rules
		.map(
			({ pattern, headers }) =>
				`${pattern}\n${headers.map(([name, value]) => `  ${name}: ${value}\n`).join('')}`
		)
		.join('\n');

/**
 * Whether a rule's pattern covers a path: equal, or equal up to a closing `*`, which also stands for nothing.
 * @param {string} pattern
 * @param {string} path
 * @returns {boolean}
 */
export const matchesPath = (pattern, path) =>
	pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

/**
 * The headers a path is sent with. Every matching rule counts; a header named by several is joined by commas, as
 * both hosts do, which for a Content-Security-Policy means that all of them are enforced.
 * @param {readonly HeaderRule[]} rules
 * @param {string} path such as `/chats/1`, without the query
 * @returns {Map<string, string>} by lower-case name
 */
export const headersFor = (rules, path) => {
	const merged = new Map();
	for (const rule of rules) {
		if (!matchesPath(rule.pattern, path)) continue;
		for (const [name, value] of rule.headers) {
			const key = name.toLowerCase();
			merged.set(key, merged.has(key) ? `${merged.get(key)}, ${value}` : value);
		}
	}
	return merged;
};
