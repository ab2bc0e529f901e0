/**
 * Writes objects as git's loose object store has them. Done here and not by a git process: a commit is three objects, and
 * to write them takes less than to start one `git hash-object`. (Format: git documentation, "gitformat-loose" and "Git
 * Objects" in Pro Git.)
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { syncDirectory, writeWhole } from './durable-files.js';
import { DEFLATE_LEVEL, objectId, } from './object-writer.js';
/** How often a folder is made again that a `git gc` found empty and took away before the object was in it. */
const MOST_ATTEMPTS = 5;
export class LooseObjects {
    #directory;
    #format;
    #unsynced = [];
    #madeFolder = false;
    /** @param commonDirectory the repository's git directory that holds `objects` */
    constructor(commonDirectory, format) {
        this.#directory = path.join(commonDirectory, 'objects');
        this.#format = format;
    }
    /**
     * Writes an object; others see it at once, but it is not durable before `sync`.
     * @returns its id
     */
    write(type, body) {
        const header = Buffer.from(`${type} ${body.length}\0`);
        const id = objectId(this.#format, type, body);
        const packed = deflateSync(Buffer.concat([header, body]), { level: DEFLATE_LEVEL });
        const folder = path.join(this.#directory, id.slice(0, 2));
        // Git takes such a name for what was left by a process that died, and prunes it in time.
        const temporary = path.join(this.#directory, `tmp_obj_${randomBytes(8).toString('hex')}`);
        const descriptor = openSync(temporary, 'wx', 0o444);
        // Written anew even where it is there already: a copy that nothing names might be pruned any moment.
        const final = path.join(folder, id.slice(2));
        this.#unsynced.push({ descriptor, temporary, final });
        // Who may read and write in a repository that several people share, git has said by the mode of this directory.
        const mode = statSync(this.#directory).mode & 0o7777;
        fchmodSync(descriptor, mode & 0o444);
        writeWhole(descriptor, packed);
        this.#place(temporary, final, mode);
        return id;
    }
    #place(temporary, final, mode) {
        const folder = path.dirname(final);
        for (let attempt = 1;; attempt++) {
            try {
                if (makeDirectory(folder)) {
                    this.#madeFolder = true;
                    chmodSync(folder, mode);
                }
                renameSync(temporary, final);
                return;
            }
            catch (error) {
                if (!isMissing(error) || attempt === MOST_ATTEMPTS)
                    throw error;
            }
        }
    }
    /** Each object has its place from the start. */
    place() { }
    /** Makes all that was written durable: the objects, then the folders that name them. */
    sync() {
        const written = this.#unsynced;
        this.#unsynced = [];
        try {
            for (const { descriptor } of written)
                fsyncSync(descriptor);
            for (const folder of new Set(written.map(({ final }) => path.dirname(final))))
                syncIfThere(folder);
            if (this.#madeFolder)
                syncDirectory(this.#directory);
            this.#madeFolder = false;
        }
        finally {
            for (const { descriptor } of written)
                closeSync(descriptor);
        }
    }
    /** Git leaves young loose objects alone, whether anything names them or not. */
    release() { }
    /** Forgets what was written and not synced; objects that nothing names do no harm, half-written ones go. */
    abandon() {
        for (const { descriptor, temporary } of this.#unsynced) {
            closeSync(descriptor);
            try {
                unlinkSync(temporary);
            }
            catch {
                // It has its final name already.
            }
        }
        this.#unsynced = [];
    }
}
/**
 * Makes a directory where there is none. (Node's own `recursive` takes a disk that cannot be written for a missing parent.)
 * @returns whether it was made
 */
export function makeDirectory(directory) {
    try {
        mkdirSync(directory);
        return true;
    }
    catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
            return false;
        throw error;
    }
}
/** A `git gc` takes a folder away when all that was in it is in a pack, which git has synced. */
function syncIfThere(directory) {
    try {
        syncDirectory(directory);
    }
    catch (error) {
        if (!isMissing(error))
            throw error;
    }
}
function isMissing(error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
//# sourceMappingURL=loose-objects.js.map