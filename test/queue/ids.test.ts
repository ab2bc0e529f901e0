/** Numbers of changes, batches and events are given once, whatever becomes of the ledger. */

import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { LEDGER } from '../support/edit-ledger.ts';
import { expectQueueAgrees, expectQueueSound, readLedger } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { apply, approve, propose, purge, reject } from '../support/transitions.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

/** Changes 1 to 6: 1 is applied, 2 approved, 3 rejected, 4 and 6 purged, 5 pending; batches 1 and 2. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const { one, commit, close } = await openCommitter(repository);
	await commit(...['b', 'c', 'd', 'e', 'f', 'g'].map((model) => propose(create(model))));
	await one(approve(1, 2));
	await one(apply(1));
	await one(reject(3));
	await one(purge(4, 6));
	return { repository, one, close };
}

/** Proposes and approves, as though by the next process. */
async function nextOf(repository: TemporaryRepository): Promise<{ change: number; batch: number }> {
	const { one, close } = await openCommitter(repository);
	const proposed = await one(propose(create('next')));
	if (proposed.kind === 'refused') throw new Error(proposed.message);
	const { change_id: change } = proposed.change;
	// The open batch is gone, so that another must be opened.
	await one(purge(1, 2));
	const decided = await one(approve(change));
	if (decided.kind === 'refused') throw new Error(decided.message);
	await close();
	return { change, batch: decided.batch ?? 0 };
}

/** A repository that was restored from a copy by git. */
function restored(from: TemporaryRepository, how: 'mirror' | 'clone'): TemporaryRepository {
	const directory = temporaryDirectory();
	const copy = new TemporaryRepository(directory);
	if (how === 'clone') {
		copy.git('clone', '--quiet', from.directory, '.');
		return copy;
	}
	from.git('clone', '--quiet', '--mirror', from.directory, `${directory}/.git`);
	copy.git('config', 'core.bare', 'false');
	copy.git('reset', '--quiet', '--hard');
	return copy;
}

describe('the_next_number', () => {
	test('goes_on_after_a_purge_of_all_and_a_restart', async () => {
		const { repository, one, close } = await start();
		await one(purge(1, 2, 3, 5));
		await close();
		const service = await startWriteService(repository, { writes: 'queue' });
		const carol = reviewer(service.as(CAROL));
		expect((await carol.list()).body.total).toBe(0);
		expect(await reviewer(service).propose('next')).toBe(7);
		expect((await carol.decide({ approve: [7] })).body.batch_id).toBe(3);
		expectQueueSound(repository);
	});

	test('goes_on_in_what_was_restored_from_a_mirror_with_all_that_was_in_the_queue', async () => {
		const { repository, close } = await start();
		await close();
		const before = readLedger(repository);
		const copy = restored(repository, 'mirror');
		expect(readLedger(copy)).toEqual(before);
		expect(await nextOf(copy)).toEqual({ change: 7, batch: 3 });
		expectQueueSound(copy);
	});

	test('leaps_in_a_clone_which_has_no_ledger_and_not_a_trace_of_some', async () => {
		const { repository, close } = await start();
		await close();
		const copy = restored(repository, 'clone');
		expect(readLedger(copy)).toBeUndefined();
		expect(await nextOf(copy)).toEqual({ change: 1_001, batch: 1_001 });
		const { one } = await openCommitter(copy);
		expect(await one(propose(create('another')))).toMatchObject({ change: { change_id: 1_002 } });
		// What another ledger has numbered is on the branch.
		expectQueueSound(copy, { published: true });
	});

	test('leaps_again_in_a_clone_of_a_clone', async () => {
		const { repository, close } = await start();
		await close();
		const copy = restored(repository, 'clone');
		await nextOf(copy);
		expect(await nextOf(restored(copy, 'clone'))).toEqual({ change: 2_001, batch: 1_001 });
	});

	test('is_the_first_in_a_clone_that_never_had_a_queue', async () => {
		const copy = restored(TemporaryRepository.create({ 'clip.json': clipReference('a') }), 'clone');
		const { one } = await openCommitter(copy);
		expect(await one(propose(create('b')))).toMatchObject({ change: { change_id: 1 } });
		expectQueueSound(copy);
	});

	test('leaps_where_the_ledger_was_removed_once_the_writer_has_begun_anew', async () => {
		const { repository, one, close } = await start();
		repository.git('update-ref', '-d', LEDGER);
		expect(await one(propose(create('next')))).toMatchObject({
			kind: 'refused',
			code: 'ledger-broken',
			message: expect.stringMatching(/is gone: .* was at \w{40}\. Put it back with: git update-ref/),
		});
		await close();
		expect(await nextOf(repository)).toEqual({ change: 1_001, batch: 1_001 });
	});
});

