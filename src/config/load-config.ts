/** Reads the configuration: flags before environment before file before defaults, checked as a whole, errors by setting name. */

import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { AppError, messageOf } from '../errors.ts';
import { SETTINGS, type SettingEntry, type Settings } from './settings.ts';

/** Read from the working directory when there is one and no other is named. */
export const CONFIG_FILE = 'horde-references.json';

/** Variables of ours all begin so; one that we do not know is a mistake worth stopping for. */
const OWN_PREFIX = 'HORDE_REFERENCES_';

/** Names the configuration file; the only variable of ours that is no setting. */
const CONFIG_VARIABLE = 'HORDE_REFERENCES_CONFIG';

export interface ConfigSources {
	/** Values of flags that were given, by setting name. */
	readonly flags: Readonly<Record<string, unknown>>;
	readonly environment: NodeJS.ProcessEnv;
	/** A configuration file that was named; without one `horde-references.json` is read if it is there. */
	readonly file?: string | undefined;
}

/** @throws AppError `config-invalid` that names every bad setting and where it was set */
export function loadConfig({ flags, environment, file }: ConfigSources): Settings {
	const stray = Object.keys(environment).filter((name) => name.startsWith(OWN_PREFIX) && !isKnown(name));
	if (stray.length > 0) {
		const known = SETTINGS.flatMap((setting) => setting.environment).filter((name) =>
			name.startsWith(OWN_PREFIX),
		);
		throw invalid([`${stray.join(', ')}: there is no such setting; the variables are ${known.join(', ')}`]);
	}
	const fromFile = readConfigFile(file ?? environment[CONFIG_VARIABLE]);
	const values: Record<string, unknown> = {};
	const sources = new Map<string, string>();
	for (const setting of SETTINGS) {
		const found = lookUp(setting, flags, environment, fromFile);
		if (found.value === undefined) continue;
		values[setting.name] = interpret(setting, found.value);
		sources.set(setting.name, found.source);
	}
	const check = new Ajv2020({ allErrors: true, verbose: true }).compile<Settings>({
		type: 'object',
		required: ['repo'],
		properties: Object.fromEntries(SETTINGS.map(({ name, schema }) => [name, schema])),
	});
	if (!check(values)) throw invalid((check.errors ?? []).map((error) => sentence(error, sources)));
	const contradictions = contradictionsOf(values);
	if (contradictions.length > 0) throw invalid(contradictions);
	return values;
}

/** Settings that are right by themselves and make no sense together. */
function contradictionsOf({ replicateMode, remote, ack, upstream }: Settings): string[] {
	const isReplica = replicateMode === 'REPLICA';
	return [
		...(upstream && !isReplica
			? ['an upstream is for a replica; say --mode replica, or --remote for a primary']
			: []),
		...(remote && isReplica
			? ['a replica writes to no remote; say --upstream for what it is to follow']
			: []),
		...(ack === 'remote' && !remote ? ['--ack remote needs a remote; name it with --remote <url>'] : []),
	];
}

interface Found {
	readonly value: unknown;
	readonly source: string;
}

function lookUp(
	setting: SettingEntry,
	flags: Readonly<Record<string, unknown>>,
	environment: NodeJS.ProcessEnv,
	file: ConfigFile,
): Found {
	const { name, flag = '', default: standard } = setting;
	const given = flags[name] ?? flags[flagName(flag)];
	if (given !== undefined) return { value: given, source: flag.split(' ')[0] ?? name };
	const variable = setting.environment.find((candidate) => environment[candidate] !== undefined);
	if (variable !== undefined) return { value: environment[variable], source: variable };
	if (Object.hasOwn(file.values, name))
		return { value: file.values[name], source: `${name} in ${file.path}` };
	return { value: standard, source: name };
}

/** `--requestor-id <id>` as the parser of the command line calls it: `requestorId`. */
function flagName(flag: string): string {
	const [long = ''] = flag.replace(/^--/, '').split(' ');
	return long.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** Texts, as flags and variables are, become what the setting is; what does not fit is left for the check to name. */
function interpret(setting: SettingEntry, value: unknown): unknown {
	if (typeof value !== 'string') return value;
	if (setting.anyCase) {
		const synonym = setting.synonyms?.[value.toLowerCase()];
		if (synonym !== undefined) return synonym;
		return setting.anyCase.find((choice) => choice.toLowerCase() === value.toLowerCase()) ?? value;
	}
	if (setting.list) return readList(value);
	if ('type' in setting.schema && setting.schema.type === 'integer' && /^-?\d+$/.test(value))
		return Number(value);
	return value;
}

function readList(value: string): unknown {
	const trimmed = value.trim();
	if (trimmed === '') return [];
	if (!trimmed.startsWith('[')) return trimmed.split(',').map((item) => item.trim());
	try {
		return JSON.parse(trimmed);
	} catch {
		return value;
	}
}

interface ConfigFile {
	readonly path: string;
	readonly values: Readonly<Record<string, unknown>>;
}

function readConfigFile(named: string | undefined): ConfigFile {
	const path = named ?? CONFIG_FILE;
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		if (named === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return { path, values: {} };
		}
		throw invalid([`the configuration file ${path} cannot be read: ${messageOf(error)}`]);
	}
	let values: unknown;
	try {
		values = JSON.parse(text);
	} catch (error) {
		throw invalid([`the configuration file ${path} is not JSON: ${messageOf(error)}`]);
	}
	if (!isObject(values)) throw invalid([`the configuration file ${path} must hold an object of settings`]);
	const unknown = Object.keys(values).filter((name) => !SETTINGS.some((setting) => setting.name === name));
	if (unknown.length > 0) {
		const known = SETTINGS.map(({ name }) => name).join(', ');
		throw invalid([`${unknown.join(', ')} in ${path}: there is no such setting; the settings are ${known}`]);
	}
	return { path, values };
}

function sentence(error: ErrorObject, sources: ReadonlyMap<string, string>): string {
	if (error.keyword === 'required') {
		return 'no data repository was named; name one with --repo <dir> or HORDE_REFERENCES_REPO';
	}
	const name = error.instancePath.split('/')[1] ?? '';
	const { allowedValues } = error.params;
	const hint = SETTINGS.find((setting) => setting.name === name)?.hint;
	const rule =
		hint ?? (Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : error.message);
	return `${sources.get(name) ?? name} ${rule}, not ${JSON.stringify(error.data)}`;
}

function invalid(sentences: readonly string[]): AppError {
	return new AppError('config-invalid', sentences.join('; '));
}

function isKnown(variable: string): boolean {
	return variable === CONFIG_VARIABLE || SETTINGS.some((setting) => setting.environment.includes(variable));
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
