/** Compares the references of two commits, model by model. */

import type { CategoryEntry } from '../categories.ts';
import { AppError } from '../errors.ts';
import { BlobReader, type GitObject } from '../git/blobs.ts';
import type { Git } from '../git/command.ts';
import type { Repository } from '../git/repository.ts';
import { type FieldDiff, fieldDiffs } from '../record/field-diffs.ts';
import { type ModelTexts, modelChanges, modelTexts } from '../record/model-changes.ts';
import { parseReference } from '../record/reference-file.ts';

export interface ModelDifference {
	readonly category: string;
	readonly model: string;
	readonly change: 'added' | 'changed' | 'removed';
	/** Of a model that changed; none where only spellings differ that count as equal. */
	readonly fields: readonly FieldDiff[];
}

export interface ReferenceDiff {
	readonly differences: readonly ModelDifference[];
	/** Files that cannot be compared, each with where it is wrong. */
	readonly failures: readonly AppError[];
}

/**
 * The commit that a name stands for: a branch, a tag, an id, or what else git understands.
 * @throws AppError `ref-unknown`
 */
export async function resolveCommit(git: Git, name: string): Promise<string> {
	const commit = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
	if (commit !== undefined) return commit;
	throw new AppError(
		'ref-unknown',
		`${name} names no commit of ${git.directory}; see its branches and tags with: git -C ${git.directory} for-each-ref`,
	);
}

/** @param from and to commit ids */
export async function diffReferences(
	{ git, pathPrefix }: Repository,
	from: string,
	to: string,
	categories: readonly CategoryEntry[],
): Promise<ReferenceDiff> {
	const blobs = new BlobReader(git);
	const differences: ModelDifference[] = [];
	const failures: AppError[] = [];
	try {
		for (const { name, file } of categories) {
			const path = pathPrefix + file;
			const [old, now] = await Promise.all([from, to].map((commit) => blobs.read(`${commit}:${path}`)));
			if (old?.id === now?.id) continue;
			try {
				const texts = [textsOf(old, from, path), textsOf(now, to, path)] as const;
				differences.push(...differencesOf(name, ...texts));
			} catch (error) {
				if (!(error instanceof AppError)) throw error;
				failures.push(error);
			}
		}
	} finally {
		blobs.close();
	}
	return { differences, failures };
}

/** @throws AppError `reference-broken` */
function textsOf(object: GitObject | undefined, commit: string, path: string): ModelTexts {
	if (!object) return new Map();
	const where = `${path} of commit ${commit.slice(0, 10)}`;
	if (object.type !== 'blob') throw new AppError('reference-broken', `${where} is no file`);
	const parsed = parseReference(object.bytes);
	if (parsed.ok) return modelTexts(parsed.file);
	const { message, line, column } = parsed.problem;
	throw new AppError(
		'reference-broken',
		`${where} cannot be compared: line ${line}, column ${column}: ${message}`,
	);
}

function differencesOf(category: string, before: ModelTexts, after: ModelTexts): readonly ModelDifference[] {
	const { created, updated, deleted } = modelChanges([before], after);
	const whole = (change: 'added' | 'removed') => (model: string) => ({ category, model, change, fields: [] });
	return [
		...created.map(whole('added')),
		...updated.map((model) => {
			const fields = fieldDiffs(before.get(model) ?? null, after.get(model) ?? null);
			return { category, model, change: 'changed' as const, fields };
		}),
		...deleted.map(whole('removed')),
	];
}
