/** Joins an imported history to a branch: reads the trees, makes the merge, moves refs and work tree together. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../errors.js';
import { output } from './command.js';
import { withIdentity } from './identity.js';
/** @throws AppError `source-unusable` where one of the paths is a link, a folder or another repository instead of a file */
export async function treeFiles(git, commit, paths) {
    if (commit === undefined)
        return new Map();
    const listing = await git.run(['ls-tree', '-z', commit, '--', ...paths]);
    const files = new Map();
    for (const entry of listing.split('\0').filter(Boolean)) {
        const [, mode = '', id = '', file = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
        if (!mode.startsWith('100')) {
            throw new AppError('source-unusable', `${file} is no ordinary file in ${commit} (its mode is ${mode})`);
        }
        files.set(file, id);
    }
    return files;
}
/** The commit at which two histories parted; undefined when they have nothing in common. */
export async function mergeBase(git, a, b) {
    return git.ask(['merge-base', a, b]);
}
/**
 * Makes a merge commit whose tree is the first parent's with some files replaced.
 * @param files by path; undefined removes it
 */
export async function commitMerge(repository, parents, files, message) {
    const temporary = await mkdtemp(path.join(tmpdir(), 'horde-references-index-'));
    const git = (await withIdentity(repository.git)).with({ GIT_INDEX_FILE: path.join(temporary, 'index') });
    try {
        await git.run(['read-tree', parents[0]]);
        const nothing = { mode: '0', id: '0'.repeat(parents[0].length) };
        const lines = [...files].map(([file, { mode, id } = nothing]) => `${mode} ${id}\t${file}\0`);
        await output(git, ['update-index', '-z', '--index-info'], lines.join(''));
        const tree = await git.run(['write-tree']);
        return await git.run([
            'commit-tree',
            '--no-gpg-sign',
            '-p',
            parents[0],
            '-p',
            parents[1],
            '-m',
            message,
            tree,
        ]);
    }
    finally {
        await rm(temporary, { recursive: true, force: true });
    }
}
/**
 * Moves all refs or none, and the work tree with them where one of them is checked out. The tree goes first: were we killed
 * between, it would hold the new files as staged changes, and the same move, done again, would find them right.
 * @param checkedOut ref that HEAD names
 * @throws AppError `dirty-tree` when uncommitted edits are in the way, `git-failed`; nothing has moved then
 */
export async function moveRefs(git, moves, checkedOut) {
    const own = moves.find(({ ref }) => ref === checkedOut);
    // Before the first commit the tree is the empty one; a merge of two trees leaves alone what neither of them has.
    const from = own && (own.from ?? (await output(git, ['hash-object', '-t', 'tree', '--stdin'], '')).trim());
    if (own && from)
        await readTree(git, from, own.to);
    const commands = moves.map(({ ref, from: old, to }) => `update ${ref}\0${to}\0${old ?? '0'.repeat(to.length)}\0`);
    try {
        await output(git, ['update-ref', '-z', '-m', 'horde-references import', '--stdin'], commands.join(''));
    }
    catch (error) {
        if (own && from)
            await readTree(git, own.to, from);
        throw error;
    }
}
/** Branches that some work tree has checked out: to move one would leave that tree behind. */
export async function checkedOutBranches(git) {
    const listing = await git.run(['worktree', 'list', '--porcelain']);
    return new Set(listing.split('\n').flatMap((line) => (line.startsWith('branch ') ? [line.slice('branch '.length)] : [])));
}
async function readTree(git, from, to) {
    try {
        // Without the refresh git takes a file whose time stamp moved for one that was edited.
        await git.ask(['update-index', '-q', '--refresh']);
        await git.run(['read-tree', '-m', '-u', from, to]);
    }
    catch (error) {
        if (!(error instanceof AppError) || !/not uptodate|overwritten/.test(error.message))
            throw error;
        throw new AppError('dirty-tree', `${error.message.replace(/^git read-tree failed: /, '')}: the work tree has edits or files that are not committed; ` +
            'commit them or put them aside (git stash), and run this again. Nothing was changed.', {}, { cause: error });
    }
}
//# sourceMappingURL=merge.js.map