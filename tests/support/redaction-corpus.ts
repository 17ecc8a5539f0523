// What redaction is measured with: secrets and personal data in sentences people write, and what only looks like them. All of
// it is made up, most of it from a seed, so that no token of anybody stands in this repository.
import type { HiddenKind } from '#lib/domain/desk/placeholders.ts';

/** Numbers from 0 to 1, the same ones each time (a linear congruence with the numbers of Numerical Recipes). */
let state = 20_260_811;
const next = (): number => {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	return state / 2 ** 32;
};
const below = (most: number): number => Math.floor(next() * most);
const pick = <T>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0];

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const ALNUM = LOWER + UPPER + DIGITS;
const BASE64 = `${ALNUM}+/`;
const URL64 = `${ALNUM}_-`;

const some = (alphabet: string, length: number): string =>
	Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
/** Ends and begins with letters or digits, as tokens seldom do otherwise. */
const url64 = (length: number): string => some(ALNUM, 1) + some(URL64, length - 2) + some(ALNUM, 1);
const uuid = (): string => [8, 4, 4, 4, 12].map((length) => some(HEX, length)).join('-');
const number = (digits: number): string => some('123456789', 1) + some(DIGITS, digits - 1);
/** Nobody chooses one without a digit that has to have one. */
const password = (): string =>
	some(UPPER, 1) + some(LOWER, 4 + below(4)) + some(DIGITS, 2 + below(3)) + some('!#%*?', 1);

const jwt = (): string => `eyJ${url64(33)}.eyJ${url64(90)}.${url64(43)}`;
const pem = (label: string): string =>
	`-----BEGIN ${label}PRIVATE KEY-----\n${Array.from({ length: 4 }, () => some(BASE64, 64)).join('\n')}\n-----END ${label}PRIVATE KEY-----`;

/** Makers of a secret: what has to be gone afterwards. */
const SECRET_MAKERS: readonly (() => string)[] = [
	() => `AKIA${some(`${UPPER}234567`, 16)}`,
	() => `ASIA${some(`${UPPER}234567`, 16)}`,
	() => `amzn.mws.${uuid()}`,
	() => `LTAI${some(ALNUM, 16)}`,
	() => `AKID${some(ALNUM, 32)}`,
	() => `AIza${url64(35)}`,
	() => `GOCSPX-${url64(28)}`,
	() => `ya29.${url64(120)}`,
	() => `${some(ALNUM, 3)}8Q~${some(ALNUM, 34)}`,
	() => `dop_v1_${some(HEX, 64)}`,
	() => `HRKU-${uuid()}`,
	() => `nfp_${some(ALNUM, 36)}`,
	() => `sbp_${some(HEX, 40)}`,
	() => `pscale_tkn_${some(ALNUM, 43)}`,
	() => `dapi${some(HEX, 32)}`,
	() => `ghp_${some(ALNUM, 36)}`,
	() => `gho_${some(ALNUM, 36)}`,
	() => `ghs_${some(ALNUM, 36)}`,
	() => `github_pat_${some(ALNUM, 22)}_${some(ALNUM, 59)}`,
	() => `glpat-${url64(20)}`,
	() => `glrt-${url64(20)}`,
	() => `GR1348941${url64(20)}`,
	() => `ATBB${some(ALNUM, 32)}`,
	() => `ATATT3${url64(186)}`,
	() => `npm_${some(ALNUM, 36)}`,
	() => `pypi-AgEIcHlwaS5vcmc${url64(120)}`,
	() => `rubygems_${some(HEX, 48)}`,
	() => `oy2${some(LOWER + DIGITS, 43)}`,
	() => `dckr_pat_${url64(27)}`,
	() => `AKCp${some(ALNUM, 69)}`,
	() => `sqp_${some(HEX, 40)}`,
	() => `bkua_${some(HEX, 40)}`,
	() => `CCIPAT_${some(ALNUM, 22)}_${some(HEX, 40)}`,
	() => `${some(ALNUM, 14)}.atlasv1.${url64(66)}`,
	() => `hvs.${url64(90)}`,
	() => `dp.pt.${some(ALNUM, 43)}`,
	() => `pul-${some(HEX, 40)}`,
	() => `PMAK-${some(HEX, 24)}-${some(HEX, 34)}`,
	() => `glsa_${some(ALNUM, 32)}_${some(HEX, 8)}`,
	() => `NRAK-${some(UPPER + DIGITS, 27)}`,
	() => `dt0c01.${some(UPPER + DIGITS, 24)}.${some(UPPER + DIGITS, 64)}`,
	() => `sntryu_${some(HEX, 64)}`,
	() => `xoxb-${number(12)}-${number(12)}-${some(ALNUM, 24)}`,
	() => `xoxp-${number(11)}-${number(11)}-${number(12)}-${some(HEX, 32)}`,
	() => `xapp-1-A${some(UPPER + DIGITS, 10)}-${number(13)}-${some(HEX, 64)}`,
	() =>
		`https://hooks.slack.com/services/T${some(UPPER + DIGITS, 8)}/B${some(UPPER + DIGITS, 8)}/${some(ALNUM, 24)}`,
	() => `https://discord.com/api/webhooks/${number(18)}/${url64(68)}`,
	() => `M${some(ALNUM, 23)}.${some(ALNUM, 6)}.${some(ALNUM, 27)}`,
	() => `${number(10)}:AA${url64(33)}`,
	() => `sk_live_${some(ALNUM, 24)}`,
	() => `rk_test_${some(ALNUM, 24)}`,
	() => `whsec_${some(ALNUM, 32)}`,
	() => `sq0csp-${url64(43)}`,
	() => `access_token$production$${some(LOWER + DIGITS, 16)}$${some(HEX, 32)}`,
	() => `shpat_${some(HEX, 32)}`,
	() => `FLWSECK_TEST-${some(HEX, 32)}-X`,
	() => `shippo_live_${some(HEX, 40)}`,
	() => `SK${some(HEX, 32)}`,
	() => `SG.${url64(22)}.${url64(43)}`,
	() => `key-${some(HEX, 32)}`,
	() => `${some(HEX, 32)}-us${String(1 + below(20))}`,
	() => `xkeysib-${some(HEX, 64)}-${some(ALNUM, 16)}`,
	() => `sk-${some(ALNUM, 48)}`,
	() => `sk-proj-${url64(120)}`,
	() => `sk-ant-api03-${url64(95)}`,
	() => `sk-or-v1-${some(HEX, 64)}`,
	() => `hf_${some(LOWER + UPPER, 34)}`,
	() => `r8_${some(ALNUM, 37)}`,
	() => `gsk_${some(ALNUM, 52)}`,
	() => `pplx-${some(ALNUM, 48)}`,
	() => `xai-${some(ALNUM, 80)}`,
	() => `lin_api_${some(ALNUM, 40)}`,
	() => `ntn_${some(ALNUM, 46)}`,
	() => `figd_${url64(40)}`,
	() => `pat${some(ALNUM, 14)}.${some(HEX, 64)}`,
	() => `CFPAT-${url64(43)}`,
	() => `EAA${some(ALNUM, 120)}`,
	() => `AGE-SECRET-KEY-1${some(UPPER + DIGITS, 58)}`,
	() => `tskey-auth-${some(ALNUM, 12)}-${some(ALNUM, 32)}`,
	jwt,
	() => pem('RSA '),
	() => pem('OPENSSH '),
	() => pem(''),
	() => `$2b$12$${some(`./${ALNUM}`, 53)}`,
	() => `$6$${some(ALNUM, 12)}$${some(`./${ALNUM}`, 86)}`
];

