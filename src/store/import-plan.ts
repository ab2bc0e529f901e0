/** Decides what an import is to bring: which branches to where, and which files. Changes nothing. */

import { CATEGORIES, COMPANION_FILES, findCategoryByFile } from '../categories.ts';
import { AppError } from '../errors.ts';
import type { Git } from '../git/command.ts';
import { checkedOutBranches, treeFiles } from '../git/merge.ts';
import type { Repository } from '../git/repository.ts';
import type { SourceBranch, SourceRepository } from '../git/source.ts';
import { parseReference } from '../record/reference-file.ts';

/** A branch of the source and what it comes to. */
export interface ImportTarget {
	readonly branch: SourceBranch;
	/** Branch of the data repository, as a full ref. */
	readonly ref: string;
	/** Ref to what the last import of this branch brought: against it we tell what changed there since. */
	readonly lastRef: string;
	/** Its commit; undefined before the first import. */
	readonly last: string | undefined;
}

export interface ImportPlan {
	/** The published one first. */
	readonly targets: readonly ImportTarget[];
	/** File names to bring. */
	readonly wanted: readonly string[];
	/** File names that stay at the source, as they hold no models. */
	readonly empty: readonly string[];
}

export interface PlanRequest {
	readonly repository: Repository;
	readonly git: Git;
	readonly source: SourceRepository;
	/** Branch of the source to publish; its own by default. */
	readonly from: string | undefined;
	/** Further branches, each to the branch of the same name. */
	readonly branches: readonly string[];
}

const LAST_IMPORTS = 'refs/horde/imported';

/** @throws AppError `source-unusable`, `detached-head`, `ref-unknown`, `config-invalid`, `dirty-tree` */
export async function planImport(request: PlanRequest): Promise<ImportPlan> {
	const { repository, git, source } = request;
	const { root, commonDirectory } = repository;
	if ((await source.directory()) === commonDirectory) {
		throw new AppError('source-unusable', `the source is the data repository itself, ${root}`);
	}
	const checkedOut = await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
	if (checkedOut === undefined) {
		throw new AppError(
			'detached-head',
			`HEAD of ${root} is detached, so there is no branch to publish on; run: git -C ${root} switch <branch>`,
		);
	}
	const published =
		request.from === undefined ? await source.defaultBranch() : await source.branch(request.from);
	const further = await Promise.all(request.branches.map((name) => source.branch(name)));
	const others = further.filter(({ ref }) => ref !== published.ref);
	const targets = [
		await targetOf(request, published, checkedOut),
		...(await Promise.all(others.map((branch) => targetOf(request, branch, `refs/heads/${branch.name}`)))),
	];
	await requireFree(git, targets);
	const files = await recognise(request, targets);
	if (files.wanted.length === 0) {
		throw new AppError('source-unusable', 'the source has no category file with models at its top level');
	}
	return { targets, ...files };
}

async function targetOf(
	{ git, source }: PlanRequest,
	branch: SourceBranch,
	ref: string,
): Promise<ImportTarget> {
	const lastRef = `${LAST_IMPORTS}/${await source.identity(branch)}/${branch.name}`;
	const last = await git.ask(['rev-parse', '--verify', '--quiet', lastRef]);
	return { branch, ref, lastRef, last };
}

/** Refuses further branches that cannot be moved: two onto one, or one that another work tree has checked out. */
async function requireFree(git: Git, [own, ...others]: readonly ImportTarget[]): Promise<void> {
	const taken = new Set([own?.ref]);
	const elsewhere = await checkedOutBranches(git);
	for (const { branch, ref } of others) {
		if (taken.has(ref)) {
			throw new AppError(
				'config-invalid',
				`${branch.name} cannot come to ${ref}, which takes another branch of the source`,
			);
		}
		if (elsewhere.has(ref)) {
			throw new AppError(
				'dirty-tree',
				`${branch.name} is checked out in another work tree; put another branch there first`,
			);
		}
		taken.add(ref);
	}
}

/**
 * The files to bring: companions, category files that hold models on some branch, and what was brought before. A repository
 * may carry the file of another one, long since emptied: its history has no place beside that of the file with the models.
 */
async function recognise(
	{ repository: { pathPrefix }, git, source }: PlanRequest,
	targets: readonly ImportTarget[],
): Promise<{ wanted: string[]; empty: string[] }> {
	const wanted: string[] = [];
	const empty: string[] = [];
	const candidates = [...CATEGORIES.map((category) => category.file), ...COMPANION_FILES];
	const paths = candidates.map((file) => pathPrefix + file);
	const before = await Promise.all(targets.map(({ last }) => treeFiles(git, last, paths)));
	for (const file of candidates) {
		const versions = await Promise.all(targets.map(({ branch }) => source.file(branch, file)));
		const present = versions.filter((version) => version !== undefined);
		const isKnown = before.some((files) => files.has(pathPrefix + file));
		if (present.length === 0 && !isKnown) continue;
		const category = findCategoryByFile(file);
		const isWanted =
			isKnown || !category || category.external || present.some((text) => !holdsNothing(Buffer.from(text)));
		(isWanted ? wanted : empty).push(file);
	}
	return { wanted, empty };
}

/** A file without models: not even one that is broken. */
export function holdsNothing(bytes: Uint8Array): boolean {
	const parsed = parseReference(bytes);
	return parsed.ok ? parsed.file.records.length === 0 : Buffer.from(bytes).toString().trim() === '';
}
