/** Keys of a local file, managed from the shell and accepted by a server that runs on the file. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeysIdentity } from '../../src/identity/keys-identity.ts';
import { type CommandOptions, runCommand } from '../support/command-line.ts';
import { recordLog } from '../support/recorded-log.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

const KEY = /^hr_(k[a-z2-7]{9})_[A-Za-z0-9_-]{43}$/;

/** A keys file that is not there yet, the commands for it, and a provider that reads it. */
function setUp() {
	const file = path.join(temporaryDirectory(), 'keys.json');
	const { logger } = recordLog();
	const identity = new KeysIdentity({ file, clock: () => 0, logger });
	const keys = (command: string, ...args: string[]) =>
		runCommand(['keys', command, ...args, '--keys-file', file]);
	/** Makes a key, and answers it and its id. */
	const add = async (...args: string[]) => {
		const { code, stdout, stderr } = await keys('add', ...args);
		expect({ code, stderr }).toMatchObject({ code: 0 });
		const key = stdout.trimEnd();
		return { key, keyId: KEY.exec(key)?.[1] ?? '' };
	};
	return { file, identity, keys, add };
}

describe('keys_add', () => {
	test('prints_the_key_alone_and_keeps_only_its_hash', async () => {
		const { file, identity, keys } = setUp();
		const { code, stdout, stderr } = await keys('add', '--id', '42', '--name', 'alice');
		expect(code).toBe(0);
		const key = stdout.replace(/\n$/, '');
		const [, keyId] = KEY.exec(key) ?? [];
		expect(stderr).toContain(`Added key ${keyId} of alice#42 to ${file}.`);
		const secret = key.slice(-43);
		expect(stderr).not.toContain(secret);
		expect(readFileSync(file, 'utf8')).not.toContain(secret);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(await identity.identify(key)).toEqual({ id: '42', username: 'alice#42' });
	});

	test('gives_new_users_the_next_id_and_known_ones_further_keys', async () => {
		const { identity, add } = setUp();
		const made = [await add('--name', 'alice'), await add('--name', 'bob'), await add('--id', '1')];
		const users = await Promise.all(made.map(({ key }) => identity.identify(key)));
		expect(users.map((user) => user?.username)).toEqual(['alice#1', 'bob#2', 'alice#1']);
	});

	test('at_the_same_time_loses_no_key', async () => {
		const { file, identity, add } = setUp();
		const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => add('--name', name)));
		const users = await Promise.all(made.map(({ key }) => identity.identify(key)));
		expect(users.map((user) => user?.username.slice(0, 1))).toEqual(['a', 'b', 'c', 'd']);
		expect(new Set(users.map((user) => user?.id)).size).toBe(4);
		expect(readdirSync(path.dirname(file))).toEqual(['keys.json']);
	});

	test.each<[string, readonly string[], string]>([
		['nobody', [], '--name'],
		['user_0', ['--id', '0', '--name', 'x'], '--id must be a whole number from 1'],
		['a_name_with_a_hash', ['--name', 'x#1'], '--name must be'],
		['an_option_that_there_is_not', ['--key', 'x'], 'unknown option'],
	])('for_%s_is_wrong_usage_and_makes_nothing', async (_title, args, words) => {
		const { file, keys } = setUp();
		expect(await keys('add', ...args)).toMatchObject({
			code: 2,
			stdout: '',
			stderr: expect.stringContaining(words),
		});
		expect(existsSync(file)).toBe(false);
	});
});

