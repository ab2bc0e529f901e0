/** Brings category files with their history from another repository into a data repository. */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CATEGORIES, COMPANION_FILES, findCategoryByFile } from '../categories.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import type { Git } from '../git/command.ts';
import {
	checkedOutBranches,
	commitMerge,
	mergeBase,
	moveRefs,
	type RefMove,
	treeFiles,
} from '../git/merge.ts';
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
 * @param openTarget opens the data repository; called once the source is known to be there
 * @throws AppError `source-unusable`, `ref-unknown`, `detached-head`, `import-conflict`, `dirty-tree`, `interrupted`; nothing
 *   has moved then
 */
export async function importReferences(
	openTarget: () => Promise<Repository>,
	source: string,
	schemas: RecordSchemas,
	options: ImportOptions,
): Promise<ImportResult> {
	options.onProgress(`opening ${source}`);
	let opened: SourceRepository | undefined;
	let run: ImportRun | undefined;
	try {
		opened = await SourceRepository.open(source, options.onProgress, options.signal);
		run = new ImportRun(await openTarget(), opened, schemas, options);
		return await run.perform();
	} catch (error) {
		if (!options.signal?.aborted) throw error;
		throw new AppError(
			'interrupted',
			'the import was interrupted; nothing was changed',
			{},
			{ cause: error },
		);
	} finally {
		await run?.cleanUp();
		await opened?.close();
	}
}

/** Refs of an import that is under way, by process; taken away at its end, or by the next import when it was killed. */
const UNDER_WAY = 'refs/horde/importing';

/** Refs to what the last import of a source and branch brought: against it we tell what changed there since. */
const LAST_IMPORT = 'refs/horde/imported';