/** Sentences with a secret that only its surroundings give away: before, the secret, after. */
const ANNOUNCED: readonly (() => readonly [string, string, string])[] = [
	() => ['password: ', password(), ''],
	() => ['Password = ', password(), ' and then Enter'],
	() => ['user=svc\npwd=', password(), '\n'],
	() => ['DB_PASSWORD=', password(), '\nDB_HOST=db1'],
	() => ['{"api_key": "', some(ALNUM, 24), '"}'],
	() => ["client_secret='", some(ALNUM, 30), "'"],
	() => ['the password is ', password(), ''],
	() => ['I changed the password to ', password(), ' on Monday'],
	() => ['Passwort: ', password(), ''],
	() => ['spring.datasource.password=', password(), ''],
	() => ['auth-token: ', some(HEX, 40), ''],
	() => ['Authorization: Bearer ', some(ALNUM, 40), ''],
	() => ['Authorization: Basic ', `${some(ALNUM, 26)}1a==`, ''],
	() => ['postgres://app:', some(ALNUM, 14), '@db.corp.example:5432/app'],
	() => ['https://deploy:', some(ALNUM, 20), '@git.corp.example/x.git'],
	() => ['redis://:', some(ALNUM, 18), '@cache:6379/0'],
	() => ['Server=db1;Database=x;User Id=sa;Password=', some(ALNUM, 12), ';Encrypt=true'],
	() => ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=', `${some(BASE64, 86)}==`, ';'],
	() => ['Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=', `${some(BASE64, 43)}=`, ''],
	() => ['https://x.blob.core.windows.net/a?sv=2022&sig=', `${some(ALNUM, 43)}%3D`, ''],
	() => ['aws_secret_access_key = ', `a1B${some(BASE64, 37)}`, ''],
	() => ['https://api.corp.example/v1/list?access_token=', `a1${some(ALNUM, 30)}`, '&page=2'],
	() => ['machine ftp.corp.example login me password ', some(ALNUM, 11), ''],
	() => ['mysqladmin --password ', password(), ' status'],
	() => ['wpa_key: "', some(LOWER, 12), '"'],
	() => ['<add key="SmtpPassword" /> smtp.password: ', password(), '']
];

