/** The same job again answers the same and does nothing (spec: differences, Q4), whoever asks and after whatever came since. */

import { describe, expect, test } from 'vitest';
import type { QueueClient } from '../support/queue-client.ts';
import { startQueue, type TestQueue } from '../support/queue-service.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL, type WriteAnswer } from '../support/write-service.ts';

async function withApproved(...names: readonly string[]): Promise<TestQueue> {
	const queue = await startQueue();
	await queue.approver.approve(...(await queue.propose(...names)));
	return queue;
}

const refsOf = (repository: TemporaryRepository) => repository.git('for-each-ref');
const facts = ({ status, text }: WriteAnswer) => ({ status, text });
const job_id = 'the same job';

type Apply = (approver: QueueClient) => Promise<WriteAnswer>;

const WAYS: readonly (readonly [string, Apply])[] = [
	['one_change_that_splits_its_batch', (approver) => approver.apply(2, { job_id })],
	['several_that_split_their_batch', (approver) => approver.applyMany({ change_ids: [3, 1], job_id })],
	['several_that_are_the_whole_batch', (approver) => approver.applyMany({ change_ids: [3, 1, 2], job_id })],
	['a_whole_batch', (approver) => approver.applyBatch(1, { job_id })],
	['several_all_or_none', (approver) => approver.applyMany({ change_ids: [1, 2], job_id, atomic: true })],
];

describe.each(WAYS)('the_same_job_of_%s', (_name, apply) => {
	test('is_answered_the_same_and_does_nothing_also_after_a_restart', async () => {
		const { repository, service, approver } = await withApproved('d', 'e', 'f');
		const first = facts(await apply(approver));
		expect(first.status).toBe(200);
		const refs = refsOf(repository);
		expect(facts(await apply(approver))).toEqual(first);
		expect(refsOf(repository)).toBe(refs);
		await service.stop();
		const later = await startQueue(repository);
		expect(facts(await apply(later.approver))).toEqual(first);
		expect(refsOf(repository)).toBe(refs);
	});

	test('many_times_at_once_is_done_once', async () => {
		const { repository, service, approver } = await withApproved('d', 'e', 'f');
		const answers = (await Promise.all(Array.from({ length: 6 }, () => apply(approver)))).map(facts);
		expect(answers).toEqual(answers.map(() => answers[0]));
		expect(answers[0]?.status).toBe(200);
		const models = Object.keys((await service.get('clip')).body);
		expect(new Set(models).size).toBe(models.length);
		const commits = repository.git('rev-list', '--count', '--grep=^Change-Id: ', 'main');
		expect(Number(commits)).toBe(models.length - 3);
	});
});

test('what_came_since_does_not_matter', async () => {
	const { service, approver, propose } = await withApproved('d', 'e', 'f');
	const first = facts(await approver.applyMany({ change_ids: [1, 2], job_id }));
	await approver.applyBatch(2);
	await service.as(CAROL).put('clip', { name: 'd', version: '2' });
	await propose('g');
	await approver.approve(4, 5);
	await approver.applyBatch(3);
	expect(facts(await approver.applyMany({ change_ids: [1, 2], job_id }))).toEqual(first);
});

test('a_part_of_what_the_job_applied_is_answered_with_the_same_split', async () => {
	const { approver } = await withApproved('d', 'e', 'f');
	const whole = await approver.applyMany({ change_ids: [1, 2], job_id });
	const part = await approver.apply(2, { job_id });
	expect(part.status).toBe(200);
	const { applied: _applied, ...split } = whole.body;
	const { record, ...again } = part.body;
	expect(record).toEqual([whole.body.applied].flat()[1]);
	expect(again).toEqual(split);
});

test('another_job_or_none_is_refused', async () => {
	const { repository, approver } = await withApproved('d');
	await approver.apply(1, { job_id });
	const refs = refsOf(repository);
	for (const body of [{}, { job_id: 'another' }, { job_id: 'THE SAME JOB' }, { job_id: '' }]) {
		const answer = await approver.apply(1, body);
		expect([answer.status, answer.body]).toEqual([
			400,
			{ detail: 'Change 1 is not approved (status=applied).' },
		]);
	}
	const many = await approver.applyMany({ change_ids: [1], job_id: 'another' });
	expect([many.status, many.body]).toMatchObject([
		400,
		{ applied: [], failed_error_type: 'PendingChangeStateError' },
	]);
	expect(refsOf(repository)).toBe(refs);
});

