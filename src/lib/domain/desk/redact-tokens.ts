// Secrets by their form: one rule for each kind of token whose form its provider documents.
import type { Detector } from './redact-spans.ts';

/** Provider tokens: a fixed start, then enough of a fixed alphabet. `high`: whoever has it has an account or a machine. */
export const token = (
	name: string,
	keywords: readonly string[],
	pattern: RegExp,
	weight: 'high' | 'usual' = 'high'
): Detector => ({ name, kind: 'SECRET', weight, keywords, pattern });

// Every quantifier is bounded or its class ends where the next begins, so that no text makes a rule slow. A token ends where
// its alphabet does: `B` and `E` are the edges.
const B = '(?<![A-Za-z0-9_])';
const E = '(?![A-Za-z0-9_])';
const edged = (body: string): RegExp => new RegExp(`${B}(?:${body})${E}`, 'g');
const started = (body: string): RegExp => new RegExp(`${B}(?:${body})`, 'g');
// for those that may be long and have dashes in them: a row of dashes must not make each of its places a start
const longStarted = (body: string): RegExp => new RegExp(`(?<![A-Za-z0-9_-])(?:${body})`, 'g');

/** Detectors of tokens that are known by how they begin. */
export const TOKENS: readonly Detector[] = [
	token('aws-key-id', ['akia', 'asia', 'abia', 'acca'], edged('(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}')),
	token('aws-mws', ['amzn.mws.'], started('amzn\\.mws\\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}')),
	token('alibaba-key-id', ['ltai'], edged('LTAI[A-Za-z0-9]{12,20}')),
	token('tencent-key-id', ['akid'], edged('AKID[A-Za-z0-9]{32}')),
	token(
		'yandex',
		['aqvn', 't1.'],
		started('AQVN[A-Za-z0-9_-]{35,38}|t1\\.[A-Z0-9a-z_-]{20,400}\\.[A-Z0-9a-z_-]{60,100}')
	),
	token('google-api-key', ['aiza'], started('AIza[A-Za-z0-9_-]{35}')),
	token(
		'google-oauth',
		['gocspx-', 'ya29.'],
		longStarted('GOCSPX-[A-Za-z0-9_-]{28}|ya29\\.[A-Za-z0-9_-]{20,1000}')
	),
	token('google-refresh', ['1//0'], started('1//0[A-Za-z0-9_-]{38,120}')),
	token(
		'azure-client-secret',
		['q~'],
		new RegExp('(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}', 'g')
	),
	token(
		'azure-storage',
		['accountkey=', 'sharedaccesskey='],
		/(?<=(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{42,88}={0,2}/gi
	),
	token('azure-signature', ['sig='], /(?<=[?&;]sig=)[A-Za-z0-9%+/]{40,120}={0,2}/g),
	token('azure-devops', ['azdo'], started('[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}')),
	token('digitalocean', ['_v1_'], edged('do[opr]_v1_[0-9a-f]{64}')),
	token('heroku', ['hrku-'], started('HRKU-[A-Za-z0-9_-]{36,64}')),
	token('fly', ['fm1r_', 'fm2_'], started('fm(?:1[ar]|2)_[A-Za-z0-9+/]{40,1000}={0,3}')),
	token('scaleway', ['scw'], edged('SCW[A-Z0-9]{17}')),
	token('cloudflare-origin', ['v1.0-'], started('v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}')),
	token('netlify', ['nfp_'], edged('nfp_[A-Za-z0-9]{36,40}')),
	token('render', ['rnd_'], edged('rnd_[A-Za-z0-9]{24,40}')),
	token('supabase', ['sbp_', 'sb_secret_'], started('sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{22,48}')),
	token('planetscale', ['pscale_'], started('pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}')),
	token('databricks', ['dapi'], edged('dapi[0-9a-f]{32}')),
	token('github', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], edged('gh[pousr]_[A-Za-z0-9]{36,255}')),
	token('github-fine', ['github_pat_'], edged('github_pat_[A-Za-z0-9_]{22,255}')),
	token(
		'gitlab',
		['glpat-', 'gldt-', 'glptt-', 'glcbt-', 'glsoat-', 'glrt-', 'glft-', 'glimt-', 'glagent-', 'gloas-'],
		started('gl(?:pat|dt|ptt|cbt|soat|rt|ft|imt|agent|oas)-[A-Za-z0-9_.-]{20,130}')
	),
	token('gitlab-runner', ['gr1348941'], started('GR1348941[A-Za-z0-9_-]{20}')),
	token('bitbucket', ['atbb'], edged('ATBB[A-Za-z0-9]{28,36}')),
	token('atlassian', ['atatt3', 'atctt3'], started('AT[AC]TT3[A-Za-z0-9_=-]{60,220}')),
	token('npm', ['npm_'], edged('npm_[A-Za-z0-9]{36}')),
	token('pypi', ['pypi-'], started('pypi-[A-Za-z0-9_-]{50,400}')),
	token('rubygems', ['rubygems_'], edged('rubygems_[0-9a-f]{48}')),
	token('nuget', ['oy2'], edged('oy2[a-z0-9]{43}')),
	token('docker', ['dckr_'], started('dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40}')),
	token('artifactory', ['akcp', 'cmvmdgtu'], edged('AKCp[A-Za-z0-9]{60,80}|cmVmdGtu[A-Za-z0-9]{50,80}')),
	token('sonar', ['sqp_', 'squ_', 'sqa_'], edged('sq[pua]_[0-9a-f]{40}')),
	token('buildkite', ['bkua_'], edged('bkua_[0-9a-f]{40}')),
	token('circleci', ['ccipat_', 'cciprj_'], started('CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}')),
	token('terraform', ['.atlasv1.'], started('[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,70}')),
	token('vault', ['hvs.', 'hvb.', 'hvr.'], started('hv[sbr]\\.[A-Za-z0-9_-]{24,300}')),
	token(
		'doppler',
		['dp.'],
		started('dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}')
	),
	token(
		'onepassword',
		['ops_eyj', 'a3-'],
		started(
			'ops_eyJ[A-Za-z0-9+/_-]{80,2000}={0,3}|A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}-(?:[A-Z0-9]{5}-){3}[A-Z0-9]{5}'
		)
	),
	token('pulumi', ['pul-'], edged('pul-[0-9a-f]{40}')),
	token('postman', ['pmak-'], started('PMAK-[0-9a-f]{24}-[0-9a-f]{34}')),
	token(
		'grafana',
		['glsa_', 'glc_'],
		started('glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/]{32,400}={0,3}')
	),
	token(
		'newrelic',
		['nrak-', 'nral', 'nrii-', 'nrjs-'],
		started('NR(?:AK-[A-Z0-9]{27}|II-[A-Za-z0-9_-]{32}|JS-[0-9a-f]{19})|[0-9a-f]{36}NRAL')
	),
	token('dynatrace', ['dt0c01.', 'dt0s01.'], started('dt0[a-z]01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}')),
	token('sentry', ['sntrys_', 'sntryu_'], started('sntrys_eyJ[A-Za-z0-9+/=_-]{40,400}|sntryu_[0-9a-f]{64}')),
	token(
		'slack',
		['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe', 'xoxc-', 'xoxd-', 'xapp-'],
		started('(?:xox[abcdeprs](?:\\.xox[bp])?|xapp)-[A-Za-z0-9%-]{10,400}')
	),
	token(
		'slack-hook',
		['hooks.slack.com'],
		/https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{20,100}/g
	),
	token(
		'teams-hook',
		['.webhook.office.com'],
		/https:\/\/[a-z0-9]{1,60}\.webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/-]{60,220}/g
	),
	token(
		'discord-hook',
		['/api/webhooks/'],
		/https:\/\/(?:[a-z]{1,12}\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,80}/g
	),
	token('discord', ['.'], started('[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}')),
	token('telegram', [':aa'], started('\\d{8,10}:AA[A-Za-z0-9_-]{33}')),
	token(
		'stripe',
		['_live_', '_test_', 'whsec_'],
		started('[rsp]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/]{24,80}={0,2}')
	),
	token(
		'square',
		['sq0', 'eaaa'],
		started('sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{56,64}')
	),
	token(
		'paypal',
		['access_token$'],
		started('access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}')
	),
	token('shopify', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], edged('shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}')),
	token(
		'plaid',
		['access-production-', 'access-sandbox-', 'access-development-'],
		started('access-(?:production|sandbox|development)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}')
	),
	token('flutterwave', ['flwseck'], started('FLWSECK(?:_TEST|_LIVE)?-[A-Za-z0-9]{12,34}(?:-X)?')),
	token('shippo', ['shippo_'], edged('shippo_(?:live|test)_[0-9a-f]{40}')),
	token('easypost', ['ezak', 'eztk'], edged('EZ[AT]K[A-Za-z0-9]{54}')),
	token('duffel', ['duffel_'], started('duffel_(?:live|test)_[A-Za-z0-9_-]{43}')),
	token('twilio', ['sk'], edged('SK[0-9a-f]{32}')),
	token('sendgrid', ['sg.'], started('SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}')),
	token('mailgun', ['key-'], edged('key-[0-9a-f]{32}')),
	token('mailchimp', ['-us'], edged('[0-9a-f]{32}-us\\d{1,2}')),
	token('brevo', ['xkeysib-', 'xsmtpsib-'], started('x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}')),
	token(
		'openai',
		['sk-'],
		started('sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,200}|sk-[A-Za-z0-9]{20,80}')
	),
	token('anthropic', ['sk-ant-'], started('sk-ant-[a-z0-9]{3,12}-[A-Za-z0-9_-]{20,200}')),
	token('openrouter', ['sk-or-'], started('sk-or-v1-[0-9a-f]{64}')),
	token(
		'huggingface',
		['hf_', 'api_org_'],
		edged('hf_[A-Za-z]{34}|hf_[A-Za-z0-9]{34,40}|api_org_[A-Za-z]{34}')
	),
	token('replicate', ['r8_'], edged('r8_[A-Za-z0-9]{37}')),
	token('groq', ['gsk_'], edged('gsk_[A-Za-z0-9]{52}')),
	token('perplexity', ['pplx-'], edged('pplx-[A-Za-z0-9]{48}')),
	token('xai', ['xai-'], edged('xai-[A-Za-z0-9]{70,90}')),
	token('linear', ['lin_api_', 'lin_oauth_'], edged('lin_(?:api|oauth)_[A-Za-z0-9]{32,64}')),
	token('notion', ['secret_', 'ntn_'], edged('secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{43,50}')),
	token('figma', ['figd_', 'figo_'], started('fig[dou]_[A-Za-z0-9_-]{38,45}')),
	token('airtable', ['pat'], edged('pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}')),
	token('typeform', ['tfp_'], started('tfp_[A-Za-z0-9_.=-]{44,60}')),
	token('contentful', ['cfpat-'], started('CFPAT-[A-Za-z0-9_-]{43}')),
	token('dropbox', ['sl.'], longStarted('sl\\.(?:u\\.)?[A-Za-z0-9_-]{120,1200}')),
	token('facebook', ['eaa'], edged('EAA[A-Za-z0-9]{80,300}')),
	token('twitter', ['aaaaaaaaa'], started('A{20}[A-Za-z0-9%]{60,120}')),
	token('mapbox', ['sk.eyj'], started('sk\\.eyJ[A-Za-z0-9_-]{40,200}\\.[A-Za-z0-9_-]{20,30}')),
	token('adafruit', ['aio_'], edged('aio_[A-Za-z0-9]{28}')),
	token('frameio', ['fio-u-'], started('fio-u-[A-Za-z0-9_=-]{64}')),
	token('okta', ['ssws'], /(?<=SSWS\s{1,3})00[A-Za-z0-9_-]{40}/g),
	token('age', ['age-secret-key-'], started('AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{58,130}')),
	token(
		'tailscale',
		['tskey-'],
		started('tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,24}(?:-[A-Za-z0-9]{20,50})?')
	),
	token(
		'jwt',
		['eyj'],
		longStarted('ey[IJ][A-Za-z0-9_-]{10,4000}\\.ey[A-Za-z0-9_-]{10,8000}\\.[A-Za-z0-9_-]{10,2000}'),
		'usual'
	)
];
