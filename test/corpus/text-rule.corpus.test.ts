/** The real text reference and its table: that they are what the rule generates, and stay so when they are written. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBackendVariant } from '../../src/categories.ts';
import { editReference } from '../../src/record/edit-reference.ts';
import { deleteCsvRow, putCsvRow } from '../../src/record/models-csv.ts';
import { fieldsText, recordFields } from '../../src/record/record-fields.ts';
import { parseReference, type ReferenceFile } from '../../src/record/reference-file.ts';
import { completeTextRecord } from '../../src/record/text-record.ts';
import { differingFields, recordOfCells } from '../../src/record/text-row.ts';
import { checkTextRule } from '../../src/record/text-rule.ts';
import { readTextTable, rowCells } from '../../src/record/text-table.ts';
import { renamedRecord, textDeleteEdits, textPutEdits } from '../../src/record/text-variants.ts';
import { cloneOriginal, missingCorpus } from '../support/shared-corpus.ts';

interface Original {
	readonly file: ReferenceFile;
	readonly csv: string;
	/** The text of each base record. */
	readonly bases: ReadonlyMap<string, string>;
}

function original(): Original {
	const directory = cloneOriginal('text');
	const parsed = parseReference(readFileSync(path.join(directory, 'db.json')));
	if (!parsed.ok) throw new Error(parsed.problem.message);
	const { file } = parsed;
	const bases = file.records.filter(({ name }) => !isBackendVariant(name));
	return {
		file,
		csv: readFileSync(path.join(directory, 'models.csv'), 'utf8'),
		bases: new Map(bases.map(({ name, start, end }) => [name, file.text.slice(start, end)])),
	};
}

describe.skipIf(missingCorpus !== undefined)(`the_real_text_reference ${missingCorpus ?? ''}`, () => {
	test('it_is_byte_for_byte_what_the_rule_makes_of_its_base_records', () => {
		const { file, bases } = original();
		expect(bases.size).toBe(719);
		const generated = new Map<string, string>();
		for (const [base, text] of bases) {
			const part = base.includes('/') ? base.split('/')[1] : base;
			for (const key of [base, `aphrodite/${base}`, `koboldcpp/${part}`]) {
				generated.set(key, text.replace(/"name": ".*"/, `"name": ${JSON.stringify(key)}`));
			}
		}
		const entries = Array.from(generated, ([key, text]) => `    ${JSON.stringify(key)}: ${text}`);
		expect(`{\n${entries.join(',\n')}\n}\n` === file.text).toBe(true);
	});

	test('it_and_its_table_agree', () => {
		const { file, csv } = original();
		expect(checkTextRule(file, csv)).toEqual([]);
	});

	test('every_base_record_is_complete_as_it_is_and_its_row_gives_it_back', () => {
		const { csv, bases } = original();
		for (const [name, text] of bases) {
			const fields = recordFields(text);
			expect(fieldsText(completeTextRecord(fields))).toBe(fieldsText(fields));
			const edit = putCsvRow(csv, name, fields);
			expect([name, edit.ok && edit.text === csv]).toEqual([name, true]);
		}
	});

	test('a_row_that_is_written_anew_gives_the_same_record', () => {
		const { csv, bases } = original();
		const [header = ''] = csv.split('\r\n');
		let rebuilt = `${header}\r\n`;
		for (const [name, text] of bases) {
			const edit = putCsvRow(rebuilt, name, recordFields(text));
			if (!edit.ok) throw new Error(JSON.stringify(edit.items));
			rebuilt = edit.text;
		}
		const read = readTextTable(rebuilt);
		if (!read.ok) throw new Error(read.message);
		const { table } = read;
		const records = table.rows.map((row) => recordOfCells(rowCells(table, row)));
		expect(records).toHaveLength(bases.size);
		for (const [at, [name, text]] of [...bases].entries()) {
			const record = records[at];
			expect([name, record?.ok && differingFields(record.fields, recordFields(text))]).toEqual([name, []]);
		}
	});

	test('it_is_the_same_again_after_a_model_came_and_went', () => {
		const { file, csv } = original();
		const name = 'another/Marx-3B-V3';
		const fields = completeTextRecord(
			recordFields(JSON.stringify({ name, parameters: 3_000_000_000, style: 'chat' })),
		);
		const created = editReference(file, textPutEdits(file, name, fieldsText(fields)));
		const row = putCsvRow(csv, name, fields);
		if (!row.ok) throw new Error(JSON.stringify(row.items));
		expect(checkTextRule(created, row.text)).toEqual([]);
		// The twin that it shares with the model that was there is that of the later one, and goes back.
		const deleted = editReference(created, textDeleteEdits(created, name));
		expect(deleted.text === file.text).toBe(true);
		expect(deleteCsvRow(row.text, name) === csv).toBe(true);
	});

	test('a_model_that_is_put_as_it_is_or_removed_leaves_every_other_byte', () => {
		const { file, csv, bases } = original();
		for (const name of ['gpt2', 'acrastt/Marx-3B-V3', [...bases.keys()].at(-1) ?? '']) {
			const text = bases.get(name) ?? '';
			const same = editReference(file, textPutEdits(file, name, renamedRecord(text, name)));
			expect(same.text === file.text).toBe(true);
			const removed = editReference(file, textDeleteEdits(file, name));
			expect(removed.records).toHaveLength(file.records.length - 3);
			expect(checkTextRule(removed, deleteCsvRow(csv, name))).toEqual([]);
		}
	});
});
