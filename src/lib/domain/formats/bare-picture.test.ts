// What is written beside a picture does not leave with it; the picture itself stays as it was, byte for byte.
import { describe, expect, test } from 'vitest';
import { barePicture } from './bare-picture.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
	Uint8Array.from(
		parts.flatMap((part) =>
			typeof part === 'string' ? Array.from(part, (char) => char.charCodeAt(0)) : part
		)
	);
const big = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const little = (n: number): number[] => big(n).reverse();

const chunk = (name: string, data: string): (string | number[])[] => [
	big(data.length),
	name,
	data,
	[1, 2, 3, 4]
];
const PNG = '\x89PNG\r\n\x1a\n';
const segment = (marker: number, data: string): (string | number[])[] => [
	[0xff, marker, (data.length + 2) >>> 8, (data.length + 2) & 255],
	data
];
const riff = (...chunks: (string | number[])[]): Uint8Array<ArrayBuffer> => {
	const body = bytes('WEBP', ...chunks);
	return bytes('RIFF', little(body.byteLength), Array.from(body));
};
const part = (name: string, data: string): (string | number[])[] => [
	name,
	little(data.length),
	data,
	data.length % 2 === 1 ? [0] : []
];

describe('a picture', () => {
	test.each([
		[
			'image/png',
			bytes(
				PNG,
				...chunk('IHDR', 'size'),
				...chunk('tEXt', 'chara\0secret'),
				...chunk('eXIf', 'secret'),
				...chunk('IDAT', 'pixels'),
				...chunk('iTXt', 'secret'),
				...chunk('IEND', ''),
				'secret after its end'
			),
			bytes(PNG, ...chunk('IHDR', 'size'), ...chunk('IDAT', 'pixels'), ...chunk('IEND', ''))
		],
		[
			'image/jpeg',
			bytes(
				[0xff, 0xd8],
				...segment(0xe0, 'JFIF'),
				...segment(0xe1, 'Exif secret'),
				...segment(0xee, 'Adobe'),
				...segment(0xfe, 'secret'),
				...segment(0xdb, 'table'),
				...segment(0xda, 'scan'),
				[1, 0xff, 0, 2, 0xff, 0xd3, 3],
				...segment(0xda, 'scan'),
				[4, 0xff, 0xd9],
				'secret after its end'
			),
			bytes(
				[0xff, 0xd8],
				...segment(0xee, 'Adobe'),
				...segment(0xdb, 'table'),
				...segment(0xda, 'scan'),
				[1, 0xff, 0, 2, 0xff, 0xd3, 3],
				...segment(0xda, 'scan'),
				[4, 0xff, 0xd9]
			)
		],
		[
			'image/webp',
			riff(
				...part('VP8X', '\x2c\0\0\0\0\0\0\0\0\0'),
				...part('ICCP', 'secret'),
				...part('VP8 ', 'odd'),
				...part('EXIF', 'secret'),
				...part('XMP ', 'secret')
			),
			riff(...part('VP8X', '\0\0\0\0\0\0\0\0\0\0'), ...part('VP8 ', 'odd'))
		]
	])('%s has nothing beside it', (mediaType, whole, bare) => {
		expect(barePicture(mediaType, whole)).toEqual(bare);
		expect(barePicture(mediaType, bare)).toEqual(bare);
	});

	test.each([
		['image/gif', 'GIF89a'],
		['image/avif', '\0\0\0\x1cftypavif'],
		['image/png', 'no picture'],
		['image/png', PNG],
		['image/png', `${PNG}\xff\xff\xff\xffIDATx`],
		['image/jpeg', '\xff\xd8\xff\xdb\xff\xff'],
		['image/jpeg', '\xff\xd8secret'],
		['image/webp', 'RIFF\0\0\0\0WEBP']
	])('%s that cannot be told apart from what is beside it does not leave: %j', (mediaType, text) => {
		expect(barePicture(mediaType, bytes(text))).toBeNull();
	});
});
