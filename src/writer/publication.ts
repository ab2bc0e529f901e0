/** What is to be published together: where the branch goes with work tree and index, and which other refs move with it. */

import type { ObjectWriter } from '../git/object-writer.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Base } from './repository-view.ts';

export interface Publication {
	/** What it was built on, and must still be there. */
	readonly base: Base;
	/** What its objects were written with. */
	readonly objects: Pick<ObjectWriter, 'place' | 'sync' | 'release'>;
	/** Commit of the published branch afterwards, and its tree. */
	readonly tip: string | undefined;
	readonly tree: string | undefined;
	/** Every path in which that differs from the base, and whether the base has it. */
	readonly paths: ReadonlyMap<string, boolean>;
	/** Other refs that move. */
	readonly refs: readonly RefUpdate[];
	/** Commit of the ledger afterwards. */
	readonly ledgerTip: string | undefined;
	/** Whether it only brings what others have already. */
	readonly isFromOthers?: boolean;
}
