import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pythonCompactJson, readWireRecords, wireString } from './wire-json.ts';

describe('one_line_form', () => {
	test.each([
		['separators', ' {\n"a" :[1,2 ,{ }],"b":{"c":[ ]}\t}\r\n', '{"a": [1, 2, {}], "b": {"c": []}}'],
		['words', '[true,false,null]', '[true, false, null]'],
		['a_scalar_alone', ' 7 ', '7'],
		['numbers_stay_as_written', '[3.0,1E5,-0,1.10,2e-7]', '[3.0, 1E5, -0, 1.10, 2e-7]'],
		['integers_past_2_to_the_53', '[5214865159,9007199254740993]', '[5214865159, 9007199254740993]'],
		['letters_beyond_ascii', '"é\u2028\uFFFF"', String.raw`"\u00e9\u2028\uffff"`],
		['astral_characters', '"\u{1F600}"', String.raw`"\ud83d\ude00"`],
		['half_an_astral_character', String.raw`"\uD83D"`, String.raw`"\ud83d"`],
		['escapes_become_canonical', String.raw`"\/\u0041\u00E9\u000a\u0008"`, String.raw`"/A\u00e9\n\b"`],
		['escapes_that_stay', String.raw`"\"\\\n\r\t\b\f\u0000\u001f"`, String.raw`"\"\\\n\r\t\b\f\u0000\u001f"`],
		['delete_is_escaped_as_python_does', '"\u007f~"', String.raw`"\u007f~"`],
		[
			'backslashes_before_the_closing_quote',
			String.raw`["\\","\\\\","a\\\""]`,
			String.raw`["\\", "\\\\", "a\\\""]`,
		],
		['what_looks_like_json_in_a_string', '["{,:}[]","a, b: c"]', '["{,:}[]", "a, b: c"]'],
		['names_that_look_like_integers_keep_their_place', '{"b":1,"10":2,"2":3}', '{"b": 1, "10": 2, "2": 3}'],
		['a_repeated_name_keeps_place_and_takes_the_last_value', '{"a":1,"b":2,"\\u0061":3}', '{"a": 3, "b": 2}'],
		['names_that_objects_inherit', '{"__proto__":{"constructor":1}}', '{"__proto__": {"constructor": 1}}'],
		['a_byte_order_mark_is_skipped', '\uFEFF{}', '{}'],
	])('%s', (_behaviour, text, wire) => {
		expect(pythonCompactJson(text)).toBe(wire);
	});

	test.each(['', ' ', '{', '{"a":1,}', '[1 2]', '{}{}', '/* no */ {}', 'NaN', "{'a':1}", '"\n"'])(
		'%j is not JSON',
		(text) => {
			expect(() => pythonCompactJson(text)).toThrow(SyntaxError);
		},
	);

	test('nesting_without_end_is_refused', () => {
		const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
		expect(pythonCompactJson(nested(400))).toBe(nested(400));
		expect(() => pythonCompactJson(nested(100_000))).toThrow(SyntaxError);
	});

	test('any_value_survives_on_one_ascii_line', () => {
		const indent = fc.constantFrom(undefined, 2, '\t', '\r\n');
		fc.assert(
			fc.property(fc.jsonValue({ stringUnit: 'binary' }), indent, (value, space) => {
				const wire = pythonCompactJson(JSON.stringify(value, null, space));
				expect(wire).toMatch(/^[ -~]*$/);
				expect(JSON.stringify(JSON.parse(wire))).toBe(JSON.stringify(value));
				expect(pythonCompactJson(wire)).toBe(wire);
			}),
		);
	});

	test('a_string_of_any_units_survives', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(0xffff)), (units) => {
				const value = units.map((unit) => String.fromCharCode(unit)).join('');
				expect(JSON.parse(wireString(value))).toBe(value);
				expect(wireString(value)).toMatch(/^[ -~]*$/);
			}),
		);
	});
});

describe('records_of_a_reference', () => {
	test('they_come_in_document_order_with_their_members', () => {
		const records = readWireRecords('{"é":{"x":1.0},"2":{},"1":{"y":[1,"é"]}}');
		expect([...(records ?? [])].map(([key, members]) => [key, ...members])).toEqual([
			['é', ['"x"', '1.0']],
			['2'],
			['1', ['"y"', String.raw`[1, "\u00e9"]`]],
		]);
	});

	test.each([
		'',
		'null',
		'[]',
		'[{}]',
		'7',
		'"{}"',
		'{"a":1}',
		'{"a":{},"b":[]}',
		'{"a":{},"a":null}',
		'{"a":{}',
	])('%j holds none', (text) => {
		expect(readWireRecords(text)).toBeNull();
	});

	test('of_a_repeated_key_only_the_last_value_must_be_a_record', () => {
		const records = readWireRecords('{"a":1,"b":{},"a":{"x":2}}');
		expect([...(records ?? [])].map(([key, members]) => [key, ...members])).toEqual([
			['a', ['"x"', '2']],
			['b'],
		]);
	});
});
