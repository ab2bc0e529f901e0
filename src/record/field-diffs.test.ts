import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRecord, compactText, type JsonObject } from '../../test/support/reference-texts.ts';
import { type FieldDiff, fieldDiffs, samePythonValue } from './field-diffs.ts';

const added = (path: string, after: string): FieldDiff => ({ path, before: undefined, after, type: 'added' });
const removed = (path: string, before: string): FieldDiff => ({
	path,
	before,
	after: undefined,
	type: 'removed',
});
const modified = (path: string, before: string, after: string): FieldDiff => ({
	path,
	before,
	after,
	type: 'modified',
});

describe('fieldDiffs', () => {
	test('a_new_record_lists_its_fields_in_its_own_order_nulls_included', () => {
		const record = '{"b":1,"a":{"z":null,"y":[1,{"x":2}],"e":{}},"0":"t"}';
		const fields: readonly (readonly [string, string])[] = [
			['b', '1'],
			['a.z', 'null'],
			['a.y', '[1,{"x":2}]'],
			['0', '"t"'],
		];
		expect(fieldDiffs(null, record)).toEqual(fields.map(([path, value]) => added(path, value)));
		expect(fieldDiffs(record, null)).toEqual(fields.map(([path, value]) => removed(path, value)));
	});

	test.each([
		['nothing and nothing', null, null],
		['nothing and an empty record', null, '{}'],
		['an absent field and a null', '{"a":1}', '{"a":1,"b":null}'],
		['an absent field and one with nothing in it', '{"a":1}', '{"a":1,"b":{"c":{}}}'],
		['a field and a null of an object', '{"a":{"b":null}}', '{"a":{}}'],
		['another order of keys', '{"a":1,"b":{"c":1,"d":2}}', '{"b":{"d":2,"c":1},"a":1}'],
		['another spelling of a number', '{"a":1,"b":[100]}', '{"a":1.0,"b":[1e2]}'],
		['what Python takes for equal', '{"a":1,"b":[false,{"c":1.0}]}', '{"a":true,"b":[0,{"c":true}]}'],
		['another spelling of a text', '{"a":"\\u00e9\\/"}', '{"a":"é/"}'],
		['blanks', '{"a":{"b":[1,2]}}', ' { "a" :\n{ "b": [ 1 , 2 ] } } '],
	])('between_%s_there_is_no_difference', (_what, before, after) => {
		expect(fieldDiffs(before, after)).toEqual([]);
		expect(fieldDiffs(after, before)).toEqual([]);
	});

	test.each([
		['a value', '{"a":1}', '{"a":2}', [modified('a', '1', '2')]],
		['a list as a whole', '{"a":[1,2]}', '{"a":[2,1]}', [modified('a', '[1,2]', '[2,1]')]],
		['a value deep inside', '{"a":{"b":{"c":1}}}', '{"a":{"b":{"c":2}}}', [modified('a.b.c', '1', '2')]],
		['an object that became a value', '{"a":{"b":1}}', '{"a":5}', [modified('a', '{"b":1}', '5')]],
		['a value that became null', '{"a":5}', '{"a":null}', [modified('a', '5', 'null')]],
		['a value that was null', '{"a":null}', '{"a":{"b":1}}', [modified('a', 'null', '{"b":1}')]],
		[
			'an object that came',
			'{}',
			'{"a":{"b":1,"c":{"d":null}}}',
			[added('a.b', '1'), added('a.c.d', 'null')],
		],
		['an object that went', '{"a":{"b":1}}', '{}', [removed('a.b', '1')]],
		[
			'a number past what a double holds',
			'{"a":9007199254740992}',
			'{"a":9007199254740993}',
			[modified('a', '9007199254740992', '9007199254740993')],
		],
		['a number and its text', '{"a":1}', '{"a":"1"}', [modified('a', '1', '"1"')]],
		['a word and its text', '{"a":"true"}', '{"a":"1"}', [modified('a', '"true"', '"1"')]],
		['1 and false', '{"a":1}', '{"a":false}', [modified('a', '1', 'false')]],
		['a list and an object', '{"a":[]}', '{"a":{}}', [modified('a', '[]', '{}')]],
		[
			'a field called __proto__',
			'{"__proto__":{"a":1}}',
			'{"__proto__":{"a":2}}',
			[modified('__proto__.a', '1', '2')],
		],
		['a field that every object inherits', '{}', '{"toString":1}', [added('toString', '1')]],
		[
			'names with dots, which are not escaped',
			'{"a.b":1}',
			'{"a":{"b":1}}',
			[added('a.b', '1'), removed('a.b', '1')],
		],
		['the last of two fields of a name', '{"a":1,"a":2}', '{"a":1}', [modified('a', '2', '1')]],
	])('tells_%s', (_what, before, after, diffs) => {
		expect(fieldDiffs(before, after)).toEqual(diffs);
	});

	test('fields_of_both_come_in_the_order_of_their_code_points', () => {
		const names = ['b', 'a', 'B', 'é', '\u{1F600}', '\uffee', '10', '9', '__proto__'];
		const record = (value: number) => `{${names.map((name) => `${JSON.stringify(name)}:${value}`).join()}}`;
		expect(fieldDiffs(record(1), record(2)).map(({ path }) => path)).toEqual([
			...['10', '9', 'B', '__proto__', 'a', 'b', 'é', '\uffee', '\u{1F600}'],
		]);
	});

	test('a_record_does_not_differ_from_itself_in_any_spelling', () => {
		fc.assert(
			fc.property(anyRecord, (record) => {
				expect(fieldDiffs(compactText(record), compactText(record, ' : ', true))).toEqual([]);
			}),
		);
	});

	test('the_way_back_is_the_way_there_turned_round', () => {
		const opposite = { added: 'removed', removed: 'added', modified: 'modified' } as const;
		fc.assert(
			fc.property(fc.option(anyRecord), fc.option(anyRecord), (a, b) => {
				const [before, after] = [a && compactText(a), b && compactText(b)];
				const there = fieldDiffs(before, after);
				const back = fieldDiffs(after, before).map(({ path, before: was, after: is, type }) => {
					return { path, before: is, after: was, type: opposite[type] };
				});
				expect(back).toEqual(there);
			}),
		);
	});

	test('a_new_record_is_told_leaf_by_leaf', () => {
		fc.assert(
			fc.property(anyRecord, (record) => {
				const told = fieldDiffs(null, compactText(record)).map(({ path, after }) => [path, after]);
				expect(told).toEqual(leaves(record, ''));
			}),
		);
	});

	test('records_differ_just_when_a_field_does', () => {
		fc.assert(
			fc.property(anyRecord, anyRecord, (a, b) => {
				const [before, after] = [compactText(a), compactText(b)];
				const said = fieldDiffs(before, after);
				if (samePythonValue(before, after)) expect(said).toEqual([]);
				for (const { before: was = 'null', after: is = 'null', type } of said) {
					// A null that came or went where its whole object did is told as well.
					if (type === 'modified') expect(samePythonValue(was, is)).toBe(false);
				}
			}),
		);
	});
});

describe('samePythonValue', () => {
	test.each([
		['true', '1', true],
		['false', '0.0', true],
		['true', '1.5', false],
		['null', 'false', false],
		['"true"', 'true', false],
		['{"true":true}', '{"true":1}', true],
		['["\\"true,false"]', '["\\"1,0"]', false],
		['1e400', '10e399', true],
	])('%s and %s: %s', (a, b, same) => {
		expect(samePythonValue(a, b)).toBe(same);
		expect(samePythonValue(b, a)).toBe(same);
	});
});

/** @param prefix of the names in it */
function leaves({ members }: JsonObject, prefix: string): readonly (readonly [string, string])[] {
	return members.flatMap(([name, member]) => {
		if ('members' in member) return leaves(member, `${prefix}${name}.`);
		return [[prefix + name, compactText(member)] as const];
	});
}
