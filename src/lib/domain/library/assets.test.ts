// What pictures promise: kept once, given back byte for byte.
import { expect, test } from 'vitest';
import { given } from '#tests/support/given.ts';
import { ASSET_MAX_BYTES, pictureProblem } from './assets.ts';

const hash = '0123456789abcdef'.repeat(4);

test('bytes are given back as they were, with their media type', async () => {
	const at = await given();
	const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
	at.app.putAsset({ hash, mediaType: 'image/webp', bytes });
	expect(at.ask('asset', { hash })).toEqual({ mediaType: 'image/webp', bytes });
	expect(at.changes).toEqual([{ tables: ['asset'], streams: [] }]);
});

test('kept twice is kept once, and nobody is told again', async () => {
	const at = await given();
	at.app.putAsset({ hash, mediaType: 'image/webp', bytes: new Uint8Array([1, 2]) });
	at.app.putAsset({ hash, mediaType: 'image/png', bytes: new Uint8Array([9]) });
	expect(at.ask('asset', { hash })).toEqual({ mediaType: 'image/webp', bytes: new Uint8Array([1, 2]) });
	expect(at.changes).toHaveLength(1);
});

test('an unknown picture is null; a hash that is none is an error', async () => {
	const at = await given();
	expect(at.ask('asset', { hash })).toBeNull();
	expect(() => at.ask('asset', { hash: 'ABC' })).toThrow(/query "asset": hash:/);
});

test('a rebuild leaves pictures alone', async () => {
	const at = await given();
	at.app.putAsset({ hash, mediaType: 'image/webp', bytes: new Uint8Array([1, 2]) });
	at.app.rebuild();
	expect(at.ask('asset', { hash })).not.toBeNull();
});

test.each(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'])(
	'%s of at most two million bytes is a picture',
	(mediaType) => {
		expect(pictureProblem(mediaType, ASSET_MAX_BYTES)).toBeNull();
		expect(pictureProblem(mediaType, ASSET_MAX_BYTES + 1)).toEqual({
			type: 'avatar_too_large',
			bytes: 2_000_001,
			maxBytes: 2_000_000
		});
	}
);

test.each(['image/svg+xml', 'text/html', '', 'image/png; x=y', 'IMAGE/PNG', 'image/png\n'])(
	'%j is no picture that is kept',
	(mediaType) => {
		expect(pictureProblem(mediaType, 1)).toEqual({ type: 'avatar_not_a_picture', mediaType });
	}
);
