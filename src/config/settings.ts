/**
 * The one table of settings: what each is called as a flag, in the environment and in the configuration file, what it may
 * be, and what it is when nobody says.
 */

import { LOG_LEVELS, type LogLevel } from '../logger.ts';

export const REPLICATE_MODES = ['PRIMARY', 'REPLICA'] as const;
export const CANONICAL_FORMATS = ['legacy', 'v2'] as const;
export const WRITE_POLICIES = ['queue', 'direct', 'by-role'] as const;
export const IDENTITY_PROVIDERS = ['horde', 'keys'] as const;
/** Who must have a write before it is acknowledged. */
export const ACKNOWLEDGEMENTS = ['local', 'remote'] as const;
export type Acknowledgement = (typeof ACKNOWLEDGEMENTS)[number];
export const SWITCH = ['on', 'off'] as const;
export type Switch = (typeof SWITCH)[number];
export type WritePolicy = (typeof WRITE_POLICIES)[number];
export type IdentityProviderName = (typeof IDENTITY_PROVIDERS)[number];
export type ReplicateMode = (typeof REPLICATE_MODES)[number];
export type CanonicalFormat = (typeof CANONICAL_FORMATS)[number];

export interface Settings {
	/** Directory of the data repository. */
	readonly repo: string;
	/** Folder inside it that holds the category files; empty for the top. */
	readonly subdir: string;
	readonly host: string;
	readonly port: number;
	/** Cache-Control header of reads. */
	readonly cacheControl: string;
	readonly logLevel: LogLevel;
	/** Seconds for which a service that was told to stop goes on answering, for clients and load balancers to notice. */
	readonly shutdownDelay: number;
	readonly replicateMode: ReplicateMode;
	readonly canonicalFormat: CanonicalFormat;
	/** Exact origins, or `*`. */
	readonly corsAllowedOrigins: readonly string[];
	/** What becomes of a write: a proposal for review, a commit at once, or the latter for approvers only. */
	readonly writes: WritePolicy;
	/** Who says whose an API key is. */
	readonly identity: IdentityProviderName;
	/** Base URL of AI-Horde, ending in a slash. */
	readonly hordeUrl: string;
	/** File of hashed keys; empty for the one in the repository's git directory. */
	readonly keysFile: string;
	/** User ids who may propose and, where the policy is `direct`, write. */
	readonly requestorIds: readonly string[];
	/** User ids who may besides approve and, where the policy is `by-role`, write. */
	readonly approverIds: readonly string[];
	/** Writes a minute for each key; 0 for no limit. */
	readonly writesPerKey: number;
	/** Writes a minute for each address; 0 for no limit. */
	readonly writesPerAddress: number;
	/** Failed authentications a minute for each address; 0 for no limit. */
	readonly failuresPerAddress: number;
	/** Requests a minute for each address, reads included; 0 for no limit. */
	readonly readsPerAddress: number;
	/** Refs, and folders of refs, that everybody's clones get besides the published branch and tags. */
	readonly advertise: readonly string[];
	/** Requests of clones and fetches that are answered at once. */
	readonly concurrentClones: number;
	/** Proxies in front whose X-Forwarded-For is believed. */
	readonly trustProxy: number;
	/** URL of the repository that a primary shares its references with; empty for none. */
	readonly remote: string;
	/** Whether a write is done when it is here, or when the remote has it. */
	readonly ack: Acknowledgement;
	/** Seconds between two looks at the remote or upstream. */
	readonly pullEvery: number;
	/** What GitHub signs its webhook with; empty for no webhook. */
	readonly webhookSecret: string;
	/** URL of the repository that a replica follows; empty for one that somebody else keeps up to date. */
	readonly upstream: string;
	/** GitHub repositories at whose URLs committed files are served, `owner/name`. */
	readonly rawRepositories: readonly string[];
	/** Whether there is `/metrics`. */
	readonly metrics: Switch;
}

