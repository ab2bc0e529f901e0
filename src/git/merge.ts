/** Joins an imported history to a branch: reads the trees, makes the merge, moves refs and work tree together. */

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { type Git, output } from './command.ts';
import { withIdentity } from './identity.ts';
import type { Repository } from './repository.ts';

/** Blob ids of some files in one tree; a file that is not there has no entry. */
export type TreeFiles = ReadonlyMap<string, string>;

export async function treeFiles(
	git: Git,
	commit: string | undefined,
	paths: readonly string[],
): Promise<TreeFiles> {
	if (commit === undefined) return new Map();
	const listing = await git.run(['ls-tree', '-z', commit, '--', ...paths]);
	const entries = listing.split('\0').flatMap((entry): [string, string][] => {
		const match = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(entry);
		return match?.[1] && match[2] ? [[match[2], match[1]]] : [];
	});
	return new Map(entries);
}

/** The commit at which two histories parted; undefined when they have nothing in common. */
export async function mergeBase(git: Git, a: string, b: string): Promise<string | undefined> {
	return git.ask(['merge-base', a, b]);
}

/**
 * Makes a merge commit whose tree is the first parent's with some files replaced.
 * @param files blob id by path; undefined removes the path
 */
export async function commitMerge(
	repository: Repository,
	parents: readonly [string, string],
	files: ReadonlyMap<string, string | undefined>,
	message: string,
): Promise<string> {
	const index = path.join(repository.gitDirectory, `horde-import-index-${process.pid}`);
	const git = (await withIdentity(repository.git)).with({ GIT_INDEX_FILE: index });
	try {
		await git.run(['read-tree', parents[0]]);
		const lines = [...files].map(([file, blob]) =>
			blob === undefined ? `0 ${'0'.repeat(parents[0].length)}\t${file}\0` : `100644 ${blob}\t${file}\0`,
		);
		await output(git, ['update-index', '-z', '--index-info'], lines.join(''));
		const tree = await git.run(['write-tree']);
		return await git.run([
			'commit-tree',
			'--no-gpg-sign',
			'-p',
			parents[0],
			'-p',
			parents[1],
			'-m',
			message,
			tree,
		]);
	} finally {
		await rm(index, { force: true });
	}
}

export interface RefMove {
	readonly ref: string;
	/** Undefined for a ref that is not there yet. */
	readonly from: string | undefined;
	readonly to: string;
}

/**
 * Moves all refs or none, and brings the work tree along where one of them is checked out.
 * @param checkedOut ref that HEAD names
 * @throws AppError `dirty-tree` when uncommitted edits are in the way; nothing has moved then
 */
export async function moveRefs(git: Git, moves: readonly RefMove[], checkedOut: string): Promise<void> {
	const own = moves.find(({ ref }) => ref === checkedOut);
	const trees = own && [own.from, own.to].filter((tree) => tree !== undefined);
	if (trees) await readTree(git, ['-n', ...trees]);
	const commands = moves.map(
		({ ref, from, to }) => `update ${ref}\0${to}\0${from ?? '0'.repeat(to.length)}\0`,
	);
	await output(git, ['update-ref', '-z', '-m', 'horde-references import', '--stdin'], commands.join(''));
	if (trees) await readTree(git, trees);
}

async function readTree(git: Git, args: readonly string[]): Promise<void> {
	try {
		await git.run(['read-tree', '-m', '-u', ...args]);
	} catch (error) {
		if (!(error instanceof AppError) || !/not uptodate|overwritten/.test(error.message)) throw error;
		throw new AppError(
			'dirty-tree',
			`${error.message.replace(/^git read-tree failed: /, '')}: the work tree has edits or files that are not committed; ` +
				'commit them or put them aside (git stash), and run this again. Nothing was changed.',
			{},
			{ cause: error },
		);
	}
}
