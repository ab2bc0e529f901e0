import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsText, recordFields } from './record-fields.ts';
import { RecordSchemas } from './schemas.ts';
import { automaticDisplayName, completeTextRecord, TEXT_FIELD_ORDER } from './text-record.ts';

const complete = (record: object | string) => {
	const text = typeof record === 'string' ? record : JSON.stringify(record);
	return fieldsText(completeTextRecord(recordFields(text)));
};
const stored = (record: object): unknown => JSON.parse(complete(record));

describe('completeTextRecord', () => {
	test('the_least_record_is_filled_in_and_no_default_becomes_a_tag', () => {
		expect(complete({ parameters: 12_600_000_000, name: 'Author/A-Model_v2' })).toBe(
			'{"name":"Author/A-Model_v2","model_name":"A-Model_v2","baseline":"","parameters":12600000000,' +
				'"description":"","version":"1","style":"generalist","nsfw":false,"display_name":"A Model v2","tags":["13B"]}',
		);
	});

	test('the_example_of_the_specification_is_stored_with_all_that_was_sent', () => {
		const sent = {
			name: 'Auth2/W-7B',
			parameters: 7_000_000_000,
			tags: ['b', 'a'],
			style: 'chat',
			settings: { temperature: 1 },
			nsfw: true,
			version: '9',
			junk: 1,
		};
		expect(complete(sent)).toBe(
			'{"name":"Auth2/W-7B","model_name":"W-7B","baseline":"","parameters":7000000000,"description":"","version":"9",' +
				'"style":"chat","nsfw":true,"display_name":"W 7B","tags":["7B","a","b","chat"],"settings":{"temperature":1},"junk":1}',
		);
	});

	test('a_style_that_is_sent_is_a_tag_even_if_it_is_the_default', () => {
		const record = { name: 'golden/Tiny-7B', parameters: 7_000_000_000, style: 'generalist', tags: ['x'] };
		expect(stored(record)).toMatchObject({ tags: ['7B', 'generalist', 'x'] });
	});

	test('a_record_with_the_default_style_stays_as_it_is_when_it_is_sent_back_as_read', () => {
		const read = complete({ name: 'A/B', parameters: 7_000_000_000 });
		expect(complete(read)).toBe(read);
		const edited = { ...JSON.parse(read), description: 'new' };
		expect(stored(edited)).toMatchObject({ description: 'new', tags: ['7B'] });
	});

	test('tags_are_trimmed_distinct_and_ordered_by_code_point', () => {
		const tags = [' b', 'b ', '', '  ', 'a', '\u{1F600}', '\uFF5E'];
		expect(stored({ name: 'A/B', parameters: 1, style: 'z', tags })).toMatchObject({
			tags: ['0B', 'a', 'b', 'z', '\uFF5E', '\u{1F600}'],
		});
	});

	test.each([
		['Author/Model', 'Model'],
		['Model', 'Model'],
		['A/B/C', 'B'],
		['A/', ''],
		['A//C', ''],
	])('the_model_name_of_%s_is_%j_whatever_was_sent', (name, model_name) => {
		expect(stored({ name, parameters: 1, model_name: 'other' })).toMatchObject({ model_name });
	});

	test('empty_and_null_mean_absent_in_the_fields_of_a_text_model', () => {
		const least = { name: 'A/B', parameters: 1 };
		const empty = {
			baseline: '',
			description: '',
			version: '',
			style: '',
			display_name: '',
			url: '',
			tags: [],
			instruct_format: '',
			settings: {},
		};
		const nothing = Object.fromEntries(
			[...Object.keys(empty), 'nsfw', 'type', 'x'].map((key) => [key, null]),
		);
		expect(complete({ ...least, ...empty })).toBe(complete(least));
		expect(complete({ ...least, ...nothing })).toBe(complete(least));
	});

	test('nothing_else_that_was_sent_is_dropped', () => {
		const rest =
			'"type":"","download_all":false,"config":{"files":[],"x":{"y":null}},"available":false,' +
			'"features_not_supported":[],"z":0,"__proto__":{"a":[]},"a":""';
		const record = complete(`{"z":0,"__proto__":{"a":[]},"name":"A/B",${rest},"parameters":1}`);
		expect(record.endsWith(`"tags":["0B"],${rest}}`)).toBe(true);
	});

	test('numbers_stay_as_spelled_but_for_the_parameters', () => {
		const record = complete(
			'{"name":"A/B","parameters":7e9,"settings":{"top_p":1.0,"rep_pen":1e0},"big":9007199254740993}',
		);
		expect(record).toContain('"parameters":7000000000,');
		expect(record).toContain('"settings":{"top_p":1.0,"rep_pen":1e0},"big":9007199254740993}');
	});

	test('completing_again_changes_nothing', () => {
		const word = fc.constantFrom('', ' ', 'generalist', ' chat ', 'chat', '7B', '8B', 'a,b', 'é');
		const record = fc.record(
			{
				name: fc.constantFrom('A/B', 'gpt2', 'A/B/C', '__proto__/x', 'A/'),
				model_name: word,
				parameters: fc.integer({ min: 1, max: 9_000_000_000 }),
				style: fc.option(word),
				tags: fc.option(fc.array(word)),
				display_name: fc.option(word),
				nsfw: fc.option(fc.boolean()),
				junk: fc.jsonValue(),
			},
			{ requiredKeys: ['name', 'parameters'] },
		);
		fc.assert(
			fc.property(record, (sent) => {
				const once = complete(sent);
				expect(complete(once)).toBe(once);
			}),
		);
	});

	test('fields_are_in_the_order_of_the_schema', () => {
		expect(TEXT_FIELD_ORDER).toEqual(Object.keys(new RecordSchemas().document('text_generation').properties));
	});
});

test.each([
	['acrastt/Marx-3B-V3', 'Marx 3B V3'],
	['A/-a__b  c-', 'a b c'],
	['gpt2-large', 'gpt2 large'],
])('the_display_name_of_%s_is_%s', (name, expected) => {
	expect(automaticDisplayName(name)).toBe(expected);
});
