/** Approving and rejecting: all or nothing, and the numbers of batches (spec: pending queue, section 4; difference Q2). */

import { describe, expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import { proposalOf, startQueue } from '../support/queue-service.ts';
import { CAROL, type WriteAnswer } from '../support/write-service.ts';

/** Ids in a list of an answer. */
const idsIn = ({ body }: WriteAnswer, list: string) =>
	[body[list]].flat().map((change) => Object(change).change_id);

describe('a decision', () => {
	test('approves_and_rejects_and_answers_the_records', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e', 'f', 'g');
		const answer = await approver.decide({
			batch_title: '  Spring cleaning ',
			approved_ids: [3, 1, 3],
			rejected_ids: [4, 2, 2],
			reject_reason: ' not yet\n',
			further: 'ignored',
		});
		expect(answer.status).toBe(200);
		expect(Object.keys(answer.body)).toEqual(['batch_id', 'batch_title', 'approved', 'rejected']);
		expect(answer.body).toMatchObject({ batch_id: 1, batch_title: 'Spring cleaning' });
		expect([idsIn(answer, 'approved'), idsIn(answer, 'rejected')]).toEqual([
			[1, 3],
			[2, 4],
		]);
		const [approved] = [answer.body.approved].flat().map(Object);
		const at = expect.any(Number);
		expect(approved).toMatchObject({
			...{ status: 'approved', batch_id: 1, batch_title: 'Spring cleaning' },
			...{
				approved_by: '3',
				approved_username: 'carol#3',
				approved_at: at,
				updated_at: approved.approved_at,
			},
			...{ rejected_by: null, reject_reason: null, applied_at: null, applied_job_id: null },
		});
		const [rejected] = [answer.body.rejected].flat().map(Object);
		expect(rejected).toMatchObject({
			...{ status: 'rejected', batch_id: 1, batch_title: 'Spring cleaning', reject_reason: 'not yet' },
			...{
				rejected_by: '3',
				rejected_username: 'carol#3',
				rejected_at: at,
				updated_at: rejected.rejected_at,
			},
			...{ approved_by: null, approved_at: null },
		});
		for (const record of [approved, rejected]) {
			expect(JSON.stringify(record)).toBe((await approver.change(record.change_id)).text);
		}
	});

	test('discards_ids_that_cannot_be_and_takes_null_for_nothing', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e');
		const first = await approver.decide({ batch_title: 'x', approved_ids: [-7, 1, 0], rejected_ids: null });
		expect([first.status, idsIn(first, 'approved'), first.body.rejected]).toEqual([200, [1], []]);
		const reason = { reject_reason: 'r' };
		const second = await approver.decide({
			batch_title: 'x',
			approved_ids: [0],
			rejected_ids: [2, -2],
			...reason,
		});
		expect([second.status, idsIn(second, 'rejected'), second.body.approved]).toEqual([200, [2], []]);
	});

	test('takes_titles_and_reasons_of_the_greatest_length_in_characters', async () => {
		const { approver, propose } = await startQueue();
		await propose('d');
		const answer = await approver.decide({
			...{ batch_title: '\u{1F600}'.repeat(120), rejected_ids: [1], reject_reason: '\u{1F4A9}'.repeat(500) },
		});
		expect(answer.status).toBe(200);
		expect((await approver.change(1)).body).toMatchObject({
			...{ batch_title: '\u{1F600}'.repeat(120), reject_reason: '\u{1F4A9}'.repeat(500) },
		});
	});

	test('of_an_approver_may_be_about_their_own_change', async () => {
		const { service, approver } = await startQueue();
		const id = proposalOf(await service.as(CAROL).post('clip', { name: 'd' }));
		expect(await approver.approve(id)).toBe(1);
		expect((await approver.change(id)).body).toMatchObject({ requested_by: '3', approved_by: '3' });
	});

	test('has_no_reason_where_nothing_is_rejected', async () => {
		const { approver, propose } = await startQueue();
		await propose('d');
		const answer = await approver.decide({ batch_title: 'x', approved_ids: [1], reject_reason: 'why' });
		expect([answer.body.approved].flat()).toMatchObject([{ reject_reason: null, notes: expect.any(String) }]);
	});
});

