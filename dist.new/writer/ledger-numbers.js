/**
 * Knows which numbers a ledger may give next. A clone brings no ledger, and a maintainer may put one back to an older commit:
 * what was numbered since is found in commits and branches, and numbers must not be given twice.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { LEDGER_REF } from '../queue/ledger-layout.js';
import { goneLedger } from '../queue/pending-change.js';
/** What the reflog says of moves by this program. */
export const REFLOG_MESSAGE = 'horde-references';
/** Left free behind the highest number that is found, for those that left no trace: what was rejected or purged. */
const LEAP = 1_000;
/** Bytes at the end of a reflog that hold its last line. */
const LAST_LINE = 4_096;
export class LedgerNumbers {
    #repository;
    /** The commit that the ledger was at when it was last asked for. */
    #last;
    /** What history shows, and of which state of the ledger. */
    #shown;
    constructor(repository) {
        this.#repository = repository;
    }
    /**
     * Where a new ledger begins.
     * @throws AppError `ledger-broken` where there was one a moment ago
     */
    async first() {
        if (this.#last !== undefined)
            throw goneLedger(this.#last);
        const { last_change_id, last_batch_id } = await this.#shownBy(undefined);
        return {
            last_change_id: afterLeap(last_change_id),
            last_batch_id: afterLeap(last_batch_id),
            last_event_id: 0,
        };
    }
    /** @param stored what the ledger itself says at this commit */
    async after(commit, stored) {
        this.#last = commit;
        if (this.#isAsWeLeftIt(commit))
            return stored;
        const shown = await this.#shownBy(commit);
        return {
            last_change_id: Math.max(stored.last_change_id, shown.last_change_id),
            last_batch_id: Math.max(stored.last_batch_id, shown.last_batch_id),
            last_event_id: Math.max(stored.last_event_id, shown.last_event_id),
        };
    }
    /** Whether it was this program that moved the ledger last: git writes down what for. */
    #isAsWeLeftIt(commit) {
        const lines = endOf(path.join(this.#repository.commonDirectory, 'logs', LEDGER_REF))
            .trimEnd()
            .split('\n');
        const [, to, message] = /^\S+ (\S+) .*\t(.*)$/.exec(lines.at(-1) ?? '') ?? [];
        return to === commit && message === REFLOG_MESSAGE;
    }
    async #shownBy(ledger) {
        if (this.#shown?.ledger !== ledger || !this.#shown) {
            this.#shown = { ledger, counters: await shownCounters(this.#repository) };
        }
        return this.#shown.counters;
    }
}
/** The highest numbers in commits that any ref names, or named not long ago, and in the names of branches. */
async function shownCounters({ git }) {
    const trailers = ['Change-Id', 'Batch-Id', 'New-Batch-Id', 'Event-Id'].map((name) => `%(trailers:key=${name},valueonly,separator=%x2C)`);
    const log = await git.run([
        'log',
        '--all',
        '--reflog',
        '--no-show-signature',
        '--grep=^Change-Id: ',
        `--format=${trailers.join(' ')}`,
    ]);
    const branches = await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes']);
    let change = highest([...branches.matchAll(/\/pending\/(\d+)$/gm)].map(([, id]) => id));
    let batch = 0;
    let event = 0;
    for (const line of log.split('\n')) {
        const [changes, batches, newBatches, events] = line.split(' ').map((ids) => highest(ids.split(',')));
        change = Math.max(change, changes ?? 0);
        batch = Math.max(batch, batches ?? 0, newBatches ?? 0);
        event = Math.max(event, events ?? 0);
    }
    return { last_change_id: change, last_batch_id: batch, last_event_id: event };
}
function highest(numbers) {
    return numbers
        .map(Number)
        .filter(Number.isSafeInteger)
        .reduce((a, b) => Math.max(a, b), 0);
}
function afterLeap(number) {
    return number === 0 ? 0 : Math.ceil((number + 1) / LEAP) * LEAP;
}
/** The end of a file; empty where there is none. */
function endOf(file) {
    let descriptor;
    try {
        descriptor = openSync(file, 'r');
    }
    catch {
        return '';
    }
    try {
        const { size } = fstatSync(descriptor);
        const bytes = Buffer.alloc(Math.min(size, LAST_LINE));
        readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
        return bytes.toString('utf8');
    }
    finally {
        closeSync(descriptor);
    }
}
//# sourceMappingURL=ledger-numbers.js.map