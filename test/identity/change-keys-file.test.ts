/** Changing a keys file: whole, by one at a time, and for its owner only. */

import {
	chmodSync,
	chownSync,
	closeSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeKeysFile } from '../../src/identity/change-keys-file.ts';
import { addKey, revokeKey } from '../../src/identity/edit-keys.ts';
import { readKeysFile } from '../../src/identity/keys-file.ts';
import { makeLocalKey, NO_SECRET } from '../../src/identity/local-key.ts';
import { temporaryDirectory } from '../support/temporary-repository.ts';
import { CREATED, REVOKED } from './local-keys.ts';

const isRoot = process.geteuid?.() === 0;
/** However slow the machine: somebody who holds the file up must be the test's own doing. */
const PATIENT = { create: true, patience: { tries: 100_000, pause: 5 } };

function setUp() {
	const directory = temporaryDirectory();
	return { directory, file: path.join(directory, 'keys.json') };
}

function add(file: string, name: string, options = PATIENT) {
	const made = { keyId: makeLocalKey().keyId, ...NO_SECRET, created: CREATED };
	return changeKeysFile(file, (entries) => addKey(entries, { name }, made), options);
}

const namesIn = async (file: string) => (await readKeysFile(file)).entries.map(({ name }) => name);
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a_keys_file', () => {
	test('is_made_with_the_directory_that_it_is_in_for_its_owner_only', async () => {
		const { directory } = setUp();
		const file = path.join(directory, 'horde-references', 'keys.json');
		await add(file, 'alice');
		expect(await namesIn(file)).toEqual(['alice']);
		expect(modeOf(file)).toBe(0o600);
		expect(readdirSync(path.dirname(file))).toEqual(['keys.json']);
	});

	test('is_replaced_and_not_overwritten', async () => {
		const { directory, file } = setUp();
		await add(file, 'alice');
		const before = readFileSync(file, 'utf8');
		const reader = openSync(file, 'r');
		await add(file, 'bob');
		expect(readFileSync(reader, 'utf8')).toBe(before);
		closeSync(reader);
		expect(await namesIn(file)).toEqual(['alice', 'bob']);
		expect(readdirSync(directory)).toEqual(['keys.json']);
	});

	test('that_others_may_read_is_theirs_no_longer', async () => {
		const { file } = setUp();
		await add(file, 'alice');
		chmodSync(file, 0o666);
		await add(file, 'bob');
		expect(modeOf(file)).toBe(0o600);
	});

	test('takes_all_changes_that_are_made_at_once', async () => {
		const { directory, file } = setUp();
		const names = Array.from({ length: 25 }, (_, number) => `user ${number}`);
		const edited = await Promise.all(names.map((name) => add(file, name)));
		expect((await namesIn(file)).toSorted()).toEqual(names.toSorted());
		expect(new Set(edited.map(({ entry }) => entry.id)).size).toBe(25);
		expect(readdirSync(directory)).toEqual(['keys.json']);
	});

	test('that_a_link_names_is_changed_where_it_is', async () => {
		const { directory, file } = setUp();
		const link = path.join(directory, 'link.json');
		await add(file, 'alice');
		symlinkSync('keys.json', link);
		await add(link, 'bob');
		expect(lstatSync(link).isSymbolicLink()).toBe(true);
		expect(await namesIn(file)).toEqual(['alice', 'bob']);
	});

	test.runIf(isRoot)('stays_its_owners_when_root_changes_it', async () => {
		const { directory, file } = setUp();
		chownSync(directory, 4711, 4712);
		const inner = path.join(directory, 'inner', 'keys.json');
		await add(inner, 'alice');
		expect(statSync(path.dirname(inner))).toMatchObject({ uid: 4711, gid: 4712 });
		expect(statSync(inner)).toMatchObject({ uid: 4711, gid: 4712 });
		await add(file, 'alice');
		chownSync(file, 815, 816);
		await add(file, 'bob');
		expect(statSync(file)).toMatchObject({ uid: 815, gid: 816 });
		expect(modeOf(file)).toBe(0o600);
	});
});

describe('a_keys_file_stays_as_it_is', () => {
	test('where_there_is_nothing_to_change', async () => {
		const { directory, file } = setUp();
		const { entry } = await add(file, 'alice');
		const revoke = () =>
			changeKeysFile(file, (entries) => revokeKey(entries, entry.keyId, REVOKED), { create: false });
		expect(await revoke()).toMatchObject({ entry: { revoked: REVOKED } });
		const { version } = await readKeysFile(file);
		await revoke();
		expect(await readKeysFile(file)).toMatchObject({ version });
		expect(readdirSync(directory)).toEqual(['keys.json']);
	});

	test('where_the_change_fails', async () => {
		const { directory, file } = setUp();
		await add(file, 'alice');
		const before = readFileSync(file, 'utf8');
		await expect(add(file, 'a\nb')).rejects.toMatchObject({ code: 'config-invalid' });
		expect(readFileSync(file, 'utf8')).toBe(before);
		expect(readdirSync(directory)).toEqual(['keys.json']);
	});

	test('where_it_is_something_else', async () => {
		const { directory, file } = setUp();
		writeFileSync(file, '{"precious": true}');
		await expect(add(file, 'alice')).rejects.toMatchObject({ code: 'keys-file-invalid' });
		expect(readFileSync(file, 'utf8')).toBe('{"precious": true}');
		expect(readdirSync(directory)).toEqual(['keys.json']);
	});

	test('where_another_change_does_not_end_and_that_is_said', async () => {
		const { file } = setUp();
		await add(file, 'alice');
		writeFileSync(`${file}.lock`, 'of another');
		const options = { create: true, patience: { tries: 3, pause: 1 } };
		await expect(add(file, 'bob', options)).rejects.toMatchObject({
			code: 'storage-failed',
			message: expect.stringContaining(`remove ${file}.lock and try again`),
		});
		expect(await namesIn(file)).toEqual(['alice']);
		expect(readFileSync(`${file}.lock`, 'utf8')).toBe('of another');
	});
});

describe('no_keys_file_is_made', () => {
	test('to_revoke_a_key', async () => {
		const { directory, file } = setUp();
		const revoke = changeKeysFile(file, (entries) => revokeKey(entries, 'kaaaaaaaaa', REVOKED), {
			create: false,
		});
		await expect(revoke).rejects.toMatchObject({
			code: 'keys-file-invalid',
			message: expect.stringContaining('not there'),
		});
		expect(readdirSync(directory)).toEqual([]);
	});

	test('at_the_end_of_a_path_that_is_not_there', async () => {
		const { directory } = setUp();
		await expect(add(path.join(directory, 'a', 'b', 'keys.json'), 'alice')).rejects.toMatchObject({
			code: 'storage-failed',
			message: expect.stringContaining(`${path.join(directory, 'a')} is not there`),
		});
		expect(readdirSync(directory)).toEqual([]);
	});
});
