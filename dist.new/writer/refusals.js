/** Puts what keeps a change from being made into a refusal that says what to do. */
import { AppError, messageOf } from '../errors.js';
import { refusal } from './plan-change.js';
/** Somebody's edits are in the way. */
export function editsInTheWay({ root }, files) {
    const names = files.join(' and ');
    const paths = files.join(' ');
    const inRepository = `git -C ${root}`;
    return refusal('dirty-tree', `${names} has edits that are not committed, which this change must not touch; commit them ` +
        `(${inRepository} add -- ${paths} && ${inRepository} commit -- ${paths}) or put them aside ` +
        `(${inRepository} stash push --include-untracked -- ${paths}), then send the change again`, { files });
}
/** For when git cannot say any more whether it moved the branch. */
export function outcomeUnknown() {
    return new AppError('outcome-unknown', 'it cannot be told whether the change was made; read the model again, or send the change again with the same Idempotency-Key');
}
/** What an error means for a change that it kept from being made. Mistakes of ours are thrown on. */
export function asRefusal(error) {
    if (error instanceof AppError) {
        if (error.code === 'ref-moved') {
            return refusal('repository-busy', `${error.message}; others are at work on it, try again`, {
                retryAfter: 2,
            });
        }
        if (error.code === 'dirty-tree') {
            return refusal('dirty-tree', `a merge left conflicts, so nothing can be committed until it is ended or aborted: ${error.message}`);
        }
        if (error.data.died === true) {
            const message = `a git command was ended from outside; nothing was changed, send the change again: ${error.message}`;
            return refusal('repository-busy', message, { retryAfter: 2 });
        }
        if (error.code !== 'git-failed' && error.code !== 'git-missing')
            return refusal(error.code, error.message, error.data);
    }
    const message = messageOf(error);
    // Anything but git's and the system's own errors is our mistake.
    const system = error instanceof Error && 'code' in error && typeof error.code === 'string';
    if (!system)
        throw error;
    return refusal('storage-failed', `the repository cannot be written: ${message}. Nothing was changed; see to the disk and its permissions`, { retryAfter: 30 });
}
//# sourceMappingURL=refusals.js.map