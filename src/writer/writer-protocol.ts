/** What the service and the process that writes for it say to each other. */

import type { ErrorCode, ErrorData } from '../errors.ts';
import type { GitRun } from '../git/command.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import type { GroupResult, WriteRequest } from './change.ts';
import type { FilePatch } from './file-transfer.ts';
import type { Followed } from './follow.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { LockMark } from './writer-lock.ts';

export type ToWriter =
	| {
			readonly kind: 'open';
			readonly repository: Omit<Repository, 'git'>;
			/** What the service is doing, for people. */
			readonly purpose: string;
			readonly service: ProcessIdentity;
			/** As in `CommitterOptions`. */
			readonly shared: string | undefined;
	  }
	| { readonly kind: 'commit'; readonly requests: readonly WriteRequest[] }
	/** To bring refs to where a fetch has found those of the remote. */
	| { readonly kind: 'follow'; readonly isMirror: boolean }
	/** To write down that the remote has these. */
	| { readonly kind: 'note-shared'; readonly updates: readonly RefUpdate[] }
	| { readonly kind: 'close' };

export type FromWriter =
	| { readonly kind: 'opened'; readonly lock: LockMark }
	/** `code` is there for what goes wrong in operation; else it is our mistake, and `message` says where. */
	| {
			readonly kind: 'failed';
			readonly code: ErrorCode | undefined;
			readonly message: string;
			readonly data: ErrorData;
	  }
	| { readonly kind: 'notice'; readonly message: string }
	/** Ahead of `done`: what git was used for since it was last told. */
	| { readonly kind: 'git'; readonly runs: readonly GitRun[] }
	/** Ahead of `done`: the bytes are on their way while they are made durable. */
	| { readonly kind: 'written'; readonly files: readonly FilePatch[] }
	| {
			readonly kind: 'done';
			readonly result: Omit<GroupResult, 'files'>;
			/** Of each of the files that came last, in their order. */
			readonly gzip: readonly Uint8Array[];
	  }
	| { readonly kind: 'followed'; readonly followed: Followed }
	| { readonly kind: 'noted' };
