// Nine in the morning of the next day, wherever this device is: when what was put off till tomorrow comes back.

export const tomorrow = (): number => {
	const date = new Date();
	date.setDate(date.getDate() + 1);
	return date.setHours(9, 0, 0, 0);
};
