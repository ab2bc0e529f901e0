/** What people ask of the pending queue over HTTP, beyond the writes that become proposals. */

import { expect } from 'vitest';
import type { WriteAnswer, WriteClient } from './write-service.ts';

export interface DecisionFields {
	readonly approve?: readonly number[];
	readonly reject?: readonly number[];
	readonly title?: string;
	readonly reason?: string;
}

export interface BulkFields {
	readonly job?: string;
	readonly atomic?: boolean;
	readonly mixed?: boolean;
}

export interface Reviewer {
	decide(fields: DecisionFields): Promise<WriteAnswer>;
	apply(id: number, job?: string): Promise<WriteAnswer>;
	applyAll(ids: readonly number[], fields?: BulkFields): Promise<WriteAnswer>;
	applyBatch(batch: number, job?: string): Promise<WriteAnswer>;
	/** @param fields of the filter; all there is without any */
	purge(fields?: object): Promise<WriteAnswer>;
	/** @returns the id of a new proposal to clip */
	propose(model: string, fields?: object, category?: string): Promise<number>;
	/** The change as the queue shows it. */
	change(id: number): Promise<Readonly<Record<string, unknown>>>;
	statusOf(id: number): Promise<unknown>;
	diff(id: number): Promise<WriteAnswer>;
	list(query?: string): Promise<WriteAnswer>;
}

/** Requests in the name of whoever the client is. */
export function reviewer(client: WriteClient): Reviewer {
	const ask = (path: string, body: object) => client.post(`pending_queue/${path}`, body);
	const get = (path: string) => client.get(`pending_queue/${path}`);
	const change: Reviewer['change'] = async (id) => {
		const { status, text, body } = await get(`changes/${id}`);
		expect(status, text).toBe(200);
		return body;
	};
	return {
		decide: ({ approve, reject, title = 'a batch', reason }) =>
			ask('batches', {
				batch_title: title,
				approved_ids: approve ?? null,
				rejected_ids: reject ?? null,
				reject_reason: reason ?? (reject ? 'a reason' : null),
			}),
		apply: (id, job) => ask(`changes/${id}/apply`, { job_id: job ?? null }),
		applyAll: (ids, { job, atomic = false, mixed = false } = {}) =>
			ask('apply', { change_ids: ids, job_id: job ?? null, atomic, allow_mixed_batch: mixed }),
		applyBatch: (batch, job) =>
			ask(`apply_batch/${batch}${job === undefined ? '' : `?job_id=${encodeURIComponent(job)}`}`, {}),
		purge: (fields = { purge_all: true }) => ask('purge', fields),
		propose: async (model, fields = {}, category = 'clip') => {
			const { status, text, body } = await client.post(category, { name: model, ...fields });
			expect(status, text).toBe(202);
			return Number(body.change_id);
		},
		change,
		statusOf: async (id) => (await change(id)).status,
		diff: (id) => get(`changes/${id}/diff`),
		list: (query = '') => get(`changes${query}`),
	};
}
