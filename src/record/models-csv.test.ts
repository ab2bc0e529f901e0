import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deleteCsvRow, putCsvRow } from './models-csv.ts';
import { recordFields } from './record-fields.ts';
import { completeTextRecord } from './text-record.ts';
import { differingFields, recordOfCells } from './text-row.ts';
import { readTextTable, rowCells, rowsNamed } from './text-table.ts';

const HEADER = 'name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings';
const ALPHA = 'A/Alpha-3B,3,,,,,,"popular, chat",ChatML,"{""top_p"":1.0}"';
const BETA = 'B/Beta_7B,7,,,,,story,,,';
const CSV = [HEADER, ALPHA, BETA, ''].join('\r\n');

const record = (fields: object | string) =>
	completeTextRecord(recordFields(typeof fields === 'string' ? fields : JSON.stringify(fields)));
const alpha = {
	name: 'A/Alpha-3B',
	parameters: 3_000_000_000,
	tags: ['chat', 'popular'],
	instruct_format: 'ChatML',
};

function put(csv: string, fields: object | string): string {
	const stored = record(fields);
	const edit = putCsvRow(csv, JSON.parse(stored.get('name') ?? ''), stored);
	if (!edit.ok) throw new Error(JSON.stringify(edit.items));
	return edit.text;
}

describe('putCsvRow', () => {
	test('a_new_model_is_the_last_row', () => {
		const fields = {
			name: 'C/New-4B',
			parameters: 4_100_000_000,
			display_name: 'Newest',
			url: 'https://x/',
			baseline: 'base',
			description: 'It says "hi",\nthen goes',
			style: 'chat',
			tags: ['b', 'a'],
			instruct_format: 'ChatML',
			settings: { temperature: 0.7, stop_sequence: ['é'] },
		};
		const settings = String.raw`"{""temperature"": 0.7, ""stop_sequence"": [""\u00e9""]}"`;
		expect(put(CSV, fields)).toBe(
			`${CSV}C/New-4B,4.1000000001,Newest,https://x/,base,"It says ""hi"",\nthen goes",chat,"a, b",ChatML,${settings}\r\n`,
		);
	});

	test('what_can_be_computed_is_left_blank', () => {
		const row = (fields: object) =>
			put(CSV, { name: 'C/New-4B', parameters: 4e9, ...fields }).slice(CSV.length);
		expect(row({})).toBe('C/New-4B,4,,,,,,,,\r\n');
		expect(row({ display_name: 'New 4B', style: 'chat', tags: ['4B', 'chat'] })).toBe(
			'C/New-4B,4,,,,,chat,,,\r\n',
		);
		expect(row({ style: 'generalist' })).toBe('C/New-4B,4,,,,,generalist,,,\r\n');
	});

	test('a_row_that_says_it_already_is_not_respelled', () => {
		expect(
			put(
				CSV,
				'{"name":"A/Alpha-3B","parameters":3e9,"tags":["chat","popular"],"instruct_format":"ChatML","settings":{"top_p":1.0}}',
			),
		).toBe(CSV);
		expect(put(CSV, { ...alpha, settings: { top_p: 1 } })).toBe(CSV);
		expect(put(CSV, { name: 'B/Beta_7B', parameters: 7e9, style: 'story' })).toBe(CSV);
	});

	test('only_the_cells_that_change_are_written', () => {
		const text = put(
			CSV,
			'{"name":"A/Alpha-3B","parameters":3e9,"tags":["chat","popular"],"description":"new","settings":{"top_p":1.0}}',
		);
		expect(text).toBe(CSV.replace(ALPHA, 'A/Alpha-3B,3,,,,new,,"popular, chat",,"{""top_p"":1.0}"'));
	});

	test('a_cell_that_says_the_same_is_written_anew_where_its_neighbours_change_its_meaning', () => {
		// The style is among the tags of this row, so it would outlive a new style.
		const csv = [HEADER, 'A/B,7,,,,,chat,"chat, x",,', ''].join('\n');
		const text = put(csv, { name: 'A/B', parameters: 7e9, style: 'story', tags: ['x'] });
		expect(text).toBe([HEADER, 'A/B,7,,,,,story,x,,', ''].join('\n'));
	});

	test('of_rows_with_one_name_the_last_counts', () => {
		const csv = [HEADER, 'A/B,7,,,,old,,,,', BETA, 'A/B,7,,,,,,,,', ''].join('\n');
		const text = put(csv, { name: 'A/B', parameters: 7e9, description: 'new' });
		expect(text).toBe([HEADER, 'A/B,7,,,,old,,,,', BETA, 'A/B,7,,,,new,,,,', ''].join('\n'));
		expect(deleteCsvRow(text, 'A/B')).toBe([HEADER, BETA, ''].join('\n'));
	});

	test.each([
		['nsfw', { nsfw: true }],
		['version', { version: '2' }],
		['type', { type: 'x' }],
		['config', { config: { files: [] } }],
		['available', { available: false }],
		['junk', { junk: 1 }],
		['tags', { tags: ['a, b'] }],
		['parameters', { parameters: 2 ** 60 }],
		['description', { description: '\ud800' }],
		['url', { url: 'a\0b' }],
	])('%s_that_a_row_cannot_give_back_is_refused_by_name', (field, fields) => {
		const stored = record({ ...alpha, ...fields });
		expect(putCsvRow(CSV, 'A/Alpha-3B', stored)).toEqual({
			ok: false,
			items: [
				{ field, message: expect.stringMatching(`^models\\.csv cannot carry this value of '${field}': `) },
			],
		});
	});

	test('every_such_field_is_named', () => {
		const edit = putCsvRow(CSV, 'A/Alpha-3B', record({ ...alpha, nsfw: true, version: '2', junk: {} }));
		expect(edit).toMatchObject({ items: [{ field: 'version' }, { field: 'nsfw' }, { field: 'junk' }] });
	});

	test.each([
		['has_no_header', 'A/B,7\n', 'lacks name, parameters_bn'],
		['is_empty', '', 'lacks name'],
		['never_closes_a_quote', `${HEADER}\nA/B,7,"x\n`, 'never closed'],
	])('a_table_that_%s_is_not_edited', (_, csv, words) => {
		const edit = putCsvRow(csv, 'A/B', record({ name: 'A/B', parameters: 7e9 }));
		expect(edit).toMatchObject({
			ok: false,
			items: [{ field: 'name', message: expect.stringContaining(words) }],
		});
	});

	test('columns_of_its_own_and_their_order_stay', () => {
		const columns =
			'note,settings,name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format';
		const csv = `\uFEFF${columns}\n"keep, me",,A/B,7,,,,,,,\n`;
		const text = put(csv, { name: 'A/B', parameters: 8e9, settings: { n: 1 } });
		expect(text).toBe(`\uFEFF${columns}\n"keep, me","{""n"": 1}",A/B,8,,,,,,,\n`);
		expect(put(text, { name: 'C', parameters: 1e9 })).toBe(`${text},,C,1,,,,,,,\n`);
	});
});

