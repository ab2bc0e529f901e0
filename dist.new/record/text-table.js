/** Reads `models.csv`: which column holds what, which rows there are, and which of them counts for a model. */
import { endsInsideQuotes, scanCsv } from './csv-rows.js';
import { TEXT_COLUMNS } from './text-row.js';
const BYTE_ORDER_MARK = '\uFEFF';
export function readTextTable(text) {
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
export function rowCells({ columns }, row) {
    const cell = (column) => row.cells[columns.indexOf(column)]?.value ?? '';
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
export function rowsNamed({ columns, rows }, name) {
    const at = columns.indexOf('name');
    return rows.filter(({ cells }) => cells[at]?.value === name);
}
//# sourceMappingURL=text-table.js.map