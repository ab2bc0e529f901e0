/**
 * Shows what a change would do to its model as it is now: field by field, whether it can still be applied, and what a reviewer
 * must not overlook. Pure.
 */
import { criticalPaths } from '../record/critical-fields.js';
import { fieldDiffs, samePythonValue } from '../record/field-diffs.js';
import { compactJson, fieldsText, valueFields } from '../record/record-fields.js';
import { sameRecord } from '../record/same-record.js';
/** @param current the model's record as it is published now; null when there is none */
export function diffChange(change, content, current) {
    const proposed = content.payload;
    const fields = fieldDiffs(current, proposed);
    return {
        change,
        current,
        proposed,
        netOperation: netOperation(change, current, proposed),
        fields,
        critical: criticalPaths(change.category, fields.map(({ path }) => path)),
        conflict: isOpen(change) ? conflictOf(change, content, current) : undefined,
    };
}
/** Whether a change still waits to be decided or applied. */
export function isOpen({ status }) {
    return status === 'pending' || status === 'approved';
}
/** Whether two records, null for none, are the same. */
export function sameState(a, b) {
    return a === null || b === null ? a === b : sameRecord(a, b);
}
/** A sentence that names both states when the model is not any more what it was when the change was proposed. */
export function conflictOf({ change_id, category, model_name, status }, { before }, current) {
    if (sameState(before, current))
        return undefined;
    const differing = before !== null && current !== null ? fieldDiffs(before, current) : [];
    // Of two that Python takes for equal all is shown.
    const fields = differing.length > 0 ? differing : undefined;
    const then = before === null
        ? 'it did not exist'
        : `it was ${stateOf(fields?.map((diff) => [diff.path, diff.before]), before)}`;
    const now = current === null
        ? 'it does not exist'
        : `it is ${stateOf(fields?.map((diff) => [diff.path, diff.after]), current)}`;
    return (`Model '${model_name}' of category '${category}' has changed since change ${change_id} was proposed: ` +
        `then ${then}, now ${now}. ${status === 'approved' ? 'Purge' : 'Reject'} the change, and propose it anew on the model as it is`);
}
/** Characters of a state that a sentence can carry. */
const LONGEST_STATE = 400;
/** @param fields only those that differ, where that is known */
function stateOf(fields, record) {
    const text = fields
        ? fieldsText(new Map(fields.map(([path, value]) => [path, value ?? 'null'])))
        : compactJson(record);
    const characters = [...text];
    return characters.length > LONGEST_STATE ? `${characters.slice(0, LONGEST_STATE).join('')}…` : text;
}
function netOperation({ operation }, current, proposed) {
    if (operation === 'delete')
        return current === null ? 'unchanged' : 'deleted';
    if (current === null)
        return 'added';
    if (operation === 'create')
        return 'modified';
    return proposed !== null && samePythonValue(current, proposed) ? 'unchanged' : 'modified';
}
/** As the wire has it, JSON text. */
export function diffText(diff) {
    const { change, current, proposed, fields, critical, conflict } = diff;
    const { change_id, category, model_name, operation } = change;
    const paths = (type) => JSON.stringify(fields.filter((field) => field.type === type).map(({ path }) => path));
    return fieldsText(new Map([
        ...valueFields({ change_id, category, model_name, operation }),
        ['current_state', current ?? 'null'],
        ['proposed_state', proposed ?? 'null'],
        ...valueFields({ net_operation: diff.netOperation }),
        ['field_diffs', fieldDiffsText(fields)],
        ...valueFields({ is_critical: critical.length > 0 }),
        ['fields_added', paths('added')],
        ['fields_removed', paths('removed')],
        ['fields_modified', paths('modified')],
        ...valueFields({
            critical_fields: critical,
            still_applies: isOpen(change) && conflict === undefined,
            conflict: conflict ?? null,
        }),
    ]));
}
/** A list of field differences as the wire has it, JSON text. */
export function fieldDiffsText(fields) {
    const items = fields.map(({ path, before, after, type }) => fieldsText(new Map([
        ...valueFields({ field_path: path }),
        ['old_value', before ?? 'null'],
        ['new_value', after ?? 'null'],
        ...valueFields({ change_type: type }),
    ])));
    return `[${items.join()}]`;
}
//# sourceMappingURL=change-diff.js.map