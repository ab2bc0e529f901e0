/**
 * Tidies up after a process that died while it brought work tree and index along. It repairs what is provably ours, by the
 * journal that the dead process left in `index.lock`; anything else is told and left alone.
 */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { output } from '../git/command.ts';
import type { Repository } from '../git/repository.ts';
import { stateOf } from './process-identity.ts';
import { stateDirectory } from './state-directory.ts';
import type { Journal, WorkTree } from './work-tree.ts';

/** How long git commands that the dead process had started may take to end; milliseconds. */
const LAST_BREATH = 5_000;

export interface RecoveryOptions {
	readonly repository: Repository;
	readonly workTree: WorkTree;
	readonly onNotice: (message: string) => void;
}

/** Does nothing unless there is something to repair: a look at one file. The caller holds the writer's lock. */
export async function recover({ repository, workTree, onNotice }: RecoveryOptions): Promise<void> {
	const journal = workTree.journal();
	// Whoever wrote it held the writer's lock, which we hold now: were it another living process, it would not be ours.
	if (!journal || (journal.pid !== process.pid && stateOf(journal) === 'alive')) return;
	await lastBreath(repository, journal);
	workTree.inherit(journal);
	const { git } = repository;
	const head = (await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}'])) ?? journal.from;
	const changed = await git.run(['diff-tree', '-r', '-z', '--name-only', journal.from, journal.to]);
	const ours: string[] = [];
	for (const file of changed.split('\0').filter(Boolean)) {
		if (await isOurs(repository, journal, file)) ours.push(file);
		else {
			onNotice(
				`${file} was being written when the process that did it died, and has other content now; ` +
					'it is left as it is: see git diff',
			);
		}
	}
	if (ours.length > 0) await workTree.force(head, ours);
	workTree.unlock(true);
	onNotice(`work tree and index were put to the last commit after process ${journal.pid} died while writing`);
}

/** Waits for the git commands of the dead process, and takes away the locks that they can no longer release. */
async function lastBreath(repository: Repository, journal: Journal): Promise<void> {
	const { gitDirectory, commonDirectory, git } = repository;
	const branch = await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
	const began = statSync(path.join(gitDirectory, 'index.lock'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const locks = [
		path.join(stateDirectory(repository), `index.${journal.pid}.lock`),
		path.join(gitDirectory, 'HEAD.lock'),
		...(branch === undefined ? [] : [path.join(commonDirectory, `${branch}.lock`)]),
	];
	const deadline = Date.now() + LAST_BREATH;
	while (locks.some((lock) => existsSync(lock)) && Date.now() < deadline) await setTimeout(20);
	for (const lock of locks) {
		const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
		// Made while the dead process held the index, and nobody's for seconds.
		if (made !== undefined && made >= began) rmSync(lock, { force: true });
	}
}

/** Whether a file holds what one of the two sides holds, the beginning of it, or nothing: no person's work. */
async function isOurs(repository: Repository, { from, to }: Journal, file: string): Promise<boolean> {
	const { git, root } = repository;
	if (!existsSync(path.join(root, file))) return true;
	const found = await git.ask(['hash-object', '--', path.join(root, file)]);
	const sides = await Promise.all(
		[from, to].map((tree) => git.ask(['rev-parse', '--verify', '--quiet', `${tree}:${file}`])),
	);
	if (sides.includes(found)) return true;
	// Cut off while it was written: what is there is the beginning of the new content.
	const whole = sides[1] && Buffer.from(await output(git, ['cat-file', 'blob', sides[1]], ''));
	const part = readFileSync(path.join(root, file));
	return whole ? whole.subarray(0, part.length).equals(part) : false;
}
