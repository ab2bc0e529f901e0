/**
 * Knows of every category which commits touched it and what they did to its models: read once, extended with each commit, and
 * kept for the next process.
 */
import { CATEGORIES } from '../categories.js';
import { messageOf } from '../errors.js';
import { historyOf, lineBetween } from './category-history.js';
import { parentsFirst } from './model-history.js';
import { readEach } from './read-history.js';
/** Versions that are read on the event loop at most: a few milliseconds each. */
const MOST_READ_HERE = 20;
/** What is new is kept this long after a write, and so not with each of many. Milliseconds. */
const SAVE_AFTER = 2_000;
export class HistoryIndex {
    #store;
    #background;
    #archive;
    #logger;
    #histories;
    /** Commit of the newest version of a category that could not be read. */
    #failed = new Map();
    /** Path in the tree by category. */
    #paths;
    #boundary;
    #saving;
    #reading = Promise.resolve();
    #closed = false;
    constructor({ store, background, archive, logger, known }) {
        this.#store = store;
        this.#background = background;
        this.#archive = archive;
        this.#logger = logger;
        this.#histories = new Map(known.histories);
        this.#boundary = known.history?.boundary ?? '';
        this.#paths = new Map(CATEGORIES.map((category) => [category.name, store.pathInTree(category)]));
    }
    /** The newest commit that touched the category's file; undefined when none ever did. */
    newest(category) {
        return this.#store.snapshot.history?.files.get(this.#paths.get(category.name) ?? '');
    }
    /** The history of a category, if nothing of it is still to be read. Not to be kept: it grows. */
    atHand(category) {
        const { history } = this.#store.snapshot;
        const known = this.#histories.get(category.name);
        if (known?.newest?.commit !== this.newest(category)?.commit)
            return undefined;
        return history?.boundary === this.#boundary ? known : undefined;
    }
    /**
     * As `atHand`, but waits while history is being read.
     * @returns undefined for a category that no commit ever touched, and for one that cannot be read
     */
    async of(category) {
        const known = this.atHand(category);
        if (known)
            return known;
        await this.refresh();
        return this.newest(category) && this.#histories.get(category.name);
    }
    /**
     * Takes in versions whose changes are known, so that they need not be read and compared. What does not follow on what is
     * known is left to be read.
     */
    noteWritten(versions) {
        for (const { commit, version } of versions) {
            const history = this.#histories.get(commit.category);
            const [parent] = version.parents;
            if (history?.newest?.commit !== parent?.commit || (!history && parent))
                continue;
            if (history)
                history.append(version, commit.changes);
            else {
                const changes = new Map([[commit.id, commit.changes]]);
                this.#histories.set(commit.category, historyOf(version, undefined, { changes, present: commit.changes.created }));
            }
        }
        this.#saving ??= setTimeout(() => void this.#save(), SAVE_AFTER).unref();
    }
    /** Reads what is new since the last time, and keeps it for the next process. One at a time. */
    refresh() {
        this.#reading = this.#reading.then(() => this.#read());
        return this.#reading;
    }
    /** Stops reading; resolved when nothing is under way. What is left is read by the next process. */
    async close() {
        this.#closed = true;
        await this.#reading;
        if (this.#saving)
            await this.#save();
        await this.#archive.close();
    }
    async #read() {
        const { history } = this.#store.snapshot;
        if (!history || this.#closed)
            return;
        if (history.boundary !== this.#boundary) {
            // What was read up to another edge of a shallow clone says nothing about this history.
            this.#histories.clear();
            this.#failed.clear();
            this.#boundary = history.boundary;
        }
        const stale = CATEGORIES.flatMap(({ name }) => this.#staleness(name, history) ?? []);
        if (stale.length === 0)
            return;
        const { changes, failures } = await this.#readStale(stale, history);
        if (this.#closed)
            return;
        for (const { name, newest, known } of stale) {
            const read = changes.get(name);
            const reason = failures.get(name);
            if (read)
                this.#histories.set(name, historyOf(newest, known, read));
            if (reason === undefined)
                continue;
            // Not tried again until the category changes: a history that cannot be read stays so.
            this.#histories.delete(name);
            this.#failed.set(name, newest.commit);
            this.#logger.error({ category: name, reason }, 'the history of a category cannot be read');
        }
        await this.#save();
    }
    /** What is to be read of a category; undefined when nothing is. */
    #staleness(name, { files }) {
        const newest = files.get(this.#paths.get(name) ?? '');
        const known = this.#histories.get(name);
        if (!newest)
            this.#histories.delete(name);
        if (!newest || newest.commit === known?.newest?.commit || newest.commit === this.#failed.get(name)) {
            return undefined;
        }
        const line = known && lineBetween(newest, known.newest);
        if (line)
            return { name, newest, known, unread: line };
        const earlier = new Set(known?.items.map(({ version }) => version.commit));
        const unread = parentsFirst(newest).filter(({ commit }) => !earlier.has(commit));
        return { name, newest, known, unread };
    }
    /** What a commit or two changed is read here; a long history would hold up the reads. */
    async #readStale(stale, { head }) {
        const count = stale.reduce((sum, { unread }) => sum + unread.length, 0);
        if (count <= MOST_READ_HERE)
            return readEach(this.#store.blobs, stale);
        try {
            return await this.#background.readHistory({
                directory: this.#store.repository.root,
                head,
                categories: new Map(stale.map(({ name, known }) => [
                    name,
                    {
                        path: this.#paths.get(name) ?? '',
                        known: new Set(known?.items.map(({ version }) => version.commit)),
                    },
                ])),
            });
        }
        catch (error) {
            return { changes: new Map(), failures: new Map(stale.map(({ name }) => [name, messageOf(error)])) };
        }
    }
    /** Only what is whole is kept: of a category that cannot be read the next process shall tell again why. */
    async #save() {
        clearTimeout(this.#saving);
        this.#saving = undefined;
        const { history } = this.#store.snapshot;
        if (!history || history.boundary !== this.#boundary)
            return;
        const isWhole = CATEGORIES.every((category) => {
            const known = this.#histories.get(category.name)?.newest;
            return this.newest(category)?.commit === known?.commit;
        });
        if (isWhole)
            await this.#archive.save(history, this.#histories);
    }
}
//# sourceMappingURL=history-index.js.map