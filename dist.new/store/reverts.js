/** Finds out what it takes to undo a commit: for each model it changed, the record it left and the one that was there before. */
import { findCategory } from '../categories.js';
import { AppError } from '../errors.js';
import { compactJson } from '../record/record-fields.js';
import { VersionReader } from './model-history.js';
/** Models that one request may bring back at most: more would keep other writes waiting for seconds. */
const MOST_MODELS = 1_000;
/**
 * @param id hexadecimal digits, seven at least, that a commit id begins with
 * @param histories of every category that has one, by name
 * @throws AppError `commit-unknown`, `not-revertible`
 */
export async function findRevert(id, histories, { git }, blobs) {
    const commit = await wholeId(id, git);
    const touched = [...histories].flatMap(([category, history]) => {
        const item = history.items.findLast(({ version }) => version.commit === commit);
        return item ? [{ category, ...item }] : [];
    });
    const [first] = touched;
    if (!first && (await git.ask(['merge-base', '--is-ancestor', commit, 'HEAD'])) === undefined) {
        throw unknown(id);
    }
    if (await isMerge(commit, blobs)) {
        throw notRevertible(`The commit ${commit} is a merge, of which it cannot be told which side to go back to; revert the commits that it brought`);
    }
    const steps = [];
    for (const { category, version, changes } of touched) {
        const models = [...changes.created, ...changes.updated, ...changes.deleted];
        if (models.length > 0 && !findCategory(category)?.writable) {
            throw notRevertible(`The commit ${commit} changes models of ${category}, which this API does not write; use git revert`);
        }
        const reader = new VersionReader(blobs);
        const [parent] = version.parents;
        const before = parent ? await reader.models(parent) : new Map();
        const left = await reader.models(version);
        const record = (text) => (text === undefined ? null : compactJson(text));
        for (const model of models) {
            steps.push({ category, model, left: record(left.get(model)), before: record(before.get(model)) });
        }
    }
    if (steps.length === 0 || !first) {
        throw notRevertible(`The commit ${commit} adds, changes and removes no model, so there is nothing to revert`);
    }
    if (steps.length > MOST_MODELS) {
        throw notRevertible(`The commit ${commit} changes ${steps.length} models, and ${MOST_MODELS} can be reverted at once; use git revert`);
    }
    return { commit, subject: first.version.subject, steps };
}
async function wholeId(id, git) {
    const found = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`]);
    // A branch or tag may have a name that looks like an id.
    if (found?.startsWith(id.toLowerCase()))
        return found;
    throw unknown(id);
}
async function isMerge(commit, blobs) {
    const body = (await blobs.read(commit))?.bytes.toString('latin1') ?? '';
    const [headers = ''] = body.split('\n\n', 1);
    return headers.split('\n').filter((line) => line.startsWith('parent ')).length > 1;
}
function unknown(id) {
    return new AppError('commit-unknown', `There is no commit ${id} on the published branch, or there are several whose ids begin so`);
}
function notRevertible(message) {
    return new AppError('not-revertible', message);
}
//# sourceMappingURL=reverts.js.map