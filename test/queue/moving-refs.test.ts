/** A maintainer moves the ledger, the branch of a proposal or the published branch in the moment in which a transition is made. */

import { describe, expect, test } from 'vitest';
import { create, openCommitter, subjects } from '../support/committer.ts';
import { editLedger, LEDGER, ledgerFile } from '../support/edit-ledger.ts';
import { expectQueueSound, readLedger } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, applyBatch, approve, propose, reject } from '../support/transitions.ts';

/** Proposals 1 to 4, of which 1 and 2 are approved; what is given to `meanwhile` is done once the next is ready to be published. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	let meanwhile = () => {};
	let attempts = 0;
	const committer = await openCommitter(repository, {
		beforePublish: () => {
			attempts++;
			meanwhile();
		},
	});
	await committer.commit(...['b', 'c', 'd', 'e'].map((model) => propose(create(model))));
	await committer.one(approve(1, 2));
	attempts = 0;
	return {
		repository,
		...committer,
		once: (action: () => void) => {
			meanwhile = () => {
				meanwhile = () => {};
				action();
			};
		},
		always: (action: () => void) => {
			meanwhile = action;
		},
		attempts: () => attempts,
	};
}

describe('a_transition', () => {
	test('is_made_anew_on_a_ledger_that_was_edited_meanwhile', async () => {
		const { repository, one, once, attempts } = await start();
		once(() => {
			const file = 'changes/00/00/3.json';
			const edited = ledgerFile(repository, file).replace('"alice#1"', '"alice by hand#1"');
			editLedger(repository, { [file]: edited });
		});
		expect(await one(approve(3))).toMatchObject({ approved: [{ requested_username: 'alice by hand#1' }] });
		expect(attempts()).toBe(2);
		expect(repository.git('log', '-2', '--format=%s', LEDGER)).toBe(
			'Approve change 3 in batch 1\nEdited by hand',
		);
		expectQueueSound(repository);
	});

	test('is_refused_where_the_ledger_is_broken_meanwhile', async () => {
		const { repository, one, once } = await start();
		let good = '';
		once(() => {
			good = editLedger(repository, { 'counters.json': null });
		});
		expect(await one(approve(3))).toMatchObject({ kind: 'refused', code: 'ledger-broken' });
		repository.git('update-ref', LEDGER, good);
		expect(await one(approve(3))).toMatchObject({ kind: 'decided' });
		expectQueueSound(repository);
	});

	test('is_given_up_where_the_ledger_moves_each_time_and_nothing_is_left_of_it', async () => {
		const { repository, one, always } = await start();
		always(() => void editLedger(repository, {}));
		const head = repository.git('rev-parse', 'HEAD');
		expect(await one(apply(1))).toMatchObject({ kind: 'refused', code: 'repository-busy' });
		always(() => {});
		expect(repository.git('rev-parse', 'HEAD')).toBe(head);
		expectQueueSound(repository);
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	});
});

describe('an_apply', () => {
	test('is_made_anew_on_what_was_published_meanwhile', async () => {
		const { repository, one, once } = await start();
		once(() => repository.commit({ 'clip.json': clipReference('a', 'by hand') }, 'By hand'));
		expect(await one(applyBatch(1))).toMatchObject({ failure: undefined });
		expect(subjects(repository).slice(0, 3)).toEqual(['Add clip model c', 'Add clip model b', 'By hand']);
		expectQueueSound(repository);
	});

	test('is_a_conflict_where_the_model_was_published_meanwhile', async () => {
		const { repository, one, once } = await start();
		once(() => repository.commit({ 'clip.json': clipReference('a', 'c') }, 'By hand'));
		expect(await one(applyBatch(1))).toMatchObject({
			applied: [{ change_id: 1 }],
			failure: { change_id: 2, code: 'change-conflict' },
		});
		expectQueueSound(repository);
	});

	test('is_a_conflict_where_the_branch_was_given_other_content_meanwhile', async () => {
		const { repository, one, once } = await start();
		once(() => {
			const tree = repository.git('rev-parse', 'HEAD^{tree}');
			const theirs = repository.git('commit-tree', '-p', 'HEAD', '-m', 'Theirs', tree);
			repository.git('update-ref', 'refs/heads/pending/1', theirs);
		});
		expect(await one(apply(1))).toMatchObject({ applied: [], failure: { code: 'change-conflict' } });
		expect(readLedger(repository)?.changes.get(1)?.status).toBe('approved');
		expectQueueSound(repository, { branches: [1] });
	});

	test('leaves_nothing_where_its_branch_was_deleted_meanwhile', async () => {
		const { repository, one, once } = await start();
		once(() => void repository.git('branch', '--quiet', '-D', 'pending/1'));
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	});

	test('waits_where_somebody_switches_to_a_proposal_meanwhile', async () => {
		const { repository, one, once } = await start();
		once(() => void repository.git('switch', '--quiet', 'pending/3'));
		expect(await one(apply(1))).toMatchObject({ kind: 'refused', code: 'detached-head' });
		repository.git('switch', '--quiet', 'main');
		expectQueueSound(repository);
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
	});
});

test('a_proposal_takes_the_next_number_where_its_branch_is_made_meanwhile', async () => {
	const { repository, one, once } = await start();
	once(() => void repository.git('branch', 'pending/5'));
	expect(await one(propose(create('f')))).toMatchObject({ change: { change_id: 6 } });
	expectQueueSound(repository, { branches: [5] });
});

test('a_rejection_leaves_a_branch_that_was_moved_meanwhile', async () => {
	const { repository, one, once, notices } = await start();
	once(() => void repository.git('branch', '--quiet', '--force', 'pending/3', 'pending/4'));
	expect(await one(reject(3))).toMatchObject({ kind: 'decided' });
	expect(notices).toEqual([expect.stringContaining('change 3 is closed')]);
	expectQueueSound(repository, { branches: [3] });
});
