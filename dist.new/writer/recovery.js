/**
 * Tidies up after a process that died while it brought work tree and index along. It repairs what is provably ours, by the
 * journal that the dead process left in `index.lock`; anything else is told and left alone.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { output } from '../git/command.js';
import { currentProcess, stateOf } from './process-identity.js';
import { settle } from './ref-journal.js';
import { stateDirectory } from './state-directory.js';
import { OWNER_VARIABLE, ownerMark } from './work-tree.js';
/** How long git commands that a dead process had started, and the locks of dead commands, may take to go; milliseconds. */
const LAST_BREATH = 3_000;
/** How far the time stamps of files may be behind the clock: systems take them from its last tick. Milliseconds. */
const TICK = 20;
/**
 * Does nothing unless there is something to repair: a look at two files. The caller holds the writer's lock.
 * @throws AppError `repository-busy` while git commands of the dead process still run
 */
export async function recover(options) {
    // Where the branch is decides what the work tree should be.
    await recoverRefs(options);
    await recoverWorkTree(options);
}
async function recoverRefs({ repository, refs, refJournal, onNotice }) {
    const plan = refJournal.read();
    if (!plan)
        return;
    if (!isOwn(plan)) {
        if (stateOf(plan) === 'alive')
            return;
        await lastBreath(plan, refLocks(repository, plan.updates), 0);
    }
    const settled = await settle(repository, refs, plan.updates);
    refJournal.clear();
    const names = plan.updates.map(({ ref }) => ref.replace('refs/heads/', '')).join(', ');
    onNotice(`process ${plan.pid} was ended while it moved ${names}; ${ENDS[settled]}`);
}
const ENDS = {
    done: 'that was carried through',
    undone: 'that was taken back',
    torn: 'others have moved some of them since, so that it can be neither carried through nor taken back, and all are left ' +
        'where they are: see git reflog of each',
};
async function recoverWorkTree({ repository, workTree, onNotice }) {
    const journal = workTree.journal();
    // Whoever wrote it held the writer's lock, which we hold now: were it another living process, it would not be ours.
    if (!journal)
        return;
    if (!isOwn(journal)) {
        if (stateOf(journal) === 'alive')
            return;
        const branch = await repository.git.ask(['symbolic-ref', '--quiet', 'HEAD']);
        const indexLock = path.join(repository.gitDirectory, 'index.lock');
        const began = statSync(indexLock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
        const ownIndex = path.join(stateDirectory(repository), `index.${journal.pid}`);
        const updates = branch === undefined ? [] : [{ ref: branch, from: undefined, to: undefined }];
        await lastBreath(journal, [`${ownIndex}.lock`, ...refLocks(repository, updates)], began);
        rmSync(ownIndex, { force: true });
        rmSync(`${ownIndex}.journal`, { force: true });
    }
    const head = await repository.git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
    for (const file of await putBack(repository, workTree, journal, head ?? journal.from)) {
        onNotice(`${file} was being written when the process that did it died, and has other content now; ` +
            'it is left as it is: see git diff');
    }
    const why = isOwn(journal) ? 'a write that was not done' : `process ${journal.pid} died while writing`;
    onNotice(`work tree and index were put to the last commit after ${why}`);
}
/** In a container the number alone may be the same after each start. */
function isOwn(other) {
    const here = currentProcess();
    return other.boot === here.boot && ownerMark(other) === ownerMark(here);
}
/**
 * Puts the files of a journal to what a tree says and gives the index back.
 * @returns those that hold somebody's work, which are left as they are
 */
export async function putBack(repository, workTree, journal, tree) {
    workTree.reset();
    const foreign = [];
    for (const file of journal.paths) {
        const sides = await Promise.all([journal.from, journal.to].map((side) => blobAt(repository, side, file)));
        const isStaged = !sides.includes(await blobAt(repository, ':0', file));
        if (!isStaged && (await isOurs(repository, journal, file, sides)))
            await workTree.force(tree, [file]);
        else {
            foreign.push(file);
            if (!isStaged)
                await workTree.forceIndex(tree, [file]);
        }
    }
    workTree.unlock(true);
    return foreign;
}
/**
 * Waits for the git commands of the dead process, and takes away the locks that they can no longer release.
 * @param began unix milliseconds, as for `clearLocks`
 */
async function lastBreath(process, locks, began) {
    const deadline = Date.now() + LAST_BREATH;
    while (leavesChildren(process) && Date.now() < deadline)
        await setTimeout(20);
    if (leavesChildren(process)) {
        throw new AppError('repository-busy', `git commands of process ${process.pid}, which died, are still running; try again when they have ended`, { retryAfter: 5 });
    }
    await clearLocks(locks, began);
}
/** The locks that a transaction of these refs takes. */
export function refLocks({ gitDirectory, commonDirectory }, updates) {
    const removes = updates.some(({ from, to }) => from !== undefined && to === undefined);
    return [
        path.join(gitDirectory, 'HEAD.lock'),
        ...(removes ? [path.join(commonDirectory, 'packed-refs.lock')] : []),
        ...updates.map(({ ref }) => path.join(commonDirectory, `${ref}.lock`)),
    ];
}
/**
 * Takes away locks that a git command has left which was ended before it could.
 * @param began unix milliseconds since when we held the index: an older lock is somebody else's, and so is one that goes by itself
 */
export async function clearLocks(locks, began) {
    const deadline = Date.now() + LAST_BREATH;
    while (locks.some((lock) => existsSync(lock)) && Date.now() < deadline)
        await setTimeout(20);
    for (const lock of locks) {
        const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
        if (made !== undefined && made >= began - TICK)
            rmSync(lock, { force: true });
    }
}
/** Whether a git command that it started still runs, or is about to; where the system does not tell, no. */
function leavesChildren(process) {
    const mark = `${OWNER_VARIABLE}=${ownerMark(process)}\0`;
    return processes().some((pid) => {
        try {
            return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
        }
        catch {
            return false; // gone meanwhile, or another user's
        }
    });
}
function processes() {
    try {
        return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    }
    catch {
        return [];
    }
}
/** Id of the file in a tree, or in the index for `:0`; undefined where it is not there. */
function blobAt({ git }, tree, file) {
    return git.ask(['rev-parse', '--verify', '--quiet', `${tree}:${file}`]);
}
/** Whether a file holds what one of the two sides holds, the beginning of it, or nothing: no person's work. */
async function isOurs({ git, root }, { from, to }, file, sides) {
    const found = lstatSync(path.join(root, file), { throwIfNoEntry: false });
    if (!found)
        return true;
    if (!found.isFile())
        return false;
    const id = await git.ask(['hash-object', '--', path.join(root, file)]);
    if (id !== undefined && sides.includes(id))
        return true;
    // Cut off while it was written: what is there is the beginning of what should be.
    const part = readFileSync(path.join(root, file));
    for (const tree of [to, from]) {
        const whole = await output(git, ['cat-file', '--filters', `${tree}:${file}`], '').catch(() => undefined);
        if (whole !== undefined && Buffer.from(whole).subarray(0, part.length).equals(part))
            return true;
    }
    return false;
}
//# sourceMappingURL=recovery.js.map