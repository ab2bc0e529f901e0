/**
 * All changes in memory, without the records that they are about, and the few ways in which they are looked for. Lists of
 * ids are kept for the values of the filters, so that a page costs what it shows and not what there is.
 */

import { type ChangeFilter, filterTest } from './change-filter.ts';
import type { PendingChange } from './pending-change.ts';
import { firstOf, SortedIds } from './sorted-ids.ts';

export interface ChangePage {
	readonly items: readonly PendingChange[];
	/** Matches in all. */
	readonly total: number;
}

/** Who decided on changes of a batch first, and when (unix seconds). */
export interface FirstDecision {
	readonly event: number;
	readonly isApproval: boolean;
	readonly by: string;
	readonly at: number;
}

export class QueueIndex {
	readonly #changes = new Map<number, PendingChange>();
	/** Of changes that are not purged. */
	readonly #all = new SortedIds();
	/** By status, then by category. */
	readonly #byKind = new Map<string, Map<string, SortedIds>>();
	readonly #byRequester = new Map<string, SortedIds>();
	/** By batch, purged ones included: what was done stays in the audit views. */
	readonly #byBatch = new Map<number, SortedIds>();

	readonly #firstDecisions = new Map<number, FirstDecision>();

	/** Changes that are not purged. */
	get size(): number {
		return this.#all.ids.length;
	}

	/** Takes a new state of a change. */
	put(change: PendingChange): void {
		this.remove(change.change_id);
		this.#changes.set(change.change_id, change);
		const { change_id: id, batch_id, status, category, requested_by, ledger } = change;
		if (batch_id !== undefined) listIn(this.#byBatch, batch_id).add(id);
		this.#noteDecision(change);
		if (ledger.purged) return;
		this.#all.add(id);
		const kinds = this.#byKind.get(status) ?? new Map<string, SortedIds>();
		this.#byKind.set(status, kinds);
		listIn(kinds, category).add(id);
		listIn(this.#byRequester, requested_by).add(id);
	}

	remove(id: number): void {
		const change = this.#changes.get(id);
		if (!change) return;
		this.#changes.delete(id);
		const { batch_id, status, category, requested_by } = change;
		if (batch_id !== undefined) {
			const batch = this.#byBatch.get(batch_id);
			batch?.remove(id);
			if (batch?.ids.length === 0) this.#byBatch.delete(batch_id);
		}
		this.#all.remove(id);
		this.#byKind.get(status)?.get(category)?.remove(id);
		this.#byRequester.get(requested_by)?.remove(id);
	}

	/** A change that is not purged. */
	get(id: number): PendingChange | undefined {
		const change = this.known(id);
		return change?.ledger.purged ? undefined : change;
	}

	/** Matches in the order of their ids. */
	page(filter: ChangeFilter, offset: number, limit: number): ChangePage {
		const { lists, exact } = this.#candidates(filter);
		if (exact) {
			const total = lists.reduce((sum, ids) => sum + ids.length, 0);
			return { items: this.#take(firstOf(lists, offset + limit).slice(offset)), total };
		}
		const found = this.matching(filter);
		return { items: found.slice(offset, offset + limit), total: found.length };
	}

	/** Every match, in the order of their ids. */
	matching(filter: ChangeFilter): readonly PendingChange[] {
		const matches = filterTest(filter);
		const { lists } = this.#candidates(filter);
		const found = lists.flatMap((ids) =>
			this.#take(ids).filter((change) => !change.ledger.purged && matches(change)),
		);
		return lists.length > 1 ? found.sort((a, b) => a.change_id - b.change_id) : found;
	}

	/** Changes whose batch this is, purged ones included. */
	inBatch(batch: number): readonly PendingChange[] {
		return this.#take(this.#byBatch.get(batch)?.ids ?? []);
	}

	/** Batches that any change is in, the newest first. */
	batchIds(): readonly number[] {
		return [...this.#byBatch.keys()].sort((a, b) => b - a);
	}

	/** A change, whether or not it is purged. */
	known(id: number): PendingChange | undefined {
		return this.#changes.get(id);
	}

	/** Every change there is, purged ones included. */
	every(): Iterable<PendingChange> {
		return this.#changes.values();
	}

	/** The first approval in a batch or, where there is none, the first rejection. */
	firstDecision(batch: number): FirstDecision | undefined {
		return this.#firstDecisions.get(batch);
	}

	#noteDecision({ approved_by, approved_at, rejected_by, rejected_at, ledger }: PendingChange): void {
		const { decision_batch: batch, decision_event: event } = ledger;
		if (batch === undefined || event === undefined) return;
		const known = this.#firstDecisions.get(batch);
		const isApproval = approved_at !== undefined;
		const isFirst = !known || (known.isApproval === isApproval ? event < known.event : isApproval);
		if (!isFirst) return;
		const by = approved_by ?? rejected_by ?? '';
		const at = approved_at ?? rejected_at ?? 0;
		this.#firstDecisions.set(batch, { event, isApproval, by, at });
	}

	#take(ids: readonly number[]): PendingChange[] {
		return ids.flatMap((id) => this.#changes.get(id) ?? []);
	}

	/** Ids among which every match is, each in one list; `exact` when nothing else is among them. */
	#candidates(filter: ChangeFilter): {
		readonly lists: readonly (readonly number[])[];
		readonly exact: boolean;
	} {
		const { statuses = [], categories = [], requestedBy = [], batchId, modelName } = filter;
		const ways: (readonly (readonly number[])[])[] = [];
		if (statuses.length + categories.length > 0) ways.push(this.#ofKinds(statuses, categories));
		if (requestedBy.length > 0) {
			ways.push([...new Set(requestedBy)].map((user) => this.#byRequester.get(user)?.ids ?? []));
		}
		if (batchId !== undefined) ways.push([this.#byBatch.get(batchId)?.ids ?? []]);
		const size = (lists: readonly (readonly number[])[]) =>
			lists.reduce((sum, { length }) => sum + length, 0);
		const [shortest = [this.#all.ids], ...others] = ways.sort((a, b) => size(a) - size(b));
		// The lists of batches hold purged changes as well.
		const exact = others.length === 0 && batchId === undefined && !modelName?.trim();
		return { lists: shortest, exact };
	}

	#ofKinds(statuses: readonly string[], categories: readonly string[]): readonly (readonly number[])[] {
		const rows = statuses.length > 0 ? new Set(statuses) : this.#byKind.keys();
		return [...rows].flatMap((status) => {
			const kinds = this.#byKind.get(status);
			if (!kinds) return [];
			const columns = categories.length > 0 ? new Set(categories) : kinds.keys();
			return [...columns].flatMap((category) => [kinds.get(category)?.ids ?? []]);
		});
	}
}

function listIn<Key>(lists: Map<Key, SortedIds>, key: Key): SortedIds {
	const known = lists.get(key);
	if (known) return known;
	const made = new SortedIds();
	lists.set(key, made);
	return made;
}
