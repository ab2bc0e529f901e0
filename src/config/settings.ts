/**
 * The one table of settings: what each is called as a flag, in the environment and in the configuration file, what it may
 * be, and what it is when nobody says.
 */

import { LOG_LEVELS, type LogLevel } from '../logger.ts';

export const REPLICATE_MODES = ['PRIMARY', 'REPLICA'] as const;
export const CANONICAL_FORMATS = ['legacy', 'v2'] as const;
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
	/** A list may come as JSON or with commas. */
	readonly list?: boolean;
}

/** A header value on one line. */
const HEADER_VALUE = { type: 'string', pattern: '^[\\t\\x20-\\x7e]*$' };

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
		environment: ['HORDE_MODEL_REFERENCE_REPLICATE_MODE'],
		description: 'PRIMARY or REPLICA',
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
];
