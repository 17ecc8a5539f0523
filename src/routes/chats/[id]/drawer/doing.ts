// What somebody does, on one line.
import { plainName } from '../../../ui/plain.ts';

/** Posture, action, attention and mood, those that are noted. */
export const doing = (activity: {
	readonly posture: string;
	readonly action: string;
	readonly attention: string;
	readonly mood: string;
}): string =>
	[activity.action, activity.posture, activity.attention, activity.mood]
		.map(plainName)
		.filter((each) => each !== '')
		.join(' · ');
