// What pictures promise: kept once, given back byte for byte.
import { expect, test } from 'vitest';
import { given } from '#tests/support/given.ts';

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
