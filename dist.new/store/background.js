/**
 * Work that would hold up the reads of everybody else, or leave the process larger than it needs to be, is done in a
 * thread that ends with it: reading a whole history, rendering the grouped text reference.
 */
import { Worker } from 'node:worker_threads';
import { renderGroupedText } from '../record/grouped-text.js';
import { readHistory } from './read-history.js';
/** Does a task here and now. */
export async function perform(task) {
    return task.kind === 'history' ? readHistory(task.request) : (renderGroupedText(task.text) ?? task.text);
}
/** The compiled worker, also for callers that run from source: Node has no way to start a thread from TypeScript. */
const WORKER = new URL('../../dist/store/background-worker.js', import.meta.url);
/** Garbage of these tasks is large and short-lived: a thread that collects early needs a third of the memory. Megabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };
export class ThreadBackground {
    #running = new Set();
    async readHistory(request) {
        return (await this.#run({ kind: 'history', request }));
    }
    async renderGrouped(text) {
        return (await this.#run({ kind: 'group', text }));
    }
    /** Ends what is under way; whoever waits for it is told that it failed. */
    async close() {
        await Promise.all([...this.#running].map((worker) => worker.terminate()));
    }
    #run(task) {
        const worker = new Worker(WORKER, { workerData: task, resourceLimits: LIMITS });
        this.#running.add(worker);
        return new Promise((resolve, reject) => {
            worker.once('message', resolve);
            worker.once('error', reject);
            worker.once('exit', (code) => {
                this.#running.delete(worker);
                reject(new Error(`the background thread ended with ${code} before it answered`));
            });
        });
    }
}
//# sourceMappingURL=background.js.map