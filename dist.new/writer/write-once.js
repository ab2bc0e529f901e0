/** Writes from a process that does nothing else: takes the lock, does its changes one after the other, and lets go. */
import { Committer } from './committer.js';
import { WriterLock } from './writer-lock.js';
/**
 * Calls the action with what commits a change; each is durable when its outcome is there.
 * @param purpose what the owner of the lock is doing, for people: `put`
 * @throws AppError `writer-locked` that names the process which writes now, `storage-failed`
 */
export async function writeOnce(options, purpose, action) {
    const lock = await WriterLock.acquire(options.repository, purpose);
    try {
        const committer = await Committer.open(options);
        try {
            return await action(async (request) => {
                const [outcome] = (await committer.commit([request])).outcomes;
                if (!outcome)
                    throw new Error('the writer has no answer for a request');
                // Each kind of request has its kind of outcome.
                return outcome;
            });
        }
        finally {
            await committer.close();
        }
    }
    finally {
        lock.release();
    }
}
//# sourceMappingURL=write-once.js.map