export interface SettingEntry {
	readonly name: keyof Settings;
	/** As commander writes it; settings without a flag are set by environment or file. */
	readonly flag?: string;
	/** Environment variables, the first that is set counts. Those of the existing system keep their names. */
	readonly environment: readonly string[];
	readonly description: string;
	/** JSON Schema of the value. */
	readonly schema: object;
	readonly default?: Settings[keyof Settings];
	/** What the value must be, where the schema's own words (a pattern) would not help. */
	readonly hint?: string;
	/** Values whose spelling is forgiven: any case is taken for the listed one. */
	readonly anyCase?: readonly string[];
	/** A list may come as JSON or with commas; its flag may be repeated. */
	readonly list?: boolean;
	/** Further texts that stand for a value, in lower case. */
	readonly synonyms?: Readonly<Record<string, string>>;
}

/** A header value on one line. */
const HEADER_VALUE = { type: 'string', pattern: '^[\\t\\x20-\\x7e]*$' };

/** Git must take it for no option; it goes into no shell. */
const REPOSITORY_URL = { type: 'string', pattern: '^(?!-)[^\\x00-\\x1f]*$' };
const URL_HINT = 'must be the URL or path of a git repository';
/** A ref by its full name, or a folder of refs with a slash at the end: nothing that git would take for a pattern. */
const FULL_REF = '^refs(?:/[^/\\x00-\\x20\\x7f~^:?*[\\\\]+)+/?$';

