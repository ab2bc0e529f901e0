/** Taking changes out of the queue (spec: pending queue, section 7). What is known of them stays in the ledger. */

import { expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import type { QueueClient } from '../support/queue-client.ts';
import { queueForSuite, startQueue, type TestQueue } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { ALICE, BOB, CAROL, type WriteClient } from '../support/write-service.ts';

/** 1 applied, 2 approved, 3 rejected, 4 and 5 pending. */
async function fill(alice: WriteClient, bob: WriteClient, approver: QueueClient): Promise<void> {
	for (const name of ['Alpha', 'Beta', 'Gamma']) await alice.post('clip', { name });
	await bob.delete('clip', 'a');
	await alice.post('blip', { name: 'Alphabet' });
	await approver.approve(1, 2);
	await approver.apply(1);
	await approver.reject(3);
}

async function start(): Promise<TestQueue> {
	const queue = await startQueue();
	await fill(queue.service, queue.service.as(BOB), queue.approver);
	return queue;
}

const EVERY = [1, 2, 3, 4, 5];

const FILTERS: readonly (readonly [object, readonly number[]])[] = [
	[{ purge_all: true }, EVERY],
	[{ statuses: ['pending'] }, [4, 5]],
	[{ statuses: ['applied', 'rejected'] }, [1, 3]],
	[{ statuses: ['approved'] }, [2]],
	[{ statuses: ['applying'] }, []],
	[{ categories: ['clip'] }, [1, 2, 3, 4]],
	[{ categories: ['clip', 'blip'], statuses: ['pending'] }, [4, 5]],
	[{ model_name: ' ALPHA ' }, [1, 5]],
	[{ requested_by: ['2', ' '] }, [4]],
	[{ requested_by: [' 1 ', '2'] }, EVERY],
	[{ requested_by: ['9'] }, []],
	[{ statuses: ['pending'], categories: ['blip'], model_name: 'bet', requested_by: ['1'] }, [5]],
	[{ statuses: ['pending'], purge_all: true }, [4, 5]],
	[{ model_name: 'nothing of the kind' }, []],
	[
		{ statuses: null, categories: null, requested_by: null, model_name: null, purge_all: true },
		[1, 2, 3, 4, 5],
	],
];

const shared = await queueForSuite({ 'clip.json': clipReference('a') }, ({ as, writesOf }) =>
	fill(writesOf(ALICE), writesOf(BOB), as(CAROL)),
);

const answerOf = (ids: readonly number[], dry_run: boolean) =>
	JSON.stringify({ removed_count: ids.length, removed_change_ids: ids, dry_run });

test.each(FILTERS)('a_purge_of_%j_that_is_only_tried_tells_what_it_would_take', async (filter, ids) => {
	const { repository } = shared.service;
	const refs = repository.git('for-each-ref');
	const { status, text } = await shared.as(CAROL).purge({ ...filter, dry_run: true });
	expect([status, text]).toEqual([200, answerOf(ids, true)]);
	expect(repository.git('for-each-ref')).toBe(refs);
	expect(await shared.as(CAROL).idsOf()).toEqual(EVERY);
});

// To do it is dear; that it finds the same is seen from some.
test.each(FILTERS.filter((_row, index) => index % 3 === 0))('a_purge_of_%j_takes_it', async (filter, ids) => {
	const { repository, approver } = await start();
	const refs = repository.git('for-each-ref');
	const { status, text } = await approver.purge(filter);
	expect([status, text]).toEqual([200, answerOf(ids, false)]);
	expect(await approver.idsOf()).toEqual(EVERY.filter((id) => !ids.includes(id)));
	if (ids.length === 0) expect(repository.git('for-each-ref')).toBe(refs);
	expect((await approver.purge(filter)).text).toBe(answerOf([], false));
});

test('a_purged_change_is_gone_from_everywhere_but_the_trail', async () => {
	const { repository, approver } = await start();
	await approver.purge({ purge_all: true });
	for (const id of [1, 2, 3, 4, 5]) {
		expect((await approver.change(id)).status).toBe(404);
		expect((await approver.diff(id)).status).toBe(404);
		expect((await approver.apply(id)).body).toEqual({ detail: `Change ${id} not found.` });
		const decision = await approver.decide({ batch_title: 'x', approved_ids: [id] });
		expect(decision.body).toEqual({ detail: `Change ${id} does not exist.` });
	}
	expect((await approver.diffs([1, 2])).body).toMatchObject({ diffs: [], errors: [{ change_id: 1 }, {}] });
	expect((await approver.applyBatch(2)).status).toBe(404);
	expect((await approver.audit('current')).body.total_pending).toBe(0);
	expect(repository.git('for-each-ref', 'refs/heads/pending')).toBe('');
	const { body } = await approver.audit('batches/1');
	expect(body.changes).toMatchObject([{ change_id: 1, status: 'applied' }]);
	expectSound(repository);
});

test('a_purge_does_not_take_back_what_was_published', async () => {
	const { repository, service, approver } = await start();
	const main = repository.git('rev-parse', 'main');
	await approver.purge({ purge_all: true });
	expect(repository.git('rev-parse', 'main')).toBe(main);
	expect(Object.keys((await service.get('clip')).body)).toContain('Alpha');
});

test('numbers_are_not_given_again_after_a_purge_and_a_restart', async () => {
	const first = await start();
	await first.approver.purge({ purge_all: true });
	expect(await first.propose('Delta')).toEqual([6]);
	await first.approver.purge({ purge_all: true });
	await first.service.stop();
	const second = await startQueue(first.repository);
	expect(await second.approver.idsOf()).toEqual([]);
	expect(await second.propose('Delta')).toEqual([7]);
	expect(await second.approver.approve(7)).toBe(3);
});

test('the_rest_of_a_batch_can_be_applied_after_part_of_it_was_purged', async () => {
	const { approver, propose } = await startQueue();
	await propose('d', 'e', 'f');
	await approver.approve(1, 2, 3);
	await approver.purge({ model_name: 'e' });
	const { status, body } = await approver.applyBatch(1);
	expect(status).toBe(200);
	expect(body).toMatchObject({ applied: [{ change_id: 1 }, { change_id: 3 }], batch_split_occurred: false });
});

test('a_purge_is_one_commit_of_the_ledger_that_names_its_changes', async () => {
	const { repository, approver } = await start();
	const before = Number(repository.git('rev-list', '--count', 'refs/horde/queue'));
	await approver.purge({ statuses: ['pending'] });
	expect(Number(repository.git('rev-list', '--count', 'refs/horde/queue'))).toBe(before + 1);
	const message = repository.git('log', '-1', '--format=%an%n%s%n%b', 'refs/horde/queue');
	expect(message).toContain('carol#3\nPurge changes 4, 5\n');
	for (const trailer of ['Change-Id: 4', 'Change-Id: 5', 'Purged-By: carol#3']) {
		expect(message.split('\n')).toContain(trailer);
	}
});
