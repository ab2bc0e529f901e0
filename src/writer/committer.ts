/**
 * Turns a group of changes into commits: one for each, then one sync, one ref transaction and one checkout for all. Either
 * a change is committed, durable and in the work tree when its outcome is told, or nothing of it is there.
 */

import { createHash } from 'node:crypto';
import { lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type CategoryEntry, findCategory } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { renderCommit } from '../git/commit-object.ts';
import { syncDirectory } from '../git/durable-files.ts';
import { withIdentity } from '../git/identity.ts';
import { LooseObjects } from '../git/loose-objects.ts';
import type { ObjectWriter } from '../git/object-writer.ts';
import { PackedObjects } from '../git/packed-objects.ts';
import { RefTransactions } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import { putInTree, renderTree, type TreeStore } from '../git/tree.ts';
import { type ReferenceFile, recordText, referenceBytes } from '../record/reference-file.ts';
import type { WrittenCommit, WrittenFile } from '../store/written.ts';
import type { Change, GroupResult, Outcome, Refusal } from './change.ts';
import { commitMessage } from './commit-message.ts';
import { Maintenance } from './maintenance.ts';
import { countModels, type Plan, planChange, refusal } from './plan-change.ts';
import { currentProcess } from './process-identity.ts';
import { clearLocks, putBack, recover, refLocks } from './recovery.ts';
import { type Base, RepositoryView, TEXT_TABLE } from './repository-view.ts';
import { type Journal, OWNER_VARIABLE, ownerMark, WorkTree } from './work-tree.ts';

/** How often a group is planned anew because the branch moved or a file turned out to be edited, before it is given up. */
const MOST_ATTEMPTS = 6;

/** Between two attempts, for the other to finish; milliseconds. */
const PAUSE = 10;

/** Space that must be left on the disk beyond what the group writes: for git's own index, refs and logs. Bytes. */
const SPARE_SPACE = 1024 * 1024;

/** Domain that belongs to nobody (RFC 2606): users of the horde have no address that we know. */
const AUTHOR_DOMAIN = 'horde-users.invalid';

export interface CommitterOptions {
	readonly repository: Repository;
	readonly clock: Clock;
	/** Told what recovery did and what it could not do. */
	readonly onNotice: (message: string) => void;
	/** How long a git command of somebody else is waited for; milliseconds. */
	readonly patience?: number | undefined;
}

/** The commits of a group that are made but not yet published. */
interface Draft {
	readonly base: Base;
	readonly outcomes: Map<Change, Outcome>;
	readonly commits: WrittenCommit[];
	/** Files as the last commit has them, by category. */
	readonly files: Map<string, WrittenFile>;
	/** Files as the base has them, by category. */
	readonly bases: Map<string, ReferenceFile>;
	/** Every path that differs from the base, and whether the base has it. */
	readonly paths: Map<string, boolean>;
	tip: string | undefined;
	tree: string | undefined;
}

/** What a data file shall hold. */
interface Text {
	readonly file: string;
	readonly bytes: Buffer;
	readonly content: Parameters<RepositoryView['keep']>[2];
}

export class Committer {
	readonly #repository: Repository;
	readonly #clock: Clock;
	readonly #onNotice: (message: string) => void;
	readonly #blobs: BlobReader;
	readonly #view: RepositoryView;
	readonly #loose: LooseObjects;
	readonly #packed: PackedObjects;
	/** The one of the two that the group at hand is written with. */
	#objects: ObjectWriter;
	#closed = false;
	readonly #refs: RefTransactions;
	readonly #workTree: WorkTree;
	readonly #maintenance: Maintenance;
	readonly #committer: { readonly name: string; readonly email: string };
	readonly #treeStore: TreeStore;
	/** Where HEAD was when we last knew for certain. */
	#tip: string | undefined;

	private constructor(
		{ repository, clock, onNotice, patience }: CommitterOptions,
		git: Repository['git'],
		committer: { readonly name: string; readonly email: string },
	) {
		this.#repository = repository;
		this.#clock = clock;
		this.#onNotice = onNotice;
		this.#committer = committer;
		this.#blobs = new BlobReader(repository.git);
		this.#view = new RepositoryView(repository, this.#blobs);
		this.#loose = new LooseObjects(repository.commonDirectory, repository.objectFormat);
		this.#packed = new PackedObjects(repository.commonDirectory, repository.objectFormat);
		this.#objects = this.#loose;
		this.#refs = new RefTransactions(git, 'horde-references');
		this.#workTree = new WorkTree(repository, patience);
		this.#maintenance = new Maintenance(repository);
		this.#treeStore = this.#view.treeStore((entries) => this.#objects.write('tree', renderTree(entries)));
	}

