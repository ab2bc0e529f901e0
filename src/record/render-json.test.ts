import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyJson, compactText, orderedValue } from '../../test/support/reference-texts.ts';
import { type JsonLayout, jsonString, renderJson } from './render-json.ts';
import { pythonCompactJson } from './wire-json.ts';

const oneLine: JsonLayout = { lineStart: '', unit: '', comma: ', ', colon: ': ' };
const expanded = (unit: string): JsonLayout => ({ lineStart: '\n', unit, comma: ',', colon: ': ' });

describe('renderJson', () => {
	test('what_is_empty_stays_on_its_line_and_the_rest_gets_lines_of_its_own', () => {
		const layout: JsonLayout = { lineStart: '\r\n\t', unit: ' ', comma: ',', colon: ' :' };
		expect(renderJson('{"a":{},"b":[[ ],[1.0,{"c":-0}]],"d":"{,:}"}', layout, false)).toBe(
			[
				'{',
				' "a" :{},',
				' "b" :[',
				'  [],',
				'  [',
				'   1.0,',
				'   {',
				'    "c" :-0',
				'   }',
				'  ]',
				' ],',
				' "d" :"{,:}"',
				'}',
			].join('\r\n\t'),
		);
	});

	test('any_value_on_one_line_of_ascii_is_as_python_writes_it', () => {
		fc.assert(
			fc.property(anyJson, (value) => {
				const text = compactText(value);
				expect(renderJson(text, oneLine, true)).toBe(pythonCompactJson(text));
			}),
		);
	});

	test('any_parsed_value_on_lines_is_as_JSON_stringify_writes_it', () => {
		fc.assert(
			fc.property(anyJson, fc.constantFrom(' ', '    ', '\t'), (value, unit) => {
				const parsed: unknown = JSON.parse(compactText(value));
				const rendered = renderJson(JSON.stringify(parsed), expanded(unit), false);
				expect(rendered).toBe(JSON.stringify(parsed, null, unit));
			}),
		);
	});

	test('any_value_in_any_layout_keeps_order_and_spelling', () => {
		fc.assert(
			fc.property(anyJson, fc.constantFrom(oneLine, expanded('\t')), fc.boolean(), (value, layout, ascii) => {
				const text = compactText(value);
				expect(orderedValue(renderJson(text, layout, ascii))).toEqual(orderedValue(text));
			}),
		);
	});

	test('nesting_of_any_depth_is_rendered', () => {
		const nested = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
		expect(renderJson(nested, oneLine, false)).toBe(nested);
	});
});

test.each([
	['é', '"é"', String.raw`"\u00e9"`],
	['\u{1F600}', '"\u{1F600}"', String.raw`"\ud83d\ude00"`],
	['\udfff', String.raw`"\udfff"`, String.raw`"\udfff"`],
	['a"\\/\n\u0001', String.raw`"a\"\\/\n\u0001"`, String.raw`"a\"\\/\n\u0001"`],
])('jsonString of %j', (value, raw, ascii) => {
	expect(jsonString(value, false)).toBe(raw);
	expect(jsonString(value, true)).toBe(ascii);
});
