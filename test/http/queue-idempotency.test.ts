/** A proposal with an idempotency key may be sent again, whatever has become of it (spec: differences, W14). */

import { expect, test } from 'vitest';
import { proposalOf, startQueue, type TestQueue } from '../support/queue-service.ts';
import { BOB, CAROL, type WriteAnswer, type WriteClient } from '../support/write-service.ts';

const KEY = { 'Idempotency-Key': 'a key' };
const facts = ({ status, text }: WriteAnswer) => ({ status, text });

const REQUESTS: readonly (readonly [string, (client: WriteClient) => Promise<WriteAnswer>])[] = [
	['create', (client) => client.post('clip', { name: 'd', description: 'é' }, KEY)],
	['update', (client) => client.put('clip', { name: 'a', version: '2' }, KEY)],
	['delete', (client) => client.delete('clip', 'b', KEY)],
];

type Fate = (queue: TestQueue) => Promise<unknown>;

const FATES: readonly (readonly [string, Fate])[] = [
	['while_it_waits', async () => {}],
	['after_it_was_approved', ({ approver }) => approver.approve(1)],
	['after_it_was_rejected', ({ approver }) => approver.reject(1)],
	[
		'after_it_was_applied',
		async ({ approver }) => {
			await approver.approve(1);
			expect((await approver.apply(1)).status).toBe(200);
		},
	],
	['after_it_was_purged', ({ approver }) => approver.purge({ purge_all: true })],
];

// A fate is the same for all, but for the one that changes the model.
const ROWS = REQUESTS.flatMap(([name, send]) =>
	FATES.filter(([fate]) => name === 'create' || fate === 'after_it_was_applied').map(
		([fate, become]) => [name, fate, send, become] as const,
	),
);

test.each(ROWS)(
	'the_same_%s_with_the_same_key_%s_is_answered_the_same_and_does_nothing',
	async (_name, _fate, send, become) => {
		const queue = await startQueue();
		const { repository, service } = queue;
		const first = facts(await send(service));
		expect(first.status).toBe(202);
		await become(queue);
		const refs = repository.git('for-each-ref');
		expect(facts(await send(service))).toEqual(first);
		await service.stop();
		const later = await startQueue(repository);
		expect(facts(await send(later.service))).toEqual(first);
		expect(repository.git('for-each-ref')).toBe(refs);
	},
);

test.each(REQUESTS)('the_same_%s_with_the_same_key_at_once_is_one_proposal', async (_name, send) => {
	const { service, approver } = await startQueue();
	const answers = (await Promise.all(Array.from({ length: 8 }, () => send(service)))).map(facts);
	expect(answers).toEqual(answers.map(() => answers[0]));
	expect(answers[0]?.status).toBe(202);
	expect(await approver.idsOf()).toEqual([1]);
});

test('a_key_that_was_used_for_another_proposal_is_refused', async () => {
	const { service, approver } = await startQueue();
	await service.post('clip', { name: 'd' }, KEY);
	for (const other of [
		await service.post('clip', { name: 'e' }, KEY),
		await service.post('clip', { name: 'd', version: '2' }, KEY),
		await service.put('clip', { name: 'a' }, KEY),
		await service.delete('clip', 'a', KEY),
		await service.post('blip', { name: 'd' }, KEY),
	]) {
		expect(other.status).toBe(422);
	}
	expect(await approver.idsOf()).toEqual([1]);
});

test('a_key_of_another_user_is_another_key', async () => {
	const { service } = await startQueue();
	expect(proposalOf(await service.post('clip', { name: 'd' }, KEY))).toBe(1);
	expect(proposalOf(await service.as(BOB).post('clip', { name: 'd' }, KEY))).toBe(2);
});

test('a_key_of_a_proposal_that_was_refused_is_free', async () => {
	const { service } = await startQueue();
	expect((await service.post('clip', { name: 'a' }, KEY)).status).toBe(409);
	expect(proposalOf(await service.post('clip', { name: 'd' }, KEY))).toBe(1);
});

test('a_key_of_a_direct_write_is_not_one_for_a_proposal', async () => {
	const direct = await startQueue(undefined, { writes: 'direct' });
	expect((await direct.service.post('clip', { name: 'd' }, KEY)).status).toBe(201);
	await direct.service.stop();
	const queued = await startQueue(direct.repository);
	expect((await queued.service.post('clip', { name: 'd' }, KEY)).status).toBe(422);
	expect(await queued.approver.idsOf()).toEqual([]);
});

test('a_key_of_a_proposal_is_not_one_for_a_direct_write', async () => {
	const queued = await startQueue();
	expect(proposalOf(await queued.service.as(CAROL).post('clip', { name: 'd' }, KEY))).toBe(1);
	await queued.service.stop();
	const direct = await startQueue(queued.repository, { writes: 'by-role' });
	expect((await direct.service.as(CAROL).post('clip', { name: 'd' }, KEY)).status).toBe(422);
	expect(Object.keys((await direct.service.get('clip')).body)).toEqual(['a', 'b', 'c']);
});

test('a_key_is_in_git_only_as_a_digest', async () => {
	const { repository, service } = await startQueue();
	await service.post('clip', { name: 'd' }, { 'Idempotency-Key': 'secret-of-the-client' });
	const everything = repository.git('log', '--all', '-p', '--format=%B', 'refs/horde/queue');
	expect(everything).toMatch(/"key": "[0-9a-f]{40}"/);
	expect(everything).not.toContain('secret-of-the-client');
});
