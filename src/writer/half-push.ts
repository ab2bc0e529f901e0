/**
 * Brings a push to an end that was cut off when the remote had moved some of its refs and not others: what is to move is written down before
 * each push of several, and looked up when one of them had no outcome, or by whoever comes after a process that died.
 */

import type { BlobReader } from '../git/blobs.ts';
import { listRefs } from '../git/list-refs.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { REMOTE_PREFIX, remoteRef } from '../git/shared-refs.ts';
import { isOpen } from '../queue/change-diff.ts';
import { changeIdOf, changePath, isPendingRef, LEDGER_REF, pendingRef } from '../queue/ledger-layout.ts';
import { type PendingChange, readChange } from '../queue/pending-change.ts';
import { RefJournal } from './ref-journal.ts';

/** What the remote says of a push that may have stopped half-way. */
export interface HalfPush {
	readonly updates: readonly RefUpdate[];
	/** Where its refs are now. */
	readonly now: ReadonlyMap<string, string>;
	/** Whether a commit can be reached from a later one. */
	isIn(older: string | undefined, newer: string | undefined): Promise<boolean>;
	/** The commit that the ledger at a commit wants as the branch of a proposal; undefined for none. */
	proposalIn(ledger: string | undefined, ref: string): Promise<string | undefined>;
}

/**
 * What must still move. Branch and ledger go forward if the other did, and never back: others may have built on them. What the ledger says then
 * decides over the branches of proposals, as far as nobody else has moved them.
 */
export async function planRest({ updates, now, isIn, proposalIn }: HalfPush): Promise<readonly RefUpdate[]> {
	const main = updates.find(({ ref }) => !isPendingRef(ref) && ref !== LEDGER_REF);
	const ledger = updates.find(({ ref }) => ref === LEDGER_REF);
	const branches = updates.filter(({ ref }) => isPendingRef(ref));
	const isThere = async (update: RefUpdate | undefined) =>
		update !== undefined && (await isIn(update.to, now.get(update.ref)));
	const isUntouched = ({ ref, from }: RefUpdate) => now.get(ref) === from;
	const rest: RefUpdate[] = [];
	const hasMain = await isThere(main);
	const hasLedger = await isThere(ledger);
	const hasBranch = branches.some(({ ref, from, to }) => from !== to && now.get(ref) === to);
	if (main && !hasMain && isUntouched(main) && hasLedger) rest.push(main);
	const isBegun = main ? hasMain : hasBranch;
	if (ledger && !hasLedger && isUntouched(ledger) && isBegun) rest.push(ledger);
	const counts = ledger && rest.includes(ledger) ? ledger.to : now.get(LEDGER_REF);
	for (const { ref, from, to } of branches) {
		const at = now.get(ref);
		const wanted = await proposalIn(counts, ref);
		if (at !== wanted && (at === from || at === to)) rest.push({ ref, from: at, to: wanted });
	}
	return rest;
}

export class PushJournal {
	readonly #repository: Repository;
	readonly #blobs: BlobReader;
	readonly #remote: Remote;
	readonly #journal: RefJournal;

	constructor(repository: Repository, blobs: BlobReader, remote: Remote) {
		this.#repository = repository;
		this.#blobs = blobs;
		this.#remote = remote;
		this.#journal = new RefJournal(repository, 'push.json');
	}

	/** To be told before a push; one ref alone moves or does not. */
	begin(updates: readonly RefUpdate[]): void {
		if (updates.length > 1) this.#journal.write(updates);
	}

	/** To be told once the outcome is known. */
	end(): void {
		this.#journal.clear();
	}

	/**
	 * Sees to a push that was left without an outcome; looks at one file where there is none.
	 * @throws AppError as `Remote.push`
	 */
	async carryThrough(): Promise<void> {
		const left = this.#journal.read();
		if (!left) return;
		await this.#remote.fetch(true);
		const rest = await planRest({
			updates: left.updates,
			now: await this.#refsThere(left.updates),
			isIn: (older, newer) => this.#isIn(older, newer),
			proposalIn: (ledger, ref) => this.#proposalIn(ledger, ref),
		});
		if (rest.length > 0) {
			await this.#remote.push(rest);
			await this.#remote.fetch(true);
		}
		this.#journal.clear();
	}

	/**
	 * Takes branches of proposals from the remote that came there when their change was closed by somebody who had not seen them: as two
	 * primaries do that put a half push right and apply its change.
	 */
	async dropStrays(): Promise<void> {
		const pending = 'refs/heads/pending';
		const names = [pending, remoteRef(pending), remoteRef(LEDGER_REF)];
		const ids = await listRefs(this.#repository.git, names);
		const strays: RefUpdate[] = [];
		for (const [name, at] of ids) {
			const ref = name.replace(REMOTE_PREFIX, 'refs/');
			if (ref === name || !isPendingRef(ref) || ids.has(ref)) continue;
			// What is wrong with the ledger is told by whoever needs it.
			const change = await this.#changeIn(ids.get(remoteRef(LEDGER_REF)), ref).catch(() => undefined);
			if (change && !isWaiting(change) && change.ledger.proposal === at)
				strays.push({ ref, from: at, to: undefined });
		}
		if (strays.length === 0) return;
		await this.#remote.push(strays);
		await this.#remote.fetch(true);
	}

	async #refsThere(updates: readonly RefUpdate[]): Promise<ReadonlyMap<string, string>> {
		const names = [...updates.map(({ ref }) => ref), LEDGER_REF];
		const ids = await listRefs(this.#repository.git, names.map(remoteRef));
		return new Map(
			names.flatMap((name) => {
				const id = ids.get(remoteRef(name));
				return id === undefined ? [] : [[name, id] as const];
			}),
		);
	}

	async #isIn(older: string | undefined, newer: string | undefined): Promise<boolean> {
		if (older === undefined || newer === undefined) return older === newer;
		return (await this.#repository.git.ask(['merge-base', '--is-ancestor', older, newer])) !== undefined;
	}

	async #proposalIn(ledger: string | undefined, ref: string): Promise<string | undefined> {
		const change = await this.#changeIn(ledger, ref);
		return change && isWaiting(change) ? change.ledger.proposal : undefined;
	}

	/** What the ledger at a commit says of the change of a branch. */
	async #changeIn(ledger: string | undefined, ref: string): Promise<PendingChange | undefined> {
		const id = changeIdOf(`/${ref.split('/').at(-1)}.json`);
		if (ledger === undefined || id === undefined || ref !== pendingRef(id)) return undefined;
		const name = `${ledger}:${changePath(id)}`;
		const object = await this.#blobs.read(name);
		return object && readChange(object.bytes.toString(), id, () => name);
	}
}

function isWaiting(change: PendingChange): boolean {
	return isOpen(change) && !change.ledger.purged;
}
