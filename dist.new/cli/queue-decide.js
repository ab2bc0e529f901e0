/** `queue approve` and `queue reject`: decide on pending changes, all that are named or none. */
import { readDecision } from '../queue/queue-requests.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { prettyJson } from './output.js';
import { changeQueue, recordsText } from './queue-access.js';
import { changeIds, readOptions } from './queue-options.js';
import { namedChanges } from './queue-words.js';
import { escapedText } from './terminal-text.js';
/** @throws AppError `config-invalid`, `change-state` when one of them is not pending, and as `changeQueue` */
export async function queueApprove(ids, flags, output) {
    const body = { batch_title: flags.title, approved_ids: changeIds(ids) };
    const done = await decide('queue approve', body, flags, output);
    if (!done)
        return;
    const { approved, batch } = done;
    const title = escapedText(JSON.stringify(flags.title.trim()));
    output.print(`Approved ${namedChanges(approved.map(({ change_id }) => change_id))} in batch ${batch}, ${title}.\n` +
        `Next, publish it: horde-references queue apply --batch ${batch}`);
}
/** Throws as `queueApprove`. */
export async function queueReject(ids, flags, output) {
    const body = { batch_title: flags.title, rejected_ids: changeIds(ids), reject_reason: flags.reason };
    const done = await decide('queue reject', body, flags, output);
    if (!done)
        return;
    output.print(`Rejected ${namedChanges(done.rejected.map(({ change_id }) => change_id))}.`);
}
/** @returns what was done; undefined when it was printed as JSON already */
async function decide(purpose, body, flags, output) {
    const decision = readOptions(readDecision, body);
    return changeQueue(purpose, flags, output, async ({ queue, author, submit }) => {
        const done = await submit({ transition: 'decide', ...decision, actor: author });
        if (!flags.json)
            return done;
        const head = valueFields({ batch_id: done.batch ?? null, batch_title: decision.title });
        const lists = [
            ['approved', await recordsText(queue, done.approved, true)],
            ['rejected', await recordsText(queue, done.rejected, true)],
        ];
        output.print(prettyJson(fieldsText(new Map([...head, ...lists]))));
        return undefined;
    });
}
//# sourceMappingURL=queue-decide.js.map