import { describe, expect, test } from 'vitest';
import { findCategory } from '../categories.ts';
import { RecordSchemas } from './schemas.ts';
import { type FileReport, validateReference } from './validate-reference.ts';

const schemas = new RecordSchemas();

function check(content: string, category = 'clip', strict = false): FileReport {
	const entry = findCategory(category);
	if (!entry) throw new Error(`no category ${category}`);
	return validateReference(entry, Buffer.from(content), schemas, { strict });
}

describe('validateReference', () => {
	test('a_good_file_has_no_findings_and_its_models_are_counted', () => {
		const report = check('{"a": {"name": "a"}, "b": {"name": "b"}}');
		expect(report).toMatchObject({
			category: 'clip',
			file: 'clip.json',
			models: 2,
			invalidRecords: 0,
			findings: [],
		});
	});

	test('a_bad_field_is_found_where_it_stands', () => {
		const report = check('{\n  "a": {\n    "name": "a",\n    "nsfw": "yes"\n  }\n}');
		expect(report.invalidRecords).toBe(1);
		expect(report.findings).toEqual([
			expect.objectContaining({ severity: 'error', rule: 'type', model: 'a', line: 4, column: 13 }),
		]);
		expect(report.findings[0]?.message).toMatch(/^nsfw must be true or false/);
	});

	test('a_missing_field_is_found_at_the_record_that_lacks_it', () => {
		const { findings } = check('{\n  "a": {"name": "a", "config": {"files": [{}]}}\n}');
		expect(findings).toEqual([
			expect.objectContaining({ message: 'config.files[0].path is required', line: 2, column: 43 }),
		]);
	});

	test('a_name_that_is_not_the_key_is_an_error', () => {
		const { findings } = check('{"a": {"name": "b"}}');
		expect(findings).toEqual([expect.objectContaining({ rule: 'name', severity: 'error', model: 'a' })]);
	});

	test.each([
		['a_model', '{\n"a": {"name": "a"},\n"a": {"name": "a"}\n}', 'a', 3],
		['a_field', '{\n"a": {"name": "a",\n"style": "x",\n"style": "y"}\n}', 'a', 4],
	])('%s_that_is_there_twice_is_an_error_that_names_the_first', (_title, content, model, line) => {
		const { findings } = check(content);
		expect(findings).toEqual([
			expect.objectContaining({ rule: 'duplicate', severity: 'error', model, line }),
		]);
		expect(findings[0]?.message).toContain(`first in line ${line - 1}`);
	});

	test('a_byte_order_mark_is_an_error_though_it_can_be_served', () => {
		const { findings, models } = check('\uFEFF{"a": {"name": "a"}}');
		expect(models).toBe(1);
		expect(findings).toEqual([expect.objectContaining({ rule: 'byte-order-mark', severity: 'error' })]);
	});

	test('an_empty_list_is_only_worth_a_warning', () => {
		expect(check('[]').findings).toEqual([expect.objectContaining({ rule: 'empty', severity: 'warning' })]);
	});

	test('text_that_is_no_json_is_one_error_with_its_place', () => {
		expect(check('{\n"a": }').findings).toEqual([
			expect.objectContaining({ rule: 'syntax', severity: 'error', line: 2, column: 6 }),
		]);
	});

	test('unknown_fields_are_errors_only_when_strict', () => {
		const content = '{"a": {"name": "a", "colour": "red"}}';
		expect(check(content).findings).toEqual([]);
		expect(check(content, 'clip', true).findings).toEqual([
			expect.objectContaining({
				rule: 'additionalProperties',
				message: expect.stringMatching(/^colour is not a known/),
			}),
		]);
	});

	test('a_category_without_a_schema_takes_any_objects', () => {
		expect(check('{"a": {"name": "b", "x": 1}}', 'video_generation').findings).toEqual([]);
	});

	test('generated_text_entries_are_checked_but_not_counted', () => {
		const entry = (name: string) => `"${name}": {"name": "${name}", "parameters": 7}`;
		const report = check(
			`{${entry('A/B')}, ${entry('aphrodite/A/B')}, ${entry('koboldcpp/B')}}`,
			'text_generation',
		);
		expect(report).toMatchObject({ models: 1, findings: [] });
	});
});
