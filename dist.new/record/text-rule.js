/**
 * Checks that a text reference is exactly what its rule generates: every base record in document order, followed by its
 * twins (spec: v1 reads, section 4; difference W10).
 */
import { isBackendVariant } from '../categories.js';
import { LineIndex } from './line-index.js';
import { recordFields } from './record-fields.js';
import { differingFields } from './text-row.js';
import { firstMisplaced } from './text-rule-finding.js';
import { checkTextTable } from './text-table-rule.js';
import { renamedRecord, twinNames } from './text-variants.js';
/**
 * What is wrong with a text reference and, if it is given, with its `models.csv`. Empty when the reference holds what the
 * rule makes of its base records, no less, no more, in that order, and each row of the table gives its base record. Blanks, the order of
 * fields and the spelling of numbers do not matter, as they are no change to the writer either.
 */
export function checkTextRule(file, csv) {
    const bases = baseRecords(file);
    return [...checkReference(file, bases), ...(csv === undefined ? [] : checkTextTable(csv, bases))];
}
/** The text of each base record, in document order. */
function baseRecords(file) {
    const bases = file.records.filter(({ name }) => !isBackendVariant(name));
    return new Map(bases.map(({ name, start, end }) => [name, file.text.slice(start, end)]));
}
/** Every key that the rule gives, in order, and the base whose record stands under it. */
function generatedKeys(bases) {
    const keys = new Map();
    for (const base of bases.keys())
        for (const key of [base, ...twinNames(base)])
            keys.set(key, base);
    return keys;
}
function checkReference(file, bases) {
    const lines = new LineIndex(file.text);
    const generated = generatedKeys(bases);
    const stored = new Map(file.records.map((range) => [range.name, range]));
    const findings = [];
    const report = (rule, model, message, place = model) => {
        const position = lines.positionAt(stored.get(place)?.keyStart ?? 0);
        findings.push({ in: 'reference', rule, model, message, ...position });
    };
    for (const name of repeated(file))
        report('duplicate', name, 'is there more than once');
    for (const [key, base] of generated) {
        const range = stored.get(key);
        if (range === undefined) {
            report('twin-missing', key, `is missing; it is generated from ${JSON.stringify(base)}`, base);
            continue;
        }
        const found = recordFields(file.text.slice(range.start, range.end));
        const due = recordFields(renamedRecord(bases.get(base) ?? '{}', key));
        const differing = differingFields(found, due).join(', ');
        if (differing === '')
            continue;
        if (key === base)
            report('name', key, 'has a field name that is not its key');
        else
            report('twin-differs', key, `differs in ${differing} from ${JSON.stringify(base)}, of which it is generated`);
    }
    for (const name of stored.keys()) {
        if (!generated.has(name))
            report('twin-orphaned', name, 'is generated from no base record');
    }
    const misplaced = firstMisplaced([...stored.keys()], [...generated.keys()]);
    if (misplaced) {
        const [found, due] = misplaced;
        report('order', found, `stands where ${JSON.stringify(due)} should: a base record is followed by its twins`);
    }
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}
function repeated(file) {
    const seen = new Set();
    return new Set(file.records.map(({ name }) => name).filter((name) => seen.size === seen.add(name).size));
}
//# sourceMappingURL=text-rule.js.map