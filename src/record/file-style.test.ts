import { describe, expect, test } from 'vitest';
import { readReference } from '../../test/support/reference-texts.ts';
import { keepsToAscii, lineBreakNear, styleAt } from './file-style.ts';

describe('styleAt', () => {
	const record = (name: string, unit: string, base = unit) =>
		`${unit}"${name}": {\n${base}${unit}"x": 1\n${base}}`;

	test.each([
		['the_record_itself', `{\n${record('a', '\t')},\n${record('b', '  ')}\n}`, 1, '  ', '  '],
		['the_one_before_when_it_is_empty', `{\n${record('a', '\t')},\n\t"b": {}\n}`, 1, '\t', '\t'],
		['the_one_behind_when_it_is_empty', `{\n\t"b": {},\n${record('a', '\t')}\n}`, 0, '\t', '\t'],
		['the_first_when_those_around_are_empty', `{\n${record('a', ' ')},\n "b": {},\n "c": {}\n}`, 2, ' ', ' '],
		['the_one_before_when_it_stands_on_one_line', `{\n${record('a', ' ')},\n "b": {"x": 1}\n}`, 1, ' ', ' '],
		['the_one_before_when_it_is_flat', `{\n${record('a', '\t')},\n"b": {\n"x": 1\n}\n}`, 1, '\t', '\t'],
		['its_closing_brace_when_the_name_is_off', '{\n"a": {\n    "x": 1\n  }\n}', 0, '  ', '  '],
		['the_indent_of_names_when_all_are_empty', '{\n\t\t"a": {}\n}', 0, '\t\t', '\t\t'],
		['the_indent_of_names_when_lines_do_not_nest', '{\n  "a": {\n"x": 1\n  }\n}', 0, '  ', '  '],
		['the_default_when_there_is_no_indent', '{\n"a": {}\n}', 0, '', '    '],
	])('indents_are_those_of_%s', (_title, text, index, base, unit) => {
		expect(styleAt(readReference(text), index).layout).toMatchObject({ lineStart: `\n${base}`, unit });
	});

	test.each([
		['{"a": {"x":1}}', ': ', ':', ','],
		['{"a":{"x": 1}}', ':', ': ', ', '],
		['{"a" : {}}', ' : ', ' : ', ', '],
		['{"a\\":":\n{"x"\n: 1}}', ': ', ': ', ','],
	])('colons_and_commas_of_%j', (text, colon, inner, comma) => {
		const style = styleAt(readReference(text), 0);
		expect(style).toMatchObject({ colon, layout: { colon: inner, comma } });
	});

	test('a_file_is_on_one_line_unless_some_record_is_not', () => {
		const tail = '"b": {"x": 1}, "c": {"y":\n2}}';
		expect(styleAt(readReference(`{"a": {"x": 1}, ${tail}`), 0).layout.lineStart).toBe('\n');
		expect(styleAt(readReference(`{"a": {"x": 1},\n${tail.replace('\n', '')}`), 0).layout.lineStart).toBe('');
	});
});

test.each([
	['a\r\nb\nc', 0, '\r\n'],
	['a\r\nb\nc', 3, '\n'],
	['a\r\nb', 3, '\r\n'],
	['\nb', 1, '\n'],
	['a', 0, '\n'],
])('the line break near %j at %i', (text, offset, lineBreak) => {
	expect(lineBreakNear(text, offset)).toBe(lineBreak);
});

test.each([
	[String.raw`"\u00e9"`, true],
	[String.raw`"\u007f"`, true],
	[String.raw`"\u0001\ud800 \udc00\ud800 \\u00e9 \u2014"`, true],
	[String.raw`"\\\u00e9"`, true],
	[String.raw`"\uD83D\uDE00"`, true],
	['"e"', false],
	['"é"', false],
	[String.raw`"é\u00e9"`, false],
	[String.raw`"\\u00e9"`, false],
	[String.raw`"\u0001\u001f\n"`, false],
	[String.raw`"\ud800\u0041\udc00\udc00"`, false],
	[String.raw`"\ud83dude00"`, false],
])('whether %s keeps to ASCII: %s', (text, keeps) => {
	expect(keepsToAscii(text)).toBe(keeps);
});
