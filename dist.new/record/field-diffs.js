/**
 * Tells field by field how one record became another, on JSON texts, as parsed values would round numbers (spec: pending queue,
 * section 6). Pure.
 */
import { compareCodePoints } from './python-values.js';
import { recordFields } from './record-fields.js';
import { sameRecord } from './same-record.js';
/** Every field that differs between two records, null for none. Lists are compared as a whole. */
export function fieldDiffs(before, after) {
    if (before === null)
        return after === null ? [] : oneSided(after, '', 'added');
    if (after === null)
        return oneSided(before, '', 'removed');
    return bothSided(before, after, '');
}
/** Whether Python takes two JSON values for equal, as the original does: numbers by value, and `true` for 1. */
export function samePythonValue(a, b) {
    return sameRecord(booleansAsNumbers(a), booleansAsNumbers(b));
}
/** All fields of an object in its own order. */
function oneSided(object, prefix, type) {
    return [...recordFields(object)].flatMap(([name, value]) => oneField(value, prefix + name, type));
}
function oneField(value, path, type) {
    if (isObjectText(value))
        return oneSided(value, `${path}.`, type);
    const [before, after] = type === 'added' ? [undefined, value] : [value, undefined];
    return [{ path, before, after, type }];
}
/** Fields of both in the order of their code points. A field that is not there counts as null. */
function bothSided(before, after, prefix) {
    const old = recordFields(before);
    const now = recordFields(after);
    const names = [...new Set([...old.keys(), ...now.keys()])].sort(compareCodePoints);
    return names.flatMap((name) => {
        const path = prefix + name;
        const left = old.get(name);
        const right = now.get(name);
        if (samePythonValue(left ?? 'null', right ?? 'null'))
            return [];
        if (left === undefined)
            return oneField(right ?? 'null', path, 'added');
        if (right === undefined)
            return oneField(left, path, 'removed');
        if (isObjectText(left) && isObjectText(right))
            return bothSided(left, right, `${path}.`);
        return [{ path, before: left, after: right, type: 'modified' }];
    });
}
function isObjectText(value) {
    return value.startsWith('{');
}
function booleansAsNumbers(text) {
    return text.replace(STRING_OR_BOOLEAN, (token) => {
        if (token === 'true')
            return '1';
        return token === 'false' ? '0' : token;
    });
}
const STRING_OR_BOOLEAN = /"[^"\\]*(?:\\.[^"\\]*)*"|true|false/g;
//# sourceMappingURL=field-diffs.js.map