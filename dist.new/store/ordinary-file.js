/** Owns how a category file is read from a directory that others may write to. */
import { constants, lstat, open } from 'node:fs/promises';
import { messageOf } from '../errors.js';
/** A file that was changed a moment ago may change again within one tick of the clock that stamps it. Milliseconds. */
const TICK = 50;
/** Far above any reference there will be; below what would hold up the process. Bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;
/**
 * Reads an ordinary file and nothing else: a link that came with a pull must not publish what it points to, and a device or
 * a pipe must not hold us up.
 */
export async function readOrdinaryFile(path) {
    try {
        const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        try {
            const found = await file.stat({ bigint: true });
            if (!found.isFile())
                return { state: 'unreadable', message: 'it is not an ordinary file' };
            if (found.size > LARGEST_FILE) {
                return { state: 'unreadable', message: `it is larger than ${LARGEST_FILE} bytes` };
            }
            const isSettled = Date.now() - Number(found.ctimeMs) > TICK;
            return {
                state: 'read',
                bytes: await file.readFile(),
                modified: Number(found.mtimeMs),
                stamp: isSettled ? stampOf(found) : undefined,
            };
        }
        finally {
            await file.close();
        }
    }
    catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'ENOENT')
            return { state: 'absent' };
        if (code === 'ELOOP')
            return { state: 'unreadable', message: 'it is a symbolic link, which is not followed' };
        return { state: 'unreadable', message: `the file cannot be read: ${messageOf(error)}` };
    }
}
/** What can be told of a file without reading it; undefined where there is none. */
export async function glanceAt(path) {
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    return found && { stamp: stampOf(found), modified: Number(found.mtimeMs) };
}
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }) {
    return [dev, ino, size, mtimeNs, ctimeNs].join('.');
}
//# sourceMappingURL=ordinary-file.js.map