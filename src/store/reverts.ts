/** Finds out what it takes to undo a commit: for each model it changed, the record it left and the one that was there before. */

import { findCategory } from '../categories.ts';
import { AppError } from '../errors.ts';
import type { BlobReader } from '../git/blobs.ts';
import type { Repository } from '../git/repository.ts';
import { compactJson } from '../record/record-fields.ts';
import type { CategoryHistory } from './category-history.ts';
import { VersionReader } from './model-history.ts';

export interface RevertStep {
	readonly category: string;
	readonly model: string;
	/** The record that the commit left, one-line JSON; null where it left none. */
	readonly left: string | null;
	/** The record as it was before. */
	readonly before: string | null;
}

export interface UndoneCommit {
	/** The whole id. */
	readonly commit: string;
	readonly subject: string;
	readonly steps: readonly RevertStep[];
}

/** Models that one request may bring back at most: more would keep other writes waiting for seconds. */
const MOST_MODELS = 1_000;

/**
 * @param id hexadecimal digits, seven at least, that a commit id begins with
 * @param histories of every category that has one, by name
 * @throws AppError `commit-unknown`, `not-revertible`
 */
export async function findRevert(
	id: string,
	histories: ReadonlyMap<string, CategoryHistory>,
	{ git }: Pick<Repository, 'git'>,
	blobs: BlobReader,
): Promise<UndoneCommit> {
	const commit = await wholeId(id, git);
	const touched = [...histories].flatMap(([category, history]) => {
		const item = history.items.findLast(({ version }) => version.commit === commit);
		return item ? [{ category, ...item }] : [];
	});
	const [first] = touched;
	if (!first && (await git.ask(['merge-base', '--is-ancestor', commit, 'HEAD'])) === undefined) {
		throw unknown(id);
	}
	if (await isMerge(commit, blobs)) {
		throw notRevertible(
			`The commit ${commit} is a merge, of which it cannot be told which side to go back to; revert the commits that it brought`,
		);
	}
	const steps: RevertStep[] = [];
	for (const { category, version, changes } of touched) {
		const models = [...changes.created, ...changes.updated, ...changes.deleted];
		if (models.length > 0 && !findCategory(category)?.writable) {
			throw notRevertible(
				`The commit ${commit} changes models of ${category}, which this API does not write; use git revert`,
			);
		}
		const reader = new VersionReader(blobs);
		const [parent] = version.parents;
		const before = parent ? await reader.models(parent) : new Map<string, string>();
		const left = await reader.models(version);
		const record = (text: string | undefined) => (text === undefined ? null : compactJson(text));
		for (const model of models) {
			steps.push({ category, model, left: record(left.get(model)), before: record(before.get(model)) });
		}
	}
	if (steps.length === 0 || !first) {
		throw notRevertible(
			`The commit ${commit} adds, changes and removes no model, so there is nothing to revert`,
		);
	}
	if (steps.length > MOST_MODELS) {
		throw notRevertible(
			`The commit ${commit} changes ${steps.length} models, and ${MOST_MODELS} can be reverted at once; use git revert`,
		);
	}
	return { commit, subject: first.version.subject, steps };
}

async function wholeId(id: string, git: Repository['git']): Promise<string> {
	const found = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`]);
	// A branch or tag may have a name that looks like an id.
	if (found?.startsWith(id.toLowerCase())) return found;
	throw unknown(id);
}

async function isMerge(commit: string, blobs: BlobReader): Promise<boolean> {
	const body = (await blobs.read(commit))?.bytes.toString('latin1') ?? '';
	const [headers = ''] = body.split('\n\n', 1);
	return headers.split('\n').filter((line) => line.startsWith('parent ')).length > 1;
}

function unknown(id: string): AppError {
	return new AppError(
		'commit-unknown',
		`There is no commit ${id} on the published branch, or there are several whose ids begin so`,
	);
}

function notRevertible(message: string): AppError {
	return new AppError('not-revertible', message);
}
