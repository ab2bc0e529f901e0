/** The ledger of the queue as a group of writes leaves it: read from one of its commits, and written as further ones. */
import { editTree, filesInTree, findInTree } from '../git/tree.js';
import { approvedFolder, approvedPath, COUNTERS_PATH, changeIdOf, changePath, contentPath, LEDGER_REF, } from '../queue/ledger-layout.js';
import { brokenLedger, changeText, contentText, countersText, readChange, readContent, readCounters, } from '../queue/pending-change.js';
export class LedgerDraft {
    #options;
    #tip;
    #tree;
    #counters;
    /** What this draft has changed. */
    #states = new Map();
    #contents = new Map();
    /** Paths that the next commit will change. */
    #edits = new Map();
    constructor(options) {
        this.#options = options;
        this.#tip = options.base?.commit;
        this.#tree = options.base?.tree;
        this.#counters = options.counters;
    }
    /** The ledger's state as a commit of the ledger's own, to be put on top of it. */
    get tip() {
        return this.#tip;
    }
    get base() {
        return this.#options.base?.commit;
    }
    /** A change that is not purged; undefined where there is none. */
    async get(id) {
        const change = this.#states.get(id) ?? (await this.#stored(id));
        return change?.ledger.purged ? undefined : change;
    }
    async content(id) {
        const known = this.#contents.get(id);
        if (known)
            return known;
        const path = contentPath(id);
        const found = await findInTree(this.#options.trees, this.#tree, path);
        if (!found)
            throw brokenLedger(`${LEDGER_REF}:${path}`, 'it is missing');
        const bytes = await this.#options.read(found.id);
        return readContent(bytes.toString('utf8'), () => `${LEDGER_REF}:${path} (blob ${found.id})`);
    }
    /** Ids of the approved changes of a batch, ascending, as of the last commit of the draft. */
    async approvedIn(batch) {
        const files = await filesInTree(this.#options.trees, this.#tree, approvedFolder(batch));
        return files.flatMap(([path]) => changeIdOf(path) ?? []).sort((a, b) => a - b);
    }
    /** The newest batch that has approved changes. */
    async openBatch() {
        const folder = await findInTree(this.#options.trees, this.#tree, 'approved');
        const batches = folder ? await this.#options.trees.read(folder.id) : [];
        const numbers = batches.map(({ name }) => Number(name)).filter(Number.isSafeInteger);
        return numbers.length === 0 ? undefined : Math.max(...numbers);
    }
    nextChangeId() {
        return this.#next('last_change_id');
    }
    nextBatchId() {
        return this.#next('last_batch_id');
    }
    nextEventId() {
        return this.#next('last_event_id');
    }
    /** Gives a change a new state; it is in the ledger with the next commit. */
    async put(change) {
        const id = change.change_id;
        const before = this.#states.get(id) ?? (await this.#stored(id));
        const blob = this.#options.writeBlob(Buffer.from(changeText(change)));
        if (isListed(before))
            this.#edits.set(approvedPath(before.batch_id, id), null);
        if (isListed(change))
            this.#edits.set(approvedPath(change.batch_id, id), blob);
        this.#edits.set(changePath(id), blob);
        this.#states.set(id, change);
    }
    putContent(id, content) {
        this.#edits.set(contentPath(id), this.#options.writeBlob(Buffer.from(contentText(content))));
        this.#contents.set(id, content);
    }
    /**
     * Makes a commit of what was put since the last one.
     * @param write makes a commit of this tree on this parent. @returns its id
     */
    async commit(write) {
        this.#edits.set(COUNTERS_PATH, this.#options.writeBlob(Buffer.from(countersText(this.#counters))));
        this.#tree = await editTree(this.#options.trees, this.#tree, this.#edits);
        this.#edits = new Map();
        this.#tip = write(this.#tree, this.#tip);
    }
    /** What the draft did; undefined when it made no commit. */
    update() {
        if (this.#tip === undefined || this.#tip === this.base)
            return undefined;
        const changes = [...this.#states.values()];
        return { base: this.base, tip: this.#tip, changes, contents: [...this.#contents] };
    }
    /** @returns what puts everything back to how it is now */
    checkpoint() {
        const kept = {
            tip: this.#tip,
            tree: this.#tree,
            counters: this.#counters,
            states: new Map(this.#states),
            contents: new Map(this.#contents),
        };
        return () => {
            this.#tip = kept.tip;
            this.#tree = kept.tree;
            this.#counters = kept.counters;
            this.#states = new Map(kept.states);
            this.#contents = new Map(kept.contents);
            this.#edits = new Map();
        };
    }
    #next(counter) {
        const number = this.#counters[counter] + 1;
        this.#counters = { ...this.#counters, [counter]: number };
        return number;
    }
    async #stored(id) {
        const path = changePath(id);
        const found = await findInTree(this.#options.trees, this.#tree, path);
        if (!found)
            return undefined;
        const bytes = await this.#options.read(found.id);
        return readChange(bytes.toString('utf8'), id, () => `${LEDGER_REF}:${path} (blob ${found.id})`);
    }
}
/** Whether a change is in the folder of its batch. */
function isListed(change) {
    return change?.status === 'approved' && change.batch_id !== undefined && !change.ledger.purged;
}
/**
 * The numbers that were given last, from the tree of a ledger.
 * @throws AppError `ledger-broken`
 */
export async function storedCounters(tree, { trees, read }) {
    const where = `${LEDGER_REF}:${COUNTERS_PATH}`;
    const found = await findInTree(trees, tree, COUNTERS_PATH);
    if (!found)
        throw brokenLedger(where, 'it is missing');
    return readCounters((await read(found.id)).toString('utf8'), () => `${where} (blob ${found.id})`);
}
//# sourceMappingURL=ledger-draft.js.map