describe('keys_list', () => {
	test('shows_whose_the_keys_are_and_no_secret_or_hash', async () => {
		const { file, keys, add } = setUp();
		const [alice, bob] = [await add('--name', 'alice'), await add('--name', 'bob')];
		await keys('revoke', bob.keyId);
		const [table, json] = [await keys('list'), await keys('list', '--json')];
		expect(table.stdout).toMatch(/^key id +user +created +revoked$/m);
		expect(table.stdout).toMatch(new RegExp(`^${alice.keyId} +alice#1 +\\S+Z$`, 'm'));
		expect(table.stdout).toMatch(new RegExp(`^${bob.keyId} +bob#2 +\\S+Z +\\S+Z$`, 'm'));
		const time = expect.stringMatching(/^\d{4}-.*Z$/);
		expect(JSON.parse(json.stdout)).toEqual([
			{ keyId: alice.keyId, id: '1', name: 'alice', created: time, revoked: null },
			{ keyId: bob.keyId, id: '2', name: 'bob', created: time, revoked: time },
		]);
		const kept = JSON.parse(readFileSync(file, 'utf8')) as { keys: { salt: string; hash: string }[] };
		for (const { salt, hash } of kept.keys) {
			for (const { stdout, stderr } of [table, json]) {
				expect(stdout + stderr).not.toContain(salt);
				expect(stdout + stderr).not.toContain(hash);
			}
		}
	});

	test('of_no_file_says_what_makes_it', async () => {
		const { keys } = setUp();
		expect(await keys('list')).toMatchObject({
			code: 3,
			stderr: expect.stringContaining('`keys add` makes it'),
		});
	});
});

describe('keys_revoke', () => {
	test('makes_the_key_useless_to_a_server_that_knew_it', async () => {
		const { identity, keys, add } = setUp();
		const { key, keyId } = await add('--name', 'alice');
		expect(await identity.identify(key)).toMatchObject({ id: '1' });
		expect(await keys('revoke', keyId)).toMatchObject({
			code: 0,
			stdout: '',
			stderr: expect.stringContaining(`Key ${keyId} of alice#1`),
		});
		expect(await identity.identify(key)).toBeUndefined();
		expect(await keys('revoke', keyId)).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('already'),
		});
	});

	test('takes_the_whole_key_as_well_and_never_repeats_it', async () => {
		const { identity, keys, add } = setUp();
		const { key } = await add('--name', 'alice');
		const damaged = await keys('revoke', key.slice(0, -1));
		expect(damaged).toMatchObject({ code: 2, stderr: expect.stringContaining('not the id of a key') });
		const whole = await keys('revoke', key);
		expect(whole).toMatchObject({ code: 0 });
		for (const { stdout, stderr } of [damaged, whole]) {
			expect(stdout + stderr).not.toContain(key.slice(-43, -1));
		}
		expect(await identity.identify(key)).toBeUndefined();
	});

	test('of_an_unknown_key_is_wrong_usage', async () => {
		const { keys, add } = setUp();
		await add('--name', 'alice');
		expect(await keys('revoke', 'kaaaaaaaaa')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('no key with that id'),
		});
	});
});

describe('the_keys_file_is', () => {
	const added = async (args: readonly string[], options: CommandOptions) => {
		const result = await runCommand(['keys', 'add', '--name', 'alice', ...args], options);
		expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hr_/) });
	};

	test('in_the_git_directory_of_the_repository_where_no_commit_takes_it_along', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		await added(['--repo', repository.directory], {});
		expect(existsSync(repository.path('.git/horde-references/keys.json'))).toBe(true);
		expect(repository.git('status', '--porcelain')).toBe('');
	});

	test('the_one_that_serve_would_use_with_these_settings', async () => {
		const cwd = temporaryDirectory();
		const env = {
			HORDE_REFERENCES_REPO: path.join(cwd, 'nowhere'),
			HORDE_REFERENCES_KEYS_FILE: path.join(cwd, 'keys.json'),
		};
		await added([], { cwd, env });
		expect(readdirSync(cwd)).toEqual(['keys.json']);
	});

	test.each<[string, readonly string[], number, string]>([
		['to_be_named', [], 2, '--repo'],
		['not_in_a_repository_that_is_not_there', ['--repo', 'nowhere'], 3, 'not a directory'],
		['not_in_a_directory_that_is_not_there', ['--keys-file', 'a/b/keys.json'], 3, 'is not there'],
	])('%s', async (_title, args, code, words) => {
		const cwd = temporaryDirectory();
		const result = await runCommand(['keys', 'add', '--name', 'alice', ...args], { cwd });
		expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
		expect(readdirSync(cwd)).toEqual([]);
	});
});