test('a_token_that_a_change_was_given_can_be_shown_again', async () => {
	const { approver } = await withApproved('d', 'e');
	const first = await approver.apply(1);
	const token = String(Object(first.body.record).applied_job_id);
	expect(facts(await approver.apply(1, { job_id: token }))).toEqual(facts(first));
});

test('a_job_that_is_given_more_does_the_rest', async () => {
	const { repository, approver } = await withApproved('d', 'e', 'f');
	await approver.apply(1, { job_id });
	const answer = await approver.applyMany({ change_ids: [1, 2], job_id, allow_mixed_batch: true });
	expect(answer.status).toBe(200);
	expect([answer.body.applied].flat()).toMatchObject([
		{ change_id: 1, batch_id: 1 },
		{ change_id: 2, batch_id: 2 },
	]);
	expect(answer.body).toMatchObject({ batch_split_original_batch_id: 2, batch_split_new_batch_id: 3 });
	expect(repository.git('rev-list', '--count', '--grep=^Change-Id: ', 'main')).toBe('2');
});

test.each([
	['several', (approver) => approver.applyMany({ change_ids: [1, 2, 3], job_id })],
	['a batch', (approver) => approver.applyBatch(1, { job_id })],
] as const satisfies readonly (readonly [string, Apply])[])(
	'a_job_of_%s_that_failed_on_its_way_reports_the_same_again',
	async (_name, apply) => {
		// The second of two that add the same model cannot be applied.
		const { repository, approver } = await withApproved('d', 'd', 'f');
		const first = await apply(approver);
		expect(first.status).toBe(409);
		expect(first.body).toMatchObject({
			applied: [{ change_id: 1 }],
			...{ failed_change_id: 2, failed_error_type: 'PendingChangeConflictError' },
			...{ batch_split_occurred: true, batch_split_new_batch_id: 2, batch_split_reassigned_count: 2 },
		});
		const refs = refsOf(repository);
		expect(facts(await apply(approver))).toEqual(facts(first));
		expect(refsOf(repository)).toBe(refs);
	},
);

test('a_job_that_applied_nothing_is_tried_again', async () => {
	const { service, approver, propose } = await startQueue();
	await propose('d');
	const early = await approver.apply(1, { job_id });
	expect(early.status).toBe(400);
	await approver.approve(1);
	expect((await approver.apply(1, { job_id })).status).toBe(200);
	expect(Object.keys((await service.get('clip')).body)).toContain('d');
});

test('two_who_apply_one_change_at_once_do_not_both_win', async () => {
	const { repository, approver } = await withApproved('d');
	const answers = await Promise.all([
		approver.apply(1, { job_id: 'mine' }),
		approver.apply(1, { job_id: 'yours' }),
		approver.apply(1),
	]);
	const [won, ...others] = [...answers].sort((a, b) => a.status - b.status);
	expect(won?.status).toBe(200);
	expect(others).toHaveLength(2);
	for (const answer of others) {
		expect([answer.status, answer.body]).toEqual([
			400,
			{ detail: 'Change 1 is not approved (status=applied).' },
		]);
	}
	expect(repository.git('rev-list', '--count', '--grep=^Change-Id: 1$', 'main')).toBe('1');
});

test('a_purged_change_has_no_job_any_more', async () => {
	const { approver } = await withApproved('d');
	await approver.apply(1, { job_id });
	await approver.purge({ purge_all: true });
	const answer = await approver.apply(1, { job_id });
	expect([answer.status, answer.body]).toEqual([404, { detail: 'Change 1 not found.' }]);
	const batch = await approver.applyBatch(1, { job_id });
	expect([batch.status, batch.body]).toEqual([404, { detail: 'No changes found for batch 1' }]);
});
