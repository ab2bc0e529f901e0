/** `text check`: whether the text reference is what is generated from its base records, and agrees with its table. */
import { CATEGORIES, isBackendVariant } from '../categories.js';
import { AppError } from '../errors.js';
import { modelNames, parseReference } from '../record/reference-file.js';
import { checkTextRule } from '../record/text-rule.js';
import { openSource } from '../store/reference-source.js';
import { table } from './output.js';
/** The category that has generated records, and the table that mirrors it in some repositories. */
const TEXT = CATEGORIES.find(({ name }) => name === 'text_generation');
const TABLE_FILE = 'models.csv';
/**
 * Answers whether the rule holds.
 * @throws AppError `config-invalid`, `ref-unknown`, or `source-unusable` when there is no text reference to check
 */
export async function textCheck(target, flags, output) {
    const format = FORMATS.get(flags.format);
    if (!format) {
        throw new AppError('config-invalid', `--format must be one of ${[...FORMATS.keys()].join(', ')}, not ${flags.format}`);
    }
    const reports = await checkSource(target, flags.subdir);
    format(reports, output);
    return reports.every(({ findings }) => findings.length === 0);
}
async function checkSource(target, subdir) {
    if (!TEXT)
        throw new Error('the table of categories has no text_generation');
    const source = await openSource(target, { subdir, staged: false });
    try {
        const bytes = await source.read(TEXT);
        if (!bytes) {
            throw new AppError('source-unusable', `there is no ${TEXT.file} in ${target}; name the folder that holds it with --subdir`);
        }
        const asCompanion = { ...TEXT, file: TABLE_FILE };
        const csv = await source.read(asCompanion);
        return reportsOf(bytes, csv, source.prefix, TEXT.file);
    }
    finally {
        source.close();
    }
}
function reportsOf(bytes, csv, prefix, file) {
    const reference = prefix + file;
    const parsed = parseReference(bytes);
    if (!parsed.ok)
        return [{ file: reference, findings: [{ rule: 'syntax', ...parsed.problem }] }];
    const models = [...modelNames(parsed.file)].filter((name) => !isBackendVariant(name)).length;
    const text = csv && utf8Text(csv);
    const found = checkTextRule(parsed.file, text);
    const of = (where) => found.filter((finding) => finding.in === where).map(({ in: _, ...finding }) => finding);
    const report = { file: reference, models, findings: of('reference') };
    if (csv === undefined)
        return [report];
    const garbled = { rule: 'syntax', message: 'not valid UTF-8', line: 1, column: 1 };
    return [report, { file: prefix + TABLE_FILE, findings: text === undefined ? [garbled] : of('table') }];
}
function utf8Text(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch {
        return undefined;
    }
}
const FORMATS = new Map([
    ['table', asTable],
    ['json', (reports, output) => output.print(JSON.stringify({ files: reports }, null, 2))],
]);
function asTable(reports, output) {
    for (const { file, findings } of reports) {
        for (const { model, message, line, column } of findings) {
            const subject = model === undefined ? '' : `${JSON.stringify(model)} `;
            output.print(`${file}:${line}:${column}: ${output.paint('red', 'error')}: ${subject}${message}`);
        }
    }
    if (reports.some(({ findings }) => findings.length > 0))
        output.print('');
    const rows = reports.map(({ file, models, findings }) => [file, models ?? '', findings.length]);
    output.print(table(['file', 'models', 'errors'], rows));
}
//# sourceMappingURL=text-check.js.map