class ImportRun {
	readonly #repository: Repository;
	readonly #source: SourceRepository;
	readonly #schemas: RecordSchemas;
	readonly #options: ImportOptions;
	readonly #git: Git;
	readonly #blobs: BlobReader;
	readonly #refPrefix = `${UNDER_WAY}/${process.pid}-${randomUUID()}`;

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
		this.#git = repository.git.until(options.signal);
		this.#blobs = new BlobReader(repository.git);
	}

	async perform(): Promise<ImportResult> {
		const { pathPrefix, root, commonDirectory } = this.#repository;
		const { from, branches: further, onProgress } = this.#options;
		if ((await this.#source.directory()) === commonDirectory) {
			throw new AppError('source-unusable', `the source is the data repository itself, ${root}`);
		}
		await this.#sweep();
		const checkedOut = await this.#git.ask(['symbolic-ref', '--quiet', 'HEAD']);
		if (checkedOut === undefined) {
			throw new AppError(
				'detached-head',
				`HEAD of ${root} is detached, so there is no branch to publish on; run: git -C ${root} switch <branch>`,
			);
		}
		const published =
			from === undefined ? await this.#source.defaultBranch() : await this.#source.branch(from);
		const others = await Promise.all(further.map((name) => this.#source.branch(name)));
		const targets: Target[] = [{ branch: published, ref: checkedOut }];
		for (const branch of others) {
			if (branch.ref !== published.ref) targets.push({ branch, ref: `refs/heads/${branch.name}` });
		}
		await this.#requireFree(targets);

		onProgress('looking for category files');
		const last = await this.#lastImports(targets);
		const { wanted, empty } = await this.#recognise(targets, last);
		if (wanted.length === 0) {
			throw new AppError('source-unusable', 'the source has no category file with models at its top level');
		}
		onProgress(`bringing the history of ${wanted.length} files`);
		const branches = targets.map(({ branch }) => branch);
		await this.#source.transfer(branches, wanted, { git: this.#git, refPrefix: this.#refPrefix, pathPrefix });

		onProgress('joining histories');
		const paths = wanted.map((file) => pathPrefix + file);
		const moves: RefMove[] = [];
		const outcomes = new Map<string, FileOutcome>();
		for (const target of targets) {
			moves.push(
				...(await this.#join(
					target,
					paths,
					last.get(target),
					target.ref === checkedOut ? outcomes : new Map(),
				)),
			);
		}
		this.#options.signal?.throwIfAborted();
		if (moves.length > 0) {
			// From here on it is whole or not at all, and no signal may come between.
			await moveRefs(this.#repository.git, moves, checkedOut);
			// Makes `git log -- <file>` quick, by which people look for when a file changed.
			await this.#repository.git.ask([
				'commit-graph',
				'write',
				'--reachable',
				'--changed-paths',
				'--no-progress',
			]);
		}
		onProgress('checking records');
		const head = await this.#repository.git.run(['rev-parse', checkedOut]);
		const files = await Promise.all(paths.map((path) => this.#report(head, path, outcomes.get(path))));
		return {
			branch: checkedOut.replace('refs/heads/', ''),
			head,
			files: [...files, ...empty.map(leftBehind)],
			branches: targets.slice(1).map(({ branch }) => branch.name),
		};
	}

	/** Removes what only the import needed. */
	async cleanUp(): Promise<void> {
		this.#blobs.close();
		await this.#deleteRefs(await this.#refsBelow(this.#refPrefix));
	}

	/** Removes what imports left that were killed. */
	async #sweep(): Promise<void> {
		const refs = await this.#refsBelow(UNDER_WAY);
		await this.#deleteRefs(
			refs.filter((ref) => !isAlive(Number(ref.slice(UNDER_WAY.length + 1).split('-')[0]))),
		);
	}

	async #refsBelow(prefix: string): Promise<string[]> {
		const refs = await this.#repository.git.ask(['for-each-ref', '--format=%(refname)', prefix]);
		return (refs ?? '').split('\n').filter(Boolean);
	}

	async #deleteRefs(refs: readonly string[]): Promise<void> {
		for (const ref of refs) await this.#repository.git.ask(['update-ref', '-d', ref]);
	}

	/** Refuses further branches that cannot be moved: two onto one, or one that another work tree has checked out. */
	async #requireFree(targets: readonly Target[]): Promise<void> {
		const taken = new Set<string>();
		const elsewhere = await checkedOutBranches(this.#git);
		for (const [index, { branch, ref }] of targets.entries()) {
			const isOwn = index === 0;
			if (taken.has(ref)) {
				throw new AppError(
					'config-invalid',
					`${branch.name} cannot come to ${ref}, which takes another branch of the source`,
				);
			}
			if (!isOwn && elsewhere.has(ref)) {
				throw new AppError(
					'dirty-tree',
					`${branch.name} is checked out in another work tree; put another branch there first`,
				);
			}
			taken.add(ref);
		}
	}

	/** What earlier imports of this source brought; nothing for a branch that comes for the first time. */
	async #lastImports(targets: readonly Target[]): Promise<ReadonlyMap<Target, LastImport>> {
		const imports = new Map<Target, LastImport>();
		for (const target of targets) {
			const ref = `${LAST_IMPORT}/${await this.#source.identity(target.branch)}/${target.branch.name}`;
			const commit = await this.#git.ask(['rev-parse', '--verify', '--quiet', ref]);
			imports.set(target, { ref, commit });
		}
		return imports;
	}

	/**
	 * The files to bring: companions, category files that hold models on some branch, and what was brought before. A repository
	 * may carry the file of another one, long since emptied: its history has no place beside that of the file with the models.
	 */
	async #recognise(
		targets: readonly Target[],
		last: ReadonlyMap<Target, LastImport>,
	): Promise<{ wanted: string[]; empty: string[] }> {
		const wanted: string[] = [];
		const empty: string[] = [];
		const candidates = [...CATEGORIES.map((category) => category.file), ...COMPANION_FILES];
		const paths = candidates.map((file) => this.#repository.pathPrefix + file);
		const before = await Promise.all(
			[...last.values()].map(({ commit }) => treeFiles(this.#git, commit, paths)),
		);
		for (const file of candidates) {
			const versions = await Promise.all(targets.map(({ branch }) => this.#source.file(branch, file)));
			const present = versions.filter((version) => version !== undefined);
			const isKnown = before.some((files) => files.has(this.#repository.pathPrefix + file));
			if (present.length === 0 && !isKnown) continue;
			const category = findCategoryByFile(file);
			const isWanted =
				isKnown || !category || category.external || present.some((text) => !holdsNothing(Buffer.from(text)));
			(isWanted ? wanted : empty).push(file);
		}
		return { wanted, empty };
	}

	/** Which refs have to move for a branch to hold what was brought; none when it holds it already. */
	async #join(
		{ branch, ref }: Target,
		paths: readonly string[],
		last: LastImport | undefined,
		outcomes: Map<string, FileOutcome>,
	): Promise<RefMove[]> {
		const theirs = await this.#git.ask([
			'rev-parse',
			'--verify',
			'--quiet',
			`${this.#refPrefix}/${branch.name}`,
		]);
		if (theirs === undefined) return []; // none of the files was ever on it
		const remember: RefMove[] =
			last && last.commit !== theirs ? [{ ref: last.ref, from: last.commit, to: theirs }] : [];
		const ours = await this.#git.ask(['rev-parse', '--verify', '--quiet', ref]);
		const theirFiles = await treeFiles(this.#git, theirs, paths);
		if (ours === undefined) {
			for (const path of theirFiles.keys()) outcomes.set(path, 'imported');
			return [{ ref, from: undefined, to: theirs }, ...remember];
		}
		const common = await mergeBase(this.#git, ours, theirs);
		if (common === theirs) return remember;
		const ourFiles = await treeFiles(this.#git, ours, paths);
		const question = {
			base: await treeFiles(this.#git, last?.commit ?? common, paths),
			ours: ourFiles,
			theirs: theirFiles,
			...(await this.#judge([...ourFiles, ...theirFiles])),
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
		// Brought before, and taken back here since: that was somebody's will.
		if (last?.commit === theirs) return [];
		const isForward =
			common === ours && paths.every((path) => decisions.get(path)?.blob === theirFiles.get(path));
		if (isForward) return [{ ref, from: ours, to: theirs }, ...remember];
		const changed = [...decisions].filter(([path, { blob }]) => blob !== ourFiles.get(path));
		const files = new Map(changed.map(([path, { blob }]) => [path, blob]));
		const message = `Import references from ${branch.name}`;
		const to = await commitMerge(this.#repository, [ours, theirs], files, message);
		return [{ ref, from: ours, to }, ...remember];
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

interface Target {
	readonly branch: SourceBranch;
	/** Branch of the data repository that it comes to. */
	readonly ref: string;
}

interface LastImport {
	readonly ref: string;
	/** Undefined before the first. */
	readonly commit: string | undefined;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
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
