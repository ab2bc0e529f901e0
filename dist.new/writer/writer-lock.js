/**
 * The lock under which one process writes to a repository. It names its owner, so that a second one can say who that is,
 * and so that a lock whose owner died holds nobody up.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeSync, } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { currentProcess, isProcessIdentity, stateOf } from './process-identity.js';
import { stateDirectory } from './state-directory.js';
/** An owner that cannot be seen from here (another container) shows that it lives by touching the file. Milliseconds. */
const HEARTBEAT = 10_000;
/** How long an owner whose service died may take to finish; milliseconds. */
const LAST_BREATH = 10_000;
const SILENCE_OF_THE_DEAD = 60_000;
/** Others may take and release it between two of our looks, but not this often. */
const MOST_ATTEMPTS = 100;
export class WriterLock {
    #file;
    #content;
    #heartbeat;
    constructor(file, content) {
        this.#file = file;
        this.#content = content;
        this.#heartbeat = setInterval(() => this.#touch(), HEARTBEAT).unref();
    }
    /**
     * Takes the lock, from a dead owner if need be. One whose service has died is waited for: it is about to end.
     * @param service what this process writes for, where that is another process
     * @throws AppError `writer-locked` that names the owner; `storage-failed` when the lock cannot be written
     */
    static async acquire(repository, purpose, service) {
        const owner = { ...currentProcess(), purpose, since: new Date().toISOString(), service };
        const content = `${JSON.stringify({ ...owner, token: randomUUID() })}\n`;
        const deadline = Date.now() + LAST_BREATH;
        try {
            const file = path.join(stateDirectory(repository), 'writer.lock');
            for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                if (create(file, content))
                    return new WriterLock(file, content);
                const found = read(file);
                if (found === undefined)
                    continue; // released between the two looks
                if (isAbandoned(file, found)) {
                    takeAway(file, found);
                }
                else if (isOrphaned(found) && Date.now() < deadline) {
                    attempt--;
                    await setTimeout(20);
                }
                else {
                    throw locked(repository, found);
                }
            }
            throw new Error(`${file} can neither be made nor taken over`);
        }
        catch (error) {
            if (error instanceof AppError)
                throw error;
            const words = error instanceof Error ? error.message : String(error);
            throw new AppError('storage-failed', `the lock for writing cannot be made: ${words}`, {}, { cause: error });
        }
    }
    /** What others can know the lock by. */
    get mark() {
        return { file: this.#file, content: this.#content };
    }
    /** Whether it is still ours: somebody may have removed the file by hand and another process taken the lock. */
    get held() {
        return isHeld(this.mark);
    }
    release() {
        clearInterval(this.#heartbeat);
        if (this.held)
            unlinkSync(this.#file);
    }
    #touch() {
        try {
            const now = new Date();
            if (this.held)
                utimesSync(this.#file, now, now);
        }
        catch {
            // A disk that takes no time stamp now may take the next.
        }
    }
}
/** Whether whoever took this lock still has it. */
export function isHeld({ file, content }) {
    try {
        return read(file) === content;
    }
    catch {
        return false;
    }
}
function create(file, content) {
    // Linked whole, so that nobody ever reads half a lock.
    const temporary = `${file}.${randomUUID()}`;
    const descriptor = openSync(temporary, 'wx');
    try {
        writeSync(descriptor, content);
        linkSync(temporary, file);
        return true;
    }
    catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
            return false;
        throw error;
    }
    finally {
        closeSync(descriptor);
        unlinkSync(temporary);
    }
}
/** Undefined where there is none; one that is there but may not be read is an error. */
function read(file) {
    try {
        return readFileSync(file, 'utf8');
    }
    catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
            return undefined;
        throw error;
    }
}
function ownerOf(content) {
    try {
        const value = JSON.parse(content);
        return isProcessIdentity(value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function isAbandoned(file, content) {
    const owner = ownerOf(content);
    const state = owner ? stateOf(owner) : 'unknown';
    if (state !== 'unknown')
        return state === 'dead';
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - touched > SILENCE_OF_THE_DEAD;
}
/** Whether the owner works for a service that is no more. */
function isOrphaned(content) {
    const service = ownerOf(content)?.service;
    return service !== undefined && stateOf(service) === 'dead';
}
/** Two processes may both find the lock abandoned: whoever moved away the other's new one puts it back. */
function takeAway(file, abandoned) {
    const aside = `${file}.${randomUUID()}`;
    try {
        renameSync(file, aside);
    }
    catch {
        return; // the other was first
    }
    if (read(aside) !== abandoned) {
        try {
            linkSync(aside, file);
        }
        catch {
            // A third has it by now; whoever lost it finds out before it writes.
        }
    }
    unlinkSync(aside);
}
function locked(repository, content) {
    const owner = ownerOf(content);
    const { pid } = owner?.service ?? owner ?? {};
    const who = owner
        ? `process ${pid} on ${owner.host} (${owner.purpose}, since ${owner.since})`
        : 'another process';
    return new AppError('writer-locked', `${repository.root} is being written by ${who}; send the change to it, or stop it first`, owner && { pid, host: owner.host, purpose: owner.purpose, since: owner.since });
}
//# sourceMappingURL=writer-lock.js.map