const luhn = (head: string): string => {
	const digits = Array.from(head, Number).reverse();
	const sum = digits.reduce(
		(so, digit, at) => so + (at % 2 === 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit),
		0
	);
	return head + String((10 - (sum % 10)) % 10);
};
const iban = (country: string, account: string): string => {
	const spelled = Array.from(`${account}${country}00`, (char) => String(parseInt(char, 36))).join('');
	const check = 98n - (BigInt(spelled) % 97n);
	return `${country}${check.toString().padStart(2, '0')}${account}`;
};
const octet = (): string => String(1 + below(254));
const grouped = (text: string, size: number, by: string): string =>
	text.match(new RegExp(`.{1,${String(size)}}`, 'g'))?.join(by) ?? text;

const PERSONAL_MAKERS: readonly (readonly [HiddenKind, () => string])[] = [
	['EMAIL', () => `${some(LOWER, 6)}.${some(LOWER, 5)}@${some(LOWER, 7)}.example`],
	['EMAIL', () => `${some(LOWER, 4)}+${some(LOWER, 3)}@mail.${some(LOWER, 6)}.co.uk`],
	['IP', () => `10.${octet()}.${octet()}.${octet()}`],
	['IP', () => `192.168.${octet()}.${octet()}`],
	['IP', () => `203.0.113.${octet()}`],
	['IP', () => `2001:db8:${some('123456789', 4)}::${some('123456789', 3)}`],
	['IP', () => `fe80::${some('123456789', 4)}:${some(HEX, 4)}:${some(HEX, 4)}:${some(HEX, 4)}`],
	['MAC', () => grouped(`1${some(HEX, 11)}`, 2, ':')],
	['MAC', () => grouped(`2${some(HEX, 11)}`.toUpperCase(), 2, '-')],
	['PHONE', () => `+49 ${number(3)} ${number(7)}`],
	['PHONE', () => `+1-${number(3)}-555-0${number(3)}`],
	['PHONE', () => `(${some('23456789', 3)}) ${some('23456789', 3)}-${number(4)}`],
	['PHONE', () => `0${some('123456789', 2)} ${number(8)}`],
	['IBAN', () => grouped(iban('DE', number(18)), 4, ' ')],
	['IBAN', () => iban('GB', `ABCD${number(14)}`)],
	['IBAN', () => iban('NL', `ABNA${number(10)}`)],
	['CARD', () => grouped(luhn(`4${number(14)}`), 4, ' ')],
	['CARD', () => luhn(`51${number(13)}`)],
	['CARD', () => luhn(`37${number(12)}`)]
];

const FRAMES: readonly [string, ...string[]] = [
	'I get 401 with %s since this morning.',
	'%s',
	'config.yml line 12: %s\nconfig.yml line 13: retries: 3',
	'Please look: "%s" (from the log)',
	'- tried with %s, no effect'
];

/** A text, and what must not be in it afterwards. */
export interface Positive {
	readonly text: string;
	readonly value: string;
	readonly kind: HiddenKind;
}

const framed = (value: string, kind: HiddenKind): Positive => ({
	text: pick(FRAMES).replace('%s', () => value),
	value,
	kind
});

export const SECRET_POSITIVES: readonly Positive[] = [
	...SECRET_MAKERS.flatMap((make) => [framed(make(), 'SECRET'), framed(make(), 'SECRET')]),
	...ANNOUNCED.flatMap((make) =>
		Array.from({ length: 3 }, (): Positive => {
			const [before, value, after] = make();
			return { text: before + value + after, value, kind: 'SECRET' };
		})
	)
];

export const PERSONAL_POSITIVES: readonly Positive[] = PERSONAL_MAKERS.flatMap(([kind, make]) =>
	Array.from({ length: 4 }, () => framed(make(), kind))
);

