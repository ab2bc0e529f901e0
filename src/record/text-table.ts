/** Reads `models.csv`: which column holds what, which rows there are, and which of them counts for a model. */

import { type CsvRow, endsInsideQuotes, scanCsv } from './csv-rows.ts';
import { TEXT_COLUMNS, type TextCells } from './text-row.ts';

export interface TextTable {
	readonly text: string;
	/** Names of the columns as the header gives them. */
	readonly columns: readonly string[];
	readonly rows: readonly CsvRow[];
	/** The line break that the header ends with. */
	readonly lineBreak: string;
}

export type ReadTable =
	| { readonly ok: true; readonly table: TextTable }
	| { readonly ok: false; readonly message: string; readonly offset: number };

const BYTE_ORDER_MARK = '\uFEFF';

export function readTextTable(text: string): ReadTable {
	const scanned = scanCsv(text, text.startsWith(BYTE_ORDER_MARK) ? 1 : 0);
	const [header, ...rows] = scanned;
	const columns = header?.cells.map(({ value }) => value) ?? [];
	const missing = TEXT_COLUMNS.filter((column) => !columns.includes(column));
	if (!header || missing.length > 0) {
		const message = `its first line must name the columns; it lacks ${missing.join(', ')}`;
		return { ok: false, message, offset: header?.start ?? 0 };
	}
	if (endsInsideQuotes(text, scanned)) {
		return { ok: false, message: 'a quote in its last row is never closed', offset: rows.at(-1)?.start ?? 0 };
	}
	return {
		ok: true,
		table: { text, columns, rows, lineBreak: text.slice(header.end, header.next) || '\r\n' },
	};
}

/** What a row says by column. */
export function rowCells({ columns }: TextTable, row: CsvRow): TextCells {
	const cell = (column: string) => row.cells[columns.indexOf(column)]?.value ?? '';
	return {
		name: cell('name'),
		parameters_bn: cell('parameters_bn'),
		display_name: cell('display_name'),
		url: cell('url'),
		baseline: cell('baseline'),
		description: cell('description'),
		style: cell('style'),
		tags: cell('tags'),
		instruct_format: cell('instruct_format'),
		settings: cell('settings'),
	};
}

/** The rows of a model; the last of them is what counts. */
export function rowsNamed({ columns, rows }: TextTable, name: string): readonly CsvRow[] {
	const at = columns.indexOf('name');
	return rows.filter(({ cells }) => cells[at]?.value === name);
}
