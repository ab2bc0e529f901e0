/** `queue apply`: publishes approved changes, each as a commit, all in one step. */
import { AppError } from '../errors.js';
import { reportOfJob, reportText } from '../http/queue-routes.js';
import { readApply, readApplyMany } from '../queue/queue-requests.js';
import { prettyJson } from './output.js';
import { changeQueue, recordsText } from './queue-access.js';
import { batchNumber, changeIds, readOptions } from './queue-options.js';
import { namedChanges, purposeOf } from './queue-words.js';
/** @throws AppError `config-invalid`, `batch-unknown`, what the first change failed for, and as `changeQueue` */
export async function queueApply(ids, flags, output) {
    const application = readApplication(ids, flags);
    await changeQueue('queue apply', flags, output, async (writer) => {
        const report = await apply(writer, application);
        if (flags.json) {
            const applied = await recordsText(writer.queue, report.applied, false);
            output.print(prettyJson(reportText(report, applied)));
        }
        else {
            for (const line of linesOf(report))
                output.print(line);
        }
        if (report.failure)
            throw failed(report.failure, report, application);
    });
}
function readApplication(idTexts, { batch, job, atomic = false, mixed = false }) {
    if (batch === undefined) {
        if (idTexts.length === 0) {
            throw new AppError('config-invalid', 'say which changes to apply: their numbers, or --batch <number>');
        }
        const body = { change_ids: changeIds(idTexts), job_id: job, atomic, allow_mixed_batch: mixed };
        const { ids, jobId, mixed: isMixed } = readOptions(readApplyMany, body);
        // One change is of one batch, if of any.
        return { target: { ids, mixed: isMixed || ids.length === 1 }, jobId, atomic };
    }
    if (idTexts.length > 0) {
        throw new AppError('config-invalid', 'give the numbers of changes or --batch, not both');
    }
    const target = { batch: batchNumber('--batch', batch) };
    return { target, jobId: readOptions(readApply, { job_id: job }).jobId, atomic };
}
/** @throws AppError `batch-unknown` where there is nothing to apply in a batch, and as `changeQueue` */
async function apply({ queue, author, submit }, request) {
    const { target, jobId } = request;
    const members = 'batch' in target ? membersOf(queue, target.batch) : [];
    const earlier = reportOfJob(members, jobId);
    if (earlier)
        return earlier;
    const report = await submit({ transition: 'apply', ...request, actor: author });
    if (isNothing(report) && 'batch' in target && members.some(({ status }) => status !== 'applied')) {
        throw new AppError('batch-unknown', `no approved change is left in batch ${target.batch}; see: horde-references queue list --batch ${target.batch}`);
    }
    return report;
}
function membersOf({ index }, batch) {
    const members = index.matching({ batchId: batch });
    if (members.length > 0)
        return members;
    throw new AppError('batch-unknown', `there is no change in batch ${batch}; see which there are with: horde-references queue list --status approved`);
}
function isNothing({ applied, failure }) {
    return applied.length === 0 && failure === undefined;
}
function linesOf(report) {
    if (isNothing(report))
        return ['Nothing to apply: all of the batch is applied already.'];
    const lines = report.applied.map(appliedLine);
    const { split } = report;
    if (split) {
        const { original_batch_id: from, new_batch_id: to, reassigned_change_ids: ids } = split;
        lines.push(`Moved ${namedChanges(ids)}, left over, from batch ${from} to batch ${to}.`);
    }
    return lines;
}
function appliedLine(change) {
    const { applied_commit: commit } = change.ledger;
    const where = commit === undefined ? 'there was nothing to change' : `in ${commit.slice(0, 8)}`;
    return `Applied change ${change.change_id}, ${purposeOf(change)}: ${where}.`;
}
/** Says what stopped the call, what became of the rest, and where to look. */
function failed({ change_id: id, error, code }, { applied }, { target }) {
    const isOne = 'ids' in target && target.ids.length === 1;
    const before = applied.map(({ change_id }) => change_id);
    const rest = before.length > 0 ? `applied before it: ${namedChanges(before)}` : 'nothing was applied';
    const words = [error.replace(/\.$/, ''), ...(isOne ? [] : [rest])].join('; ');
    const command = code === 'change-unknown' ? 'list' : `${code === 'change-conflict' ? 'diff' : 'show'} ${id}`;
    return new AppError(code, `change ${id} was not applied: ${words}. See: horde-references queue ${command}`);
}
//# sourceMappingURL=queue-apply.js.map