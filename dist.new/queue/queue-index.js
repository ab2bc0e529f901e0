/**
 * All changes in memory, without the records that they are about, and the few ways in which they are looked for. Lists of
 * ids are kept for the values of the filters, so that a page costs what it shows and not what there is.
 */
import { filterTest } from './change-filter.js';
import { KindLists } from './kind-lists.js';
import { NameSearch } from './name-search.js';
import { firstOf, SortedIds } from './sorted-ids.js';
export class QueueIndex {
    #changes = new Map();
    /** Of changes that are not purged. */
    #all = new SortedIds();
    #byKind = new KindLists();
    #byRequester = new Map();
    /** By batch, purged ones included: what was done stays in the audit views. */
    #byBatch = new Map();
    #names = new NameSearch();
    #firstDecisions = new Map();
    /** Changes that are not purged. */
    get size() {
        return this.#all.ids.length;
    }
    /** Takes a new state of a change. */
    put(change) {
        const isKnown = this.#changes.has(change.change_id);
        this.#remove(change.change_id);
        this.#changes.set(change.change_id, change);
        if (!isKnown)
            this.#names.add(change.change_id, change.model_name);
        const { change_id: id, batch_id, status, category, requested_by, ledger } = change;
        if (batch_id !== undefined) {
            const batch = this.#byBatch.get(batch_id) ?? new SortedIds();
            this.#byBatch.set(batch_id, batch);
            batch.add(id);
        }
        this.#noteDecision(change);
        if (ledger.purged)
            return;
        this.#all.add(id);
        this.#byKind.add(id, status, category);
        const own = this.#byRequester.get(requested_by) ?? new KindLists();
        this.#byRequester.set(requested_by, own);
        own.add(id, status, category);
    }
    #remove(id) {
        const change = this.#changes.get(id);
        if (!change)
            return;
        this.#changes.delete(id);
        const { batch_id, status, category, requested_by } = change;
        if (batch_id !== undefined) {
            const batch = this.#byBatch.get(batch_id);
            batch?.remove(id);
            if (batch?.ids.length === 0)
                this.#byBatch.delete(batch_id);
        }
        this.#all.remove(id);
        this.#byKind.remove(id, status, category);
        this.#byRequester.get(requested_by)?.remove(id, status, category);
    }
    /** A change that is not purged. */
    get(id) {
        const change = this.known(id);
        return change?.ledger.purged ? undefined : change;
    }
    /** Matches in the order of their ids. */
    page(filter, offset, limit) {
        const { lists, exact } = this.#candidates(filter);
        if (exact) {
            const total = lists.reduce((sum, ids) => sum + ids.length, 0);
            return { items: this.#take(firstOf(lists, offset + limit).slice(offset)), total };
        }
        const found = this.matching(filter);
        return { items: found.slice(offset, offset + limit), total: found.length };
    }
    /** Every match, in the order of their ids. */
    matching(filter) {
        const matches = filterTest(filter);
        const { lists } = this.#candidates(filter);
        const found = lists.flatMap((ids) => this.#take(ids).filter((change) => !change.ledger.purged && matches(change)));
        return found.sort((a, b) => a.change_id - b.change_id);
    }
    /** Changes whose batch this is, purged ones included. */
    inBatch(batch) {
        return this.#take(this.#byBatch.get(batch)?.ids ?? []);
    }
    /** Batches that any change is in, the newest first. */
    batchIds() {
        return [...this.#byBatch.keys()].sort((a, b) => b - a);
    }
    /** A change, whether or not it is purged. */
    known(id) {
        return this.#changes.get(id);
    }
    /** Every change there is, purged ones included. */
    every() {
        return this.#changes.values();
    }
    /** The first approval in a batch or, where there is none, the first rejection. */
    firstDecision(batch) {
        return this.#firstDecisions.get(batch);
    }
    #noteDecision({ approved_by, approved_at, rejected_by, rejected_at, ledger }) {
        const { decision_batch: batch, decision_event: event } = ledger;
        if (batch === undefined || event === undefined)
            return;
        const known = this.#firstDecisions.get(batch);
        const isApproval = approved_at !== undefined;
        const isFirst = !known || (known.isApproval === isApproval ? event < known.event : isApproval);
        if (!isFirst)
            return;
        const by = approved_by ?? rejected_by ?? '';
        const at = approved_at ?? rejected_at ?? 0;
        this.#firstDecisions.set(batch, { event, isApproval, by, at });
    }
    #take(ids) {
        return ids.flatMap((id) => this.#changes.get(id) ?? []);
    }
    /** Ids among which every match is, each in one list; `exact` when nothing else is among them. */
    #candidates(filter) {
        const { statuses = [], categories = [], requestedBy = [], batchId, modelName } = filter;
        const ways = [];
        if (requestedBy.length > 0) {
            const users = [...new Set(requestedBy)].flatMap((user) => this.#byRequester.get(user) ?? []);
            ways.push(users.flatMap((own) => own.lists(statuses, categories)));
        }
        else if (statuses.length + categories.length > 0) {
            ways.push(this.#byKind.lists(statuses, categories));
        }
        if (batchId !== undefined)
            ways.push([this.#byBatch.get(batchId)?.ids ?? []]);
        const part = modelName?.trim();
        // Where the other filters leave little, it is quicker to look at that.
        if (part && ways.every((lists) => size(lists) > FEW))
            ways.push([this.#names.find(part)]);
        const [shortest = [this.#all.ids], ...others] = ways.sort((a, b) => size(a) - size(b));
        // The lists of batches and of names hold purged changes as well.
        const exact = others.length === 0 && batchId === undefined && !part;
        return { lists: shortest, exact };
    }
}
/** Changes that are looked at one by one rather than searched by name. */
const FEW = 1_000;
function size(lists) {
    return lists.reduce((sum, { length }) => sum + length, 0);
}
//# sourceMappingURL=queue-index.js.map