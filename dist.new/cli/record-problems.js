/** Puts what is wrong with a record into lines for a person: where, as one would write it in a program, and what. Pure. */
import { LineIndex } from '../record/line-index.js';
/** What stands behind the path of a value that may be of several types, once for each of them. */
const ALTERNATIVE = /^(?:int|float|str|bool|list\[\w+\])$/;
/** @param bytes what was submitted: syntax errors are told by their place in it */
export function problemLines(items, bytes = new Uint8Array()) {
    return [...new Set(items.map((item) => problemLine(item, bytes)))];
}
/** The items that came with a refusal of the writer; none where it has none. */
export function itemsOf(value) {
    return Array.isArray(value) && value.every(isItem) ? value : [];
}
function isItem(value) {
    return (typeof value === 'object' &&
        value !== null &&
        'loc' in value &&
        Array.isArray(value.loc) &&
        'msg' in value &&
        typeof value.msg === 'string');
}
function problemLine({ type, loc, msg, ctx }, bytes) {
    const [, ...path] = loc;
    if (type === 'json_invalid') {
        const { line, column } = new LineIndex(new TextDecoder().decode(bytes)).positionAt(Number(path[0]));
        return `line ${line}, column ${column}: ${String(ctx?.error ?? msg)}`;
    }
    if (path.length === 0)
        return type === 'missing' ? 'there is none' : msg.replace(VALUE_ERROR, '');
    if (path.length > 2 && ALTERNATIVE.test(String(path.at(-1)))) {
        return `${pathText(path.slice(0, -1))}: Input should be a number, a string, a boolean or a list of numbers or strings`;
    }
    return `${pathText(path)}: ${msg.replace(VALUE_ERROR, '')}`;
}
const VALUE_ERROR = /^Value error, /;
function pathText(path) {
    const parts = path.map((part, index) => {
        if (typeof part === 'number')
            return `[${part}]`;
        if (!PLAIN.test(part))
            return `[${JSON.stringify(part)}]`;
        return index === 0 ? part : `.${part}`;
    });
    return parts.join('');
}
const PLAIN = /^[\w$][\w$-]*$/;
//# sourceMappingURL=record-problems.js.map