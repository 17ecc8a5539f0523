// Single-letter keys of the desk: off while somebody types or a dialog is open, and switchable off altogether.

const KEY = 'stet-letter-keys';

const stored = (): boolean => {
	try {
		return localStorage.getItem(KEY) !== 'off';
	} catch {
		return true;
	}
};

class LetterKeys {
	#on = $state(stored());

	get on(): boolean {
		return this.#on;
	}

	set on(on: boolean) {
		this.#on = on;
		try {
			localStorage.setItem(KEY, on ? 'on' : 'off');
		} catch {
			// it then lasts as long as the page
		}
	}
}

export const letterKeys = new LetterKeys();

const TYPED_IN =
	'textarea, select, input:not([type=checkbox], [type=radio], [type=button]), [contenteditable]:not([contenteditable="false"])';
const OPEN = '[role=dialog], [role=alertdialog], [role=menu]';

/** The key pressed, as it is written on a list of keys; null where it is typed, meant for something open, or switched off. */
export const keyPressed = (event: KeyboardEvent): string | null => {
	const { key, ctrlKey, metaKey, altKey, isComposing, defaultPrevented, target } = event;
	if (defaultPrevented || isComposing || ctrlKey || metaKey || altKey) return null;
	if (key.length === 1 && !letterKeys.on) return null;
	if (target instanceof Element && target.closest(TYPED_IN) !== null) return null;
	// the page behind what is open does not hear keys
	return document.querySelector(OPEN) === null ? key : null;
};
