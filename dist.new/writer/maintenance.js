/**
 * Keeps packs and loose objects in hand by git's own incremental maintenance, now and then and on the side: a write never
 * waits for it.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { finished } from '../git/command.js';
/** Commits between two looks. */
const LOOK_EVERY = 256;
/** Loose objects from which it pays; git's own automatic run waits for 6,700. */
const MOST_LOOSE = 2_000;
/** Packs from which it pays: each group of writes makes one, and git looks through them one after the other. */
const MOST_PACKS = 50;
/**
 * Git's own incremental ways: loose objects and small packs become larger packs, each at least twice the next smaller, so that an
 * object is packed again a few times and not with every run; and the new commits join the graph by which history is walked.
 */
const STEPS = [
    ['repack', '--geometric=2', '-d', '-l', '-q'],
    ['commit-graph', 'write', '--reachable', '--split', '--changed-paths', '--no-progress'],
];
export class Maintenance {
    #repository;
    #sinceLook = LOOK_EVERY;
    #child;
    #running;
    #closed = false;
    constructor(repository) {
        this.#repository = repository;
    }
    /** Never throws: what was committed is committed. */
    noteCommits(count) {
        this.#sinceLook += count;
        if (this.#sinceLook < LOOK_EVERY || this.#running !== undefined)
            return;
        this.#sinceLook = 0;
        if (this.#looseObjects() < MOST_LOOSE && this.#packs() < MOST_PACKS)
            return;
        // Another git may be at it, or there is no room for a process or on the disk: it is tried again, and nothing is lost.
        this.#running = this.#run()
            .catch(() => { })
            .finally(() => {
            this.#running = undefined;
        });
    }
    /** Ends what is under way; git tidies up, and begins anew the next time. */
    async close() {
        this.#closed = true;
        this.#child?.kill();
        await this.#running;
    }
    async #run() {
        for (const step of STEPS) {
            if (this.#closed)
                return;
            const child = this.#repository.git.spawn(step);
            this.#child = child;
            child.stdin.end();
            child.stdout.resume();
            await finished(child, step);
        }
    }
    /** An estimate as git makes it: the ids are spread evenly, so one of the 256 folders speaks for all. */
    #looseObjects() {
        return this.#list('17').length * 256;
    }
    #packs() {
        return this.#list('pack').filter((name) => name.endsWith('.pack')).length;
    }
    #list(folder) {
        try {
            return readdirSync(path.join(this.#repository.commonDirectory, 'objects', folder));
        }
        catch {
            return [];
        }
    }
}
//# sourceMappingURL=maintenance.js.map