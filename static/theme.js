// Shows the chosen theme before the first paint, for which the app's own script comes too late.
// Key and values are those of src/routes/ui/appearance.ts, which cannot be imported here.
try {
	const theme = localStorage.getItem('stet-theme');
	if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
	// nothing can be stored here, so nothing was chosen
}
