// Gzip, age and Blobs as streams: a file of any size passes through in pieces of a megabyte.

/** Bytes gathered before they become a Blob of their own, which a browser may keep on the disk. */
const blobBytes = 4 * 1024 * 1024;

export const TYPES = {
	stet: 'application/vnd.stet',
	jsonl: 'application/x-ndjson',
	age: 'application/vnd.age'
} as const;

/** The pieces as a stream, made one at a time as they are asked for. Ends with the signal's reason once it is aborted. */
export const streamOf = (
	pieces: Iterable<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array<ArrayBuffer>>,
	signal: AbortSignal,
	taken: (bytes: number) => void = () => undefined
): ReadableStream<Uint8Array<ArrayBuffer>> => {
	const source = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
	return new ReadableStream(
		{
			pull: async (controller) => {
				signal.throwIfAborted();
				const step = await source.next();
				if (step.done === true) controller.close();
				else {
					taken(step.value.byteLength);
					controller.enqueue(step.value);
				}
			},
			cancel: async () => {
				await source.return?.();
			}
		},
		{ highWaterMark: 0 }
	);
};

export const gzipped = (
	plain: ReadableStream<Uint8Array<ArrayBuffer>>
): ReadableStream<Uint8Array<ArrayBuffer>> => plain.pipeThrough(new CompressionStream('gzip'));

/** The stream in the age format, under a key that scrypt makes from the passphrase (https://age-encryption.org/v1). */
export const encrypted = async (
	plain: ReadableStream<Uint8Array<ArrayBuffer>>,
	passphrase: string
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
	const { Encrypter } = await import('age-encryption');
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	// none of its buffers is shared: the library's types are older than the word for that
	return (await encrypter.encrypt(plain)) as ReadableStream<Uint8Array<ArrayBuffer>>;
};

/** All of a stream as one Blob, without holding more than a few megabytes of it here. */
export const collected = async (
	stream: ReadableStream<Uint8Array<ArrayBuffer>>,
	type: string,
	signal: AbortSignal
): Promise<Blob> => {
	const blobs: Blob[] = [];
	let parts: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	const put = (): void => {
		if (bytes > 0) blobs.push(new Blob(parts));
		parts = [];
		bytes = 0;
	};
	for await (const part of piecesOf(stream)) {
		signal.throwIfAborted();
		parts.push(part);
		bytes += part.byteLength;
		if (bytes >= blobBytes) put();
	}
	put();
	return new Blob(blobs, { type });
};

/** The pieces of a stream; when the loop over them is left early, the stream is cancelled. */
export async function* piecesOf(
	stream: ReadableStream<Uint8Array<ArrayBuffer>>
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
	const reader = stream.getReader();
	let ended = false;
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) break;
			yield value;
		}
		ended = true;
	} finally {
		// one that failed has nothing to cancel, and says so by rejecting
		if (!ended) await reader.cancel().catch(() => undefined);
		reader.releaseLock();
	}
}

/** The unpacked bytes of a gzip file. Its loop throws when the file is cut or its checksum is wrong. */
export const unzippedPieces = (file: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>, void> =>
	piecesOf(file.stream().pipeThrough(new DecompressionStream('gzip')));
