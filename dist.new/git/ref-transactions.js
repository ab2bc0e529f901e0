/**
 * Moves refs, all of them or none, through one long-lived `git update-ref --stdin`: a transaction takes half a
 * millisecond there and ten times that in a process of its own.
 */
import { AppError } from '../errors.js';
/**
 * `reference` makes git sync a ref before it says that it moved. Hooks are for people's commits: one that fails or
 * hangs must not decide over a write half-way.
 */
const ARGUMENTS = ['-c', 'core.fsync=reference', '-c', 'core.hooksPath=/dev/null', 'update-ref'];
/** A process takes the time for its reflog entries once, at its first; an older one would date them wrong. Milliseconds. */
const LONGEST_USE = 1_000;
export class RefTransactions {
    #git;
    #message;
    #process;
    #renewal;
    /** @param message what the reflog says */
    constructor(git, message) {
        this.#git = git;
        this.#message = message;
        this.#process = this.#start();
    }
    /**
     * Moves all refs, durably, or none.
     * @throws AppError `ref-moved` when one of them names something else by now or is locked, or (`data.taken`) cannot be made for
     * another below its name; `git-failed`
     */
    async move(updates) {
        const waiting = this.#process;
        // One that ended while it had nothing to do is no failure of this transaction.
        const process = waiting && !waiting.ended ? waiting : this.#start();
        this.#process = process;
        const commands = updates.map(({ ref, from, to }) => {
            if (to === undefined)
                return `delete ${ref}\0${from ?? ''}\0`;
            return `update ${ref}\0${to}\0${from ?? '0'.repeat(to.length)}\0`;
        });
        try {
            await process.run(['start\0', ...commands, 'prepare\0', 'commit\0']);
        }
        catch (error) {
            this.#process = undefined;
            throw error;
        }
        this.#renewal ??= setTimeout(() => this.#renew(), LONGEST_USE);
    }
    /** Has the next transaction look at the refs with fresh eyes. Not while one is under way. */
    refresh() {
        void this.#process?.close();
        this.#process = undefined;
    }
    async close() {
        clearTimeout(this.#renewal);
        await this.#process?.close();
        this.#process = undefined;
    }
    #renew() {
        this.#renewal = undefined;
        if (this.#process?.busy) {
            this.#renewal = setTimeout(() => this.#renew(), LONGEST_USE);
            return;
        }
        void this.#process?.close();
        this.#process = this.#start();
    }
    #start() {
        // Git by itself writes down where branches were, and not where the ledger of the queue was.
        const how = ['--create-reflog', '-m', this.#message, '--stdin', '-z'];
        return new TransactionProcess(this.#git.spawn([...ARGUMENTS, ...how]));
    }
}
/** One git process; it ends with the first transaction that fails. */
class TransactionProcess {
    #child;
    #closed;
    #said = '';
    #printed = '';
    #waiting;
    #ended = false;
    constructor(child) {
        this.#child = child;
        child.stdin.on('error', () => { }); // a process that is gone is told by its close
        child.stderr.setEncoding('utf8').on('data', (text) => {
            this.#said = (this.#said + text).slice(-2048);
        });
        child.stdout.setEncoding('utf8').on('data', (text) => {
            this.#printed += text;
            if (!this.#printed.endsWith('commit: ok\n'))
                return;
            this.#printed = '';
            this.#waiting?.resolve();
            this.#waiting = undefined;
        });
        this.#closed = new Promise((resolve) => {
            const end = () => {
                this.#ended = true;
                this.#waiting?.reject(this.#failure());
                this.#waiting = undefined;
                resolve();
            };
            child.once('error', end);
            child.once('close', end);
        });
    }
    get ended() {
        return this.#ended;
    }
    get busy() {
        return this.#waiting !== undefined;
    }
    run(commands) {
        return new Promise((resolve, reject) => {
            if (this.#ended) {
                reject(this.#failure());
                return;
            }
            this.#waiting = { resolve, reject };
            this.#child.stdin.write(commands.join(''));
        });
    }
    close() {
        this.#child.stdin.end();
        return this.#closed;
    }
    #failure() {
        const words = this.#said.replace(/^(fatal|error): /gm, '').trim();
        // A lock that cannot be made for want of space or rights is no other's doing, and no use to wait for.
        const moved = /but expected|File exists|reference already exists|unable to resolve reference/.test(words);
        const [, taken] = /(?:exists; cannot create|blocking reference) '([^']+)'/.exec(words) ?? [];
        return new AppError(moved || taken !== undefined ? 'ref-moved' : 'git-failed', `the branch could not be moved: ${words || 'git update-ref ended'}`, { died: words === '', ...(taken !== undefined && { taken }) });
    }
}
//# sourceMappingURL=ref-transactions.js.map