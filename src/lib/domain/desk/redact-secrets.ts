// Secrets by what stands around them: blocks of keys, words that announce a password, addresses and settings with one in them.
import type { Detector } from './redact-spans.ts';
import { token, TOKENS } from './redact-tokens.ts';

/** Keys as blocks of text, whole; one that was cut off too, as far as it goes. */
const BLOCKS: readonly Detector[] = [
	{
		...token(
			'private-key-block',
			['-----begin'],
			/-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,.()]|-(?!----)){16,20000}(?:-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?/g
		),
		// words that tell of a key, and none
		accepts: (found) => /[A-Za-z0-9+/=]{30}/.test(found.slice(27))
	},
	token(
		'putty-key',
		['putty-user-key-file'],
		/PuTTY-User-Key-File-\d: [\s\S]{40,12000}?Private-MAC: [0-9a-f]{40,64}/g
	),
	token(
		'password-hash',
		['$2', '$5$', '$6$', '$y$', '$argon2', '$1$', '$apr1$'],
		/\$(?:2[aby]\$\d{2}\$[./A-Za-z0-9]{53}|(?:1|5|6|y|apr1)\$[./A-Za-z0-9$=,]{16,140}|argon2(?:id|i|d)\$[./A-Za-z0-9$=,+]{40,200})/g,
		'usual'
	)
];

// what stands where a secret would, and is none
const NO_SECRET =
	/^(?:null|none|nil|undefined|true|false|yes|no|empty|blank|required|optional|missing|invalid|incorrect|wrong|expired|changed?|reset|unknown|hidden|redacted|removed|example|sample|secret|password|passwd|token|string|number|value|test|todo|tbd|n\/a|changeme|your.*|my.*|the|was|not|set|unset|same|valid|correct|required\w*|\[[A-Z]+_\d+\]|\*+|x{3,}|•+|\.{2,}|-+|_+)$/i;
