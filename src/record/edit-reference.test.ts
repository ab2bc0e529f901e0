import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	anyEntries,
	anyFile,
	anyJson,
	anyRecord,
	compactText,
	editAndCheck,
	emptyText,
	type JsonObject,
	readReference,
	regularStyle,
	regularText,
	trickyName,
	wildText,
} from '../../test/support/reference-texts.ts';
import { editReference, type RecordEdit } from './edit-reference.ts';
import { referenceBytes } from './reference-file.ts';

const put = (name: string, record = '{"v":[1,{"w":[]}]}', after?: string): RecordEdit =>
	after === undefined ? { kind: 'put', name, record } : { kind: 'put', name, record, after };
const remove = (name: string): RecordEdit => ({ kind: 'delete', name });

function edited(text: string, ...edits: RecordEdit[]): string {
	return editAndCheck(readReference(text), edits).text;
}

describe('a_new_record_is_written_as_the_file_is', () => {
	test.each([
		[
			'two_spaces',
			'{\n  "a": {\n    "x": 1\n  }\n}\n',
			'{\n  "a": {\n    "x": 1\n  },\n  "b": {\n    "v": [\n      1,\n      {\n        "w": []\n      }\n    ]\n  }\n}\n',
		],
		[
			'tabs_and_crlf',
			'{\r\n\t"a": {\r\n\t\t"x": 1\r\n\t}\r\n}',
			'{\r\n\t"a": {\r\n\t\t"x": 1\r\n\t},\r\n\t"b": {\r\n\t\t"v": [\r\n\t\t\t1,\r\n\t\t\t{\r\n\t\t\t\t"w": []\r\n\t\t\t}\r\n\t\t]\r\n\t}\r\n}',
		],
		[
			'a_tight_colon',
			'{\n "a":{\n  "x":1\n }\n}',
			'{\n "a":{\n  "x":1\n },\n "b":{\n  "v":[\n   1,\n   {\n    "w":[]\n   }\n  ]\n }\n}',
		],
		[
			'no_indents',
			'{\n"a": {\n"x": 1\n}\n}',
			'{\n"a": {\n"x": 1\n},\n"b": {\n"v": [\n1,\n{\n"w": []\n}\n]\n}\n}',
		],
		['one_line', '{"a":{"x":1}}\n', '{"a":{"x":1},"b":{"v":[1,{"w":[]}]}}\n'],
		['one_line_with_spaces', '{"a": {"x": 1}}', '{"a": {"x": 1}, "b": {"v": [1, {"w": []}]}}'],
		[
			'a_record_per_line',
			'{\n  "a": {"x": 1}\n}\n',
			'{\n  "a": {"x": 1},\n  "b": {"v": [1, {"w": []}]}\n}\n',
		],
		[
			'records_with_nothing_in_them',
			'{\n\t"a": {}\n}\n',
			'{\n\t"a": {},\n\t"b": {\n\t\t"v": [\n\t\t\t1,\n\t\t\t{\n\t\t\t\t"w": []\n\t\t\t}\n\t\t]\n\t}\n}\n',
		],
		['one_line_with_nothing_in_them', '\n{"a": {}}\n', '\n{"a": {}, "b": {"v": [1, {"w": []}]}}\n'],
		[
			'brace_on_the_line_of_the_next',
			'{"a": {\n  "x": 1\n}}',
			'{"a": {\n  "x": 1\n}, "b": {\n  "v": [\n    1,\n    {\n      "w": []\n    }\n  ]\n}}',
		],
		[
			'a_name_indented_by_hand',
			'{\n\t"z": {\n\t\t"x": 1\n\t},\n    "a": {\n\t\t"x": 1\n\t}\n}',
			'{\n\t"z": {\n\t\t"x": 1\n\t},\n    "a": {\n\t\t"x": 1\n\t},\n\t"b": {\n\t\t"v": [\n\t\t\t1,\n\t\t\t{\n\t\t\t\t"w": []\n\t\t\t}\n\t\t]\n\t}\n}',
		],
		[
			'braces_on_lines_of_their_own',
			'{\n  "a":\n  {\n    "x": 1\n  }\n}',
			'{\n  "a":\n  {\n    "x": 1\n  },\n  "b": {\n    "v": [\n      1,\n      {\n        "w": []\n      }\n    ]\n  }\n}',
		],
		[
			'mixed_line_breaks',
			'{\n  "a": {\r\n    "x": 1\r\n  }\n}\n',
			'{\n  "a": {\r\n    "x": 1\r\n  },\r\n  "b": {\r\n    "v": [\r\n      1,\r\n      {\r\n        "w": []\r\n      }\r\n    ]\r\n  }\n}\n',
		],
		[
			'blanks_before_the_end_stay',
			'{\n  "a": {\n    "x": 1\n  } \n\n}',
			'{\n  "a": {\n    "x": 1\n  },\n  "b": {\n    "v": [\n      1,\n      {\n        "w": []\n      }\n    ]\n  } \n\n}',
		],
	])('%s', (_style, before, after) => {
		expect(edited(before, put('b'))).toBe(after);
		expect(edited(after, remove('b'))).toBe(before);
	});
});

