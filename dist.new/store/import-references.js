/** Brings category files with their history from another repository into a data repository. */
import { findCategoryByFile } from '../categories.js';
import { AppError } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { moveRefs } from '../git/merge.js';
import { SourceRepository } from '../git/source.js';
import { TemporaryRefs } from '../git/temporary-refs.js';
import { validateReference } from '../record/validate-reference.js';
import { joinBranch } from './import-join.js';
import { planImport } from './import-plan.js';
/**
 * Imports and publishes on the branch that HEAD names. Run again, it brings only what is new.
 * @param location URL, or path of a repository or a bundle
 * @param openTarget opens the data repository; called once the source is known to be there
 * @throws AppError `source-unusable`, `ref-unknown`, `detached-head`, `import-conflict`, `dirty-tree`, `interrupted`; nothing
 *   has moved then
 */
export async function importReferences(openTarget, location, schemas, options) {
    options.onProgress(`opening ${location}`);
    let source;
    try {
        source = await SourceRepository.open(location, options.onProgress, options.signal);
        return await perform(await openTarget(), source, schemas, options);
    }
    catch (error) {
        if (!options.signal?.aborted)
            throw error;
        throw new AppError('interrupted', 'the import was interrupted; nothing was changed', {}, { cause: error });
    }
    finally {
        await source?.close();
    }
}
async function perform(repository, source, schemas, { from, branches, preference, onProgress, signal }) {
    const git = repository.git.until(signal);
    const blobs = new BlobReader(repository.git);
    const brought = new TemporaryRefs(repository.git, 'refs/horde/importing');
    try {
        await brought.sweep();
        onProgress('looking for category files');
        const { targets, wanted, empty } = await planImport({ repository, git, source, from, branches });
        const [published, ...further] = targets;
        if (!published)
            throw new RangeError('a plan has a branch to publish');
        onProgress(`bringing the history of ${wanted.length} files`);
        const { pathPrefix } = repository;
        const sourceBranches = targets.map(({ branch }) => branch);
        await source.transfer(sourceBranches, wanted, { git, refPrefix: brought.prefix, pathPrefix });
        onProgress('joining histories');
        const paths = wanted.map((file) => pathPrefix + file);
        const context = { repository, git, blobs, brought, preference, schemas };
        const outcomes = new Map();
        const moves = await joinBranch(context, published, paths, outcomes);
        for (const target of further)
            moves.push(...(await joinBranch(context, target, paths, new Map())));
        signal?.throwIfAborted();
        await publish(repository.git, moves, published.ref);
        onProgress('checking records');
        const head = await repository.git.run(['rev-parse', published.ref]);
        const files = await Promise.all(paths.map((path) => report(context, head, path, outcomes.get(path))));
        return {
            branch: published.ref.replace('refs/heads/', ''),
            head,
            files: [...files, ...empty.map(leftBehind)],
            branches: further.map(({ branch }) => branch.name),
        };
    }
    finally {
        blobs.close();
        await brought.remove();
    }
}
/** From here on it is whole or not at all, and no signal may come between. */
async function publish(git, moves, checkedOut) {
    if (moves.length === 0)
        return;
    await moveRefs(git, moves, checkedOut);
    // Makes `git log -- <file>` quick, by which people look for when a file changed.
    await git.ask(['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']);
}
async function report({ repository, schemas, blobs }, head, path, outcome) {
    const { git, pathPrefix } = repository;
    const file = path.slice(pathPrefix.length);
    const category = findCategoryByFile(file);
    const object = await blobs.read(`${head}:${path}`);
    const checked = category && object && validateReference(category, object.bytes, schemas);
    return {
        file,
        category: category?.name ?? null,
        models: checked?.models ?? 0,
        commits: Number(await git.run(['rev-list', '--count', head, '--', path])),
        invalidRecords: checked ? (checked.isReference ? checked.invalidRecords : null) : 0,
        outcome: outcome === 'kept' || outcome === 'imported' ? outcome : 'unchanged',
    };
}
function leftBehind(file) {
    const category = findCategoryByFile(file)?.name ?? null;
    return { file, category, models: 0, commits: 0, invalidRecords: 0, outcome: 'empty' };
}
//# sourceMappingURL=import-references.js.map