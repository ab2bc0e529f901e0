/** Checks one category file whole: that it is a reference, that no name is there twice, and every record by its schema. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { isBackendVariant } from '../categories.js';
import { findDuplicateKeys } from './duplicate-keys.js';
import { LineIndex } from './line-index.js';
import { modelNames, parseReference } from './reference-file.js';
export function validateReference(category, bytes, schemas, options = {}) {
    const parsed = parseReference(bytes);
    const base = { category: category.name, file: category.file };
    if (!parsed.ok) {
        const finding = { severity: 'error', rule: 'syntax', ...parsed.problem };
        return { ...base, isReference: false, models: 0, invalidRecords: 0, findings: [finding] };
    }
    const { file } = parsed;
    const lines = new LineIndex(file.text);
    const validate = (record) => schemas.validate(category, record, options);
    const recordFindings = file.records.map((record) => recordProblems(category, file, lines, record, validate));
    const duplicates = duplicateProblems(file, lines);
    return {
        ...base,
        isReference: true,
        models: [...modelNames(file)].filter((name) => !isBackendVariant(name)).length,
        invalidRecords: recordFindings.filter((findings) => findings.length > 0).length,
        findings: [...fileProblems(file), ...duplicates, ...recordFindings.flat()].sort((a, b) => a.line - b.line || a.column - b.column),
    };
}
function fileProblems(file) {
    const findings = [];
    const start = { line: 1, column: 1 };
    if (file.byteOrderMark) {
        const message = 'begins with a byte order mark, at which many JSON parsers stop; save it as UTF-8 without one';
        findings.push({ severity: 'error', rule: 'byte-order-mark', message, ...start });
    }
    if (!file.text.trimStart().startsWith('{')) {
        const message = `holds ${JSON.stringify(file.text.trim().slice(0, 20))}; an empty reference is {}`;
        findings.push({ severity: 'warning', rule: 'empty', message, ...start });
    }
    return findings;
}
function duplicateProblems(file, lines) {
    return findDuplicateKeys(file.text).map(({ name, path, offset, firstOffset }) => {
        const [model] = path;
        const first = lines.positionAt(firstOffset).line;
        return {
            severity: 'error',
            rule: 'duplicate',
            message: `${JSON.stringify(name)} is there twice, first in line ${first}: parsers keep only the last`,
            ...(typeof model === 'string' ? { model } : { model: name }),
            ...lines.positionAt(offset),
        };
    });
}
function recordProblems(category, file, lines, { name, start, end, keyStart }, validate) {
    const text = file.text.slice(start, end);
    const record = JSON.parse(text);
    const issues = validate(record);
    const tree = issues.length > 0 ? parseTree(text) : undefined;
    const findings = issues.map((issue) => {
        const message = `${fieldName(issue.path)} ${issue.message}`.trim();
        const position = lines.positionAt(start + offsetOf(tree, issue));
        return { severity: 'error', rule: issue.keyword, message, model: name, ...position };
    });
    const ownName = category.schema === null ? undefined : Reflect.get(Object(record), 'name');
    if (typeof ownName === 'string' && ownName !== name) {
        const message = `name is ${JSON.stringify(ownName)}, but must be the key, ${JSON.stringify(name)}`;
        findings.push({ severity: 'error', rule: 'name', message, model: name, ...lines.positionAt(keyStart) });
    }
    return findings;
}
/** Offset, in the record's text, of what an issue is about, or of the nearest thing around it that exists. */
function offsetOf(tree, { path }) {
    for (let depth = path.length; tree && depth > 0; depth--) {
        const node = findNodeAtLocation(tree, path.slice(0, depth));
        if (node)
            return node.offset;
    }
    return 0;
}
/** `config.files[0].path` */
function fieldName(path) {
    return path.reduce((name, part) => {
        if (typeof part === 'number')
            return `${name}[${part}]`;
        return name === '' ? part : `${name}.${part}`;
    }, '');
}
//# sourceMappingURL=validate-reference.js.map