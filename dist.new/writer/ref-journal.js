/**
 * Sees to it that refs which move together move all or none, also when git is ended in the middle: its transactions take refs one
 * after the other. What is to move is written down first; whoever finds that later carries it through, or takes it back.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.js';
import { syncDirectory, syncFile } from '../git/durable-files.js';
import { isPendingRef } from '../queue/ledger-layout.js';
import { isObject } from '../record/schema-issues.js';
import { currentProcess, isProcessIdentity } from './process-identity.js';
import { stateDirectory } from './state-directory.js';
export class RefJournal {
    #file;
    /** @param name of the file */
    constructor(repository, name = 'refs.json') {
        this.#file = path.join(stateDirectory(repository), name);
    }
    /** Durable when it returns. */
    write(updates) {
        const plan = { ...currentProcess(), updates };
        const temporary = `${this.#file}.new`;
        writeFileSync(temporary, JSON.stringify(plan));
        syncFile(temporary);
        renameSync(temporary, this.#file);
        syncDirectory(path.dirname(this.#file));
    }
    /** What was written down and not crossed out; undefined for nothing that is whole. */
    read() {
        try {
            const value = JSON.parse(readFileSync(this.#file, 'utf8'));
            return isPlan(value) ? value : undefined;
        }
        catch {
            return undefined;
        }
    }
    clear() {
        rmSync(this.#file, { force: true });
    }
}
/**
 * Finds out what became of a transaction, and brings one that stopped in the middle to an end: forward where nobody else has
 * moved any of its refs, else back. The branch of a proposal that somebody has put elsewhere is theirs, and decides nothing.
 * @throws AppError `git-failed` when that cannot be told
 */
export async function settle(repository, refs, updates) {
    const now = await refsNow(repository, updates);
    const moved = [];
    const waiting = [];
    let hasForeign = false;
    let hasGoneOn = false;
    for (const update of updates) {
        const at = now.get(update.ref);
        if (at === update.to)
            moved.push(update);
        else if (at === update.from)
            waiting.push(update);
        else if (await isBehind(repository, update.to, at))
            hasGoneOn = true;
        else if (!isPendingRef(update.ref))
            hasForeign = true;
    }
    if (moved.length === 0 && !hasGoneOn)
        return 'undone';
    if (hasForeign && hasGoneOn)
        return 'torn';
    refs.refresh();
    if (hasForeign) {
        await refs.move(moved.map(({ ref, from, to }) => ({ ref, from: to, to: from })));
        return 'undone';
    }
    if (waiting.length > 0)
        await refs.move(waiting);
    return 'done';
}
async function refsNow({ git }, updates) {
    const names = updates.map(({ ref }) => ref);
    const listing = await git.run(['for-each-ref', '--format=%(refname) %(objectname)', ...names]);
    return new Map(listing.split('\n').flatMap((line) => {
        const [name, id] = line.split(' ');
        return name && id ? [[name, id]] : [];
    }));
}
/** Whether a ref has gone on from where it was to be moved. */
async function isBehind({ git }, to, at) {
    if (to === undefined || at === undefined)
        return false;
    try {
        await git.run(['merge-base', '--is-ancestor', to, at]);
        return true;
    }
    catch (error) {
        if (error instanceof AppError && error.code === 'git-failed')
            return false;
        throw error;
    }
}
function isPlan(value) {
    return (isProcessIdentity(value) &&
        isObject(value) &&
        Array.isArray(value.updates) &&
        value.updates.every((update) => isObject(update) && typeof update.ref === 'string'));
}
//# sourceMappingURL=ref-journal.js.map