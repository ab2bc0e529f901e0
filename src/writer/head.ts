/** Knows where HEAD is, for certain. */

import type { BlobReader } from '../git/blobs.ts';
import type { RefTransactions } from '../git/ref-transactions.ts';
import type { Base, RepositoryView } from './repository-view.ts';

export class Head {
	readonly #view: RepositoryView;
	readonly #blobs: BlobReader;
	readonly #refs: RefTransactions;
	/** Where it was when we last knew. */
	#tip: string | undefined;

	constructor(view: RepositoryView, blobs: BlobReader, refs: RefTransactions) {
		this.#view = view;
		this.#blobs = blobs;
		this.#refs = refs;
	}

	/**
	 * HEAD as it is now. A git process takes packed refs for unchanged whose file has the same number, size and second as the
	 * one it read; so whenever HEAD is not where we left it, it is asked of new processes whether that is true.
	 */
	async read(): Promise<Base> {
		const base = await this.#view.base();
		if (base.commit === this.#tip) return base;
		this.#blobs.close();
		this.#refs.refresh();
		const fresh = await this.#view.base();
		this.#tip = fresh.commit;
		return fresh;
	}

	/** To be told where we moved it. */
	noteMoved(tip: string): void {
		this.#tip = tip;
	}
}
