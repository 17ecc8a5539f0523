// Steps that were proposed, and assessments that fail, are stopped, asked for again, and put right by a person.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { actAs, desk, drawerOfCase, layCaseDown, staff } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { addConnection, useConnection } from '../support/screens.ts';
import { replied, say, story, test } from '../support/story.ts';

/** A case with one exchange; the tab acts as Dana. */
const aCase = async (page: Page, words: string): Promise<{ chatId: string; dana: string }> => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/');
	const [dana = ''] = await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Dana');
	const chatId = await layCaseDown(page, dana, { title: 'VPN drops' });
	await page.goto(`/chats/${chatId}`);
	await say(page, words);
	await replied(page, 2);
	return { chatId, dana };
};

/** The same, handed on. */
const handedOn = async (page: Page, words: string): Promise<string> => {
	const { chatId, dana } = await aCase(page, words);
	return page.evaluate(
		async ([actor, chat]) => {
			const raised = await window.stet?.dispatch('raise_handoff', { actor, chatId: chat, reason: 'stuck' });
			if (raised?.ok !== true) throw new Error('not raised');
			return raised.value.handoffId;
		},
		[dana, chatId] as const
	);
};

const assessmentOf = (page: Page) => page.getByRole('region', { name: desk.brief.assessment });

test('a step that was proposed counts once it is confirmed, and one that was refused is not proposed again', async ({
	page
}) => {
	await aCase(page, 'I restarted the router. It had no effect.\nWe changed the cable.');
	await drawerOfCase(page).click();
	const tab = page.getByRole('tabpanel');
	const [kept, refused] = ['I restarted the router.', 'We changed the cable.'];
	await expect(tab.getByText(desk.tried.none)).toBeVisible();
	await tab.getByRole('button', { name: desk.tried.acceptLabel(kept) }).press('Enter');
	await expect(tab.getByLabel(desk.tried.outcome)).toHaveValue('no_effect');
	await tab.getByLabel(desk.tried.text).fill('Restarted the router');
	await tab.getByRole('button', { name: en.app.save }).click();
	await tab.getByRole('button', { name: desk.tried.declineLabel(refused) }).press('Enter');
	await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toHaveCount(0);
	const steps = tab.getByRole('region', { name: desk.tried.title, exact: true });
	await expect(steps.getByRole('listitem')).toHaveCount(1);
	await expect(steps).toContainText('Restarted the router');
	await expect(steps).toContainText(desk.tried.by('Dana'));

	await say(page, 'We changed the cable. I checked the port.');
	await replied(page, 4);
	await expect(tab.getByRole('heading', { name: desk.tried.proposed })).toBeVisible();
	await expect(
		tab.getByRole('button', { name: desk.tried.acceptLabel('I checked the port.') })
	).toBeVisible();
	await expect(tab.getByText(refused)).toHaveCount(0);
});

test('an assessment that failed says why, and is tried again; one that is written can be stopped', async ({
	page,
	provider,
	expectErrors
}) => {
	test.setTimeout(120_000);
	expectErrors(/401/u);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Replay',
		url: provider.base('401'),
		key: { secret: 'sk-test-0123456789', remember: true }
	});
	await useConnection(page, 'Replay');
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(assessment.getByText(desk.brief.failed(desk.brief.failures['auth'] ?? ''))).toBeVisible({
		timeout: 30_000
	});
	// what code knows stands all the same
	await expect(page.getByRole('region', { name: desk.brief.problem })).toContainText('Error 809');

	await page.goto('/settings');
	await useConnection(page, en.settings.demoLabel);
	await page.goto(`/handoffs/${handoffId}`);
	await assessment.getByRole('button', { name: desk.brief.retry }).press('Enter');
	await assessment.getByRole('button', { name: desk.brief.stop }).click();
	await expect(assessment.getByText(desk.brief.failed(desk.brief.failures['cancelled'] ?? ''))).toBeVisible();
	await expect(assessment.getByRole('button', { name: desk.brief.stop })).toHaveCount(0);
	await assessment.getByRole('button', { name: desk.brief.retry }).click();
	await expect(assessment.getByText(/(\d+) of \1 statements traced/u)).toBeVisible({ timeout: 30_000 });
	await expect(assessment.getByText(/No assessment came/u)).toHaveCount(0);
});

