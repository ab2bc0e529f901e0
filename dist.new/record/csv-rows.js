/**
 * Finds the rows and cells of a CSV text (RFC 4180) and where they stand in it, so that one row can be edited while every
 * other byte stays. A parser that answers values only would make us write the whole file anew.
 */
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/**
 * The rows of a text in order, blank lines left out. A cell that begins with a quote ends with the quote that is not
 * doubled; quotes elsewhere are ordinary characters, as in Python's `csv`.
 * @param from offset of the first row, behind a byte order mark if there is one
 */
export function scanCsv(text, from = 0) {
    const rows = [];
    let at = from;
    while (at < text.length) {
        const row = readRow(text, at);
        if (row.end > row.start)
            rows.push(row);
        at = row.next;
    }
    return rows;
}
/** Whether a quote that opens somewhere is never closed, so that the text ends inside a cell. */
export function endsInsideQuotes(text, rows) {
    const last = rows.at(-1)?.cells.at(-1);
    return last !== undefined && text[last.start] === '"' && closingQuote(text, last.start) === -1;
}
/** A value as a cell, quoted only where it must be. */
export function csvCell(value) {
    return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
function readRow(text, start) {
    const cells = [];
    let at = start;
    for (;;) {
        const cell = readCell(text, at);
        cells.push(cell);
        if (text[cell.end] === ',')
            at = cell.end + 1;
        else
            return { start, end: cell.end, next: behindLineBreak(text, cell.end), cells };
    }
}
function readCell(text, start) {
    if (text[start] !== '"') {
        const end = indexOfCellEnd(text, start);
        return { start, end, value: text.slice(start, end) };
    }
    const close = closingQuote(text, start);
    if (close === -1)
        return { start, end: text.length, value: unquoted(text.slice(start + 1)) };
    const end = indexOfCellEnd(text, close + 1);
    return { start, end, value: unquoted(text.slice(start + 1, close)) + text.slice(close + 1, end) };
}
const unquoted = (inside) => inside.replaceAll('""', '"');
/** Offset of the quote that closes the one at `open`; -1 where none does. */
function closingQuote(text, open) {
    let quote = text.indexOf('"', open + 1);
    while (quote !== -1 && text[quote + 1] === '"')
        quote = text.indexOf('"', quote + 2);
    return quote;
}
function indexOfCellEnd(text, from) {
    let at = from;
    while (at < text.length) {
        const code = text.charCodeAt(at);
        if (code === COMMA || code === LINE_FEED || code === CARRIAGE_RETURN)
            break;
        at++;
    }
    return at;
}
function behindLineBreak(text, at) {
    if (text[at] === '\r' && text[at + 1] === '\n')
        return at + 2;
    return Math.min(at + 1, text.length);
}
//# sourceMappingURL=csv-rows.js.map