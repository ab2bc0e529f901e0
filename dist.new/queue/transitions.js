/** The steps that a change can take, each from one state to the next (spec: pending queue, sections 4, 5 and 7). Pure. */
export function approve(change, batch, title, step) {
    return {
        ...change,
        status: 'approved',
        batch_id: batch,
        batch_title: title,
        approved_by: step.by,
        approved_username: step.username,
        approved_at: step.at,
        updated_at: step.at,
        ledger: { ...change.ledger, decision_event: step.event, decision_batch: batch },
    };
}
/** @param batch of the approvals that were decided in the same call; undefined where there were none */
export function reject(change, batch, title, reason, step) {
    return {
        ...change,
        status: 'rejected',
        ...(batch !== undefined && { batch_id: batch }),
        batch_title: title,
        rejected_by: step.by,
        rejected_username: step.username,
        rejected_at: step.at,
        reject_reason: reason,
        updated_at: step.at,
        ledger: {
            ...change.ledger,
            decision_event: step.event,
            ...(batch !== undefined && { decision_batch: batch }),
        },
    };
}
/** @param commit on the published branch; undefined where there was nothing to change */
export function markApplied(change, job, commit, step) {
    return {
        ...change,
        status: 'applied',
        applied_at: step.at,
        applied_by: step.by,
        applied_username: step.username,
        applied_job_id: job,
        updated_at: step.at,
        ledger: {
            ...change.ledger,
            apply_event: step.event,
            ...(commit !== undefined && { applied_commit: commit }),
        },
    };
}
/** Writes down what else the call answered that applied a change. */
export function noteJob(change, split, failure) {
    if (!split && !failure)
        return change;
    const ledger = {
        ...change.ledger,
        ...(split && { job_split: split }),
        ...(failure && { job_failure: failure }),
    };
    return { ...change, ledger };
}
/** Takes an approved change that was left over to another batch. */
export function moveToBatch(change, batch, at, event) {
    return { ...change, batch_id: batch, updated_at: at, ledger: { ...change.ledger, moved_event: event } };
}
/** Takes a change out of the queue; what is known of it stays in the ledger. */
export function purge(change, { event, at, by, username }) {
    return { ...change, ledger: { ...change.ledger, purged: { event, at, by, username } } };
}
/** A change as it was when it was proposed. */
export function asProposed(change) {
    const { change_id, category, model_name, operation, requested_by, requested_username, requested_at } = change;
    const { notes, ledger } = change;
    return {
        change_id,
        category,
        model_name,
        operation,
        requested_by,
        requested_username,
        requested_at,
        status: 'pending',
        ...(notes !== undefined && { notes }),
        updated_at: requested_at,
        ledger: { proposal: ledger.proposal, enqueue_event: ledger.enqueue_event },
    };
}
/** Why a change cannot be decided on; undefined when it can. */
export function undecidable(change, id) {
    if (!change)
        return `Change ${id} does not exist.`;
    if (change.status === 'pending')
        return undefined;
    return `Change ${id} is not pending (status=${change.status}).`;
}
/** Why a set of changes cannot be applied in one call; undefined when it can. Ids that are not there are for another check. */
export function notOneBatch(changes) {
    if (changes.some(({ batch_id }) => batch_id === undefined)) {
        return 'Cannot apply changes that have not been approved in a batch';
    }
    const batches = [...new Set(changes.map(({ batch_id = 0 }) => batch_id))].sort((a, b) => a - b);
    if (batches.length <= 1)
        return undefined;
    return `All changes must belong to the same batch. Found batch IDs: [${batches.join(', ')}]`;
}
//# sourceMappingURL=transitions.js.map