/** Deployments that have no queue say so, on every endpoint of it and before anything else (spec: pending queue, section 2). */

import { describe, expect, test } from 'vitest';
import { queueClient } from '../support/queue-client.ts';
import { askEndpoint, ENDPOINTS } from '../support/queue-endpoints.ts';
import { proposalOf, startQueue } from '../support/queue-service.ts';
import { ALICE, CAROL } from '../support/write-service.ts';

const DISABLED = 'Pending queue is disabled or unsupported on this deployment.';
const NOT_WRITABLE =
	'This instance cannot process legacy writes. PRIMARY deployments with legacy canonical format must enable legacy write support.';

describe.each([
	['direct writes', { writes: 'direct' }, DISABLED],
	['a replica', { writes: 'queue', replicateMode: 'REPLICA' }, NOT_WRITABLE],
	['another format', { writes: 'queue', canonicalFormat: 'v2' }, NOT_WRITABLE],
	['a replica with direct writes', { writes: 'direct', replicateMode: 'REPLICA' }, NOT_WRITABLE],
] as const)('with %s', (_title, settings, ofWrites) => {
	test.each([
		['an approver', { apikey: CAROL.key }],
		['nobody', {}],
	])('every_endpoint_answers_503_to_%s', async (_name, headers) => {
		const { service } = await startQueue(undefined, settings);
		for (const endpoint of ENDPOINTS) {
			const answer = await askEndpoint(service.url, endpoint, { ...headers });
			expect([endpoint.path, answer.status]).toEqual([endpoint.path, 503]);
			const detail = endpoint.guard === 'writes' ? ofWrites : DISABLED;
			expect(await answer.json()).toEqual({ detail });
			expect(answer.headers.get('cache-control')).toBe('no-store');
			expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
		}
		expect(service.horde.calls).toHaveLength(0);
	});

	test('what_is_wrong_with_a_request_does_not_matter', async () => {
		const { service } = await startQueue(undefined, settings);
		const post = service.as(CAROL).post;
		for (const path of ['batches', 'changes/x/apply', 'apply', 'apply_batch/x', 'purge']) {
			const answer = await post(`pending_queue/${path}`, '{', { 'Content-Type': 'text/plain' });
			expect([path, answer.status, answer.body]).toEqual([path, 503, { detail: ofWrites }]);
		}
	});
});

test('a_service_that_writes_directly_leaves_the_queue_of_another_as_it_is', async () => {
	const first = await startQueue();
	await first.propose('d');
	await first.service.stop();
	const ledger = first.repository.git('rev-parse', 'refs/horde/queue');

	const direct = await startQueue(first.repository, { writes: 'direct' });
	expect((await queueClient(direct.service, CAROL).change(1)).status).toBe(503);
	expect((await direct.service.post('clip', { name: 'e' })).status).toBe(201);
	await direct.service.stop();
	expect(first.repository.git('rev-parse', 'refs/horde/queue')).toBe(ledger);

	const again = await startQueue(first.repository);
	expect(await again.approver.idsOf()).toEqual([1]);
	await again.approver.approve(1);
	expect((await again.approver.apply(1)).status).toBe(200);
	expect(Object.keys((await again.service.get('clip')).body)).toEqual(['a', 'b', 'c', 'e', 'd']);
});

test('by_role_approvers_write_at_once_and_requestors_propose', async () => {
	const { service, approver } = await startQueue(undefined, { writes: 'by-role' });
	expect((await service.as(CAROL).post('clip', { name: 'd' })).status).toBe(201);
	expect(proposalOf(await service.as(ALICE).post('clip', { name: 'e' }))).toBe(1);
	expect((await service.as(CAROL).put('clip', { name: 'd', version: '2' })).status).toBe(200);
	expect(proposalOf(await service.as(ALICE).delete('clip', 'a'))).toBe(2);
	expect((await service.as(CAROL).delete('clip', 'b')).status).toBe(204);
	expect(await approver.idsOf({ requested_by: CAROL.id })).toEqual([]);
	const batch = await approver.approve(1, 2);
	expect((await approver.applyBatch(batch)).status).toBe(200);
	expect(Object.keys((await service.get('clip')).body)).toEqual(['c', 'd', 'e']);
});

test('the_queue_of_by_role_and_of_queue_is_the_same', async () => {
	const first = await startQueue(undefined, { writes: 'by-role' });
	await first.propose('d');
	await first.service.stop();
	const second = await startQueue(first.repository, { writes: 'queue' });
	expect(proposalOf(await second.service.as(CAROL).post('clip', { name: 'e' }))).toBe(2);
	expect(await second.approver.idsOf()).toEqual([1, 2]);
});
