import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyJson, compactText, type Json } from '../../test/support/reference-texts.ts';
import { sameRecord } from './same-record.ts';

describe('sameRecord', () => {
	test.each([
		['{"a":1,"b":[2]}', ' {\n"b" : [ 2 ],\t"a":1 }'],
		['1', '1.0'],
		['1', '10e-1'],
		['-120', '-0.12E+3'],
		['0', '-0.00e7'],
		['1e400', '10e399'],
		['9007199254740993', '9007199254740993.0'],
		['"é/\u{1F600}"', String.raw`"\u00E9\/\ud83d\uDE00"`],
		[String.raw`"\ud800"`, String.raw`"\uD800"`],
		['{"a":1,"\\u0061":2}', '{"a":2}'],
		['{"__proto__":{"a":1}}', '{"__proto__" :{"a":1}}'],
		['[[],{},""]', '[ [ ], { }, "" ]'],
	])('%s is %s', (a, b) => {
		expect(sameRecord(a, b)).toBe(true);
		expect(sameRecord(b, a)).toBe(true);
	});

	test.each([
		['9007199254740993', '9007199254740992'],
		['1e400', '1e401'],
		['1e-400', '0'],
		['1', '-1'],
		['100', '10'],
		['0.1', '0.10000000000000000001'],
		['1', '"1"'],
		['null', '"null"'],
		['true', 'false'],
		['[1,2]', '[2,1]'],
		['[[1],2]', '[[1,2]]'],
		['[]', '{}'],
		['{"a":1}', '{"a":1,"b":null}'],
		['{"a":1,"b":2}', '{"a":2,"b":1}'],
		['{"a":{"b":1}}', '{"b":{"a":1}}'],
		['{"__proto__":{}}', '{}'],
		['{"a:0":1}', '{"a":1}'],
		[String.raw`"\ud800"`, String.raw`"\\ud800"`],
	])('%s is not %s', (a, b) => {
		expect(sameRecord(a, b)).toBe(false);
		expect(sameRecord(b, a)).toBe(false);
	});

	test('nesting_of_any_depth_is_compared', () => {
		const nested = (value: string, blank = '') =>
			`${`{"a":${blank}[`.repeat(200_000)}${value}${`]${blank}}`.repeat(200_000)}`;
		expect(sameRecord(nested('1'), nested('1.0', ' '))).toBe(true);
		expect(sameRecord(nested('1'), nested('2'))).toBe(false);
	});

	test('numbers_of_any_length_are_compared', () => {
		const zeros = '0'.repeat(300_000);
		expect(sameRecord(`1${zeros}1`, `1${zeros}1.${zeros}`)).toBe(true);
		expect(sameRecord(`1${zeros}1`, `1${zeros}2`)).toBe(false);
		expect(sameRecord(`1e1${zeros}`, `10e1${zeros}`)).toBe(false);
	});

	test('any_values_are_the_same_just_when_they_parse_to_the_same', () => {
		// What a parser would round is in the tables above.
		const rounded = /1e400|9007199254740993/;
		const values = anyJson.filter((value) => !rounded.test(compactText(value)));
		fc.assert(
			fc.property(values, values, (a, b) => {
				const [left, right] = [compactText(a), compactText(b)];
				expect(sameRecord(left, right)).toBe(isDeepStrictEqual(plain(left), plain(right)));
				expect(sameRecord(left, compactText(turned(a), ' : ', true))).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});
});

/** The parsed value, with one zero. */
function plain(text: string): unknown {
	return JSON.parse(text, (_key, value: unknown) => (value === 0 ? 0 : value));
}

/** The same value, its keys the other way round. */
function turned(value: Json): Json {
	if ('items' in value) return { items: value.items.map(turned) };
	if (!('members' in value)) return value;
	return { members: value.members.map(([name, member]) => [name, turned(member)] as const).reverse() };
}
