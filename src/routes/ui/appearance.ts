// Light, dark, or as the device: the one setting kept outside the library, because it is about this screen.

export type Theme = 'system' | 'light' | 'dark';

// static/theme.js reads the same key and values, before any module can run
const KEY = 'stet-theme';

const isTheme = (value: string | null): value is Theme =>
	value === 'system' || value === 'light' || value === 'dark';

/** The theme chosen on this device; `system` where nothing was chosen or nothing can be stored. */
export const storedTheme = (): Theme => {
	try {
		const value = localStorage.getItem(KEY);
		return isTheme(value) ? value : 'system';
	} catch {
		return 'system';
	}
};

/** Shows the theme, without storing it. */
export const showTheme = (theme: Theme): void => {
	if (theme === 'system') delete document.documentElement.dataset['theme'];
	else document.documentElement.dataset['theme'] = theme;
};

/** Shows the theme and keeps it for this device, where it can be kept. */
export const chooseTheme = (theme: Theme): void => {
	showTheme(theme);
	try {
		localStorage.setItem(KEY, theme);
	} catch {
		// the choice then lasts as long as the page
	}
};
