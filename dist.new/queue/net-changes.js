/** What a batch did to models in the end, whatever it took (spec: pending queue, section 8; difference Q8). Pure. */
import { criticalPaths } from '../record/critical-fields.js';
import { fieldDiffs, samePythonValue } from '../record/field-diffs.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { fieldDiffsText } from './change-diff.js';
/**
 * A change is applied only while its model is as it was when it was proposed, so the records of the changes tell what was there:
 * no version of a file need be read.
 * @param now unix seconds
 */
export function netChangesText(batch, applied, now) {
    const changes = netChanges(applied);
    const count = (operation) => changes.filter((change) => change.operation === operation).length;
    const facts = {
        models_added: count('added'),
        models_modified: count('modified'),
        models_deleted: count('deleted'),
        models_unchanged: count('unchanged'),
        total_field_changes: changes.reduce((sum, { fields }) => sum + fields.length, 0),
        has_critical_changes: changes.some(({ isCritical }) => isCritical),
        generated_at: now,
    };
    return fieldsText(new Map([
        ...valueFields({ batch_id: batch.id, batch_title: batch.title, domain: 'legacy' }),
        ['model_changes', `[${changes.map(netChangeText).join()}]`],
        ...valueFields(facts),
    ]));
}
/** In the order in which the models were first proposed to be changed. */
function netChanges(applied) {
    const models = new Map();
    const inOrder = [...applied].sort(([a], [b]) => a.change_id - b.change_id);
    for (const one of inOrder) {
        const key = JSON.stringify([one[0].category, one[0].model_name]);
        models.set(key, [...(models.get(key) ?? []), one]);
    }
    return [...models.values()].map((changes) => {
        const byTime = changes.sort(([a], [b]) => (a.ledger.apply_event ?? 0) - (b.ledger.apply_event ?? 0));
        const [first] = byTime;
        const last = byTime.at(-1);
        const { category = '', model_name: model = '' } = first?.[0] ?? {};
        const before = first?.[1].before ?? null;
        const after = last?.[1].payload ?? null;
        const operation = netOperation(before, after);
        const fields = operation === 'unchanged' ? [] : fieldDiffs(before, after);
        const paths = fields.map(({ path }) => path);
        const isCritical = criticalPaths(category, paths).length > 0;
        return { model, category, before, after, operation, fields, isCritical };
    });
}
function netOperation(before, after) {
    if (before === null)
        return after === null ? 'unchanged' : 'added';
    if (after === null)
        return 'deleted';
    return samePythonValue(before, after) ? 'unchanged' : 'modified';
}
function netChangeText({ model, category, before, after, operation, fields, isCritical }) {
    return fieldsText(new Map([
        ...valueFields({ model_name: model, category, net_operation: operation }),
        ['before_state', before ?? 'null'],
        ['after_state', after ?? 'null'],
        ['field_diffs', fieldDiffsText(fields)],
        ...valueFields({ is_critical: isCritical }),
    ]));
}
//# sourceMappingURL=net-changes.js.map