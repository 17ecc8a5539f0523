// Installs what the lockfile asks for when it is not there yet. Imports no package, so it runs on a fresh clone.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ readonly version?: string, readonly optional?: boolean, readonly devOptional?: boolean, readonly peer?: boolean }} LockEntry
 * @typedef {{ readonly packages?: Readonly<Record<string, LockEntry>> }} Lock
 */

/** The repository's folder, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The lowest Node this project runs on, as [major, minor]. */
export const OLDEST_NODE = /** @type {const} */ ([20, 19]);

/**
 * Whether npm's own record of what lies in node_modules has every package of the lockfile at its version.
 * Optional packages may be missing: they are for other platforms.
 * @param {Lock} wanted package-lock.json
 * @param {Lock | undefined} present node_modules/.package-lock.json; undefined when nothing was ever installed
 * @returns {boolean}
 */
export const isInstalled = (wanted, present) =>
	present !== undefined &&
	Object.entries(wanted.packages ?? {}).every(([path, entry]) => {
		if (path === '') return true;
		const found = present.packages?.[path];
		if (found === undefined)
			return entry.optional === true || entry.devOptional === true || entry.peer === true;
		return found.version === entry.version;
	});

/**
 * Runs `npm ci` when node_modules is missing or does not match the lockfile.
 * Ends the process with one sentence when Node is too old or npm fails.
 */
export const ensureInstalled = () => {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
		console.error(`Stet needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
		process.exit(1);
	}
	if (isInstalled(readLock('package-lock.json') ?? {}, readLock('node_modules/.package-lock.json'))) return;
	console.log('Installing packages (npm ci) …');
	// npm is a .cmd file on Windows, which only a shell can start
	const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: ROOT,
		stdio: 'inherit',
		shell: process.platform === 'win32'
	});
	if (npm.status !== 0) {
		console.error('npm ci failed; its message is above.');
		process.exit(1);
	}
};

/**
 * @param {string} path relative to the repository
 * @returns {Lock | undefined}
 */
const readLock = (path) => {
	try {
		return JSON.parse(readFileSync(`${ROOT}/${path}`, 'utf8'));
	} catch {
		// absent, or half-written by an npm that was stopped: both mean "install"
		return undefined;
	}
};
