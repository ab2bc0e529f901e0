/** A maintainer puts the published branch back, edits files that are to be written, or tidies the repository up. */

import { describe, expect, test } from 'vitest';
import { create, openCommitter, subjects, update } from '../support/committer.ts';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, applyBatch, approve, propose, purge, reject } from '../support/transitions.ts';

/** Proposals 1 to 4 of new models b to e, and 5 for the model a; 1, 2 and 5 are approved in batch 1. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const committer = await openCommitter(repository);
	const proposals = ['b', 'c', 'd', 'e'].map((model) => propose(create(model)));
	await committer.commit(...proposals, propose(update('a', { description: 'new' })));
	await committer.one(approve(1, 2, 5));
	return { repository, ...committer };
}

describe('a_published_branch_that_was_put_back', () => {
	test('loses_what_was_applied_and_the_queue_goes_on', async () => {
		const { repository, one } = await start();
		await one(apply(1));
		await one(apply(5));
		repository.git('reset', '--quiet', '--hard', 'HEAD~2');
		expect(await one(apply(1))).toMatchObject({
			failure: { error: 'Change 1 is not approved (status=applied).' },
		});
		expect(await one(apply(2))).toMatchObject({ failure: undefined });
		// What is gone may be proposed again.
		expect(await one(propose(create('b')))).toMatchObject({ change: { change_id: 6 } });
		await one(approve(6));
		expect(await one(apply(6))).toMatchObject({ failure: undefined });
		const { changes } = expectQueueSound(repository, { published: true });
		expect([1, 2, 5, 6].map((id) => changes.get(id)?.status)).toEqual(Array(4).fill('applied'));
		expect(subjects(repository)).toEqual(['Add clip model b', 'Add clip model c', 'Add references']);
	});

	test('makes_a_conflict_of_what_was_proposed_on_top_of_what_is_gone', async () => {
		const { repository, one } = await start();
		await one(apply(1));
		await one(propose(update('b', { description: 'new' })));
		await one(approve(6));
		repository.git('reset', '--quiet', '--hard', 'HEAD~1');
		expect(await one(apply(6))).toMatchObject({
			failure: { code: 'change-conflict', error: expect.stringContaining('now it does not exist') },
		});
		expectQueueSound(repository, { published: true });
	});
});

test('a_file_with_edits_stops_the_apply_by_name_and_no_other_category', async () => {
	const { repository, one, commit } = await start();
	await commit(
		propose({ ...create('x'), category: 'blip' }),
		propose({ ...create('y'), category: 'esrgan' }),
	);
	await one(approve(6, 7));
	repository.write('clip.json', clipReference('a', 'mine'));
	const edits = { failure: { code: 'dirty-tree', error: expect.stringMatching(/^clip\.json has edits/) } };
	expect(await one(apply(6, 1, 7))).toMatchObject({ applied: [{ change_id: 6 }], ...edits });
	const { outcomes } = await commit(apply(1), apply(7), propose(create('z')));
	expect(outcomes).toMatchObject([edits, { applied: [{ change_id: 7 }] }, { kind: 'proposed' }]);
	expect(repository.git('status', '--porcelain')).toBe(' M clip.json');
	repository.git('checkout', '--quiet', '--', 'clip.json');
	expect(await one(applyBatch(2))).toMatchObject({ failure: undefined });
	expectQueueSound(repository);
});

test('packing_and_tidying_up_in_between_changes_nothing', async () => {
	const { repository, one } = await start();
	// Of commits that a repack of everything has dropped git's own graph still tells, and fsck complains.
	repository.git('config', 'core.commitGraph', 'false');
	const between = [
		['pack-refs', '--all'],
		['gc', '--quiet'],
		['repack', '-a', '-d', '--quiet'],
		['pack-refs', '--all', '--prune'],
		['gc', '--quiet', '--prune=now'],
		['reflog', 'expire', '--expire=now', '--all'],
	];
	const requests = [apply(1), reject(3), propose(create('f')), approve(4, 6), applyBatch(2), purge(1, 2, 5)];
	for (const [index, request] of requests.entries()) {
		repository.git(...(between[index] ?? []));
		expect(await one(request), String(between[index])).not.toMatchObject({ kind: 'refused' });
		expectQueueSound(repository);
	}
});
