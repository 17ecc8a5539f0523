// A model server for measurements: says words at a pace, answers classifiers at once, notes when each connection closes, and repeats keys it refuses.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { classifies, NOTHING_CHANGED } from './classified.ts';

export interface PacedServer {
	/** Base address under which it answers word by word; under `refusing` it answers 401 and repeats the key. */
	readonly url: string;
	readonly refusing: string;
	/** What arrived: path, headers and body of each request. */
	readonly requests: readonly string[];
	/** When each connection of a reply closed, in milliseconds since 1970, oldest first. */
	readonly closed: readonly number[];
	readonly stop: () => Promise<void>;
}

const chunk = (content: string, finish: string | null = null): string =>
	`data: ${JSON.stringify({
		id: 'c',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'paced',
		choices: [{ index: 0, delta: finish === null ? { content } : {}, finish_reason: finish }]
	})}\n\n`;

/** Starts it on loopback. `words` are said one each `everyMs`. */
export const startPacedServer = async (words: readonly string[], everyMs: number): Promise<PacedServer> => {
	const requests: string[] = [];
	const closed: number[] = [];
	const server = createServer((request, response) => {
		const cors = {
			'access-control-allow-origin': request.headers.origin ?? '*',
			'access-control-allow-headers': 'authorization, content-type'
		};
		if (request.method === 'OPTIONS') {
			response.writeHead(204, cors).end();
			return;
		}
		let body = '';
		request.on('data', (part: Buffer) => (body += part.toString()));
		request.on('end', () => {
			requests.push(JSON.stringify([request.url, request.headers, body]));
			const key = (request.headers.authorization ?? '').replace('Bearer ', '');
			if (request.url?.startsWith('/refusing') === true) {
				const message = `Incorrect API key provided: ${key}. Bearer ${key} is not one of ours.`;
				response
					.writeHead(401, { ...cors, 'content-type': 'application/json' })
					.end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: key } }));
				return;
			}
			response.writeHead(200, { ...cors, 'content-type': 'text/event-stream' });
			if (classifies(body)) {
				response.end(`${chunk(NOTHING_CHANGED)}${chunk('', 'stop')}data: [DONE]\n\n`);
				return;
			}
			let said = 0;
			const timer = setInterval(() => {
				const word = words[said];
				said += 1;
				if (word !== undefined) {
					response.write(chunk(word));
					return;
				}
				clearInterval(timer);
				response.end(`${chunk('', 'stop')}data: [DONE]\n\n`);
			}, everyMs);
			response.on('close', () => {
				closed.push(Date.now());
				clearInterval(timer);
			});
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url: `${origin}/v1`,
		refusing: `${origin}/refusing/v1`,
		requests,
		closed,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})
	};
};
