/** Changes the file of hashed keys whole: readers see it before or after, and of two changes at once none is lost. */
import { chown, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError, messageOf } from '../errors.js';
import { isMissing, keysFileText, readKeysFile } from './keys-file.js';
/** A change takes some milliseconds. */
const PATIENCE = { tries: 100, pause: 50 };
/**
 * Replaces the file by what `change` makes of it; where that is the very same list nothing is written. When this ends, the
 * change is on the disk, and only the file's owner may open it.
 * @param change called once, with what nobody else can change meanwhile
 * @throws AppError `keys-file-invalid` when there is something else than a keys file, or nothing to change;
 * `storage-failed` when it cannot be written; and whatever `change` throws. The file is then as it was.
 */
export async function changeKeysFile(named, change, { create, patience = PATIENCE }) {
    try {
        // Said before anything is made beside it.
        if (!create)
            await readKeysFile(named);
        // The file that a link names is replaced, not the link.
        const file = (await ifThere(realpath(named))) ?? path.resolve(named);
        if (create)
            await makeDirectory(path.dirname(file));
        return await changeLocked(file, change, { create, patience });
    }
    catch (error) {
        if (error instanceof AppError)
            throw error;
        throw new AppError('storage-failed', `the keys file ${named} cannot be changed: ${messageOf(error)}`);
    }
}
/** The new file is its own lock, as in git: nobody else can begin one until it has taken the old one's place. */
async function changeLocked(file, change, { create, patience }) {
    const next = `${file}.lock`;
    const handle = await begin(next, file, patience);
    let isInPlace = false;
    try {
        const old = await ifThere(stat(file));
        const entries = old || !create ? (await readKeysFile(file)).entries : [];
        const edited = change(entries);
        if (edited.entries === entries)
            return edited;
        await handle.writeFile(keysFileText(file, edited.entries));
        await handOver(old ?? (await stat(path.dirname(file))), old !== undefined, (uid, gid) => handle.chown(uid, gid));
        await handle.sync();
        await rename(next, file);
        isInPlace = true;
        await syncDirectory(path.dirname(file));
        return edited;
    }
    finally {
        await handle.close();
        if (!isInPlace)
            await unlink(next);
    }
}
async function begin(next, file, { tries, pause }) {
    for (let left = tries;; left--) {
        try {
            return await open(next, 'wx', 0o600);
        }
        catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
                throw error;
        }
        if (left <= 1) {
            throw new AppError('storage-failed', `the keys file ${file} is being changed by another command; if there is none, one was ended half-way: ` +
                `remove ${next} and try again`);
        }
        await setTimeout(pause);
    }
}
/** One level only: a longer path that is not there is more likely a mistake. */
async function makeDirectory(directory) {
    try {
        await mkdir(directory);
    }
    catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
            return;
        if (!isMissing(error))
            throw error;
        const parent = path.dirname(directory);
        throw new AppError('storage-failed', `the directory ${parent} is not there; name another, or make it first`);
    }
    await handOver(await stat(path.dirname(directory)), false, (uid, gid) => chown(directory, uid, gid));
}
/**
 * Keeps a file with its owner, as the server that runs as that user could no longer read it. What is new belongs to
 * whoever makes it, except that root, who sets things up for others, leaves it to the directory's owner.
 */
async function handOver({ uid, gid }, isReplaced, give) {
    const ours = process.geteuid?.();
    if (ours === undefined || ours === uid)
        return;
    if (isReplaced || ours === 0)
        await give(uid, gid);
}
async function syncDirectory(directory) {
    const handle = await open(directory, 'r');
    try {
        await handle.sync();
    }
    finally {
        await handle.close();
    }
}
async function ifThere(found) {
    try {
        return await found;
    }
    catch (error) {
        if (isMissing(error))
            return undefined;
        throw error;
    }
}
//# sourceMappingURL=change-keys-file.js.map