import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell, endsInsideQuotes, scanCsv } from './csv-rows.ts';

const values = (text: string) => scanCsv(text).map(({ cells }) => cells.map(({ value }) => value));

describe('scanCsv', () => {
	test.each<[string, string, string[][]]>([
		['an_empty_text_has_no_rows', '', []],
		['blank_lines_are_no_rows', 'a\n\n\r\nb\n', [['a'], ['b']]],
		['every_line_break_ends_a_row', 'a\r\nb\nc\rd', [['a'], ['b'], ['c'], ['d']]],
		[
			'an_empty_last_cell_counts',
			'a,\n,b',
			[
				['a', ''],
				['', 'b'],
			],
		],
		['quotes_hide_commas_and_line_breaks', '"a,b\r\nc",d\n', [['a,b\r\nc', 'd']]],
		['a_doubled_quote_is_one', '"say ""hi""",""\n', [['say "hi"', '']]],
		['a_quote_inside_a_bare_cell_is_a_character', 'a"b",c\n', [['a"b"', 'c']]],
		['what_follows_a_closing_quote_belongs_to_the_cell', '"a"b,c\n', [['ab', 'c']]],
	])('%s', (_, text, expected) => {
		expect(values(text)).toEqual(expected);
	});

	test('offsets_cut_the_text_into_rows_and_cells', () => {
		const text = '\uFEFFname,"x ""y"""\r\nlast,';
		const cut = scanCsv(text, 1).map(({ start, end, next, cells }) => ({
			row: text.slice(start, end),
			lineBreak: text.slice(end, next),
			cells: cells.map((cell) => text.slice(cell.start, cell.end)),
		}));
		expect(cut).toEqual([
			{ row: 'name,"x ""y"""', lineBreak: '\r\n', cells: ['name', '"x ""y"""'] },
			{ row: 'last,', lineBreak: '', cells: ['last', ''] },
		]);
	});

	test('whatever_is_written_as_cells_is_read_back', () => {
		const cell = fc.oneof(
			fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'é', '😀') }),
			fc.string(),
		);
		// A row of one empty cell is a blank line, which is no row.
		const row = fc.array(cell, { minLength: 2, maxLength: 5 });
		fc.assert(
			fc.property(fc.array(row), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (rows, eol, ended) => {
				const text = rows.map((cells) => cells.map(csvCell).join(',')).join(eol) + (ended ? eol : '');
				expect(values(text)).toEqual(rows);
				expect(endsInsideQuotes(text, scanCsv(text))).toBe(false);
			}),
		);
	});

	test('a_quote_that_nothing_closes_is_seen', () => {
		for (const [text, open] of [
			['a\n"b', true],
			['a\n"b""', true],
			['a\n"b"', false],
			['a\nb"', false],
		] as const) {
			expect([text, endsInsideQuotes(text, scanCsv(text))]).toEqual([text, open]);
		}
	});
});
