import { describe, expect, test } from 'vitest';
import { reference, textReference } from '../../test/support/records.ts';
import { parseReference } from './reference-file.ts';
import { checkTextRule } from './text-rule.ts';

const HEADER = 'name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings';

type Entries = [string, Record<string, unknown>][];

function check(text: string, csv?: string) {
	const parsed = parseReference(Buffer.from(text));
	if (!parsed.ok) throw new Error(parsed.problem.message);
	return checkTextRule(parsed.file, csv);
}

/** What is found in a right reference after its entries were put wrong. */
function checkChanged(names: readonly string[], change: (entries: Entries) => Entries) {
	return check(reference(change(Object.entries(JSON.parse(textReference(...names))))));
}

describe('a_reference_that_is_what_the_rule_generates', () => {
	test.each<[string, readonly string[]]>([
		['no_models', []],
		['a_name_with_an_author', ['A/B']],
		['a_name_without_one', ['gpt2', 'gpt2-large']],
		['a_name_with_two_slashes', ['A/B/C']],
		['prefixes_inside_names', ['x/koboldcpp/y', 'x/aphrodite']],
		['names_that_objects_have', ['__proto__/x', 'a/__proto__', 'constructor']],
		['two_authors_of_one_model', ['A/M', 'B/N', 'C/M']],
	])('%s', (_, names) => {
		const text = textReference(...names);
		expect(check(text)).toEqual([]);
		expect(Object.keys(JSON.parse(text))).toHaveLength(
			new Set(names.map((name) => name.split('/')[1] ?? name)).size + names.length * 2,
		);
	});
});

describe('what_is_found_in_a_reference', () => {
	test('a_missing_twin_at_the_place_of_its_base', () => {
		const findings = checkChanged(['A/M'], (entries) => entries.slice(0, 2));
		expect(findings).toEqual([
			{
				in: 'reference',
				rule: 'twin-missing',
				model: 'koboldcpp/M',
				message: 'is missing; it is generated from "A/M"',
				line: 2,
				column: 5,
			},
		]);
	});

	test('a_twin_that_differs_and_in_what', () => {
		const findings = checkChanged(['A/M'], ([base, own, shared]) => [
			base ?? ['', {}],
			[own?.[0] ?? '', { ...own?.[1], nsfw: true, baseline: 'x' }],
			shared ?? ['', {}],
		]);
		expect(findings).toMatchObject([
			{
				rule: 'twin-differs',
				model: 'aphrodite/A/M',
				message: 'differs in baseline, nsfw from "A/M", of which it is generated',
			},
		]);
	});

	test('nothing_in_the_order_of_fields_and_the_spelling_of_numbers', () => {
		const text = textReference('A/M');
		const last = text.lastIndexOf('"baseline"');
		const respelled =
			text.slice(0, last) + text.slice(last).replace(/("base.*),(\s+)("param.*) 7000000000/, '$3 7.0e9,$2$1');
		expect(respelled).not.toBe(text);
		expect(check(respelled)).toEqual([]);
	});

	test('a_shared_twin_of_any_but_the_last_base', () => {
		const findings = checkChanged(['A/M', 'B/M'], (entries) =>
			entries.map(([name, record]) => [
				name,
				name === 'B/M' || name === 'aphrodite/B/M' ? { ...record, nsfw: true } : record,
			]),
		);
		expect(findings).toMatchObject([
			{
				rule: 'twin-differs',
				model: 'koboldcpp/M',
				message: 'differs in nsfw from "B/M", of which it is generated',
			},
		]);
	});

	test('a_twin_that_no_base_has', () => {
		const findings = checkChanged(['A/M'], (entries) => entries.slice(1));
		expect(findings.map(({ rule, model }) => [rule, model])).toEqual([
			['twin-orphaned', 'aphrodite/A/M'],
			['twin-orphaned', 'koboldcpp/M'],
		]);
	});

	test('a_base_whose_name_is_not_its_key', () => {
		const findings = checkChanged(['A/M'], (entries) =>
			entries.map(([name, record]) => [name, name === 'A/M' ? { ...record, name: 'A/m' } : record]),
		);
		expect(findings).toMatchObject([{ rule: 'name', model: 'A/M' }]);
	});

	test('the_first_entry_that_stands_in_the_wrong_place', () => {
		const findings = checkChanged(['A/M', 'B/N'], (entries) =>
			entries.toSorted(([a], [b]) => (a < b ? -1 : 1)),
		);
		expect(findings).toEqual([
			{
				in: 'reference',
				rule: 'order',
				model: 'B/N',
				message: 'stands where "aphrodite/A/M" should: a base record is followed by its twins',
				line: 11,
				column: 5,
			},
		]);
	});

	test('a_name_that_is_there_twice', () => {
		const text = textReference('A/M');
		const [first = ''] = /"A\/M": \{[^}]*\}/.exec(text) ?? [];
		const findings = check(text.replace(first, `${first},\n    ${first}`));
		expect(findings).toMatchObject([{ rule: 'duplicate', model: 'A/M' }]);
	});
});

