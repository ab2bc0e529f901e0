/**
 * What the ledger says of one proposed change, and its file form. Names are those of the wire, so that whoever reads the
 * ledger with git finds what the API shows (spec: pending queue, section 1). Pure.
 */
import { findCategory } from '../categories.js';
import { AppError } from '../errors.js';
import { fieldsText, recordFields } from '../record/record-fields.js';
import { renderJson } from '../record/render-json.js';
import { isObject } from '../record/schema-issues.js';
import { relatedModels } from '../record/text-variants.js';
import { factsProblem, isCount } from './ledger-facts.js';
import { LEDGER_REF } from './ledger-layout.js';
/** In the order of the wire. Nothing is stored as `applying`: a change either is applied or is not (differences, Q3). */
export const STATUSES = ['pending', 'approved', 'applying', 'applied', 'rejected'];
export const NO_COUNTERS = { last_change_id: 0, last_batch_id: 0, last_event_id: 0 };
const PRETTY = { lineStart: '\n', unit: '  ', comma: ',', colon: ': ' };
export function changeText(change) {
    return `${JSON.stringify(change, null, 2)}\n`;
}
export function contentText({ payload, before }) {
    const fields = new Map([
        ['payload', payload ?? 'null'],
        ['before', before ?? 'null'],
    ]);
    return `${renderJson(fieldsText(fields), PRETTY, false)}\n`;
}
export function countersText(counters) {
    return `${JSON.stringify(counters, null, 2)}\n`;
}
/**
 * @param where says which object the text comes from, for people
 * @throws AppError `ledger-broken` that names it
 */
export function readChange(text, id, where) {
    const change = parsed(text, where);
    const problem = problemOf(change, id);
    if (problem !== undefined)
        throw brokenLedger(where(), problem);
    return change;
}
/** Throws as `readChange`. */
export function readContent(text, where) {
    parsed(text, where);
    const fields = recordFields(text);
    const record = (name) => {
        const value = fields.get(name);
        if (value === 'null')
            return null;
        if (!value?.startsWith('{'))
            throw brokenLedger(where(), `${name} must be a record or null`);
        return value;
    };
    return { payload: record('payload'), before: record('before') };
}
/** Throws as `readChange`. */
export function readCounters(text, where) {
    const counters = parsed(text, where);
    for (const name of Object.keys(NO_COUNTERS)) {
        if (!isCount(counters[name]))
            throw brokenLedger(where(), `${name} must be a number that was given out`);
    }
    return counters;
}
/** For whatever in the ledger is not as this program writes it. */
export function brokenLedger(where, problem) {
    return new AppError('ledger-broken', `The ledger of the queue is damaged: ${where}: ${problem}. Put ${LEDGER_REF} back to a good commit; ` +
        `git reflog show ${LEDGER_REF} and git log ${LEDGER_REF} tell which there are`);
}
/**
 * For a ledger that was there a moment ago.
 * @param last the commit that it was at
 */
export function goneLedger(last) {
    return new AppError('ledger-broken', `The ledger of the queue is gone: ${LEDGER_REF} was at ${last}. Put it back with: git update-ref ${LEDGER_REF} ${last}; ` +
        'or start the service anew, to begin a new one');
}
function parsed(text, where) {
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        throw brokenLedger(where(), 'not JSON');
    }
    if (!isObject(value))
        throw brokenLedger(where(), 'not an object');
    return value;
}
const REQUIRED_TEXTS = ['category', 'model_name', 'requested_by', 'requested_username'];
const OPTIONAL_TEXTS = [
    'notes',
    'batch_title',
    'approved_by',
    'approved_username',
    'rejected_by',
    'rejected_username',
    'reject_reason',
    'applied_by',
    'applied_username',
    'applied_job_id',
];
const OPTIONAL_COUNTS = ['batch_id', 'approved_at', 'rejected_at', 'applied_at'];
const OPERATIONS = new Set(['create', 'update', 'delete']);
const STORED_STATUSES = new Set(STATUSES.filter((status) => status !== 'applying'));
function problemOf(change, id) {
    if (change.change_id !== id)
        return `change_id must be ${id}`;
    for (const name of REQUIRED_TEXTS)
        if (typeof change[name] !== 'string')
            return `${name} must be a text`;
    for (const name of OPTIONAL_TEXTS) {
        if (change[name] !== undefined && typeof change[name] !== 'string')
            return `${name} must be a text`;
    }
    for (const name of OPTIONAL_COUNTS) {
        if (change[name] !== undefined && !isCount(change[name]))
            return `${name} must be a number`;
    }
    if (!findCategory(String(change.category)))
        return `there is no category '${String(change.category)}'`;
    if (!OPERATIONS.has(change.operation))
        return 'operation must be create, update or delete';
    if (!STORED_STATUSES.has(change.status))
        return 'status must be pending, approved, applied or rejected';
    if (!isCount(change.requested_at) || !isCount(change.updated_at)) {
        return 'requested_at and updated_at must be unix seconds';
    }
    if (change.status === 'approved' && change.batch_id === undefined)
        return 'an approved change has a batch_id';
    return factsProblem(change.ledger);
}
/** What the API calls the route by which a change came. */
export function routeTag({ category, operation }) {
    if (operation === 'delete')
        return 'delete_legacy_model';
    // The original has this one name that leaves the category out.
    if (operation === 'update' && category === 'image_generation')
        return 'update_legacy_model';
    return `${operation}_legacy_${category}_model`;
}
/** The twins that go with a text model; null for others. */
export function relatedModelsOf({ category, model_name, }) {
    return category === 'text_generation' ? relatedModels(model_name) : null;
}
/**
 * The record as the wire has it, as JSON text.
 * @param nulls whether absent fields are told as null, or left out
 */
export function wireText(change, { payload, before }, nulls) {
    const { change_id, category, model_name, operation, requested_by, requested_username, requested_at, status, notes, batch_id, batch_title, approved_by, approved_username, approved_at, rejected_by, rejected_username, rejected_at, reject_reason, applied_at, applied_by, applied_username, applied_job_id, updated_at, } = change;
    const head = { change_id, category, model_name, operation };
    const rest = {
        requested_by,
        requested_username,
        requested_at,
        status,
        notes,
        batch_id,
        batch_title,
        approved_by,
        approved_username,
        approved_at,
        rejected_by,
        rejected_username,
        rejected_at,
        reject_reason,
        applied_at,
        applied_by,
        applied_username,
        applied_job_id,
        updated_at,
        request_metadata: { route: routeTag(change) },
        related_models: relatedModelsOf(change) ?? undefined,
    };
    const text = (fields) => Object.entries(fields)
        .filter(([, value]) => nulls || value !== undefined)
        .map(([name, value]) => `"${name}":${JSON.stringify(value ?? null)}`)
        .join();
    const record = payload ?? before;
    const middle = record === null && !nulls ? '' : `"payload":${record ?? 'null'},`;
    return `{${text(head)},${middle}${text(rest)}}`;
}
//# sourceMappingURL=pending-change.js.map