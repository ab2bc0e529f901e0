/** What is read from a keys file, and what is wrong with the files that are refused. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type KeyEntry, keysFileOf, keysFileText, readKeysFile } from '../../src/identity/keys-file.ts';
import { NO_SECRET } from '../../src/identity/local-key.ts';
import { temporaryDirectory } from '../support/temporary-repository.ts';
import { CREATED, REVOKED, writeKeys } from './local-keys.ts';

const ENTRY: KeyEntry = { keyId: 'kaaaaaaaaa', id: '1', name: 'alice', ...NO_SECRET, created: CREATED };

const keysJson = (...keys: readonly unknown[]) => JSON.stringify({ version: 1, keys });

test('a_repository_keeps_its_keys_in_its_git_directory', () => {
	expect(keysFileOf({ commonDirectory: '/data/.git' })).toBe('/data/.git/horde-references/keys.json');
});

describe('a_keys_file', () => {
	test('reads_as_it_was_written', async () => {
		const file = path.join(temporaryDirectory(), 'keys.json');
		const entries = [ENTRY, { ...ENTRY, keyId: 'kbbbbbbbbb', revoked: REVOKED }];
		writeKeys(file, entries);
		expect(await readKeysFile(file)).toMatchObject({ entries, isShared: false });
	});

	test.each([
		[0o600, false],
		[0o400, false],
		[0o640, true],
		[0o604, true],
		[0o620, true],
	])('of_mode_%o_is_shared_%s', async (mode, isShared) => {
		const file = path.join(temporaryDirectory(), 'keys.json');
		writeKeys(file, [ENTRY], mode);
		expect(await readKeysFile(file)).toMatchObject({ isShared });
	});

	test.each<[string, string, RegExp]>([
		['empty', '', /it is no JSON/],
		['cut_short', keysJson(ENTRY).slice(0, -9), /it is no JSON/],
		['of_a_later_version', JSON.stringify({ version: 2, keys: [] }), /"version" must be 1/],
		['a_list', '[]', /"version" must be 1/],
		['without_keys', JSON.stringify({ version: 1 }), /"keys" must be a list/],
		['with_a_number_for_a_key', keysJson(7), /entry 1 /],
		['with_an_entry_without_a_hash', keysJson(ENTRY, { ...ENTRY, hash: undefined }), /entry 2 /],
		['with_a_short_hash', keysJson({ ...ENTRY, hash: 'AAAA' }), /entry 1 /],
		['with_a_user_0', keysJson({ ...ENTRY, id: '0' }), /entry 1 /],
		['with_a_number_for_a_user', keysJson({ ...ENTRY, id: 1 }), /entry 1 /],
		['with_a_name_that_breaks_lines', keysJson({ ...ENTRY, name: 'a\nb' }), /entry 1 /],
		['with_a_key_id_that_is_none', keysJson({ ...ENTRY, keyId: '\u001b[31m' }), /entry 1 /],
		['with_a_revocation_that_is_no_time', keysJson({ ...ENTRY, revoked: false }), /entry 1 /],
		['with_the_same_key_twice', keysJson(ENTRY, ENTRY), /entry 2 .*has the id of another/],
		['too_large', ' '.repeat(8 * 1024 * 1024 + 1), /it is larger than/],
	])('that_is_%s_is_refused', async (_title, text, words) => {
		const file = path.join(temporaryDirectory(), 'keys.json');
		writeFileSync(file, text);
		await expect(readKeysFile(file)).rejects.toMatchObject({
			code: 'keys-file-invalid',
			message: expect.stringMatching(words),
		});
	});

	test.each<[string, (file: string) => void, RegExp]>([
		['not_there', () => {}, /it is not there; `keys add` makes it/],
		['a_directory', (file) => mkdirSync(file), /not an ordinary file/],
		['a_pipe', (file) => execFileSync('mkfifo', [file]), /not an ordinary file/],
		['in_a_file', (file) => writeFileSync(path.dirname(file), ''), /cannot be read \(ENOTDIR\)/],
	])('that_is_%s_is_refused', async (title, make, words) => {
		const directory = path.join(temporaryDirectory(), 'folder');
		if (title !== 'in_a_file') mkdirSync(directory);
		const file = path.join(directory, 'keys.json');
		make(file);
		await expect(readKeysFile(file)).rejects.toMatchObject({
			code: 'keys-file-invalid',
			message: expect.stringMatching(words),
			data: { file },
		});
	});

	test('that_could_not_be_read_again_is_not_made', () => {
		expect(() => keysFileText('keys.json', [ENTRY, ENTRY])).toThrow(/has the id of another/);
		expect(() => keysFileText('keys.json', [{ ...ENTRY, name: 'a#b' }])).toThrow(/entry 1 /);
	});
});
