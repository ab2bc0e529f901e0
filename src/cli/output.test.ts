import { describe, expect, test } from 'vitest';
import { prettyJson, table } from './output.ts';

describe('table', () => {
	test('makes_columns_as_wide_as_their_widest_cell_with_numbers_to_the_right', () => {
		expect(
			table(
				['id', 'name', 'n'],
				[
					[7, 'a', 100],
					[12, 'longer', ''],
					['x', '', 2],
				],
			),
		).toBe(
			['id  name    n', '--  ------  ---', ' 7  a       100', '12  longer', 'x             2'].join('\n'),
		);
		expect(table(['id', 'name'], [])).toBe('id  name\n--  ----');
	});

	test('has_room_for_more_rows_than_a_call_takes_arguments', () => {
		const rows = Array.from({ length: 300_000 }, (_, index) => [index]);
		expect(table(['id'], rows).split('\n').slice(-1)).toEqual(['299999']);
	});
});

describe('prettyJson', () => {
	test('keeps_the_spelling_of_numbers_and_the_order_of_names', () => {
		expect(prettyJson('{"b":1.0,"a":{},"c":[12345678901234567890,{"__proto__":"é"}]}')).toBe(
			'{\n  "b": 1.0,\n  "a": {},\n  "c": [\n    12345678901234567890,\n    {\n      "__proto__": "é"\n    }\n  ]\n}',
		);
	});
});
