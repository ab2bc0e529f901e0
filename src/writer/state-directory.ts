/** Where this program keeps what belongs to a repository but to none of its commits. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Repository } from '../git/repository.ts';

/** The directory inside the git directory that all work trees share; made if it is not there. */
export function stateDirectory(repository: Pick<Repository, 'commonDirectory'>): string {
	const directory = path.join(repository.commonDirectory, 'horde-references');
	mkdirSync(directory, { recursive: true });
	return directory;
}
