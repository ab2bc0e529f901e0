/** Compares the references of two commits, model by model. */
import { AppError } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { fieldDiffs } from '../record/field-diffs.js';
import { modelChanges, modelTexts } from '../record/model-changes.js';
import { parseReference } from '../record/reference-file.js';
/**
 * The commit that a name stands for: a branch, a tag, an id, or what else git understands.
 * @throws AppError `ref-unknown`
 */
export async function resolveCommit(git, name) {
    const commit = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (commit !== undefined)
        return commit;
    throw new AppError('ref-unknown', `${name} names no commit of ${git.directory}; see its branches and tags with: git -C ${git.directory} for-each-ref`);
}
/** @param from and to commit ids */
export async function diffReferences({ git, pathPrefix }, from, to, categories) {
    const blobs = new BlobReader(git);
    const differences = [];
    const failures = [];
    try {
        for (const { name, file } of categories) {
            const path = pathPrefix + file;
            const [old, now] = await Promise.all([from, to].map((commit) => blobs.read(`${commit}:${path}`)));
            if (old?.id === now?.id)
                continue;
            try {
                const texts = [textsOf(old, from, path), textsOf(now, to, path)];
                differences.push(...differencesOf(name, ...texts));
            }
            catch (error) {
                if (!(error instanceof AppError))
                    throw error;
                failures.push(error);
            }
        }
    }
    finally {
        blobs.close();
    }
    return { differences, failures };
}
/** @throws AppError `reference-broken` */
function textsOf(object, commit, path) {
    if (!object)
        return new Map();
    const where = `${path} of commit ${commit.slice(0, 10)}`;
    if (object.type !== 'blob')
        throw new AppError('reference-broken', `${where} is no file`);
    const parsed = parseReference(object.bytes);
    if (parsed.ok)
        return modelTexts(parsed.file);
    const { message, line, column } = parsed.problem;
    throw new AppError('reference-broken', `${where} cannot be compared: line ${line}, column ${column}: ${message}`);
}
function differencesOf(category, before, after) {
    const { created, updated, deleted } = modelChanges([before], after);
    const whole = (change) => (model) => ({ category, model, change, fields: [] });
    return [
        ...created.map(whole('added')),
        ...updated.map((model) => {
            const fields = fieldDiffs(before.get(model) ?? null, after.get(model) ?? null);
            return { category, model, change: 'changed', fields };
        }),
        ...deleted.map(whole('removed')),
    ];
}
//# sourceMappingURL=reference-diff.js.map