/** Compares two versions of a reference model by model. Pure: texts in, names out. */

import { isDeepStrictEqual } from 'node:util';
import { isBackendVariant } from '../categories.ts';
import type { ReferenceFile } from './reference-file.ts';

/** JSON text of each model by name, in document order; the generated backend twins of text models are left out. */
export type ModelTexts = ReadonlyMap<string, string>;

export interface ModelChanges {
	readonly created: readonly string[];
	readonly updated: readonly string[];
	readonly deleted: readonly string[];
}

export function modelTexts(file: ReferenceFile): ModelTexts {
	const texts = new Map<string, string>();
	for (const { name, start, end } of file.records) {
		if (!isBackendVariant(name)) texts.set(name, file.text.slice(start, end));
	}
	return texts;
}

/**
 * What a version changed against the ones it grew from. With several (a merge) only what differs from every one of them
 * counts: the rest was counted where it came from. White space and key order are no change.
 */
export function modelChanges(parents: readonly ModelTexts[], version: ModelTexts): ModelChanges {
	const before = parents.length > 0 ? parents : [new Map<string, string>()];
	const created: string[] = [];
	const updated: string[] = [];
	for (const [name, text] of version) {
		if (before.some((parent) => sameRecord(parent.get(name), text))) continue;
		if (before.some((parent) => parent.has(name))) updated.push(name);
		else created.push(name);
	}
	const [first = new Map<string, string>(), ...others] = before;
	const deleted = [...first.keys()].filter(
		(name) => !version.has(name) && others.every((parent) => parent.has(name)),
	);
	return { created, updated, deleted };
}

function sameRecord(a: string | undefined, b: string): boolean {
	if (a === undefined || a === b) return a === b;
	try {
		return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
	} catch (error) {
		if (error instanceof RangeError) return false; // nested deeper than the stack: other text is another record
		throw error;
	}
}