test('why an assessment failed is told in words, with the pause the provider asks for', async ({
	page,
	provider,
	expectErrors
}) => {
	expectErrors(/429/u);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Replay',
		url: provider.base('429-patient'),
		key: { secret: 'sk-test-0123456789', remember: true }
	});
	await useConnection(page, 'Replay');
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(
		assessment.getByText(desk.brief.failed(desk.brief.failures['rate_limited'] ?? ''))
	).toBeVisible({ timeout: 30_000 });
	await assessment.getByText(desk.brief.makingFailed).press('Enter');
	await expect(assessment.getByText(desk.brief.pause(50))).toBeVisible();
	await expect(assessment.getByRole('button', { name: desk.brief.retry })).toBeVisible();
});

test('what a person wrote into an assessment stands when a model is asked again, until they take its newer words', async ({
	page
}) => {
	test.setTimeout(120_000);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto(`/handoffs/${handoffId}`);
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.ask }).click();
	await expect(assessment.getByText(/statements traced/u)).toBeVisible({ timeout: 30_000 });
	await assessment.getByRole('button', { name: desk.brief.edit, exact: true }).click();
	const sheet = page.getByRole('dialog', { name: desk.brief.editTitle });
	await sheet.getByLabel(desk.brief.startHere).fill('Ask Lena for the log of Monday.');
	await sheet.getByRole('button', { name: en.app.save }).click();
	await expect(assessment.getByText(desk.brief.byPerson('Dana'))).toBeVisible();
	const start = page.getByRole('region', { name: desk.brief.startHere });
	await expect(start).toContainText('Ask Lena for the log of Monday.');
	await expect(start.getByText(desk.brief.wordsOf('Dana'))).toBeVisible();
	await page.evaluate(
		([writing, tried]) => {
			const { dataset } = document.documentElement;
			dataset['seen'] = '';
			new MutationObserver(() => {
				const text = document.querySelector('main')?.textContent ?? '';
				if (text.includes(writing) && dataset['seen'] === '') dataset['seen'] = writing;
				for (const kept of ['Ask Lena for the log of Monday.', tried])
					if (!text.includes(kept)) dataset['seen'] = `gone: ${kept}`;
			}).observe(document.body, { subtree: true, childList: true, characterData: true });
		},
		[desk.brief.writing, desk.outcomes.no_effect] as const
	);
	await assessment.getByRole('button', { name: desk.brief.regenerate }).click();
	const versions = assessment.getByRole('combobox');
	await expect(versions.getByRole('option')).toHaveCount(3, { timeout: 30_000 });
	// while it was written, each part stood until its new words came, and the person's all the time
	expect(await page.locator('html').getAttribute('data-seen')).toContain(desk.brief.writing);
	expect(await page.locator('html').getAttribute('data-seen')).not.toContain('gone');
	await expect(start).toContainText('Ask Lena for the log of Monday.');
	await expect(start.getByText(desk.brief.wordsOf('Dana'))).toBeVisible();
	await expect(assessment.getByText(desk.brief.withWordsOf(['Dana']))).toBeVisible();
	// the model's newer words are beside it, by keyboard too
	await start.getByText(desk.brief.newerWords).press('Enter');
	await look(page, 'assessment with words of a person');
	await start.getByRole('button', { name: desk.brief.take }).press('Enter');
	await expect(start).not.toContainText('Ask Lena');
	await expect(start.getByText(desk.brief.wordsOf('Dana'))).toHaveCount(0);
	await expect(versions.getByRole('option')).toHaveCount(4);
	await versions.selectOption({ index: 2 });
	await expect(start).toContainText('Ask Lena for the log of Monday.');
	await expect(assessment.getByText(desk.brief.byPerson('Dana'))).toBeVisible();

	await page.getByRole('button', { name: desk.brief.open }).click();
	await expect(story(page).composer).toBeVisible();
	await say(page, 'It dropped again.');
	await replied(page, 4);
	await expect(story(page).turns).toHaveCount(4);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByText(desk.brief.since(2))).toBeVisible();
	for (const index of [0, 1, 2]) {
		await versions.selectOption({ index });
		await expect(assessment.getByText(desk.brief.newer(2))).toBeVisible();
	}
});

