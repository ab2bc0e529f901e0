/** What a check of the text rule can find, and the one question about order that its two halves share. */

import type { Position } from './line-index.ts';

export interface TextRuleFinding extends Position {
	/** The file that is to be mended: the reference, or the table that mirrors it. */
	readonly in: 'reference' | 'table';
	/** Stable name of what is wrong. */
	readonly rule:
		| 'duplicate'
		| 'name'
		| 'twin-missing'
		| 'twin-differs'
		| 'twin-orphaned'
		| 'order'
		| 'table-unreadable'
		| 'row-unusable'
		| 'row-missing'
		| 'row-differs'
		| 'row-orphaned'
		| 'row-order';
	readonly message: string;
	/** Absent where it is about the file as a whole. */
	readonly model?: string;
}

/** The first of the names that is not where it should be, and what should stand there. Names of one list only are left out. */
export function firstMisplaced(
	found: readonly string[],
	due: readonly string[],
): readonly [found: string, due: string] | undefined {
	const [inFound, inDue] = [new Set(found), new Set(due)];
	const expected = due.filter((name) => inFound.has(name));
	const actual = found.filter((name) => inDue.has(name));
	const at = actual.findIndex((name, index) => name !== expected[index]);
	const [name, other] = [actual[at], expected[at]];
	return name === undefined || other === undefined ? undefined : [name, other];
}
