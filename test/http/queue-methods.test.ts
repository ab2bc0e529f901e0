/** Methods and spellings on the paths of the queue: HEAD, OPTIONS, those that are refused, a slash at the end; and no caching. */

import { describe, expect, test } from 'vitest';
import { BY_ENDPOINT } from '../support/queue-endpoints.ts';
import { proposalOf, queueForSuite, startQueue } from '../support/queue-service.ts';
import { lastingHeaders, rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { CAROL } from '../support/write-service.ts';

const { service, keyOf } = await queueForSuite(
	{ 'clip.json': clipReference('a') },
	async ({ as, writesOf }) => {
		await as(CAROL).approve(proposalOf(await writesOf(CAROL).post('clip', { name: 'd' })));
	},
);
const headers = { apikey: keyOf(CAROL) };

describe.each(BY_ENDPOINT)('%s', (_title, { method, path }) => {
	const api = `/api${path}`;
	const allowed = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';

	test('answers_its_methods_to_options_and_405_to_others', async () => {
		const { url } = service;
		const options = await rawRequest(url, api, { method: 'OPTIONS' });
		expect([options.status, options.headers.allow, options.body.length]).toEqual([204, allowed, 0]);
		const others = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].filter((other) => !allowed.includes(other));
		for (const other of others) {
			const answer = await rawRequest(url, api, { method: other, headers });
			expect([other, answer.status, answer.headers.allow]).toEqual([other, 405, allowed]);
			expect(answer.json()).toEqual({ detail: 'Method Not Allowed' });
		}
	});

	test('is_found_without_the_prefix_and_leads_there_from_a_slash_too_many', async () => {
		const { url } = service;
		const [place = '', query] = api.split('?');
		const slash = await rawRequest(url, `${place}/${query ? `?${query}` : ''}`, { method, headers });
		expect(slash.status).toBe(307);
		const location = new URL(slash.headers.location ?? '', `${url}${place}/`);
		expect(`${location.pathname}${location.search}`).toBe(api);
		const bare = await rawRequest(url, path, { method });
		expect([bare.status, bare.json()]).toEqual([401, { detail: 'Not authenticated' }]);
	});
});

const READS = BY_ENDPOINT.filter(([, { method }]) => method === 'GET');

test.each(READS)('head_of_%s_is_get_without_a_body', async (_title, { path }) => {
	const { url } = service;
	for (const given of [headers, {}]) {
		const whole = await rawRequest(url, `/api${path}`, { headers: given });
		const head = await rawRequest(url, `/api${path}`, { method: 'HEAD', headers: given });
		expect(whole.status).toBe('apikey' in given ? 200 : 401);
		expect(head.status).toBe(whole.status);
		const untimed = ({ etag, ...rest }: Readonly<Record<string, unknown>>) => rest;
		expect(untimed(lastingHeaders(head.headers))).toEqual(untimed(lastingHeaders(whole.headers)));
		expect(head.body.length).toBe(0);
		expect(whole.headers['cache-control']).toBe('no-store');
		expect(whole.headers['content-type']).toBe('application/json');
	}
});

test.each([
	['GET', 'changes/1/diff/x', 404],
	['GET', 'changes/', 307],
	['GET', 'audit', 404],
	['GET', 'batches', 405],
	['GET', 'Changes', 404],
	['POST', 'changes', 405],
	['GET', 'changes/1/apply', 405],
	['DELETE', 'changes/1', 405],
	['GET', 'nothing', 404],
])('%s_%s_is_%i', async (method, path, status) => {
	const { url } = service;
	const answer = await rawRequest(url, `/api/model_references/v1/pending_queue/${path}`, { method, headers });
	expect(answer.status).toBe(status);
});

test('nothing_of_the_queue_is_to_be_kept_by_anybody', async () => {
	const { service: own, approver, propose } = await startQueue();
	await propose('d', 'e', 'f', 'g');
	const answers = [
		await own.post('clip', { name: 'h' }),
		await own.delete('clip', 'a'),
		await approver.changes(),
		await approver.change(1),
		await approver.diff(1),
		await approver.diffs([1, 99]),
		await approver.decide({ batch_title: 'x', approved_ids: [1, 2, 3] }),
		await approver.apply(1),
		await approver.applyMany({ change_ids: [2] }),
		await approver.applyMany({ change_ids: [4], allow_mixed_batch: true }),
		await approver.applyBatch(3),
		await approver.audit('current'),
		await approver.audit('batches'),
		await approver.audit('batches/1'),
		await approver.audit('batches/1/net_changes'),
		await approver.purge({ purge_all: true }),
		await approver.roles(),
	];
	const statuses = answers.map(({ status }) => status);
	expect(statuses).toEqual([
		...[202, 202, 200, 200, 200, 200, 200, 200, 200, 400],
		...[200, 200, 200, 200, 200, 200, 200],
	]);
	for (const answer of answers) expect(answer.headers.get('cache-control')).toBe('no-store');
});