/** What a model says, as if it were asked now. */
const answers = (page: Page, handoffId: string, answer: object): Promise<void> =>
	page.evaluate(
		async ([id, said]) => {
			const { stet } = window;
			const actor = (await stet?.ask('member_list', {}))?.[0]?.memberId ?? '';
			const asked = await stet?.dispatch('ask_assessment', { actor, handoffId: id, again: true });
			if (asked?.ok !== true) throw new Error('not asked');
			const { jobId } = asked.value;
			const about = await stet?.ask('assessment_request', { jobId });
			if (about == null) throw new Error('nothing to answer');
			const made = await stet?.dispatch('finish_assessment', {
				jobId,
				model: 'm',
				key: '',
				answer: said,
				seen: Object.fromEntries(about.turns.map(({ number, turnId }) => [String(number), turnId])),
				coverage: { ...about.coverage, openings: ['T4–T9'], omitted: ['T10–T12'] },
				head: about.head,
				cost: {
					connectionId: 'demo',
					model: 'm',
					usage: { inputTokens: 1234, outputTokens: 56, costUsd: 0.01 }
				}
			});
			if (made?.ok !== true) throw new Error('not made');
		},
		[handoffId, answer] as const
	);

const PROBLEM = { text: 'The tunnel drops.', impact: 'The branch stands still.', refs: [{ turn: 'T1' }] };
const TRIED = [
	{
		action: 'Restarted the gateway',
		outcome: 'no_effect',
		refs: [{ turn: 'T1', quote: 'I restarted the gateway.' }]
	}
];
const HYPOTHESES = [
	{ hypothesis: 'It is the router.', confidence: 'high', for: [{ turn: 'T1' }], against: [] }
];

test('a part that did not come says so by itself and can be asked for again; the rest stands, and how it was made is told on asking', async ({
	page
}) => {
	test.setTimeout(120_000);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByRole('button', { name: desk.brief.start, exact: true })).toBeVisible();
	await answers(page, handoffId, {
		problem: PROBLEM,
		tried: [...TRIED, { action: 'Another network', outcome: 'worked', refs: [{ turn: 'T99' }] }],
		assessment: HYPOTHESES
	});
	const block = (name: string) => page.getByRole('region', { name });
	const start = block(desk.brief.startHere);
	await expect(block(desk.brief.problem)).toContainText('The tunnel drops.');
	await expect(start.getByText(desk.brief.notThis)).toBeVisible();
	for (const name of [desk.brief.problem, desk.brief.tried, desk.brief.assessment])
		await expect(block(name).getByText(desk.brief.notThis)).toHaveCount(0);

	const how = assessmentOf(page).locator('details').filter({ hasText: desk.brief.making });
	await expect(how.getByRole('listitem').first()).toBeHidden();
	await how.getByText(desk.brief.making).press('Enter');
	for (const line of [
		desk.brief.refsDropped(1),
		desk.brief.moved(1),
		desk.brief.lowered(1),
		desk.brief.missing([desk.brief.doNotRepeat, desk.brief.openQuestions, desk.brief.startHere]),
		desk.brief.openings(['T4–T9']),
		desk.brief.omitted(['T10–T12']),
		desk.brief.tokens(1234, 56)
	])
		await expect(how.getByText(line)).toBeVisible();
	for (const [width, height] of [
		[390, 844],
		[1280, 800]
	] as const) {
		await page.setViewportSize({ width, height });
		await look(page, 'assessment with a part missing');
	}
	await start.getByRole('button', { name: desk.brief.retry }).press('Enter');
	await expect(start.getByText(desk.brief.notThis)).toHaveCount(0, { timeout: 30_000 });
	await expect(start.getByText(desk.brief.wordsOf('Dana'))).toHaveCount(0);
	// that part alone was asked for
	await expect(block(desk.brief.problem)).toContainText('The tunnel drops.');
	await expect(assessmentOf(page)).toContainText('It is the router.');
	await expect(assessmentOf(page).getByRole('combobox').getByRole('option')).toHaveCount(2, {
		timeout: 30_000
	});
});

