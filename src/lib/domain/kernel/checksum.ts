// Checksums against damage, not against malice: of stored changesets, and of texts.

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
	return c;
});

/** CRC-32 (ISO 3309, as in gzip) of bytes, 0 to 2³²−1. */
export const crc32 = (bytes: Uint8Array): number => {
	let crc = -1;
	for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
	return (crc ^ -1) >>> 0;
};

/** FNV-1a over UTF-16 units, continued from `from`: two 32-bit lanes with different primes. */
const mix = (text: string, one: number, two: number): readonly [number, number] => {
	let a = one;
	let b = two;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		a = Math.imul(a ^ unit, 0x01000193);
		b = Math.imul(b ^ unit, 0x85ebca6b);
	}
	return [a, b];
};

/** A digest of texts in order, 16 hex digits. Where one ends and the next begins counts too. */
export const digestOfTexts = (texts: Iterable<string>): string => {
	let [a, b] = [0x811c9dc5, 0x9747b28c];
	for (const text of texts) {
		[a, b] = mix(text, a, b);
		[a, b] = mix(`\u0000${String(text.length)}`, a, b);
	}
	return [a, b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
};

/** A bag of texts: a digest of what is in it, 16 hex digits, whatever the order they were put in. */
export interface Bag {
	add(text: string): void;
	digest(): string;
}

/** The sum of the texts' hashes, each stirred first (the finalizer of MurmurHash3) so that sums do not meet by design. */
export const createBag = (): Bag => {
	let [a, b, count] = [0, 0, 0];
	return {
		add: (text) => {
			const [one, two] = mix(text, 0x811c9dc5, 0x9747b28c);
			a = (a + stir(one ^ text.length)) >>> 0;
			b = (b + stir(two)) >>> 0;
			count += 1;
		},
		digest: () => digestOfTexts([String(a), String(b), String(count)])
	};
};

const stir = (lane: number): number => {
	let h = lane;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
};
