/** Decides what one change does to a category's files: the edited texts, nothing at all, or a refusal. Pure. */
import { isBackendVariant } from '../categories.js';
import { editReference, sameRecord } from '../record/edit-reference.js';
import { deleteCsvRow, putCsvRow } from '../record/models-csv.js';
import { compactJson, recordFields } from '../record/record-fields.js';
import { recordText } from '../record/reference-file.js';
import { textDeleteEdits, textPutEdits } from '../record/text-variants.js';
import { valueErrorItem } from '../record/validation-items.js';
export function planChange(category, state, change) {
    const { operation, model, record } = change;
    const { file, version } = state;
    const isText = category.name === 'text_generation';
    const stored = recordText(file, model);
    const obstacle = existenceProblem(category, operation, model, stored !== undefined);
    if (obstacle)
        return obstacle;
    if (change.ifMatch && !isCurrent(change.ifMatch, version)) {
        const message = version === undefined
            ? `the category '${category.name}' has no file yet, so no entity tag matches`
            : `the category '${category.name}' has changed: its entity tag is "${version}" now; read it again and send the change with that`;
        return refusal('precondition-failed', message);
    }
    if (record === null) {
        const edits = isText ? textDeleteEdits(file, model) : [{ kind: 'delete', name: model }];
        const table = state.table === undefined ? undefined : deleteCsvRow(state.table, model);
        return { kind: 'edit', file: editReference(file, edits), table, changesModel: true };
    }
    const edits = isText ? textPutEdits(file, model, record) : [{ kind: 'put', name: model, record }];
    const row = state.table === undefined ? undefined : putCsvRow(state.table, model, recordFields(record));
    if (row && !row.ok) {
        const fields = recordFields(record);
        const items = row.items.map(({ field, message }) => valueErrorItem([field], message, JSON.parse(fields.get(field) ?? 'null')));
        return refusal('record-invalid', row.items.map(({ message }) => message).join('; '), { items });
    }
    const effective = edits.filter((edit) => !isDone(file, edit));
    const table = row?.text;
    if (effective.length === 0 && table === state.table && stored !== undefined) {
        return { kind: 'unchanged', record: compactJson(stored) };
    }
    const changesModel = effective.some(({ name }) => name === model);
    return { kind: 'edit', file: editReference(file, effective), table, changesModel };
}
/** Models of a reference; generated twins are not counted. */
export function countModels(file) {
    const names = new Set();
    for (const { name } of file.records)
        if (!isBackendVariant(name))
            names.add(name);
    return names.size;
}
export function refusal(code, message, data = {}) {
    return { kind: 'refused', code, message, data };
}
function existenceProblem({ name }, operation, model, exists) {
    if (operation === 'create' && exists) {
        return refusal('model-exists', `Model '${model}' already exists in category '${name}'. Use PUT to update existing models.`);
    }
    if (operation === 'update' && !exists) {
        return refusal('model-absent', `Model '${model}' does not exist in category '${name}'. Use POST to create new models.`);
    }
    if (operation === 'delete' && !exists) {
        return refusal('model-not-found', `Model '${model}' not found in category '${name}'`);
    }
    return undefined;
}
/** Whether a file holds what the edit would put there. */
function isDone(file, edit) {
    const stored = recordText(file, edit.name);
    if (edit.kind === 'delete')
        return stored === undefined;
    return stored !== undefined && sameRecord(stored, edit.record);
}
/** Every form of a version has a tag of its own; a client may hold any of them. */
const FORMS = new Set(['', '-gzip', '-br', '-grouped', '-grouped-gzip', '-grouped-br']);
function isCurrent(tags, version) {
    if (version === undefined)
        return false;
    return tags.some((tag) => {
        if (tag === '*')
            return true;
        return tag.startsWith(`"${version}`) && tag.endsWith('"') && FORMS.has(tag.slice(version.length + 1, -1));
    });
}
//# sourceMappingURL=plan-change.js.map