/** `queue purge`: takes changes out of the queue, and keeps what is known of them. */

import { describe, expect, test } from 'vitest';
import { create, expectSound, remove, to } from '../support/committer.ts';
import { rowsOf, setUpQueue } from './queue-setup.ts';

/** Changes 1 to 5: 1 is applied, 2 rejected, the others are pending; 5 is alice's. */
async function variety() {
	const shell = await setUpQueue([
		create('First One'),
		remove('b'),
		create('p'),
		to('blip', create('second one')),
		{ transition: 'propose', change: create('z') },
	]);
	await shell.carol('approve', '1', '--title', 'A batch');
	await shell.carol('apply', '1');
	await shell.carol('reject', '2', '--title', 'No', '--reason', 'because');
	return shell;
}

const ALL = [1, 2, 3, 4, 5];

describe('queue purge', () => {
	test('takes_out_what_fulfils_every_option', async () => {
		const cases: readonly (readonly [args: string, purged: readonly number[]])[] = [
			['--all', ALL],
			['--status pending', [3, 4, 5]],
			['--status applied --status rejected', [1, 2]],
			['--category blip.json', [4]],
			['--model ONE --status pending', [4]],
			['--user alice#1', [5]],
			['--user 2 --category clip', [1, 2, 3]],
			['3 5', [3, 5]],
			['5 3 3 --user 2', [3]],
			['--all --status rejected', [2]],
			['--status approved', []],
		];
		const { json } = await variety();
		const dry: unknown[] = [];
		for (const [args] of cases) {
			const { removed_change_ids } = await json('purge', '--dry-run', ...args.split(' '));
			dry.push([args, removed_change_ids]);
		}
		expect(dry).toEqual(cases);
	});

	test('says_what_it_took_and_keeps_its_history', async () => {
		const { repository, carol, statuses, json } = await variety();
		expect(await carol('purge', '--status', 'applied')).toBe('Purged change 1.\n');
		expect(await carol('purge', '3', '4')).toBe('Purged changes 3 and 4.\n');
		expect(await statuses()).toEqual({ 2: 'rejected', 5: 'pending' });
		expect(await carol('purge', '--status', 'applied')).toBe('Nothing to purge: no change matches.\n');
		expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/pending')).toBe(
			'refs/heads/pending/5',
		);
		const { changes } = await json('audit', '--batch', '1');
		const [change] = [changes].flat();
		const actions = [Object(change).events].flat().map((event) => Object(event).action);
		expect(actions).toEqual(['enqueue', 'approve', 'apply', 'purge']);
		expectSound(repository);
	});

	test('only_shows_what_would_go_in_a_dry_run', async () => {
		const { queue, json, state } = await variety();
		const before = state();
		const { code, stdout } = await queue('purge', '--status', 'pending', '--dry-run');
		expect(code).toBe(0);
		const rows = rowsOf(stdout);
		expect(rows.slice(0, 3).map(([id]) => id)).toEqual(['3', '4', '5']);
		expect(stdout).toMatch(/\nWould purge changes 3, 4 and 5\.\n$/);
		expect(await json('purge', '--all', '--dry-run')).toEqual({
			removed_count: 5,
			removed_change_ids: ALL,
			dry_run: true,
		});
		expect(state()).toEqual(before);
	});

	test('prints_what_it_did_as_json', async () => {
		const { json } = await variety();
		const args = ['--as', 'carol#3', '--json'];
		const facts = { removed_count: 2, removed_change_ids: [1, 2], dry_run: false };
		expect(await json('purge', '--status', 'applied', '--status', 'rejected', ...args)).toEqual(facts);
		expect(await json('purge', '--status', 'applied', ...args)).toEqual({
			removed_count: 0,
			removed_change_ids: [],
			dry_run: false,
		});
	});

	test('goes_in_parts_where_there_is_much', async () => {
		const names = Array.from({ length: 1_001 }, (_, index) => `m${index}`);
		const { repository, carol, statuses } = await setUpQueue(
			names.map((name) => create(name)),
			{ 'clip.json': '{}\n' },
		);
		expect(await carol('purge', '--all')).toBe('Purged 1001 changes.\n');
		expect(await statuses()).toEqual({});
		expect(repository.git('log', '-2', '--format=%s', 'refs/horde/queue')).toBe(
			'Purge change 1001\nPurge 1000 changes',
		);
		expect(repository.git('for-each-ref', 'refs/heads/pending')).toBe('');
	});

	test('refuses_to_guess_and_changes_nothing', async () => {
		const { queue, state } = await variety();
		const before = state();
		const cases: readonly (readonly [args: readonly string[], code: number, words: string])[] = [
			[[], 2, 'Provide at least one filter or set --all to clear the entire queue.'],
			[['--dry-run'], 2, 'Provide at least one filter or set --all'],
			[['--user', ''], 2, '--user must be a user id or name#id, and not blank'],
			[['--model', '', '--status', 'pending'], 2, '--model must not be blank'],
			[['--status', 'nope'], 2, "--status: Input should be 'pending', "],
			[['--category', 'nope'], 2, 'there is no category "nope"'],
			[['1', '--all'], 2, 'give the numbers of changes or --all, not both'],
			[['one'], 2, '"one" is not the number of a change'],
			[['--', '--all'], 2, '"--all" is not the number of a change'],
			[['1', '9'], 3, 'there is no change 9'],
			[['9', '--dry-run'], 3, 'there is no change 9'],
		];
		for (const [args, code, words] of cases) {
			const result = await queue('purge', '--as', 'carol#3', ...args);
			expect(result, args.join(' ')).toMatchObject({ code, stdout: '' });
			expect(result.stderr).toContain(words);
		}
		expect(state()).toEqual(before);
	});
});
