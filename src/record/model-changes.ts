/** Compares two versions of a reference model by model. Pure: texts in, names out. */

import { isBackendVariant } from '../categories.ts';
import type { ReferenceFile } from './reference-file.ts';
import { sameRecord } from './same-record.ts';

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
 * counts: the rest was counted where it came from. White space, key order and the spelling of numbers are no change.
 */
export function modelChanges(parents: readonly ModelTexts[], version: ModelTexts): ModelChanges {
	const before = parents.length > 0 ? parents : [new Map<string, string>()];
	const created: string[] = [];
	const updated: string[] = [];
	for (const [name, text] of version) {
		if (before.some((parent) => isSame(parent.get(name), text))) continue;
		if (before.some((parent) => parent.has(name))) updated.push(name);
		else created.push(name);
	}
	const [first = new Map<string, string>(), ...others] = before;
	const deleted = [...first.keys()].filter(
		(name) => !version.has(name) && others.every((parent) => parent.has(name)),
	);
	return { created, updated, deleted };
}

function isSame(before: string | undefined, text: string): boolean {
	return before !== undefined && sameRecord(before, text);
}