const STANDS_FOR_ONE =
	/^(?:<[^>]*>|\$\{?[A-Za-z_(].*|\{\{.*|%[sd@A-Z].*|@[A-Z_]+@?.*|process\.env\..*|os\.(?:environ|getenv).*|env\(.*|\[[A-Za-z].*)$/;

/** Whether a word announced as a secret is one: no word of plain language, nothing that stands for one, not all the same. */
const isAnnounced = (value: string): boolean => {
	if (value.length < 6 || NO_SECRET.test(value) || STANDS_FOR_ONE.test(value)) return false;
	if (new Set(value).size < 4) return false;
	if (/^[A-Za-z]+(?:[_-][A-Za-z]+)*[.,;:!?]?$/.test(value))
		// a name, in any way of writing names; words are no secrets unless nobody could say them
		return /^[A-Za-z]{20,}$/.test(value) && /[a-z][A-Z][a-z]*[A-Z]/.test(value);
	if (/^\d{4}-\d\d-\d\d/.test(value) || /^https?:\/\//.test(value) || /^\d+(?:\.\d+)*$/.test(value))
		return /^\d{6,}$/.test(value);
	return true;
};

/** Quoted, it may be a plain word too: nobody quotes a remark. */
const isQuoted = (value: string): boolean =>
	value.length >= 6 &&
	!NO_SECRET.test(value) &&
	!STANDS_FOR_ONE.test(value) &&
	new Set(value).size >= 3 &&
	!/\s/.test(value);

const NAMES =
	'(?:pass(?:word|wd|phrase|code)?|pwd|kennwort|passwort|secret(?:[_-]?(?:access[_-]?)?key)?|(?:api|access|auth|app|account|encryption|signing|private|master|service|license|consumer|session|storage)[_-]?(?:key|token|secret)|apikey|token|client[_-]?secret|webhook[_-]?secret|credential|psk|wpa[_-]?key|pin)s?';
// what may stand before the name of a setting, as in DB_PASSWORD or "smtp.password"
const PREFIX = '(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,24}[_.-]){0,4}';
const announced = (between: string, value: string): RegExp =>
	new RegExp(`(?<=${PREFIX}${NAMES}["'\`]?${between})${value}`, 'gi');

const KEYWORDS = ['pass', 'pwd', 'kennwort', 'secret', 'key', 'token', 'credential', 'psk', 'pin'];

const ANNOUNCED: readonly Detector[] = [
	{
		name: 'quoted-pair',
		kind: 'SECRET',
		weight: 'usual',
		keywords: KEYWORDS,
		pattern: announced('\\s{0,3}(?::|=|:=|=>)\\s{0,3}["\'`]', '[^"\'`\\r\\n]{6,400}(?=["\'`])'),
		accepts: isQuoted
	},
	{
		name: 'pair',
		kind: 'SECRET',
		weight: 'usual',
		keywords: KEYWORDS,
		pattern: announced('\\s{0,3}(?::|=|:=|=>)\\s{0,3}', '[^\\s"\'`,;<>()]{6,400}'),
		accepts: isAnnounced
	},
	{
		name: 'told',
		kind: 'SECRET',
		weight: 'usual',
		keywords: ['pass', 'pwd', 'kennwort', 'secret', 'token', 'pin'],
		pattern: announced('\\s{1,3}(?:is|was|ist|lautet|to)\\s{1,3}["\'`]?', '[^\\s"\'`,;<>()]{6,200}'),
		accepts: (value) => /\d/.test(value) && /[A-Za-z]/.test(value) && isAnnounced(value)
	},
	{
		name: 'flag',
		kind: 'SECRET',
		weight: 'usual',
		keywords: ['--pass', '--token', '--secret', '--api-key', '-p'],
		pattern: /(?<=\s--(?:password|passwd|pass|token|secret|api-key)\s{1,3}["']?)[^\s"']{6,200}/gi,
		accepts: isAnnounced
	},
	{
		name: 'url-credentials',
		kind: 'SECRET',
		weight: 'high',
		keywords: ['://'],
		pattern: /(?<=[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:@/?#"'<>]{0,100}:)[^\s@/"'<>]{3,200}(?=@[A-Za-z0-9[])/gi,
		accepts: (value) => !STANDS_FOR_ONE.test(value) && !/^(?:\*+|x+|password|pass|pwd|secret)$/i.test(value)
	},
	{
		name: 'connection-string',
		kind: 'SECRET',
		weight: 'high',
		keywords: ['password=', 'pwd=', 'password ='],
		pattern: /(?<=;\s{0,3}(?:password|pwd)\s{0,2}=\s{0,2})[^;\s"']{3,200}/gi,
		accepts: (value) => !STANDS_FOR_ONE.test(value) && !/^(?:\*+|x+)$/i.test(value)
	},
	{
		name: 'authorization',
		kind: 'SECRET',
		weight: 'usual',
		keywords: ['bearer', 'basic', 'authorization'],
		pattern:
			/(?<=(?:authorization["']?\s{0,2}[:=]\s{0,2}["']?(?:token\s{1,2})?|bearer\s{1,2}|basic\s{1,2}))(?!(?:bearer|basic|token)\s)[A-Za-z0-9._~+/-]{16,2000}={0,2}/gi,
		accepts: (value) => /\d/.test(value) && /[A-Za-z]/.test(value)
	},
	{
		name: 'query-token',
		kind: 'SECRET',
		weight: 'usual',
		keywords: ['?', '&'],
		pattern:
			/(?<=[?&](?:access_token|token|api_?key|auth|apikey|key|secret|signature|x-amz-signature|x-amz-credential|code|password)=)[A-Za-z0-9._~%+/-]{10,2000}/gi,
		accepts: (value) => /\d/.test(value) && /[A-Za-z]/.test(value)
	},
	{
		name: 'aws-secret',
		kind: 'SECRET',
		weight: 'high',
		keywords: ['aws', 'secret'],
		pattern:
			/(?<=(?:aws|secret)[A-Za-z_ .-]{0,30}["']?\s{0,3}[:=]{1,2}>?\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi,
		accepts: (value) => /\d/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value)
	},
	{
		name: 'netrc',
		kind: 'SECRET',
		weight: 'high',
		keywords: ['machine'],
		pattern: /(?<=machine\s{1,3}\S{1,200}\s{1,3}login\s{1,3}\S{1,200}\s{1,3}password\s{1,3})\S{3,200}/gi
	}
];

/** Every detector of secrets. */
export const SECRETS: readonly Detector[] = [...TOKENS, ...BLOCKS, ...ANNOUNCED];
