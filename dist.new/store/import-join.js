/** Works out what a branch has to become to hold what an import brought; makes commits for it, moves nothing. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../errors.js';
import { commitMerge, mergeBase, treeFiles } from '../git/merge.js';
import { holdsNothing } from './import-plan.js';
import { STARTER } from './init-repository.js';
import { decideFile } from './merge-files.js';
import { blobId } from './published-file.js';
/**
 * Which refs have to move for a branch to hold what was brought; none when it holds it already.
 * @param paths of the files that were brought
 * @param outcomes is told what becomes of each
 * @throws AppError `import-conflict`
 */
export async function joinBranch(context, { branch, ref, last, lastRef }, paths, outcomes) {
    const { repository, git, brought, preference } = context;
    const theirs = await brought.find(branch.name);
    if (theirs === undefined)
        return []; // none of the files was ever on it
    const remember = last === theirs ? [] : [{ ref: lastRef, from: last, to: theirs }];
    const ours = await git.ask(['rev-parse', '--verify', '--quiet', ref]);
    const theirFiles = await treeFiles(git, theirs, paths);
    if (ours === undefined) {
        for (const path of theirFiles.keys())
            outcomes.set(path, 'imported');
        return [{ ref, from: undefined, to: theirs }, ...remember];
    }
    const common = await mergeBase(git, ours, theirs);
    if (common === theirs)
        return remember;
    const ourFiles = await treeFiles(git, ours, paths);
    const question = {
        base: await treeFiles(git, last ?? common, paths),
        ours: ourFiles,
        theirs: theirFiles,
        ...(await judge(context, [...ourFiles, ...theirFiles])),
        preference,
    };
    const decisions = new Map(paths.map((path) => [path, decideFile(path, question)]));
    const conflicts = paths.filter((path) => decisions.get(path)?.outcome === 'conflict');
    if (conflicts.length > 0) {
        throw new AppError('import-conflict', `${conflicts.join(', ')} changed here and in the source; take the source's version with --prefer source, ` +
            'or keep the one here with --prefer ours. Nothing was changed.', { conflicts });
    }
    for (const [path, { outcome }] of decisions)
        outcomes.set(path, outcome);
    // Brought before, and taken back here since: that was somebody's will.
    if (last === theirs)
        return [];
    const isForward = common === ours && paths.every((path) => decisions.get(path)?.blob === theirFiles.get(path));
    if (isForward)
        return [{ ref, from: ours, to: theirs }, ...remember];
    const changed = [...decisions].filter(([path, { blob }]) => blob !== ourFiles.get(path));
    const files = new Map(changed.map(([path, { blob }]) => [path, blob === undefined ? undefined : { mode: '100644', id: blob }]));
    const message = `Import references from ${branch.name}`;
    const to = await commitMerge(repository, [ours, theirs], files, message);
    return [{ ref, from: ours, to }, ...remember];
}
/** Reads the versions in question, so that deciding needs no more than their ids. */
async function judge({ repository, blobs }, versions) {
    const empty = new Set();
    const starter = new Set();
    for (const [path, blob] of versions) {
        const object = await blobs.read(blob);
        if (object && holdsNothing(object.bytes))
            empty.add(blob);
        if (blob === (await starterBlob(repository, path)))
            starter.add(blob);
    }
    return {
        isEmpty: (blob) => empty.has(blob),
        isDisposable: (blob) => empty.has(blob) || starter.has(blob),
    };
}
async function starterBlob(repository, path) {
    const file = path.slice(repository.pathPrefix.length);
    const bytes = await readFile(new URL(file, STARTER)).catch(() => undefined);
    return bytes && blobId(bytes, repository.objectFormat);
}
//# sourceMappingURL=import-join.js.map