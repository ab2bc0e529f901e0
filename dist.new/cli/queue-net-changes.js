/** What a batch did to models in the end, as lines for people. Pure. */
import { criticalPaths } from '../record/critical-fields.js';
import { fieldDiffs } from '../record/field-diffs.js';
import { scanItems } from '../record/members.js';
import { recordFields } from '../record/record-fields.js';
import { fieldLines } from './queue-words.js';
import { escapedText } from './terminal-text.js';
/** @param text the net changes as the API tells them; they are taken from there with numbers as they are spelled */
export function netChangesLines(text, paint) {
    const facts = recordFields(text);
    const list = facts.get('model_changes') ?? '[]';
    const changes = scanItems(list, 0).map(({ start, end }) => recordFields(list.slice(start, end)));
    const count = (name) => facts.get(name) ?? '0';
    return [
        `${count('models_added')} added, ${count('models_modified')} modified, ${count('models_deleted')} deleted, ` +
            `${count('models_unchanged')} unchanged; ${count('total_field_changes')} fields` +
            (count('has_critical_changes') === 'true' ? `, ${paint('bold', 'some of them critical')}` : ''),
        ...changes.flatMap((change) => ['', ...modelLines(change, paint)]),
    ];
}
function modelLines(change, paint) {
    const name = (field) => String(JSON.parse(change.get(field) ?? '""'));
    const state = (field) => {
        const record = change.get(field) ?? 'null';
        return record === 'null' ? null : record;
    };
    const category = name('category');
    const operation = name('net_operation');
    const head = paint('bold', `${category} model ${escapedText(name('model_name'))}: ${operation}`);
    if (operation === 'unchanged')
        return [head];
    const fields = fieldDiffs(state('before_state'), state('after_state'));
    const critical = criticalPaths(category, fields.map(({ path }) => path));
    return [head, ...fieldLines(fields, critical, paint).map((line) => `  ${line}`)];
}
//# sourceMappingURL=queue-net-changes.js.map