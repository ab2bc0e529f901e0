/** Counts what happened to the models of one category over the history of its file. */

import { messageOf } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { Git } from '../git/command.ts';
import { type FileVersion, walkHistory } from '../git/history.ts';
import { type ModelTexts, modelChanges, modelTexts } from '../record/model-changes.ts';
import { parseReference } from '../record/reference-file.ts';
import type { WrittenCommit } from './written.ts';

export type Operation = 'create' | 'update' | 'delete';

/** Totals over all versions up to and including `commit`. */
export interface ModelTotals {
	readonly commit: string;
	readonly creates: number;
	readonly updates: number;
	readonly deletes: number;
	/**
	 * The newest version's last change that touched a model: of several in one commit a creation before an update
	 * before a deletion, and of those the last in the document.
	 */
	readonly last: { readonly type: Operation; readonly model: string } | null;
}

/** Parsed versions kept at hand: the one before, and the sides of a merge. */
const VERSIONS_AT_HAND = 3;

/**
 * Totals as of a version.
 * @param known totals of an older version in the same line, if any: only what came after is read
 */
export async function countModels(
	blobs: BlobReader,
	version: FileVersion,
	known?: ModelTotals,
): Promise<ModelTotals> {
	const versions = versionsSince(version, known?.commit);
	const reader = new VersionReader(blobs);
	let totals: ModelTotals = versions.extends && known ? known : NO_TOTALS;
	for (const next of versions.inOrder) {
		const parents = await Promise.all(next.parents.map((parent) => reader.models(parent)));
		const { created, updated, deleted } = modelChanges(parents, await reader.models(next));
		totals = {
			commit: next.commit,
			creates: totals.creates + created.length,
			updates: totals.updates + updated.length,
			deletes: totals.deletes + deleted.length,
			last:
				lastOf('create', created) ?? lastOf('update', updated) ?? lastOf('delete', deleted) ?? totals.last,
		};
	}
	return totals;
}

/** Totals after a commit whose one change is known. */
export function extendTotals(
	known: ModelTotals | undefined,
	{ id, operation, model, changesModel }: WrittenCommit,
): ModelTotals {
	const { creates, updates, deletes, last } = known ?? NO_TOTALS;
	if (!changesModel) return { commit: id, creates, updates, deletes, last };
	return {
		commit: id,
		creates: creates + (operation === 'create' ? 1 : 0),
		updates: updates + (operation === 'update' ? 1 : 0),
		deletes: deletes + (operation === 'delete' ? 1 : 0),
		last: { type: operation, model },
	};
}

const NO_TOTALS: ModelTotals = { commit: '', creates: 0, updates: 0, deletes: 0, last: null };

function lastOf(type: Operation, models: readonly string[]): ModelTotals['last'] {
	const model = models.at(-1);
	return model === undefined ? null : { type, model };
}

/**
 * The versions from the one given back to `until` (not included), parents before children; `extends` is false, and the
 * list goes back to the beginning, when `until` is not among them or a merge reaches around it.
 */
function versionsSince(
	from: FileVersion,
	until: string | undefined,
): { inOrder: readonly FileVersion[]; extends: boolean } {
	if (until !== undefined) {
		const line: FileVersion[] = [];
		let version: FileVersion | undefined = from;
		while (version && version.commit !== until && version.parents.length === 1) {
			line.push(version);
			version = version.parents[0];
		}
		if (version?.commit === until) return { inOrder: line.reverse(), extends: true };
	}
	return { inOrder: parentsFirst(from), extends: false };
}

/** How many versions have to be read to bring known totals up to a version. */
export function countUncounted(version: FileVersion, known: ModelTotals | undefined): number {
	return versionsSince(version, known?.commit).inOrder.length;
}

/** A category whose totals are to be brought up to a version. */
export interface Uncounted {
	readonly name: string;
	readonly version: FileVersion;
	readonly known: ModelTotals | undefined;
}

/** By category: its totals, or why it could not be counted. */
export interface CountResult {
	readonly totals: ReadonlyMap<string, ModelTotals>;
	readonly failures: ReadonlyMap<string, string>;
}

/** Counts one category after the other; that one fails is no reason to know nothing of the others. */
export async function countEach(blobs: BlobReader, categories: readonly Uncounted[]): Promise<CountResult> {
	const totals = new Map<string, ModelTotals>();
	const failures = new Map<string, string>();
	for (const { name, version, known } of categories) {
		try {
			totals.set(name, await countModels(blobs, version, known));
		} catch (error) {
			failures.set(name, messageOf(error));
		}
	}
	return { totals, failures };
}

/** All that is needed to count somewhere else: plain data. */
export interface CountRequest {
	/** Top of the work tree. */
	readonly directory: string;
	/** Commit whose history is counted. */
	readonly head: string;
	/** Path in the tree by category. */
	readonly paths: ReadonlyMap<string, string>;
	readonly known: ReadonlyMap<string, ModelTotals>;
}

/** As `countEach`, for the categories as of a commit. */
export async function countHistory({ directory, head, paths, known }: CountRequest): Promise<CountResult> {
	const git = new Git(directory);
	const blobs = new BlobReader(git);
	try {
		const { files } = await walkHistory(git, head, [...paths.values()]);
		const categories = [...paths].flatMap(([name, path]): Uncounted[] => {
			const version = files.get(path);
			return version ? [{ name, version, known: known.get(name) }] : [];
		});
		return await countEach(blobs, categories);
	} finally {
		blobs.close();
	}
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
