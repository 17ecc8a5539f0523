// The line worker: carries the model worker's requests from where Firefox hangs up when told to (decisions/0018).
import { serveLine } from './model/line-end.ts';

serveLine(
	{
		postMessage: (message, transfer) => self.postMessage(message, transfer),
		addEventListener: (kind, listener) => self.addEventListener(kind, listener)
	},
	(input, init) => fetch(input, init)
);
