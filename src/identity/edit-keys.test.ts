import { describe, expect, test } from 'vitest';
import { addKey, revokeKey, type WantedOwner } from './edit-keys.ts';
import type { KeyEntry } from './keys-file.ts';
import { NO_SECRET } from './local-key.ts';

const CREATED = '2026-01-02T03:04:05.000Z';
const REVOKED = '2026-02-03T04:05:06.000Z';
const ALICE: KeyEntry = { keyId: 'kaaaaaaaaa', id: '1', name: 'alice', ...NO_SECRET, created: CREATED };
const BOB: KeyEntry = { ...ALICE, keyId: 'kbbbbbbbbb', id: '7', name: 'bob', revoked: REVOKED };
const NEW = { keyId: 'knnnnnnnnn', ...NO_SECRET, created: CREATED };

describe('a_new_key', () => {
	test.each<[string, WantedOwner, readonly KeyEntry[], string]>([
		['the_first_user_of_an_empty_file', { name: 'carol' }, [], 'carol#1'],
		['a_user_with_the_id_after_the_highest_revoked_or_not', { name: 'carol' }, [ALICE, BOB], 'carol#8'],
		['a_user_with_the_id_that_was_said', { id: '3', name: 'carol' }, [ALICE, BOB], 'carol#3'],
		['a_user_who_has_one', { id: '1' }, [ALICE, BOB], 'alice#1'],
		['a_user_who_has_one_and_whose_name_is_said_again', { id: '1', name: 'alice' }, [ALICE], 'alice#1'],
		['another_user_of_the_same_name', { id: '2', name: 'alice' }, [ALICE], 'alice#2'],
		['a_user_whose_keys_are_all_revoked', { id: '7', name: 'bobby' }, [ALICE, BOB], 'bobby#7'],
	])('can_be_for_%s', (_title, wanted, entries, user) => {
		const edited = addKey(entries, wanted, NEW);
		expect(`${edited.entry.name}#${edited.entry.id}`).toBe(user);
		expect(edited.entries).toEqual([...entries, edited.entry]);
	});

	test.each<[string, WantedOwner, RegExp]>([
		['nobody', {}, /--name/],
		['an_unknown_user_without_a_name', { id: '2' }, /user 2 has no key yet.*--name/],
		['a_user_whose_keys_are_all_revoked_without_a_name', { id: '7' }, /--name/],
		['a_known_user_under_another_name', { id: '1', name: 'eve' }, /user 1 is called alice/],
		['a_known_name_without_an_id', { name: 'alice' }, /--id 1 .*--id 8 /],
		['the_anonymous_user', { id: '0', name: 'carol' }, /whole number from 1/],
		['a_user_of_no_number', { id: 'carol', name: 'carol' }, /whole number from 1/],
		['a_number_that_begins_with_0', { id: '01', name: 'carol' }, /whole number from 1/],
		['a_negative_number', { id: '-1', name: 'carol' }, /whole number from 1/],
		['a_fraction', { id: '1.5', name: 'carol' }, /whole number from 1/],
		['a_number_beyond_all_bounds', { id: '9'.repeat(16), name: 'carol' }, /15 digits/],
		['an_empty_name', { id: '2', name: '' }, /--name/],
		['a_name_with_a_hash', { id: '2', name: 'carol#1' }, /--name/],
		['a_name_of_two_lines', { id: '2', name: 'carol\neve' }, /--name/],
		['a_name_with_brackets', { id: '2', name: 'carol <c@x>' }, /--name/],
		['a_name_with_a_blank_at_its_end', { id: '2', name: 'carol ' }, /--name/],
		['a_name_of_61_characters', { id: '2', name: 'c'.repeat(61) }, /--name/],
	])('is_not_for_%s', (_title, wanted, words) => {
		const add = () => addKey([ALICE, BOB], wanted, NEW);
		expect(add).toThrow(expect.objectContaining({ code: 'config-invalid' }));
		expect(add).toThrow(words);
	});

	test('after_the_highest_possible_id_needs_an_id', () => {
		const last = { ...ALICE, id: '9'.repeat(15) };
		expect(() => addKey([last], { name: 'carol' }, NEW)).toThrow(/--id/);
		expect(addKey([last], { id: '5', name: 'carol' }, NEW).entry.id).toBe('5');
	});
});

describe('revoking', () => {
	test('marks_the_one_key_and_keeps_everything_else', () => {
		const other = { ...ALICE, keyId: 'kccccccccc' };
		const edited = revokeKey([ALICE, BOB, other], ALICE.keyId, REVOKED);
		expect(edited.entries).toEqual([{ ...ALICE, revoked: REVOKED }, BOB, other]);
		expect(edited.entry).toEqual({ ...ALICE, revoked: REVOKED });
	});

	test('again_changes_nothing', () => {
		const entries = [ALICE, BOB];
		expect(revokeKey(entries, BOB.keyId, '2027-01-01T00:00:00.000Z')).toEqual({ entries, entry: BOB });
		expect(revokeKey(entries, BOB.keyId, '2027-01-01T00:00:00.000Z').entries).toBe(entries);
	});

	test('an_unknown_key_is_refused', () => {
		expect(() => revokeKey([ALICE], BOB.keyId, REVOKED)).toThrow(
			expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining('keys list') }),
		);
	});
});
