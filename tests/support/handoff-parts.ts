// Files of hand-offs taken apart and put together again, as whoever they were sealed for could.
import { gunzipSync, gzipSync } from 'node:zlib';
import {
	lineOfEnvelope,
	lineOfSignature,
	readEnvelope,
	signedText,
	type Envelope
} from '#lib/domain/formats/handoff-file.ts';
import { sha256, sign, toBase64Url, type DeviceKeys } from '#lib/worker/travel/identity.ts';

export interface Apart {
	readonly envelope: Envelope;
	readonly signature: string;
	readonly body: string;
}

/** The parts of what was sealed. */
export const takenApart = (opened: Uint8Array): Apart => {
	const [first = '', second = '', ...rest] = gunzipSync(opened).toString('utf8').split('\n');
	const read = readEnvelope(first, second);
	if (!read.ok) throw new Error(read.error.type);
	return { ...read.value, body: rest.join('\n') };
};

/** What would be sealed of these parts, whether they fit or not. `first`: the line of the envelope. */
export const together = (first: string, signature: string, body: string): Uint8Array =>
	gzipSync(Buffer.from(`${first}\n${lineOfSignature(signature)}\n${body}`));

/** Put together by somebody who signs it with their own keys, as honestly as they can. */
export const signedBy = async (keys: DeviceKeys, { envelope, body }: Apart): Promise<Uint8Array> => {
	const line = lineOfEnvelope({ ...envelope, sha256: await sha256(new TextEncoder().encode(body)) });
	const signature = await sign(keys, new TextEncoder().encode(signedText(line)));
	return together(line, toBase64Url(signature), body);
};
