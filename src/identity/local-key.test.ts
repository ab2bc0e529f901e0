import { describe, expect, test } from 'vitest';
import {
	hashSecret,
	isKeyId,
	isSecretHash,
	isSecretOf,
	localKeyText,
	makeLocalKey,
	NO_SECRET,
	parseLocalKey,
} from './local-key.ts';
import { isPresentable } from './presented-key.ts';

const KEY = { keyId: 'kabcdefgh2', secret: 'A'.repeat(43) };
const TEXT = `hr_kabcdefgh2_${KEY.secret}`;

describe('a_local_key', () => {
	test('reads_as_it_was_written', () => {
		expect(localKeyText(KEY)).toBe(TEXT);
		expect(parseLocalKey(TEXT)).toEqual(KEY);
		const made = makeLocalKey();
		expect(parseLocalKey(localKeyText(made))).toEqual(made);
		expect(isPresentable(localKeyText(made))).toBe(true);
		expect(isKeyId(made.keyId)).toBe(true);
	});

	test('is_another_each_time', () => {
		const made = Array.from({ length: 100 }, makeLocalKey);
		expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(100);
		expect(new Set(made.map(({ secret }) => secret)).size).toBe(100);
	});

	test.each([
		'',
		'0000000000',
		'kabcdefgh2',
		TEXT.slice(0, -1),
		`${TEXT}A`,
		`${TEXT}\n`,
		` ${TEXT}`,
		TEXT.toUpperCase(),
		TEXT.replace('hr_k', 'hr_a'),
		TEXT.replace('gh2', 'gh1'),
		TEXT.replace(/A$/, '='),
	])('%j_is_none', (text) => {
		expect(parseLocalKey(text)).toBeUndefined();
	});
});

describe('a_hash', () => {
	test('tells_its_secret_from_every_other_and_does_not_hold_it', async () => {
		const { secret } = makeLocalKey();
		const hash = await hashSecret(secret);
		expect(isSecretHash(hash)).toBe(true);
		expect(JSON.stringify(hash)).not.toContain(secret);
		expect(await isSecretOf(hash, secret)).toBe(true);
		expect(await isSecretOf(hash, makeLocalKey().secret)).toBe(false);
		expect(await isSecretOf(NO_SECRET, secret)).toBe(false);
	});

	test('of_the_same_secret_is_another_each_time', async () => {
		const [one, two] = [await hashSecret(KEY.secret), await hashSecret(KEY.secret)];
		expect(one.salt).not.toBe(two.salt);
		expect(one.hash).not.toBe(two.hash);
	});

	test.each([
		['empty', { salt: '', hash: '' }],
		['short', { ...NO_SECRET, hash: NO_SECRET.hash.slice(4) }],
		['long', { ...NO_SECRET, salt: `${NO_SECRET.salt}AAAA` }],
		['padded', { ...NO_SECRET, salt: `${NO_SECRET.salt}==` }],
		['in_other_letters', { ...NO_SECRET, hash: NO_SECRET.hash.replace('A', '+') }],
	])('that_is_%s_is_none', (_title, hash) => {
		expect(isSecretHash(hash)).toBe(false);
	});
});