test('nothing that is read moves when an assessment comes, however long it is', async ({ page }) => {
	test.setTimeout(120_000);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	// the second one finds the first, and is longer
	for (const [width, height, length] of [
		[390, 844, 3],
		[1280, 2400, 5]
	] as const) {
		await page.setViewportSize({ width, height });
		await page.goto(`/handoffs/${handoffId}`);
		const start = page.getByRole('button', { name: desk.brief.start, exact: true });
		await expect(start).toBeVisible();
		const places = () =>
			page.evaluate(() =>
				[...document.querySelectorAll('main h2, main blockquote')]
					.map(
						(element) => `${element.textContent.slice(0, 12)}: ${String(element.getBoundingClientRect().top)}`
					)
					.slice(0, 12)
			);
		await page.evaluate(() => {
			document.documentElement.dataset['shift'] = '0';
			new PerformanceObserver((list) => {
				for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
					document.documentElement.dataset['shift'] = String(
						Number(document.documentElement.dataset['shift']) + entry.value
					);
			}).observe({ type: 'layout-shift' });
		});
		const before = await places();
		const long = 'The tunnel of the branch drops whenever the gateway renews its lease. '.repeat(length);
		await answers(page, handoffId, {
			problem: { ...PROBLEM, text: long },
			tried: [1, 2, 3, 4, 5].slice(0, length).map((n) => ({
				...TRIED[0],
				action: `Tried it ${String(n)} times, to no avail`
			})),
			assessment: [1, 2, 3].map((n) => ({
				...HYPOTHESES[0],
				hypothesis: `Router ${String(n + length - 3)}. ${long.slice(0, 120)}`
			})),
			do_not_repeat: ['Restarting the gateway', 'Another cable', 'Another network'],
			open_questions: ['Which firmware?', 'Since when?'],
			start_here: { step: long.slice(0, 130), why: 'w', expect: 'e', if_not: 'i', refs: [{ turn: 'T1' }] }
		});
		await expect(page.getByText(`Router ${String(length)}.`)).toBeAttached();
		// names of buttons change; their places do not
		const topsOf = (all: readonly string[]) => all.map((each) => each.slice(each.lastIndexOf(':')));
		expect(topsOf(await places())).toEqual(topsOf(before));
		expect(Number(await page.locator('html').getAttribute('data-shift'))).toBeLessThan(0.001);
		await look(page, 'assessment that came while it was read');
		// the rest of it is one step away
		const problem = page.getByRole('region', { name: desk.brief.problem });
		if (width < 400) {
			await problem.getByRole('button', { name: desk.brief.showAll }).press('Enter');
			await expect(problem.getByRole('button', { name: desk.brief.showAll })).toHaveCount(0);
		}
	}
});