describe('a_ledger_that_was_put_back_to_an_older_commit', () => {
	const back = (repository: TemporaryRepository, commits: number) =>
		repository.git('update-ref', LEDGER, `${LEDGER}~${commits}`);

	test.each([1, 2, 3, 4, 5, 6, 9])('by_%i_goes_on_behind_every_number_that_was_given', async (commits) => {
		const { repository, close } = await start();
		await close();
		const last = readLedger(repository)?.counters.last_event_id ?? 0;
		back(repository, commits);
		const kept = readLedger(repository)?.events.length ?? 0;
		expect(await nextOf(repository)).toEqual({ change: 7, batch: 3 });
		const added = readLedger(repository)?.events.slice(kept) ?? [];
		expect(added.map(({ number }) => number)).toEqual(added.map((_event, index) => last + 1 + index));
	});

	test('under_a_living_writer_too', async () => {
		const { repository, one } = await start();
		back(repository, 5);
		expect(await one(propose(create('next')))).toMatchObject({ change: { change_id: 7 } });
		back(repository, 3);
		expect(await one(propose(create('another')))).toMatchObject({ change: { change_id: 8 } });
		expect(await one(propose(create('and another')))).toMatchObject({ change: { change_id: 9 } });
	});

	test('goes_on_behind_what_branches_and_commits_show_where_git_has_forgotten_the_rest', async () => {
		const { repository, close } = await start();
		await close();
		back(repository, 9);
		rmSync(repository.path('.git/logs'), { recursive: true });
		// Of 6, which was purged, nothing is left; 5 has its branch.
		expect(await nextOf(repository)).toMatchObject({ change: 6 });
	});

	test('does_not_apply_again_what_is_published_and_knows_it_for_done', async () => {
		const { repository, close } = await start();
		await close();
		const commit = repository.git('rev-parse', 'HEAD');
		// To where 1 was approved.
		back(repository, 4);
		const { one } = await openCommitter(repository);
		expect(readLedger(repository)?.changes.get(1)?.status).toBe('approved');
		expect(await one(apply(1))).toMatchObject({ failure: undefined });
		expect(repository.git('rev-parse', 'HEAD')).toBe(commit);
		expect(readLedger(repository)?.changes.get(1)).toMatchObject({
			status: 'applied',
			ledger: { applied_commit: commit },
		});
	});
});

test('a_service_follows_a_ledger_that_is_put_back_and_forth', async () => {
	const { repository, close } = await start();
	await close();
	const service = await startWriteService(repository, { writes: 'queue' });
	const carol = reviewer(service.as(CAROL));
	const total = async () => (await carol.list()).body.total;
	const now = repository.git('rev-parse', LEDGER);
	expect(await total()).toBe(4);
	repository.git('update-ref', LEDGER, `${LEDGER}~8`);
	await expect.poll(total, { timeout: 10_000 }).toBe(3);
	repository.git('update-ref', LEDGER, now);
	await expect.poll(total, { timeout: 10_000 }).toBe(4);
	expect(await reviewer(service).propose('next')).toBe(7);
	expectQueueAgrees(repository);
});
