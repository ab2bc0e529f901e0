/** Brings the refs here to where those of a remote were at the last fetch, with work tree and index, as far as nobody loses by it. */

import { AppError } from '../errors.ts';
import type { BlobReader } from '../git/blobs.ts';
import { listRefs } from '../git/list-refs.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import { SHARED_REFS, SYNCED_PREFIX, sharedRefs, syncedRef } from '../git/shared-refs.ts';
import { isPendingRef, LEDGER_REF } from '../queue/ledger-layout.ts';
import { type Ancestry, type FollowPlan, type Join, planFollow } from './follow-plan.ts';
import type { Head, Tips } from './head.ts';
import { joinHistories } from './join-histories.ts';
import type { Publication } from './publication.ts';
import type { Publisher } from './publisher.ts';
import type { RepositoryView } from './repository-view.ts';
import { sharedNotes } from './shared-state.ts';

/** What came of it. */
export interface Followed {
	/** Whether anything here is another now. */
	readonly moved: boolean;
	/** What the remote lacks: `from` is what it has. */
	readonly ahead: readonly RefUpdate[];
	/** Commits of the published branch that it lacks. */
	readonly unsynced: number;
	/** What must be put right by hand; undefined for nothing. */
	readonly trouble: string | undefined;
}

export interface FollowerOptions {
	readonly repository: Repository;
	readonly blobs: BlobReader;
	readonly view: RepositoryView;
	readonly head: Head;
	readonly publisher: Publisher;
	readonly onNotice: (message: string) => void;
}

export class Follower {
	readonly #repository: Repository;
	readonly #blobs: BlobReader;
	readonly #view: RepositoryView;
	readonly #head: Head;
	readonly #publisher: Publisher;
	readonly #onNotice: (message: string) => void;
	/** What cannot be had and was told of: notes of the refs. */
	readonly #told = new Set<string>();

	constructor({ repository, blobs, view, head, publisher, onNotice }: FollowerOptions) {
		this.#repository = repository;
		this.#blobs = blobs;
		this.#view = view;
		this.#head = head;
		this.#publisher = publisher;
		this.#onNotice = onNotice;
	}

