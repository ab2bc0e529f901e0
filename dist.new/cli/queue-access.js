/** How the commands of the queue come to it: to read it, which works at any time, and to change it, as the one writer. */
import { systemClock } from '../clock.js';
import { AppError } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { createLogger } from '../logger.js';
import { wireText } from '../queue/pending-change.js';
import { PendingQueue } from '../queue/pending-queue.js';
import { writeOnce } from '../writer/write-once.js';
import { authorOf } from './author.js';
import { openDataRepository } from './data-repository.js';
import { dateText } from './terminal-text.js';
import { requirePrimary, sharedRemote } from './write-change.js';
/** @throws AppError `ledger-broken` that names the object */
export async function readQueue(repository, action) {
    const blobs = new BlobReader(repository.git);
    try {
        const logger = createLogger('silent');
        const queue = await PendingQueue.open({ enabled: true, repository, blobs, logger, clock: systemClock });
        queue.requireSound();
        return await action({ repository, queue, blobs });
    }
    finally {
        blobs.close();
    }
}
/** @throws AppError `change-unknown` */
export function findChange({ index }, id) {
    const change = index.get(id);
    if (change)
        return change;
    const purged = index.known(id)?.ledger.purged;
    if (purged) {
        const { at, username } = purged;
        throw new AppError('change-unknown', `change ${id} is not in the queue any more: it was purged by ${username} at ${dateText(at)}`);
    }
    throw new AppError('change-unknown', `there is no change ${id}; see which there are with: horde-references queue list`);
}
/**
 * Holds the writer's lock while the action runs.
 * @param purpose what it is doing, for whoever finds the lock taken: `queue apply`
 * @throws AppError `config-invalid` where the settings say that references are changed elsewhere, `writer-locked`, `ledger-broken`
 */
export async function changeQueue(purpose, flags, output, action) {
    const { repository, settings } = await openDataRepository(flags);
    requirePrimary(settings);
    const author = await authorOf(flags.as, repository, output);
    const onNotice = (message) => output.note(`note: ${message}`);
    return writeOnce({ repository, clock: systemClock, onNotice, shared: sharedRemote(settings) }, purpose, (commit) => 
    // All of it, as on what is damaged nothing is to be built.
    readQueue(repository, ({ queue }) => {
        const submit = async (request) => {
            const outcome = await commit(request);
            if (outcome.kind === 'refused')
                throw refused(outcome);
            await queue.follow();
            return outcome;
        };
        return action({ queue, author, submit });
    }));
}
/** The words of the API, and what to do at a shell. */
function refused({ code, message, data }) {
    const isAboutChanges = code === 'change-state' || code === 'change-unknown';
    const advice = `${/\.$/.test(message) ? '' : '.'} Nothing was changed; see: horde-references queue list`;
    return new AppError(code, isAboutChanges ? message + advice : message, data);
}
/**
 * A list of changes as the API shows them, JSON text.
 * @param nulls whether absent fields are told as null, or left out
 */
export async function recordsText(queue, changes, nulls) {
    const texts = changes.map(async (change) => wireText(change, await queue.content(change.change_id), nulls));
    return `[${(await Promise.all(texts)).join()}]`;
}
//# sourceMappingURL=queue-access.js.map