// The line worker's service worker, which does nothing: under one that listens for fetch, Firefox hangs up late.
