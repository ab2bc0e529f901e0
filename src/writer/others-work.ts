/** What other primaries did to the shared remote while a group was under way here: brought, and looked through for what was asked twice. */

import type { Repository } from '../git/repository.ts';
import { isRevert, isTransition, type Refusal, type WriteOutcome, type WriteRequest } from './change.ts';
import type { Followed } from './follow.ts';
import type { Head, TipIds } from './head.ts';
import { KEY_TRAILER } from './idempotency.ts';
import { refusal } from './plan-change.ts';
import { asRefusal } from './refusals.ts';
import type { SharedState } from './shared-state.ts';

export interface OthersWorkOptions {
	readonly repository: Repository;
	readonly shared: SharedState;
	readonly head: Head;
	readonly follow: () => Promise<Followed>;
}

export class OthersWork {
	readonly #options: OthersWorkOptions;
	/** Keys of idempotent requests that others have used meanwhile. */
	readonly #used = new Set<string>();
	#hasCaughtUp = false;
	#hasMoved = false;

	constructor(options: OthersWorkOptions) {
		this.#options = options;
	}

	/** Whether the remote was looked at. */
	get hasCaughtUp(): boolean {
		return this.#hasCaughtUp;
	}

	/** Whether anything may have come that was not made here. */
	get isDisturbed(): boolean {
		return this.#hasCaughtUp || this.#hasMoved;
	}

	/**
	 * To be told that somebody has moved branch or ledger by hand, as with a pull: what came by that is others' work as well.
	 * @param since where they were
	 */
	async noteMoved(requests: readonly WriteRequest[], since: TipIds): Promise<void> {
		this.#hasMoved = true;
		await this.#noteUsedKeys(requests, since);
	}

	/**
	 * Brings what the remote has now.
	 * @param since what was known before the group
	 * @returns why it cannot be had
	 */
	async catchUp(requests: readonly WriteRequest[], since: TipIds): Promise<Refusal | undefined> {
		this.#hasCaughtUp = true;
		try {
			await this.#options.shared.fetch();
			const { trouble } = await this.#options.follow();
			if (trouble !== undefined) return refusal('remote-diverged', trouble, { retryAfter: 60 });
			await this.#noteUsedKeys(requests, since);
			return undefined;
		} catch (error) {
			return asRefusal(error);
		}
	}

	/** Why a request must not be done any more; undefined for one that may. */
	refusalOf(request: WriteRequest): Refusal | undefined {
		const key = keyOf(request);
		return key !== undefined && this.#used.has(key) ? KEY_USED : undefined;
	}

	async #noteUsedKeys(requests: readonly WriteRequest[], since: TipIds): Promise<void> {
		if (!requests.some((request) => keyOf(request) !== undefined)) return;
		const { head, repository } = this.#options;
		const now = await head.read();
		const ends = [now.base.commit, now.ledger].filter((id) => id !== undefined);
		const known = [since.commit, since.ledger].flatMap((id) => (id === undefined ? [] : [`^${id}`]));
		const format = `--format=%(trailers:key=${KEY_TRAILER},valueonly)`;
		const printed = await repository.git.run(['log', '--no-show-signature', format, ...ends, ...known, '--']);
		for (const key of printed.split('\n').filter(Boolean)) this.#used.add(key);
	}
}

/** Whether an outcome may be owed to what others have done, and be another one on top of that. */
export function mayBeOutOfDate(outcome: WriteOutcome): boolean {
	switch (outcome.kind) {
		case 'refused':
		case 'unchanged':
			return true;
		case 'reverted':
			return outcome.commit === undefined;
		case 'applied-changes':
			return outcome.failure !== undefined;
		default:
			return false;
	}
}

/** Digest of the key with which a request may be sent again; undefined where it has none. */
function keyOf(request: WriteRequest): string | undefined {
	if (isRevert(request)) return undefined;
	const change = isTransition(request) ? request.transition === 'propose' && request.change : request;
	return change ? change.trailers?.find(([name]) => name === KEY_TRAILER)?.[1] : undefined;
}

const KEY_USED = refusal(
	'repository-busy',
	'the same Idempotency-Key was used elsewhere at the same moment; send the request again to be told what became of it',
	{ retryAfter: 1 },
);
