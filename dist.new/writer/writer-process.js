/**
 * Entry of the process that writes for a service: takes the lock, then commits group after group until it is told to end or
 * the service is gone. A process of its own, because starting git takes the longer the larger its parent is, and
 * because what it does to a megabyte of text must stop no read.
 */
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { systemClock } from '../clock.js';
import { AppError, messageOf } from '../errors.js';
import { Git } from '../git/command.js';
import { gzipped } from '../store/representation.js';
import { Committer } from './committer.js';
import { FileSender } from './file-transfer.js';
import { WriterLock } from './writer-lock.js';
/** Nobody hears when the service has died meanwhile. */
const say = (message) => {
    if (process.connected)
        process.send?.(message);
};
/** One thing after the other, in the order in which it was asked for. */
let busy = Promise.resolve();
let lock;
let committer;
const sender = new FileSender();
/** Commands of git that the service was not told of yet. */
let runs = [];
process.on('message', (message) => {
    busy = busy.then(() => handle(message)).catch(fail);
});
// Whatever is under way is finished: what is half done would have to be tidied up.
process.on('disconnect', () => {
    busy = busy.then(close).finally(() => process.exit());
});
// A signal to the whole group (Ctrl-C, a service manager) is for the service, which closes us when it has answered.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => { });
try {
    // Git commands inherit it: readers come first.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    // Linux may share its processors out by session first, and we are one of our own: then this is what counts (sched(7)).
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_BELOW_NORMAL));
}
catch {
    // A system that knows no such thing treats both alike.
}
async function handle(message) {
    if (message.kind === 'open') {
        say({ kind: 'opened', lock: await open(message) });
    }
    else if (message.kind === 'commit') {
        let gzip = Promise.resolve([]);
        const { files: _told, ...result } = await opened().commit(message.requests, (files) => {
            say({ kind: 'written', files: files.map((file) => sender.patch(file)) });
            // While git is waited for, and at our priority, not at that of readers. A write that is done does not fail by it: the
            // service makes what is missing.
            gzip = Promise.all(files.map(({ bytes }) => gzipped(bytes))).catch(() => []);
        });
        const made = await gzip;
        say({ kind: 'git', runs });
        runs = [];
        say({ kind: 'done', result, gzip: made });
    }
    else if (message.kind === 'follow') {
        say({ kind: 'followed', followed: await opened().follow(message.isMirror) });
    }
    else if (message.kind === 'note-shared') {
        await opened().noteShared(message.updates);
        say({ kind: 'noted' });
    }
    else {
        await close();
        process.disconnect();
    }
}
function opened() {
    if (!committer)
        throw new Error('nothing was opened');
    return committer;
}
async function open({ repository, purpose, service, shared, }) {
    const git = new Git(repository.root, undefined, undefined, (run) => runs.push(run));
    const whole = { ...repository, git };
    lock = await WriterLock.acquire(whole, purpose, service);
    const onNotice = (notice) => say({ kind: 'notice', message: notice });
    try {
        committer = await Committer.open({ repository: whole, clock: systemClock, onNotice, shared });
    }
    catch (error) {
        if (!(error instanceof AppError))
            throw error;
        throw new AppError('storage-failed', `the repository cannot be opened for writing: ${error.message}`);
    }
    return lock.mark;
}
async function close() {
    await committer?.close();
    committer = undefined;
    lock?.release();
    lock = undefined;
}
function fail(error) {
    if (error instanceof AppError) {
        const { code, message, data } = error;
        say({ kind: 'failed', code, message, data });
        return;
    }
    const stack = error instanceof Error ? error.stack : undefined;
    say({ kind: 'failed', code: undefined, message: stack ?? messageOf(error), data: {} });
}
//# sourceMappingURL=writer-process.js.map