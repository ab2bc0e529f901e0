/** Publishes a draft: work tree and index first, then the branch, which is the moment at which the group is written. */

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { AppError, messageOf } from '../errors.ts';
import { syncDirectory } from '../git/durable-files.ts';
import type { RefTransactions, RefUpdate } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import { LEDGER_REF } from '../queue/ledger-layout.ts';
import type { WrittenFile } from '../store/written.ts';
import type { Head } from './head.ts';
import type { Publication } from './publication.ts';
import { clearLocks, putBack, refLocks } from './recovery.ts';
import { type RefJournal, type Settled, settle } from './ref-journal.ts';
import { outcomeUnknown } from './refusals.ts';
import type { Base, RepositoryView } from './repository-view.ts';
import type { SharedState } from './shared-state.ts';
import type { Journal, WorkTree } from './work-tree.ts';

/** Space that must be left on the disk beyond what the group writes: for git's own index, refs and logs. Bytes. */
const SPARE_SPACE = 1024 * 1024;

export interface PublisherOptions {
	readonly repository: Repository;
	readonly view: RepositoryView;
	readonly head: Head;
	readonly refs: RefTransactions;
	readonly refJournal: RefJournal;
	readonly workTree: WorkTree;
	/** What others must have before anything moves here; undefined where nobody need have it. */
	readonly shared: SharedState | undefined;
	readonly onNotice: (message: string) => void;
}

export class Publisher {
	readonly #repository: Repository;
	readonly #view: RepositoryView;
	readonly #head: Head;
	readonly #refs: RefTransactions;
	readonly #refJournal: RefJournal;
	readonly #workTree: WorkTree;
	readonly #shared: SharedState | undefined;
	readonly #onNotice: (message: string) => void;

	constructor({ repository, view, head, refs, refJournal, workTree, shared, onNotice }: PublisherOptions) {
		this.#repository = repository;
		this.#view = view;
		this.#head = head;
		this.#refs = refs;
		this.#refJournal = refJournal;
		this.#workTree = workTree;
		this.#shared = shared;
		this.#onNotice = onNotice;
	}

	/**
	 * Moves the branch with work tree and index, the ledger and the branches of proposals to where they are to be, or leaves
	 * all where they were.
	 */
	async publish(publication: Publication): Promise<void> {
		const { objects, base, tip, refs, ledgerTip } = publication;
		objects.place();
		if (tip !== base.commit) await this.#publishTree(publication);
		else {
			objects.sync();
			await this.#move(refs, Date.now(), publication);
		}
		// From here on the group is published, whatever happens.
		this.#head.noteMoved(tip, ledgerTip);
		this.#afterwards(() => objects.release());
	}

	async #publishTree(publication: Publication): Promise<void> {
		const { base, objects, tip, tree, paths, refs } = publication;
		if (tip === undefined || tree === undefined) throw new RangeError('there is nothing to publish');
		const from = base.tree ?? this.#emptyTree();
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
			await this.#move([{ ref: branch, from: base.commit, to: tip }, ...refs], began, publication);
		} catch (error) {
			await this.#undo(journal, error);
			throw error;
		}
		this.#afterwards(() => this.#workTree.unlock(true));
	}

	/**
	 * The published branch, if it still is where the group was built on: whoever held the index until we got it may have
	 * committed or switched to another branch.
	 */
	async #branchAt({ commit }: Base): Promise<string> {
		const branch = this.#view.branch();
		const now = await this.#head.read();
		if (now.base.commit === commit) return branch;
		throw new AppError('ref-moved', `the branch ${branch} was moved by somebody else at the same moment`);
	}

	/**
	 * Moves all refs or none; where others must have it too, theirs first: what they have taken is done, whatever becomes of ours.
	 * @throws AppError `ref-moved` (`data.isShared`) when they have it, and here it could not be moved
	 * @param began unix milliseconds since when no older lock can be ours
	 */
	async #move(own: readonly RefUpdate[], began: number, { isFromOthers }: Publication): Promise<void> {
		const agreed = isFromOthers ? [] : ((await this.#shared?.push(own)) ?? []);
		try {
			await this.#moveHere([...own, ...agreed], began);
		} catch (error) {
			if (agreed.length === 0) throw error;
			throw new AppError('ref-moved', messageOf(error), { isShared: true }, { cause: error });
		}
	}

	async #moveHere(updates: readonly RefUpdate[], began: number): Promise<void> {
		// Of several refs git may be ended in between. One moves or does not, but may be left locked: whose that is the journal of
		// the work tree says of a branch, and of the ledger only this.
		const isRisky = updates.length > 1 || updates.some(({ ref }) => ref === LEDGER_REF);
		if (isRisky) this.#refJournal.write(updates);
		try {
			await this.#refs.move(updates);
		} catch (error) {
			if (error instanceof AppError && error.data.died === true) {
				await clearLocks(refLocks(this.#repository, updates), began);
			}
			if (!(await this.#isDone(updates))) {
				this.#refJournal.clear();
				throw error;
			}
		}
		const folders = new Set(
			updates.map(({ ref }) => path.dirname(path.join(this.#repository.commonDirectory, ref))),
		);
		for (const folder of folders) this.#afterwards(() => syncIfThere(folder));
		if (isRisky) this.#afterwards(() => this.#refJournal.clear());
	}

	/**
	 * Whether a git that died before it could say so has moved them all the same. Asked of a git of its own, as whatever ended
	 * that one may have ended our others too.
	 */
	async #isDone(updates: readonly RefUpdate[]): Promise<boolean> {
		let settled: Settled | undefined;
		let reason = 'others have moved some of them since';
		try {
			settled = await settle(this.#repository, this.#refs, updates);
		} catch (error) {
			reason = messageOf(error);
		}
		if (settled !== undefined && settled !== 'torn') return settled === 'done';
		this.#onNotice(`it cannot be told whether refs were moved: ${reason}`);
		throw outcomeUnknown();
	}

	#afterwards(action: () => void): void {
		const failure = failureOf(action);
		if (failure) this.#onNotice(`after the commit: ${failure.message}`);
	}

	/** Puts work tree and index back. Where even that fails the lock stays, and what it says is put right before the next write. */
	async #undo(journal: Journal, cause: unknown): Promise<void> {
		// What the lock says is put right by where the branch is found to be.
		const origin = cause instanceof AppError && cause.data.isShared === true ? cause.cause : cause;
		if (origin instanceof AppError && origin.code === 'outcome-unknown' && origin.data.remote !== true)
			return;
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

/** Git takes a folder away when its last branch goes. */
function syncIfThere(folder: string): void {
	if (existsSync(folder)) syncDirectory(folder);
}

function failureOf(action: () => void): Error | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
