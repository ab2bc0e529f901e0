/** `queue apply`: publishes approved changes, up to the first that fails, and says what became of each. */

import { describe, expect, test } from 'vitest';
import { create, expectSound, openCommitter, remove, subjects, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { approve } from '../support/transitions.ts';
import { setUpQueue } from './queue-setup.ts';

const CONFLICT =
	/error: change 2 was not applied: Model 'a' of category 'clip' has changed since change 2 was /;

/** Changes 1 and 2 update the same model, so that only one of them can be applied; 3 and 4 add models. All in batch 1. */
async function approvedFour() {
	const shell = await setUpQueue([
		update('a', { version: '1' }),
		update('a', { version: '2' }),
		create('p'),
		create('q'),
	]);
	await shell.carol('approve', '1', '2', '3', '4', '--title', 'A batch');
	return shell;
}

describe('queue apply', () => {
	test('publishes_one_change_as_a_commit_of_its_requestor', async () => {
		const { repository, carol, json } = await setUpQueue([remove('b')]);
		await carol('approve', '1', '--title', 'A batch');
		const printed = await carol('apply', '1');
		const commit = repository.git('rev-parse', 'HEAD');
		expect(printed).toBe(`Applied change 1, delete clip model b: in ${commit.slice(0, 8)}.\n`);
		expect(repository.git('log', '-1', '--format=%an|%s|%(trailers:key=Applied-By,valueonly)')).toBe(
			'bob#2|Remove clip model b|carol#3\n',
		);
		expect(await json('show', '1')).toMatchObject({ status: 'applied', applied_by: '3' });
		expectSound(repository);
	});

	test('publishes_a_batch_in_the_order_of_its_numbers', async () => {
		const { repository, carol, statuses } = await setUpQueue([create('p'), create('a/b 🦄'), remove('c')]);
		await carol('approve', '3', '2', '1', '--title', 'A batch');
		const printed = await carol('apply', '--batch', '1');
		expect(printed.replace(/in [0-9a-f]{8}/g, 'in it')).toBe(
			'Applied change 1, create clip model p: in it.\n' +
				'Applied change 2, create clip model a/b 🦄: in it.\n' +
				'Applied change 3, delete clip model c: in it.\n',
		);
		expect(subjects(repository, '-3')).toEqual([
			'Remove clip model c',
			'Add clip model a/b 🦄',
			'Add clip model p',
		]);
		expect(await statuses()).toEqual({ 1: 'applied', 2: 'applied', 3: 'applied' });
		expect(await carol('apply', '--batch', '1')).toBe(
			'Nothing to apply: all of the batch is applied already.\n',
		);
	});

	test('tells_where_what_is_left_over_went', async () => {
		const { carol, json } = await approvedFour();
		const printed = await carol('apply', '4', '3');
		expect(printed.split('\n').map((line) => line.replace(/ in .*/, ''))).toEqual([
			'Applied change 4, create clip model q:',
			'Applied change 3, create clip model p:',
			'Moved changes 1 and 2, left over, from batch 1 to batch 2.',
			'',
		]);
		expect(await json('list', '--batch', '2')).toMatchObject({ total: 2 });
	});

	test('stops_at_the_first_that_fails_and_says_what_was_applied', async () => {
		const { queue, repository, statuses } = await approvedFour();
		const { code, stdout, stderr } = await queue('apply', '--batch', '1', '--as', 'carol#3');
		expect(code).toBe(3);
		expect(stdout.replace(/in [0-9a-f]{8}/, 'in it')).toBe(
			'Applied change 1, update clip model a: in it.\n' +
				'Moved changes 2, 3 and 4, left over, from batch 1 to batch 2.\n',
		);
		expect(stderr).toMatch(CONFLICT);
		expect(stderr).toContain('then it was {"description":"About a",');
		expect(stderr).toContain('"version":"1"}. Purge the change');
		expect(stderr).toMatch(/; applied before it: change 1\. See: horde-references queue diff 2\n$/);
		expect(await statuses()).toEqual({ 1: 'applied', 2: 'approved', 3: 'approved', 4: 'approved' });
		expectSound(repository);
	});

	test('applies_all_or_none_where_it_is_told', async () => {
		const { queue, carol, state, statuses } = await approvedFour();
		const before = state();
		for (const which of [
			['3', '1', '2'],
			['--batch', '1'],
		]) {
			const result = await queue('apply', ...which, '--atomic', '--as', 'carol#3');
			expect(result).toMatchObject({ code: 3, stdout: '' });
			expect(result.stderr).toMatch(CONFLICT);
			expect(result.stderr).toContain('; nothing was applied. See: ');
		}
		expect(state()).toEqual(before);
		await carol('apply', '3', '1', '--atomic');
		expect(await statuses()).toMatchObject({ 1: 'applied', 2: 'approved', 3: 'applied' });
	});

	test('answers_the_same_job_with_what_it_did_and_does_nothing', async () => {
		const { queue, state } = await approvedFour();
		const args = ['--job', 'mon day', '--as', 'carol#3'];
		const first = await queue('apply', '--batch', '1', ...args);
		const after = state();
		expect(first).toMatchObject({ code: 3, stdout: expect.stringContaining('Applied change 1') });
		expect(await queue('apply', '--batch', '1', ...args)).toEqual(first);
		expect(await queue('apply', '1', '2', ...args)).toEqual(first);
		expect(await queue('apply', '--batch', '1', '--as', 'carol#3')).toMatchObject({
			code: 0,
			stdout: 'Nothing to apply: all of the batch is applied already.\n',
		});
		expect(state()).toEqual(after);
	});

	test('takes_changes_of_several_batches_only_where_it_is_told', async () => {
		const { queue, carol, state } = await approvedFour();
		await carol('apply', '3');
		const before = state();
		expect(await queue('apply', '4', '3', '--as', 'carol#3')).toEqual({
			code: 3,
			stdout: '',
			stderr:
				'error: All changes must belong to the same batch. Found batch IDs: [1, 2]. Nothing was changed; see: ' +
				'horde-references queue list\n',
		});
		expect(state()).toEqual(before);
		const mixed = await queue('apply', '4', '3', '--mixed', '--as', 'carol#3');
		expect(mixed).toMatchObject({ code: 3, stdout: expect.stringContaining('Applied change 4, ') });
		expect(mixed.stderr).toContain('Change 3 is not approved (status=applied); applied before it: change 4.');
	});

	test('refuses_what_cannot_be_applied_and_changes_nothing', async () => {
		const { queue, carol, state } = await setUpQueue([create('p'), create('q'), create('r')]);
		await carol('reject', '2', '--title', 'x', '--reason', 'y');
		await carol('approve', '3', '--title', 'x');
		const before = state();
		const cases: readonly (readonly [args: readonly string[], code: number, words: string])[] = [
			[[], 2, 'say which changes to apply: their numbers, or --batch <number>'],
			[['1', '--batch', '1'], 2, 'give the numbers of changes or --batch, not both'],
			[['--batch', '1', '--mixed'], 2, "option '--mixed' cannot be used with option '--batch <number>'"],
			[['--batch', 'one'], 2, '--batch must be the number of a batch, not "one"'],
			[['x'], 2, '"x" is not the number of a change'],
			[['--', '-3'], 2, '"-3" is not the number of a change'],
			[['3', '--job', 'j'.repeat(121)], 2, '--job: String should have at most 120 characters'],
			[['--batch', '1', '--job', 'j'.repeat(121)], 2, '--job: String should have at most 120 characters'],
			[['1'], 3, 'Change 1 is not approved (status=pending). See: horde-references queue show 1'],
			[['2'], 3, 'Change 2 is not approved (status=rejected). See: horde-references queue show 2'],
			[['9'], 3, 'Change 9 not found. See: horde-references queue list'],
			[['3', '9'], 3, 'Change 9 not found. Nothing was changed; see: horde-references queue list'],
			[['3', '1'], 3, 'Cannot apply changes that have not been approved in a batch. Nothing was changed;'],
			[['--batch', '9'], 3, 'there is no change in batch 9; see which there are with: '],
		];
		for (const [args, code, words] of cases) {
			const result = await queue('apply', '--as', 'carol#3', ...args);
			expect(result, args.join(' ')).toMatchObject({ code, stdout: '' });
			expect(result.stderr).toContain(words);
		}
		expect(state()).toEqual(before);
	});

	test('says_when_no_approved_change_is_left_in_a_batch', async () => {
		const { repository, queue, carol, state } = await setUpQueue([create('p'), create('q')]);
		const committer = await openCommitter(repository);
		await committer.one({ ...approve(1), reject: [2], reason: 'no' });
		await committer.close();
		await carol('apply', '--batch', '1');
		const before = state();
		expect(await queue('apply', '--batch', '1', '--as', 'carol#3')).toEqual({
			code: 3,
			stdout: '',
			stderr: 'error: no approved change is left in batch 1; see: horde-references queue list --batch 1\n',
		});
		expect(state()).toEqual(before);
	});

	test('refuses_a_file_with_edits_that_are_not_committed', async () => {
		const { queue, repository, carol, state } = await setUpQueue([create('p')]);
		await carol('approve', '1', '--title', 'x');
		repository.write('clip.json', clipReference('a', 'mine'));
		const before = state();
		const result = await queue('apply', '1', '--as', 'carol#3');
		expect(result).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('not committed') });
		expect(state()).toEqual(before);
	});

	test('prints_a_report_as_json_also_when_it_stops', async () => {
		const { queue, json } = await approvedFour();
		const { code, stdout, stderr } = await queue('apply', '3', '2', '1', '4', '--json', '--as', 'carol#3');
		expect(code).toBe(3);
		expect(stderr).toContain('error: change 1 was not applied');
		const report = JSON.parse(stdout);
		expect(Object.keys(report)).toEqual([
			'applied',
			'failed_change_id',
			'failed_error',
			'failed_error_type',
			'batch_split_occurred',
			'batch_split_original_batch_id',
			'batch_split_new_batch_id',
			'batch_split_reassigned_count',
		]);
		expect(report).toMatchObject({
			applied: [{ change_id: 3 }, { change_id: 2 }],
			failed_change_id: 1,
			failed_error_type: 'PendingChangeConflictError',
			batch_split_new_batch_id: 2,
			batch_split_reassigned_count: 2,
		});
		expect(await json('apply', '4', '--as', 'carol#3')).toMatchObject({ batch_split_occurred: true });
	});
});
