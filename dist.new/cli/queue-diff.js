/** `queue diff`: what changes would do to their models as they are published now. */
import { findCategory } from '../categories.js';
import { AppError } from '../errors.js';
import { diffChange, diffText, isOpen, sameState } from '../queue/change-diff.js';
import { compactJson, fieldsText, valueFields } from '../record/record-fields.js';
import { recordText } from '../record/reference-file.js';
import { RepositoryView } from '../writer/repository-view.js';
import { openDataRepository } from './data-repository.js';
import { prettyJson } from './output.js';
import { findChange, readQueue } from './queue-access.js';
import { changeIds } from './queue-options.js';
import { fieldLines, purposeOf } from './queue-words.js';
import { dateText, escapedText } from './terminal-text.js';
/**
 * Shows those that it can before it throws for the others.
 * @throws AppError `config-invalid`, `change-unknown`, `reference-broken`, `ledger-broken`
 */
export async function queueDiff(idTexts, flags, output) {
    const ids = changeIds(idTexts);
    const { repository } = await openDataRepository(flags);
    await readQueue(repository, async (open) => {
        const diffs = [];
        const failures = [];
        const diff = await differ(open);
        for (const id of ids) {
            try {
                diffs.push(await diff(id));
            }
            catch (error) {
                if (!(error instanceof AppError))
                    throw error;
                failures.push({ id, error });
            }
        }
        if (flags.json)
            output.print(prettyJson(pageText(diffs, failures)));
        else if (diffs.length > 0)
            output.print(diffs.map((one) => shown(one, output.paint)).join('\n\n'));
        const [first] = failures;
        if (!first)
            return;
        throw new AppError(first.error.code, failures.map(({ error }) => error.message).join('; '));
    });
}
/** Compares with what is committed, as that is what a change is applied to. */
async function differ({ repository, queue, blobs }) {
    const view = new RepositoryView(repository, blobs);
    const { tree } = await view.base();
    const published = async ({ category, model_name }) => {
        const entry = findCategory(category);
        if (!entry)
            throw new RangeError(`there is no category '${category}'`);
        const record = recordText((await view.reference(tree, entry)).file, model_name);
        return record === undefined ? null : compactJson(record);
    };
    return async (id) => {
        const change = findChange(queue, id);
        return diffChange(change, await queue.content(id), await published(change));
    };
}
/** As the API has it. */
function pageText(diffs, failures) {
    const errors = failures.map(({ id, error }) => ({
        change_id: id,
        error: error.message,
        error_type: error.code === 'change-unknown' ? 'NotFound' : error.name,
    }));
    const total = diffs.length + failures.length;
    return fieldsText(new Map([['diffs', `[${diffs.map(diffText).join()}]`], ...valueFields({ total, errors })]));
}
function shown(diff, paint) {
    const { change, fields, critical, conflict } = diff;
    const { change_id: id, status, requested_username, requested_at, notes } = change;
    const who = `by ${escapedText(requested_username)} at ${dateText(requested_at)}`;
    const lines = [`${status}, requested ${who}`];
    if (notes !== undefined)
        lines.push(`notes: ${escapedText(notes)}`);
    if (conflict !== undefined)
        lines.push(`${paint('red', 'does not apply:')} ${escapedText(conflict)}`);
    else if (isOpen(change))
        lines.push(paint('green', 'still applies'));
    lines.push(effectOf(diff), ...fieldLines(fields, critical, paint));
    return [paint('bold', `change ${id}: ${purposeOf(change)}`), ...lines.map((line) => `  ${line}`)].join('\n');
}
function effectOf({ change, current, proposed, netOperation, fields }) {
    if (sameState(current, proposed))
        return 'the model is like this already';
    const effect = isOpen(change)
        ? `the model would be ${netOperation}`
        : `against the model as it is now: ${netOperation}`;
    // The API counts no difference there, and this command shows what the API counts.
    return fields.length > 0 ? effect : `${effect}, but only in empty objects, or in true for 1`;
}
//# sourceMappingURL=queue-diff.js.map