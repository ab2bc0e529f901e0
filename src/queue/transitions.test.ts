import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import {
	approve,
	asProposed,
	markApplied,
	moveToBatch,
	noteJob,
	notOneBatch,
	purge,
	reject,
	undecidable,
} from './transitions.ts';

const STEP = { by: '3', username: 'carol#3', at: 1_800_000_000, event: 77 };

describe('a step', () => {
	test('approving_puts_a_change_into_a_batch', () => {
		expect(approve(pendingChange(7), 2, 'Monday', STEP)).toEqual({
			...pendingChange(7),
			status: 'approved',
			batch_id: 2,
			batch_title: 'Monday',
			approved_by: '3',
			approved_username: 'carol#3',
			approved_at: STEP.at,
			updated_at: STEP.at,
			ledger: { ...pendingChange(7).ledger, decision_event: 77, decision_batch: 2 },
		});
	});

	test.each([
		['together_with_approvals_goes_to_their_batch', 2, { batch_id: 2 }, { decision_batch: 2 }],
		['by_itself_goes_to_none', undefined, {}, {}],
	])('rejecting_%s', (_how, batch, ofChange, ofLedger) => {
		expect(reject(pendingChange(7), batch, 'Monday', 'not now', STEP)).toEqual({
			...pendingChange(7),
			status: 'rejected',
			...ofChange,
			batch_title: 'Monday',
			rejected_by: '3',
			rejected_username: 'carol#3',
			rejected_at: STEP.at,
			reject_reason: 'not now',
			updated_at: STEP.at,
			ledger: { ...pendingChange(7).ledger, decision_event: 77, ...ofLedger },
		});
	});

	test('applying_keeps_who_approved_and_names_job_and_commit', () => {
		const before = approvedChange(7, 2);
		expect(markApplied(before, 'job', 'c'.repeat(40), STEP)).toEqual({
			...before,
			status: 'applied',
			applied_by: '3',
			applied_username: 'carol#3',
			applied_at: STEP.at,
			applied_job_id: 'job',
			updated_at: STEP.at,
			ledger: { ...before.ledger, apply_event: 77, applied_commit: 'c'.repeat(40) },
		});
		expect(markApplied(before, 'job', undefined, STEP).ledger).not.toHaveProperty('applied_commit');
	});

	test('what_else_a_job_answered_is_noted_where_there_is_any', () => {
		const split = { event: 80, original_batch_id: 2, new_batch_id: 3, reassigned_change_ids: [8] };
		const failure = {
			change_id: 8,
			error: 'gone',
			error_type: 'PendingChangeNotFoundError',
			code: 'change-unknown',
		} as const;
		const change = appliedChange(7, 2);
		expect(noteJob(change, undefined, undefined)).toBe(change);
		expect(noteJob(change, split, undefined).ledger).toEqual({ ...change.ledger, job_split: split });
		expect(noteJob(change, undefined, failure).ledger).toEqual({ ...change.ledger, job_failure: failure });
		expect(noteJob(change, split, failure)).toEqual({
			...change,
			ledger: { ...change.ledger, job_split: split, job_failure: failure },
		});
	});

	test('moving_to_another_batch_keeps_the_title_and_where_it_was_decided', () => {
		const change = approvedChange(7, 2);
		expect(moveToBatch(change, 3, STEP.at, 77)).toEqual({
			...change,
			batch_id: 3,
			updated_at: STEP.at,
			ledger: { ...change.ledger, moved_event: 77 },
		});
	});

	test('purging_keeps_all_that_is_known', () => {
		const change = appliedChange(7, 2);
		const purged = { event: 77, at: STEP.at, by: '3', username: 'carol#3' };
		expect(purge(change, STEP)).toEqual({ ...change, ledger: { ...change.ledger, purged } });
	});

	test('no_step_changes_what_it_is_given', () => {
		const change = Object.freeze({
			...approvedChange(7, 2),
			ledger: Object.freeze(approvedChange(7, 2).ledger),
		});
		markApplied(change, 'job', undefined, STEP);
		moveToBatch(change, 3, STEP.at, 77);
		purge(change, STEP);
		expect(change).toEqual(approvedChange(7, 2));
	});
});

describe('a change as it was proposed', () => {
	test.each([
		['pending', pendingChange(7, { notes: 'n' })],
		['approved', approvedChange(7, 2, { notes: 'n' })],
		['rejected', rejectedChange(7, 2, { notes: 'n', updated_at: 1_900_000_000 })],
		['applied and purged', purge(appliedChange(7, 2, { notes: 'n' }), STEP)],
	])('has nothing of what was done since when it is %s', (_what, change) => {
		expect(asProposed(change)).toEqual(pendingChange(7, { notes: 'n' }));
	});

	test('has no notes where there were none', () => {
		expect(asProposed(approvedChange(7, 2))).not.toHaveProperty('notes');
	});
});

describe('whether a change can be decided on', () => {
	test.each([
		[undefined, 'Change 7 does not exist.'],
		[pendingChange(7), undefined],
		[approvedChange(7, 2), 'Change 7 is not pending (status=approved).'],
		[appliedChange(7, 2), 'Change 7 is not pending (status=applied).'],
		[rejectedChange(7, 2), 'Change 7 is not pending (status=rejected).'],
	])('case %#', (change, problem) => {
		expect(undecidable(change, 7)).toBe(problem);
	});
});

describe('whether changes can be applied in one call', () => {
	const noBatch = 'Cannot apply changes that have not been approved in a batch';

	test.each([
		['none', [], undefined],
		[
			'of one batch, in any state',
			[approvedChange(1, 2), appliedChange(2, 2), rejectedChange(3, 2)],
			undefined,
		],
		['one that is pending', [approvedChange(1, 2), pendingChange(2)], noBatch],
		['one that was rejected by itself', [rejectedChange(1, undefined)], noBatch],
		[
			'of several batches, told in order',
			[approvedChange(1, 10), approvedChange(2, 9), approvedChange(3, 10)],
			'All changes must belong to the same batch. Found batch IDs: [9, 10]',
		],
	])('%s', (_what, changes, problem) => {
		expect(notOneBatch(changes)).toBe(problem);
	});
});
