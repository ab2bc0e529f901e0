/** A writer that lives on while the git that moves its refs is ended in the middle of a transaction. */

import { describe, expect, test } from 'vitest';
import { create, openCommitter, type TestCommitter } from '../support/committer.ts';
import { installDyingGit } from '../support/dying-git.ts';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, applyBatch, approve, propose, purge, reject } from '../support/transitions.ts';

/** Proposals 1 to 4, of which the first two are approved. */
async function start() {
	const git = installDyingGit();
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const committer = await openCommitter(repository);
	await committer.commit(...['b', 'c', 'd', 'e'].map((model) => propose(create(model))));
	await committer.one(approve(1, 2));
	return { git, repository, committer };
}

/** Transitions, how many refs each moves, and what it leaves. */
const TRANSITIONS: readonly (readonly [
	string,
	number,
	(committer: TestCommitter) => Promise<unknown>,
	Readonly<Record<string, string>>,
])[] = [
	['an_approval', 1, ({ one }) => one(approve(3, 4)), { 3: 'approved', 4: 'approved' }],
	['a_proposal', 2, ({ one }) => one(propose(create('f'))), { 5: 'pending' }],
	['a_rejection', 3, ({ one }) => one(reject(3, 4)), { 3: 'rejected', 4: 'rejected' }],
	['an_apply', 3, ({ one }) => one(apply(2)), { 1: 'approved', 2: 'applied' }],
	['a_bulk_apply', 4, ({ one }) => one(applyBatch(1)), { 1: 'applied', 2: 'applied' }],
	['a_purge', 3, ({ one }) => one(purge(1, 4)), { 1: 'purged', 4: 'purged' }],
];

describe.each(TRANSITIONS)('%s_whose_update_ref_is_killed', (_name, count, transition, expected) => {
	test('at_any_ref_is_done_all_the_same_and_once', async () => {
		for (let moved = 0; moved <= count; moved++) {
			const { git, repository, committer } = await start();
			const events = expectQueueSound(repository).events.length;
			git.dieAfter(moved);
			const told = `after ${moved} refs`;
			expect(await transition(committer), told).not.toMatchObject({ kind: 'refused' });
			expect([git.died, git.journalled], told).toEqual([true, true]);
			const ledger = expectQueueSound(repository);
			for (const [id, status] of Object.entries(expected)) {
				const change = ledger.changes.get(Number(id));
				expect(change?.ledger.purged ? 'purged' : change?.status, told).toBe(status);
			}
			const made = ledger.events.slice(events).map(({ event, change }) => `${event} ${change}`);
			expect(new Set(made).size).toBe(made.length);
			expect(await committer.one(propose(create('next'))), told).toMatchObject({ kind: 'proposed' });
			await committer.close();
		}
	});
});

test('locks_that_a_killed_update_ref_has_left_are_taken_away', { timeout: 60_000 }, async () => {
	const { git, repository, committer } = await start();
	git.dieAfter(1, true);
	expect(await committer.one(applyBatch(1))).toMatchObject({ kind: 'applied-changes', failure: undefined });
	expect(expectQueueSound(repository).changes.get(2)?.status).toBe('applied');
	git.dieAfter(0, true);
	expect(await committer.one(reject(3, 4))).toMatchObject({ kind: 'decided' });
	expectQueueSound(repository);
});

test('a_lock_of_the_writers_own_index_that_a_killed_git_has_left_is_taken_away', async () => {
	const { repository, committer } = await start();
	repository.write(`.git/horde-references/index.${process.pid}.lock`, '');
	expect(await committer.one(apply(1))).toMatchObject({ failure: undefined });
	expectQueueSound(repository);
});
