// Whether a file is one of a hand-off: those have a way in of their own, for they are from somebody.

const NAMED = /\.(?:handoff|receipt)$/i;
/** Where the age format says for whom a file is sealed (https://age-encryption.org/v1). */
const HEAD_BYTES = 4096;
const SEALED_FOR_KEYS = /^age-encryption\.org\/v1\n-> X25519 /;

/** By its name; or because it is sealed for devices, as nothing else that Stet writes is. */
export const isOfHandoff = async (file: File): Promise<boolean> =>
	NAMED.test(file.name) ||
	SEALED_FOR_KEYS.test(new TextDecoder('latin1').decode(await file.slice(0, HEAD_BYTES).arrayBuffer()));
