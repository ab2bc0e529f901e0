/** A maintainer does with branches of proposals what git lets them do. */

import { describe, expect, test } from 'vitest';
import { create, openCommitter, subjects, update } from '../support/committer.ts';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, approve, propose, purge, reject } from '../support/transitions.ts';

/** Proposals 1 to 4 of new models b to e, and 5 for the model a; 1, 2 and 5 are approved in batch 1. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const committer = await openCommitter(repository);
	const proposals = ['b', 'c', 'd', 'e'].map((model) => propose(create(model)));
	await committer.commit(...proposals, propose(update('a', { description: 'new' })));
	await committer.one(approve(1, 2, 5));
	return { repository, ...committer };
}

/** Does something on the branch of a proposal, and goes back to the published one. */
function onBranch(repository: TemporaryRepository, id: number, action: () => void): void {
	repository.git('switch', '--quiet', `pending/${id}`);
	action();
	repository.git('switch', '--quiet', 'main');
}

function merge(repository: TemporaryRepository, ...args: readonly string[]): void {
	repository.git('merge', '--quiet', ...args);
}

function replaceContent(repository: TemporaryRepository, id: number): string {
	onBranch(repository, id, () => {
		repository.write('clip.json', clipReference('a', 'theirs'));
		repository.git('commit', '--quiet', '--all', '--amend', '-m', 'Theirs');
	});
	return repository.git('rev-parse', `pending/${id}`);
}

describe('a_proposal_that_is_on_the_published_branch_by_hand', () => {
	test.each<readonly [string, (repository: TemporaryRepository) => void]>([
		['merged_with_a_commit', (repository) => merge(repository, '--no-ff', '-m', 'Merge', 'pending/1')],
		['merged_without_one', (repository) => merge(repository, '--ff-only', 'pending/1')],
		[
			'merged_and_its_branch_gone',
			(repository) => {
				merge(repository, '--ff-only', 'pending/1');
				repository.git('branch', '--quiet', '--delete', 'pending/1');
			},
		],
		['picked', (repository) => void repository.git('cherry-pick', 'pending/1')],
		[
			'rebased_and_merged',
			(repository) => {
				repository.commit({ 'README.md': 'more\n' }, 'More');
				onBranch(repository, 1, () => void repository.git('rebase', '--quiet', 'main'));
				merge(repository, '--ff-only', 'pending/1');
			},
		],
	])('%s_is_applied_without_another_commit', async (_name, byHand) => {
		const { repository, one } = await start();
		byHand(repository);
		const head = repository.git('rev-parse', 'HEAD');
		expect(await one(apply(1))).toMatchObject({ kind: 'applied-changes', failure: undefined });
		expect(repository.git('rev-parse', 'HEAD')).toBe(head);
		expect(expectQueueSound(repository).changes.get(1)?.status).toBe('applied');
		expect(await one(apply(2, 5))).toMatchObject({ failure: undefined });
		expect(expectQueueSound(repository).changes.get(5)?.status).toBe('applied');
	});

	test('squashed_is_a_conflict_as_nothing_says_that_it_was_this_proposal', async () => {
		const { repository, one } = await start();
		merge(repository, '--squash', 'pending/1');
		repository.git('commit', '--quiet', '-m', 'By hand');
		expect(await one(apply(1))).toMatchObject({
			applied: [],
			failure: { code: 'change-conflict', error: expect.stringMatching(/then it did not exist, now it is/) },
		});
		expect(await one(apply(2))).toMatchObject({ failure: undefined });
		expect(await one(purge(1))).toMatchObject({ ids: [1] });
		expectQueueSound(repository);
	});

	test('and_taken_off_it_again_is_applied_with_a_commit', async () => {
		const { repository, one } = await start();
		merge(repository, '--no-ff', '-m', 'Merge', 'pending/1');
		repository.git('revert', '--no-edit', '--mainline', '1', 'HEAD');
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expect(subjects(repository)[0]).toBe('Add clip model b');
		expect(expectQueueSound(repository, { published: true }).changes.get(1)?.status).toBe('applied');
	});

	test('may_be_rejected_all_the_same_and_stays_published', async () => {
		const { repository, one } = await start();
		merge(repository, '--ff-only', 'pending/3');
		expect(await one(reject(3))).toMatchObject({ kind: 'decided' });
		expect(subjects(repository)[0]).toBe('Add clip model d');
		expectQueueSound(repository, { published: true });
	});
});

