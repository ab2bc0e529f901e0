/** Makes the commits of a group, each on the one before it; nothing names them yet. */
import { AppError } from '../errors.js';
import { BufferedObjects } from '../git/buffered-objects.js';
import { LooseObjects } from '../git/loose-objects.js';
import { PackedObjects } from '../git/packed-objects.js';
import { renderTree } from '../git/tree.js';
import { LEDGER_REF } from '../queue/ledger-layout.js';
import { brokenLedger, NO_COUNTERS } from '../queue/pending-change.js';
import { isRevert, isTransition } from './change.js';
import { ChangeDrafter } from './change-drafter.js';
import { LedgerDraft, storedCounters } from './ledger-draft.js';
import { LedgerNumbers } from './ledger-numbers.js';
import { QueueDrafter } from './queue-drafter.js';
import { asRefusal } from './refusals.js';
import { RevertDrafter } from './revert-drafter.js';
export class Drafter {
    #view;
    #packed;
    #objects;
    #trees;
    #changes;
    #reverts;
    #queue;
    #numbers;
    constructor({ repository, view, clock, committer, onNotice }) {
        this.#view = view;
        const { commonDirectory, objectFormat } = repository;
        this.#packed = new PackedObjects(commonDirectory, objectFormat);
        const loose = new LooseObjects(commonDirectory, objectFormat);
        this.#objects = new BufferedObjects(objectFormat, loose, this.#packed);
        this.#trees = view.treeStore((entries) => this.#objects.write('tree', renderTree(entries)));
        const objects = this.#objects;
        const trees = this.#trees;
        this.#changes = new ChangeDrafter({ repository, view, clock, committer, onNotice, objects, trees });
        this.#reverts = new RevertDrafter(repository, view, this.#changes);
        const [changes, reverts] = [this.#changes, this.#reverts];
        this.#queue = new QueueDrafter({ repository, view, changes, reverts, onNotice });
        this.#numbers = new LedgerNumbers(repository);
    }
    /** Tidies up after a process that died while it made commits. */
    releaseLeftBehind() {
        this.#packed.releaseLeftBehind();
    }
    async draft(requests, { base, ledger, blocked, taken, seen }) {
        this.#objects.begin(requests.length > 1);
        this.#view.forgetTrees();
        const opened = await this.#openLedger(ledger, requests.some(isTransition));
        const draft = {
            base,
            objects: this.#objects,
            outcomes: new Map(),
            commits: [],
            files: new Map(),
            paths: new Map(),
            bases: new Map(),
            blocked,
            taken,
            ledgerTip: ledger,
            ledger: opened.ledger,
            refs: new Map(),
            tip: base.commit,
            tree: base.tree,
        };
        for (const request of requests) {
            const outcome = isTransition(request)
                ? (opened.problem ?? (await this.#queue.draft(request, draft)))
                : isRevert(request)
                    ? await this.#reverts.publish(request, draft)
                    : await this.#changes.publish(request, draft, seen);
            draft.outcomes.set(request, outcome);
        }
        return draft;
    }
    /** Forgets what was made of a draft that will not be published. */
    abandon() {
        this.#objects.abandon();
    }
    /** A damaged ledger keeps nobody from writing who does not need it. */
    async #openLedger(commit, isNeeded) {
        const trees = this.#trees;
        const read = (id) => this.#view.read(id);
        const writeBlob = (content) => this.#objects.write('blob', content);
        const empty = { base: undefined, counters: NO_COUNTERS, trees, read, writeBlob };
        if (!isNeeded)
            return { ledger: new LedgerDraft(empty) };
        try {
            if (commit === undefined) {
                return { ledger: new LedgerDraft({ ...empty, counters: await this.#numbers.first() }) };
            }
            const tree = await this.#view.treeOf(commit);
            if (tree === undefined)
                throw brokenLedger(`${LEDGER_REF} names ${commit}`, 'not a commit');
            const counters = await this.#numbers.after(commit, await storedCounters(tree, { trees, read }));
            return { ledger: new LedgerDraft({ ...empty, base: { commit, tree }, counters }) };
        }
        catch (error) {
            if (!(error instanceof AppError) || error.code !== 'ledger-broken')
                throw error;
            return { ledger: new LedgerDraft(empty), problem: asRefusal(error) };
        }
    }
}
//# sourceMappingURL=drafter.js.map