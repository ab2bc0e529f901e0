/** How the commands of the queue speak of changes: in sentences, in a table, field by field. Pure. */
import { table } from './output.js';
import { cellText, dateText, escapedText } from './terminal-text.js';
/** More than a sentence can name are counted. */
const MOST_NAMED = 20;
/** `change 7`, `changes 7, 8 and 9`. */
export function namedChanges(ids) {
    if (ids.length > MOST_NAMED)
        return `${ids.length} changes`;
    const last = ids.at(-1);
    return ids.length === 1 ? `change ${last}` : `changes ${ids.slice(0, -1).join(', ')} and ${last}`;
}
/** What a change does, in words for a sentence. */
export function purposeOf({ operation, category, model_name }) {
    return `${operation} ${category} model ${escapedText(model_name)}`;
}
export function changeTable(changes) {
    const rows = changes.map((change) => [
        change.change_id,
        change.status,
        change.operation,
        change.category,
        cellText(change.model_name),
        cellText(change.requested_username),
        dateText(change.requested_at),
        change.batch_id ?? '',
        cellText(change.batch_title ?? ''),
    ]);
    return table(['change', 'status', 'operation', 'category', 'model', 'requested by', 'requested', 'batch', 'title'], rows);
}
/** Characters of a field's two values that fit beside each other on a line. */
const SHORT = 80;
const MARKS = {
    added: ['+', 'green'],
    removed: ['-', 'red'],
    modified: ['~', 'yellow'],
};
/**
 * A line for each field that differs, or three where its values are long.
 * @param critical paths of fields that a reviewer must not overlook
 */
export function fieldLines(fields, critical, paint) {
    const marked = new Set(critical);
    return fields.flatMap(({ path, before, after, type }) => {
        const [mark, style] = MARKS[type];
        const warning = marked.has(path) ? ` ${paint('bold', '[critical]')}` : '';
        const head = paint(style, `${mark} ${escapedText(path)}`) + warning;
        const old = before === undefined ? undefined : escapedText(before);
        const now = after === undefined ? undefined : escapedText(after);
        if (old === undefined || now === undefined)
            return [`${head}: ${paint(style, now ?? old ?? '')}`];
        if (old.length + now.length <= SHORT)
            return [`${head}: ${paint('red', old)} -> ${paint('green', now)}`];
        return [head, paint('red', `    - ${old}`), paint('green', `    + ${now}`)];
    });
}
//# sourceMappingURL=queue-words.js.map