// The numbers of the desk: a picture, a table, and a file to take away.
import { readFileSync } from 'node:fs';
import { expect, test } from '../support/app.ts';
import { actAs, desk, layHandoffDown, staff } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { say, story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the numbers on a ${name}`, async ({ page }) => {
			await page.goto('/metrics');
			await expect(page.getByText(desk.metrics.nothing)).toBeVisible();
			const [dana = '', mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
			const { handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
			await layHandoffDown(page, mo, { title: 'Printer' });
			await page.evaluate(
				async ([actor, id]) => {
					await window.stet?.dispatch('claim_handoff', { actor, handoffId: id });
					await window.stet?.dispatch('resolve_handoff', { actor, handoffId: id, code: 'solved' });
				},
				[dana, handoffId] as const
			);
			await page.getByRole('combobox', { name: desk.metrics.over }).selectOption('1');
			await expect(page.getByRole('status').filter({ hasText: `${desk.metrics.raised}: 2` })).toBeVisible();
			await expect(page.getByRole('row', { name: new RegExp(desk.metrics.resolve) })).toContainText(
				desk.span(0)
			);
			await expect(page.locator('.chart canvas')).toBeVisible();
			await expect(page.getByRole('row', { name: desk.metrics.claimConflictRate })).toContainText('0 %');
			await expect(page.getByRole('row', { name: desk.metrics.editedRate })).toContainText(
				desk.metrics.notYet
			);
			await look(page, 'metrics');
			const download = page.waitForEvent('download');
			await page.getByRole('button', { name: desk.metrics.csv }).click();
			const file = await download;
			expect(file.suggestedFilename()).toMatch(/^stet-metrics-.*\.csv$/);
			const lines = readFileSync(await file.path(), 'utf8')
				.trim()
				.split('\r\n');
			expect(lines).toHaveLength(3);
			expect(lines[0]).toContain(desk.metrics.columns.pickUp);
			expect(lines.some((line) => line.startsWith(handoffId))).toBe(true);

			await page.getByText(desk.metrics.moments, { exact: true }).focus();
			await page.keyboard.press('Enter');
			const now = page.getByRole('table', { name: desk.metrics.depth }).getByRole('row').nth(1);
			await expect(now.getByRole('cell').first()).toHaveText('1');
			await look(page, 'metrics queue');
			const queue = page.waitForEvent('download');
			await page.getByRole('button', { name: desk.metrics.depthCsv }).click();
			const saved = readFileSync(await (await queue).path(), 'utf8')
				.trim()
				.split('\r\n');
			expect(saved[0]).toBe(Object.values(desk.metrics.depthColumns).join(','));
			expect(saved.at(-1)).toMatch(/,1,\d+$/);
		});
	});
}

test('what whoever has it says in the conversation is their first action', async ({ page }) => {
	await page.goto('/');
	const [dana = '', mo = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Dana');
	const { chatId, handoffId } = await layHandoffDown(page, mo, { title: 'VPN drops' });
	await page.evaluate(([actor, id]) => window.stet?.dispatch('claim_handoff', { actor, handoffId: id }), [
		dana,
		handoffId
	] as const);
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Which router is it?');
	await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
	await page.goto('/metrics');
	const row = page.getByRole('row', { name: desk.metrics.firstAction });
	await expect(row.getByRole('cell').last()).toHaveText('1');
});
