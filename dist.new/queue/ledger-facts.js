/** Says what is wrong with what the ledger alone knows of a change: anybody may have edited it by hand. Pure. */
import { isObject } from '../record/schema-issues.js';
const count = (name) => [name, 'a number', isCount];
const text = (name) => [name, 'a text', (value) => typeof value === 'string'];
const commit = (name) => [
    name,
    'a commit id',
    (value) => typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value),
];
const counts = (name) => [
    name,
    'numbers',
    (value) => Array.isArray(value) && value.every(isCount),
];
const REQUIRED = [commit('proposal'), count('enqueue_event')];
const OPTIONAL = [
    ...['decision_event', 'decision_batch', 'moved_event', 'apply_event'].map(count),
    commit('applied_commit'),
];
/** Each is there as a whole or not at all. */
const GROUPS = [
    [
        'job_split',
        [...['event', 'original_batch_id', 'new_batch_id'].map(count), counts('reassigned_change_ids')],
    ],
    ['job_failure', [count('change_id'), ...['error', 'error_type', 'code'].map(text)]],
    ['purged', [...['event', 'at'].map(count), ...['by', 'username'].map(text)]],
    ['idempotency', ['key', 'request'].map(text)],
];
/** @returns undefined for facts as this program writes them */
export function factsProblem(ledger) {
    if (!isObject(ledger))
        return 'ledger must be an object';
    for (const check of REQUIRED)
        if (!holds(ledger, check))
            return problem('ledger', check);
    for (const check of OPTIONAL) {
        if (ledger[check[0]] !== undefined && !holds(ledger, check))
            return problem('ledger', check);
    }
    for (const [name, facts] of GROUPS) {
        const group = ledger[name];
        if (group === undefined)
            continue;
        if (!isObject(group))
            return `ledger.${name} must be an object`;
        for (const check of facts)
            if (!holds(group, check))
                return problem(`ledger.${name}`, check);
    }
    return undefined;
}
function holds(facts, [name, , test]) {
    return test(facts[name]);
}
function problem(where, [name, words]) {
    return `${where}.${name} must be ${words}`;
}
export function isCount(value) {
    return Number.isSafeInteger(value) && Number(value) >= 0;
}
//# sourceMappingURL=ledger-facts.js.map