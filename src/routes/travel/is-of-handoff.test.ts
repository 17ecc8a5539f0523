// Which files go the way of hand-offs.
import { expect, it } from 'vitest';
import { isOfHandoff } from './is-of-handoff.ts';

const SEALED = 'age-encryption.org/v1\n-> X25519 abc\n';
const LOCKED = 'age-encryption.org/v1\n-> scrypt abc 18\n';

it.each([
	['handoff-abc.handoff', LOCKED, true],
	['handoff-abc (1).RECEIPT', 'anything', true],
	// renamed on its way: nothing else is sealed for devices
	['attachment.bin', SEALED, true],
	['Stet library.stet.age', LOCKED, false],
	['handoff.txt', 'Dear diary', false],
	['empty', '', false]
])('%s: %s', async (name, text, expected) => {
	expect(await isOfHandoff(new File([text], name))).toBe(expected);
});
