/**
 * A repository in which a process died while git moved the refs of a transition: what it had written down is there, and each
 * ref is where the test puts it.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RefUpdate } from '../../src/git/ref-transactions.ts';
import { currentProcess } from '../../src/writer/process-identity.ts';
import type { RefPlan } from '../../src/writer/ref-journal.ts';
import type { Journal } from '../../src/writer/work-tree.ts';
import type { TestCommitter } from './committer.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

/** A process that ended before anybody asks. */
const DEAD = { ...currentProcess(), pid: spawnSync('true').pid, started: '1' };

export interface Interrupted {
	readonly repository: TemporaryRepository;
	/** In the order in which the writer gives them to git. */
	readonly updates: readonly RefUpdate[];
}

/**
 * Does a transition to clip.json, and takes back every ref of it, as though the process had died before git moved the first.
 * @param transition of the committer, which is closed when it is done
 */
export async function interrupt(
	repository: TemporaryRepository,
	committer: TestCommitter,
	transition: () => Promise<unknown>,
): Promise<Interrupted> {
	const before = refsOf(repository);
	const tree = treeOf(repository);
	await transition();
	await committer.close();
	const after = refsOf(repository);
	const written = readFileSync(repository.path('clip.json'));
	const journal: Journal = {
		...DEAD,
		program: 'horde-references',
		from: tree,
		to: treeOf(repository),
		paths: ['clip.json'],
	};
	const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
		(ref) => before.get(ref) !== after.get(ref),
	);
	const updates = changed
		.sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b))
		.map((ref): RefUpdate => ({ ref, from: before.get(ref), to: after.get(ref) }));
	for (const { ref, from } of updates) put(repository, ref, from);
	repository.git('reset', '--quiet', '--hard');
	const plan: RefPlan = { ...DEAD, updates };
	repository.write('.git/horde-references/refs.json', JSON.stringify(plan));
	if (journal.from !== journal.to) {
		// Files come first, and the index is held until all is done.
		repository.write('clip.json', written);
		writeFileSync(repository.path('.git/index.lock'), JSON.stringify(journal));
	}
	return { repository, updates };
}

/** Puts a ref where a test wants it; undefined removes it. The index may be held by the dead process. */
export function put(repository: TemporaryRepository, ref: string, to: string | undefined): void {
	if (to === undefined) repository.git('update-ref', '-d', ref);
	else repository.git('update-ref', ref, to);
}

/** Every branch and the ledger. */
export function refsOf(repository: TemporaryRepository): ReadonlyMap<string, string> {
	const listing = repository.git(
		'for-each-ref',
		'--format=%(refname) %(objectname)',
		'refs/heads',
		'refs/horde',
	);
	return new Map(listing.split('\n').map((line) => line.split(' ') as [string, string]));
}

function treeOf(repository: TemporaryRepository): string {
	return repository.git('rev-parse', 'HEAD^{tree}');
}

/** The published branch first, then the ledger, then the branches of proposals. */
function placeOf(ref: string): number {
	return ref.startsWith('refs/heads/pending/') ? 2 : Number(ref.startsWith('refs/horde/'));
}

/** Every way to choose some of these, none and all included. */
export function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
	return items.reduce<readonly (readonly Item[])[]>(
		(subsets, item) => subsets.flatMap((subset) => [subset, [...subset, item]]),
		[[]],
	);
}
