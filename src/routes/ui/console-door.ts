// The console door: what the screens use, for people who script. README, "Scripting", lists it.
import type { Client } from '#lib/worker/client.ts';

/** `window.stet` in the browser's console. Everything goes through the same door as a click does. */
export type ConsoleDoor = Pick<
	Client,
	| 'dispatch'
	| 'ask'
	| 'watch'
	| 'status'
	| 'names'
	| 'play'
	| 'stop'
	| 'verify'
	| 'takeOut'
	| 'lookIn'
	| 'bringIn'
	| 'forget'
	| 'backupState'
>;

declare global {
	interface Window {
		stet?: ConsoleDoor;
	}
}

export const openConsoleDoor = ({
	dispatch,
	ask,
	watch,
	status,
	names,
	play,
	stop,
	verify,
	takeOut,
	lookIn,
	bringIn,
	forget,
	backupState
}: Client): void => {
	window.stet = Object.freeze({
		dispatch,
		ask,
		watch,
		status,
		names,
		play,
		stop,
		verify,
		takeOut,
		lookIn,
		bringIn,
		forget,
		backupState
	});
};
