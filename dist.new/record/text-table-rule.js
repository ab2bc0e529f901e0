/** Checks that `models.csv` and the base records of the text reference say the same, in the same order (difference W10). */
import { isBackendVariant } from '../categories.js';
import { LineIndex } from './line-index.js';
import { recordFields } from './record-fields.js';
import { differingFields, recordOfCells } from './text-row.js';
import { firstMisplaced } from './text-rule-finding.js';
import { readTextTable, rowCells } from './text-table.js';
/** @param bases the text of each base record, in document order */
export function checkTextTable(csv, bases) {
    const lines = new LineIndex(csv);
    const findings = [];
    const report = (rule, message, offset, model) => {
        const about = model === undefined ? {} : { model };
        findings.push({ in: 'table', rule, message, ...about, ...lines.positionAt(offset) });
    };
    const read = readTextTable(csv);
    if (!read.ok) {
        report('table-unreadable', read.message, read.offset);
        return findings;
    }
    const { table } = read;
    // Of rows with one name the last counts, at the place of the first.
    const rows = new Map(table.rows.map((row) => [rowCells(table, row).name, row]));
    for (const [name, row] of rows) {
        const record = recordOfCells(rowCells(table, row));
        const base = bases.get(name);
        if (isBackendVariant(name))
            report('row-unusable', 'is the name of a generated twin', row.start, name);
        else if (!record.ok)
            report('row-unusable', record.message, row.start, name);
        else if (base === undefined)
            report('row-orphaned', 'has a row but no record', row.start, name);
        else {
            const differing = differingFields(recordFields(base), record.fields);
            if (differing.length === 0)
                continue;
            report('row-differs', `has a row that does not give its record: ${differing.join(', ')}`, row.start, name);
        }
    }
    for (const name of bases.keys())
        if (!rows.has(name))
            report('row-missing', 'has a record but no row', 0, name);
    const misplaced = firstMisplaced([...rows.keys()], [...bases.keys()]);
    if (misplaced) {
        const [found, due] = misplaced;
        const message = `has its row where that of ${JSON.stringify(due)} should be: rows are in the order of the records`;
        report('row-order', message, rows.get(found)?.start ?? 0, found);
    }
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}
//# sourceMappingURL=text-table-rule.js.map