describe('the_first_record', () => {
	test.each([
		['{}', '{\n    "b": {\n        "v": 1\n    }\n}'],
		['{}\r\n', '{\r\n    "b": {\r\n        "v": 1\r\n    }\r\n}\r\n'],
		['{\n}\n', '{\n\t"b": {\n\t\t"v": 1\n\t}\n}\n'],
		['{\r\n}', '{\r\n\t"b": {\r\n\t\t"v": 1\r\n\t}\r\n}'],
		['\n{ }', '\n{\n    "b": {\n        "v": 1\n    }\n }'],
	])('of_%j_comes_and_goes', (before, after) => {
		expect(edited(before, put('b', '{"v":1}'))).toBe(after);
		expect(edited(after, remove('b'))).toBe(before);
	});

	test.each([['null'], ['[]'], [' [ \r\n]\r\n'], ['\nnull ']])('of_%j_makes_an_object_of_it', (before) => {
		const withRecord = edited(before, put('b', '{}'));
		expect(withRecord).toContain('{}');
		expect(edited(withRecord, remove('b'))).toBe(before.replace(before.trim(), '{}'));
		expect(edited(before, remove('b'))).toBe(before);
	});

	test('takes_its_twins_with_it_when_it_goes', () => {
		const edits = [put('b'), put('c', '{}', 'b'), put('d', '{}', 'b')];
		expect(edited('{\n}', ...edits, remove('b'), remove('d'), remove('c'))).toBe('{\n}');
	});
});

describe('place', () => {
	const file = '{"a": {}, "b": {}, "c": {}}';

	test.each([
		['behind_the_one_that_is_named', put('x', '{}', 'a'), '{"a": {}, "x": {}, "b": {}, "c": {}}'],
		['at_the_end_when_that_is_not_there', put('x', '{}', 'y'), '{"a": {}, "b": {}, "c": {}, "x": {}}'],
		['at_the_end_when_none_is_named', put('x', '{}'), '{"a": {}, "b": {}, "c": {}, "x": {}}'],
		['where_it_was_when_it_was_there', put('b', '{"v": 1}', 'c'), '{"a": {}, "b": {"v": 1}, "c": {}}'],
		['the_first_goes', remove('a'), '{"b": {}, "c": {}}'],
		['one_in_the_middle_goes', remove('b'), '{"a": {}, "c": {}}'],
		['the_last_goes', remove('c'), '{"a": {}, "b": {}}'],
	])('%s', (_title, edit, after) => {
		expect(edited(file, edit)).toBe(after);
	});

	test('of_a_name_that_is_there_twice_the_last_is_replaced_and_all_are_deleted', () => {
		const twice = '{"a": {"v": 1}, "b": {}, "\\u0061": {"v": 2}}';
		expect(edited(twice, put('a', '{"v":3}'))).toBe('{"a": {"v": 1}, "b": {}, "\\u0061": {"v": 3}}');
		expect(edited(twice, put('x', '{}', 'a'))).toBe('{"a": {"v": 1}, "b": {}, "\\u0061": {"v": 2}, "x": {}}');
		expect(edited(twice, remove('a'))).toBe('{"b": {}}');
	});

	test('the_file_itself_is_the_answer_when_nothing_changes', () => {
		const before = readReference('{\n\t"a": {\n\t\t"v": 1.0\n\t}\n}');
		expect(editReference(before, [put('a', '{"v":1.0}'), remove('nobody')])).toBe(before);
		expect(editReference(before, [])).toBe(before);
	});
});

describe('escapes', () => {
	const sent = String.raw`{"é":"\u00E9\u2028\/\ud800","😀":"\u001f"}`;

	test.each([
		[
			'ascii_by_escapes',
			String.raw`"\u2014"`,
			String.raw`{"\u00e9":"\u00e9\u2028/\ud800","\ud83d\ude00":"\u001f"}`,
		],
		[
			'ascii_by_an_escaped_pair',
			String.raw`"\ud83d\ude00"`,
			String.raw`{"\u00e9":"\u00e9\u2028/\ud800","\ud83d\ude00":"\u001f"}`,
		],
		['raw', '"é"', `{"é":"é\u2028/\\ud800","😀":"\\u001f"}`],
		['both', String.raw`"\u2014é"`, `{"é":"é\u2028/\\ud800","😀":"\\u001f"}`],
		['neither', '"e"', `{"é":"é\u2028/\\ud800","😀":"\\u001f"}`],
		['escapes_that_have_to_be', String.raw`"\u0001\udfff\ud800"`, `{"é":"é\u2028/\\ud800","😀":"\\u001f"}`],
		['backslashes_that_look_like_escapes', String.raw`"C:\\u00e9"`, `{"é":"é\u2028/\\ud800","😀":"\\u001f"}`],
	])('of_a_file_that_has_%s', (_kind, there, expected) => {
		expect(edited(`{"a":{"x":${there}}}`, put('b', sent))).toBe(`{"a":{"x":${there}},"b":${expected}}`);
	});

	test('the_byte_order_mark_stays', () => {
		const before = readReference('{"a":{}}', true);
		const bytes = referenceBytes(editAndCheck(before, [put('é', '{}')]));
		expect(bytes.toString()).toBe('\uFEFF{"a":{},"é":{}}');
	});
});