export const SETTINGS: readonly SettingEntry[] = [
	{
		name: 'repo',
		flag: '--repo <dir>',
		environment: ['HORDE_REFERENCES_REPO'],
		description: 'data repository',
		schema: { type: 'string', minLength: 1 },
	},
	{
		name: 'subdir',
		flag: '--subdir <dir>',
		environment: ['HORDE_REFERENCES_SUBDIR'],
		description: 'folder of the repository that holds the category files',
		schema: { type: 'string' },
		default: '',
	},
	{
		name: 'host',
		flag: '--host <address>',
		environment: ['HORDE_REFERENCES_HOST'],
		description: 'address to listen on',
		schema: { type: 'string', minLength: 1 },
		default: '127.0.0.1',
	},
	{
		name: 'port',
		flag: '--port <number>',
		environment: ['HORDE_REFERENCES_PORT'],
		description: 'port to listen on, 0 for any that is free',
		schema: { type: 'integer', minimum: 0, maximum: 65535 },
		default: 19800,
	},
	{
		name: 'cacheControl',
		flag: '--cache-control <value>',
		environment: ['HORDE_REFERENCES_CACHE_CONTROL'],
		description: 'Cache-Control header of reads',
		schema: HEADER_VALUE,
		hint: 'must be one line of plain ASCII',
		default: 'public, max-age=60, stale-while-revalidate=600',
	},
	{
		name: 'logLevel',
		flag: '--log-level <level>',
		environment: ['HORDE_REFERENCES_LOG_LEVEL'],
		description: `what to log: ${LOG_LEVELS.join(', ')}`,
		schema: { enum: LOG_LEVELS },
		default: 'info',
		anyCase: LOG_LEVELS,
	},
	{
		name: 'shutdownDelay',
		flag: '--shutdown-delay <seconds>',
		environment: ['HORDE_REFERENCES_SHUTDOWN_DELAY'],
		description: 'seconds to go on answering after the signal to stop',
		schema: { type: 'integer', minimum: 0, maximum: 300 },
		default: 1,
	},
	{
		name: 'replicateMode',
		flag: '--mode <mode>',
		environment: ['HORDE_REFERENCES_MODE', 'HORDE_MODEL_REFERENCE_REPLICATE_MODE'],
		description: 'primary, or replica, which takes no writes',
		schema: { enum: REPLICATE_MODES },
		default: 'PRIMARY',
		anyCase: REPLICATE_MODES,
	},
	{
		name: 'canonicalFormat',
		environment: ['HORDE_MODEL_REFERENCE_CANONICAL_FORMAT'],
		description: 'legacy or v2',
		schema: { enum: CANONICAL_FORMATS },
		default: 'legacy',
		anyCase: CANONICAL_FORMATS,
	},
	{
		name: 'corsAllowedOrigins',
		environment: ['HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS'],
		description: 'origins whose pages may read: a JSON array or a comma-separated list',
		schema: { type: 'array', items: { type: 'string', pattern: '^(\\*|[a-z][a-z0-9+.-]*://[^/\\s]+)$' } },
		hint: 'must be origins such as https://example.org, without a slash at the end, or *',
		default: [],
		list: true,
	},
	{
		name: 'writes',
		flag: '--writes <policy>',
		environment: ['HORDE_REFERENCES_WRITES', 'HORDE_MODEL_REFERENCE_PENDING_QUEUE__ENABLED'],
		description: 'what becomes of a write: queue (wait for review), direct, by-role (direct for approvers)',
		schema: { enum: WRITE_POLICIES },
		default: 'queue',
		anyCase: WRITE_POLICIES,
		synonyms: { true: 'queue', '1': 'queue', false: 'direct', '0': 'direct' },
	},
	{
		name: 'identity',
		flag: '--identity <provider>',
		environment: ['HORDE_REFERENCES_IDENTITY'],
		description: 'who says whose an API key is: horde (AI-Horde), keys (a local file)',
		schema: { enum: IDENTITY_PROVIDERS },
		default: 'horde',
		anyCase: IDENTITY_PROVIDERS,
	},
	{
		name: 'hordeUrl',
		flag: '--horde-url <url>',
		environment: ['HORDE_REFERENCES_HORDE_URL', 'HORDE_URL', 'AI_HORDE_URL'],
		description: 'base URL of AI-Horde, with a slash at the end',
		schema: { type: 'string', pattern: '^https?://[^\\s]+/$' },
		hint: 'must be an http or https URL that ends in a slash, such as https://aihorde.net/api/',
		default: 'https://aihorde.net/api/',
	},
	{
		name: 'keysFile',
		flag: '--keys-file <file>',
		environment: ['HORDE_REFERENCES_KEYS_FILE'],
		description: 'file of hashed keys for --identity keys (default: in the git directory of the repository)',
		schema: { type: 'string' },
		default: '',
	},
	{
		name: 'requestorIds',
		flag: '--requestor-id <id>',
		environment: ['HORDE_REFERENCES_REQUESTOR_IDS', 'HORDE_MODEL_REFERENCE_PENDING_QUEUE__REQUESTOR_IDS'],
		description: 'user who may write or propose; may be repeated. Without any, nobody may',
		schema: { type: 'array', items: { type: 'string' } },
		hint: 'must be user ids, as texts',
		default: [],
		list: true,
	},
	{
		name: 'approverIds',
		flag: '--approver-id <id>',
		environment: ['HORDE_REFERENCES_APPROVER_IDS', 'HORDE_MODEL_REFERENCE_PENDING_QUEUE__APPROVER_IDS'],
		description: 'user who may approve as well; may be repeated',
		schema: { type: 'array', items: { type: 'string' } },
		hint: 'must be user ids, as texts',
		default: [],
		list: true,
	},
	{
		name: 'writesPerKey',
		flag: '--writes-per-key <number>',
		environment: ['HORDE_REFERENCES_WRITES_PER_KEY'],
		description: 'writes a minute that each key may make, 0 for any number',
		schema: { type: 'integer', minimum: 0 },
		default: 120,
	},
	{
		name: 'writesPerAddress',
		flag: '--writes-per-address <number>',
		environment: ['HORDE_REFERENCES_WRITES_PER_ADDRESS'],
		description: 'writes a minute that may come from each address, 0 for any number',
		schema: { type: 'integer', minimum: 0 },
		default: 300,
	},
	{
		name: 'failuresPerAddress',
		flag: '--failures-per-address <number>',
		environment: ['HORDE_REFERENCES_FAILURES_PER_ADDRESS'],
		description: 'failed authentications a minute that may come from each address, 0 for any number',
		schema: { type: 'integer', minimum: 0 },
		default: 20,
	},
	{
		name: 'readsPerAddress',
		flag: '--reads-per-address <number>',
		environment: ['HORDE_REFERENCES_READS_PER_ADDRESS'],
		description: 'requests a minute that may come from each address, reads included, 0 for any number',
		schema: { type: 'integer', minimum: 0 },
		default: 0,
	},
	{
		name: 'advertise',
		flag: '--advertise <ref>',
		environment: ['HORDE_REFERENCES_ADVERTISE'],
		description:
			'ref, or folder of refs, that clones get besides the published branch and tags; may be repeated',
		schema: { type: 'array', items: { type: 'string', pattern: FULL_REF } },
		hint: 'must be full names such as refs/heads/next or refs/heads/pending/',
		default: [],
		list: true,
	},
	{
		name: 'concurrentClones',
		flag: '--concurrent-clones <number>',
		environment: ['HORDE_REFERENCES_CONCURRENT_CLONES'],
		description: 'requests of clones and fetches that are answered at once; others wait for a moment',
		schema: { type: 'integer', minimum: 1, maximum: 100 },
		default: 4,
	},
	{
		name: 'trustProxy',
		flag: '--trust-proxy <number>',
		environment: ['HORDE_REFERENCES_TRUST_PROXY'],
		description: 'proxies in front whose X-Forwarded-For tells the address of a client',
		schema: { type: 'integer', minimum: 0, maximum: 10 },
		default: 0,
	},
	{
		name: 'remote',
		flag: '--remote <url>',
		environment: ['HORDE_REFERENCES_REMOTE'],
		description:
			'git repository to share the references with: what is new there is brought here, and what is written here goes there',
		schema: REPOSITORY_URL,
		hint: URL_HINT,
		default: '',
	},
	{
		name: 'ack',
		flag: '--ack <who>',
		environment: ['HORDE_REFERENCES_ACK'],
		description:
			'when a write is acknowledged: local (when it is here) or remote (when the remote has it, for several primaries)',
		schema: { enum: ACKNOWLEDGEMENTS },
		default: 'local',
		anyCase: ACKNOWLEDGEMENTS,
	},
	{
		name: 'pullEvery',
		flag: '--pull-every <seconds>',
		environment: ['HORDE_REFERENCES_PULL_EVERY'],
		description: 'seconds between two looks at the remote or upstream',
		schema: { type: 'integer', minimum: 1, maximum: 86_400 },
		default: 60,
	},
	{
		name: 'webhookSecret',
		environment: ['HORDE_REFERENCES_WEBHOOK_SECRET'],
		description: 'secret that GitHub signs its webhook with',
		schema: { type: 'string' },
		default: '',
	},
	{
		name: 'upstream',
		flag: '--upstream <url>',
		environment: ['HORDE_REFERENCES_UPSTREAM'],
		description: 'git repository that a replica follows, such as https://models.example.org/references.git',
		schema: REPOSITORY_URL,
		hint: URL_HINT,
		default: '',
	},
	{
		name: 'rawRepositories',
		flag: '--raw-repository <owner/name>',
		environment: ['HORDE_REFERENCES_RAW_REPOSITORIES'],
		description: 'GitHub repository at whose raw URLs committed files are served; may be repeated',
		schema: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$' } },
		hint: 'must be names such as Haidra-Org/AI-Horde-image-model-reference',
		default: ['Haidra-Org/AI-Horde-image-model-reference', 'Haidra-Org/AI-Horde-text-model-reference'],
		list: true,
	},
	{
		name: 'metrics',
		flag: '--metrics <switch>',
		environment: ['HORDE_REFERENCES_METRICS'],
		description: 'whether /metrics tells Prometheus how the service fares: on, off',
		schema: { enum: SWITCH },
		default: 'on',
		anyCase: SWITCH,
		synonyms: { true: 'on', '1': 'on', false: 'off', '0': 'off' },
	},
];