test('all parts of an assessment are edited; what is not saved yet is given back after a reload', async ({
	page
}) => {
	test.setTimeout(120_000);
	const handoffId = await handedOn(page, 'Error 809. I restarted the gateway. No change.');
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.getByRole('button', { name: desk.brief.start, exact: true })).toBeVisible();
	await answers(page, handoffId, {
		problem: PROBLEM,
		tried: TRIED,
		assessment: HYPOTHESES,
		do_not_repeat: [],
		open_questions: ['Which firmware?'],
		start_here: { step: 'Look at the log.', why: '', expect: '', if_not: '', refs: [] }
	});
	const assessment = assessmentOf(page);
	await assessment.getByRole('button', { name: desk.brief.edit, exact: true }).click();
	const sheet = page.getByRole('dialog', { name: desk.brief.editTitle });
	const first = desk.brief.editEntry(desk.brief.tried, 1);
	const guess = desk.brief.editEntry(desk.brief.assessment, 1);
	await sheet.getByLabel(desk.brief.impact).fill('Nobody can work.');
	await sheet.getByRole('textbox', { name: first }).fill('Restarted it twice');
	await sheet.getByRole('combobox', { name: desk.brief.editOutcome }).selectOption('made_worse');
	await sheet.getByRole('textbox', { name: guess }).fill('It is the lease.');
	await sheet.getByRole('combobox', { name: desk.brief.editConfidence }).selectOption('high');
	await sheet.getByLabel(desk.brief.doNotRepeat).fill('Restarting it\nAnother cable');
	await sheet.getByRole('button', { name: desk.brief.editAdd(desk.brief.tried) }).press('Enter');
	await sheet.getByRole('textbox', { name: desk.brief.editEntry(desk.brief.tried, 2) }).fill('Another cable');
	for (const [width, height] of [
		[390, 844],
		[1280, 800]
	] as const) {
		await page.setViewportSize({ width, height });
		await look(page, 'assessment being edited');
	}
	await expect
		.poll(() =>
			page.evaluate(async (id) => {
				const actor = (await window.stet?.ask('member_list', {}))?.[0]?.memberId ?? '';
				const draft = await window.stet?.ask('assessment_draft', { actor, handoffId: id });
				return draft?.body.tried.length;
			}, handoffId)
		)
		.toBe(2);
	await page.reload();
	await assessment.getByRole('button', { name: desk.brief.editOn }).click();
	await expect(sheet.getByText(desk.brief.editKept)).toBeVisible();
	await expect(sheet.getByLabel(desk.brief.impact)).toHaveValue('Nobody can work.');
	await expect(sheet.getByRole('textbox', { name: first })).toHaveValue('Restarted it twice');
	await sheet.getByLabel(desk.brief.openQuestions).fill('');
	await sheet.getByRole('button', { name: en.app.save }).click();
	await expect(sheet).toHaveCount(0);
	const tried = page.getByRole('region', { name: desk.brief.tried });
	await expect(tried).toContainText('Restarted it twice');
	await expect(tried).toContainText('Another cable');
	await expect(tried).toContainText(desk.outcomes.made_worse);
	await expect(assessment).toContainText('It is the lease.');
	await expect(assessment).toContainText(desk.brief.confidence.high);
	await expect(assessment).toContainText('Another cable');
	await expect(assessment.getByText('Which firmware?')).toBeHidden();
	await expect(page.getByRole('region', { name: desk.brief.problem })).toContainText('Nobody can work.');
	await expect(assessment.getByRole('button', { name: desk.brief.edit, exact: true })).toBeVisible();

	// and what is not wanted is thrown away
	await assessment.getByRole('button', { name: desk.brief.edit, exact: true }).click();
	await sheet.getByLabel(desk.brief.startHere).fill('Wait.');
	await sheet.getByRole('button', { name: en.app.cancel }).click();
	await assessment.getByRole('button', { name: desk.brief.editOn }).click();
	await expect(sheet.getByLabel(desk.brief.startHere)).toHaveValue('Wait.');
	await sheet.getByRole('button', { name: desk.brief.editForget }).click();
	await expect(sheet.getByLabel(desk.brief.startHere)).toHaveValue('Look at the log.');
	await sheet.getByRole('button', { name: en.app.cancel }).click();
	await expect(assessment.getByRole('button', { name: desk.brief.edit, exact: true })).toBeVisible();
});

test('a link below the lines of a quoted turn is seen when it has the focus', async ({ page }) => {
	const lines = Array.from({ length: 12 }, (_, n) => `Line ${String(n + 1)} of what was said.`);
	const handoffId = await handedOn(page, [...lines, 'See [the log](https://log.example/now).'].join('\n\n'));
	await page.goto(`/handoffs/${handoffId}`);
	const quoted = page.getByRole('region', { name: desk.brief.problem }).getByRole('blockquote');
	const link = quoted.getByRole('button');
	await expect(quoted).toBeVisible();
	const isShown = () =>
		link.first().evaluate((node) => {
			const box = node.closest('blockquote')?.getBoundingClientRect();
			return box !== undefined && node.getBoundingClientRect().bottom <= box.bottom + 1;
		});
	expect(await isShown()).toBe(false);
	await look(page, 'long words quoted');
	await link.first().focus();
	await expect.poll(isShown).toBe(true);
	await page.reload();
	const all = page.getByRole('region', { name: desk.brief.problem }).getByRole('button', {
		name: desk.brief.showAll
	});
	await all.press('Enter');
	await expect(all).toHaveCount(0);
	expect(await isShown()).toBe(true);
});

test('who opens what somebody else has reads who that is, and since when', async ({ page }) => {
	const handoffId = await handedOn(page, 'Error 809.');
	const [eve = ''] = await staff(page, ['Eve', 'engineer']);
	const [at, now] = await page.evaluate(
		async ([id, actor]) => {
			const { stet } = window;
			const claimed = await stet?.dispatch('claim_handoff', { actor, handoffId: id });
			const moment = Date.now();
			const found = await stet?.ask('handoff', { handoffId: id, now: moment });
			if (claimed?.ok !== true || found?.claimedAt == null) throw new Error('not claimed');
			return [found.claimedAt, moment] as const;
		},
		[handoffId, eve] as const
	);
	await page.goto(`/handoffs/${handoffId}`);
	await expect(page.locator('.state')).toHaveText(
		desk.brief.stateBy(desk.brief.state.claimed, 'Eve', en.moment(at, now))
	);
});
