// Builds and serves a page that listens at the ports of the product's providers, under the headers the product has there.
// The built app gives no thought of a model to anybody, and counts over a whole reply: the port is where both are seen.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { parseHeaderRules, printHeaderRules } from '../../scripts/header-rules.js';
import { filesIn, policyRules } from '../../scripts/headers.js';
import { startServer } from '../../scripts/serve.js';
import type { EnteredProvider } from '../../src/lib/worker/protocol.ts';
import type { ReplayServer } from './replay-server.ts';
import type { Question } from './wire-site/listening.ts';
import { KEY, SIZES, baseOf, streamsOf } from './wire-page.ts';
import type { WireStream } from './wire-streams.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OWN = '_app/immutable';

export interface WireSite {
	readonly origin: string;
	stop(): Promise<void>;
}

const buildInto = async (site: string): Promise<void> => {
	// test runners set their own, and what is built then is not what people run
	const { NODE_ENV } = process.env;
	process.env['NODE_ENV'] = 'production';
	try {
		await build({
			configFile: false,
			root: join(ROOT, 'tests/support/wire-site'),
			logLevel: 'warn',
			// where the app has its own, so that they are known as workers by their place
			worker: {
				format: 'es',
				rolldownOptions: {
					output: {
						entryFileNames: `${OWN}/workers/[name]-[hash].js`,
						chunkFileNames: `${OWN}/workers/chunks/[hash].js`
					}
				}
			},
			build: {
				outDir: site,
				assetsDir: `${OWN}/assets`,
				target: 'es2023',
				emptyOutDir: false,
				reportCompressedSize: false
			}
		});
	} finally {
		if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
		else process.env['NODE_ENV'] = NODE_ENV;
	}
};

/** The app has to be built: its page's policy is this page's. */
export const startWireSite = async (): Promise<WireSite> => {
	const site = mkdtempSync(join(tmpdir(), 'stet-wires-'));
	await buildInto(site);

	const page = readFileSync(join(ROOT, 'build/index.html'), 'utf8');
	const constant = parseHeaderRules(readFileSync(join(ROOT, 'static/_headers'), 'utf8'));
	const rules = [...constant, ...policyRules(page, [], filesIn(site))];
	writeFileSync(join(site, '_headers'), printHeaderRules(rules));
	const { origin, stop } = await startServer({ root: site });
	return {
		origin,
		stop: async () => {
			await stop();
			rmSync(site, { recursive: true, force: true, maxRetries: 3 });
		}
	};
};

/** A stream to be heard in one size of pieces. */
interface ToHear {
	/** With the size, for whoever reads what went wrong. */
	readonly name: string;
	readonly stream: WireStream;
	readonly question: Question;
}

/** Every stream of a provider, in each size of pieces. */
export const toHear = (server: ReplayServer, provider: EnteredProvider): readonly ToHear[] =>
	SIZES.flatMap((size) =>
		streamsOf(provider).map((stream) => ({
			name: `${stream.name} ${size}`,
			stream,
			question: {
				provider,
				url: baseOf(server, size),
				model: stream.name,
				secret: KEY,
				stopAt: stream.stopped === true ? stream.expected.text.length : null
			}
		}))
	);
