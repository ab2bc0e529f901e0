/** Transitions of the queue that tests ask of a committer. */

import type { Application, Change, Decision, Proposal, Purge } from '../../src/writer/change.ts';

export const APPROVER = { id: '3', username: 'carol#3' } as const;

export function propose(change: Change): Proposal {
	return { transition: 'propose', change };
}

export function approve(...ids: readonly number[]): Decision {
	return { transition: 'decide', title: 'a batch', approve: ids, reject: [], reason: '', actor: APPROVER };
}

export function reject(...ids: readonly number[]): Decision {
	return { transition: 'decide', title: 'a batch', approve: [], reject: ids, reason: 'no', actor: APPROVER };
}

export function apply(...ids: readonly number[]): Application {
	const target = { ids, mixed: true };
	return { transition: 'apply', target, jobId: undefined, atomic: false, actor: APPROVER };
}

export function applyBatch(batch: number): Application {
	return { transition: 'apply', target: { batch }, jobId: undefined, atomic: false, actor: APPROVER };
}

export function purge(...ids: readonly number[]): Purge {
	return { transition: 'purge', ids, filter: {}, actor: APPROVER };
}
