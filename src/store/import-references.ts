/** Brings category files with their history from another repository into a data repository. */

import { readFile } from 'node:fs/promises';
import { CATEGORIES, COMPANION_FILES, findCategoryByFile } from '../categories.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { commitMerge, mergeBase, moveRefs, type RefMove, treeFiles } from '../git/merge.ts';
import type { Repository } from '../git/repository.ts';
import { type Progress, type SourceBranch, SourceRepository } from '../git/source.ts';
import { parseReference } from '../record/reference-file.ts';
import type { RecordSchemas } from '../record/schemas.ts';
import { validateReference } from '../record/validate-reference.ts';
import { STARTER } from './init-repository.ts';
import { decideFile, type FileOutcome, type Preference } from './merge-files.ts';
import { blobId } from './published-file.ts';

export interface ImportOptions {
	/** Branch of the source to publish; its own by default. */
	readonly from?: string | undefined;
	/** Further branches, each to the branch of the same name. */
	readonly branches: readonly string[];
	readonly preference: Preference;
	readonly onProgress: Progress;
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
 * @throws AppError `source-unusable`, `ref-unknown`, `detached-head`, `import-conflict`, `dirty-tree`; nothing has moved then
 */
export async function importReferences(
	repository: Repository,
	source: string,
	schemas: RecordSchemas,
	options: ImportOptions,
): Promise<ImportResult> {
	const checkedOut = await repository.git.ask(['symbolic-ref', '--quiet', 'HEAD']);
	if (checkedOut === undefined) {
		throw new AppError(
			'detached-head',
			`HEAD of ${repository.root} is detached, so there is no branch to publish on; run: git -C ${repository.root} switch <branch>`,
		);
	}
	options.onProgress(`opening ${source}`);
	const opened = await SourceRepository.open(source, options.onProgress);
	const run = new ImportRun(repository, opened, schemas, options);
	try {
		return await run.perform(checkedOut);
	} finally {
		await run.cleanUp();
		await opened.close();
	}
}

class ImportRun {
	readonly #repository: Repository;
	readonly #source: SourceRepository;
	readonly #schemas: RecordSchemas;
	readonly #options: ImportOptions;
	readonly #blobs: BlobReader;
	readonly #refPrefix = `refs/horde/import-${process.pid}`;

	constructor(
		repository: Repository,
		source: SourceRepository,
		schemas: RecordSchemas,
		options: ImportOptions,
	) {
		this.#repository = repository;
		this.#source = source;
		this.#schemas = schemas;
		this.#options = options;
		this.#blobs = new BlobReader(repository.git);
	}

