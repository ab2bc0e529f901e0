/** `queue audit`: who decided what, batch by batch; the events of one batch; what it did to models in the end. */
import { systemClock } from '../clock.js';
import { AppError } from '../errors.js';
import { auditChange, batchPage, batchSummary, eventsOf, } from '../queue/audit.js';
import { netChangesText } from '../queue/net-changes.js';
import { openDataRepository } from './data-repository.js';
import { prettyJson, table } from './output.js';
import { readQueue } from './queue-access.js';
import { netChangesLines } from './queue-net-changes.js';
import { batchNumber, countOf } from './queue-options.js';
import { cellText, dateText, escapedText } from './terminal-text.js';
/** @throws AppError `config-invalid`, `batch-unknown`, `ledger-broken` */
export async function queueAudit(flags, output) {
    const { batch, net, cursor } = flags;
    if (net && batch === undefined) {
        throw new AppError('config-invalid', '--net is about one batch; name it with --batch <number>');
    }
    const limit = countOf('--limit', flags.limit, { zeroIsAll: true });
    const before = cursor === undefined ? undefined : batchNumber('--cursor', cursor);
    const wanted = batch === undefined ? undefined : batchNumber('--batch', batch);
    const { repository } = await openDataRepository(flags);
    await readQueue(repository, async ({ queue }) => {
        if (wanted === undefined) {
            showBatches(queue, before, limit, flags, output);
            return;
        }
        const summary = batchSummary(queue.index, wanted);
        if (!summary) {
            throw new AppError('batch-unknown', `there is no batch ${wanted}; see which there are with: horde-references queue audit`);
        }
        if (net)
            await showNetChanges(queue, summary, flags, output);
        else
            showBatch(queue, summary, flags, output);
    });
}
function showBatches({ index }, cursor, limit, { json }, output) {
    const page = batchPage(index, cursor, limit);
    if (json) {
        output.print(JSON.stringify({ domain: 'legacy', ...page }, null, 2));
        return;
    }
    const date = (time) => (time === null ? '' : dateText(time));
    const rows = page.batches.map((summary) => [
        summary.batch_id,
        cellText(summary.batch_title ?? ''),
        cellText(decidedBy(summary, index.inBatch(summary.batch_id))),
        date(summary.approved_at),
        date(summary.applied_at),
        summary.approved_change_count,
        summary.rejected_change_count,
        summary.applied_change_count,
    ]);
    const headings = [
        'batch',
        'title',
        'decided by',
        'decided',
        'applied',
        'approved',
        'rejected',
        'published',
    ];
    if (rows.length > 0)
        output.print(table(headings, rows));
    else
        output.note(`note: there is no batch${cursor === undefined ? ' yet' : ` below ${cursor}`}`);
    if (page.next_cursor !== null) {
        output.note(`note: there are older ones; --cursor ${page.next_cursor} shows them, -n 0 all`);
    }
}
/** The name of who decided first, where a change of the batch still tells it. */
function decidedBy({ approved_by }, members) {
    const approved = members.find((change) => change.approved_by === approved_by);
    const rejected = members.find((change) => change.rejected_by === approved_by);
    return approved?.approved_username ?? rejected?.rejected_username ?? approved_by ?? '';
}
function showBatch({ index }, summary, { json }, output) {
    const changes = index.inBatch(summary.batch_id);
    if (json) {
        output.print(JSON.stringify({ ...summary, changes: changes.map(auditChange) }, null, 2));
        return;
    }
    const { approved_change_count: approved, rejected_change_count: rejected } = summary;
    output.print(`${heading(summary, output)}\n${approved} approved, ${rejected} rejected, ${summary.applied_change_count} applied\n`);
    const rows = changes
        .flatMap((change) => eventsOf(change).map((event) => ({ event, change })))
        .sort((a, b) => a.event.event_id - b.event.event_id)
        .map(({ event, change }) => [
        event.event_id,
        dateText(event.timestamp),
        event.action,
        cellText(usernameOf(event, change)),
        change.change_id,
        change.operation,
        change.category,
        cellText(change.model_name),
        cellText(detailOf(event, change)),
    ]);
    output.print(table(['event', 'date', 'action', 'by', 'change', 'operation', 'category', 'model', 'title, reason, job'], rows));
}
function heading({ batch_id, batch_title }, { paint }) {
    const title = batch_title === null ? '' : `, ${escapedText(JSON.stringify(batch_title))}`;
    return paint('bold', `batch ${batch_id}${title}`);
}
function usernameOf({ action, logical_user_id }, change) {
    const names = {
        enqueue: change.requested_username,
        approve: change.approved_username,
        reject: change.rejected_username,
        apply: change.applied_username,
        purge: change.ledger.purged?.username,
    };
    return names[action] ?? logical_user_id;
}
function detailOf({ action }, change) {
    if (action === 'approve')
        return change.batch_title ?? '';
    if (action === 'reject')
        return change.reject_reason ?? '';
    return action === 'apply' ? (change.applied_job_id ?? '') : '';
}
async function showNetChanges(queue, summary, { json }, output) {
    const { batch_id: id, batch_title: title } = summary;
    const applied = queue.index.inBatch(id).filter(({ status }) => status === 'applied');
    const contents = applied.map(async (change) => [change, await queue.content(change.change_id)]);
    const text = netChangesText({ id, title }, await Promise.all(contents), Math.floor(systemClock() / 1000));
    output.print(json ? prettyJson(text) : [heading(summary, output), ...netChangesLines(text, output.paint)].join('\n'));
}
//# sourceMappingURL=queue-audit.js.map