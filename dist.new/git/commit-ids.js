/**
 * Owns the ids of all commits that some tips can reach. To know them all costs a hundred bytes a commit, and then no request,
 * however made up its id, starts a process, or learns of a commit that no tip reaches.
 */
import { output } from './command.js';
export class CommitIds {
    #tips;
    #sorted;
    constructor(tips, ids) {
        this.#tips = tips;
        this.#sorted = [...ids].sort();
    }
    /** @throws AppError `git-failed` */
    static async read(git, tips) {
        // A ref whose object is missing reaches nothing, and must not hide what the others reach.
        return new CommitIds(tips, await list(git, tips, [], ['--ignore-missing']));
    }
    /**
     * The same for the tips as they are now; only what is new is walked.
     * @returns undefined when something could be reached before and no longer can: a branch was rewound or is gone
     */
    async moved(git, tips) {
        try {
            const gone = await list(git, this.#tips, tips, ['--max-count=1']);
            if (gone.length > 0)
                return undefined;
            return new CommitIds(tips, [...this.#sorted, ...(await list(git, tips, this.#tips))]);
        }
        catch {
            return undefined; // an old tip was collected: it is gone for certain
        }
    }
    /** The one commit whose id begins like this; undefined for none, and for several. */
    find(beginning) {
        let low = 0;
        let high = this.#sorted.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.#sorted[middle] ?? '') < beginning)
                low = middle + 1;
            else
                high = middle;
        }
        const [found, next] = this.#sorted.slice(low, low + 2);
        return found?.startsWith(beginning) && !next?.startsWith(beginning) ? found : undefined;
    }
}
/** Ids of commits that can be reached from some tips and not from others. Tags of something else than commits reach none. */
async function list(git, from, without, options = []) {
    if (from.length === 0)
        return [];
    const revisions = [...from, ...without.map((id) => `^${id}`)];
    const printed = await output(git, ['rev-list', ...options, '--stdin'], `${revisions.join('\n')}\n`);
    return printed.split('\n').filter(Boolean);
}
//# sourceMappingURL=commit-ids.js.map