/**
 * Owns the reading of one category file: bytes to text, where each record stands in it, and, when it is not a
 * reference, what is wrong and where. Keeps the text, never re-serialises it.
 */
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import { LineIndex } from './line-index.js';
import { scanMembers } from './members.js';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = '\uFEFF';
/**
 * Reads a category file. A JSON object whose values are objects is a reference; `null` and an empty list hold
 * no models and count as an empty one (real repositories have both); anything else is a problem with a place.
 */
export function parseReference(bytes) {
    let raw;
    try {
        raw = decoder.decode(bytes);
    }
    catch {
        // The tolerant decoder puts its mark where the first wrong byte stands.
        const marked = Buffer.from(bytes).toString('utf8');
        return problemAt(marked, marked.indexOf('\uFFFD'), 'not valid UTF-8');
    }
    const byteOrderMark = raw.startsWith(BYTE_ORDER_MARK);
    const text = byteOrderMark ? raw.slice(1) : raw;
    if (text.trim() === '')
        return problemAt(text, 0, 'the file is empty; an empty reference is {}');
    let value;
    try {
        value = JSON.parse(text);
    }
    catch (error) {
        return syntaxProblem(text, error);
    }
    if (value === null || (Array.isArray(value) && value.length === 0)) {
        return { ok: true, file: { text, records: [], byteOrderMark } };
    }
    if (typeof value !== 'object' || Array.isArray(value)) {
        return problemAt(text, text.search(/\S/), `the top level must be an object of records, not ${kindOf(value)}`);
    }
    const records = scanMembers(text, text.indexOf('{'));
    const stray = records.find((record) => text[record.start] !== '{');
    if (stray) {
        const what = kindOf(JSON.parse(text.slice(stray.start, stray.end)));
        return problemAt(text, stray.start, `record ${JSON.stringify(stray.name)} must be an object, not ${what}`);
    }
    return { ok: true, file: { text, records, byteOrderMark } };
}
/** The distinct names of a reference, in document order. */
export function modelNames(file) {
    return new Set(file.records.map((record) => record.name));
}
/** The text of the record of this name, as it stands in the file; of a duplicate the last, as parsers take it. */
export function recordText(file, name) {
    const range = file.records.findLast((record) => record.name === name);
    return range && file.text.slice(range.start, range.end);
}
/** The bytes of the file: its text in UTF-8, behind a byte order mark where it had one. */
export function referenceBytes({ text, byteOrderMark }) {
    return Buffer.from(byteOrderMark ? BYTE_ORDER_MARK + text : text);
}
function problemAt(text, offset, message) {
    return { ok: false, problem: { message, ...new LineIndex(text).positionAt(Math.max(0, offset)) } };
}
/** JSON.parse tells no place that can be relied on; the tolerant parser does. */
function syntaxProblem(text, error) {
    const errors = [];
    parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
    const first = errors[0];
    if (!first)
        return problemAt(text, 0, `not valid JSON: ${error instanceof Error ? error.message : error}`);
    const what = printParseErrorCode(first.error)
        .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toLowerCase();
    return problemAt(text, first.offset, `not valid JSON: ${what}`);
}
function kindOf(value) {
    if (value === null || (Array.isArray(value) && value.length === 0))
        return 'null';
    if (Array.isArray(value))
        return 'a list';
    return `a ${typeof value}`;
}
//# sourceMappingURL=reference-file.js.map