/** What a write asks for and what becomes of it. Plain data: it goes from the service to the process that writes. */

import type { ErrorCode, ErrorData } from '../errors.ts';
import type { Operation } from '../store/model-history.ts';
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
	/** Entity tags of which one must be the category's, `*` for any; undefined for no condition. */
	readonly ifMatch?: readonly string[] | undefined;
	/** Further trailers of the commit. */
	readonly trailers?: readonly (readonly [string, string])[] | undefined;
}

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

export interface Refusal {
	readonly kind: 'refused';
	readonly code: ErrorCode;
	readonly message: string;
	readonly data: ErrorData;
}

export interface GroupResult extends WrittenGroup {
	/** One for each change, in their order. */
	readonly outcomes: readonly Outcome[];
	readonly files: readonly WrittenFile[];
}
