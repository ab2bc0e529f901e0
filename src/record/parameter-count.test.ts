import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billionsOfCount, countOfBillions, sizeTag, wholeNumber } from './parameter-count.ts';

describe('wholeNumber', () => {
	test.each<[string, bigint | undefined]>([
		['7000000000', 7_000_000_000n],
		['7e9', 7_000_000_000n],
		['7.5E+9', 7_500_000_000n],
		['10e-1', 1n],
		['1.0', 1n],
		['12.9', 12n],
		['-7', -7n],
		['5214865159', 5_214_865_159n],
		['9007199254740993', 9_007_199_254_740_993n],
		['0e99', 0n],
		['3e-400', 0n],
		['1e400', undefined],
		['1e999999999999', undefined],
		['"7"', undefined],
		['', undefined],
	])('%s', (token, expected) => {
		expect(wholeNumber(token)).toBe(expected);
	});

	test('however_an_integer_is_spelled_it_is_the_same', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(20), (count, places) => {
				const digits = String(count).padStart(places + 1, '0');
				const at = digits.length - places;
				const fraction = places === 0 ? '' : `.${digits.slice(at)}`;
				const token = `${BigInt(digits.slice(0, at))}${fraction}e${places}`;
				expect(wholeNumber(token)).toBe(count);
				expect(wholeNumber(`${count}${'0'.repeat(places)}e-${places}`)).toBe(count);
			}),
		);
	});
});

describe('sizeTag', () => {
	test.each([
		[12_600_000_000n, '13B'],
		[560_000_000n, '1B'],
		[125_000_000n, '0B'],
		[500_000_000n, '0B'],
		[1_500_000_000n, '2B'],
		[2_500_000_000n, '2B'],
		[2_500_000_001n, '3B'],
		[3_500_000_000n, '4B'],
	])('%s_is_tagged_%s', (count, tag) => {
		expect(sizeTag(count)).toBe(tag);
	});
});

describe('billions', () => {
	test.each<[bigint, string]>([
		[7_000_000_000n, '7'],
		[70_000_000_000n, '70'],
		[2_700_000_000n, '2.7'],
		[125_000_000n, '0.125'],
		[1n, '0.000000001'],
		[5_214_865_159n, '5.214865159'],
		// 4.1 * 1e9 is 4099999999.9999995 in binary, and readers cut that off.
		[4_100_000_000n, '4.1000000001'],
	])('%s_is_the_cell_%s', (count, cell) => {
		expect(billionsOfCount(count)).toBe(cell);
		expect(countOfBillions(cell)).toBe(count);
	});

	test('a_cell_gives_back_the_count_or_there_is_none', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 1n, max: 2n ** 80n }), (count) => {
				const cell = billionsOfCount(count);
				if (cell !== undefined) expect(countOfBillions(cell)).toBe(count);
			}),
		);
	});

	test('every_model_there_could_be_has_a_cell', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 1n, max: 10n ** 14n }), (count) => {
				expect(billionsOfCount(count)).toBeDefined();
			}),
		);
		expect(billionsOfCount(9_007_199_254_740_993n)).toBeUndefined();
	});

	test.each<[string, bigint | undefined]>([
		[' 12', 12_000_000_000n],
		['1e1', 10_000_000_000n],
		['.5', 500_000_000n],
		['4.1', 4_099_999_999n],
		['', undefined],
		['0', undefined],
		['-1', undefined],
		['1e400', undefined],
		['7B', undefined],
		['nan', undefined],
	])('the_cell_%j_is_read_as_%s', (cell, count) => {
		expect(countOfBillions(cell)).toBe(count);
	});
});
