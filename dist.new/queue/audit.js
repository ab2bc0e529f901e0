/**
 * The audit views: who did what to which change, as the ledger has it (spec: pending queue, section 8; differences Q8 and Q9).
 * Pure; each is made from the index when it is asked for.
 */
/** A change with its events, absent values as null. */
export function auditChange(change) {
    const { change_id, status, operation, category, model_name, requested_by, requested_at, approved_by = null, approved_at = null, rejected_by = null, rejected_at = null, reject_reason = null, applied_by = null, applied_at = null, applied_job_id = null, batch_id = null, batch_title = null, } = change;
    return {
        change_id,
        status,
        operation,
        category,
        model_name,
        requested_by,
        requested_at,
        approved_by,
        approved_at,
        rejected_by,
        rejected_at,
        reject_reason,
        applied_by,
        applied_at,
        applied_job_id,
        batch_id,
        batch_title,
        events: eventsOf(change),
    };
}
/** What happened to a change, in order. */
export function eventsOf(change) {
    const { change_id, ledger } = change;
    const events = [];
    const note = (action, event_id, timestamp = 0, logical_user_id = '', facts = {}) => {
        const payload = { change_id, ...facts };
        events.push({ event_id, timestamp, action, logical_user_id, payload });
    };
    const { operation, category, model_name: model, batch_title, applied_job_id: job_id } = change;
    const enqueued = { operation, category, action: 'enqueue', model };
    note('enqueue', ledger.enqueue_event, change.requested_at, change.requested_by, enqueued);
    const { decision_event, decision_batch: batch_id } = ledger;
    if (decision_event !== undefined && change.rejected_at !== undefined) {
        const { rejected_at, rejected_by, reject_reason: reason } = change;
        const batch = batch_id === undefined ? {} : { batch_id };
        note('reject', decision_event, rejected_at, rejected_by, {
            ...batch,
            batch_title,
            reason,
            action: 'reject',
        });
    }
    else if (decision_event !== undefined) {
        const { approved_at, approved_by } = change;
        note('approve', decision_event, approved_at, approved_by, { batch_id, batch_title, action: 'approve' });
    }
    if (ledger.apply_event !== undefined) {
        const { applied_at, applied_by, batch_id: batch } = change;
        note('apply', ledger.apply_event, applied_at, applied_by, { batch_id: batch, job_id, action: 'apply' });
    }
    if (ledger.purged) {
        const { event, at, by, username } = ledger.purged;
        const { requested_by } = change;
        const facts = { category, requested_by, purged_by_username: username, action: 'purge', model };
        note('purge', event, at, by, facts);
    }
    return events;
}
/** Changes that wait for a decision, the newest first. */
export function auditCurrent(index) {
    return [...index.matching({ statuses: ['pending'] })]
        .sort((a, b) => b.requested_at - a.requested_at || b.change_id - a.change_id)
        .map(auditChange);
}
/** @returns undefined for a batch that no change is in */
export function batchSummary(index, batch) {
    const members = index.inBatch(batch);
    if (members.length === 0)
        return undefined;
    const decision = index.firstDecision(batch);
    const count = (field) => members.filter((change) => change[field] !== undefined).length;
    const approved = count('approved_at');
    const rejected = count('rejected_at');
    const appliedTimes = members.flatMap(({ applied_at = [] }) => applied_at);
    const titled = members.reduce((a, b) => (titleEvent(b, batch) > titleEvent(a, batch) ? b : a));
    return {
        batch_id: batch,
        batch_title: titled.batch_title ?? null,
        approved_by: decision?.by ?? null,
        approved_at: decision?.at ?? null,
        applied_at: appliedTimes.length > 0 ? appliedTimes.reduce((a, b) => Math.max(a, b)) : null,
        approved_change_count: approved,
        rejected_change_count: rejected,
        applied_change_count: appliedTimes.length,
        total_change_count: approved + rejected,
        last_event_id: members.reduce((last, change) => Math.max(last, lastEvent(change, batch)), 0),
    };
}
/** A page of batches, the newest first. */
export function batchPage(index, cursor, limit) {
    const ids = index.batchIds().filter((id) => cursor === undefined || id < cursor);
    const shown = ids.slice(0, limit);
    const batches = shown.flatMap((id) => batchSummary(index, id) ?? []);
    return { batches, next_cursor: ids.length > limit ? (shown.at(-1) ?? null) : null };
}
/** Number of the last event by which a change concerns a batch that it is in. */
function lastEvent(change, batch) {
    const { moved_event = 0, job_split, purged } = change.ledger;
    const split = job_split?.original_batch_id === batch ? job_split.event : 0;
    return Math.max(titleEvent(change, batch), moved_event, split, purged?.event ?? 0);
}
/** The same of what gives the batch its title: a change that a split brought has it from another, and a purge says nothing. */
function titleEvent({ ledger }, batch) {
    const { decision_batch, decision_event = 0, apply_event = 0 } = ledger;
    return Math.max(decision_batch === batch ? decision_event : 0, apply_event);
}
//# sourceMappingURL=audit.js.map