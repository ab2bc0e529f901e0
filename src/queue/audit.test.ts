import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import { auditChange, auditCurrent, batchPage, batchSummary, eventsOf } from './audit.ts';
import type { PendingChange } from './pending-change.ts';
import { QueueIndex } from './queue-index.ts';
import { moveToBatch, noteJob, purge } from './transitions.ts';

const CAROL = { by: '3', username: 'carol#3' };

function indexOf(...changes: readonly PendingChange[]): QueueIndex {
	const index = new QueueIndex();
	for (const change of changes) index.put(change);
	return index;
}

describe('the events of a change', () => {
	test('tell_who_did_what_and_when_with_the_facts_of_the_trail', () => {
		const change = purge(appliedChange(7, 2), { event: 79, at: 1_700_003_000, ...CAROL });
		expect(eventsOf(change)).toEqual([
			{
				event_id: 70,
				timestamp: 1_700_000_007,
				action: 'enqueue',
				logical_user_id: '1',
				payload: { change_id: 7, operation: 'update', category: 'clip', action: 'enqueue', model: 'Model 7' },
			},
			{
				event_id: 71,
				timestamp: 1_700_001_007,
				action: 'approve',
				logical_user_id: '3',
				payload: { change_id: 7, batch_id: 2, batch_title: 'Batch 2', action: 'approve' },
			},
			{
				event_id: 72,
				timestamp: 1_700_002_007,
				action: 'apply',
				logical_user_id: '3',
				payload: { change_id: 7, batch_id: 2, job_id: 'job', action: 'apply' },
			},
			{
				event_id: 79,
				timestamp: 1_700_003_000,
				action: 'purge',
				logical_user_id: '3',
				payload: {
					change_id: 7,
					category: 'clip',
					requested_by: '1',
					purged_by_username: 'carol#3',
					action: 'purge',
					model: 'Model 7',
				},
			},
		]);
	});

	test('keys_stand_in_the_order_of_the_trail', () => {
		const [enqueue, approve, apply] = eventsOf(appliedChange(7, 2)).map(({ payload }) =>
			Object.keys(payload),
		);
		expect(enqueue).toEqual(['change_id', 'operation', 'category', 'action', 'model']);
		expect(approve).toEqual(['change_id', 'batch_id', 'batch_title', 'action']);
		expect(apply).toEqual(['change_id', 'batch_id', 'job_id', 'action']);
	});

	test.each([
		[2, { change_id: 7, batch_id: 2, batch_title: 'No', reason: 'not now', action: 'reject' }],
		[undefined, { change_id: 7, batch_title: 'No', reason: 'not now', action: 'reject' }],
	])('a_rejection_in_batch_%s_names_its_reason', (batch, payload) => {
		expect(eventsOf(rejectedChange(7, batch))).toMatchObject([
			{ action: 'enqueue' },
			{ event_id: 71, action: 'reject', timestamp: 1_700_001_007, logical_user_id: '3', payload },
		]);
		expect(Object.keys(eventsOf(rejectedChange(7, batch))[1]?.payload ?? {})).toEqual(Object.keys(payload));
	});

	test('a_change_that_a_split_moved_was_approved_in_one_batch_and_applied_in_another', () => {
		const moved = moveToBatch(approvedChange(7, 2), 3, 1_700_001_500, 75);
		const applied = { ...appliedChange(7, 3), ledger: { ...moved.ledger, apply_event: 76 } };
		expect(eventsOf(applied)).toMatchObject([
			{ action: 'enqueue' },
			{ action: 'approve', payload: { batch_id: 2 } },
			{ action: 'apply', payload: { batch_id: 3 } },
		]);
	});
});

describe('a change in the trail', () => {
	test('has_every_field_and_null_for_what_does_not_apply', () => {
		expect(auditChange(pendingChange(7))).toEqual({
			change_id: 7,
			status: 'pending',
			operation: 'update',
			category: 'clip',
			model_name: 'Model 7',
			requested_by: '1',
			requested_at: 1_700_000_007,
			approved_by: null,
			approved_at: null,
			rejected_by: null,
			rejected_at: null,
			reject_reason: null,
			applied_by: null,
			applied_at: null,
			applied_job_id: null,
			batch_id: null,
			batch_title: null,
			events: [expect.objectContaining({ action: 'enqueue' })],
		});
	});

	test('that_waits_is_current_the_newest_first_until_it_is_decided_or_purged', () => {
		const index = indexOf(
			pendingChange(1, { requested_at: 50 }),
			pendingChange(2, { requested_at: 90 }),
			pendingChange(3, { requested_at: 90 }),
			approvedChange(4, 1),
			rejectedChange(5, undefined),
			purge(pendingChange(6), { event: 99, at: 1, ...CAROL }),
		);
		expect(auditCurrent(index)).toMatchObject([{ change_id: 3 }, { change_id: 2 }, { change_id: 1 }]);
	});
});

