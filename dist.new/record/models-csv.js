/**
 * Edits `models.csv`, from which other programs generate what `db.json` holds, so that the two always agree
 * (difference W10). Rows other than the model's keep their bytes; so do its cells that say what they should.
 */
import { csvCell } from './csv-rows.js';
import { cellsOfRecord, differingFields, recordOfCells, TEXT_COLUMNS, } from './text-row.js';
import { readTextTable, rowCells, rowsNamed } from './text-table.js';
/**
 * The table with this record as the row of its model: in the place of the row that counts, or as the last one. The same
 * text where it says so already.
 * @param fields the record as it is stored
 * @returns `ok: false` with a sentence for each field whose value the table cannot carry
 */
export function putCsvRow(csv, name, fields) {
    const read = readTextTable(csv);
    if (!read.ok)
        return refused([{ field: 'name', message: `models.csv cannot be edited: ${read.message}` }]);
    const { table } = read;
    const cells = cellsOfRecord(fields);
    const items = lostFields(fields, cells);
    if (items.length > 0)
        return refused(items);
    const row = rowsNamed(table, name).at(-1);
    if (!row)
        return { ok: true, text: appended(table, rowText(table, cells)) };
    const text = keptRow(table, row, fields, cells) ?? rowText(table, cells, row);
    return { ok: true, text: csv.slice(0, row.start) + text + csv.slice(row.end) };
}
/** The table without the rows of this model; the same text where it has none. */
export function deleteCsvRow(csv, name) {
    const read = readTextTable(csv);
    if (!read.ok)
        return csv;
    const rows = rowsNamed(read.table, name);
    const without = rows.reduceRight((text, { start, next }) => text.slice(0, start) + text.slice(next), csv);
    // Where the last line had no line break, the one that is last now has none either.
    const endedBare = rows.some(({ end, next }) => end === next);
    return endedBare ? without.replace(/(?:\r\n|\r|\n)$/, '') : without;
}
function refused(items) {
    return { ok: false, items };
}
/** The fields that do not come back from the row as they are in the record. */
function lostFields(fields, cells) {
    const unwritable = TEXT_COLUMNS.filter((column) => !isWritable(cells[column])).map(fieldOfColumn);
    const back = recordOfCells(cells);
    const lost = back.ok ? differingFields(fields, back.fields) : ['parameters'];
    const given = back.ok ? back.fields : new Map();
    return [...new Set([...unwritable, ...lost])].map((field) => ({
        field,
        message: `models.csv cannot carry this value of '${field}': ${reason(field, given.get(field))}`,
    }));
}
function reason(field, back) {
    if (field === 'parameters')
        return 'no decimal of at most 10 places, in billions, gives back the number';
    if (field === 'tags')
        return 'commas separate its tags, and the size and the style are always among them';
    const isColumn = TEXT_COLUMNS.some((column) => column === field);
    if (isColumn)
        return 'it holds a NUL or half of a surrogate pair';
    return back === undefined
        ? 'it has no such column; leave the field out'
        : `it has no such column, and what is generated from it always has ${back}`;
}
function fieldOfColumn(column) {
    return column === 'parameters_bn' ? 'parameters' : column;
}
/** Half a surrogate pair has no UTF-8, and at a NUL readers of CSV stop. */
function isWritable(cell) {
    return !/\p{Cs}/u.test(cell) && !cell.includes('\0');
}
/**
 * The row with the cells that mean what they should as they are spelled (order of tags, blanks in settings, quotes).
 * Undefined where the cells together would then not give the record.
 */
function keptRow(table, row, fields, cells) {
    const before = rowCells(table, row);
    const read = recordOfCells(before);
    if (!read.ok)
        return undefined;
    if (differingFields(read.fields, fields).length === 0)
        return table.text.slice(row.start, row.end);
    const meant = cellsOfRecord(read.fields);
    const mixed = { ...cells };
    for (const column of TEXT_COLUMNS)
        if (meant[column] === cells[column])
            mixed[column] = before[column];
    const back = recordOfCells(mixed);
    if (!back.ok || differingFields(back.fields, fields).length > 0)
        return undefined;
    return rowText(table, mixed, row);
}
/** A row in the table's own columns. Cells of an existing row that say the same, and those of unknown columns, stay. */
function rowText({ text, columns }, cells, row) {
    const width = Math.max(columns.length, row?.cells.length ?? 0);
    return Array.from({ length: width }, (_, at) => {
        const column = TEXT_COLUMNS.find((known) => known === columns[at]);
        const old = row?.cells[at];
        if (old && (column === undefined || old.value === cells[column]))
            return text.slice(old.start, old.end);
        return column === undefined ? '' : csvCell(cells[column]);
    }).join(',');
}
/** A table that ends without a line break goes on to do so. */
function appended({ text, lineBreak }, row) {
    return /[\r\n]$/.test(text) ? text + row + lineBreak : text + lineBreak + row;
}
//# sourceMappingURL=models-csv.js.map