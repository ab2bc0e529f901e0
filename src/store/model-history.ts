/** Reads what the versions of one category file did to its models. */

import type { BlobReader } from '../git/blobs.ts';
import type { FileVersion } from '../git/history.ts';
import { type ModelChanges, type ModelTexts, modelChanges, modelTexts } from '../record/model-changes.ts';
import { parseReference } from '../record/reference-file.ts';

export type Operation = 'create' | 'update' | 'delete';

/** Parsed versions kept at hand: the one before, and the sides of a merge. */
const VERSIONS_AT_HAND = 3;

/** What was read of one category. Plain data. */
export interface CategoryChanges {
	/** By commit; what was known is left out. */
	readonly changes: ReadonlyMap<string, ModelChanges>;
	/** Models that the newest version holds. */
	readonly present: readonly string[];
}

/** @param unread versions up to the newest of which it is not known what they did, no child before its parents */
export async function readChanges(
	blobs: BlobReader,
	newest: FileVersion,
	unread: readonly FileVersion[],
): Promise<CategoryChanges> {
	const reader = new VersionReader(blobs);
	const own = ownTexts();
	const changes = new Map<string, ModelChanges>();
	for (const version of unread) {
		const parents = await Promise.all(version.parents.map((parent) => reader.models(parent)));
		const { created, updated, deleted } = modelChanges(parents, await reader.models(version));
		changes.set(version.commit, {
			created: created.map(own),
			updated: updated.map(own),
			deleted: deleted.map(own),
		});
	}
	return { changes, present: Array.from((await reader.models(newest)).keys(), own) };
}

/** A name as it comes is a part of the file's text, and would keep the whole of it in memory. */
function ownTexts(): (name: string) => string {
	const owned = new Map<string, string>();
	return (name) => {
		const known = owned.get(name);
		if (known !== undefined) return known;
		const own = String(JSON.parse(JSON.stringify(name)));
		owned.set(own, own);
		return own;
	};
}

/** Depth first without recursion: a history is far deeper than the stack. */
export function parentsFirst(from: FileVersion): FileVersion[] {
	const ordered: FileVersion[] = [];
	const seen = new Set<FileVersion>();
	const stack: { version: FileVersion; expanded: boolean }[] = [{ version: from, expanded: false }];
	for (let top = stack.pop(); top; top = stack.pop()) {
		if (top.expanded) {
			ordered.push(top.version);
		} else if (!seen.has(top.version)) {
			seen.add(top.version);
			stack.push({ version: top.version, expanded: true });
			for (const parent of top.version.parents) stack.push({ version: parent, expanded: false });
		}
	}
	return ordered;
}

/** Reads the models of versions; one that no longer parses counts as holding what the version before it held. */
export class VersionReader {
	readonly #blobs: BlobReader;
	readonly #atHand = new Map<FileVersion, ModelTexts>();

	constructor(blobs: BlobReader) {
		this.#blobs = blobs;
	}

	async models(version: FileVersion): Promise<ModelTexts> {
		const known = this.#atHand.get(version);
		if (known) return known;
		const models = await this.#read(version);
		this.#atHand.set(version, models);
		const [oldest] = this.#atHand.keys();
		if (oldest && this.#atHand.size > VERSIONS_AT_HAND) this.#atHand.delete(oldest);
		return models;
	}

	async #read(from: FileVersion): Promise<ModelTexts> {
		for (let version: FileVersion | undefined = from; version; version = version.parents[0]) {
			if (version.blob === undefined) return new Map();
			const known = this.#atHand.get(version);
			if (known) return known;
			const object = await this.#blobs.read(version.blob);
			const parsed = object && parseReference(object.bytes);
			if (parsed?.ok) return modelTexts(parsed.file);
		}
		return new Map();
	}
}
