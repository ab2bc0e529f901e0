/** What a write asks for and what becomes of it. Plain data: it goes from the service to the process that writes. */

import type { ErrorCode, ErrorData } from '../errors.ts';
import type { ChangeFilter } from '../queue/change-filter.ts';
import type { ApplyFailure, BatchSplit, ChangeContent, PendingChange } from '../queue/pending-change.ts';
import type { LedgerUpdate } from '../queue/pending-queue.ts';
import type { Operation } from '../store/model-history.ts';
import type { RevertStep } from '../store/reverts.ts';
import type { WrittenFile, WrittenGroup } from '../store/written.ts';

export interface Author {
	readonly id: string;
	/** `name#id`; of an operator at the shell the plain name. */
	readonly username: string;
	/** Users of the horde have none that we know: then one is made of the id. */
	readonly email?: string | undefined;
}

/** One create, update or delete of one model; of a text model with its backend twins. */
export interface Change {
	readonly category: string;
	readonly operation: Operation;
	readonly model: string;
	/** The record to store as one-line JSON; null for a delete. */
	readonly record: string | null;
	readonly author: Author;
	/** When the author asked for it, unix seconds; now, where it is not said. */
	readonly authored?: number | undefined;
	/** Entity tags of which one must be the category's, `*` for any; undefined for no condition. */
	readonly ifMatch?: readonly string[] | undefined;
	/** Further trailers of the commit. */
	readonly trailers?: readonly (readonly [string, string])[] | undefined;
}

/** Undoes what a commit did to models: all of it in one commit, or nothing. */
export interface Revert {
	/** Id of the commit. */
	readonly reverts: string;
	/** Its subject. */
	readonly subject: string;
	readonly steps: readonly RevertStep[];
	readonly author: Author;
}

/** Puts a revert into the queue, a change for each model: all of them or none. */
export interface RevertProposal {
	readonly transition: 'propose-revert';
	readonly revert: Revert;
}

/** Puts a change into the queue. */
export interface Proposal {
	readonly transition: 'propose';
	readonly change: Change;
	/** What a reviewer should look at. */
	readonly notes?: string | undefined;
	/** Digests, to be kept with it. */
	readonly idempotency?: { readonly key: string; readonly request: string } | undefined;
}

/** Approves and rejects pending changes, all or none. Ids ascend and are there once. */
export interface Decision {
	readonly transition: 'decide';
	readonly title: string;
	readonly approve: readonly number[];
	readonly reject: readonly number[];
	/** Empty where nothing is rejected. */
	readonly reason: string;
	readonly actor: Author;
}

/** Applies approved changes, up to the first that cannot be or, when it is atomic, all or none. */
export interface Application {
	readonly transition: 'apply';
	readonly target:
		| {
				/** In the order in which they are to be applied. */
				readonly ids: readonly number[];
				/** Whether they need not be of one batch. */
				readonly mixed: boolean;
		  }
		/** Every approved change of a batch. */
		| { readonly batch: number };
	/** Undefined gives each change one of its own. */
	readonly jobId: string | undefined;
	readonly atomic: boolean;
	readonly actor: Author;
}

/** Takes changes out of the queue; ids that do not match the filter any more are left. */
export interface Purge {
	readonly transition: 'purge';
	readonly ids: readonly number[];
	readonly filter: ChangeFilter;
	readonly actor: Author;
}

export type Transition = Proposal | RevertProposal | Decision | Application | Purge;
export type WriteRequest = Change | Revert | Transition;

export function isTransition(request: WriteRequest): request is Transition {
	return 'transition' in request;
}

export function isRevert(request: WriteRequest): request is Revert {
	return 'reverts' in request;
}

/** What became of a change that was to be made at once. */
export type Outcome =
	| {
			readonly kind: 'applied';
			readonly commit: string;
			/** Blob id of the category file. */
			readonly version: string;
			/** The record as stored, one-line JSON; null after a delete. */
			readonly record: string | null;
	  }
	| { readonly kind: 'unchanged'; readonly version: string; readonly record: string }
	| Refusal;

/** What became of a revert. */
export interface Reverted {
	readonly kind: 'reverted';
	/** Undefined where every model was as before already. */
	readonly commit: string | undefined;
	/** What was done to which models. */
	readonly changes: readonly ModelChange[];
}

export type ModelChange = Pick<Change, 'category' | 'operation' | 'model'>;

/** A change that was put into the queue. */
export interface Proposed {
	readonly change: PendingChange;
	readonly content: ChangeContent;
}

/** What became of a transition; changes as they are now. */
export interface TransitionOutcomes {
	readonly propose: Proposed & { readonly kind: 'proposed' };
	readonly 'propose-revert': {
		readonly kind: 'revert-proposed';
		/** None where every model was as before already. */
		readonly proposals: readonly Proposed[];
	};
	readonly decide: {
		readonly kind: 'decided';
		readonly batch: number | undefined;
		readonly approved: readonly PendingChange[];
		readonly rejected: readonly PendingChange[];
	};
	readonly apply: {
		readonly kind: 'applied-changes';
		/** What is applied, now or by the same job before, in order. */
		readonly applied: readonly PendingChange[];
		readonly failure: ApplyFailure | undefined;
		readonly split: BatchSplit | undefined;
	};
	readonly purge: { readonly kind: 'purged'; readonly ids: readonly number[] };
}

export type TransitionOutcome = TransitionOutcomes[keyof TransitionOutcomes];
export type WriteOutcome = Outcome | Reverted | TransitionOutcome;

/** What a request that was not refused comes to. */
export type DoneOf<Request extends WriteRequest> = Request extends {
	transition: infer Kind extends keyof TransitionOutcomes;
}
	? TransitionOutcomes[Kind]
	: Request extends Revert
		? Reverted
		: Exclude<Outcome, Refusal>;

export interface Refusal {
	readonly kind: 'refused';
	readonly code: ErrorCode;
	readonly message: string;
	readonly data: ErrorData;
}

export interface GroupResult extends WrittenGroup {
	/** One for each request, in their order. */
	readonly outcomes: readonly WriteOutcome[];
	readonly files: readonly WrittenFile[];
	/** What became of the queue's ledger; undefined where nothing did. */
	readonly ledger: LedgerUpdate | undefined;
	/** Whether what others have written was brought here as well. */
	readonly followed: boolean;
}
