/** Makes the commits of a group, each on the one before it; nothing names them yet. */

import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { BufferedObjects } from '../git/buffered-objects.ts';
import { LooseObjects } from '../git/loose-objects.ts';
import { PackedObjects } from '../git/packed-objects.ts';
import type { Repository } from '../git/repository.ts';
import { renderTree, type TreeStore } from '../git/tree.ts';
import { LEDGER_REF } from '../queue/ledger-layout.ts';
import { brokenLedger, NO_COUNTERS } from '../queue/pending-change.ts';
import { isRevert, isTransition, type Refusal, type WriteRequest } from './change.ts';
import { ChangeDrafter } from './change-drafter.ts';
import type { Draft, Seen } from './draft.ts';
import { LedgerDraft, storedCounters } from './ledger-draft.ts';
import { LedgerNumbers } from './ledger-numbers.ts';
import { QueueDrafter } from './queue-drafter.ts';
import { asRefusal } from './refusals.ts';
import type { Base, RepositoryView } from './repository-view.ts';
import { RevertDrafter } from './revert-drafter.ts';

export interface DrafterOptions {
	readonly repository: Repository;
	readonly view: RepositoryView;
	readonly clock: Clock;
	/** In whose name commits are made. */
	readonly committer: { readonly name: string; readonly email: string };
	readonly onNotice: (message: string) => void;
}

/** What a draft is made on. */
export interface DraftBase {
	readonly base: Base;
	/** Commit of the ledger; undefined where there is none. */
	readonly ledger: string | undefined;
	/** Paths that somebody has edited. */
	readonly blocked: ReadonlySet<string>;
	/** Branches of proposals that cannot be made. */
	readonly taken: ReadonlySet<string>;
	/** Is added to. */
	readonly seen: Seen;
}

export class Drafter {
	readonly #view: RepositoryView;
	readonly #packed: PackedObjects;
	readonly #objects: BufferedObjects;
	readonly #trees: TreeStore;
	readonly #changes: ChangeDrafter;
	readonly #reverts: RevertDrafter;
	readonly #queue: QueueDrafter;
	readonly #numbers: LedgerNumbers;

	constructor({ repository, view, clock, committer, onNotice }: DrafterOptions) {
		this.#view = view;
		const { commonDirectory, objectFormat } = repository;
		this.#packed = new PackedObjects(commonDirectory, objectFormat);
		const loose = new LooseObjects(commonDirectory, objectFormat);
		this.#objects = new BufferedObjects(objectFormat, loose, this.#packed);
		this.#trees = view.treeStore((entries) => this.#objects.write('tree', renderTree(entries)));
		const objects = this.#objects;
		const trees = this.#trees;
		this.#changes = new ChangeDrafter({ repository, view, clock, committer, onNotice, objects, trees });
		this.#reverts = new RevertDrafter(repository, view, this.#changes);
		const [changes, reverts] = [this.#changes, this.#reverts];
		this.#queue = new QueueDrafter({ repository, view, changes, reverts, onNotice });
		this.#numbers = new LedgerNumbers(repository);
	}

	/** Tidies up after a process that died while it made commits. */
	releaseLeftBehind(): void {
		this.#packed.releaseLeftBehind();
	}

	async draft(
		requests: readonly WriteRequest[],
		{ base, ledger, blocked, taken, seen }: DraftBase,
	): Promise<Draft> {
		this.#objects.begin(requests.length > 1);
		this.#view.forgetTrees();
		const opened = await this.#openLedger(ledger, requests.some(isTransition));
		const draft: Draft = {
			base,
			objects: this.#objects,
			outcomes: new Map(),
			commits: [],
			files: new Map(),
			paths: new Map(),
			bases: new Map(),
			blocked,
			taken,
			ledgerTip: ledger,
			ledger: opened.ledger,
			refs: new Map(),
			tip: base.commit,
			tree: base.tree,
		};
		for (const request of requests) {
			const outcome = isTransition(request)
				? (opened.problem ?? (await this.#queue.draft(request, draft)))
				: isRevert(request)
					? await this.#reverts.publish(request, draft)
					: await this.#changes.publish(request, draft, seen);
			draft.outcomes.set(request, outcome);
		}
		return draft;
	}

	/** Forgets what was made of a draft that will not be published. */
	abandon(): void {
		this.#objects.abandon();
	}

	/** A damaged ledger keeps nobody from writing who does not need it. */
	async #openLedger(
		commit: string | undefined,
		isNeeded: boolean,
	): Promise<{ readonly ledger: LedgerDraft; readonly problem?: Refusal }> {
		const trees = this.#trees;
		const read = (id: string) => this.#view.read(id);
		const writeBlob = (content: Buffer) => this.#objects.write('blob', content);
		const empty = { base: undefined, counters: NO_COUNTERS, trees, read, writeBlob };
		if (!isNeeded) return { ledger: new LedgerDraft(empty) };
		try {
			if (commit === undefined) {
				return { ledger: new LedgerDraft({ ...empty, counters: await this.#numbers.first() }) };
			}
			const tree = await this.#view.treeOf(commit);
			if (tree === undefined) throw brokenLedger(`${LEDGER_REF} names ${commit}`, 'not a commit');
			const counters = await this.#numbers.after(commit, await storedCounters(tree, { trees, read }));
			return { ledger: new LedgerDraft({ ...empty, base: { commit, tree }, counters }) };
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'ledger-broken') throw error;
			return { ledger: new LedgerDraft(empty), problem: asRefusal(error) };
		}
	}
}
