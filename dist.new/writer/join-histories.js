/**
 * Merges what was committed here and at a remote since they last agreed: models of a category file one by one, so that two people
 * who each add a model to the end of it are no conflict; other files as git merges them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCategoryByFile } from '../categories.js';
import { AppError } from '../errors.js';
import { output } from '../git/command.js';
import { commitMerge, mergeBase } from '../git/merge.js';
import { mergeReferences } from '../record/merge-references.js';
import { parseReference } from '../record/reference-file.js';
export async function joinHistories(repository, blobs, parted) {
    const { here, there } = parted;
    const base = await mergeBase(repository.git, here, there);
    if (base === undefined)
        return { conflicts: ['the whole history'] };
    const files = new Map();
    const conflicts = [];
    const theirs = await changedFiles(repository, base, there);
    for (const [file, ours] of await changedFiles(repository, base, here)) {
        if (!theirs.has(file)) {
            files.set(file, ours);
            continue;
        }
        const sides = { base: await blobIn(repository, base, file), here: ours, there: theirs.get(file) };
        if (sides.here?.id === sides.there?.id)
            continue;
        const merged = await mergeFile(repository, blobs, file, sides);
        if ('conflicts' in merged)
            conflicts.push(...merged.conflicts);
        else
            files.set(file, merged);
    }
    if (conflicts.length > 0)
        return { conflicts };
    const message = 'Merge what was changed here meanwhile';
    return { commit: await commitMerge(repository, [there, here], files, message) };
}
async function mergeFile(repository, blobs, file, { base, here, there }) {
    // A link, or a repository in this one, has no lines.
    if (!here?.mode.startsWith('100') || !there?.mode.startsWith('100'))
        return { conflicts: [file] };
    const category = file.startsWith(repository.pathPrefix)
        ? findCategoryByFile(file.slice(repository.pathPrefix.length))
        : undefined;
    const [ours, theirs] = await Promise.all([contentOf(blobs, here.id), contentOf(blobs, there.id)]);
    const before = base === undefined ? Buffer.from('{}') : await contentOf(blobs, base);
    const merged = category
        ? mergeCategory(file, before, ours, theirs)
        : await mergeText(repository, file, before, ours, theirs);
    if (!Buffer.isBuffer(merged))
        return merged;
    return { mode: there.mode, id: await writeBlob(repository, merged) };
}
function mergeCategory(file, before, ours, theirs) {
    const parsed = [before, ours, theirs].map(parseReference);
    const [base, here, there] = parsed.map((one) => (one.ok ? one.file : undefined));
    if (!base || !here || !there)
        return { conflicts: [file] };
    const merged = mergeReferences(base, here, there);
    if (merged.conflicts.length === 0)
        return merged.bytes;
    return { conflicts: merged.conflicts.map((model) => `${model} of ${file}`) };
}
/** As git merges lines. */
async function mergeText(repository, file, ...[before, ours, theirs]) {
    const temporary = await mkdtemp(path.join(tmpdir(), 'horde-references-merge-'));
    const names = ['ours', 'before', 'theirs'].map((name) => path.join(temporary, name));
    try {
        for (const [index, bytes] of [ours, before, theirs].entries())
            await writeFile(names[index] ?? '', bytes);
        return Buffer.from(await output(repository.git, ['merge-file', '-p', ...names], ''));
    }
    catch (error) {
        if (!(error instanceof AppError) || error.code !== 'git-failed')
            throw error;
        return { conflicts: [file] };
    }
    finally {
        await rm(temporary, { recursive: true, force: true });
    }
}
/** Files in which a commit differs from an older one; undefined where it has none of that name. */
async function changedFiles({ git }, from, to) {
    const listing = await git.run(['diff-tree', '-r', '-z', '--no-renames', from, to]);
    const fields = listing.split('\0');
    const files = new Map();
    for (let index = 0; index + 1 < fields.length; index += 2) {
        const [, mode = '', , id = ''] = (fields[index] ?? '').split(' ');
        files.set(fields[index + 1] ?? '', /^0+$/.test(id) ? undefined : { mode, id });
    }
    return files;
}
function blobIn({ git }, commit, file) {
    return git.ask(['rev-parse', '--verify', '--quiet', `${commit}:${file}`]);
}
async function contentOf(blobs, id) {
    const object = await blobs.read(id);
    if (object)
        return object.bytes;
    throw new AppError('git-failed', `the object ${id} is missing`);
}
async function writeBlob({ git }, bytes) {
    const temporary = await mkdtemp(path.join(tmpdir(), 'horde-references-merge-'));
    try {
        const file = path.join(temporary, 'merged');
        await writeFile(file, bytes);
        return await git.run(['-c', 'core.fsync=objects', 'hash-object', '-w', '--no-filters', '--', file]);
    }
    finally {
        await rm(temporary, { recursive: true, force: true });
    }
}
//# sourceMappingURL=join-histories.js.map