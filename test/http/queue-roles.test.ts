/** Who may ask what of the queue, and in which order a request is looked at (spec: pending queue, section 2; difference W2). */

import { describe, expect, test } from 'vitest';
import { queueClient } from '../support/queue-client.ts';
import { askEndpoint, BY_ENDPOINT, ENDPOINTS } from '../support/queue-endpoints.ts';
import { queueForSuite, startQueue } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { ALICE, BOB, CAROL, DAVE } from '../support/write-service.ts';

const shared = await queueForSuite({ 'clip.json': clipReference('a') });

const NOBODY = { key: 'key-of-nobody' };
const RANKS = { reader: 0, requestor: 1, approver: 2 };
const USERS = [
	[DAVE, 0],
	[ALICE, 1],
	[CAROL, 2],
] as const;

describe('every endpoint', () => {
	test('answers_those_who_have_its_role_and_no_others', async () => {
		const { service } = await startQueue();
		for (const endpoint of ENDPOINTS) {
			for (const [{ key, username }, rank] of USERS) {
				const answer = await askEndpoint(service.url, endpoint, { apikey: key });
				const may = rank >= RANKS[endpoint.role];
				expect([endpoint.path, username, answer.status]).toEqual([
					endpoint.path,
					username,
					may ? endpoint.status : 403,
				]);
				const sentence = `You are not on the pending queue ${endpoint.role} list.`;
				if (!may) expect(await answer.json()).toEqual({ detail: sentence });
			}
		}
	});

	test('refuses_those_without_a_key_that_is_anybodys', async () => {
		const { service } = await startQueue();
		for (const endpoint of ENDPOINTS) {
			for (const headers of [{}, { apikey: '' }]) {
				const answer = await askEndpoint(service.url, endpoint, headers);
				expect([endpoint.path, answer.status]).toEqual([endpoint.path, 401]);
				expect(answer.headers.get('www-authenticate')).toBe('APIKey');
				expect(await answer.json()).toEqual({ detail: 'Not authenticated' });
			}
		}
		expect(service.horde.calls).toHaveLength(0);
		for (const endpoint of ENDPOINTS) {
			const answer = await askEndpoint(service.url, endpoint, { apikey: NOBODY.key });
			expect([endpoint.path, answer.status]).toEqual([endpoint.path, 401]);
			expect(answer.headers.get('www-authenticate')).toBeNull();
			expect(await answer.json()).toEqual({ detail: 'Invalid API key' });
		}
	});

	test('says_so_when_nobody_can_tell_whose_the_key_is', async () => {
		const { service } = await startQueue();
		service.horde.behaviour = 'reset';
		for (const endpoint of ENDPOINTS) {
			const answer = await askEndpoint(service.url, endpoint, { apikey: 'key-of-somebody-new' });
			expect([endpoint.path, answer.status]).toEqual([endpoint.path, 503]);
			expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
		}
	});

	test('that_is_for_approvers_is_closed_while_there_are_none', async () => {
		const { service } = await startQueue(undefined, { approverIds: [] });
		for (const endpoint of ENDPOINTS.filter(({ role }) => role === 'approver')) {
			const answer = await askEndpoint(service.url, endpoint, { apikey: CAROL.key });
			expect([endpoint.path, answer.status]).toEqual([endpoint.path, 401]);
			expect(await answer.json()).toEqual({ detail: 'Invalid API key' });
		}
		expect(service.horde.calls).toHaveLength(0);
		expect((await queueClient(service, DAVE).changes()).status).toBe(200);
	});
});

