/** Asks a process of its own where refs are. */

import type { Git } from './command.ts';

/**
 * @param patterns whole names, or the folders in which refs are
 * @returns object ids by name
 */
export async function listRefs(git: Git, patterns: readonly string[]): Promise<ReadonlyMap<string, string>> {
	const listing = await git.run(['for-each-ref', '--format=%(refname) %(objectname)', ...patterns]);
	return new Map(
		listing.split('\n').flatMap((line) => {
			const [name, id] = line.split(' ');
			return name && id ? [[name, id] as const] : [];
		}),
	);
}
