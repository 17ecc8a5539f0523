// What a downloaded file is called, and the download itself.
import { plainName } from '../ui/plain.ts';
import { words } from '../words/words.ts';

const NAME_MAX = 80;
/** Browsers read it as soon as the download begins. */
const READ_MS = 60_000;

/** A name any file system takes. `at`: the day in it; `ending` with its dot. */
export const fileName = (title: string, at: number, ending: string): string => {
	// the person's own day, as every screen says it
	const day = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
	const name = words.recovery.fileName(plainName(title).slice(0, NAME_MAX).toWellFormed(), day);
	return `${name
		.replaceAll(/[\\/:*?"<>|]+/g, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim()}${ending}`;
};

/** Hands the file to the browser's downloads. */
export const download = (file: Blob, name: string): void => {
	const address = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), READ_MS);
};
