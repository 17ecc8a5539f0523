// Markdown as a tree of plain values: no HTML is ever built, so none can be smuggled in. Unknown things show as their text.
import { Lexer, type Token, type Tokens } from 'marked';
import { piecesOf, readFence, type Section } from './markdown-sections.ts';

export type Inline =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'code'; readonly text: string }
	| { readonly kind: 'em'; readonly children: readonly Inline[] }
	| { readonly kind: 'strong'; readonly children: readonly Inline[] }
	| { readonly kind: 'del'; readonly children: readonly Inline[] }
	| { readonly kind: 'break' }
	/** `host` is what a reader must see before it opens, in plain letters (punycode); `href` is http or https, nobody's name in it. */
	| {
			readonly kind: 'link';
			readonly href: string;
			readonly host: string;
			readonly children: readonly Inline[];
	  }
	| { readonly kind: 'image'; readonly alt: string };

export type Block =
	| { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
	| { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
	| { readonly kind: 'quote'; readonly children: readonly Block[] }
	| {
			readonly kind: 'list';
			readonly start: number | null;
			readonly items: readonly { readonly task: boolean | null; readonly children: readonly Block[] }[];
	  }
	| {
			readonly kind: 'table';
			readonly head: readonly (readonly Inline[])[];
			readonly rows: readonly (readonly (readonly Inline[])[])[];
	  }
	/** `label`: what was written beside its fence; may be empty. */
	| { readonly kind: 'code'; readonly label: string; readonly text: string }
	/** Shown as it was written, line by line: HTML, link definitions, whatever is not read as Markdown here. */
	| { readonly kind: 'plain'; readonly text: string }
	| { readonly kind: 'rule' };

/** How deep blocks and marks of one text may stand in each other; what is deeper shows as it was written. */
const DEPTH_MAX = 12;
/** Text inside a block is read in pieces of this length, each alone. Marks in so long a paragraph rarely reach over. */
const PIECE_MAX_CHARS = 2_000;
/** Marks in a piece. Nobody writes more; reading them costs their square. */
const PIECE_MAX_MARKS = 200;

/** What a section of a text says. */
export const readSection = ({ kind, text }: Section): readonly Block[] => {
	if (kind === 'plain') return plain(text);
	if (kind === 'flow') return lex(text).flatMap((token) => block(token, 0));
	const { label, code } = readFence(text);
	return [{ kind: 'code', label, text: code }];
};

const plain = (text: string): readonly Block[] => {
	const shown = text.replace(/^\n+/, '').trimEnd();
	return shown.trim() === '' ? [] : [{ kind: 'plain', text: shown }];
};

/** As marked's own `lex`, but text inside a block is given to it in pieces that cannot take long. */
const lex = (text: string): readonly Token[] => {
	const lexer = new Lexer({ gfm: true, breaks: true });
	const blocks = lexer.blockTokens(text, lexer.tokens);
	for (const { src, tokens } of lexer.inlineQueue) {
		for (const piece of piecesOf(src, PIECE_MAX_CHARS)) {
			// what one piece leaves open ends with it
			Object.assign(lexer.state, { inLink: false, inRawBlock: false });
			if ((piece.match(/[*_~[\]`<]/g)?.length ?? 0) > PIECE_MAX_MARKS)
				tokens.push({ type: 'text', raw: piece, text: piece });
			else lexer.inlineTokens(piece, tokens);
		}
	}
	return blocks;
};

const block = (token: Token, depth: number): readonly Block[] => {
	if (depth >= DEPTH_MAX && token.type !== 'space') return plain(token.raw);
	const inside = (tokens: readonly Token[]): Block[] => tokens.flatMap((one) => block(one, depth + 1));
	switch (token.type) {
		case 'space':
		case 'checkbox':
			return [];
		case 'paragraph':
			return [{ kind: 'paragraph', children: inlines((token as Tokens.Paragraph).tokens) }];
		case 'text': {
			const { tokens, text } = token as Tokens.Text;
			return [
				{ kind: 'paragraph', children: tokens === undefined ? [{ kind: 'text', text }] : inlines(tokens) }
			];
		}
		case 'heading': {
			const { depth: level, tokens } = token as Tokens.Heading;
			return [{ kind: 'heading', level, children: inlines(tokens) }];
		}
		case 'blockquote':
			return [{ kind: 'quote', children: inside((token as Tokens.Blockquote).tokens) }];
		case 'list': {
			const list = token as Tokens.List;
			return [
				{
					kind: 'list',
					start: list.ordered ? (list.start === '' ? 1 : list.start) : null,
					items: list.items.map((item) => ({
						task: item.task ? item.checked === true : null,
						children: inside(item.tokens)
					}))
				}
			];
		}
		case 'table': {
			const { header, rows, raw } = token as Tokens.Table;
			// marked drops the cells a row has too many
			if (raw.split('\n').some((line) => cellsIn(line) > header.length)) return plain(raw);
			return [
				{
					kind: 'table',
					head: header.map((cell) => inlines(cell.tokens)),
					rows: rows.map((row) => row.map((cell) => inlines(cell.tokens)))
				}
			];
		}
		case 'code': {
			const { lang, text } = token as Tokens.Code;
			return [{ kind: 'code', label: lang ?? '', text }];
		}
		case 'hr':
			return [{ kind: 'rule' }];
		default:
			// HTML, link definitions, and whatever a later version may lex
			return plain(token.raw);
	}
};

/** How many cells a row of a table has, by its bars. */
const cellsIn = (row: string): number =>
	row
		.trim()
		.replace(/^\||(?<!\\)\|$/g, '')
		.split(/(?<!\\)\|/).length;

const inlines = (tokens: readonly Token[], depth = 0, inLink = false): readonly Inline[] =>
	joined(tokens.flatMap((token) => inline(token, depth, inLink)));

/** Text beside text is one: each escaped character comes alone. */
const joined = (parts: readonly Inline[]): readonly Inline[] => {
	const whole: Inline[] = [];
	let text = '';
	const close = (): void => {
		if (text !== '') whole.push({ kind: 'text', text });
		text = '';
	};
	for (const part of parts) {
		if (part.kind === 'text') text += part.text;
		else {
			close();
			whole.push(part);
		}
	}
	close();
	return whole;
};

const inline = (token: Token, depth: number, inLink: boolean): readonly Inline[] => {
	if (depth >= DEPTH_MAX) return [{ kind: 'text', text: token.raw }];
	switch (token.type) {
		case 'text':
		case 'escape':
			return [{ kind: 'text', text: (token as Tokens.Text).text }];
		case 'em':
		case 'strong':
		case 'del':
			return [{ kind: token.type, children: inlines((token as Tokens.Em).tokens, depth + 1, inLink) }];
		case 'codespan':
			return [{ kind: 'code', text: (token as Tokens.Codespan).text }];
		case 'br':
			return [{ kind: 'break' }];
		case 'image': {
			const { text, title } = token as Tokens.Image;
			return [{ kind: 'image', alt: text }, ...titled(title)];
		}
		case 'link': {
			const { href, title, tokens } = token as Tokens.Link;
			const url = outside(href);
			// a link in a link would open one place under the name of another
			return url === null || inLink
				? [{ kind: 'text', text: token.raw }]
				: [
						{ kind: 'link', href: url.href, host: url.host, children: inlines(tokens, depth + 1, true) },
						...titled(title)
					];
		}
		default:
			return [{ kind: 'text', text: token.raw }];
	}
};

/** The words a link or picture has for a pointer that rests on it: here they stand after it, for everybody. */
const titled = (title: string | null | undefined): readonly Inline[] =>
	title === null || title === undefined || title === '' ? [] : [{ kind: 'text', text: ` (${title})` }];

/** A host in letters that look like nothing else: others may stand in an address too, such as a `*` or a `(`. */
const PLAIN_HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/;

/** An address of the web, or null. A name or password in it is left out: it serves only to look like a host. */
const outside = (href: string): URL | null => {
	const url = URL.canParse(href) ? new URL(href) : null;
	if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
	if (!PLAIN_HOST.test(url.host)) return null;
	url.username = '';
	url.password = '';
	return url;
};
