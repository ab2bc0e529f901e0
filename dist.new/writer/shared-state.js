/** Has others take what is published here before it is: several machines that write agree by what their remote takes first. */
import { AppError } from '../errors.js';
import { remoteRef, syncedRef } from '../git/shared-refs.js';
/** Whoever asks for a write waits for it. Milliseconds. */
const LONGEST_PUSH = 20_000;
export class SharedState {
    #remote;
    #view;
    #journal;
    constructor(remote, view, journal) {
        this.#remote = remote;
        this.#view = view;
        this.#journal = journal;
    }
    /**
     * Moves the same refs at the remote, all or none, if it still has what we have built on.
     * @returns what is to be written down with it here: what the remote has now
     * @throws AppError as `Remote.push`
     */
    async push(updates) {
        const theirs = [];
        for (const { ref, to } of updates) {
            // A maintainer may have committed here meanwhile: that goes along, so the remote is behind what ours moves from.
            const from = await this.#view.refAt(syncedRef(ref));
            if (from !== to)
                theirs.push({ ref, from, to });
        }
        const notes = await sharedNotes(updates, (ref) => this.#view.refAt(ref));
        this.#journal.begin(theirs);
        try {
            await this.#remote.push(theirs, LONGEST_PUSH);
        }
        catch (error) {
            if (!(error instanceof AppError) || error.code !== 'outcome-unknown')
                this.#journal.end();
            throw error;
        }
        this.#journal.end();
        return notes;
    }
    /** Sees to a push that was cut off; looks at one file where none was. */
    async carryThrough() {
        await this.#journal.carryThrough();
    }
    /** As `PushJournal.dropStrays`. */
    dropStrays() {
        return this.#journal.dropStrays();
    }
    /** Learns what the remote has now. */
    fetch() {
        return this.#remote.fetch(true, LONGEST_PUSH);
    }
}
/** What is to be written down once the remote has these: where it is, and that both agree on that. */
export async function sharedNotes(updates, refAt) {
    const notes = [];
    for (const { ref, to } of updates) {
        for (const name of [syncedRef(ref), remoteRef(ref)]) {
            const from = await refAt(name);
            if (from !== to)
                notes.push({ ref: name, from, to });
        }
    }
    return notes;
}
//# sourceMappingURL=shared-state.js.map