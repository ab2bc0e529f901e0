/** What the OpenAPI document says of the pending queue, by method and path below it. */
import { STATUSES } from '../queue/pending-change.js';
import { LONGEST_JOB_ID, LONGEST_NAME, LONGEST_REASON, LONGEST_TITLE } from '../queue/queue-requests.js';
import { errorAnswer, jsonAnswer } from './route.js';
const component = (name) => ({ $ref: `#/components/schemas/${name}` });
const list = (items) => ({ type: 'array', items });
const integer = { type: 'integer' };
const ids = list(integer);
const STATUS = { type: 'string', enum: STATUSES };
const DOMAIN = query('domain_override', 'The format whose trail is asked for.', {
    type: 'string',
    enum: ['legacy', 'v2'],
    default: 'legacy',
});
const CHANGE_ID = inPath('change_id');
const BATCH_ID = inPath('batch_id');
const JOB_ID = {
    type: ['string', 'null'],
    maxLength: LONGEST_JOB_ID,
    description: 'Makes the call safe to repeat: the same job answers what it answered before, and does nothing.',
};
const KIND_FILTERS = [
    query('statuses', 'May be repeated.', list(STATUS)),
    query('categories', 'May be repeated.', list(component('Category'))),
];
const PAGE = [
    query('offset', 'Matches to leave out.', { ...integer, minimum: 0, default: 0 }),
    query('limit', 'Matches to show.', { ...integer, minimum: 1, maximum: 500, default: 50 }),
];
const DENIED = {
    401: errorAnswer('There is no key, or it is nobody’s'),
    403: errorAnswer('The user lacks the role'),
    429: errorAnswer('Too many requests or failed authentications; see Retry-After'),
    503: errorAnswer('There is no queue here, or it cannot be used now; see Retry-After'),
};
const BAD_REQUEST = { 422: errorAnswer('A parameter or the body is not right; everything wrong is named') };
const NO_CHANGE = { 404: errorAnswer('There is no such change') };
const NO_BATCH = { 404: errorAnswer('There is no such batch') };
const REPORT_FAILURES = {
    404: jsonAnswer('A change is not there', component('ApplyReport')),
    400: jsonAnswer('A change is not approved, or the changes are of several batches', component('ApplyReport')),
    409: jsonAnswer('A model has changed since the change was proposed', component('ApplyReport')),
    503: jsonAnswer('A change could not be written', component('ApplyReport')),
};
export const QUEUE_OPERATIONS = {
    'get /changes': {
        ...operation('list_pending_changes', 'Changes in the queue', 'Any user. The oldest first.'),
        parameters: [
            ...KIND_FILTERS,
            query('batch_id', 'Of this batch.', { ...integer, minimum: 1 }),
            query('model_name', 'Part of the name, in any case.', {
                type: 'string',
                minLength: 1,
                maxLength: LONGEST_NAME,
            }),
            query('requested_by', 'Ids of users; may be repeated.', list({ type: 'string' })),
            ...PAGE,
        ],
        responses: { 200: jsonAnswer('A page of changes', component('ChangePage')), ...DENIED, ...BAD_REQUEST },
    },
    'get /my_changes': {
        ...operation('list_my_pending_changes', 'Changes that the user has proposed', 'Requestors.'),
        parameters: [...KIND_FILTERS, ...PAGE],
        responses: { 200: jsonAnswer('A page of changes', component('ChangePage')), ...DENIED, ...BAD_REQUEST },
    },
    'get /changes/{change_id}': {
        ...operation('read_pending_change', 'One change', 'Any user.'),
        parameters: [CHANGE_ID],
        responses: {
            200: jsonAnswer('The change', component('PendingChange')),
            ...DENIED,
            ...NO_CHANGE,
            ...BAD_REQUEST,
        },
    },
    'get /changes/{change_id}/diff': {
        ...operation('read_pending_change_diff', 'What a change would do to its model as it is now', 'Any user. `still_applies` and `conflict` say whether it can be applied, `critical_fields` what must not be overlooked.'),
        parameters: [CHANGE_ID],
        responses: {
            200: jsonAnswer('The difference', component('ChangeDiff')),
            ...DENIED,
            ...NO_CHANGE,
            ...BAD_REQUEST,
        },
    },
    'get /diffs': {
        ...operation('read_pending_change_diffs', 'Several differences', 'Any user. In the order asked for.'),
        parameters: [
            { ...query('change_ids', 'At least one; to be repeated.', { ...ids, maxItems: 100 }), required: true },
        ],
        responses: {
            200: jsonAnswer('The differences, and the changes that there is none of', component('DiffPage')),
            ...DENIED,
            ...BAD_REQUEST,
        },
    },
    'post /batches': {
        ...operation('decide_pending_changes', 'Approve and reject changes', 'Approvers. All or none. What is approved goes to the batch that still has approved changes, or to a new one.'),
        requestBody: body({
            type: 'object',
            required: ['batch_title'],
            properties: {
                batch_title: { type: 'string', minLength: 1, maxLength: LONGEST_TITLE },
                approved_ids: { ...ids, type: ['array', 'null'] },
                rejected_ids: { ...ids, type: ['array', 'null'] },
                reject_reason: {
                    type: ['string', 'null'],
                    maxLength: LONGEST_REASON,
                    description: 'Required where anything is rejected',
                },
            },
        }),
        responses: {
            200: jsonAnswer('The changes as they are now', component('BatchResult')),
            400: errorAnswer('A change is not there, or not pending any more'),
            ...DENIED,
            ...BAD_REQUEST,
        },
    },
    'post /changes/{change_id}/apply': {
        ...operation('apply_pending_change', 'Publish an approved change', 'Approvers. One commit on the published branch, whose author is who proposed it.'),
        parameters: [CHANGE_ID],
        requestBody: body({ type: 'object', properties: { job_id: JOB_ID } }),
        responses: {
            200: jsonAnswer('The change as it is now', component('ApplyResult')),
            400: errorAnswer('The change is not approved'),
            409: errorAnswer('The model has changed since the change was proposed; it stays approved'),
            ...DENIED,
            ...NO_CHANGE,
            ...BAD_REQUEST,
        },
    },
    'post /apply': {
        ...operation('apply_pending_changes', 'Publish several approved changes', 'Approvers. In the order given, a commit for each, published together: up to the first that fails, or all or none.'),
        requestBody: body({
            type: 'object',
            required: ['change_ids'],
            properties: {
                change_ids: { ...ids, minItems: 1 },
                job_id: JOB_ID,
                allow_mixed_batch: { type: 'boolean', default: false },
                atomic: { type: 'boolean', default: false, description: 'All or none' },
            },
        }),
        responses: {
            200: jsonAnswer('All are applied', component('ApplyReport')),
            ...DENIED,
            ...BAD_REQUEST,
            ...REPORT_FAILURES,
        },
    },
    'post /apply_batch/{batch_id}': {
        ...operation('apply_batch', 'Publish all approved changes of a batch', 'Approvers. In the order of their ids; else as for several changes.'),
        parameters: [
            BATCH_ID,
            query('job_id', JOB_ID.description, { type: 'string', maxLength: LONGEST_JOB_ID }),
            query('atomic', 'All or none.', { type: 'boolean', default: false }),
        ],
        responses: {
            200: jsonAnswer('All are applied', component('ApplyReport')),
            ...DENIED,
            ...BAD_REQUEST,
            ...REPORT_FAILURES,
        },
    },
    'post /purge': {
        ...operation('purge_pending_changes', 'Take changes out of the queue', 'Approvers. What was done to them stays in the audit views, and their numbers are not given again.'),
        requestBody: body({
            type: 'object',
            properties: {
                statuses: list(STATUS),
                categories: list(component('Category')),
                model_name: { type: ['string', 'null'], maxLength: LONGEST_NAME },
                requested_by: list({ type: 'string' }),
                purge_all: { type: 'boolean', default: false, description: 'To purge without any filter' },
                dry_run: { type: 'boolean', default: false, description: 'Only tells what would go' },
            },
        }),
        responses: { 200: jsonAnswer('What went', component('PurgeResult')), ...DENIED, ...BAD_REQUEST },
    },
    'get /audit/current': {
        ...operation('audit_current', 'Changes that wait for a decision', 'Any user. The newest first.'),
        parameters: [DOMAIN],
        responses: {
            200: jsonAnswer('The changes with their events', component('AuditCurrent')),
            ...DENIED,
            ...BAD_REQUEST,
        },
    },
    'get /audit/batches': {
        ...operation('audit_batches', 'Batches', 'Any user. The newest first.'),
        parameters: [
            query('cursor', 'Batches below this one.', { ...integer, minimum: 1 }),
            query('limit', 'Batches to show.', { ...integer, minimum: 1, maximum: 50, default: 10 }),
            DOMAIN,
        ],
        responses: { 200: jsonAnswer('A page of batches', component('BatchPage')), ...DENIED, ...BAD_REQUEST },
    },
    'get /audit/batches/{batch_id}': {
        ...operation('audit_batch', 'One batch and what happened to its changes', 'Any user.'),
        parameters: [BATCH_ID, DOMAIN],
        responses: {
            200: jsonAnswer('The batch', component('AuditBatch')),
            ...DENIED,
            ...NO_BATCH,
            ...BAD_REQUEST,
        },
    },
    'get /audit/batches/{batch_id}/net_changes': {
        ...operation('audit_net_changes', 'What a batch did to models in the end', 'Any user.'),
        parameters: [BATCH_ID, DOMAIN],
        responses: {
            200: jsonAnswer('The models', component('NetChanges')),
            ...DENIED,
            ...NO_BATCH,
            ...BAD_REQUEST,
        },
    },
};
function operation(operationId, summary, description) {
    return { operationId, tags: ['pending queue'], summary, description, security: [{ APIKeyHeader: [] }] };
}
function query(name, description, schema) {
    return { name, in: 'query', description, schema };
}
function inPath(name) {
    return { name, in: 'path', required: true, schema: integer };
}
function body(schema) {
    return { required: true, content: { 'application/json': { schema } } };
}
//# sourceMappingURL=queue-operations.js.map