/** The trail of the queue: who did what to which change, and in which batch (spec: pending queue, section 8; difference Q9). */

import { describe, expect, test } from 'vitest';
import type { Query, QueueClient } from '../support/queue-client.ts';
import { queueForSuite, startQueue } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { ALICE, BOB, CAROL } from '../support/write-service.ts';

const TIME = expect.any(Number);
const SUMMARY = [
	...['batch_id', 'batch_title', 'approved_by', 'approved_at', 'applied_at', 'approved_change_count'],
	...['rejected_change_count', 'applied_change_count', 'total_change_count', 'last_event_id'],
];
const CHANGE = [
	...['change_id', 'status', 'operation', 'category', 'model_name', 'requested_by', 'requested_at'],
	...[
		'approved_by',
		'approved_at',
		'rejected_by',
		'rejected_at',
		'reject_reason',
		'applied_by',
		'applied_at',
	],
	...['applied_job_id', 'batch_id', 'batch_title', 'events'],
];

const list = (value: unknown) => [value].flat().map(Object);
const event = (event_id: number, action: string, logical_user_id: string, payload: object) => ({
	...{ event_id, timestamp: TIME, action, logical_user_id, payload },
});

describe('what is pending', () => {
	test('is_shown_with_the_newest_first', async () => {
		const { service, approver, propose } = await startQueue();
		await propose('d', 'e');
		await service.as(BOB).delete('clip', 'a');
		const { status, body } = await approver.audit('current');
		expect(status).toBe(200);
		expect(Object.keys(body)).toEqual(['domain', 'pending_changes', 'total_pending', 'generated_at']);
		expect(body).toMatchObject({ domain: 'legacy', total_pending: 3, generated_at: TIME });
		const changes = list(body.pending_changes);
		const times = changes.map(({ requested_at, change_id }) => [-requested_at, -change_id]);
		expect(times).toEqual([...times].sort(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y));
		expect(changes[0]).toEqual({
			...{ change_id: 3, status: 'pending', operation: 'delete', category: 'clip', model_name: 'a' },
			...{ requested_by: '2', requested_at: TIME, approved_by: null, approved_at: null, rejected_by: null },
			...{ rejected_at: null, reject_reason: null, applied_by: null, applied_at: null, applied_job_id: null },
			...{ batch_id: null, batch_title: null },
			events: [
				event(3, 'enqueue', '2', {
					...{ change_id: 3, operation: 'delete', category: 'clip', action: 'enqueue', model: 'a' },
				}),
			],
		});
		for (const change of changes) expect(Object.keys(change)).toEqual(CHANGE);
	});

	test('is_not_what_was_decided_applied_or_purged', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e', 'f', 'g', 'h');
		await approver.approve(1, 2);
		await approver.apply(1);
		await approver.reject(3);
		await approver.purge({ model_name: 'g' });
		const { body } = await approver.audit('current');
		expect(body).toMatchObject({ pending_changes: [{ change_id: 5 }], total_pending: 1 });
	});
});

const NAMES = ['d', 'e', 'f', 'g', 'h', 'i'];

/** Batch 1: applied 1, rejected 3; batch 2: applied 2; batch 3: approved 4 and 5; 6 rejected without a batch. */
async function makeBatches(approver: QueueClient): Promise<void> {
	const reason = 'A reason';
	await approver.decide({
		batch_title: 'First',
		approved_ids: [1, 2],
		rejected_ids: [3],
		reject_reason: reason,
	});
	await approver.apply(1, { job_id: 'job one' });
	await approver.applyBatch(2, { job_id: 'job two' });
	await approver.decide({ batch_title: 'Third', approved_ids: [4] });
	await approver.decide({ batch_title: 'Third as well', approved_ids: [5] });
	await approver.reject(6);
}

const shared = await queueForSuite({ 'clip.json': clipReference('a') }, async ({ as, writesOf }) => {
	const alice = writesOf(ALICE);
	for (const name of NAMES) await alice.post('clip', { name });
	await makeBatches(as(CAROL));
});
const audit = (path: string, query?: Query) => shared.as(CAROL).audit(path, query);

describe('batches', () => {
	test('are_told_from_the_newest_on', async () => {
		const { body } = await audit('batches');
		expect(Object.keys(body)).toEqual(['domain', 'batches', 'next_cursor']);
		expect(body).toMatchObject({ domain: 'legacy', next_cursor: null });
		const batches = list(body.batches);
		for (const batch of batches) expect(Object.keys(batch)).toEqual(SUMMARY);
		expect(batches).toEqual([
			{
				...{
					batch_id: 3,
					batch_title: 'Third as well',
					approved_by: '3',
					approved_at: TIME,
					applied_at: null,
				},
				...{ approved_change_count: 2, rejected_change_count: 0, applied_change_count: 0 },
				...{ total_change_count: 2, last_event_id: 14 },
			},
			{
				...{ batch_id: 2, batch_title: 'First', approved_by: null, approved_at: null, applied_at: TIME },
				...{ approved_change_count: 1, rejected_change_count: 0, applied_change_count: 1 },
				...{ total_change_count: 1, last_event_id: 12 },
			},
			{
				...{ batch_id: 1, batch_title: 'First', approved_by: '3', approved_at: TIME, applied_at: TIME },
				...{ approved_change_count: 1, rejected_change_count: 1, applied_change_count: 1 },
				...{ total_change_count: 2, last_event_id: 11 },
			},
		]);
	});

	test.each([
		[{ limit: 1 }, [3], 3],
		[{ limit: 2 }, [3, 2], 2],
		[{ limit: 3 }, [3, 2, 1], null],
		[{ limit: 50 }, [3, 2, 1], null],
		[{ cursor: 3 }, [2, 1], null],
		[{ cursor: 3, limit: 1 }, [2], 2],
		[{ cursor: 2, limit: 1 }, [1], null],
		[{ cursor: 1 }, [], null],
		[{ cursor: 99 }, [3, 2, 1], null],
	])('by_%j_are_%j_and_go_on_at_%j', async (query, ids, next) => {
		const { body } = await audit('batches', query);
		expect(list(body.batches).map(({ batch_id }) => batch_id)).toEqual(ids);
		expect(body.next_cursor).toBe(next);
	});

	test('are_ten_to_a_page_and_fifty_at_most', async () => {
		const { approver, propose } = await startQueue();
		for (const id of await propose(...Array.from({ length: 11 }, (_, index) => `m${index}`))) {
			await approver.approve(id);
			await approver.apply(id);
		}
		const first = (await approver.audit('batches')).body;
		expect([list(first.batches).length, first.next_cursor]).toEqual([10, 2]);
		const second = (await approver.audit('batches', { cursor: 2 })).body;
		expect(list(second.batches)).toMatchObject([{ batch_id: 1 }]);
		expect(list((await approver.audit('batches', { limit: 50 })).body.batches)).toHaveLength(11);
	});

	test('are_none_before_anything_was_approved', async () => {
		const { approver, propose } = await startQueue();
		await propose('d');
		await approver.reject(1);
		const { body } = await approver.audit('batches');
		expect(body).toEqual({ domain: 'legacy', batches: [], next_cursor: null });
	});
});

