/** `queue approve` and `queue reject`: all that are named or none, in the name of whoever decides. */

import { describe, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { create, expectClean } from '../support/committer.ts';
import { setUpQueue } from './queue-setup.ts';

const THREE = ['p', 'q', 'r'].map((name) => create(name));

describe('queue approve', () => {
	test('approves_in_one_step_and_says_how_to_go_on', async () => {
		const { repository, carol, statuses, json } = await setUpQueue(THREE);
		expect(await carol('approve', '3', '1', '--title', 'New "models"')).toBe(
			'Approved changes 1 and 3 in batch 1, "New \\"models\\"".\n' +
				'Next, publish it: horde-references queue apply --batch 1\n',
		);
		expect(await statuses()).toEqual({ 1: 'approved', 2: 'pending', 3: 'approved' });
		expect(repository.git('log', '-1', '--format=%an: %s', 'refs/horde/queue')).toBe(
			'carol#3: Approve changes 1, 3 in batch 1',
		);
		expect(await json('show', '1')).toMatchObject({
			approved_by: '3',
			approved_username: 'carol#3',
			batch_id: 1,
			batch_title: 'New "models"',
		});
		expectClean(repository);
	});

	test('adds_to_the_batch_that_has_approved_changes', async () => {
		const { carol, json } = await setUpQueue(THREE);
		await carol('approve', '1', '--title', 'First');
		expect(await carol('approve', '2', '--title', 'Second')).toContain(
			'Approved change 2 in batch 1, "Second".',
		);
		await carol('apply', '--batch', '1');
		expect(await carol('approve', '3', '--title', 'Third')).toContain(
			'Approved change 3 in batch 2, "Third".',
		);
		expect(await json('list', '--batch', '1')).toMatchObject({ total: 2 });
	});

	test.each([
		'-x',
		'--all',
		'--',
		'  a b  ',
		'🦄 שלום',
		'\'"`$(x)',
		'Change-Id: 7\nChange-Id: 8',
		'x'.repeat(120),
	])('takes_the_title_%j_for_a_title', async (title) => {
		const { carol, json } = await setUpQueue([create('p')]);
		await carol('approve', '1', '--title', title);
		expect(await json('show', '1')).toMatchObject({ batch_title: title.trim(), status: 'approved' });
	});

	test('shows_control_characters_of_a_title_escaped', async () => {
		const { carol, queue } = await setUpQueue([create('p')]);
		const printed = await carol('approve', '1', '--title', 'a\u009b2J\u202eb');
		expect(printed).toContain('in batch 1, "a\\u009b2J\\u202eb".\n');
		expect((await queue('list')).stdout).toContain('a\\u009b2J\\u202eb');
	});

	test('decides_all_that_are_named_or_none', async () => {
		const { queue, carol, state } = await setUpQueue(THREE);
		await carol('reject', '2', '--title', 'x', '--reason', 'y');
		const before = state();
		const cases: readonly (readonly [ids: readonly string[], words: string])[] = [
			[['1', '9'], 'error: Change 9 does not exist. Nothing was changed; see: horde-references queue list\n'],
			[['1', '2', '3'], 'error: Change 2 is not pending (status=rejected). Nothing was changed; see: '],
		];
		for (const [ids, words] of cases) {
			const result = await queue('approve', ...ids, '--title', 'x', '--as', 'carol#3');
			expect(result).toMatchObject({ code: 3, stdout: '' });
			expect(result.stderr).toContain(words);
		}
		expect(state()).toEqual(before);
	});

	test('refuses_what_makes_no_sense_and_changes_nothing', async () => {
		const { queue, state } = await setUpQueue(THREE);
		const before = state();
		const title = ['--title', 'x'];
		const cases: readonly (readonly [args: readonly string[], words: string])[] = [
			[['1'], "required option '--title <title>' not specified"],
			[title, "missing required argument 'change'"],
			[['1', '--title', ''], '--title: String should have at least 1 character'],
			[['1', '--title', ' '], '--title must not be blank.'],
			[['1', '--title', 'x'.repeat(121)], '--title: String should have at most 120 characters'],
			[['1', 'two', ...title], '"two" is not the number of a change'],
			[[...title, '--', '1', '-2'], '"-2" is not the number of a change'],
			[['1', ...title, '--as', 'carol'], '--as must be a user as name#id, not "carol"'],
			[['1', ...title, '--reason', 'x'], "unknown option '--reason'"],
		];
		for (const [args, words] of cases) {
			const result = await queue('approve', ...args);
			expect(result, args.join(' ')).toMatchObject({ code: 2, stdout: '' });
			expect(result.stderr).toContain(words);
		}
		expect(state()).toEqual(before);
	});

	test('is_done_by_the_operator_as_git_knows_him', async () => {
		const { repository, queue, json } = await setUpQueue(THREE);
		repository.git('config', 'user.name', 'Olga Operator');
		repository.git('config', 'user.email', 'olga@example.org');
		const env = { GIT_AUTHOR_NAME: undefined, GIT_AUTHOR_EMAIL: undefined, GIT_CONFIG_GLOBAL: '/dev/null' };
		const args = ['queue', 'approve', '1', '--title', 'x', '--repo', repository.directory];
		expect(await runCommand(args, { env })).toMatchObject({ code: 0, stderr: '' });
		expect(await json('show', '1')).toMatchObject({
			approved_by: 'olga@example.org',
			approved_username: 'Olga Operator',
		});
		expect((await queue('show', '1')).stdout).toMatch(/\napproved {2}\S+Z by Olga Operator\n/);
	});

	test('is_refused_where_references_are_changed_elsewhere', async () => {
		const { repository, state, statuses } = await setUpQueue(THREE);
		const before = state();
		const env = { HORDE_MODEL_REFERENCE_REPLICATE_MODE: 'REPLICA' };
		const repo = ['--repo', repository.directory];
		for (const args of [
			['approve', '1', '--title', 'x'],
			['reject', '1', '--title', 'x', '--reason', 'y'],
			['apply', '1'],
			['purge', '--all'],
		]) {
			const result = await runCommand(['queue', ...args, ...repo], { env });
			expect(result).toMatchObject({
				code: 2,
				stdout: '',
				stderr: expect.stringContaining('at their primary'),
			});
		}
		expect(state()).toEqual(before);
		expect(await runCommand(['queue', 'list', ...repo], { env })).toMatchObject({ code: 0, stderr: '' });
		expect(await statuses()).toEqual({ 1: 'pending', 2: 'pending', 3: 'pending' });
	});
});

describe('queue reject', () => {
	test('rejects_for_a_reason_and_takes_the_branches_away', async () => {
		const { repository, carol, json, statuses } = await setUpQueue(THREE);
		const reason = 'Not now:\n"why" 🦄';
		expect(await carol('reject', '2', '1', '--title', 'Review', '--reason', reason)).toBe(
			'Rejected changes 1 and 2.\n',
		);
		expect(await statuses()).toEqual({ 1: 'rejected', 2: 'rejected', 3: 'pending' });
		expect(await json('show', '2')).toMatchObject({
			reject_reason: reason,
			rejected_username: 'carol#3',
			batch_id: null,
			batch_title: 'Review',
		});
		expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/pending')).toBe(
			'refs/heads/pending/3',
		);
	});

	test('needs_a_reason_and_changes_nothing_without', async () => {
		const { queue, state } = await setUpQueue(THREE);
		const before = state();
		const cases: readonly (readonly [args: readonly string[], words: string])[] = [
			[[], "required option '--reason <reason>' not specified"],
			[['--reason', ' '], '--reason is required when rejecting changes.'],
			[['--reason', 'x'.repeat(501)], '--reason: String should have at most 500 characters'],
		];
		for (const [args, words] of cases) {
			const result = await queue('reject', '1', '--title', 'x', ...args);
			expect(result).toMatchObject({ code: 2, stdout: '' });
			expect(result.stderr).toContain(words);
		}
		const unknown = await queue('reject', '1', '7', '--title', 'x', '--reason', '-y', '--as', 'carol#3');
		expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('Change 7 does not exist.') });
		expect(state()).toEqual(before);
	});
});
