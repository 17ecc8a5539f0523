// A picture without what was written into it beside the picture: where and when it was taken, with what, and hidden cards.

type Bytes = Uint8Array<ArrayBuffer>;

const joined = (parts: readonly Uint8Array[]): Bytes => {
	const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.byteLength;
	}
	return whole;
};

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const viewOf = (bytes: Uint8Array): DataView =>
	new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Chunks that say how the picture looks, and nothing else (PNG, third edition, 11). */
const PNG_KEPT = /^(?:IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|sBIT|bKGD|acTL|fcTL|fdAT)$/;
const PNG_HEAD_BYTES = 8;

const barePng = (bytes: Uint8Array): Bytes | null => {
	if (latin(bytes.subarray(0, PNG_HEAD_BYTES)) !== '\x89PNG\r\n\x1a\n') return null;
	const view = viewOf(bytes);
	const kept = [bytes.subarray(0, PNG_HEAD_BYTES)];
	for (let at = PNG_HEAD_BYTES; at + 12 <= bytes.byteLength;) {
		const end = at + 12 + view.getUint32(at);
		if (end > bytes.byteLength) return null;
		const name = latin(bytes.subarray(at + 4, at + 8));
		if (PNG_KEPT.test(name)) kept.push(bytes.subarray(at, end));
		// what follows the end is no part of the picture
		if (name === 'IEND') return joined(kept);
		at = end;
	}
	return null;
};

/** Segments that say how the picture looks: all but APPn and comments, and of those the one that names the colours (APP14). */
const isKeptSegment = (marker: number): boolean =>
	marker === 0xee || !((marker >= 0xe0 && marker <= 0xef) || marker === 0xfe);

const bareJpeg = (bytes: Uint8Array): Bytes | null => {
	if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
	const view = viewOf(bytes);
	const kept = [bytes.subarray(0, 2)];
	for (let at = 2; at + 2 <= bytes.byteLength;) {
		if (bytes[at] !== 0xff) return null;
		const marker = bytes[at + 1] ?? 0;
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (marker === 0xd9) return joined([...kept, bytes.subarray(at, at + 2)]);
		if (at + 4 > bytes.byteLength) return null;
		let end = at + 2 + view.getUint16(at + 2);
		if (end > bytes.byteLength) return null;
		if (marker === 0xda)
			// coded data goes on to the next marker that is none of its own
			while (
				end + 1 < bytes.byteLength &&
				!(bytes[end] === 0xff && bytes[end + 1] !== 0 && !(((bytes[end + 1] ?? 0) & 0xf8) === 0xd0))
			)
				end += 1;
		if (isKeptSegment(marker)) kept.push(bytes.subarray(at, end));
		at = end;
	}
	return null;
};

const WEBP_KEPT = /^(?:VP8 |VP8L|VP8X|ALPH|ANIM|ANMF)$/;
/** In VP8X: there is a colour profile, Exif, XMP. */
const WEBP_FLAGS = 0x20 | 0x08 | 0x04;

const bareWebp = (bytes: Uint8Array): Bytes | null => {
	if (latin(bytes.subarray(0, 4)) !== 'RIFF' || latin(bytes.subarray(8, 12)) !== 'WEBP') return null;
	const view = viewOf(bytes);
	const stop = Math.min(bytes.byteLength, 8 + view.getUint32(4, true));
	const kept: Uint8Array[] = [];
	for (let at = 12; at + 8 <= stop;) {
		const size = view.getUint32(at + 4, true);
		const end = at + 8 + size + (size % 2);
		if (at + 8 + size > stop) return null;
		const name = latin(bytes.subarray(at, at + 4));
		if (WEBP_KEPT.test(name)) {
			const chunk = bytes.slice(at, end);
			if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~WEBP_FLAGS;
			kept.push(chunk);
		}
		at = end;
	}
	if (kept.length === 0) return null;
	const body = joined(kept);
	const head = bytes.slice(0, 12);
	viewOf(head).setUint32(4, 4 + body.byteLength, true);
	return joined([head, body]);
};

/** The picture and nothing but it. Null for one that is damaged, or of a format whose extras cannot be told apart here. */
export const barePicture = (mediaType: string, bytes: Uint8Array): Bytes | null => {
	switch (mediaType) {
		case 'image/png':
			return barePng(bytes);
		case 'image/jpeg':
			return bareJpeg(bytes);
		case 'image/webp':
			return bareWebp(bytes);
		default:
			return null;
	}
};
