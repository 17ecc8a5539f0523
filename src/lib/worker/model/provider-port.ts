// Makes the port of one connection and model out of what a provider has of its own.
import { accessHeaders } from './access.ts';
import { decideWith } from './decide.ts';
import { guardFetch } from './guarded-fetch.ts';
import type { Endpoint, ModelMemory, ModelPort, ProsePart } from './port.ts';
import type { Surroundings } from './reachability.ts';
import {
	PATIENCE,
	readCount,
	streamAnswer,
	wellFormed,
	type Adapter,
	type Patience
} from './stream-prose.ts';

/** Where nothing is to be remembered: each port finds out anew. */
export const forgetful = (): ModelMemory => {
	let known: Awaited<ReturnType<ModelMemory['rung']>> = null;
	return {
		rung: async () => known,
		keepRung: async (rung) => {
			known = rung;
		}
	};
};

/** `around` is the outside world: fetch, online state, permissions. */
export type PortMaker = (
	endpoint: Endpoint,
	around: Surroundings,
	memory?: ModelMemory,
	patience?: Patience
) => ModelPort;

/** How long an exact count is waited for: it is never needed, only better. */
const COUNT_LIMIT_MS = 10_000;

/** The maker of ports for a provider. */
export const createPort =
	(adapter: Adapter): PortMaker =>
	(endpoint, around, memory = forgetful(), patience = PATIENCE) => {
		const { model, contextTokens, maxOutputTokens } = endpoint;

		async function* streamProse(
			request: Parameters<ModelPort['streamProse']>[0],
			signal: AbortSignal
		): AsyncGenerator<ProsePart> {
			const { instructions, messages, steady } = request;
			const prompt = { instructions, messages, steady, form: null, maxOutputTokens };
			for await (const part of streamAnswer(endpoint, adapter, prompt, signal, around, patience)) {
				if (part.kind === 'end' && part.reason === 'failed') {
					const { kind, reason, failure, again } = part;
					yield { kind, reason, failure, again };
				} else yield part;
			}
		}

		const ask = (signal: AbortSignal) => {
			const access = accessHeaders(adapter.provider, endpoint.secret);
			const send = guardFetch(new URL(endpoint.url).origin, access, around.fetch);
			return async (path: string, body: unknown): Promise<unknown> => {
				const answer = await send(endpoint.url + path, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
					signal: AbortSignal.any([signal, AbortSignal.timeout(COUNT_LIMIT_MS)])
				});
				return answer.ok ? answer.json() : null;
			};
		};

		return {
			capabilities: { model, contextTokens, maxOutputTokens },
			streamProse,
			decide: decideWith({
				rungs: adapter.rungs,
				memory,
				most: endpoint.maxDecisionTokens ?? null,
				ask: (prompt, signal) => streamAnswer(endpoint, adapter, prompt, signal, around, patience)
			}),
			count: async (request, signal) => {
				if (adapter.count === undefined) return null;
				const prompt = {
					instructions: wellFormed(request.instructions),
					messages: request.messages.map(({ role, text }) => ({ role, text: wellFormed(text) }))
				};
				try {
					return readCount(await adapter.count(model, prompt, ask(signal)));
				} catch {
					return null;
				}
			}
		};
	};
