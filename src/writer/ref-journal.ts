/**
 * Sees to it that refs which move together move all or none, also when git is ended in the middle: its transactions take refs one
 * after the other. What is to move is written down first; whoever finds that later carries it through, or takes it back.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { syncDirectory, syncFile } from '../git/durable-files.ts';
import { listRefs } from '../git/list-refs.ts';
import type { RefTransactions, RefUpdate } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import { isPendingRef } from '../queue/ledger-layout.ts';
import { isObject } from '../record/schema-issues.ts';
import { currentProcess, isProcessIdentity, type ProcessIdentity } from './process-identity.ts';
import { stateDirectory } from './state-directory.ts';

/** What is written down: who was about to move which refs. */
export interface RefPlan extends ProcessIdentity {
	readonly updates: readonly RefUpdate[];
}

export class RefJournal {
	readonly #file: string;

	/** @param name of the file */
	constructor(repository: Pick<Repository, 'commonDirectory'>, name = 'refs.json') {
		this.#file = path.join(stateDirectory(repository), name);
	}

	/** Durable when it returns. */
	write(updates: readonly RefUpdate[]): void {
		const plan: RefPlan = { ...currentProcess(), updates };
		const temporary = `${this.#file}.new`;
		writeFileSync(temporary, JSON.stringify(plan));
		syncFile(temporary);
		renameSync(temporary, this.#file);
		syncDirectory(path.dirname(this.#file));
	}

	/** What was written down and not crossed out; undefined for nothing that is whole. */
	read(): RefPlan | undefined {
		try {
			const value: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
			return isPlan(value) ? value : undefined;
		} catch {
			return undefined;
		}
	}

	clear(): void {
		rmSync(this.#file, { force: true });
	}
}

/** What became of a transaction: all moved, none, or neither can be had without undoing what somebody has done since. */
export type Settled = 'done' | 'undone' | 'torn';

/**
 * Finds out what became of a transaction, and brings one that stopped in the middle to an end: forward where nobody else has
 * moved any of its refs, else back. The branch of a proposal that somebody has put elsewhere is theirs, and decides nothing.
 * @throws AppError `git-failed` when that cannot be told
 */
export async function settle(
	repository: Repository,
	refs: RefTransactions,
	updates: readonly RefUpdate[],
): Promise<Settled> {
	const now = await listRefs(
		repository.git,
		updates.map(({ ref }) => ref),
	);
	const moved: RefUpdate[] = [];
	const waiting: RefUpdate[] = [];
	let hasForeign = false;
	let hasGoneOn = false;
	for (const update of updates) {
		const at = now.get(update.ref);
		if (at === update.to) moved.push(update);
		else if (at === update.from) waiting.push(update);
		else if (await isBehind(repository, update.to, at)) hasGoneOn = true;
		else if (!isPendingRef(update.ref)) hasForeign = true;
	}
	if (moved.length === 0 && !hasGoneOn) return 'undone';
	if (hasForeign && hasGoneOn) return 'torn';
	refs.refresh();
	if (hasForeign) {
		await refs.move(moved.map(({ ref, from, to }) => ({ ref, from: to, to: from })));
		return 'undone';
	}
	if (waiting.length > 0) await refs.move(waiting);
	return 'done';
}

/** Whether a ref has gone on from where it was to be moved. */
async function isBehind(
	{ git }: Repository,
	to: string | undefined,
	at: string | undefined,
): Promise<boolean> {
	if (to === undefined || at === undefined) return false;
	try {
		await git.run(['merge-base', '--is-ancestor', to, at]);
		return true;
	} catch (error) {
		if (error instanceof AppError && error.code === 'git-failed') return false;
		throw error;
	}
}

function isPlan(value: unknown): value is RefPlan {
	return (
		isProcessIdentity(value) &&
		isObject(value) &&
		Array.isArray(value.updates) &&
		value.updates.every((update) => isObject(update) && typeof update.ref === 'string')
	);
}
