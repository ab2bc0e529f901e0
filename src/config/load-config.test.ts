import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-repository.ts';
import { loadConfig } from './load-config.ts';

function load(flags: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}, file?: object | string) {
	if (file === undefined) return loadConfig({ flags, environment });
	const name = path.join(temporaryDirectory(), 'config.json');
	writeFileSync(name, typeof file === 'string' ? file : JSON.stringify(file));
	return loadConfig({ flags, environment, file: name });
}

describe('loadConfig', () => {
	test('without_more_than_a_repository_everything_has_its_default', () => {
		expect(load({ repo: 'data' })).toEqual({
			repo: 'data',
			subdir: '',
			host: '127.0.0.1',
			port: 19800,
			cacheControl: 'public, max-age=60, stale-while-revalidate=600',
			logLevel: 'info',
			shutdownDelay: 1,
			replicateMode: 'PRIMARY',
			canonicalFormat: 'legacy',
			corsAllowedOrigins: [],
			writes: 'queue',
			identity: 'horde',
			hordeUrl: 'https://aihorde.net/api/',
			keysFile: '',
			requestorIds: [],
			approverIds: [],
			writesPerKey: 120,
			writesPerAddress: 300,
			failuresPerAddress: 20,
			readsPerAddress: 0,
			trustProxy: 0,
			metrics: 'on',
		});
	});

	test('a_flag_goes_before_the_environment_and_that_before_the_file', () => {
		const environment = { HORDE_REFERENCES_PORT: '2', HORDE_REFERENCES_HOST: 'from-environment' };
		const file = { port: 3, host: 'from-file', subdir: 'from-file' };
		expect(load({ repo: 'data', port: '1' }, environment, file)).toMatchObject({
			port: 1,
			host: 'from-environment',
			subdir: 'from-file',
		});
	});

	test.each<[string, string, object]>([
		['HORDE_MODEL_REFERENCE_REPLICATE_MODE', 'replica', { replicateMode: 'REPLICA' }],
		['HORDE_MODEL_REFERENCE_CANONICAL_FORMAT', 'LEGACY', { canonicalFormat: 'legacy' }],
		['HORDE_MODEL_REFERENCE_CANONICAL_FORMAT', 'V2', { canonicalFormat: 'v2' }],
		[
			'HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS',
			'["https://a", "https://b"]',
			{ corsAllowedOrigins: ['https://a', 'https://b'] },
		],
		[
			'HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS',
			'https://a, https://b',
			{ corsAllowedOrigins: ['https://a', 'https://b'] },
		],
		['HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS', '*', { corsAllowedOrigins: ['*'] }],
		['HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS', '', { corsAllowedOrigins: [] }],
		['HORDE_REFERENCES_LOG_LEVEL', 'WARN', { logLevel: 'warn' }],
	])('%s=%s_is_understood', (variable, value, expected) => {
		expect(load({ repo: 'data' }, { [variable]: value })).toMatchObject(expected);
	});

	test('variables_of_the_existing_system_that_mean_nothing_here_are_no_error', () => {
		expect(load({ repo: 'data' }, { HORDE_MODEL_REFERENCE_REDIS__USE_REDIS: 'true' }).repo).toBe('data');
	});

	test.each<[string, Record<string, unknown>, NodeJS.ProcessEnv, object | string | undefined, RegExp]>([
		['no_repository', {}, {}, undefined, /name one with --repo <dir> or HORDE_REFERENCES_REPO/],
		['a_port_in_words', { repo: 'd', port: 'http' }, {}, undefined, /^--port must be integer, not "http"/],
		[
			'a_port_too_high',
			{ repo: 'd' },
			{ HORDE_REFERENCES_PORT: '70000' },
			undefined,
			/^HORDE_REFERENCES_PORT must be <= 65535, not 70000/,
		],
		[
			'a_mode_that_is_none',
			{ repo: 'd' },
			{ HORDE_MODEL_REFERENCE_REPLICATE_MODE: 'both' },
			undefined,
			/REPLICATE_MODE must be one of PRIMARY, REPLICA, not "both"/,
		],
		[
			'a_list_that_is_no_json',
			{ repo: 'd' },
			{ HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS: '["https://a"' },
			undefined,
			/CORS_ALLOWED_ORIGINS must be origins/,
		],
		[
			'an_origin_with_a_path',
			{ repo: 'd' },
			{ HORDE_MODEL_REFERENCE_CORS_ALLOWED_ORIGINS: 'https://a/b' },
			undefined,
			/CORS_ALLOWED_ORIGINS must be origins such as .*, not/,
		],
		[
			'a_header_on_two_lines',
			{ repo: 'd', cacheControl: 'a\r\nSet-Cookie: b' },
			{},
			undefined,
			/^--cache-control must be one line/,
		],
		[
			'a_variable_that_is_misspelt',
			{ repo: 'd' },
			{ HORDE_REFERENCES_PROT: '1' },
			undefined,
			/^HORDE_REFERENCES_PROT: there is no such setting; the variables are .*HORDE_REFERENCES_PORT/,
		],
		[
			'a_setting_in_the_file_that_is_misspelt',
			{ repo: 'd' },
			{},
			{ prot: 1 },
			/^prot in .*config\.json: there is no such setting/,
		],
		[
			'a_wrong_value_in_the_file',
			{ repo: 'd' },
			{},
			{ port: true },
			/^port in .*config\.json must be integer, not true/,
		],
		['a_file_that_is_no_json', { repo: 'd' }, {}, '{', /is not JSON/],
		['a_file_that_is_a_list', { repo: 'd' }, {}, '[]', /must hold an object/],
	])('%s_is_refused_by_name', (_title, flags, environment, file, message) => {
		expect(() => load(flags, environment, file)).toThrow(message);
	});

	test('every_bad_setting_is_named_and_not_only_the_first', () => {
		expect(() => load({ repo: 'd', port: 'x' }, { HORDE_REFERENCES_LOG_LEVEL: 'loud' })).toThrow(
			/--port.*HORDE_REFERENCES_LOG_LEVEL/,
		);
	});

	test('a_file_that_was_named_must_be_there', () => {
		expect(() => loadConfig({ flags: { repo: 'd' }, environment: {}, file: '/nowhere.json' })).toThrow(
			/cannot be read/,
		);
	});
});
