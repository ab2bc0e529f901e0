/**
 * Brings work tree and index from one commit to the next. While it does, it holds git's own `index.lock`, so that no git
 * command of a maintainer can come between and commit half of it; what stands in that file says whose it is and what was
 * under way, for whoever has to tidy up after a process that died, or a machine that lost its power: what is said there is
 * on the disk before anything moves, and goes only when the index that replaces it is there to stay.
 */
import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError, messageOf } from '../errors.js';
import { finished } from '../git/command.js';
import { syncDirectory, syncFile } from '../git/durable-files.js';
import { currentProcess, isProcessIdentity } from './process-identity.js';
import { stateDirectory } from './state-directory.js';
/** Set for every git command that is started here, so that those of a process that died can be told. */
export const OWNER_VARIABLE = 'HORDE_REFERENCES_OWNER';
/** Value of that variable: no two processes have the same. */
export function ownerMark({ pid, started }) {
    return `${pid}.${started}`;
}
/** How long a git command of somebody else may hold the index before a write is refused; milliseconds. */
const PATIENCE = 3_000;
/** A failing command must not decide over a write half-way; hooks are for people's commits. */
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];
/** Between two trees that follow as arguments. */
const MOVE = ['read-tree', '-m', '-u'];
export class WorkTree {
    #repository;
    /** Git with an index of our own, which replaces the real one when all went well. */
    #git;
    #index;
    #lock;
    #ownIndex;
    #patience;
    /** The next move, waiting to be told between which trees. */
    #ahead;
    constructor(repository, patience = PATIENCE) {
        this.#repository = repository;
        this.#patience = patience;
        this.#index = path.join(repository.gitDirectory, 'index');
        this.#lock = path.join(repository.gitDirectory, 'index.lock');
        this.#ownIndex = path.join(stateDirectory(repository), `index.${process.pid}`);
        this.#git = repository.git.with({
            GIT_INDEX_FILE: this.#ownIndex,
            [OWNER_VARIABLE]: ownerMark(currentProcess()),
        });
    }
    /** Starts what the next move will need, while there is time. */
    getReady() {
        if (this.#ahead && this.#ahead.exitCode === null && this.#ahead.signalCode === null)
            return;
        try {
            const child = this.#git.spawnAhead([...NO_HOOKS, ...MOVE]);
            child.on('error', () => { }); // told by its end
            child.stdin.on('error', () => { });
            this.#ahead = child;
        }
        catch {
            // A system without room for another process may have it when it is needed.
        }
    }
    async close() {
        const child = this.#ahead;
        this.#ahead = undefined;
        if (!child || child.exitCode !== null || child.signalCode !== null)
            return;
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill();
        await ended;
    }
    /**
     * Takes the index, waiting a moment for a git command that has it.
     * @returns what is written down about it
     * @throws AppError `repository-busy` that says what to do
     */
    async lock(from, to, paths) {
        const journal = { program: 'horde-references', ...currentProcess(), from, to, paths };
        const deadline = Date.now() + this.#patience;
        while (!this.#create(JSON.stringify(journal))) {
            if (Date.now() > deadline)
                throw this.#busy();
            await setTimeout(20);
        }
        try {
            // Without its name, files that moved would pass for somebody's edits after a power cut.
            syncDirectory(this.#repository.gitDirectory);
            this.#copyIndex();
        }
        catch (error) {
            this.unlock(false);
            throw error;
        }
        return journal;
    }
    /**
     * Moves work tree and our copy of the index. When somebody's edits are in the way nothing is touched, and it fails.
     * @throws AppError `dirty-tree` with `data.paths` (empty when it is about the index as a whole), `ref-moved` when they
     * were gone by the time they were looked for, `git-failed`
     */
    async bring(from, to, paths) {
        const move = () => this.#run([...MOVE, from, to]);
        try {
            await (this.#moveAhead(from, to) ?? move());
        }
        catch (error) {
            if (!isRefusal(error))
                throw error;
            if (isUnmerged(error))
                throw new AppError('dirty-tree', messageOf(error), { paths: [] });
            // A file whose time stamp moved looks edited until it was read again.
            await this.#run(['update-index', '-q', '--refresh']).catch(() => { }); // it fails when some file is edited
            try {
                await move();
            }
            catch (again) {
                if (!isRefusal(again))
                    throw again;
                throw await this.#dirty(paths, again);
            }
        }
        const files = paths.map((file) => path.join(this.#repository.root, file));
        for (const file of files)
            this.#sync(file);
        for (const directory of new Set(files.map((file) => path.dirname(file))))
            syncDirectory(directory);
    }
    /** Gives the index back, as it was brought along or, if nothing was moved, as it was. */
    unlock(moved) {
        // There is none where there never was a commit, and nothing was moved after all.
        if (moved && existsSync(this.#ownIndex)) {
            // Git does not sync an index. Half of one after a power cut would keep every git command from working, and an old one
            // would show the commit as edits; a lock that comes back is put right by the next write.
            syncFile(this.#ownIndex);
            renameSync(this.#ownIndex, this.#index);
            syncDirectory(this.#repository.gitDirectory);
        }
        else
            rmSync(this.#ownIndex, { force: true });
        rmSync(this.#lock, { force: true });
    }
    /** Journal of whoever holds the index, if that is this program; undefined when nobody or somebody else does. */
    journal() {
        try {
            const value = JSON.parse(readFileSync(this.#lock, 'utf8'));
            return isJournal(value) ? value : undefined;
        }
        catch {
            return undefined;
        }
    }
    /** Begins anew with the index as it was when the lock was taken: nobody can have changed it since. */
    reset() {
        this.#copyIndex();
    }
    /** Puts single files and their entries in our copy of the index to what a tree says, whatever they hold. */
    async force(tree, paths) {
        for (const file of paths) {
            if ((await this.#git.ask(['cat-file', '-e', `${tree}:${file}`])) !== undefined) {
                await this.#forceTo(tree, file, ['--worktree', '--staged']);
            }
            else {
                await this.#unstage(file);
                rmSync(path.join(this.#repository.root, file), { force: true });
            }
        }
    }
    /** As `force`, for the entries in our copy of the index alone. */
    async forceIndex(tree, paths) {
        for (const file of paths) {
            if ((await this.#git.ask(['cat-file', '-e', `${tree}:${file}`])) !== undefined) {
                await this.#forceTo(tree, file, ['--staged']);
            }
            else
                await this.#unstage(file);
        }
    }
    async #forceTo(tree, file, what) {
        await this.#run(['--literal-pathspecs', 'restore', ...what, `--source=${tree}`, '--', file]);
    }
    async #unstage(file) {
        await this.#run(['update-index', '--force-remove', '--', file]);
    }
    /** The move by the command that was started ahead; undefined where there is none that lives. */
    #moveAhead(from, to) {
        const child = this.#ahead;
        this.#ahead = undefined;
        if (!child || child.exitCode !== null || child.signalCode !== null)
            return undefined;
        child.stdin.end(`${from}\n${to}\n`);
        child.stdout.resume();
        return finished(child, MOVE);
    }
    /** Started at once: what the caller does meanwhile costs no time. */
    async #run(args) {
        const all = [...NO_HOOKS, ...args];
        const child = this.#git.spawn(all);
        child.stdin.end();
        child.stdout.resume();
        await finished(child, args);
    }
    /**
     * Linked whole: whoever finds half a lock after we died could not tell whose it is, and a full disk would leave one. Synced
     * first, as after a power cut it could be there without its content.
     */
    #create(content) {
        const temporary = `${this.#ownIndex}.journal`;
        try {
            writeFileSync(temporary, content);
            syncFile(temporary);
            linkSync(temporary, this.#lock);
            return true;
        }
        catch (error) {
            if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
                return false;
            throw error;
        }
        finally {
            rmSync(temporary, { force: true });
        }
    }
    #copyIndex() {
        rmSync(this.#ownIndex, { force: true });
        // Of a git command of ours that was ended before it could take it away: nobody else locks this file.
        rmSync(`${this.#ownIndex}.lock`, { force: true });
        const found = statSync(this.#index, { throwIfNoEntry: false });
        if (!found)
            return; // a repository without a commit has none
        copyFileSync(this.#index, this.#ownIndex);
        // Git trusts a time stamp only if it is older than the index: the copy must not look newer than it is.
        const time = Math.floor(found.mtimeMs) / 1000;
        utimesSync(this.#ownIndex, time, time);
    }
    #sync(file) {
        try {
            syncFile(file);
        }
        catch {
            // Gone again, by somebody's hand: the commit has it.
        }
    }
    #busy() {
        const since = statSync(this.#lock, { throwIfNoEntry: false })?.mtime.toISOString() ?? 'just now';
        return new AppError('repository-busy', `another git command holds ${this.#lock} (since ${since}); try again when it is done. If none is running, ` +
            'it was left by one that died: remove that file', { retryAfter: 5 });
    }
    async #dirty(paths, cause) {
        const listing = await this.#git.run([
            'status',
            '--porcelain',
            '-z',
            '--untracked-files=all',
            '--no-renames',
            '--',
            ...paths.map((file) => `:(top,literal)${file}`),
        ]);
        const dirty = listing
            .split('\0')
            .filter(Boolean)
            .map((entry) => entry.slice(3));
        if (dirty.length === 0)
            return new AppError('ref-moved', 'files were changed while they were looked at');
        return new AppError('dirty-tree', messageOf(cause), { paths: dirty }, { cause });
    }
}
/** Whether git refused because somebody's edits are in the way, rather than failed. */
function isRefusal(error) {
    return (error instanceof AppError &&
        error.code === 'git-failed' &&
        /not uptodate|overwritten by|would be removed|would lose untracked|resolve your current index|Entry '.*' (overlaps|would)/s.test(error.message));
}
/** Whether it is about conflicts that a merge left in the index, in whatever file. */
function isUnmerged(error) {
    return error instanceof AppError && error.message.includes('resolve your current index');
}
function isJournal(value) {
    return (isProcessIdentity(value) &&
        'program' in value &&
        value.program === 'horde-references' &&
        'from' in value &&
        'to' in value &&
        'paths' in value &&
        Array.isArray(value.paths));
}
//# sourceMappingURL=work-tree.js.map