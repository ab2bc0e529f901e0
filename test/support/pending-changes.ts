/** Changes of the queue as the ledger holds them, for tests of what is made of them. */

import type { PendingChange } from '../../src/queue/pending-change.ts';

export const PROPOSAL = 'a'.repeat(40);

/** What may be said of a change besides what every change has; `ledger` is added to. */
export type ChangeFacts = Partial<Omit<PendingChange, 'ledger'>> & {
	readonly ledger?: Partial<PendingChange['ledger']>;
};

/** A change of a clip model that waits to be decided; its events are numbered by tens. */
export function pendingChange(id: number, { ledger, ...facts }: ChangeFacts = {}): PendingChange {
	return {
		change_id: id,
		category: 'clip',
		model_name: `Model ${id}`,
		operation: 'update',
		requested_by: '1',
		requested_username: 'alice#1',
		requested_at: 1_700_000_000 + id,
		status: 'pending',
		updated_at: 1_700_000_000 + id,
		...facts,
		ledger: { proposal: PROPOSAL, enqueue_event: id * 10, ...ledger },
	};
}

export function approvedChange(
	id: number,
	batch: number,
	{ ledger, ...facts }: ChangeFacts = {},
): PendingChange {
	return pendingChange(id, {
		status: 'approved',
		batch_id: batch,
		batch_title: `Batch ${batch}`,
		approved_by: '3',
		approved_username: 'carol#3',
		approved_at: 1_700_001_000 + id,
		...facts,
		ledger: { decision_event: id * 10 + 1, decision_batch: batch, ...ledger },
	});
}

export function appliedChange(
	id: number,
	batch: number,
	{ ledger, ...facts }: ChangeFacts = {},
): PendingChange {
	return approvedChange(id, batch, {
		status: 'applied',
		applied_by: '3',
		applied_username: 'carol#3',
		applied_at: 1_700_002_000 + id,
		applied_job_id: 'job',
		...facts,
		ledger: { apply_event: id * 10 + 2, applied_commit: 'c'.repeat(40), ...ledger },
	});
}

/** @param batch undefined for one that was rejected by itself */
export function rejectedChange(
	id: number,
	batch: number | undefined,
	{ ledger, ...facts }: ChangeFacts = {},
): PendingChange {
	return pendingChange(id, {
		status: 'rejected',
		...(batch !== undefined && { batch_id: batch }),
		batch_title: 'No',
		rejected_by: '3',
		rejected_username: 'carol#3',
		rejected_at: 1_700_001_000 + id,
		reject_reason: 'not now',
		...facts,
		ledger: {
			decision_event: id * 10 + 1,
			...(batch !== undefined && { decision_batch: batch }),
			...ledger,
		},
	});
}

/** Everything that can be said of a change. */
export const FULL_CHANGE = appliedChange(7, 3, {
	operation: 'create',
	notes: 'There is no description.',
	ledger: {
		moved_event: 75,
		job_split: { event: 80, original_batch_id: 3, new_batch_id: 4, reassigned_change_ids: [8, 9] },
		job_failure: {
			change_id: 8,
			error: 'Change 8 not found.',
			error_type: 'PendingChangeNotFoundError',
			code: 'change-unknown',
		},
		purged: { event: 90, at: 1_700_003_000, by: '3', username: 'carol#3' },
		idempotency: { key: 'k', request: 'r' },
	},
});
