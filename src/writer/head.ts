/** Knows where HEAD and the ledger are, for certain. */

import type { BlobReader } from '../git/blobs.ts';
import type { RefTransactions } from '../git/ref-transactions.ts';
import { LEDGER_REF } from '../queue/ledger-layout.ts';
import type { Base, RepositoryView } from './repository-view.ts';

/** Commits that HEAD and the ledger of the queue are at. */
export interface Tips {
	readonly base: Base;
	/** Undefined where there is none. */
	readonly ledger: string | undefined;
}

/** The ids of both alone. */
export interface TipIds {
	readonly commit: string | undefined;
	readonly ledger: string | undefined;
}

export class Head {
	readonly #view: RepositoryView;
	readonly #blobs: BlobReader;
	readonly #refs: RefTransactions;
	/** Where they were when we last knew. */
	#known: TipIds | undefined;
	/** The same before somebody else moved them. */
	#before: TipIds | undefined;

	constructor(view: RepositoryView, blobs: BlobReader, refs: RefTransactions) {
		this.#view = view;
		this.#blobs = blobs;
		this.#refs = refs;
	}

	/**
	 * Both as they are now. A git process takes packed refs for unchanged whose file has the same number, size and second as the
	 * one it read; so whenever one of them is not where we left it, it is asked of new processes whether that is true.
	 */
	async read(): Promise<Tips> {
		const tips = await this.#look();
		if (isAt(tips, this.#known)) return tips;
		this.#blobs.close();
		this.#refs.refresh();
		const fresh = await this.#look();
		if (!isAt(fresh, this.#known)) this.#before ??= this.#known;
		this.noteMoved(fresh.base.commit, fresh.ledger);
		return fresh;
	}

	/** To be told where we moved them. */
	noteMoved(tip: string | undefined, ledger: string | undefined): void {
		this.#known = { commit: tip, ledger };
	}

	/** Where both were before somebody else moved one of them, since this was last asked; undefined when nobody has. */
	takeMoved(): TipIds | undefined {
		const before = this.#before;
		this.#before = undefined;
		return before;
	}

	async #look(): Promise<Tips> {
		const [base, ledger] = await Promise.all([this.#view.base(), this.#view.refAt(LEDGER_REF)]);
		return { base, ledger };
	}
}

function isAt({ base, ledger }: Tips, ids: TipIds | undefined): boolean {
	return ids !== undefined && base.commit === ids.commit && ledger === ids.ledger;
}
