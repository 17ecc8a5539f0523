// Opens the port of a connection: which model, how large, and the provider's own code, fetched when it is first needed.
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { EnteredProvider, ModelChoice, ModelFailure, Task } from '../protocol.ts';
import { knownModel } from './known-models.ts';
import type { Learned } from './learned.ts';
import type { ModelPort } from './port.ts';
import type { PortMaker } from './provider-port.ts';
import type { Surroundings } from './reachability.ts';
import type { UsableConnection } from './vault.ts';

interface ProviderWorld {
	readonly around: Surroundings;
	readonly learned: Learned;
}

type EnteredConnection = Extract<UsableConnection, { readonly secret: string | null }>;
type Choice = Pick<ModelChoice, 'model' | 'temperature' | 'topP' | 'maxOutputTokens'>;

/** Each a chunk of its own. */
const MAKERS: Readonly<Record<EnteredProvider, () => Promise<PortMaker>>> = {
	anthropic: async () => (await import('./anthropic.ts')).createAnthropicPort,
	openai: async () => (await import('./openai.ts')).createOpenAiPort,
	google: async () => (await import('./google.ts')).createGooglePort,
	openrouter: async () => (await import('./openai-compatible.ts')).createOpenAiCompatible,
	'openai-compatible': async () => (await import('./openai-compatible.ts')).createOpenAiCompatible
};

/** The model a task is asked of: what was chosen for the one piece of work, for the task, for the connection. */
const modelFor = (connection: EnteredConnection, task: Task, choice: Choice | null): string =>
	choice?.model ?? (task === 'prose' ? null : connection.taskModels[task]) ?? connection.model;

/**
 * The port of a connection for one task. The window is the one set for the connection's own model, else what the provider's list said, else what is
 * known of the model. Refusals: `unreachable` or `offline`, when our own code could not be fetched.
 */
export const openPort = async (
	connection: EnteredConnection,
	task: Task,
	choice: Choice | null,
	{ around, learned }: ProviderWorld
): Promise<Result<ModelPort, ModelFailure>> => {
	const { url, secret, provider } = connection;
	const { origin } = new URL(url);
	const model = modelFor(connection, task, choice);
	try {
		const make = await MAKERS[provider]();
		const listed = await learned.sizes(origin, model);
		const known = knownModel(provider, model);
		const longest = listed?.maxOutputTokens ?? known?.maxOutputTokens ?? Infinity;
		const longestDecision =
			task === 'prose' ? Infinity : Math.min(choice?.maxOutputTokens ?? Infinity, longest);
		const endpoint = {
			url,
			model,
			secret,
			contextTokens:
				(model === connection.model ? connection.contextTokens : null) ??
				listed?.contextTokens ??
				known?.contextTokens ??
				null,
			maxOutputTokens: Math.min(choice?.maxOutputTokens ?? connection.maxOutputTokens, longest),
			...(longestDecision === Infinity ? {} : { maxDecisionTokens: longestDecision }),
			temperature: choice?.temperature ?? connection.temperature,
			topP: choice?.topP ?? connection.topP
		};
		return ok(make(endpoint, around, learned.memory(origin, model)));
	} catch {
		// our own code could not be fetched
		return refuse({ type: around.online() ? 'unreachable' : 'offline' });
	}
};
