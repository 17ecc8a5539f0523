// In English: connections to models, their keys, and what to do when one does not answer.
import type { ModelInfo, OnDeviceAvailability } from '#lib/worker/protocol.ts';

/** What a kind of server needs before a page may ask it. `command`: to be typed where that server runs. */
interface Need {
	readonly text: string;
	readonly command?: string;
}

/** Who is asked, as the form and the doctor tell them apart. */
export type ServerKind =
	| 'anthropic'
	| 'openai'
	| 'google'
	| 'openrouter'
	| 'ollama'
	| 'lm-studio'
	| 'llama-cpp'
	| 'vllm'
	| 'koboldcpp'
	| 'hosted'
	| 'other';

/** What to know when choosing one. `origin`: where this page comes from. */
const need = (kind: ServerKind, origin: string): Need => {
	switch (kind) {
		case 'anthropic':
			return {
				text: 'Needs an API key from console.anthropic.com. An organisation can forbid calls from browsers.'
			};
		case 'openai':
			return { text: 'Needs an API key from platform.openai.com. A ChatGPT subscription is not one.' };
		case 'google':
			return { text: 'Needs an API key from aistudio.google.com.' };
		case 'openrouter':
			return { text: 'Many providers with one key. Sign in to get one made for Stet, or enter your own.' };
		case 'hosted':
			return { text: 'Needs an API key from the provider.' };
		case 'ollama':
			return {
				text: 'Runs on this computer. Ollama answers this page only if it is told to; start it like this:',
				command: `OLLAMA_ORIGINS=${origin} ollama serve`
			};
		case 'lm-studio':
			return {
				text: 'Runs on this computer. Switch on “Enable CORS” under Developer, or start its server like this:',
				command: 'lms server start --cors'
			};
		case 'llama-cpp':
			return { text: 'Runs on this computer. Lets this page ask, unless it was started with tools.' };
		case 'vllm':
		case 'koboldcpp':
			return { text: 'Runs on this computer. Lets this page ask; nothing needs to be set.' };
		case 'other':
			return {
				text: 'Any server that speaks as OpenAI’s does and lets web pages ask (CORS). Amazon Bedrock and the like do not.'
			};
	}
};

/** What lets this page ask a server that refuses it, or starts one that is not there. Null where nothing exact is known. */
const remedy = (kind: ServerKind, failed: string, origin: string): Need | null => {
	if (failed === 'cors')
		switch (kind) {
			case 'ollama':
				return {
					text: 'Quit Ollama and start it so that it answers this page:',
					command: `OLLAMA_ORIGINS=${origin} ollama serve`
				};
			case 'lm-studio':
				return { text: 'Start LM Studio’s server with CORS:', command: 'lms server start --cors' };
			case 'llama-cpp':
				return {
					text: 'Start llama.cpp so that it answers this page:',
					command: `llama-server --cors-origins ${origin} -m MODEL.gguf`
				};
			case 'vllm':
				return {
					text: 'Start vLLM so that it answers this page:',
					command: `vllm serve MODEL --allowed-origins '["${origin}"]'`
				};
			default:
				return null;
		}
	if (failed === 'unreachable')
		switch (kind) {
			case 'ollama':
				return { text: 'Start it:', command: `OLLAMA_ORIGINS=${origin} ollama serve` };
			case 'lm-studio':
				return { text: 'Start its server:', command: 'lms server start --cors' };
			case 'llama-cpp':
				return { text: 'Start it:', command: 'llama-server -m MODEL.gguf --port 8080' };
			case 'vllm':
				return { text: 'Start it:', command: 'vllm serve MODEL --port 8000' };
			case 'koboldcpp':
				return { text: 'Start it:', command: 'koboldcpp --model MODEL.gguf --port 5001' };
			default:
				return null;
		}
	return null;
};

const sum = (dollars: number): string =>
	`$${dollars.toLocaleString('en', { maximumFractionDigits: dollars < 1 ? 4 : 2 })}`;

const size = (tokens: number): string =>
	tokens >= 1_000_000
		? `${(tokens / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 })}M`
		: tokens >= 1000
			? `${String(Math.round(tokens / 1000))}k`
			: String(tokens);

/** Window and price of a model, as far as they are known. */
const modelFacts = ({ contextTokens, price }: Pick<ModelInfo, 'contextTokens' | 'price'>): string =>
	[
		contextTokens === null ? '' : `${size(contextTokens)} window`,
		price === null
			? ''
			: price.input === 0 && price.output === 0
				? 'free'
				: `${sum(price.input)} in, ${sum(price.output)} out`
	]
		.filter((fact) => fact !== '')
		.join(' · ');

