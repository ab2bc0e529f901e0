import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelNames, parseReference, recordText } from './reference-file.ts';

function parse(content: string | Buffer) {
	return parseReference(Buffer.from(content));
}

function goodFile(content: string) {
	const parsed = parse(content);
	if (!parsed.ok) throw new Error(parsed.problem.message);
	return parsed.file;
}

describe('parseReference', () => {
	test.each<[string, string | Buffer, string, number, number]>([
		['an_empty_file', '', 'the file is empty', 1, 1],
		['blanks_only', ' \n\t ', 'the file is empty', 1, 1],
		['a_list', '\n [ {} ]', 'the top level must be an object of records, not a list', 2, 2],
		['a_string', '"a"', 'not a string', 1, 1],
		[
			'a_record_that_is_no_object',
			'{\n  "a": {},\n  "b": 7\n}',
			'record "b" must be an object, not a number',
			3,
			8,
		],
		['a_record_that_is_null', '{"b": null}', 'record "b" must be an object, not null', 1, 7],
		['a_trailing_comma', '{"a": {},\n}', 'not valid JSON', 2, 1],
		['a_half_written_file', '{"a": {"name": "a', 'not valid JSON', 1, 16],
		['a_comment', '{"a": {} // x\n}', 'not valid JSON', 1, 10],
		['a_second_value', '{"a": {}} {}', 'not valid JSON', 1, 11],
		['bytes_that_are_not_utf8', Buffer.from('{\n"\xe9": {}}', 'latin1'), 'not valid UTF-8', 2, 2],
	])('%s_is_a_problem_with_a_place', (_title, content, message, line, column) => {
		const parsed = parse(content);
		expect(parsed).toMatchObject({ ok: false, problem: { line, column } });
		expect(!parsed.ok && parsed.problem.message).toContain(message);
	});

	test.each([['{}'], [' { } '], ['null'], ['[]'], ['[\r\n]\r\n']])('%j_holds_no_models', (content) => {
		expect(goodFile(content).records).toEqual([]);
	});

	test('a_byte_order_mark_is_taken_off_the_text_and_told', () => {
		const file = goodFile('\uFEFF{"a": {}}');
		expect(file).toMatchObject({ byteOrderMark: true, text: '{"a": {}}' });
	});

	test('a_character_cut_in_half_at_the_end_is_named_where_it_begins', () => {
		const bytes = Buffer.concat([Buffer.from('{"a": "'), Buffer.from('é').subarray(0, 1)]);
		expect(parseReference(bytes)).toMatchObject({
			ok: false,
			problem: { message: 'not valid UTF-8', column: 8 },
		});
	});
});

describe('records', () => {
	test('each_is_found_with_its_exact_text', () => {
		const file = goodFile('{\r\n\t"a/b": { "x": "}\\"" },"\\u00e9" :{"y":[1,{"z":2}]}}');
		expect([...modelNames(file)]).toEqual(['a/b', 'é']);
		expect(recordText(file, 'a/b')).toBe('{ "x": "}\\"" }');
		expect(recordText(file, 'é')).toBe('{"y":[1,{"z":2}]}');
		expect(recordText(file, 'nobody')).toBeUndefined();
	});

	test('of_a_name_that_is_there_twice_the_last_counts', () => {
		const file = goodFile('{"a": {"v": 1}, "a": {"v": 2}}');
		expect(file.records).toHaveLength(2);
		expect(recordText(file, 'a')).toBe('{"v": 2}');
	});

	test('names_from_the_prototype_of_objects_are_names_like_others', () => {
		const file = goodFile('{"__proto__": {"v": 1}, "constructor": {"v": 2}}');
		expect(recordText(file, '__proto__')).toBe('{"v": 1}');
		expect(recordText(file, 'constructor')).toBe('{"v": 2}');
		expect(recordText(file, 'toString')).toBeUndefined();
	});

	test('every_record_of_any_object_parses_to_what_the_whole_parses_to', () => {
		const names = fc.string({ unit: 'binary' });
		const records = fc.dictionary(names, fc.dictionary(names, fc.jsonValue()), { noNullPrototype: false });
		fc.assert(
			fc.property(records, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
				const text = JSON.stringify(value, null, indent);
				const file = goodFile(text);
				const whole: Record<string, unknown> = JSON.parse(text);
				expect([...modelNames(file)].sort()).toEqual(Object.keys(whole).sort());
				for (const name of Object.keys(whole)) {
					expect(JSON.parse(recordText(file, name) ?? '')).toEqual(whole[name]);
				}
			}),
		);
	});
});
