/** Every endpoint of the pending queue with a request that is right, for what holds on all of them. */

import type { Role } from '../../src/identity/access.ts';

export interface Endpoint {
	readonly method: 'GET' | 'POST';
	/** Below the prefix of the API. */
	readonly path: string;
	readonly role: Role;
	/** What it says first where nothing can be written. */
	readonly guard: 'reads' | 'writes';
	readonly body?: string;
	/** What it answers on a queue without changes. */
	readonly status: number;
}

const QUEUE = '/model_references/v1/pending_queue';

const reads = (path: string, status: number): Endpoint => ({
	...{ method: 'GET', path: `${QUEUE}/${path}`, role: 'reader', guard: 'reads' },
	status,
});
const post = (path: string, body: object | undefined, status: number): Endpoint => ({
	...{ method: 'POST', path: `${QUEUE}/${path}`, role: 'approver', guard: 'writes' },
	...(body && { body: JSON.stringify(body) }),
	status,
});

export const ENDPOINTS: readonly Endpoint[] = [
	{ ...reads('changes', 200), guard: 'writes' },
	{ ...reads('my_changes', 200), guard: 'writes', role: 'requestor' },
	reads('changes/1', 404),
	reads('changes/1/diff', 404),
	reads('diffs?change_ids=1', 200),
	post('batches', { batch_title: 'x', approved_ids: [1] }, 400),
	post('changes/1/apply', {}, 404),
	post('apply', { change_ids: [1] }, 404),
	post('apply_batch/1', undefined, 404),
	post('purge', { purge_all: true }, 200),
	reads('audit/current', 200),
	reads('audit/batches', 200),
	reads('audit/batches/1', 404),
	reads('audit/batches/1/net_changes', 404),
];

/** For `describe.each`. */
export const BY_ENDPOINT = ENDPOINTS.map(
	(endpoint) => [`${endpoint.method} ${endpoint.path.slice(QUEUE.length)}`, endpoint] as const,
);

/** @param headers over those that the request needs */
export function askEndpoint(
	origin: string,
	{ method, path, body }: Pick<Endpoint, 'method' | 'path' | 'body'>,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	return fetch(`${origin}/api${path}`, {
		method,
		headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
		...(body !== undefined && { body }),
	});
}