	async perform(checkedOut: string): Promise<ImportResult> {
		const { git, pathPrefix } = this.#repository;
		const { from, branches: further, onProgress } = this.#options;
		const published =
			from === undefined ? await this.#source.defaultBranch() : await this.#source.branch(from);
		const others = await Promise.all(further.map((name) => this.#source.branch(name)));
		const branches = [published, ...others.filter(({ name }) => name !== published.name)];

		onProgress('looking for category files');
		const { wanted, empty } = await this.#recognise(branches);
		if (wanted.length === 0) {
			throw new AppError('source-unusable', 'the source has no category file with models at its top level');
		}
		onProgress(`bringing the history of ${wanted.length} files`);
		await this.#source.transfer(branches, wanted, { git, refPrefix: this.#refPrefix, pathPrefix });

		onProgress('joining histories');
		const paths = wanted.map((file) => pathPrefix + file);
		const moves: RefMove[] = [];
		const outcomes = new Map<string, FileOutcome>();
		for (const branch of branches) {
			const ref = branch === published ? checkedOut : `refs/heads/${branch.name}`;
			const move = await this.#join(branch, ref, paths, branch === published ? outcomes : new Map());
			if (move) moves.push(move);
		}
		if (moves.length > 0) {
			await moveRefs(git, moves, checkedOut);
			// Makes `git log -- <file>` quick, by which people and we look for when a file changed.
			await git.ask(['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']);
		}
		onProgress('checking records');
		const head = await git.run(['rev-parse', checkedOut]);
		const files = await Promise.all(paths.map((path) => this.#report(head, path, outcomes.get(path))));
		return {
			branch: checkedOut.replace('refs/heads/', ''),
			head,
			files: [...files, ...empty.map(leftBehind)],
			branches: branches.slice(1).map(({ name }) => name),
		};
	}

	/** Removes what only the import needed. */
	async cleanUp(): Promise<void> {
		this.#blobs.close();
		const { git } = this.#repository;
		const refs = (await git.ask(['for-each-ref', '--format=%(refname)', this.#refPrefix])) ?? '';
		for (const ref of refs.split('\n').filter(Boolean)) await git.ask(['update-ref', '-d', ref]);
	}

	/**
	 * The files to bring: companions, and category files that hold models on some branch. A repository may carry the file
	 * of another one, long since emptied: its history has no place beside that of the file with the models.
	 */
	async #recognise(branches: readonly SourceBranch[]): Promise<{ wanted: string[]; empty: string[] }> {
		const wanted: string[] = [];
		const empty: string[] = [];
		for (const file of [...CATEGORIES.map((category) => category.file), ...COMPANION_FILES]) {
			const versions = await Promise.all(branches.map((branch) => this.#source.file(branch, file)));
			const present = versions.filter((version) => version !== undefined);
			if (present.length === 0) continue;
			const category = findCategoryByFile(file);
			const isWanted =
				!category || category.external || present.some((text) => !holdsNothing(Buffer.from(text)));
			(isWanted ? wanted : empty).push(file);
		}
		return { wanted, empty };
	}

	/** Where a branch has to move to hold what was brought; undefined when it holds it already. */
	async #join(
		branch: SourceBranch,
		ref: string,
		paths: readonly string[],
		outcomes: Map<string, FileOutcome>,
	): Promise<RefMove | undefined> {
		const { git } = this.#repository;
		const theirs = await git.ask(['rev-parse', '--verify', '--quiet', `${this.#refPrefix}/${branch.name}`]);
		if (theirs === undefined) return undefined; // none of the files was ever on it
		const ours = await git.ask(['rev-parse', '--verify', '--quiet', ref]);
		if (ours === undefined) {
			for (const path of paths) outcomes.set(path, 'imported');
			return { ref, from: undefined, to: theirs };
		}
		const base = await mergeBase(git, ours, theirs);
		if (base === theirs) {
			for (const path of paths) outcomes.set(path, 'unchanged');
			return undefined;
		}
		const [baseFiles, ourFiles, theirFiles] = await Promise.all(
			[base, ours, theirs].map((commit) => treeFiles(git, commit, paths)),
		);
		const question = {
			base: baseFiles ?? new Map(),
			ours: ourFiles ?? new Map(),
			theirs: theirFiles ?? new Map(),
			...(await this.#judge([...(ourFiles ?? []), ...(theirFiles ?? [])])),
			preference: this.#options.preference,
		};
		const decisions = new Map(paths.map((path) => [path, decideFile(path, question)]));
		const conflicts = paths.filter((path) => decisions.get(path)?.outcome === 'conflict');
		if (conflicts.length > 0) {
			throw new AppError(
				'import-conflict',
				`${conflicts.join(', ')} changed here and in the source; take the source's version with --prefer source, ` +
					'or keep the one here with --prefer ours. Nothing was changed.',
				{ conflicts },
			);
		}
		for (const [path, { outcome }] of decisions) outcomes.set(path, outcome);
		const isForward =
			base === ours && paths.every((path) => decisions.get(path)?.blob === question.theirs.get(path));
		if (isForward) return { ref, from: ours, to: theirs };
		const changed = [...decisions].filter(([path, { blob }]) => blob !== question.ours.get(path));
		const files = new Map(changed.map(([path, { blob }]) => [path, blob]));
		const to = await commitMerge(
			this.#repository,
			[ours, theirs],
			files,
			`Import references from ${branch.name}`,
		);
		return { ref, from: ours, to };
	}

	/** Reads the versions in question, so that deciding needs no more than their ids. */
	async #judge(versions: readonly (readonly [string, string])[]) {
		const empty = new Set<string>();
		const starter = new Set<string>();
		for (const [path, blob] of versions) {
			const object = await this.#blobs.read(blob);
			if (object && holdsNothing(object.bytes)) empty.add(blob);
			if (blob === (await this.#starterBlob(path))) starter.add(blob);
		}
		return {
			isEmpty: (_path: string, blob: string) => empty.has(blob),
			isDisposable: (_path: string, blob: string) => empty.has(blob) || starter.has(blob),
		};
	}

	async #starterBlob(path: string): Promise<string | undefined> {
		const file = path.slice(this.#repository.pathPrefix.length);
		const bytes = await readFile(new URL(file, STARTER)).catch(() => undefined);
		return bytes && blobId(bytes, this.#repository.objectFormat);
	}

	async #report(head: string, path: string, outcome: FileOutcome | undefined): Promise<ImportedFile> {
		const { git, pathPrefix } = this.#repository;
		const file = path.slice(pathPrefix.length);
		const category = findCategoryByFile(file);
		const object = await this.#blobs.read(`${head}:${path}`);
		const checked = category && object && validateReference(category, object.bytes, this.#schemas);
		return {
			file,
			category: category?.name ?? null,
			models: checked?.models ?? 0,
			commits: Number(await git.run(['rev-list', '--count', head, '--', path])),
			invalidRecords: checked ? (checked.isReference ? checked.invalidRecords : null) : 0,
			outcome: outcome === 'kept' || outcome === 'imported' ? outcome : 'unchanged',
		};
	}
}

/** A file without models: not even one that is broken. */
function holdsNothing(bytes: Uint8Array): boolean {
	const parsed = parseReference(bytes);
	return parsed.ok ? parsed.file.records.length === 0 : Buffer.from(bytes).toString().trim() === '';
}

function leftBehind(file: string): ImportedFile {
	const category = findCategoryByFile(file)?.name ?? null;
	return { file, category, models: 0, commits: 0, invalidRecords: 0, outcome: 'empty' };
}
