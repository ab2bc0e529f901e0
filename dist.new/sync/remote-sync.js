/**
 * Keeps the repository and its remote alike: fetches on a timer, at a webhook and when it is told that something is new; has the
 * writer bring what came; and pushes what the remote lacks. One round at a time; calls that come meanwhile share one further round.
 */
import { AppError, messageOf } from '../errors.js';
/** While something is wrong, it is tried again sooner than by the timer. Milliseconds. */
const PAUSES = { down: 2_000, diverged: 5_000 };
/** How often another may be quicker before a push waits for the next round. */
const MOST_PUSHES = 5;
export class RemoteSync {
    #options;
    #status;
    #running;
    #again = false;
    /** Whether the next round is to look at the remote first; what is written here can be pushed without. */
    #fetches = true;
    #timer;
    #closed = false;
    constructor(options) {
        this.#options = options;
        this.#status = {
            remote: options.remote.name,
            state: 'starting',
            trouble: undefined,
            since: options.clock(),
            lastSync: undefined,
            unsynced: 0,
        };
    }
    get status() {
        return this.#status;
    }
    /** Does a round now, or after the one that runs; resolved when it is done, also when it failed. */
    sync() {
        this.#fetches = true;
        return this.#begin();
    }
    /** To be told that something was written here. */
    push() {
        void this.#begin();
    }
    #begin() {
        if (this.#closed)
            return Promise.resolve();
        if (this.#running !== undefined) {
            this.#again = true;
            return this.#running;
        }
        this.#running = this.#rounds().finally(() => {
            this.#running = undefined;
            this.#schedule();
        });
        return this.#running;
    }
    /** To be told that the remote could not be reached by somebody else. */
    noteUnreachable(error) {
        if (this.#status.state === 'ok')
            this.#fail('down', error.message);
        this.#schedule();
    }
    /**
     * To be asked before a write that the remote must have.
     * @throws AppError `remote-unavailable`, `remote-diverged`
     */
    requireReachable() {
        const { state, trouble, remote } = this.#status;
        if (state === 'ok')
            return;
        if (state === 'diverged')
            throw new AppError('remote-diverged', trouble ?? '', { retryAfter: 60 });
        throw new AppError('remote-unavailable', trouble ?? `${remote} has not been reached yet; send the change again in a moment`, { retryAfter: 5 });
    }
    async close() {
        this.#closed = true;
        clearTimeout(this.#timer);
        this.#options.remote.close();
        await this.#running;
    }
    #schedule() {
        clearTimeout(this.#timer);
        if (this.#closed)
            return;
        const every = this.#options.every * 1000;
        const pause = Math.min(every, PAUSES[this.#status.state] ?? every);
        this.#timer = setTimeout(() => void this.sync(), pause);
        this.#timer.unref();
    }
    async #rounds() {
        do {
            this.#again = false;
            // After a failure nobody knows what the remote has.
            if (this.#status.state !== 'ok')
                this.#fetches = true;
            await this.#round();
        } while (this.#again && !this.#closed);
    }
    async #round() {
        const { logger } = this.#options;
        try {
            for (let pushed = 0;; pushed++) {
                const followed = await this.#look(this.#fetches || pushed > 0);
                if (followed.trouble !== undefined) {
                    this.#fail('diverged', followed.trouble);
                    return;
                }
                if (followed.ahead.length === 0)
                    break;
                this.#status = { ...this.#status, unsynced: followed.unsynced };
                if (await this.#push(followed.ahead, pushed))
                    break;
            }
            this.#succeed();
        }
        catch (error) {
            if (!(error instanceof AppError)) {
                logger.error({ err: error }, 'synchronising with the remote went wrong');
                this.#fail('diverged', messageOf(error));
                return;
            }
            const isDown = error.code === 'remote-unavailable' || error.code === 'outcome-unknown';
            this.#fail(isDown ? 'down' : 'diverged', error.message);
        }
    }
    async #look(fetches) {
        const { remote, writer, isMirror, isShared } = this.#options;
        if (!fetches)
            return writer.follow(isMirror);
        this.#fetches = false;
        let failure;
        const fetch = () => remote.fetch(!isMirror).catch((error) => {
            failure = error;
        });
        if (!isShared)
            await fetch();
        // How far it is behind can be told also when it was not reached.
        const followed = await writer.follow(isMirror, isShared ? fetch : undefined);
        if (failure === undefined)
            return followed;
        this.#status = { ...this.#status, unsynced: followed.unsynced };
        throw failure;
    }
    /** @returns false when another was quicker, and what is there must be fetched first */
    async #push(ahead, before) {
        const { remote, writer } = this.#options;
        try {
            await remote.push(ahead);
        }
        catch (error) {
            const isMoved = error instanceof AppError && error.code === 'ref-moved';
            if (isMoved && before < MOST_PUSHES)
                return false;
            throw error;
        }
        await writer.noteShared(ahead);
        return true;
    }
    #succeed() {
        const { clock, logger } = this.#options;
        const now = clock();
        const { state, since } = this.#status;
        if (state === 'down' || state === 'diverged')
            logger.info({ remote: this.#status.remote }, 'in step with the remote again');
        this.#status = {
            ...this.#status,
            state: 'ok',
            trouble: undefined,
            since: state === 'ok' ? since : now,
            lastSync: now,
            unsynced: 0,
        };
    }
    #fail(state, trouble) {
        const { clock, logger } = this.#options;
        const isKnown = this.#status.state === state && this.#status.trouble === trouble;
        if (!isKnown)
            logger.warn({ remote: this.#status.remote, reason: trouble }, 'not in step with the remote');
        const since = this.#status.state === state ? this.#status.since : clock();
        this.#status = { ...this.#status, state, trouble, since };
    }
}
//# sourceMappingURL=remote-sync.js.map