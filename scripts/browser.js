// Finds the browsers the tests use, and gets a Chromium where there is none.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { ROOT } from './install.js';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const CHROMIUM_PLACES = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe'
];
const FIREFOX_NAMES = ['firefox', 'firefox-esr'];
const FIREFOX_PLACES = [
	'/Applications/Firefox.app/Contents/MacOS/firefox',
	'C:\\Program Files\\Mozilla Firefox\\firefox.exe'
];

const NO_BROWSER =
	'The browser tests need Chromium or Chrome: install one, or name its program in STET_CHROMIUM.';

/** Chromium's own sandbox cannot start under root; everywhere else it stays on. */
export const CHROMIUM_ARGS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/**
 * The Chromium to test with: STET_CHROMIUM, else Playwright's own, else one installed on this machine.
 * @returns {string | undefined} a program's path
 * @throws {Error} when STET_CHROMIUM names no program
 */
export const findChromium = () => {
	const chosen = process.env['STET_CHROMIUM'];
	if (chosen !== undefined && chosen !== '') {
		if (!isProgram(chosen)) throw new Error(`STET_CHROMIUM names "${chosen}", which is not a program.`);
		return chosen;
	}
	return playwrightChromium() ?? onThisMachine(CHROMIUM_NAMES, CHROMIUM_PLACES);
};

/**
 * The Chromium to test with, or an error that says in a sentence what to do.
 * @returns {string} a program's path
 * @throws {Error} when there is none
 */
export const chromiumPath = () => {
	const path = findChromium();
	if (path === undefined) throw new Error(NO_BROWSER);
	return path;
};

/**
 * As chromiumPath, after trying to install one: Playwright's download, else Debian's package when root.
 * @returns {string} a program's path
 * @throws {Error} when there is none and none could be installed
 */
export const ensureChromium = () => {
	const present = findChromium();
	if (present !== undefined) return present;
	console.log('No Chromium here: downloading one (playwright install chromium) …');
	run(process.execPath, [join(ROOT, 'node_modules/playwright/cli.js'), 'install', 'chromium']);
	const downloaded = findChromium();
	if (downloaded !== undefined) return downloaded;
	if (process.getuid?.() === 0 && onThisMachine(['apt-get'], []) !== undefined) {
		console.log('Trying Debian’s package (apt-get install chromium) …');
		run('apt-get', ['update', '-qq']);
		run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
	}
	return chromiumPath();
};

/**
 * An installed Firefox; STET_FIREFOX may name it.
 * @returns {string | undefined} a program's path
 */
export const findFirefox = () => {
	const chosen = process.env['STET_FIREFOX'];
	return chosen !== undefined && isProgram(chosen) ? chosen : onThisMachine(FIREFOX_NAMES, FIREFOX_PLACES);
};

/** @returns {string | undefined} */
const playwrightChromium = () => {
	// required here, not imported above: this file also runs where nothing is installed yet
	const { chromium } = createRequire(import.meta.url)('playwright');
	const path = chromium.executablePath();
	return isProgram(path) ? path : undefined;
};

/**
 * @param {readonly string[]} names
 * @param {readonly string[]} places
 * @returns {string | undefined}
 */
const onThisMachine = (names, places) => {
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
	return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find(isProgram);
};

/** @param {string} path */
const isProgram = (path) => {
	try {
		accessSync(path, constants.X_OK);
		return existsSync(path);
	} catch {
		return false;
	}
};

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
const run = (program, args) => void spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