describe('deleteCsvRow', () => {
	test('a_model_without_a_row_changes_nothing', () => {
		expect(deleteCsvRow(CSV, 'alpha')).toBe(CSV);
		expect(deleteCsvRow('A/B,7\n', 'A/B')).toBe('A/B,7\n');
	});

	test.each([
		['CRLF', CSV],
		['LF', CSV.replaceAll('\r\n', '\n')],
		['no line break at the end', CSV.slice(0, -2)],
		['a byte order mark', `\uFEFF${CSV}`],
		['a header only', HEADER],
	])('create_then_delete_gives_back_the_file_with_%s', (_, csv) => {
		const text = put(csv, { name: 'C/New', parameters: 1e9 });
		expect(text.startsWith(csv)).toBe(true);
		expect(deleteCsvRow(text, 'C/New')).toBe(csv);
	});
});

test('whatever_is_put_is_read_back_and_every_other_row_keeps_its_bytes', () => {
	const name = fc.constantFrom('A/Alpha-3B', 'B/Beta_7B', 'C/New', '__proto__/x', 'gpt2', 'A/B/C');
	const word = fc.oneof(
		fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ' ', ';', 'é', '\uFEFF') }),
		fc.constant('chat'),
	);
	const fields = fc.record(
		{
			name,
			parameters: fc.integer({ min: 1, max: 900_000_000_000 }),
			display_name: word,
			url: word,
			baseline: word,
			description: word,
			style: fc.constantFrom('', 'generalist', 'chat', '7B', ' odd '),
			tags: fc.array(fc.constantFrom('generalist', 'chat', '3B', ' b', 'a')),
			instruct_format: word,
			settings: fc.dictionary(
				fc.constantFrom('n', 'top_p', '__proto__'),
				fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), word),
			),
		},
		{ requiredKeys: ['name', 'parameters'] },
	);
	fc.assert(
		fc.property(fields, fc.constantFrom('\r\n', '\n'), fc.boolean(), (sent, eol, ended) => {
			const csv = [HEADER, ALPHA, BETA].join(eol) + (ended ? eol : '');
			const stored = record(sent);
			const text = put(csv, sent);
			const read = readTextTable(text);
			if (!read.ok) throw new Error(read.message);
			const [row, ...more] = rowsNamed(read.table, sent.name);
			if (!row) throw new Error('there is no row');
			const back = recordOfCells(rowCells(read.table, row));
			expect(back.ok && differingFields(back.fields, stored)).toEqual([]);
			expect(more).toEqual([]);
			for (const line of [HEADER, ALPHA, BETA]) {
				if (!line.startsWith(`${sent.name},`)) expect(text.split(eol)).toContain(line);
			}
			expect(text.endsWith(eol)).toBe(ended);
			expect(put(text, sent)).toBe(text);
		}),
	);
});