	/**
	 * What stands in the way is told, and everything stays as it was.
	 * @param isMirror whether there is nothing to be here but what the remote has: then nothing is merged
	 * @throws AppError `ref-moved`, `dirty-tree`, `repository-busy`, `detached-head`, `git-failed`
	 */
	async follow(isMirror = false): Promise<Followed> {
		const branch = this.#view.branch();
		const tips = await this.#head.read();
		const refs = sharedRefs(await listRefs(this.#repository.git, SHARED_REFS));
		const plan = await planFollow(refs, branch, this.#ancestry());
		const isForeign = isMirror && (plan.join !== undefined || plan.ahead.length > 0);
		const troubles = isForeign ? [OWN_COMMITS, ...plan.troubles] : plan.troubles;
		const trouble = troubles.length > 0 ? troubles.join('; ') : undefined;
		if (trouble !== undefined) return { moved: false, ahead: [], unsynced: 0, trouble };
		const joined = plan.join && (await joinHistories(this.#repository, this.#blobs, plan.join));
		if (joined && 'conflicts' in joined) {
			return { moved: false, ahead: [], unsynced: 0, trouble: conflictSentence(branch, joined.conflicts) };
		}
		const moves = [
			...plan.moves,
			...(joined && plan.join ? joinMoves(branch, plan.join, joined.commit) : []),
		];
		const essential = moves.filter(({ ref }) => !isOther(ref, branch));
		const edited = await this.#moveUnlessEdited(branch, tips, essential);
		if (edited !== undefined) return { moved: false, ahead: [], unsynced: 0, trouble: edited };
		const others = await this.#moveOthers(moves.filter(({ ref }) => isOther(ref, branch)));
		const ahead = [
			...plan.ahead,
			...(joined && plan.join ? [{ ref: branch, from: plan.join.there, to: joined.commit }] : []),
		];
		return {
			moved: [...essential, ...others].some(({ ref }) => !ref.startsWith(SYNCED_PREFIX)),
			ahead,
			unsynced: await this.#countUnsynced(branch, ahead),
			trouble: undefined,
		};
	}

	/** Writes down that the remote has these by now. */
	async noteShared(updates: readonly RefUpdate[]): Promise<void> {
		const tips = await this.#head.read();
		const noted = await sharedNotes(updates, (ref) => this.#view.refAt(ref));
		if (noted.length > 0) await this.#publisher.publish(publication(tips, { refs: noted }));
	}

	/** @returns what stands in the way of somebody's edits */
	async #moveUnlessEdited(
		branch: string,
		tips: Tips,
		moves: readonly RefUpdate[],
	): Promise<string | undefined> {
		try {
			if (moves.length > 0) await this.#move(branch, tips, moves);
			return undefined;
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'dirty-tree') throw error;
			const { paths } = error.data;
			const files = Array.isArray(paths) && paths.length > 0 ? paths.join(' and ') : 'the work tree';
			const git = `git -C ${this.#repository.root}`;
			return (
				`${files} has edits that are not committed, and the remote has changed it as well; commit them (${git} commit) or put ` +
				`them aside (${git} stash push --include-untracked)`
			);
		}
	}

	/**
	 * Branches beside the published one, and tags: one that cannot be had, for another is in its way, holds up nothing else.
	 * @returns those that were moved
	 */
	async #moveOthers(moves: readonly RefUpdate[]): Promise<readonly RefUpdate[]> {
		if (moves.length === 0 || (await this.#moveOther(moves)) === undefined) return moves;
		const names = new Set(moves.map(({ ref }) => noteOf(ref)));
		const moved: RefUpdate[] = [];
		for (const name of names) {
			const both = moves.filter(({ ref }) => noteOf(ref) === name);
			const problem = await this.#moveOther(both);
			if (problem === undefined) moved.push(...both);
			else if (!this.#told.has(name)) {
				this.#told.add(name);
				this.#onNotice(`${refOf(name)} of the remote cannot be had here: ${problem}`);
			}
		}
		return moved;
	}

	/** @returns why not */
	async #moveOther(refs: readonly RefUpdate[]): Promise<string | undefined> {
		try {
			await this.#publisher.publish(publication(await this.#head.read(), { refs }));
			return undefined;
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			return error.message;
		}
	}

	async #move(branch: string, tips: Tips, moves: readonly RefUpdate[]): Promise<void> {
		const own = moves.find(({ ref }) => ref === branch);
		const refs = moves.filter((move) => move !== own);
		const ledger = moves.find(({ ref }) => ref === LEDGER_REF);
		const ledgerTip = ledger ? ledger.to : tips.ledger;
		if (!own?.to) {
			await this.#publisher.publish({ ...publication(tips, { refs }), ledgerTip });
			return;
		}
		if (own.from !== tips.base.commit) throw new AppError('ref-moved', `${branch} was moved meanwhile`);
		const tree = await this.#view.treeOf(own.to);
		if (tree === undefined) throw new AppError('git-failed', `${own.to} of the remote is no commit`);
		const paths = await this.#pathsBetween(tips.base.tree, tree);
		await this.#publisher.publish({ ...publication(tips, { refs }), tip: own.to, tree, paths, ledgerTip });
	}

	/** Paths in which two trees differ, and whether the first has them. */
	async #pathsBetween(from: string | undefined, to: string): Promise<ReadonlyMap<string, boolean>> {
		const { git } = this.#repository;
		if (from === undefined) {
			const listing = await git.run(['ls-tree', '-r', '-z', '--name-only', to]);
			return new Map(
				listing
					.split('\0')
					.filter(Boolean)
					.map((path) => [path, false]),
			);
		}
		const listing = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-status', from, to]);
		const fields = listing.split('\0').filter(Boolean);
		const paths = new Map<string, boolean>();
		for (let index = 0; index + 1 < fields.length; index += 2) {
			paths.set(fields[index + 1] ?? '', fields[index] !== 'A');
		}
		return paths;
	}

	async #countUnsynced(branch: string, ahead: FollowPlan['ahead']): Promise<number> {
		const own = ahead.find(({ ref }) => ref === branch);
		if (!own?.to) return 0;
		const range = own.from === undefined ? [own.to] : [own.to, `^${own.from}`];
		return Number(await this.#repository.git.run(['rev-list', '--count', ...range, '--']));
	}

	#ancestry(): Ancestry {
		const { git } = this.#repository;
		return {
			isAncestor: async (older, newer) =>
				older === newer || (await git.ask(['merge-base', '--is-ancestor', older, newer])) !== undefined,
			areRelated: async (a, b) => (await git.ask(['merge-base', a, b])) !== undefined,
		};
	}
}

/** The note of a ref; of a note itself. */
function noteOf(name: string): string {
	return name.startsWith(SYNCED_PREFIX) ? name : syncedRef(name);
}

/** The ref that a note is of; a ref itself. */
function refOf(name: string): string {
	return name.startsWith(SYNCED_PREFIX) ? `refs/${name.slice(SYNCED_PREFIX.length)}` : name;
}

/** Whether a ref, or the note of one, is neither published nor the queue's. */
function isOther(name: string, branch: string): boolean {
	const ref = refOf(name);
	return ref !== branch && ref !== LEDGER_REF && !isPendingRef(ref);
}

function joinMoves(branch: string, { here, there, synced }: Join, commit: string): readonly RefUpdate[] {
	return [
		{ ref: branch, from: here, to: commit },
		{ ref: syncedRef(branch), from: synced, to: there },
	];
}

function publication({ base, ledger }: Tips, { refs }: { refs: readonly RefUpdate[] }): Publication {
	const { commit: tip, tree } = base;
	return {
		base,
		objects: NOTHING_WRITTEN,
		tip,
		tree,
		paths: new Map(),
		refs,
		ledgerTip: ledger,
		isFromOthers: true,
	};
}

const OWN_COMMITS =
	'this replica has commits of its own that its upstream lacks; move them to the primary, then take them away here with ' +
	'git reset --hard refs/horde/remote/heads/<branch>';

/** Git has written the objects itself, and synced them. */
const NOTHING_WRITTEN = { place: () => {}, sync: () => {}, release: () => {} };

function conflictSentence(branch: string, conflicts: readonly string[]): string {
	return (
		`${conflicts.slice(0, 5).join(', ')} changed both here and at the remote; merge ${branch.replace('refs/heads/', '')} ` +
		'by hand (git pull, mend, git commit), what is here stays published until then'
	);
}
