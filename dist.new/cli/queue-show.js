/** `queue show`: one change with all that is known of it. */
import { isOpen } from '../queue/change-diff.js';
import { pendingRef } from '../queue/ledger-layout.js';
import { relatedModelsOf, wireText } from '../queue/pending-change.js';
import { openDataRepository } from './data-repository.js';
import { prettyJson } from './output.js';
import { findChange, readQueue } from './queue-access.js';
import { changeIds } from './queue-options.js';
import { purposeOf } from './queue-words.js';
import { dateText, escapedLines, escapedText } from './terminal-text.js';
/** @throws AppError `config-invalid`, `change-unknown`, `ledger-broken` */
export async function queueShow(idText, flags, output) {
    const [id = 0] = changeIds([idText]);
    const { repository } = await openDataRepository(flags);
    await readQueue(repository, async ({ queue }) => {
        const change = findChange(queue, id);
        const content = await queue.content(id);
        if (flags.json) {
            output.print(prettyJson(wireText(change, content, true)));
            return;
        }
        for (const [name, text] of await factsOf(change, repository)) {
            output.print(`${output.paint('dim', name.padEnd(NAMES))} ${text}`);
        }
        const { payload, before } = content;
        output.print(`${output.paint('dim', payload === null ? 'record that goes' : 'record that is proposed')}\n` +
            escapedLines(prettyJson(payload ?? before ?? 'null')));
    });
}
/** Width of the names. */
const NAMES = 9;
async function factsOf(change, { git }) {
    const { change_id: id, batch_id, batch_title, notes, reject_reason, applied_job_id, ledger } = change;
    const by = (name, username, time, more = '') => username === undefined || time === undefined
        ? []
        : [[name, `${dateText(time)} by ${escapedText(username)}${more}`]];
    const title = batch_title === undefined ? '' : escapedText(JSON.stringify(batch_title));
    const batch = [batch_id ?? 'none', title].filter((part) => part !== '').join(', ');
    const related = relatedModelsOf(change) ?? [];
    const ref = pendingRef(id);
    const branch = isOpen(change) && (await git.ask(['rev-parse', '--verify', '--quiet', ref])) !== undefined;
    const commit = ledger.applied_commit;
    const where = commit === undefined ? 'there was nothing to change' : `in ${commit}`;
    return [
        ['change', `${id}, ${change.status}`],
        ['does', purposeOf(change)],
        ...(related.length > 0 ? [['with', related.map(escapedText).join(', ')]] : []),
        ...by('requested', change.requested_username, change.requested_at),
        ...(batch_title === undefined ? [] : [['batch', batch]]),
        ...by('approved', change.approved_username, change.approved_at),
        ...by('rejected', change.rejected_username, change.rejected_at, `: ${escapedText(reject_reason ?? '')}`),
        ...by('applied', change.applied_username, change.applied_at, `, job ${escapedText(applied_job_id ?? '')}, ${where}`),
        ...(notes === undefined ? [] : [['notes', escapedText(notes)]]),
        ...(branch ? [['branch', `${ref.slice('refs/heads/'.length)}; see: git show ${ref}`]] : []),
    ];
}
//# sourceMappingURL=queue-show.js.map