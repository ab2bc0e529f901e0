/** What the service and the thread that writes say to each other. */

import type { Repository } from '../git/repository.ts';
import type { WrittenFile } from '../store/written.ts';
import type { Change, GroupResult } from './change.ts';

/** What the thread is started with. */
export type WriterData = Omit<Repository, 'git'>;

export interface ToThread {
	readonly changes: readonly Change[];
}

export type FromThread =
	| { readonly kind: 'opened' }
	| { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }
	| { readonly kind: 'notice'; readonly message: string }
	/** Ahead of `done`, so that what readers get can be made meanwhile. The bytes are handed over, not copied. */
	| { readonly kind: 'written'; readonly files: readonly WrittenFile[] }
	| { readonly kind: 'done'; readonly result: Omit<GroupResult, 'files'> };
