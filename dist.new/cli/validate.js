/** `validate`: checks every record of a directory, a revision or the index against its schema. */
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
import { RecordSchemas } from '../record/schemas.js';
import { validateReference } from '../record/validate-reference.js';
import { openSource } from '../store/reference-source.js';
import { table } from './output.js';
/** Answers whether everything is right. */
export async function validate(target, flags, output) {
    const format = FORMATS.get(flags.format);
    if (!format) {
        throw new AppError('config-invalid', `--format must be one of ${[...FORMATS.keys()].join(', ')}, not ${flags.format}`);
    }
    const { subdir, staged = false, strict = false } = flags;
    const source = await openSource(target, { subdir, staged });
    const reports = [];
    try {
        const schemas = new RecordSchemas();
        for (const category of CATEGORIES) {
            const bytes = await source.read(category);
            if (!bytes)
                continue;
            const report = validateReference(category, bytes, schemas, { strict });
            reports.push({ ...report, file: source.prefix + report.file });
        }
    }
    finally {
        source.close();
    }
    if (reports.length === 0) {
        throw new AppError('source-unusable', `there is no category file in ${staged ? 'the index' : target}; name the folder that holds them with --subdir`);
    }
    format(reports, output);
    return reports.every((report) => count(report, 'error') === 0);
}
const FORMATS = new Map([
    ['table', asTable],
    ['json', (reports, output) => output.print(JSON.stringify({ files: reports }, null, 2))],
    ['github', asAnnotations],
]);
function asTable(reports, output) {
    for (const { file, findings } of reports) {
        for (const { severity, model, message, line, column } of findings) {
            const place = `${file}:${line}:${column}`;
            const word = output.paint(severity === 'error' ? 'red' : 'yellow', severity);
            output.print(`${place}: ${word}: ${subject(model)}${message}`);
        }
    }
    if (reports.some(({ findings }) => findings.length > 0))
        output.print('');
    const rows = reports.map((report) => [
        report.file,
        report.category,
        report.models,
        report.invalidRecords,
        count(report, 'error'),
        count(report, 'warning'),
    ]);
    output.print(table(['file', 'category', 'models', 'invalid records', 'errors', 'warnings'], rows));
}
/** Workflow commands, which GitHub shows beside the lines of a pull request. */
function asAnnotations(reports, output) {
    for (const { file, findings } of reports) {
        for (const { severity, rule, model, message, line, column } of findings) {
            const place = `file=${property(file)},line=${line},col=${column},title=${property(rule)}`;
            output.print(`::${severity} ${place}::${escaped(subject(model) + message)}`);
        }
    }
}
function subject(model) {
    return model === undefined ? '' : `${JSON.stringify(model)} `;
}
function count({ findings }, severity) {
    return findings.filter((finding) => finding.severity === severity).length;
}
function escaped(value) {
    return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
function property(value) {
    return escaped(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
//# sourceMappingURL=validate.js.map