test('each_check_comes_before_the_next', async () => {
	const { service, propose } = await startQueue();
	await propose('d');
	const steps = [
		[401, undefined, 'batches', '{', {}],
		[401, NOBODY, 'batches', '{', {}],
		[403, ALICE, 'batches', '{', {}],
		[415, CAROL, 'batches', '{', { 'Content-Type': 'text/plain' }],
		[415, CAROL, 'batches', '{}', { 'Content-Encoding': 'gzip' }],
		[422, CAROL, 'batches', '{', {}],
		[422, CAROL, 'batches', '{"batch_title":"x","approved_ids":[99],"rejected_ids":[99]}', {}],
		[400, CAROL, 'batches', '{"batch_title":"x","approved_ids":[99]}', {}],
		[401, undefined, 'changes/x/apply', '{', {}],
		[403, BOB, 'changes/x/apply', '{', {}],
		[422, CAROL, 'changes/x/apply', '{}', {}],
		[422, CAROL, 'changes/99/apply', '', {}],
		[404, CAROL, 'changes/99/apply', '{}', {}],
		[422, CAROL, 'apply', '{"change_ids":[0,99]}', {}],
		[404, CAROL, 'apply', '{"change_ids":[99]}', {}],
		[403, ALICE, 'apply_batch/x', '', {}],
		[422, CAROL, `apply_batch/9?job_id=${'j'.repeat(121)}`, '', {}],
		[404, CAROL, 'apply_batch/9', '', {}],
		[403, ALICE, 'purge', '{}', {}],
		[422, CAROL, 'purge', '{}', {}],
		[200, CAROL, 'batches', '{"batch_title":"x","approved_ids":[1]}', {}],
	] as const;
	for (const [status, user, path, body, headers] of steps) {
		const answer = await service.as(user).post(`pending_queue/${path}`, body, headers);
		expect([answer.status, path, body]).toEqual([status, path, body]);
		expect(answer.headers.get('cache-control')).toBe('no-store');
	}
});

test('a_body_that_is_too_large_is_413_for_approvers_and_403_for_others', async () => {
	const { service } = await startQueue();
	const body = JSON.stringify({ batch_title: 'x'.repeat(1024 * 1024), approved_ids: [1] });
	expect((await service.as(CAROL).post('pending_queue/batches', body)).status).toBe(413);
	expect((await service.post('pending_queue/batches', body)).status).toBe(403);
});

test('ten_thousand_ids_in_one_body_are_taken', async () => {
	const { approver, propose } = await startQueue();
	await propose('d');
	const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
	const answer = await approver.decide({ batch_title: 'x', approved_ids: ids });
	expect([answer.status, answer.body]).toEqual([400, { detail: 'Change 2 does not exist.' }]);
});

test('no_key_is_in_the_log_or_in_git', async () => {
	const { repository, service, approver, propose } = await startQueue();
	const [id = 0] = await propose('d');
	await approver.approve(id);
	await approver.apply(id);
	await queueClient(service, NOBODY).changes();
	const seen = JSON.stringify(service.log) + repository.git('log', '--all', '--format=raw', '-p');
	expect(seen).toContain('Apply change 1');
	expect(seen).not.toMatch(/key-of-/);
});

describe.each(['v1', 'v2'])('me/roles of %s', (version) => {
	const path = `/model_references/${version}/me/roles`;

	test.each([
		[CAROL, ['approver', 'requestor'], true, true],
		[ALICE, ['requestor'], false, true],
		[DAVE, [], false, false],
	])('tells_%o_their_roles', async (user, roles, isApprover, isRequestor) => {
		const { id, username } = user;
		const headers = { apikey: shared.keyOf(user) };
		const answer = await askEndpoint(shared.service.url, { method: 'GET', path }, headers);
		expect(answer.status).toBe(200);
		expect(answer.headers.get('cache-control')).toBe('no-store');
		expect(await answer.text()).toBe(
			JSON.stringify({
				user_id: id,
				username,
				roles,
				is_approver: isApprover,
				is_requestor: isRequestor,
			}),
		);
	});

	test('is_refused_without_a_key_that_is_somebodys', async () => {
		const { service } = shared;
		const none = await askEndpoint(service.url, { method: 'GET', path });
		expect([none.status, await none.json()]).toEqual([401, { detail: 'Not authenticated' }]);
		const wrong = await askEndpoint(service.url, { method: 'GET', path }, { apikey: NOBODY.key });
		expect([wrong.status, await wrong.json()]).toEqual([401, { detail: 'Invalid API key' }]);
	});

	test.each([
		{ writes: 'direct' },
		{ replicateMode: 'REPLICA' },
		{ requestorIds: [], approverIds: [] },
	] as const)('is_answered_also_with_%j', async (settings) => {
		const { service } = await startQueue(undefined, settings);
		const answer = await askEndpoint(service.url, { method: 'GET', path }, { apikey: DAVE.key });
		expect(answer.status).toBe(200);
	});
});

test('the_endpoints_here_are_all_that_the_document_names', async () => {
	const { service } = shared;
	const { paths } = Object(await (await fetch(`${service.url}/api/openapi.json`)).json());
	const named = Object.entries(Object(paths)).flatMap(([path, operations]) =>
		path.includes('/pending_queue/') ? Object.keys(Object(operations)).map((method) => [method, path]) : [],
	);
	expect(named).toHaveLength(BY_ENDPOINT.length);
});
