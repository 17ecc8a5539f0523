// Makes a real picture file as large as a photograph: PNG of noise, which does not compress.
import { randomFillSync } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

// PNG, third edition, 5.3 and 11.2: length, type, data, and a CRC over type and data
const pngChunk = (type: string, data: Buffer): Buffer => {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const frame = Buffer.alloc(8);
	frame.writeUInt32BE(data.length, 0);
	frame.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** A square PNG of random colours with sides of `side` pixels; about 3 · side² bytes. */
export const noisePng = (side: number): Buffer => {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	// eight bits a channel, RGB, no interlacing
	header.set([8, 2, 0, 0, 0], 8);
	const rows = randomFillSync(Buffer.alloc(side * (1 + 3 * side)));
	// each row begins with its filter: none
	for (let row = 0; row < side; row += 1) rows[row * (1 + 3 * side)] = 0;
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		pngChunk('IHDR', header),
		pngChunk('IDAT', deflateSync(rows, { level: 0 })),
		pngChunk('IEND', Buffer.alloc(0))
	]);
};
