/** Reads the histories of several categories in one go, here or in a thread of its own. */

import { messageOf } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { Git } from '../git/command.ts';
import { type FileVersion, walkHistory } from '../git/history.ts';
import { type CategoryChanges, parentsFirst, readChanges } from './model-history.ts';

/** A category whose history is to be read up to a version. */
export interface Unread {
	readonly name: string;
	readonly newest: FileVersion;
	/** Versions that have to be read, no child before its parents. */
	readonly unread: readonly FileVersion[];
}

/** By category: what was read, or why it could not be. */
export interface HistoryReadResult {
	readonly changes: ReadonlyMap<string, CategoryChanges>;
	readonly failures: ReadonlyMap<string, string>;
}

/** Reads one category after the other; that one fails is no reason to know nothing of the others. */
export async function readEach(blobs: BlobReader, categories: readonly Unread[]): Promise<HistoryReadResult> {
	const changes = new Map<string, CategoryChanges>();
	const failures = new Map<string, string>();
	for (const { name, newest, unread } of categories) {
		try {
			changes.set(name, await readChanges(blobs, newest, unread));
		} catch (error) {
			failures.set(name, messageOf(error));
		}
	}
	return { changes, failures };
}

/** All that is needed to read somewhere else: plain data. */
export interface HistoryRequest {
	/** Top of the work tree. */
	readonly directory: string;
	/** Commit whose history is read. */
	readonly head: string;
	/** By category: path in the tree, and the commits of which it is known what they did. */
	readonly categories: ReadonlyMap<string, { readonly path: string; readonly known: ReadonlySet<string> }>;
}

/** As `readEach`, for the categories as of a commit. */
export async function readHistory({
	directory,
	head,
	categories,
}: HistoryRequest): Promise<HistoryReadResult> {
	const git = new Git(directory);
	const blobs = new BlobReader(git);
	try {
		const paths = Array.from(categories.values(), ({ path }) => path);
		const { files } = await walkHistory(git, head, paths);
		const unread = [...categories].flatMap(([name, { path, known }]): Unread[] => {
			const newest = files.get(path);
			if (!newest) return [];
			return [{ name, newest, unread: parentsFirst(newest).filter(({ commit }) => !known.has(commit)) }];
		});
		return await readEach(blobs, unread);
	} finally {
		blobs.close();
	}
}