describe('one batch', () => {
	test('tells_what_happened_to_each_of_its_changes', async () => {
		const { body } = await audit('batches/1');
		expect(Object.keys(body)).toEqual([...SUMMARY, 'changes']);
		const [summary] = list((await audit('batches', { cursor: 2 })).body.batches);
		expect(body).toMatchObject(summary);
		const [applied, rejected] = list(body.changes);
		for (const change of list(body.changes)) expect(Object.keys(change)).toEqual(CHANGE);
		const first = { batch_id: 1, batch_title: 'First' };
		const enqueue = { operation: 'create', category: 'clip', action: 'enqueue' };
		expect(applied).toMatchObject({ change_id: 1, status: 'applied', applied_job_id: 'job one', ...first });
		expect(applied.events).toEqual([
			event(1, 'enqueue', '1', { change_id: 1, ...enqueue, model: 'd' }),
			event(7, 'approve', '3', { change_id: 1, ...first, action: 'approve' }),
			event(10, 'apply', '3', { change_id: 1, batch_id: 1, job_id: 'job one', action: 'apply' }),
		]);
		expect(rejected).toMatchObject({ change_id: 3, status: 'rejected', reject_reason: 'A reason', ...first });
		expect(rejected.events).toEqual([
			event(3, 'enqueue', '1', { change_id: 3, ...enqueue, model: 'f' }),
			event(9, 'reject', '3', { change_id: 3, ...first, reason: 'A reason', action: 'reject' }),
		]);
		const order = ['event_id', 'timestamp', 'action', 'logical_user_id', 'payload'];
		expect(Object.keys(applied.events[1])).toEqual(order);
	});

	test('shows_a_change_that_was_split_off_with_the_batch_that_it_was_approved_in', async () => {
		const [change] = list((await audit('batches/2')).body.changes);
		expect(change).toMatchObject({ change_id: 2, batch_id: 2, approved_by: '3', applied_job_id: 'job two' });
		expect(list(change.events).map(({ action, payload }) => [action, payload.batch_id])).toEqual([
			['enqueue', undefined],
			['approve', 1],
			['apply', 2],
		]);
	});

	test('keeps_what_was_purged_and_tells_of_it', async () => {
		const { approver, propose } = await startQueue();
		await propose(...NAMES);
		await makeBatches(approver);
		await approver.purge({ statuses: ['approved', 'rejected'] });
		const open = (await approver.audit('batches/3')).body;
		expect(open).toMatchObject({ total_change_count: 2, approved_change_count: 2 });
		const [purged] = list(open.changes);
		expect(purged).toMatchObject({ change_id: 4, status: 'approved', batch_id: 3 });
		expect(list(purged.events).at(-1)).toEqual(
			event(TIME, 'purge', '3', {
				...{ change_id: 4, category: 'clip', requested_by: '1', purged_by_username: 'carol#3' },
				...{ action: 'purge', model: 'g' },
			}),
		);
		expect(list((await approver.audit('batches')).body.batches)).toHaveLength(3);
	});
});

test('the_trail_is_the_same_after_a_restart', async () => {
	const { repository, service, approver, propose } = await startQueue();
	await propose('d', 'e', 'f');
	await approver.decide({ batch_title: 'x', approved_ids: [1, 2], rejected_ids: [3], reject_reason: 'r' });
	await approver.apply(2);
	await approver.purge({ statuses: ['rejected'] });
	const paths = ['batches', 'batches/1', 'batches/2'];
	const before = await Promise.all(paths.map((path) => approver.audit(path)));
	await service.stop();
	const later = await startQueue(repository);
	const after = await Promise.all(paths.map((path) => later.approver.audit(path)));
	expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
});

test('of_another_format_there_is_no_trail', async () => {
	const v2 = { domain_override: 'v2' };
	expect((await audit('current', v2)).body).toEqual({
		domain: 'v2',
		pending_changes: [],
		total_pending: 0,
		generated_at: TIME,
	});
	expect((await audit('batches', v2)).body).toEqual({ domain: 'v2', batches: [], next_cursor: null });
	for (const path of ['batches/1', 'batches/1/net_changes']) {
		const answer = await audit(path, v2);
		expect([answer.status, answer.body]).toEqual([404, { detail: 'Batch not found' }]);
		expect((await audit(path, { domain_override: 'legacy' })).status).toBe(200);
	}
});
