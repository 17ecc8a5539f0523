// Hand-offs as files that are not what they say, at the screens: each is refused in a sentence, and nothing here changes.
import type { Page } from '@playwright/test';
import { Decrypter, Encrypter } from 'age-encryption';
import { HANDOFF_LIMITS, lineOfEnvelope } from '../../src/lib/domain/formats/handoff-file.ts';
import { deskFiles } from '../../src/routes/words/en-desk-files.ts';
import { files } from '../../src/routes/words/en-files.ts';
import type { FileRefusal } from '../../src/lib/worker/travel-protocol.ts';
import { expect, test } from '../support/app.ts';
import {
	addCard,
	all,
	close,
	dialogOf,
	finish,
	lookAtBoth,
	makeCard,
	withSecret
} from '../support/desk-files.ts';
import { actAs, desk, staff } from '../support/desk-screens.ts';
import { signedBy, takenApart, together } from '../support/handoff-parts.ts';
import { anIdentity } from '../support/identities.ts';
import { chooseToImport, onAnotherDevice, type HeldFile } from '../support/screens.ts';

/** Sends the hand-off that is open to whoever has a passphrase; answers the file and the passphrase. */
const sendByPassphrase = async (page: Page): Promise<{ file: HeldFile; passphrase: string }> => {
	await page.getByRole('heading', { level: 1 }).focus();
	await page.keyboard.press('s');
	await dialogOf(page)
		.getByRole('radio', { name: new RegExp(deskFiles.send.toPassphrase) })
		.check();
	await dialogOf(page).getByRole('button', { name: deskFiles.send.next }).click();
	const file = await finish(page);
	const passphrase = await dialogOf(page).getByLabel(deskFiles.send.passphrase).inputValue();
	await close(page);
	return { file, passphrase };
};

const opened = (file: HeldFile, passphrase: string): Promise<Uint8Array> => {
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	return decrypter.decrypt(file.buffer);
};

const sealed = async (plain: Uint8Array, passphrase: string): Promise<Buffer> => {
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	// the least work: what is tried here is not the passphrase
	encrypter.setScryptWorkFactor(10);
	return Buffer.from(await encrypter.encrypt(plain));
};

/** Somebody with keys of their own, who says they are `name`. */
const somebody = async (name: string) => {
	const identity = anIdentity();
	await identity.setName(name);
	const [card, keys] = [await identity.card(), await identity.keys()];
	if (card === null || keys === null) throw new Error('this Node cannot make the keys');
	return { card, keys };
};

test('one that is newer, too large, signed again or old is refused or adds nothing, and says so', async ({
	page,
	origin
}) => {
	test.setTimeout(400_000);
	const { handoffId, chatId } = await withSecret(page);
	const adasCard = await makeCard(page, 'Ada');
	await page.goto(`/handoffs/${handoffId}`);
	const { file, passphrase } = await sendByPassphrase(page);
	const parts = takenApart(await opened(file, passphrase));
	const mallory = await somebody('Mallory');
	const line = lineOfEnvelope(parts.envelope);
	const seal = (plain: Uint8Array) => sealed(plain, passphrase);

	await onAnotherDevice(origin, async (bo) => {
		await staff(bo, ['Bo', 'engineer']);
		await addCard(bo, 'Ada', adasCard);
		/** Gives the file and its passphrase, if it is asked for. */
		const give = async (buffer: Buffer): Promise<void> => {
			await bo.goto('/');
			await chooseToImport(bo, { ...file, buffer });
			const field = dialogOf(bo).getByLabel(files.bringIn.passphrase);
			const refusal = dialogOf(bo).getByRole('heading', { name: files.bringIn.refusedTitle });
			await expect(field.or(refusal)).toBeVisible();
			if (await refusal.isVisible()) return;
			await field.fill(passphrase);
			await dialogOf(bo).getByRole('button', { name: files.bringIn.open }).click();
		};
		const refused = async (what: string, buffer: Buffer, refusal: FileRefusal): Promise<void> => {
			await give(buffer);
			const { what: said, next } = deskFiles.refusal(refusal);
			await expect(dialogOf(bo)).toContainText(said);
			await expect(dialogOf(bo)).toContainText(next);
			await expect(dialogOf(bo)).toContainText('Nothing was changed.');
			await lookAtBoth(bo, `hand-off refused ${what}`);
			await close(bo);
		};

		// before anything of it is here
		const newer = line.replace('"format":1', '"format":9');
		await refused('newer', await seal(together(newer, parts.signature, parts.body)), {
			type: 'file_newer',
			format: 9,
			known: 1
		});
		const { maxFileBytes, maxUnpackedBytes } = HANDOFF_LIMITS;
		const large = Buffer.concat([file.buffer, Buffer.alloc(maxFileBytes)]);
		await refused('too large', large, {
			type: 'file_too_large',
			bytes: large.length,
			maxBytes: maxFileBytes
		});
		const endless = parts.body + ' '.repeat(maxUnpackedBytes);
		await refused('unpacks too far', await seal(together(line, parts.signature, endless)), {
			type: 'file_unpacks_too_far',
			maxBytes: maxUnpackedBytes
		});
		// changed by somebody who still says it is from Ada
		const worse = parts.body.replaceAll('is refused', 'is allowed');
		expect(worse).not.toBe(parts.body);
		await refused('signed again', await seal(await signedBy(mallory.keys, { ...parts, body: worse })), {
			type: 'signature_wrong',
			name: 'Ada'
		});
		expect(await bo.evaluate(async () => (await window.stet?.ask('home', {}))?.length)).toBe(0);

		// as it is, it comes; then somebody else says it is theirs
		await give(file.buffer);
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.known);
		await dialogOf(bo).getByRole('button', { name: deskFiles.bringIn.add }).click();
		await expect(bo).toHaveURL(new RegExp(`/handoffs/${handoffId}`));
		await actAs(bo, 'Bo');
		await bo.getByRole('button', { name: desk.acts.names.pick_up }).click();
		await expect(bo.getByText(desk.queue.youHave).first()).toBeVisible();
		const told = await all(bo, chatId, handoffId);
		const stolen = { ...parts, envelope: { ...parts.envelope, from: mallory.card } };
		await refused('from another', await seal(await signedBy(mallory.keys, stolen)), {
			type: 'signed_by_another',
			name: 'Mallory',
			before: 'Ada'
		});
		// played again after more was done here
		await give(file.buffer);
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.nothing);
		await lookAtBoth(bo, 'hand-off played again');
		await close(bo);
		expect(await all(bo, chatId, handoffId)).toBe(told);
		await bo.goto(`/handoffs/${handoffId}`);
		await expect(bo.getByText(desk.queue.youHave).first()).toBeVisible();
	});
});
