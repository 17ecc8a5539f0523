// Pictures: kept once under their SHA-256, referred to by events, asked for by hash.
import { assets } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { assetHash } from '../streams.ts';

export { assets };

/** Largest picture kept, in bytes. Screens scale a picture down before they hand it over. */
export const ASSET_MAX_BYTES = 2_000_000;

const PICTURE = /^image\/(?:png|jpeg|webp|gif|avif)$/;

/** Why bytes are not kept as a picture, or null when they can be. */
export const pictureProblem = (mediaType: string, bytes: number) => {
	if (!PICTURE.test(mediaType)) return { type: 'avatar_not_a_picture', mediaType } as const;
	if (bytes > ASSET_MAX_BYTES) return { type: 'avatar_too_large', bytes, maxBytes: ASSET_MAX_BYTES } as const;
	return null;
};

/** What storing a picture can be refused for. */
export type PictureRefusal = NonNullable<ReturnType<typeof pictureProblem>>;

export const asset = defineQuery({
	name: 'asset',
	input: z.object({ hash: assetHash }),
	reads: [assets],
	answer: (read, { hash }) =>
		read.one(
			z.object({ mediaType: z.string(), bytes: z.instanceof(Uint8Array) }),
			sql`select media_type as mediaType, bytes from ${assets} where hash = ${hash}`
		)
});

/** Why a picture cannot be used, or null when it can. */
export const avatarProblem = (read: Read, hash: string | null) => {
	if (hash === null) return null;
	const found = read.one(
		z.object({ n: z.number() }),
		sql`select length(bytes) as n from ${assets} where hash = ${hash}`
	);
	if (found === null) return { type: 'avatar_unknown', hash } as const;
	if (found.n > ASSET_MAX_BYTES)
		return { type: 'avatar_too_large', bytes: found.n, maxBytes: ASSET_MAX_BYTES } as const;
	return null;
};
