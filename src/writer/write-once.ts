/** Writes from a process that does nothing else: takes the lock, does its changes one after the other, and lets go. */

import type { Change, Outcome } from './change.ts';
import { Committer, type CommitterOptions } from './committer.ts';
import { WriterLock } from './writer-lock.ts';

/**
 * Calls the action with what commits a change; each is durable when its outcome is there.
 * @param purpose what the owner of the lock is doing, for people: `put`
 * @throws AppError `writer-locked` that names the process which writes now, `storage-failed`
 */
export async function writeOnce<Result>(
	options: CommitterOptions,
	purpose: string,
	action: (commit: (change: Change) => Promise<Outcome>) => Promise<Result>,
): Promise<Result> {
	const lock = await WriterLock.acquire(options.repository, purpose);
	try {
		const committer = await Committer.open(options);
		try {
			return await action(async (change) => {
				const [outcome] = (await committer.commit([change])).outcomes;
				if (!outcome) throw new Error('the writer has no answer for a change');
				return outcome;
			});
		} finally {
			await committer.close();
		}
	} finally {
		lock.release();
	}
}