describe('a decision is refused whole', () => {
	test('when_a_change_is_not_there_or_not_pending', async () => {
		const { repository, approver, propose } = await startQueue();
		await propose('d', 'e', 'f', 'g', 'h');
		await approver.approve(1);
		await approver.reject(2);
		await approver.apply(1);
		await approver.approve(3);
		await approver.purge({ statuses: ['pending'], model_name: 'h' });
		const before = [repository.git('for-each-ref'), (await approver.changes()).text];
		const reason = { batch_title: 'x', reject_reason: 'r' };
		const rows = [
			[{ approved_ids: [4, 999] }, 'Change 999 does not exist.'],
			[{ approved_ids: [999, 888] }, 'Change 888 does not exist.'],
			[{ approved_ids: [4, 1] }, 'Change 1 is not pending (status=applied).'],
			[{ approved_ids: [2] }, 'Change 2 is not pending (status=rejected).'],
			[{ approved_ids: [3] }, 'Change 3 is not pending (status=approved).'],
			[{ approved_ids: [5] }, 'Change 5 does not exist.'],
			[{ rejected_ids: [3] }, 'Change 3 is not pending (status=approved).'],
			[{ rejected_ids: [4, 777] }, 'Change 777 does not exist.'],
			[{ approved_ids: [999], rejected_ids: [1] }, 'Change 999 does not exist.'],
			[{ approved_ids: [4], rejected_ids: [1] }, 'Change 1 is not pending (status=applied).'],
		] as const;
		for (const [ids, detail] of rows) {
			const answer = await approver.decide({ ...reason, ...ids });
			expect([answer.status, answer.body]).toEqual([400, { detail }]);
		}
		expect([repository.git('for-each-ref'), (await approver.changes()).text]).toEqual(before);
		expectSound(repository);
	});
});

describe('the number of a batch', () => {
	test('is_that_of_the_batch_which_has_approved_changes_left', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e', 'f');
		const first = await approver.decide({ batch_title: 'First', approved_ids: [1] });
		const second = await approver.decide({ batch_title: 'Second', approved_ids: [2] });
		expect([first.body.batch_id, second.body.batch_id]).toEqual([1, 1]);
		expect((await approver.change(1)).body.batch_title).toBe('First');
		expect((await approver.change(2)).body.batch_title).toBe('Second');
		await approver.applyBatch(1);
		expect(await approver.approve(3)).toBe(2);
	});

	test('is_that_of_the_part_which_was_split_off', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e', 'f');
		await approver.approve(1, 2);
		await approver.apply(1);
		expect(await approver.approve(3)).toBe(2);
	});

	test('is_a_new_one_when_the_batch_was_purged', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e');
		await approver.approve(1);
		await approver.purge({ statuses: ['approved'] });
		expect(await approver.approve(2)).toBe(2);
	});

	test('is_not_used_up_by_a_decision_that_is_refused', async () => {
		const { approver, propose } = await startQueue();
		await propose('d');
		for (const approved_ids of [[99], [1, 99]]) {
			expect((await approver.decide({ batch_title: 'x', approved_ids })).status).toBe(400);
		}
		expect(await approver.approve(1)).toBe(1);
	});

	test('is_null_where_changes_are_only_rejected', async () => {
		const { approver, propose } = await startQueue();
		await propose('d', 'e', 'f');
		const alone = await approver.decide({ batch_title: 'No', rejected_ids: [1], reject_reason: 'r' });
		expect(alone.body).toMatchObject({ batch_id: null, batch_title: 'No', approved: [] });
		expect((await approver.change(1)).body).toMatchObject({ batch_id: null, batch_title: 'No' });
		await approver.approve(2);
		const beside = await approver.decide({ batch_title: 'No', rejected_ids: [3], reject_reason: 'r' });
		expect(beside.body.batch_id).toBeNull();
		expect(await approver.idsOf({ batch_id: 1 })).toEqual([2]);
	});

	test('goes_on_after_the_service_was_started_anew', async () => {
		const first = await startQueue();
		await first.propose('d', 'e', 'f');
		await first.approver.approve(1, 2);
		await first.approver.apply(1);
		await first.service.stop();
		const second = await startQueue(first.repository);
		expect(await second.approver.approve(3)).toBe(2);
		await second.approver.applyBatch(2);
		expect(await second.propose('g')).toEqual([4]);
		expect(await second.approver.approve(4)).toBe(3);
	});
});

test('two_who_decide_at_once_do_not_both_win', async () => {
	const { approver, propose } = await startQueue();
	await propose('d');
	const answers = await Promise.all([
		approver.decide({ batch_title: 'Yes', approved_ids: [1] }),
		approver.decide({ batch_title: 'No', rejected_ids: [1], reject_reason: 'r' }),
		approver.decide({ batch_title: 'Yes again', approved_ids: [1] }),
	]);
	const won = answers.filter(({ status }) => status === 200);
	expect(won).toHaveLength(1);
	const { status, batch_title } = (await approver.change(1)).body;
	expect(won[0]?.body.batch_title).toBe(batch_title);
	for (const answer of answers.filter((other) => other !== won[0])) {
		expect(answer.body).toEqual({ detail: `Change 1 is not pending (status=${status}).` });
	}
});

test('a_rejected_change_has_no_branch_and_an_approved_one_has', async () => {
	const { repository, approver, propose } = await startQueue();
	await propose('d', 'e', 'f');
	await approver.approve(1);
	await approver.reject(2);
	expect(repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/pending')).toBe(
		'pending/1\npending/3',
	);
});