	/** Opens a repository for writing and tidies up after a process that died. The caller holds the writer's lock. */
	static async open(options: CommitterOptions): Promise<Committer> {
		const identified = await withIdentity(options.repository.git);
		const git = identified.with({ [OWNER_VARIABLE]: ownerMark(currentProcess()) });
		const ident = await git.run(['var', 'GIT_COMMITTER_IDENT']);
		const [, name = '', email = ''] = /^(.*) <(.*)> \d+ [+-]\d+$/.exec(ident) ?? [];
		const committer = new Committer(options, git, { name, email });
		try {
			await committer.#recover();
			committer.#packed.releaseLeftBehind();
		} catch (error) {
			await committer.close();
			throw error;
		}
		return committer;
	}

	/**
	 * Commits a group.
	 * @param onWritten told the files as they will be, while the commit is made durable; told again if it had to be redone
	 * @returns an outcome for every change; what goes wrong with the repository refuses changes and never throws
	 */
	async commit(
		changes: readonly Change[],
		onWritten: (files: readonly WrittenFile[]) => void = () => {},
	): Promise<GroupResult> {
		/** The model's record in the commit that each change was first planned on: it must not have moved since. */
		const seen = new Map<Change, string | undefined>();
		const refused = new Map<Change, Refusal>();
		for (let attempt = 1; ; attempt++) {
			const open = changes.filter((change) => !refused.has(change));
			try {
				await this.#recover();
				const draft = await this.#draft(open, seen);
				if (draft.commits.length > 0) {
					this.#requireSpace([...draft.files.values()]);
					onWritten([...draft.files.values()]);
					await this.#publish(draft);
					this.#maintenance.noteCommits(draft.commits.length);
					this.#getReady();
				}
				return this.#result(changes, draft, refused);
			} catch (error) {
				this.#objects.abandon();
				const { dirty, retry } = this.#assess(error, open, attempt);
				for (const [change, reason] of dirty) refused.set(change, reason);
				if (retry && attempt < MOST_ATTEMPTS) {
					await setTimeout(PAUSE);
					continue;
				}
				const reason = asRefusal(error);
				for (const change of changes) if (!refused.has(change)) refused.set(change, reason);
				return { outcomes: changes.map((change) => refused.get(change) ?? reason), ...NOTHING_WRITTEN };
			}
		}
	}

