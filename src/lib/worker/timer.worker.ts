// A clock for pages nobody looks at: timers of a hidden page come late, and after minutes once a minute; a worker's do not.

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
	if (typeof data === 'number') setInterval(() => postMessage(null), data);
});
