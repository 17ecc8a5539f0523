// `npm start`: installs and builds what is missing, serves the built app on this machine, and says where.
import { ensureInstalled, ROOT } from './install.js';

ensureInstalled();
const { build, isBuilt } = await import('./build.js');
const { startServer } = await import('./serve.js');

const DEFAULT_PORT = 4173;

const port = Number(process.env['PORT'] ?? DEFAULT_PORT);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
	console.error(`PORT must be a number from 0 to 65535, not "${process.env['PORT']}".`);
	process.exit(1);
}

try {
	if (!isBuilt()) {
		console.log('Building …');
		await build({ quiet: true });
	}
	const { origin, stop } = await startServer({ root: `${ROOT}/build`, port });
	console.log(`Stet is at ${origin} (Ctrl+C ends it)`);
	for (const signal of ['SIGINT', 'SIGTERM'])
		process.once(signal, () => void stop().then(() => process.exit(0)));
} catch (error) {
	console.error(explain(error));
	process.exit(1);
}

/**
 * @param {unknown} error
 * @returns {string} one sentence
 */
function explain(error) {
	if (!(error instanceof Error)) return String(error);
	if ('code' in error && error.code === 'EADDRINUSE') {
		return `Port ${port} is busy: end what is using it, or choose another with PORT=${port + 1} npm start.`;
	}
	if ('code' in error && error.code === 'EACCES') return `Port ${port} may not be used by this account.`;
	return error.message;
}
