/** Merges two texts of a reference that parted, model by model. Pure. */

import { editReference, type RecordEdit, sameRecord } from './edit-reference.ts';
import { modelNames, type ReferenceFile, recordText, referenceBytes } from './reference-file.ts';

export interface MergedReference {
	readonly bytes: Buffer;
	/** Models that both sides changed, each to something else. */
	readonly conflicts: readonly string[];
}

/** @returns the text of `there` with what `here` has changed since `base` */
export function mergeReferences(
	base: ReferenceFile,
	here: ReferenceFile,
	there: ReferenceFile,
): MergedReference {
	const edits: RecordEdit[] = [];
	const conflicts: string[] = [];
	let previous: string | undefined;
	for (const name of new Set([...modelNames(here), ...modelNames(base)])) {
		const before = recordText(base, name);
		const ours = recordText(here, name);
		const theirs = recordText(there, name);
		if (!same(before, ours) && !same(ours, theirs)) {
			if (!same(before, theirs)) conflicts.push(name);
			else if (ours === undefined) edits.push({ kind: 'delete', name });
			else
				edits.push({ kind: 'put', name, record: ours, ...(previous !== undefined && { after: previous }) });
		}
		if (ours !== undefined) previous = name;
	}
	return { bytes: referenceBytes(editReference(there, edits)), conflicts };
}

function same(a: string | undefined, b: string | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	return a === b || sameRecord(a, b);
}
