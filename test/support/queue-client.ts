/** Asks the endpoints of the pending queue in the name of a user, each by one call; bodies and queries go out as they are given. */

import { expect } from 'vitest';
import { type WriteAnswer, writeClient } from './write-service.ts';

/** Parameters of a query; a list is a parameter that is repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

/** A body to be sent as JSON, or the text itself. */
export type Body = object | string;

export interface QueueClient {
	changes(query?: Query): Promise<WriteAnswer>;
	mine(query?: Query): Promise<WriteAnswer>;
	change(id: number | string): Promise<WriteAnswer>;
	diff(id: number | string): Promise<WriteAnswer>;
	diffs(ids: readonly (number | string)[]): Promise<WriteAnswer>;
	decide(body: Body): Promise<WriteAnswer>;
	apply(id: number | string, body?: Body): Promise<WriteAnswer>;
	applyMany(body: Body): Promise<WriteAnswer>;
	applyBatch(id: number | string, query?: Query): Promise<WriteAnswer>;
	purge(body: Body): Promise<WriteAnswer>;
	/** @param path below `audit/` */
	audit(path: string, query?: Query): Promise<WriteAnswer>;
	roles(): Promise<WriteAnswer>;
	/** Approves under one title. @returns the number of the batch */
	approve(...ids: readonly number[]): Promise<number>;
	/** Rejects for a reason. */
	reject(...ids: readonly number[]): Promise<void>;
	/** Ids of the changes that a query finds, in the order of the answer. */
	idsOf(query?: Query): Promise<readonly number[]>;
}

/** @param user undefined for nobody */
export function queueClient(
	{ url }: { readonly url: string },
	user: { readonly key: string } | undefined,
): QueueClient {
	const client = writeClient(url, user?.key);
	const get = (path: string, query: Query = {}) => client.get(`pending_queue/${path}${queryText(query)}`);
	const post = (path: string, body: Body) => client.post(`pending_queue/${path}`, body);
	const decide: QueueClient['decide'] = (body) => post('batches', body);
	const changes: QueueClient['changes'] = (query) => get('changes', query);
	return {
		changes,
		mine: (query) => get('my_changes', query),
		change: (id) => get(`changes/${id}`),
		diff: (id) => get(`changes/${id}/diff`),
		diffs: (ids) => get('diffs', { change_ids: ids }),
		decide,
		apply: (id, body = {}) => post(`changes/${id}/apply`, body),
		applyMany: (body) => post('apply', body),
		applyBatch: (id, query = {}) => post(`apply_batch/${id}${queryText(query)}`, ''),
		purge: (body) => post('purge', body),
		audit: (path, query) => get(`audit/${path}`, query),
		roles: () => client.get('me/roles'),
		approve: async (...ids) => {
			const answer = await decide({ batch_title: 'A batch', approved_ids: ids });
			expect(answer.status, answer.text).toBe(200);
			return Number(answer.body.batch_id);
		},
		reject: async (...ids) => {
			const answer = await decide({ batch_title: 'A batch', rejected_ids: ids, reject_reason: 'A reason' });
			expect(answer.status, answer.text).toBe(200);
		},
		idsOf: async (query) => {
			const answer = await changes(query);
			expect(answer.status, answer.text).toBe(200);
			return [answer.body.items].flat().map((item) => Number(Object(item).change_id));
		},
	};
}

function queryText(query: Query): string {
	const pairs = Object.entries(query).flatMap(([name, value]) =>
		[value].flat().map((one): [string, string] => [name, String(one)]),
	);
	return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
