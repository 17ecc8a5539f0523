// A real nginx and a real Caddy on loopback, each with the configuration the repository prints, in a folder of its own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type RealServer = 'nginx' | 'caddy';

export interface RunningSite {
	readonly origin: string;
	readonly stop: () => Promise<void>;
}

const RECIPES = fileURLToPath(new URL('../../scripts/headers.js', import.meta.url));

/** Where the program is, or null where it is not installed. Debian keeps nginx out of people's PATH. */
export const findProgram = (name: RealServer): string | null =>
	[...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
		.map((folder) => join(folder, name))
		.find((file) => existsSync(file)) ?? null;

const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() => {
				if (address === null || typeof address === 'string') reject(new Error('no port'));
				else resolve(address.port);
			});
		});
	});

/** What `npm run headers` prints for the server, for a build in `root`. */
const recipe = (name: RealServer, host: string, root: string): string => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [RECIPES, `--${name}`, host, root], {
		encoding: 'utf8'
	});
	if (status !== 0) throw new Error(`no configuration: ${stderr}`);
	return stdout;
};

/** The printed nginx file as it is, but for the port and the certificate, within what Debian's nginx.conf has around it. */
const nginxFiles = (folder: string, root: string, port: number): readonly string[] => {
	const site = recipe('nginx', '127.0.0.1', root)
		.replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
		.replace(/ {2}ssl_certificate(?:_key)? .*\n/g, '');
	writeFileSync(join(folder, 'stet.conf'), site);
	const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
		.join('\n');
	writeFileSync(
		join(folder, 'nginx.conf'),
		`daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${join(folder, 'nginx.pid')};
error_log stderr;
events {}
http {
access_log off;
types { text/html html; }
default_type application/octet-stream;
${own}
include ${join(folder, 'stet.conf')};
}
`
	);
	return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
};

/** The printed Caddyfile as it is, but without TLS, and without what Caddy keeps outside of the folder. */
const caddyFiles = (folder: string, root: string, port: number): readonly string[] => {
	const options = '{\n\tadmin off\n}\n';
	writeFileSync(join(folder, 'Caddyfile'), options + recipe('caddy', `http://127.0.0.1:${port}`, root));
	return ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
};

const ended = (child: ChildProcess): Promise<void> =>
	new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) resolve();
		else child.once('exit', () => resolve());
	});

const answers = async (origin: string): Promise<boolean> => {
	try {
		return (await fetch(origin)).ok;
	} catch {
		return false;
	}
};

/** Serves a build. Rejects with what the server said when it does not start. */
export const startRealServer = async (name: RealServer, root: string): Promise<RunningSite> => {
	const program = findProgram(name);
	if (program === null) throw new Error(`${name} is not installed`);
	const folder = mkdtempSync(join(tmpdir(), `stet-${name}-`));
	for (const kept of ['data', 'config']) mkdirSync(join(folder, kept));
	const port = await freePort();
	const args = name === 'nginx' ? nginxFiles(folder, root, port) : caddyFiles(folder, root, port);
	const child = spawn(program, args, {
		stdio: ['ignore', 'ignore', 'pipe'],
		env: {
			...process.env,
			HOME: folder,
			XDG_DATA_HOME: join(folder, 'data'),
			XDG_CONFIG_HOME: join(folder, 'config')
		}
	});
	let said = '';
	child.stderr.on('data', (text: Buffer) => (said += text.toString()));
	const stop = async (): Promise<void> => {
		child.kill('SIGTERM');
		await ended(child);
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	};
	const origin = `http://127.0.0.1:${port}`;
	for (let tries = 0; !(await answers(origin)); tries += 1) {
		if (child.exitCode !== null || tries > 100) {
			await stop();
			throw new Error(`${name} did not start: ${said}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return { origin, stop };
};