const onDeviceStands: Readonly<Record<OnDeviceAvailability, string>> = {
	unavailable: 'Not there any more.',
	downloadable: 'It has to be downloaded once: several gigabytes, and more free disk than that.',
	downloading: 'The browser is downloading it.',
	available: 'Works offline, without a key. Small: expect simple prose and a short memory.'
};

export const models = {
	models: {
		need,
		remedy,
		modelFacts,
		provider: 'Provider',
		choose: 'Choose one',
		chooseFirst: 'Choose who is asked.',
		onThisComputer: 'On this computer',
		online: 'Online',
		another: 'Another server',
		signIn: 'Sign in with OpenRouter',
		signInAgain: 'Sign in again',
		renewed: (name: string) => `${name} has a new key.`,
		signInHelp: 'Opens openrouter.ai and comes back here. You can set a spending limit there.',
		signingIn: 'Signing in at OpenRouter…',
		signedIn: 'OpenRouter is signed in and in use. Edit it to choose a model.',
		signInDenied: 'OpenRouter did not sign you in. Nothing was changed.',
		signInElsewhere:
			'This sign-in was not begun in this tab, or it is over already. Begin it again with “Sign in with OpenRouter”.',
		signInRefused:
			'OpenRouter did not accept the sign-in: its code was used already, or is too old. Begin it again.',
		signInFailed: (why: string) => `The sign-in did not work. ${why}`,
		fetch: 'Fetch models',
		fetching: 'Fetching…',
		fetched: (count: number) =>
			count === 0
				? 'The server lists no models. Type the name.'
				: count === 1
					? '1 model. Type to search.'
					: `${count.toLocaleString('en')} models. Type to search.`,
		noSuchModel: 'Not in the list. It is used as you typed it.',
		moreMatches: (count: number) => `${count.toLocaleString('en')} more. Type on to find them.`,
		listOf: (label: string) => `${label}: choices`,
		classifyModel: 'Model for small decisions',
		copilotModel: 'Model for drafts for a colleague',
		taskModelHelp: 'Empty: the model above.',
		contextTokens: 'Window, in tokens',
		contextHelp: 'Empty: what is known of the model.',
		topP: 'Top P',
		topPHelp: 'Empty: the provider’s own.',
		priceIn: 'Price in',
		priceOut: 'Price out',
		priceHelp: 'US dollars for a million tokens. Empty: the price that is known.',
		keepHow: 'How to keep the key',
		keyPassphraseChoice: 'Under a passphrase',
		keyPassphraseHelp:
			'Sealed with a passphrase that is stored nowhere. You type it once in each tab. If it is lost, so are the keys.',
		passphraseNew: 'New passphrase',
		passphrase: 'Passphrase',
		passphraseRepeat: 'The same once more',
		passphraseDiffers: 'The two are not the same. Type them again.',
		passphraseNewHelp: 'At least 8 characters; several words are best. It cannot be recovered.',
		passphraseHelp: 'The one your other keys are kept under.',
		passphraseBefore: 'Present passphrase',
		unlock: 'Unlock',
		unlockTitle: 'Unlock your keys',
		lock: 'Lock',
		lockedNote: 'Your keys are locked, in all tabs.',
		unlockedNote: 'Your keys are unlocked in this tab.',
		isLocked: 'Keys under your passphrase are locked in this tab.',
		isUnlocked: 'Keys under your passphrase are unlocked in this tab.',
		change: 'Change passphrase',
		changeTitle: 'Change your passphrase',
		changed: 'The passphrase is changed. Other tabs ask for the new one.',
		working: 'Working…',
		wrongPassphrase: 'That is not the passphrase.',
		passphraseProblem: (problem: string) =>
			problem === 'too_big'
				? 'The passphrase is too long.'
				: problem === 'locked'
					? 'Your keys are locked. Enter the passphrase.'
					: problem === 'none'
						? 'There is no passphrase yet. Choose one.'
						: 'The passphrase needs at least 8 characters.',
		noPassphraseHere: 'This window cannot remember keys, so there is nothing to seal.',
		onDeviceLabel: 'This browser’s own model',
		onDeviceStands,
		download: 'Download it',
		downloadTitle: 'Download the browser’s model?',
		downloadHelp:
			'The browser fetches several gigabytes and keeps them on this device; Chrome wants about 22 GB free. Use a connection that is not metered. The provider of the browser sets the rules for its use.',
		downloading: (fraction: number) => `Downloading: ${String(Math.floor(fraction * 100))} %`,
		downloadStop: 'Stop',
		downloaded: 'The browser’s model is here.',
		checks: 'Checks',
		check: {
			online: 'This device is online',
			reachable: 'The server answers',
			allowed: 'It lets this page ask',
			key: 'It accepts the key',
			answers: 'The model answers'
		},
		checkState: { ok: 'yes', failed: 'no', unknown: 'not reached' },
		copy: 'Copy',
		copied: 'Copied.'
	}
};
