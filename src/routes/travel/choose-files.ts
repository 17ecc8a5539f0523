// The browser's own question for files.

/** Everything Stet writes. What a file really is, its bytes say. */
const ACCEPTED = '.stet,.jsonl,.age,.handoff,.receipt,application/vnd.stet,application/x-ndjson';

/** Asks for files; must be called from a click. None when the person thinks better of it. */
export const chooseFiles = (): Promise<readonly File[]> =>
	new Promise((resolve) => {
		const input = document.createElement('input');
		input.type = 'file';
		input.multiple = true;
		input.accept = ACCEPTED;
		input.hidden = true;
		const end = (): void => {
			input.remove();
			resolve([...(input.files ?? [])]);
		};
		input.addEventListener('change', end);
		input.addEventListener('cancel', end);
		// not every browser tells an input that is on no page
		document.body.append(input);
		input.click();
	});
