// Serves the built app for the whole run of the end-to-end tests, on a free port, under its own headers.
import { fileURLToPath } from 'node:url';
import { startServer } from '../../scripts/serve.js';

/** Playwright's global setup. Workers started afterwards read where the app is from STET_ORIGIN. */
export default async (): Promise<() => Promise<void>> => {
	const { origin, stop } = await startServer({
		root: fileURLToPath(new URL('../../build', import.meta.url))
	});
	process.env['STET_ORIGIN'] = origin;
	return stop;
};
