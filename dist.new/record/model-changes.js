/** Compares two versions of a reference model by model. Pure: texts in, names out. */
import { isBackendVariant } from '../categories.js';
import { sameRecord } from './same-record.js';
export function modelTexts(file) {
    const texts = new Map();
    for (const { name, start, end } of file.records) {
        if (!isBackendVariant(name))
            texts.set(name, file.text.slice(start, end));
    }
    return texts;
}
/**
 * What a version changed against the ones it grew from. With several (a merge) only what differs from every one of them
 * counts: the rest was counted where it came from. White space, key order and the spelling of numbers are no change.
 */
export function modelChanges(parents, version) {
    const before = parents.length > 0 ? parents : [new Map()];
    const created = [];
    const updated = [];
    for (const [name, text] of version) {
        if (before.some((parent) => isSame(parent.get(name), text)))
            continue;
        if (before.some((parent) => parent.has(name)))
            updated.push(name);
        else
            created.push(name);
    }
    const [first = new Map(), ...others] = before;
    const deleted = [...first.keys()].filter((name) => !version.has(name) && others.every((parent) => parent.has(name)));
    return { created, updated, deleted };
}
function isSame(before, text) {
    return before !== undefined && sameRecord(before, text);
}
//# sourceMappingURL=model-changes.js.map