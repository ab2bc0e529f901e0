/** Merges two texts of a reference that parted, model by model. Pure. */
import { editReference, sameRecord } from './edit-reference.js';
import { modelNames, recordText, referenceBytes } from './reference-file.js';
/** @returns the text of `there` with what `here` has changed since `base` */
export function mergeReferences(base, here, there) {
    const edits = [];
    const conflicts = [];
    let previous;
    for (const name of new Set([...modelNames(here), ...modelNames(base)])) {
        const before = recordText(base, name);
        const ours = recordText(here, name);
        const theirs = recordText(there, name);
        if (!same(before, ours) && !same(ours, theirs)) {
            if (!same(before, theirs))
                conflicts.push(name);
            else if (ours === undefined)
                edits.push({ kind: 'delete', name });
            else
                edits.push({ kind: 'put', name, record: ours, ...(previous !== undefined && { after: previous }) });
        }
        if (ours !== undefined)
            previous = name;
    }
    return { bytes: referenceBytes(editReference(there, edits)), conflicts };
}
function same(a, b) {
    if (a === undefined || b === undefined)
        return a === b;
    return a === b || sameRecord(a, b);
}
//# sourceMappingURL=merge-references.js.map