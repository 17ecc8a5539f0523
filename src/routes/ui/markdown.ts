// Markdown as a tree of plain values: no HTML is ever built, so none can be smuggled in. Unknown things show as their text.
import { Lexer, type Token, type Tokens } from 'marked';

export type Inline =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'code'; readonly text: string }
	| { readonly kind: 'em'; readonly children: readonly Inline[] }
	| { readonly kind: 'strong'; readonly children: readonly Inline[] }
	| { readonly kind: 'del'; readonly children: readonly Inline[] }
	| { readonly kind: 'break' }
	/** `host` is what a reader must see before it opens; `href` is http or https. */
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
	| { readonly kind: 'code'; readonly text: string }
	| { readonly kind: 'rule' };

/**
 * A reader for one growing text (a reply while it streams). Blocks that cannot change any more are kept as they are, the
 * same objects, so that a long reply costs only its last blocks. Any text may follow any other. An *action* that has
 * begun and not ended yet is shown as one already, so that its star does not flicker.
 */
export const createMarkdownReader = (): ((text: string) => readonly Block[]) => {
	let settledText = '';
	let settled: readonly Block[] = [];
	return (text) => {
		if (!text.startsWith(settledText)) {
			settledText = '';
			settled = [];
		}
		const rest = text.slice(settledText.length);
		const tokens = lex(rest);
		// The last two blocks may still grow or merge: a list goes on after a blank line, a rule underlines a heading.
		const firm = tokens.slice(0, Math.max(0, tokens.length - 2));
		settled = [...settled, ...firm.flatMap(block)];
		settledText += firm.map((token) => token.raw).join('');
		const growing = tokens
			.slice(firm.length)
			.map((token) => token.raw)
			.join('');
		return [...settled, ...lex(growing + closingStar(growing)).flatMap(block)];
	};
};

/** A star when the last paragraph opens an action it has not closed; else nothing. Stars in code or in pairs do not count. */
const closingStar = (text: string): string => {
	const paragraph = text.slice(text.lastIndexOf('\n\n') + 1);
	if (/`|\*\*/.test(paragraph) || /\s$/.test(paragraph)) return '';
	const stars = paragraph.match(/\*/g)?.length ?? 0;
	return stars % 2 === 1 && /\*\S[^*]*$/.test(paragraph) ? '*' : '';
};

/** The whole text at once. */
export const readMarkdown = (text: string): readonly Block[] => lex(text).flatMap(block);

const lex = (text: string): Token[] => new Lexer({ gfm: true, breaks: true }).lex(text);

const block = (token: Token): Block[] => {
	switch (token.type) {
		case 'space':
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
			const { depth, tokens } = token as Tokens.Heading;
			return [{ kind: 'heading', level: depth, children: inlines(tokens) }];
		}
		case 'blockquote':
			return [{ kind: 'quote', children: (token as Tokens.Blockquote).tokens.flatMap(block) }];
		case 'list': {
			const list = token as Tokens.List;
			return [
				{
					kind: 'list',
					start: list.ordered ? (list.start === '' ? 1 : list.start) : null,
					items: list.items.map((item) => ({
						task: item.task ? item.checked === true : null,
						children: item.tokens.flatMap(block)
					}))
				}
			];
		}
		case 'table': {
			const table = token as Tokens.Table;
			return [
				{
					kind: 'table',
					head: table.header.map((cell) => inlines(cell.tokens)),
					rows: table.rows.map((row) => row.map((cell) => inlines(cell.tokens)))
				}
			];
		}
		case 'code':
			return [{ kind: 'code', text: (token as Tokens.Code).text }];
		case 'hr':
			return [{ kind: 'rule' }];
		case 'checkbox':
			return [];
		default:
			// HTML, link definitions, and whatever a later version may lex: shown as it was written.
			return token.raw.trim() === ''
				? []
				: [{ kind: 'paragraph', children: [{ kind: 'text', text: token.raw.trimEnd() }] }];
	}
};

const inlines = (tokens: readonly Token[]): Inline[] => tokens.map(inline);

const inline = (token: Token): Inline => {
	switch (token.type) {
		case 'text':
		case 'escape':
			return { kind: 'text', text: (token as Tokens.Text).text };
		case 'em':
		case 'strong':
		case 'del':
			return { kind: token.type, children: inlines((token as Tokens.Em).tokens) };
		case 'codespan':
			return { kind: 'code', text: (token as Tokens.Codespan).text };
		case 'br':
			return { kind: 'break' };
		case 'image':
			return { kind: 'image', alt: (token as Tokens.Image).text };
		case 'link': {
			const { href, tokens } = token as Tokens.Link;
			const url = URL.canParse(href) ? new URL(href) : null;
			const outside = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
			return outside
				? { kind: 'link', href: url.href, host: url.host, children: inlines(tokens) }
				: { kind: 'text', text: token.raw };
		}
		default:
			return { kind: 'text', text: token.raw };
	}
};
