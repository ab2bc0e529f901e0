/** Owns the grouped form of the text reference: every record of the stored text, with its group appended. */
import { groupTextModels } from './text-groups.js';
import { pythonCompactJson, readWireRecords, wireObject, wireString } from './wire-json.js';
const GROUP = wireString('text_model_group');
const SUMMARY = wireString('text_model_group_summary');
/**
 * The stored text on one ASCII line, each record ending with `text_model_group` and `text_model_group_summary`;
 * a record that already has these members keeps their place and takes the new value.
 * Null when the text cannot be grouped: it is not JSON, or not an object of records.
 */
export function renderGroupedText(text) {
    const records = readWireRecords(text);
    if (records === null)
        return null;
    const groups = groupTextModels(new Map(Array.from(records, ([key, record]) => [key, viewOf(record)])));
    const summaries = new Map();
    const rendered = new Map();
    for (const [key, record] of records) {
        const group = groups.get(key);
        if (group === undefined)
            continue; // every key has one
        const summary = summaries.get(group) ?? pythonCompactJson(JSON.stringify(group.text_model_group_summary));
        summaries.set(group, summary);
        record.set(GROUP, wireString(group.text_model_group)).set(SUMMARY, summary);
        rendered.set(wireString(key), wireObject(record));
    }
    return wireObject(rendered);
}
function viewOf(record) {
    const consulted = (name) => JSON.parse(record.get(wireString(name)) ?? 'null');
    return {
        baseline: consulted('baseline'),
        nsfw: consulted('nsfw'),
        description: consulted('description'),
        tags: consulted('tags'),
    };
}
//# sourceMappingURL=grouped-text.js.map