// The line worker: carries the model worker's requests from where Firefox hangs up when told to (decisions/0018).
import { serveLine } from './model/line-end.ts';
import type { ToLine } from './model/line-protocol.ts';

// the page's only word: the way to the model worker
self.addEventListener(
	'message',
	({ ports: [port] }: MessageEvent) => {
		if (port === undefined) return;
		serveLine(
			{
				postMessage: (message, transfer) => port.postMessage(message, transfer),
				addEventListener: (kind, listener: (event: MessageEvent<ToLine>) => void) => {
					port.addEventListener(kind, listener);
					port.start();
				}
			},
			(input, init) => fetch(input, init)
		);
	},
	{ once: true }
);
