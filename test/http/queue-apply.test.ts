/** Applying one change, several, or a batch (spec: pending queue, section 5; differences Q1 and Q6). */

import { describe, expect, test } from 'vitest';
import { startQueue, type TestQueue } from '../support/queue-service.ts';
import { CAROL, type WriteAnswer } from '../support/write-service.ts';

/** With changes that add models of these names, approved in batch 1. */
async function withApproved(...names: readonly string[]): Promise<TestQueue> {
	const queue = await startQueue();
	await queue.approver.approve(...(await queue.propose(...names)));
	return queue;
}

const appliedIn = ({ body }: WriteAnswer) => [body.applied].flat().map((change) => Object(change).change_id);
const modelsOf = async ({ service }: TestQueue) => Object.keys((await service.get('clip')).body);

describe('one change', () => {
	test('is_published_and_shown_to_the_next_read', async () => {
		const queue = await withApproved('d');
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c']);
		const answer = await queue.approver.apply(1, { job_id: ' my job\n' });
		expect(answer.status).toBe(200);
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c', 'd']);
		expect(Object.keys(answer.body)).toEqual(['record', 'batch_split_occurred']);
		expect(answer.body.batch_split_occurred).toBe(false);
		const record = Object(answer.body.record);
		expect(record).toMatchObject({
			...{ change_id: 1, status: 'applied', batch_id: 1, applied_job_id: 'my job' },
			...{ requested_by: '1', approved_by: '3', applied_by: '3', applied_username: 'carol#3' },
		});
		expect(record.updated_at).toBe(record.applied_at);
		const shown = Object.entries((await queue.approver.change(1)).body).filter(([, value]) => value !== null);
		expect(Object.entries(record)).toEqual(shown);
	});

	test.each([{}, { job_id: null }, { job_id: '  ' }])('gets_a_token_of_its_own_with_%j', async (body) => {
		const { approver } = await withApproved('d');
		const { record } = (await approver.apply(1, body)).body;
		expect(Object(record).applied_job_id).toMatch(/^apply-1-[0-9a-f]{32}$/);
	});

	test('of_each_operation_does_what_it_says', async () => {
		const { service, approver } = await startQueue();
		await service.put('clip', { name: 'b', version: '2' });
		await service.delete('clip', 'a');
		await service.post('blip', { name: 'new' });
		await service.post('text_generation', { name: 'Auth/New-7B', parameters: 7_000_000_000 });
		await approver.approve(1, 2, 3, 4);
		for (const id of [1, 2, 3, 4]) expect((await approver.apply(id)).status).toBe(200);
		const clip = (await service.get('clip')).body;
		expect(Object.keys(clip)).toEqual(['b', 'c']);
		expect(clip.b).toEqual({ name: 'b', type: 'clip', version: '2', config: { files: [], download: [] } });
		expect(Object.keys((await service.get('blip')).body)).toEqual(['new']);
		const twins = ['Auth/New-7B', 'aphrodite/Auth/New-7B', 'koboldcpp/New-7B'];
		expect(Object.keys((await service.get('text_generation')).body)).toEqual(twins);
	});

	test('leaves_the_rest_of_its_batch_to_a_batch_of_its_own', async () => {
		const { approver } = await withApproved('d', 'e', 'f');
		const answer = await approver.apply(2);
		const { record, ...split } = answer.body;
		expect(Object.keys(answer.body)[0]).toBe('record');
		expect(split).toEqual({
			...{ batch_split_occurred: true, batch_split_original_batch_id: 1, batch_split_new_batch_id: 2 },
			batch_split_reassigned_count: 2,
		});
		expect(Object(record).batch_id).toBe(1);
		expect(await approver.idsOf({ batch_id: 1 })).toEqual([2]);
		expect(await approver.idsOf({ batch_id: 2, statuses: 'approved' })).toEqual([1, 3]);
		expect((await approver.change(1)).body.batch_title).toBe('A batch');
	});

	test('that_cannot_be_is_refused', async () => {
		const { approver, propose } = await withApproved('d');
		await propose('e', 'f', 'g');
		await approver.apply(1);
		await approver.reject(2);
		await approver.purge({ model_name: 'g' });
		const rows = [
			[0, 404, 'Change 0 not found.'],
			[-1, 404, 'Change -1 not found.'],
			[999, 404, 'Change 999 not found.'],
			[4, 404, 'Change 4 not found.'],
			[1, 400, 'Change 1 is not approved (status=applied).'],
			[2, 400, 'Change 2 is not approved (status=rejected).'],
			[3, 400, 'Change 3 is not approved (status=pending).'],
		] as const;
		for (const [id, status, detail] of rows) {
			const answer = await approver.apply(id);
			expect([id, answer.status, answer.body]).toEqual([id, status, { detail }]);
		}
	});
});

