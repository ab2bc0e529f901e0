/** Decides, file by file, what a branch holds after an import. Pure: blob ids in, blob ids and reasons out. */

import type { TreeFiles } from '../git/merge.ts';

/** For a file that changed on both sides. */
export type Preference = 'source' | 'ours' | undefined;

export type FileOutcome = 'imported' | 'unchanged' | 'kept' | 'conflict';

export interface FileDecision {
	readonly outcome: FileOutcome;
	/** What the file is afterwards; undefined where it is not there. */
	readonly blob: string | undefined;
}

export interface MergeQuestion {
	/** As of the last import; empty at the first. */
	readonly base: TreeFiles;
	readonly ours: TreeFiles;
	readonly theirs: TreeFiles;
	/** Whether a version holds nothing, or nothing but the starter records that `init` put there. */
	readonly isDisposable: (blob: string) => boolean;
	/** Whether a version holds nothing. */
	readonly isEmpty: (blob: string) => boolean;
	readonly preference: Preference;
}

/** What becomes of one file. What is ours and holds models is never replaced by nothing. */
export function decideFile(path: string, question: MergeQuestion): FileDecision {
	const base = question.base.get(path);
	const ours = question.ours.get(path);
	const theirs = question.theirs.get(path);
	if (ours === theirs || theirs === base) return { outcome: 'unchanged', blob: ours };
	if (ours === undefined) return { outcome: 'imported', blob: theirs };
	const isGone = theirs === undefined || question.isEmpty(theirs);
	if (isGone && !question.isEmpty(ours)) return { outcome: 'kept', blob: ours };
	if (ours === base || question.isDisposable(ours)) return { outcome: 'imported', blob: theirs };
	if (question.preference === 'source') return { outcome: 'imported', blob: theirs };
	if (question.preference === 'ours') return { outcome: 'kept', blob: ours };
	return { outcome: 'conflict', blob: ours };
}
