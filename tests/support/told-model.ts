// A model for the end-to-end tests of a story's world: says what a test tells it to, to whichever question it is asked.
import type { Page } from '@playwright/test';
import { NO_ANSWER, type ClassifierName } from '../../src/lib/domain/story/classifiers.ts';
import { startReplayServer } from './replay-server.ts';
import { askedOf, streamed, type WireAsked } from './scripted-model.ts';
import { addConnection, useConnection } from './screens.ts';

/** Where its server falls silent, until the client hangs up. */
const SILENCE = '…';

export interface ToldModel {
	/** Everything it was asked for, oldest first. */
	readonly asked: readonly WireAsked[];
	/** What it says next in words, one after another; then the last again. One that ends in “…” never ends by itself. */
	says(...words: readonly string[]): void;
	/** What a classifier answers from now on, beside nothing. */
	answers<N extends ClassifierName>(name: N, answer: Partial<(typeof NO_ANSWER)[N]>): void;
	/** A classifier begins its answer from now on, and then falls silent until the client hangs up. */
	keepsSilent(name: ClassifierName): void;
	/** Adds it on the Settings screen, and makes new replies come from it. */
	connect(page: Page): Promise<void>;
	close(): Promise<void>;
}

export const startToldModel = async (): Promise<ToldModel> => {
	const asked: WireAsked[] = [];
	let words: readonly string[] = ['The tide turns.'];
	const answers = new Map<ClassifierName, object>();
	const silent = new Set<ClassifierName>();
	const server = await startReplayServer({
		raw: {
			told: (request) => {
				const question = askedOf('openai-compatible', request);
				asked.push(question);
				if (question.name !== 'words') {
					const answer = { ...NO_ANSWER[question.name], ...answers.get(question.name) };
					const text = JSON.stringify(answer);
					return silent.has(question.name)
						? streamed('openai-compatible', text.slice(0, text.length / 2), request, false)
						: streamed('openai-compatible', text, request);
				}
				const [next = '', ...rest] = words;
				if (rest.length > 0) words = rest;
				return streamed('openai-compatible', next, request, !next.endsWith(SILENCE));
			}
		}
	});
	return {
		asked,
		says: (...next) => {
			words = next;
		},
		answers: (name, answer) => {
			answers.set(name, answer);
		},
		keepsSilent: (name) => void silent.add(name),
		connect: async (page) => {
			await page.goto('/settings');
			await addConnection(page, {
				label: 'Told',
				url: server.base('raw/told'),
				key: { secret: 'sk-test-0123456789', remember: true }
			});
			await useConnection(page, 'Told');
		},
		close: () => server.close()
	};
};
