/** Edits the ledger as a maintainer might by hand: with git alone, whatever may come of it. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type TemporaryRepository, temporaryDirectory } from './temporary-repository.ts';

export const LEDGER = 'refs/horde/queue';

/** The content of a file of the ledger. */
export function ledgerFile(repository: TemporaryRepository, file: string): string {
	return repository.git('show', `${LEDGER}:${file}`);
}

/**
 * Puts a commit on top of the ledger in which files have another content; null for none.
 * @returns where the ledger was before
 */
export function editLedger(
	repository: TemporaryRepository,
	files: Readonly<Record<string, string | null>>,
): string {
	const before = repository.git('rev-parse', LEDGER);
	const options = {
		cwd: repository.directory,
		env: { ...process.env, GIT_INDEX_FILE: path.join(temporaryDirectory(), 'index') },
		encoding: 'utf8',
	} as const;
	const run = (args: readonly string[], input = '') =>
		execFileSync('git', args, { ...options, input }).trim();
	run(['read-tree', LEDGER]);
	for (const [file, content] of Object.entries(files)) {
		if (content === null) run(['update-index', '--force-remove', file]);
		else {
			const blob = run(['hash-object', '-w', '--stdin'], content);
			run(['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`]);
		}
	}
	const tree = run(['write-tree']);
	const commit = repository.git('commit-tree', '-p', before, '-m', 'Edited by hand', tree);
	repository.git('update-ref', LEDGER, commit);
	return before;
}
