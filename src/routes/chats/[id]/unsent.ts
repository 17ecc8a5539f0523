// What was typed in the last moment before a page goes. Storage would answer too late; this drawer closes at once.

const drawer = (chatId: string): string => `stet-unsent:${chatId}`;

/** Puts the words aside, empty ones too. */
export const putUnsent = (chatId: string, text: string): void => {
	try {
		localStorage.setItem(drawer(chatId), text);
	} catch {
		// a browser that refuses loses the typing of a moment, and nothing else
	}
};

/** The words put aside, newer than any stored ones; null when there are none. */
export const readUnsent = (chatId: string): string | null => {
	try {
		return localStorage.getItem(drawer(chatId));
	} catch {
		return null;
	}
};

/** Storage has them, or they were sent. */
export const dropUnsent = (chatId: string): void => {
	try {
		localStorage.removeItem(drawer(chatId));
	} catch {
		// then nothing was put aside either
	}
};
