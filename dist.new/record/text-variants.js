/**
 * Owns which records a text model has besides its own, and what a change of the model does to them: `db.json` is its base
 * records in order, each followed by the twins that are generated from it (spec: v1 reads, section 4; difference W10).
 */
import { BACKEND_PREFIXES, isBackendVariant } from '../categories.js';
import { fieldsText, recordFields } from './record-fields.js';
import { recordText } from './reference-file.js';
const [APHRODITE = '', KOBOLDCPP = ''] = BACKEND_PREFIXES;
/** The name without its author: what stands between the first and the second slash, or all of it if it has none. */
export function modelPart(name) {
    return name.split('/', 2)[1] ?? name;
}
/**
 * The variants that a pending change names. For A/B/C that is `koboldcpp/B/C`, though `koboldcpp/B` is what is generated:
 * the original differs with itself, and clients see both.
 */
export function relatedModels(name) {
    return [APHRODITE + name, KOBOLDCPP + name.slice(name.indexOf('/') + 1)];
}
/** The keys that are generated from a base record, in order. Models of two authors may share the second. */
export function twinNames(name) {
    return [APHRODITE + name, KOBOLDCPP + modelPart(name)];
}
/** The record under another name. */
export function renamedRecord(record, name) {
    return fieldsText(recordFields(record).set('name', JSON.stringify(name)));
}
/**
 * The edits that write a base record and what is generated from it. The shared twin is that of the last base that has
 * it, so a base before that one leaves it alone.
 */
export function textPutEdits(file, name, record) {
    const [own, shared] = twinNames(name);
    const { owners, names } = sharers(file, shared);
    const exists = names.has(name);
    const put = (key, after) => {
        const edit = { kind: 'put', name: key, record: renamedRecord(record, key) };
        // A new model goes to the end as a whole; a twin that was missing goes to where it is missed.
        return exists && !names.has(key) ? { ...edit, after } : edit;
    };
    const isShadowed = exists && owners.at(-1) !== name;
    const edits = [put(name, ''), put(own, name)];
    return isShadowed ? edits : [...edits, put(shared, own)];
}
/**
 * The edits that remove a base record and what is generated from it. A twin that it shares with other bases becomes that
 * of the last of them, and stands behind the first.
 */
export function textDeleteEdits(file, name) {
    const [own, shared] = twinNames(name);
    const { owners, names } = sharers(file, shared);
    const remove = [name, own]
        .filter((key) => names.has(key))
        .map((key) => ({ kind: 'delete', name: key }));
    const others = owners.filter((owner) => owner !== name);
    const [first] = others;
    const last = others.at(-1);
    const lastRecord = last === undefined ? undefined : recordText(file, last);
    if (first === undefined || lastRecord === undefined) {
        return names.has(shared) ? [...remove, { kind: 'delete', name: shared }] : remove;
    }
    const isFirst = owners[0] === name;
    const isLast = owners.at(-1) === name;
    if (!isFirst && !isLast)
        return remove;
    const put = { kind: 'put', name: shared, record: renamedRecord(lastRecord, shared) };
    if (!isFirst)
        return [...remove, put];
    const [firstOwn] = twinNames(first);
    const after = names.has(firstOwn) ? firstOwn : first;
    return [...remove, { kind: 'delete', name: shared }, { ...put, after }];
}
/** The bases that a shared twin is generated from, in document order, and every name that the file has. */
function sharers(file, shared) {
    const names = new Set();
    const owners = new Set();
    const part = shared.slice(KOBOLDCPP.length);
    for (const { name } of file.records) {
        names.add(name);
        // Most names do not even hold the part, and that is quicker to see.
        if (name.includes(part) && !isBackendVariant(name) && modelPart(name) === part)
            owners.add(name);
    }
    return { names, owners: [...owners] };
}
//# sourceMappingURL=text-variants.js.map