/** Finds names that one JSON object has twice: parsers silently keep the last, so one of the two records is lost. */

import { visit } from 'jsonc-parser';

export interface DuplicateKey {
	readonly name: string;
	/** Names and list positions from the top down to the object that holds the name twice. */
	readonly path: readonly (string | number)[];
	/** Offset of the later one. */
	readonly offset: number;
	/** Offset of the first one. */
	readonly firstOffset: number;
}

/** @param text valid JSON */
export function findDuplicateKeys(text: string): DuplicateKey[] {
	const duplicates: DuplicateKey[] = [];
	const open: Map<string, number>[] = [];
	visit(text, {
		onObjectBegin: () => {
			open.push(new Map());
		},
		onObjectEnd: () => {
			open.pop();
		},
		onObjectProperty: (name, offset, _length, _line, _column, pathSupplier) => {
			const seen = open.at(-1);
			const firstOffset = seen?.get(name);
			if (firstOffset === undefined) seen?.set(name, offset);
			else duplicates.push({ name, path: pathSupplier(), offset, firstOffset });
		},
	});
	return duplicates;
}