const anyEdit = (names: fc.Arbitrary<string>): fc.Arbitrary<RecordEdit> =>
	fc.oneof(
		fc
			.tuple(names, anyRecord, fc.option(names, { nil: undefined }))
			.map(([name, record, after]) => put(name, compactText(record), after)),
		names.map(remove),
	);

describe('any_reference', () => {
	test('any_edits_do_what_they_do_to_a_list_of_records', () => {
		const filesAndEdits = anyFile.chain((file) => {
			const present = file.records.map(({ name }) => name);
			const names = present.length === 0 ? trickyName : fc.oneof(trickyName, fc.constantFrom(...present));
			return fc.tuple(fc.constant(file), fc.array(anyEdit(names), { maxLength: 6 }));
		});
		fc.assert(
			fc.property(filesAndEdits, ([file, edits]) => {
				const atOnce = editAndCheck(file, edits);
				const stepwise = edits.reduce((before, edit) => editAndCheck(before, [edit]), file);
				expect(stepwise.records.map(({ name }) => name)).toEqual(atOnce.records.map(({ name }) => name));
			}),
			{ numRuns: 500 },
		);
	});

	test('create_then_delete_gives_the_bytes_back', () => {
		fc.assert(
			fc.property(
				anyFile,
				fc.uniqueArray(fc.tuple(trickyName, anyRecord), {
					selector: ([name]) => name,
					minLength: 1,
					maxLength: 3,
				}),
				fc.option(trickyName, { nil: undefined }),
				(file, records, after) => {
					const fresh = records.filter(([name]) => file.records.every((record) => record.name !== name));
					const created = editAndCheck(
						file,
						fresh.map(([name, record]) => put(name, compactText(record), after)),
					);
					expect(created.records).toHaveLength(file.records.length + fresh.length);
					const restored = editAndCheck(
						created,
						fresh.map(([name]) => remove(name)),
					);
					expect(referenceBytes(restored).equals(referenceBytes(file))).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});

	test('create_then_delete_gives_the_bytes_of_any_empty_one_back', () => {
		fc.assert(
			fc.property(emptyText, trickyName, trickyName, (text, name, twin) => {
				fc.pre(name !== twin);
				const file = readReference(text);
				const created = editAndCheck(file, [put(name), put(twin)]);
				expect(editAndCheck(created, [remove(name), remove(twin)]).text).toBe(text);
			}),
			{ numRuns: 500 },
		);
	});

	test('a_record_that_is_put_as_it_was_rendered_changes_nothing', () => {
		fc.assert(
			fc.property(wildText, trickyName, anyRecord, (text, name, record) => {
				const once = editAndCheck(readReference(text), [put(name, compactText(record))]);
				expect(editAndCheck(once, [put(name, compactText(record))]).text).toBe(once.text);
			}),
		);
	});
});

/** Entries whose first tells how their file is written: it holds something, and something beyond ASCII. */
const tellingEntries = fc
	.tuple(anyEntries, trickyName, anyJson)
	.filter(([entries]) => entries.length > 0)
	.map(([entries, key, value]) =>
		entries.map(([name, record], index) => {
			const members = record.members.filter(([other]) => other !== `${key} \u00e9`);
			const telling: JsonObject = { members: [...members, [`${key} \u00e9`, value]] };
			return [name, index === 0 ? telling : record] as const;
		}),
	);

describe('a_reference_written_in_one_style', () => {
	test('stays_as_it_is_when_its_own_records_are_put', () => {
		fc.assert(
			fc.property(tellingEntries, regularStyle, (entries, style) => {
				const file = readReference(regularText(entries, style), style.byteOrderMark);
				for (const [name, record] of entries) {
					expect(editReference(file, [put(name, compactText(record))])).toBe(file);
				}
			}),
			{ numRuns: 500 },
		);
	});

	test('reads_after_an_edit_as_if_it_had_been_written_whole', () => {
		fc.assert(
			fc.property(tellingEntries, regularStyle, trickyName, anyRecord, (entries, style, name, record) => {
				fc.pre(entries.every(([other]) => other !== name));
				const first = entries.slice(0, 1);
				const before = regularText(entries, style);
				const file = readReference(before, style.byteOrderMark);
				const appended = editAndCheck(file, [put(name, compactText(record))]);
				expect(appended.text).toBe(regularText([...entries, [name, record]], style));
				const behindFirst = editAndCheck(file, [put(name, compactText(record), first[0]?.[0])]);
				expect(behindFirst.text).toBe(regularText([...first, [name, record], ...entries.slice(1)], style));
			}),
			{ numRuns: 500 },
		);
	});
});