describe('the summary of a batch', () => {
	test('counts_what_was_approved_rejected_and_applied_purged_or_not', () => {
		const index = indexOf(
			appliedChange(1, 5),
			purge(appliedChange(2, 5), { event: 95, at: 1, ...CAROL }),
			approvedChange(3, 5),
			rejectedChange(4, 5),
			approvedChange(6, 8),
		);
		expect(batchSummary(index, 5)).toEqual({
			batch_id: 5,
			batch_title: 'No',
			approved_by: '3',
			approved_at: 1_700_001_001,
			applied_at: 1_700_002_002,
			approved_change_count: 3,
			rejected_change_count: 1,
			applied_change_count: 2,
			total_change_count: 4,
			last_event_id: 95,
		});
	});

	test('of_a_batch_that_nothing_is_in_is_none', () => {
		expect(batchSummary(indexOf(approvedChange(1, 5), rejectedChange(2, undefined)), 4)).toBeUndefined();
	});

	test('has_the_title_of_the_last_step_that_gives_one', () => {
		const [first, second] = [{ batch_title: 'first' }, { batch_title: 'second' }];
		const approvals = [approvedChange(1, 5, first), approvedChange(2, 5, second)];
		expect(batchSummary(indexOf(...approvals), 5)?.batch_title).toBe('second');
		const applied = appliedChange(1, 5, { ...first, ledger: { apply_event: 60 } });
		expect(batchSummary(indexOf(applied, approvedChange(2, 5, second)), 5)?.batch_title).toBe('first');
		// Neither a purge nor a split says anything of titles.
		const purged = purge(approvedChange(1, 5, first), { event: 99, at: 1, ...CAROL });
		expect(batchSummary(indexOf(purged, approvedChange(2, 5, second)), 5)).toMatchObject({
			batch_title: 'second',
			last_event_id: 99,
		});
		const moved = moveToBatch(approvedChange(3, 4, first), 5, 1, 98);
		expect(batchSummary(indexOf(approvedChange(2, 5, second), moved), 5)).toMatchObject({
			batch_title: 'second',
			last_event_id: 98,
		});
	});

	test('of_what_a_split_took_out_names_nobody_until_something_is_approved_there', () => {
		const split = { event: 60, original_batch_id: 5, new_batch_id: 6, reassigned_change_ids: [2] };
		const left = moveToBatch(approvedChange(2, 5), 6, 1, 60);
		const done = noteJob(appliedChange(1, 5), split, undefined);
		expect(batchSummary(indexOf(done, left), 6)).toMatchObject({
			batch_title: 'Batch 5',
			approved_by: null,
			approved_at: null,
			approved_change_count: 1,
			total_change_count: 1,
			last_event_id: 60,
		});
		expect(batchSummary(indexOf(done, left), 5)).toMatchObject({ total_change_count: 1, last_event_id: 60 });
		const joined = approvedChange(7, 6, { approved_by: '9', batch_title: 'more' });
		expect(batchSummary(indexOf(done, left, joined), 6)).toMatchObject({
			batch_title: 'more',
			approved_by: '9',
			total_change_count: 2,
			last_event_id: 71,
		});
	});
});

describe('a page of batches', () => {
	const index = indexOf(
		...[1, 2, 3, 5].map((batch) => approvedChange(batch, batch)),
		rejectedChange(9, undefined),
	);

	test.each([
		[undefined, 10, [5, 3, 2, 1], null],
		[undefined, 2, [5, 3], 3],
		[3, 10, [2, 1], null],
		[3, 1, [2], 2],
		[4, 2, [3, 2], 2],
		[2, 1, [1], null],
		[1, 10, [], null],
		[99, 4, [5, 3, 2, 1], null],
	])('below %s with room for %d', (cursor, limit, batches, next_cursor) => {
		const page = batchPage(index, cursor, limit);
		expect(page.batches.map(({ batch_id }) => batch_id)).toEqual(batches);
		expect(page.next_cursor).toBe(next_cursor);
	});
});
