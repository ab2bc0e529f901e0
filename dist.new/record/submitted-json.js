/**
 * Reads the bytes that somebody submitted as JSON: what they hold, or what is wrong with them as items of a 422 answer. The
 * text is kept beside the value, as values forget how numbers were spelled.
 */
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import { findDuplicateKeys } from './duplicate-keys.js';
import { isObject } from './schema-issues.js';
import { notAnObjectItem, valueErrorItem } from './validation-items.js';
/** Levels of objects and lists; real records have four. What is deeper could exhaust the stack of whoever reads it. */
const DEEPEST = 32;
/**
 * Names and list entries in all; real records have fewer than 500. Each can be wrong in a way of its own, and what ajv takes
 * to gather errors grows with their square: 100,000 of them would hold up everybody for half a minute.
 */
const MOST_MEMBERS = 2_000;
/** A byte order mark in front is skipped, as JSON parsers may (RFC 8259, 8.1). */
const decoder = new TextDecoder('utf-8', { fatal: true });
/**
 * The one object in these bytes. Names that one object has twice are refused: one of the two values would be lost.
 * @param mostMembers names and list entries in all
 */
export function readSubmittedJson(bytes, mostMembers = MOST_MEMBERS) {
    let text;
    try {
        text = decoder.decode(bytes);
    }
    catch {
        return refused(invalid(0, 'the body is not UTF-8'));
    }
    if (text.trim() === '')
        return refused(notAnObjectItem(null));
    if (nestsTooDeep(text)) {
        return refused(valueErrorItem([], `must not nest deeper than ${DEEPEST} levels`, {}));
    }
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return refused(syntaxItem(text));
    }
    if (!isObject(value))
        return refused(notAnObjectItem(value));
    if (membersOf(value) > mostMembers) {
        return refused(valueErrorItem([], `must not have more than ${mostMembers} fields and list entries`, {}));
    }
    const twice = findDuplicateKeys(text).map(({ name, path }) => valueErrorItem(path.at(-1) === name ? path : [...path, name], 'is there twice, and only one could be kept', name));
    return twice.length > 0 ? { ok: false, items: twice.slice(0, 20) } : { ok: true, text, value };
}
function refused(item) {
    return { ok: false, items: [item] };
}
function invalid(offset, error) {
    return { type: 'json_invalid', loc: ['body', offset], msg: 'JSON decode error', input: {}, ctx: { error } };
}
/** JSON.parse tells no place that can be relied on; the tolerant parser does. */
function syntaxItem(text) {
    const errors = [];
    try {
        parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
    }
    catch (error) {
        // It skips comments, and may find brackets without end behind one that holds a quotation mark.
        if (!(error instanceof RangeError))
            throw error;
    }
    const [first] = errors;
    if (!first)
        return invalid(0, 'not valid JSON');
    const words = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
    return invalid(first.offset, words.toLowerCase());
}
/**
 * Counts brackets outside strings, in one pass and without recursion, in a text that need not be JSON: a string that is not
 * closed ends with its line, as it does for the tolerant parser.
 */
function nestsTooDeep(text) {
    let depth = 0;
    let inString = false;
    for (let at = 0; at < text.length; at++) {
        const unit = text[at];
        if (inString) {
            if (unit === '\\')
                at++;
            else if (unit === '"' || unit === '\n' || unit === '\r')
                inString = false;
        }
        else if (unit === '"')
            inString = true;
        else if (unit === '{' || unit === '[')
            depth++;
        else if (unit === '}' || unit === ']')
            depth--;
        if (depth > DEEPEST)
            return true;
    }
    return false;
}
/** Names and list entries of a value and of all that it holds; it must not nest deep. */
function membersOf(value) {
    if (typeof value !== 'object' || value === null)
        return 0;
    return Object.values(value).reduce((sum, member) => sum + 1 + membersOf(member), 0);
}
//# sourceMappingURL=submitted-json.js.map