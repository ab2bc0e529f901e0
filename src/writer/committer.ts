/**
 * Turns a group of changes into commits: one for each, then one sync, one ref transaction and one checkout for all. Either
 * a change is committed, durable and in the work tree when its outcome is told, or nothing of it is there.
 */

import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import { withIdentity } from '../git/identity.ts';
import { RefTransactions } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import type { WrittenFile } from '../store/written.ts';
import type { Change, GroupResult, Refusal } from './change.ts';
import { type Draft, Drafter, type Seen } from './drafter.ts';
import { Head } from './head.ts';
import { Maintenance } from './maintenance.ts';
import { currentProcess } from './process-identity.ts';
import { Publisher } from './publisher.ts';
import { recover } from './recovery.ts';
import { asRefusal, editsInTheWay } from './refusals.ts';
import { RepositoryView } from './repository-view.ts';
import { OWNER_VARIABLE, ownerMark, WorkTree } from './work-tree.ts';

/** How often a group is planned anew because the branch moved or a file turned out to be edited, before it is given up. */
const MOST_ATTEMPTS = 6;

/** Between two attempts, for the other to finish; milliseconds. */
const PAUSE = 10;

export interface CommitterOptions {
	readonly repository: Repository;
	readonly clock: Clock;
	/** Told what recovery did and what it could not do. */
	readonly onNotice: (message: string) => void;
	/** How long a git command of somebody else is waited for; milliseconds. */
	readonly patience?: number | undefined;
}

export class Committer {
	readonly #repository: Repository;
	readonly #onNotice: (message: string) => void;
	readonly #blobs: BlobReader;
	readonly #refs: RefTransactions;
	readonly #head: Head;
	readonly #workTree: WorkTree;
	readonly #drafter: Drafter;
	readonly #publisher: Publisher;
	readonly #maintenance: Maintenance;
	#closed = false;

	private constructor(
		{ repository, clock, onNotice, patience }: CommitterOptions,
		git: Repository['git'],
		committer: { readonly name: string; readonly email: string },
	) {
		this.#repository = repository;
		this.#onNotice = onNotice;
		this.#blobs = new BlobReader(repository.git);
		this.#refs = new RefTransactions(git, 'horde-references');
		const view = new RepositoryView(repository, this.#blobs);
		this.#head = new Head(view, this.#blobs, this.#refs);
		this.#workTree = new WorkTree(repository, patience);
		this.#drafter = new Drafter({ repository, view, clock, committer, onNotice });
		this.#publisher = new Publisher({
			repository,
			view,
			head: this.#head,
			refs: this.#refs,
			workTree: this.#workTree,
			onNotice,
		});
		this.#maintenance = new Maintenance(repository);
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
		const seen: Seen = new Map();
		const refused = new Map<Change, Refusal>();
		for (let attempt = 1; ; attempt++) {
			const open = changes.filter((change) => !refused.has(change));
			try {
				await this.#recover();
				const draft = await this.#drafter.draft(open, await this.#head.read(), seen);
				if (draft.commits.length > 0) {
					this.#publisher.requireSpace([...draft.files.values()]);
					onWritten([...draft.files.values()]);
					await this.#publisher.publish(draft);
					this.#maintenance.noteCommits(draft.commits.length);
					this.#getReady();
				}
				return this.#result(changes, draft, refused);
			} catch (error) {
				this.#drafter.abandon();
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
			const touched = this.#drafter.pathsOf(change).filter((file) => paths.includes(file));
			if (touched.length > 0) dirty.set(change, editsInTheWay(this.#repository, touched));
		}
		return { dirty, retry: dirty.size > 0 };
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
}

const NOTHING_WRITTEN = { base: undefined, head: undefined, commits: [], files: [] } as const;
