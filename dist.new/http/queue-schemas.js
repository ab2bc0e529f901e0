/** Schemas of the OpenAPI document for what the pending queue answers. */
import { STATUSES } from '../queue/pending-change.js';
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const list = (items) => ({ type: 'array', items });
const integer = { type: 'integer' };
const count = { type: 'integer', minimum: 0 };
const text = { type: 'string' };
const flag = { type: 'boolean' };
const optionalText = { type: ['string', 'null'] };
const optionalInteger = { type: ['integer', 'null'] };
const optionalRecord = { type: ['object', 'null'] };
const unixTime = { type: 'integer', description: 'Unix seconds' };
const optionalTime = { type: ['integer', 'null'], description: 'Unix seconds' };
const operation = { type: 'string', enum: ['create', 'update', 'delete'] };
const status = { type: 'string', enum: STATUSES };
const netOperation = { type: 'string', enum: ['added', 'modified', 'deleted', 'unchanged'] };
const object = (properties, optional = []) => ({
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
});
const identifying = {
    change_id: integer,
    category: ref('Category'),
    model_name: text,
    operation,
};
const CHANGE = {
    ...identifying,
    payload: { ...optionalRecord, description: 'What is proposed; of a delete what is to go' },
    requested_by: text,
    requested_username: text,
    requested_at: unixTime,
    status,
    notes: { ...optionalText, description: 'What a reviewer should look at' },
    batch_id: optionalInteger,
    batch_title: optionalText,
    approved_by: optionalText,
    approved_username: optionalText,
    approved_at: optionalTime,
    rejected_by: optionalText,
    rejected_username: optionalText,
    rejected_at: optionalTime,
    reject_reason: optionalText,
    applied_at: optionalTime,
    applied_by: optionalText,
    applied_username: optionalText,
    applied_job_id: optionalText,
    updated_at: unixTime,
    request_metadata: { type: ['object', 'null'], properties: { route: text } },
    related_models: { type: ['array', 'null'], items: text, description: 'Twins of a text model' },
};
const SPLIT = {
    batch_split_occurred: flag,
    batch_split_original_batch_id: integer,
    batch_split_new_batch_id: integer,
    batch_split_reassigned_count: count,
};
const SPLIT_OPTIONAL = Object.keys(SPLIT).filter((name) => name !== 'batch_split_occurred');
const SUMMARY = {
    batch_id: integer,
    batch_title: optionalText,
    approved_by: optionalText,
    approved_at: optionalTime,
    applied_at: optionalTime,
    approved_change_count: count,
    rejected_change_count: count,
    applied_change_count: count,
    total_change_count: count,
    last_event_id: count,
};
export const QUEUE_SCHEMAS = {
    PendingChange: {
        ...object(CHANGE, [
            'notes',
            'payload',
            ...Object.keys(CHANGE).filter((name) => /^(batch|approved|rejected|reject|applied|related)_/.test(name)),
        ]),
        description: 'A proposed change. Some answers leave out what is null.',
    },
    ChangePage: object({ items: list(ref('PendingChange')), total: count, offset: count, limit: integer }),
    BatchResult: object({
        batch_id: optionalInteger,
        batch_title: text,
        approved: list(ref('PendingChange')),
        rejected: list(ref('PendingChange')),
    }),
    ApplyResult: object({ record: ref('PendingChange'), ...SPLIT }, SPLIT_OPTIONAL),
    ApplyReport: object({
        applied: list(ref('PendingChange')),
        failed_change_id: integer,
        failed_error: text,
        failed_error_type: text,
        ...SPLIT,
    }, ['failed_change_id', 'failed_error', 'failed_error_type', ...SPLIT_OPTIONAL]),
    PurgeResult: object({ removed_count: count, removed_change_ids: list(integer), dry_run: flag }),
    FieldDiff: object({
        field_path: text,
        old_value: {},
        new_value: {},
        change_type: { type: 'string', enum: ['added', 'removed', 'modified'] },
    }),
    ChangeDiff: object({
        ...identifying,
        current_state: optionalRecord,
        proposed_state: optionalRecord,
        net_operation: netOperation,
        field_diffs: list(ref('FieldDiff')),
        is_critical: flag,
        fields_added: list(text),
        fields_removed: list(text),
        fields_modified: list(text),
        critical_fields: list(text),
        still_applies: flag,
        conflict: optionalText,
    }),
    DiffPage: object({
        diffs: list(ref('ChangeDiff')),
        total: count,
        errors: list(object({ change_id: integer, error: text, error_type: text })),
    }),
    AuditChange: object({
        change_id: integer,
        status,
        operation,
        category: ref('Category'),
        model_name: text,
        requested_by: text,
        requested_at: unixTime,
        approved_by: optionalText,
        approved_at: optionalTime,
        rejected_by: optionalText,
        rejected_at: optionalTime,
        reject_reason: optionalText,
        applied_by: optionalText,
        applied_at: optionalTime,
        applied_job_id: optionalText,
        batch_id: optionalInteger,
        batch_title: optionalText,
        events: list(object({
            event_id: integer,
            timestamp: unixTime,
            action: { type: 'string', enum: ['enqueue', 'approve', 'reject', 'apply', 'purge'] },
            logical_user_id: text,
            payload: { type: 'object' },
        })),
    }),
    AuditCurrent: object({
        domain: text,
        pending_changes: list(ref('AuditChange')),
        total_pending: count,
        generated_at: unixTime,
    }),
    BatchSummary: object(SUMMARY),
    BatchPage: object({ domain: text, batches: list(ref('BatchSummary')), next_cursor: optionalInteger }),
    AuditBatch: object({ ...SUMMARY, changes: list(ref('AuditChange')) }),
    NetChanges: object({
        batch_id: integer,
        batch_title: optionalText,
        domain: text,
        model_changes: list(object({
            model_name: text,
            category: ref('Category'),
            net_operation: netOperation,
            before_state: optionalRecord,
            after_state: optionalRecord,
            field_diffs: list(ref('FieldDiff')),
            is_critical: flag,
        })),
        models_added: count,
        models_modified: count,
        models_deleted: count,
        models_unchanged: count,
        total_field_changes: count,
        has_critical_changes: flag,
        generated_at: unixTime,
    }),
};
//# sourceMappingURL=queue-schemas.js.map