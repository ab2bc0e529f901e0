/** Has others take what is published here before it is: several machines that write agree by what their remote takes first. */

import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Remote } from '../git/remote.ts';
import { syncedRef } from '../git/shared-refs.ts';
import type { RepositoryView } from './repository-view.ts';

export class SharedState {
	readonly #remote: Remote;
	readonly #view: RepositoryView;

	constructor(remote: Remote, view: RepositoryView) {
		this.#remote = remote;
		this.#view = view;
	}

	/**
	 * Moves the same refs at the remote, all or none, if it still has what we have built on.
	 * @returns what is to be written down with it here: what the remote has now
	 * @throws AppError as `Remote.push`
	 */
	async push(updates: readonly RefUpdate[]): Promise<readonly RefUpdate[]> {
		const agreed: RefUpdate[] = [];
		for (const { ref, to } of updates) {
			const name = syncedRef(ref);
			agreed.push({ ref: name, from: await this.#view.refAt(name), to });
		}
		// A maintainer may have committed here meanwhile: that goes along, so the remote is behind what ours moves from.
		const theirs = updates.map(({ ref, to }, index) => ({ ref, from: agreed[index]?.from, to }));
		await this.#remote.push(theirs.filter(({ from, to }) => from !== to));
		return agreed.filter(({ from, to }) => from !== to);
	}

	/** Learns what the remote has now. */
	fetch(): Promise<void> {
		return this.#remote.fetch(true);
	}
}
