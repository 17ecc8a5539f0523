// The header rules as a whole configuration of nginx or Caddy, to be copied as it is. tests/e2e/hosting.test.ts runs both.

/** @typedef {import('./header-rules.js').HeaderRule} HeaderRule */
/** @typedef {{ readonly host: string, readonly root: string }} Site `root`: the folder the build is served from */

/** Types of the build's files. Both servers would otherwise go by a list that differs from system to system. */
const TYPES = {
	'text/html': 'html',
	'text/css': 'css',
	'text/javascript': 'js',
	'text/plain': 'txt',
	'application/json': 'json',
	'application/manifest+json': 'webmanifest',
	'application/wasm': 'wasm',
	'font/woff2': 'woff2',
	'image/svg+xml': 'svg',
	'image/png': 'png',
	'image/webp': 'webp'
};

/** What is worth packing on the way: fonts and pictures are packed already. */
const PACKED = Object.keys(TYPES).filter((type) => !/^(font|image\/(png|webp))/.test(type));

/**
 * The rules as an nginx `map` for each header. By the time headers are added, `$uri` is the file that answers, so an
 * unknown screen has the page's policy too.
 * @param {readonly HeaderRule[]} rules
 * @returns {string}
 */
export const nginxRules = (rules) =>
	headerNames(rules)
		.map((name) => {
			const lines = rules.flatMap(({ pattern, headers }) =>
				headers
					.filter(([other]) => other === name)
					.map(([, value]) => `  ${JSON.stringify(nginxPattern(pattern))} ${JSON.stringify(value)};`)
			);
			return `map $uri ${variable(name)} {\n  default "";\n${lines.join('\n')}\n}\n`;
		})
		.join('');

/**
 * A file for nginx's `conf.d`.
 * @param {readonly HeaderRule[]} rules
 * @param {Site} site
 * @returns {string}
 */
export const nginxSite = (
	rules,
	{ host, root }
) => `# Stet on nginx. Make this file anew after each build: names and hashes change.
map_hash_bucket_size 256;
${nginxRules(rules)}
# only files are kept for ever, not word of their absence
map $status $stet_cache {
  default $stet_cache_control;
  404 "no-store";
}

server {
  listen 443 ssl;
  server_name ${host};
  ssl_certificate /etc/letsencrypt/live/${host}/fullchain.pem;
  ssl_certificate_key /etc/letsencrypt/live/${host}/privkey.pem;

  root ${root};
  charset utf-8;
  default_type application/octet-stream;
  types {
${Object.entries(TYPES)
	.map(([type, ending]) => `    ${type} ${ending};`)
	.join('\n')}
  }
  gzip on;
  gzip_types ${PACKED.filter((type) => type !== 'text/html').join(' ')};

  location = /_headers { return 404; }
  # a file, or nothing; everything else is a screen
  location ~ \\.[^/]*/*$ { try_files $uri =404; }
  location /_app/ { try_files $uri =404; }
  location / { try_files $uri /index.html; }

${headerNames(rules)
	.map((name) => `  add_header ${name} ${name === 'Cache-Control' ? '$stet_cache' : variable(name)} always;`)
	.join('\n')}
}
`;

/**
 * The rules as Caddyfile `header` lines. They must stand after the rewrite to the page, so that an unknown screen has
 * its policy too.
 * @param {readonly HeaderRule[]} rules
 * @returns {string}
 */
export const caddyRules = (rules) =>
	rules
		.flatMap(({ pattern, headers }) =>
			headers.map(([name, value]) => `header ${pattern} ${name} ${JSON.stringify(value)}\n`)
		)
		.join('');

/**
 * A Caddyfile, or a part of one.
 * @param {readonly HeaderRule[]} rules
 * @param {Site} site
 * @returns {string}
 */
export const caddySite = (
	rules,
	{ host, root }
) => `# Stet on Caddy. Make this file anew after each build: names and hashes change.
${host} {
	root * ${root}
	encode gzip
	# in this order: the headers are those of the file that answers
	route {
		@screen {
			not path_regexp \\.[^/]*/*$
			not path /_app/*
			not file
		}
		rewrite @screen /index.html
${caddyRules(rules).replace(/^/gm, '\t\t').trimEnd()}
		error /_headers 404
		@manifest path *.webmanifest
		header @manifest Content-Type application/manifest+json
		file_server
	}
	# only files are kept for ever, not word of their absence
	handle_errors {
		header Cache-Control no-store
		respond "Not found" {err.status_code}
	}
}
`;

/** @param {readonly HeaderRule[]} rules */
const headerNames = (rules) => [...new Set(rules.flatMap(({ headers }) => headers.map(([name]) => name)))];

/** @param {string} name of a header */
const variable = (name) => `$stet_${name.toLowerCase().replaceAll('-', '_')}`;

/** @param {string} pattern */
const nginxPattern = (pattern) =>
	pattern.endsWith('*') ? `~^${pattern.slice(0, -1).replace(/[.+?()[\]{}|^$\\]/g, '\\$&')}` : pattern;