describe('several changes', () => {
	test('are_applied_in_the_order_given_and_each_once', async () => {
		const queue = await withApproved('d', 'e', 'f');
		const answer = await queue.approver.applyMany({ change_ids: [3, 1, 3, 2], job_id: ' all ' });
		expect(answer.status).toBe(200);
		expect(Object.keys(answer.body)).toEqual(['applied', 'batch_split_occurred']);
		expect([appliedIn(answer), answer.body.batch_split_occurred]).toEqual([[3, 1, 2], false]);
		for (const change of [answer.body.applied].flat()) {
			expect(change).toMatchObject({ status: 'applied', batch_id: 1, applied_job_id: 'all' });
			expect(change).not.toHaveProperty('rejected_by');
		}
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c', 'f', 'd', 'e']);
	});

	test('get_tokens_of_their_own_without_a_job', async () => {
		const { approver } = await withApproved('d', 'e');
		const { body } = await approver.applyMany({ change_ids: [2, 1] });
		const tokens = [body.applied].flat().map((change) => Object(change).applied_job_id);
		expect(tokens).toEqual([
			expect.stringMatching(/^apply-2-[0-9a-f]{32}$/),
			expect.stringMatching(/^apply-1-[0-9a-f]{32}$/),
		]);
	});

	test('leave_the_rest_to_one_batch_and_tell_of_it', async () => {
		const { approver } = await withApproved('d', 'e', 'f', 'g');
		const { body } = await approver.applyMany({ change_ids: [1, 2] });
		expect(body).toMatchObject({
			...{ batch_split_occurred: true, batch_split_original_batch_id: 1, batch_split_new_batch_id: 2 },
			batch_split_reassigned_count: 2,
		});
		expect(await approver.idsOf({ batch_id: 1 })).toEqual([1, 2]);
		expect(await approver.idsOf({ batch_id: 2 })).toEqual([3, 4]);
	});

	test('must_be_of_one_batch_unless_it_is_said_otherwise', async () => {
		const queue = await withApproved('d', 'e');
		const { approver, propose } = queue;
		await approver.apply(1);
		await approver.applyBatch(2);
		await propose('f', 'g', 'h');
		await approver.approve(3);
		await approver.apply(3);
		await approver.approve(4);
		const refused = [
			[[5, 99], 404, 'Change 99 not found'],
			[[99, 5], 404, 'Change 99 not found'],
			[[4, 5], 400, 'Cannot apply changes that have not been approved in a batch'],
			[[4, 1], 400, 'All changes must belong to the same batch. Found batch IDs: [1, 4]'],
			[[4, 2, 1, 3], 400, 'All changes must belong to the same batch. Found batch IDs: [1, 2, 3, 4]'],
		] as const;
		for (const [change_ids, status, detail] of refused) {
			const answer = await approver.applyMany({ change_ids });
			expect([answer.status, answer.body]).toEqual([status, { detail }]);
		}
		const mixed = await approver.applyMany({ change_ids: [4, 1], allow_mixed_batch: true });
		expect([mixed.status, appliedIn(mixed)]).toEqual([400, [4]]);
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
	});

	test.each([
		[[1, 2, 99, 3], 404, 'PendingChangeNotFoundError', 'Change 99 not found.', [1, 2]],
		[[1, 4, 3], 400, 'PendingChangeStateError', 'Change 4 is not approved (status=pending).', [1]],
		[[4, 1], 400, 'PendingChangeStateError', 'Change 4 is not approved (status=pending).', []],
	])('%j_stop_at_the_first_that_fails_with_%i', async (change_ids, status, type, error, applied) => {
		const queue = await withApproved('d', 'e', 'f');
		await queue.propose('g');
		const answer = await queue.approver.applyMany({ change_ids, allow_mixed_batch: true });
		expect(answer.status).toBe(status);
		expect(appliedIn(answer)).toEqual(applied);
		const isSplit = applied.length > 0;
		const fields = [
			'applied',
			'failed_change_id',
			'failed_error',
			'failed_error_type',
			'batch_split_occurred',
		];
		expect(Object.keys(answer.body).slice(0, 5)).toEqual(fields);
		expect(Object.keys(answer.body)).toHaveLength(isSplit ? 8 : 5);
		expect(answer.body).toMatchObject({
			failed_change_id: change_ids.find((id) => id > 3),
			...{ failed_error: error, failed_error_type: type, batch_split_occurred: isSplit },
			...(isSplit && { batch_split_new_batch_id: 2, batch_split_reassigned_count: 3 - applied.length }),
		});
		expect(await modelsOf(queue)).toHaveLength(3 + applied.length);
		const left = await queue.approver.idsOf({ statuses: 'approved', batch_id: isSplit ? 2 : 1 });
		expect(left).toEqual([1, 2, 3].filter((id) => !applied.includes(id)));
	});

	test('are_all_applied_or_none_when_it_is_atomic', async () => {
		const queue = await withApproved('d', 'e', 'f');
		const { repository, approver } = queue;
		const refs = repository.git('for-each-ref');
		const body = { change_ids: [1, 2, 99], allow_mixed_batch: true, atomic: true, job_id: 'all or none' };
		const refused = await approver.applyMany(body);
		expect([refused.status, refused.body]).toEqual([
			404,
			{
				applied: [],
				...{ failed_change_id: 99, failed_error: 'Change 99 not found.' },
				...{ failed_error_type: 'PendingChangeNotFoundError', batch_split_occurred: false },
			},
		]);
		expect(repository.git('for-each-ref')).toBe(refs);
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c']);
		const done = await approver.applyMany({ ...body, change_ids: [1, 2] });
		expect([done.status, appliedIn(done), done.body.batch_split_occurred]).toEqual([200, [1, 2], true]);
	});
});