describe('what_is_found_in_a_table', () => {
	const NAMES = ['A/Alpha', 'B/Beta'];
	const complete = (names: readonly string[]) => {
		const entries: Entries = Object.entries(JSON.parse(textReference(...names)));
		return reference(
			entries.map(([key, { name, model_name, baseline, parameters, tags }]) => [
				key,
				{
					name,
					model_name,
					baseline,
					parameters,
					description: '',
					version: '1',
					style: 'generalist',
					nsfw: false,
					display_name: model_name,
					tags,
				},
			]),
		);
	};
	const rows = (...lines: readonly string[]) => [HEADER, ...lines, ''].join('\n');
	const row = (name: string, parameters = '7') => `${name},${parameters},,,,,,,,`;
	const findings = (csv: string) =>
		check(complete(NAMES), csv).map(({ rule, model, line }) => [rule, model, line]);

	test('nothing_where_each_row_gives_its_record', () => {
		expect(check(complete(NAMES), rows(...NAMES.map((name) => row(name))))).toEqual([]);
	});

	test('nothing_where_the_last_of_two_rows_does', () => {
		expect(findings(rows(row('A/Alpha', '8'), row('B/Beta'), row('A/Alpha')))).toEqual([]);
	});

	test.each<[string, string, [string, string | undefined, number][]]>([
		['a_row_that_differs', rows(row('A/Alpha', '8'), row('B/Beta')), [['row-differs', 'A/Alpha', 2]]],
		['a_row_too_few', rows(row('A/Alpha')), [['row-missing', 'B/Beta', 1]]],
		['a_row_too_many', rows(...[...NAMES, 'C'].map((name) => row(name))), [['row-orphaned', 'C', 4]]],
		['rows_in_another_order', rows(row('B/Beta'), row('A/Alpha')), [['row-order', 'B/Beta', 2]]],
		['a_number_that_is_none', rows(row('A/Alpha', 'x'), row('B/Beta')), [['row-unusable', 'A/Alpha', 2]]],
		[
			'settings_that_are_none',
			rows(`${row('A/Alpha')}"[1]"`, `${row('B/Beta')}{`),
			[
				['row-unusable', 'A/Alpha', 2],
				['row-unusable', 'B/Beta', 3],
			],
		],
		[
			'a_url',
			rows(...NAMES.map((name) => row(name)), row('https://x/y')),
			[['row-unusable', 'https://x/y', 4]],
		],
		[
			'a_twin',
			rows(...NAMES.map((name) => row(name)), row('koboldcpp/Beta')),
			[['row-unusable', 'koboldcpp/Beta', 4]],
		],
		['no_header', `${row('A/Alpha')}\n`, [['table-unreadable', undefined, 1]]],
	])('%s', (_, csv, expected) => {
		expect(findings(csv)).toEqual(expected);
	});

	test('it_names_the_fields_that_differ', () => {
		expect(check(complete(NAMES), rows(row('A/Alpha', '8'), row('B/Beta')))).toEqual([
			{
				in: 'table',
				rule: 'row-differs',
				model: 'A/Alpha',
				message: 'has a row that does not give its record: parameters, tags',
				line: 2,
				column: 1,
			},
		]);
	});
});
