/** What the commits of the ledger say: a sentence for people, and the event as trailers that tools read back. Pure. */
const WORDS = { create: 'add', update: 'update', delete: 'remove' };
export function proposeMessage(change, trailers) {
    const { change_id: id, category, operation, model_name: model, requested_username, ledger } = change;
    return {
        subject: `Propose change ${id}: ${WORDS[operation]} ${category} model ${model}`,
        trailers: [
            ['Event', 'propose'],
            ['Event-Id', String(ledger.enqueue_event)],
            ['Change-Id', String(id)],
            ['Category', category],
            ['Model', model],
            ['Operation', operation],
            ['Requested-By', requested_username],
            ['Proposal', ledger.proposal],
            ...trailers,
        ],
    };
}
export function decideMessage(title, username, reason, approved, rejected) {
    const batch = approved[0]?.batch_id;
    const parts = [
        ...(approved.length > 0 ? [`Approve ${named(approved)} in batch ${batch}`] : []),
        ...(rejected.length > 0 ? [`${approved.length > 0 ? 'reject' : 'Reject'} ${named(rejected)}`] : []),
    ];
    const events = (event, changes) => changes.flatMap(({ change_id, ledger }) => [
        ['Event', event],
        ['Event-Id', String(ledger.decision_event)],
        ['Change-Id', String(change_id)],
    ]);
    return {
        subject: parts.join(', '),
        trailers: [
            ...events('approve', approved),
            ...events('reject', rejected),
            ...(batch === undefined ? [] : [['Batch-Id', String(batch)]]),
            ['Batch-Title', title],
            ...(rejected.length > 0 ? [['Reason', reason]] : []),
            ...(approved.length > 0 ? [['Approved-By', username]] : []),
            ...(rejected.length > 0 ? [['Rejected-By', username]] : []),
        ],
    };
}
/** @param applied with the batches that they were applied in */
export function applyMessage(username, applied) {
    return {
        subject: `Apply ${named(applied)}`,
        trailers: [
            ...applied.flatMap(({ change_id, batch_id, applied_job_id = '', ledger }) => [
                ['Event', 'apply'],
                ['Event-Id', String(ledger.apply_event)],
                ['Change-Id', String(change_id)],
                ['Batch-Id', String(batch_id)],
                ['Job-Id', applied_job_id],
                ...(ledger.applied_commit === undefined ? [] : [['Commit', ledger.applied_commit]]),
            ]),
            ['Applied-By', username],
        ],
    };
}
export function splitMessage({ event, original_batch_id: original, new_batch_id: next, reassigned_change_ids: ids, }) {
    return {
        subject: `Split batch ${original}: ${count(ids.length)} left over go to batch ${next}`,
        trailers: [
            ['Event', 'split'],
            ['Event-Id', String(event)],
            ['Batch-Id', String(original)],
            ['New-Batch-Id', String(next)],
            ...ids.map((id) => ['Change-Id', String(id)]),
        ],
    };
}
export function purgeMessage(username, purged) {
    return {
        subject: `Purge ${named(purged)}`,
        trailers: [
            ...purged.flatMap(({ change_id, ledger }) => [
                ['Event', 'purge'],
                ['Event-Id', String(ledger.purged?.event)],
                ['Change-Id', String(change_id)],
            ]),
            ['Purged-By', username],
        ],
    };
}
/** More than a line can name are counted. */
const MOST_NAMED = 5;
function named(changes) {
    const ids = changes.map(({ change_id }) => change_id);
    if (ids.length > MOST_NAMED)
        return count(ids.length);
    return `${ids.length === 1 ? 'change' : 'changes'} ${ids.join(', ')}`;
}
function count(changes) {
    return changes === 1 ? '1 change' : `${changes} changes`;
}
//# sourceMappingURL=ledger-messages.js.map