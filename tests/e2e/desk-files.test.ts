// Hand-offs as files between two devices: what leaves is looked through first, what comes says whom it is from.
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { Decrypter } from 'age-encryption';
import { deskFiles } from '../../src/routes/words/en-desk-files.ts';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import {
	addCard,
	all,
	bringIn,
	CANARY,
	close,
	CUSTOMER,
	dialogOf,
	finish,
	lookAtBoth,
	makeCard,
	sealFor,
	withSecret
} from '../support/desk-files.ts';
import { actAs, desk, layHandoffDown, staff } from '../support/desk-screens.ts';
import { chooseToImport, onAnotherDevice, type HeldFile } from '../support/screens.ts';

/** As weighty as secrets are: it leaves only for a reason. */
const KEY = `AKIA${'QWERTY23'.repeat(2)}`;

test('sealed for a colleague’s card it goes over, is picked up there, and a receipt brings back what was done', async ({
	page,
	origin
}) => {
	test.setTimeout(400_000);
	const { handoffId, chatId } = await withSecret(page);
	await onAnotherDevice(origin, async (bo) => {
		await staff(bo, ['Bo', 'engineer']);
		const [adasCard, bosCard] = [await makeCard(page, 'Ada'), await makeCard(bo, 'Bo')];
		await addCard(page, 'Bo', bosCard);
		await addCard(bo, 'Ada', adasCard);
		await lookAtBoth(page, 'desk settings');

		await page.goto(`/handoffs/${handoffId}`);
		await expect(page.getByRole('heading', { level: 1 })).toContainText('VPN');
		await page.keyboard.press('s');
		await expect(dialogOf(page).getByRole('checkbox', { name: 'Bo' })).toBeVisible();
		await lookAtBoth(page, 'send to');
		await sealFor(page, 'Bo');
		// hidden, by kind and among its words; seen only by whoever wants to
		await expect(dialogOf(page)).toContainText('password: [SECRET_1]');
		await expect(dialogOf(page)).toContainText(deskFiles.send.sealedFor(['Bo']));
		await expect(dialogOf(page)).not.toContainText(CANARY);
		await dialogOf(page)
			.getByRole('button', { name: deskFiles.send.showOf('[SECRET_1]') })
			.click();
		await expect(dialogOf(page)).toContainText(CANARY);
		await lookAtBoth(page, 'send review');
		const sent = await finish(page);
		await lookAtBoth(page, 'send ready');
		await close(page);
		expect(sent.name).toMatch(/\.handoff$/);
		expect(sent.buffer.includes(CANARY)).toBe(false);

		await bo.goto('/');
		await chooseToImport(bo, sent);
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.known);
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.chat.new(2));
		await lookAtBoth(bo, 'hand-off came');
		await dialogOf(bo).getByRole('button', { name: deskFiles.bringIn.add }).click();
		await expect(bo).toHaveURL(new RegExp(`/handoffs/${handoffId}`));
		await expect(bo.getByText(`(${deskFiles.came.known})`)).toContainText('Ada');
		const told = await all(bo, chatId, handoffId);
		expect(told).toContain('[SECRET_1]');
		expect(told).not.toContain(CANARY);

		// twice is once
		await bo.goto('/');
		await chooseToImport(bo, sent);
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.nothing);
		await dialogOf(bo).getByRole('button', { name: deskFiles.bringIn.open }).click();
		await expect(bo).toHaveURL(new RegExp(`/handoffs/${handoffId}`));
		expect(await all(bo, chatId, handoffId)).toBe(told);

		await bo.getByRole('button', { name: desk.acts.names.pick_up }).click();
		await expect(bo.getByText(desk.queue.youHave).first()).toBeVisible();
		await bo.keyboard.press('n');
		await dialogOf(bo).getByRole('textbox').fill('The branch has a new certificate.');
		await bo.keyboard.press('Control+Enter');
		await expect(dialogOf(bo)).toHaveCount(0);
		await bo.getByRole('button', { name: deskFiles.send.receipt }).click();
		await sealFor(bo, 'Ada');
		const receipt = await finish(bo);
		await close(bo);
		expect(receipt.name).toMatch(/\.receipt$/);

		await bringIn(page, receipt);
		await expect(page.getByRole('status').filter({ hasText: desk.brief.state.claimed })).toContainText('Bo');
		await expect(page.getByText('The branch has a new certificate.')).toBeVisible();
		await page.getByText(desk.brief.history).click();
		await expect(page.getByText(deskFiles.sent('handoff', ['Bo'], 2, 0))).toBeVisible();
		await page.getByRole('button', { name: deskFiles.placeholders.title }).click();
		await expect(page.getByRole('definition').filter({ hasText: CANARY })).toBeVisible();
		await lookAtBoth(page, 'hand-off with a receipt');

		// its end comes back as well
		await bo.getByRole('button', { name: desk.acts.names.resolve }).click();
		await dialogOf(bo).getByLabel(desk.acts.texts.resolve).fill('The branch trusts the new certificate.');
		await dialogOf(bo).getByRole('button', { name: desk.acts.names.resolve }).click();
		await expect(bo.getByText(desk.brief.state.resolved).first()).toBeVisible();
		await bo.getByRole('button', { name: deskFiles.send.receipt }).click();
		await sealFor(bo, 'Ada');
		const last = await finish(bo);
		await close(bo);
		await bringIn(page, last);
		await expect(page.getByText(desk.brief.state.resolved).first()).toBeVisible();
		await expect(page.getByText('The branch trusts the new certificate.')).toBeVisible();
		await lookAtBoth(page, 'hand-off resolved elsewhere');
	});
});

