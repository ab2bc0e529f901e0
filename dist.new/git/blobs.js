/** Reads objects through `git cat-file --batch`: single ones by a long-lived process, so that no read starts one, or very many. */
import { AppError } from '../errors.js';
import { finished } from './command.js';
export class BlobReader {
    #git;
    #telling;
    #child;
    #waiting = [];
    #answers;
    constructor(git, telling = 'whole') {
        this.#git = git;
        this.#telling = telling;
        this.#answers = this.#newAnswers();
    }
    /**
     * The object that a revision names (`HEAD`, `<commit>:<path>`, an id), or undefined when there is none.
     * The name must come from this program or have been resolved by git before; a line break in it is refused.
     */
    async read(name) {
        if (/[\n\0]/.test(name))
            throw new AppError('ref-unknown', 'a revision cannot hold a line break');
        try {
            return await this.#ask(name);
        }
        catch (error) {
            // One that was ended from outside tells nothing of the next.
            if (!(error instanceof AppError) || error.data.died !== true)
                throw error;
            return this.#ask(name);
        }
    }
    #ask(name) {
        const child = this.#child ?? this.#start();
        return new Promise((resolve, reject) => {
            this.#waiting.push({ resolve, reject });
            child.stdin.write(`${name}\n`);
        });
    }
    /** Ends the process; a later read starts another. */
    close() {
        this.#child?.stdin.end();
        this.#child = undefined;
    }
    #start() {
        const child = this.#git.spawn(['cat-file', this.#telling === 'whole' ? '--batch' : '--batch-check']);
        this.#child = child;
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (text) => {
            said = (said + text).slice(-2048);
        });
        child.stdin.on('error', () => { }); // a process that is gone is told by its close
        child.stdout.on('data', (chunk) => this.#answers.push(chunk));
        child.once('error', (error) => this.#fail(child, error.message));
        child.once('close', () => this.#fail(child, said));
        return child;
    }
    #fail(child, reason) {
        if (this.#child === child)
            this.#child = undefined;
        if (this.#child)
            return; // a successor is at work; these bytes and waiters are its own
        const waiting = this.#waiting;
        this.#waiting = [];
        this.#answers = this.#newAnswers();
        const words = `cannot read from git: ${reason || 'git cat-file ended'}`;
        for (const { reject } of waiting)
            reject(new AppError('git-failed', words, { died: reason === '' }));
    }
    #newAnswers() {
        return new BatchAnswers((object) => this.#waiting.shift()?.resolve(object), this.#telling);
    }
}
/** Ids that are sent in one piece. */
const PIECE = 1_000;
/** Reads very many objects by a process of its own, while it is still being found out which. */
export class ObjectStream {
    #child;
    #done;
    #asked = [];
    #failure;
    /** @param onObject told each object that is asked for, in order; undefined for one that is missing. What it throws ends it all */
    constructor(git, onObject) {
        // Written in larger pieces than an object each.
        const args = ['cat-file', '--batch', '--buffer'];
        this.#child = git.spawn(args);
        const answers = new BatchAnswers((object) => {
            if (this.#failure !== undefined)
                return;
            try {
                onObject(object);
            }
            catch (error) {
                this.#failure = error;
                this.#child.kill();
            }
        });
        this.#child.stdout.on('data', (chunk) => answers.push(chunk));
        this.#child.stdin.on('error', () => { }); // an early end is told by the exit code
        this.#done = finished(this.#child, args);
        this.#done.catch(() => { }); // told by `end`
    }
    /** @param id of an object */
    ask(id) {
        this.#asked.push(id);
        if (this.#asked.length >= PIECE)
            this.#send();
    }
    /**
     * To be called in any case; nothing is told afterwards.
     * @throws AppError `git-failed`, and what `onObject` has thrown
     */
    async end() {
        if (this.#asked.length > 0)
            this.#send();
        this.#child.stdin.end();
        try {
            await this.#done;
        }
        catch (error) {
            throw this.#failure ?? error;
        }
        if (this.#failure !== undefined)
            throw this.#failure;
    }
    #send() {
        this.#child.stdin.write(`${this.#asked.join('\n')}\n`);
        this.#asked = [];
    }
}
/**
 * Puts together what `cat-file` prints: `<id> <type> <size>\n<bytes>\n`, or only the first line with `--batch-check`; or
 * `<name> missing\n`.
 */
class BatchAnswers {
    #onAnswer;
    #telling;
    #chunks = [];
    #length = 0;
    #header;
    constructor(onAnswer, telling = 'whole') {
        this.#onAnswer = onAnswer;
        this.#telling = telling;
    }
    push(chunk) {
        this.#chunks.push(chunk);
        this.#length += chunk.length;
        this.#answer();
    }
    #answer() {
        for (;;) {
            if (!this.#header) {
                const buffer = this.#gather();
                const end = buffer.indexOf(0x0a);
                if (end < 0)
                    return;
                const line = buffer.toString('utf8', 0, end);
                this.#keep(buffer.subarray(end + 1));
                const match = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line);
                if (!match?.[1] || !match[2]) {
                    this.#onAnswer(undefined);
                    continue;
                }
                const header = { id: match[1], type: match[2], size: Number(match[3]) };
                if (this.#telling === 'size') {
                    this.#onAnswer({ ...header, bytes: Buffer.alloc(0) });
                    continue;
                }
                this.#header = header;
            }
            const { id, type, size } = this.#header;
            if (this.#length < size + 1)
                return;
            const buffer = this.#gather();
            const bytes = Buffer.from(buffer.subarray(0, size));
            this.#keep(buffer.subarray(size + 1));
            this.#header = undefined;
            this.#onAnswer({ id, type, size, bytes });
        }
    }
    #gather() {
        const [only] = this.#chunks;
        return this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    }
    #keep(rest) {
        this.#chunks = rest.length > 0 ? [rest] : [];
        this.#length = rest.length;
    }
}
//# sourceMappingURL=blobs.js.map