	async close(): Promise<void> {
		this.#blobs.close();
		this.#closed = true;
		await Promise.all([this.#refs.close(), this.#maintenance.close(), this.#workTree.close()]);
	}

	/** Not before whoever waits for this group has been told. */
	#getReady(): void {
		setImmediate(() => {
			if (!this.#closed) this.#workTree.getReady();
		});
	}

	/** Makes the objects of all commits; nothing names them yet. */
	async #draft(changes: readonly Change[], seen: Map<Change, string | undefined>): Promise<Draft> {
		// Packs are quicker to write and slower to have many of.
		this.#objects = changes.length > 1 ? this.#packed : this.#loose;
		const base = await this.#base();
		const draft: Draft = {
			base,
			outcomes: new Map(),
			commits: [],
			files: new Map(),
			paths: new Map(),
			bases: new Map(),
			tip: base.commit,
			tree: base.tree,
		};
		for (const change of changes) draft.outcomes.set(change, await this.#draftChange(change, draft, seen));
		return draft;
	}

	/**
	 * HEAD as it is now. A git process takes packed refs for unchanged whose file has the same number, size and second as the
	 * one it read; so whenever HEAD is not where we left it, it is asked of new processes whether that is true.
	 */
	async #base(): Promise<Base> {
		const base = await this.#view.base();
		if (base.commit === this.#tip) return base;
		this.#blobs.close();
		this.#refs.refresh();
		const fresh = await this.#view.base();
		this.#tip = fresh.commit;
		return fresh;
	}

	async #draftChange(change: Change, draft: Draft, seen: Map<Change, string | undefined>): Promise<Outcome> {
		const category = findCategory(change.category);
		if (!category) throw new RangeError(`there is no category '${change.category}'`);
		try {
			const moved = movedSince(change, await this.#baseOf(category, draft), seen);
			if (moved) return moved;
			const { version, file } = await this.#view.reference(draft.tree, category);
			const hasTable = category.name === 'text_generation';
			const table = hasTable ? await this.#view.table(draft.tree) : undefined;
			const plan = this.#plan(category, { version, file, table }, change);
			if (plan.kind === 'refused') return (await this.#editsBehind(plan, change)) ?? plan;
			if (plan.kind === 'unchanged') {
				return { kind: 'unchanged', version: version ?? '', record: plan.record };
			}
			const bytes = referenceBytes(plan.file);
			const texts: Text[] = [{ file: category.file, bytes, content: plan.file }];
			if (plan.table !== undefined && plan.table !== table) {
				texts.push({ file: TEXT_TABLE, bytes: Buffer.from(plan.table), content: plan.table });
			}
			const [written = ''] = await this.#putFiles(draft, texts);
			const modelCount = countModels(plan.file);
			const empty = plan.file.records.length === 0;
			draft.files.set(category.name, { category: category.name, version: written, bytes, modelCount, empty });
			const commit = this.#writeCommit(change, draft);
			draft.commits.push({ ...commit, ...facts(change), changesModel: plan.changesModel, version: written });
			return { kind: 'applied', commit: commit.id, version: written, record: change.record };
		} catch (error) {
			if (error instanceof AppError && ONE_CATEGORY.has(error.code)) return asRefusal(error);
			throw error;
		}
	}

	async #baseOf(category: CategoryEntry, { bases, base }: Draft): Promise<ReferenceFile> {
		const known = bases.get(category.name);
		if (known) return known;
		const { file } = await this.#view.reference(base.tree, category);
		bases.set(category.name, file);
		return file;
	}

	/** A mistake of ours about one change is no reason to refuse the others. */
	#plan(...[category, state, change]: Parameters<typeof planChange>): Plan {
		try {
			return planChange(category, state, change);
		} catch (error) {
			const where = error instanceof Error ? error.stack : String(error);
			this.#onNotice(`a change of ${category.name} model ${change.model} cannot be planned: ${where}`);
			return refusal('change-unplanned', 'the change cannot be planned, by a mistake of this program');
		}
	}

	/** Whoever read a file with uncommitted edits has its entity tag, and would be told to read it again without end. */
	async #editsBehind({ code }: Refusal, change: Change): Promise<Refusal | undefined> {
		if (code !== 'precondition-failed') return undefined;
		const edited: string[] = [];
		for (const file of this.#pathsOf(change)) {
			const status = ['--no-optional-locks', 'status', '--porcelain', '--', `:(top,literal)${file}`];
			if (await this.#repository.git.ask(status)) edited.push(file);
		}
		return edited.length > 0 ? this.#dirtyRefusal(edited) : undefined;
	}

	/** Puts all files into the draft's tree or, where one of them cannot be, none. */
	async #putFiles(draft: Draft, texts: readonly Text[]): Promise<readonly string[]> {
		let { tree } = draft;
		const ids: string[] = [];
		for (const { file, bytes } of texts) {
			const filePath = this.#view.path(file);
			const blob = this.#objects.write('blob', bytes, filePath);
			tree = await putInTree(this.#treeStore, tree, filePath, blob);
			ids.push(blob);
		}
		draft.tree = tree;
		for (const [index, { file, content }] of texts.entries()) {
			const filePath = this.#view.path(file);
			if (!draft.paths.has(filePath)) {
				draft.paths.set(filePath, await this.#view.has(draft.base.tree, filePath));
			}
			this.#view.keep(filePath, ids[index] ?? '', content);
		}
		return ids;
	}

	#writeCommit(change: Change, draft: Draft): { readonly id: string; readonly time: number } {
		// A clock that was put back must not make history run backwards.
		const previous = draft.commits.at(-1)?.time ?? draft.base.time;
		const time = Math.max(Math.floor(this.#clock() / 1000), previous);
		const { id, username, email = `${id}@${AUTHOR_DOMAIN}` } = change.author;
		const content = renderCommit({
			tree: draft.tree ?? '',
			parent: draft.tip,
			author: { name: username, email, time },
			committer: { ...this.#committer, time },
			...commitMessage(change),
		});
		draft.tip = this.#objects.write('commit', content);
		return { id: draft.tip, time };
	}

	/** Moves work tree, index and branch to the last commit of a draft, or leaves all three where they were. */
	async #publish({ base, tip, tree, paths }: Draft): Promise<void> {
		if (tip === undefined || tree === undefined) throw new RangeError('there is nothing to publish');
		const from = base.tree ?? this.#emptyTree();
		this.#objects.place();
		const journal = await this.#workTree.lock(from, tree, [...paths.keys()]);
		const began = Date.now();
		let branch: string;
		try {
			branch = await this.#branchAt(base);
			this.#requirePresence(paths);
		} catch (error) {
			this.#workTree.unlock(false);
			throw error;
		}
		try {
			const bringing = this.#workTree.bring(from, tree, journal.paths);
			const unsynced = failureOf(() => this.#objects.sync());
			await bringing;
			if (unsynced) throw unsynced;
			await this.#move(branch, base.commit, tip, began);
		} catch (error) {
			await this.#undo(journal, error);
			throw error;
		}
		// From here on the group is published, whatever happens.
		this.#tip = tip;
		const branchFile = path.join(this.#repository.commonDirectory, branch);
		this.#afterwards(() => this.#objects.release());
		this.#afterwards(() => syncDirectory(path.dirname(branchFile)));
		this.#afterwards(() => this.#workTree.unlock(true));
	}

	/**
	 * The published branch, if it still is where the group was built on: whoever held the index until we got it may have
	 * committed or switched to another branch.
	 */
	async #branchAt({ commit }: Base): Promise<string> {
		const branch = this.#view.branch();
		const now = await this.#base();
		if (now.commit === commit) return branch;
		throw new AppError('ref-moved', `the branch ${branch} was moved by somebody else at the same moment`);
	}

	/** @param began unix milliseconds since when we hold the index */
	async #move(branch: string, from: string | undefined, to: string, began: number): Promise<void> {
		try {
			await this.#refs.move([{ ref: branch, from, to }]);
		} catch (error) {
			if (error instanceof AppError && error.data.died === true) {
				await clearLocks(refLocks(this.#repository, branch), began);
			}
			// A git that died before it could say so may have moved it all the same. Asked of a git of its own, as whatever
			// ended that one may have ended our others too.
			const now = await this.#repository.git.ask(['rev-parse', '--verify', '--quiet', `${branch}^{commit}`]);
			if (now === to) return;
			if (now === undefined && from !== undefined) throw new AppError('outcome-unknown', UNKNOWN);
			throw error;
		}
	}

	#afterwards(action: () => void): void {
		const failure = failureOf(action);
		if (failure) this.#onNotice(`after the commit: ${failure.message}`);
	}

	/** Puts work tree and index back. Where even that fails the lock stays, and what it says is put right before the next write. */
	async #undo(journal: Journal, cause: unknown): Promise<void> {
		// What the lock says is put right by where the branch is found to be.
		if (cause instanceof AppError && cause.code === 'outcome-unknown') return;
		// Git looks before it moves anything: when it refused, nothing was moved.
		if (cause instanceof AppError && cause.code === 'dirty-tree') {
			this.#workTree.unlock(false);
			return;
		}
		try {
			await putBack(this.#repository, this.#workTree, journal, journal.from);
		} catch (error) {
			this.#onNotice(`work tree and index could not be put back (${messageOf(error)}); trying again later`);
		}
	}

	/**
	 * A file that was deleted by hand looks to git like one that may be written, and so does one that is ignored; to their
	 * owner both are edits.
	 */
	#requirePresence(paths: ReadonlyMap<string, boolean>): void {
		const edited = [...paths].flatMap(([file, inBase]) => {
			const found = lstatSync(path.join(this.#repository.root, file), { throwIfNoEntry: false });
			return inBase === (found !== undefined) ? [] : [file];
		});
		if (edited.length > 0) {
			throw new AppError('dirty-tree', 'made or deleted, but not by a commit', { paths: edited });
		}
	}

	/** A checkout that runs out of space half-way loses the file that it was replacing. */
	#requireSpace(files: readonly WrittenFile[]): void {
		const needed = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
		const { bavail, blocks, bsize } = statfsSync(this.#repository.root);
		// Some file systems do not tell.
		if (blocks === 0 || bavail * bsize >= 2 * needed + SPARE_SPACE) return;
		throw new AppError(
			'storage-failed',
			`the disk is nearly full: ${Math.floor((bavail * bsize) / 1024)} KiB are left; make room and send the change again`,
			{ retryAfter: 30 },
		);
	}

	/** What an error means for the group: who is to blame, and whether the rest may be tried again. */
	#assess(
		error: unknown,
		changes: readonly Change[],
		attempt: number,
	): { readonly dirty: ReadonlyMap<Change, Refusal>; readonly retry: boolean } {
		if (!(error instanceof AppError)) return { dirty: new Map(), retry: false };
		if (error.code === 'ref-moved' || error.data.died === true) return { dirty: new Map(), retry: true };
		if (error.code !== 'dirty-tree') return { dirty: new Map(), retry: false };
		const paths = Array.isArray(error.data.paths) ? error.data.paths.map(String) : [];
		// Git's own merge and switch move the index first and the branch a moment later: until then files look edited.
		if (attempt === 1 && paths.length > 0) return { dirty: new Map(), retry: true };
		const dirty = new Map<Change, Refusal>();
		for (const change of changes) {
			const touched = this.#pathsOf(change).filter((file) => paths.includes(file));
			if (touched.length > 0) dirty.set(change, this.#dirtyRefusal(touched));
		}
		return { dirty, retry: dirty.size > 0 };
	}

	#pathsOf({ category }: Change): string[] {
		const file = findCategory(category)?.file ?? '';
		return [file, ...(category === 'text_generation' ? [TEXT_TABLE] : [])].map((name) =>
			this.#view.path(name),
		);
	}

	#dirtyRefusal(files: readonly string[]): Refusal {
		const names = files.join(' and ');
		const paths = files.join(' ');
		const inRepository = `git -C ${this.#repository.root}`;
		return refusal(
			'dirty-tree',
			`${names} has edits that are not committed, which this change must not touch; commit them ` +
				`(${inRepository} add -- ${paths} && ${inRepository} commit -- ${paths}) or put them aside ` +
				`(${inRepository} stash push --include-untracked -- ${paths}), then send the change again`,
			{ files },
		);
	}

	#result(
		changes: readonly Change[],
		{ outcomes, base, tip, commits, files }: Draft,
		refused: ReadonlyMap<Change, Refusal>,
	): GroupResult {
		return {
			outcomes: changes.flatMap((change) => refused.get(change) ?? outcomes.get(change) ?? []),
			base: base.commit,
			head: tip,
			commits,
			files: [...files.values()],
		};
	}

	async #recover(): Promise<void> {
		await recover({ repository: this.#repository, workTree: this.#workTree, onNotice: this.#onNotice });
	}

	#emptyTree(): string {
		return createHash(this.#repository.objectFormat).update('tree 0\0').digest('hex');
	}
}

const UNKNOWN =
	'it cannot be told whether the change was made; read the model again, or send the change again with the same Idempotency-Key';

const NOTHING_WRITTEN = { base: undefined, head: undefined, commits: [], files: [] } as const;

/** Errors that concern the files of one category; the changes of others go on. */
const ONE_CATEGORY: ReadonlySet<string> = new Set(['reference-broken', 'not-a-file']);

/** A refusal when the branch moved while the change was under way and its model with it. */
function movedSince(
	change: Change,
	base: ReferenceFile,
	seen: Map<Change, string | undefined>,
): Refusal | undefined {
	const record = recordText(base, change.model);
	if (!seen.has(change)) seen.set(change, record);
	if (seen.get(change) === record) return undefined;
	return refusal(
		'write-conflict',
		`Model '${change.model}' of category '${change.category}' was changed by somebody else at the same moment; ` +
			'read it again and send the change anew',
	);
}

function facts({
	category,
	operation,
	model,
}: Change): Pick<WrittenCommit, 'category' | 'operation' | 'model'> {
	return { category, operation, model };
}

function asRefusal(error: unknown): Refusal {
	if (error instanceof AppError) {
		if (error.code === 'ref-moved') {
			return refusal('repository-busy', `${error.message}; others are at work on it, try again`, {
				retryAfter: 2,
			});
		}
		if (error.code === 'dirty-tree') {
			return refusal(
				'dirty-tree',
				`a merge left conflicts, so nothing can be committed until it is ended or aborted: ${error.message}`,
			);
		}
		if (error.data.died === true) {
			const message = `a git command was ended from outside; nothing was changed, send the change again: ${error.message}`;
			return refusal('repository-busy', message, { retryAfter: 2 });
		}
		if (error.code !== 'git-failed' && error.code !== 'git-missing')
			return refusal(error.code, error.message, error.data);
	}
	const message = messageOf(error);
	// Anything but git's and the system's own errors is our mistake.
	const system = error instanceof Error && 'code' in error && typeof error.code === 'string';
	if (!system) throw error;
	return refusal(
		'storage-failed',
		`the repository cannot be written: ${message}. Nothing was changed; see to the disk and its permissions`,
		{ retryAfter: 30 },
	);
}

function failureOf(action: () => void): Error | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
