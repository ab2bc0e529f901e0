/**
 * Turns a group of requests into commits: one for each change, then one sync, one ref transaction and one checkout for all.
 * Either what was asked for is committed, durable and in the work tree when its outcome is told, or nothing of it is there.
 */

import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { withIdentity } from '../git/identity.ts';
import { RefTransactions, type RefUpdate } from '../git/ref-transactions.ts';
import { Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import type { WrittenFile } from '../store/written.ts';
import type { GroupResult, Refusal, WriteRequest } from './change.ts';
import { type Draft, publicationOf, type Seen } from './draft.ts';
import { type DraftBase, Drafter } from './drafter.ts';
import { type Followed, Follower } from './follow.ts';
import { PushJournal } from './half-push.ts';
import { Head, type TipIds } from './head.ts';
import { REFLOG_MESSAGE } from './ledger-numbers.ts';
import { Maintenance } from './maintenance.ts';
import { mayBeOutOfDate, OthersWork } from './others-work.ts';
import { currentProcess } from './process-identity.ts';
import { Publisher } from './publisher.ts';
import { recover } from './recovery.ts';
import { RefJournal } from './ref-journal.ts';
import { asRefusal } from './refusals.ts';
import { RepositoryView } from './repository-view.ts';
import { SharedState } from './shared-state.ts';
import { Turns } from './turns.ts';
import { OWNER_VARIABLE, ownerMark, WorkTree } from './work-tree.ts';

/** How often a group is planned anew because the branch moved or a file turned out to be edited, before it is given up. */
const MOST_ATTEMPTS = 6;

/** The same where several machines share a remote: each of them may be quicker a few times. */
const MOST_ATTEMPTS_SHARED = 25;

/** After this time whoever waits is told to come again; milliseconds. */
const LONGEST_RACE = 15_000;

/** Between two attempts, for the other to finish; milliseconds. */
const PAUSE = 10;

export interface CommitterOptions {
	readonly repository: Repository;
	readonly clock: Clock;
	/** Told what recovery did and what it could not do. */
	readonly onNotice: (message: string) => void;
	/** How long a git command of somebody else is waited for; milliseconds. */
	readonly patience?: number | undefined;
	/** URL of the repository that must have a write before it is done; undefined where ours is the one that counts. */
	readonly shared?: string | undefined;
}

export class Committer {
	readonly #repository: Repository;
	readonly #onNotice: (message: string) => void;
	readonly #blobs: BlobReader;
	readonly #refs: RefTransactions;
	readonly #head: Head;
	readonly #refJournal: RefJournal;
	readonly #workTree: WorkTree;
	readonly #drafter: Drafter;
	readonly #publisher: Publisher;
	readonly #maintenance: Maintenance;
	readonly #shared: SharedState | undefined = undefined;
	readonly #follower: Follower;
	readonly #turns = new Turns();
	/** Branches of proposals that turned out not to be free. */
	readonly #taken = new Set<string>();
	#closed = false;

	private constructor(
		{ repository, clock, onNotice, patience, shared }: CommitterOptions,
		git: Repository['git'],
		committer: { readonly name: string; readonly email: string },
	) {
		this.#repository = repository;
		this.#onNotice = onNotice;
		this.#blobs = new BlobReader(repository.git);
		this.#refs = new RefTransactions(git, REFLOG_MESSAGE);
		const view = new RepositoryView(repository, this.#blobs);
		this.#head = new Head(view, this.#blobs, this.#refs);
		this.#refJournal = new RefJournal(repository);
		this.#workTree = new WorkTree(repository, patience);
		this.#drafter = new Drafter({ repository, view, clock, committer, onNotice });
		if (shared !== undefined) {
			// Without the mark of those that are waited for when we die: a push moves nothing here, and may hang with the remote.
			const remote = new Remote(repository.git, shared);
			this.#shared = new SharedState(remote, view, new PushJournal(repository, this.#blobs, remote));
		}
		this.#publisher = new Publisher({
			repository,
			view,
			shared: this.#shared,
			head: this.#head,
			refs: this.#refs,
			refJournal: this.#refJournal,
			workTree: this.#workTree,
			onNotice,
		});
		this.#maintenance = new Maintenance(repository);
		const { publisher, head, blobs } = { publisher: this.#publisher, head: this.#head, blobs: this.#blobs };
		this.#follower = new Follower({ repository, blobs, view, head, publisher, onNotice });
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
			committer.#drafter.releaseLeftBehind();
			// Whoever moves them from here on is somebody else.
			await committer.#head.read();
		} catch (error) {
			await committer.close();
			throw error;
		}
		return committer;
	}

	/**
	 * Commits a group.
	 * @param onWritten told the files as they will be, while the commit is made durable; told again if it had to be redone
	 * @returns an outcome for every request; what goes wrong with the repository refuses requests and never throws
	 */
	async commit(
		requests: readonly WriteRequest[],
		onWritten: (files: readonly WrittenFile[]) => void = () => {},
	): Promise<GroupResult> {
		const seen: Seen = new Map();
		const blocked = new Set<string>();
		const others = this.#othersWork();
		const mostAttempts = others ? MOST_ATTEMPTS_SHARED : MOST_ATTEMPTS;
		let first: TipIds | undefined;
		if (others) await setTimeout(this.#turns.wait(performance.now()));
		const came = performance.now();
		for (let attempt = 1; ; attempt++) {
			let draft: Draft | undefined;
			try {
				await this.#recover();
				await this.#shared?.carryThrough();
				const tips = await this.#head.read();
				const moved = this.#head.takeMoved();
				first ??= moved ?? { commit: tips.base.commit, ledger: tips.ledger };
				if (moved) await others?.noteMoved(requests, moved);
				draft = await this.#draft(requests, others, { ...tips, blocked, taken: this.#taken, seen });
				if (others && !others.hasCaughtUp && [...draft.outcomes.values()].some(mayBeOutOfDate)) {
					seen.clear();
					throw new AppError('ref-moved', 'the remote may have gone on', { remote: true });
				}
				if (draft.commits.length > 0 || draft.ledger.update()) {
					this.#publisher.requireSpace([...draft.files.values()]);
					onWritten([...draft.files.values()]);
					const began = performance.now();
					await this.#publisher.publish(publicationOf(draft));
					if (others) this.#turns.noteTaken(began, performance.now());
					this.#maintenance.noteCommits(draft.commits.length + (draft.ledger.update()?.changes.length ?? 0));
					this.#getReady();
				}
				return resultOf(requests, draft, others);
			} catch (error) {
				this.#drafter.abandon();
				// The remote has it: it is done, and comes from there.
				if (others && first && draft && isShared(error)) {
					const problem = await others.catchUp(requests, first);
					if (problem) this.#onNotice(`a write is done, but not yet here: ${problem.message}`);
					return resultOf(requests, draft, others);
				}
				if (error instanceof AppError && typeof error.data.taken === 'string') {
					this.#taken.add(error.data.taken);
				}
				let reason: Refusal | undefined;
				const isLate = performance.now() - came > LONGEST_RACE;
				if (attempt >= mostAttempts || isLate || !mayRetry(error, attempt, blocked))
					reason = asRefusal(error);
				else if (others && first && isMovedElsewhere(error)) reason = await others.catchUp(requests, first);
				if (reason) return nothingWritten(requests, reason, others);
				await setTimeout(PAUSE * (1 + Math.random()));
			}
		}
	}

	#othersWork(): OthersWork | undefined {
		if (!this.#shared) return undefined;
		return new OthersWork({
			repository: this.#repository,
			shared: this.#shared,
			head: this.#head,
			follow: () => this.follow(),
		});
	}

	/** Drafts what others have not done meanwhile. */
	async #draft(
		requests: readonly WriteRequest[],
		others: OthersWork | undefined,
		base: DraftBase,
	): Promise<Draft> {
		const refusals = new Map<WriteRequest, Refusal>();
		for (const request of requests) {
			const reason = others?.refusalOf(request);
			if (reason) refusals.set(request, reason);
		}
		const open = requests.filter((request) => !refusals.has(request));
		const draft = await this.#drafter.draft(open, base);
		for (const [request, reason] of refusals) draft.outcomes.set(request, reason);
		return draft;
	}

	/** As `Follower.follow`; what the remote had at the last fetch. */
	async follow(isMirror = false): Promise<Followed> {
		await this.#recover();
		await this.#shared?.carryThrough();
		await this.#shared?.dropStrays();
		const followed = await this.#follower.follow(isMirror);
		if (followed.moved) this.#turns.noteOthers(performance.now());
		// What somebody has brought by hand is as new to the service as what was brought here.
		return { ...followed, moved: this.#head.takeMoved() !== undefined || followed.moved };
	}

	/** As `Follower.noteShared`. */
	async noteShared(updates: readonly RefUpdate[]): Promise<void> {
		await this.#recover();
		await this.#follower.noteShared(updates);
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

	async #recover(): Promise<void> {
		await recover({
			repository: this.#repository,
			workTree: this.#workTree,
			refs: this.#refs,
			refJournal: this.#refJournal,
			onNotice: this.#onNotice,
		});
	}
}

/**
 * Whether a group that failed may be tried again.
 * @param blocked gets what somebody has edited: what touches that is refused the next time, and the rest goes on
 */
function mayRetry(error: unknown, attempt: number, blocked: Set<string>): boolean {
	if (!(error instanceof AppError)) return false;
	if (error.code === 'ref-moved' || error.data.died === true) return true;
	if (error.code !== 'dirty-tree' || !Array.isArray(error.data.paths)) return false;
	const found = error.data.paths.map(String).filter((file) => !blocked.has(file));
	// Git's own merge and switch move the index first and the branch a moment later: until then files look edited.
	if (attempt > 1) for (const file of found) blocked.add(file);
	return found.length > 0;
}

/** Whether a remote turned out to have more than we had built on. */
function isMovedElsewhere(error: unknown): boolean {
	return error instanceof AppError && error.code === 'ref-moved' && error.data.remote === true;
}

/** Whether the remote has taken what could not be moved here. */
function isShared(error: unknown): boolean {
	return error instanceof AppError && error.data.isShared === true;
}

function resultOf(
	requests: readonly WriteRequest[],
	draft: Draft,
	others: OthersWork | undefined,
): GroupResult {
	const { outcomes, base, tip, commits, files, ledger } = draft;
	return {
		outcomes: requests.flatMap((request) => outcomes.get(request) ?? []),
		base: base.commit,
		head: tip,
		commits,
		files: [...files.values()],
		ledger: ledger.update(),
		followed: others?.isDisturbed ?? false,
	};
}

function nothingWritten(
	requests: readonly WriteRequest[],
	reason: Refusal,
	others: OthersWork | undefined,
): GroupResult {
	return {
		outcomes: requests.map(() => reason),
		base: undefined,
		head: undefined,
		commits: [],
		files: [],
		ledger: undefined,
		followed: others?.isDisturbed ?? false,
	};
}
