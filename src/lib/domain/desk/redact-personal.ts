// What tells who somebody is or where a machine stands: addresses, numbers of phones, accounts and cards, and words of one's own.
import type { Detector } from './redact-spans.ts';

const personal = (
	name: string,
	kind: Detector['kind'],
	pattern: RegExp,
	keywords: readonly string[] = [],
	accepts?: Detector['accepts']
): Detector => ({
	name,
	kind,
	weight: 'usual',
	keywords,
	pattern,
	...(accepts === undefined ? {} : { accepts })
});

/** Addresses that say nothing of whom they belong to. */
const isOfNobody = (address: string): boolean =>
	/^(?:127\.|0\.0\.0\.0$|255\.|169\.254\.169\.254$)/.test(address);

// a program's version is written like an address
const AFTER_VERSION = /(?:\bv|version|release|build|firmware|\bver\.?|driver|agent|client)[\s:=-]{0,3}$/i;

const isIPv4 = (address: string, text: string, at: number): boolean =>
	address.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part) &&
	!isOfNobody(address) &&
	!AFTER_VERSION.test(text.slice(Math.max(0, at - 16), at));

/** RFC 4291, 2.2: eight groups, `::` once for some that are zero. */
const isIPv6 = (address: string): boolean => {
	const halves = address.split('::');
	if (halves.length > 2 || !/\d/.test(address) || address === '::1') return false;
	const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
	if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
	return halves.length === 2 ? groups.length >= 2 && groups.length <= 7 : groups.length === 8;
};

/** Countries of the register of IBANs, and how many characters theirs have. */
const IBAN_CHARS: Readonly<Record<string, number>> = {
	AD: 24,
	AE: 23,
	AL: 28,
	AT: 20,
	BA: 20,
	BE: 16,
	BG: 22,
	BR: 29,
	CH: 21,
	CY: 28,
	CZ: 24,
	DE: 22,
	DK: 18,
	EE: 20,
	ES: 24,
	FI: 18,
	FO: 18,
	FR: 27,
	GB: 22,
	GE: 22,
	GI: 23,
	GL: 18,
	GR: 27,
	HR: 21,
	HU: 28,
	IE: 22,
	IL: 23,
	IS: 26,
	IT: 27,
	JO: 30,
	KW: 30,
	KZ: 20,
	LB: 28,
	LI: 21,
	LT: 20,
	LU: 20,
	LV: 21,
	MC: 27,
	MD: 24,
	ME: 22,
	MK: 19,
	MT: 31,
	NL: 18,
	NO: 15,
	PK: 24,
	PL: 28,
	PT: 25,
	QA: 29,
	RO: 24,
	RS: 22,
	SA: 24,
	SE: 24,
	SI: 19,
	SK: 24,
	SM: 27,
	TN: 24,
	TR: 26,
	UA: 29
};

/** ISO 7064, MOD 97-10: the first four characters to the end, letters as numbers. */
const isIban = (spelled: string): boolean => {
	const iban = spelled.replace(/[ -]/g, '');
	if (iban.length !== IBAN_CHARS[iban.slice(0, 2)]) return false;
	let rest = 0;
	for (const char of iban.slice(4) + iban.slice(0, 4)) {
		const value = parseInt(char, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest === 1;
};

/** One pattern for each length, so that no match runs on into the words after it. */
const IBANS = new RegExp(
	`(?<![A-Za-z0-9])(?:${Object.entries(IBAN_CHARS)
		.map(([country, chars]) => `${country}\\d{2}(?:[ -]?[A-Z0-9]){${String(chars - 4)}}`)
		.join('|')})(?![A-Za-z0-9])`,
	'g'
);

/** ISO/IEC 7812-1, annex B. */
const isCard = (spelled: string): boolean => {
	const digits = spelled.replace(/[ -]/g, '');
	if (!/^(?:4|5[1-5]|2[2-7]|3[47]|3[068]|6)/.test(digits) || new Set(digits).size < 3) return false;
	let sum = 0;
	for (let at = 0; at < digits.length; at++) {
		const digit = Number(digits[digits.length - 1 - at]);
		const value = at % 2 === 1 ? digit * 2 : digit;
		sum += value > 9 ? value - 9 : value;
	}
	return sum % 10 === 0;
};

const digitsOf = (spelled: string): number => spelled.replace(/\D/g, '').length;

const PERSONAL: readonly Detector[] = [
	personal(
		'email',
		'EMAIL',
		/(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])/g,
		['@'],
		(found, text, at) =>
			!/\.(?:png|jpe?g|gif|svg|webp|js|css|ts)$/i.test(found) &&
			// who logs in where, in an address of the web
			!/:\/\/[^\s@/]*$/.test(text.slice(Math.max(0, at - 140), at))
	),
	personal('iban', 'IBAN', IBANS, [], isIban),
	personal('card', 'CARD', /(?<![\dA-Za-z.-])\d(?:[ -]?\d){12,18}(?![\d-]|\.\d)/g, [], isCard),
	personal(
		'mac',
		'MAC',
		/(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f:-])|(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f:-])|(?<![0-9A-Fa-f.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Fa-f.])/g,
		[],
		(found) =>
			// nobody's, and everybody's
			!/^(?:00[:-]?){6}$|^(?:ff[:-]?){6}$/i.test(found)
	),
	personal('ipv4', 'IP', /(?<![\d.A-Za-z])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d|[A-Za-z])/g, [], isIPv4),
	personal(
		'ipv6',
		'IP',
		/(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:]|\.\d)/g,
		[':'],
		isIPv6
	),
	personal(
		'phone-international',
		'PHONE',
		/(?<![\d+A-Za-z])(?:\+|00)[1-9]\d{0,2}(?:[ ./-]?\(\d{1,4}\))?(?:[ ./-]?\d){6,12}(?!\d|\.\d)/g,
		[],
		(found) =>
			digitsOf(found) >= 8 && digitsOf(found) <= 15 && (found.startsWith('+') || /[ ./-]/.test(found))
	),
	personal(
		'phone-american',
		'PHONE',
		/(?<![\d.\-A-Za-z])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[.-]\d{4}(?!\d|[.-]\d)/g
	),
	personal(
		'phone-national',
		'PHONE',
		/(?<![\d.:\-A-Za-z])\(?0[1-9]\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?!\d|[.:-]\d)/g,
		[],
		(found) => digitsOf(found) >= 9 && digitsOf(found) <= 12 && !/^0\d-\d\d-\d{4}/.test(found)
	)
];

/** Most words of their own anybody keeps. */
export const OWN_WORDS_MAX = 500;

/** A detector of a person's own words: names of customers, of machines, of places. None where there are none. */
const ownWords = (words: readonly string[]): Detector[] => {
	const escaped = [...new Set(words.map((word) => word.trim()))]
		.filter((word) => word.length > 1)
		// the longer one first: a name may be the beginning of another
		.sort((one, other) => other.length - one.length)
		.slice(0, OWN_WORDS_MAX)
		.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
	return escaped.length === 0
		? []
		: [
				personal(
					'own-word',
					'WORD',
					new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
				)
			];
};

/** Detectors of what is personal, with the person's own words. */
export const personalDetectors = (words: readonly string[]): readonly Detector[] => [
	...ownWords(words),
	...PERSONAL
];
