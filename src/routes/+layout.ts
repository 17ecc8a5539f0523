// One static page: nothing is rendered on a server, everything is read from this device.
export const ssr = false;
export const prerender = false;
