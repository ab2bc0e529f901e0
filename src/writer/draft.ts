/** The commits of a group that are made but not yet published, and how to go back to an earlier point of them. */

import type { ObjectWriter } from '../git/object-writer.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import { LEDGER_REF } from '../queue/ledger-layout.ts';
import type { ReferenceFile } from '../record/reference-file.ts';
import type { WrittenCommit, WrittenFile } from '../store/written.ts';
import type { Change, WriteOutcome, WriteRequest } from './change.ts';
import type { LedgerDraft } from './ledger-draft.ts';
import type { Publication } from './publication.ts';
import type { Base } from './repository-view.ts';

export interface Draft {
	readonly base: Base;
	/** What the commits were written with. */
	readonly objects: ObjectWriter;
	readonly outcomes: Map<WriteRequest, WriteOutcome>;
	/** On the published branch. */
	readonly commits: WrittenCommit[];
	/** Files as the last commit has them, by category. */
	readonly files: Map<string, WrittenFile>;
	/** Files as the base has them, by category. */
	readonly bases: Map<string, ReferenceFile>;
	/** Every path that differs from the base, and whether the base has it. */
	readonly paths: Map<string, boolean>;
	/** Paths that somebody has edited: what touches them is refused. */
	readonly blocked: ReadonlySet<string>;
	/** Branches of proposals that cannot be made, as somebody has made one below that name. */
	readonly taken: ReadonlySet<string>;
	/** Commit that the ledger was at; undefined where there is none. */
	readonly ledgerTip: string | undefined;
	/** On top of that; empty where nothing of the group is about the queue. */
	readonly ledger: LedgerDraft;
	/** Branches of proposals that come or go, by ref. */
	readonly refs: Map<string, RefUpdate>;
	/** Of the published branch. */
	tip: string | undefined;
	tree: string | undefined;
}

/** The model's record in the commit that each change was first planned on: it must not have moved since. */
export type Seen = Map<Change, string | undefined>;

/** What is to be published of a draft. */
export function publicationOf({
	base,
	objects,
	tip,
	tree,
	paths,
	refs,
	ledger,
	ledgerTip,
}: Draft): Publication {
	const { base: from, tip: to } = ledger;
	const ofLedger = to === undefined || to === from ? [] : [{ ref: LEDGER_REF, from, to }];
	return {
		base,
		objects,
		tip,
		tree,
		paths,
		refs: [...ofLedger, ...refs.values()],
		ledgerTip: to ?? ledgerTip,
	};
}

/** @returns what puts a draft back to how it is now */
export function checkpoint(draft: Draft): () => void {
	const { tip, tree } = draft;
	const commits = draft.commits.length;
	const files = [...draft.files];
	const paths = [...draft.paths];
	const refs = [...draft.refs];
	const restoreLedger = draft.ledger.checkpoint();
	return () => {
		draft.tip = tip;
		draft.tree = tree;
		draft.commits.length = commits;
		refill(draft.files, files);
		refill(draft.paths, paths);
		refill(draft.refs, refs);
		restoreLedger();
	};
}

function refill<Key, Value>(map: Map<Key, Value>, entries: readonly (readonly [Key, Value])[]): void {
	map.clear();
	for (const [key, value] of entries) map.set(key, value);
}
