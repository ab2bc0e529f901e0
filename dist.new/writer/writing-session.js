/** The right to write to a repository and the process that does it for us. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../errors.js';
import { isRevert, isTransition } from './change.js';
import { FileReceiver } from './file-transfer.js';
import { currentProcess } from './process-identity.js';
import { isHeld } from './writer-lock.js';
/** The compiled entry, also for callers that run from source. */
const ENTRY = new URL('../../dist/writer/writer-process.js', import.meta.url);
/** Texts of a few megabytes come and go with every write, so the young generation is larger than the service's own. */
const NODE_OPTIONS = ['--max-semi-space-size=16', '--max-old-space-size=512'];
/** A group takes some milliseconds: after this time a disk or a git command hangs. Milliseconds. */
const LONGEST_GROUP = 60_000;
/** One call may apply or purge as many changes as there are. */
const LONGEST_TRANSITION = 600_000;
const UNKNOWN = 'the process that writes has ended, and it cannot be told whether the change was made; read the model again, or send the ' +
    'change again with the same Idempotency-Key';
export class WritingSession {
    #child;
    #lock;
    #git;
    #logger;
    #receiver = new FileReceiver();
    #running;
    #ended = false;
    constructor(child, lock, git, logger) {
        this.#child = child;
        this.#lock = lock;
        this.#git = git;
        this.#logger = logger;
        child.on('message', (message) => this.#hear(message));
        child.on('error', (error) => this.#end(error));
        child.on('exit', () => this.#end(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 })));
    }
    /**
     * Takes the lock, and repairs what a process that died may have left.
     * @throws AppError `writer-locked`, `storage-failed`, and what the repository may be refused for
     */
    static async open(repository, { purpose, logger, shared }) {
        const child = fork(ENTRY, {
            serialization: 'advanced',
            // A signal to the group of the service is not for it, nor for the git commands that it has under way.
            detached: true,
            execArgv: NODE_OPTIONS,
            stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        });
        const { git, ...data } = repository;
        tell(child, { kind: 'open', repository: data, purpose, service: currentProcess(), shared });
        try {
            return new WritingSession(child, await opened(child, logger), git, logger);
        }
        catch (error) {
            if (child.connected)
                child.disconnect();
            throw error;
        }
    }
    /** False once the process died or the lock went to somebody else: then another session must be opened. */
    get usable() {
        return !this.#ended && isHeld(this.#lock);
    }
    /** Commits a group; one at a time. Throws only for a mistake of ours, which may leave the group done or not. */
    async commit(requests) {
        const isLong = requests.some((request) => isRevert(request) || (isTransition(request) && request.transition !== 'propose'));
        const longest = isLong ? LONGEST_TRANSITION : LONGEST_GROUP;
        const { message, files } = await this.#ask({ kind: 'commit', requests }, longest);
        if (message.kind !== 'done')
            throw new Error(`the writer answers ${message.kind}`);
        const { result, gzip } = message;
        return { ...result, files: files.map((file, index) => ({ ...file, gzip: asBuffer(gzip[index]) })) };
    }
    /** As `Committer.follow`. */
    async follow(isMirror) {
        const { message } = await this.#ask({ kind: 'follow', isMirror }, LONGEST_TRANSITION);
        if (message.kind !== 'followed')
            throw new Error(`the writer answers ${message.kind}`);
        return message.followed;
    }
    /** As `Committer.noteShared`. */
    async noteShared(updates) {
        await this.#ask({ kind: 'note-shared', updates }, LONGEST_GROUP);
    }
    /** @param longest milliseconds after which it is given up, and the process with it */
    #ask(message, longest) {
        const limit = setTimeout(() => this.#child.kill('SIGKILL'), longest);
        return new Promise((resolve, reject) => {
            if (this.#ended)
                reject(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 }));
            this.#running = { files: [], resolve, reject };
            tell(this.#child, message);
        }).finally(() => clearTimeout(limit));
    }
    async close() {
        if (this.#ended)
            return;
        const exited = once(this.#child, 'exit');
        const limit = setTimeout(() => this.#child.kill('SIGKILL'), LONGEST_GROUP);
        tell(this.#child, { kind: 'close' });
        await exited;
        clearTimeout(limit);
    }
    #hear(message) {
        if (message.kind === 'notice')
            this.#logger.warn(message.message);
        if (message.kind === 'git')
            for (const run of message.runs)
                this.#git.note(run);
        const running = this.#running;
        if (message.kind === 'written') {
            // Also when nobody waits any more: the next patch builds on it.
            const files = message.files.map((patch) => this.#receiver.whole(patch));
            if (running)
                running.files = files;
        }
        if (message.kind === 'done' || message.kind === 'followed' || message.kind === 'noted') {
            running?.resolve({ message, files: running.files });
        }
        if (message.kind === 'failed')
            running?.reject(errorOf(message));
    }
    #end(error) {
        this.#ended = true;
        this.#running?.reject(error);
    }
}
function asBuffer(bytes) {
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
/** A process that is gone is told by its exit. */
function tell(child, message) {
    child.send(message, () => { });
}
function opened(child, logger) {
    return new Promise((resolve, reject) => {
        child.on('message', function hear(message) {
            if (message.kind === 'notice') {
                logger.warn(message.message);
                return;
            }
            child.off('message', hear);
            if (message.kind === 'opened')
                resolve(message.lock);
            if (message.kind === 'failed')
                reject(errorOf(message));
        });
        const fail = (words) => reject(new AppError('storage-failed', `the process that writes could not be started: ${words}`));
        child.once('error', (error) => fail(error.message));
        child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
    });
}
function errorOf({ code, message, data }) {
    return code === undefined ? new Error(message) : new AppError(code, message, data);
}
//# sourceMappingURL=writing-session.js.map