/** Publishes a draft: work tree and index first, then the branch, which is the moment at which the group is written. */

import { createHash } from 'node:crypto';
import { lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { AppError, messageOf } from '../errors.ts';
import { syncDirectory } from '../git/durable-files.ts';
import type { RefTransactions } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import type { WrittenFile } from '../store/written.ts';
import type { Draft } from './drafter.ts';
import type { Head } from './head.ts';
import { clearLocks, putBack, refLocks } from './recovery.ts';
import { outcomeUnknown } from './refusals.ts';
import type { Base, RepositoryView } from './repository-view.ts';
import type { Journal, WorkTree } from './work-tree.ts';

/** Space that must be left on the disk beyond what the group writes: for git's own index, refs and logs. Bytes. */
const SPARE_SPACE = 1024 * 1024;

export interface PublisherOptions {
	readonly repository: Repository;
	readonly view: RepositoryView;
	readonly head: Head;
	readonly refs: RefTransactions;
	readonly workTree: WorkTree;
	readonly onNotice: (message: string) => void;
}

export class Publisher {
	readonly #repository: Repository;
	readonly #view: RepositoryView;
	readonly #head: Head;
	readonly #refs: RefTransactions;
	readonly #workTree: WorkTree;
	readonly #onNotice: (message: string) => void;

	constructor({ repository, view, head, refs, workTree, onNotice }: PublisherOptions) {
		this.#repository = repository;
		this.#view = view;
		this.#head = head;
		this.#refs = refs;
		this.#workTree = workTree;
		this.#onNotice = onNotice;
	}

	/** Moves work tree, index and branch to the last commit of a draft, or leaves all three where they were. */
	async publish({ base, objects, tip, tree, paths }: Draft): Promise<void> {
		if (tip === undefined || tree === undefined) throw new RangeError('there is nothing to publish');
		const from = base.tree ?? this.#emptyTree();
		objects.place();
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
			const unsynced = failureOf(() => objects.sync());
			await bringing;
			if (unsynced) throw unsynced;
			await this.#move(branch, base.commit, tip, began);
		} catch (error) {
			await this.#undo(journal, error);
			throw error;
		}
		// From here on the group is published, whatever happens.
		this.#head.noteMoved(tip);
		const branchFile = path.join(this.#repository.commonDirectory, branch);
		this.#afterwards(() => objects.release());
		this.#afterwards(() => syncDirectory(path.dirname(branchFile)));
		this.#afterwards(() => this.#workTree.unlock(true));
	}

	/**
	 * The published branch, if it still is where the group was built on: whoever held the index until we got it may have
	 * committed or switched to another branch.
	 */
	async #branchAt({ commit }: Base): Promise<string> {
		const branch = this.#view.branch();
		const now = await this.#head.read();
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
			if (now === undefined && from !== undefined) throw outcomeUnknown();
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
	requireSpace(files: readonly WrittenFile[]): void {
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

	#emptyTree(): string {
		return createHash(this.#repository.objectFormat).update('tree 0\0').digest('hex');
	}
}

function failureOf(action: () => void): Error | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
