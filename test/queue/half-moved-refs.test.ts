/** Git takes the refs of a transition one after the other: whatever it left half-way is carried through or taken back. */

import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { create, openCommitter, type TestCommitter } from '../support/committer.ts';
import { type Interrupted, interrupt, put, refsOf, subsetsOf } from '../support/interrupted-transaction.ts';
import { expectQueueAgrees } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, applyBatch, approve, propose, purge, reject } from '../support/transitions.ts';

type Transition = (committer: TestCommitter) => Promise<unknown>;

/** Proposals 1 to 4, of which the first two are approved. */
async function start(transition: Transition): Promise<Interrupted> {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const committer = await openCommitter(repository);
	await committer.commit(...['b', 'c', 'd', 'e'].map((model) => propose(create(model))));
	await committer.one(approve(1, 2));
	return interrupt(repository, committer, () => transition(committer));
}

function copyOf({ directory }: TemporaryRepository): TemporaryRepository {
	const copy = new TemporaryRepository();
	cpSync(directory, copy.directory, { recursive: true });
	return copy;
}

const TRANSITIONS: readonly (readonly [string, number, Transition])[] = [
	['an_approval', 1, ({ one }) => one(approve(3, 4))],
	['a_proposal', 2, ({ one }) => one(propose(create('f')))],
	['a_rejection', 2, ({ one }) => one(reject(4))],
	['an_apply_with_a_split', 3, ({ one }) => one(apply(2))],
	['a_bulk_apply', 4, ({ one }) => one(applyBatch(1))],
	['a_purge', 3, ({ one }) => one(purge(1, 4))],
	['a_group_of_several', 4, ({ commit }) => commit(propose(create('f')), apply(1), create('direct'))],
];

test.each(TRANSITIONS)(
	'%s_is_done_where_any_of_its_refs_had_moved_and_undone_where_none_had',
	async (_name, count, transition) => {
		const interrupted = await start(transition);
		expect(interrupted.updates).toHaveLength(count);
		for (const moved of subsetsOf(interrupted.updates)) {
			const repository = copyOf(interrupted.repository);
			for (const { ref, to } of moved) put(repository, ref, to);
			const { one, close, notices } = await openCommitter(repository);
			const told = `moved: ${moved.map(({ ref }) => ref)}`;
			const after = refsOf(repository);
			for (const { ref, from, to } of interrupted.updates) {
				expect(after.get(ref), told).toBe(moved.length > 0 ? to : from);
			}
			expect(notices[0], told).toMatch(moved.length > 0 ? /carried through$/ : /taken back$/);
			expectQueueAgrees(repository, { thorough: moved.length === 1 });
			if (moved.length <= 1) {
				expect(await one(propose(create('next'))), told).toMatchObject({ kind: 'proposed' });
				expectQueueAgrees(repository);
			}
			await close();
		}
	},
);

test('locks_that_git_has_left_with_the_dead_process_are_taken_away', async () => {
	const { repository, updates } = await start(({ one }) => one(reject(4)));
	for (const name of ['packed-refs', ...updates.map(({ ref }) => ref)]) {
		repository.write(`.git/${name}.lock`, '');
	}
	const { one } = await openCommitter(repository);
	expect(await one(propose(create('next')))).toMatchObject({ kind: 'proposed' });
	expectQueueAgrees(repository);
});

/** Where somebody may find or have put a ref: as it was, as it was to be, further on, or elsewhere. */
const PLACES = ['from', 'to', 'further', 'elsewhere'] as const;
type Place = (typeof PLACES)[number];

describe('when_somebody_has_moved_refs_since', () => {
	const hasMoved = (place: Place) => place === 'to' || place === 'further';

	/** @returns where the published branch, the ledger and the branch of the proposal are once the next process has begun */
	async function openWith(interrupted: Interrupted, ...places: readonly Place[]) {
		const repository = copyOf(interrupted.repository);
		const commitsAt = interrupted.updates.map(({ from = '', to }) => ({
			from,
			to,
			further: to && commitOn(repository, to),
			elsewhere: commitOn(repository, from),
		}));
		for (const [index, { ref }] of interrupted.updates.entries()) {
			put(repository, ref, commitsAt[index]?.[places[index] ?? 'from']);
		}
		const { one, close, notices } = await openCommitter(repository);
		const refs = refsOf(repository);
		const after = interrupted.updates.map(({ ref }, index) =>
			PLACES.find((place) => commitsAt[index]?.[place] === refs.get(ref)),
		);
		expect(repository.git('status', '--porcelain')).toBe('');
		return { one, close, after, notice: notices[0] };
	}

	test('branch_and_ledger_end_on_the_same_side_and_what_is_theirs_stays', async () => {
		const interrupted = await start(({ one }) => one(apply(2)));
		for (const main of PLACES) {
			for (const ledger of PLACES) {
				const { one, close, after, notice } = await openWith(interrupted, main, ledger, 'from');
				const told = `${main}, ${ledger}: ${notice}`;
				const isTorn = [main, ledger].includes('elsewhere') && [main, ledger].includes('further');
				const isDone = ![main, ledger].includes('elsewhere') && (hasMoved(main) || hasMoved(ledger));
				const ours = (place: Place) =>
					place === 'from' || place === 'to' ? (isDone ? 'to' : 'from') : place;
				expect(after, told).toEqual([ours(main), ours(ledger), isDone ? 'to' : 'from']);
				expect(notice).toMatch(isTorn ? /left where they are/ : isDone ? /carried through$/ : /taken back$/);
				// A ledger that is no ledger is another story.
				expect(await one(create('direct')), told).toMatchObject({ kind: 'applied' });
				await close();
			}
		}
	});

	test.each([
		['from', 'from', false],
		['to', 'from', true],
		['from', 'to', true],
		['further', 'to', true],
		['to', 'elsewhere', false],
	] as const)(
		'a_branch_of_the_proposal_that_is_theirs_decides_nothing_(%s,_%s)',
		async (main, ledger, isDone) => {
			const interrupted = await start(({ one }) => one(apply(2)));
			const { after, one } = await openWith(interrupted, main, ledger, 'elsewhere');
			const ours = (place: Place) => (place === 'from' || place === 'to' ? (isDone ? 'to' : 'from') : place);
			expect(after).toEqual([ours(main), ours(ledger), 'elsewhere']);
			expect(await one(propose(create('next')))).toMatchObject({ kind: 'proposed' });
		},
	);
});

function commitOn(repository: TemporaryRepository, parent: string): string {
	return repository.git('commit-tree', '-p', parent, '-m', 'By hand', `${parent}^{tree}`);
}
