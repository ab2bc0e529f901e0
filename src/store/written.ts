/** What the writer tells the store of a group of writes, so that nothing need be read again. */

import type { FileVersion } from '../git/history.ts';
import type { ModelChanges } from '../record/model-changes.ts';

/** A category file as a group of writes left it. */
export interface WrittenFile {
	readonly category: string;
	/** Blob id of the bytes. */
	readonly version: string;
	readonly bytes: Buffer;
	/** The same compressed, where that is done already. */
	readonly gzip?: Buffer | undefined;
	/** Models in it without generated twins. */
	readonly modelCount: number;
	readonly empty: boolean;
}

/** What one commit of a group did to one category; in order. */
export interface WrittenCommit {
	readonly id: string;
	/** Committer date, unix seconds. */
	readonly time: number;
	/** As git shows them; author date in unix seconds. */
	readonly author: string;
	readonly authored: number;
	readonly subject: string;
	readonly category: string;
	/** Nothing where only generated twins or the table of text models had to be put right. */
	readonly changes: ModelChanges;
	/** Blob id of the category file. */
	readonly version: string;
}

export interface WrittenGroup {
	/** HEAD that the group was built on; undefined before the first commit. */
	readonly base: string | undefined;
	readonly head: string | undefined;
	readonly commits: readonly WrittenCommit[];
}

/** A written commit in its place in the history of its file. */
export interface WrittenVersion {
	readonly commit: WrittenCommit;
	readonly version: FileVersion;
}
