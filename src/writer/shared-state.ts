/** Has others take what is published here before it is: several machines that write agree by what their remote takes first. */

import { AppError } from '../errors.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Remote } from '../git/remote.ts';
import { remoteRef, syncedRef } from '../git/shared-refs.ts';
import type { PushJournal } from './half-push.ts';
import type { RepositoryView } from './repository-view.ts';

/** Whoever asks for a write waits for it. Milliseconds. */
const LONGEST_PUSH = 20_000;

export class SharedState {
	readonly #remote: Remote;
	readonly #view: RepositoryView;
	readonly #journal: PushJournal;

	constructor(remote: Remote, view: RepositoryView, journal: PushJournal) {
		this.#remote = remote;
		this.#view = view;
		this.#journal = journal;
	}

	/**
	 * Moves the same refs at the remote, all or none, if it still has what we have built on.
	 * @returns what is to be written down with it here: what the remote has now
	 * @throws AppError as `Remote.push`
	 */
	async push(updates: readonly RefUpdate[]): Promise<readonly RefUpdate[]> {
		const theirs: RefUpdate[] = [];
		for (const { ref, to } of updates) {
			// A maintainer may have committed here meanwhile: that goes along, so the remote is behind what ours moves from.
			const from = await this.#view.refAt(syncedRef(ref));
			if (from !== to) theirs.push({ ref, from, to });
		}
		const notes = await sharedNotes(updates, (ref) => this.#view.refAt(ref));
		this.#journal.begin(theirs);
		try {
			await this.#remote.push(theirs, LONGEST_PUSH);
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'outcome-unknown') this.#journal.end();
			throw error;
		}
		this.#journal.end();
		return notes;
	}

	/** Sees to a push that was cut off; looks at one file where none was. */
	carryThrough(): Promise<void> {
		return this.#journal.carryThrough();
	}

	/** As `PushJournal.dropStrays`. */
	dropStrays(): Promise<void> {
		return this.#journal.dropStrays();
	}

	/** Learns what the remote has now. */
	fetch(): Promise<void> {
		return this.#remote.fetch(true, LONGEST_PUSH);
	}
}

/** What is to be written down once the remote has these: where it is, and that both agree on that. */
export async function sharedNotes(
	updates: readonly RefUpdate[],
	refAt: (ref: string) => Promise<string | undefined>,
): Promise<readonly RefUpdate[]> {
	const notes: RefUpdate[] = [];
	for (const { ref, to } of updates) {
		for (const name of [syncedRef(ref), remoteRef(ref)]) {
			const from = await refAt(name);
			if (from !== to) notes.push({ ref: name, from, to });
		}
	}
	return notes;
}
