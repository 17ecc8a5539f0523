// Measures files: a library of many events taken out by the built app, and brought into a browser that has none.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from './figures.js';

/** @typedef {import('./figures.js').Figure} Figure */

const LOOK_EVERY_MS = 50;
const MIB = 2 ** 20;

/** What the processes below this one hold in memory, in bytes; null where the system does not say. */
const residentBytes = () => {
	try {
		/** @type {Map<number, number>} */
		const parents = new Map();
		for (const name of readdirSync('/proc')) {
			if (!/^\d+$/.test(name)) continue;
			try {
				const stat = readFileSync(join('/proc', name, 'stat'), 'utf8');
				// the name of the program may hold anything: what follows its closing bracket does not
				parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
			} catch {
				// it has ended meanwhile
			}
		}
		const ours = new Set([process.pid]);
		for (let before = 0; before !== ours.size;) {
			before = ours.size;
			for (const [pid, parent] of parents) if (ours.has(parent)) ours.add(pid);
		}
		ours.delete(process.pid);
		let bytes = 0;
		for (const pid of ours) {
			try {
				// memory that several processes share is counted by its share
				const [, kib] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
				bytes += Number(kib ?? 0) * 1024;
			} catch {
				// it has ended meanwhile
			}
		}
		return bytes;
	} catch {
		return null;
	}
};

/**
 * Runs work and looks how much more memory it takes than before.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{ readonly value: T, readonly before: number, readonly most: number | null }>}
 */
const watchingMemory = async (work) => {
	const before = residentBytes();
	let most = before;
	const timer = setInterval(() => {
		const now = residentBytes();
		if (now !== null && most !== null) most = Math.max(most, now);
	}, LOOK_EVERY_MS);
	try {
		return { value: await work(), before: before ?? 0, most };
	} finally {
		clearInterval(timer);
	}
};

/** @param {import('playwright').Page} page */
const ready = (page) => page.waitForFunction(() => window.stet?.status().state === 'ready');

/**
 * @param {object} deps
 * @param {import('playwright').BrowserContext} deps.full a browser whose library holds the events
 * @param {() => Promise<import('playwright').BrowserContext>} deps.launchEmpty
 * @param {string} deps.origin
 * @param {string} deps.file where the file may be put on the way
 * @param {{ readonly rows: number, readonly ms: number }} deps.raw the same rows inserted by prepared statements
 * @returns {Promise<Figure[]>}
 */
export const measureFiles = async ({ full, launchEmpty, origin, file, raw }) => {
	console.log('  taking the library out …');
	const page = await full.newPage();
	await page.goto(`${origin}/settings`);
	await ready(page);
	const out = await page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const library = /** @type {const} */ ({ what: { kind: 'library' }, as: 'stet', passphrase: '' });
		// the worker starts with the first
		await stet.takeOut(library);
		const start = performance.now();
		const taken = await stet.takeOut(library);
		const ms = performance.now() - start;
		if (taken === null || !taken.ok) throw new Error('nothing was taken out');
		const { file: packed, holds } = taken.value;
		const image = await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).blob();
		const began = performance.now();
		await new Response(image.stream().pipeThrough(new CompressionStream('gzip'))).blob();
		const link = Object.assign(document.createElement('a'), {
			href: URL.createObjectURL(packed),
			download: 'library.stet',
			id: 'bench-download'
		});
		document.body.append(link);
		return {
			ms,
			gzipMs: performance.now() - began,
			imageBytes: image.size,
			packedBytes: packed.size,
			events: holds.events
		};
	});
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.evaluate(() => document.getElementById('bench-download')?.click())
	]);
	await download.saveAs(file);
	await page.close();
	await full.close();
	console.log(
		`  ${out.events} events: an image of ${(out.imageBytes / MIB).toFixed(1)} MB, ${(out.packedBytes / MIB).toFixed(1)} MB packed, in ${Math.round(out.ms)} ms`
	);

	console.log('  bringing it in …');
	const empty = await launchEmpty();
	const fresh = await empty.newPage();
	await fresh.goto(`${origin}/settings`);
	await ready(fresh);
	await fresh.evaluate(() => {
		const input = Object.assign(document.createElement('input'), { type: 'file', id: 'bench-file' });
		document.body.append(input);
	});
	await fresh.setInputFiles('#bench-file', file);
	const {
		value: came,
		before,
		most
	} = await watchingMemory(() =>
		fresh.evaluate(async () => {
			const { stet } = window;
			const input = document.getElementById('bench-file');
			const chosen = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
			if (stet === undefined || chosen === undefined) throw new Error('no file was chosen');
			const run = crypto.randomUUID();
			const start = performance.now();
			const looked = await stet.lookIn(run, { file: chosen, passphrase: '', large: true });
			if (looked === null || !looked.ok) throw new Error(`not looked in: ${JSON.stringify(looked)}`);
			const lookedMs = performance.now() - start;
			const done = await stet.bringIn(run, { how: 'merge', conflicts: 'mine' });
			if (done === null || !done.ok) throw new Error(`not brought in: ${JSON.stringify(done)}`);
			const ms = performance.now() - start;
			await stet.forget(run);
			return { ms, lookedMs, holds: await stet.ask('holdings', {}) };
		})
	);
	await empty.close();
	if (came.holds.events !== out.events) throw new Error(`${came.holds.events} events came of ${out.events}`);
	console.log(
		`  looked into in ${Math.round(came.lookedMs)} ms, brought in ${Math.round(came.ms - came.lookedMs)} ms later`
	);
	/** @type {Figure[]} */
	const figures = [
		figure({
			name: 'snapshot_export_mb_s',
			value: out.imageBytes / MIB / (out.ms / 1000),
			unit: 'MB/s',
			baseline: out.imageBytes / MIB / (out.gzipMs / 1000),
			against: 'packing its image alone',
			limits: []
		}),
		figure({
			name: 'snapshot_import_events_s',
			value: out.events / (came.ms / 1000),
			unit: 'events/s',
			baseline: out.events / (raw.ms / 1000),
			against: `its ${raw.rows} rows by prepared statements`,
			limits: []
		})
	];
	if (most !== null)
		figures.push(
			figure({
				name: 'snapshot_import_peak_mb',
				value: (most - before) / MIB,
				unit: 'MB',
				baseline: out.imageBytes / MIB,
				against: 'its image',
				limits: []
			})
		);
	return figures;
};
