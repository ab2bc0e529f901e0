/** Whose a key of a local file is, and how soon a change of the file counts. */

import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { changeKeysFile } from '../../src/identity/change-keys-file.ts';
import { revokeKey } from '../../src/identity/edit-keys.ts';
import { KeysIdentity } from '../../src/identity/keys-identity.ts';
import { makeLocalKey } from '../../src/identity/local-key.ts';
import { recordLog } from '../support/recorded-log.ts';
import { temporaryDirectory } from '../support/temporary-repository.ts';
import { REVOKED, type UserKey, userKey, writeKeys } from './local-keys.ts';

/** Hashes are dear, so the keys are made once; no test changes them. */
let alice: UserKey;
let bob: UserKey;

beforeAll(async () => {
	[alice, bob] = await Promise.all([userKey('1', 'alice'), userKey('2', 'bob')]);
});

const ALICE = { id: '1', username: 'alice#1' };
const BOB = { id: '2', username: 'bob#2' };
const GOOD = { degraded: false, consecutiveFailures: 0, secondsUntilRetry: null };

/** A provider of a file that is not there yet. */
function setUp() {
	const file = path.join(temporaryDirectory(), 'keys.json');
	const clock = { now: 1_000_000 };
	const { logger, lines } = recordLog();
	const identity = new KeysIdentity({ file, clock: () => clock.now, logger });
	onTestFinished(() => {
		for (const { secret, entry } of [alice, bob]) {
			for (const told of [secret, entry.hash, entry.salt]) expect(lines.join('')).not.toContain(told);
		}
	});
	const levels = () => lines.map((line) => (JSON.parse(line) as { level: number }).level);
	return { file, clock, identity, lines, levels };
}

/** The error is checked to tell neither a key nor a cause. */
async function expectUnavailable(lookup: Promise<unknown>) {
	const error: unknown = await lookup.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toMatchObject({ code: 'identity-unavailable', message: 'Auth service unavailable' });
	expect(error).not.toHaveProperty('cause');
	expect(`${(error as Error).stack}`).not.toContain(alice.secret);
}

describe('a_key_of_the_file', () => {
	test('is_its_users', async () => {
		const { file, identity, levels } = setUp();
		writeKeys(file, [alice.entry, bob.entry]);
		expect(await identity.identify(alice.text)).toEqual(ALICE);
		expect(await identity.identify(bob.text)).toEqual(BOB);
		expect(identity.health()).toEqual(GOOD);
		// The file was read once, and that is all there is to say.
		expect(levels()).toEqual([30]);
	});

	test('is_its_users_however_many_ask_at_once', async () => {
		const { file, identity, lines } = setUp();
		writeKeys(file, [alice.entry]);
		const answers = await Promise.all(Array.from({ length: 200 }, () => identity.identify(alice.text)));
		expect(new Set(answers)).toEqual(new Set([answers[0]]));
		expect(answers[0]).toEqual(ALICE);
		expect(lines).toHaveLength(1);
	});

	test.each<[string, () => string]>([
		['with_a_wrong_secret', () => `hr_${alice.keyId}_${makeLocalKey().secret}`],
		['with_the_secret_of_another', () => `hr_${alice.keyId}_${bob.secret}`],
		['with_an_unknown_id', () => `hr_${makeLocalKey().keyId}_${alice.secret}`],
		['that_is_revoked', () => bob.text],
		['with_a_blank_at_its_end', () => `${alice.text} `],
		['without_its_secret', () => alice.keyId],
		['that_is_its_hash', () => `hr_${alice.keyId}_${alice.entry.hash}`],
		['of_ai_horde', () => '0000000000'],
		['that_is_empty', () => ''],
		['of_a_megabyte', () => alice.text.repeat(20_000)],
	])('%s_is_nobodys', async (_title, key) => {
		const { file, identity } = setUp();
		writeKeys(file, [alice.entry, { ...bob.entry, revoked: REVOKED }]);
		expect(await identity.identify(key())).toBeUndefined();
		expect(identity.health()).toEqual(GOOD);
	});
});