/** Texts in which nothing is to be hidden. */
export const LOOK_ALIKES: readonly string[] = [
	// names of what is none
	'password: required',
	'Password: incorrect',
	'password: ********',
	'password: <your password>',
	'password = ${DB_PASSWORD}',
	'PASSWORD=$(cat /run/secrets/db)',
	'token: null',
	'token=undefined',
	'secret: true',
	'api_key: {{ vault.key }}',
	'api_key = process.env.API_KEY',
	'const token = getToken()',
	'The password is wrong.',
	'The password is expired, says the portal.',
	'the token was rejected twice',
	'my password is not accepted any more',
	'Reset your password: https://portal.corp.example/reset',
	'passwords must have 12 characters',
	'Enter PIN: ',
	'secret: none',
	'password: (hidden)',
	'pwd=xxxxxxxx',
	'key: value',
	'primary key: customer_id',
	'the key is under the mat',
	'foreign_key=order_id',
	'keyboard: Logitech K120',
	'tokens: 8192',
	'max_tokens: 128000',
	'input tokens: 104857',
	'--token <token>',
	'Authorization: Bearer <token>',
	'Authorization: Basic realm',
	'basic authentication is switched off',
	'bearer of bad news: it is down again',
	'pass: 12, fail: 3',
	'passed: 118 of 120 tests',
	'compass: north',
	'bypass = enabled',
	'-----BEGIN CERTIFICATE-----',
	'-----BEGIN PUBLIC KEY-----',
	'A file that starts with -----BEGIN PRIVATE KEY----- is missing',
	'sk-learn is slow',
	'task-1234567890',
	'risk-assessment-2024-final-version',
	'AKIA is how these keys begin',
	'ghp_ is the prefix',
	'a webhook of hooks.slack.com failed',
	'postgres://localhost:5432/app',
	'postgres://app:${PASSWORD}@db/app',
	'https://user:password@example.com/',
	'https://corp.example:8443/login?next=/home',
	'https://corp.example/list?page=2&sort=asc&token=short',
	'git@github.com:corp/app.git is what I cloned'.replace('git@github.com:', 'ssh github.com:'),
	'eyJ is how a JWT begins',
	'icon@2x.png is missing',
	'react@18.2.0',
	'@types/node@20.1.0 was installed',
	'10:42:17 AM',
	'it is 12:30:45:12 in the trace',
	'std::vector<int>::iterator',
	'Foo::Bar::baz',
	'use ::before and ::after',
	'localhost is 127.0.0.1',
	'bind to 0.0.0.0',
	'mask 255.255.255.0',
	'ping ::1 works',
	'Windows version 10.0.19045.3570',
	'driver 31.0.15.3623',
	'v1.2.3.4 of the client',
	'version 4.8.2.1',
	'section 3.2.1.4.5',
	'00:00:00:00:00:00',
	'broadcast ff:ff:ff:ff:ff:ff',
	'error 0x80070005',
	'KB5034441',
	'event id 4625',
	'2024-03-18 10:22:33',
	'18.03.2024 10:22',
	'03/18/2024',
	'20240318102233',
	'1710757353000',
	'PID 20481, 4096 MB',
	'3.14159265358979',
	'ISBN 978-3-16-148410-0',
	'order 1000-2000-3000',
	'ticket INC0012345678',
	'serial 5CD1234XYZ',
	'part number 00-1234-5678-00',
	'1 000 000 000',
	'12,345,678,901',
	'DE is a country, and 89 a number',
	'GB29 is a room',
	'exit code 137',
	'HTTP 502 Bad Gateway',
	'300 s, 20 min, 4711',
	'a 16 x 9 screen at 3840x2160',
	'port 5432, then 6379',
	'1.5.2-rc.1+build.20240318',
	'/usr/lib/x86_64-linux-gnu/libssl.so.3',
	'C:\\Windows\\System32\\drivers\\etc\\hosts',
	'HKLM\\Software\\Policies',
	'+5 points',
	'+2.5 %',
	'0800',
	'room 030-12',
	'lines 100-200-300',
	...Array.from({ length: 20 }, () => `commit ${some(HEX, 40)} broke it`),
	...Array.from({ length: 15 }, () => `sha256:${some(HEX, 64)}`),
	...Array.from({ length: 20 }, () => `session ${uuid()} ended`),
	...Array.from({ length: 10 }, () => `etag "${some(HEX, 32)}"`),
	...Array.from({ length: 10 }, () => {
		// the check digit of another number
		const card = luhn(`4${number(14)}`);
		return `order number ${card.slice(0, -1)}${String((Number(card.at(-1)) + 1) % 10)}`;
	}),
	...Array.from({ length: 10 }, () => {
		const account = iban('DE', number(18));
		return `reference ${account.slice(0, 2)}${String((Number(account.slice(2, 4)) % 88) + 11 === Number(account.slice(2, 4)) ? 10 : (Number(account.slice(2, 4)) % 88) + 11)}${account.slice(4)}`;
	}),
	...Array.from({ length: 15 }, () => `build 1.${String(below(30))}.${String(below(90))}.${number(4)}`),
	...Array.from(
		{ length: 15 },
		() =>
			`at ${String(below(24)).padStart(2, '0')}:${String(10 + below(50))}:${String(10 + below(50))}.${number(3)}`
	),
	...Array.from({ length: 10 }, () => `image data:image/png;base64,iVBORw0KGgo${some(BASE64, 60)}`)
];
