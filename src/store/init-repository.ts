/** Makes a new data repository: the starter references, or nothing, and a first commit. */

import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { Git } from '../git/command.ts';
import { withIdentity } from '../git/identity.ts';
import { openRepository, type Repository } from '../git/repository.ts';

/** The starter references of this package. */
export const STARTER = new URL('../../references/', import.meta.url);

/** Git must neither convert line ends nor think that it may: what is committed is what is served. */
const ATTRIBUTES = '*.json -text\n*.csv -text\n';

export interface InitOptions {
	/** Without the starter references. */
	readonly empty: boolean;
}

/**
 * @param directory absent or empty
 * @throws AppError `already-exists` when there is something in it
 */
export async function initRepository(directory: string, { empty }: InitOptions): Promise<Repository> {
	await mkdir(directory, { recursive: true }).catch((error: unknown) => {
		throw new AppError('not-a-directory', `cannot create the directory ${directory}`, {}, { cause: error });
	});
	if ((await readdir(directory)).length > 0) {
		throw new AppError(
			'already-exists',
			`${directory} is not empty; give another directory, or serve it as it is if it is a repository already`,
		);
	}
	const git = new Git(path.resolve(directory));
	await git.run(['init', '--quiet', '--initial-branch=main']);
	// The attributes say so to every clone; this says so where a maintainer's own settings say otherwise.
	await git.run(['config', 'core.autocrlf', 'false']);
	await writeFile(path.join(directory, '.gitattributes'), ATTRIBUTES);
	if (!empty) await cp(STARTER, directory, { recursive: true });
	await git.run(['add', '--all']);
	const subject = empty ? 'Start an empty data repository' : 'Add the starter references';
	const committer = await withIdentity(git);
	await committer.run(['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', subject]);
	return openRepository(directory);
}
