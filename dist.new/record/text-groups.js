/**
 * Owns which text_generation records belong together and what is said about each group
 * (spec: include group, sections 2 and 4).
 */
import { compareCodePoints, isTruthy, pythonText } from './python-values.js';
import { parseTextModelName, textModelGroup } from './text-name.js';
import { describeNameFormat } from './text-name-format.js';
/** The group of every key. Members of one group share one object, and stand in it in the order of the records. */
export function groupTextModels(records) {
    const membersByGroup = new Map();
    for (const [key, record] of records) {
        const name = textModelGroup(key);
        const members = membersByGroup.get(name);
        if (members === undefined)
            membersByGroup.set(name, new Map([[key, record]]));
        else
            members.set(key, record);
    }
    const groups = new Map();
    for (const [name, members] of membersByGroup) {
        const group = { text_model_group: name, text_model_group_summary: summarise(members) };
        for (const key of members.keys())
            groups.set(key, group);
    }
    return groups;
}
function summarise(members) {
    const keys = [...members.keys()];
    const records = [...members.values()];
    // The full key on purpose, as in the original: an author such as `Sao10K` adds its own "size".
    const parsedKeys = keys.map(parseTextModelName);
    return {
        member_count: keys.length,
        available_sizes: distinctSorted(parsedKeys.map(({ size }) => size)),
        available_quants: distinctSorted(parsedKeys.map(({ quant }) => quant)),
        common_baseline: commonBaseline(records),
        any_nsfw: records.some(({ nsfw }) => isTruthy(nsfw)),
        any_has_description: records.some(({ description }) => isTruthy(description)),
        merged_tags: distinctSorted(records.flatMap(({ tags }) => (Array.isArray(tags) ? tags.map(pythonText) : []))),
        name_format: describeNameFormat(keys),
    };
}
/** The one baseline that the members name, if they name but one; those that name none have no say. */
function commonBaseline(records) {
    const named = new Set(records.map(({ baseline }) => baseline).filter(isTruthy));
    const [baseline] = named;
    return named.size === 1 && typeof baseline === 'string' ? baseline : null;
}
function distinctSorted(values) {
    return [...new Set(values)].filter((value) => value !== null).sort(compareCodePoints);
}
//# sourceMappingURL=text-groups.js.map