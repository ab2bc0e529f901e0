/** What the writer tells the store of a group of writes, so that nothing need be read again. */

import type { FileVersion } from '../git/history.ts';
import type { Operation } from './model-history.ts';

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

/** One commit of a group, in order. */
export interface WrittenCommit {
	readonly id: string;
	/** Committer date, unix seconds. */
	readonly time: number;
	readonly category: string;
	readonly operation: Operation;
	readonly model: string;
	/** False where only generated twins or the table of text models had to be put right. */
	readonly changesModel: boolean;
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