describe('a batch', () => {
	test('is_applied_in_the_order_of_its_changes', async () => {
		const queue = await withApproved('f', 'e', 'd');
		const answer = await queue.approver.applyBatch(1, { job_id: ' padded ' });
		expect([answer.status, appliedIn(answer)]).toEqual([200, [1, 2, 3]]);
		expect(answer.body.batch_split_occurred).toBe(false);
		expect((await queue.approver.change(2)).body.applied_job_id).toBe(' padded ');
		expect(await modelsOf(queue)).toEqual(['a', 'b', 'c', 'f', 'e', 'd']);
	});

	test.each([{}, { job_id: '' }])('gives_changes_a_token_with_%j', async (query) => {
		const { approver } = await withApproved('d');
		await approver.applyBatch(1, query);
		expect((await approver.change(1)).body.applied_job_id).toMatch(/^apply-1-/);
	});

	test('that_was_applied_whole_has_nothing_left_to_do', async () => {
		const { approver } = await withApproved('d', 'e');
		await approver.applyBatch(1);
		const answer = await approver.applyBatch(1);
		expect([answer.status, answer.body]).toEqual([200, { applied: [], batch_split_occurred: false }]);
	});

	test('without_approved_changes_is_not_found', async () => {
		const { approver, propose } = await withApproved('d');
		await propose('e', 'f');
		await approver.decide({ batch_title: 'x', approved_ids: [2], rejected_ids: [3], reject_reason: 'r' });
		await approver.applyMany({ change_ids: [1, 2] });
		const answer = await approver.applyBatch(1);
		expect([answer.status, answer.body]).toEqual([404, { detail: 'No approved changes found in batch 1' }]);
		for (const id of [2, 0, -1, 999]) {
			const unknown = await approver.applyBatch(id);
			expect([unknown.status, unknown.body]).toEqual([404, { detail: `No changes found for batch ${id}` }]);
		}
	});

	test('is_applied_without_any_body_or_content_type', async () => {
		const { service, approver } = await withApproved('d');
		const url = service.v1('pending_queue/apply_batch/1');
		const answer = await fetch(url, { method: 'POST', headers: { apikey: CAROL.key } });
		expect(answer.status).toBe(200);
		expect((await approver.change(1)).body.status).toBe('applied');
	});
});
