// `npm run bench`: measures ratios in a real Chromium on a real disk, prints them, and with `-- --out FILE` writes them.
import { cpSync, appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build as buildPages } from 'vite';
import { measureApp } from './bench-app.js';
import { measureDesk } from './bench-desk.js';
import { measureFiles } from './bench-files.js';
import { measureStreaming } from './bench-streaming.js';
import { CHROMIUM_ARGS, chromiumPath } from './browser.js';
import { build, isBuilt } from './build.js';
import { ROOT } from './install.js';
import { startServer } from './serve.js';

/**
 * @typedef {import('./figures.js').Figure} Figure
 * @typedef {import('../tests/bench/workers.ts').Weight} Weight
 */

const { values: options } = parseArgs({
	options: {
		out: { type: 'string' },
		// fewer turns make a quick look, not a measurement
		turns: { type: 'string', default: '10000' },
		only: { type: 'string', default: 'engine,app,desk,files' }
	}
});

const long = Number(options.turns);
const sizes = { long, short: 100, shortChats: Math.round(long / 100), events: 10 * long };

/**
 * Copies the built app and puts the pages of the benchmarks beside it: one origin, and so one private file system.
 * @param {string} site
 */
const buildSite = async (site) => {
	if (!isBuilt()) await build({ quiet: true });
	cpSync(join(ROOT, 'build'), site, { recursive: true });
	await buildPages({
		configFile: false,
		root: join(ROOT, 'tests/bench'),
		base: '/bench/',
		logLevel: 'warn',
		worker: { format: 'es' },
		build: { outDir: join(site, 'bench'), target: 'es2023', emptyOutDir: false, reportCompressedSize: false }
	});
	// isolation gives workers a clock of 5 µs instead of 100
	appendFileSync(join(site, '_headers'), '\n/bench/*\n  Cross-Origin-Embedder-Policy: require-corp\n');
};

/**
 * @param {Figure} figure
 * @returns {Readonly<Record<string, string>>}
 */
const row = (figure) => {
	const { name, value, unit, baseline, ratio, against, limits } = figure;
	/** @param {number} number */
	const short = (number) => (number >= 100 ? number.toFixed(0) : number.toPrecision(3));
	const met = limits.every(([of, sign, limit]) => (sign === '≤' ? figure[of] <= limit : figure[of] >= limit));
	return {
		figure: name,
		value: `${short(value)} ${unit}`,
		baseline: `${short(baseline)} (${against})`,
		ratio: short(ratio),
		target: limits.map(([of, sign, limit]) => `${of} ${sign} ${short(limit)}`).join(', '),
		met: met ? 'yes' : 'NO'
	};
};

/**
 * Rows of equal keys as lines of aligned columns.
 * @param {readonly Readonly<Record<string, string>>[]} rows
 */
const table = (rows) => {
	const keys = Object.keys(rows[0] ?? {});
	const lines = [keys, ...rows.map((cells) => keys.map((key) => cells[key] ?? ''))];
	const widths = keys.map((_, i) => Math.max(...lines.map((cells) => (cells[i] ?? '').length)));
	return lines.map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
};

/** @param {Weight} weight */
const weightTable = ({ parts, fileBytes, eventBytes }) =>
	table(
		parts.map(({ name, bytes, used, pages, overflowPages }) => ({
			part: name,
			MiB: (bytes / 2 ** 20).toFixed(2),
			'of file': `${((100 * bytes) / fileBytes).toFixed(1)} %`,
			'÷ event bytes': (bytes / eventBytes).toFixed(3),
			filled: `${((100 * used) / bytes).toFixed(0)} %`,
			pages: String(pages),
			overflow: String(overflowPages)
		}))
	);

const folder = mkdtempSync(join(tmpdir(), 'stet-bench-'));
/** @type {Array<() => Promise<unknown>>} */
const ends = [];
const end = async () => {
	for (const one of ends.splice(0).reverse()) await one();
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};
for (const signal of ['SIGINT', 'SIGTERM'])
	process.once(signal, () => void end().finally(() => process.exit(1)));

try {
	const site = join(folder, 'site');
	await buildSite(site);
	const server = await startServer({ root: site });
	ends.push(server.stop);
	/** @param {string} profile */
	const launch = async (profile) => {
		const launched = await chromium.launchPersistentContext(join(folder, profile), {
			executablePath: chromiumPath(),
			args: CHROMIUM_ARGS,
			handleSIGINT: false,
			handleSIGTERM: false
		});
		ends.push(() => launched.close());
		return launched;
	};
	const context = await launch('profile');
	const load = loadavg()[0] ?? 0;
	console.log(
		`Chromium ${context.browser()?.version() ?? ''}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, load ${load.toFixed(1)}`
	);
	if (load > availableParallelism() / 2)
		console.log('  This machine is busy: milliseconds will be too many.');

	/** @type {Figure[]} */
	const figures = [];
	/** @type {string[]} */
	const notes = [];
	const page = await context.newPage();
	page.on('console', (message) => console.log(`  ${message.text()}`));
	await page.goto(`${server.origin}/bench/index.html`);
	if (options.only.includes('engine')) {
		const report = await page.evaluate((with_) => window.bench?.engine(with_), sizes);
		if (report === undefined) throw new Error('the page of the benchmarks did not start');
		figures.push(...report.figures);
		notes.push(...report.notes, weightTable(report.weight));
	}
	if (options.only.includes('app')) {
		const chats = await page.evaluate((with_) => window.bench?.seedApp(with_), sizes);
		if (chats === undefined) throw new Error('the page of the benchmarks did not start');
		await page.close();
		figures.push(
			...(await measureApp(context, server.origin, chats)),
			...(await measureStreaming(context, server.origin, chats.long))
		);
	}
	await context.close();
	if (options.only.includes('desk')) {
		const desk = await launch('desk');
		figures.push(...(await measureDesk(desk, server.origin)));
		await desk.close();
	}
	if (options.only.includes('files')) {
		const full = await launch('full');
		const filling = await full.newPage();
		await filling.goto(`${server.origin}/bench/index.html`);
		const raw = await filling.evaluate((events) => window.bench?.seedEvents(events), sizes.events);
		if (raw === undefined) throw new Error('the page of the benchmarks did not start');
		await filling.close();
		figures.push(
			...(await measureFiles({
				full,
				launchEmpty: () => launch('empty'),
				origin: server.origin,
				file: join(folder, 'library.stet'),
				raw
			}))
		);
	}
	console.log(`\n${notes.join('\n')}\n\n${table(figures.map(row))}`);
	if (options.out !== undefined) {
		const plain = figures.map(({ name, value, unit, baseline, ratio }) => [
			name,
			{ value, unit, baseline, ratio }
		]);
		writeFileSync(resolve(options.out), `${JSON.stringify(Object.fromEntries(plain), null, '\t')}\n`);
	}
} finally {
	await end();
}
