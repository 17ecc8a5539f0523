// The browser's questions about a folder: which one, and whether it may be written to. Chromium's alone so far.

/** What TypeScript's library does not know of a folder yet. */
interface AskableFolder {
	requestPermission(of: { readonly mode: 'readwrite' }): Promise<PermissionState>;
}

interface PicksFolders {
	showDirectoryPicker(how: {
		readonly id: string;
		readonly mode: 'readwrite';
		readonly startIn: 'documents';
	}): Promise<FileSystemDirectoryHandle>;
}

const picks = (window: object): window is PicksFolders => 'showDirectoryPicker' in window;

const isAskable = (folder: object): folder is AskableFolder => 'requestPermission' in folder;

/** Whether there is such a question here. */
export const canAskForFolder = (): boolean => picks(window);

/** Lets the person pick a folder to write to; from a click. Null when they think better of it. */
export const pickFolder = async (): Promise<FileSystemDirectoryHandle | null> => {
	const page: object = window;
	if (!picks(page)) return null;
	try {
		return await page.showDirectoryPicker({ id: 'backups', mode: 'readwrite', startIn: 'documents' });
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') return null;
		throw error;
	}
};

/** Asks whether the folder may still be written to; from a click. */
export const askForFolder = async (folder: FileSystemDirectoryHandle): Promise<PermissionState> =>
	isAskable(folder) ? folder.requestPermission({ mode: 'readwrite' }) : 'denied';
