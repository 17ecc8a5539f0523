// Listens at the ports of the product's own providers, opened as the model worker opens them. The name is the model
// worker's, so that it runs under that one's policy.
import * as Comlink from 'comlink';
import { openLearned } from '#lib/worker/model/learned.ts';
import { openPort } from '#lib/worker/model/providers.ts';
import { browserSurroundings } from '#lib/worker/model/reachability.ts';
import { openVaultStore } from '#lib/worker/model/vault-store.ts';
import { heardIn, partsOf } from '../heard.ts';
import type { Listener, Question } from './listening.ts';

const world = { around: browserSurroundings(), learned: openLearned(openVaultStore()) };

const listen = async ({ provider, url, model, secret, stopAt }: Question) => {
	const connection = {
		id: 'replay',
		provider,
		url,
		model,
		secret,
		taskModels: { classify: null, copilot: null },
		contextTokens: null,
		maxOutputTokens: 400,
		temperature: null,
		topP: null,
		price: null
	};
	const opened = await openPort(connection, 'prose', null, world);
	if (!opened.ok) throw new Error(`no port: ${opened.error.type}`);
	const parts = await partsOf(opened.value, stopAt);
	if (JSON.stringify(parts).includes(secret)) throw new Error(`${model} gives the key away`);
	return heardIn(parts);
};

Comlink.expose({ listen } satisfies Listener);