describe('a_change_of_the_file_counts_at_once', () => {
	test('when_a_key_is_added_or_revoked', async () => {
		const { file, identity } = setUp();
		writeKeys(file, [alice.entry]);
		expect(await identity.identify(alice.text)).toEqual(ALICE);
		expect(await identity.identify(bob.text)).toBeUndefined();
		const add = changeKeysFile(file, (entries) => ({ entries: [...entries, bob.entry], entry: bob.entry }), {
			create: true,
		});
		await add;
		expect(await identity.identify(bob.text)).toEqual(BOB);
		await changeKeysFile(file, (entries) => revokeKey(entries, alice.keyId, REVOKED), { create: false });
		expect(await identity.identify(alice.text)).toBeUndefined();
		expect(await identity.identify(bob.text)).toEqual(BOB);
	});

	test('when_the_file_goes_and_comes_back', async () => {
		const { file, identity } = setUp();
		writeKeys(file, [alice.entry]);
		await identity.identify(alice.text);
		renameSync(file, `${file}.away`);
		await expectUnavailable(identity.identify(alice.text));
		expect(identity.health()).toMatchObject({ degraded: true, consecutiveFailures: 1 });
		renameSync(`${file}.away`, file);
		expect(await identity.identify(alice.text)).toEqual(ALICE);
		expect(identity.health()).toEqual(GOOD);
	});

	test('when_the_file_is_broken_by_hand', async () => {
		const { file, identity } = setUp();
		writeKeys(file, [alice.entry]);
		await identity.identify(alice.text);
		writeFileSync(file, `${alice.text} is no longer wanted`);
		await expectUnavailable(identity.identify(alice.text));
	});
});

describe('a_file_that_cannot_be_used_lets_nobody_in', () => {
	test.each<[string, (file: string) => void, RegExp]>([
		['missing', () => {}, /not there/],
		['no_json', (file) => writeFileSync(file, `{"key": "${alice.text}`), /no JSON/],
		['incomplete', (file) => writeFileSync(file, '{"version": 1}'), /\\"keys\\" must be a list/],
		['a_directory', (file) => mkdirSync(file), /not an ordinary file/],
	])('when_it_is_%s_and_that_is_logged_once', async (_title, make, words) => {
		const { file, identity, lines, levels } = setUp();
		make(file);
		await expectUnavailable(identity.identify(alice.text));
		await expectUnavailable(identity.identify(bob.text));
		expect(identity.health()).toEqual({ degraded: true, consecutiveFailures: 2, secondsUntilRetry: null });
		expect(levels()).toEqual([50]);
		expect(lines[0]).toMatch(words);
		expect(lines[0]).toContain(file);
	});

	test('and_what_is_wrong_next_is_logged_too', async () => {
		const { file, identity, levels } = setUp();
		await expectUnavailable(identity.identify(alice.text));
		writeFileSync(file, '');
		await expectUnavailable(identity.identify(alice.text));
		rmSync(file);
		await expectUnavailable(identity.identify(alice.text));
		expect(levels()).toEqual([50, 50, 50]);
	});
});

test('a_file_that_others_may_open_is_used_with_a_warning', async () => {
	const { file, identity, lines, levels } = setUp();
	writeKeys(file, [alice.entry], 0o644);
	expect(await identity.identify(alice.text)).toEqual(ALICE);
	expect(levels()).toEqual([30, 40]);
	expect(lines[1]).toContain('chmod 600');
	chmodSync(file, 0o600);
	expect(await identity.identify(alice.text)).toEqual(ALICE);
	expect(levels()).toEqual([30, 40, 30]);
});

test('a_closed_provider_knows_nobody', async () => {
	const { file, identity } = setUp();
	writeKeys(file, [alice.entry]);
	await identity.identify(alice.text);
	await identity.close();
	await expectUnavailable(identity.identify(alice.text));
});
