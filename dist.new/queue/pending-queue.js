/**
 * The queue as it is read: an index of the ledger that follows it, and the records of changes on demand. What changes it
 * goes through the writer, which says what it did; whatever came about otherwise is read from git.
 */
import { AppError, messageOf } from '../errors.js';
import { LedgerReader } from './ledger-reader.js';
import { goneLedger } from './pending-change.js';
import { QueueIndex } from './queue-index.js';
import { RecentContents } from './recent-contents.js';
export class PendingQueue {
    enabled;
    #reader;
    #logger;
    #clock;
    #contents = new RecentContents();
    #index = new QueueIndex();
    /** The commit that the index was made from; undefined for an empty ledger. */
    #tip;
    /** What was last found at the ref: where it is not the tip, it could not be read. */
    #trouble;
    constructor({ enabled, repository, blobs, logger, clock }) {
        this.enabled = enabled;
        this.#reader = new LedgerReader(repository, blobs);
        this.#logger = logger;
        this.#clock = clock;
    }
    /** Reads the whole ledger. One that is damaged is told by `trouble`, as references are served without it. */
    static async open(options) {
        const queue = new PendingQueue(options);
        await queue.follow();
        return queue;
    }
    /** The changes, as of the last ledger that could be read. */
    get index() {
        return this.#index;
    }
    /** Commit of the ledger that the index shows. */
    get tip() {
        return this.#tip;
    }
    get trouble() {
        return this.#trouble;
    }
    /**
     * To be called before anything is done to the queue.
     * @throws AppError `ledger-broken` that names the object
     */
    requireSound() {
        if (this.#trouble)
            throw this.#trouble.error;
    }
    /** As `requireSound`, for whoever only reads: what was read before the damage is shown on. */
    requireReadable() {
        if (this.#trouble && this.#tip === undefined)
            throw this.#trouble.error;
    }
    /** The records that a change of the index is about. */
    async content(id) {
        const known = this.#contents.get(id);
        if (known)
            return known;
        const content = await this.#reader.content(this.#tip ?? '', id);
        this.#contents.put(id, content);
        return content;
    }
    /** Takes what a group of writes did. Not while `follow` runs. */
    async publishWritten({ base, tip, changes, contents }) {
        if (base !== this.#tip || this.#trouble) {
            await this.follow();
            return;
        }
        for (const [id, content] of contents)
            this.#contents.put(id, content);
        for (const change of changes)
            this.#index.put(change);
        this.#tip = tip;
    }
    /** Looks whether somebody moved the ledger, and reads what is new in it. Never throws for what it finds there. */
    async follow() {
        if (!this.enabled)
            return;
        let tip;
        try {
            tip = await this.#reader.tip();
            if (tip === this.#tip) {
                this.#trouble = undefined;
                return;
            }
            if (tip === undefined)
                throw goneLedger(this.#tip ?? '');
            if (this.#trouble?.at === tip)
                return;
            await this.#load(tip);
            this.#trouble = undefined;
        }
        catch (error) {
            if (!(error instanceof AppError))
                throw error;
            const known = this.#trouble?.error.message === error.message ? this.#trouble : undefined;
            this.#trouble = { error, since: known?.since ?? this.#clock(), at: tip };
            if (!known)
                this.#logger.error({ reason: messageOf(error) }, 'the ledger of the queue cannot be read');
        }
    }
    /** Read whole before any of it is shown. */
    async #load(tip) {
        const changes = [];
        // What was taken out by hand is rare: then all is read again.
        const isExtended = this.#tip !== undefined &&
            (await this.#reader.readSince(this.#tip, tip, (change) => changes.push(change)));
        if (isExtended) {
            for (const change of changes)
                this.#index.put(change);
        }
        else {
            const index = new QueueIndex();
            await this.#reader.readAll(tip, (change) => index.put(change));
            this.#index = index;
        }
        this.#contents.clear();
        this.#tip = tip;
    }
}
//# sourceMappingURL=pending-queue.js.map