describe('a_branch_of_a_proposal', () => {
	test('that_is_deleted_keeps_nobody_from_applying_or_rejecting', async () => {
		const { repository, one } = await start();
		repository.git('branch', '--quiet', '-D', 'pending/1', 'pending/3', 'pending/5');
		expect(await one(apply(1, 5))).toMatchObject({ failure: undefined });
		expect(await one(reject(3))).toMatchObject({ kind: 'decided' });
		expectQueueSound(repository);
	});

	test.each([
		['rebased', ['rebase', '--quiet', 'main']],
		['given_another_message', ['commit', '--quiet', '--amend', '-m', 'Better']],
	])('that_was_%s_is_applied_and_goes', async (_name, command) => {
		const { repository, one } = await start();
		repository.commit({ 'README.md': 'more\n' }, 'More');
		onBranch(repository, 1, () => void repository.git(...command));
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	});

	test('that_holds_something_else_is_a_conflict_that_says_how_to_end_it', async () => {
		const { repository, one } = await start();
		replaceContent(repository, 1);
		const refused = await one(apply(1));
		expect(refused).toMatchObject({ applied: [], failure: { change_id: 1, code: 'change-conflict' } });
		const [, command = ''] = /\(git (branch -f [^)]+)\)/.exec(JSON.stringify(refused)) ?? [];
		repository.git(...command.split(' '));
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	});

	test('that_holds_something_else_stays_when_its_change_is_rejected_or_purged', async () => {
		const { repository, one, notices } = await start();
		const theirs = [1, 3].map((id) => replaceContent(repository, id));
		expect(await one(reject(3))).toMatchObject({ kind: 'decided' });
		expect(await one(purge(1))).toMatchObject({ ids: [1] });
		expect([1, 3].map((id) => repository.git('rev-parse', `pending/${id}`))).toEqual(theirs);
		expect(notices).toEqual([3, 1].map((id) => expect.stringContaining(`change ${id} is closed`)));
		expectQueueSound(repository, { branches: [1, 3] });
	});

	test.each(['pending/6', 'pending/6/mine', 'pending/6/mine and more'])(
		'that_somebody_has_called_%s_costs_that_number',
		async (name) => {
			const { repository, one, commit } = await start();
			for (const each of name.split(' and ')) {
				repository.git('branch', each === 'more' ? 'pending/7/mine' : each);
			}
			const next = name.endsWith('more') ? 8 : 7;
			const { outcomes } = await commit(propose(create('f')), create('direct'), propose(create('g')));
			expect(outcomes).toMatchObject([
				{ change: { change_id: next } },
				{ kind: 'applied' },
				{ change: { change_id: next + 1 } },
			]);
			expect(await one(propose(create('h')))).toMatchObject({ change: { change_id: next + 2 } });
			const names = repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/pending');
			expect(names).toContain(name.split(' ')[0]);
		},
	);

	test('cannot_be_made_beside_one_that_is_called_pending_and_the_refusal_says_so', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		repository.git('branch', 'pending');
		const { one } = await openCommitter(repository);
		const refused = await one(propose(create('b')));
		expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('called pending') });
		expect(await one(create('direct'))).toMatchObject({ kind: 'applied' });
		const [, command = ''] = /git (branch -m pending) <name>/.exec(JSON.stringify(refused)) ?? [];
		repository.git(...command.split(' '), 'another');
		expect(await one(propose(create('b')))).toMatchObject({ kind: 'proposed' });
		expectQueueSound(repository);
	});

	test('that_is_checked_out_is_not_written_to_and_not_taken_away', async () => {
		const { repository, one } = await start();
		repository.git('switch', '--quiet', 'pending/1');
		const before = repository.git('for-each-ref');
		const requests = [apply(1), apply(2), approve(3), reject(4), purge(1), propose(create('f'))];
		for (const request of [...requests, create('direct')]) {
			expect(await one(request)).toMatchObject({
				kind: 'refused',
				code: 'detached-head',
				message: expect.stringMatching(/^HEAD names the proposal pending\/1, .* git -C \S+ switch <branch>$/),
			});
		}
		expect(repository.git('for-each-ref')).toBe(before);
		expect(repository.git('status', '--porcelain')).toBe('');
		repository.git('switch', '--quiet', 'main');
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	});

	test('whose_commit_is_checked_out_is_not_taken_for_published', async () => {
		const { repository, one } = await start();
		repository.git('switch', '--quiet', '--detach', 'pending/1');
		expect(await one(apply(1))).toMatchObject({ kind: 'refused', code: 'detached-head' });
		expect(await one(approve(3))).toMatchObject({ kind: 'decided' });
		repository.git('switch', '--quiet', 'main');
		expect(expectQueueSound(repository).changes.get(1)?.status).toBe('approved');
	});
});