test('picked up on both devices, both are told, on the card and the brief; the first has it', async ({
	page,
	origin
}) => {
	test.setTimeout(400_000);
	await page.goto('/');
	const [ada = '', mo = ''] = await staff(page, ['Ada', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Ada');
	const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await onAnotherDevice(origin, async (bo) => {
		await staff(bo, ['Bo', 'engineer']);
		const [adasCard, bosCard] = [await makeCard(page, 'Ada'), await makeCard(bo, 'Bo')];
		await addCard(page, 'Bo', bosCard);
		await addCard(bo, 'Ada', adasCard);
		await page.goto(`/handoffs/${handoffId}`);
		await page.getByRole('button', { name: desk.acts.more('VPN drops') }).click();
		await page.getByRole('menuitem', { name: desk.acts.names.send }).click();
		await sealFor(page, 'Bo');
		const sent = await finish(page);
		await close(page);
		// the keyboard is where it was
		await expect(page.getByRole('button', { name: desk.acts.more('VPN drops') })).toBeFocused();
		// Ada first; Bo, who does not know of it, a moment later
		await page.evaluate(
			async ([actor, id]) => {
				await window.stet?.dispatch('claim_handoff', { actor, handoffId: id });
			},
			[ada, handoffId] as const
		);
		await bringIn(bo, sent);
		await bo.getByRole('button', { name: desk.acts.names.pick_up }).click();
		await expect(bo.getByText(desk.queue.youHave).first()).toBeVisible();
		await bo.getByRole('button', { name: deskFiles.send.receipt }).click();
		await sealFor(bo, 'Ada');
		const receipt = await finish(bo);
		await close(bo);

		await bringIn(page, receipt);
		await expect(page.getByText(desk.twice.yours('Bo'))).toBeVisible();
		await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
		await page.goto('/queue');
		await page.getByRole('radio', { name: desk.queue.filters.mine }).click();
		await expect(page.getByRole('listitem').filter({ hasText: 'VPN drops' })).toContainText(
			desk.twice.yours('Bo')
		);
		await lookAtBoth(page, 'queue picked up twice');
		// from the card it goes back, and tells Bo
		await page.getByRole('button', { name: desk.acts.more('VPN drops') }).click();
		await page.getByRole('menuitem', { name: desk.acts.names.send }).click();
		await sealFor(page, 'Bo');
		const back = await finish(page);
		await close(page);
		await expect(page.getByRole('button', { name: desk.acts.more('VPN drops') })).toBeFocused();
		await bringIn(bo, back);
		await expect(bo.getByText(desk.twice.theirs('Ada'))).toBeVisible();
		await lookAtBoth(bo, 'brief picked up twice');
	});
});

/** What is in a file that a passphrase opens. */
const opened = async (file: HeldFile, passphrase: string): Promise<string> => {
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	return gunzipSync(await decrypter.decrypt(file.buffer)).toString('utf8');
};

test('under a passphrase nothing secret is in any byte but what was given away for a reason; who sent it is not known', async ({
	page,
	origin,
	context
}) => {
	test.setTimeout(400_000);
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	const { handoffId } = await withSecret(page, ` and key ${KEY}`);
	const send = async () => {
		await page.goto(`/handoffs/${handoffId}`);
		await page.getByRole('button', { name: desk.acts.more('VPN drops every 20 minutes') }).click();
		await page.getByRole('menuitem', { name: desk.acts.names.send }).click();
		await dialogOf(page)
			.getByRole('radio', { name: new RegExp(deskFiles.send.toPassphrase) })
			.check();
	};
	await send();
	const next = dialogOf(page).getByRole('button', { name: deskFiles.send.next });
	// asked for once: it goes on the card
	await dialogOf(page).getByLabel(deskFiles.send.name).fill('');
	await next.click();
	await expect(dialogOf(page).getByRole('alert')).toHaveText(deskFiles.send.nameEmpty);
	await dialogOf(page).getByLabel(deskFiles.send.name).fill('Ada');
	await next.click();
	await dialogOf(page).getByLabel(deskFiles.send.hideMore).fill(CUSTOMER);
	await dialogOf(page).getByRole('button', { name: deskFiles.send.hide, exact: true }).click();
	await expect(dialogOf(page)).toContainText('[WORD_1]');
	const closed = await finish(page);
	const passphrase = dialogOf(page).getByLabel(deskFiles.send.passphrase);
	await expect(passphrase).toHaveValue(/^(?:[a-z]+-){5}[a-z]+$/);
	await dialogOf(page).getByRole('button', { name: deskFiles.send.copy, exact: true }).click();
	const secret = await page.evaluate(() => navigator.clipboard.readText());
	await expect(passphrase).toHaveValue(secret);
	// shown once, it does not go by a slip
	await page.keyboard.press('Escape');
	await expect(passphrase).toBeVisible();
	await lookAtBoth(page, 'send passphrase');
	await close(page);
	const plain = await opened(closed, secret);
	expect(plain).toContain('[SECRET_1]');
	for (const hidden of [CANARY, KEY, CUSTOMER, '10.77.66.55', encodeURIComponent(CANARY), btoa(CANARY)]) {
		expect(plain).not.toContain(hidden);
		expect(closed.buffer.includes(hidden)).toBe(false);
	}

	// given away on purpose, with a reason that is kept
	await send();
	await next.click();
	await dialogOf(page)
		.getByRole('checkbox', { name: deskFiles.send.revealOf('[SECRET_2]') })
		.check();
	await dialogOf(page).getByRole('button', { name: deskFiles.send.go }).click();
	const why = dialogOf(page).getByLabel(deskFiles.send.whyOf('[SECRET_2]'));
	await expect(why).toBeFocused();
	await expect(dialogOf(page).getByRole('alert')).toContainText('[SECRET_2]');
	await lookAtBoth(page, 'send reveal');
	await why.fill('It was changed since.');
	const given = await finish(page);
	const other = await passphrase.inputValue();
	expect(other).not.toBe(secret);
	await close(page);
	const told = await opened(given, other);
	expect(told).toContain(KEY);
	for (const hidden of [CANARY, CUSTOMER]) expect(told).not.toContain(hidden);

	await onAnotherDevice(origin, async (bo) => {
		await chooseToImport(bo, closed);
		const field = dialogOf(bo).getByLabel(files.bringIn.passphrase);
		await field.fill('acorn-badge-cabin-daisy-eagle-fabric');
		await dialogOf(bo).getByRole('button', { name: files.bringIn.open }).click();
		await expect(dialogOf(bo).getByRole('alert')).toContainText('That is not its passphrase.');
		await lookAtBoth(bo, 'hand-off locked');
		await field.fill(secret.toUpperCase().replaceAll('-', ' '));
		await dialogOf(bo).getByRole('button', { name: files.bringIn.open }).click();
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.unknown);
		await lookAtBoth(bo, 'hand-off from somebody unknown');
		await dialogOf(bo)
			.getByRole('button', { name: deskFiles.bringIn.trust('Ada') })
			.click();
		await expect(dialogOf(bo)).toContainText(deskFiles.bringIn.trusted('Ada'));
		await dialogOf(bo).getByRole('button', { name: deskFiles.bringIn.add }).click();
		await expect(bo).toHaveURL(new RegExp(`/handoffs/${handoffId}`));
	});
});

test('a file that is cut, foreign, or for somebody else is refused in a sentence, and nothing is changed', async ({
	page,
	origin
}) => {
	test.setTimeout(400_000);
	const { handoffId } = await withSecret(page);
	await onAnotherDevice(origin, async (bo) => {
		const bosCard = await makeCard(bo, 'Bo');
		await makeCard(page, 'Ada');
		await addCard(page, 'Bo', bosCard);
		await page.goto(`/handoffs/${handoffId}`);
		await page.getByRole('heading', { level: 1 }).focus();
		await page.keyboard.press('s');
		await sealFor(page, 'Bo');
		const sent = await finish(page);
		await close(page);
		const refused = async (of: Page, buffer: Buffer, what: RegExp | string) => {
			await of.goto('/');
			await chooseToImport(of, { ...sent, buffer });
			await expect(dialogOf(of)).toContainText(files.bringIn.refusedTitle);
			await expect(dialogOf(of)).toContainText(what);
			await expect(dialogOf(of)).toContainText('Nothing was changed.');
			await close(of);
		};
		await refused(
			bo,
			sent.buffer.subarray(0, sent.buffer.length - 200),
			/ends before it is whole|is damaged/
		);
		await refused(
			bo,
			Buffer.from('Dear diary,\n'),
			deskFiles.refusal({ type: 'file_not_ours', looksLike: 'text' }).what
		);
		await refused(page, sent.buffer, deskFiles.refusal({ type: 'not_for_this_device' }).what);
		await lookAtBoth(bo, 'home after a refusal');
		expect(await bo.evaluate(async () => (await window.stet?.ask('home', {}))?.length)).toBe(0);
	});
});

test('the desk says how it is run, and cards are looked at, refused, renamed and removed', async ({
	page
}) => {
	await page.goto('/queue');
	await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await actAs(page, 'Dana');
	await page.getByRole('link', { name: desk.settingsLink }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(deskFiles.desk.title);
	const stale = page.getByLabel(deskFiles.desk.stale);
	await expect(stale).toHaveValue('30');
	await stale.selectOption({ label: desk.span(2 * 3_600_000) });
	await expect(page.getByText(deskFiles.desk.staleSaved)).toBeVisible();
	await expect(page.getByRole('table')).toContainText('15 min');
	await page.reload();
	await expect(stale).toHaveValue('120');
	await expect(page.getByText(deskFiles.desk.staleBy('Dana'))).toBeVisible();
	await actAs(page, 'Mo');
	await expect(stale).toBeDisabled();
	await expect(page.getByText(deskFiles.desk.mayNot)).toBeVisible();

	const own = await makeCard(page, 'Dana');
	await page.getByRole('button', { name: deskFiles.desk.changeName }).click();
	await page.getByLabel(deskFiles.desk.cardName).fill('Dana Reyes');
	await page.getByRole('button', { name: en.app.save }).first().click();
	const text = page.getByLabel(deskFiles.desk.cardText);
	await expect(text).toHaveValue(/:Dana%20Reyes:/);
	// the same keys: whoever compared the words need not do it again
	await expect(page.locator('.fingerprint')).toHaveText(own.words);

	const paste = page.getByLabel(deskFiles.desk.paste);
	for (const [given, said] of [
		['Hello', en.refusal({ type: 'card_none' })],
		[own.text.slice(0, 60), en.refusal({ type: 'card_cut' })],
		[own.text.replace('Dana', 'Dora'), en.refusal({ type: 'card_damaged', field: 'check' })],
		[own.text, deskFiles.desk.own]
	] as const) {
		await paste.fill(given);
		await page.getByRole('button', { name: deskFiles.desk.look }).click();
		await expect(page.getByRole('alert')).toHaveText(said);
	}
	await lookAtBoth(page, 'desk settings refused');

	await page.getByLabel(deskFiles.desk.wordsList).fill(`${CUSTOMER}\n\n  Lorne  \n`);
	await page.getByRole('button', { name: en.app.save }).click();
	await expect(page.getByText(deskFiles.desk.wordsSaved(2))).toBeVisible();
	await page.reload();
	await expect(page.getByLabel(deskFiles.desk.wordsList)).toHaveValue(`${CUSTOMER}\nLorne`);
});

test('somebody who goes by the name of a contact is warned of, and a contact is removed after a question', async ({
	page,
	origin
}) => {
	test.setTimeout(400_000);
	await page.goto('/queue');
	await staff(page, ['Dana', 'engineer']);
	const cards: { text: string; words: string }[] = [];
	for (const name of ['Bo', 'bo'])
		await onAnotherDevice(origin, async (other) => {
			cards.push(await makeCard(other, name));
		});
	const [first, second] = cards;
	if (first === undefined || second === undefined) throw new Error('two cards were made');
	await addCard(page, 'Bo', first);
	await addCard(page, 'bo', second);
	await expect(page.getByRole('alert')).toHaveText(deskFiles.desk.alike('bo'));
	await lookAtBoth(page, 'contacts alike');
	const list = page.getByRole('list', { name: deskFiles.desk.contacts });
	await list
		.getByRole('listitem')
		.filter({ hasText: second.words })
		.getByRole('button', { name: deskFiles.desk.remove('bo') })
		.click();
	const question = page.getByRole('alertdialog');
	await expect(question).toContainText(deskFiles.desk.removeHelp);
	await question.getByRole('button', { name: deskFiles.desk.removeYes }).click();
	await expect(list.getByRole('listitem')).toHaveCount(1);
	await expect(list).toContainText(first.words);
	await expect(page.getByRole('heading', { name: deskFiles.desk.contacts })).toBeFocused();
});

test('who may open it is asked when all of it is known, so that nothing moves from under a pointer', async ({
	page
}) => {
	const { handoffId } = await withSecret(page);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByRole('heading', { level: 1 })).toContainText('VPN');
	/** Where the choice stood, in each frame in which there was one. */
	await page.evaluate(() => {
		const places: number[] = [];
		const look = () => {
			const choice = document.querySelector('input[name="send-how"][value="passphrase"]');
			if (choice !== null) places.push(choice.getBoundingClientRect().top);
			requestAnimationFrame(look);
		};
		look();
		Object.assign(window, { places });
	});
	await page.keyboard.press('s');
	await expect(dialogOf(page).getByLabel(deskFiles.send.name, { exact: true })).toBeVisible();
	await expect(dialogOf(page)).toContainText(deskFiles.send.noContacts);
	const places = await page.evaluate(
		() =>
			new Promise<readonly number[]>((resolve) => {
				requestAnimationFrame(() => {
					requestAnimationFrame(() => {
						if ('places' in window && Array.isArray(window.places)) resolve(window.places);
					});
				});
			})
	);
	expect(new Set(places).size).toBe(1);
});
