/** Who you are comes first, then whether you may, then the body, then the state (spec: differences, W1 to W3). */

import { describe, expect, test } from 'vitest';
import { FakeHorde } from '../support/fake-horde.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestServiceOptions } from '../support/test-service.ts';
import { ALICE, BOB, CAROL, DAVE, startWriteService, USERS, writeClient } from '../support/write-service.ts';

const NOBODY = { key: 'key-of-nobody' };
const start = (overrides: TestServiceOptions = {}) =>
	startWriteService(TemporaryRepository.create({ 'clip.json': clipReference('a') }), overrides);

test('each_check_comes_before_the_next', async () => {
	const service = await start();
	const good = { name: 'b' };
	const steps = [
		[401, service.as(undefined), '{', {}],
		[401, service.as({ key: '' }), '{', {}],
		[401, service.as(NOBODY), '{', {}],
		[403, service.as(DAVE), '{', {}],
		[415, service, '{', { 'Content-Type': 'text/plain' }],
		[422, service, '{', {}],
		[422, service, { name: 5 }, { 'If-Match': '"other"' }],
		[422, service, { name: 'a\\b' }, {}],
		[409, service, { name: 'a' }, { 'If-Match': '"other"' }],
		[412, service, good, { 'If-Match': '"other"' }],
		[201, service, good, {}],
	] as const;
	for (const [status, client, body, headers] of steps) {
		const answer = await client.post('clip', body, headers);
		expect([answer.status, body, headers]).toEqual([status, body, headers]);
		expect(answer.headers.get('cache-control')).toBe('no-store');
	}
});

test('a_missing_key_says_how_to_show_one_and_asks_nobody', async () => {
	const service = await start();
	const answer = await service.as(undefined).post('clip', { name: 'b' });
	expect(answer.status).toBe(401);
	expect(answer.headers.get('www-authenticate')).toBe('APIKey');
	expect(answer.body).toEqual({ detail: 'Not authenticated' });
	expect(service.horde.calls).toHaveLength(0);
});

test('a_wrong_key_is_401_and_a_user_without_the_role_403', async () => {
	const service = await start();
	const wrong = await service.as(NOBODY).delete('clip', 'a');
	expect([wrong.status, wrong.body]).toEqual([401, { detail: 'Invalid API key' }]);
	const without = await service.as(DAVE).delete('clip', 'a');
	expect(without.status).toBe(403);
	expect(without.body.detail).toMatch(/requestor list/);
});

test('no_key_is_ever_in_the_log_or_in_a_commit', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository);
	for (const user of [ALICE, NOBODY, DAVE]) await service.as(user).post('clip', { name: user.key.slice(4) });
	service.horde.behaviour = 'reset';
	await service.as({ key: 'key-of-somebody-else' }).post('clip', { name: 'b' });
	const seen = JSON.stringify(service.log) + repository.git('log', '--format=raw', '-p');
	expect(seen).not.toMatch(/key-of-/);
});

describe('the policy', () => {
	test.each([
		['direct', BOB, 201],
		['direct', CAROL, 201],
		['by-role', BOB, 202],
		['by-role', CAROL, 201],
		['queue', BOB, 202],
		['queue', CAROL, 202],
	] as const)('%s_answers_%o_with_%i', async (writes, user, status) => {
		const service = await start({ writes });
		const answer = await service.as(user).post('clip', { name: 'b' });
		expect(answer.status).toBe(status);
		expect(answer.body.change_id).toBe(status === 202 ? 1 : undefined);
	});

	test('is_queue_unless_another_is_chosen', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const horde = await FakeHorde.start(USERS);
		const service = await startTestService(repository, { hordeUrl: horde.url, requestorIds: [ALICE.id] });
		const answer = await writeClient(service.url, ALICE.key).post('clip', { name: 'b' });
		expect(answer.status).toBe(202);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('1');
	});

	test('lets_nobody_write_when_the_lists_are_empty', async () => {
		const service = await start({ requestorIds: [], approverIds: [] });
		const answer = await service.post('clip', { name: 'b' });
		expect([answer.status, answer.body]).toEqual([401, { detail: 'Invalid API key' }]);
		expect(service.horde.calls).toHaveLength(0);
	});
});

test.each([{ replicateMode: 'REPLICA' }, { canonicalFormat: 'v2' }] as const)(
	'a_deployment_with_%o_takes_no_write_and_says_what_to_set',
	async (mode) => {
		const service = await start(mode);
		for (const answer of [
			await service.as(undefined).post('clip', '{'),
			await service.put('clip', { name: 'a' }),
			await service.delete('clip', 'a'),
		]) {
			expect(answer.status).toBe(503);
			expect(answer.body.detail).toMatch(/REPLICATE_MODE=PRIMARY .*CANONICAL_FORMAT=legacy/);
		}
	},
);

describe('an AI-Horde', () => {
	test.each([
		['that_is_down', 'reset', 503],
		['that_answers_no_json', 'not-json', 503],
		['that_is_cut_off', 'truncated', 503],
		['that_never_ends', 'endless', 503],
		['that_fails', { status: 500 }, 503],
		['that_is_asked_too_often', { status: 429 }, 503],
		['whose_user_has_no_number', { body: '{"username":"alice"}' }, 401],
		['that_knows_no_such_user', { status: 404 }, 401],
	] as const)('%s_is_answered_for', async (_title, behaviour, status) => {
		const service = await start();
		service.horde.behaviour = behaviour;
		const answer = await service.post('clip', { name: 'b' });
		expect(answer.status).toBe(status);
		if (status === 503) {
			expect(answer.body).toEqual({ detail: expect.stringMatching(/^Auth service/) });
			expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
		}
		service.horde.behaviour = 'right';
		expect((await service.as(BOB).post('clip', { name: 'b' })).status).toBe(201);
	});

	test('that_keeps_failing_is_left_alone_and_heartbeat_tells', async () => {
		const service = await start();
		service.horde.behaviour = { status: 500 };
		for (let times = 0; times < 8; times++)
			await service.as({ key: `key ${times}` }).post('clip', { name: 'b' });
		expect(service.horde.calls).toHaveLength(5);
		const heartbeat = await (await fetch(`${service.url}/api/heartbeat`)).json();
		expect(heartbeat).toMatchObject({ ai_horde: { degraded: true, consecutive_failures: 5 } });
	});
});

test('a_username_that_could_break_a_commit_is_made_harmless', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository);
	service.horde.users.set('key-of-mallory', 'mallory <x@y>\nparent 0\u202e#1');
	expect((await service.as({ key: 'key-of-mallory' }).post('clip', { name: 'b' })).status).toBe(201);
	expect(repository.git('log', '-1', '--format=%an|%ae|%P')).toMatch(
		/^mallory _x@y__parent 0_#1\|1@horde-users\.invalid\|[0-9a-f]{40}$/,
	);
	expect(() => repository.git('fsck', '--strict')).not.toThrow();
});
