/** Brings category files with their history from another repository into a data repository. */

import { findCategoryByFile } from '../categories.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import type { Git } from '../git/command.ts';
import { moveRefs, type RefMove } from '../git/merge.ts';
import type { Repository } from '../git/repository.ts';
import { type Progress, SourceRepository } from '../git/source.ts';
import { TemporaryRefs } from '../git/temporary-refs.ts';
import type { RecordSchemas } from '../record/schemas.ts';
import { validateReference } from '../record/validate-reference.ts';
import { joinBranch } from './import-join.ts';
import { planImport } from './import-plan.ts';
import type { FileOutcome, Preference } from './merge-files.ts';

export interface ImportOptions {
	/** Branch of the source to publish; its own by default. */
	readonly from?: string | undefined;
	/** Further branches, each to the branch of the same name. */
	readonly branches: readonly string[];
	readonly preference: Preference;
	readonly onProgress: Progress;
	/** Ends the import before it has changed anything. */
	readonly signal?: AbortSignal | undefined;
}

export interface ImportedFile {
	readonly file: string;
	/** Null for a companion file. */
	readonly category: string | null;
	readonly models: number;
	/** Commits in the file's history, as `git log` counts them. */
	readonly commits: number;
	/** Null where the file as a whole cannot be read as a reference. */
	readonly invalidRecords: number | null;
	/** `empty` files hold no models at the source and were left there. */
	readonly outcome: Exclude<FileOutcome, 'conflict'> | 'empty';
}

export interface ImportResult {
	/** Branch that the files were published on. */
	readonly branch: string;
	/** Its commit afterwards. */
	readonly head: string;
	readonly files: readonly ImportedFile[];
	/** Further branches that were brought. */
	readonly branches: readonly string[];
}

/**
 * Imports and publishes on the branch that HEAD names. Run again, it brings only what is new.
 * @param location URL, or path of a repository or a bundle
 * @param openTarget opens the data repository; called once the source is known to be there
 * @throws AppError `source-unusable`, `ref-unknown`, `detached-head`, `import-conflict`, `dirty-tree`, `interrupted`; nothing
 *   has moved then
 */
export async function importReferences(
	openTarget: () => Promise<Repository>,
	location: string,
	schemas: RecordSchemas,
	options: ImportOptions,
): Promise<ImportResult> {
	options.onProgress(`opening ${location}`);
	let source: SourceRepository | undefined;
	try {
		source = await SourceRepository.open(location, options.onProgress, options.signal);
		return await perform(await openTarget(), source, schemas, options);
	} catch (error) {
		if (!options.signal?.aborted) throw error;
		throw new AppError(
			'interrupted',
			'the import was interrupted; nothing was changed',
			{},
			{ cause: error },
		);
	} finally {
		await source?.close();
	}
}

async function perform(
	repository: Repository,
	source: SourceRepository,
	schemas: RecordSchemas,
	{ from, branches, preference, onProgress, signal }: ImportOptions,
): Promise<ImportResult> {
	const git = repository.git.until(signal);
	const blobs = new BlobReader(repository.git);
	const brought = new TemporaryRefs(repository.git, 'refs/horde/importing');
	try {
		await brought.sweep();
		onProgress('looking for category files');
		const { targets, wanted, empty } = await planImport({ repository, git, source, from, branches });
		const [published, ...further] = targets;
		if (!published) throw new RangeError('a plan has a branch to publish');

		onProgress(`bringing the history of ${wanted.length} files`);
		const { pathPrefix } = repository;
		const sourceBranches = targets.map(({ branch }) => branch);
		await source.transfer(sourceBranches, wanted, { git, refPrefix: brought.prefix, pathPrefix });

		onProgress('joining histories');
		const paths = wanted.map((file) => pathPrefix + file);
		const context = { repository, git, blobs, brought, preference, schemas };
		const outcomes = new Map<string, FileOutcome>();
		const moves = await joinBranch(context, published, paths, outcomes);
		for (const target of further) moves.push(...(await joinBranch(context, target, paths, new Map())));
		signal?.throwIfAborted();
		await publish(repository.git, moves, published.ref);

		onProgress('checking records');
		const head = await repository.git.run(['rev-parse', published.ref]);
		const files = await Promise.all(paths.map((path) => report(context, head, path, outcomes.get(path))));
		return {
			branch: published.ref.replace('refs/heads/', ''),
			head,
			files: [...files, ...empty.map(leftBehind)],
			branches: further.map(({ branch }) => branch.name),
		};
	} finally {
		blobs.close();
		await brought.remove();
	}
}

/** From here on it is whole or not at all, and no signal may come between. */
async function publish(git: Git, moves: readonly RefMove[], checkedOut: string): Promise<void> {
	if (moves.length === 0) return;
	await moveRefs(git, moves, checkedOut);
	// Makes `git log -- <file>` quick, by which people look for when a file changed.
	await git.ask(['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']);
}

interface ReportContext {
	readonly repository: Repository;
	readonly schemas: RecordSchemas;
	readonly blobs: BlobReader;
}

async function report(
	{ repository, schemas, blobs }: ReportContext,
	head: string,
	path: string,
	outcome: FileOutcome | undefined,
): Promise<ImportedFile> {
	const { git, pathPrefix } = repository;
	const file = path.slice(pathPrefix.length);
	const category = findCategoryByFile(file);
	const object = await blobs.read(`${head}:${path}`);
	const checked = category && object && validateReference(category, object.bytes, schemas);
	return {
		file,
		category: category?.name ?? null,
		models: checked?.models ?? 0,
		commits: Number(await git.run(['rev-list', '--count', head, '--', path])),
		invalidRecords: checked ? (checked.isReference ? checked.invalidRecords : null) : 0,
		outcome: outcome === 'kept' || outcome === 'imported' ? outcome : 'unchanged',
	};
}

function leftBehind(file: string): ImportedFile {
	const category = findCategoryByFile(file)?.name ?? null;
	return { file, category, models: 0, commits: 0, invalidRecords: 0, outcome: 'empty' };
}
